"""Payments that name no invoice: which open invoices of the same customer, in the same currency, they are the sum of.

Row by row, but only for the few payments concerned, and at most so many as the configuration allows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from reconcile.compare.conservation.search import Amounts, Ways, ways

_COVERED: dict[str, pl.DataType | type[pl.DataType]] = {
    "payment": pl.String,
    "outcome": pl.String,  # covered, ambiguous, bounded, unexplained
    "ways": pl.Int64,  # in how many ways; of those that were tried
    "invoices": pl.List(pl.String),  # of the only way, or of one with the fewest invoices
}
COVERED = pl.Schema(_COVERED)
"""What became of payments that name no invoice, one row each."""
_GROUP = ["customer", "currency"]


@dataclass
class _Account:
    """The payments and open invoices of one customer in one currency."""

    keys: Sequence[str]
    amounts: Amounts
    """Of the invoices; of credit notes, negative."""
    days: Amounts
    """Of the invoices, since 1970; far back where none is known."""
    free: NDArrayBool = field(init=False)

    def __post_init__(self) -> None:
        """Nothing is covered yet."""
        self.free = np.ones(len(self.amounts), dtype=np.bool_)


NDArrayBool = np.ndarray[tuple[int], np.dtype[np.bool_]]


def covered(payments: pl.DataFrame, opened: pl.DataFrame, tolerance: int, most: int, payments_most: int) -> pl.DataFrame:
    """COVERED of payments.

    A payment with one way only covers those invoices, which are then no longer open; that may leave one way only for another
    payment, so all are asked again until nothing changes. Two payments that could each only be for the same invoice are
    ambiguous.

    Args:
        payments: key, customer, currency, amount (Int64, positive) and at (Date).
        opened: the same of invoices that are not fully paid, and of credit notes that name no invoice, as negative amounts.
        tolerance: in minor units.
        most: of so many open invoices, all subsets are tried.
        payments_most: of more payments, those that come last by day and key are left as `bounded`.
    """
    ordered = payments.sort("at", "key", nulls_last=True)
    rows: list[tuple[str, str, int, list[str]]] = [(key, "bounded", 0, []) for key in ordered["key"][payments_most:].to_list()]
    asked = ordered.head(payments_most)
    near = opened.join(asked.select(_GROUP).unique(), on=_GROUP, how="semi").sort("at", "key", nulls_last=True)
    accounts = {group: _account(rows_) for group, rows_ in near.group_by(_GROUP)}
    for group, mine in asked.group_by(_GROUP, maintain_order=True):
        account = accounts.get(group) or _account(near.clear())
        rows.extend(_settled(account, mine, tolerance, most))
    return pl.DataFrame(rows, schema=COVERED, orient="row")


def _account(invoices: pl.DataFrame) -> _Account:
    return _Account(invoices["key"].to_list(), invoices["amount"].to_numpy(), _days(invoices))


def _days(frame: pl.DataFrame) -> Amounts:
    return frame["at"].cast(pl.Int32).cast(pl.Int64).fill_null(-(10**9)).to_numpy()


def _settled(account: _Account, payments: pl.DataFrame, tolerance: int, most: int) -> Iterator[tuple[str, str, int, list[str]]]:
    keys, amounts = payments["key"].to_list(), payments["amount"].to_numpy()
    days = payments["at"].cast(pl.Int32).cast(pl.Int64).fill_null(10**9).to_numpy()
    waiting = list(range(len(keys)))
    while True:
        found = {place: _ways(account, int(amounts[place]), int(days[place]), tolerance, most) for place in waiting}
        sure = {place: way for place, way in found.items() if way.count == 1 and way.all_tried}
        claims = np.bincount([at for way in sure.values() for at in way.fewest], minlength=len(account.keys) + 1)
        taken = [place for place, way in sure.items() if all(claims[at] == 1 for at in way.fewest)]
        for place in taken:
            account.free[list(sure[place].fewest)] = False
            yield keys[place], "covered", 1, [account.keys[at] for at in sure[place].fewest]
        waiting = [place for place in waiting if place not in taken]
        if not taken or not waiting:
            break
    for place in waiting:
        way = found[place]
        outcome = "bounded" if not way.all_tried else "ambiguous" if way.count else "unexplained"
        yield keys[place], outcome, way.count, [account.keys[at] for at in way.fewest]


def _ways(account: _Account, total: int, day: int, tolerance: int, most: int) -> Ways:
    """Only what was invoiced by then can have been paid."""
    places = np.flatnonzero(account.free & (account.days <= day))
    way = ways(account.amounts[places], total, tolerance, most)
    return Ways(way.count, tuple(int(places[at]) for at in way.fewest), way.all_tried)
