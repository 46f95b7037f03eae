"""A sandbox has bad days on demand, and stops without leaving anything behind."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import closing

import httpx
import pytest
from loopback_ports import free_port

from reconcile.sandbox import store
from reconcile.sandbox.salesforce.ids import salesforce_id
from reconcile.sandbox.servers import Sandbox

ANNA = f"/sobjects/Account/{salesforce_id('Account', 1)}"


def test_the_next_requests_answer_what_was_queued(sandbox, crm):
    sandbox.crm_faults.answer(500, 2)
    sandbox.crm_faults.answer(503, retry_after=7)
    sandbox.crm_faults.answer(429)
    sandbox.crm_faults.html()
    answers = [crm.get("/limits") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [500, 500, 503, 429, 200, 200]
    assert answers[2].headers["retry-after"] == "7"
    assert answers[4].headers["content-type"].startswith("text/html")
    assert answers[5].json()
    assert sandbox.crm_faults.waiting == 0


def test_a_fault_meets_only_the_requests_it_is_for(sandbox, erp):
    sandbox.erp_faults.answer(500, only="PATCH /sap")
    sandbox.erp_faults.answer(500, only="B'2")
    assert erp.get("A_Product('C')").status_code == 200
    assert erp.get("A_Product('B''2')").status_code == 200
    assert erp.get("A_Product?$filter=Product eq 'B''2'").status_code == 200
    assert erp.patch("A_Product('C')", json={}).status_code == 500
    sandbox.erp_faults.clear()
    assert sandbox.erp_faults.waiting == 0


def phone(sandbox):
    return store.read(sandbox.crm_path, "Account")["Phone"][0]


@pytest.mark.parametrize(("when", "stored"), [("before", None), ("after", "1")])
def test_a_lost_connection_leaves_the_caller_in_doubt(sandbox, crm, when, stored):
    sandbox.crm_faults.drop(when)
    with pytest.raises(httpx.RemoteProtocolError):
        crm.patch(ANNA, json={"Phone": "1"})
    assert phone(sandbox) == stored
    assert crm.get(ANNA).status_code == 200


def test_a_request_hangs_as_long_as_asked_and_others_go_on(sandbox, crm):
    sandbox.crm_faults.hang(30, only="GET /services/data/v62.0/sobjects")
    with pytest.raises(httpx.ReadTimeout):
        crm.get("/sobjects", timeout=httpx.Timeout(60, read=0.2))
    assert crm.get("/limits").status_code == 200


def test_a_pause_ends_in_the_right_answer(sandbox, crm):
    sandbox.crm_faults.hang(0.2)
    before = time.monotonic()
    assert crm.get("/limits").status_code == 200
    assert time.monotonic() - before >= 0.2


def test_closing_does_not_wait_for_who_hangs(tmp_path, filled, sandbox, crm):
    sandbox.crm_faults.hang(60)
    asked = threading.Event()

    def ask():
        asked.set()
        with closing(httpx.Client(headers=crm.headers, timeout=120)) as own:
            answers.append(own.get(f"{sandbox.crm_url}/services/data/v62.0/limits").status_code)

    answers: list[int] = []
    caller = threading.Thread(target=ask)
    caller.start()
    asked.wait()
    while sandbox.crm_faults.waiting:
        time.sleep(0.01)  # until the request has arrived
    before = time.monotonic()
    sandbox.close()
    caller.join(50)
    assert time.monotonic() - before < 50
    assert answers == [200]


def test_it_listens_on_loopback_alone_and_not_after_its_end(sandbox):
    port = int(sandbox.crm_url.rpartition(":")[2])
    assert sandbox.crm_url.startswith("http://127.0.0.1:")
    sandbox.close()
    sandbox.close()
    with closing(socket.socket()) as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_taken_port_is_said_and_nothing_stays_open(tmp_path, filled, sandbox):
    port = int(sandbox.erp_url.split(":")[2].partition("/")[0])
    free = free_port()
    with pytest.raises(OSError, match="in use"):
        Sandbox(tmp_path, crm_port=free, erp_port=port)
    sandbox.close()
    with Sandbox(tmp_path, crm_port=free) as again:
        assert again.crm_url.endswith(f":{free}")


def test_every_request_is_one_transaction(sandbox, crm):
    lost = [{"attributes": {"type": "Account"}, "Name": "kept"}, {"attributes": {"type": "Account"}}]
    crm.post("/composite/sobjects", json={"records": lost, "allOrNone": True})
    assert store.read(sandbox.crm_path, "Account").height == 5


def test_the_password_is_in_no_repr(sandbox):
    assert "sandbox-secret" not in repr(sandbox._crm_access)
    assert "sandbox-password" not in repr(sandbox._erp_access)
    assert set(sandbox.environment) == {"SANDBOX_CRM_URL", "SANDBOX_CRM_SECRET", "SANDBOX_ERP_URL", "SANDBOX_ERP_PASSWORD"}
