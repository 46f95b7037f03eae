"""Reading from the ERP: filters, selections, expansions, pages and metadata as S/4 answers them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import httpx
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.sandbox import store
from reconcile.sandbox.exchange import Refused
from reconcile.sandbox.objects import ERP
from reconcile.sandbox.odata.filter import condition
from reconcile.sandbox.servers import Sandbox

PARTNER = "A_BusinessPartner"


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("BusinessPartnerFullName eq 'Anna''s Bakery'", [1]),
        ("BusinessPartnerFullName eq 'anna''s bakery'", []),
        ("tolower(BusinessPartnerFullName) eq 'anna''s bakery'", [1]),
        ("contains(BusinessPartnerFullName,'&')", [2]),
        ("startswith(BusinessPartnerFullName,'上海') or endswith(BusinessPartnerFullName,'_5')", [3, 5]),
        ("startswith(BusinessPartnerFullName,'_')", []),
        ("not contains(BusinessPartnerFullName,'a')", [2, 3, 5]),
        ("CreditLimitAmount gt 99.5", [1, 2]),
        ("CreditLimitAmount eq 250.50", [2]),
        ("CreditLimitAmount eq null", [3]),
        ("CreditLimitAmount ne 99", [1, 2, 3, 5]),
        ("CreditLimitAmount ne null and not (CreditLimitAmount le 99)", [1, 2]),
        ("CreditLimitAmount gt null", []),
        ("BusinessPartner in ('1000001','1000004','x')", [1, 4]),
        ("CreditLimitAmount in (10,null)", [3, 5]),
        ("LastChangeDateTime eq 2024-05-01T08:30:00Z and CreditLimitAmount lt 50", [5]),
        ("LastChangeDateTime ge 2024-05-01T10:30:00+02:00 and CreditLimitAmount lt 50", [5]),
        ("LastChangeDateTime gt 2024-05-01T08:30:00.000Z", []),
        ("CreditLimitAmount lt 50 or CreditLimitAmount gt 500 and BusinessPartner eq 'x'", [5]),
    ],
)
def test_filter(reading_erp, where, expected):
    answer = reading_erp.get(PARTNER, params={"$filter": where})
    assert answer.status_code == 200, answer.text
    assert [int(entity["BusinessPartner"]) - 1_000_000 for entity in answer.json()["value"]] == expected


def test_times_with_fractions_are_in_order(reading_erp):
    answer = reading_erp.get(
        "A_Product", params={"$filter": "LastChangeDateTime gt 2024-05-01T08:30:00Z", "$orderby": "LastChangeDateTime"}
    )
    assert [entity["Product"] for entity in answer.json()["value"]] == ["C", "B'2"]


@pytest.mark.parametrize(
    "query",
    [
        {"$filter": "Nonsense eq 'a'"},
        {"$filter": "BusinessPartner eq 5"},
        {"$filter": "CreditLimitAmount eq '5'"},
        {"$filter": "BusinessPartner eq"},
        {"$filter": "BusinessPartner eq 'open"},
        {"$filter": "BusinessPartner eq '1' BusinessPartner"},
        {"$filter": "contains(CreditLimitAmount,'5')"},
        {"$filter": "1 eq 1; drop"},
        {"$select": "Nonsense"},
        {"$expand": "to_Nonsense"},
        {"$expand": "to_BusinessPartnerAddress($filter=CityName eq 'x')"},
        {"$orderby": "CityName"},
        {"$top": "-1"},
        {"$search": "x"},
        {"$skiptoken": "made-up"},
    ],
)
def test_what_is_not_understood_is_400(reading_erp, query):
    answer = reading_erp.get(PARTNER, params=query)
    assert answer.status_code == 400
    assert answer.json()["error"].keys() == {"code", "message", "target", "details"}


def test_select_expand_order_top_skip_count(reading_erp):
    query = {
        "$select": "BusinessPartner,CreditLimitAmount",
        "$expand": "to_BusinessPartnerAddress($select=CityName)",
        "$orderby": "CreditLimitAmount desc,BusinessPartner",
        "$top": "2",
        "$skip": "1",
        "$count": "true",
    }
    body = reading_erp.get(PARTNER, params=query).json()
    assert body["@odata.count"] == 5
    first = body["value"][0]
    assert first.keys() == {"@odata.etag", "BusinessPartner", "CreditLimitAmount", "to_BusinessPartnerAddress"}
    assert (first["BusinessPartner"], first["CreditLimitAmount"]) == ("1000002", 250.5)
    assert first["to_BusinessPartnerAddress"][0].keys() == {"@odata.etag", "CityName"}
    assert len(body["value"]) == 2
    assert reading_erp.get(f"{PARTNER}/$count", params={"$filter": "CreditLimitAmount gt 50"}).text == "3"


def test_decimals_are_exact_for_who_asks(reading_erp):
    answer = reading_erp.get("A_Product('A%2F1')", headers={"accept": "application/json;IEEE754Compatible=true"})
    assert answer.json()["StandardPrice"] == "1.10"
    assert "IEEE754Compatible=true" in answer.headers["content-type"]


def test_entities_and_navigation(reading_erp):
    one = reading_erp.get(f"{PARTNER}('1000002')")
    assert one.headers["etag"] == one.json()["@odata.etag"]
    assert reading_erp.get(f"{PARTNER}('1000002')", headers={"if-none-match": one.headers["etag"]}).status_code == 304
    nested = reading_erp.get(f"{PARTNER}('1000002')/to_BusinessPartnerAddress").json()["value"]
    assert [address["CityName"] for address in nested] == ["Ulm"]
    for path in ("(BusinessPartner='1000002',AddressID='1')", "(AddressID='1')"):
        assert reading_erp.get(f"{PARTNER}('1000002')/to_BusinessPartnerAddress{path}").json()["CityName"] == "Ulm"
    assert reading_erp.get("A_BusinessPartnerAddress(BusinessPartner='1000002',AddressID='1')").status_code == 200
    assert reading_erp.get("A_Product(Product='B''2')").json()["ProductDescription"] == "b"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("A_Nonsense", 404),
        (f"{PARTNER}('1')", 404),
        (f"{PARTNER}('1')/to_BusinessPartnerAddress", 404),
        (f"{PARTNER}('1000001')/to_Nonsense", 404),
        (f"{PARTNER}('1000001')/to_BusinessPartnerAddress(BusinessPartner='1000002',AddressID='1')", 404),
        (f"{PARTNER}(1000001)", 400),
        (f"{PARTNER}('1000001'", 400),
        ("A_BusinessPartnerAddress('1000001')", 400),
    ],
)
def test_what_is_not_there(reading_erp, path, status):
    assert reading_erp.get(path).status_code == status


def all_pages(erp, url, headers=None):
    """Keys of all pages, and how many pages."""
    keys, pages = [], 0
    while url:
        body = erp.get(url, headers=headers).json()
        keys += [entity["Product"] for entity in body["value"]]
        url, pages = body.get("@odata.nextLink"), pages + 1
    return keys, pages


def test_pages_follow_the_server_and_the_preference(sandbox, erp):
    many = pl.DataFrame({"Product": [f"P{n:04}" for n in range(2500)], "ProductDescription": ["p"] * 2500})
    store.insert(sandbox.erp_path, "A_Product", many)
    keys, pages = all_pages(erp, "A_Product?$select=Product&$filter=startswith(Product,'P')")
    assert (keys, pages) == (many["Product"].to_list(), 3)
    preferred = erp.get("A_Product", headers={"prefer": "odata.maxpagesize=1200"})
    assert preferred.headers["preference-applied"] == "odata.maxpagesize=1200"
    assert len(preferred.json()["value"]) == 1200
    assert not preferred.json()["@odata.nextLink"].startswith("http")


def test_pages_hold_under_inserts_and_deletes(sandbox, erp):
    prefer = {"prefer": "odata.maxpagesize=1"}
    first = erp.get("A_Product", headers=prefer).json()
    assert first["value"][0]["Product"] == "A/1"
    store.insert(sandbox.erp_path, "A_Product", pl.DataFrame({"Product": ["0", "AB"], "ProductDescription": ["x", "x"]}))
    assert erp.delete("A_Product('B''2')", headers={"if-match": "*"}).status_code == 204
    assert all_pages(erp, first["@odata.nextLink"], prefer) == (["C"], 2)


def test_links_can_be_absolute(tmp_path, sandbox):
    with (
        Sandbox(tmp_path, absolute_links=True, erp_page=2) as absolute,
        httpx.Client(base_url=absolute.erp_url, auth=("RECONCILE", "sandbox-password"), timeout=60) as client,
    ):
        link = client.get("A_Product").json()["@odata.nextLink"]
        assert link.startswith(absolute.erp_url + "A_Product?$skiptoken=")
        assert all_pages(client, "A_Product") == (["A/1", "B'2", "C"], 2)


def test_metadata_describes_every_field(reading_erp):
    answer = reading_erp.get("$metadata")
    assert answer.headers["content-type"] == "application/xml"
    edm = "{http://docs.oasis-open.org/odata/ns/edm}"
    types = {kind.get("Name"): kind for kind in ET.fromstring(answer.content).iter(f"{edm}EntityType")}  # noqa: S314 - our own answer
    assert set(types) == {f"{name}Type" for name in ERP}
    partner = {prop.get("Name"): prop for prop in types[f"{PARTNER}Type"].iter(f"{edm}Property")}
    assert (partner["TaxNumber"].get("Type"), partner["TaxNumber"].get("MaxLength")) == ("Edm.String", "20")
    assert partner["CreditLimitAmount"].get("Type") == "Edm.Decimal"
    assert partner["BusinessPartnerFullName"].get("Nullable") == "false"
    assert [nav.get("Name") for nav in types[f"{PARTNER}Type"].iter(f"{edm}NavigationProperty")] == ["to_BusinessPartnerAddress"]
    assert {entry["name"] for entry in reading_erp.get("").json()["value"]} == set(ERP)


def test_who_does_not_sign_on_is_401(reading):
    answer = httpx.get(f"{reading.erp_url}A_Product", auth=("RECONCILE", "wrong"), timeout=60)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert httpx.get(f"{reading.erp_url}A_Product", timeout=60).status_code == 401
    assert httpx.get(reading.erp_url.replace("0001", "0002"), timeout=60).status_code == 404


def test_a_filter_may_name_thousands_of_keys(reading_erp):
    assert condition(" or ".join(f"BusinessPartner eq '{n}'" for n in range(5000)), ERP[PARTNER])[1][-1] == "4999"
    where = " or ".join(f"BusinessPartner eq '{n}'" for n in range(999_990, 1_001_200))
    assert len(reading_erp.get(PARTNER, params={"$filter": where, "$select": "BusinessPartner"}).json()["value"]) == 5


@given(st.text(max_size=60))
def test_any_text_is_a_filter_or_refused(text):
    try:
        sql, values = condition(f"BusinessPartner {text}", ERP[PARTNER])
    except Refused as refused:
        assert refused.answer.status == 400  # noqa: PT017 - both ends are fine
    else:
        assert sql.count("?") == len(values)
