"""Files read and brought into the form that matching works on, once it is found what to match by."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from reconcile.errors import NothingInCommon, NothingToCompare
from reconcile.match.discovery import Discovered, Pins, Side, discover, discover_one, needed, standardised
from reconcile.progress import Progress
from reconcile.records import KEY
from reconcile.standalone.files import read
from reconcile.standalone.record_keys import check_key


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


def _wanted(names: tuple[str, ...], at: int, pins: Pins | None) -> tuple[str, ...]:
    """The columns to read: all, unless everything is pinned."""
    key = None if pins is None else (pins.left_key, pins.right_key)[at]
    if pins is None or pins.fields is None or key is None:
        return names
    return tuple(dict.fromkeys([*key, *(n for field in pins.fields.values() for n in (field.left, field.right)[at])]))


def _side(path: Path, frame: pl.DataFrame, side: Side) -> pl.DataFrame:
    """The engine's frame of one side. Raises KeyRepeats."""
    standard = standardised(frame.select(needed(side)) if needed(side) else frame, side.fields, side.key)
    check_key(path, side, standard[KEY])
    return standard
