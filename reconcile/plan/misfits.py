"""Why a target would refuse a value, as sentences: what stands against it, and what to do. Other languages: reports/texts.py.

Apart from `fit`, which finds them, so that each can be read alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconcile.records import Role
from reconcile.results import Holds, Misfit

SENTENCES: Mapping[str, str] = {
    "too_long": "{field} takes at most {allowed} characters; {value} has {found}. "
    "Shorten it in the {source}, or widen the field in the {target}.",
    "too_many_digits": "{field} takes at most {allowed} digits; {value} has {found}. "
    "Correct it in the {source}, or widen the field in the {target}.",
    "too_many_whole_digits": "{field} takes at most {allowed} digits before the point; {value} has {found}. "
    "Correct it in the {source}, or widen the field in the {target}.",
    "too_many_decimals": "{field} takes at most {allowed} digits after the point; {value} has {found}. "
    "Round it in the {source}, or widen the field in the {target}.",
    "not_in_list": "{field} takes only {allowed}; {value} is none of them. "
    "Correct it in the {source}, map it under `values`, or add it to the list in the {target}.",
    "wrong_type": "{field} holds {allowed}; {value} is none. Correct it in the {source}, or map another field.",
    "missing": "{field} is required in the {target}, and the {source} has nothing for it. Fill it in there.",
    "not_mapped": "{field} is required in the {target}, and no field of the configuration fills it. "
    "Map one to it, or give it a default in the {target}.",
    "emptied": "{field} is required in the {target} and can't be emptied.",
    "not_writable": "{field} can't be written: the {target} keeps or computes it itself. "
    "Give the field to the other owner, or take it out of the configuration.",
    "not_unique": "{field} is unique in the {target}; {value} is held by {found}. Correct one of the records, or merge them.",
    "no_amount": "{field}: {value} is at stake, which no limit can be held against. Correct the amount where it is kept.",
    "twice_in_plan": "{field} is unique in the {target}; {value} would go to {found} as well. Correct one of the records.",
}
TYPES: Mapping[str, str] = {
    Holds.TEXT: "text",
    Holds.NUMBER: "a number",
    Holds.INTEGER: "a whole number",
    Holds.BOOLEAN: "true or false",
    Holds.DATE: "a date",
    Holds.DATETIME: "a date and time",
    Holds.REFERENCE: "a reference",
}
_SHOWN = 60
"""Characters of a value in a sentence."""


def in_words(misfit: Misfit, target: Role, sentences: Mapping[str, str] = SENTENCES, types: Mapping[str, str] = TYPES) -> str:
    """One misfit as a sentence, with the sentences and the words for `Holds` of a language."""
    value, target = misfit.value or "", Role(misfit.target) if misfit.target else target
    shown = value[:_SHOWN] + ("…" if len(value) > _SHOWN else "")
    return sentences[misfit.code].format(
        field=misfit.field,
        value=repr(shown),
        allowed=types.get(misfit.allowed, misfit.allowed) if misfit.code == "wrong_type" else misfit.allowed,
        found=misfit.found,
        target=target.upper(),
        source=target.other.upper(),
    )


def problem(misfits: Sequence[Misfit], target: Role) -> str:
    """All of them; empty if there is none."""
    return " ".join(in_words(misfit, target) for misfit in misfits)
