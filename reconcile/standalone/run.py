"""`reconcile match` and `reconcile dedupe` on one page: read, find what to match by, bring into standard form, link, write."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from reconcile.errors import (
    FileMissing,
    FileUnreadable,
    KeyRepeats,
    NotExplainable,
    NothingInCommon,
    NothingToCompare,
    SameFileTwice,
    StoreUnwritable,
)
from reconcile.match import kept, linkage, within
from reconcile.match.deciding.resolution import Resolved
from reconcile.match.discovery import Choice, Discovered, Pins, Side, discover, discover_one, keys_of, needed, standardised
from reconcile.match.kept import Kept, written
from reconcile.match.linkage import NO_MODEL, Scored, Settings
from reconcile.match.scheme import Scheme
from reconcile.match.scoring.model import Model
from reconcile.progress import Progress
from reconcile.records import KEY
from reconcile.refusals import refusal
from reconcile.spreadsheet import write_replacing
from reconcile.standalone.choices import rules_chosen, thresholds_chosen, weights_chosen
from reconcile.standalone.files import check_output, columns_of, read, write
from reconcile.standalone.machine import memory_of
from reconcile.standalone.pinning import Said, pins_of, said_of, write_config
from reconcile.standalone.telling import not_compared

LINKS = pl.Schema(
    {
        "crm_key": pl.String,
        "erp_key": pl.String,
        "probability": pl.Float64,
        "weight": pl.Float64,
        "zone": pl.String,
        "rung": pl.String,
    }
)
"""What `reconcile match` writes; keys are integers where the key column is one. weight: log2 of the odds."""
GROUPS = pl.Schema({"key": pl.String, "kept": pl.String, "probability": pl.Float64})
"""What `reconcile dedupe` writes: one row for each record that is another one, `kept`, once more."""


@dataclass(frozen=True)
class Result:
    """What was done."""

    table: pl.DataFrame
    """LINKS or GROUPS, as written."""
    records: tuple[int, ...]
    """Rows of each file."""
    choices: tuple[Choice, ...]
    seconds: float
    changes: pl.DataFrame | None = None
    """What became of the links since the last run that was remembered (match.changes.CHANGES); None if there was none."""


@dataclass(frozen=True)
class Whole:
    """All that a run of two whole files has come to."""

    said: Said
    scored: Scored
    decided: Resolved
    frames: list[pl.DataFrame]
    """Both files as they were read."""
    sides: list[pl.DataFrame]
    """KEY and fields in standard form."""


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
    """Link the records of two files and write LINKS to `out`, what was chosen to `write_to`, and what was learned to `model`.

    With a folder to `remember` by, only what has changed since the run that it holds is matched, and its neighbours. `memory`
    says how much may be taken, such as 2GB; a share of what is free if not given. What people have said of pairs, in the
    sheet `answers`, holds, and the rest is weighed by what it teaches.

    Raises:
        ConfigError: a file, the configuration or a name is wrong, or nothing goes together.
        StoreUnwritable: the result can't be written.
    """
    begun = time.perf_counter()
    check_output(out, (left, right))
    names = [columns_of(path) for path in (left, right)]
    if left.samefile(right):
        raise SameFileTwice(left)
    pins, settings, known = said_of_file(config, environ, names)
    allowed = memory_of(memory or _memory_said(config, environ, two=True))
    job = _Job((left, right), names, pins, settings, known, progress, allowed, answers)
    matched = _anew(job) if remember is None else _remembering(job, remember, config)
    pairs = matched.zones
    if matched.said is not None:
        if model is not None:
            _keep(matched.said, matched.model, model)
        if write_to is not None:
            write_config(matched.said, write_to, two=True, model=model or (known.path if known else None))
        places = (matched.said.found.left, matched.said.found.right)
        for column, frame, side in zip(("crm_key", "erp_key"), matched.frames, places, strict=True):
            pairs = _with_own_keys(pairs, column, frame, side)
    with progress.step("write"):
        ordered = pairs.select(LINKS.names()).sort("crm_key", "erp_key")
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


def _anew(job: _Job, keep: Callable[[Whole], None] | None = None) -> _Matched:
    """Match all records; `keep` is given the whole of it."""
    frames = read_both(job.paths, job.names, job.pins, job.progress)
    if not all(frame.height for frame in frames):
        empty = next(path for path, frame in zip(job.paths, frames, strict=True) if not frame.height)
        return _Matched(LINKS.to_frame(), frames, (Choice("nothing to match", empty.name, "it has no records"),))
    found, sides = prepared(job.paths, job.names, frames, job.pins, job.progress)
    weights = None if job.known is None else fitting(job.known, sides, found.scheme)
    settings = replace(job.settings, memory=job.memory)
    scored, decided = linkage.judged(sides[0], sides[1], found.scheme, settings, job.progress, weights)
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
    from reconcile.standalone import remembering  # noqa: PLC0415 - few runs remember

    asked = remembering.asked_for(config, None if job.known is None else job.known.kept, job.settings, job.names)
    known = remembering.recalled(folder, asked)
    why = known if isinstance(known, str) else ""
    matched = None
    if not isinstance(known, str):
        with job.progress.step("match what has changed"):
            places = zip(job.paths, job.names, (known.left, known.right), strict=True)
            frames = [read(path, needed(side) or names) for path, names, side in places]
            found = remembering.link_recalled(known, job.paths, frames)
        if isinstance(found, str):
            why = found
        else:
            matched = _Matched(found[0], frames, (found[1],), known.memory.kept.model, known.said(job.settings, found[1]))
    if matched is None:
        matched = _anew(job, lambda whole: remembering.keep(folder, asked, whole))
        matched = replace(matched, choices=(Choice("matched anew", "all records", why), *matched.choices))
    with job.progress.step("compare with the last run"):
        return replace(matched, changes=remembering.since_last(folder, matched.zones))


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
    """Find the records of one file that are the same business and write GROUPS to `out`. Raises as `match_files`."""
    begun = time.perf_counter()
    check_output(out, (file,))
    names = [columns_of(file)]
    pins, settings, _ = said_of_file(config, environ, names)
    allowed = memory_of(memory or _memory_said(config, environ, two=False))
    frame = read_one(file, names[0], pins, progress)
    if not frame.height:
        return _written(GROUPS.to_frame(), out, [frame], (Choice("nothing to compare", file.name, "it has no records"),), begun)
    found, side = prepared_one(file, names[0], frame, pins, progress)
    weighed, decided = within.judged(side, found.scheme, replace(settings, memory=allowed), progress)
    groups = within.groups(side, decided)
    chosen = _chosen_inside(weighed, settings, found)
    if write_to is not None:
        write_config(Said(found, weighed.rules, chosen.link_at, settings, near=weighed.near), write_to, two=False)
    for column in ("key", "kept"):
        groups = _with_own_keys(groups, column, frame, found.left)
    with progress.step("write"):
        ordered = groups.select(GROUPS.names()).sort("kept", "key")
        return _written(ordered, out, [frame], (*found.choices, *chosen.choices), begun)


def prepared_one(
    file: Path, names: tuple[str, ...], frame: pl.DataFrame, pins: Pins | None, progress: Progress
) -> tuple[Discovered, pl.DataFrame]:
    """What the records of one file are compared by, and the file in standard form. Raises NothingToCompare, KeyRepeats."""
    with progress.step("find what to compare by"):
        found = discover_one(frame, file.name, pins)
        if not found.scheme.fields:
            raise NothingToCompare(file, names)
    with progress.step("standard forms"):
        return found, _side(file, frame, found.left)


def read_one(file: Path, names: tuple[str, ...], pins: Pins | None, progress: Progress) -> pl.DataFrame:
    """The columns of one file that are needed. Raises as `read`."""
    with progress.step("read"):
        return read(file, _wanted(names, 0, pins))


def read_both(
    paths: tuple[Path, Path], names: list[tuple[str, ...]], pins: Pins | None, progress: Progress
) -> list[pl.DataFrame]:
    """The columns of both files that are needed. Raises as `read`."""
    with progress.step("read"):
        return [read(path, _wanted(side, at, pins)) for at, (path, side) in enumerate(zip(paths, names, strict=True))]


def prepared(
    paths: tuple[Path, Path],
    names: list[tuple[str, ...]],
    frames: list[pl.DataFrame],
    pins: Pins | None,
    progress: Progress,
) -> tuple[Discovered, list[pl.DataFrame]]:
    """What two files are matched by, and both in standard form. Raises NothingInCommon, KeyRepeats."""
    left, right = paths
    with progress.step("find what to match by"):
        labels = (left.name, right.name) if left.name != right.name else (str(left), str(right))
        found = discover(frames[0], frames[1], labels, pins)
        if not found.scheme.fields:
            raise NothingInCommon(left, names[0], right, names[1])
    with progress.step("standard forms"):
        sides = zip(paths, frames, (found.left, found.right), strict=True)
        return found, [_side(path, frame, side) for path, frame, side in sides]


@dataclass(frozen=True)
class KnownWeights:
    """A kept model that the configuration names."""

    path: Path
    kept: Kept


@dataclass(frozen=True)
class _Chosen:
    """What the engine has chosen."""

    link_at: float
    choices: tuple[Choice, ...]


def fitting(known: KnownWeights, sides: list[pl.DataFrame], scheme: Scheme) -> Model:
    """The model, if it can weigh what is compared. Raises NotExplainable."""
    try:
        kept.check(known.kept, sides[0], sides[1], scheme)
    except kept.Unfit as error:
        raise NotExplainable(refusal("model_unfit", file=known.path, why=str(error))) from error
    return known.kept.model


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


def said_of_file(
    config: Path | None, environ: Mapping[str, str], names: list[tuple[str, ...]]
) -> tuple[Pins | None, Settings, KnownWeights | None]:
    """What the configuration file says. Raises InvalidConfig; FileMissing, FileUnreadable, NotExplainable for its model."""
    if config is None:
        return None, Settings(), None
    from reconcile.config.matching import load_matching  # noqa: PLC0415 - most runs have no configuration

    two = len(names) > 1
    file = load_matching(config, environ, two=two)
    file.check_columns(names[0], names[1] if two else None)
    asked = {"link_at", "review_at", "target_precision", "many"} & file.config.match.model_fields_set
    said = file.config.match.model_dump(include=asked)
    place = config.parent / file.config.model if file.config.model and two else None
    return pins_of(file.config), Settings(**said), None if place is None else KnownWeights(place, read_model(place))


def _memory_said(config: Path | None, environ: Mapping[str, str], *, two: bool) -> str | None:
    """How much memory the configuration file, which is known to be right, allows."""
    if config is None:
        return None
    from reconcile.config.matching import load_matching  # noqa: PLC0415 - as above

    return load_matching(config, environ, two=two).config.memory


def read_model(path: Path) -> Kept:
    """A kept model. Raises FileMissing, FileUnreadable, NotExplainable."""
    try:
        return kept.read(path.read_bytes())
    except FileNotFoundError as error:
        raise FileMissing(path) from error
    except OSError as error:
        raise FileUnreadable(path, error.strerror or str(error), hint="Name the file that holds the model.") from error
    except kept.Unfit as error:
        raise NotExplainable(refusal("model_unfit", file=path, why=str(error))) from error


def _wanted(names: tuple[str, ...], at: int, pins: Pins | None) -> tuple[str, ...]:
    """The columns to read: all, unless everything is pinned."""
    key = None if pins is None else (pins.left_key, pins.right_key)[at]
    if pins is None or pins.fields is None or key is None:
        return names
    return tuple(dict.fromkeys([*key, *(n for field in pins.fields.values() for n in (field.left, field.right)[at])]))


def _side(path: Path, frame: pl.DataFrame, side: Side) -> pl.DataFrame:
    """The engine's frame of one side. Raises KeyRepeats: a key that is not one can only come from the configuration."""
    standard = standardised(frame.select(needed(side)) if needed(side) else frame, side.fields, side.key)
    keys = standard[KEY]
    if side.key and keys.null_count():
        row = int(keys.is_null().arg_max() or 0) + 1
        raise KeyRepeats(path, side.key, f"row {row:,} has none")
    if side.key and keys.n_unique() < len(keys):
        example, rows = keys.value_counts().sort("count", KEY, descending=[True, False]).row(0)
        raise KeyRepeats(path, side.key, f"{example[:60]!r} stands in {rows:,} rows")
    return standard


def _with_own_keys(pairs: pl.DataFrame, column: str, frame: pl.DataFrame, side: Side) -> pl.DataFrame:
    """The keys as they stand in the file: integers where the column holds such, otherwise text."""
    if not side.key:
        return pairs.with_columns(pl.col(column).cast(pl.Int64))
    if len(side.key) > 1:
        return pairs
    own = frame[side.key[0]]
    if own.dtype.is_integer():
        return pairs.with_columns(pl.col(column).cast(own.dtype))
    if own.dtype != pl.String:
        return pairs
    standard = keys_of(frame, side.key)
    written = pl.DataFrame({column: standard, "_own": own}).filter(pl.col(column) != pl.col("_own"))
    if written.is_empty():
        return pairs
    told = pairs.join(written, on=column, how="left", maintain_order="left")
    return told.with_columns(pl.coalesce("_own", column).alias(column)).drop("_own")


def _written(table: pl.DataFrame, out: Path, frames: list[pl.DataFrame], choices: tuple[Choice, ...], begun: float) -> Result:
    write(table, out)
    return Result(table, tuple(frame.height for frame in frames), choices, time.perf_counter() - begun)
