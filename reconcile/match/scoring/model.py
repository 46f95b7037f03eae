"""Fellegi-Sunter over distinct agreement patterns: what agreement in each field is worth, learned without labels.

u comes from random pairs and from how often values occur; m and the match rate from EM; fields that go together by chance
(a postcode and its city) are counted once, through a tree of dependences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from reconcile.match.arrays import Floats, Levels
from reconcile.match.scoring.levels import UNKNOWN

_ROUNDS = 40
_FINE = 6
"""Families with more levels than this are seldom quite equal."""
_PRIOR_M = 3.0
"""Pairs that the prior opinion on m is worth."""
_PRIOR_U = 0.1
"""Random pairs that are added to each level: none is impossible."""
_DEPENDENT = 0.02
"""Share of a field's information that another must tell before the two are said to go together."""
_LEAST = 1e-9
_LN2 = float(np.log(2))
_ROUNDS_ALONE = 2
"""Rounds before dependences are looked for: true pairs among the random ones go together in everything."""


@dataclass(frozen=True)
class Tables:
    """Probabilities of levels in one class of pairs, along a tree of fields."""

    alone: dict[str, Floats]
    """Field to the probability of each of its levels."""
    given: dict[str, tuple[str, Floats]] = field(default_factory=dict)
    """Field to its parent and the probability of its levels (columns) for each level of the parent (rows)."""

    def log(self, patterns: Mapping[str, Levels]) -> Floats:
        """Natural log of the probability of each pattern; unknown levels count as certain."""
        total = np.zeros(len(next(iter(patterns.values()))))
        for name, own in patterns.items():
            known = own != UNKNOWN
            level = np.where(known, own, 0)
            log = np.log(self.alone[name])[level]
            if name in self.given:
                parent, table = self.given[name]
                other = patterns[parent]
                both = known & (other != UNKNOWN)
                log = np.where(both, np.log(table)[np.where(both, other, 0), level], log)
            total += np.where(known, log, 0.0)
        return total


@dataclass(frozen=True)
class Model:
    """What the patterns of two frames are worth. Three classes of pairs: the same, by chance, and related but not the same."""

    same: Tables
    """m: among pairs that are the same."""
    chance: Tables
    """u: among pairs that have nothing to do with each other."""
    matches: float
    """How many pairs of all are the same, as estimated."""
    pairs: float
    """How many pairs there are in all: records of one side times records of the other."""
    related: Tables | None = None
    """Among pairs that look alike and are not the same: sites of one company, a household, two sizes of one product."""
    relations: float = 0.0
    """How many such pairs there are, as estimated."""
    crowded: bool = False
    """Whether most businesses stand several times on both sides, so that a better partner speaks against nobody."""

    def bits(self, patterns: Mapping[str, Levels], rare: Floats | float = 0.0) -> Floats:
        """log2 of the odds that a pair of each pattern is the same.

        Args:
            patterns: field to levels.
            rare: log2 of how much rarer than usual the values are that the two share; 0 for the usual.
        """
        return combined(*self.logs(patterns), rare)

    def logs(self, patterns: Mapping[str, Levels]) -> tuple[Floats, Floats, Floats]:
        """log2 of how many pairs of each class one expects with each pattern: the same, chance, related."""
        rest = max(self.pairs - self.matches - self.relations, 1.0)
        same = self.same.log(patterns) / _LN2 + np.log2(self.matches)
        chance = self.chance.log(patterns) / _LN2 + np.log2(rest)
        if self.related is None or self.relations <= 0:
            return same, chance, np.full(len(same), -np.inf)
        return same, chance, self.related.log(patterns) / _LN2 + np.log2(self.relations)

    def field_bits(self, name: str) -> Floats:
        """log2 of m/u of each level of one field, taken alone."""
        return np.asarray(np.log2(self.same.alone[name] / self.chance.alone[name]))


def combined(same: Floats, chance: Floats, related: Floats, rare: npt.NDArray[np.floating] | float = 0.0) -> Floats:
    """log2 of the odds, from the logs of a model; `rare` lowers what chance explains."""
    return np.asarray(same - np.logaddexp2(chance - rare, related))


def probability(bits: Floats) -> Floats:
    """Odds in bits as a probability."""
    return np.asarray(1 / (1 + np.exp2(-np.clip(bits, -300, 300))))


@dataclass(frozen=True)
class Seen:
    """Distinct patterns and how many pairs have each."""

    levels: Mapping[str, Levels]
    counts: Floats


def _chance(random: Seen, weight: Floats, equal: Mapping[str, float], sizes: Mapping[str, int]) -> dict[str, Floats]:
    """Shares of levels among random pairs; the highest from how often values occur, where that is known."""
    alone = {}
    for name, found in random.levels.items():
        known = found != UNKNOWN
        count = np.bincount(found[known], weights=weight[known], minlength=sizes[name]) + _PRIOR_U
        share = count / count.sum()
        if np.isfinite(equal[name]):
            top = min(max(equal[name], _LEAST), 1 - 1e-3)
            share[:-1] *= (1 - top) / share[:-1].sum()
            share[-1] = top
        alone[name] = share
    return alone


def _tree(
    patterns: Mapping[str, Levels], weight: Floats, alone: dict[str, Floats], sizes: Mapping[str, int]
) -> dict[str, tuple[str, Floats]]:
    """The strongest dependences, each field hung under one other at most (Chow and Liu)."""
    names = sorted(patterns)
    edges = []
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            joint = _joint(patterns[one], patterns[other], weight, sizes[one], sizes[other])
            if (told := _information(joint)) > _DEPENDENT:
                edges.append((told, one, other))
    edges.sort(key=lambda edge: (-edge[0], edge[1], edge[2]))
    near: dict[str, list[str]] = {name: [] for name in names}
    group = {name: name for name in names}
    for _, one, other in edges:
        if group[one] != group[other]:
            near[one].append(other)
            near[other].append(one)
            old, new = group[other], group[one]
            group = {name: new if label == old else label for name, label in group.items()}
    found: dict[str, tuple[str, Floats]] = {}
    reached: set[str] = set()
    for root in names:
        open_ = [] if root in reached else [root]
        reached.add(root)
        while open_:
            parent = open_.pop()
            for child in near[parent]:
                if child not in reached:
                    reached.add(child)
                    open_.append(child)
                    joint = _joint(patterns[parent], patterns[child], weight, sizes[parent], sizes[child])
                    found[child] = (parent, _conditional(joint, alone[child]))
    return found


def _joint(one: Levels, other: Levels, weight: Floats, rows: int, columns: int) -> Floats:
    both = (one != UNKNOWN) & (other != UNKNOWN)
    place = one[both].astype(np.int64) * columns + other[both]
    return np.asarray(np.bincount(place, weights=weight[both], minlength=rows * columns).reshape(rows, columns), np.float64)


def _information(joint: Floats) -> float:
    """How much of the less varied field the other tells, 0 to 1, above what so few pairs show by accident."""
    total = joint.sum()
    if total < 1:
        return 0.0
    share = joint / total
    rows, columns = share.sum(1), share.sum(0)
    apart = rows[:, None] * columns[None, :]
    there = share > 0
    bits = float((share[there] * np.log2(share[there] / apart[there])).sum())
    accident = (np.count_nonzero(rows) - 1) * (np.count_nonzero(columns) - 1) / (2 * total * np.log(2))
    least = min(_entropy(rows), _entropy(columns))
    # a field of which all pairs say the same tells nothing; what is left of its entropy is rounding
    return max(bits - 3 * accident, 0.0) / least if least > _LEAST else 0.0


def _entropy(share: Floats) -> float:
    there = share[share > 0]
    return float(-(there * np.log2(there)).sum())


def _conditional(joint: Floats, alone: Floats) -> Floats:
    """Levels of the child for each level of the parent; where there is little to count, as if independent."""
    prior = 5.0
    return np.asarray((joint + prior * alone) / (joint.sum(1, keepdims=True) + prior))


def usual_most(sides: tuple[float, float]) -> float:
    """How many pairs may be the same where most businesses stand once on each side: some more than the smaller has records."""
    return float(min(sides)) * 1.5 + 1


def learned(
    candidates: Seen,
    random: Seen,
    equal: Mapping[str, float],
    sizes: Mapping[str, int],
    sides: tuple[float, float],
    related: tuple[Seen, float] | None = None,
    most: float | None = None,
) -> Model:
    """EM over the distinct patterns of the candidate pairs; all pairs that are no candidates count as not the same.

    The few true pairs among the random ones are weighed out in each round, so that small files learn as well as large ones.

    Args:
        candidates: patterns of the pairs that blocking brought together, without those that are known to be only related.
        random: patterns of random pairs.
        equal: for each field the probability that two random values are equal; NaN where it is not known.
        sizes: number of levels of each field.
        sides: records of both sides; their product is the number of pairs.
        related: patterns of pairs that are known to be alike and not the same, and how many such pairs there are.
        most: at most so many pairs are the same; if not given, somewhat more than the smaller side has records.
    """
    pairs = float(sides[0]) * float(sides[1])
    most = min(usual_most(sides) if most is None else most, pairs / 2)
    weight = random.counts
    same, found = Tables({name: _opinion(size) for name, size in sizes.items()}), 0.5 * min(sides)
    chance = Tables(_chance(random, weight, _apart(equal, same, found / pairs), sizes))
    kin = None if related is None else _kin(related[0], chance, sizes)
    model = Model(
        same,
        chance,
        found,
        pairs,
        kin,
        related[1] if related else 0.0,
    )
    tree: dict[str, tuple[str, Floats]] = {}
    for step in range(_ROUNDS):
        sure = candidates.counts * probability(model.bits(candidates.levels))
        found = min(max(float(sure.sum()), 1e-6), most)
        same = Tables({name: _share(own, sure, sizes[name], chance.alone[name]) for name, own in candidates.levels.items()})
        weight = random.counts * (1 - probability(model.bits(random.levels)))
        alone = _chance(random, weight, _apart(equal, same, found / pairs), sizes)
        if step in (_ROUNDS_ALONE, _ROUNDS_ALONE + 3):
            tree = _tree(random.levels, weight, alone, sizes)
        chance = Tables(alone, tree)
        settled = step > _ROUNDS_ALONE + 3 and abs(found - model.matches) <= 1e-3 * model.matches
        model = replace(model, same=same, chance=chance, matches=found)
        if settled:
            break
    return model


def retuned(model: Model, candidates: Seen, related: tuple[Seen, float], size: int) -> Model:
    """The model for pairs inside one side: what sameness looks like stays, what is only related is that side's own.

    Args:
        model: as learned across the sides.
        candidates: patterns of the pairs inside the side.
        related: patterns of those that are known to be two records, and how many such pairs there are.
        size: records of the side.
    """
    sizes = {name: len(share) for name, share in model.same.alone.items()}
    pairs = float(size) * max(size - 1, 1) / 2
    kin = _kin(related[0], model.chance, sizes) if related[1] > 0 else model.related
    found = replace(model, related=kin, relations=related[1] or model.relations, pairs=pairs, matches=0.05 * size)
    for _ in range(_ROUNDS):
        sure = float((candidates.counts * probability(found.bits(candidates.levels))).sum())
        near = abs(sure - found.matches) <= 1e-4 * found.matches
        found = replace(found, matches=max(sure, 1e-3))
        if near:
            break
    return found


def _kin(seen: Seen, chance: Tables, sizes: Mapping[str, int]) -> Tables:
    """Shares of levels among related pairs, with their dependences."""
    alone = {}
    for name, own in seen.levels.items():
        known = own != UNKNOWN
        count = np.bincount(own[known], weights=seen.counts[known], minlength=sizes[name]) + _PRIOR_M * chance.alone[name]
        alone[name] = count / count.sum()
    return Tables(alone, _tree(seen.levels, seen.counts, alone, sizes))


def _apart(equal: Mapping[str, float], same: Tables, rate: float) -> dict[str, float]:
    """How often values of two different records are equal: what is seen, less the pairs that are the same."""
    return {name: max(seen - rate * float(same.alone[name][-1]), 0.02 * seen) for name, seen in equal.items()}


def _opinion(size: int) -> Floats:
    """What one expects of pairs that are the same: mostly equal; of finer scales, mostly well up."""
    if size > _FINE:
        rising = np.arange(size, dtype=float) + 0.2
        return np.asarray(rising / rising.sum())
    rest = 0.12 / (size - 1)
    return np.array([rest] * (size - 1) + [0.88])


def _share(levels: Levels, weight: Floats, size: int, chance: Floats) -> Floats:
    known = levels != UNKNOWN
    count = np.bincount(levels[known], weights=weight[known], minlength=size) + _PRIOR_M * _opinion(size)
    return _rising(count / count.sum(), chance)


def _rising(share: Floats, chance: Floats) -> Floats:
    """The same shares, pooled where a higher level would speak less for sameness than a lower one."""
    blocks: list[tuple[float, float, int]] = []
    for m, u in zip(share, chance, strict=True):
        blocks.append((float(m), float(u), 1))
        while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] > blocks[-1][0] * blocks[-2][1]:
            (m1, u1, n1), (m2, u2, n2) = blocks[-2:]
            blocks[-2:] = [(m1 + m2, u1 + u2, n1 + n2)]
    ratio = np.concatenate([np.full(n, m / u) for m, u, n in blocks])
    return np.asarray(ratio * chance / (ratio * chance).sum())
