"""A cause that might be: what it covers, whom its condition meets, and how much of that chance alone would give."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import polars as pl

from reconcile.causes import Mechanism
from reconcile.compare.causes.evidence import NUMBER, ROW, Cells

LEAST = 5
"""So many differences and records are explained at least; one record is never a cause."""
_UNLIKELY = 18.4
"""Natural logarithm of how unlikely chance has to be: one in a hundred million."""
_RARELY = 0.02
"""Differences that chance is always granted."""
_STANDS_OUT = 20.0
_SHARE, _CLEARLY = 0.2, 3.0
_ROTATIONS = 3
_SAMPLE, _TURNED = 4000, 20_000


@dataclass(frozen=True)
class Hypothesis:
    """A way in which one field's values may have come to differ, as expressions over the columns of Cells."""

    mechanism: Mechanism
    parameters: Mapping[str, object]
    hit: pl.Expr
    """Boolean: this difference is what the mechanism makes."""
    condition: pl.Expr
    """Boolean: the mechanism would have changed this cell; asked of equal cells, too."""
    expected: float = 0.0
    """Differences that fit by chance, as far as its maker knows."""
    shuffles: bool = True
    """Whether other differences' values show how much fits by chance."""
    moving: tuple[str, ...] = ()
    """Parameters that may move from run to run, and are not part of the id."""


@dataclass(frozen=True)
class Candidate:
    """A cause that might be, of one field or of several."""

    mechanism: Mechanism
    fields: tuple[str, ...]
    parameters: Mapping[str, object]
    covered: pl.Series
    """Boolean, one for each difference of the entity."""
    condition: pl.Series
    """Boolean, one for each pair."""
    expected: float = 0.0
    moving: tuple[str, ...] = ()
    where: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """A narrower condition: column and values, or column and moments."""
    cost: int = 0
    """What it takes to say it, in differences; so that the simpler of two that explain the same is chosen."""


def mask(length: int, places: pl.Series) -> pl.Series:
    """Boolean Series, true at these places."""
    empty = pl.Series([False], dtype=pl.Boolean).new_from_index(0, length)
    return empty.scatter(places, values=True) if places.len() else empty


def candidate(cells: Cells, idea: Hypothesis) -> Candidate | None:
    """What a hypothesis covers; None if that is too little."""
    fits = idea.hit.fill_null(value=False)
    hits = cells.different.filter(fits)
    if hits.height < LEAST:
        return None
    expected = idea.expected
    if idea.shuffles:
        expected = max(expected, _by_rotation(cells.different, fits))
    rows = cells.all.filter(idea.condition.fill_null(value=False))[ROW]
    covered = mask(cells.differences, hits[NUMBER])
    condition = mask(cells.pairs, rows) | mask(cells.pairs, hits[ROW])
    return Candidate(idea.mechanism, (cells.field,), idea.parameters, covered, condition, expected, idea.moving)


def _by_rotation(different: pl.DataFrame, fits: pl.Expr) -> float:
    """How many would fit if every CRM value stood against the ERP value of another difference."""
    part = different.head(_TURNED)
    steps = [max(1, part.height * turn // (_ROTATIONS + 1)) for turn in range(1, _ROTATIONS + 1)]
    erp = pl.col(*(name for name in part.columns if name.startswith("erp")))
    counts = [part.with_columns(erp.shift(step)).slice(step).select(fits.sum()).item() for step in steps]
    return different.height * float(sum(counts)) / max(sum(part.height - step for step in steps), 1)


def promising(different: pl.DataFrame, ideas: Sequence[Hypothesis]) -> list[Hypothesis]:
    """Those of many hypotheses that cover something in a part of the differences."""
    part = different.head(_SAMPLE)
    if not ideas or part.is_empty():
        return []
    least = LEAST if part.height == different.height else LEAST + 3
    counts = part.select(idea.hit.fill_null(value=False).sum().alias(str(at)) for at, idea in enumerate(ideas))
    return [idea for at, idea in enumerate(ideas) if counts[str(at)].item() >= least]


def convinces(covered: int, records: int, residual: int, expected: float) -> bool:
    """Whether so many, of so many differences that nothing explains yet, are more than chance."""
    if min(covered, records) < LEAST or surprise(covered, expected) < _UNLIKELY:
        return False
    return covered >= _STANDS_OUT * (expected + 1) or (covered >= _SHARE * residual and covered >= _CLEARLY * expected)


def surprise(count: int, expected: float) -> float:
    """Minus the natural logarithm of the bound on how likely a Poisson count of `expected` is so high."""
    mean = expected + _RARELY
    return count * math.log(count / mean) - count + mean if count > mean else 0.0
