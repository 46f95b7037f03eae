"""What is OData's own: metadata, relations, links to the next page, ETags, the CSRF handshake, batches."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import polars as pl
import pytest

from reconcile.config.models import Auth, Source
from reconcile.connect.odata.dialect import key_predicate
from reconcile.connect.odata.metadata import parse
from reconcile.connect.odata.v4 import V4
from reconcile.connect.port import OutcomeStatus, Write
from reconcile.errors import SystemAnswerUnreadable, SystemRefused
from reconcile.sandbox import store
from reconcile.sandbox.servers import Sandbox

PARTNER = Source(object="A_BusinessPartner", key="BusinessPartner", external_id="ExternalReference")
ITEM = Source(object="A_SalesOrderItem", key=["SalesOrder", "SalesOrderItem"])
CITY, STREET = "to_BusinessPartnerAddress/CityName", "to_BusinessPartnerAddress/StreetName"
CHANGED = "2026-01-31T10:00:00Z"
OK, CONFLICT, REJECTED, UNKNOWN = OutcomeStatus.OK, OutcomeStatus.CONFLICT, OutcomeStatus.REJECTED, OutcomeStatus.UNKNOWN


def insert(sandbox, name: str, **columns: list[object]) -> None:
    store.insert(sandbox.erp_path, name, pl.DataFrame(columns).with_columns(pl.lit(CHANGED).alias("LastChangeDateTime")))


@pytest.fixture
def partners(sandbox):
    """Five partners; the first three have an address, the first has two."""
    keys = [str(1_000_001 + n) for n in range(5)]
    insert(
        sandbox, "A_BusinessPartner", BusinessPartner=keys, BusinessPartnerFullName=list("ABCDE"), CreditLimitAmount=["1.5"] * 5
    )
    at = [keys[0], *keys[:3]]
    insert(sandbox, "A_BusinessPartnerAddress", BusinessPartner=at, AddressID=["2", "1", "1", "1"], CityName=["x", "a", "b", "c"])
    return keys


def update(erp, key: str, values: dict[str, object], action: str = "a") -> Write:
    return Write(action, PARTNER, values, key=key, version=erp.fetch(PARTNER, [key], list(values))[key].version)


def city(erp, key: str) -> object:
    return erp.fetch(PARTNER, [key], [CITY])[key].values[CITY]


def test_the_first_record_behind_a_relation_is_read_and_null_where_there_is_none(partners, open_erp):
    erp = open_erp()
    pages = list(erp.read(PARTNER, ["BusinessPartner", CITY, "CreditLimitAmount"]))
    assert [p.height for p in pages] == [2, 2, 1]
    assert len({tuple(p.schema.items()) for p in pages}) == 1
    assert pl.concat(pages)[CITY].to_list() == ["a", "b", "c", None, None]
    assert pages[0].schema["CreditLimitAmount"] == pl.Float64
    shape = erp.describe(PARTNER)
    assert CITY in shape.fields
    assert "CityName" in shape.relations["to_BusinessPartnerAddress"]


def test_where_and_count(partners, open_erp):
    erp = open_erp()
    some = Source(
        object="A_BusinessPartner", key="BusinessPartner", where="BusinessPartnerFullName gt 'C' and CreditLimitAmount lt 2"
    )
    assert pl.concat(erp.read(some, ["BusinessPartnerFullName"])).to_series().to_list() == ["D", "E"]
    assert (erp.count(some), erp.count(PARTNER)) == (2, 5)
    odd = Source(object="A_BusinessPartner", key="BusinessPartner", where="nonsense")
    assert erp.count(odd) is None
    with pytest.raises(SystemRefused, match="answered 400"):
        list(erp.read(odd, ["BusinessPartner"]))


def test_absolute_links_are_followed_too(tmp_path, partners, sandbox, open_erp):
    with Sandbox(sandbox.folder, erp_page=2, absolute_links=True) as other:
        erp = open_erp(url=other.erp_url)
        assert sum(p.height for p in erp.read(PARTNER, ["BusinessPartner"])) == 5


METADATA = b"""<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0"><edmx:DataServices>
<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="a.b" Alias="S">
<EntityType Name="Base"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Guid" Nullable="false"/></EntityType>
<EntityType Name="T" BaseType="S.Base"><Property Name="N" Type="Edm.Int32"/><Property Name="D" Type="Edm.Date"/>
<Property Name="B" Type="Edm.Boolean"/><Property Name="Sub" Type="S.Complex"/>
<NavigationProperty Name="one" Type="a.b.Base"/><NavigationProperty Name="many" Type="Collection(S.T)"/></EntityType>
<EntityContainer Name="C"><EntitySet Name="Ts" EntityType="S.T"/></EntityContainer></Schema></edmx:DataServices></edmx:Edmx>"""
THING = Source(object="Ts", key="ID")
GUID = "11111111-2222-3333-4444-555555555555"


def test_metadata_with_aliases_base_types_and_relations_of_both_kinds():
    service = parse(METADATA)
    thing = service.of("Ts")
    assert thing.key == ("ID",)
    assert dict(thing.properties) == {"ID": "Edm.Guid", "N": "Edm.Int32", "D": "Edm.Date", "B": "Edm.Boolean"}
    assert (thing.navigations["one"].many, thing.navigations["many"].many) == (False, True)
    assert (service.column(thing, "many/N").dtype, service.column(thing, "many/N").lists) == (pl.Int64(), {0})
    assert key_predicate(V4(), thing, [GUID]) == f"({GUID})"
    assert service.of("nope") is None


@pytest.mark.parametrize("document", [b"<html>", b"<a/>", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', b"", b"\xff"])
def test_what_is_no_metadata_is_refused(document):
    with pytest.raises(ValueError, match=r"it (is|has)"):
        parse(document)


def test_values_as_the_service_takes_them():
    noon = dt.datetime(2026, 1, 31, 12, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    for value, edm, expected in [
        (noon, "Edm.DateTimeOffset", "2026-01-31T11:00:00Z"),
        (noon, "Edm.Date", "2026-01-31"),
        (dt.date(2026, 1, 31), "Edm.DateTimeOffset", "2026-01-31T00:00:00Z"),
        (Decimal("12.50"), "Edm.Decimal", 12.5),
        ("12.50", "Edm.Decimal", 12.5),
        (Decimal(3), "Edm.Int32", 3),
        (7, "Edm.String", "7"),
        ("1.234,56", "Edm.Decimal", "1.234,56"),
        (None, "Edm.Decimal", None),
        (True, "Edm.Boolean", True),
    ]:
        assert V4().json(value, edm) == expected


def test_a_link_to_another_host_stays_on_ours(scripted, open_erp):
    def answer(_method, path, _headers, _body):
        if "metadata" in path:
            return 200, {}, METADATA
        link = {} if "skip" in path else {"@odata.nextLink": "https://inside.example/root/Ts?$skiptoken=1"}
        return 200, {}, {"value": [{"ID": GUID, "one": None, "many": [{"N": 3}]}], **link}

    scripted.answer = answer
    pages = list(open_erp(url=f"{scripted.url}/root").read(THING, ["ID", "many/N", "one/ID"]))
    assert pl.concat(pages).rows() == [(GUID, 3, None)] * 2
    assert scripted.asked[-1][1] == "/root/Ts?$skiptoken=1"


@pytest.mark.parametrize(
    ("answer", "says"),
    [({"no": "list"}, "no list of records"), ({"value": [], "@odata.nextLink": "Ts?$skiptoken=1"}, "leads to the same page")],
)
def test_pages_that_make_no_sense(scripted, open_erp, answer, says):
    scripted.answer = lambda _m, path, _h, _b: (200, {}, METADATA if "metadata" in path else answer)
    with pytest.raises(SystemAnswerUnreadable, match=says):
        list(open_erp(url=f"{scripted.url}/root").read(THING, ["ID"]))


def test_a_field_behind_a_relation_is_changed_under_its_own_etag(partners, open_erp, sandbox):
    erp = open_erp()
    stale = update(erp, partners[0], {CITY: "stale", "CreditLimitAmount": Decimal("9.99")}, "stale")
    (first,) = erp.write([update(erp, partners[0], {CITY: "new"})])
    assert (first.status, city(erp, partners[0])) == (OK, "new")
    (second,) = erp.write([stale])
    assert second.status is CONFLICT
    now = erp.fetch(PARTNER, [partners[0]], [CITY, "CreditLimitAmount"])[partners[0]].values
    assert now == {CITY: "new", "CreditLimitAmount": 1.5}


def test_record_and_relation_change_together_or_not_at_all(partners, open_erp):
    erp = open_erp()
    both = {"CreditLimitAmount": 7, CITY: "z"}
    assert erp.write([update(erp, partners[1], both)])[0].status is OK
    (outcome,) = erp.write([update(erp, partners[2], {"CreditLimitAmount": 7, CITY: "z" * 41})])
    assert outcome.status is REJECTED
    assert "41 characters" in outcome.message
    found = erp.fetch(PARTNER, partners[1:3], list(both))
    assert [c.values for c in found.values()] == [{"CreditLimitAmount": 7.0, CITY: "z"}, {"CreditLimitAmount": 1.5, CITY: "c"}]


def test_a_relation_without_a_record_gets_one(partners, open_erp):
    erp = open_erp()
    assert erp.write([update(erp, partners[4], {CITY: "first", STREET: "s"})])[0].status is OK
    assert city(erp, partners[4]) == "first"
    assert erp.write([Write("no version", PARTNER, {CITY: "second"}, key=partners[4])])[0].status is OK
    assert city(erp, partners[4]) == "second"


def test_a_create_brings_its_relation_along_and_tells_its_key(open_erp, sandbox):
    erp = open_erp()
    values = {"BusinessPartnerFullName": "N", CITY: "Köln", STREET: None, "CreditLimitAmount": Decimal("0.10")}
    (outcome,) = erp.write([Write("c", PARTNER, values, external_id=("ExternalReference", "001"))])
    assert (outcome.status, outcome.key) == (OK, "1000001")
    found = erp.fetch(PARTNER, ["1000001"], [*values, "ExternalReference"])["1000001"].values
    assert found == {**values, "CreditLimitAmount": 0.1, "ExternalReference": "001"}
    assert erp.find(PARTNER, "ExternalReference", ["001", "it's"]) == {"001": ["1000001"]}


def test_a_key_of_two_fields(open_erp, sandbox, partners):
    insert(sandbox, "A_Product", Product=["P'1"], ProductDescription=["p"])
    insert(sandbox, "A_SalesOrder", SalesOrder=["4500001"], SalesOrderDate=["2026-01-01"], SoldToParty=[partners[0]])
    items = ["10", "20"]
    insert(sandbox, "A_SalesOrderItem", SalesOrder=["4500001"] * 2, SalesOrderItem=items, RequestedQuantity=["1", "2"])
    erp = open_erp()
    found = erp.fetch(ITEM, ["4500001/20", "4500001/30", "4500001", "a/b/c"], ["RequestedQuantity"])
    assert {k: c.values for k, c in found.items()} == {"4500001/20": {"RequestedQuantity": 2.0}}
    new = Write("n", ITEM, {"SalesOrder": "4500001", "Material": "P'1", "RequestedQuantity": 5})
    changed = Write("u", ITEM, {"RequestedQuantity": 3}, key="4500001/20", version=found["4500001/20"].version)
    odd = Write("o", ITEM, {"RequestedQuantity": 3}, key="4500001")
    assert [(o.status, o.key) for o in erp.write([new, changed, odd])] == [
        (OK, "4500001/30"),
        (OK, "4500001/20"),
        (REJECTED, "4500001"),
    ]
    assert erp.find(ITEM, "Material", ["P'1"]) == {"P'1": ["4500001/30"]}


def test_an_ended_session_is_renewed_and_the_batch_sent_again(partners, open_erp, sandbox):
    erp = open_erp()
    assert erp.write([update(erp, partners[0], {"CreditLimitAmount": 2})])[0].status is OK
    sandbox.expire_sessions()
    assert erp.write([update(erp, partners[0], {"CreditLimitAmount": 3})])[0].status is OK
    statuses = [status for line, status in sandbox.erp_calls if "$batch" in line]
    assert statuses == [200, 403, 200]


def test_many_writes_in_several_batches_keep_their_order(partners, open_erp, sandbox):
    erp = open_erp()
    writes = [Write(f"w{n}", PARTNER, {"BusinessPartnerFullName": f"N{n}" if n != 30 else "x" * 99}) for n in range(60)]
    outcomes = erp.write(writes)
    assert [o.action_id for o in outcomes] == [w.action_id for w in writes]
    assert [o.action_id for o in outcomes if o.status is not OK] == ["w30"]
    assert len({o.key for o in outcomes if o.key}) == 59
    assert sum("$batch" in line for line, _ in sandbox.erp_calls) == 3


def test_what_cannot_be_written_is_said_before_anything_is_sent(partners, open_erp, sandbox):
    erp = open_erp()
    outcomes = erp.write(
        [
            Write("a", PARTNER, {"to_A/to_B/C": "1"}, key=partners[0]),
            Write("b", PARTNER, {"to_Nowhere/C": "1"}, key=partners[0], version='{"etag": "x", "behind": {"to_Nowhere": null}}'),
            Write("c", Source(object="A_BusinessPartner", key="ExternalReference"), {"WebsiteURL": "1"}, key="1"),
        ]
    )
    assert {o.status for o in outcomes} == {REJECTED}
    assert not any("$batch" in line for line, _ in sandbox.erp_calls)


def batch_server(scripted, responses: object, status: int = 200):
    def answer(method, path, _headers, _body):
        if "metadata" in path:
            return 200, {}, METADATA
        return (status, {}, responses) if method == "POST" else (200, {}, {"value": []})

    scripted.answer = answer


def outcomes_of(scripted, open_erp, responses: object, status: int = 200) -> list[tuple[OutcomeStatus, str]]:
    batch_server(scripted, responses, status)
    erp = open_erp(url=scripted.url, auth=Auth(token="t"))
    version = json.dumps({"etag": "e", "behind": {"many": {"url": "Ts(1)", "etag": "f"}}})
    writes = [
        Write("a", THING, {"N": 1}, key=GUID, version=version),
        Write("b", THING, {"N": 1, "many/N": 2}, key=GUID, version=version),
        Write("c", THING, {"N": 1}, key=GUID, version="plain etag"),
    ]
    return [(o.status, o.message) for o in erp.write(writes)]


def test_answers_are_told_apart_by_their_ids_and_one_that_is_missing_is_unknown(scripted, open_erp):
    error = {"error": {"code": "E/1", "message": "moved", "details": [{"code": "E/2", "message": "really"}]}}
    responses = [
        {"id": "3", "status": 204},
        {"id": "2", "status": 412, "body": error},
        {"id": "0", "status": 500, "body": {"error": {"code": "X", "message": "boom"}}},
    ]
    assert outcomes_of(scripted, open_erp, {"responses": responses}) == [
        (UNKNOWN, "X: boom"),
        (CONFLICT, "E/1: moved; E/2: really"),
        (OK, ""),
    ]
    sent = json.loads(scripted.asked[-1][3])["requests"]
    assert [r["headers"]["if-match"] for r in sent] == ["e", "e", "f", "plain etag"]
    assert [r.get("atomicityGroup") for r in sent] == [None, "g1", "g1", None]
    assert scripted.asked[-1][2]["prefer"] == "odata.continue-on-error"


def test_done_in_part_is_unknown_and_busy_is_rejected(scripted, open_erp):
    responses = [
        {"id": "0", "status": 503, "headers": {"Retry-After": "9"}},
        {"id": "1", "status": 204},
        {"id": "2", "status": 400, "body": {"error": {"code": "E", "message": "no"}}},
        {"id": "3", "status": 503},
    ]
    got = outcomes_of(scripted, open_erp, {"responses": responses})
    assert [status for status, _ in got] == [REJECTED, UNKNOWN, UNKNOWN]
    assert got[1][1] == "done in part: E: no"


@pytest.mark.parametrize(
    ("responses", "status", "expected"),
    [
        (b"<html>", 200, UNKNOWN),
        ({"responses": [{"status": 1}]}, 200, UNKNOWN),
        ({"error": {"code": "B", "message": "too large"}}, 413, REJECTED),
        (b"", 500, UNKNOWN),
    ],
)
def test_a_batch_that_fails_as_a_whole(scripted, open_erp, responses, status, expected):
    assert {s for s, _ in outcomes_of(scripted, open_erp, responses, status)} == {expected}
