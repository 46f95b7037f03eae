"""A memory as a folder: `model.json` (as `--model` writes it), `memory.json`, and Parquet files of the records and decisions."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from reconcile.match import kept
from reconcile.match.memory.remember import DECIDED, INNER, Keys, Memory
from reconcile.match.scoring.forms import Family
from reconcile.match.scoring.known import Known, Usual
from reconcile.records import Kind, Role
from reconcile.spreadsheet import write_replacing

FORMAT = 1
MODEL = "model.json"


class Forgotten(ValueError):
    """A folder holds no memory, or one that this program can't use; the message is a code: nothing, damaged, program."""


def program() -> str:
    """The versions that the numbers of a memory hold for: another polars may give a record another number."""
    return f"{version('crm-erp-reconcile')}, polars {pl.__version__}"


def save(memory: Memory, folder: Path, program: str) -> None:
    """Write the folder; `memory.json` comes last, so that a memory that has one is whole. Raises OSError.

    Args:
        memory: what to keep.
        folder: made if it is not there.
        program: which version of the program and its libraries this is; the numbers of records hold for no other.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.json").unlink(missing_ok=True)
    write_replacing(folder / MODEL, kept.written(memory.kept))
    for name, frame in zip(Role, memory.sides, strict=True):
        frame.write_parquet(folder / f"{name}.parquet", compression="lz4", statistics=False)
    memory.decided.write_parquet(folder / "decided.parquet", compression="lz4", statistics=False)
    memory.inner.write_parquet(folder / "inner.parquet", compression="lz4", statistics=False)
    for number, (_, terms) in enumerate(sorted(memory.known.usual.terms.items())):
        for at, frame in enumerate(terms):
            frame.write_parquet(folder / f"terms-{number}-{at}.parquet", compression="zstd", statistics=False)
    write_replacing(folder / "memory.json", (json.dumps(_said(memory, program), ensure_ascii=False, indent=1) + "\n").encode())


def load(folder: Path, program: str) -> Memory:
    """The memory again. Raises Forgotten."""
    try:
        said = json.loads((folder / "memory.json").read_bytes())
    except FileNotFoundError as error:
        raise Forgotten("nothing") from error
    except (OSError, ValueError) as error:
        raise Forgotten("damaged") from error
    try:
        _check(said, program)
        model = kept.read((folder / MODEL).read_bytes())
        sides = [pl.read_parquet(folder / f"{name}.parquet") for name in Role]
        decided, inner = (pl.read_parquet(folder / f"{name}.parquet") for name in ("decided", "inner"))
        keys = Keys({name: Kind(kind) for name, kind in said["kinds"].items()}, tuple(tuple(key) for key in said["keys"]))
        known = _known(said, model, folder)
        return Memory(model, keys, said["asked"], known, (sides[0], sides[1]), decided.cast(DECIDED), inner.cast(INNER))
    except kept.Unfit as error:
        raise Forgotten("program") from error
    except Forgotten:
        raise
    except (OSError, ValueError, TypeError, KeyError, pl.exceptions.PolarsError) as error:
        raise Forgotten("damaged") from error


def _check(said: dict[str, Any], program: str) -> None:
    if (said["format"], said["program"]) != (FORMAT, program):
        raise Forgotten("program")


def _said(memory: Memory, program: str) -> dict[str, Any]:
    known, usual = memory.known, memory.known.usual
    empty = replace(memory.kept, columns={})
    return {
        "format": FORMAT,
        "program": program,
        "asked": memory.asked,
        "kinds": {name: kind.value for name, kind in memory.keys.kinds.items()},
        "keys": [list(key) for key in memory.keys.keys],
        "families": {name: family.value for name, family in usual.kinds.items()},
        "equal": {name: None if math.isnan(share) else share for name, share in usual.equal.items()},
        "totals": dict(usual.totals),
        "terms": {name: len(usual.terms[name]) for name in sorted(usual.terms)},
        "telling": [list(rule) for rule in known.telling],
        "further": [list(rule) for rule in known.further],
        "near": known.near,
        "gains": None if known.gains is None else known.gains.tolist(),
        "inside": [json.loads(kept.written(replace(empty, model=model))) for model in known.inside],
    }


def _known(said: dict[str, Any], model: kept.Kept, folder: Path) -> Known:
    usual = Usual(
        {name: Family(family) for name, family in said["families"].items()},
        {name: math.nan if share is None else float(share) for name, share in said["equal"].items()},
        {name: float(total) for name, total in said["totals"].items()},
        terms={
            name: tuple(pl.read_parquet(folder / f"terms-{number}-{at}.parquet") for at in range(count))
            for number, (name, count) in enumerate(sorted(said["terms"].items()))
        },
    )
    inside = [kept.read(json.dumps(one).encode()).model for one in said["inside"]]
    telling, further = (tuple(tuple(rule) for rule in said[name]) for name in ("telling", "further"))
    gains = None if said["gains"] is None else np.asarray(said["gains"], np.float64)
    return Known(model.model, usual, telling, further, bool(said["near"]), (inside[0], inside[1]), gains)
