"""What the engine holds of a batch: a lazy frame, the side tables that came with it, and whether it is streamed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl


@dataclass(frozen=True)
class Frames:
    """The value of the batch parameter `dataframe`, with the side tables beside it."""

    frame: pl.DataFrame | pl.LazyFrame
    tables: Mapping[str, pl.DataFrame | pl.LazyFrame] = field(default_factory=dict)
    known: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    """Metrics by id that were answered while another one failed; Great Expectations asks for them again."""
    failed: dict[Any, Exception] = field(default_factory=dict, repr=False, compare=False)
    """Metrics by id that failed, and are asked for again, too."""
    by_pandas: set[Any] = field(default_factory=set, repr=False, compare=False)
    """Ids of the metrics that pandas has answered, also of side tables."""
    _sides: dict[str, Frames] = field(default_factory=dict, repr=False, compare=False)

    @property
    def streamed(self) -> bool:
        """A scan may be larger than the memory; a frame is in memory already."""
        return isinstance(self.frame, pl.LazyFrame)

    @cached_property
    def lazy(self) -> pl.LazyFrame:
        """Whatever came."""
        return self.frame.lazy()

    @cached_property
    def schema(self) -> pl.Schema:
        """Of the frame, asked for once."""
        return self.lazy.collect_schema()

    @cached_property
    def lazy_tables(self) -> dict[str, pl.LazyFrame]:
        """The side tables."""
        return {name: table.lazy() for name, table in self.tables.items()}

    def side(self, name: str) -> Frames:
        """A side table as a batch of its own.

        Raises:
            LookupError: the batch came without it.
        """
        if name not in self.tables:
            there = ", ".join(sorted(self.tables)) or "none"
            raise LookupError(f"The rule reads the table {name}, which did not come with the batch (tables: {there}).")
        if name not in self._sides:
            self._sides[name] = Frames(self.tables[name], by_pandas=self.by_pandas)
        return self._sides[name]
