"""What only Tryton does: sessions, time stamps, errors inside an answer that looks well, records behind relations."""

from __future__ import annotations

import datetime as dt
import threading
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import polars as pl
import pytest
from systems.tryton_server import PASSWORD, tryton_server

from reconcile.config.models import Auth, Source, System
from reconcile.connect.port import OutcomeStatus, Write
from reconcile.connect.tryton.connector import TrytonConnector
from reconcile.errors import SystemRefused

PARTIES = Source(object="party.party", key="id", external_id="code")
SALES = Source(object="sale.sale", key="id", external_id="reference")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with tryton_server(tmp_path_factory.mktemp("tryton")) as server:
        yield server


@pytest.fixture(scope="module")
def open_at(server):
    opened = []

    def open_at(url=None, password=PASSWORD, page_size=1000):
        auth = Auth(username="admin", password=password)
        system = System(
            role="erp", connector="tryton", url=url or server.url, auth=auth, page_size=page_size, requests_per_second=10_000
        )
        opened.append(TrytonConnector("tryton", system, server.folder))
        return opened[-1]

    yield open_at
    for connector in opened:
        connector.close()


@pytest.fixture(scope="module")
def tryton(open_at):
    return open_at()


@pytest.fixture
def party(tryton, request):
    """A new party with one address; its key."""
    values = {"name": "Müller & Söhne", "addresses.street": "Gasse 1", "addresses.city": "Wien"}
    return written(tryton, Write("new", PARTIES, values, external_id=("code", request.node.name)))


@contextmanager
def in_front_of(server, lost):
    """An address in front of the server that passes everything on, and loses the first answer to each of these methods."""
    left = set(lost)

    class Passer(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept = {name: self.headers[name] for name in ("Authorization", "Content-Type") if name in self.headers}
            answer = httpx.post(server.url.rpartition("/")[0] + self.path, content=body, headers=kept, timeout=60)
            method = next((m for m in left if f'"{m}"'.encode() in body), None)
            left.discard(method)
            self.close_connection = True
            if method is None:
                self.send_response(answer.status_code)
                self.end_headers()
                self.wfile.write(answer.content)

        def log_message(self, *_: object):
            """Silent."""

    front = ThreadingHTTPServer(("127.0.0.1", 0), Passer)
    thread = threading.Thread(target=front.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{front.server_port}/company"
    finally:
        front.shutdown()
        thread.join()
        front.server_close()


def written(connector, write):
    (outcome,) = connector.write([write])
    assert outcome.status is OutcomeStatus.OK, outcome.message
    return outcome.key


def update(connector, key, values, action="a", source=PARTIES):
    return Write(action, source, values, key=key, version=connector.fetch(source, [key], list(values))[key].version)


def now(connector, key, *fields: str, source=PARTIES):
    values = connector.fetch(source, [key], fields)[key].values
    return [values[f] for f in fields]


def read(connector, source, *fields: str):
    return pl.concat(connector.read(source, fields))


def test_a_party_with_its_address_is_created_and_changed_through_one_path(tryton, party, server):
    assert now(tryton, party, "name", "addresses.street", "addresses.city") == ["Müller & Söhne", "Gasse 1", "Wien"]
    written(tryton, update(tryton, party, {"name": "Müller", "addresses.city": "Graz"}))
    assert now(tryton, party, "name", "addresses.street", "addresses.city") == ["Müller", "Gasse 1", "Graz"]
    assert server.call("model.party.address.search_count", [["party", "=", int(party)]]) == 1


def test_an_address_is_added_where_there_is_none(tryton, server):
    (bare,) = server.call("model.party.party.create", [{"name": "Bare", "code": "bare", "addresses": []}])
    assert now(tryton, str(bare), "addresses.city") == [None]
    written(tryton, update(tryton, str(bare), {"addresses.city": "Linz"}))
    assert now(tryton, str(bare), "addresses.city") == ["Linz"]


def test_the_first_address_is_the_first_that_is_active(tryton, party, server):
    (old,) = server.call("model.party.address.search", [["party", "=", int(party)]], 0, None, None)
    new = {"party": int(party), "city": "Neu", "sequence": 9}
    server.call("model.party.address.create", [new])
    server.call("model.party.address.write", [old], {"active": False})
    assert now(tryton, party, "addresses.city") == ["Neu"]


def test_an_address_that_somebody_else_changed_is_a_conflict(tryton, party, server):
    stale = update(tryton, party, {"addresses.city": "Graz"})
    (address,) = server.call("model.party.address.search", [["party", "=", int(party)]], 0, None, None)
    server.call("model.party.address.write", [address], {"city": "Bregenz"})
    (outcome,) = tryton.write([stale])
    assert (outcome.status, outcome.message) == (OutcomeStatus.CONFLICT, "Records were modified in the meanwhile")
    assert now(tryton, party, "addresses.city") == ["Bregenz"]


def test_another_address_in_the_first_place_is_a_conflict(tryton, party, server):
    stale = update(tryton, party, {"addresses.city": "Graz"})
    (old,) = server.call("model.party.address.search", [["party", "=", int(party)]], 0, None, None)
    server.call("model.party.address.create", [{"party": int(party), "city": "Neu", "sequence": 9}])
    server.call("model.party.address.write", [old], {"active": False})
    (outcome,) = tryton.write([stale])
    assert outcome.status is OutcomeStatus.CONFLICT
    assert now(tryton, party, "addresses.city") == ["Neu"]


def test_refusals_come_in_trytons_own_words_and_harm_no_other_record(tryton, party, request):
    creates = [Write(str(n), PARTIES, {"name": f"P{n}"}, external_id=("code", f"many{n}")) for n in range(60)]
    creates[17] = Write("17", PARTIES, {"name": "twice"}, external_id=("code", request.node.name))
    outcomes = tryton.write(creates)
    assert [o.action_id for o in outcomes if o.status is not OutcomeStatus.OK] == ["17"]
    assert (outcomes[17].status, outcomes[17].message) == (OutcomeStatus.REJECTED, "The code on party must be unique.")
    assert tryton.find(PARTIES, "code", [f"many{n}" for n in range(60)]) == {
        f"many{n}": [outcomes[n].key] for n in range(60) if n != 17
    }


def test_what_can_not_be_written_is_said_before_anything_is_sent(tryton, party):
    cases = {"lang.name": "x", "addresses.nope": "x", "active": "perhaps", "replaced_by": "abc", "categories": "1"}
    outcomes = tryton.write([Write(f, PARTIES, {f: v}, key=party) for f, v in cases.items()])
    assert {o.status for o in outcomes} == {OutcomeStatus.REJECTED}
    assert outcomes[0].message == "lang.name belongs to a record of its own, which can't be written through this one"
    assert outcomes[2].message == "active: 'perhaps' can't be written: it is neither true nor false"


def test_an_expired_session_is_renewed_for_reads_and_for_writes(tryton, party, server):
    server.end_sessions()
    write = update(tryton, party, {"name": "After the night"})
    server.end_sessions()
    written(tryton, write)
    assert now(tryton, party, "name") == ["After the night"]
    server.end_sessions()  # the fixture's own session is gone as well
    server.log_in()


def test_a_write_whose_answer_is_lost_is_unknown_and_was_sent_once(server, open_at, tryton, party):
    with in_front_of(server, {"model.party.party.write", "model.party.party.create", "model.party.party.search_read"}) as url:
        lossy = open_at(url)
        change = update(lossy, party, {"name": "Landed"})  # reads are asked again
        create = Write("c", PARTIES, {"name": "New"}, external_id=("code", "lost answer"))
        outcomes = lossy.write([change, create])
    assert [o.status for o in outcomes] == [OutcomeStatus.UNKNOWN, OutcomeStatus.UNKNOWN]
    assert now(tryton, party, "name") == ["Landed"]
    assert len(tryton.find(PARTIES, "code", ["lost answer"])["lost answer"]) == 1


def test_values_of_every_kind_go_there_and_come_back(tryton, server):
    deals = Source(object="sale.opportunity", key="id")
    values = {"amount": Decimal("1234.50"), "end_date": dt.date(2026, 2, 28), "conversion_probability": 0.25}
    deal = written(tryton, Write("a", deals, values))
    assert now(tryton, deal, *values, source=deals) == [1234.5, "2026-02-28", 0.25]
    jobs = Source(object="ir.cron", key="id")
    (job,) = server.call("model.ir.cron.search", [], 0, 1, None)
    at = dt.datetime(2030, 1, 1, 8, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    written(tryton, update(tryton, str(job), {"next_call": at, "interval_number": "3", "active": False}, source=jobs))
    fields = ("next_call", "interval_number", "active")
    assert now(tryton, str(job), *fields, source=jobs) == ["2030-01-01T00:00:00.000000Z", 3, False]


def test_the_time_stamp_says_when_a_record_was_last_written(tryton, party):
    before = dt.datetime.now(dt.UTC)
    written(tryton, update(tryton, party, {"name": "Later"}))
    stamp, write_date = map(dt.datetime.fromisoformat, now(tryton, party, "_timestamp", "write_date"))
    assert before - dt.timedelta(seconds=1) < stamp < before + dt.timedelta(minutes=1)
    assert abs(stamp - write_date) < dt.timedelta(milliseconds=1)


def test_inactive_records_are_read_unless_the_domain_leaves_them_out(tryton, party):
    written(tryton, update(tryton, party, {"active": False}))
    active = PARTIES.model_copy(update={"where": '[["active", "=", true]]'})
    assert party in read(tryton, PARTIES, "id")["id"]
    assert party not in read(tryton, active, "id")["id"]
    assert tryton.count(PARTIES) - tryton.count(active) == read(tryton, PARTIES, "active")["active"].not_().sum()


def test_a_record_can_be_known_by_another_field_than_its_id(tryton, party, request):
    coded = Source(object="party.party", key="code")
    code = request.node.name
    assert tryton.find(coded, "addresses.city", ["Wien"])["Wien"].count(code) == 1
    assert written(tryton, update(tryton, code, {"name": "By code"}, source=coded)) == code
    assert now(tryton, party, "name") == ["By code"]
    assert written(tryton, Write("n", coded, {"name": "N"}, external_id=("code", "given"))) == "given"
    assert written(tryton, Write("n", Source(object="party.address", key=["party", "city"]), {"party": party, "city": "Y"})) == (
        f"{party}/Y"
    )


def test_sales_with_lines_are_read_like_parties(tryton, party):
    lines = {"lines.quantity": 3, "lines.unit_price": Decimal("9.90"), "lines.description": "Schrauben"}
    sale = written(tryton, Write("s", SALES, {"party": party, **lines}, external_id=("reference", "CRM-1")))
    row = read(tryton, SALES, "id", "party", "party.name", "state", "lines.quantity", "untaxed_amount")
    assert row.row(0) == (sale, party, "Müller & Söhne", "draft", 3.0, 29.7)
    items = Source(object="sale.line", key="id")
    assert read(tryton, items, "sale", "sale.reference", "amount").row(0) == (sale, "CRM-1", 29.7)


@pytest.mark.parametrize("model", ["account.invoice", "account.invoice.line", "stock.shipment.out", "product.product"])
def test_other_documents_are_described_and_read_even_if_there_is_none(tryton, model):
    source = Source(object=model, key="id")
    assert {"id", "rec_name", "_timestamp", "create_date"} <= tryton.describe(source).fields
    pages = list(tryton.read(source, ["id", "rec_name", "_timestamp"]))
    assert [page.height for page in pages] == [0]


@pytest.mark.parametrize(
    ("where", "words"),
    [('[["nope", "=", 1]]', "the server failed with 'nope'"), ("name = x", "`where` is no domain: name = x")],
)
def test_an_error_in_an_answer_that_looks_well_is_a_refusal(tryton, where, words):
    with pytest.raises(SystemRefused, match=words):
        read(tryton, PARTIES.model_copy(update={"where": where}), "id")


def test_a_wrong_password_is_a_refusal_that_does_not_show_it(open_at):
    connector = open_at(password="wrong-secret")
    with pytest.raises(SystemRefused, match="answered 401") as caught:
        connector.describe(PARTIES)
    assert "wrong-secret" not in str(caught.value)
    (outcome,) = connector.write([Write("a", PARTIES, {"name": "x"}, key="1")])
    assert outcome.status is OutcomeStatus.REJECTED
    assert outcome.message.startswith("not sent: tryton: ")


TEMPLATES = Source(object="product.template", key="id")
UNIT = {"default_uom": "1"}


@pytest.mark.parametrize(
    ("source", "values", "field"),
    [
        (TEMPLATES, {**UNIT, "name": "Bolt", "list_price": Decimal("1.23456")}, "list_price"),
        (TEMPLATES, {**UNIT, "name": "Bolt", "list_price": Decimal("1.2345")}, None),
        (TEMPLATES, {**UNIT, "name": "Bolt", "type": "thing"}, "type"),
        (TEMPLATES, {**UNIT, "name": "Bolt", "type": "service"}, None),
        (TEMPLATES, dict(UNIT), "name"),
        (TEMPLATES, {"name": "Bolt"}, "default_uom"),
        (SALES, {"reference": "S1"}, "party"),
    ],
)
def test_what_its_metadata_forbids_is_refused_and_what_it_allows_is_taken(tryton, source, values, field):
    rules = tryton.describe(source).rules
    texts = {name: str(value) for name, value in values.items()}
    needed = [name for name, rule in rules.items() if rule.required and rule.creatable and not rule.defaulted]
    absent = [name for name in needed if "." not in name and name not in texts]
    bad = [name for name, text in texts.items() if breaks(rules[name], text)]
    assert [*absent, *bad] == ([field] if field else [])
    said = tryton.write([Write("a", source, values)])[0]
    assert said.status is (OutcomeStatus.REJECTED if field else OutcomeStatus.OK), said.message


def breaks(rule, text):
    """Whether a value breaks the rule of its field, in the two ways that these models have."""
    decimals = len(text.partition(".")[2])
    return bool(rule.allowed and text not in rule.allowed) or (rule.decimals is not None and decimals > rule.decimals)


def test_a_new_party_needs_no_code_since_tryton_counts(tryton):
    rule = tryton.describe(PARTIES).rules["code"]
    assert (rule.required, rule.defaulted) == (True, True)
    assert tryton.write([Write("a", PARTIES, {"name": "Uncounted"})])[0].status is OutcomeStatus.OK
