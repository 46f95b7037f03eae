"""One contender of the expectations benchmark, in the process that it is measured in.

    python -P expectations_contenders.py polars|pandas|pointblank|hand FILE ROWS

Prints seconds (the median of five after one warm-up), peak memory, and for each of the twelve rules its verdict and failing rows.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import polars as pl

STATUS, COUNTRIES = ["open", "paid", "sent", "void"], ["CN", "DE", "FR", "US"]
EMAIL = r"^[\w.+-]+@[\w-]+\.[a-z]{2,}$"
Found = list[tuple[bool, int | None]]
"""For each rule whether it holds, and how many rows fail; None for a rule about a whole column or table."""


def rules(rows: int) -> list[Any]:
    """The twelve rules as expectations."""
    import great_expectations.expectations as gxe  # noqa: PLC0415 # in the contender that needs it

    return [
        gxe.ExpectColumnValuesToNotBeNull(column="name"),
        gxe.ExpectColumnValuesToBeUnique(column="id"),
        gxe.ExpectColumnValuesToBeInSet(column="status", value_set=STATUS),
        gxe.ExpectColumnValuesToBeBetween(column="amount", min_value=0, max_value=10_000),
        gxe.ExpectColumnValuesToMatchRegex(column="email", regex=EMAIL),
        gxe.ExpectColumnValueLengthsToBeBetween(column="code", min_value=8, max_value=12),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="gross", column_B="net"),
        gxe.ExpectColumnMeanToBeBetween(column="amount", min_value=4000, max_value=6000),
        gxe.ExpectColumnSumToBeBetween(column="quantity", min_value=rows, max_value=7 * rows),
        gxe.ExpectColumnDistinctValuesToBeInSet(column="country", value_set=COUNTRIES),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=["order", "line"]),
        gxe.ExpectTableRowCountToBeBetween(min_value=1, max_value=2 * rows),
    ]


def by_great_expectations(source: str, frame: Any, rows: int) -> Callable[[], Found]:
    """A suite of Great Expectations in its default format; only the validation is timed."""
    import great_expectations as gx  # noqa: PLC0415 # in the contender that needs it
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415 # as above

    from expectations.engine import install  # noqa: PLC0415 # as above

    install()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    asset = getattr(context.data_sources, f"add_{source}")("source").add_dataframe_asset("orders")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(name="orders")
    for at, rule in enumerate(rules(rows)):
        rule.meta = {"at": at}
        suite.add_expectation(rule)

    def run() -> Found:
        results = sorted(batch.validate(suite).results, key=lambda one: one.expectation_config.meta["at"])
        return [(bool(one.success), one.result["unexpected_count"] if "element_count" in one.result else None) for one in results]

    return run


def by_hand(frame: pl.DataFrame, rows: int) -> Callable[[], Found]:
    """The same questions as expressions: how many rows fail, and nothing else."""
    import great_expectations  # noqa: F401, PLC0415 # so that the memory of all processes starts alike

    def run() -> Found:
        found = frame.lazy().select(
            pl.col("name").is_null().sum(),
            pl.col("id").is_duplicated().sum(),
            (~pl.col("status").is_in(STATUS)).sum(),
            (~pl.col("amount").is_between(0, 10_000)).sum(),
            (~pl.col("email").str.contains(EMAIL)).sum(),
            (~pl.col("code").str.len_chars().is_between(8, 12)).sum(),
            (pl.col("gross") <= pl.col("net")).sum(),
            pl.col("amount").mean().is_between(4000, 6000).alias("mean"),
            pl.col("quantity").sum().is_between(rows, 7 * rows),
            pl.col("country").unique().is_in(COUNTRIES).all(),
            pl.struct("order", "line").is_duplicated().sum(),
            pl.len().is_between(1, 2 * rows).alias("rows"),
        )
        values = found.collect().row(0)
        return [(one, None) if isinstance(one, bool) else (one == 0, one) for one in values]

    return run


def by_pointblank(frame: pl.DataFrame, rows: int) -> Callable[[], Found]:
    """The same questions as steps of pointblank; a bound on both sides of a mean or a sum is two steps."""
    import pointblank as pb  # noqa: PLC0415 # in an environment of its own

    def run() -> Found:
        steps = (
            pb.Validate(frame)
            .col_vals_not_null("name")
            .rows_distinct(["id"])
            .col_vals_in_set("status", STATUS)
            .col_vals_between("amount", 0, 10_000)
            .col_vals_regex("email", EMAIL)
            .col_vals_str_len("code", min_val=8, max_val=12)
            .col_vals_gt("gross", pb.col("net"))
            .col_avg_ge("amount", 4000)
            .col_avg_le("amount", 6000)
            .col_sum_ge("quantity", rows)
            .col_sum_le("quantity", 7 * rows)
            .col_vals_in_set("country", COUNTRIES)
            .rows_distinct(["order", "line"])
            .row_count_match(rows)
            .interrogate()
        )
        failed = [steps.n_failed(i=at, scalar=True) for at in range(1, 15)]
        whole = [failed[7] + failed[8], failed[9] + failed[10], failed[11], failed[13]]
        return [
            *((one == 0, int(one)) for one in failed[:7]),
            *((one == 0, None) for one in whole[:3]),
            (failed[12] == 0, int(failed[12])),
            (whole[3] == 0, None),
        ]

    return run


def main(name: str, path: str, rows: int) -> None:
    """Measure one contender."""
    frame = pl.read_ipc(path)
    if name in ("polars", "pandas"):
        run = by_great_expectations(name, frame.to_pandas() if name == "pandas" else frame, rows)
    else:
        run = {"hand": by_hand, "pointblank": by_pointblank}[name](frame, rows)
    found, taken = run(), []
    for _ in range(5):
        start = time.perf_counter()
        found = run()
        taken.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    verdicts, failing = [holds for holds, _ in found], [count for _, count in found]
    print(json.dumps({"seconds": statistics.median(taken), "peak_mb": peak, "verdicts": verdicts, "failing": failing}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
