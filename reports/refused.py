"""Says a refusal in the language of the screen; what is no refusal, such as what a system has answered, stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from reconcile.refusals import pattern_of, recognised
from reports.problems import in_language
from reports.refusal_texts import AIMS_ZH, DIFFERS_ZH, DOING_ZH, ERRORS_ZH, REFUSALS_ZH
from reports.words import Words

_Says = Callable[[Words, str], str]
_QUOTED = "nothing|'.*?'|\".*?\""
_DIFFERS = re.compile(f"(?P<field>.+?) is (?P<now>{_QUOTED}), not (?P<wanted>{_QUOTED})", re.DOTALL)
_OF_ACTION = re.compile(r"(?<=\()(.+?)(?=\)(?:, \S+ \(| \.\.\.|$))", re.DOTALL)
"""What stands in brackets behind each of several actions."""


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
    return _SAYS.get(name, said)(words, value)


def _label(group: str) -> _Says:
    return lambda words, value: words.label(group, value)


def _tiers(words: Words, value: str) -> str:
    return "、".join(words.label("tier", tier) for tier in value.split(" and "))


def _names(_: Words, value: str) -> str:
    return value.replace(" and ", "、").replace(", ", "、")


def _problems(words: Words, value: str) -> str:
    return _OF_ACTION.sub(lambda found: in_language(words, found[1]), value)


def _differences(words: Words, value: str) -> str:
    return "；".join(_differing(words, each) for each in value.split("; "))


def _differing(words: Words, text: str) -> str:
    found = _DIFFERS.fullmatch(text)
    if found is None:
        return text
    now, wanted = (_quoted(words, found[name]) for name in ("now", "wanted"))
    return DIFFERS_ZH.format(field=words.label("field", found["field"]), now=now, wanted=wanted)


def _quoted(words: Words, value: str) -> str:
    """A value in quotation marks, or the word for none."""
    return words.label("agreed", "nothing") if value == "nothing" else value


def _error(words: Words, value: str) -> str:
    """Why a text can't be written."""
    if recognised(value):
        return said(words, value)
    found = ((chinese, re.fullmatch(pattern_of(english), value, re.DOTALL)) for english, chinese in ERRORS_ZH.items())
    return next((chinese.format(**one.groupdict()) for chinese, one in found if one), value)


def _doing(_: Words, value: str) -> str:
    for aim, words in AIMS_ZH.items():
        doing = value.removesuffix(f" {aim}")
        if doing != value and doing in DOING_ZH:
            return DOING_ZH[doing] + words
    return DOING_ZH.get(value, value)


_SAYS: Mapping[str, _Says] = {
    "doing": _doing,
    **dict.fromkeys(("before", "now"), _quoted),
    "differing": _differences,
    "entity": _label("entity"),
    "error": _error,
    "field": _label("field"),
    "problem": in_language,
    "problems": _problems,
    "state": _label("action_state"),
    "tiers": _tiers,
    **dict.fromkeys(("names", "sides", "entities", "known", "roles"), _names),
}
"""Name of an argument to how it is said; every other one is a refusal of its own, or stays as it is."""
