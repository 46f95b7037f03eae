"""What is kept of a full run: what it learned, a few numbers of each record, and what it decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from reconcile.match.candidates.blocking import Blocks
from reconcile.match.candidates.gathering import settled
from reconcile.match.deciding.batches import labels
from reconcile.match.kept import Kept
from reconcile.match.keys import key_forms
from reconcile.match.linkage import Scored
from reconcile.match.scheme import Scheme
from reconcile.match.scoring.known import Known
from reconcile.records import KEY, Kind, Role

MARK, GROUP, SETTLED = "mark", "group", "settled"
_OF = "of:"
"""Before the name of a part or key in the columns of a side."""
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
"""Row numbers of the memory's sides, and what was decided of the pair; the weight is null where none is known."""
INNER = pl.Schema({"side": pl.String, "a": pl.UInt32, "kept": pl.UInt32, "probability": pl.Float64})


@dataclass(frozen=True)
class Keys:
    """The shared keys."""

    kinds: Mapping[str, Kind]
    """The kind of each of their fields."""
    keys: tuple[tuple[str, ...], ...]
    """The surest first; each the fields that count together."""


@dataclass(frozen=True)
class Memory:
    """A full run, as far as the next needs it."""

    kept: Kept
    """What records were matched by; its settings say from which probability pairs were linked."""
    keys: Keys
    asked: str
    """What was asked for, in words that are the same if the same is asked again."""
    known: Known
    """What was learned."""
    sides: tuple[pl.DataFrame, pl.DataFrame]
    """KEY, `mark` (what matching reads of the record, as a number), `group` (records of one group hang together, of both sides),
    `settled` (it had a sure partner at once), and a number for each part by which records are brought together."""
    decided: pl.DataFrame
    """DECIDED."""
    inner: pl.DataFrame
    """INNER: records of one side (crm, erp) that are another one, `kept`, once more."""

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
    if scored.known is None:
        return None
    groups = _groups(scored, decided, inner)
    sure = settled(scored.pairs, scored.pairs["weight"].to_numpy())
    blocks = Blocks(*scored.comparison.forms, scored.comparison.blocked)
    sides = []
    for side, (end, frame) in enumerate(zip("lr", frames, strict=True)):
        there = np.zeros(frame.height, bool)
        there[sure[end].to_numpy()] = True
        numbers = [pl.Series(GROUP, groups[side], pl.UInt32), own[side].alias(MARK), pl.Series(SETTLED, there)]
        parts = parts_of(blocks, side, scored.known).hstack(keys_of(frame, keys))
        sides.append(pl.DataFrame([frame[KEY], *numbers, *parts.get_columns()]))
    return Memory(
        kept, keys, asked, scored.known, (sides[0], sides[1]), decided.select(DECIDED.names()), inner.select(INNER.names())
    )


def _groups(scored: Scored, decided: pl.DataFrame, inner: pl.DataFrame) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Of each record a number that all share which a change of one may reach."""
    heights = scored.comparison.heights
    likely = scored.pairs.filter(pl.col("weight") >= _LIKELY)
    ends = [(frame["l"].to_numpy(), frame["r"].to_numpy() + np.int64(heights[0])) for frame in (likely, decided)]
    for side, start in enumerate((0, heights[0])):
        twins = scored.twins[side].filter(pl.col("probability") >= _SAME)
        own = inner.filter(pl.col("side") == str(tuple(Role)[side]))
        ends.append((twins["a"].to_numpy() + np.int64(start), twins["b"].to_numpy() + np.int64(start)))
        ends.append((own["a"].to_numpy() + np.int64(start), own["kept"].to_numpy() + np.int64(start)))
    one, other = (np.concatenate([pair[at].astype(np.int64) for pair in ends]) for at in (0, 1))
    found = labels(sum(heights), one, other)
    return found[: heights[0]], found[heights[0] :]


def needed_parts(known: Known) -> tuple[str, ...]:
    """The parts of records that are remembered: of all rules, and the values whose rarity counts."""
    rules = [part for rule in (*known.telling, *known.further) for part in rule]
    return tuple(sorted({*rules, *known.usual.totals}))


def parts_of(blocks: Blocks, side: int, known: Known) -> pl.DataFrame:
    """For each part that is remembered a column `of:<part>` (UInt32), 0 where a record has none."""
    return pl.DataFrame([pl.Series(_OF + part, blocks.codes(side, part)) for part in needed_parts(known)])


def keys_of(frame: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """For each shared key a column `of:key:<fields>` (UInt32), 0 where a record has none."""
    forms = key_forms(frame, keys.kinds, keys.keys).drop("i")
    number = (pl.all().hash(11) // 2**32).cast(pl.UInt32).clip(1)
    return forms.select(pl.when(pl.all().is_not_null()).then(number).otherwise(0).name.prefix(_OF))


def column_of(part: str) -> str:
    """The name of the column of a part or of a key's rung."""
    return _OF + part
