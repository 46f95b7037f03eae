"""Lines of scores: one for each dimension, for each entity of each system, and for everything; with change and past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from reconcile.results import RunResult
from reconcile.scores import DIMENSIONS, scores, weighed
from reports.figures import count, name, share, system_term, term
from reports.marking import shorten
from reports.model import Figure, Term
from reports.quality_model import NO_CHANGE, DimensionLine, LossLine, ScoreLine
from reports.quality_past import Past, over_runs
from reports.words import Words

LOSSES = 4
"""Rules of each dimension that are shown to lower its score."""
_LEAST_POINTS = 0.1
_SYSTEMS = ("crm", "erp", "pair")


def dimension_lines(words: Words, result: RunResult, past: Past | None) -> tuple[DimensionLine, ...]:
    """The six dimensions, also those in which nothing was judged; none where no rule was run at all."""
    if result.checks.is_empty():
        return ()
    runs = over_runs(result, past, ("dimension",))
    return tuple(_dimension_line(words, code, runs) for code in DIMENSIONS)


def _dimension_line(words: Words, code: str, runs: pl.DataFrame) -> DimensionLine:
    points = _points(runs, pl.col("dimension") == code)
    here = _latest(runs, pl.col("dimension") == code)
    return DimensionLine(
        dimension=term(words, "dimension", code),
        score=_score(words, here),
        change=_change(points),
        checks=count(words, "checks", here.get("rules")),
        failed=count(words, "checks", here.get("rules_failed")),
        past=points,
    )


def score_lines(
    words: Words, result: RunResult, titles: Mapping[str, str], order: Sequence[str], past: Past | None
) -> tuple[ScoreLine, ...]:
    """One line for each entity of each system, in their order."""
    runs = over_runs(result, past, ("entity", "system"))
    by_dimension = scores(result.checks)
    ranks = [pl.col("entity").replace_strict(list(order), list(range(len(order))), default=len(order), return_dtype=pl.Int64)]
    ranks.append(pl.col("system").replace_strict(_SYSTEMS, range(3), default=3, return_dtype=pl.Int64))
    groups = by_dimension.select("entity", "system").unique().sort(*ranks, "entity", "system")
    return tuple(_score_line(words, titles, entity, system, runs, by_dimension) for entity, system in groups.iter_rows())


def _score_line(
    words: Words, titles: Mapping[str, str], entity: str, system: str | None, runs: pl.DataFrame, by_dimension: pl.DataFrame
) -> ScoreLine:
    mine = pl.col("entity").eq_missing(pl.lit(entity)) & pl.col("system").eq_missing(pl.lit(system, pl.String))
    here, points = _latest(runs, mine), _points(runs, mine)
    return ScoreLine(
        entity=term(words, "entity", entity),
        system=system_term(titles, system or ""),
        score=_score(words, here),
        checks=count(words, "checks", here.get("rules")),
        dimensions=_by_dimension(words, by_dimension.filter(mine)),
        change=_change(points),
        past=points,
    )


def whole_line(words: Words, result: RunResult, past: Past | None) -> ScoreLine | None:
    """Everything together; None where no rule was run."""
    if result.checks.is_empty():
        return None
    runs = over_runs(result, past, ())
    everything = pl.lit(value=True)
    here, points = _latest(runs, everything), _points(runs, everything)
    all_of = over_runs(result, past, ("dimension",)).filter(pl.col("at") == pl.col("at").max())
    return ScoreLine(
        entity=Term("", words.say("word.everything")),
        system=Term("", ""),
        score=_score(words, here),
        checks=count(words, "checks", here.get("rules")),
        dimensions=_by_dimension(words, all_of),
        change=_change(points),
        past=points,
    )


def loss_lines(words: Words, result: RunResult, titles: Mapping[str, str], anchors: Mapping[str, str]) -> tuple[LossLine, ...]:
    """Of each dimension the rules that lower its score most; `anchors` are those of rules that are shown, by their code."""
    points = 100 * pl.col("lost") / pl.col("weight").sum().over("dimension")
    rules = weighed(result.checks).with_columns(points=points).filter(pl.col("points") > 0)
    most = rules.sort("points", "rule", "entity", "system", descending=[True, False, False, False])
    order = pl.col("dimension").replace_strict(DIMENSIONS, range(len(DIMENSIONS)), default=len(DIMENSIONS), return_dtype=pl.Int64)
    top = most.filter(pl.int_range(pl.len()).over("dimension") < LOSSES).sort(order, maintain_order=True)
    return tuple(_loss_line(words, row, titles, anchors) for row in top.iter_rows(named=True))


def _loss_line(words: Words, row: Mapping[str, Any], titles: Mapping[str, str], anchors: Mapping[str, str]) -> LossLine:
    code = "|".join(name(row[part]) for part in ("suite", "rule", "entity", "system"))
    points = row["points"]
    return LossLine(
        dimension=term(words, "dimension", row["dimension"]),
        message=shorten(row[f"message_{words.language}"] or row["rule"]),
        entity=term(words, "entity", row["entity"]),
        system=system_term(titles, row["system"]),
        points=Figure(points, "points", f"{points:.1f}" if points >= _LEAST_POINTS else f"< {_LEAST_POINTS}"),
        code=code,
        anchor=anchors.get(code, ""),
    )


def score_meaning(words: Words, result: RunResult) -> str:
    """What the score of everything means; empty where nothing was judged."""
    lost, weight = weighed(result.checks).select(pl.col("lost").sum(), pl.col("weight").sum()).row(0)
    if not weight:
        return ""
    return words.say("say.score_meaning", score=words.share(1 - lost / weight), lost=words.share(lost / weight))


def _by_dimension(words: Words, rows: pl.DataFrame) -> tuple[tuple[Term, Figure], ...]:
    found = {row["dimension"]: row for row in rows.iter_rows(named=True)}
    return tuple((term(words, "dimension", code), _score(words, found[code])) for code in DIMENSIONS if code in found)


def _points(runs: pl.DataFrame, mine: pl.Expr) -> tuple[float | None, ...]:
    """The score in each run, None where the group was not judged."""
    moments = runs.select("at").unique().sort("at")
    found = moments.join(runs.filter(mine).select("at", "score"), on="at", how="left", maintain_order="left")
    return tuple(None if point is None else round(point, 4) for point in found["score"])


def _latest(runs: pl.DataFrame, mine: pl.Expr) -> Mapping[str, Any]:
    found = runs.filter(mine & (pl.col("at") == pl.col("at").max()))
    return found.row(0, named=True) if found.height else {}


def _score(words: Words, row: Mapping[str, Any]) -> Figure:
    weight = row.get("weight") or 0.0
    return share(words, weight - (row.get("lost") or 0.0), weight)


def _change(points: Sequence[float | None]) -> Figure:
    """Points gained or lost since the run before; none where either was not judged."""
    if len(points) < 2 or points[-1] is None or points[-2] is None:  # noqa: PLR2004  # this run and the one before
        return NO_CHANGE
    change = points[-1] - points[-2]
    text = f"{change:+.1f}" if abs(change) >= 0.05 else "±0"  # noqa: PLR2004  # what rounds to nothing
    return Figure(change, "points", text.replace("-", "−") if change < 0 else text)  # the sign, not a dash
