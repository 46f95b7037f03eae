"""The suites that come with the product: each rule finds the record that breaks it, and only that record."""

import datetime as dt

import polars as pl
import pytest
from expectation_frames import CODES, GOOD, NOW, normalised

from expectations import load_suite, run_suites
from expectations.load import PAIRS, packaged_suites
from expectations.questions import looks_beyond
from reconcile.records import KEY, SHAPES, Role

LONG = "长" * 82
LATER = dt.date(2026, 11, 22)
EARLIER = dt.date(1999, 12, 31)

# rule -> the records that break it, as changes of the good record
BROKEN = {
    "customers": {
        "name_is_present": [{"name": None}],
        "number_is_unique": [{"number": "X"}, {"number": "X"}],
        "tax_id_is_unique": [{"tax_id": "DE893521222"}, {"tax_id": "DE893521222"}, {"tax_id": "DE893521222"}],
        "name_fits": [{"raw:name": LONG}],
        "country_is_present": [{"country": None}],
        "country_is_iso": [{"country": "Germany"}, {"country": "de"}, {"country": "中国", "tax_id": None, "postal_code": None}],
        "city_is_present": [{"city": None}],
        "email_is_valid": [{"email": "info.example.de"}, {"email": "a b@example.de"}, {"email": "info@example"}],
        "credit_limit_is_not_negative": [{"credit_limit": -0.01}],
        "credit_limit_is_plausible": [{"credit_limit": 100_000_001.0}],
        "currency_is_iso": [{"currency": "€"}, {"currency": "eur"}],
        "payment_terms_is_known": [{"payment_terms": "0099"}],
        "status_is_known": [{"raw:status": "Prospect"}],
        "name_is_no_placeholder": [{"name": "TEST"}, {"name": "xxx"}],
        "name_is_not_garbled": [{"name": "MÃ¼ller GmbH"}],
        "street_is_not_garbled": [{"street": "HauptstraÃŸe 1"}],
        "tax_id_is_valid": [{"tax_id": "DE893521223"}],
        "postal_code_is_valid": [{"postal_code": "12"}, {"postal_code": "SW1A 1AA"}],
        "phone_is_valid": [{"phone": "+49 12"}],
    },
    "contacts": {
        "last_name_is_present": [{"last_name": None}],
        "customer_is_present": [{"customer": None}],
        "number_is_unique": [{"number": "X"}, {"number": "X"}],
        "email_is_valid": [{"email": "nobody@"}],
        "email_is_unique": [{"email": "sales@example.cn"}, {"email": "sales@example.cn"}],
        "can_be_reached": [{"email": None}],
        "last_name_fits": [{"raw:last_name": "x" * 41}],
        "last_name_is_no_placeholder": [{"last_name": "test"}],
        "last_name_is_not_garbled": [{"last_name": "MÃ¼ller"}],
    },
    "products": {
        "number_is_present": [{"number": None}],
        "number_is_unique": [{"number": "X"}, {"number": "X"}],
        "name_is_present": [{"name": None}],
        "name_fits": [{"raw:name": LONG}],
        "price_is_present": [{"price": None}],
        "price_is_positive": [{"price": 0.0}, {"price": -1.0}],
        "stock_is_not_negative": [{"stock": -1.0}],
        "currency_is_present": [{"currency": None}],
        "currency_is_iso": [{"currency": "EURO"}],
        "unit_is_known": [{"unit": "Pallet"}],
        "status_is_known": [{"status": "99"}],
        "name_is_no_placeholder": [{"name": "n/a"}],
        "name_is_not_garbled": [{"name": "KÃ¤figmutter"}],
    },
    "orders": {
        "number_is_unique": [{"number": "X"}, {"number": "X"}],
        "customer_is_present": [{"customer": None}],
        "order_date_is_present": [{"order_date": None, "raw:order_date": "31.02.2026"}],
        "order_date_is_not_in_the_future": [{"order_date": LATER}, {"order_date": dt.date(9999, 12, 31)}],
        "order_date_is_plausible": [{"order_date": EARLIER}, {"order_date": dt.date(1, 1, 1)}],
        "amount_is_present": [{"amount": None}, {"amount": float("nan")}],
        "amount_is_not_negative": [{"amount": -0.01}],
        "currency_is_present": [{"currency": None}],
        "currency_is_iso": [{"currency": "人民币"}],
        "status_is_present": [{"status": None}],
        "status_is_known": [{"raw:status": "待审核", "status": None}],
    },
    "order_lines": {
        "order_is_present": [{"order": None}],
        "line_is_present": [{"line": None}],
        "line_is_unique_in_its_order": [{"line": "X"}, {"line": "X"}],
        "product_is_present": [{"product": None}],
        "quantity_is_present": [{"quantity": None}],
        "quantity_is_positive": [{"quantity": 0.0}],
        "quantity_is_plausible": [{"quantity": 100_001.0}],
        "price_is_not_negative": [{"price": -1.0}],
        "amount_is_not_negative": [{"amount": -1.0}],
    },
    "invoices": {
        "number_is_present": [{"number": None}],
        "number_is_unique": [{"number": "X"}, {"number": "X"}],
        "customer_is_present": [{"customer": None}],
        "order_is_present": [{"order": None}],
        "invoice_date_is_present": [{"invoice_date": None}],
        "invoice_date_is_not_in_the_future": [{"invoice_date": LATER, "due_date": LATER}],
        "invoice_date_is_plausible": [{"invoice_date": EARLIER}],
        "due_date_is_present": [{"due_date": None}],
        "due_date_is_not_before_invoice_date": [{"due_date": dt.date(2026, 10, 31)}],
        "amount_is_present": [{"amount": None}],
        "amount_is_not_negative": [{"amount": -0.01}],
        "currency_is_present": [{"currency": None}],
        "currency_is_iso": [{"currency": "RMB "}],
        "status_is_known": [{"status": "Z"}],
    },
    "payments": {
        "number_is_present": [{"number": None}],
        "number_is_unique": [{"number": "X"}, {"number": "X"}],
        "invoice_is_present": [{"invoice": None}],
        "payment_date_is_present": [{"payment_date": None}],
        "payment_date_is_not_in_the_future": [{"payment_date": LATER}],
        "payment_date_is_plausible": [{"payment_date": EARLIER}],
        "amount_is_present": [{"amount": None}],
        "amount_is_positive": [{"amount": 0.0}],
        "currency_is_present": [{"currency": None}],
        "currency_is_iso": [{"currency": "$"}],
    },
    "shipments": {
        "number_is_present": [{"number": None}],
        "number_is_unique": [{"number": "X"}, {"number": "X"}],
        "order_is_present": [{"order": None}],
        "shipped_at_is_not_in_the_future": [{"shipped_at": NOW + dt.timedelta(days=1, seconds=1)}],
        "shipped_at_is_plausible": [{"shipped_at": dt.datetime(1999, 12, 31, tzinfo=dt.UTC)}],
        "carrier_is_present": [{"carrier": None}],
        "tracking_is_unique": [{"tracking": "SF000"}, {"tracking": "SF000"}],
        "tracking_length": [{"tracking": "SF0"}],
        "status_is_present": [{"status": None}],
        "status_is_known": [{"status": "verschickt"}],
        "shipped_at_is_present": [{"shipped_at": None}],
    },
}


SIDES = [name for name in packaged_suites() if not name.endswith(PAIRS)]


def _suite(entity):
    return load_suite(packaged_suites()[entity])


def _run(entity, frame, role=Role.CRM):
    return run_suites([_suite(entity)], entity, role, frame, codes=CODES, now=NOW)


PARTS = {"invoice_lines", "credit_notes", "credit_note_lines", "payment_applications", "shipment_lines"}
"""Only what must add up reads these."""


def test_there_is_a_suite_for_every_entity_that_both_sides_keep():
    assert set(SIDES) == {name for name in SHAPES if name not in PARTS} == set(GOOD) == set(BROKEN)


@pytest.mark.parametrize("entity", SIDES)
def test_every_rule_is_tried(entity):
    suite = _suite(entity)
    assert suite.entity == suite.name == entity
    alone = [rule.name for rule in suite.rules if not looks_beyond(rule, normalised(entity, {}).schema)]
    assert alone == list(BROKEN[entity])


@pytest.mark.parametrize("entity", SIDES)
def test_rules_read_canonical_fields_and_speak_both_languages(entity):
    for rule in _suite(entity).rules:
        columns = {column.removeprefix("raw:").partition(".")[0] for column in rule.columns}
        assert columns <= {KEY, *SHAPES[entity].fields}, rule.name
        assert (rule.subject or "").partition(".")[0] in {"", *SHAPES[entity].fields}
        assert rule.message.en.isascii()
        assert any("一" <= character <= "鿿" for character in rule.message.zh)
        assert rule.message.en.endswith((".", "?"))
        assert rule.message.zh.endswith("。")


@pytest.mark.parametrize("entity", SIDES)
def test_good_records_pass(entity):
    result = _run(entity, normalised(entity, {f"k{n}": {} for n in range(3)}))
    assert result.notes == ()
    assert result.checks["rule"].to_list() == list(BROKEN[entity])
    assert result.checks["success"].all()
    assert result.checks["failed"].sum() == 0
    assert result.checks["evaluated"].to_list() == [3] * result.checks.height
    assert result.findings.is_empty()


@pytest.mark.parametrize("entity", SIDES)
def test_each_rule_finds_what_breaks_it_and_nothing_else(entity):
    rows = {"good": {}}
    for rule, records in BROKEN[entity].items():
        rows |= {f"{rule}/{n}": changes for n, changes in enumerate(records)}
    frame = normalised(entity, rows)
    result = _run(entity, frame)
    assert result.notes == ()
    for rule, records in BROKEN[entity].items():
        found = result.findings.filter(rule=rule)
        assert found["key"].to_list() == [f"{rule}/{n}" for n in range(len(records))], rule
        check = result.checks.row(by_predicate=pl.col("rule") == rule, named=True)
        assert check["failed"] == len(records)
    assert result.findings.height == result.checks["failed"].sum()


def test_the_finding_holds_what_the_system_said():
    frame = normalised("orders", {"good": {}, "bad": {"order_date": None, "raw:order_date": "31.02.2026"}})
    (finding,) = _run("orders", frame).findings.to_dicts()
    assert finding == {
        "entity": "orders",
        "system": "crm",
        "key": "bad",
        "field": "order_date",
        "rule": "order_date_is_present",
        "severity": "major",
        "value": "31.02.2026",
        "counterpart": None,
    }


def test_rules_for_one_side_leave_the_other_alone():
    frame = normalised("customers", {"a": {"raw:name": LONG}})
    assert _run("customers", frame, Role.CRM).findings["rule"].to_list() == ["name_fits"]
    result = _run("customers", frame, Role.ERP)
    assert "name_fits" not in result.checks["rule"]
    assert result.findings.is_empty()
    assert set(result.checks["system"]) == {"erp"}
