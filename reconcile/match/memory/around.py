"""The neighbours of records that have changed: who shares something with them, who is likely the same, and who hangs on those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from reconcile.match.candidates.blocking import LARGEST_BLOCK, PAIR, Blocks, Rule, as_one, united
from reconcile.match.candidates.gathering import NEIGHBOURS, settled
from reconcile.match.candidates.splitting import paired
from reconcile.match.lanes import side_by_side
from reconcile.match.linkage import apart_from_pairs
from reconcile.match.memory.changed import Changed, Flags, Pair, Rows, Sides
from reconcile.match.memory.remember import GROUP, SETTLED, Memory, column_of, keys_of, parts_of
from reconcile.match.scoring.comparison import Comparison
from reconcile.match.scoring.fitting import weights
from reconcile.match.scoring.forms import match_forms
from reconcile.match.scoring.known import Known, Usual
from reconcile.records import KEY

_LIKELY = -8.0
"""Bits from which a pair may come to count, whatever its standing adds."""


class Standard:
    """Records in standard form; what was asked for once is remembered."""

    def __init__(self, sides: Sides) -> None:
        """None yet."""
        self._sides = sides
        self._rows = [np.zeros(0, np.int64), np.zeros(0, np.int64)]
        self._frames: list[list[pl.DataFrame]] = [[], []]

    def of(self, side: int, rows: Rows) -> pl.DataFrame:
        """The records of these rows, in their order."""
        new = np.setdiff1d(rows, self._rows[side])
        if len(new) or not self._frames[side]:
            self._frames[side].append(self._sides.standard(side, pl.Series(new, dtype=pl.UInt32)))
            self._rows[side] = np.concatenate([self._rows[side], new])
        order = np.argsort(self._rows[side], kind="stable")
        return pl.concat(self._frames[side])[order[np.searchsorted(self._rows[side][order], rows)]]


@dataclass(frozen=True)
class World:
    """A memory and what is there now."""

    memory: Memory
    sides: Sides
    standard: Standard
    changed: Changed
    fresh: tuple[pl.DataFrame, pl.DataFrame]
    """The parts and keys of the records that have changed, by `at` (row of now); as of `Memory.sides`."""
    stays: tuple[Flags, Flags] = field(repr=False)
    """Which records of the memory are as they were."""
    inside: bool
    """Whether records that are likely the same as another of their side are neighbours."""


def world_of(memory: Memory, sides: Sides, changed: Changed, *, inside: bool) -> World:
    """Look at the records that have changed."""
    fresh, standard = [], Standard(sides)
    for side in (0, 1):
        rows = pl.Series("at", changed.rows[side], pl.UInt32)
        frame = standard.of(side, changed.rows[side])
        fresh.append(rows.to_frame().hstack(_numbers(memory, frame)))
    return World(memory, sides, standard, changed, (fresh[0], fresh[1]), (~changed.old[0], ~changed.old[1]), inside)


def _numbers(memory: Memory, frame: pl.DataFrame) -> pl.DataFrame:
    marked, _, scheme = apart_from_pairs(frame, frame.clear(), memory.scheme)
    usual = memory.known.usual
    forms = match_forms(marked, scheme).select(KEY, *usual.kinds)
    return parts_of(_blocks(usual, forms, forms), 0, memory.known).hstack(keys_of(frame, memory.keys))


def _blocks(usual: Usual, left: pl.DataFrame, right: pl.DataFrame) -> Blocks:
    return Blocks(left, right, dict(usual.kinds))


def of_rows(world: World, side: int, rows: Rows) -> pl.DataFrame:
    """The remembered numbers of these rows of now, whether they have changed or not, with `at`."""
    fresh = world.fresh[side]
    wanted = pl.Series("at", rows, pl.UInt32)
    new = fresh.filter(pl.col("at").is_in(wanted.implode()))
    before = world.changed.before[side][rows]
    same = before >= 0
    same[same] = world.stays[side][before[same]]
    old = world.memory.sides[side][before[same]].select(fresh.columns[1:])
    return pl.concat([new, wanted.filter(pl.Series(same)).to_frame().hstack(old)])


def mixed(numbers: pl.DataFrame, rule: Sequence[str]) -> pl.Series:
    """One number of all parts of a rule; null where one is missing."""
    parts = [pl.col(column_of(part)) for part in rule]
    there = pl.all_horizontal(part > 0 for part in parts)
    return numbers.select(b=pl.when(there).then(as_one(parts))).to_series()


def mates(
    world: World, rules: Sequence[Sequence[str]], seeking: tuple[pl.DataFrame, pl.DataFrame], only: tuple[Flags, Flags] | None
) -> Pair:
    """Rows of now that are as they were and share a rule with one that seeks; what too many share brings nobody.

    Args:
        world: what is there.
        rules: parts by which records are brought together.
        seeking: the numbers of the records that seek, of both sides.
        only: records of the memory that may be found; all, if None.
    """

    def found(rule: Sequence[str]) -> list[Rows]:
        asked = pl.concat([mixed(frame, rule) for frame in seeking]).drop_nulls().unique()
        hits = []
        for side in (0, 1):
            value = mixed(world.memory.sides[side], rule)
            rows = value.is_in(asked.implode()).fill_null(value=False).arg_true()
            hits.append(pl.DataFrame({"at": rows, "b": value.gather(rows)}))
        sizes = [hit.group_by("b").agg(n=pl.len().cast(pl.UInt64)) for hit in hits]
        large = sizes[0].join(sizes[1], on="b").filter(pl.col("n") * pl.col("n_right") > LARGEST_BLOCK)
        return [hit.join(large, on="b", how="anti")["at"].to_numpy().astype(np.int64) for hit in hits]

    each = side_by_side(found, rules)
    sides = []
    for side in (0, 1):
        here = np.zeros(len(world.stays[side]), bool)
        for rows in each:
            here[rows[side]] = True
        here &= world.stays[side] if only is None else world.stays[side] & only[side]
        sides.append(np.sort(world.changed.place[side][here]))
    return sides[0], sides[1]


def usual_of(world: World, blocks: Blocks, forms: tuple[pl.DataFrame, pl.DataFrame]) -> Usual:
    """What is usual, with how often the values of these records stand on both sides now."""
    usual = world.memory.known.usual

    def counted(name: str) -> pl.DataFrame:
        column = column_of(name)
        own = [pl.DataFrame({"v": form[name].hash(3), "h": blocks.codes(side, name)}) for side, form in enumerate(forms)]
        number = pl.concat(own).filter(pl.col("h") > 0).unique("v")
        asked = number["h"].unique().implode()
        parts = []
        for side in (0, 1):
            old = world.memory.sides[side][column]
            rows = old.is_in(asked).arg_true()
            parts.append(old.gather(rows).filter(pl.Series(world.stays[side][rows.to_numpy()])))
            new = world.fresh[side][column]
            parts.append(new.filter(new.is_in(asked)))
        times = pl.concat(parts).to_frame("h").group_by("h").agg(n=pl.len().cast(pl.Float64))
        return number.join(times, on="h").select("v", "n")

    names = list(usual.totals)
    return replace(usual, counts=dict(zip(names, side_by_side(counted, names), strict=True)))


@dataclass(frozen=True)
class Part:
    """Some records of both sides, ready to be compared."""

    rows: Pair
    comparison: Comparison
    blocks: Blocks


def part_of(world: World, rows: Pair) -> Part:
    """Prepare these rows of now (sorted)."""
    left, right = (world.standard.of(side, rows[side]) for side in (0, 1))
    known, blocks = known_of(world, (left, right))
    marked = apart_from_pairs(left, right, world.memory.scheme)
    return Part(rows, Comparison.of(*marked, known.usual), blocks)


def known_of(world: World, frames: tuple[pl.DataFrame, pl.DataFrame]) -> tuple[Known, Blocks]:
    """What is known, with how often the values of these records (standard form) stand on both sides now; and their parts."""
    left, right, scheme = apart_from_pairs(*frames, world.memory.scheme)
    usual = world.memory.known.usual
    forms = [match_forms(frame, scheme).select(KEY, *usual.kinds) for frame in (left, right)]
    blocks = _blocks(usual, forms[0], forms[1])
    return replace(world.memory.known, usual=usual_of(world, blocks, (forms[0], forms[1]))), blocks


def touched(world: World, seekers: Pair) -> tuple[Rows, tuple[Rows, Rows]]:
    """Groups of the memory that the seekers reach by a likely pair or a shared key.

    Args:
        world: what is there.
        seekers: rows of now.
    """
    known, memory, sides = world.memory.known, world.memory, world.sides
    numbers = (of_rows(world, 0, seekers[0]), of_rows(world, 1, seekers[1]))
    whole = (np.arange(len(sides.keys[0])), np.arange(len(sides.keys[1])))
    near = whole if known.near else mates(world, known.telling, numbers, None)
    reached, sure = _likely(world, seekers, near, known.telling, None)
    if known.further:
        open_ = (~memory.sides[0][SETTLED].to_numpy(), ~memory.sides[1][SETTLED].to_numpy())
        free = [pl.col("at").is_in(pl.Series(sure[side], dtype=pl.UInt32).implode()).not_() for side in (0, 1)]
        of_free = mates(world, known.further, (numbers[0].filter(free[0]), numbers[1].filter(free[1])), None)
        of_all = mates(world, known.further, numbers, open_)
        around = (np.union1d(of_free[0], of_all[0]), np.union1d(of_free[1], of_all[1]))
        more, _ = _likely(world, seekers, around, known.further, (sure, open_))
        reached = (np.union1d(reached[0], more[0]), np.union1d(reached[1], more[1]))
    keyed = key_mates(world, key_values(world, numbers))
    reached = (np.union1d(reached[0], keyed[0]), np.union1d(reached[1], keyed[1]))
    groups = []
    for side in (0, 1):
        before = world.changed.before[side][np.union1d(reached[side], seekers[side])]
        groups.append(memory.sides[side][GROUP].gather(before[before >= 0]).to_numpy())
        groups.append(memory.sides[side][GROUP].filter(pl.Series(world.changed.old[side])).to_numpy())
    return np.unique(np.concatenate(groups)), (reached[0], reached[1])


def key_values(world: World, numbers: tuple[pl.DataFrame, pl.DataFrame]) -> dict[str, pl.Series]:
    """For each shared key the values (numbers) that changed records have or had."""
    found = {}
    for column in (name for name in numbers[0].columns if name.startswith(column_of("key:"))):
        old = [world.memory.sides[side][column].filter(pl.Series(world.changed.old[side])) for side in (0, 1)]
        values = pl.concat([*(frame[column] for frame in numbers), *old]).unique()
        found[column] = values.filter(values > 0)
    return found


def key_mates(world: World, values: dict[str, pl.Series]) -> Pair:
    """Rows of now that are as they were and have one of these values in one of the shared keys."""
    rows: list[list[Rows]] = [[np.zeros(0, np.int64)], [np.zeros(0, np.int64)]]
    for column, wanted in values.items():
        for side in (0, 1):
            hit = world.memory.sides[side][column].is_in(wanted.implode()).fill_null(value=False).to_numpy()
            rows[side].append(world.changed.place[side][hit & world.stays[side]])
    return np.unique(np.concatenate(rows[0])), np.unique(np.concatenate(rows[1]))


def _likely(
    world: World, seekers: Pair, around: Pair, rules: Sequence[Sequence[str]], free: tuple[Pair, tuple[Flags, Flags]] | None
) -> tuple[Pair, Pair]:
    """Rows of now that make a likely pair with a seeker; and the seekers that are settled by one.

    Args:
        world: what is there.
        seekers: rows of now.
        around: those that may share a rule with them.
        rules: by which they are brought together.
        free: seekers that are settled, and records of the memory that are not: one of a pair must be free. None: all are.
    """
    rows = tuple(np.union1d(seekers[side], around[side]) for side in (0, 1))
    part = part_of(world, (rows[0], rows[1]))
    seeking = [np.isin(rows[side], seekers[side]) for side in (0, 1)]
    flags = (pl.Series(seeking[0]), pl.Series(seeking[1]))
    near = _nearest(part, seeking) if world.memory.known.near and free is None else []
    pairs = united([*(paired(part.blocks, Rule(tuple(rule), 0.0), flags) for rule in rules), *near])
    if free is not None:
        open_ = []
        for side, end in enumerate("lr"):
            before = world.changed.before[side][rows[side]]
            own = np.where(before >= 0, free[1][side][before], True)
            own[seeking[side]] = ~np.isin(rows[side][seeking[side]], free[0][side])
            open_.append(own[pairs[end].to_numpy()])
        pairs = pairs.filter(pl.Series(open_[0] | open_[1]))
    pairs = part.comparison.levels(pairs)
    bits = weights(pairs, world.memory.known.model, part.comparison)
    likely = pairs.select(PAIR.names()).filter(pl.Series(bits >= _LIKELY))
    sure = settled(pairs, bits)
    ends = [np.unique(rows[side][likely[end].to_numpy()]) for side, end in enumerate("lr")]
    if world.inside:
        ends = [np.union1d(ends[side], rows[side][_twins(world, part, side, rules, flags[side])]) for side in (0, 1)]
    done = [np.unique(rows[side][sure[end].to_numpy()]) for side, end in enumerate("lr")]
    return (ends[0], ends[1]), (done[0], done[1])


def _twins(world: World, part: Part, side: int, rules: Sequence[Sequence[str]], seeking: pl.Series) -> Rows:
    """Places of the records of one side that are likely the same as a seeker of that side, and of these seekers."""
    form, within = part.comparison.forms[side], part.comparison.within(side)
    blocks = _blocks(world.memory.known.usual, form, form)
    found = united(paired(blocks, Rule(tuple(rule), 0.0), (seeking, seeking)) for rule in rules)
    pairs = within.levels(found.filter(pl.col("l") < pl.col("r")))
    same = pairs.filter(pl.Series(weights(pairs, world.memory.known.inside[side], within) > 0))
    return np.union1d(same["l"].to_numpy(), same["r"].to_numpy()).astype(np.int64)


def _nearest(part: Part, seeking: Sequence[Flags]) -> list[pl.DataFrame]:
    """The nearest of each seeker in each text."""
    texts = part.comparison.texts.values()
    found = (vectors.nearest_of(side, np.flatnonzero(seeking[side]), NEIGHBOURS) for vectors in texts for side in (0, 1))
    return [pairs.select(PAIR.names()) for pairs in found]
