"""What one pair weighs, taken apart: prior, fields with their rarity and dependence, the related class, the rest.

Bits are whole steps of 1/65536, so that the parts sum to the total exactly, in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from reconcile.match.deciding.assignment import STEP
from reconcile.match.linkage import Scored
from reconcile.match.scoring.comparison import Comparison
from reconcile.match.scoring.fitting import weights
from reconcile.match.scoring.forms import Family
from reconcile.match.scoring.levels import SIZES, UNKNOWN
from reconcile.match.scoring.model import Model, Tables, probability

LEVELS: Mapping[Family, tuple[str, ...]] = {
    Family.NAME: ("different", "little_alike", "alike", "very_alike", "nearly_equal", "equal"),
    Family.ADDRESS: ("different", "little_alike", "alike", "very_alike", "nearly_equal", "equal"),
    Family.PROSE: ("words_none", "words_few", "words_some", "words_half", "words_many", "words_most", "words_all", "equal"),
    Family.DIGITS: ("different", "two_slips", "one_slip", "equal"),
    Family.EMAIL: ("different", "same_domain", "nearly_equal", "equal"),
    Family.CODE: ("different", "equal"),
    Family.DATE: ("different", "two_slips", "one_slip", "equal"),
    Family.NUMBER: ("different", "within_half", "within_tenth", "within_hundredth", "equal"),
}
"""What each level says, lowest first, as codes of the words that screens have."""
_NOISE = 0.02
"""Bits: a smaller remainder is rounding, and goes to the prior."""


@dataclass(frozen=True)
class Row:
    """One step of the waterfall."""

    part: str
    """prior, field, related, standing or taught."""
    bits: float
    """What this step adds to the total, all told."""
    field: str = ""
    crm: str | None = None
    """The CRM's value in the form that is compared."""
    erp: str | None = None
    level: str = ""
    """A code of LEVELS, or `missing` where one value at least is."""
    alone: float = 0.0
    """Bits of the level by itself; with `rarity` and `dependence` it makes `bits`."""
    rarity: float = 0.0
    """Bits by which the shared value is rarer than usual; negative where it is more common."""
    dependence: float = 0.0
    """Bits that go because another field says the same already; positive where it says the opposite."""
    parent: str = ""
    """The field on which it depends."""


@dataclass(frozen=True)
class Weighed:
    """A pair taken apart."""

    rows: tuple[Row, ...]
    total: float
    probability: float
    compared: bool
    """Whether the pair is among the scored ones."""

    @property
    def alone(self) -> float:
        """The total without what other pairs of the two records give or take."""
        return self.total - sum(row.bits for row in self.rows if row.part == "standing")

    @property
    def related(self) -> float:
        """Bits that the related class takes, zero or less."""
        return sum(row.bits for row in self.rows if row.part == "related")


def weighed(scored: Scored, left: int, right: int, untaught: Scored | None = None) -> Weighed:
    """The waterfall of one pair of rows, whether or not it was among the scored ones.

    Args:
        scored: the pairs that were compared.
        left: the row of the one record.
        right: the row of the other.
        untaught: the same pairs as they weighed before people's answers taught something, if they did.
    """
    comparison, model = scored.comparison, scored.model
    pair = pl.DataFrame({"l": [left], "r": [right]}, schema={"l": pl.UInt32, "r": pl.UInt32})
    levels = comparison.levels(pair)
    known = scored.pairs.filter((pl.col("l") == left) & (pl.col("r") == right))
    total = _step(float(known["weight"][0] if known.height else weights(levels, model, comparison)[0]))
    pattern = {name: np.asarray([levels[name][0]], np.uint8) for name in comparison.fields}
    fields = [_field(name, comparison, model, pattern, (left, right)) for name in comparison.fields]
    fields.sort(key=lambda row: (row.level == "missing", -row.bits, row.field))
    rest = max(model.pairs - model.matches - model.relations, 1.0)
    prior = Row("prior", _step(float(np.log2(model.matches / rest))))
    related = Row("related", _taken(model, pattern, float(levels["_rare"][0])))
    taught = Row("taught", 0.0 if untaught is None else total - _known_weight(untaught, left, right, total))
    left_over = total - sum(row.bits for row in (prior, related, taught, *fields))
    standing = Row("standing", left_over if abs(left_over) > _NOISE else 0.0)
    if not standing.bits:
        prior = replace(prior, bits=prior.bits + left_over)
    rows = (prior, *fields, *(row for row in (related, standing, taught) if row.bits))
    return Weighed(rows, total, float(probability(np.asarray([total]))[0]), bool(known.height))


def _known_weight(scored: Scored, left: int, right: int, otherwise: float) -> float:
    """What a pair weighs if it was compared."""
    known = scored.pairs.filter((pl.col("l") == left) & (pl.col("r") == right))
    return _step(float(known["weight"][0])) if known.height else otherwise


def _field(name: str, comparison: Comparison, model: Model, pattern: Mapping[str, np.ndarray], rows: tuple[int, int]) -> Row:
    values = [_text(frame[name][row]) for frame, row in zip(comparison.forms, rows, strict=True)]
    level = int(pattern[name][0])
    if level == UNKNOWN:
        return Row("field", 0.0, name, values[0], values[1], "missing")
    family = comparison.kinds[name]
    same, chance = (_logs(tables, name, pattern) for tables in (model.same, model.chance))
    top = level == SIZES[family] - 1 and name in comparison.rarity
    rarity = float(comparison.rarity[name][rows[0]]) if top else 0.0
    alone, rarity, all_told = _step(same[0] - chance[0]), _step(rarity), _step(same[1] - chance[1] + rarity)
    parent = next((t.given[name][0] for t in (model.chance, model.same) if name in t.given), "")
    dependence = all_told - alone - rarity
    if abs(dependence) < _NOISE:
        alone, dependence = alone + dependence, 0.0
    said = LEVELS[family][level] if len(LEVELS[family]) == SIZES[family] else f"{level}/{SIZES[family] - 1}"
    return Row("field", all_told, name, values[0], values[1], said, alone, rarity, dependence, parent if dependence else "")


def _logs(tables: Tables, name: str, pattern: Mapping[str, np.ndarray]) -> tuple[float, float]:
    """log2 of the probability of the field's level: alone, and given its parent's."""
    own = {name: pattern[name]}
    alone = Tables(tables.alone).log(own)[0]
    if name not in tables.given:
        return float(alone / np.log(2)), float(alone / np.log(2))
    parent = tables.given[name][0]
    both = Tables(tables.alone, {name: tables.given[name]}).log({**own, parent: pattern[parent]})[0]
    without = Tables(tables.alone).log({parent: pattern[parent]})[0]
    return float(alone / np.log(2)), float((both - without) / np.log(2))


def _taken(model: Model, pattern: Mapping[str, np.ndarray], rare: float) -> float:
    """Bits that go because pairs that are only related look so as well; zero or less."""
    _, chance, related = (float(part[0]) for part in model.logs(pattern))
    return _step(chance - rare - float(np.logaddexp2(chance - rare, related)))


def _step(bits: float) -> float:
    return round(bits / STEP) * STEP


def _text(value: object) -> str | None:
    return None if value is None else f"{value:g}" if isinstance(value, float) else str(value)
