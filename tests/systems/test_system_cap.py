"""What SAP asks of a client in OData V2 and V4 alike: tokens, ETags, batches of which parts fail, sizes, values of every type."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest
from systems.cap_service import (
    BILLS,
    CITY,
    CONFLICT,
    DELIVERIES,
    ITEMS,
    LIMIT,
    NAME,
    OK,
    ORDERS,
    PARTNERS,
    PRODUCTS,
    REJECTED,
    UNKNOWN,
    cap_service,
)

from reconcile.connect.port import Write
from reconcile.errors import SystemRefused


@pytest.fixture(scope="module", params=["v2", "v4"])
def cap(request, tmp_path_factory):
    with cap_service(tmp_path_factory.mktemp(request.param), request.param) as service:
        yield service


def test_a_partner_with_its_address_is_created_in_one_piece_and_changed_through_one_path(cap):
    key = cap.partner("Müller & Söhne")
    assert cap.now(key, NAME, CITY) == ["Müller & Söhne", "Wien"]
    (outcome,) = cap.connector.write([cap.update(key, {NAME: "北京 \\ 'x' \"y\"", CITY: "Graz"})])
    assert (outcome.status, outcome.key) == (OK, key)
    assert cap.server.sql(f"SELECT {NAME} FROM ERP_A_BusinessPartner WHERE BusinessPartner = ?", key) == [("北京 \\ 'x' \"y\"",)]
    addresses = "SELECT AddressID, CityName FROM ERP_A_BusinessPartnerAddress WHERE BusinessPartner = ?"
    assert cap.server.sql(addresses, key) == [("1", "Graz")]


def test_the_token_is_fetched_once_for_a_session(cap):
    connector = cap.opened()
    before = len(cap.gateway.asked)
    for name in "abc":
        assert connector.write([Write(name, PARTNERS, {NAME: name})])[0].status is OK
    connector.close()
    asked = [(method, path.rpartition("/")[2], status) for method, path, status in cap.gateway.asked[before:]]
    done = 202 if cap.version == "v2" else 200
    assert asked == [("GET", "$metadata", 200), ("GET", "", 200), *[("POST", "$batch", done)] * 3]


def test_a_token_that_ends_in_the_middle_is_renewed_and_nothing_is_done_twice(cap):
    count = cap.connector.count(PARTNERS)
    before = len(cap.gateway.batches())
    cap.gateway.ends_after = 3
    outcomes = cap.connector.write([Write(str(n), PARTNERS, {NAME: f"token {n}"}) for n in range(130)])
    statuses = cap.gateway.batches()[before:]
    assert {o.status for o in outcomes} == {OK}
    assert statuses.count(403) >= 1
    assert len(statuses) - statuses.count(403) == 6  # 25 in each batch
    assert cap.connector.count(PARTNERS) == count + 130


def test_a_service_that_never_admits_a_token_is_refused_and_not_asked_for_ever(cap):
    cap.gateway.admits = False
    before = len(cap.gateway.batches())
    (outcome,) = cap.connector.write([Write("a", PARTNERS, {NAME: "never"})])
    cap.gateway.admits = True
    assert (outcome.status, cap.gateway.batches()[before:]) == (REJECTED, [403, 403])


def test_a_batch_whose_answer_is_lost_is_unknown_and_was_sent_once(cap):
    key = cap.partner("before")
    writes = [cap.update(key, {NAME: "landed"}), Write("new", PARTNERS, {NAME: "lost"}, external_id=("ExternalReference", "L"))]
    cap.gateway.lost_answers = 1
    before = len(cap.gateway.batches())
    outcomes = cap.connector.write(writes)
    assert ([o.status for o in outcomes], cap.gateway.batches()[before:]) == ([UNKNOWN, UNKNOWN], [0])
    assert cap.now(key, NAME) == ["landed"]
    assert len(cap.connector.find(PARTNERS, "ExternalReference", ["L"])["L"]) == 1


def test_without_batches_each_record_is_written_by_requests_of_its_own(cap):
    connector = cap.opened(batch=False)
    key, before = cap.partner("alone"), len(cap.gateway.batches())
    stale = cap.update(key, {NAME: "stale"}, "stale")
    new = Write("new", PARTNERS, {NAME: "new", CITY: "Graz"})
    outcomes = connector.write([cap.update(key, {NAME: "changed", CITY: "Linz"}), new, Write("long", PARTNERS, {NAME: "x" * 99})])
    outcomes += connector.write([stale])
    connector.close()
    assert [o.status for o in outcomes] == [OK, OK, REJECTED, CONFLICT]
    assert [cap.now(o.key, NAME, CITY) for o in outcomes[:2]] == [["changed", "Linz"], ["new", "Graz"]]
    assert len(cap.gateway.batches()) == before


def test_each_record_of_a_batch_has_its_own_outcome_in_the_services_words(cap):
    key, other, third = cap.partner("one"), cap.partner("two"), cap.partner("three")
    stale = cap.update(key, {NAME: "stale"}, "stale")
    assert cap.connector.write([cap.update(key, {NAME: "moved on"})])[0].status is OK
    writes = [
        cap.update(other, {NAME: "good"}, "good"),
        stale,
        Write("no etag", PARTNERS, {NAME: "x"}, key=third, version='{"etag": null, "behind": {}}'),
        Write("too long", PARTNERS, {NAME: "x" * 99}),
        Write("no field", PARTNERS, {"Nope": "x"}),
        Write("twice", PARTNERS, {"BusinessPartner": key, NAME: "twice"}),
        Write("new", PARTNERS, {NAME: "new"}),
    ]
    outcomes = cap.connector.write(writes)
    assert [(o.action_id, o.status) for o in outcomes] == [
        ("good", OK),
        ("stale", CONFLICT),
        ("no etag", CONFLICT),
        ("too long", REJECTED),
        ("no field", REJECTED),
        ("twice", UNKNOWN),  # the service says 500, which may be said after the fact as well
        ("new", OK),
    ]
    said = {o.action_id: o.message for o in outcomes}
    assert (said["stale"], said["no etag"]) == ("412: Precondition Failed", "428: Precondition Required")
    assert f"Value {'x' * 99} is not a valid String(81)" in said["too long"]
    assert said["no field"] == '400: Property "Nope" does not exist in ERP.A_BusinessPartner'
    assert said["twice"] == ("SQLITE_CONSTRAINT_PRIMARYKEY: UNIQUE constraint failed: ERP_A_BusinessPartner.BusinessPartner")
    assert [cap.now(k, NAME)[0] for k in (key, other, third)] == ["moved on", "good", "three"]


def test_a_record_and_its_address_change_together_or_not_at_all(cap):
    key = cap.partner("whole")
    stale = cap.update(key, {NAME: "changed", CITY: "Graz"})
    statement = (
        "UPDATE ERP_A_BusinessPartnerAddress SET LastChangeDateTime = '2020-01-01T00:00:00.000Z' WHERE BusinessPartner = ?"
    )
    cap.server.sql(statement, key)
    (outcome,) = cap.connector.write([stale])
    assert (outcome.status, outcome.message) == (CONFLICT, "412: Precondition Failed")
    assert cap.now(key, NAME, CITY) == ["whole", "Wien"]


def test_an_address_is_added_where_there_is_none(cap):
    key = cap.connector.write([Write("bare", PARTNERS, {NAME: "bare"})])[0].key
    assert cap.now(key, CITY) == [None]
    assert cap.connector.write([cap.update(key, {CITY: "Linz"})])[0].status is OK
    assert cap.now(key, CITY) == ["Linz"]


def test_a_batch_that_is_too_large_is_cut_until_it_is_taken(cap):
    connector = cap.opened()
    count, before = connector.count(PARTNERS), len(cap.gateway.batches())
    writes = [Write(str(n), PARTNERS, {NAME: str(n), "Note": "x" * 12_000}) for n in range(25)]
    writes[7] = Write("7", PARTNERS, {"Note": "x" * 150_000})
    outcomes = connector.write(writes)
    assert [o.action_id for o in outcomes] == [w.action_id for w in writes]
    assert [o.action_id for o in outcomes if o.status is not OK] == ["7"]
    assert (outcomes[7].status, outcomes[7].message) == (REJECTED, "413: 413: request entity too large")
    assert connector.count(PARTNERS) == count + 24
    refused = [_refused(cap, connector, writes[8:]) for _ in range(3)]
    connector.close()
    assert cap.gateway.batches()[before:].count(413) > 2
    assert refused[-1] == 0  # it has learned what is too large


def _refused(cap, connector, writes):
    before = len(cap.gateway.batches())
    assert {o.status for o in connector.write(writes)} == {OK}
    return cap.gateway.batches()[before:].count(413)


def test_values_of_every_type_go_there_and_come_back(cap):
    at = dt.datetime(2026, 1, 31, 7, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    guid = "11111111-2222-3333-4444-55555555555a"
    cases = [
        (PARTNERS, {"CreationDate": dt.date(2026, 2, 28), "CreationTime": "23:05:09", "BusinessPartnerIsBlocked": True}),
        (PARTNERS, {LIMIT: Decimal("1234567.80"), "CreationDate": None, "BusinessPartnerIsBlocked": False}),
        (PRODUCTS, {"Product": "P'1 /ü", "StandardPrice": Decimal("0.10"), "StockLevel": 9_007_199_254_740_991}),
        (DELIVERIES, {"ActualGoodsMovementAt": at, "TrackingID": guid}),
        (BILLS, {"BillingDocumentDate": dt.datetime(2026, 3, 1, 23, 59), "TotalNetAmount": Decimal(-3)}),  # noqa: DTZ001
    ]
    shown = {
        Decimal("1234567.80"): 1234567.8,
        Decimal("0.10"): 0.1,
        at: "2026-01-30T23:30:00Z",
        dt.date(2026, 2, 28): "2026-02-28",
        cases[4][1]["BillingDocumentDate"]: "2026-03-01",
    }
    for source, values in cases:
        (outcome,) = cap.connector.write([Write("a", source, values)])
        assert outcome.status is OK, outcome.message
        assert cap.now(outcome.key, *values, source=source) == [shown.get(v, v) for v in values.values()]
        read = pl.concat(cap.connector.read(source, [source.key[0], *values])).filter(pl.col(source.key[0]) == outcome.key)
        assert list(read.select(*values).row(0)) == cap.now(outcome.key, *values, source=source)
        (again,) = cap.connector.write([cap.update(outcome.key, values, source=source)])
        assert again.status is OK, again.message
        assert cap.now(outcome.key, *values, source=source) == [shown.get(v, v) for v in values.values()]


def test_records_are_found_by_values_of_every_type(cap):
    guid = "aaaaaaaa-2222-3333-4444-55555555555a"
    cap.connector.write([Write("d", DELIVERIES, {"TrackingID": guid, "SalesDocument": "4711"})])
    cap.connector.write([Write("p", PRODUCTS, {"Product": "it's +1%", "StandardPrice": Decimal("12.5"), "StockLevel": 5})])
    cap.connector.write([Write("b", BILLS, {"BillingDocument": "B1", "BillingDocumentDate": dt.date(2024, 2, 29)})])
    assert cap.connector.find(DELIVERIES, "TrackingID", [guid, "no guid"]).keys() == {guid}
    for field, value in [("StandardPrice", "12.5"), ("StockLevel", "5"), ("Product", "it's +1%")]:
        assert cap.connector.find(PRODUCTS, field, [value, "x or 1 eq 1"]) == {value: ["it's +1%"]}
    assert cap.connector.find(BILLS, "BillingDocumentDate", ["2024-02-29"]) == {"2024-02-29": ["B1"]}


def test_an_order_brings_its_items_along_and_they_have_keys_of_two_fields(cap):
    partner = cap.partner("buyer")
    values = {"SoldToParty": partner, "to_Item/Material": "M1", "to_Item/RequestedQuantity": Decimal("2.500")}
    (order,) = cap.connector.write([Write("o", ORDERS, values, external_id=("PurchaseOrderByCustomer", f"CRM {partner}"))])
    assert order.status is OK, order.message
    (item,) = cap.connector.write([Write("i", ITEMS, {"SalesOrder": order.key, "Material": "M2", "NetAmount": 7})])
    assert (item.status, item.key) == (OK, f"{order.key}/20")
    keys = [f"{order.key}/10", f"{order.key}/20", f"{order.key}/99", order.key, "a/b/c"]
    found = cap.connector.fetch(ITEMS, keys, ["Material", "RequestedQuantity"])
    assert {k: list(c.values.values()) for k, c in found.items()} == {keys[0]: ["M1", 2.5], keys[1]: ["M2", None]}
    assert cap.connector.write([cap.update(keys[0], {"RequestedQuantity": 3}, source=ITEMS)])[0].status is OK
    fields = ["to_SoldToParty/BusinessPartnerFullName", "to_Item/RequestedQuantity"]
    assert cap.now(order.key, *fields, source=ORDERS) == ["buyer", 3.0]


def test_a_description_names_relations_of_both_kinds(cap):
    shape = cap.connector.describe(ORDERS)
    assert {"to_SoldToParty/ExternalReference", "to_Item/Material", "TotalNetAmount"} <= shape.fields
    assert set(shape.relations) == {"to_SoldToParty", "to_Item"}


def test_a_filter_of_the_configuration_is_the_services_own(cap):
    condition = {
        "v2": f"substringof('filtered', {NAME}) eq true and {LIMIT} gt 1M",
        "v4": f"contains({NAME}, 'filtered') and {LIMIT} gt 1",
    }
    some = PARTNERS.model_copy(update={"where": condition[cap.version]})
    keys = [cap.partner(f"filtered {n}", **{LIMIT: n}) for n in range(4)]
    assert pl.concat(cap.connector.read(some, ["BusinessPartner"]))["BusinessPartner"].to_list() == keys[2:]
    assert cap.connector.count(some) == 2
    with pytest.raises(SystemRefused, match="answered 400: 400: Parsing URL failed"):
        list(cap.connector.read(PARTNERS.model_copy(update={"where": "nonsense"}), [NAME]))


def test_a_key_that_no_record_can_have_is_said_before_anything_is_sent(cap):
    before = len(cap.gateway.batches())
    by_number = PARTNERS.model_copy(update={"key": ("BusinessPartner", "CreditLimitAmount")})
    outcomes = cap.connector.write([Write("a", by_number, {NAME: "x"}, key="1/2"), Write("b", PARTNERS, {"a/b/c": 1}, key="1")])
    assert [o.status for o in outcomes] == [REJECTED, REJECTED]
    assert len(cap.gateway.batches()) == before
