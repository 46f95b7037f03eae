"""The view's quality section: rules by severity, scores by entity and system, and the records that fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from reconcile.results import RunResult
from reports.details import SEVERITIES
from reports.figures import count, name, share, system_term, term
from reports.marking import plain, shorten
from reports.model import CheckLine, Example, Quality, ScoreLine, SeverityLine
from reports.words import Words

_EXAMPLES = 5
_DIMENSIONS = ("completeness", "validity", "uniqueness", "consistency", "timeliness", "integrity")


def quality_section(words: Words, result: RunResult, titles: Mapping[str, str], order: Sequence[str], shown: int) -> Quality:
    """What the expectations found; `shown` rules that records fail at most: not passed first, then by severity."""
    checks = result.checks
    failing = _failing(checks)
    top = failing.head(shown)
    note = "" if checks.height else words.say("say.no_checks")
    if checks.height and not failing.height:
        note = words.say("say.no_failing")
    elif top.height < failing.height:
        note = words.say("say.actions_of", shown=words.number(top.height), total=words.number(failing.height))
    return Quality(
        severities=_severities(words, checks),
        scores=_scores(words, checks, titles, order),
        failing=_check_lines(words, top, result.findings, titles),
        note=note,
    )


def _rank(column: str, codes: Sequence[str]) -> pl.Expr:
    return pl.col(column).replace_strict(list(codes), list(range(len(codes))), default=len(codes), return_dtype=pl.Int64)


def _failing(checks: pl.DataFrame) -> pl.DataFrame:
    return checks.filter(~pl.col("success").fill_null(value=True) | (pl.col("failed") > 0)).sort(
        [pl.col("success"), _rank("severity", SEVERITIES), pl.col("failed").neg(), "entity", "system", "rule", "field"]
    )


def _severities(words: Words, checks: pl.DataFrame) -> tuple[SeverityLine, ...]:
    lines = (
        checks.group_by("severity")
        .agg(pl.len(), pl.col("success").sum().alias("passed"), pl.col("failed").sum())
        .sort(_rank("severity", SEVERITIES), "severity")
    )
    return tuple(
        SeverityLine(
            severity=term(words, "severity", severity),
            checks=count(words, "checks", total),
            passed=count(words, "checks", passed),
            failed=count(words, "checks", total - passed, "failing"),
            records=count(words, "records", failed, "failing"),
        )
        for severity, total, passed, failed in lines.iter_rows()
    )


_PASSED = (pl.col("evaluated") - pl.col("failed")).sum().alias("passed")


def _scores(words: Words, checks: pl.DataFrame, titles: Mapping[str, str], order: Sequence[str]) -> tuple[ScoreLine, ...]:
    scores = (
        checks.group_by("entity", "system")
        .agg(pl.len().alias("checks"), _PASSED, pl.col("evaluated").sum())
        .sort(_rank("entity", order), "entity", "system")
    )
    by_dimension = (
        checks.group_by("entity", "system", "dimension")
        .agg(_PASSED, pl.col("evaluated").sum())
        .sort(_rank("dimension", _DIMENSIONS))
        .partition_by("entity", "system", as_dict=True)
    )
    return tuple(
        ScoreLine(
            entity=term(words, "entity", row["entity"]),
            system=system_term(titles, row["system"]),
            score=share(words, row["passed"], row["evaluated"]),
            checks=count(words, "checks", row["checks"]),
            dimensions=tuple(
                (term(words, "dimension", d["dimension"]), share(words, d["passed"], d["evaluated"]))
                for d in by_dimension[row["entity"], row["system"]].iter_rows(named=True)
                if d["dimension"]
            ),
        )
        for row in scores.iter_rows(named=True)
    )


def _check_lines(words: Words, checks: pl.DataFrame, findings: pl.DataFrame, titles: Mapping[str, str]) -> tuple[CheckLine, ...]:
    """The examples are taken with one pass over the findings, however many there are."""
    by = ["entity", "system", "rule", "field"]
    few = (
        findings.join(checks.select(by).unique(), on=by, how="semi", nulls_equal=True)
        .sort("key")
        .group_by(by)
        .agg(pl.col("key").head(_EXAMPLES), pl.col("value").head(_EXAMPLES))
    )
    examples = {tuple(row[:4]): tuple(zip(row[4], row[5], strict=True)) for row in few.iter_rows()}
    return tuple(
        _check_line(words, row, examples.get(tuple(row[c] for c in by), ()), titles, f"rule-{i}")
        for i, row in enumerate(checks.iter_rows(named=True), start=1)
    )


def _check_line(
    words: Words, row: Mapping[str, Any], examples: Sequence[tuple[str, str | None]], titles: Mapping[str, str], anchor: str
) -> CheckLine:
    return CheckLine(
        suite=name(row["suite"]),
        entity=term(words, "entity", row["entity"]),
        system=system_term(titles, row["system"]),
        field=term(words, "field", row["field"]) if row["field"] else None,
        rule=name(row["rule"]),
        dimension=term(words, "dimension", row["dimension"]),
        severity=term(words, "severity", row["severity"]),
        state=term(words, "check_state", "failed" if row["success"] is False else "passed"),
        message=shorten(row[f"message_{words.language}"] or row["rule"]),
        evaluated=count(words, "records", row["evaluated"]),
        failed=count(words, "records", row["failed"]),
        examples=tuple(Example(name(key), plain(value)) for key, value in examples),
        anchor=anchor,
    )
