"""SOQL means in the sandbox what it means at Salesforce: nulls, case, patterns, precedence, paths, order and pages."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.sandbox.salesforce.ids import eighteen, number_of, salesforce_id
from reconcile.sandbox.salesforce.soql import Comparison, MalformedQuery, Operand, parse


def names(crm, where):
    answer = crm.get("/query", params={"q": f"SELECT Name FROM Account WHERE {where} ORDER BY Id"})
    assert answer.status_code == 200, answer.text
    return [record["Name"][:4] for record in answer.json()["records"]]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("Name = 'anna\\'s bakery'", ["Anna"]),
        ("Name LIKE '%100\\%'", ["delt"]),
        ("Name LIKE 'echo\\_5'", ["Echo"]),
        ("Name LIKE '上海%'", ["上海贸易"]),
        ("CreditLimit__c > 99.5", ["Anna", "Büro"]),
        ("CreditLimit__c = 250.50", ["Büro"]),
        ("CreditLimit__c = null", ["上海贸易"]),
        ("CreditLimit__c != 99", ["Anna", "Büro", "上海贸易", "Echo"]),
        ("ERP_Number__c != null AND CreditLimit__c != NULL", ["Anna", "Büro"]),
        ("NOT CreditLimit__c > 99.5", ["上海贸易", "delt", "Echo"]),
        ("(NOT Name LIKE 'a%') AND (CreditLimit__c = 10 OR CreditLimit__c = 99)", ["delt", "Echo"]),
        ("ERP_Number__c IN ('1000001', '1000003', 'x')", ["Anna", "上海贸易"]),
        ("ERP_Number__c NOT IN ('1000001')", ["Büro", "上海贸易", "delt", "Echo"]),
        ("ERP_Number__c NOT IN ('1000001', null)", ["Büro", "上海贸易"]),
        ("CreditLimit__c IN (10, 99.0)", ["delt", "Echo"]),
        (f"Id = '{salesforce_id('Account', 4)[:15]}'", ["delt"]),
        ("LastModifiedDate = 2024-05-01T08:30:00Z AND CreditLimit__c < 50", ["Echo"]),
        ("LastModifiedDate > 2024-05-01T08:29:59.5Z AND CreditLimit__c < 50", ["Echo"]),
        ("LastModifiedDate >= 2024-05-01T10:30:00+02:00 AND CreditLimit__c < 50", ["Echo"]),
        ("LastModifiedDate > 2024-05-01T08:30:00Z", []),
        ("Account.Name = 'echo_5'", ["Echo"]),
    ],
)
def test_where(reading_crm, where, expected):
    assert names(reading_crm, where) == expected


def test_dates_and_paths(reading_crm):
    query = "select id, account.name, Account.CreditLimit__c, TotalAmount__c from order "
    query += "where EffectiveDate >= 2024-04-30 and account.name like 'b%'"
    (record,) = reading_crm.get("/query", params={"q": query}).json()["records"]
    assert record["Account"]["CreditLimit__c"] == 250.5
    assert record["TotalAmount__c"] is None
    items = reading_crm.get("/query", params={"q": "SELECT Order.Account.Name, Product2.Name FROM OrderItem LIMIT 1"}).json()[
        "records"
    ]
    assert items[0]["Order"]["Account"]["Name"] == "Büro & Söhne GmbH"
    assert items[0]["Product2"] is None


def test_counts(reading_crm):
    assert reading_crm.get("/query", params={"q": "SELECT COUNT() FROM Account"}).json() == {
        "totalSize": 5,
        "done": True,
        "records": [],
    }
    counted = reading_crm.get("/query", params={"q": "SELECT COUNT(Id) FROM Account WHERE CreditLimit__c = null"}).json()
    assert counted["records"] == [{"attributes": {"type": "AggregateResult"}, "expr0": 1}]


def test_order_limit_offset(reading_crm):
    query = "SELECT Name, CreditLimit__c FROM Account ORDER BY CreditLimit__c DESC NULLS LAST, Name LIMIT 3 OFFSET 1"
    records = reading_crm.get("/query", params={"q": query}).json()["records"]
    assert [record["CreditLimit__c"] for record in records] == [250.5, 99.0, 10.0]
    first = reading_crm.get("/query", params={"q": "SELECT Name FROM Account ORDER BY CreditLimit__c"}).json()["records"][0]
    assert first["Name"] == "上海贸易有限公司"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT FROM Account", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = 'open", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = 'a' OR Name = 'b' AND Phone = 'c'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account LIMIT x", "MALFORMED_QUERY"),
        ("SELECT Id, id FROM Account", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account; DROP TABLE Account", "MALFORMED_QUERY"),
        ("", "MALFORMED_QUERY"),
        ("SELECT Nonsense FROM Account", "INVALID_FIELD"),
        ("SELECT Owner.Name FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Name = 5", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE CreditLimit__c = '5'", "INVALID_FIELD"),
        ("SELECT Id FROM Order WHERE EffectiveDate = '2024-01-01'", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Name > null", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Id = 'nonsense'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Customer", "INVALID_TYPE"),
        ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
    ],
)
def test_what_is_no_query(reading_crm, query, code):
    answer = reading_crm.get("/query", params={"q": query})
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == code


def test_a_page_is_what_matched_when_the_query_was_asked(sandbox, crm):
    new = [{"attributes": {"type": "Contact"}, "LastName": f"L{place:03}"} for place in range(200)]
    for _ in range(2):
        crm.post("/composite/sobjects", json={"records": new})
    options = {"Sforce-Query-Options": "batchSize=1"}
    page = crm.get("/query", params={"q": "SELECT Id FROM Contact"}, headers=options).json()
    assert len(page["records"]) == 200
    crm.post("/sobjects/Contact", json={"LastName": "later"})
    rest = crm.get(page["nextRecordsUrl"].removeprefix("/services/data/v62.0")).json()
    assert (len(rest["records"]), rest["done"], rest["totalSize"]) == (200, True, 400)
    assert "nextRecordsUrl" not in rest
    unknown = crm.get("/query/01gunknown-200")
    assert unknown.json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


def test_an_address_can_be_too_long(reading_crm):
    query = "SELECT Id FROM Account WHERE Name IN (" + ",".join(["'0123456789'"] * 1500) + ")"
    assert reading_crm.get("/query", params={"q": query}).status_code == 414


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_text_comes_through_quotes_as_it_was(text):
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    where = parse(f"SELECT Id FROM Account WHERE Name = '{escaped}'").where
    assert isinstance(where, Comparison)
    assert where.values[0].text == text


@given(st.text(max_size=60))
def test_any_text_is_a_query_or_malformed(text):
    with suppress(MalformedQuery):
        parse(f"SELECT Id FROM Account WHERE {text}")


def test_operands_know_their_kind():
    query = parse("SELECT Id FROM X WHERE a IN (1, 'x', 2024-01-01, 2024-01-01T00:00:00Z, null, TRUE)")
    assert isinstance(query.where, Comparison)
    assert [operand.kind for operand in query.where.values] == ["number", "string", "date", "datetime", "null", "boolean"]
    assert query.where.values[0] == Operand("number", "1")


def test_ids_have_salesforces_own_suffix():
    assert eighteen("0015000000CbO9f") == "0015000000CbO9fAAF"
    assert eighteen("001500000000000") == "001500000000000AAA"
    assert eighteen("too short") is None


@given(st.integers(0, 62**8))
def test_ids_keep_their_number_and_order(number):
    identifier = salesforce_id("Order", number)
    assert number_of(identifier) == number
    assert eighteen(identifier[:15]) == identifier
    assert identifier[:15] < salesforce_id("Order", number + 1)[:15]
