"""Each of the six domains in Tryton: what is read, what is computed, what is written under which lock, and what is refused."""

from __future__ import annotations

import json
import sqlite3

import polars as pl
import pytest
from systems.tryton_server import DATABASE, PASSWORD, tryton_server

from reconcile.config.models import Auth, Source, System
from reconcile.connect.port import OutcomeStatus, Write
from reconcile.connect.tryton.connector import TrytonConnector
from reconcile.errors import SystemRefused


def source(model, where=None, external_id=None):
    return Source(object=model, key="id", where=json.dumps(where) if where else None, external_id=external_id)


def connector_of(server):
    auth = Auth(username="admin", password=PASSWORD)
    system = System(role="erp", connector="tryton", url=server.url, auth=auth, requests_per_second=10_000)
    return TrytonConnector("tryton", system, server.folder)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with tryton_server(tmp_path_factory.mktemp("trade"), trade=True) as server:
        yield server


@pytest.fixture(scope="module")
def tryton(server):
    connector = connector_of(server)
    yield connector
    connector.close()


@pytest.fixture(scope="module")
def lost(tmp_path_factory):
    """A user without a company, in a company without a warehouse."""
    with tryton_server(tmp_path_factory.mktemp("lost"), trade=True) as server:
        with sqlite3.connect(server.folder / f"{DATABASE}.sqlite") as database:
            database.execute("UPDATE stock_location SET active = 0 WHERE type = 'warehouse'")
            database.execute('DELETE FROM "res_user-company_company"')
            database.execute("UPDATE res_user SET company = NULL")
        database.close()
        connector = connector_of(server)
        yield connector
        connector.close()


def read(connector, source, *fields: str):
    return pl.concat(connector.read(source, fields)).rows()


def id_of(tryton, model, field, value):
    (key,) = tryton.find(source(model), field, [value])[value]
    return key


READ = {
    "customers": (
        source("party.party", [["code", "=", "C1"]]),
        ("name", "tax_identifier.code", "identifiers.code", "addresses.city", "addresses.country.code", "phone", "email"),
        [("Müller GmbH", "ATU61993034", "ATU61993034", "Wien", "AT", "+43 1 5880010", "office@mueller.example")],
    ),
    "contacts": (
        source("party.contact_mechanism", [["type", "=", "email"], ["party.code", "=", "C2"]]),
        ("party.code", "type", "value", "name"),
        [("C2", "email", "info@keji.example", "Accounts")],
    ),
    "products": (
        source("product.product", [["code", "in", ["P1", "P3"]]]),
        ("code", "name", "list_price", "list_price_used", "quantity", "forecast_quantity", "default_uom.symbol"),
        [("P1", "Bolt M8", None, 0.25, 900.0, 900.0, "u"), ("P3", "Filter", None, 12.5, 296.0, 286.0, "u")],
    ),
    "prices": (
        source("product.template", [["code", "=", "P2"]]),
        ("code", "name", "list_price", "quantity"),
        [("P2", "Pump", 480.0, 38.0)],
    ),
    "orders": (
        source("sale.sale", [["reference", "in", ["CRM-1", "CRM-5"]]]),
        (
            "party.code",
            "sale_date",
            "state",
            "untaxed_amount",
            "total_amount",
            "currency.code",
            "invoice_state",
            "shipment_state",
        ),
        [
            ("C1", "2025-03-03", "done", 75.0, 90.0, "EUR", "paid", "sent"),
            ("C1", "2025-03-03", "quotation", 480.0, 576.0, "EUR", "none", "none"),
        ],
    ),
    "order_lines": (
        source("sale.line", [["sale.reference", "=", "CRM-1"]]),
        ("sale.reference", "product.code", "quantity", "unit.symbol", "unit_price", "amount"),
        [("CRM-1", "P1", 100.0, "u", 0.25, 25.0), ("CRM-1", "P3", 4.0, "u", 12.5, 50.0)],
    ),
    "invoices": (
        source("account.invoice", [["type", "=", "out"]]),
        ("number", "sales.reference", "party.code", "invoice_date", "state", "total_amount", "amount_to_pay", "reconciled"),
        [
            ("1", "CRM-1", "C1", "2025-03-05", "paid", 90.0, 0.0, "2025-03-20"),
            ("2", "CRM-2", "C2", "2025-03-05", "posted", 1152.0, 1052.0, None),
            ("3", "CRM-3", "C3", "2025-03-05", "posted", 264.0, 264.0, None),
            (None, "CRM-4", "C4", None, "draft", 342.0, 0.0, None),
        ],
    ),
    "payments": (
        source("account.move.line", [["invoice_payment.type", "=", "out"]]),
        ("move.number", "invoice_payment.number", "date", "credit"),
        [("2", "1", "2025-03-20", 90.0), ("4", "2", "2025-03-20", 100.0)],
    ),
    "shipments": (
        source("stock.shipment.out"),
        ("number", "outgoing_moves.sale", "customer.code", "state", "effective_date"),
        [
            ("1", "1", "C1", "done", "2025-03-10"),
            ("2", "2", "C2", "done", "2025-03-10"),
            ("3", "3", "C3", "assigned", "2025-03-10"),
            ("4", "4", "C4", "waiting", None),
        ],
    ),
}


@pytest.mark.parametrize("domain", READ)
def test_each_domain_is_read_as_tryton_shows_it(tryton, domain):
    where, fields, rows = READ[domain]
    shape = tryton.describe(where)
    assert shape.fields >= set(fields)
    assert read(tryton, where, *fields) == rows
    assert tryton.count(where) == len(rows)
    (key, *_) = [key for (key,) in read(tryton, where, "id")]
    assert tuple(tryton.fetch(where, [key], fields)[key].values.values()) == rows[0]


def test_stock_is_that_of_the_places_in_where(tryton):
    zone = int(id_of(tryton, "stock.location", "code", "STO"))
    outside = int(id_of(tryton, "stock.location", "code", "CUS"))
    for places, held in (([zone], 38.0), ([outside], 2.0)):
        where = {"domain": [["code", "=", "P2"]], "context": {"locations": places}}
        assert read(tryton, source("product.product", where), "quantity") == [(held,)]


def test_stock_without_any_place_is_refused_because_tryton_would_say_none(lost):
    assert read(lost, source("product.product", [["code", "=", "P1"]]), "name") == [("Bolt M8",)]
    with pytest.raises(SystemRefused, match="quantity is stock, and there is no warehouse in which it is counted"):
        read(lost, source("product.product"), "name", "quantity")


def test_records_of_a_company_are_refused_to_a_user_who_has_none_because_tryton_would_show_none(lost):
    with pytest.raises(SystemRefused, match=r"account.invoice belongs to a company, and the user has none"):
        read(lost, source("account.invoice"), "number")


@pytest.mark.parametrize("where", ['{"domain": {}}', '{"domain": [], "contxt": {}}', '{"context": []}', "3"])
def test_a_where_of_another_form_is_refused(tryton, where):
    with pytest.raises(SystemRefused, match="`where` is no domain"):
        tryton.describe(Source(object="party.party", key="id", where=where))


@pytest.mark.parametrize(
    ("model", "field", "creatable", "updatable"),
    [
        ("party.party", "name", True, True),
        ("party.party", "code", True, False),  # fixed once the party is saved
        ("party.party", "email", True, False),
        ("party.party", "tax_identifier.code", False, False),  # Tryton chooses it among the identifiers
        ("party.party", "identifiers.code", True, True),
        ("party.party", "addresses.country.code", True, True),
        ("party.party", "addresses.country.name", None, None),
        ("party.contact_mechanism", "party.code", False, False),
        ("product.product", "name", False, False),  # the template's
        ("product.product", "template.name", False, False),
        ("product.product", "quantity", False, False),
        ("product.template", "list_price", True, True),
        ("sale.sale", "currency.code", True, True),
        ("sale.sale", "total_amount", False, False),
        ("account.invoice", "number", False, False),
        ("account.invoice", "amount_to_pay", False, False),
        ("stock.shipment.out", "state", False, False),
    ],
)
def test_what_can_never_be_written_is_told_beforehand(tryton, model, field, creatable, updatable):
    rule = tryton.describe(source(model)).rules.get(field)
    assert (rule and rule.creatable, rule and rule.updatable) == (creatable, updatable)


WRITTEN = {
    "party.party": ("code", "C4", "name", "O'Neil Ltd", "Elsewhere"),
    "party.address": ("party.code", "C4", "street", "Lane 5", "Lane 6"),
    "party.contact_mechanism": ("value", "hello@oneil.example", "value", "new@oneil.example", "newer@oneil.example"),
    "party.identifier": ("code", "IE6433435F", "code", "IE8D79739I", "IE6433435OA"),
    "product.template": ("code", "P4", "list_price", "96.5", "97"),
    "product.product": ("code", "P4", "description", "DN50", "DN65"),
    "sale.sale": ("reference", "CRM-6", "sale_date", "2025-03-07", "2025-03-08"),
    "sale.line": ("sale.reference", "CRM-6", "quantity", "9", "10"),
}


@pytest.mark.parametrize("model", WRITTEN)
def test_each_written_model_is_written_and_locked(tryton, model):
    field, value, name, first, second = WRITTEN[model]
    key = id_of(tryton, model, field, value)
    version = tryton.fetch(source(model), [key], [name])[key].version
    (landed,) = tryton.write([Write("1", source(model), {name: first}, key=key, version=version)])
    assert landed.status is OutcomeStatus.OK, landed.message
    (stale,) = tryton.write([Write("2", source(model), {name: second}, key=key, version=version)])
    assert (stale.status, stale.message) == (OutcomeStatus.CONFLICT, "Records were modified in the meanwhile")
    held = tryton.fetch(source(model), [key], [name])[key].values[name]
    assert held == (float(first) if isinstance(held, float) else first)


def test_an_identifier_that_another_changed_is_a_conflict_also_through_its_party(tryton):
    party, tax = id_of(tryton, "party.party", "code", "C3"), id_of(tryton, "party.identifier", "code", "FR40303265045")
    version = tryton.fetch(source("party.party"), [party], ["identifiers.code"])[party].version
    (between,) = tryton.write([Write("1", source("party.identifier"), {"code": "FR23334175221"}, key=tax)])
    (late,) = tryton.write([Write("2", source("party.party"), {"identifiers.code": "FR40303265045"}, key=party, version=version)])
    assert (between.status, late.status) == (OutcomeStatus.OK, OutcomeStatus.CONFLICT)


@pytest.mark.parametrize(
    ("model", "field", "value", "name", "new", "words"),
    [
        ("account.invoice", "number", "2", "invoice_date", "2025-04-01", 'the field "Invoice Date" in record "2"'),
        ("account.invoice", "number", "1", "party", "3", 'the field "Party" in record "1"'),
        ("account.move.line", "invoice_payment.number", "1", "credit", "3", 'the field "Credit" in record'),
        ("stock.shipment.out", "number", "1", "effective_date", "2025-04-01", 'the field "Effective Date" in record "1"'),
        ("sale.sale", "reference", "CRM-1", "sale_date", "2025-04-01", 'the field "Sale Date" in record "1 [CRM-1]"'),
        ("sale.line", "sale.reference", "CRM-2", "quantity", "3", 'the field "Quantity" in record'),
        ("party.party", "code", "C2", "email", "new@keji.example", 'the field "Email" in record'),
        ("product.product", "code", "P1", "quantity", "5", 'the field "Quantity" of "Product"'),
    ],
)
def test_what_is_posted_done_or_computed_is_refused_in_trytons_words(tryton, model, field, value, name, new, words):
    (outcome,) = tryton.write([Write("a", source(model), {name: new}, key=id_of(tryton, model, field, value))])
    assert outcome.status is OutcomeStatus.REJECTED
    assert outcome.message.startswith(f"You are not allowed to modify {words}")


def test_a_country_is_written_by_its_code(tryton):
    party = id_of(tryton, "party.party", "code", "C2")
    for code, status in (
        ("AT", OutcomeStatus.OK),
        (None, OutcomeStatus.OK),
        ("CN", OutcomeStatus.OK),
        ("XX", OutcomeStatus.REJECTED),
    ):
        version = tryton.fetch(source("party.party"), [party], ["addresses.country.code"])[party].version
        (outcome,) = tryton.write(
            [Write("a", source("party.party"), {"addresses.country.code": code}, key=party, version=version)]
        )
        assert outcome.status is status
        held = tryton.fetch(source("party.party"), [party], ["addresses.country.code"])[party].values
        assert held == {"addresses.country.code": "CN" if status is OutcomeStatus.REJECTED else code}
    assert outcome.message == (
        "addresses.country.code: 'XX' can't be written: there is no entry of country.country with this code"
    )


def test_a_new_record_is_one_of_those_that_where_reads(tryton):
    party = id_of(tryton, "party.party", "code", "C1")
    mails = source("party.contact_mechanism", [["type", "=", "email"], ["party.code", "=", "C1"]], external_id="comment")
    assert tryton.describe(mails).rules["type"].defaulted
    assert not tryton.describe(source("party.contact_mechanism", [["type", "in", ["email"]]])).rules["party"].defaulted
    (made,) = tryton.write([Write("a", mails, {"party": party, "value": "new@mueller.example"}, external_id=("comment", "K9"))])
    assert (made.status, made.message) == (OutcomeStatus.OK, "")
    assert read(tryton, mails, "type", "value")[-1] == ("email", "new@mueller.example")
    either = source("party.contact_mechanism", ["OR", ["type", "=", "phone"], ["type", "=", "email"]], external_id="comment")
    (made,) = tryton.write([Write("a", either, {"party": party, "value": "plain"}, external_id=("comment", "K10"))])
    assert tryton.fetch(either, [made.key], ["type"])[made.key].values == {"type": "other"}


def test_what_where_asks_of_a_state_is_not_written_to_a_new_record(tryton):
    orders = source("sale.sale", [["state", "=", "done"]], external_id="reference")
    (made,) = tryton.write([Write("a", orders, {"party": "2"}, external_id=("reference", "not done"))])
    assert tryton.fetch(orders, [made.key], ["state"])[made.key].values == {"state": "draft"}


def sessions(server):
    with sqlite3.connect(server.folder / f"{DATABASE}.sqlite") as database:
        (count,) = database.execute("SELECT count(*) FROM ir_session").fetchone()
    database.close()
    return count


def test_closing_ends_the_session(server):
    before = sessions(server)
    connector = connector_of(server)
    connector.count(source("party.party"))
    assert sessions(server) == before + 1
    connector.close()
    assert sessions(server) == before
    connector_of(server).close()  # nobody had signed in


def test_closing_is_quiet_when_the_server_is_gone(tmp_path):
    with tryton_server(tmp_path) as server:
        connector = connector_of(server)
        connector.count(source("party.party"))
    connector.close()
