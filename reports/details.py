"""The view's detailed rows: the top breaks of each kind side by side, and the proposed corrections.

Apart from `view` because only these few rows are looked at one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import polars as pl

from reconcile.config.models import Language
from reconcile.results import Action, ActionKind, BreakKind
from reports.evidence import problem_lines
from reports.figures import count, money, name, named_values, system_term, term
from reports.marking import plain, shorten, side_by_side
from reports.model import ActionGroup, ActionLine, BreakLine, ChangeLine, Figure, KindSection, Term
from reports.refused import said
from reports.words import Words

SEVERITIES = ("blocking", "major", "minor")
TIERS = ("high", "medium", "low")
_KEPT_FOR_EACH_ENTITY = 3
"""So many breaks of each entity stand in a kind's section before value at risk decides, so that every number leads somewhere."""
_ACTIONS_PART = 5
"""Of corrections, a group shows this part of what a kind of break shows."""
_FEWEST_ACTIONS = 3
_CHANGES_SHOWN = 8
_COMPARED = frozenset({BreakKind.DIFFERENCE.value, BreakKind.CANDIDATE.value})
"""Kinds whose two values say the same thing twice, so that marking characters helps."""
_LISTED = {BreakKind.DUPLICATE_IN_CRM.value, BreakKind.DUPLICATE_IN_ERP.value}
"""Kinds whose value is a list of other keys."""
_LONGEST_LIST = 600
_NONE: Mapping[str, str] = MappingProxyType({})
_LONGEST_NOTE = 300


def ranked(breaks: pl.DataFrame) -> pl.DataFrame:
    """Open BREAKS rows by value at risk, then severity, then age, then fingerprint; amounts are not converted."""
    severity = pl.col("severity").replace_strict(
        list(SEVERITIES), list(range(len(SEVERITIES))), default=len(SEVERITIES), return_dtype=pl.Int8
    )
    return (
        breaks.with_columns(
            pl.when(pl.col("value_at_risk").is_finite()).then(pl.col("value_at_risk")).fill_null(0.0).alias("_value"),
            severity.alias("_severity"),
        )
        .sort(["_value", "_severity", "age_days", "fingerprint"], descending=[True, False, True, False])
        .drop("_value", "_severity")
    )


def kind_sections(
    words: Words, breaks: pl.DataFrame, actions: Sequence[Action], shown: int, rules: Mapping[str, str] = _NONE
) -> tuple[KindSection, ...]:
    """One section for each kind of break that there is, with its top `shown` rows; `rules` as in `break_lines`."""
    ordered = ranked(breaks)
    top = {kind: shown_of(ordered.filter(pl.col("kind") == kind), shown) for kind in ordered["kind"].unique().to_list()}
    fingerprints = {f for frame in top.values() for f in frame["fingerprint"].to_list()}
    resolving = resolving_of(actions, fingerprints)
    totals = dict(ordered.group_by("kind").len().iter_rows())
    return tuple(
        KindSection(
            kind=term(words, "kind", kind.value),
            help=words.label("kind_help", kind.value),
            anchor=f"breaks-{kind}",
            total=count(words, "breaks", totals[kind.value]),
            lines=break_lines(words.language, top[kind.value], resolving, rules),
            note=_note(words, top[kind.value].height, totals[kind.value]),
        )
        for kind in BreakKind
        if kind.value in top
    )


def _note(words: Words, shown: int, total: int) -> str:
    if shown < total:
        return words.say("say.shown_of", shown=words.number(shown), total=words.number(total))
    return words.say("say.shown_all", total=words.number(total)) if total > 1 else ""


def shown_of(ordered: pl.DataFrame, shown: int) -> pl.DataFrame:
    """The first `shown` of ranked breaks, with a few of every entity among them."""
    entities = ordered["entity"].n_unique()
    sure = min(_KEPT_FOR_EACH_ENTITY, shown // max(entities, 1))
    first = pl.int_range(pl.len()).over("entity") < sure
    chosen = ordered.with_row_index("_rank").with_columns(first.alias("_sure")).sort("_sure", "_rank", descending=[True, False])
    return chosen.head(shown).sort("_rank").drop("_rank", "_sure")


def resolving_of(actions: Sequence[Action], fingerprints: set[str]) -> dict[str, tuple[str, ...]]:
    """Fingerprint to the ids of the actions that would resolve it."""
    found: dict[str, tuple[str, ...]] = {}
    for action in actions:
        for fingerprint in action.breaks:
            if fingerprint in fingerprints:
                found[fingerprint] = (*found.get(fingerprint, ()), action.id)
    return found


def break_lines(
    language: Language,
    rows: pl.DataFrame,
    resolving: Mapping[str, tuple[str, ...]] | None = None,
    rules: Mapping[str, str] = _NONE,
) -> tuple[BreakLine, ...]:
    """Breaks side by side, with the differing characters marked.

    `rows` are a page of `lives.open_breaks`, a few hundred at most; `resolving` is fingerprint to ids of actions,
    `rules` what people read for the reason of a broken rule.
    """
    words = Words(language)
    return tuple(_break_line(words, row, resolving or {}, rules) for row in rows.iter_rows(named=True))


def _break_line(
    words: Words, row: Mapping[str, Any], resolving: Mapping[str, tuple[str, ...]], rules: Mapping[str, str]
) -> BreakLine:
    crm, erp = row["crm_value"], row["erp_value"]
    if row["kind"] in _COMPARED:
        shown = side_by_side(crm, erp)
    elif row["kind"] in _LISTED:
        shown = plain(crm, _LONGEST_LIST), plain(erp, _LONGEST_LIST)
    elif row["kind"] == BreakKind.BROKEN_RULE:
        shown = plain(named_values(words, crm)), plain(named_values(words, erp))
    else:
        shown = plain(crm), plain(erp)
    days = int(row["age_days"])
    due, until = row.get("due_at"), row.get("accepted_until")
    return BreakLine(
        fingerprint=row["fingerprint"],
        anchor=f"break-{row['fingerprint']}",
        entity=term(words, "entity", row["entity"]),
        kind=term(words, "kind", row["kind"]),
        field=term(words, "field", row["field"]) if row["field"] else None,
        label=name(_label(words, row)),
        crm_key=name(row["crm_key"]),
        erp_key=name(row["erp_key"]),
        crm_value=shown[0],
        erp_value=shown[1],
        reason=Term(row["reason"], rules[row["reason"]])
        if row["kind"] == BreakKind.BROKEN_RULE and row["reason"] in rules
        else term(words, "reason", row["reason"]),
        moved=term(words, "moved", row["moved"]) if row.get("moved") else None,
        severity=term(words, "severity", row["severity"]),
        owner=term(words, "owner", row["owner"]),
        state=term(words, "state", row["state"]),
        age=Figure(days, "days", words.count("days", days) if days else words.label("age", "today")),
        value_at_risk=money(words, row["value_at_risk"], row["currency"]),
        actions=resolving.get(row["fingerprint"], ()),
        assignee=name(words.label("team", row.get("assignee"))),
        due=words.day(due) if due else "",
        overdue=row.get("overdue_since") is not None,
        reopened=words.label("reopened", row["reopened"]) if row.get("reopened") else "",
        accepted_until=words.day(until) if until else "",
        note=shorten(row.get("note"), _LONGEST_NOTE),
    )


def _label(words: Words, row: Mapping[str, Any]) -> str | None:
    """The record's name; of a rule that is about no single record, what it is about, with the number that its label holds."""
    label: str | None = row["label"]
    if row["kind"] != BreakKind.BROKEN_RULE or row["crm_key"] or row["erp_key"]:
        return label
    _, joint, number = (label or "").partition(": ")
    return words.say("word.whole_table") + joint + number


def action_groups(
    words: Words, actions: Sequence[Action], titles: Mapping[str, str], order: Sequence[str], shown: int
) -> tuple[ActionGroup, ...]:
    """The corrections by target (CRM first) and entity, the riskiest and dearest first."""
    groups: dict[tuple[str, str], list[Action]] = {}
    for action in actions:
        groups.setdefault((action.target.value, action.entity), []).append(action)
    places = {entity: i for i, entity in enumerate(order)}
    return tuple(
        _action_group(words, groups[key], titles, max(_FEWEST_ACTIONS, shown // _ACTIONS_PART))
        for key in sorted(groups, key=lambda k: (k[0], places.get(k[1], len(places)), k[1]))
    )


def _action_group(words: Words, actions: Sequence[Action], titles: Mapping[str, str], shown: int) -> ActionGroup:
    first = actions[0]
    top = sorted(actions, key=_dearest_first)[:shown]
    return ActionGroup(
        target=system_term(titles, first.target.value),
        entity=term(words, "entity", first.entity),
        anchor=f"actions-{first.target}-{first.entity}",
        total=count(words, "actions", len(actions)),
        kinds=_tally(words, "action", Counter(a.kind.value for a in actions), [k.value for k in ActionKind]),
        tiers=_tally(words, "tier", Counter(a.tier for a in actions), TIERS),
        states=_tally(words, "action_state", Counter(a.state.value for a in actions), ()),
        value_at_risk=_sums(words, actions),
        lines=tuple(action_line(words.language, a, titles) for a in top),
        note=words.say("say.actions_of", shown=words.number(len(top)), total=words.number(len(actions)))
        if len(top) < len(actions)
        else "",
    )


def _dearest_first(action: Action) -> tuple[int, float, str]:
    tier = TIERS.index(action.tier) if action.tier in TIERS else len(TIERS)
    return (tier, -(action.value_at_risk or 0.0), action.id)


def _tally(words: Words, group: str, counted: Counter[str], order: Sequence[str]) -> tuple[tuple[Term, Figure], ...]:
    codes = [*(c for c in order if c in counted), *sorted(c for c in counted if c not in order)]
    return tuple((term(words, group, code), count(words, "actions", counted[code])) for code in codes)


def _sums(words: Words, actions: Sequence[Action]) -> tuple[Figure, ...]:
    sums: dict[str, float] = {}
    for action in actions:
        if action.value_at_risk:
            sums[action.currency or ""] = sums.get(action.currency or "", 0.0) + action.value_at_risk
    return tuple(money(words, amount, currency) for currency, amount in sorted(sums.items(), key=lambda s: (-s[1], s[0])))


def action_line(language: Language, action: Action, titles: Mapping[str, str]) -> ActionLine:
    """One correction, before and after side by side; `titles` is role to the system's title."""
    words = Words(language)
    changes = []
    for change in action.changes[:_CHANGES_SHOWN]:
        before, after = side_by_side(change.before, change.after)
        changes.append(ChangeLine(term(words, "field", change.field), name(change.target_field), before, after))
    return ActionLine(
        id=action.id,
        anchor=f"action-{action.id}",
        kind=term(words, "action", action.kind.value),
        entity=term(words, "entity", action.entity),
        target=system_term(titles, action.target.value),
        target_key=name(action.target_key),
        source_key=name(action.source_key),
        label=name(action.label),
        changes=tuple(changes),
        more_changes=max(0, len(action.changes) - _CHANGES_SHOWN),
        clause=shorten(action.clause),
        tier=term(words, "tier", action.tier),
        state=term(words, "action_state", action.state.value),
        value_at_risk=money(words, action.value_at_risk, action.currency),
        breaks=action.breaks,
        message=shorten(said(words, action.message)),
        problems=tuple(shorten(said) for said in problem_lines(words, action)),
    )
