"""Which pairs of two large files are compared: first what shares a telling value, then what still looks for a partner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from reconcile.lanes import side_by_side
from reconcile.match.arrays import Floats
from reconcile.match.candidates.blocking import Blocks, Rule, covering, possible_rules, united, within_budget
from reconcile.match.candidates.splitting import paired
from reconcile.match.rows import ENDS
from reconcile.match.scoring.comparison import Comparison
from reconcile.match.scoring.fitting import fit, weights
from reconcile.match.scoring.forms import field_of
from reconcile.match.scoring.model import Model
from reconcile.progress import Progress

NEIGHBOURS = 10
"""Of each text so many nearest are compared."""
SAMPLE = 50_000
"""About so many records show what a rule costs."""
SMALL = 20_000
"""Up to so many records everything that shares something is compared; larger files look for the telling first."""
PAIRS_OF_A_RULE = {True: 20.0, False: 1.6}
"""What one rule may cost for each record, of small and of large files."""
_PAIRS_OF_A_WIDE_RULE = 1_600_000
"""What one may cost where a large file is looked at like a small one, if that is less."""
_FEW = 0.4
"""Share of the smaller side: where telling values find a sure partner for fewer, everything is looked at."""
_KNOWN_PAIRS = 20_000
_MOST_RULES = 10
_SETTLED_BITS = 10.0
_WIDEST = 300_000
"""Up to so many records a side all can be looked at; the more records there are, the fewer pairs are sure by whole values."""


@dataclass(frozen=True)
class Spend:
    """What may be spent, and where is said what becomes of it."""

    pairs: int
    """At most about so many pairs are scored."""
    progress: Progress
    left_out: list[int] = field(default_factory=list)
    """Takes for each rule the number of pairs that nothing tells apart and that were too many to be compared."""


@dataclass(frozen=True)
class Gathered:
    """What was compared, and how it was found."""

    pairs: pl.DataFrame
    """l, r, one column of levels per field."""
    model: Model
    rules: tuple[Rule, ...]
    """What brought together all records."""
    further: tuple[Rule, ...]
    """What brought together those that had no sure partner yet."""
    near: bool
    """Whether texts brought together their nearest."""


def at_once(
    blocks: Blocks, rules: list[Rule], comparison: Comparison, known: Model | None, spend: Spend, *, near: bool
) -> Gathered:
    """All that shares something and, if `near`, the nearest of each text; `known` is the model if it is known already."""
    rules = within_budget(rules, spend.pairs)
    nearest = comparison.nearest(NEIGHBOURS, ties=max(blocks.sizes()) <= SMALL) if near else ()
    pairs = compared(comparison, united([*paired_by(blocks, rules, None, spend.left_out), *nearest]), spend.progress)
    return Gathered(pairs, known or fit(pairs, comparison), tuple(rules), (), near)


def wide_rules(blocks: Blocks, comparison: Comparison) -> list[Rule]:
    """The rules by which a large file is looked at like a small one."""
    share = _PAIRS_OF_A_WIDE_RULE / max(*blocks.sizes(), 1)
    each = min(PAIRS_OF_A_RULE[True], max(PAIRS_OF_A_RULE[False], share))
    return possible_rules(blocks, each, (comparison.low(0, SAMPLE), comparison.low(1, SAMPLE)))


def in_two_goes(
    blocks: Blocks, rules: list[Rule], comparison: Comparison, learned_before: Model | None, spend: Spend
) -> Gathered | None:
    """Whole values that tell records apart for all; then, for those without a sure partner, what else brings pairs together.

    None where whole values tell too little.
    """
    most = max(blocks.sizes())
    telling = [rule for rule in rules if rule.parts == (field_of(rule.parts[0]),) and rule.pairs <= most] or rules[:3]
    telling = within_budget(telling, spend.pairs)
    first = compared(comparison, united(paired_by(blocks, telling, None, spend.left_out)), spend.progress)
    roughly = fit(first, comparison, rounds=1, thorough=False)  # with a known model, too, so that the same pairs are compared
    sure = settled(first, weights(first, roughly, comparison))
    few = min(sure[end].n_unique() for end in ENDS) < _FEW * min(blocks.sizes())
    if few and max(blocks.sizes()) <= _WIDEST:
        return None
    known = comparison.sample(sure, _KNOWN_PAIRS)
    more = covering(
        blocks, [rule for rule in rules if rule not in telling], known, [rule.parts[0] for rule in telling], _MOST_RULES
    )
    free = unsettled(sure, blocks.sizes())
    more = _affordable(more, free, spend.pairs - first.height)
    rest = united(paired_by(blocks, more, free, spend.left_out), first.select(ENDS))
    pairs = pl.concat([first, compared(comparison, rest, spend.progress)])
    return Gathered(pairs, learned_before or fit(pairs, comparison, thorough=False), tuple(telling), tuple(more), near=False)


def _affordable(rules: list[Rule], free: tuple[pl.Series, pl.Series], budget: int) -> list[Rule]:
    """The first rules that give no more pairs than that, of which one record at least still looks for a partner."""
    settled_ = [1 - float(np.mean(side.to_numpy())) if len(side) else 1.0 for side in free]
    open_ = 1 - settled_[0] * settled_[1]
    return rules[: len(within_budget([replace(rule, pairs=rule.pairs * open_) for rule in rules], budget, least=0))]


def settled(pairs: pl.DataFrame, bits: Floats) -> pl.DataFrame:
    """Of pairs and their weights, those that leave nothing open for their records."""
    return pairs.select("l", "r").filter(pl.Series(bits >= _SETTLED_BITS))


def unsettled(sure: pl.DataFrame, sizes: tuple[int, int]) -> tuple[pl.Series, pl.Series]:
    """For each side which records still look for a partner."""
    left, right = (
        pl.Series(np.isin(np.arange(size), sure[end].to_numpy(), invert=True)) for end, size in zip(ENDS, sizes, strict=True)
    )
    return left, right


def paired_by(
    blocks: Blocks, rules: Iterable[Rule], free: tuple[pl.Series, pl.Series] | None, left_out: list[int] | None = None
) -> list[pl.DataFrame]:
    """For each rule its pairs; arguments as of `paired`."""
    return side_by_side(lambda rule: paired(blocks, rule, free, left_out), rules)


def compared(comparison: Comparison, pairs: pl.DataFrame, progress: Progress) -> pl.DataFrame:
    """The pairs with their levels, as a step that says how far it is."""
    with progress.step("compare pairs", pairs.height) as step:
        return comparison.levels(pairs, step.advance)
