"""What the CRM accepts, refuses and answers for single records and for collections."""

from __future__ import annotations

import datetime as dt

import httpx
import polars as pl
import pytest

from reconcile.sandbox import store
from reconcile.sandbox.salesforce.ids import salesforce_id
from reconcile.sandbox.salesforce.login import CrmAccess
from reconcile.sandbox.servers import Sandbox

ANNA = salesforce_id("Account", 1)
NOBODY = salesforce_id("Account", 999)


@pytest.mark.parametrize(
    ("body", "code", "fields"),
    [
        ({"Name": "x", "Nonsense": 1}, "INVALID_FIELD", None),
        ({"Phone": "1"}, "REQUIRED_FIELD_MISSING", ["Name"]),
        ({"Name": "  "}, "REQUIRED_FIELD_MISSING", ["Name"]),
        ({"Name": "x" * 256}, "STRING_TOO_LONG", ["Name"]),
        ({"Name": "x", "Status__c": "Asleep"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["Status__c"]),
        ({"Name": "x", "CreditLimit__c": "much"}, "JSON_PARSER_ERROR", None),
        ({"Name": 5}, "JSON_PARSER_ERROR", None),
        ({"Name": "x", "ERP_Number__c": "1000001"}, "DUPLICATE_VALUE", []),
        ({"Name": "x", "CreatedDate": "2024-01-01T00:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE", None),
        ({"Name": "x", "Id": ANNA}, "INVALID_FIELD", None),
    ],
)
def test_refused_accounts(crm, body, code, fields):
    answer = crm.post("/sobjects/Account", json=body)
    assert answer.status_code == 400
    (error,) = answer.json()
    assert error["errorCode"] == code
    if fields is not None:
        assert error["fields"] == fields


def test_references_are_checked(crm):
    order = {"EffectiveDate": "2024-01-01"}
    missing = crm.post("/sobjects/Order", json={**order, "AccountId": NOBODY}).json()[0]
    assert (missing["errorCode"], missing["fields"]) == ("INVALID_CROSS_REFERENCE_KEY", ["AccountId"])
    assert crm.post("/sobjects/Order", json={**order, "AccountId": "x"}).json()[0]["errorCode"] == "MALFORMED_ID"
    made = crm.post("/sobjects/Order", json={**order, "Account": {"ERP_Number__c": "1000001"}})
    assert made.status_code == 201
    record = crm.get(f"/sobjects/Order/{made.json()['id']}").json()
    assert (record["AccountId"], record["OrderNumber"]) == (ANNA, "00000101")
    assert crm.patch(f"/sobjects/Order/{record['Id']}", json={"OrderNumber": "1"}).status_code == 400
    assert crm.patch(f"/sobjects/Order/{record['Id']}", json={"EffectiveDate": "2024-02-31"}).status_code == 400


def test_values_are_stored_as_salesforce_stores_them(sandbox, crm):
    body = {"Name": " trimmed ", "Phone": "", "CreditLimit__c": 1234567890123.45}
    made = crm.post("/sobjects/Account", json=body).json()["id"]
    row = store.read(sandbox.crm_path, "Account").filter(Id=made).row(0, named=True)
    assert (row["Name"], row["Phone"], row["CreditLimit__c"]) == ("trimmed", None, "1234567890123.45")
    assert row["CreatedDate"] == row["LastModifiedDate"] == row["SystemModstamp"]
    assert crm.get(f"/sobjects/Account/{made}?fields=Name,CreatedDate").json().keys() == {
        "attributes",
        "Name",
        "CreatedDate",
        "Id",
    }


def test_conditions_on_the_time_of_the_last_change(crm):
    address = f"/sobjects/Account/{ANNA}"
    read = crm.get(address)
    at = read.headers["last-modified"]
    assert at == "Wed, 01 May 2024 08:30:00 GMT"
    assert crm.get(address, headers={"If-Modified-Since": at}).status_code == 304
    assert crm.patch(address, json={"Phone": "1"}, headers={"If-Unmodified-Since": at}).status_code == 204
    late = crm.patch(address, json={"Phone": "2"}, headers={"If-Unmodified-Since": at})
    assert (late.status_code, late.json()[0]["errorCode"]) == (412, "PRECONDITION_FAILED")
    assert (
        crm.patch("/sobjects/Account/ERP_Number__c/1000001", json={"Phone": "3"}, headers={"If-Unmodified-Since": at}).status_code
        == 412
    )
    assert crm.delete(address, headers={"If-Unmodified-Since": at}).status_code == 412
    record = crm.get(address).json()
    assert record["Phone"] == "1"
    assert record["LastModifiedDate"].endswith(".000+0000")


def test_a_condition_that_is_no_time_is_refused(crm):
    answer = crm.get(f"/sobjects/Account/{ANNA}", headers={"If-Unmodified-Since": "yesterday"})
    assert answer.json()[0]["errorCode"] == "INVALID_HEADER"


def test_times_are_stored_in_utc(crm):
    body = {"ShippedAt__c": "2026-02-01T08:00:00.000+0800", "Order": {"ERP_Number__c": "none"}}
    assert crm.post("/sobjects/Shipment__c", json=body).json()[0]["errorCode"] == "INVALID_FIELD"
    del body["Order"]
    made = crm.post("/sobjects/Shipment__c", json=body).json()["id"]
    assert crm.get(f"/sobjects/Shipment__c/{made}").json()["ShippedAt__c"] == "2026-02-01T00:00:00.000+0000"


def test_upsert_by_an_external_id_with_a_slash(crm):
    address = "/sobjects/OrderItem/ERP_Number__c/4500001%2F10"
    assert crm.patch(address, json={"LineNumber__c": "30"}).json()["created"] is True
    assert crm.patch(address, json={"LineNumber__c": "40"}).json()["created"] is False
    assert crm.get(address).json()["LineNumber__c"] == "40"
    assert crm.patch(address, json={"ERP_Number__c": "x"}).json()[0]["errorCode"] == "INVALID_FIELD"
    assert crm.get("/sobjects/OrderItem/ERP_Number__c/none").status_code == 404
    assert crm.get("/sobjects/OrderItem/Quantity/1").json()[0]["errorCode"] == "NOT_FOUND"


def test_an_external_id_that_fits_two_records_is_300(sandbox, crm):
    twins = store.read(sandbox.crm_path, "Account").head(1).with_columns(Id=pl.lit(salesforce_id("Account", 50)))
    store.insert(sandbox.crm_path, "Account", twins)
    answer = crm.patch("/sobjects/Account/ERP_Number__c/1000001", json={"Phone": "1"})
    assert answer.status_code == 300
    assert len(answer.json()) == 2


def test_what_is_not_there(crm):
    assert crm.get(f"/sobjects/Account/{NOBODY}").json() == [
        {"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}
    ]
    assert crm.patch(f"/sobjects/Account/{NOBODY}", json={"Phone": "1"}).status_code == 404
    assert crm.get("/sobjects/Customer/describe").status_code == 404
    assert crm.get("/nonsense").status_code == 404
    assert crm.put(f"/sobjects/Account/{ANNA}", json={}).status_code == 405
    assert crm.post("/sobjects/Account", content=b"{").json()[0]["errorCode"] == "JSON_PARSER_ERROR"
    assert crm.post("/sobjects/Account", content=b"[]").status_code == 400


def test_a_referred_record_is_not_deleted(crm):
    answer = crm.delete(f"/sobjects/Account/{salesforce_id('Account', 2)}")
    assert answer.json()[0]["errorCode"] == "DELETE_FAILED"
    assert crm.delete(f"/sobjects/Account/{ANNA}").status_code == 204
    assert crm.get(f"/sobjects/Account/{ANNA}").status_code == 404


def account(**fields: str):
    return {"attributes": {"type": "Account"}, **fields}


def test_a_collection_reports_each_record(crm):
    new = [account(Name="a"), account(), account(Name="b", ERP_Number__c="1000002"), {"Name": "c"}]
    results = crm.post("/composite/sobjects", json={"allOrNone": False, "records": new}).json()
    assert [result["success"] for result in results] == [True, False, False, False]
    assert [error["statusCode"] for result in results for error in result["errors"]] == [
        "REQUIRED_FIELD_MISSING",
        "DUPLICATE_VALUE",
        "INVALID_TYPE",
    ]


def test_all_or_none_undoes_every_record(crm):
    changes = [account(id=ANNA, Phone="1"), account(id=NOBODY, Phone="1"), account(Phone="1")]
    results = crm.patch("/composite/sobjects", json={"allOrNone": True, "records": changes}).json()
    assert [result["errors"][0]["statusCode"] for result in results] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "NOT_FOUND",
        "MISSING_ARGUMENT",
    ]
    assert crm.get(f"/sobjects/Account/{ANNA}").json()["Phone"] is None


def test_upsert_delete_and_retrieve_collections(crm):
    both = [account(ERP_Number__c="1000001", Phone="1"), account(ERP_Number__c="9", Name="nine")]
    twice = [account(ERP_Number__c="8", Name="x")] * 2
    results = crm.patch(
        "/composite/sobjects/Account/ERP_Number__c", json={"records": both + twice + [account(Name="none")]}
    ).json()
    assert [result.get("created") for result in results] == [False, True, None, None, None]
    assert [result["errors"][0]["statusCode"] for result in results[2:]] == [
        "DUPLICATE_VALUE",
        "DUPLICATE_VALUE",
        "MISSING_ARGUMENT",
    ]
    new = results[1]["id"]
    read = crm.post("/composite/sobjects/Account", json={"ids": [new, NOBODY, ANNA], "fields": ["name", "CreditLimit__c"]}).json()
    assert [record and record["Name"] for record in read] == ["nine", None, "Anna's Bakery"]
    assert (
        crm.get("/composite/sobjects/Account", params={"ids": ANNA, "fields": "Nope"}).json()[0]["errorCode"] == "INVALID_FIELD"
    )
    gone = crm.delete("/composite/sobjects", params={"ids": f"{new},{NOBODY},zzz", "allOrNone": "false"}).json()
    assert [result["success"] for result in gone] == [True, False, False]


def test_a_collection_has_200_records_at_most(crm):
    answer = crm.post("/composite/sobjects", json={"records": [account(Name="a")] * 201})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "EXCEEDED_ID_LIMIT")
    assert crm.post("/composite/sobjects", json=[]).status_code == 400


def test_the_day_has_a_limit_of_requests(tmp_path, sandbox):
    with Sandbox(tmp_path, crm_daily_requests=3) as limited:
        token = httpx.post(
            f"{limited.crm_url}/services/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=("reconcile", "sandbox-secret"),
            timeout=60,
        ).json()["access_token"]
        with httpx.Client(
            base_url=f"{limited.crm_url}/services/data/v62.0", headers={"authorization": f"Bearer {token}"}, timeout=60
        ) as client:
            first = client.get("/limits")
            assert first.headers["sforce-limit-info"] == "api-usage=1/3"
            assert first.json()["DailyApiRequests"] == {"Max": 3, "Remaining": 2}
            assert [client.get("/limits").status_code for _ in range(3)] == [200, 200, 403]
            assert client.get("/limits").json()[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"


def test_tokens_end_after_their_time(tmp_path, sandbox):
    now = [dt.datetime(2026, 1, 1, tzinfo=dt.UTC)]
    with Sandbox(tmp_path, crm_access=CrmAccess(token_seconds=60), clock=lambda: now[0]) as short:
        form = {"grant_type": "client_credentials", "client_id": "reconcile", "client_secret": "sandbox-secret"}
        granted = httpx.post(f"{short.crm_url}/services/oauth2/token", data=form, timeout=60).json()
        assert granted["instance_url"] == short.crm_url
        headers = {"authorization": f"Bearer {granted['access_token']}"}
        address = f"{short.crm_url}/services/data/v62.0/limits"
        assert httpx.get(address, headers=headers, timeout=60).status_code == 200
        now[0] += dt.timedelta(seconds=61)
        late = httpx.get(address, headers=headers, timeout=60)
    assert late.status_code == 401
    assert late.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}, "invalid_client_id"),
        ({"grant_type": "client_credentials", "client_id": "reconcile", "client_secret": "y"}, "invalid_client"),
        ({"grant_type": "authorization_code", "client_id": "reconcile"}, "unsupported_grant_type"),
        (
            {
                "grant_type": "password",
                "client_id": "reconcile",
                "client_secret": "sandbox-secret",
                "username": "a",
                "password": "b",
            },
            "invalid_grant",
        ),
    ],
)
def test_refused_tokens(sandbox, form, error):
    answer = httpx.post(f"{sandbox.crm_url}/services/oauth2/token", data=form, timeout=60)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
