"""`reconcile match --remember`: what the last run of two files has left in a folder, and a run that goes by it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from reconcile.errors import StoreUnwritable
from reconcile.match.candidates.blocking import Rule
from reconcile.match.discovery import Choice, Column, Discovered, Side, keys_of, needed, standardised
from reconcile.match.kept import Kept, written
from reconcile.match.linkage import ZONES, Settings
from reconcile.match.memory import (
    MOST_CHANGED,
    Again,
    Forgotten,
    Keys,
    Memory,
    Sides,
    again,
    as_decided,
    changed,
    link_again,
    load,
    marks,
    program,
    save,
)
from reconcile.match.memory import remember as remembered
from reconcile.records import KEY
from reconcile.standalone.pinning import Said, said_of
from reconcile.standalone.record_keys import check_key
from reconcile.standalone.whole import Whole

_PAIR = ["crm_key", "erp_key"]
_WHY = {
    "nothing": "the folder holds no earlier run",
    "damaged": "what the folder holds can't be read",
    "program": "it was written by another version of the program",
    "asked": "the configuration or the columns of a file are not the same",
}


@dataclass(frozen=True)
class Recalled:
    """A memory that fits what is asked for."""

    memory: Memory
    left: Side
    right: Side

    def said(self, settings: Settings, choice: Choice) -> Said:
        """What had been chosen."""
        known = self.memory.known
        rules = [Rule(parts, 0.0) for parts in (*known.telling, *known.further)]
        found = Discovered(self.memory.kept.scheme, self.left, self.right, (choice,))
        return Said(found, rules, self.memory.kept.settings.link_at or 0.0, settings, near=known.near)


def recalled(folder: Path, asked: str) -> Recalled | str:
    """The memory in a folder; or why there is none to go by."""
    try:
        memory = load(folder, program())
        if memory.asked != asked:
            return _WHY["asked"]
        sides = [_side(memory, key, place) for key, place in (("crm_key", "crm"), ("erp_key", "erp"))]
    except Forgotten as error:
        return _WHY[str(error)]
    except (KeyError, TypeError):
        return _WHY["damaged"]
    return Recalled(memory, sides[0], sides[1])


def asked_for(config: Path | None, model: Kept | None, settings: Settings, names: list[tuple[str, ...]]) -> str:
    """What is asked for, in words that are the same if the same is asked again."""
    said = {
        "config": None if config is None else config.read_text(encoding="utf-8"),
        "model": None if model is None else json.loads(written(model)),
        "settings": asdict(settings),
        "columns": names,
    }
    return json.dumps(said, sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True)
class Relinked:
    """What a run by memory has come to."""

    zones: pl.DataFrame
    """ZONES, sorted by keys."""
    choice: Choice
    gone: pl.DataFrame
    """crm_key, erp_key: links of the memory that are none now."""
    new: pl.DataFrame
    """crm_key, erp_key: links that the memory has not."""


def link_recalled(known: Recalled, paths: tuple[Path, Path], frames: list[pl.DataFrame]) -> Relinked | str:
    """Match what has changed; or why all has to be matched anew. Raises KeyRepeats."""
    places = (known.left, known.right)
    keys = [keys_of(frame, side.key).alias(KEY) for frame, side in zip(frames, places, strict=True)]

    def standard(side: int, rows: pl.Series) -> pl.DataFrame:
        place = places[side]
        if not place.key:
            numbers = keys[side].gather(rows)
            return standardised(frames[side][rows], place.fields, place.key).with_columns(numbers)
        return standardised(frames[side].select(needed(place))[rows], place.fields, place.key)

    own = [marks(frame, needed(side)) for frame, side in zip(frames, places, strict=True)]
    sides = Sides((keys[0], keys[1]), (own[0], own[1]), standard)
    found = changed(known.memory, sides)
    for path, side, key, repeats in zip(paths, places, keys, found.repeats, strict=True):
        if repeats or key.null_count():
            check_key(path, side, key)
    if found.share > MOST_CHANGED:
        return f"{found.share:.0%} of the records are not as they were"
    done = again(known.memory, sides, found, link_again)
    choice = Choice("matched anew", f"{done.looked_at:,} records", f"{found.count:,} changed, came or went")
    return _relinked(done, keys, choice)


def _relinked(done: Again, keys: list[pl.Series], choice: Choice) -> Relinked:
    """What stands is in order already; what was decided anew is put between it."""
    pairs, stands = done.local.pairs, pl.Series(done.stands)
    local = pairs.with_columns(crm_key=keys[0].gather(pairs["l"]), erp_key=keys[1].gather(pairs["r"]))
    local = local.select(ZONES.names()).sort(_PAIR)
    rest = done.memory.decided.filter(stands).select(ZONES.names())
    before = rest["crm_key"].search_sorted(local["crm_key"]).to_numpy().astype(np.int64)  # no record has pairs of both
    order = np.insert(np.arange(rest.height), before, np.arange(rest.height, rest.height + local.height))
    then = done.memory.decided.filter(~stands & (pl.col("zone") == "link")).select(_PAIR)
    now = local.filter(pl.col("zone") == "link").select(_PAIR)
    return Relinked(
        pl.concat([rest, local])[order], choice, then.join(now, on=_PAIR, how="anti"), now.join(then, on=_PAIR, how="anti")
    )


def keep(folder: Path, asked: str, whole: Whole) -> None:
    """Leave a full run in the folder for the next. Raises StoreUnwritable."""
    scored, found = whole.scored, whole.said.found
    settings = replace(whole.said.settings, link_at=scored.linked_at)
    kept = Kept(found.scheme, settings, scored.model, said_of(whole.said, two=True, file=False))
    own = [marks(frame, needed(side)) for frame, side in zip(whole.frames, (found.left, found.right), strict=True)]
    keys = Keys(found.scheme.fields, found.scheme.keys)
    decided, sides = as_decided(whole.decided), (whole.sides[0], whole.sides[1])
    memory = remembered(kept, keys, asked, scored, sides, (own[0], own[1]), decided, whole.decided.twins)
    if memory is None:
        return
    try:
        save(memory, folder, program())
    except OSError as error:
        raise StoreUnwritable(folder, error.strerror or str(error)) from error


def _side(memory: Memory, key: str, place: str) -> Side:
    said: Mapping[str, Any] = memory.kept.columns
    fields = {name: Column(_several(field[place]), memory.kept.scheme.fields[name]) for name, field in said["fields"].items()}
    return Side(_several(said[key]), fields)


def _several(said: str | list[str]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)
