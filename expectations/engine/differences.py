"""Where verdicts differ from those of Great Expectations on pandas, and why: read by the differential test and by the documents.

The test fails if an answer differs for no reason that is listed here, or if a listed difference no longer occurs.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """One way in which answers differ."""

    name: str
    expectations: str
    """Which ones, in words."""
    circumstance: str
    """When: what is in the columns, or what is asked."""
    here: str
    on_pandas: str
    reason: str


DIFFERENCES = (
    Difference(
        "missing values",
        "all that list values",
        "a number, date or moment is missing",
        "`None`; equal lists of values are counted together",
        "`NaN` or `NaT`; in `partial_unexpected_counts` each is counted for itself",
        "polars knows null; pandas writes it as a number that equals nothing, itself neither",
    ),
    Difference(
        "days",
        "all that list values",
        "a column of dates",
        "`date`",
        "`Timestamp` at midnight",
        "pandas has no dates; a bound or a set may be given as either",
    ),
    Difference(
        "zones of pairs",
        "two columns of moments with zones",
        "always",
        "moments with their zones",
        "moments in UTC without zone",
        "pandas drops the zone when it puts two columns side by side",
    ),
    Difference(
        "moments with and without zone",
        "sets, pairs",
        "one of what is compared has a zone, the other has none",
        "those without are UTC",
        "never equal, or an exception",
        "as bounds have it; what is equal must not hang on how a column was read",
    ),
    Difference(
        "types with gaps",
        "of a type, in a list of types",
        "a whole number or a truth value is missing",
        "`int64`, `bool`",
        "`float64`, `object`",
        "a column holds what it holds, whether or not all of it is there",
    ),
    Difference(
        "query for rows",
        "all that judge rows, in COMPLETE",
        "always",
        "`df[[0, 3]]`",
        "`df.filter(items=[0, 3], axis=0)`",
        "each in the words of its own library; the same rows",
    ),
    Difference(
        "order of a set",
        "distinct values to contain or equal a set",
        "several expected values are absent",
        "`partial_missing_list` in the order of the set that was given",
        "in no particular order",
        "a list that changes from run to run can't be compared",
    ),
    Difference(
        "decimals with gaps",
        "mean, sum, standard deviation",
        "a decimal is missing",
        "computed of those that are there",
        "an exception",
        "pandas keeps decimals as Python objects and can't convert `None`",
    ),
    Difference(
        "truth values with gaps",
        "a greater than b",
        "a truth value is missing",
        "the row does not meet it",
        "an exception",
        "as every other missing value; pandas compares `bool` with `None`",
    ),
    Difference(
        "quantiles of no moments",
        "quantile values",
        "a column of moments without any",
        "not met, as for numbers",
        "an exception",
        "pandas compares `NaT` with numbers",
    ),
    Difference(
        "whole numbers without sign in order",
        "increasing, decreasing",
        "a column of unsigned whole numbers",
        "compared as they are",
        "a step down counts as a step up",
        "pandas subtracts without a sign, so that less than zero wraps around",
    ),
    Difference(
        "small floats",
        "standard deviation, z-scores, outliers",
        "a column of 32-bit floats",
        "reckoned with 64 bits",
        "reckoned with 32 bits, so that the seventh digit differs",
        "the more exact of the two",
    ),
    Difference(
        "two kinds of nothing",
        "unique within record",
        "two values are missing, one of them text or a truth value, the other a number",
        "they are the same",
        "`None` and `NaN` are two values",
        "whether a record passes must not hang on how a library writes a missing value",
    ),
)
"""Every difference that is known."""


def table() -> str:
    """The differences as a table in Markdown, as it stands in the documents."""
    head = "| what | expectations | when | here | on pandas | why |\n|---|---|---|---|---|---|\n"
    rows = (
        f"| {one.name} | {one.expectations} | {one.circumstance} | {one.here} | {one.on_pandas} | {one.reason} |"
        for one in DIFFERENCES
    )
    return head + "\n".join(rows) + "\n"


if __name__ == "__main__":
    print(table())  # noqa: T201 # a page is pasted from here
