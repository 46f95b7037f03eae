"""Each fault of the proxy really happens, byte by byte, as a plain socket and a plain server see it."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fault_proxy import FORWARDED, Fault, Plan, Proxy, Request
from fault_sandbox import SandboxCase

from reconcile.records import Role
from reconcile.sandbox.salesforce.login import CrmAccess

BODY = json.dumps({"done": True, "words": "x" * 200}).encode()
ASK = b"POST /orders HTTP/1.1\r\nHost: erp\r\nContent-Length: 4\r\n\r\nbody"
HOLD = 1.5


class _Target(ThreadingHTTPServer):
    """Remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked = []
        self.seen = threading.Event()
        super().__init__(("127.0.0.1", 0), _Answers)


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Target

    def do_POST(self):
        self.server.asked.append(self.rfile.read(int(self.headers["content-length"])))
        self.server.seen.set()
        self.send_response(201)
        if self.path == "/chunked":
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY))
            return
        self.send_header("content-length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def target():
    with _Target() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def proxied(target):
    proxy = Proxy(f"http://127.0.0.1:{target.server_address[1]}", hold=HOLD)
    proxy.port = proxy.listen()
    yield proxy
    proxy.close()


@contextlib.contextmanager
def asked(proxy, fault):
    """A socket over which one request was sent, and meets the fault."""
    proxy.choose = lambda _: Plan(fault)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=HOLD / 5) as sock:
        sock.sendall(ASK)
        yield sock


def everything(sock):
    """All bytes until the other side closes."""
    sock.settimeout(60)
    parts = []
    while part := sock.recv(65536):
        parts.append(part)
    return b"".join(parts)


def whole_answer(port, path="/orders"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        connection.request("POST", path, b"body")
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())


@pytest.mark.parametrize("path", ["/orders", "/chunked"])
def test_without_a_fault_every_byte_passes(proxied, target, path):
    assert whole_answer(proxied.port, path)[:2] == (201, BODY)
    assert target.asked == [b"body"]


def test_one_connection_carries_many_requests(proxied, target):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", proxied.port, timeout=60)) as connection:
        for _ in range(3):
            connection.request("POST", "/orders", b"body")
            assert connection.getresponse().read() == BODY
    assert proxied.requests == len(target.asked) == 3


@pytest.mark.parametrize("fault", [Fault.DROP_BEFORE, Fault.DROP_AFTER])
def test_a_dropped_request_ends_without_a_byte(proxied, target, fault):
    with asked(proxied, fault) as sock:
        assert everything(sock) == b""
    assert target.asked == [b"body"] * (fault in FORWARDED)


@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.RESET_AFTER])
def test_a_reset_is_a_reset(proxied, target, fault):
    with asked(proxied, fault) as sock, pytest.raises(ConnectionResetError):
        everything(sock)
    assert target.asked == [b"body"] * (fault in FORWARDED)


@pytest.mark.parametrize(
    "fault", [Fault.BUSY, Fault.DOWN, Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.GATEWAY_BEFORE, Fault.GATEWAY_AFTER]
)
def test_an_error_comes_with_its_status_and_says_when_to_come_back(proxied, target, fault):
    proxied.choose = lambda _: Plan(fault)
    status, body, headers = whole_answer(proxied.port)
    assert (status, body[:6]) == (int(fault.value[:3]), b"<html>")
    assert ("retry-after" in headers) == ("Retry-After" in fault.value)
    assert target.asked == [b"body"] * (fault in FORWARDED)


def test_the_answer_is_held_until_the_client_gives_up(proxied, target):
    with asked(proxied, Fault.TIMEOUT) as sock, pytest.raises(TimeoutError):
        sock.recv(1)
    assert target.seen.wait(60)
    assert target.asked == [b"body"]


def test_a_late_request_reaches_the_target_when_nobody_waits_any_more(proxied, target):
    with asked(proxied, Fault.LATE) as sock:
        with pytest.raises(TimeoutError):
            sock.recv(1)
        assert target.asked == []
    assert target.seen.wait(60)
    assert proxied.idle()
    assert target.asked == [b"body"]


def test_half_a_body_promises_more_than_comes(proxied, target):
    with asked(proxied, Fault.HALF) as sock:
        head, _, body = everything(sock).partition(b"\r\n\r\n")
    assert b"content-length: %d" % len(BODY) in head.lower()
    assert body == BODY[: len(BODY) // 2]
    assert target.asked == [b"body"]


def test_a_slow_answer_drips_for_longer_than_anybody_waits(proxied, target):
    begun = time.monotonic()
    with asked(proxied, Fault.DRIP) as sock:
        sock.settimeout(60)
        parts = []
        while time.monotonic() - begun < 2 * HOLD:
            parts.append(sock.recv(65536))
    body = b"".join(parts).partition(b"\r\n\r\n")[2]
    assert len(parts) > 5
    assert 0 < len(body) < len(BODY) / 2
    assert BODY.startswith(body)
    assert target.asked == [b"body"]


def test_every_fault_is_counted_and_shown_to_the_hook(proxied, target):
    moments = []
    proxied.hook = lambda moment, _: moments.append(moment)
    whole_answer(proxied.port)
    with asked(proxied, Fault.DROP_AFTER) as sock:
        everything(sock)
    assert proxied.idle()
    assert moments == ["received", "forwarded", "committed", "delivered", "received", "forwarded", "committed"]
    assert proxied.counts == {Fault.DROP_AFTER: 1}


def test_what_was_sent_arrives_though_its_sender_is_gone(proxied, target):
    gone = threading.Event()
    proxied.hook = lambda moment, _: gone.wait(60) if moment == "received" else None
    with socket.create_connection(("127.0.0.1", proxied.port)) as sock:
        sock.sendall(ASK)
    gone.set()
    assert target.seen.wait(60)
    assert proxied.idle()


# Inside of batches, over the sandbox's own systems


@pytest.fixture
def sandbox(tmp_path):
    case = SandboxCase(tmp_path)
    case.start()
    yield case
    case.close()


def _asked(case, role, fault, method, path, body, headers):
    proxy = Proxy("/".join(case.url(role).split("/")[:3]))

    def choose(request: Request) -> Plan:
        if not case.records(role, request):
            return Plan()
        return Plan(fault, case.surgery(role, request, fault, random.Random(3)))  # noqa: S311  # repeatable

    proxy.choose = choose
    connection = http.client.HTTPConnection("127.0.0.1", proxy.listen(), timeout=60)
    with contextlib.closing(connection), contextlib.closing(proxy):
        connection.request(method, path, json.dumps(body), {"content-type": "application/json", **headers(connection)})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def _bearer(connection):
    form = f"grant_type=client_credentials&client_id=reconcile&client_secret={CrmAccess().client_secret}"
    connection.request("POST", "/services/oauth2/token", form, {"content-type": "application/x-www-form-urlencoded"})
    return {"authorization": f"Bearer {json.loads(connection.getresponse().read())['access_token']}"}


@pytest.mark.parametrize(
    ("fault", "code"), [(Fault.LOCKED, "UNABLE_TO_LOCK_ROW"), (Fault.PARTIAL, "FIELD_CUSTOM_VALIDATION_EXCEPTION")]
)
def test_of_a_collection_one_record_is_refused_and_the_others_are_written(sandbox, fault, code):
    records = [{"attributes": {"type": "Account"}, "ERP_Number__c": f"E{n}", "Name": f"Neu {n}"} for n in range(5)]
    path = "/services/data/v62.0/composite/sobjects/Account/ERP_Number__c"
    status, results = _asked(sandbox, Role.CRM, fault, "PATCH", path, {"allOrNone": False, "records": records}, _bearer)
    assert status == 200
    refused = [n for n, result in enumerate(results) if not result["success"]]
    assert len(results) == 5
    assert [results[n]["errors"][0]["statusCode"] for n in refused] == [code]
    there = {row["ERP_Number__c"] for row in sandbox.books[Role.CRM].rows()["Account"].values()}
    assert there == {f"E{n}" for n in range(5) if n not in refused}


def _session(connection):
    import base64  # noqa: PLC0415  # used here alone

    from reconcile.sandbox.odata.sessions import ErpAccess  # noqa: PLC0415  # as above

    basic = "Basic " + base64.b64encode(f"RECONCILE:{ErpAccess().password}".encode()).decode()
    connection.request("GET", "/sap/opu/odata4/sap/api_sandbox/0001/", headers={"authorization": basic, "x-csrf-token": "Fetch"})
    answer = connection.getresponse()
    answer.read()
    cookies = "; ".join(value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie")
    return {
        "authorization": basic,
        "x-csrf-token": answer.headers["x-csrf-token"],
        "cookie": cookies,
        "prefer": "odata.continue-on-error",
    }


def test_of_a_batch_one_part_is_locked_and_the_others_are_written(sandbox):
    headers = {"content-type": "application/json"}
    parts = [
        {
            "id": str(n),
            "method": "POST",
            "url": "A_BusinessPartner",
            "headers": headers,
            "body": {"BusinessPartnerFullName": f"Neu {n}"},
        }
        for n in range(4)
    ]
    path = "/sap/opu/odata4/sap/api_sandbox/0001/$batch"
    status, body = _asked(sandbox, Role.ERP, Fault.LOCKED, "POST", path, {"requests": parts}, _session)
    assert status == 200
    statuses = {each["id"]: each["status"] for each in body["responses"]}
    assert sorted(statuses.values()) == [201, 201, 201, 423]
    names = {row["BusinessPartnerFullName"] for row in sandbox.books[Role.ERP].rows()["A_BusinessPartner"].values()}
    assert names == {f"Neu {id_}" for id_, status in statuses.items() if status == 201}
