"""What is V4's own: relative links to the next page, batches in JSON, and in the older form where that is refused."""

from __future__ import annotations

import httpx
import pytest
from systems.cap_server import PASSWORD, USER, cap_server
from systems.cap_service import CITY, CONFLICT, NAME, OK, PARTNERS, REJECTED, cap_service

from reconcile.config.models import Auth, System
from reconcile.connect.odata.connector import ODataConnector
from reconcile.connect.port import Write


@pytest.fixture(scope="module")
def cap(tmp_path_factory):
    with cap_service(tmp_path_factory.mktemp("v4"), "v4") as service:
        yield service


def test_relative_links_are_followed(tmp_path):
    with cap_server(tmp_path, page=3) as server:
        server.insert("A_BusinessPartner", *({"BusinessPartner": f"P{n}", NAME: str(n)} for n in range(8)))
        url = f"{server.root}/v4/erp"
        first = httpx.get(f"{url}/A_BusinessPartner", auth=(USER, PASSWORD), timeout=60).json()
        assert first["@odata.nextLink"].startswith("A_BusinessPartner?%24skiptoken=")
        system = System(role="erp", connector="odata", url=url, auth=Auth(username=USER, password=PASSWORD))
        connector = ODataConnector("cap", system, tmp_path)
        pages = list(connector.read(PARTNERS, ["BusinessPartner"]))
        connector.close()
    assert [page.to_series().to_list() for page in pages] == [["P0", "P1", "P2"], ["P3", "P4", "P5"], ["P6", "P7"]]


def test_a_service_that_takes_no_json_batch_gets_the_older_form(cap):
    key, other = cap.partner("Ärger"), cap.partner("other")
    connector = cap.opened()
    cap.gateway.takes_json_batches = False
    stale = cap.update(key, {NAME: "stale", CITY: "stale"}, "stale")
    before = len(cap.gateway.batches())
    writes = [
        cap.update(other, {NAME: "größer", CITY: "Köln"}),
        Write("too long", PARTNERS, {NAME: "x" * 99}),
        Write("new", PARTNERS, {NAME: "new 北京"}),
    ]
    outcomes = connector.write(writes)
    outcomes += connector.write([cap.update(key, {NAME: "moved on"}), stale])
    cap.gateway.takes_json_batches = True
    connector.close()
    assert [o.status for o in outcomes] == [OK, REJECTED, OK, OK, CONFLICT]
    assert cap.gateway.batches()[before:] == [415, 200, 200]
    assert cap.now(other, NAME, CITY) == ["größer", "Köln"]
    assert cap.now(outcomes[2].key, NAME) == ["new 北京"]
    assert cap.now(key, NAME, CITY) == ["moved on", "Wien"]
