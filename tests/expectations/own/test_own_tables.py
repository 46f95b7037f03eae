"""Expectations that read side tables: parents, crosswalk, the other system's totals, earlier runs, documents that add up."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_results import answered, failing, history, refused

from expectations.own import expected as own
from expectations.own import filled
from reconcile.compare.conservation import Inputs, conserve
from reconcile.config.conservation import Conservation
from reconcile.records import Role

ORDERS = pl.DataFrame(
    {"_key": ["o1", "o2", "o3"], "customer": ["c1", "c9", None], "currency": ["EUR", "EUR", "USD"], "amount": [10.0, 20.0, 5.0]}
)


def test_a_reference_has_a_parent_in_the_same_system():
    parents = {"customers": pl.DataFrame({"_key": ["c1", "c2"], "number": ["9", "8"]})}
    rule = own.ExpectColumnValuesToExistInParent(column="customer", parent="customers")
    assert failing(ORDERS, rule, parents) == [1]
    assert failing(ORDERS, rule, {"customers": parents["customers"].lazy()}) == [1]
    assert failing(ORDERS.clear(), rule, parents) == []
    by_number = own.ExpectColumnValuesToExistInParent(column="customer", parent="customers", parent_key="number")
    assert failing(ORDERS, by_number, parents) == [0, 1]
    assert "did not come with the batch" in refused(ORDERS, rule)
    absent = own.ExpectColumnValuesToExistInParent(column="customer", parent="customers", parent_key="nr")
    assert "customers has no column nr" in refused(ORDERS, absent, parents)


def test_a_key_is_in_the_crosswalk_of_its_side_and_entity():
    crosswalk = pl.DataFrame(
        {"entity": ["orders", "orders", "customers"], "crm_key": ["o1", "x", "o3"], "erp_key": ["e1", "o2", "e3"]}
    )
    assert failing(
        ORDERS, own.ExpectColumnValuesToBeInCrosswalk(column="_key", entity="orders", system="crm"), {"crosswalk": crosswalk}
    ) == [1, 2]
    assert failing(
        ORDERS, own.ExpectColumnValuesToBeInCrosswalk(column="_key", entity="orders", system="erp"), {"crosswalk": crosswalk}
    ) == [0, 2]


def test_totals_by_group_are_those_of_the_other_system():
    rule = own.ExpectTableTotalsToEqualOtherSystem(group_columns=["currency"], sum_columns=["amount"], entity="orders")
    assert answered(ORDERS, rule, {"other:orders": ORDERS.reverse()})[:2] == (True, "2 groups agree")
    off = ORDERS.with_columns(amount=pl.when(pl.col("_key") == "o2").then(pl.lit(20.01)).otherwise("amount"))
    said = "1 of 2 groups differ; EUR: `amount` 30 here, 30.01 there"
    assert answered(ORDERS, rule, {"other:orders": off})[:2] == (False, said)
    generous = own.ExpectTableTotalsToEqualOtherSystem(
        group_columns=["currency"], sum_columns=["amount"], entity="orders", tolerance=0.02
    )
    assert answered(ORDERS, generous, {"other:orders": off})[0]
    success, _, details = answered(ORDERS, rule, {"other:orders": ORDERS.head(2)})
    assert not success
    assert details["first"] == [{"group": {"currency": "USD"}, "records": [1.0, 0.0], "sum:amount": [5.0, 0.0]}]
    assert answered(ORDERS.clear(), rule, {"other:orders": ORDERS.clear()})[0]


def test_totals_of_what_is_no_number_or_not_there_are_refused():
    words = own.ExpectTableTotalsToEqualOtherSystem(group_columns=["currency"], sum_columns=["customer"], entity="orders")
    assert "is no number" in refused(ORDERS, words, {"other:orders": ORDERS})
    absent = own.ExpectTableTotalsToEqualOtherSystem(group_columns=["region"], entity="orders")
    assert "orders has no column region" in refused(ORDERS, absent, {"other:orders": ORDERS})


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["EUR", "USD", None]), st.integers(-500, 500)), max_size=12), st.randoms())
def test_totals_do_not_depend_on_the_order(rows, random):
    frame = pl.DataFrame(rows, schema={"currency": pl.String, "amount": pl.Float64}, orient="row")
    shuffled = [*rows]
    random.shuffle(shuffled)
    other = pl.DataFrame(shuffled, schema={"currency": pl.String, "amount": pl.Float64}, orient="row")
    rule = own.ExpectTableTotalsToEqualOtherSystem(group_columns=["currency"], sum_columns=["amount"], entity="orders")
    assert answered(frame, rule, {"other:orders": other})[0]


NOW = dt.datetime(2026, 5, 10, 12)  # noqa: DTZ001 - as a suite's $now is


@pytest.mark.parametrize(
    ("values", "days", "fresh"),
    [
        ([dt.date(2026, 5, 9), dt.date(2020, 1, 1), None], 1, True),
        ([dt.date(2026, 5, 8)], 1, False),
        ([dt.datetime(2026, 5, 10, 1, tzinfo=dt.UTC)], 0.5, True),
        ([dt.datetime(2026, 5, 9, 23, 59, tzinfo=dt.UTC)], 0.5, False),
        ([dt.datetime(2026, 5, 10, 1)], 0.5, True),  # noqa: DTZ001 - without a zone it is in UTC
        ([dt.date(2026, 5, 11)], 1, True),
    ],
)
def test_the_newest_value_is_fresh(values, days, fresh):
    rule = own.ExpectColumnNewestValueToBeFresh(column="d", days=days, now=NOW)
    assert answered(pl.DataFrame({"d": values}), rule)[0] is fresh


def test_without_any_date_nothing_is_fresh_and_text_is_refused():
    rule = own.ExpectColumnNewestValueToBeFresh(column="d", days=1)
    assert answered(pl.DataFrame({"d": [None]}, schema={"d": pl.Date}), rule)[:2] == (False, None)
    assert answered(pl.DataFrame(schema={"d": pl.Date}), rule)[0] is False
    assert answered(pl.DataFrame({"d": [dt.datetime.now(dt.UTC)]}), rule)[0] is True
    assert "only dates and times can be fresh" in refused(pl.DataFrame({"d": ["2026-01-01"]}), rule)


NUMBERS = pl.DataFrame({"n": [1.0, 2.0, 3.0, None]})


@pytest.mark.parametrize(
    ("measure", "past", "holds"),
    [
        ("sum", [6.0, 5.9, 6.1, 6.0, 6.2], True), ("sum", [60.0, 59.0, 61.0, 60.0, 62.0], False), ("sum", [60.0] * 4, True),
        ("mean", [2.0] * 5, True), ("mean", [2.5] * 5, False), ("null_share", [0.25] * 5, True), ("null_share", [0.0] * 5, False),
        ("distinct", [3.0] * 5, True), ("count", [3.0] * 5, True), ("median", [2.0] * 5, True), ("max", [30.0] * 5, False),
        ("sum", [6.0, 6.1, 5.9, 6.0, 1000000.0], True), ("zero_share", [0.0] * 5, True), ("min", [1.0] * 5, True),
        ("distinct_share", [1.0] * 5, True),
    ],
)  # fmt: skip  # a table
def test_a_measure_is_like_its_history(measure, past, holds):
    rule = own.ExpectColumnMeasureToBeLikeItsHistory(column="n", measure=measure)
    assert answered(NUMBERS, rule, {"history": history(past)})[0] is holds


def test_only_the_history_of_the_same_rule_and_side_counts():
    past = pl.concat([history([6.0] * 5, "sums", "erp"), history([600.0] * 9, "sums", "crm"), history([1.0] * 9, "other", "erp")])
    rule = own.ExpectColumnMeasureToBeLikeItsHistory(column="n", measure="sum", rule="sums", system="erp")
    success, observed, details = answered(NUMBERS, rule, {"history": past})
    assert (success, observed, details["runs"], details["usual"]) == (True, 6.0, 5, 6.0)


def test_only_the_latest_runs_count():
    rule = own.ExpectColumnMeasureToBeLikeItsHistory(column="n", measure="sum", runs=5)
    assert answered(NUMBERS, rule, {"history": history([600.0] * 9 + [6.0] * 5)})[0]


def test_a_measure_of_words_or_of_no_name_is_refused_and_of_nothing_it_holds():
    text = pl.DataFrame({"n": ["a"]})
    past = {"history": history([1.0] * 5)}
    assert "has no sum" in refused(text, own.ExpectColumnMeasureToBeLikeItsHistory(column="n", measure="sum"), past)
    assert "is none" in refused(text, own.ExpectColumnMeasureToBeLikeItsHistory(column="n", measure="average"), past)
    assert answered(NUMBERS.clear(), own.ExpectColumnMeasureToBeLikeItsHistory(column="n", measure="mean"), past)[:2] == (
        True,
        None,
    )


@pytest.mark.parametrize(
    ("past", "holds"), [([4, 4, 4, 4, 4], True), ([40] * 5, False), ([40] * 4, True), ([3, 4, 5, 6, 2], True)]
)
def test_the_number_of_records_is_like_its_history(past, holds):
    assert answered(NUMBERS, own.ExpectTableRowCountToBeLikeItsHistory(rule="rows"), {"history": history(past)})[0] is holds


@pytest.mark.parametrize(
    ("past", "margin", "holds"),
    [([4, 5], 0.0, True), ([5, 6], 0.0, False), ([5, 6], 0.25, True), ([1, 3], 0.1, False), ([99], 0.1, True), ([], 0.1, True)],
)
def test_the_number_of_records_is_in_the_band_of_earlier_runs(past, margin, holds):
    assert answered(NUMBERS, own.ExpectTableRowCountToBeInBandOfPastRuns(margin=margin), {"history": history(past)})[0] is holds


def test_columns_and_types_are_as_before():
    frame = pl.DataFrame({"_key": ["1"], "name": ["a"], "amount": [1.5], "raw:name": ["A"]})
    as_listed = own.ExpectTableSchemaToBeAsBefore(types={"name": "text", "amount": "number"})
    assert answered(frame, as_listed)[:2] == (True, "=")
    changed = frame.with_columns(amount=pl.lit("1,5"), fax=pl.lit("x")).drop("name")
    assert answered(changed, as_listed)[:2] == (False, "-name; amount: number > text; +fax")
    as_table = own.ExpectTableSchemaToBeAsBefore(before="previous", more_allowed=True)
    assert answered(frame.with_columns(fax=pl.lit("x")), as_table, {"previous": frame})[0]
    assert answered(frame.clear(), as_listed)[0]


INVOICES = pl.DataFrame({"_key": ["i1", "i2", "i3"], "amount": [100.0, 50.0, None], "currency": ["EUR"] * 3})
PAYMENTS = pl.DataFrame(
    {"_key": ["p1", "p2", "p3"], "invoice": ["i1", "i2", "i3"], "amount": [100.0, 60.0, 5.0], "currency": ["EUR"] * 3}
)
DOCUMENTS = {"invoices": INVOICES, "payments": PAYMENTS}


def test_documents_that_do_not_add_up_fail_and_those_that_can_not_be_judged_pass():
    rule = own.ExpectDocumentsToAddUp(column="_key", balance="paid_invoiced", entity="invoices")
    assert failing(INVOICES, rule, DOCUMENTS) == [1]
    assert failing(INVOICES.reverse(), rule, DOCUMENTS) == [1]
    generous = own.ExpectDocumentsToAddUp(column="_key", balance="paid_invoiced", entity="invoices", tolerance=1000)
    assert failing(INVOICES, generous, DOCUMENTS) == []


def test_a_header_is_the_sum_of_its_lines():
    lines = pl.DataFrame({"_key": ["1", "2", "3", "4"], "order": ["o1", "o1", "o2", "o3"], "amount": [4.0, 6.0, 19.0, 5.0]})
    tables = {"orders": ORDERS, "order_lines": lines}
    assert failing(
        ORDERS, own.ExpectDocumentsToAddUp(column="_key", balance="header_lines", entity="orders", system="crm"), tables
    ) == [1]


def test_what_the_crm_ordered_is_what_the_erp_invoiced():
    crm = pl.DataFrame({"_key": ["c1", "c2"], "amount": [100.0, 70.0], "currency": ["EUR"] * 2})
    erp = pl.DataFrame({"_key": ["e1", "e2"], "amount": [100.0, 70.0], "currency": ["EUR"] * 2, "status": ["C", "C"]})
    invoices = pl.DataFrame({"_key": ["i1", "i2"], "order": ["e1", "e2"], "amount": [100.0, 65.0], "currency": ["EUR"] * 2})
    crosswalk = pl.DataFrame({"entity": ["orders"] * 2, "crm_key": ["c1", "c2"], "erp_key": ["e1", "e2"]})
    keywords = {"column": "_key", "balance": "order_invoiced", "entity": "orders", "closed": ["C"]}
    of_erp = {"orders": erp, "invoices": invoices, "other:orders": crm, "crosswalk": crosswalk}
    assert failing(erp, own.ExpectDocumentsToAddUp(**keywords), of_erp) == [1]
    of_crm = {"orders": crm, "other:orders": erp, "other:invoices": invoices, "crosswalk": crosswalk}
    assert failing(crm, own.ExpectDocumentsToAddUp(**keywords, system="crm"), of_crm) == [1]


def test_what_a_run_fills_in_has_to_be_written_without_one():
    assert "entity is missing" in refused(INVOICES, own.ExpectDocumentsToAddUp(column="_key", balance="paid_invoiced"), DOCUMENTS)
    assert "entity is missing" in refused(ORDERS, own.ExpectTableTotalsToEqualOtherSystem(group_columns=["currency"]))
    assert "system is missing" in refused(ORDERS, own.ExpectColumnValuesToBeInCrosswalk(column="_key", entity="orders"))
    about = {"suite": "s", "rule": "r", "entity": "orders", "system": "crm"}
    assert filled("expect_documents_to_add_up", {"balance": "x"}, **about) == {
        "entity": "orders",
        "system": "crm",
        "balance": "x",
    }
    assert filled("expect_table_row_count_to_be_like_its_history", {"system": "erp"}, **about) == {**about, "system": "erp"}
    assert filled("expect_table_totals_to_equal_other_system", {}, **{**about, "system": "pair"}) == {"entity": "orders"}
    assert filled("expect_column_values_to_be_in_code_map", {}, **about) == {"value_set": ["$codes"]}
    assert filled("expect_column_values_to_not_be_null", {"column": "a"}, **about) == {"column": "a"}


def test_documents_that_are_not_there_or_not_mapped_are_told():
    rule = own.ExpectDocumentsToAddUp(column="_key", balance="paid_invoiced", entity="invoices")
    assert "No documents of this system" in refused(INVOICES, rule)
    assert "needs payments.amount" in refused(INVOICES, rule, {"invoices": INVOICES})
    wrong = own.ExpectDocumentsToAddUp(column="_key", balance="paid_invoiced", entity="orders")
    assert "says nothing of orders" in refused(ORDERS, wrong, DOCUMENTS)


RECORDS = {
    "orders": ORDERS.with_columns(tax=pl.Series([1.0, 2.0, 0.0])),
    "order_lines": pl.DataFrame(
        {
            "_key": ["l1", "l2", "l3"],
            "order": ["o1", "o1", "o2"],
            "line": ["10", "20", "10"],
            "quantity": [2.0, 3.0, 4.0],
            "shipped": [2.0, 1.0, 4.0],
            "open": [0.0, 1.0, 0.0],
            "amount": [4.0, 6.0, 19.0],
            "tax": [0.5, 0.5, 1.0],
        }
    ),
    "invoices": INVOICES.with_columns(order=pl.Series(["o1", "o2", "o3"]), customer=pl.lit("c1")),
    "invoice_lines": pl.DataFrame(
        {
            "_key": ["n1", "n2"],
            "invoice": ["i1", "i2"],
            "order_line": ["l1", "l2"],
            "quantity": [2.0, 2.0],
            "amount": [99.0, 50.0],
        }
    ),
    "payments": pl.concat(
        [
            PAYMENTS.with_columns(customer=pl.lit("c1"), currency=pl.Series(["EUR", "USD", "EUR"])),
            pl.DataFrame({"_key": ["p4"], "invoice": [None], "amount": [7.0], "currency": ["EUR"], "customer": ["c1"]}),
        ],
        how="vertical_relaxed",
    ),
}


def test_every_balance_is_judged_as_the_comparison_does():
    inputs = Inputs({Role.ERP: RECORDS}, {}, dt.datetime(2026, 5, 1, tzinfo=dt.UTC), pl.Series("fingerprint", [], pl.String))
    conserved = conserve(inputs, Conservation(), 15.0)
    judged = conserved.rules.filter(pl.col("state") == "ran", pl.col("judged") > 0, pl.col("system") == "erp")
    assert judged.height >= 6
    broken = conserved.breaks.with_columns(pl.col("reason").str.replace(r"^payment_.*", "payment_covers"))
    for rule, entity in judged.select("rule", "entity").unique().sort("rule", "entity").iter_rows():
        frame = RECORDS[entity]
        found = failing(frame, own.ExpectDocumentsToAddUp(column="_key", balance=rule, entity=entity), RECORDS)
        expected = broken.filter(pl.col("reason") == rule, pl.col("entity") == entity)["erp_key"]
        assert frame["_key"].gather(found).to_list() == sorted(expected), (rule, entity)
    assert broken["reason"].n_unique() >= 5
