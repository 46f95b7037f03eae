"""Whether a column is of a kind with rules of its own, told from a bounded sample of its different values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from expectations.own.judged.places import as_country
from expectations.suggest.proposal import Both
from expectations.suggest.table import Column
from expectations.suite import Severity

MOST_VALUES = 1_000
"""So many different values are judged to tell what a column is, chosen by their content; a rule is counted on all."""
_NAMED, _UNNAMED = 0.9, 0.98
"""Share that must pass where the name says what the values are, and where they alone do."""
_KNOWN = 0.5
"""Share of the values that must be of a country whose rules are known, for a rule by country to say something."""
_FEWEST, _FEWEST_UNNAMED = 1, 5
"""Different values from which a kind is told."""


_SEED = 7
_MOST_COUNTRIES = 4
"""Columns of countries that a column is held to."""
_MANY = 20
"""Of fewer different values one may be wrong although the rows are nearly all right."""


@dataclass(frozen=True)
class Sample:
    """Some of the different values of a column, each with its country and its rows."""

    values: pl.Series
    countries: pl.Series
    """Alpha-2; null where the row has none that is known."""
    rows: pl.Series

    def look(self, pattern: str) -> bool:
        """Whether nearly all values look so: cheap to see before they are judged."""
        return bool(self.values.len()) and float(self.values.str.contains(pattern).mean() or 0.0) >= _NAMED  # type: ignore[arg-type]  # a share

    @property
    def distinct(self) -> int:
        """Different values."""
        return self.values.n_unique()

    def share(self, judged: pl.Series, *, named: bool) -> float | None:
        """The share of the judged values that are valid; None if that, or their number, is too little for a rule.

        Args:
            judged: Boolean for each value; null where nobody can tell.
            named: whether the name says that the column is of the kind that is asked for.
        """
        known = judged.is_not_null()
        valid = judged.fill_null(value=False)
        count, rows = int(known.sum()), int(self.rows.filter(known).sum())
        if count < (_FEWEST if named else _FEWEST_UNNAMED) or rows < _KNOWN * int(self.rows.sum()):
            return None
        by_rows, by_value = int(self.rows.filter(valid).sum()) / rows, int(valid.sum()) / count
        least = min(by_rows, by_value) if not named or self.values.len() >= _MANY else by_rows
        return least if least >= (_NAMED if named else _UNNAMED) else None


@dataclass(frozen=True)
class Meaning:
    """What a column was taken for."""

    expect: str
    kwargs: Mapping[str, Any]
    """Beside the column."""
    what: Both
    """What each of its values is."""
    share: float
    looked: int
    """Different values that were judged."""
    severity: Severity = "minor"


@dataclass(frozen=True)
class Recognised:
    """The columns of a table that are of a kind with rules of its own."""

    meanings: Mapping[str, Meaning] = field(default_factory=dict)

    @cached_property
    def names(self) -> frozenset[str]:
        """Their names."""
        return frozenset(self.meanings)


def sample_of(column: Column, country: Column | None = None) -> Sample:
    """The values to judge, with the country that `country` says of their rows."""
    if country is None:
        counted = column.counts.with_columns(land=pl.lit(None, pl.String))
    else:
        pairs = pl.DataFrame({"value": column.values.cast(pl.String), "land": country.values.cast(pl.String)})
        counted = pairs.drop_nulls("value").group_by("value", "land").agg(pl.len().alias("n"))
    if counted.height > MOST_VALUES:
        content = pl.struct("value", "land").hash(_SEED)
        counted = counted.with_columns(at=content).bottom_k(MOST_VALUES, by=["at", "value", "land"])
    few = counted.sort("value", "land")
    return Sample(few["value"], as_country(few["land"]), few["n"])


def countries_beside(column: Column, countries: Mapping[str, Column]) -> list[Column]:
    """The columns of countries, first the one whose name goes with this column's: ShipCountry with ShipPostalCode."""
    own = set(column.words)

    def fit(other: Column) -> tuple[int, int, str]:
        theirs = set(other.words)
        return (-len(own & theirs), len(theirs), other.name)

    return sorted(countries.values(), key=fit)[:_MOST_COUNTRIES]
