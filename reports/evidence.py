"""What speaks for a correction, and what stands against it, in the words of one language."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

from reconcile.plan.misfits import in_words
from reconcile.results import Action
from reports.marking import shorten
from reports.texts import LABELS
from reports.words import Words

_LONGEST = 60
"""Characters of a value within a sentence."""


def evidence_lines(words: Words, action: Action) -> list[tuple[str, str]]:
    """What speaks for it: pairs of a word and what it holds, in the order of `Action.evidence`."""
    return [(words.label("evidence", word), _held(words, word, held)) for word, held in action.evidence]


def problem_lines(words: Words, action: Action) -> list[str]:
    """Why the target would refuse it, a sentence for each value; empty if nothing stands against it."""
    said = {code: words.label("misfit", code) for code in LABELS["misfit"]}
    types = {code: words.label("holds", code) for code in LABELS["holds"]}
    return [in_words(misfit, action.target, said, types) for misfit in action.misfits] or [action.problem] * bool(action.problem)


def agreement_lines(words: Words, detail: Mapping[str, Any]) -> list[str]:
    """What an entry of a record's history says of agreement: a sentence for each field; empty if it says nothing of it."""
    proposed = [_agreement(words, held) for word, held in detail.get("evidence") or () if word == "agreed"]
    return proposed + [f"{words.label('field', one['field'])}: {_agreed_on(words, one)}" for one in detail.get("agreed") or ()]


def _agreement(words: Words, held: str) -> str:
    """Since when both agreed on what, and who has moved since."""
    said = json.loads(held)
    at = words.moment(dt.datetime.fromisoformat(said["at"])) if said["at"] else ""
    field = words.label("field", said["field"])
    return words.label("agreed", said["moved"]).format(field=field, value=_agreed_on(words, said), at=at)


def _agreed_on(words: Words, said: Mapping[str, str | None]) -> str:
    crm, erp = (shorten((said[side] or "").strip(), _LONGEST) for side in ("crm", "erp"))
    if not (crm or erp):
        return words.label("agreed", "nothing")
    return words.label("agreed", "value" if crm == erp else "values").format(crm=crm, erp=erp)


def _held(words: Words, word: str, held: str) -> str:
    if word in _SAID:
        return _SAID[word](words, held)
    return words.label(word, held) if word in LABELS else held


def _moment(words: Words, held: str) -> str:
    try:
        return words.moment(dt.datetime.fromisoformat(held))
    except ValueError:
        return held


def _linked(words: Words, held: str) -> str:
    rung, colon, fields = held.partition(":")
    keys = _fields(words, fields) if colon else ""
    return f"{words.label('rung', rung)}: {keys}" if keys else words.label("rung", rung)


def _share(words: Words, held: str) -> str:
    return words.share(float(held))


def _reason(words: Words, held: str) -> str:
    field, colon, reason = held.rpartition(": ")
    said = words.label("reason", reason)
    return f"{words.label('field', field)}: {said}" if colon else said


def _fields(words: Words, names: str) -> str:
    return words.say("say.list_comma").join(words.label("field", name) for name in names.split("+"))


_SAID: Mapping[str, Callable[[Words, str], str]] = {
    **dict.fromkeys(("crm_changed", "erp_changed", "first_seen"), _moment),
    "agreed": _agreement,
    "linked_by": _linked,
    "probability": _share,
    "reason": _reason,
    "left_out": _fields,
}
"""How a word says what it holds; another one is a label of its own, or holds what people read."""
