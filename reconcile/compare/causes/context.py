"""Where differences concentrate: the values of columns with few values (source, country, batch), and spans of time.

Apart from what made the values differ: a context says of which records, not how.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from reconcile.compare.causes.evidence import MOMENTS, NUMBERS, ROW, Evidence
from reconcile.records import MODIFIED

_MOST_VALUES = 1000
_LARGEST_SHARE = 0.2
"""A column with more distinct values than this share of the records names records, and no group of them."""
_COUNTED = 20_000
"""Of more records, the number of distinct values is estimated."""
_MOST_CHOSEN = 5
_MOSTLY = 0.5
_NEARLY_ALL = 0.9
_CLEARER = 1.3
_PURE = 0.8
_BASE_SHARE, _LAST_FEW = 0.3, 0.01
"""In a span of time, more than the first share of the records has to differ; after it, fewer than the second may come."""


@dataclass(frozen=True)
class Group:
    """A column with few values."""

    name: str
    values: pl.Series
    """String; the distinct ones in order, at the place that is their code; at 0 stands null."""
    codes: np.ndarray[Any, np.dtype[np.uint32]]
    """One for each pair."""

    @property
    def unknown(self) -> pl.Series:
        """Boolean, one for each pair."""
        return pl.Series(self.codes == 0)

    def counts(self, rows: pl.Series) -> np.ndarray[Any, np.dtype[np.intp]]:
        """How many of these pairs (places) have each value; the code is the place."""
        return np.bincount(self.codes[rows.to_numpy()], minlength=self.values.len())


@dataclass(frozen=True)
class Course:
    """The pairs in the order in which one side's records were changed last."""

    side: str
    times: pl.Series
    """UTC, one for each pair, null where unknown."""
    order: pl.Series
    """Places of the pairs with a time, earliest first."""
    ends: pl.Series
    """Boolean, as long as `order`: the last pair of its moment."""


@dataclass(frozen=True)
class Contexts:
    """What is known of the linked records beside the values that are compared."""

    groups: tuple[Group, ...]
    courses: tuple[Course, ...]


@dataclass(frozen=True)
class Narrowed:
    """A condition that nearly all of a candidate's records satisfy, and few others."""

    where: dict[str, object]
    rows: pl.Series
    """Boolean, one for each pair: it satisfies the condition."""
    unknown: pl.Series
    """The same: nobody knows whether it does."""
    recall: float
    purity: float

    @property
    def rank(self) -> tuple[float, int, str]:
        """The better, the higher; of equals, the shorter."""
        return round(2 * self.recall * self.purity / (self.recall + self.purity), 4), -len(str(self.where)), str(self.where)


def contexts(evidence: Evidence) -> Contexts:
    """Columns with few values, of either side or, where both sides have them, as both say; and the times of change."""
    pairs, groups = evidence.pairs, {}
    for name in sorted(
        {column[2:] for column in pairs.columns if column[:2] in ("c:", "e:") and not column[2:].startswith("raw:")}
    ):
        if name in evidence.kinds and evidence.kinds[name] not in (*NUMBERS, *MOMENTS):
            there = [pl.col(f"{sign}:{name}").cast(pl.String) for sign in "ce" if f"{sign}:{name}" in pairs.columns]
            agreed = there[0] if len(there) == 1 else pl.when(there[0].eq_missing(there[1])).then(there[0])
            column = pairs.select(agreed.alias(name)).to_series()
            if _is_group(column):
                groups[name] = column
    courses = [_course(side, pairs) for side in ("crm", "erp") if f"{side[0]}:{MODIFIED}" in pairs.columns]
    for course in courses:
        day = course.times.dt.date().cast(pl.String)
        if _is_group(day):
            groups[f"{course.side}:changed on"] = day
    return Contexts(tuple(_group(name, column) for name, column in groups.items()), tuple(courses))


def _group(name: str, column: pl.Series) -> Group:
    values = column.drop_nulls().unique().sort()
    known = pl.concat([pl.Series([None], dtype=pl.String), values])
    codes = column.replace_strict(values, pl.int_range(1, known.len(), dtype=pl.UInt32, eager=True), default=None)
    return Group(name, known, codes.fill_null(0).to_numpy())


def _course(side: str, pairs: pl.DataFrame) -> Course:
    times = pairs[f"{side[0]}:{MODIFIED}"]
    order = times.arg_sort(nulls_last=True).head(times.len() - times.null_count())
    sorted_times = times.gather(order)
    ends = (sorted_times != sorted_times.shift(-1)).fill_null(value=True)
    return Course(side, times, order, ends)


def _is_group(column: pl.Series) -> bool:
    if column.null_count() == column.len():
        return False
    count = int(
        column.to_frame().select(pl.first().approx_n_unique() if column.len() > _COUNTED else pl.first().n_unique()).item()
    )
    return 2 <= count <= min(_MOST_VALUES, max(_LARGEST_SHARE * column.len(), 2.0))  # noqa: PLR2004  # one value says nothing


def narrowed(contexts: Contexts, covered: pl.Series, condition: pl.Series) -> Narrowed | None:
    """The narrower condition that says most of where a candidate's records are; None if none says more than it does itself.

    Args:
        contexts: of the same pairs.
        covered: Boolean, one for each pair: it differs by the candidate.
        condition: Boolean, one for each pair: it could.
    """
    total, satisfying = int(covered.sum()), int((covered | condition).sum())
    if total == 0 or total >= _PURE * satisfying:
        return None
    met = covered | condition
    places = (met.arg_true(), covered.arg_true())
    found = [_by_group(group, *places) for group in contexts.groups]
    found += [_by_time(course, met, covered) for course in contexts.courses]
    base = total / satisfying
    good = [n for n in found if n and n.recall >= _NEARLY_ALL and n.purity >= max(_MOSTLY, min(_CLEARER * base, _PURE))]
    return max(good, key=lambda one: one.rank, default=None)


def _by_group(group: Group, rows: pl.Series, hits: pl.Series) -> Narrowed | None:
    n, d = group.counts(rows), group.counts(hits)
    codes = (np.flatnonzero((d[1:] >= _MOSTLY * n[1:]) & (d[1:] > 2)) + 1).astype(np.uint32)  # noqa: PLR2004  # more than a pair
    if not 1 <= codes.size <= _MOST_CHOSEN:
        return None
    here = pl.Series(np.isin(group.codes, codes))
    share = int(d[codes].sum()) / max(int(d[1:].sum()), 1)
    values = group.values.gather(codes.tolist()).to_list()
    where: dict[str, object] = {"column": group.name, "values": values}
    return Narrowed(where, here, group.unknown, share, int(d[codes].sum()) / int(n[codes].sum()))


def _by_time(course: Course, rows: pl.Series, hit: pl.Series) -> Narrowed | None:
    span = densest(course, rows, hit)
    if span is None:
        return None
    inside = within(course.times, span)
    n, d = int((inside & rows).sum()), int((inside & hit).sum())
    where = {"column": course.side, **told(span)}
    return Narrowed(where, inside, course.times.is_null(), d / max(int(hit.sum()), 1), d / max(n, 1))


@dataclass(frozen=True)
class Span:
    """A span of time; `until` is None where it has not ended."""

    since: dt.datetime
    until: dt.datetime | None


def densest(course: Course, rows: pl.Series, hit: pl.Series) -> Span | None:
    """The span in which most differ beyond a fixed share: the largest sum of one run of records, ordered by time.

    All records of one moment stay together, so that their order does not matter; the sums are whole numbers, for the same reason.

    Args:
        course: when the records were changed.
        rows: Boolean, one for each pair: it counts.
        hit: the same: it differs.
    """
    counted = rows.gather(course.order).cast(pl.Int64)
    scores = hit.gather(course.order).cast(pl.Int64) * 10 - counted * int(_BASE_SHARE * 10)
    moments = pl.DataFrame([scores.cum_sum().alias("sum"), counted.cum_sum().alias("n")]).filter(course.ends)
    if moments.height < 3:  # noqa: PLR2004  # one or two moments are no course of time
        return None
    before = moments["sum"].shift(1, fill_value=0)
    low = before.cum_min()
    end = int((moments["sum"] - low).arg_max() or 0)
    if moments["sum"][end] - low[end] <= 0:
        return None
    start = int((before.head(end + 1) == low[end]).arg_true()[-1])
    total, until = int(moments["n"][-1]), int(moments["n"][end])
    if until - (int(moments["n"][start - 1]) if start else 0) == total:
        return None
    at = course.times.gather(course.order.filter(course.ends).gather([start, end]))
    return Span(at[0], None if total - until <= _LAST_FEW * total else at[1])


def within(times: pl.Series, span: Span) -> pl.Series:
    """Boolean, never null: in the span, both ends included."""
    inside = times >= span.since
    if span.until is not None:
        inside = inside & (times <= span.until)
    return inside.fill_null(value=False)


def told(span: Span) -> dict[str, object]:
    """As parameters: ISO texts."""
    ends: dict[str, object] = {"since": span.since.isoformat()}
    return ends | ({"until": span.until.isoformat()} if span.until is not None else {})


def rows_of(evidence: Evidence, numbers: pl.Series) -> pl.Series:
    """Boolean, one for each pair: it has one of the differences that are true in `numbers`."""
    places = evidence.differences[ROW].filter(numbers).unique()
    empty = pl.Series([False], dtype=pl.Boolean).new_from_index(0, evidence.pairs.height)
    return empty.scatter(places, values=True) if places.len() else empty
