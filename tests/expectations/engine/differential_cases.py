# ruff: noqa: DTZ001 # moments without a zone are among what is asked
"""What is asked of every frame: for each core expectation the keywords that try it, column by column.

A name that Great Expectations registers and that is in neither table fails the test, so a new one is not forgotten.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from differential_frames import DAYS, DECIMALS, FLAGS, MIXED, MOMENTS, NUMBERS, SCHEMA, TEXTS, ZONED

Keywords = dict[str, Any]
Case = tuple[str, Keywords]

NOT_ON_PANDAS = {
    "expect_column_values_to_match_like_pattern": "SQL only",
    "expect_column_values_to_match_like_pattern_list": "SQL only",
    "expect_column_values_to_not_match_like_pattern": "SQL only",
    "expect_column_values_to_not_match_like_pattern_list": "SQL only",
    "expect_query_results_to_match_comparison": "SQL only",
    "expect_table_row_count_to_equal_other_table": "pandas knows one table",
    "unexpected_rows_expectation": "SQL only",
}
"""Core expectations that Great Expectations does not run on pandas: nothing to compare with."""

FORMATS: dict[str, Any] = {
    "boolean": "BOOLEAN_ONLY",
    "basic": "BASIC",
    "summary": "SUMMARY",
    "few": {"result_format": "SUMMARY", "partial_unexpected_count": 3},
    "none listed": {"result_format": "BASIC", "partial_unexpected_count": 0},
    "keys": {"result_format": "COMPLETE", "unexpected_index_column_names": ["key", "group"]},
    "keys, few": {"result_format": "SUMMARY", "unexpected_index_column_names": ["key"], "partial_unexpected_count": 2},
    "rows": {"result_format": "COMPLETE", "include_unexpected_rows": True},
    "keys alone": {"result_format": "COMPLETE", "unexpected_index_column_names": ["key"], "exclude_unexpected_values": True},
    "no query": {"result_format": "COMPLETE", "return_unexpected_index_query": False},
}
"""Every shape of a result beside COMPLETE as it is."""

DAY = dt.date(2026, 1, 5)
MOMENT = dt.datetime(2026, 3, 29, 12, 0)
ZONED_MOMENT = MOMENT.replace(tzinfo=dt.UTC)
STRICT = ("whole", "amount_null", "price", "moment")
EVERY = (*NUMBERS, *DECIMALS, *TEXTS, *FLAGS, *DAYS, *MOMENTS, *ZONED)
ORDERED = (*NUMBERS, *DECIMALS, *DAYS, *MOMENTS, *ZONED)
PAIRS = (
    ("whole", "small"),
    ("whole", "whole_null"),
    ("whole_null", "amount_null"),
    ("amount", "amount_nan"),
    ("price", "price_null"),
    ("text", "text_null"),
    ("flag", "flag_null"),
    ("day", "day_null"),
    ("moment", "moment_null"),
    ("moment_utc", "moment_shanghai"),
    ("moment", "moment_utc"),
)
LISTS = (
    ["whole", "small"],
    ["whole", "whole_null", "unsigned"],
    ["amount_null", "amount_nan"],
    ["text", "text_null", "scripts"],
    ["flag", "flag_null"],
    ["day", "day_null"],
    ["moment", "moment_null"],
    ["text_null", "whole_null", "flag"],
)
ABOUT_COLUMNS = ("expect_column_to_exist", "expect_column_type_to_be")
"""Expectations about one column that take no row condition."""
MISSING_IN_PAIRS = ("both_values_are_missing", "either_value_is_missing", "neither")
MISSING_IN_LISTS = ("all_values_are_missing", "any_value_is_missing", "never")


def _middle(column: str) -> Any:
    """A value in the middle of a column's range."""
    for columns, value in ((DAYS, dt.datetime.combine(DAY, dt.time())), (MOMENTS, MOMENT), (ZONED, ZONED_MOMENT)):
        if column in columns:
            return value
    return "word 3" if column in TEXTS else 2


def _on(columns: Sequence[str], *asked: Keywords) -> Callable[[], Iterator[Keywords]]:
    return lambda: ({"column": column, **keywords} for column in columns for keywords in asked)


def _between(columns: Sequence[str]) -> Callable[[], Iterator[Keywords]]:
    def ask() -> Iterator[Keywords]:
        for column in columns:
            middle = _middle(column)
            yield {"column": column, "min_value": middle, "strict_min": column in STRICT}
            yield {"column": column, "max_value": middle, "strict_max": column not in STRICT}

    return ask


def _sets(*, mostly: bool) -> Callable[[], Iterator[Keywords]]:
    values: dict[str, list[Any]] = {
        **{name: [1, 2, 3, 4.5, -3.0] for name in NUMBERS},
        **{name: ["word 1", "word 2", SHANGHAI, "", "12"] for name in TEXTS},
        **{name: [True, False] for name in FLAGS},
        **{name: [dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 6)] for name in DAYS},
        **{name: [dt.datetime(2026, 3, 28, 22, 30)] for name in (*MOMENTS, *ZONED)},
    }

    def ask() -> Iterator[Keywords]:
        for column, several in values.items():
            yield {"column": column, "value_set": several}
            if mostly:
                yield {"column": column, "value_set": several, "mostly": 0.2}

    return ask


def _pairs(*asked: Keywords, columns: Sequence[tuple[str, str]] = PAIRS) -> Callable[[], Iterator[Keywords]]:
    """Every pair with each way to pass over missing values in turn, rather than with all of them."""
    return lambda: (
        {"column_A": a, "column_B": b, "ignore_row_if": MISSING_IN_PAIRS[(at + turn) % 3], **keywords}
        for at, (a, b) in enumerate(columns)
        for turn, keywords in enumerate(asked)
    )


def _lists(*asked: Keywords, columns: Sequence[list[str]] = LISTS) -> Callable[[], Iterator[Keywords]]:
    """As for pairs."""
    return lambda: (
        {"column_list": several, "ignore_row_if": MISSING_IN_LISTS[(at + turn) % 3], **keywords}
        for at, several in enumerate(columns)
        for turn, keywords in enumerate(asked)
    )


def _divergence() -> Iterator[Keywords]:
    yield {"column": "text", "partition_object": {"values": ["word 1", "word 2"], "weights": [0.5, 0.5]}, "threshold": 0.1}
    yield {
        "column": "text_null",
        "partition_object": {"values": [f"word {n}" for n in range(7)], "weights": [1 / 7] * 7},
        "threshold": 9,
        "tail_weight_holdout": 0.1,
    }
    for column in ("whole", "amount", "amount_null"):
        bins = {"bins": [-3.0, 0.0, 2.5, 9.0], "weights": [0.3, 0.3, 0.4]}
        yield {"column": column, "partition_object": bins, "threshold": 0.6}
        yield {
            "column": column,
            "partition_object": {"bins": [0, 2, 4], "weights": [0.5, 0.5]},
            "threshold": 0.6,
            "tail_weight_holdout": 0.1,
        }
        yield {"column": column, "threshold": 0.1}
    yield {"column": "whole", "bucketize_data": False, "threshold": 0.1}


SHANGHAI = "上海示例贸易有限公司"
LENGTHS = _on(
    (*TEXTS, "whole", "group"),
    {"min_value": 2, "max_value": 6},
    {"max_value": 6, "strict_max": True},
    {"min_value": 6, "mostly": 0.5},
)
REGEXES = _on((*TEXTS,), {"regex": r"^\w+ [1-3]"}, {"regex": r"[éüя上]", "mostly": 0.1}, {"regex": "d"})
ONE_OF = [r"^word", r"[1-4]$"]
TABLE: dict[str, Callable[[], Iterator[Keywords]]] = {
    "expect_column_distinct_values_to_be_in_set": _sets(mostly=False),
    "expect_column_distinct_values_to_contain_set": _sets(mostly=False),
    "expect_column_distinct_values_to_equal_set": _sets(mostly=False),
    "expect_column_kl_divergence_to_be_less_than": _divergence,
    "expect_column_max_to_be_between": _between(ORDERED),
    "expect_column_mean_to_be_between": _between((*NUMBERS, *DECIMALS)),
    "expect_column_median_to_be_between": _between((*NUMBERS,)),
    "expect_column_min_to_be_between": _between(ORDERED),
    "expect_column_most_common_value_to_be_in_set": _sets(mostly=False),
    "expect_column_pair_values_a_to_be_greater_than_b": _pairs({}, {"or_equal": True, "mostly": 0.3}),
    "expect_column_pair_values_to_be_equal": _pairs({}, {"mostly": 0.3}),
    "expect_column_pair_values_to_be_in_set": _pairs(
        {"value_pairs_set": [[7, 3], [None, 4], [1, 1], ["word 1", "word 1"], [True, None], [5, None]]}
    ),
    "expect_column_proportion_of_non_null_values_to_be_between": _on(EVERY, {"min_value": 0.9}),
    "expect_column_proportion_of_unique_values_to_be_between": _on(EVERY, {"max_value": 0.4}),
    "expect_column_quantile_values_to_be_between": _on(
        (*NUMBERS, *MOMENTS),
        {"quantile_ranges": {"quantiles": [0.1, 0.5, 0.9], "value_ranges": [[0, 2], [2, 6], [None, None]]}},
        {"quantile_ranges": {"quantiles": [0.33], "value_ranges": [[0, 6]]}, "allow_relative_error": "linear"},
    ),
    "expect_column_stdev_to_be_between": _between((*NUMBERS, *DECIMALS)),
    "expect_column_sum_to_be_between": _between((*NUMBERS, *DECIMALS)),
    "expect_column_to_exist": _on(("whole", "none"), {}, {"column_index": 1}),
    "expect_column_type_to_be": _on(("text", "amount", "flag"), {"type_": "object"}, {"type_": "float64"}),
    "expect_column_unique_value_count_to_be_between": _on(EVERY, {"min_value": 4, "max_value": 11}),
    "expect_column_value_lengths_to_be_between": LENGTHS,
    "expect_column_value_lengths_to_equal": _on((*TEXTS, "whole"), {"value": 6}, {"value": 1, "mostly": 0.1}),
    "expect_column_value_z_scores_to_be_less_than": _on(
        NUMBERS, {"threshold": 1, "double_sided": True}, {"threshold": 0.5, "double_sided": False, "mostly": 0.5}
    ),
    "expect_column_values_to_be_between": _between(ORDERED),
    "expect_column_values_to_be_dateutil_parseable": _on(TEXTS, {}),
    "expect_column_values_to_be_decreasing": _on((*NUMBERS, *DAYS, *MOMENTS), {}, {"strictly": True}),
    "expect_column_values_to_be_in_set": _sets(mostly=True),
    "expect_column_values_to_be_in_type_list": _on(
        ("text", "text_null", "whole", "amount", "flag", "whole_null", "flag_null"),
        {"type_list": ["str", "float"]},
        {"type_list": ["int64", "bool"]},
    ),
    "expect_column_values_to_be_increasing": _on((*NUMBERS, *DAYS, *MOMENTS), {}, {"strictly": True}),
    "expect_column_values_to_be_json_parseable": _on(TEXTS, {}, {"mostly": 0.3}),
    "expect_column_values_to_be_null": _on(EVERY, {"mostly": 0.2}),
    "expect_column_values_to_be_of_type": _on(
        ("text", "text_null", "whole", "amount", "flag"), {"type_": "str"}, {"type_": "int64"}, {"type_": "float"}
    ),
    "expect_column_values_to_be_unique": _on((*EVERY, "key", "group"), {}),
    "expect_column_values_to_match_json_schema": _on(
        ("documents",), {"json_schema": {"type": "object"}}, {"json_schema": {"required": ["a"]}, "mostly": 0.9}
    ),
    "expect_column_values_to_match_regex": REGEXES,
    "expect_column_values_to_match_regex_list": _on(TEXTS, {"regex_list": ONE_OF}, {"regex_list": ONE_OF, "match_on": "all"}),
    "expect_column_values_to_match_strftime_format": _on(TEXTS, {"strftime_format": "%Y-%m-%d"}),
    "expect_column_values_to_not_be_in_set": _sets(mostly=True),
    "expect_column_values_to_not_be_null": _on(EVERY, {"mostly": 0.8}),
    "expect_column_values_to_not_be_outliers": _on(
        NUMBERS, {"method": "iqr", "multiplier": 0.5}, {"method": "std", "multiplier": 1.0, "mostly": 0.5}
    ),
    "expect_column_values_to_not_match_regex": REGEXES,
    "expect_column_values_to_not_match_regex_list": _on(TEXTS, {"regex_list": ONE_OF}),
    "expect_compound_columns_to_be_unique": _lists({}, {"mostly": 0.5}),
    "expect_multicolumn_sum_to_equal": _lists({"sum_total": 5}, {"sum_total": 4.0, "mostly": 0.1}, columns=LISTS[:3]),
    "expect_multicolumn_values_to_be_equal": _lists({}),
    "expect_select_column_values_to_be_unique_within_record": _lists({}, {"mostly": 0.5}),
    "expect_table_column_count_to_be_between": lambda: iter([{"min_value": 2, "max_value": 4}, {"min_value": 2}]),
    "expect_table_column_count_to_equal": lambda: iter([{"value": 27}, {"value": 3}]),
    "expect_table_columns_to_match_ordered_list": lambda: iter(
        [{"column_list": ["whole", "key"]}, {"column_list": list(SCHEMA)}]
    ),
    "expect_table_columns_to_match_set": lambda: iter(
        [{"column_set": ["key", "whole"], "exact_match": False}, {"column_set": ["key", "none"]}]
    ),
    "expect_table_row_count_to_be_between": lambda: iter([{"min_value": 2, "max_value": 24}, {"max_value": 1}]),
    "expect_table_row_count_to_equal": lambda: iter([{"value": 24}, {"value": 1}]),
}


def every_case() -> list[Case]:
    """Name and keywords, of every expectation that pandas can answer."""
    return [(name, keywords) for name, ask in TABLE.items() for keywords in ask()]


def one_of_each(turn: int = 0) -> list[Case]:
    """One case of every expectation, another one in another turn, for what has to be asked many times over."""
    told = [(name, list(ask())) for name, ask in TABLE.items()]
    return [(name, several[turn * 7 % len(several)]) for name, several in told]


def on_mixed_columns() -> list[Case]:
    """What can be asked of the columns of `differential_frames.mixed`: one case of every expectation, for two of them."""
    cases = []
    for turn, (name, keywords) in enumerate(one_of_each()):
        if "column" in keywords and "partition" not in str(keywords) and name not in ABOUT_COLUMNS:
            cases += [(name, keywords | {"column": column}) for column in ("mixed", MIXED[1 + turn % 2])]
        elif "column_A" in keywords:
            cases += [(name, keywords | {"column_A": a, "column_B": b}) for a, b in (("mixed", "whole"), ("words", "mixed"))]
        elif "column_list" in keywords and "ignore_row_if" in keywords:
            cases.append((name, keywords | {"column_list": [*MIXED]}))
    return cases
