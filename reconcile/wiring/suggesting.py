"""Suites proposed for files, with a reason for each rule, and where they are written."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Literal

import polars as pl

from expectations.suggest import MOST, Both, Suggestion, as_yaml, most_telling, suggest_together
from reconcile.errors import FileUnreadable, NamedTwice, OutputUnfit, StoreUnwritable
from reconcile.progress import Progress
from reconcile.spreadsheet import write_replacing
from reconcile.standalone.files import columns_of, read

_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True)
class Proposed:
    """One suite, and where it belongs."""

    suggestion: Suggestion
    about: str
    """The file, or the side of the project, that it is about."""
    out: Path | None
    """Its file; None if it is only shown, or has no rule and so is no suite."""
    check: str = ""
    """The command that tries it."""


def suggest_for_files(
    files: Sequence[Path], entity: str | None, out: Path | None, progress: Progress, *, force: bool, most: int = MOST
) -> list[Proposed]:
    """A suite for each CSV, XLSX, Parquet or JSON lines file, with what they refer to of each other.

    `entity` is what the records of a single file are; else the file's name says it. `out` is the suite's file, or a folder for
    it; of several files a folder. An existing suite is replaced with `force` only. A suite has at most `most` rules.

    Raises:
        FileMissing: there is no such file.
        FileUnreadable: it is a folder, can't be read, is no table, or has no records.
        NamedTwice: two files have the same name.
        OutputUnfit: the suites can't be written there.
    """
    named = {entity or file.stem: file for file in files}
    _apart(files)
    places = places_of(out, [f"{name}.yaml" for name in named], files, force=force)
    frames: dict[str, pl.DataFrame] = {}
    with progress.step("read", len(named)) as step:
        for name, file in named.items():
            frames[name] = _table(file)
            step.advance()
    with progress.step("suggest", len(named)) as step:
        found = suggest_together(frames, dt.datetime.now(dt.UTC), step.advance)
    return [_of_file(most_telling(one, most), named, place) for one, place in zip(found, places, strict=True)]


def places_of(out: Path | None, names: Sequence[str], inputs: Sequence[Path] = (), *, force: bool) -> list[Path | None]:
    """Where suites of these file names go. Raises OutputUnfit before any work is done."""
    if out is None:
        return [None] * len(names)
    is_file = out.suffix.lower() in _ENDINGS and not out.is_dir()
    if is_file and len(names) > 1:
        raise OutputUnfit(out, f"{len(names)} suites go into a folder; name one")
    if not is_file and not out.is_dir() and (out.exists() or out.suffix):
        raise OutputUnfit(out, "a suite is written as .yaml; end the name so, or name a folder")
    places = [out] if is_file else [out / name for name in names]
    for place in places:
        if any(place.resolve() == given.resolve() for given in inputs):
            raise OutputUnfit(place, "this is a file that is read, and would be lost; name another one")
        if place.is_dir():
            raise OutputUnfit(place, "this is a folder; name another place")
        if place.exists() and not force:
            raise OutputUnfit(place, "there is a suite already, perhaps edited; name another place, or replace it with --force")
    return [*places]


def write_suites(proposed: Sequence[Proposed], language: Literal["en", "zh"]) -> None:
    """Each suite in its file, whole or not at all. Raises StoreUnwritable."""
    for one in proposed:
        if one.out is None:
            continue
        try:
            one.out.parent.mkdir(parents=True, exist_ok=True)
            write_replacing(one.out, as_yaml(one.suggestion, language).encode())
        except OSError as error:
            raise StoreUnwritable(one.out, error.strerror or str(error)) from error


def _apart(files: Sequence[Path]) -> None:
    """Raise NamedTwice if two files would be called the same, also where capitals make no difference."""
    for file in files:
        same = [str(other) for other in files if other.stem.casefold() == file.stem.casefold()]
        if len(same) > 1:
            raise NamedTwice(file.stem, same)


def _table(file: Path) -> pl.DataFrame:
    frame = read(file, columns_of(file))
    if not frame.width:
        raise FileUnreadable(file, "it has no columns", hint="The first line must name them.")
    if not frame.height:
        raise FileUnreadable(file, "it has no records", hint="Rules are proposed from what records have in common; give some.")
    return frame


def _of_file(suggestion: Suggestion, files: dict[str, Path], place: Path | None) -> Proposed:
    """With how to try it, on the screen and in the suite itself."""
    file = files[suggestion.entity]
    if place is None or not suggestion.rules:
        return Proposed(suggestion, str(file), None)
    beside = "".join(f" --with {quote(str(files[name]))}" for name in suggestion.parents)
    check = f"reconcile check {quote(str(file))} --suite {quote(str(place))}{beside}"
    told = Both(f"Try it: {check}", f"试用：{check}")
    return Proposed(dataclasses.replace(suggestion, notes=(*suggestion.notes, told)), str(file), place, check)
