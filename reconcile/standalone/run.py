"""`reconcile match` and `reconcile dedupe` on one page: read, find what to match by, bring into standard form, link, write."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from reconcile.errors import StoreUnwritable
from reconcile.match import linkage, within
from reconcile.match.deciding.resolution import Resolved
from reconcile.match.discovery import Choice, Discovered, Pins, Side, needed
from reconcile.match.kept import Kept, written
from reconcile.match.linkage import NO_MODEL, ZONES, Scored, Settings
from reconcile.match.scoring.model import Model
from reconcile.progress import Progress
from reconcile.records import KEY
from reconcile.spreadsheet import write_replacing
from reconcile.standalone.choices import rules_chosen, thresholds_chosen, weights_chosen
from reconcile.standalone.configured import KnownWeights, configured, fitting
from reconcile.standalone.files import check_output, columns_of, columns_of_both, read, write
from reconcile.standalone.machine import memory_of
from reconcile.standalone.pinning import Said, said_of, write_config
from reconcile.standalone.preparing import prepared, prepared_one, read_both, read_one
from reconcile.standalone.record_keys import with_own_keys
from reconcile.standalone.telling import not_compared
from reconcile.standalone.whole import Whole


@dataclass(frozen=True)
class Result:
    """What was done."""

    table: pl.DataFrame
    """linkage.ZONES or within.GROUPS, as written; keys are integers where the key column is one."""
    records: tuple[int, ...]
    """Rows of each file."""
    choices: tuple[Choice, ...]
    seconds: float
    changes: pl.DataFrame | None = None
    """What became of the links since the last run that was remembered (match.changes.CHANGES); None if there was none."""


def match_files(
    left: Path,
    right: Path,
    out: Path,
    *,
    config: Path | None,
    write_to: Path | None,
    environ: Mapping[str, str],
    progress: Progress,
    model: Path | None = None,
    remember: Path | None = None,
    memory: str | None = None,
    answers: Path | None = None,
) -> Result:
    """Link the records of two files and write ZONES to `out`, what was chosen to `write_to`, and what was learned to `model`.

    With a folder to `remember` by, only what has changed since the run that it holds is matched, and its neighbours. `memory`
    says how much may be taken, such as 2GB; a share of what is free if not given. What people have said of pairs, in the
    sheet `answers`, holds, and the rest is weighed by what it teaches.

    Raises:
        ConfigError: a file, the configuration or a name is wrong, or nothing goes together.
        StoreUnwritable: the result can't be written.
    """
    begun = time.perf_counter()
    check_output(out, (left, right))
    names = columns_of_both((left, right))
    asked = configured(config, environ, names)
    allowed, known = memory_of(memory or asked.memory), asked.known
    job = _Job((left, right), names, asked.pins, asked.settings, known, progress, allowed, answers)
    matched = _anew(job) if remember is None else _remembering(job, remember, config)
    pairs = matched.zones
    if matched.said is not None:
        if model is not None:
            _keep(matched.said, matched.model, model)
        if write_to is not None:
            write_config(matched.said, write_to, two=True, model=model or (known.path if known else None))
        places = (matched.said.found.left, matched.said.found.right)
        for column, frame, side in zip(("crm_key", "erp_key"), matched.frames, places, strict=True):
            pairs = with_own_keys(pairs, column, frame, side)
    with progress.step("write"):
        in_order = matched.in_order and pairs is matched.zones
        ordered = pairs if in_order else pairs.select(ZONES.names()).sort("crm_key", "erp_key")
        return replace(_written(ordered, out, matched.frames, matched.choices, begun), changes=matched.changes)


@dataclass(frozen=True)
class _Job:
    """What is matched, and how."""

    paths: tuple[Path, Path]
    names: list[tuple[str, ...]]
    pins: Pins | None
    settings: Settings
    known: KnownWeights | None
    progress: Progress
    memory: int
    """Bytes that may be taken; apart from the settings, which are the same on every machine."""
    answers: Path | None


@dataclass(frozen=True)
class _Matched:
    """What came of it."""

    zones: pl.DataFrame
    frames: list[pl.DataFrame]
    choices: tuple[Choice, ...]
    model: Model = NO_MODEL
    said: Said | None = None
    """What was chosen; None where a file has no records."""
    changes: pl.DataFrame | None = None
    in_order: bool = False
    """Whether `zones` is in the order in which it is written, as long as its keys are written as they stand in it."""


def _anew(job: _Job, keep: Callable[[Whole], None] | None = None) -> _Matched:
    """Match all records; `keep` is given the whole of it."""
    frames = read_both(job.paths, job.names, job.pins, job.progress)
    if not all(frame.height for frame in frames):
        empty = next(path for path, frame in zip(job.paths, frames, strict=True) if not frame.height)
        return _Matched(ZONES.to_frame(), frames, (Choice("nothing to match", empty.name, "it has no records"),))
    found, sides = prepared(job.paths, job.names, frames, job.pins, job.progress)
    weights = None if job.known is None else fitting(job.known, sides, found.scheme)
    settings = replace(job.settings, memory=job.memory)
    ready = linkage.ready(sides[0], sides[1], found.scheme, settings, job.progress)
    if keep is None:  # what nobody asks for again makes room for the pairs
        frames = [_identified(frame, side) for frame, side in zip(frames, (found.left, found.right), strict=True)]
        sides = sides if job.answers is not None else [side.select(KEY) for side in sides]
    scored, decided = linkage.judge(ready, settings, job.progress, weights)
    settings = job.settings
    lessons: tuple[Choice, ...] = ()
    if job.answers is not None:
        scored, decided, settings, lessons = _beside(job.answers, (sides[0], sides[1]), scored, decided, settings)
    chosen = _chosen(scored, settings, found, job.known)
    near = scored.known.near if scored.known else False
    said = Said(found, scored.rules, chosen.link_at, settings, near=near)
    if keep is not None:
        keep(Whole(said, scored, decided, frames, sides))
    zones = linkage.zones(decided, sides[0][KEY], sides[1][KEY])
    choices = [choice for choice in chosen.choices if choice.what not in {lesson.what for lesson in lessons}]
    return _Matched(zones, frames, (*found.choices, *choices, *lessons), scored.model, said)


def _identified(frame: pl.DataFrame, side: Side) -> pl.DataFrame:
    """The columns of the record key; one at least, as rows are counted by it."""
    return frame.select(side.key or frame.columns[:1])


def _beside(
    answers: Path, sides: tuple[pl.DataFrame, pl.DataFrame], scored: Scored, decided: Resolved, settings: Settings
) -> tuple[Scored, Resolved, Settings, tuple[Choice, ...]]:
    """Decided again beside answers, by what they teach. Raises FileMissing, FileUnreadable."""
    from reconcile.standalone.answering import read_answers  # noqa: PLC0415 - few matches have answers
    from reconcile.standalone.lessons import learned  # noqa: PLC0415 - as above

    told = learned(read_answers(answers), sides, scored, decided, settings)
    return told.scored, told.decided, told.settings, tuple(told.choices())


def _remembering(job: _Job, folder: Path, config: Path | None) -> _Matched:
    """Match what has changed since the run that the folder holds; all, if there is none that fits. Raises StoreUnwritable."""
    from reconcile.standalone import remembering, since  # noqa: PLC0415 - few runs remember

    asked = remembering.asked_for(config, None if job.known is None else job.known.kept, job.settings, job.names)
    known = remembering.recalled(folder, asked)
    why = known if isinstance(known, str) else ""
    if not isinstance(known, str):
        with job.progress.step("match what has changed"):
            places = zip(job.paths, job.names, (known.left, known.right), strict=True)
            frames = [read(path, needed(side) or names) for path, names, side in places]
            found = remembering.link_recalled(known, job.paths, frames)
        if not isinstance(found, str):
            said = known.said(job.settings, found.choice)
            changes = since.changes_of_some(folder, found.gone, found.new)
            return _Matched(found.zones, frames, (found.choice,), known.memory.kept.model, said, changes, in_order=True)
        why = found
    before = since.last_links(folder)
    matched = _anew(job, lambda whole: remembering.keep(folder, asked, whole))
    choices = (Choice("matched anew", "all records", why), *matched.choices)
    with job.progress.step("compare with the last run"):
        return replace(matched, choices=choices, changes=since.changes_of_all(folder, before, matched.zones))


def dedupe_file(
    file: Path,
    out: Path,
    *,
    config: Path | None,
    write_to: Path | None,
    environ: Mapping[str, str],
    progress: Progress,
    memory: str | None = None,
) -> Result:
    """Find the records of one file that are the same business and write within.GROUPS to `out`. Raises as `match_files`."""
    begun = time.perf_counter()
    check_output(out, (file,))
    names = [columns_of(file)]
    asked = configured(config, environ, names)
    pins, settings, allowed = asked.pins, asked.settings, memory_of(memory or asked.memory)
    frame = read_one(file, names[0], pins, progress)
    if not frame.height:
        return _written(
            within.GROUPS.to_frame(), out, [frame], (Choice("nothing to compare", file.name, "it has no records"),), begun
        )
    found, side = prepared_one(file, names[0], frame, pins, progress)
    weighed, decided = within.judged(side, found.scheme, replace(settings, memory=allowed), progress)
    groups = within.groups(side, decided)
    chosen = _chosen_inside(weighed, settings, found)
    if write_to is not None:
        write_config(Said(found, weighed.rules, chosen.link_at, settings, near=weighed.near), write_to, two=False)
    for column in ("key", "kept"):
        groups = with_own_keys(groups, column, frame, found.left)
    with progress.step("write"):
        ordered = groups.select(within.GROUPS.names()).sort("kept", "key")
        return _written(ordered, out, [frame], (*found.choices, *chosen.choices), begun)


@dataclass(frozen=True)
class _Chosen:
    """What the engine has chosen."""

    link_at: float
    choices: tuple[Choice, ...]


def _chosen(scored: Scored, settings: Settings, found: Discovered, known: KnownWeights | None) -> _Chosen:
    """By what pairs were brought together, weighed and decided."""
    from_ = linkage.link_at(scored.pairs, settings)
    pinned = bool(found.scheme.block)
    learned = f"kept in {known.path.name}" if known else f"learned from {scored.pairs.height:,} pairs"
    near = bool(scored.known and scored.known.near)
    return _Chosen(
        from_,
        (
            *rules_chosen(scored.rules, near=near, pinned=pinned),
            *not_compared(scored),
            *weights_chosen(scored.model, learned),
            *thresholds_chosen(settings, from_, two=True),
        ),
    )


def _chosen_inside(weighed: within.Weighed, settings: Settings, found: Discovered) -> _Chosen:
    """The same of one file."""
    from_, learned = within.link_at(settings), f"learned from {weighed.pairs.height:,} pairs"
    return _Chosen(
        from_,
        (
            *rules_chosen(weighed.rules, near=weighed.near, pinned=bool(found.scheme.block)),
            *not_compared(weighed),
            *(weights_chosen(weighed.model, learned) if weighed.model else ()),
            *thresholds_chosen(settings, from_, two=False),
        ),
    )


def _keep(said: Said, model: Model, file: Path) -> None:
    """The model in a file of its own. Raises StoreUnwritable."""
    columns = said_of(said, two=True, file=False)
    try:
        write_replacing(file, written(Kept(said.found.scheme, said.settings, model, columns)))
    except OSError as error:
        raise StoreUnwritable(file, error.strerror or str(error)) from error


def _written(table: pl.DataFrame, out: Path, frames: list[pl.DataFrame], choices: tuple[Choice, ...], begun: float) -> Result:
    write(table, out)
    return Result(table, tuple(frame.height for frame in frames), choices, time.perf_counter() - begun)
