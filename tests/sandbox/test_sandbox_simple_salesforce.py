"""A client that somebody else wrote takes the sandbox's CRM for Salesforce."""

from __future__ import annotations

import polars as pl
import pytest
import requests
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)
from simple_salesforce.login import SalesforceLogin

from reconcile.sandbox import store
from reconcile.sandbox.salesforce.ids import salesforce_id


class ToSandbox(requests.adapters.HTTPAdapter):
    """The client insists on https and salesforce.com; the sandbox speaks plain HTTP on loopback."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def send(self, request, **options: object):
        request.url = self._base + "/" + request.url.split("/", 3)[3]
        return super().send(request, **options)


@pytest.fixture
def session(sandbox):
    with requests.Session() as session:
        session.mount("https://", ToSandbox(sandbox.crm_url))
        yield session


@pytest.fixture
def salesforce(sandbox, session):
    secret = sandbox.environment["SANDBOX_CRM_SECRET"]
    return Salesforce(consumer_key="reconcile", consumer_secret=secret, domain="sandbox.my", session=session, version="62.0")


def test_signs_in_with_username_password_and_client(sandbox, session):
    secret = sandbox.environment["SANDBOX_CRM_SECRET"]
    user = {"username": "reconcile@sandbox.example", "password": "sandbox-password"}
    client = Salesforce(**user, consumer_key="reconcile", consumer_secret=secret, session=session)
    assert client.query("SELECT COUNT() FROM Account")["totalSize"] == 5


def test_signs_in_through_soap_with_a_security_token(sandbox, session):
    user = {"username": "reconcile@sandbox.example", "password": "sandbox-password", "security_token": "abc"}
    token, instance = SalesforceLogin(**user, scratch_url=sandbox.crm_url, sf_version="62.0", session=session)
    client = Salesforce(session_id=token, instance=instance, session=session)
    assert client.Account.get(salesforce_id("Account", 1))["Name"] == "Anna's Bakery"


def test_wrong_passwords_are_refused(sandbox, session):
    with pytest.raises(SalesforceAuthenticationFailed, match="INVALID_LOGIN"):
        SalesforceLogin(username="x", password="y", security_token="z", scratch_url=sandbox.crm_url, session=session)
    with pytest.raises(SalesforceAuthenticationFailed, match="invalid client credentials"):
        Salesforce(consumer_key="reconcile", consumer_secret="wrong", domain="sandbox.my", session=session)


def test_query_and_query_more(sandbox, salesforce):
    many = pl.DataFrame({"Id": [salesforce_id("Contact", n) for n in range(1, 451)], "LastName": ["x"] * 450})
    store.insert(sandbox.crm_path, "Contact", many)
    page = salesforce.query("SELECT Id FROM Contact ORDER BY Id", headers={"Sforce-Query-Options": "batchSize=200"})
    ids = [record["Id"] for record in page["records"]]
    assert (page["totalSize"], page["done"], len(ids)) == (450, False, 200)
    while not page["done"]:
        page = salesforce.query_more(page["nextRecordsUrl"], identifier_is_url=True)
        ids += [record["Id"] for record in page["records"]]
    assert ids == many["Id"].to_list()


def test_query_all(salesforce):
    records = salesforce.query_all("SELECT Id, Name FROM Account ORDER BY Name DESC NULLS LAST")["records"]
    assert records[0]["Name"] == "上海贸易有限公司"
    orders = salesforce.query("SELECT OrderNumber, Account.Name FROM Order")["records"]
    assert orders[0]["Account"]["Name"] == "Büro & Söhne GmbH"
    assert orders[0]["Account"]["attributes"]["type"] == "Account"


def test_create_get_update_upsert_delete(salesforce):
    made = salesforce.Account.create({"Name": "New", "CreditLimit__c": 12.5})
    assert made["success"] is True
    assert salesforce.Account.update(made["id"], {"Phone": "+49 1"}) == 204
    assert salesforce.Account.get(made["id"])["Phone"] == "+49 1"
    assert salesforce.Account.upsert("ERP_Number__c/77", {"Name": "Up"}) == 201
    assert salesforce.Account.upsert("ERP_Number__c/77", {"Name": "Upper"}) == 200
    assert salesforce.Account.get_by_custom_id("ERP_Number__c", "77")["Name"] == "Upper"
    assert salesforce.Account.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound):
        salesforce.Account.get(made["id"])


def test_describe(salesforce):
    assert {"Account", "Order", "Invoice__c"} <= {entry["name"] for entry in salesforce.describe()["sobjects"]}
    fields = {field["name"]: field for field in salesforce.Order.describe()["fields"]}
    assert fields["AccountId"]["referenceTo"] == ["Account"]
    assert fields["AccountId"]["relationshipName"] == "Account"
    assert fields["ERP_Number__c"]["externalId"] is True
    assert fields["Status__c"]["picklistValues"][0]["value"] == "草稿"
    assert fields["EffectiveDate"]["nillable"] is False
    assert salesforce.Account.metadata()["objectDescribe"]["keyPrefix"] == "001"


def test_collections_through_restful(salesforce):
    new = [{"attributes": {"type": "Account"}, "Name": f"C{place}"} for place in range(200)]
    made = salesforce.restful("composite/sobjects", method="POST", json={"allOrNone": False, "records": new})
    assert len({result["id"] for result in made if result["success"]}) == 200
    changed = [{"attributes": {"type": "Account"}, "id": result["id"], "Phone": "1"} for result in made]
    results = salesforce.restful("composite/sobjects", method="PATCH", json={"records": changed})
    assert all(result["success"] for result in results)
    ids = ",".join(result["id"] for result in made[:2])
    read = salesforce.restful("composite/sobjects/Account", params={"ids": ids, "fields": "Name,Phone"})
    assert [(record["Name"], record["Phone"]) for record in read] == [("C0", "1"), ("C1", "1")]


def test_errors_are_the_clients_own(sandbox, salesforce):
    with pytest.raises(SalesforceMalformedRequest, match="MALFORMED_QUERY"):
        salesforce.query("SELEKT Id FROM Account")
    with pytest.raises(SalesforceMalformedRequest, match="REQUIRED_FIELD_MISSING"):
        salesforce.Account.create({"Phone": "1"})


def test_expired_tokens_are_renewed_by_the_client_that_can(sandbox, session, salesforce):
    sandbox.expire_tokens()
    assert salesforce.query("SELECT COUNT() FROM Account")["totalSize"] == 5
    statuses = [status for line, status in sandbox.crm_calls if "/query" in line]
    assert statuses == [401, 200]
    by_token_alone = Salesforce(session_id=salesforce.session_id, instance="sandbox.my.salesforce.com", session=session)
    sandbox.expire_tokens()
    with pytest.raises(SalesforceExpiredSession, match="INVALID_SESSION_ID"):
        by_token_alone.query("SELECT Id FROM Account")
