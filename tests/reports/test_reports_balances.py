"""What must add up, as the report shows it: in both languages, with every rule that ran and why others did not."""

from __future__ import annotations

import dataclasses

import polars as pl
import pytest

from reconcile.balances import CONSERVATION, RESIDUALS
from reports.html import render_report
from reports.view import build_view

RULES = [
    ("header_lines", "erp", "invoices", "ran", 1200, 3, 1, 2, "lines_net"),
    ("header_lines", "crm", "invoices", "not_mapped", 0, 0, 0, 0, "invoices.amount"),
    ("order_invoiced", "erp", "orders", "ran", 900, 0, 0, 5, "net"),
    ("applied_paid", "crm", "payments", "not_mapped", 0, 0, 0, 0, "payments.amount, payment_applications.invoice"),
    ("applied_paid", "erp", "payments", "not_mapped", 0, 0, 0, 0, "payment_applications.invoice"),
    ("tax_lines", "erp", "invoices", "off", 0, 0, 0, 0, ""),
]
OPEN = [
    ("customer", "erp", "C1", "Müller <b>GmbH</b>", "EUR", 2, 0, 0, 119_00, 19_00, 50_00, -100_00, 50_00),
    ("customer", "erp", "C2", None, "JPY", 0, 0, 0, 5_000, 0, 0, 0, 5_000),
    ("customer", "erp", None, None, "KWD", 3, 0, 0, 1_234, 0, 0, 0, 1_234),
    ("order", "erp", "O1", "4711", "EUR", 2, 0, 0, 119_00, 0, 0, 0, 119_00),
    ("customer", "erp", "C3", "All paid", "EUR", 2, 0, 0, 119_00, 0, 119_00, 0, 0),
]


@pytest.fixture(scope="module", params=["en", "zh"])
def view(request, result, actions):
    rules, left = (pl.DataFrame(rows, schema=schema, orient="row") for rows, schema in ((RULES, CONSERVATION), (OPEN, RESIDUALS)))
    return build_view(dataclasses.replace(result, conservation=rules, residuals=left), actions, None, request.param, 5)


def test_rules_that_ran_are_counted_and_others_say_what_they_miss(view):
    balances = view.balances
    assert [(line.rule.code, line.judged.value, line.broken.value, line.not_judged.value) for line in balances.rules] == [
        ("header_lines", 1200, 3, 2),
        ("order_invoiced", 900, 0, 5),
    ]
    assert balances.rules[0].broken.anchor == "breaks-conservation-invoices"
    assert balances.rules[1].system.text == "Salesforce / S/4HANA"
    assert "(payment_applications.invoice)" in balances.lacking
    assert "header" not in balances.lacking


def test_each_customer_keeps_its_currency(view):
    lines = view.balances.residuals
    assert [(line.key, line.unpaid.text) for line in lines] == [("C1", "EUR 50.00"), ("C2", "JPY 5,000"), ("", "KWD 1.234")]
    assert lines[1].customer == "C2"
    assert lines[2].customer == view.words.say("word.no_customer")


def test_the_report_shows_it_and_runs_nothing_that_a_name_holds(view):
    page = render_report(view)
    assert page.count(view.words.say("heading.conservation")) == 2
    assert "<b>GmbH" not in page
    assert view.words.label("conservation_reading", "lines_net") in page


def test_a_project_that_asks_for_nothing_to_add_up_shows_nothing(result, actions):
    view = build_view(result, actions, None, "en", 5)
    assert view.balances is None
    assert view.words.say("heading.conservation") not in render_report(view)
