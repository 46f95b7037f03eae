"""Why two records of one side are the same business or are not: what they weigh, what joins them or keeps them apart."""

from __future__ import annotations

import numpy as np
import polars as pl

from reconcile.match.deciding.resolution import Resolved
from reconcile.match.explaining.explanation import Explanation
from reconcile.match.explaining.verdict import Reason, Rival, strongest
from reconcile.match.explaining.waterfall import Weighed, weighed
from reconcile.match.linkage import Scored
from reconcile.records import KEY, Role

_SIDES = tuple(str(role) for role in Role)


def explain_within(
    inner: Scored, decided: Resolved, side: int, rows: tuple[int, int], limits: tuple[float, float], other_keys: pl.Series
) -> Explanation:
    """What speaks for and against two records of one side being the same, and what became of them.

    Args:
        inner: the pairs inside the side, as `linkage.inside_of` gives them.
        decided: what was decided of both sides.
        side: 0 for the CRM, 1 for the ERP.
        rows: the numbers of the two records in the side's frame.
        limits: link_at and review_at.
        other_keys: the keys of the other side, by row number.
    """
    low, high = min(rows), max(rows)
    found = weighed(inner, low, high)
    keys = inner.comparison.forms[0][KEY]
    zone, reason = _verdict(found, decided, side, (low, high), limits[0], keys, other_keys)
    role = _SIDES[side]
    return Explanation(
        crm_key=str(keys[low]),
        erp_key=str(keys[high]),
        rows=found.rows,
        total=found.total,
        probability=found.probability,
        zone=zone,
        rung="score",
        reason=reason,
        compared=found.compared,
        link_at=limits[0],
        review_at=limits[1],
        sides=(role, role),
    )


def _verdict(
    found: Weighed, decided: Resolved, side: int, rows: tuple[int, int], link_at: float, keys: pl.Series, other_keys: pl.Series
) -> tuple[str, Reason]:
    twins = decided.twins.filter(pl.col("side") == _SIDES[side])
    own = twins.filter(pl.col("a").is_in(rows))
    kept = dict(zip(own["a"].to_list(), own["kept"].to_list(), strict=True))
    holders = [int(kept.get(row, row)) for row in rows]
    if holders[0] == holders[1]:
        if found.probability >= link_at:
            return "duplicate", Reason("within_same", {"field": strongest(found, 1), "kept": str(keys[holders[0]])})
        return "duplicate", Reason("within_chain", {"kept": str(keys[holders[0]]), "field": strongest(found, -1)})
    partners = _partners(decided, side, rows, keys, other_keys)
    if len(partners) > 1 and found.probability >= link_at:
        return "none", Reason("within_apart", {}, partners)
    if not found.compared:
        return "none", Reason("within_unseen", {}, partners)
    against = strongest(found, -1)
    return "none", Reason("within_unlike" if against else "within_little", {"field": against}, partners)


def _partners(decided: Resolved, side: int, rows: tuple[int, int], keys: pl.Series, other_keys: pl.Series) -> tuple[Rival, ...]:
    """Whom each of the two is linked with on the other side, where those are two."""
    own, other = ("r", "l") if side else ("l", "r")
    links = decided.links.filter(pl.col(own).is_in(rows)).sort(own)
    if np.unique(links[other].to_numpy()).size < len(rows):
        return ()
    pairs = zip(links[own].to_list(), links[other].to_list(), strict=True)
    return tuple(Rival(_SIDES[side], str(keys[a]), str(other_keys[b]), 0.0, linked=True) for a, b in pairs)
