"""For each listed difference, what it does to two answers: they must be equal once it is taken out."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
from differential_cases import Case
from differential_sides import Told, differing

Pair = tuple[Told, Told]
LISTS = ("unexpected_list", "partial_unexpected_list", "partial_missing_list", "observed_value", "unexpected_rows")
INDEXES = ("unexpected_index_list", "partial_unexpected_index_list")


def columns_of(keywords: dict[str, Any]) -> list[str]:
    """The columns of a case."""
    single = [keywords[key] for key in ("column", "column_A", "column_B") if key in keywords]
    return [*single, *keywords.get("column_list", [])]


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {key: _mapped(one, change) for key, one in value.items()}
    if isinstance(value, list):
        return [_mapped(one, change) for one in value]
    return change(value)


def _changed(told: Told, change: Callable[[Any], Any]) -> Told:
    return replace(told, result=_mapped(told.result, change))


def _missing_values(_case: Case, _frame: pl.DataFrame, ours: Told, theirs: Told) -> Pair:
    if not (_holds_nan(theirs.result) and isinstance(ours.result, dict) and isinstance(theirs.result, dict)):
        return ours, theirs
    ours, told = (_changed(one, lambda value: None if value in ("NaN", "NaT") else value) for one in (ours, theirs))
    without = [{k: v for k, v in one.result.items() if k != "partial_unexpected_counts"} for one in (ours, told)]
    return replace(ours, result=without[0]), replace(told, result=without[1])


def _holds_nan(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_nan, value.values()))
    if isinstance(value, list):
        return any(map(_holds_nan, value))
    return isinstance(value, str) and value in {"NaN", "NaT"}


def _days(_case: Case, _frame: pl.DataFrame, ours: Told, theirs: Told) -> Pair:
    def midnight(one: Any) -> Any:
        day = isinstance(one, dt.date) and not isinstance(one, dt.datetime)
        return dt.datetime.combine(one, dt.time()) if day else one

    return _changed(ours, midnight), theirs


def _zones(case: Case, frame: pl.DataFrame, ours: Told, theirs: Told) -> Pair:
    def naive(one: Any) -> Any:
        return one.astimezone(dt.UTC).replace(tzinfo=None) if isinstance(one, dt.datetime) and one.tzinfo else one

    if len(columns_of(case[1])) < 2 or not isinstance(ours.result, dict):
        return ours, theirs
    changed = {key: value if key == "unexpected_rows" else _mapped(value, naive) for key, value in ours.result.items()}
    return replace(ours, result=changed), theirs


def _half_zoned(case: Case, frame: pl.DataFrame, ours: Told, theirs: Told) -> Pair:
    zoned = {
        isinstance(dtype, pl.Datetime) and dtype.time_zone is not None for dtype in map(frame.schema.get, columns_of(case[1]))
    }
    mixed = len(zoned) > 1 or (zoned == {True} and "value_set" in case[1])
    return (ours, ours) if mixed and not ours.raised else (ours, theirs)


def _types_with_gaps(case: Case, frame: pl.DataFrame, ours: Told, theirs: Told) -> Pair:
    if "type" not in case[0] or case[1]["column"] not in frame.columns:
        return ours, theirs
    column = frame[case[1]["column"]]
    gaps = column.null_count() and (column.dtype.is_integer() or column.dtype == pl.Boolean)
    return (ours, ours) if gaps and not ours.raised else (ours, theirs)


def _query(_case: Case, _frame: pl.DataFrame, ours: Told, theirs: Told) -> Pair:
    def numbers(told: Told) -> Told:
        if not isinstance(told.result, dict) or not isinstance(told.result.get("unexpected_index_query"), str):
            return told
        query = told.result["unexpected_index_query"].replace("axis=0", "")
        return replace(told, result=told.result | {"unexpected_index_query": re.findall(r"\d+", query)})

    return numbers(ours), numbers(theirs)


def _order(case: Case, _frame: pl.DataFrame, ours: Told, theirs: Told) -> Pair:
    if "distinct" not in case[0]:
        return ours, theirs

    def ordered(told: Told) -> Told:
        listed = told.result.get("partial_missing_list") if isinstance(told.result, dict) else None
        return told if listed is None else replace(told, result=told.result | {"partial_missing_list": sorted(listed, key=str)})

    return ordered(ours), ordered(theirs)


def _theirs_raised(names: tuple[str, ...], dtype: Callable[[pl.DataType], bool], *, empty: bool = False) -> Callable[..., Pair]:
    """They raise and we do not, in columns of this type with a value missing; with all missing, if `empty`."""

    def explain(case: Case, frame: pl.DataFrame, ours: Told, theirs: Told) -> Pair:
        gaps = [
            name
            for name in columns_of(case[1])
            if dtype(frame.schema[name]) and (frame[name].count() == 0 if empty else frame[name].null_count())
        ]
        explained = theirs.raised and not ours.raised and any(name in case[0] for name in names) and gaps
        return (ours, ours) if explained else (ours, theirs)

    return explain


def _small_floats(case: Case, frame: pl.DataFrame, ours: Told, theirs: Told) -> Pair:
    if not all(frame.schema[name] == pl.Float32 for name in columns_of(case[1])) or not isinstance(ours.result, dict):
        return ours, theirs
    return tuple(_changed(one, lambda x: float(f"{x:.5g}") if isinstance(x, float) else x) for one in (ours, theirs))  # type: ignore[return-value]


def _unsigned(case: Case, frame: pl.DataFrame, ours: Told, theirs: Told) -> Pair:
    wraps = "creasing" in case[0] and frame.schema[case[1]["column"]].is_unsigned_integer() and not ours.raised
    return (ours, ours) if wraps else (ours, theirs)


def _two_nothings(case: Case, frame: pl.DataFrame, ours: Told, theirs: Told) -> Pair:
    kinds = {frame.schema[name].is_numeric() or frame.schema[name].is_temporal() for name in columns_of(case[1])}
    both = len(kinds) == 2 and "within_record" in case[0]
    return (ours, ours) if both and not theirs.raised else (ours, theirs)


EXPLAINED: dict[str, Callable[[Case, pl.DataFrame, Told, Told], Pair]] = {
    "query for rows": _query,
    "order of a set": _order,
    "decimals with gaps": _theirs_raised(("_mean_", "_sum_", "_stdev_"), lambda dtype: dtype.is_decimal()),
    "truth values with gaps": _theirs_raised(("a_to_be_greater_than_b",), lambda dtype: dtype == pl.Boolean),
    "quantiles of no moments": _theirs_raised(("_quantile_",), lambda dtype: dtype.is_temporal(), empty=True),
    "whole numbers without sign in order": _unsigned,
    "two kinds of nothing": _two_nothings,
    "types with gaps": _types_with_gaps,
    "small floats": _small_floats,
    "moments with and without zone": _half_zoned,
    "missing values": _missing_values,
    "zones of pairs": _zones,
    "days": _days,
}
"""Every listed difference by name, the wider ones last."""


def unexplained(case: Case, frame: pl.DataFrame, ours: Told, theirs: Told) -> tuple[list[str], set[str]]:
    """The parts that differ for no listed reason, and the names of the differences that were seen."""
    left, seen = differing(ours, theirs), set()
    for name, explain in EXPLAINED.items():
        if not left:
            break
        ours, theirs = explain(case, frame, ours, theirs)
        now = differing(ours, theirs)
        if now != left:
            seen.add(name)
        left = now
    return left, seen
