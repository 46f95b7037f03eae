"""Which pairs of two large files are compared: first what shares a telling value, then what still looks for a partner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from reconcile.match.blocking import PAIR, Blocks, Rule, covering, united, within_budget
from reconcile.match.comparison import Comparison
from reconcile.match.fitting import fit, weights
from reconcile.match.forms import field_of
from reconcile.match.lanes import side_by_side
from reconcile.match.model import Floats, Model
from reconcile.match.splitting import paired
from reconcile.progress import Progress

_KNOWN_PAIRS = 20_000
_MOST_RULES = 10
_SETTLED_BITS = 10.0


@dataclass(frozen=True)
class Spend:
    """What may be spent, and where is said what becomes of it."""

    pairs: int
    """At most about so many pairs are scored."""
    progress: Progress
    left_out: list[int] = field(default_factory=list)
    """Takes for each rule the number of pairs that nothing tells apart and that were too many to be compared."""


def in_two_goes(
    blocks: Blocks, rules: list[Rule], comparison: Comparison, learned_before: Model | None, spend: Spend
) -> tuple[pl.DataFrame, Model, list[Rule], list[Rule]]:
    """Whole values that tell records apart for all; then, for those without a sure partner, what else brings pairs together."""
    most = 1.5 * max(blocks.sizes())
    telling = [rule for rule in rules if rule.parts == (field_of(rule.parts[0]),) and rule.pairs <= most] or rules[:3]
    telling = within_budget(telling, spend.pairs)
    first = compared(comparison, united(paired_by(blocks, telling, None, spend.left_out)), spend.progress)
    sure = settled(first, weights(first, fit(first, comparison, rounds=1), comparison))  # the same with a known model
    known = comparison.sample(sure, _KNOWN_PAIRS)
    more = covering(
        blocks, [rule for rule in rules if rule not in telling], known, [rule.parts[0] for rule in telling], _MOST_RULES
    )
    free = unsettled(sure, blocks.sizes())
    more = _affordable(more, free, spend.pairs - first.height)
    rest = united(paired_by(blocks, more, free, spend.left_out), first.select(PAIR.names()))
    pairs = pl.concat([first, compared(comparison, rest, spend.progress)])
    return pairs, learned_before or fit(pairs, comparison), telling, more


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
        pl.Series(np.isin(np.arange(size), sure[end].to_numpy(), invert=True)) for end, size in zip("lr", sizes, strict=True)
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
