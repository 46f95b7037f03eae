"""A value against the sum of the records that refer to its own: open orders stay within the credit limit."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from own_results import failing, refused

from expectations.own import expected as own

CUSTOMERS = pl.DataFrame(
    {
        "_key": ["c1", "c2", "c3", "c4"],
        "number": [1, 2, 3, 4],
        "currency": ["EUR", "EUR", None, "USD"],
        "credit_limit": [100.0, 100.0, 0.0, None],
    }
)
ORDERS = pl.DataFrame(
    {
        "customer": ["c1", "c1", "c2", "c2", "c3", None, "c4"],
        "status": ["A", "C", "A", "A", "C", "A", "A"],
        "currency": ["EUR", "EUR", "EUR", "USD", None, "EUR", "USD"],
        "amount": [100.0, 50.0, 99.0, 2.0, 1.0, 1000.0, 5.0],
    }
)
ASKED = {"column": "credit_limit", "records": "orders", "reference": "customer", "sum": "amount"}


def rule(**more: object) -> own.ExpectColumnValuesToCoverSumOfRecords:
    return own.ExpectColumnValuesToCoverSumOfRecords(**{**ASKED, **more})


def test_the_sum_of_what_refers_to_a_record_is_covered():
    tables = {"orders": ORDERS.lazy()}
    assert failing(CUSTOMERS, rule(), tables) == [0, 1, 2]
    assert failing(CUSTOMERS, rule(only="status = 'A'"), tables) == [1]
    assert failing(CUSTOMERS, rule(only="status IN ('A', 'B')", same_columns=["currency"]), tables) == []
    assert failing(CUSTOMERS, rule(same_columns=["currency"]), tables) == [0, 2]
    assert failing(CUSTOMERS, rule(tolerance=50), tables) == []
    assert failing(CUSTOMERS, rule(), {"orders": ORDERS.clear()}) == []
    assert failing(CUSTOMERS.clear(), rule(), tables) == []
    by_number = ORDERS.with_columns(customer=pl.col("customer").str.strip_prefix("c"))
    assert failing(CUSTOMERS, rule(key_column="number"), {"orders": by_number}) == [0, 1, 2]


def test_what_can_not_be_added_up_is_refused():
    tables = {"orders": ORDERS}
    assert "did not come with the batch" in refused(CUSTOMERS, rule())
    assert "currency is no number" in refused(CUSTOMERS, rule(column="currency"), tables)
    assert "status of orders is no number" in refused(CUSTOMERS, rule(sum="status"), tables)
    assert "orders has no column debtor" in refused(CUSTOMERS, rule(reference="debtor"), tables)
    assert "There is no column nr" in refused(CUSTOMERS, rule(key_column="nr"), tables)
    assert "only: state = 'A' names `state`" in refused(CUSTOMERS, rule(only="state = 'A'"), tables)


amounts = st.integers(-50, 200).map(float)


@settings(max_examples=40, deadline=None)
@given(
    limits=st.lists(st.none() | amounts, min_size=1, max_size=6),
    orders=st.lists(st.tuples(st.integers(0, 7), amounts), max_size=12),
)
def test_it_is_what_a_sum_by_hand_says(limits, orders):
    customers = pl.DataFrame(
        {"_key": [str(at) for at in range(len(limits))], "credit_limit": pl.Series(limits, dtype=pl.Float64)}
    )
    frame = pl.DataFrame(
        {"customer": [str(at) for at, _ in orders], "amount": pl.Series([amount for _, amount in orders], dtype=pl.Float64)},
        schema={"customer": pl.String, "amount": pl.Float64},
    )
    by_hand = [
        at
        for at, limit in enumerate(limits)
        if limit is not None and sum(amount for customer, amount in orders if customer == at) > limit
    ]
    assert failing(customers, rule(), {"orders": frame}) == by_hand
