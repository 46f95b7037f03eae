"""One suite, two engines: Great Expectations on pandas, and on polars, over the same frame; what each says, made comparable."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import great_expectations as gx
import numpy as np
import pandas as pd
import polars as pl
from differential_cases import Case
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.registry import get_expectation_impl

from expectations.engine import install

Side = Literal["polars", "pandas"]
TOGETHER = 80
"""Expectations in one suite; what pandas takes for each grows with their number."""


@dataclass(frozen=True)
class Told:
    """What one engine says of one case."""

    success: bool
    raised: str
    """The first exception, empty if there is none."""
    result: Any
    kwargs: Any
    severity: str


class Sides:
    """Both engines in one context: the fixed price of a context and its data sources is paid once."""

    def __init__(self) -> None:
        install()
        self._context: Any = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
        sources = self._context.data_sources
        self._definitions = {
            "pandas": sources.add_pandas("pandas").add_dataframe_asset("frame").add_batch_definition_whole_dataframe("all"),
            "polars": sources.add_polars("polars").add_dataframe_asset("frame").add_batch_definition_whole_dataframe("all"),
        }

    def ask_file(self, path: Path, cases: Sequence[Case], result_format: Any) -> list[Told]:
        """What the polars engine says of a Parquet file, by an asset of its own."""
        asset = self._context.data_sources.get("polars").add_parquet_asset(str(path), path)
        return _told_by(asset.add_batch_definition_whole_path("all").get_batch(), cases, result_format, {})

    def ask(
        self, side: Side, frame: pl.DataFrame | pl.LazyFrame, cases: Sequence[Case], result_format: Any, **more: Any
    ) -> list[Told]:
        """What `side` says of each case; `more` are keywords for all of them, such as a row condition."""
        given = frame if side == "polars" else frame.lazy().collect().to_pandas()
        batch = self._definitions[side].get_batch({"dataframe": given})
        return _told_by(batch, cases, result_format, more)


def _told_by(batch: Any, cases: Sequence[Case], result_format: Any, more: dict[str, Any]) -> list[Told]:
    parts = [cases[start : start + TOGETHER] for start in range(0, len(cases), TOGETHER)]
    return [told for part in parts for told in _ask_together(batch, part, result_format, more)]


def _ask_together(batch: Any, cases: Sequence[Case], result_format: Any, more: dict[str, Any]) -> list[Told]:
    asked = [
        get_expectation_impl(name)(**keywords, **more, meta={"number": number}) for number, (name, keywords) in enumerate(cases)
    ]
    suite = gx.ExpectationSuite(name="cases", expectations=asked)  # at once: added one by one, each is compared with all others
    found = {
        one.expectation_config.meta["number"]: _told(one) for one in batch.validate(suite, result_format=result_format).results
    }
    return [found[number] for number in range(len(cases))]


def _told(result: Any) -> Told:
    config = result.expectation_config
    kwargs = {key: value for key, value in config.kwargs.items() if key != "batch_id"}
    return Told(
        bool(result.success), _first(result.exception_info), canonical(result.result), canonical(kwargs), str(config.severity)
    )


def _first(info: Any) -> str:
    """The message is at the top, or one level down under each metric that failed."""
    for part in (info or {}, *(info or {}).values()):
        if isinstance(part, dict) and part.get("raised_exception"):
            return str(part.get("exception_message") or "an error without a message")
    return ""


def canonical(value: Any) -> Any:
    """Plain Python: what numpy and pandas wrap is unwrapped, sets are sorted; nothing else is made equal."""
    if isinstance(value, pd.DataFrame):
        return [canonical(row) for row in value.to_dict("records")]
    if isinstance(value, pl.DataFrame):
        return [canonical(row) for row in value.to_dicts()]
    if isinstance(value, dict):
        return {str(key): canonical(one) for key, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((canonical(one) for one in value), key=str)
    if isinstance(value, list | tuple | np.ndarray | pd.Series | pd.Index):
        return [canonical(one) for one in value]
    return _one(value)


def _one(value: Any) -> Any:
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if value is pd.NaT:
        return "NaT"
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime(warn=False)
    if isinstance(value, pd.Timedelta):
        return value.to_pytimedelta()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    return value


def same(ours: Any, theirs: Any) -> bool:
    """Equal, of the same kind of value, numbers to nine digits (sums are added in another order)."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(same(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(ours, dt.datetime) != isinstance(theirs, dt.datetime):
        return False
    return bool(ours == theirs)


def differing(ours: Told, theirs: Told) -> list[str]:
    """Which parts differ; empty where the engines agree. Of exceptions only that there is one counts, not its words."""
    if ours.raised and theirs.raised:
        return []
    parts = [("success", ours.success, theirs.success), ("raised", bool(ours.raised), bool(theirs.raised))]
    parts += [("kwargs", ours.kwargs, theirs.kwargs), ("severity", ours.severity, theirs.severity)]
    mine, other = (one if isinstance(one, dict) else {} for one in (ours.result, theirs.result))
    parts += [(key, mine.get(key, "-"), other.get(key, "-")) for key in sorted({*mine, *other})]
    return [name for name, one, another in parts if not same(one, another)]
