"""A field of one side as many pairs look at it: what is asked of its values is worked out once for each record."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
import polars as pl

from reconcile.match.arrays import Ends, Flags, Marks


class Column:
    """Values in match form, by row number."""

    def __init__(self, values: pl.Series) -> None:
        """Keep the values, which nothing is asked of yet."""
        self.values = values

    @cached_property
    def hashes(self) -> Marks:
        """A number for each value; equal values have equal ones."""
        return self.values.hash(3).to_numpy()

    @cached_property
    def there(self) -> Flags:
        """Whether there is a value."""
        return self.values.is_not_null().to_numpy()

    @cached_property
    def worded(self) -> Flags:
        """Whether a text has several words."""
        return self._told(self.values.str.contains(" ", literal=True))

    @cached_property
    def plain(self) -> Flags:
        """Whether a text is ASCII alone."""
        return self._told(self.values.str.len_bytes() == self.values.str.len_chars())

    @cached_property
    def numbered(self) -> Flags:
        """Whether a text holds a digit."""
        return self._told(self.values.str.contains(r"[0-9]"))

    def at(self, rows: Ends) -> pl.Series:
        """The values of these rows."""
        return self.values.gather(rows)

    def spelled(self, rows: Ends, spell: Callable[[pl.Series], pl.Series]) -> pl.Series:
        """The values of these rows in another spelling, each record's once."""
        asked = np.zeros(len(self.values), np.bool_)
        asked[rows] = True
        distinct = np.flatnonzero(asked)
        place = np.zeros(len(self.values), np.uint32)
        place[distinct] = np.arange(len(distinct), dtype=np.uint32)
        return spell(self.values.gather(distinct)).gather(place[rows])

    @staticmethod
    def _told(flags: pl.Series) -> Flags:
        return flags.fill_null(value=False).to_numpy()
