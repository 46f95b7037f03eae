"""What a line holds whatever the other end does: one deadline for a whole answer, proxies, cookies, closed connections."""

from __future__ import annotations

import base64
import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from reconcile.config.models import System
from reconcile.connect.port import OutcomeStatus
from reconcile.connect.web.http import Answer, Http, NoAnswer
from reconcile.connect.web.lines import Lines
from reconcile.errors import SystemUnreachable

SECRET = "s3cr3t-of-this-proxy"
OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"


@contextmanager
def talking(talk: Callable[[socket.socket], None], *, times: int = 1) -> Iterator[tuple[str, Future[None]]]:
    """A server that treats so many connections as it is told, one after the other."""

    def serve() -> None:
        for _ in range(times):
            client, _ = listening.accept()
            with client:
                talk(client)

    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as pool:
        listening.settimeout(10)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", pool.submit(serve)


def heard(client: socket.socket) -> bytes:
    """The head of a request and what came with it."""
    said = b""
    while b"\r\n\r\n" not in said:
        said += client.recv(65_536) or b"\r\n\r\n"
    return said


def dripping(before: bytes, over: threading.Event, seconds: float = 0.02) -> Callable[[socket.socket], None]:
    """Answers so far, and then with one byte after the other, until it is over."""

    def talk(client: socket.socket) -> None:
        heard(client)
        try:
            client.sendall(before)
            while not over.wait(seconds):
                client.sendall(b"x")
        except OSError:
            pass

    return talk


def opened(url: str, seconds: float = 1.5) -> Http:
    return Http("ERP", System(role="erp", connector="odata", url=url, timeout_seconds=seconds, requests_per_second=10_000))


@pytest.mark.parametrize(
    "before",
    [b"", b"HTTP/1.1 200 OK\r\nx-long: ", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n"],
    ids=["status", "header", "further head", "body"],
)
def test_a_drip_is_given_up_at_the_deadline_wherever_it_drips(before):
    over = threading.Event()
    with talking(dripping(before, over)) as (url, _):
        http, began = opened(url), time.monotonic()
        try:
            with pytest.raises(SystemUnreachable, match=r"no answer within 1\.5 seconds"):
                http.read("GET", "x")
            assert 1.45 <= time.monotonic() - began < 60  # the drip itself has no end
        finally:
            over.set()
            http.close()


def test_a_write_that_is_answered_by_a_drip_is_unknown():
    over = threading.Event()
    with talking(dripping(b"HTTP/1.1 200 OK\r\nx-long: ", over)) as (url, _):
        http = opened(url)
        said = http.write("PATCH", "x", body={"Name": "N"})
        over.set()
        http.close()
    assert isinstance(said, NoAnswer)
    assert (said.status, "no answer within 1.5 seconds" in said.reason) == (OutcomeStatus.UNKNOWN, True)


def test_a_body_that_is_not_taken_is_given_up_at_the_deadline():
    over = threading.Event()
    with talking(lambda client: [client.recv(1000) for _ in iter(lambda: over.wait(0.02), True)]) as (url, _):
        http, began = opened(url), time.monotonic()
        said = http.write("POST", "x", body=b"x" * 50_000_000)
        over.set()
        http.close()
    assert isinstance(said, NoAnswer)
    assert said.status is OutcomeStatus.UNKNOWN
    assert time.monotonic() - began < 60  # to be taken it would need a thousand


def test_a_large_body_arrives_whole_and_a_packed_answer_is_unpacked():
    body, packed = b"y" * 300_001, gzip.compress(b'{"a": 1}')
    got = []

    def talk(client: socket.socket) -> None:
        said = heard(client)
        head, _, rest = said.partition(b"\r\n\r\n")
        while len(rest) < len(body):
            rest += client.recv(65_536)
        got.append((head, rest))
        client.sendall(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(packed) + packed)

    with talking(talk) as (url, _):
        http = opened(url, 60)
        said = http.write("POST", "x", headers={"content-type": "text/plain"}, body=body)
        http.close()
    assert isinstance(said, Answer)
    assert said.parsed() == {"a": 1}
    assert got[0][1] == body
    assert got[0][0].lower().count(b"\r\ncontent-type:") == 1
    assert b"\r\nAccept: application/json" in got[0][0] or b"\r\naccept: application/json" in got[0][0]


def test_a_connection_that_was_closed_while_nobody_used_it_is_opened_anew():
    closed = threading.Event()

    def talk(client: socket.socket) -> None:
        heard(client)
        client.sendall(OK)
        client.shutdown(socket.SHUT_RDWR)
        closed.set()

    with talking(talk, times=2) as (url, served):
        http = opened(url, 60)
        for _ in range(2):
            closed.clear()
            said = http.write("PATCH", "x", body={})
            assert isinstance(said, Answer)
            assert closed.wait(60)
        served.result(60)
        http.close()


def test_cookies_are_shared_by_all_lines(scripted):
    scripted.answer = lambda *_: (200, {"set-cookie": "session=abc; Path=/"}, {})
    lines = Lines(10)
    requests = [lines.request("GET", f"{scripted.url}/x", {}, None)]
    lines.answer(requests[0])
    with lines._one():  # so that the next goes over a line of its own
        lines.answer(lines.request("GET", f"{scripted.url}/x", {}, None))
    lines.close()
    assert [headers.get("cookie") for _, _, headers, _ in scripted.asked] == [None, "session=abc"]


@pytest.mark.parametrize("excepted", ["", "elsewhere.example", "erp.example"])
def test_a_proxy_of_the_surroundings_is_used_with_its_password_unless_the_host_is_excepted(monkeypatch, scripted, excepted):
    scripted.answer = lambda *_: (200, {}, {"by": "the proxy"})
    monkeypatch.setenv("http_proxy", scripted.url.replace("http://", f"http://me:{SECRET}@"))
    monkeypatch.setenv("no_proxy", excepted)
    http = opened("http://erp.example:1", 10)
    if excepted == "erp.example":
        with pytest.raises(SystemUnreachable) as error:
            http.read("GET", "x")
        assert not scripted.asked
        assert SECRET not in str(error.value)
    else:
        assert http.read_json("GET", "x") == {"by": "the proxy"}
        _, path, headers, _ = scripted.asked[0]
        assert path == "http://erp.example:1/x"
        assert headers["proxy-authorization"] == "Basic " + base64.b64encode(f"me:{SECRET}".encode()).decode()
    http.close()


@pytest.mark.parametrize("address", ["http://me:{}@{}", "ftp://me:{}@{}", "socks5://me:{}@{}"])
def test_a_proxy_that_can_not_be_used_is_said_without_its_password_and_nothing_was_sent(monkeypatch, scripted, address):
    scripted.answer = lambda *_: (407, {}, {})
    monkeypatch.setenv("https_proxy", address.format(SECRET, scripted.url.removeprefix("http://")))
    monkeypatch.setenv("no_proxy", "")
    http = opened("https://erp.example", 10)
    said = http.write("PATCH", "x", body={})
    http.close()
    assert isinstance(said, NoAnswer)
    assert said.status is OutcomeStatus.REJECTED
    assert said.reason.startswith("not sent: ")
    assert SECRET not in said.reason


def test_what_is_no_web_address_is_not_asked():
    http = opened("http://127.0.0.1:9", 10)
    for url in ("http:///nowhere", "http://[::1"):
        said = http.write("PATCH", url, body={})
        assert isinstance(said, NoAnswer)
        assert said.status is OutcomeStatus.REJECTED
    http.close()
