"""Says a refusal in the language of the screen; what is no refusal, such as what a system has answered, stays as it is."""

from __future__ import annotations

from reconcile.refusals import recognised
from reports.refusal_texts import AIMS_ZH, DOING_ZH, REFUSALS_ZH
from reports.words import Words

_STATES = ("state",)
_TIERS = ("tiers",)
_NAMES = ("names", "sides", "entities", "known", "roles")


def said(words: Words, text: object) -> str:
    """A sentence of the gates, or an error, in the language of `words`; several that `; ` joins, one by one."""
    given = text.args[0] if isinstance(text, BaseException) and text.args else text
    sentence = given if isinstance(given, str) else str(given)
    if words.language == "en":
        return str(sentence)
    parts = sentence.split("; ")
    known = [recognised(part) for part in parts]
    if len(parts) > 1 and all(known):
        return "；".join(said(words, part) for part in known if part)
    found = recognised(sentence)
    if found is not None:
        values = {name: _value(words, name, value) for name, value in found.values.items()}
        return REFUSALS_ZH[found.code].format(**values)
    return "；".join(said(words, part) for part in parts) if any(known) else str(sentence)


def _value(words: Words, name: str, value: str) -> str:
    """An argument: a refusal within the refusal, or one of the closed words."""
    if name == "doing":
        return _doing(value)
    if name in ("entity", "field"):
        return words.label(name, value)
    if name in _STATES:
        return words.label("action_state", value)
    if name in _TIERS:
        return "、".join(words.label("tier", tier) for tier in value.split(" and "))
    if name in _NAMES:
        return value.replace(" and ", "、").replace(", ", "、")
    return said(words, value)


def _doing(value: str) -> str:
    for aim, words in AIMS_ZH.items():
        doing = value.removesuffix(f" {aim}")
        if doing != value and doing in DOING_ZH:
            return DOING_ZH[doing] + words
    return DOING_ZH.get(value, value)
