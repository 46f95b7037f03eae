"""Conditions on the values of one column as text: length, patterns, what they can be parsed as, their type."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
from dateutil import parser as dates

from expectations.engine.define import Asked, Inexpressible, column_condition
from expectations.engine.distinct import on_distinct
from expectations.engine.patterns import holds, like
from expectations.engine.values import as_text, is_text


@column_condition("column_values.value_length.equals", "value")
def length_equals(column: pl.Expr, asked: Asked, *, value: float) -> pl.Expr:
    """So many characters."""
    return as_text(column, asked.dtype).str.len_chars() == value


@column_condition("column_values.value_length.between", "min_value", "max_value", "strict_min", "strict_max")
def length_between(
    column: pl.Expr,
    asked: Asked,
    *,
    min_value: float | None = None,
    max_value: float | None = None,
    strict_min: bool = False,
    strict_max: bool = False,
) -> pl.Expr:
    """So many characters, or so many."""
    length = as_text(column, asked.dtype).str.len_chars()
    if min_value is None and max_value is None:
        raise ValueError("Invalid configuration")
    enough = pl.lit(value=True) if min_value is None else (length > min_value if strict_min else length >= min_value)
    return enough if max_value is None else enough & (length < max_value if strict_max else length <= max_value)


@column_condition("column_values.match_regex", "regex")
def match_regex(column: pl.Expr, asked: Asked, *, regex: str) -> pl.Expr:
    """The value holds a match."""
    return holds(as_text(column, asked.dtype), regex)


@column_condition("column_values.not_match_regex", "regex")
def not_match_regex(column: pl.Expr, asked: Asked, *, regex: str) -> pl.Expr:
    """The value holds no match."""
    return ~holds(as_text(column, asked.dtype), regex)


@column_condition("column_values.match_regex_list", "regex_list", "match_on")
def match_regex_list(column: pl.Expr, asked: Asked, *, regex_list: Sequence[str], match_on: str = "any") -> pl.Expr:
    """The value holds a match of any of the patterns, or of all."""
    return _together([holds(as_text(column, asked.dtype), one) for one in regex_list], match_on)


@column_condition("column_values.not_match_regex_list", "regex_list")
def not_match_regex_list(column: pl.Expr, asked: Asked, *, regex_list: Sequence[str]) -> pl.Expr:
    """The value holds a match of none of the patterns."""
    return ~_together([holds(as_text(column, asked.dtype), one) for one in regex_list], "any")


@column_condition("column_values.match_like_pattern", "like_pattern", "escape")
def match_like_pattern(column: pl.Expr, asked: Asked, *, like_pattern: str, escape: str | None = None) -> pl.Expr:
    """The value is as a pattern of SQL's LIKE has it. Pandas does not have this one."""
    return as_text(column, asked.dtype).str.contains(like(like_pattern, escape))


@column_condition("column_values.not_match_like_pattern", "like_pattern", "escape")
def not_match_like_pattern(column: pl.Expr, asked: Asked, *, like_pattern: str, escape: str | None = None) -> pl.Expr:
    """The value is not as a pattern of SQL's LIKE has it."""
    return ~as_text(column, asked.dtype).str.contains(like(like_pattern, escape))


@column_condition("column_values.match_like_pattern_list", "like_pattern_list", "match_on", "escape")
def match_like_pattern_list(
    column: pl.Expr, asked: Asked, *, like_pattern_list: Sequence[str], match_on: str = "any", escape: str | None = None
) -> pl.Expr:
    """The value is as any pattern of SQL's LIKE has it, or as all have it."""
    text = as_text(column, asked.dtype)
    return _together([text.str.contains(like(one, escape)) for one in like_pattern_list], match_on)


@column_condition("column_values.not_match_like_pattern_list", "like_pattern_list", "escape")
def not_match_like_pattern_list(
    column: pl.Expr, asked: Asked, *, like_pattern_list: Sequence[str], escape: str | None = None
) -> pl.Expr:
    """The value is as none of the patterns of SQL's LIKE has it."""
    text = as_text(column, asked.dtype)
    return ~_together([text.str.contains(like(one, escape)) for one in like_pattern_list], "any")


def _together(found: Sequence[pl.Expr], match_on: str) -> pl.Expr:
    if not found:
        raise ValueError("At least one pattern must be given.")
    if match_on not in ("any", "all"):
        raise ValueError("match_on must be either 'any' or 'all'")
    return pl.any_horizontal(found) if match_on == "any" else pl.all_horizontal(found)


@column_condition("column_values.dateutil_parseable")
def dateutil_parseable(column: pl.Expr, asked: Asked) -> pl.Expr:
    """The text is a date or a time to `dateutil`."""
    return _judged(column, asked, "be_dateutil_parseable", lambda value: bool(dates.parse(value)), (ValueError, OverflowError))


@column_condition("column_values.match_strftime_format", "strftime_format")
def match_strftime_format(column: pl.Expr, asked: Asked, *, strftime_format: str) -> pl.Expr:
    """The text is a date or a time in this format."""
    parsed = dt.datetime.strptime
    return _judged(column, asked, "match_strftime_format", lambda value: bool(parsed(value, strftime_format)), (ValueError,))


def _judged(column: pl.Expr, asked: Asked, name: str, judge: Callable[[str], bool], no: tuple[type[Exception], ...]) -> pl.Expr:
    if not is_text(asked.dtype):
        raise TypeError(
            f"Values passed to expect_column_values_to_{name} must be of type string.\nIf you want to validate a column of "
            "dates or timestamps, please call the expectation before converting from string format."
        )

    def holds_for(value: str) -> bool:
        try:
            return judge(value)
        except no:
            return False

    return _each(column, holds_for)


def _each(column: pl.Expr, judge: Callable[[str], bool], *, may_raise: bool = False) -> pl.Expr:
    def judged(values: pl.Series) -> pl.Series:
        return pl.Series([judge(one) for one in values.to_list()], dtype=pl.Boolean)

    return on_distinct(column.cast(pl.String), judged, may_raise=may_raise)


@column_condition("column_values.json_parseable")
def json_parseable(column: pl.Expr, asked: Asked) -> pl.Expr:
    """The text is JSON; a value of another type is not."""
    if not is_text(asked.dtype):
        return pl.lit(value=False)

    def readable(value: str) -> bool:
        try:
            json.loads(value)
        except ValueError:
            return False
        return True

    return _each(column, readable)


@column_condition("column_values.match_json_schema", "json_schema")
def match_json_schema(column: pl.Expr, asked: Asked, *, json_schema: dict[str, Any]) -> pl.Expr:
    """The text is JSON of this schema; text that is no JSON is an error of the expectation, as it is for pandas."""
    from jsonschema.validators import validator_for  # noqa: PLC0415 # rarely needed

    if not is_text(asked.dtype):
        raise Inexpressible(f"{asked.dtype} is no JSON")
    kind = validator_for(json_schema)
    kind.check_schema(json_schema)
    validator = kind(json_schema)
    return _each(column, lambda value: bool(validator.is_valid(json.loads(value))), may_raise=True)


@column_condition("column_values.of_type", "type_")
def of_type(column: pl.Expr, asked: Asked, *, type_: str) -> pl.Expr:
    """The value is of a Python type. All texts are of one type, so pandas is asked about one."""
    del column
    return _typed(asked, "column_values.of_type", {"type_": type_})


@column_condition("column_values.in_type_list", "type_list")
def in_type_list(column: pl.Expr, asked: Asked, *, type_list: Sequence[str]) -> pl.Expr:
    """The value is of one of some Python types."""
    del column
    return _typed(asked, "column_values.in_type_list", {"type_list": list(type_list)})


def _typed(asked: Asked, name: str, value: dict[str, Any]) -> pl.Expr:
    from expectations.engine.batch import Frames  # noqa: PLC0415 # rarely needed
    from expectations.engine.fallback import through_pandas  # noqa: PLC0415 # as above

    if not is_text(asked.dtype):
        raise Inexpressible(f"the types of values of {asked.dtype} are Python's")
    one = Frames(pl.DataFrame({"one": ["text"]}))
    wrong = through_pandas(one, None, f"{name}.unexpected_count", {"column": "one"}, value, "one text stands for all")
    return pl.lit(value=not wrong)
