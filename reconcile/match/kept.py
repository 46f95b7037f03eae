"""A model as JSON, with what it was learned for: so that a pair can be asked about later, and weighed as it was then.

The same model gives the same bytes. Numbers are written so that they are read back exactly.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from reconcile.match.linkage import Settings
from reconcile.match.scheme import Scheme
from reconcile.match.scoring.forms import families
from reconcile.match.scoring.levels import SIZES
from reconcile.match.scoring.model import Model, Tables
from reconcile.records import Kind

FORMAT = 1


class Unfit(ValueError):
    """What was given is no kept model, or one of another format; the message says which."""


@dataclass(frozen=True)
class Kept:
    """A model and what it was learned for."""

    scheme: Scheme
    settings: Settings
    model: Model
    columns: Mapping[str, Any]
    """Where each file has its key and its fields, as `--config` has it; empty for a project, which knows."""


def written(kept: Kept) -> bytes:
    """The model as one JSON object."""
    said = {
        "format": FORMAT,
        "fields": {name: kind.value for name, kind in kept.scheme.fields.items()},
        "keys": [list(key) for key in kept.scheme.keys],
        "block": [list(rule) for rule in kept.scheme.block],
        "settings": asdict(kept.settings),
        "columns": dict(kept.columns),
        "model": {
            "same": _table(kept.model.same),
            "chance": _table(kept.model.chance),
            "related": None if kept.model.related is None else _table(kept.model.related),
            "matches": kept.model.matches,
            "pairs": kept.model.pairs,
            "relations": kept.model.relations,
            "crowded": kept.model.crowded,
        },
    }
    return (json.dumps(said, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def read(data: bytes) -> Kept:
    """The model again. Raises Unfit."""
    try:
        said = json.loads(data)
        _check_format(said["format"])
        model = said["model"]
        related = None if model["related"] is None else _tables(model["related"])
        numbers = {name: float(model[name]) for name in ("matches", "pairs", "relations")}
        crowded = bool(model.get("crowded"))
        return Kept(
            Scheme(
                {str(name): Kind(kind) for name, kind in said["fields"].items()},
                tuple(tuple(key) for key in said["keys"]),
                tuple(tuple(rule) for rule in said["block"]),
            ),
            Settings(**said["settings"]),
            Model(_tables(model["same"]), _tables(model["chance"]), related=related, crowded=crowded, **numbers),
            said["columns"],
        )
    except Unfit:
        raise
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unfit(f"it is no model that `reconcile match --model` has written ({type(error).__name__})") from error


def _check_format(given: object) -> None:
    if given != FORMAT:
        raise Unfit(f"its format is {given}, and this program reads {FORMAT}")


def check(kept: Kept, left: pl.DataFrame, right: pl.DataFrame, scheme: Scheme) -> None:
    """Raise Unfit if a model can't weigh what is compared: other fields, or other levels. Frames as of `link`."""
    if dict(scheme.fields) != dict(kept.scheme.fields):
        apart = sorted(set(scheme.fields.items()) ^ set(kept.scheme.fields.items()))
        raise Unfit(f"it was learned for other fields: {', '.join(dict.fromkeys(name for name, _ in apart))}")
    known = {name: len(share) for name, share in kept.model.same.alone.items()}
    expected = {name: SIZES[family] for name, family in families(left, right, scheme).items()}
    if known != expected:
        other = sorted(name for name in {*known, *expected} if known.get(name) != expected.get(name))
        raise Unfit(f"these fields are compared in other levels now: {', '.join(other)}")


def _table(tables: Tables) -> dict[str, Any]:
    return {
        "alone": {name: share.tolist() for name, share in sorted(tables.alone.items())},
        "given": {name: {"parent": parent, "table": table.tolist()} for name, (parent, table) in sorted(tables.given.items())},
    }


def _tables(said: Mapping[str, Any]) -> Tables:
    return Tables(
        {name: np.asarray(share, np.float64) for name, share in said["alone"].items()},
        {name: (str(one["parent"]), np.asarray(one["table"], np.float64)) for name, one in said["given"].items()},
    )
