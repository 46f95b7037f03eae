"""Causes that say where and not how: one source whose records differ far more often, and a sync that has stopped.

They are asked of what no mechanism explains, and so explain the differences whose values say nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from reconcile.causes import Mechanism
from reconcile.compare.causes.candidate import LEAST, Candidate, mask
from reconcile.compare.causes.context import Contexts, Course, Group, Span, densest, told, within
from reconcile.compare.causes.evidence import ROW, Evidence
from reconcile.records import Role

_UNLIKELY = 25.0
"""Logarithm of a likelihood ratio: so many columns, values and fields are tried that less comes by chance."""
_FAR_ABOVE = 3.0
_LEAST_RATE = 0.05
_LEAST_PURITY = 0.1
_STOPPED_RATE = 0.3
_LEAST_STOPPED = 10


@dataclass(frozen=True)
class _Place:
    """Some of the records, and in which fields they differ far above the base rate."""

    gain: float
    candidate: Candidate
    order: str


def places(evidence: Evidence, contexts: Contexts, unexplained: pl.Series) -> Candidate | None:
    """The source or the stopped sync that explains most of what is left; None if nothing stands out.

    Args:
        evidence: the comparison.
        contexts: of its pairs.
        unexplained: Boolean, one for each difference.
    """
    left = evidence.differences.select("field", ROW, "moved").filter(unexplained)
    if left.height < LEAST:
        return None
    tried = [_source(evidence, group, left, unexplained) for group in contexts.groups]
    tried += [_stopped(evidence, course, left, unexplained) for course in contexts.courses]
    found = [place for place in tried if place]
    return max(found, key=lambda place: (round(place.gain, 6), place.order)).candidate if found else None


def _gain(frame: pl.DataFrame, total: int) -> pl.DataFrame:
    """Fields far above the base rate.

    Args:
        frame: n (records here), d (differences here), all (differences anywhere), one row for a field and a place.
        total: records.

    Returns:
        The rows that count, with `gain`: how much likelier two rates are than one, as a logarithm.
    """
    here, away = pl.col("d") / pl.col("n"), (pl.col("all") - pl.col("d")) / (total - pl.col("n")).clip(lower_bound=1)
    both = pl.col("all") / total

    def fit(hits: pl.Expr, of: pl.Expr, rate: pl.Expr) -> pl.Expr:
        bounded = rate.clip(1e-9, 1 - 1e-9)
        return hits * bounded.log() + (of - hits) * (1 - bounded).log()

    rest = (pl.col("all") - pl.col("d"), total - pl.col("n"))
    one = fit(pl.col("d"), pl.col("n"), both) + fit(*rest, both)
    two = fit(pl.col("d"), pl.col("n"), here) + fit(*rest, away)
    far = (pl.col("d") >= LEAST) & (here >= _LEAST_RATE) & (here >= _FAR_ABOVE * away) & (pl.col("n") < total)
    return frame.filter(far).with_columns(gain=two - one).filter(pl.col("gain") >= _UNLIKELY)


def _source(evidence: Evidence, group: Group, left: pl.DataFrame, unexplained: pl.Series) -> _Place | None:
    """The value of one column whose records differ far more often than the others."""
    codes = pl.Series("code", group.codes)
    sizes = codes.value_counts(name="n")
    counts = left.select("field", codes.gather(left[ROW])).filter(pl.col("code") > 0).group_by("field", "code").agg(d=pl.len())
    everywhere = left.group_by("field").agg(all=pl.len())
    strong = _gain(counts.join(sizes, on="code").join(everywhere, on="field"), evidence.pairs.height)
    best = strong.group_by("code").agg(pl.col("gain").sum(), "field").sort(["gain", "code"], descending=[True, False])
    if best.is_empty():
        return None
    fields = sorted(best["field"][0])
    parameters = {"column": group.name, "values": [group.values[best["code"][0]]]}
    made = _place(evidence, unexplained, codes == best["code"][0], fields, Mechanism.SOURCE, parameters)
    return None if made is None else _Place(float(best["gain"][0]), made, f"source {group.name}")


def _stopped(evidence: Evidence, course: Course, left: pl.DataFrame, unexplained: pl.Series) -> _Place | None:
    """Records that one side has changed since a moment, and that the other side has not followed."""
    role, times = Role(course.side), course.times
    by_it = left.filter(pl.col("moved").is_null() | pl.col("moved").is_in([str(role), "never", "both"]))
    hit = mask(times.len(), by_it[ROW])
    span = densest(course, mask(times.len(), times.is_not_null().arg_true()), hit)
    if span is None:
        return None
    rows = within(times, span)
    n, d = int(rows.sum()), int((rows & hit).sum())
    if d < _LEAST_STOPPED or d < _STOPPED_RATE * n or n == times.len():
        return None
    fields = _stopped_fields(by_it, rows, n, times.len())
    if not fields["field"].len():
        return None
    parameters = _stopped_parameters(role, span)
    made = _place(evidence, unexplained, rows, sorted(fields["field"].to_list()), Mechanism.STALE, parameters, ("since", "until"))
    return None if made is None else _Place(float(fields["gain"].sum()), made, f"stale {role}")


def _stopped_parameters(role: Role, span: Span) -> dict[str, object]:
    return {"side": str(role.other), "changed": str(role), **told(span)}


def _stopped_fields(left: pl.DataFrame, rows: pl.Series, n: int, total: int) -> pl.DataFrame:
    here = left.filter(rows.gather(left[ROW])).group_by("field").agg(d=pl.len())
    counts = here.join(left.group_by("field").agg(all=pl.len()), on="field").with_columns(n=pl.lit(n))
    loose = pl.col("d") / pl.col("n") > _FAR_ABOVE * (pl.col("all") - pl.col("d")) / max(total - n, 1)
    gained = counts.filter(loose & (pl.col("d") >= LEAST))
    strong = _gain(counts.with_columns(n=pl.lit(n)), total)
    if strong.is_empty():
        strong = _gain(gained.select(pl.lit("any").alias("field"), pl.col("d", "all").sum(), n=pl.lit(n)).head(1), total)
    if strong.is_empty():
        return strong
    return gained.select("field", gain=pl.lit(float(strong["gain"].sum()) / gained.height))


def _place(
    evidence: Evidence,
    unexplained: pl.Series,
    rows: pl.Series,
    fields: Sequence[str],
    mechanism: Mechanism,
    parameters: Mapping[str, object],
    moving: tuple[str, ...] = (),
) -> Candidate | None:
    here = evidence.differences.select(pl.col("field").is_in(list(fields)) & rows.gather(evidence.differences[ROW])).to_series()
    covered = here & unexplained
    records = evidence.differences[ROW].filter(covered).n_unique()
    if records < LEAST or records < _LEAST_PURITY * int(rows.sum()):
        return None
    return Candidate(mechanism, tuple(fields), parameters, covered, rows, moving=moving)
