"""What is V2's own: links to the next page that name another host, batches of change sets, dates and numbers as text."""

from __future__ import annotations

import httpx
import polars as pl
import pytest
from systems.cap_server import PASSWORD, USER, cap_server
from systems.cap_service import NAME, OK, PARTNERS, cap_service

from reconcile.config.models import Auth, System
from reconcile.connect.odata.connector import ODataConnector
from reconcile.connect.port import Write


@pytest.fixture(scope="module")
def cap(tmp_path_factory):
    with cap_service(tmp_path_factory.mktemp("v2"), "v2") as service:
        yield service


@pytest.mark.parametrize("asked", [100, 3, 2])
def test_pages_are_made_by_the_key_and_links_that_name_another_host_are_followed_on_ours(tmp_path, asked):
    keys = sorted(["P'1", "ü", "10", "9", "a b", "A", "北", "x/y"])
    with cap_server(tmp_path, page=3) as server:
        server.insert("A_BusinessPartner", *({"BusinessPartner": key, NAME: key} for key in reversed(keys)))
        url = f"{server.root}/v2/erp"
        first = httpx.get(
            f"{url}/A_BusinessPartner", auth=(USER, PASSWORD), headers={"Accept": "application/json"}, timeout=60
        ).json()
        assert first["d"]["__next"].startswith("http://localhost:")
        system = System(role="erp", connector="odata", url=url, auth=Auth(username=USER, password=PASSWORD), page_size=asked)
        connector = ODataConnector("cap", system, tmp_path)
        pages = [page.to_series().to_list() for page in connector.read(PARTNERS, [NAME])]
        some = PARTNERS.model_copy(update={"where": f"{NAME} eq '9' or {NAME} eq 'x/y'"})
        assert pl.concat(connector.read(some, ["BusinessPartner"])).to_series().to_list() == ["9", "x/y"]
        connector.close()
    size = min(asked, 3)  # the service gives no more
    assert pages == [keys[at : at + size] for at in range(0, 8, size)]


def test_a_batch_is_one_change_set_for_each_record(cap):
    before = len(cap.gateway.bodies)
    outcomes = cap.connector.write([Write(name, PARTNERS, {NAME: name}) for name in ("Ä", "北", "c")])
    assert {o.status for o in outcomes} == {OK}
    (body,) = cap.gateway.bodies[before:]
    assert body.count(b"Content-Type: multipart/mixed; boundary=") == 3
    assert body.isascii()
    assert [cap.now(o.key, NAME)[0] for o in outcomes] == ["Ä", "北", "c"]


def test_numbers_and_dates_are_sent_as_v2_writes_them(cap):
    before = len(cap.gateway.bodies)
    cap.partner("sent", CreditLimitAmount="12.50", CreationDate="2026-01-31", CreationTime="10:11")
    body = cap.gateway.bodies[before]
    assert b'"CreditLimitAmount": "12.50"' in body
    assert b'"CreationDate": "/Date(1769817600000)/"' in body
    assert b'"CreationTime": "PT10H11M"' in body
