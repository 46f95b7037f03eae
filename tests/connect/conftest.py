"""Systems on loopback: the sandbox, and a server that answers exactly what a test tells it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stamina

from reconcile.config.models import Auth, System
from reconcile.connect.odata.connector import ODataConnector
from reconcile.connect.salesforce.connector import SalesforceConnector
from reconcile.sandbox.servers import Sandbox, create_empty


@pytest.fixture(autouse=True)
def no_pauses() -> Iterator[None]:
    """Retries come at once; a test of the pauses switches this off."""
    with stamina.set_testing(testing=True, attempts=4):
        yield


@pytest.fixture
def sandbox(tmp_path):
    create_empty(tmp_path)
    with Sandbox(tmp_path, crm_page=2, erp_page=2) as server:
        yield server


@dataclass
class Scripted:
    """A server that answers by a function of (method, path, headers, body) and keeps what it was asked."""

    url: str
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    answer: Callable[..., tuple[int, dict[str, str], bytes | Any]] = lambda *_: (404, {}, b"")


@pytest.fixture
def scripted():
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {k.lower(): v for k, v in self.headers.items()}
            told.asked.append((self.command, self.path, headers, body))
            status, sent, content = told.answer(self.command, self.path, headers, body)
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in {"content-length": str(len(data)), "content-type": "application/json", **sent}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = _serve  # noqa: N815  # names that http.server calls

        def log_message(self, *args: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = Scripted(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_crm(sandbox):
    """Opens the sandbox's CRM with other settings."""
    opened: list[SalesforceConnector] = []

    def connector(**more: Any) -> SalesforceConnector:
        auth = more.pop("auth", Auth(client_id="reconcile", client_secret=sandbox.environment["SANDBOX_CRM_SECRET"]))
        settings = {"url": sandbox.crm_url, "requests_per_second": 10_000, **more}
        opened.append(
            SalesforceConnector("CRM", System(role="crm", connector="salesforce", auth=auth, **settings), sandbox.folder)
        )
        return opened[-1]

    yield connector
    for each in opened:
        each.close()


@pytest.fixture
def open_erp(sandbox):
    """Opens the sandbox's ERP, or another service, with other settings."""
    opened: list[ODataConnector] = []

    def connector(**more: Any) -> ODataConnector:
        auth = more.pop("auth", Auth(username="RECONCILE", password=sandbox.environment["SANDBOX_ERP_PASSWORD"]))
        settings = {"url": sandbox.erp_url, "requests_per_second": 10_000, "page_size": 2, **more}
        opened.append(ODataConnector("ERP", System(role="erp", connector="odata", auth=auth, **settings), sandbox.folder))
        return opened[-1]

    yield connector
    for each in opened:
        each.close()
