"""Writing to the ERP: the handshake, etags, numbering, deep inserts, checks and $batch."""

from __future__ import annotations

import re

import httpx
import pytest

from reconcile.sandbox import store

PARTNER = "A_BusinessPartner"
ANNA = f"{PARTNER}('1000001')"
ANY = {"if-match": "*"}


def test_a_write_needs_the_token_and_the_cookie(sandbox, erp):
    def write(client, **headers: str):
        return client.patch(ANNA, json={"TaxNumber": "1"}, headers={**ANY, **headers})

    assert write(erp).status_code == 200
    refused = write(erp, **{"x-csrf-token": "other"})
    assert (refused.status_code, refused.headers["x-csrf-token"]) == (403, "Required")
    with httpx.Client(base_url=sandbox.erp_url, auth=("RECONCILE", "sandbox-password"), timeout=60) as stranger:
        assert write(stranger, **{"x-csrf-token": erp.headers["x-csrf-token"]}).status_code == 403
        token = stranger.head("", headers={"x-csrf-token": "fetch"}).headers["x-csrf-token"]
        assert write(stranger, **{"x-csrf-token": token}).status_code == 200
        assert stranger.get("", headers={"x-csrf-token": "fetch"}).headers["x-csrf-token"] == token
    sandbox.expire_sessions()
    assert write(erp).status_code == 403


def test_a_change_needs_the_etag_that_was_read(erp):
    read = erp.get(ANNA)
    body = {"CreditLimitAmount": 12.5}
    assert erp.patch(ANNA, json=body).status_code == 428
    changed = erp.patch(ANNA, json=body, headers={"if-match": read.headers["etag"]})
    assert (changed.status_code, changed.json()["CreditLimitAmount"]) == (200, 12.5)
    assert changed.headers["etag"] == erp.get(ANNA).headers["etag"] != read.headers["etag"]
    assert changed.json()["LastChangeDateTime"] > "2026"
    stale = erp.patch(ANNA, json=body, headers={"if-match": read.headers["etag"]})
    assert (stale.status_code, stale.json()["error"]["code"]) == (412, "SBX_V4/412")
    assert erp.delete(ANNA, headers={"if-match": read.headers["etag"]}).status_code == 412
    minimal = erp.patch(ANNA, json=body, headers={**ANY, "prefer": "return=minimal"})
    assert (minimal.status_code, minimal.content) == (204, b"")


def test_an_address_that_changes_changes_its_partner(erp):
    before = erp.get(ANNA).headers["etag"]
    address = f"{ANNA}/to_BusinessPartnerAddress(BusinessPartner='1000001',AddressID='1')"
    own = erp.get(address).headers["etag"]
    assert erp.patch(address, json={"CityName": "Aachen"}, headers={"if-match": own}).status_code == 200
    assert erp.get(ANNA).headers["etag"] != before
    made = erp.post(f"{ANNA}/to_BusinessPartnerAddress", json={"CityName": "Trier"})
    assert (made.status_code, made.json()["AddressID"]) == (201, "2")
    etag = erp.get(ANNA).headers["etag"]
    assert erp.delete("A_BusinessPartnerAddress(BusinessPartner='1000001',AddressID='2')", headers=ANY).status_code == 204
    assert erp.get(ANNA).headers["etag"] != etag


def test_deep_insert_with_numbers_of_the_system(sandbox, erp):
    body = {
        "BusinessPartnerFullName": "Neu & Söhne",
        "ExternalReference": "001",
        "to_BusinessPartnerAddress": [{"CityName": "Ulm"}, {"CityName": "Köln", "AddressID": "7"}, {"CityName": "Bonn"}],
    }
    made = erp.post(PARTNER, json=body)
    assert made.status_code == 201
    entity = made.json()
    assert entity["BusinessPartner"] == "1000006"
    assert [address["AddressID"] for address in entity["to_BusinessPartnerAddress"]] == ["1", "7", "8"]
    assert erp.get(made.headers["location"]).json()["@odata.etag"] == entity["@odata.etag"] == made.headers["etag"]
    order = {"SoldToParty": "1000006", "SalesOrderDate": "2026-01-31", "to_Item": [{"Material": "C"}, {"Material": "A/1"}]}
    items = erp.post("A_SalesOrder", json=order).json()
    assert (items["SalesOrder"], [item["SalesOrderItem"] for item in items["to_Item"]]) == ("4500001", ["10", "20"])
    assert erp.post(PARTNER, json={"BusinessPartnerFullName": "Twin", "ExternalReference": "001"}).status_code == 201
    assert store.read(sandbox.erp_path, PARTNER)["ExternalReference"].to_list().count("001") == 2
    bill = {"SoldToParty": "1000006", "to_IncomingPayment": [{"PostingDate": "2026-02-01", "AmountInTransactionCurrency": 1}]}
    assert erp.post("A_BillingDocument", json=bill).json()["to_IncomingPayment"][0]["BillingDocument"] == "9000001"


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ({"BusinessPartnerFullName": "x", "Nonsense": 1}, "Nonsense"),
        ({"BusinessPartnerFullName": "x" * 82}, "BusinessPartnerFullName"),
        ({"BusinessPartnerFullName": 5}, "BusinessPartnerFullName"),
        ({"BusinessPartnerFullName": "x", "CreditLimitAmount": "5"}, "CreditLimitAmount"),
        ({"BusinessPartnerFullName": "x", "CreditLimitAmount": True}, "CreditLimitAmount"),
        ({"BusinessPartnerFullName": "x", "PaymentTerms": "9999"}, "PaymentTerms"),
        ({"BusinessPartnerFullName": "x", "BusinessPartner": "77"}, "BusinessPartner"),
        ({"BusinessPartnerFullName": "x", "to_BusinessPartnerAddress": {"CityName": "x"}}, "to_BusinessPartnerAddress"),
        ({"BusinessPartnerFullName": "x", "to_BusinessPartnerAddress": [{"Country": "DEUT"}]}, "Country"),
    ],
)
def test_refused_partners(sandbox, erp, body, target):
    answer = erp.post(PARTNER, json=body)
    assert (answer.status_code, answer.json()["error"]["target"]) == (400, target)
    assert store.read(sandbox.erp_path, PARTNER).height == 5


def test_every_wrong_field_is_named(erp):
    error = erp.post(PARTNER, json={}).json()["error"]
    assert [detail["target"] for detail in error["details"]] == ["BusinessPartnerFullName"]
    both = erp.patch(ANNA, json={"Currency": "EURO", "PaymentTerms": "x"}, headers=ANY).json()["error"]
    assert [detail["target"] for detail in both["details"]] == ["Currency", "PaymentTerms"]
    order = {"SalesOrderDate": "2026-02-31", "SoldToParty": "1"}
    wrong = erp.post("A_SalesOrder", json=order).json()["error"]
    assert [detail["target"] for detail in wrong["details"]] == ["SalesOrderDate", "SoldToParty"]
    assert erp.post("A_Product", json={"Product": "C", "ProductDescription": "again"}).json()["error"]["code"] == "SBX/102"
    orphan = erp.post("A_BusinessPartnerAddress", json={"BusinessPartner": "1", "CityName": "x"})
    assert orphan.json()["error"]["code"] == "SBX/106"


def test_what_a_body_may_not_change(erp):
    assert erp.patch(ANNA, json={"BusinessPartner": "1000001", "LastChangeDateTime": "x"}, headers=ANY).status_code == 200
    assert erp.patch(ANNA, json={"BusinessPartner": "1000009"}, headers=ANY).status_code == 400
    assert erp.patch(ANNA, json={"BusinessPartnerFullName": None}, headers=ANY).status_code == 400
    assert erp.patch(ANNA, content=b"{", headers={**ANY, "content-type": "application/json"}).status_code == 400
    assert erp.patch(ANNA, content=b"<x/>", headers={**ANY, "content-type": "text/xml"}).status_code == 415
    assert erp.put(ANNA, json={}, headers=ANY).status_code == 405
    exact = {
        **ANY,
        "content-type": "application/json;IEEE754Compatible=true",
        "accept": "application/json;IEEE754Compatible=true",
    }
    answer = erp.patch(ANNA, content=b'{"CreditLimitAmount": "0.10"}', headers=exact)
    assert answer.json()["CreditLimitAmount"] == "0.10"


def test_times_and_exact_numbers_in_a_deep_insert(erp):
    exact = {"content-type": "application/json;IEEE754Compatible=true", "accept": "application/json;IEEE754Compatible=true"}
    body = b'{"SalesOrderDate": "2026-01-31", "TotalNetAmount": "30.30", "to_Item": [{"Material": "C", "NetAmount": "10.10"}]}'
    made = erp.post("A_SalesOrder", content=body, headers=exact).json()
    assert (made["TotalNetAmount"], made["to_Item"][0]["NetAmount"]) == ("30.30", "10.10")
    wrong = erp.post("A_SalesOrder", content=body.replace(b"30.30", b"thirty"), headers=exact)
    assert wrong.json()["error"]["target"] == "TotalNetAmount"
    moved = {"ReferenceSDDocument": made["SalesOrder"], "ActualGoodsMovementDateTime": "2026-02-01T08:00:00+08:00"}
    assert erp.post("A_OutbDeliveryHeader", json=moved).json()["ActualGoodsMovementDateTime"] == "2026-02-01T00:00:00Z"
    local = erp.post("A_OutbDeliveryHeader", json={**moved, "ActualGoodsMovementDateTime": "2026-02-01T08:00:00"})
    assert local.json()["error"]["target"] == "ActualGoodsMovementDateTime"


def test_delete_takes_the_parts_along_and_spares_what_is_used(sandbox, erp):
    erp.post("A_SalesOrder", json={"SoldToParty": "1000002", "SalesOrderDate": "2026-01-31"})
    assert erp.delete(f"{PARTNER}('1000002')", headers=ANY).json()["error"]["code"] == "SBX/104"
    assert erp.delete(ANNA, headers=ANY).status_code == 204
    assert "1000001" not in store.read(sandbox.erp_path, "A_BusinessPartnerAddress")["BusinessPartner"].to_list()


def request(identifier, method, url, body=None, **more: object):
    headers = {"content-type": "application/json", **more.pop("headers", {})}
    return {
        "id": identifier,
        "method": method,
        "url": url,
        "headers": headers,
        **({"body": body} if body is not None else {}),
        **more,
    }


def test_json_batch_with_etags(erp):
    etag = erp.get(ANNA).headers["etag"]
    requests = [
        request("1", "GET", f"{PARTNER}?$filter=CreditLimitAmount gt 99.5&$select=BusinessPartner"),
        request("2", "PATCH", ANNA, {"CreditLimitAmount": 1.1}, headers={"If-Match": etag}),
        request("3", "PATCH", ANNA, {"CreditLimitAmount": 2.2}, headers={"If-Match": etag}),
        request("4", "GET", f"/sap/opu/odata4/sap/api_sandbox/0001/{ANNA}"),
    ]
    stopped = erp.post("$batch", json={"requests": requests}).json()["responses"]
    assert [(part["id"], part["status"]) for part in stopped] == [("1", 200), ("2", 200), ("3", 412)]
    assert len(stopped[0]["body"]["value"]) == 2
    assert stopped[1]["headers"]["etag"] == stopped[1]["body"]["@odata.etag"]
    preferred = {"prefer": "odata.continue-on-error"}
    whole = erp.post("$batch", json={"requests": requests}, headers=preferred).json()["responses"]
    assert [part["status"] for part in whole] == [200, 412, 412, 200]
    assert whole[3]["body"]["CreditLimitAmount"] == 1.1


def test_a_group_holds_all_or_nothing(sandbox, erp):
    requests = [
        request("1", "POST", PARTNER, {"BusinessPartnerFullName": "lost"}, atomicityGroup="g"),
        request("2", "POST", PARTNER, {}, atomicityGroup="g"),
        request("3", "POST", PARTNER, {"BusinessPartnerFullName": "kept"}),
        request("4", "PATCH", "$3", {"TaxNumber": "4"}, headers=ANY, dependsOn=["3"]),
        request("5", "GET", PARTNER, dependsOn=["g"]),
    ]
    answer = erp.post("$batch", json={"requests": requests}, headers={"prefer": "odata.continue-on-error"})
    assert [part["status"] for part in answer.json()["responses"]] == [424, 400, 201, 200, 424]
    rows = store.read(sandbox.erp_path, PARTNER)
    assert rows["BusinessPartnerFullName"].to_list()[5:] == ["kept"]
    assert rows["TaxNumber"][5] == "4"


@pytest.mark.parametrize("body", [{}, {"requests": [{}]}, {"requests": 5}, []])
def test_what_is_no_batch(erp, body):
    assert erp.post("$batch", json=body).status_code == 400
    assert erp.post("$batch", content=b"x", headers={"content-type": "text/plain"}).status_code == 415


def test_multipart_batch_with_a_changeset(sandbox, erp):
    lines = [
        "--b",
        "Content-Type: application/http",
        "",
        f"GET {ANNA}?$select=BusinessPartner HTTP/1.1",
        "Accept: application/json",
        "",
        "",
        "--b",
        "Content-Type: multipart/mixed; boundary=c",
        "",
        "--c",
        "Content-Type: application/http",
        "Content-ID: 1",
        "",
        f"PATCH {ANNA} HTTP/1.1",
        "Content-Type: application/json",
        "If-Match: *",
        "",
        '{"TaxNumber": "9"}',
        "--c",
        "Content-Type: application/http",
        "Content-ID: 2",
        "",
        f"POST {PARTNER} HTTP/1.1",
        "Content-Type: application/json",
        "",
        '{"BusinessPartnerFullName": "FULL"}',
        "--c--",
        "--b--",
        "",
    ]
    headers = {"content-type": "multipart/mixed; boundary=b"}
    content = "\r\n".join(lines).encode()
    answer = erp.post("$batch", content=content, headers=headers)
    assert re.findall(r"HTTP/1.1 (\d+)", answer.text) == ["200", "200", "201"]
    assert store.read(sandbox.erp_path, PARTNER)["TaxNumber"][0] == "9"
    failed = erp.post("$batch", content=content.replace(b'"FULL"', b"null"), headers=headers)
    assert re.findall(r"HTTP/1.1 (\d+)", failed.text) == ["200", "400"]
    assert store.read(sandbox.erp_path, PARTNER).height == 6
