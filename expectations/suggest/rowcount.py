"""How many records there should be at least: half a file is the commonest fault of an export."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.suggest.proposal import Both, Proposal
from expectations.suggest.table import Table

COUNT = "expect_table_row_count_to_be_between"
_ENOUGH = 20


def row_count(table: Table) -> Iterator[Proposal]:
    """The rule, with a round number that is about half of today's; none for a handful of rows."""
    if table.rows < _ENOUGH:
        return
    half = table.rows // 2
    step = 10 ** (len(str(half)) - 1)
    least = max(1, half // step * step)
    why = Both(
        f"{table.rows:,} rows today; fewer than about half of them would be an export that was cut short. "
        "Narrow it once you know how the number moves.",
        f"目前有 {table.rows:,} 行；若不足约一半，多半是导出被中断。了解行数变化规律后可收紧。",
    )
    message = Both(
        f"There are fewer than {least:,} records. Export them again, whole.", f"记录少于 {least:,} 条，请重新完整导出。"
    )
    yield Proposal("enough_records", COUNT, {"min_value": least}, "blocking", message, why, dimension="completeness")
