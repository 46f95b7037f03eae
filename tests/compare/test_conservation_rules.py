"""Each rule on a few documents: what breaks it, what is one step away and harmless, and what it can't judge."""

from __future__ import annotations

import datetime as dt

import pytest
from conservation_documents import LONG_AGO, NOW, Records, added_up, of, told


def line(**more: object) -> Records:
    said = {
        "order": "O1",
        "line": "10",
        "quantity": 10.0,
        "price": 5.0,
        "amount": 50.0,
        "shipped": 6.0,
        "open": 3.0,
        "cancelled": 1.0,
    }
    return {
        "orders": {"O1": {"number": "4711", "amount": 50.0, "currency": "EUR", "customer": "C1"}},
        "order_lines": {"L1": {**said, **more}},
    }


def state(conserved, rule, entity=None):
    rows = conserved.rules.filter(rule=rule, system="erp")
    return rows.filter(entity=entity).row(0, named=True) if entity else rows.row(0, named=True)


def test_ordered_is_shipped_open_and_cancelled():
    assert told(added_up(line())) == []
    (row,) = added_up(line(open=4.0)).breaks.to_dicts()
    assert (row["reason"], row["erp_value"], row["crm_value"], row["label"]) == (
        "line_quantity",
        "10 ≠ 6 + 4 + 1",
        None,
        "4711/10",
    )
    assert (row["value_at_risk"], row["currency"], row["field"], row["severity"]) == (5.0, "EUR", None, "major")


def test_fractions_of_a_piece_are_counted_exactly():
    assert told(added_up(line(quantity=0.3, shipped=0.1, open=0.2, cancelled=0.0))) == []
    assert told(added_up(line(quantity=0.3, shipped=0.1, open=0.200001, cancelled=0.0))) != []


@pytest.mark.parametrize(("tolerance", "broken"), [(0.9, 1), (1.0, 0)])
def test_a_quantity_may_be_off_by_its_tolerance(tolerance, broken):
    assert len(told(added_up(line(open=4.0), line_quantity={"tolerance": tolerance}))) == broken


def test_a_missing_quantity_is_not_judged():
    row = state(
        added_up(
            line(open=None) | {"order_lines": {"L1": line()["order_lines"]["L1"], "L2": line(open=None)["order_lines"]["L1"]}}
        ),
        "line_quantity",
    )
    assert (row["judged"], row["broken"], row["not_judged"]) == (1, 0, 1)


def shipped(*quantities: float, gone: int) -> Records:
    """Shipments of the line, of which the first have gone."""
    heads = {f"S{n}": {"order": "O1", "shipped_at": LONG_AGO if n < gone else None} for n in range(len(quantities))}
    lines = {f"SL{n}": {"shipment": f"S{n}", "order_line": "L1", "quantity": quantity} for n, quantity in enumerate(quantities)}
    return {"shipments": heads, "shipment_lines": lines}


def test_only_shipments_that_have_gone_count_as_shipped():
    assert told(added_up(line() | shipped(4.0, 2.0, 3.0, gone=2))) == []
    assert told(added_up(line() | shipped(4.0, 2.0, 3.0, gone=3))) == [("line_shipped", "L1", "6 ≠ 9")]


def test_without_its_own_field_shipped_is_what_shipments_carry():
    documents = line() | shipped(4.0, 2.0, gone=2)
    del documents["order_lines"]["L1"]["shipped"]
    assert told(added_up(documents)) == []
    documents["shipment_lines"]["SL0"]["quantity"] = 5.0
    assert told(added_up(documents)) == [("line_quantity", "L1", "10 ≠ 7 + 3 + 1")]


def billed(*lines: tuple[float, float], tax: float = 0.0, amount: float | None = None, **head: object) -> Records:
    """One invoice with lines of (quantity, amount)."""
    sums = sum(each for _, each in lines)
    return {
        "invoices": {"I1": {"number": "9001", "order": "O1", "customer": "C1", "currency": "EUR", "tax": tax,
                            "amount": sums + tax if amount is None else amount, **head}},
        "invoice_lines": {f"IL{n}": {"invoice": "I1", "order_line": "L1", "quantity": quantity, "amount": each}
                          for n, (quantity, each) in enumerate(lines)},
    }  # fmt: skip  # a table


def test_no_more_is_invoiced_than_shipped():
    assert told(added_up(line() | billed((6.0, 30.0)))) == []
    assert told(added_up(line() | billed((4.0, 20.0), (2.5, 12.5)))) == [("invoiced_shipped", "L1", "6.5 > 6")]
    credit = {
        "credit_notes": {"N1": {"invoice": "I1", "order": "O1", "amount": 5.0, "currency": "EUR"}},
        "credit_note_lines": {"NL1": {"credit_note": "N1", "order_line": "L1", "quantity": 1.0, "amount": 5.0}},
    }
    assert told(added_up(line() | billed((7.0, 35.0)) | credit)) == []
    assert told(added_up(line() | billed((8.0, 40.0)) | credit)) == [("invoiced_shipped", "L1", "8 - 1 > 6")]


@pytest.mark.parametrize(("off", "broken"), [(0.0, []), (0.01, []), (0.02, ["header_lines"]), (-0.02, ["header_lines"])])
def test_a_document_is_the_sum_of_its_lines_and_its_tax(off, broken):
    """One line: half a cent for its rounding and half for the sum's."""
    found = added_up(line() | billed((6.0, 30.0), tax=5.7, amount=35.7 + off))
    assert [reason for reason, _, _ in told(found)] == broken
    assert state(found, "header_lines", "invoices")["detail"] == ("lines_net" if abs(off) < 0.02 else "same")


@pytest.mark.parametrize(
    ("currency", "off", "broken"), [("JPY", 1, 0), ("JPY", 2, 1), ("KWD", 0.001, 0), ("KWD", 0.002, 1), ("EUR", 0.01, 0)]
)
def test_the_smallest_unit_is_that_of_the_currency(currency, off, broken):
    documents = {
        "orders": {"O1": {"amount": 100 + off, "currency": currency}},
        "order_lines": {"L1": {"order": "O1", "amount": 100.0}},
    }
    assert len(told(added_up(documents))) == broken


def test_charges_belong_to_the_document_alone():
    documents = {
        "orders": {"O1": {"amount": 110.0, "charges": 10.0, "currency": "EUR"}},
        "order_lines": {"L1": {"order": "O1", "amount": 100.0}},
    }
    assert told(added_up(documents)) == []
    documents["orders"]["O1"]["charges"] = 9.0
    assert told(added_up(documents)) == [("header_lines", "O1", "110.00 ≠ 100.00 + 9.00")]


def test_most_documents_say_how_to_read_the_others():
    heads = {f"O{n}": {"amount": 119.0, "tax": 19.0, "currency": "EUR"} for n in range(4)} | {
        "O9": {"amount": 100.0, "tax": 19.0, "currency": "EUR"}
    }
    lines = {f"L{key}": {"order": key, "amount": 100.0} for key in heads}
    assert told(added_up({"orders": heads, "order_lines": lines})) == [("header_lines", "O9", "100.00 ≠ 100.00 + 19.00")]


def test_tax_may_be_rounded_by_line_or_by_document():
    documents = line() | billed((2.0, 10.03), (2.0, 10.03), (2.0, 9.94), tax=5.7)
    for key, tax in (("IL0", 1.91), ("IL1", 1.91), ("IL2", 1.89)):
        documents["invoice_lines"][key]["tax"] = tax
    assert told(added_up(documents)) == []
    documents["invoice_lines"]["IL2"]["tax"] = 1.91
    assert told(added_up(documents)) == [("tax_lines", "I1", "5.70 ≠ 5.73")]


def paid(*amounts: float, **more: object) -> Records:
    said = {"invoice": "I1", "currency": "EUR", "customer": "C1"}
    return {"payments": {f"P{n}": {**said, "amount": amount, **more} for n, amount in enumerate(amounts)}}


def test_no_more_is_paid_than_invoiced():
    invoice = {"invoices": billed((6.0, 30.0))["invoices"]}
    assert told(added_up(invoice | paid(10.0, 20.0))) == []
    assert told(added_up(invoice | paid(10.0, 20.01))) == [("paid_invoiced", "I1", "30.01 > 30.00")]
    assert told(added_up(invoice | paid(10.0, 20.01), paid_invoiced={"tolerance": 1})) == []
    credit = {"credit_notes": {"N1": {"invoice": "I1", "amount": 5.0, "currency": "EUR"}}}
    assert told(added_up(invoice | credit | paid(30.0))) == [("paid_invoiced", "I1", "30.00 > 30.00 - 5.00")]
    assert told(added_up(invoice | credit | paid(30.0, -5.0))) == []


def test_applications_say_what_a_payment_is_for():
    invoice = {"invoices": billed((6.0, 30.0))["invoices"] | {"I2": {"amount": 12.0, "currency": "EUR", "customer": "C1"}}}
    payment = {"payments": {"P1": {"amount": 42.0, "currency": "EUR", "customer": "C1"}}}
    parts = {
        "payment_applications": {
            "A1": {"payment": "P1", "invoice": "I1", "amount": 30.0},
            "A2": {"payment": "P1", "invoice": "I2", "amount": 12.0},
        }
    }
    found = added_up(invoice | payment | parts)
    assert told(found) == []
    assert of(found, "customer", "C1") == {"EUR": (-42_00, 0)}
    payment["payments"]["P1"]["amount"] = 41.99
    assert told(added_up(invoice | payment | parts)) == [("applied_paid", "P1", "42.00 > 41.99")]


def invoices(*amounts: float, currency: str = "EUR") -> Records:
    rows = {f"I{n}": {"amount": amount, "currency": currency, "customer": "C1"} for n, amount in enumerate(amounts)}
    return {"invoices": rows}


def unnamed(*amounts: float, **more: object) -> Records:
    return {
        "payments": {f"P{n}": {"amount": amount, "currency": "EUR", "customer": "C1", **more} for n, amount in enumerate(amounts)}
    }


def test_a_payment_that_names_no_invoice_is_the_sum_of_some():
    found = added_up(invoices(10.0, 20.0, 45.0) | unnamed(30.0))
    assert told(found) == []
    assert of(found, "customer", "C1") == {"EUR": (-75_00, 45_00)}


def test_several_ways_are_said_and_the_shortest_is_shown():
    assert told(added_up(invoices(10.0, 20.0, 30.0) | unnamed(30.0))) == [("payment_ambiguous", "P0", "30.00 = I2 (2×)")]
    assert told(added_up(invoices(10.0, 20.0) | unnamed(11.0))) == [("payment_unexplained", "P0", "11.00 = ?")]


def test_what_is_clear_makes_others_clear():
    assert told(added_up(invoices(10.0, 25.0, 35.0) | unnamed(35.0))) == [("payment_ambiguous", "P0", "35.00 = I2 (2×)")]
    assert told(added_up(invoices(10.0, 25.0, 35.0) | unnamed(35.0, 10.0))) == []


def test_two_payments_for_one_invoice_are_not_clear():
    found = told(added_up(invoices(30.0) | unnamed(30.0, 30.0)))
    assert [reason for reason, _, _ in found] == ["payment_ambiguous", "payment_ambiguous"]


def test_what_was_not_invoiced_by_then_was_not_paid():
    late = invoices(30.0, 12.0)
    late["invoices"]["I0"]["invoice_date"] = dt.date(2026, 2, 2)
    assert told(added_up(late | unnamed(30.0, payment_date=dt.date(2026, 2, 2)))) == []
    assert len(told(added_up(late | unnamed(30.0, payment_date=dt.date(2026, 2, 1))))) == 1


def test_no_payment_is_for_an_invoice_in_another_currency_or_of_another_customer():
    assert told(added_up(invoices(30.0, currency="USD") | unnamed(30.0))) == [("payment_unexplained", "P0", "30.00 = ?")]
    assert told(added_up(invoices(30.0) | unnamed(30.0, customer="C2"))) == [("payment_unexplained", "P0", "30.00 = ?")]


def test_a_free_credit_note_may_be_taken_off():
    credit = {"credit_notes": {"N1": {"amount": 4.0, "currency": "EUR", "customer": "C1"}}}
    assert told(added_up(invoices(10.0, 20.0) | credit | unnamed(26.0))) == []


def test_too_many_invoices_are_said_to_be_too_many():
    many = invoices(*(float(2**n) for n in range(6)))
    assert told(added_up(many | unnamed(63.0), search_invoices=6)) == []
    assert told(added_up(many | unnamed(63.0), search_invoices=5)) == [("payment_bounded", "P0", "63.00 = ?")]
    assert told(added_up(many | unnamed(3.0), search_invoices=5)) == [("payment_bounded", "P0", "3.00 = I0 + I1 (1×)")]
    assert told(added_up(many | unnamed(63.0), search_payments=0)) == [("payment_bounded", "P0", "63.00 = ?")]


def test_a_payment_in_advance_names_its_order():
    found = added_up(line() | unnamed(11.0, order="O1") | {"invoices": billed((6.0, 30.0))["invoices"]})
    assert told(found) == []
    assert of(found, "order", "O1") == {"EUR": (15_00, 19_00)}


def crm(amount: float, key: str = "X1", currency: str = "EUR") -> Records:
    return {"orders": {key: {"amount": amount, "currency": currency}}}


def whole(**more: object) -> Records:
    """An order of 10 pieces that were shipped and invoiced in two parts, with tax."""
    documents = line(**{"shipped": 10.0, "open": 0.0, "cancelled": 0.0, **more})
    one = billed((6.0, 30.0), tax=5.7)
    documents["invoices"] = one["invoices"] | {"I2": {**one["invoices"]["I1"], "amount": 23.8, "tax": 3.8}}
    documents["invoice_lines"] = one["invoice_lines"] | {
        "IL9": {"invoice": "I2", "order_line": "L1", "quantity": 4.0, "amount": 20.0}
    }
    return documents


@pytest.mark.parametrize(("amount", "broken"), [(50.0, 0), (50.01, 0), (50.02, 1), (49.98, 1), (60.0, 1)])
def test_the_crms_amount_is_the_sum_of_the_erps_invoices(amount, broken):
    found = added_up(whole(), crm(amount), {"X1": "O1"})
    assert len(told(found)) == broken
    for row in found.breaks.to_dicts():
        assert (row["crm_key"], row["erp_key"]) == ("X1", "O1")
        assert (row["crm_value"], row["erp_value"]) == (f"{amount:.2f}", "≠ 50.00 (2×)")
        assert row["value_at_risk"] == pytest.approx(abs(amount - 50))


def test_amounts_with_tax_are_read_as_such_where_most_are():
    keys = [str(n) for n in range(4)]
    documents = {
        "orders": {f"O{key}": {"amount": 50.0, "currency": "EUR", "status": "9"} for key in keys},
        "invoices": {f"I{key}": {"order": f"O{key}", "amount": 59.5, "tax": 9.5, "currency": "EUR"} for key in keys},
    }
    orders = {"orders": {f"X{key}": {"amount": 50.0 if key == "3" else 59.5, "currency": "EUR"} for key in keys}}
    found = added_up(documents, orders, {f"X{key}": f"O{key}" for key in keys}, closed=["9"])
    assert told(found) == [("order_invoiced", "O3", "≠ 59.50 (1×)")]
    assert state(found, "order_invoiced")["detail"] == "gross"


def test_until_all_is_invoiced_it_may_only_be_less():
    part = line(shipped=6.0, open=4.0, cancelled=0.0) | billed((6.0, 30.0), tax=5.7)
    assert told(added_up(part, crm(50.0), {"X1": "O1"})) == []
    assert told(added_up(part, crm(29.0), {"X1": "O1"})) == [("order_invoiced", "O1", "< 30.00 (1×)")]
    assert told(added_up(line(shipped=10.0, open=0.0, cancelled=0.0) | billed((6.0, 30.0)), crm(50.0), {"X1": "O1"})) == []


def test_a_cancelled_rest_is_not_invoiced():
    rest = line(shipped=6.0, open=0.0, cancelled=4.0) | billed((6.0, 30.0))
    assert told(added_up(rest, crm(50.0), {"X1": "O1"})) == []
    assert told(added_up(rest, crm(30.0), {"X1": "O1"})) == [("order_invoiced", "O1", "≠ 30.00 (1×)")]


def test_an_invoice_that_is_credited_and_written_anew_counts_once():
    documents = whole()
    documents["invoices"]["I3"] = documents["invoices"]["I1"]
    documents["invoice_lines"]["IL3"] = {**documents["invoice_lines"]["IL0"], "invoice": "I3"}
    assert [reason for reason, _, _ in told(added_up(documents, crm(50.0), {"X1": "O1"}))] == [
        "invoiced_shipped",
        "order_invoiced",
    ]
    documents["credit_notes"] = {"N1": {"invoice": "I1", "amount": 35.7, "tax": 5.7, "currency": "EUR", "customer": "C1"}}
    documents["credit_note_lines"] = {"NL1": {"credit_note": "N1", "order_line": "L1", "quantity": 6.0, "amount": 30.0}}
    found = added_up(documents, crm(50.0), {"X1": "O1"})
    assert told(found) == []
    assert of(found, "order", "O1") == of(found, "customer", "C1") == {"EUR": (0, 59_50)}


def test_a_closed_order_is_invoiced_in_full_whatever_its_lines_say():
    part = line(shipped=6.0, open=4.0, cancelled=0.0) | billed((6.0, 30.0))
    part["orders"]["O1"]["status"] = "400"
    assert told(added_up(part, crm(50.0), {"X1": "O1"})) == []
    assert told(added_up(part, crm(50.0), {"X1": "O1"}, closed=["400"])) == [("order_invoiced", "O1", "≠ 30.00 (1×)")]


def test_several_erp_orders_may_stand_for_one_crm_order():
    documents = {
        "orders": {
            "O1": {"amount": 30.0, "currency": "EUR", "status": "9"},
            "O2": {"amount": 20.0, "currency": "EUR", "status": "9"},
        },
        "invoices": {
            "I1": {"order": "O1", "amount": 30.0, "currency": "EUR"},
            "I2": {"order": "O2", "amount": 20.0, "currency": "EUR"},
        },
    }
    assert told(added_up(documents, crm(50.0), [("X1", "O1")], closed=["9"])) == [("order_invoiced", "O1", "≠ 30.00 (1×)")]
    both = [("X1", "O1"), ("X1", "O2")]
    assert told(added_up(documents, crm(50.0), both, closed=["9"])) == []
    assert told(added_up(documents, crm(51.0), both, closed=["9"])) == [("order_invoiced", "O1", "≠ 50.00 (2×)")]


def test_one_erp_order_may_stand_for_several_crm_orders():
    documents = {
        "orders": {"O1": {"amount": 50.0, "currency": "EUR", "status": "9"}},
        "invoices": {"I1": {"order": "O1", "amount": 50.0, "currency": "EUR"}},
    }
    two = {"orders": crm(20.0)["orders"] | crm(30.0, "X2")["orders"]}
    assert told(added_up(documents, two, [("X1", "O1"), ("X2", "O1")], closed=["9"])) == []


def test_different_currencies_are_said_and_not_added_up():
    documents = whole()
    documents["invoices"]["I2"]["currency"] = "USD"
    found = added_up(documents, crm(50.0), {"X1": "O1"})
    assert told(found) == [("one_currency", "I2", "USD ≠ EUR")]
    assert state(found, "order_invoiced")["not_judged"] == 1
    assert of(found, "order", "O1") == {"EUR": (20_00, 35_70), "USD": (-20_00, 23_80)}
    payment = whole() | paid(35.7, currency="GBP")
    assert told(added_up(payment)) == [("one_currency", "P0", "GBP ≠ EUR")]


def test_one_invoice_may_be_for_several_orders():
    documents = line(shipped=10.0, open=0.0, cancelled=0.0)
    documents["orders"]["O2"] = {**documents["orders"]["O1"], "amount": 7.0}
    documents["order_lines"]["L2"] = {
        **documents["order_lines"]["L1"],
        "order": "O2",
        "quantity": 1.0,
        "shipped": 1.0,
        "amount": 7.0,
        "price": 7.0,
    }
    one = billed((10.0, 50.0), tax=10.83, amount=67.83, order=None)
    one["invoice_lines"]["IL7"] = {"invoice": "I1", "order_line": "L2", "quantity": 1.0, "amount": 7.0}
    both = {"orders": crm(50.0)["orders"] | crm(7.0, "X2")["orders"]}
    found = added_up(documents | one, both, {"X1": "O1", "X2": "O2"})
    assert told(found) == []
    assert of(found, "order", "O2")["EUR"][0] == 0
    both["orders"]["X2"]["amount"] = 8.0
    assert told(added_up(documents | one, both, {"X1": "O1", "X2": "O2"})) == [("order_invoiced", "O2", "≠ 7.00 (1×)")]


def test_a_line_may_be_named_by_its_order_and_its_number():
    documents = line() | shipped(4.0, 3.0, gone=2)
    for row in documents["shipment_lines"].values():
        del row["order_line"]
        row |= {"order": "O1", "order_item": "000010"}
    assert told(added_up(documents)) == [("line_shipped", "L1", "6 ≠ 7")]


def test_what_is_void_does_not_count():
    documents = {"invoices": billed((6.0, 30.0))["invoices"]} | paid(30.0, 30.0)
    documents["payments"]["P1"]["status"] = "reversed"
    assert len(told(added_up(documents))) == 1
    assert told(added_up(documents, void={"payments": ["reversed"]})) == []


def test_rules_can_be_switched_off_made_graver_and_narrowed():
    broken = line(open=4.0)
    off = added_up(broken, line_quantity={"check": False})
    assert (told(off), state(off, "line_quantity")["state"]) == ([], "off")
    assert added_up(broken, line_quantity={"severity": "blocking"}).breaks["severity"].to_list() == ["blocking"]
    assert told(added_up(broken, line_quantity={"systems": ["crm"]})) == []
    assert told(added_up(broken, line_quantity={"where": {"currency": ["USD"]}})) == []
    assert len(told(added_up(broken, line_quantity={"where": {"currency": ["EUR", "USD"]}}))) == 1


def test_a_rule_whose_fields_are_not_mapped_says_which():
    found = added_up({"orders": {"O1": {"amount": 1.0, "currency": "EUR"}}})
    assert set(found.rules["state"]) == {"not_mapped"}
    assert state(found, "header_lines", "orders")["detail"] == "order_lines.amount"
    assert state(found, "paid_invoiced")["detail"] == "invoices.amount, payments.amount, payments.invoice"
    assert state(found, "order_invoiced")["detail"] == "crm: orders.amount, erp: invoices.amount"
    assert (told(added_up({})), added_up({}).residuals.height) == ([], 0)


def test_what_was_changed_a_moment_ago_is_no_break_yet_unless_it_was_one_before():
    fresh = line(open=4.0, _modified=NOW - dt.timedelta(minutes=5))
    found = added_up(fresh)
    assert (told(found), state(found, "line_quantity")["in_flight"], state(found, "line_quantity")["broken"]) == ([], 1, 1)
    known = added_up(line(open=4.0)).breaks["fingerprint"].to_list()
    assert len(told(added_up(fresh, known=tuple(known)))) == 1
    parts = line() | shipped(9.0, gone=1)
    parts["shipment_lines"]["SL0"]["_modified"] = NOW
    assert told(added_up(parts)) == []
