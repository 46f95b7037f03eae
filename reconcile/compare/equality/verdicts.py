"""The verdicts, and the cells that wait for one: each rule settles those it is sure of, and the next sees the others alone."""

from __future__ import annotations

from enum import StrEnum

import polars as pl


class Verdict(StrEnum):
    """What became of a pair of values."""

    EQUAL = "equal"
    EQUAL_BY_RULE = "equal-by-rule"
    DIFFERENT = "different"
    ONE_SIDED = "one-sided"
    NOT_COMPARABLE = "not-comparable"


VERDICT = pl.Enum([str(verdict) for verdict in Verdict])
"""The type of a column of verdicts."""


class OpenCells:
    """Cells of one field without a verdict, and the verdicts of the others.

    Args:
        cells: at least `crm`, `erp`, `crm_raw` and `erp_raw`.
        counts: reason codes of rules that don't hold.
    """

    def __init__(self, cells: pl.DataFrame, counts: frozenset[str] = frozenset()) -> None:
        self.rest = cells.with_columns(_cell=pl.int_range(pl.len(), dtype=pl.UInt32))
        """What is open, with what `keep` has added."""
        self._counts = counts
        self._settled: list[pl.DataFrame] = []

    def keep(self, **forms: pl.Expr) -> None:
        """Add columns to what is open, for rules to come."""
        if not self.rest.is_empty():
            self.rest = self.rest.with_columns(**forms)

    def settle(self, verdict: Verdict, reason: str | pl.Expr, holds: pl.Expr, *, among: pl.Expr | None = None) -> None:
        """Give a verdict to the open cells where something holds; null is false.

        Args:
            verdict: the verdict.
            reason: its code, or an expression that gives one.
            holds: Boolean.
            among: Boolean and cheap; `holds` is asked only where this is true.
        """
        if self.rest.is_empty() or (verdict is Verdict.EQUAL_BY_RULE and isinstance(reason, str) and reason in self._counts):
            return
        asked = self.rest if among is None else self.rest.filter(among)
        if asked.is_empty():
            return
        mask = asked.select(holds.fill_null(value=False).alias("m")).to_series()
        if not mask.any():
            return
        settled = asked.filter(mask)
        code = pl.lit(reason) if isinstance(reason, str) else reason
        self._settled.append(settled.select("_cell", verdict=pl.lit(str(verdict), VERDICT), reason=code.cast(pl.String)))
        if among is None:
            self.rest = asked.filter(~mask)
        else:
            self.rest = self.rest.join(settled.select("_cell"), on="_cell", how="anti", maintain_order="left")

    def equal(self, reason: str | pl.Expr, holds: pl.Expr, *, among: pl.Expr | None = None) -> None:
        """Settle as equal by a rule, unless the rule doesn't hold for this field."""
        self.settle(Verdict.EQUAL_BY_RULE, reason, holds, among=among)

    def different(self, reason: str | pl.Expr, holds: pl.Expr | None = None, *, among: pl.Expr | None = None) -> None:
        """Settle as different; all that is open if nothing else is said."""
        self.settle(Verdict.DIFFERENT, reason, pl.col("_cell").is_not_null() if holds is None else holds, among=among)

    def outcome(self) -> pl.DataFrame:
        """Verdict and reason of all cells, in their order; what is still open is different."""
        self.different("different")
        empty = pl.DataFrame(schema={"_cell": pl.UInt32, "verdict": VERDICT, "reason": pl.String})
        return pl.concat([empty, *self._settled]).sort("_cell").drop("_cell")
