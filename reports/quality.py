"""The view's quality section: rules by severity, scores by dimension, entity and system with their past, and what fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import polars as pl

from reconcile.compare.broken_rules import reason
from reconcile.results import BreakKind, RunResult
from reports.details import SEVERITIES
from reports.figures import count, field_term, name, named_values, system_term, term
from reports.found import found
from reports.marking import plain, shorten
from reports.quality_model import CheckLine, Example, Quality, SeverityLine
from reports.quality_next import Fate, Rule
from reports.quality_past import RULE, Past, newly_failing
from reports.quality_scores import dimension_lines, loss_lines, score_lines, score_meaning, whole_line
from reports.words import Words

_EXAMPLES = 5
_NAMED = 3
"""Rules that the line of news names."""
_LONGEST_RULE = 120
_LONGEST_FOUND = 400


def quality_section(
    words: Words,
    result: RunResult,
    titles: Mapping[str, str],
    order: Sequence[str],
    shown: int,
    past: Past | None = None,
    fates: Mapping[Rule, Fate] = MappingProxyType({}),
) -> Quality:
    """What the expectations found; `shown` rules that records fail at most: not passed first, then by severity."""
    checks = _with_news(result, past)
    failing = _failing(checks)
    top = failing.head(shown)
    note = "" if checks.height else words.say("say.no_checks")
    if checks.height and not failing.height:
        note = words.say("say.no_failing")
    elif top.height < failing.height:
        note = words.say("say.actions_of", shown=words.number(top.height), total=words.number(failing.height))
    lines = _check_lines(words, top, result.findings, titles, fates)
    return Quality(
        severities=_severities(words, checks),
        scores=score_lines(words, result, titles, order, past),
        failing=lines,
        note=note,
        dimensions=dimension_lines(words, result, past),
        whole=whole_line(words, result, past),
        news=_news(words, failing.filter("newly"), titles),
        losses=loss_lines(words, result, titles, {line.code: line.anchor for line in lines}),
        meaning=score_meaning(words, result),
    )


def _with_news(result: RunResult, past: Past | None) -> pl.DataFrame:
    """The checks, those that newly fail marked in `newly`."""
    new = newly_failing(result, past).with_columns(newly=pl.lit(value=True))
    marked = result.checks.join(new, on=RULE, how="left", maintain_order="left", nulls_equal=True)
    return marked.with_columns(pl.col("newly").fill_null(value=False))


def _news(words: Words, rows: pl.DataFrame, titles: Mapping[str, str]) -> str:
    """One line that names the first few of the rules that newly fail."""
    if rows.is_empty():
        return ""
    named = [_newly(words, row, titles) for row in rows.head(_NAMED).iter_rows(named=True)]
    if rows.height > _NAMED:
        named.append(words.say("say.more_rules", n=words.number(rows.height - _NAMED)))
    rules = words.count("checks", rows.height)
    return words.say("say.newly_failing", rules=rules, named=words.say("say.list_rules").join(named))


def _newly(words: Words, row: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    message = shorten(row[f"message_{words.language}"] or row["rule"], _LONGEST_RULE).rstrip(".。")
    entity, system = words.label("entity", row["entity"]), system_term(titles, row["system"]).text
    said = words.say("say.failing_rule", entity=entity, system=system, message=message)
    return f"{said} ({words.number(row['failed'])})" if row["failed"] else said


def messages(words: Words, checks: pl.DataFrame) -> dict[str, str]:
    """What people read of each rule, by the reason that breaks of it name."""
    said = pl.coalesce(pl.col(f"message_{words.language}").replace("", None), "rule")
    return {code: shorten(text) for code, text in checks.select(reason(), said).unique().iter_rows()}


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


def _check_lines(
    words: Words, checks: pl.DataFrame, findings: pl.DataFrame, titles: Mapping[str, str], fates: Mapping[Rule, Fate]
) -> tuple[CheckLine, ...]:
    """The examples are taken with one pass over the findings, however many there are."""
    by = ["entity", "system", "rule", "field"]
    few = (
        findings.join(checks.select(by).unique(), on=by, how="semi", nulls_equal=True)
        .sort("key")
        .group_by(by)
        .agg(pl.col("key", "value", "counterpart").head(_EXAMPLES))
    )
    examples = {tuple(row[:4]): tuple(zip(*row[4:], strict=True)) for row in few.iter_rows()}
    return tuple(
        _check_line(words, row, examples.get(tuple(row[c] for c in by), ()), titles, f"rule-{i}", fates)
        for i, row in enumerate(checks.iter_rows(named=True), start=1)
    )


def _check_line(
    words: Words,
    row: Mapping[str, Any],
    examples: Sequence[tuple[str, str | None, str | None]],
    titles: Mapping[str, str],
    anchor: str,
    fates: Mapping[Rule, Fate],
) -> CheckLine:
    rule = f"{row['suite']}.{row['rule']}"
    fate = fates.get((rule, row["entity"], row["system"])) or fates.get((rule, row["entity"], "")) or Fate(None, 0)
    return CheckLine(
        suite=name(row["suite"]),
        entity=term(words, "entity", row["entity"]),
        system=system_term(titles, row["system"]),
        field=field_term(words, row["field"]) if row["field"] else None,
        rule=name(row["rule"]),
        dimension=term(words, "dimension", row["dimension"]),
        severity=term(words, "severity", row["severity"]),
        state=term(words, "check_state", "failed" if row["success"] is False else "passed"),
        message=shorten(row[f"message_{words.language}"] or row["rule"]),
        evaluated=count(words, "records", row["evaluated"]),
        failed=count(words, "records", row["failed"], f"breaks-{BreakKind.BROKEN_RULE}-{row['entity']}"),
        examples=tuple(
            Example(name(key), plain(named_values(words, value)), name(counterpart)) for key, value, counterpart in examples
        ),
        anchor=anchor,
        owner=term(words, "team", row["owner"]),
        due=words.day(fate.due) if fate.due else "",
        corrections=count(words, "actions", fate.corrections, "actions"),
        observed=shorten(found(words, row), _LONGEST_FOUND),
        newly=row["newly"],
    )
