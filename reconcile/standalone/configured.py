"""What the configuration file of a match says, and the kept model that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from reconcile.errors import FileMissing, FileUnreadable, NotExplainable
from reconcile.match import kept
from reconcile.match.discovery import Pins
from reconcile.match.kept import Kept
from reconcile.match.linkage import Settings
from reconcile.match.scheme import Scheme
from reconcile.match.scoring.model import Model
from reconcile.refusals import refusal
from reconcile.standalone.pinning import pins_of


@dataclass(frozen=True)
class KnownWeights:
    """A kept model that the configuration names."""

    path: Path
    kept: Kept


@dataclass(frozen=True)
class Configured:
    """What the file says; where there is none, everything is found."""

    pins: Pins | None = None
    settings: Settings = field(default_factory=Settings)
    known: KnownWeights | None = None
    memory: str | None = None
    """How much may be taken, such as 2GB."""


def configured(config: Path | None, environ: Mapping[str, str], names: list[tuple[str, ...]]) -> Configured:
    """What the configuration file says of files with columns of these names.

    Raises InvalidConfig; FileMissing, FileUnreadable, NotExplainable for its model.
    """
    if config is None:
        return Configured()
    from reconcile.config.matching import load_matching  # noqa: PLC0415 - most runs have no configuration

    two = len(names) > 1
    told = load_matching(config, environ, names[0], names[1] if two else None)
    asked = {"link_at", "review_at", "target_precision", "many"} & told.match.model_fields_set
    said = told.match.model_dump(include=asked)
    place = config.parent / told.model if told.model and two else None
    known = None if place is None else KnownWeights(place, read_model(place))
    return Configured(pins_of(told), Settings(**said), known, told.memory)


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


def fitting(known: KnownWeights, sides: list[pl.DataFrame], scheme: Scheme) -> Model:
    """The model, if it can weigh what is compared. Raises NotExplainable."""
    try:
        kept.check(known.kept, sides[0], sides[1], scheme)
    except kept.Unfit as error:
        raise NotExplainable(refusal("model_unfit", file=known.path, why=str(error))) from error
    return known.kept.model
