"""What speaks for a correction, and what stands against it, in the words of one language."""

from __future__ import annotations

import datetime as dt

from reconcile.plan.misfits import in_words
from reconcile.results import Action
from reports.texts import LABELS
from reports.words import Words

_TIMES = ("crm_changed", "erp_changed", "first_seen")


def evidence_lines(words: Words, action: Action) -> list[tuple[str, str]]:
    """What speaks for it: pairs of a word and what it holds, in the order of `Action.evidence`."""
    return [(words.label("evidence", word), _held(words, word, held)) for word, held in action.evidence]


def problem_lines(words: Words, action: Action) -> list[str]:
    """Why the target would refuse it, a sentence for each value; empty if nothing stands against it."""
    said = {code: words.label("misfit", code) for code in LABELS["misfit"]}
    types = {code: words.label("holds", code) for code in LABELS["holds"]}
    return [in_words(misfit, action.target, said, types) for misfit in action.misfits] or [action.problem] * bool(action.problem)


def _held(words: Words, word: str, held: str) -> str:
    if word in _TIMES:
        try:
            return words.moment(dt.datetime.fromisoformat(held))
        except ValueError:
            return held
    if word == "linked_by":
        rung, colon, fields = held.partition(":")
        keys = words.say("say.list_comma").join(words.label("field", name) for name in fields.split("+")) if colon else ""
        return f"{words.label('rung', rung)}: {keys}" if keys else words.label("rung", rung)
    if word == "probability":
        return words.share(float(held))
    if word == "reason":
        field, colon, reason = held.rpartition(": ")
        said = words.label("reason", reason)
        return f"{words.label('field', field)}: {said}" if colon else said
    return words.label(word, held) if word in LABELS else held
