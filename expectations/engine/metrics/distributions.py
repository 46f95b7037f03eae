"""How values are spread: histograms, the bins for them, and the counts outside of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import polars as pl

from expectations.engine.alike import kind
from expectations.engine.define import Asked, Inexpressible, Shown, column_aggregate
from expectations.engine.metrics.aggregates import averaged, quantile

_BINS = 10
_SPLIT = (0.0, 0.25, 0.75, 1.0)
"""Quantiles that say how wide bins must be."""


@column_aggregate("column.histogram", "bins", shown=list)
def histogram(column: pl.Expr, asked: Asked, *, bins: Sequence[Any]) -> pl.Expr:
    """How many values are in each bin: from its edge up to the next one, which belongs to the last bin alone.

    Raises:
        ValueError: the edges do not rise.
    """
    if not isinstance(bins, list | tuple) or kind(asked.dtype) != "number":
        raise Inexpressible("bins that numpy chooses, or of values that are no numbers")
    edges = [float(edge) for edge in bins]
    if sorted(edges) != edges:
        raise ValueError("The edges of bins must rise.")
    values = column.cast(pl.Float64)
    last = len(edges) - 2
    within = [
        (values >= low) & (values <= high if at == last else values < high) for at, (low, high) in enumerate(pairwise(edges))
    ]
    return pl.concat_list([one.sum() for one in within]) if within else pl.lit(pl.Series([[]], dtype=pl.List(pl.UInt32)))


@column_aggregate("column_values.between.count", "min_value", "max_value", "strict_min", "strict_max")
def how_many_between(
    column: pl.Expr,
    asked: Asked,
    *,
    min_value: Any = None,
    max_value: Any = None,
    strict_min: bool = False,
    strict_max: bool = False,
) -> pl.Expr:
    """How many values are within bounds.

    Raises:
        ValueError: there is no bound.
    """
    del asked
    above = [] if min_value is None else [column > min_value if strict_min else column >= min_value]
    below = [] if max_value is None else [column < max_value if strict_max else column <= max_value]
    if not above + below:
        raise ValueError("min_value and max_value cannot both be None")
    return pl.all_horizontal(above + below).sum()


@column_aggregate("column.partition", "bins", "n_bins", "allow_relative_error")
def partition(
    column: pl.Expr, asked: Asked, *, bins: str = "uniform", n_bins: int = _BINS, allow_relative_error: str | bool = False
) -> Shown:
    """The edges of bins: equally wide, equally full, or as wide as the spread asks for (Freedman and Diaconis, or Sturges).

    Raises:
        ValueError: no such way to choose bins.
    """
    if kind(asked.dtype) != "number":
        raise Inexpressible("bins of values that are no numbers")
    values = averaged(column, asked.dtype)
    way: Any = allow_relative_error or "nearest"
    if bins == "uniform":
        return Shown(pl.struct(low=values.min(), high=values.max()), lambda found: _even(found["low"], found["high"], n_bins))
    if bins in {"ntile", "quantile", "percentile"}:
        return Shown(pl.concat_list([quantile(values, n / n_bins, way) for n in range(n_bins + 1)]), list)
    if bins == "auto":
        told = [quantile(values, at, way).alias(str(at)) for at in _SPLIT]
        return Shown(pl.struct(values.count().alias("count"), *told), _as_spread)
    raise ValueError("Invalid parameter for bins argument")


def _even(low: float | None, high: float | None, n_bins: int) -> list[float]:
    """Edges; of no values they are not a number, as Great Expectations has it."""
    import numpy as np  # noqa: PLC0415 # comes with Great Expectations

    if low is None or high is None:
        return [float("nan")] * (n_bins + 1)
    return [float(edge) for edge in np.linspace(low, high, n_bins + 1)]


def _as_spread(found: dict[str, Any]) -> list[float]:
    import numpy as np  # noqa: PLC0415 # comes with Great Expectations

    low, quarter, three_quarters, high = (found[str(at)] for at in _SPLIT)
    count = found["count"]
    if not count:
        return _even(None, None, 0)
    enough = int(np.ceil(np.log2(count + 1.0)))
    between = three_quarters - quarter
    width = 2 * between / count ** (1.0 / 3.0)
    flat = between < 1.0e-10  # noqa: PLR2004 # what Great Expectations takes for no spread
    return _even(low, high, enough if flat else max(enough, int(np.ceil((high - low) / width))))
