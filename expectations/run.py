"""Runs suites over a normalised frame: which rules apply, what the engine says, and which records that concerns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.catalogue import dimension_of
from expectations.gx import Expected, Verdict, evaluate
from expectations.suite import Rule, Suite
from expectations.values import Codes, NotApplicable, resolved
from reconcile.records import KEY, RAW, Role
from reconcile.refusals import refusal
from reconcile.results import CHECKS, FINDINGS, CheckResult, LeftOut

_LONGEST = 1000
"""Characters of a value that a finding holds; the snapshot has the whole of it."""


@dataclass(frozen=True)
class _Applied:
    """A rule that this frame can answer."""

    suite: Suite
    rule: Rule
    kwargs: Mapping[str, Any]


def run_suites(
    suites: Iterable[Suite],
    entity: str,
    role: Role | None,
    frame: pl.DataFrame,
    *,
    codes: Codes | None = None,
    now: dt.datetime | None = None,
    asked_for: bool = True,
) -> CheckResult:
    """Every rule of `suites` about `entity` that holds for `role` (None: for either), on a frame with the column `_key`.

    One row of `checks` for each rule that could be applied, one of `findings` for each record and rule that fails, the same
    count. `evaluated` leaves out records whose value is missing, as the expectations do. With `mostly`, a check succeeds
    although some records fail; they are findings all the same. What could not be applied, and what was found where a rule
    about a whole column fails, stands in `notes`. `codes` are this side's;
    `now` is what `$today` and `$now` mean, the present if not given. Without `asked_for`, a rule about a field that the
    frame does not have is left out in silence: the suite came along, and nobody mapped that field.
    """
    moment = now or dt.datetime.now(dt.UTC)
    notes: list[str] = []
    left_out: list[LeftOut] = []
    applied: list[_Applied] = []
    for suite in suites:
        if suite.entity == entity:
            known = (codes or {}).get(entity, {})
            applied += _applicable(suite, role, frame.schema, known, moment, notes, left_out, asked_for=asked_for)
    checks: list[dict[str, object]] = []
    findings = [FINDINGS.to_frame()]
    for where, group in _by_where(applied):
        part = frame.filter(_condition(where)) if where else frame
        asked = [Expected(one.rule.expect, one.kwargs, _about(one)) for one in group]
        verdicts = evaluate(_needed(part, group), asked)
        for one, verdict in zip(group, verdicts, strict=True):
            if verdict.problem:
                notes.append(_note(one.suite, role, one.rule, f"could not be evaluated: {verdict.problem}"))
                left_out.append(_left_out(one.suite, one.rule, verdict.problem))
                continue
            if not verdict.met:
                notes.append(_note(one.suite, role, one.rule, f"does not hold; found {verdict.observed or 'nothing'}"))
            checks.append(_check(one, role, verdict))
            if verdict.rows.len():
                findings.append(_findings(one, role, part, verdict.rows))
    order = {(one.suite.name, one.rule.name): at for at, one in enumerate(applied)}
    checks.sort(key=lambda row: order[str(row["suite"]), str(row["rule"])])
    return CheckResult(pl.DataFrame(checks, schema=CHECKS), pl.concat(findings), tuple(notes), tuple(left_out))


def _applicable(
    suite: Suite,
    role: Role | None,
    schema: pl.Schema,
    codes: Mapping[str, Sequence[str]],
    now: dt.datetime,
    notes: list[str],
    left_out: list[LeftOut],
    *,
    asked_for: bool,
) -> list[_Applied]:
    """The suite's rules that the frame can answer; why not, for the others, goes to `notes`."""
    out = []
    for rule in suite.rules:
        if role is not None and role not in rule.systems:
            continue
        needed = (*rule.columns, *rule.where)
        lacking = [column for column in dict.fromkeys(needed) if column not in schema]
        nested = [column for column in dict.fromkeys(needed) if column in schema and schema[column].is_nested()]
        if lacking and not asked_for:
            continue
        try:
            if lacking or nested:
                why = refusal("rule_no_field" if lacking else "rule_nested", fields=", ".join(lacking or nested))
                raise NotApplicable(why)  # noqa: TRY301 # one way out for all reasons
            own = codes.get(str(rule.kwargs.get("column")))
            out.append(_Applied(suite, rule, resolved(rule.kwargs, dict(schema), own, now)))
        except NotApplicable as reason:
            notes.append(_note(suite, role, rule, f"not applied: {reason}"))
            left_out.append(_left_out(suite, rule, str(reason)))
    return out


def _note(suite: Suite, role: Role | None, rule: Rule, what: str) -> str:
    side = f" ({role.value})" if role else ""
    return f"{suite.name}{side}: rule {rule.name} {what}"


def _left_out(suite: Suite, rule: Rule, why: str) -> LeftOut:
    return LeftOut(suite.name, rule.name, rule.subject, rule.severity, why)


def _about(one: _Applied) -> dict[str, str]:
    """What a person who reads the engine's own pages must know of a rule."""
    mostly = {"mostly": str(one.rule.mostly)} if one.rule.mostly < 1 else {}
    return {"rule": one.rule.name, "severity": one.rule.severity, "en": one.rule.message.en, "zh": one.rule.message.zh, **mostly}


def _by_where(applied: Sequence[_Applied]) -> list[tuple[dict[str, tuple[str, ...]], list[_Applied]]]:
    """Rules that look at the same records go to the engine together, so that it counts missing values once."""
    groups: dict[tuple[tuple[str, tuple[str, ...]], ...], list[_Applied]] = {}
    for one in applied:
        groups.setdefault(tuple(sorted(one.rule.where.items())), []).append(one)
    return [(dict(where), group) for where, group in groups.items()]


def _condition(where: Mapping[str, Sequence[str]]) -> pl.Expr:
    """Every field of `where` has one of its values, compared as text."""
    return pl.all_horizontal([pl.col(name).cast(pl.String).is_in(list(values)) for name, values in where.items()])


def _needed(frame: pl.DataFrame, group: Sequence[_Applied]) -> pl.DataFrame:
    """The columns that the rules read; one at least, for rules about the number of rows."""
    columns = list(dict.fromkeys(column for one in group for column in one.rule.columns))
    return frame.select(columns or [KEY])


def _check(one: _Applied, role: Role | None, verdict: Verdict) -> dict[str, object]:
    failed = verdict.rows.len()
    allowed = (1 - one.rule.mostly) * verdict.evaluated + 1e-9  # a hair, for 0.7 of 10
    return {
        "suite": one.suite.name,
        "entity": one.suite.entity,
        "system": role.value if role else None,
        "rule": one.rule.name,
        "field": one.rule.subject,
        "severity": one.rule.severity,
        "success": verdict.met and failed <= allowed,
        "evaluated": verdict.evaluated,
        "failed": failed,
        "message_en": one.rule.message.en,
        "message_zh": one.rule.message.zh,
        "dimension": one.rule.dimension or dimension_of(one.rule.expect),
    }


def _findings(one: _Applied, role: Role | None, frame: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """One row for each record that fails, in the order of the frame."""
    columns = one.rule.columns
    raw = [_raw(frame, column) for column in columns]
    named = [pl.concat_str(pl.lit(f"{column}="), one.fill_null("")) for column, one in zip(columns, raw, strict=True)]
    value = raw[0] if len(raw) == 1 else pl.concat_str(named, separator="; ")
    return frame[rows].select(
        pl.lit(one.suite.entity).alias("entity"),
        pl.lit(role.value if role else None, pl.String).alias("system"),
        pl.col(KEY).alias("key"),
        pl.lit(one.rule.subject, pl.String).alias("field"),
        pl.lit(one.rule.name).alias("rule"),
        pl.lit(one.rule.severity).alias("severity"),
        value.str.head(_LONGEST).alias("value"),
    )


def _raw(frame: pl.DataFrame, column: str) -> pl.Expr:
    """What the system said; the value itself where there is no evidence column."""
    evidence = RAW + column
    return pl.col(evidence if evidence in frame.columns else column).cast(pl.String)
