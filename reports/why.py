"""One pair of records explained: the sentence, the table and the steps of the waterfall, in the words of one language.

Computed once, and shown by the terminal, the report, the dashboard and JSON alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconcile.match.explaining.explanation import Explanation, Reason, Rival, Row
from reconcile.records import SHAPES
from reports.marking import shorten, visible
from reports.texts import LABELS
from reports.words import Words

_LONGEST = 60
"""Characters of a value in a table."""
_RIVALS = 2
_NAME = 80
_SUREST = 1e-9
_SHOWN = 0.05
"""Bits that one decimal shows."""
_DIGITS = 7
"""Decimals of a percentage at most."""
_NAMING = ("taken", "total", "review_ambiguous", "duplicate", "split", "within_apart")
"""Reasons whose sentence ends in who took the place; of others it is an addition."""


@dataclass(frozen=True)
class Step:
    """One row of the table, and one bar of the waterfall."""

    label: str
    crm: str
    erp: str
    forms: str
    """The values as they are compared, where that is not how they are written."""
    likeness: str
    """How alike the two are, and what else tells."""
    bits: float
    start: float
    """The sum of all steps before."""
    kind: str
    """prior, field, related, standing, taught or total."""
    tone: str
    """for, against or nothing."""

    @property
    def end(self) -> float:
        """The sum with this step."""
        return self.start + self.bits


@dataclass(frozen=True)
class Why:
    """A pair explained."""

    words: Words
    title: str
    heads: tuple[str, str]
    """Whose values the two columns hold."""
    sentence: str
    zone: str
    rung: str
    share: str
    steps: tuple[Step, ...]
    """The total comes last, from zero."""


def why_of(words: Words, told: Explanation) -> Why:
    """The explanation in words."""
    steps = []
    at = 0.0
    for row in told.rows:
        if row.part in ("prior", "field") or abs(row.bits) >= _SHOWN:
            steps.append(_step(words, told, row, at))
        at += row.bits
    total = Step(
        words.label("part", "total"), "", "", "", share_of(words, told.probability), told.total, 0.0, "total", _tone(told.total)
    )
    return Why(
        words=words,
        title=f"{visible(told.crm_key)} · {visible(told.erp_key)}",
        heads=_heads(told),
        sentence=sentence(words, told),
        zone=words.label("zone", told.zone),
        rung=_rung(words, told.rung),
        share=share_of(words, told.probability),
        steps=(*steps, total),
    )


def _heads(told: Explanation) -> tuple[str, str]:
    own, other = told.sides
    return (own.upper(), other.upper()) if own != other else (_named(own, told.crm_key), _named(other, told.erp_key))


def _named(side: str, key: str) -> str:
    """A record by its side and key; by its key alone where there is one file."""
    return f"{side.upper()} {visible(key)}".strip()


def name_of(entity: str, told: Explanation) -> str:
    """What a person knows the CRM's record by: its label, else the field that is worth most."""
    shape = SHAPES.get(entity)
    values = [told.raw.get(name, (None, None))[0] for name in (shape.label.split() if shape else ())]
    first = next((told.raw.get(row.field, (None, None))[0] for row in told.fields), None)
    return shorten(visible(" ".join(filter(None, values)) or first or told.crm_key), _NAME)


def sentence(words: Words, told: Explanation) -> str:
    """Why the two are linked or not, in one sentence."""
    reason = told.reason
    code = reason.code if reason.code in LABELS["why"] else "link"
    field = reason.details.get("field", "")
    text, limits = words.label("why", code), {"link_at": told.link_at, "review_at": told.review_at}
    values = {
        "crm": _named(told.sides[0], told.crm_key),
        "erp": _named(told.sides[1], told.erp_key),
        "share": beside(words, told.probability, [limit for name, limit in limits.items() if f"{{{name}}}" in text]),
        "alone": share_of(words, _alone(told)),
        **{name: threshold(words, limit) for name, limit in limits.items()},
        "because": _of_field(words, "why.because", told, field),
        "against": _of_field(words, "why.against", told, field),
        "fields": _fields(words, reason.details.get("fields", "")),
        "blocks": _blocks(words, reason.details.get("blocks", "")),
        "rules": reason.details.get("rules", ""),
        "rivals": _rivals(words, reason),
        "since": _since(words, reason.details.get("since", "")),
        "by": words.say("why.by", name=visible(by)) if (by := reason.details.get("by", "")) else "",
        "kept": _named(told.sides[0], reason.details.get("kept", "")),
    }
    return text.format(**values)


def _since(words: Words, day: str) -> str:
    """From when on, as part of a sentence."""
    return words.say("why.since", day=words.day(dt.date.fromisoformat(day))) if day else words.say("why.before")


def _alone(told: Explanation) -> float:
    """How sure it would be without other pairs of the two records."""
    standing = sum(row.bits for row in told.rows if row.part == "standing")
    return float(1 / (1 + 2.0 ** -min(max(told.total - standing, -300), 300)))


def share_of(words: Words, probability: float) -> str:
    """A probability; the surest ones with more digits, so that not all are 99.9%. None is quite 0 or 1: these are estimates."""
    probability = min(max(probability, _SUREST), 1 - _SUREST)
    return words.share(probability, 3 if 0 < min(probability, 1 - probability) < 0.001 else 1)  # noqa: PLR2004 - a thousandth


def threshold(words: Words, limit: float) -> str:
    """A threshold with the digits that it has: `50%`, `99.5%`, `99.99999%`."""
    digits = next((d for d in range(_DIGITS) if abs(round(limit * 100, d) - limit * 100) < 10.0**-_DIGITS), _DIGITS)
    return words.share(limit, digits)


def beside(words: Words, probability: float, limits: Sequence[float]) -> str:
    """A probability with so many digits that it does not read like a threshold that it is not."""
    said = share_of(words, probability)
    near = {limit for limit in limits if limit != probability and words.share(limit, len(said.partition(".")[2]) - 1) == said}
    for digits in range(len(said.partition(".")[2]), _DIGITS + 1):
        if not near:
            break
        said = words.share(probability, digits)
        near = {limit for limit in near if words.share(limit, digits) == said}
    return said


def as_json(words: Words, told: Explanation) -> Mapping[str, Any]:
    """Everything, for programs; codes beside words."""
    return {
        "sides": list(told.sides),
        "crm_key": told.crm_key,
        "erp_key": told.erp_key,
        "sentence": sentence(words, told),
        "zone": told.zone,
        "rung": told.rung,
        "reason": told.reason.code,
        "details": dict(told.reason.details),
        "rivals": [vars(rival) for rival in told.reason.rivals],
        "compared": told.compared,
        "probability": told.probability,
        "weight": told.total,
        "link_at": told.link_at,
        "review_at": told.review_at,
        "rows": [
            {
                **vars(row),
                "crm_raw": told.raw.get(row.field, (None, None))[0],
                "erp_raw": told.raw.get(row.field, (None, None))[1],
            }
            for row in told.rows
        ],
    }


def field_label(words: Words, name: str) -> str:
    """What people read for a field: also for those that `reconcile match` finds in any two files."""
    return words.label("concept" if name in LABELS["concept"] else "field", name)


def bits(words: Words, value: float) -> str:
    """`+3.2`, `−1.0`, `0.0`."""
    text = words.number(abs(value), 1)
    return text if text == "0.0" else f"{'+' if value > 0 else '−'}{text}"


def _step(words: Words, told: Explanation, row: Row, at: float) -> Step:
    if row.part != "field":
        return Step(words.label("part", row.part), "", "", "", "", row.bits, at, row.part, _tone(row.bits))
    raw = told.raw.get(row.field, (row.crm, row.erp))
    shown = [shorten(visible(value or ""), _LONGEST) for value in raw]
    forms = [shorten(visible(value or ""), _LONGEST) for value in (row.crm, row.erp)]
    form = (
        words.say("why.word.form", value=" ≠ ".join(dict.fromkeys(filter(None, forms)))) if forms != shown and any(forms) else ""
    )
    return Step(
        field_label(words, row.field), shown[0], shown[1], form, _likeness(words, row), row.bits, at, "field", _tone(row.bits)
    )


def _likeness(words: Words, row: Row) -> str:
    said = [words.label("likeness", row.level)]
    if abs(row.rarity) >= _SHOWN:
        said.append(words.say("why.rarity" if row.rarity > 0 else "why.common", bits=bits(words, row.rarity)))
    if row.parent and abs(row.dependence) >= _SHOWN:
        said.append(words.say("why.dependence", field=field_label(words, row.parent), bits=bits(words, row.dependence)))
    return words.say("say.list_comma").join(said)


def _tone(value: float) -> str:
    return "for" if value > 0 else "against" if value < 0 else "nothing"


def _of_field(words: Words, key: str, told: Explanation, name: str) -> str:
    row = next((row for row in told.fields if row.field == name), None)
    if row is None:
        return ""
    return words.say(key, field=field_label(words, name), level=words.label("likeness", row.level))


def _rivals(words: Words, reason: Reason) -> str:
    """Who took the place, as the end of a sentence."""
    each = [_rival(words, rival, within=reason.code.startswith("within_")) for rival in reason.rivals[:_RIVALS]]
    if not each:
        return ""
    key = "why.rivals" if reason.code in _NAMING else "why.rivals_more"
    return words.say(key, each=("；" if words.language == "zh" else "; ").join(each))


def _rival(words: Words, rival: Rival, *, within: bool) -> str:
    own, other = f"{rival.side.upper()} {visible(rival.of)}", f"{'ERP' if rival.side == 'crm' else 'CRM'} {visible(rival.key)}"
    if within:
        return words.say("why.linked_with", own=own, other=other)
    size = words.number(abs(rival.better_by), 1)
    way = "equal" if size == "0.0" else "better" if rival.better_by > 0 else "worse"
    return words.say(f"why.{'linked' if rival.linked else 'near'}_{way}", own=own, other=other, bits=size)


def _rung(words: Words, rung: str) -> str:
    name, _, fields = rung.partition(":")
    said = words.label("rung", name)
    return f"{said} ({_fields(words, fields)})" if fields else said


def _fields(words: Words, names: str) -> str:
    return words.say("say.list_comma").join(field_label(words, name) for name in names.split("+") if name)


def _blocks(words: Words, blocks: str) -> str:
    """The parts by which records are brought together, by the names of their fields, each once."""
    names = [part.split(":", 1)[0] for block in blocks.split("; ") for part in block.split("+") if part]
    return _fields(words, "+".join(dict.fromkeys(names)))


def widest(steps: Sequence[Step]) -> tuple[float, float]:
    """The lowest and the highest point of the waterfall; zero is always between."""
    points = [0.0, *(step.start for step in steps), *(step.end for step in steps)]
    return min(points), max(points)
