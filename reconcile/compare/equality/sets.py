"""Fields that hold several values at once: the same values in another order are the same."""

from __future__ import annotations

import polars as pl

from reconcile.compare.equality.verdicts import OpenCells
from reconcile.values import Reading, comparable, standard
from reconcile.values.rule import Rule


def several(rule: Rule, cells: OpenCells) -> None:
    """Values parted by the rule's separator, compared as a set of comparable forms."""
    for short, side in (("l", "crm_raw"), ("r", "erp_raw")):
        cells.keep(**{short: _members(rule, side)})
    left, right = pl.col("l"), pl.col("r")
    cells.equal("set_order", left == right)
    more_in_crm, more_in_erp = left.list.set_difference(right).list.len(), right.list.set_difference(left).list.len()
    cells.different("lacks_in_erp", (more_in_crm > 0) & (more_in_erp == 0))
    cells.different("lacks_in_crm", (more_in_erp > 0) & (more_in_crm == 0))


def _members(rule: Rule, side: str) -> pl.Expr:
    assert rule.separator  # whoever comes here has one
    member = comparable(rule.kind, standard(rule.kind, pl.element(), pl.String(), Reading()))
    return pl.col(side).str.split(rule.separator).list.eval(member.cast(pl.String)).list.drop_nulls().list.unique().list.sort()
