"""A bounded sample of a column's values, chosen by the values themselves: row order and the other columns have no say.

The same value is chosen on both sides, so that what two columns share shows in their samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from reconcile.values.standard import as_text

VALUES = 6_000
"""About so many rows of a longer column are looked at."""
_WHOLE = 6_000
"""A column of so many rows or fewer is looked at as a whole."""
_SEED = 20_260_101
_FEW = 400
_TOP = 2**64


@dataclass(frozen=True)
class Sampled:
    """One column, seen through its sample."""

    name: str
    place: int
    """Position in the file, from 0."""
    dtype: pl.DataType
    rows: int
    filled: int
    values: pl.DataFrame
    """Columns value (the text as it stands, no empty text), row (UInt32, one that it stands in), n (rows); each value once."""
    whole: bool
    """Whether the sample is the whole column."""

    @property
    def distinct(self) -> int:
        """Distinct values in the sample."""
        return self.values.height

    @property
    def counted(self) -> int:
        """Rows that the sample's values stand in."""
        return int(self.values["n"].sum() or 0)

    @property
    def repeats(self) -> bool:
        """Whether a value of the sample stands in two rows."""
        return self.distinct < self.counted


def sampled(frame: pl.DataFrame, name: str, place: int, *, tidied: bool) -> Sampled:
    """The sample of one column of `frame`; if `tidied`, case and signs do not decide which values are chosen."""
    column = frame[name]
    dtype = column.dtype
    filled = len(column) - column.null_count()
    rows = column.to_frame("v").with_row_index("row")
    whole = len(column) <= _WHOLE
    each = (pl.col("row").min(), pl.len().alias("n"))
    grouped = pl.DataFrame()
    if not whole and filled > VALUES:
        low = rows.filter(_low_hash(dtype, tidied=tidied) < int(_TOP * VALUES / filled), pl.col("v").is_not_null())
        grouped = low.group_by("v").agg(*each)
    if grouped.height < _FEW:  # few distinct values, or a short column
        grouped = rows.drop_nulls().group_by("v").agg(*each)
    if grouped.height > _WHOLE:
        grouped = grouped.sort(pl.col("v").hash(_SEED)).head(VALUES)
    text = grouped.select(value=as_text(pl.col("v"), dtype), row="row", n="n")
    return Sampled(name, place, dtype, len(column), filled, text.filter(pl.col("value").str.strip_chars() != ""), whole)


def _low_hash(dtype: pl.DataType, *, tidied: bool) -> pl.Expr:
    """What decides whether a value is in the sample: the same on both sides; if tidied, also where case and signs differ."""
    value = pl.col("v")
    if dtype != pl.String:
        return value.cast(pl.String).hash(_SEED) if dtype.is_integer() else value.hash(_SEED)
    return (value.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", "") if tidied else value).hash(_SEED)
