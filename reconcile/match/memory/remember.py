"""What is kept of a full run: what it learned, a few numbers of each record, and what it decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from reconcile.lanes import side_by_side
from reconcile.match.arrays import Codes, Marks, Rows, firsts, without_none
from reconcile.match.candidates.blocking import Blocks
from reconcile.match.deciding.batches import labels
from reconcile.match.kept import Kept
from reconcile.match.keys import key_forms
from reconcile.match.linkage import Scored
from reconcile.match.rows import ENDS, of_side
from reconcile.match.scheme import Scheme
from reconcile.match.scoring.known import Known
from reconcile.records import KEY, Kind, Role

_KEY_SEED, _SHARED_KEY_SEED = 5, 11
_SAME = 0.5
_LIKELY = -2.0
"""Bits from which two records hang together."""
DECIDED = pl.Schema(
    {
        "l": pl.UInt32,
        "r": pl.UInt32,
        "probability": pl.Float64,
        "weight": pl.Float64,
        "zone": pl.String,
        "rung": pl.String,
    }
)
"""Row numbers, and what was decided of the pair; the weight is null where none is known."""
INNER = pl.Schema({"side": pl.String, "a": pl.UInt32, "kept": pl.UInt32, "probability": pl.Float64})
"""Records of one side (crm, erp) that are another one, `kept`, once more; row numbers."""
LISTED = pl.Schema([("crm_key", pl.String), ("erp_key", pl.String), *DECIDED.items()])
"""DECIDED with the keys of both records."""


@dataclass(frozen=True)
class Keys:
    """The shared keys."""

    kinds: Mapping[str, Kind]
    """The kind of each of their fields."""
    keys: tuple[tuple[str, ...], ...]
    """The surest first; each the fields that count together."""


@dataclass(frozen=True)
class Numbers:
    """What is kept of the records of one side, one number each, in the order of `keys`."""

    keys: Marks
    """The hash of its key, ascending."""
    marks: Marks
    """What matching reads of the record, as a number."""
    groups: Codes
    """Records of one group hang together, of both sides."""
    parts: Mapping[str, Codes]
    """For each part by which records are brought together: the hash of its value, 0 where it has none."""
    shared: Mapping[str, Codes]
    """The same for each shared key, by its rung."""

    @property
    def count(self) -> int:
        """How many records there are."""
        return len(self.keys)


@dataclass(frozen=True)
class Memory:
    """A full run, as far as the next needs it. Row numbers are places in `sides`."""

    kept: Kept
    """What records were matched by; its settings say from which probability pairs were linked."""
    keys: Keys
    asked: str
    """What was asked for, in words that are the same if the same is asked again."""
    known: Known
    """What was learned."""
    sides: tuple[Numbers, Numbers]
    times: Mapping[str, tuple[Codes, Codes]]
    """For each value whose rarity counts: its hash, ascending, and how often it stands on both sides."""
    decided: pl.DataFrame
    """LISTED, sorted by keys."""
    inner: pl.DataFrame
    """INNER."""

    @property
    def scheme(self) -> Scheme:
        """The fields that are compared."""
        return self.kept.scheme


def remember(
    kept: Kept,
    keys: Keys,
    asked: str,
    scored: Scored,
    frames: tuple[pl.DataFrame, pl.DataFrame],
    own: tuple[pl.Series, pl.Series],
    decided: pl.DataFrame,
    inner: pl.DataFrame,
) -> Memory | None:
    """The memory of a run; None if it has compared nothing.

    Args:
        kept: what was matched by.
        keys: the shared keys.
        asked: as of Memory.
        scored: what was compared.
        frames: both sides: KEY, the scheme's fields and those of its keys in standard form.
        own: the mark of each record of both sides.
        decided: DECIDED.
        inner: INNER.
    """
    known = scored.known
    if known is None:
        return None
    groups = _groups(scored, decided, inner)
    blocks = Blocks.of(scored.comparison)
    sides, places = [], []
    for side, frame in enumerate(frames):
        parts, shared = parts_of(blocks, side, known), keys_of(frame, keys)
        numbers = Numbers(hashed(frame[KEY]), own[side].to_numpy(), groups[side].astype(np.uint32), parts, shared)
        ordered, place = _ordered(numbers)
        sides.append(ordered)
        places.append(place)
    times = dict(zip(known.usual.totals, side_by_side(lambda part: _times(sides, part), known.usual.totals), strict=True))
    listed = _listed(decided, frames, places)
    return Memory(kept, keys, asked, known, (sides[0], sides[1]), times, listed, inner_at(inner, places))


def hashed(keys: pl.Series) -> Marks:
    """The hash of each key."""
    return keys.hash(_KEY_SEED).to_numpy()


def _ordered(numbers: Numbers) -> tuple[Numbers, Rows]:
    """The same in the order of their keys, and the place that each row has then."""
    order = np.argsort(numbers.keys, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    own = (numbers.keys[order], numbers.marks[order], numbers.groups[order])
    parts, shared = ({name: codes[order] for name, codes in some.items()} for some in (numbers.parts, numbers.shared))
    return Numbers(*own, parts, shared), place


def _times(sides: list[Numbers], part: str) -> tuple[Codes, Codes]:
    values = without_none(np.sort(np.concatenate([side.parts[part] for side in sides])))
    first = np.flatnonzero(firsts(values))
    return values[first], np.diff(np.append(first, len(values))).astype(np.uint32)


def _listed(decided: pl.DataFrame, frames: tuple[pl.DataFrame, pl.DataFrame], places: list[Rows]) -> pl.DataFrame:
    ends = list(zip(Role, ENDS, frames, places, strict=True))
    keys = [frame[KEY].gather(decided[end]).alias(f"{name}_key") for name, end, frame, _ in ends]
    rows = [pl.Series(end, place[decided[end].to_numpy()], pl.UInt32) for _, end, _, place in ends]
    return decided.with_columns(*keys, *rows).select(LISTED.names()).cast(LISTED).sort("crm_key", "erp_key")


def inner_at(inner: pl.DataFrame, places: Sequence[Rows]) -> pl.DataFrame:
    """INNER with the number that stands in `places` of its side at each row number."""
    parts = []
    for role, place in zip(Role, places, strict=True):
        own = of_side(inner, role).select(INNER.names())
        parts.append(own.with_columns(pl.Series(end, place[own[end].to_numpy()], pl.UInt32) for end in ("a", "kept")))
    return pl.concat(parts).cast(INNER)


def _groups(scored: Scored, decided: pl.DataFrame, inner: pl.DataFrame) -> tuple[Rows, Rows]:
    """Of each record a number that all share which a change of one may reach."""
    heights = scored.comparison.heights
    likely = scored.pairs.filter(pl.col("weight") >= _LIKELY)
    ends = [(frame["l"].to_numpy(), frame["r"].to_numpy() + np.int64(heights[0])) for frame in (likely, decided)]
    for side, (role, start) in enumerate(zip(Role, (0, heights[0]), strict=True)):
        twins = scored.twins[side].filter(pl.col("probability") >= _SAME)
        own = of_side(inner, role)
        ends.append((twins["a"].to_numpy() + np.int64(start), twins["b"].to_numpy() + np.int64(start)))
        ends.append((own["a"].to_numpy() + np.int64(start), own["kept"].to_numpy() + np.int64(start)))
    one, other = (np.concatenate([pair[at].astype(np.int64) for pair in ends]) for at in (0, 1))
    found = labels(sum(heights), one, other)
    return found[: heights[0]], found[heights[0] :]


def needed_parts(known: Known) -> tuple[str, ...]:
    """The parts of records that are remembered: of all rules, and the values whose rarity counts."""
    rules = [part for rule in (*known.telling, *known.further) for part in rule]
    return tuple(sorted({*rules, *known.usual.totals}))


def parts_of(blocks: Blocks, side: int, known: Known) -> dict[str, Codes]:
    """Each part that is remembered; as of `Numbers`."""
    return {part: blocks.codes(side, part) for part in needed_parts(known)}


def keys_of(frame: pl.DataFrame, keys: Keys) -> dict[str, Codes]:
    """Each shared key; as of `Numbers`."""
    forms = key_forms(frame, keys.kinds, keys.keys).drop("i")
    number = (pl.all().hash(_SHARED_KEY_SEED) // 2**32).cast(pl.UInt32).clip(1)
    codes = forms.select(pl.when(pl.all().is_not_null()).then(number).otherwise(0).name.keep())
    return {rung: codes[rung].to_numpy() for rung in codes.columns}
