"""A memory as a folder: `memory.json`, written last, names the folder in it that holds the columns as they lie in memory.

A run reads of them what it looks at and no more. `model.json` stands beside it for those who ask why.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import polars as pl

from reconcile.match import kept
from reconcile.match.memory.remember import INNER, LISTED, Keys, Memory, Numbers
from reconcile.match.scoring.forms import Family
from reconcile.match.scoring.known import Known, Usual
from reconcile.records import Kind, Role
from reconcile.spreadsheet import write_replacing

FORMAT = 2
MODEL = "model.json"
_SAID = "memory.json"
_KEPT = "kept-"
_EARLIER = ("crm.parquet", "erp.parquet", "decided.parquet", "inner.parquet", "links.parquet", "terms-*.parquet")
"""What the first format left beside `memory.json`."""
_DECIDED = "decided.arrow"


class Forgotten(ValueError):
    """A folder holds no memory, or one that this program can't use; the message is a code: nothing, damaged, program."""


def program() -> str:
    """The versions that the numbers of a memory hold for: another polars may give a record another number."""
    return f"{version('crm-erp-reconcile')}, polars {pl.__version__}"


def save(memory: Memory, folder: Path, program: str) -> None:
    """Put the memory in the place of what the folder holds: whole, or, where this is cut short, not at all. Raises OSError.

    Args:
        memory: what to keep.
        folder: made if it is not there.
        program: which version of the program and its libraries this is; the numbers of records hold for no other.
    """
    model = kept.written(memory.kept)

    def write(place: Path) -> None:
        (place / MODEL).write_bytes(model)
        for name, side in zip(Role, memory.sides, strict=True):
            np.save(place / f"{name}.npy", np.stack([side.groups, *side.parts.values(), *side.shared.values()]))
            np.save(place / f"{name}-marks.npy", np.stack([side.keys, side.marks]))
        for number, times in enumerate(memory.times.values()):
            np.save(place / f"times-{number}.npy", np.stack(times))
        memory.decided.rechunk().write_ipc(place / _DECIDED)
        memory.inner.write_parquet(place / "inner.parquet", compression="lz4", statistics=False)
        for number, (_, terms) in enumerate(sorted(memory.known.usual.terms.items())):
            for at, frame in enumerate(terms):
                frame.write_parquet(place / f"terms-{number}-{at}.parquet", compression="zstd", statistics=False)

    _replace(folder, write, {"program": program, **_said(memory)})
    write_replacing(folder / MODEL, model)


def save_links(decided: pl.DataFrame, folder: Path, program: str) -> None:
    """The same of a run that has compared nothing: LISTED alone, so that the next can tell what became of the links."""
    _replace(folder, lambda place: decided.rechunk().write_ipc(place / _DECIDED), {"program": program})


def decided_in(folder: Path) -> tuple[pl.DataFrame, Path]:
    """LISTED of the run that the folder holds, and where it lies. Raises Forgotten."""
    said = _read_said(folder)
    try:
        place = _place(folder, said, (_DECIDED,))
        return pl.read_ipc(place / _DECIDED).match_to_schema(LISTED), place
    except (OSError, ValueError, TypeError, KeyError, pl.exceptions.PolarsError) as error:
        raise Forgotten("damaged") from error


def load(folder: Path, program: str) -> Memory:
    """The memory again. Raises Forgotten."""
    said = _read_said(folder)
    if (said.get("format"), said.get("program")) != (FORMAT, program):
        raise Forgotten("program")
    if "known" not in said:
        raise Forgotten("nothing")
    try:
        place = _place(folder, said, said["files"])
        model = kept.read((place / MODEL).read_bytes())
        sides = [_numbers(place, name, said) for name in Role]
        times = {part: _pair(np.load(place / f"times-{number}.npy", mmap_mode="r")) for number, part in enumerate(said["times"])}
        decided = pl.read_ipc(place / _DECIDED).match_to_schema(LISTED)
        inner = pl.read_parquet(place / "inner.parquet").match_to_schema(INNER)
        keys = Keys({name: Kind(kind) for name, kind in said["kinds"].items()}, tuple(tuple(key) for key in said["keys"]))
        known = _known(said["known"], model, place)
        return Memory(model, keys, said["asked"], known, (sides[0], sides[1]), times, decided, inner)
    except kept.Unfit as error:
        raise Forgotten("program") from error
    except (OSError, ValueError, TypeError, KeyError, EOFError, pl.exceptions.PolarsError) as error:
        raise Forgotten("damaged") from error


def _replace(folder: Path, write: Callable[[Path], None], said: Mapping[str, Any]) -> None:
    """A new folder within, then the file that names it; what was there before goes last."""
    place = folder / f"{_KEPT}{uuid4().hex[:12]}"
    place.mkdir(parents=True)
    try:
        write(place)
        files = {path.name: path.stat().st_size for path in sorted(place.iterdir())}
        whole = {"format": FORMAT, "folder": place.name, "files": files, **said}
        write_replacing(folder / _SAID, (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode())
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    for other in folder.glob(f"{_KEPT}*"):
        if other.name != place.name:
            shutil.rmtree(other, ignore_errors=True)
    for name in _EARLIER:
        for path in folder.glob(name):
            path.unlink(missing_ok=True)


def _read_said(folder: Path) -> dict[str, Any]:
    try:
        said: dict[str, Any] = json.loads((folder / _SAID).read_bytes())
    except FileNotFoundError as error:
        raise Forgotten("nothing") from error
    except (OSError, ValueError) as error:
        raise Forgotten("damaged") from error
    if not isinstance(said, dict):
        raise Forgotten("damaged")
    return said


def _place(folder: Path, said: Mapping[str, Any], files: Any) -> Path:
    """The folder of the columns; ValueError where a file of it is not as long as it was."""
    place = folder / Path(said["folder"]).name
    for name in files:
        if (place / name).stat().st_size != said["files"][name]:
            raise ValueError(name)
    return place


def _numbers(place: Path, name: str, said: Mapping[str, Any]) -> Numbers:
    codes, marks = (np.load(place / f"{name}{which}.npy", mmap_mode="r") for which in ("", "-marks"))
    columns = [_plain(column) for column in codes]
    names, shared = said["parts"], said["shared"]
    if len(columns) != 1 + len(names) + len(shared):
        raise ValueError(name)
    own, keys = columns[1 : 1 + len(names)], columns[1 + len(names) :]
    there = dict(zip(names, own, strict=True)), dict(zip(shared, keys, strict=True))
    return Numbers(*_pair(marks), columns[0], *there)


def _plain(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.asarray(column)


def _pair(columns: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    one, other = columns
    return _plain(one), _plain(other)


def _said(memory: Memory) -> dict[str, Any]:
    known, usual = memory.known, memory.known.usual
    empty = replace(memory.kept, columns={})
    return {
        "asked": memory.asked,
        "kinds": {name: kind.value for name, kind in memory.keys.kinds.items()},
        "keys": [list(key) for key in memory.keys.keys],
        "parts": list(memory.sides[0].parts),
        "shared": list(memory.sides[0].shared),
        "times": list(memory.times),
        "known": {
            "families": {name: family.value for name, family in usual.kinds.items()},
            "equal": {name: None if math.isnan(share) else share for name, share in usual.equal.items()},
            "totals": dict(usual.totals),
            "terms": {name: len(usual.terms[name]) for name in sorted(usual.terms)},
            "telling": [list(rule) for rule in known.telling],
            "further": [list(rule) for rule in known.further],
            "near": known.near,
            "gains": None if known.gains is None else known.gains.tolist(),
            "inside": [json.loads(kept.written(replace(empty, model=model))) for model in known.inside],
        },
    }


def _known(said: Mapping[str, Any], model: kept.Kept, place: Path) -> Known:
    usual = Usual(
        {name: Family(family) for name, family in said["families"].items()},
        {name: math.nan if share is None else float(share) for name, share in said["equal"].items()},
        {name: float(total) for name, total in said["totals"].items()},
        terms={
            name: tuple(pl.read_parquet(place / f"terms-{number}-{at}.parquet") for at in range(count))
            for number, (name, count) in enumerate(sorted(said["terms"].items()))
        },
    )
    inside = [kept.read(json.dumps(one).encode()).model for one in said["inside"]]
    telling, further = (tuple(tuple(rule) for rule in said[name]) for name in ("telling", "further"))
    gains = None if said["gains"] is None else np.asarray(said["gains"], np.float64)
    return Known(model.model, usual, telling, further, bool(said["near"]), (inside[0], inside[1]), gains)
