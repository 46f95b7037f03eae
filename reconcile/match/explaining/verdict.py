"""Why a pair became what it became: linked, waiting, a duplicate; or what kept the two apart and who took the place.

A reason is a code and its arguments; screens have the sentence for each in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from reconcile.match.candidates.blocking import LARGEST_BLOCK, Blocks, Rule
from reconcile.match.deciding.resolution import Resolved
from reconcile.match.explaining.waterfall import Weighed
from reconcile.match.linkage import PINNED_BITS, Scored, Settings
from reconcile.match.rows import ENDS
from reconcile.records import KEY


@dataclass(frozen=True)
class Rival:
    """The partner that one of the two records has instead, or could have as well."""

    side: str
    """The side of the record that has the partner: crm or erp."""
    of: str
    """The key of that record."""
    key: str
    """The key of the partner, on the other side."""
    better_by: float
    """Bits by which that pair weighs more; negative where it weighs less."""
    linked: bool
    """Whether the two are linked; otherwise they only come near."""


@dataclass(frozen=True)
class Reason:
    """A code with its arguments.

    Codes: link, link_key, link_remembered, link_person, link_created; review_below, review_ambiguous, review_split,
    review_doubted; duplicate; and for pairs that are none of these: no_block, common_block, settled, unlike, little, related,
    taken, total, split, no_key, apart_person. Of two records of one side: within_same, within_chain, within_apart, within_off,
    within_unseen, within_unlike, within_little.
    """

    code: str
    details: Mapping[str, str] = field(default_factory=dict)
    """field (that speaks against it most, or for it), blocks (parts that are shared), fields (of a key), since (a date, ISO),
    by (a person), kept (the key of the record that stays)."""
    rivals: tuple[Rival, ...] = ()
    """Who took the place, the better one first."""


def verdict(
    scored: Scored, decided: Resolved, settings: Settings, found: Weighed, rows: tuple[int, int]
) -> tuple[str, str, Reason]:
    """The zone, the rung and the reason of one pair of rows."""
    this = (pl.col("l") == rows[0]) & (pl.col("r") == rows[1])
    rivals = _rivals(scored, decided.links, found, rows)
    rung = "score"
    for zone, frame in (("link", decided.links), ("review", decided.reviews), ("duplicate", decided.duplicates)):
        own = frame.filter(this)
        if own.is_empty():
            continue
        rung = str(own["rung"][0]) if "rung" in own.columns else rung
        if zone == "link":
            return zone, rung, _linked(rung, found)
        if zone == "duplicate":
            return zone, rung, Reason("duplicate", {}, rivals or _holders(scored, decided, found, rows))
        why = _review(str(own["why"][0]) if "why" in own.columns else "below_link_at", found)
        near = _near(scored, found, rows) if why.code == "review_ambiguous" else rivals
        return zone, rung, Reason(why.code, why.details, near or rivals)
    waiting = tuple(rival for rival in _waiting(scored, decided.reviews, found, rows) if rival.better_by > 0)
    return "none", rung, _apart(scored, decided, settings, found, rows, (*rivals, *waiting))


def _linked(rung: str, found: Weighed) -> Reason:
    if rung.startswith("score"):
        return Reason("link", {"field": strongest(found, 1)})
    return Reason(f"link_{rung.split(':', 1)[0]}", {"fields": rung.partition(":")[2]})


def _review(why: str, found: Weighed) -> Reason:
    code = {"ambiguous": "review_ambiguous", "split": "review_split"}.get(why, "review_below")
    return Reason(code, {"field": strongest(found, -1)})


def _apart(
    scored: Scored, decided: Resolved, settings: Settings, found: Weighed, rows: tuple[int, int], rivals: tuple[Rival, ...]
) -> Reason:
    """Why a pair is in no zone."""
    if _split(decided.split, rows):
        return Reason("split", {}, rivals)
    if not found.compared:
        return _unseen(scored, rows, rivals)
    needed = float(np.log2(settings.review_at / (1 - settings.review_at)))
    better = tuple(rival for rival in rivals if rival.better_by > 0)
    if better and found.alone >= needed:
        return Reason("taken", {}, better)
    if found.total >= needed:
        return Reason("total", {}, rivals)
    if found.total - found.related >= needed:
        return Reason("related", {"field": strongest(found, -1)}, rivals)
    against = strongest(found, -1)
    return Reason("unlike" if against else "little", {"field": against}, rivals)


def strongest(found: Weighed, sign: int) -> str:
    """The field that speaks for it (1) or against it (-1) most; empty if none does."""
    fields = [row for row in found.rows if row.part == "field" and row.bits * sign > 0]
    return max(fields, key=lambda row: (row.bits * sign, row.field)).field if fields else ""


def _split(split: pl.DataFrame, rows: tuple[int, int]) -> bool:
    """Whether both stand in one cluster that did not cohere, in different parts."""
    own = [
        split.filter((pl.col("side") == side) & (pl.col("record") == row)) for side, row in zip(("crm", "erp"), rows, strict=True)
    ]
    return bool(
        all(one.height for one in own) and own[0]["cluster"][0] == own[1]["cluster"][0] and own[0]["part"][0] != own[1]["part"][0]
    )


def _unseen(scored: Scored, rows: tuple[int, int], rivals: tuple[Rival, ...]) -> Reason:
    """Why matching never looked at a pair."""
    blocks = Blocks.of(scored.comparison)
    shared = [rule for rule in scored.rules if _shares(blocks, rule, rows)]
    if not shared:
        return Reason("no_block", {"rules": str(len(scored.rules))}, rivals)
    named = {"blocks": "; ".join("+".join(rule.parts) for rule in shared)}
    common = all(_size(blocks, rule, rows) > LARGEST_BLOCK for rule in shared)
    return Reason("common_block" if common else "settled", named, rivals)


def _shares(blocks: Blocks, rule: Rule, rows: tuple[int, int]) -> bool:
    own = [[_hash(blocks, side, part, row) for part in rule.parts] for side, row in enumerate(rows)]
    return None not in own[0] and own[0] == own[1]


def _hash(blocks: Blocks, side: int, part: str, row: int) -> int | None:
    found = blocks.part(side, part, pl.Series([row], dtype=pl.UInt32))[0]
    return None if found is None else int(found)


def _size(blocks: Blocks, rule: Rule, rows: tuple[int, int]) -> int:
    """Pairs of the block that the two share."""
    own = [_hash(blocks, 0, part, rows[0]) for part in rule.parts]
    counts = []
    for side in (0, 1):
        same = [blocks.part(side, part) == value for part, value in zip(rule.parts, own, strict=True)]
        counts.append(
            int(pl.DataFrame([s.alias(str(at)) for at, s in enumerate(same)]).select(pl.all_horizontal(pl.all()).sum()).item())
        )
    return counts[0] * counts[1]


def _rivals(scored: Scored, links: pl.DataFrame, found: Weighed, rows: tuple[int, int]) -> tuple[Rival, ...]:
    """Whom each of the two is linked with instead, by what those pairs weigh themselves: a key or a person needs no weight."""
    instead = links.select("l", "r", "weight").filter((pl.col("l") == rows[0]) ^ (pl.col("r") == rows[1]))
    own = instead.join(scored.pairs.select("l", "r", own="weight"), on=["l", "r"], how="left", maintain_order="left")
    said = pl.when(pl.col("weight") < PINNED_BITS).then("weight").otherwise(pl.coalesce("own", "weight"))
    return _named(scored, own.with_columns(weight=said), found, rows, linked=True)


def _waiting(scored: Scored, reviews: pl.DataFrame, found: Weighed, rows: tuple[int, int]) -> tuple[Rival, ...]:
    """With whom a person is asked to link one of the two."""
    asked = reviews.select("l", "r", "weight").filter((pl.col("l") == rows[0]) ^ (pl.col("r") == rows[1]))
    return _named(scored, asked, found, rows, linked=False)


def _near(scored: Scored, found: Weighed, rows: tuple[int, int]) -> tuple[Rival, ...]:
    """The best other pair of either record."""
    others = scored.pairs.filter((pl.col("l") == rows[0]) ^ (pl.col("r") == rows[1]))
    best = others.sort("weight", "l", "r", descending=[True, False, False]).head(1)
    return _named(scored, best, found, rows, linked=False)


def _holders(scored: Scored, decided: Resolved, found: Weighed, rows: tuple[int, int]) -> tuple[Rival, ...]:
    """Of two that are both second entries: whom one of them is also the same as, and who holds a link."""
    same = decided.duplicates.filter((pl.col("l") == rows[0]) ^ (pl.col("r") == rows[1]))
    held = pl.concat([same.join(decided.links.select(end), on=end, how="semi") for end in ENDS]).unique().sort("l", "r")
    return _named(scored, held.select("l", "r", "weight"), found, rows, linked=False)[:2]


def _named(scored: Scored, pairs: pl.DataFrame, found: Weighed, rows: tuple[int, int], *, linked: bool) -> tuple[Rival, ...]:
    """Pairs that hold one of the two, as rivals."""
    crm, erp = (frame[KEY].gather(pairs[end]) for frame, end in zip(scored.comparison.forms, ENDS, strict=True))
    of_crm = (pairs["l"] == rows[0]).to_list()
    better = (pairs["weight"] - found.total).to_list()
    rivals = [
        Rival("crm", str(one), str(other), by, linked) if own else Rival("erp", str(other), str(one), by, linked)
        for own, one, other, by in zip(of_crm, crm, erp, better, strict=True)
    ]
    return tuple(sorted(rivals, key=lambda rival: (-rival.better_by, rival.side, rival.key)))
