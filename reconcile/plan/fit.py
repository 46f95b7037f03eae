"""Judges what actions would write by the target's own rules, before anybody is asked to approve them.

Pure: rules, snapshots and actions in, the same actions with their misfits out. A reference is a key that the push resolves,
so that only its presence is judged. What a system's metadata does not say is not judged either.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from math import isfinite

import polars as pl

from reconcile.plan.changes import Planning
from reconcile.plan.misfits import problem
from reconcile.records import KEY, RAW, Role
from reconcile.results import Action, ActionKind, Change, FieldRule, Holds, Misfit, Rules

_NUMBERS = (Holds.NUMBER, Holds.INTEGER)
_TRUTHS = ("true", "false", "1", "0")
_SHOWN_WORDS = 12
"""Words of a closed list in one sentence."""


def fitted(planning: Planning, actions: Sequence[Action]) -> tuple[Action, ...]:
    """The same actions, in order; those that the target would refuse have `misfits` and, in words, a `problem`.

    What stands against a part stands against its whole, which is decided and written with all of its parts or not at all.
    """
    judges: dict[tuple[str, Role], _Judge] = {}
    for name in dict.fromkeys(action.entity for action in actions):
        of = planning.of(name)
        here = [action for action in actions if action.entity == name]
        if of is not None:
            judges |= {(name, role): _Judge(of, role, rules, here) for role, rules in of.rules.items() if rules}
    judged = [_judged(action, judges.get((action.entity, action.target))) for action in actions]
    of_parts = {action.id: action for action in judged if action.misfits and action.part_of is not None}
    return tuple(_with_parts(action, of_parts) if action.parts and of_parts else action for action in judged)


def _with_parts(action: Action, parts: Mapping[str, Action]) -> Action:
    """A whole with what stands against its parts; each says which side would refuse it."""
    refused = [parts[id_] for id_ in action.parts if id_ in parts]
    of_parts = (replace(misfit, target=str(part.target)) for part in refused for misfit in part.misfits)
    misfits = (*action.misfits, *of_parts)
    return replace(action, misfits=misfits, problem=problem(misfits, action.target)) if refused else action


def _judged(action: Action, judge: _Judge | None) -> Action:
    misfits = tuple(judge.misfits(action)) if judge and action.changes else ()
    if action.value_at_risk is not None and not isfinite(action.value_at_risk):
        field = ", ".join(change.target_field or change.field for change in action.changes)
        misfits = (Misfit("no_amount", field, str(action.value_at_risk)), *misfits)
        action = replace(action, tier="high")
    return replace(action, misfits=misfits, problem=problem(misfits, action.target)) if misfits else action


class _Judge:
    """What one side demands of one entity, ready to be asked about many actions."""

    def __init__(self, planning: Planning, target: Role, rules: Rules, actions: Sequence[Action]) -> None:
        self._rules = rules
        self._external_id = planning.source(target).external_id
        fields = ((name, spec.crm if target is Role.CRM else spec.erp) for name, spec in planning.entity.fields.items())
        self._mapped = {field: name for name, field in fields if field}
        self._needed: dict[str, list[str]] = {}
        for name, rule in rules.items():
            if rule.required and rule.creatable and not rule.defaulted:
                self._needed.setdefault(_relation(name), []).append(name)
        here = [action for action in actions if action.target is target]
        self._taken = _taken(planning.frame(target), self._mapped, rules, here)
        self._wanted = _wanted(rules, here)
        self._freed = {(c.target_field, a.target_key, whole) for a in here if (whole := _whole(a)) for c in a.changes}

    def misfits(self, action: Action) -> Iterator[Misfit]:
        """What stands against an action, value by value."""
        creating = action.kind is ActionKind.CREATE
        for change in action.changes:
            rule = self._rules.get(change.target_field)
            if rule is None:
                continue
            found = _misfit(change, rule, creating=creating)
            if found is None and rule.unique and not (creating and change.target_field == self._external_id):
                found = self._double(action, change, rule)
            if found is not None:
                yield found
        if creating:
            yield from self._absent(action)

    def _double(self, action: Action, change: Change, rule: FieldRule) -> Misfit | None:
        """The value of a unique field that another record holds, or would be given."""
        name, value = change.target_field, change.after
        place = (name, _folded(value or "", rule))
        whole = _whole(action)
        taken = (key for key in self._taken.get(place, ()) if key != action.target_key)
        holders = [key for key in taken if not (whole and (name, key, whole) in self._freed)]
        if holders:
            return Misfit("not_unique", name, value, found=", ".join(holders[:3]))
        others = [other.label for other in self._wanted.get(place, ()) if other.id != action.id]
        return Misfit("twice_in_plan", name, value, found=", ".join(others[:3])) if others else None

    def _absent(self, action: Action) -> Iterator[Misfit]:
        """Fields that a new record must have and would not, those behind relations only where the relation is made."""
        given = {change.target_field for change in action.changes if change.after and change.after.strip()}
        if self._external_id and action.source_key:
            given.add(self._external_id)
            rule = self._rules.get(self._external_id, FieldRule())
            written = next((change.after for change in action.changes if change.target_field == self._external_id), None)
            if written is None and (found := _in_text(self._external_id, action.source_key, rule)):
                yield found
        relations = dict.fromkeys(filter(None, map(_relation, given)))
        for relation in ("", *relations):
            for name in self._needed.get(relation, ()):
                if name not in given and name not in relations:  # one that is named by a field of the record behind it
                    yield Misfit("missing" if name in self._mapped else "not_mapped", name)


def _whole(action: Action) -> str:
    """What an action is decided with; empty if it is decided alone. A merge takes a value from one record for the other."""
    return action.part_of or (action.id if action.parts else "")


def _relation(name: str) -> str:
    """The relation that a path follows; empty for a field of the record itself."""
    relation, dot, _ = name.replace("/", ".").partition(".")
    return relation if dot else ""


def _misfit(change: Change, rule: FieldRule, *, creating: bool) -> Misfit | None:
    """What stands against one value, apart from other records; None if nothing does."""
    name, text = change.target_field, change.after
    if not (rule.creatable if creating else rule.updatable):
        return Misfit("not_writable", name, text)
    if text is None or not text.strip():
        return Misfit("emptied", name) if rule.required and not creating else None
    if change.reference is not None or rule.holds is Holds.REFERENCE:
        return None
    if rule.holds in _NUMBERS:
        return _in_number(name, text, rule)
    if rule.holds in (Holds.DATE, Holds.DATETIME, Holds.BOOLEAN):
        fits = text.lower() in _TRUTHS if rule.holds is Holds.BOOLEAN else _is_day(text)
        return None if fits else Misfit("wrong_type", name, text, rule.holds)
    return _in_text(name, text, rule)


def _in_text(name: str, text: str, rule: FieldRule) -> Misfit | None:
    if rule.allowed and text not in rule.allowed:
        dots = (", …",) if len(rule.allowed) > _SHOWN_WORDS else ()
        return Misfit("not_in_list", name, text, "".join((", ".join(rule.allowed[:_SHOWN_WORDS]), *dots)))
    if rule.max_length is not None and len(text) > rule.max_length:
        return Misfit("too_long", name, text, str(rule.max_length), str(len(text)))
    return None


def _in_number(name: str, text: str, rule: FieldRule) -> Misfit | None:
    try:
        _, digits, exponent = Decimal(text.strip()).normalize().as_tuple()
    except InvalidOperation:
        return Misfit("wrong_type", name, text, rule.holds or Holds.NUMBER)
    if not isinstance(exponent, int):  # infinite, or no number
        return Misfit("wrong_type", name, text, rule.holds or Holds.NUMBER)
    whole, decimals = max(len(digits) + exponent, 0), max(-exponent, 0)
    if rule.holds is Holds.INTEGER and decimals:
        return Misfit("wrong_type", name, text, rule.holds)
    for code, most, has in (
        ("too_many_whole_digits", rule.whole_digits, whole),
        ("too_many_decimals", rule.decimals, decimals),
        ("too_many_digits", rule.digits, max(whole, len(digits))),
    ):
        if most is not None and has > most:
            return Misfit(code, name, text, str(most), str(has))
    return None


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


_Place = tuple[str, str]
"""A unique field of the target, and a value in the form in which no two may be the same."""


def _folded(text: str, rule: FieldRule) -> str:
    return text.strip() if rule.case_matters else text.strip().lower()


def _wanted(rules: Rules, actions: Sequence[Action]) -> dict[_Place, list[Action]]:
    """Who would write which value to a unique field."""
    out: dict[_Place, list[Action]] = {}
    unique = {name: rule for name, rule in rules.items() if rule.unique}
    for action in actions if unique else ():
        for change in action.changes:
            if change.target_field in unique and change.after:
                out.setdefault((change.target_field, _folded(change.after, unique[change.target_field])), []).append(action)
    return out


def _taken(frame: pl.DataFrame, mapped: Mapping[str, str], rules: Rules, actions: Sequence[Action]) -> dict[_Place, list[str]]:
    """Keys of the target's records that hold a value which an action would write to a unique field."""
    out: dict[_Place, list[str]] = {}
    for name, wanted in _by_field(_wanted(rules, actions)).items():
        column = RAW + mapped.get(name, "")
        if column not in frame.columns:
            continue
        text = pl.col(column).str.strip_chars()
        folded = text if rules[name].case_matters else text.str.to_lowercase()
        held = frame.select(folded.alias("value"), KEY).filter(pl.col("value").is_in(wanted))
        for value, key in held.iter_rows():
            out.setdefault((name, value), []).append(key)
    return out


def _by_field(places: Mapping[_Place, object]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for name, value in places:
        out.setdefault(name, []).append(value)
    return out
