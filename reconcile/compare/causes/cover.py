"""Few causes that explain much: the candidate that explains most of what is left comes next, until none is more than chance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from reconcile.causes import Mechanism
from reconcile.compare.causes.candidate import LEAST, Candidate, convinces
from reconcile.compare.causes.context import Contexts, narrowed, rows_of
from reconcile.compare.causes.evidence import ROW, Evidence
from reconcile.compare.causes.places import places

MOST = 20
"""So many causes are named for one entity at most."""
_PURE = 0.5
_LEAST_SHARE = 0.0005
"""Of an entity's differences: what explains less is no help among thousands."""


def cover(evidence: Evidence, contexts: Contexts, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The causes, most first; `covered` of each is what those before it left.

    What made a value differ is asked before where it differs: a shift of eight hours in the records of one country is a
    shift, narrowed to that country.
    """
    left = pl.Series([True], dtype=pl.Boolean).new_from_index(0, evidence.differences.height)
    waiting, chosen = list(candidates), list[Candidate]()
    least = max(LEAST, int(_LEAST_SHARE * evidence.differences.height))
    while waiting and len(chosen) < MOST:
        gains = [int((one.covered & left).sum()) - one.cost for one in waiting]
        waiting = [one for one, gain in zip(waiting, gains, strict=True) if gain >= least]
        if not waiting:
            break
        best = max(waiting, key=lambda one: (int((one.covered & left).sum()) - one.cost, one.mechanism, str(one.parameters)))
        waiting.remove(best)
        made = _accepted(evidence, contexts, best, left)
        if made:
            chosen.append(made)
            left &= ~made.covered
    merged = _merged(chosen)
    while len(merged) < MOST and (place := places(evidence, contexts, left)) is not None:
        if int(place.covered.sum()) < least:
            break
        merged.append(place)
        left &= ~place.covered
    return sorted(merged, key=lambda one: (-int(one.covered.sum()), one.mechanism, str(one.parameters)))


def _accepted(evidence: Evidence, contexts: Contexts, one: Candidate, left: pl.Series) -> Candidate | None:
    """The candidate with what it still covers, narrowed where that says more; None if it is not more than chance."""
    covered = one.covered & left
    residual = int((evidence.differences["field"].is_in(list(one.fields)) & left).sum())
    rows = rows_of(evidence, covered)
    expected = one.expected * int(covered.sum()) / max(int(one.covered.sum()), 1)
    if not convinces(int(covered.sum()), int(rows.sum()), residual, expected):
        return None
    narrower = narrowed(contexts, rows, one.condition)
    if narrower:
        covered &= (narrower.rows | narrower.unknown).gather(evidence.differences[ROW])
        one = replace(one, where=narrower.where, condition=one.condition & narrower.rows)
        rows = rows_of(evidence, covered)
    if one.mechanism is Mechanism.DEFAULT and one.parameters["value"] is None and not _is_pure(rows, one.condition):
        return None
    return replace(one, covered=covered)


def _is_pure(rows: pl.Series, condition: pl.Series) -> bool:
    return int(rows.sum()) >= max(LEAST, _PURE * int((rows | condition).sum()))


def _merged(chosen: list[Candidate]) -> list[Candidate]:
    """The same mechanism with the same parameters and condition in several fields is one cause."""
    by_name: dict[str, Candidate] = {}
    for one in chosen:
        name = f"{one.mechanism} {one.fields if one.mechanism is Mechanism.CODE_MAP else ''} {one.parameters} {_steady(one)}"
        known = by_name.get(name)
        by_name[name] = _together(known, one) if known else one
    return list(by_name.values())


def _steady(one: Candidate) -> str:
    """The narrower condition without moments, which may differ a little from field to field."""
    return str({key: value for key, value in one.where.items() if key not in ("since", "until")})


def _together(first: Candidate, second: Candidate) -> Candidate:
    fields = tuple(sorted({*first.fields, *second.fields}))
    where = {**second.where, **first.where}
    covered, condition = first.covered | second.covered, first.condition | second.condition
    return replace(first, fields=fields, covered=covered, condition=condition, where=where)
