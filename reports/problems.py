"""Says a stored problem, which is sentences about values that a target would refuse, in the language of the screen.

Apart from `evidence`, which has the misfits themselves: of a refusal only the words are stored.
"""

from __future__ import annotations

import re
from functools import cache

from reconcile.plan.misfits import SENTENCES, TYPES
from reconcile.refusals import pattern_of
from reports.words import Words


def in_language(words: Words, problem: str) -> str:
    """The same sentences in the language of `words`; from where they are not known on, they stay as they are."""
    said, rest = "", problem
    while rest:
        found = [(code, one) for code, pattern in _patterns() if (one := pattern.match(rest))]
        if not found:
            return said + rest
        code, first = min(found, key=lambda each: each[1].end())
        values = first.groupdict()
        if code == "wrong_type":
            values["allowed"] = words.label("holds", _codes().get(values["allowed"], values["allowed"]))
        said += words.label("misfit", code).format(**values) + ("" if words.language == "zh" else " ")
        rest = rest[first.end() :]
    return said.rstrip()


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Code and what finds its sentence at the beginning of a text, with the space behind it."""
    return tuple((code, re.compile(f"{pattern_of(text)}(?: |$)", re.DOTALL)) for code, text in SENTENCES.items())


@cache
def _codes() -> dict[str, str]:
    return {text: str(code) for code, text in TYPES.items()}
