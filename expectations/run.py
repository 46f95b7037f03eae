"""Runs suites over a normalised frame: which rules apply, what the engine says, and which records that concerns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from expectations import underway
from expectations.catalogue import dimension_of
from expectations.failing import rows_of
from expectations.gx import Expected, Verdict, evaluate
from expectations.questions import (
    Asked,
    asked_of,
    columns_of,
    lacking_of,
    looks_beyond,
    read_by,
    records_of,
    shown_of,
    tables_missing,
    with_parents,
)
from expectations.suite import Rule, Suite
from expectations.values import Codes, NotApplicable
from reconcile.checks import Tables
from reconcile.records import COUNTERPART, KEY, RAW, Scope
from reconcile.refusals import refusal
from reconcile.results import CHECKS, FINDINGS, CheckResult, LeftOut

MOST_HELD = 20_000_000
"""Values of scanned records that are held in memory; of more, the file is passed over as often as the rules ask for."""
_LONGEST = 1000
"""Characters of a value that a finding holds; the snapshot has the whole of it."""


@dataclass
class _Answers:
    """What the rules of one entity and one system have given so far."""

    entity: str
    system: Scope | None
    notes: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    checks: dict[tuple[str, str], dict[str, object]] = field(default_factory=dict)
    findings: list[pl.DataFrame] = field(default_factory=lambda: [FINDINGS.to_frame()])

    def leave_out(self, suite: Suite, rule: Rule, why: str, what: str = "rule_not_applied") -> None:
        """`what` is the code of the note."""
        side = f" ({self.system})" if self.system else ""
        self.notes.append(str(refusal(what, suite=f"{suite.name}{side}", rule=rule.name, why=why)))
        self.left_out.append(LeftOut(suite.name, rule.name, rule.subject, rule.severity, why))

    def keep(self, one: Asked, verdict: Verdict, failing: pl.DataFrame) -> None:
        if verdict.problem:
            self.leave_out(one.suite, one.rule, verdict.problem, "rule_not_evaluated")
            return
        self.checks[one.suite.name, one.rule.name] = _check(one, self.system, verdict)
        if failing.height:
            self.findings.append(_findings(one, self.system, failing))


def run_suites(
    suites: Iterable[Suite],
    entity: str,
    system: Scope | None,
    frame: pl.DataFrame | pl.LazyFrame,
    *,
    tables: Tables | None = None,
    codes: Codes | None = None,
    now: dt.datetime | None = None,
    asked_for: bool = True,
) -> CheckResult:
    """Every rule of `suites` about `entity` that holds for `system` (None: for any), on a frame with the column `_key`.

    One row of `checks` for each rule that could be applied, one of `findings` for each record and rule that fails, the same
    count. `evaluated` leaves out records whose value is missing, as the expectations do. With `mostly`, a check succeeds
    although some records fail; they are findings all the same. What could not be applied stands in `notes`, what a rule about
    a whole column found in `observed`, `found_en` and `found_zh`. Of a frame that is scanned, only the columns that rules
    name are read.
    `tables` are read by rules that look beyond the frame, which are left out in silence where there are none: of a file on its
    own nobody can say more. A field of the record that one refers to may be named as
    `order.currency`. `codes` are this side's; `now` is what `$today` and `$now` mean, the present if not given. Without
    `asked_for`, a rule about a field that the frame does not have is left out in silence: the suite came along, and nobody
    mapped that field.
    """
    answers = _Answers(entity, system)
    moment = now or dt.datetime.now(dt.UTC)
    of_entity = [suite for suite in suites if suite.entity == entity]
    wanted = [(suite, rule) for suite in of_entity for rule in suite.rules if system is None or system in suite.systems_of(rule)]
    named = {name: None for _, rule in wanted for name in columns_of(rule)}
    whole = with_parents(frame.lazy(), entity, system, tables or {}, named)
    schema = whole.collect_schema()
    applied = []
    for suite, rule in wanted:
        if tables is None and looks_beyond(rule, schema):
            continue
        if not asked_for and (lacking_of(rule, schema, system) or tables_missing(rule, tables or {})):
            continue
        try:
            applied.append(asked_of(suite, rule, schema, (codes or {}).get(entity, {}), moment, system, tables or {}))
        except NotApplicable as reason:
            answers.leave_out(suite, rule, str(reason))
    scanned = isinstance(frame, pl.LazyFrame) and _many(frame, len(named))
    underway.passed("check", len(wanted) - len(applied))
    for group in _groups(applied):
        _judge(group, whole, tables, answers, scanned=scanned)
    checks = [answers.checks[key] for one in applied if (key := (one.suite.name, one.rule.name)) in answers.checks]
    findings = pl.concat(answers.findings)
    return CheckResult(pl.DataFrame(checks, schema=CHECKS), findings, tuple(answers.notes), tuple(answers.left_out))


def _many(frame: pl.LazyFrame, columns: int) -> bool:
    """Whether the records are more than should be held in memory."""
    return int(frame.select(pl.len()).collect(engine="streaming").item()) * columns > MOST_HELD


def _judge(group: Sequence[Asked], whole: pl.LazyFrame, tables: Tables | None, answers: _Answers, *, scanned: bool) -> None:
    """Put one group of rules to the engine; of records that are scanned, those that fail are read afterwards."""
    try:
        of_group = records_of(whole, group, answers.system)
        records = of_group if scanned else of_group.collect()
    except NotApplicable as reason:
        for one in group:
            answers.leave_out(one.suite, one.rule, str(reason))
        underway.passed("check", len(group))
        return
    asked = [Expected(one.rule.expect, one.kwargs, _about(one)) for one in group]
    read = read_by(group, records.collect_schema().names())
    verdicts = evaluate(records.select(read), asked, tables)
    for one, verdict, rows in zip(group, verdicts, rows_of(records, [verdict.rows for verdict in verdicts]), strict=True):
        answers.keep(one, verdict, rows)
    underway.passed("read failing records", len(group) if scanned else 0)


def _groups(applied: Sequence[Asked]) -> list[list[Asked]]:
    """Rules that look at the same records go to the engine together, so that it counts missing values once."""
    groups: dict[tuple[object, ...], list[Asked]] = {}
    for one in applied:
        groups.setdefault(one.of, []).append(one)
    return list(groups.values())


def _about(one: Asked) -> dict[str, str]:
    """What a person who reads the engine's own pages must know of a rule."""
    mostly = {"mostly": str(one.rule.passing_share)} if one.rule.passing_share < 1 else {}
    return {"rule": one.rule.name, "severity": one.rule.severity, "en": one.rule.message.en, "zh": one.rule.message.zh, **mostly}


def _check(one: Asked, system: Scope | None, verdict: Verdict) -> dict[str, object]:
    failed = verdict.rows.len()
    allowed = (1 - one.rule.passing_share) * verdict.evaluated + 1e-9  # a hair, for 0.7 of 10
    return {
        "suite": one.suite.name,
        "entity": one.suite.entity,
        "system": system,
        "rule": one.rule.name,
        "field": one.rule.subject,
        "severity": one.rule.severity,
        "success": verdict.met and failed <= allowed,
        "evaluated": verdict.evaluated,
        "failed": failed,
        "message_en": one.rule.message.en,
        "message_zh": one.rule.message.zh,
        "dimension": one.rule.dimension or dimension_of(one.rule.expect),
        "owner": one.suite.owner_of(one.rule),
        "observed": verdict.observed or None,
        "found_en": verdict.found[0] or None,
        "found_zh": verdict.found[1] or None,
        "answered_by": verdict.answered_by,
    }


def _findings(one: Asked, system: Scope | None, frame: pl.DataFrame) -> pl.DataFrame:
    """One row for each record that fails, in their order."""
    columns = shown_of(one.rule, frame.columns)
    raw = [_raw(frame, column) for column in columns]
    named = [pl.concat_str(pl.lit(f"{column}="), one.fill_null("")) for column, one in zip(columns, raw, strict=True)]
    value = raw[0] if len(raw) == 1 else pl.concat_str(named, separator="; ")
    return frame.select(
        pl.lit(one.suite.entity).alias("entity"),
        pl.lit(system, pl.String).alias("system"),
        pl.col(KEY).alias("key"),
        pl.lit(one.rule.subject, pl.String).alias("field"),
        pl.lit(one.rule.name).alias("rule"),
        pl.lit(one.rule.severity).alias("severity"),
        value.str.head(_LONGEST).alias("value"),
        (pl.col(COUNTERPART) if COUNTERPART in frame.columns else pl.lit(None, pl.String)).alias("counterpart"),
    )


def _raw(frame: pl.DataFrame, column: str) -> pl.Expr:
    """What the system said; the value itself where there is no evidence column."""
    evidence = RAW + column
    return pl.col(evidence if evidence in frame.columns else column).cast(pl.String)
