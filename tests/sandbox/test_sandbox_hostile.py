"""Whatever arrives, a system answers in its own words and keeps its data: no input ends in a server error."""

from __future__ import annotations

import datetime as dt
import json
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconcile.sandbox import store
from reconcile.sandbox.exchange import Answer, Call, Refused
from reconcile.sandbox.objects import CRM, ERP, ODATA_ROOT
from reconcile.sandbox.odata.server import ODataServer
from reconcile.sandbox.odata.sessions import ErpAccess
from reconcile.sandbox.salesforce.ids import salesforce_id
from reconcile.sandbox.salesforce.login import CrmAccess
from reconcile.sandbox.salesforce.server import SalesforceServer

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ANNA = salesforce_id("Account", 1)
WORDS = [
    *(
        [
            "Account",
            "Order",
            "OrderItem",
            "Id",
            "Name",
            "ERP_Number__c",
            "Account.Name",
            ANNA,
            "null",
            "SELECT",
            "FROM",
            "WHERE",
            "IN",
            "NOT",
        ]
    ),
    *(
        [
            "A_BusinessPartner",
            "BusinessPartner",
            "CreditLimitAmount",
            "to_BusinessPartnerAddress",
            "eq",
            "ne",
            "in",
            "contains",
            "and",
        ]
    ),
    *(
        [
            "(",
            ")",
            ",",
            "=",
            "<",
            "'",
            "'x'",
            "/",
            "$count",
            "$1",
            "1e999999",
            "99999999999999999999",
            "2024-01-01",
            "2024-99-99T99:99:99Z",
        ]
    ),
    *(
        [
            "\x00",
            "\ud800",
            "上海",
            "%",
            "_",
            "\\",
            "²",
            " ",
            "LIKE",
            "ORDER BY",
            "LIMIT",
            "records",
            "ids",
            "fields",
            "attributes",
            "type",
        ]
    ),
]
texts = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join) | st.text(max_size=20)
sent = texts.map(lambda text: text.encode("utf-8", "replace").decode())  # an address can hold no half character
fields = st.sampled_from(
    [f.name for spec in (CRM["Account"], CRM["Order"], ERP["A_BusinessPartner"], ERP["A_SalesOrder"]) for f in spec.fields]
)
names = (
    fields
    | st.sampled_from(["records", "ids", "fields", "attributes", "type", "id", "allOrNone", "requests", "to_Item", "Account"])
    | texts
)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | texts
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)
bodies = values.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=20)
crm_paths = st.sampled_from(
    [
        "",
        "/query",
        "/sobjects",
        "/sobjects/Account",
        "/sobjects/Order",
        f"/sobjects/Account/{ANNA}",
        "/composite/sobjects",
        "/sobjects/Account/ERP_Number__c/1000001",
        "/composite/sobjects/Account",
        "/composite/sobjects/Account/ERP_Number__c",
    ]
)
erp_paths = st.sampled_from(
    [
        "",
        "$batch",
        "A_BusinessPartner",
        "A_BusinessPartner('1000001')",
        "A_SalesOrder",
        "A_BusinessPartner/$count",
        "A_Product('C')",
        "A_BusinessPartner('1000001')/to_BusinessPartnerAddress",
        "A_BusinessPartner('1000001')/to_BusinessPartnerAddress(AddressID='1')",
    ]
)
parts = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["1", "2", "3"]),
        "method": st.sampled_from(["GET", "POST", "PATCH", "DELETE"]),
        "url": erp_paths | texts,
    },
    optional={"body": values, "headers": st.just({"if-match": "*"}) | values, "atomicityGroup": values, "dependsOn": values},
)
batches = st.lists(parts, max_size=4).map(lambda requests: json.dumps({"requests": requests}).encode())
methods = st.sampled_from(["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"])


@pytest.fixture
def ask(tmp_path, filled):
    """Asks a dialect without HTTP; every answer is undone."""
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    opened = {name: store.connect(tmp_path / name) for name in ("crm.db", "erp.db")}

    def answer(dialect, name, call) -> Answer:
        opened[name].execute("BEGIN IMMEDIATE")
        try:
            return dialect(opened[name], call)
        except Refused as refused:
            return refused.answer
        finally:
            opened[name].execute("ROLLBACK")

    yield answer
    for connection in opened.values():
        connection.close()


often = settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)


@often
@given(methods, crm_paths | sent, st.dictionaries(st.sampled_from(["q", "ids", "fields", "allOrNone"]), sent, max_size=2), bodies)
def test_the_crm_answers_everything(ask, method, path, query, body):
    server = SalesforceServer(CrmAccess(), lambda: NOW)
    form = b"grant_type=client_credentials&client_id=reconcile&client_secret=sandbox-secret"
    token = server.tokens.oauth(Call("POST", "/services/oauth2/token", body=form)).body["access_token"]
    call = Call(method, f"/services/data/v62.0{path}", query, {"authorization": f"Bearer {token}"}, body)
    answer = ask(server, "crm.db", call)
    assert answer.status < 500
    answer.content()


@often
@given(
    methods,
    erp_paths | sent,
    st.dictionaries(st.sampled_from(["$filter", "$select", "$expand", "$orderby", "$top", "$skiptoken"]), sent, max_size=2),
    bodies,
)
def test_the_erp_answers_everything(ask, method, path, query, body):
    server = ODataServer(ErpAccess(), lambda: NOW)
    signed = {"authorization": "Basic UkVDT05DSUxFOnNhbmRib3gtcGFzc3dvcmQ="}
    fetched = ask(server, "erp.db", Call("GET", ODATA_ROOT, headers={**signed, "x-csrf-token": "fetch"})).headers
    session = {**signed, "x-csrf-token": fetched["x-csrf-token"], "cookie": fetched["set-cookie"].partition(";")[0]}
    headers = {**session, "if-match": "*", "content-type": "application/json"}
    answer = ask(server, "erp.db", Call(method, ODATA_ROOT + path, query, headers, body))
    assert answer.status < 500
    answer.content()


@often
@given(batches)
def test_the_erp_answers_every_batch(ask, body):
    server = ODataServer(ErpAccess(), lambda: NOW)
    server.sessions.guard = lambda _, answer: answer()
    headers = {"content-type": "application/json", "prefer": "odata.continue-on-error"}
    answer = ask(server, "erp.db", Call("POST", f"{ODATA_ROOT}$batch", headers=headers, body=body))
    assert answer.status in (200, 400)
    answer.content()


@pytest.mark.parametrize("where", ["(" * 5000, "NOT " * 5000, "Name = 'x'" + " AND Name = 'x'" * 3000])
def test_deep_conditions_are_answered(ask, where):
    server = SalesforceServer(CrmAccess(), lambda: NOW)
    server.tokens.check = lambda _: None
    call = Call("GET", "/services/data/v62.0/query", {"q": f"SELECT Id FROM Account WHERE {where}"})
    assert ask(server, "crm.db", call).status in (200, 400)
