"""What a comparison of all records has learned, by which a few of them are weighed later as they were then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from reconcile.match.arrays import Floats
from reconcile.match.scoring.forms import Family
from reconcile.match.scoring.model import Model


@dataclass(frozen=True)
class Usual:
    """What is usual among all records."""

    kinds: Mapping[str, Family]
    """The fields that are compared, and how."""
    equal: Mapping[str, float]
    """For each field how often two random values are equal."""
    totals: Mapping[str, float]
    """For each field whose values repeat: how many values both sides have of it."""
    counts: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    """For each of those: columns v (hash of a value) and n (how often it stands on both sides); the values that are asked for."""
    terms: Mapping[str, tuple[pl.DataFrame, ...]] = field(default_factory=dict)
    """For each text that is compared by its words: columns t and w, what each term is worth, for each kind of term."""


@dataclass(frozen=True)
class Known:
    """What all records have taught."""

    model: Model
    usual: Usual
    telling: tuple[tuple[str, ...], ...]
    """Parts by which all records were brought together."""
    further: tuple[tuple[str, ...], ...]
    """Parts by which those were that had no sure partner yet."""
    near: bool
    """Whether texts brought together their nearest neighbours, too."""
    inside: tuple[Model, Model]
    """The model for pairs inside each side."""
    gains: Floats | None
    """What the standing of a pair is worth, as of `standing.standing_gains`."""
