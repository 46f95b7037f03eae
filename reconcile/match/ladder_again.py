"""The ladder by what an earlier run has left: only records that have changed, and their neighbours, climb it anew."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from reconcile.config.models import Entity
from reconcile.ledger.crosswalk import CREATED, PERSON
from reconcile.match.arrays import Pair
from reconcile.match.kept import written
from reconcile.match.ladder import Climbed, Given, Plan, apart_of, as_matched, climb, kept_of, linked_before, plan_of
from reconcile.match.memory import (
    DECIDED,
    INNER,
    MOST_CHANGED,
    Again,
    Changed,
    Decided,
    Forgotten,
    Keys,
    Memory,
    Near,
    Sides,
    again,
    changed,
    load,
    marks,
    program,
    remember,
)
from reconcile.match.rows import ENDS
from reconcile.records import KEY
from reconcile.refusals import refusal
from reconcile.results import Matched

_TELLING = 10
"""From so many decisions on they teach more than themselves."""
_PINNED = (PERSON, CREATED)
"""Links that no change of a record undoes: a person has decided them, or a push has made the one from the other."""
Frames = tuple[pl.DataFrame, pl.DataFrame]


@dataclass(frozen=True)
class Recalled:
    """The memory that a run goes by; or why it has none."""

    memory: Memory | None = None
    why: str = ""
    """A code: program, damaged; empty where there has been no run before."""


def recall(folder: Path | None) -> Recalled:
    """What the folder of an earlier run holds."""
    if folder is None:
        return Recalled()
    try:
        return Recalled(load(folder, program()))
    except Forgotten as error:
        return Recalled(why="" if str(error) == "nothing" else str(error))


@dataclass(frozen=True)
class Outcome:
    """What became of an entity."""

    matched: Matched
    notes: list[str]
    memory: Memory | None
    """What this run leaves for the next; None where the earlier memory stands, or nothing was scored."""
    looked_at: int | None
    """Records that were matched anew, of both sides; None: all."""


@dataclass(frozen=True)
class _Task:
    frames: Frames
    name: str
    entity: Entity
    plan: Plan
    links: pl.DataFrame
    """l, r, rung, probability: all that is remembered."""
    apart: pl.DataFrame
    budget: int
    sides: Sides
    asked: str


def match_remembering(
    frames: Frames,
    name: str,
    entity: Entity,
    remembered: pl.DataFrame,
    budget: int,
    not_same: pl.DataFrame | None,
    recalled: Recalled,
) -> Outcome:
    """Link the records of both sides; arguments as of `ladder.match`, and what an earlier run has left.

    A link of which a record has changed is looked at again: it moves to a clearly better partner, and it waits for a person where
    the two have become unlike. What a person decided stays.
    """
    task = _task(frames, name, entity, remembered, budget, not_same)
    memory, why = recalled.memory, recalled.why
    released = task.links.clear()
    if memory is not None and memory.asked != task.asked:
        why = "people" if _undecided(memory.asked) == _undecided(task.asked) else "asked"
        released = _released(task, changed(memory, task.sides)) if why == "people" else released
    elif memory is not None:
        found = changed(memory, task.sides)
        released = _released(task, found)
        if found.share <= MOST_CHANGED:
            return _some(task, memory, found, released)
        why = "share"
    outcome = _all(task, released)
    if why and outcome.memory is not None:
        outcome.notes.insert(0, str(refusal(f"all_matched_{why}", entity=name)))
    return outcome


def _task(
    frames: Frames, name: str, entity: Entity, remembered: pl.DataFrame, budget: int, not_same: pl.DataFrame | None
) -> _Task:
    plan = plan_of(name, entity)
    apart = apart_of(not_same, frames)
    columns = sorted(plan.kinds)
    sides = Sides(
        (frames[0][KEY], frames[1][KEY]),
        (marks(frames[0], columns), marks(frames[1], columns)),
        lambda side, rows: frames[side][rows],
    )
    links = linked_before(remembered, frames, apart)
    decisions = links.filter(pl.col("rung") == PERSON).height + apart.height
    said = {
        "decisions": decisions.bit_length() if decisions >= _TELLING else 0,  # what people teach is learned anew as it doubles
        "kinds": {field: plan.kinds[field].value for field in columns},
        "keys": plan.keys,
        "scored": sorted(plan.scored.fields),
        "match": entity.match.model_dump(mode="json"),
        "budget": budget,
        "types": [[str(frame.schema[field]) for field in columns] for frame in frames],
    }
    asked = json.dumps(said, sort_keys=True, default=str)
    return _Task(frames, name, entity, plan, links, apart, budget, sides, asked)


def _undecided(asked: str) -> dict[str, object]:
    """What was asked for, but for how much people had decided."""
    said: dict[str, object] = json.loads(asked)
    return {name: value for name, value in said.items() if name != "decisions"}


def _released(task: _Task, found: Changed) -> pl.DataFrame:
    """Remembered links that have to stand the test again."""
    fresh = [pl.Series(np.isin(task.links[end].to_numpy(), found.rows[side])) for side, end in enumerate(ENDS)]
    return task.links.filter((fresh[0] | fresh[1]) & ~pl.col("rung").is_in(_PINNED))


def _all(task: _Task, released: pl.DataFrame) -> Outcome:
    """All records climb the ladder."""
    kept = task.links.join(released, on=ENDS, how="anti", maintain_order="left")
    climbed = climb(task.frames, task.plan, task.entity, Given(kept, task.apart, task.budget, released))
    matched = as_matched(climbed, task.frames, task.name, task.entity)
    return Outcome(matched, climbed.said_of(task.name), _memory(task, climbed), None)


def _memory(task: _Task, climbed: Climbed) -> Memory | None:
    scored = climbed.scored
    if scored is None:
        return None
    kept = kept_of(task.plan, climbed.settings, scored.model)
    decided, inner = _decided(climbed), climbed.twins.select(INNER.names())
    keys = Keys(task.plan.kinds, task.plan.keys)
    return remember(kept, keys, task.asked, scored, task.frames, task.sides.marks, decided, inner)


def _decided(climbed: Climbed) -> pl.DataFrame:
    """DECIDED."""
    nothing = pl.lit(None, pl.Float64)
    links = climbed.links.with_columns(zone=pl.lit("link"), weight=nothing)
    waiting = climbed.candidates.with_columns(zone=pl.lit("review"), weight=nothing, rung=pl.lit("score"))
    return pl.concat([frame.select(DECIDED.names()).cast(DECIDED) for frame in (links, waiting)])


def _some(task: _Task, memory: Memory, found: Changed, released: pl.DataFrame) -> Outcome:
    """Only what has changed climbs the ladder, with its neighbours."""
    kept = task.links.join(released, on=ENDS, how="anti", maintain_order="left")
    local: list[Climbed] = []

    def judge(near: Near) -> Decided:
        given = Given(
            near.places(kept),
            near.places(task.apart),
            task.budget,
            near.places(released),
            near.known,
            memory.kept.settings.link_at,
            near.keyed(kept, task.apart),
        )
        local[:] = [climb(near.frames, task.plan, task.entity, given)]
        return Decided(_decided(local[0]), local[0].twins.select(INNER.names()))

    done = again(memory, task.sides, found, judge, _decided_since(task, memory, found), inside=task.entity.duplicates)
    climbed = _with_rest(task, done, memory)
    matched = as_matched(climbed, task.frames, task.name, task.entity)
    doubtful = local[0].doubtful if local else b""
    return Outcome(
        replace(matched, learned=written(memory.kept), doubtful=doubtful), climbed.said_of(task.name), None, done.looked_at
    )


def _with_rest(task: _Task, done: Again, memory: Memory) -> Climbed:
    """What was decided anew; and for all others what is remembered, whoever has decided it since."""
    inside = [pl.Series(np.isin(task.links[end].to_numpy(), done.rows[side])) for side, end in enumerate(ENDS)]
    pairs = done.decided.pairs
    near = [pl.Series(np.isin(pairs[end].to_numpy(), done.rows[side])) for side, end in enumerate(ENDS)]
    fresh = pairs.filter(near[0] & near[1] & (pl.col("zone") == "link")).select(*ENDS, "rung", "probability")
    rest = task.links.filter(~(inside[0] | inside[1]))
    links = pl.concat([rest, fresh])
    waiting = pairs.filter(pl.col("zone") == "review").select(*ENDS, "probability")
    for frame, ends in ((task.apart, ENDS), *((links.select(end), [end]) for end in ENDS)):
        waiting = waiting.join(frame, on=ends, how="anti", maintain_order="left")
    return Climbed(links, waiting, done.decided.inner, None, memory.kept.settings)


def _decided_since(task: _Task, memory: Memory, found: Changed) -> Pair:
    """Rows of records of which something was decided since: a link came or went, or a pair was called different."""
    ends = [pl.Series(end, found.place[side][memory.decided[end].to_numpy()]) for side, end in enumerate(ENDS)]
    before = memory.decided.select("zone", *ends)
    before = before.filter((pl.col("l") >= 0) & (pl.col("r") >= 0)).cast({"l": pl.UInt32, "r": pl.UInt32})
    linked = before.filter(pl.col("zone") == "link")
    moved = [
        task.links.join(linked, on=ENDS, how="anti").select(ENDS),
        linked.join(task.links, on=ENDS, how="anti").select(ENDS),
        task.apart.join(before, on=ENDS, how="semi").select(ENDS),
    ]
    every = pl.concat(moved)
    return every["l"].unique().to_numpy().astype(np.int64), every["r"].unique().to_numpy().astype(np.int64)
