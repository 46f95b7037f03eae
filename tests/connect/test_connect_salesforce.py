"""What is Salesforce's own: lookups, queries page by page, upsert in collections, dates and numbers as it takes them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest

from reconcile.config.models import Auth, Source
from reconcile.connect.port import OutcomeStatus, Write
from reconcile.errors import SystemAnswerUnreadable
from reconcile.sandbox import store
from reconcile.sandbox.salesforce.ids import salesforce_id

ACCOUNT = Source(object="Account", key="Id", external_id="ERP_Number__c")
CONTACT = Source(object="Contact", key="Id")
ORDER = Source(object="Order", key="Id", external_id="ERP_Number__c")
CHANGED = "2026-01-31T10:00:00Z"


def insert(sandbox, name: str, **columns: list[object]) -> list[str]:
    count = len(next(iter(columns.values())))
    keys = [salesforce_id(name, i + 1) for i in range(count)]
    stamps = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), [CHANGED] * count)
    store.insert(sandbox.crm_path, name, pl.DataFrame({"Id": keys, **columns, **stamps}))
    return keys


def test_a_lookup_is_read_and_described_and_null_where_there_is_none(sandbox, open_crm):
    (account,) = insert(sandbox, "Account", Name=["北京"], CreditLimit__c=["12.50"])
    insert(sandbox, "Contact", LastName=["A", "B", "C"], AccountId=[None, account, None])
    crm = open_crm(page_size=200)
    fields = ["LastName", "Account.Name", "Account.CreditLimit__c"]
    pages = list(crm.read(CONTACT, fields))
    assert len(pages) == 2
    assert {tuple(p.schema.items()) for p in pages} == {
        (("LastName", pl.String()), ("Account.Name", pl.String()), ("Account.CreditLimit__c", pl.Float64()))
    }
    assert pl.concat(pages).rows() == [("A", None, None), ("B", "北京", 12.5), ("C", None, None)]
    shape = crm.describe(CONTACT)
    assert {"Account.Name", "LastName"} <= shape.fields
    assert "CreditLimit__c" in shape.relations["Account"]
    found = crm.fetch(CONTACT, [salesforce_id("Contact", 2)], fields)
    assert [c.values["Account.Name"] for c in found.values()] == ["北京"]
    (outcome,) = crm.write([Write("a", CONTACT, {"Account.Name": "x"}, key=salesforce_id("Contact", 2))])
    assert outcome.status is OutcomeStatus.REJECTED
    assert "can't be written" in outcome.message


def test_where_is_passed_on_and_an_empty_result_still_has_its_dtypes(sandbox, open_crm):
    insert(sandbox, "Account", Name=["A", "B"], CreditLimit__c=["1", "2"])
    crm = open_crm()
    some = Source(object="Account", key="Id", where="CreditLimit__c > 1")
    assert pl.concat(crm.read(some, ["Name"]))["Name"].to_list() == ["B"]
    assert crm.count(some) == 1
    none = Source(object="Account", key="Id", where="Name = 'Z'")
    (page,) = crm.read(none, ["Name", "CreditLimit__c"])
    assert (page.height, page.schema) == (0, pl.Schema({"Name": pl.String(), "CreditLimit__c": pl.Float64()}))


def test_values_cannot_leave_their_quotes(sandbox, open_crm):
    names = ["O'Neil", "back\\slash", "x' OR Name != '", 'say "hi"']
    keys = insert(sandbox, "Account", Name=names)
    assert open_crm().find(ACCOUNT, "Name", names) == {n: [k] for n, k in zip(names, keys, strict=True)}
    assert open_crm().find(ACCOUNT, "Name", ["o'neil"]) == {"o'neil": [keys[0]]}


def test_more_creates_than_fit_into_one_request_keep_their_order(sandbox, open_crm):
    crm = open_crm()
    writes = [Write(f"a{n}", ACCOUNT, {"Name": f"N{n}"}, external_id=("ERP_Number__c", f"{n}")) for n in range(405)]
    writes[7] = Write("a7", ACCOUNT, {"Status__c": "odd"}, external_id=("ERP_Number__c", "7"))
    outcomes = crm.write(writes)
    assert [o.action_id for o in outcomes] == [w.action_id for w in writes]
    bad = [o for o in outcomes if o.status is not OutcomeStatus.OK]
    assert [(o.action_id, o.status) for o in bad] == [("a7", OutcomeStatus.REJECTED)]
    assert "REQUIRED_FIELD_MISSING" in bad[0].message
    assert "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST" in bad[0].message
    assert sum(line.startswith("PATCH /services/data/v62.0/composite") for line, _ in sandbox.crm_calls) == 3
    again = crm.write(writes[:3])
    assert [o.key for o in again] == [o.key for o in outcomes[:3]]
    assert "was there" in again[0].message
    assert crm.count(ACCOUNT) == 404


def test_a_create_without_external_id_and_dates_numbers_and_nulls(sandbox, open_crm):
    (account,) = insert(sandbox, "Account", Name=["A"])
    crm = open_crm()
    values = {
        "AccountId": account,
        "EffectiveDate": dt.date(2026, 2, 28),
        "TotalAmount__c": Decimal("1234.56"),
        "Status__c": None,
    }
    (outcome,) = crm.write([Write("o", ORDER, values)])
    assert outcome.status is OutcomeStatus.OK
    read = crm.fetch(ORDER, [outcome.key], list(values))[outcome.key].values
    assert read == {"AccountId": account, "EffectiveDate": "2026-02-28", "TotalAmount__c": 1234.56, "Status__c": None}
    shipped = dt.datetime(2026, 3, 1, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    shipment = Source(object="Shipment__c", key="Id")
    (outcome,) = crm.write([Write("s", shipment, {"Order__c": outcome.key, "ShippedAt__c": shipped, "Carrier__c": 7})])
    read = crm.fetch(shipment, [outcome.key], ["ShippedAt__c", "Carrier__c"])[outcome.key].values
    assert read == {"ShippedAt__c": "2026-03-01T00:30:00.000+0000", "Carrier__c": "7"}


def test_a_record_is_updated_by_an_external_id_but_never_made_by_it(sandbox, open_crm):
    insert(sandbox, "Account", Name=["A"], ERP_Number__c=["100"])
    crm = open_crm()
    by_number = Source(object="Account", key="ERP_Number__c")
    outcomes = crm.write([Write("a", by_number, {"Name": "B"}, key="100"), Write("b", by_number, {"Name": "C"}, key="101")])
    assert [o.status for o in outcomes] == [OutcomeStatus.OK, OutcomeStatus.REJECTED]
    assert crm.fetch(by_number, ["100", "101"], ["Name"])["100"].values == {"Name": "B"}
    assert crm.count(ACCOUNT) == 1
    two = Source(object="Account", key=["Name", "ERP_Number__c"])
    assert set(crm.fetch(two, ["B/100", "B", "x/y"], ["Name"])) == {"B/100"}
    (outcome,) = crm.write([Write("c", two, {"Name": "C"}, key="B/100")])
    assert outcome.status is OutcomeStatus.OK
    assert crm.find(ACCOUNT, "Name", ["C"]) == {"C": [salesforce_id("Account", 1)]}


def test_salesforces_own_precondition_guards_the_moment_between_look_and_write(scripted, open_crm):
    key = salesforce_id("Account", 1)
    record = {"Id": key, "Name": "A", "SystemModstamp": "2026-01-31T10:00:00.250+0000"}
    describe = {"fields": [{"name": n, "type": "string"} for n in record]}

    def answer(method, path, headers, _body):
        if method == "PATCH":
            assert headers["if-unmodified-since"] == "Sat, 31 Jan 2026 10:00:01 GMT"
            return 412, {}, [{"errorCode": "PRECONDITION_FAILED", "message": "moved on"}]
        return 200, {}, describe if "describe" in path else {"records": [record], "done": True}

    scripted.answer = answer
    crm = open_crm(url=scripted.url, auth=Auth(token="t"))
    version = crm.fetch(ACCOUNT, [key], ["Name"])[key].version
    (outcome,) = crm.write([Write("a", ACCOUNT, {"Name": "B"}, key=key, version=version)])
    assert (outcome.status, outcome.message) == (OutcomeStatus.CONFLICT, "PRECONDITION_FAILED: moved on")
    twice = [Write(a, ACCOUNT, {"Name": "B"}, key=key, version=version) for a in ("a", "b")]
    assert crm.write(twice)[1].message == "the record was changed by somebody else since it was read"
    assert crm.write([Write("a", ACCOUNT, {"Name": "B"}, key=key, version="odd")])[0].status is OutcomeStatus.CONFLICT


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"no": "records"}, "no records"),
        ([], "an object was expected"),
        ({"records": [], "nextRecordsUrl": "/next"}, "leads to the same page"),
    ],
)
def test_answers_that_make_no_sense(scripted, open_crm, answer, says):
    describe = {"fields": [{"name": "Name", "type": "string"}]}
    scripted.answer = lambda _m, path, _h, _b: (200, {}, describe if "describe" in path else answer)
    crm = open_crm(url=scripted.url, auth=Auth(token="t"))
    with pytest.raises(SystemAnswerUnreadable, match=says):
        list(crm.read(ACCOUNT, ["Name"]))
    scripted.answer = lambda *_: (200, {}, {"fields": None})
    with pytest.raises(SystemAnswerUnreadable, match="no fields"):
        crm.describe(Source(object="Contact", key="Id"))


def test_the_shared_log_in_host_tells_where_the_data_is(scripted, open_crm, monkeypatch):
    monkeypatch.setattr("reconcile.connect.salesforce.connector._SHARED_LOG_IN", ("127.0.0.1",))
    scripted.answer = lambda _m, path, _h, _b: (
        (200, {}, {"access_token": "t", "instance_url": f"http://localhost:{scripted.url.rpartition(':')[2]}/"})
        if "token" in path
        else (200, {}, {"totalSize": 3})
    )
    crm = open_crm(url=scripted.url, auth=Auth(client_id="c", client_secret="s"))
    assert crm.count(ACCOUNT) == 3
    assert crm.count(ACCOUNT) == 3
    assert scripted.asked[-1][2]["host"].startswith("localhost:")
