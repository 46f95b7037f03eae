"""What `reconcile check` tells: tables for people, one JSON object for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

from reconcile.cli import show
from reconcile.scores import WEIGHTS, scores
from reconcile.wiring.checking import Checked
from reports.check_texts import screen
from reports.found import found

Language = Literal["en", "zh"]
_MOST_ROWS = 60
"""Failing records on a screen, of all rules together."""
_MOST_RULES = 40
"""Rules on a screen; where there are more, those that no record fails are only counted."""
_NARROW = 110
"""Columns that the table of rules needs at least."""
_PART = ("entity", "system")


@dataclass(frozen=True)
class Told:
    """A check, and how it was asked for."""

    done: Checked
    about: Mapping[str, str]
    """`file` and `suite`, or `project`."""
    fail_on: str
    limit: int
    """Failing records of each rule that are told."""
    out: Path | None
    docs: Path | None
    passed: bool
    """Whether no rule fails that `fail_on` asks about."""

    @property
    def checks(self) -> pl.DataFrame:
        """The rules, the most severe and most failing first."""
        rank = pl.col("severity").replace_strict(WEIGHTS, default=0.0, return_dtype=pl.Float64)
        keys = [rank, pl.col("success"), pl.col("failed"), pl.col("entity"), pl.col("system"), pl.col("rule")]
        return self.done.checks.sort(keys, descending=[True, False, True, False, False, False], nulls_last=True)

    @property
    def first(self) -> pl.DataFrame:
        """The first failing records of each rule, in the order of `checks`."""
        of = [*_PART, "rule"]
        some = self.done.findings.filter(pl.int_range(pl.len()).over(of) < self.limit)
        order = self.checks.select(of).with_row_index("_order")
        return some.join(order, on=of, how="left", nulls_equal=True, maintain_order="left").sort("_order", maintain_order=True)

    @property
    def failed(self) -> int:
        """Rules that fail."""
        return int((~self.done.checks["success"]).sum())


def as_json(told: Told) -> str:
    """One object; docs/check-result.schema.json says what is in it."""
    done = told.done
    share = pl.when(pl.col("evaluated") > 0).then(1 - pl.col("failed") / pl.col("evaluated")).alias("passed_share")
    left_out = [
        {"entity": entity, "system": side, **{name: getattr(one, name) for name in ("suite", "rule", "field", "severity", "why")}}
        for entity, side, one in done.left_out
    ]
    result: dict[str, Any] = {
        "format": 1,
        **dict.fromkeys(("file", "suite", "project")),
        **told.about,
        "run_id": done.run_id,
        "records": done.records,
        "fail_on": told.fail_on,
        "passed": told.passed,
        "rules": {"applied": done.checks.height, "failed": told.failed, "not_applied": len(left_out)},
        "checks": told.checks.with_columns(share).to_dicts(),
        "not_applied": left_out,
        "scores": scores(done.checks).to_dicts(),
        "findings_total": done.findings.height,
        "findings": told.first.drop("_order").to_dicts(),
        "notes": list(done.notes),
        "out": str(told.out) if told.out else None,
        "docs": str(told.docs / "index.html") if told.docs else None,
        "seconds": round(done.seconds, 3),
    }
    return json.dumps(result, ensure_ascii=False, default=str)


def show_all(told: Told, language: Language) -> None:
    """Every table, and where the rest lies."""
    done = told.done
    whole = "project" in told.about
    parts = _PART if whole else ()
    if whole:
        show.say(screen(language, "of_run" if done.run_id else "of_pull", run=done.run_id, **told.about))
    else:
        show.say(screen(language, "of_file", **told.about))
    _rules(told, language, parts)
    _left_out(told, language, parts)
    _scores(told, language, parts)
    _first(told, language, parts)
    if not done.records:
        show.say(screen(language, "no_records"), style="yellow")
    for note in done.notes:
        if not any(one.rule in note for *_, one in done.left_out):
            show.say(note, style="yellow")
    counts = {"records": done.records, "rules": done.checks.height, "failed": told.failed, "left_out": len(done.left_out)}
    counts["findings"] = done.findings.height
    said = {name: f"{count:,}" for name, count in counts.items()}
    show.say("\n" + screen(language, "counted", **said, seconds=f"{done.seconds:.1f}"))
    if told.passed and told.failed and told.fail_on != "never":
        show.say(screen(language, "gate_open", fail_on=screen(language, told.fail_on)))
    if told.out:
        show.say(screen(language, "written", file=told.out, rows=said["findings"]))
    elif done.findings.height:
        show.say(screen(language, "not_written"))
    if told.docs:
        show.say(screen(language, "pages", file=told.docs / "index.html"))


def _heads(language: Language, *names: str) -> list[str]:
    return [screen(language, name) for name in names]


def _part(row: Mapping[str, Any], parts: tuple[str, ...], language: Language) -> Iterator[str]:
    for name in parts:
        yield show.words().label(name, row[name]) if name == "entity" else screen(language, row[name] or "")


def _rules(told: Told, language: Language, parts: tuple[str, ...]) -> None:
    checks = told.checks
    if checks.height > _MOST_RULES:
        checks = checks.filter(~pl.col("success") | (pl.col("failed") > 0)).head(_MOST_RULES)
    if show.out.width < _NARROW:
        _rules_in_lines(told, checks, language, parts)
        return
    rows = []
    for row in checks.iter_rows(named=True):  # as many as there are rules
        judged, failed = row["evaluated"], row["failed"]
        share = show.words().share(1 - failed / judged) if judged else ""
        wholly = not row["success"] and not failed
        rows.append(
            [
                *_part(row, parts, language),
                row["rule"],
                row["field"],
                screen(language, row["severity"]),
                screen(language, "yes" if row["success"] else "no"),
                None if wholly else judged - failed,
                None if wholly else judged,
                "" if wholly else share,
                _meaning(row, language),
            ]
        )
    numbers = _heads(language, "passed", "evaluated", "share")
    heads = [*_heads(language, *parts, "rule", "field", "severity", "holds"), *numbers, screen(language, "message")]
    if rows:
        show.table(screen(language, "rules"), heads, rows, numbers=numbers)
    if unlisted := told.checks.height - len(rows):
        show.say(screen(language, "unlisted", rules=f"{unlisted:,}"))
    show.say("")


def _rules_in_lines(told: Told, checks: pl.DataFrame, language: Language, parts: tuple[str, ...]) -> None:
    """On a screen too narrow for the table: the rules that records fail, two lines each; those that hold are counted."""
    failing = checks.filter(~pl.col("success") | (pl.col("failed") > 0))
    for row in failing.iter_rows(named=True):  # as above
        judged, failed = row["evaluated"], row["failed"]
        kind = "rule_line" if failed else "rule_line_whole"
        where = "".join(f"{one} · " for one in _part(row, parts, language))
        share = show.words().share(1 - failed / judged) if judged else ""
        counts = {"passed": f"{judged - failed:,}", "judged": f"{judged:,}", "share": share}
        show.say(screen(language, kind, severity=screen(language, row["severity"]), where=where, rule=row["rule"], **counts))
        show.beneath(_meaning(row, language))
    if holding := told.checks.filter(pl.col("success") & (pl.col("failed") == 0)).height:
        show.say(screen(language, "holding", rules=f"{holding:,}"))
    show.say("")


def _meaning(row: Mapping[str, Any], language: Language) -> str:
    """What it means that a rule fails, and what a rule about a whole column or table found."""
    wholly = not row["success"] and not row["failed"]
    said = screen(language, "observed", found=found(show.words(), row)) if wholly else ""
    message: str = row[f"message_{language}"]
    return message + said + (screen(language, "by_pandas") if row["answered_by"] == "pandas" else "")


def _left_out(told: Told, language: Language, parts: tuple[str, ...]) -> None:
    if not told.done.left_out:
        return
    rows = [
        [
            *_part({"entity": entity, "system": side}, parts, language),
            *(one.rule, one.field, screen(language, one.severity), show.told(one.why)),
        ]
        for entity, side, one in told.done.left_out
    ]
    heads = _heads(language, *parts, "rule", "field", "severity", "why")
    show.table(screen(language, "left_out"), heads, rows)
    show.say("")


def _scores(told: Told, language: Language, parts: tuple[str, ...]) -> None:
    rows = [
        [
            *_part(row, parts, language),
            screen(language, row["dimension"]),
            show.words().share(row["score"] / 100),
            row["rules"],
            row["rules_failed"],
        ]
        for row in scores(told.done.checks).iter_rows(named=True)
        if row["score"] is not None
    ]
    numbers = _heads(language, "score", "rules", "failed_rules")
    if rows:
        show.table(screen(language, "scores"), [*_heads(language, *parts, "dimension"), *numbers], rows, numbers=numbers)
        show.say("")


def _key(row: Mapping[str, Any]) -> str:
    """The record's key; of a pair both, the CRM's first."""
    return " / ".join(filter(None, (row["key"], row["counterpart"])))


def _first(told: Told, language: Language, parts: tuple[str, ...]) -> None:
    some = told.first.head(_MOST_ROWS)
    if some.is_empty():
        return
    rows = [
        [*_part(row, parts, language), row["rule"], _key(row), row["field"], row["value"]] for row in some.iter_rows(named=True)
    ]
    show.table(screen(language, "first"), _heads(language, *parts, "rule", "key", "field", "value"), rows)
    show.say("")
