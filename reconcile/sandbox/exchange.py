"""One request in, one answer out: the plain values both dialects work on, and the HTTP server on loopback that carries them.

Requests are worked on one after the other, each in one database transaction: the same order every time, no lock to wait for.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from reconcile.sandbox import store
from reconcile.sandbox.faults import Fault, Faults

METHODS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"]


@dataclass(frozen=True)
class Call:
    """One request: path without query, decoded query, header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    raw_length: int = 0
    """Bytes of the request target as it was sent."""

    @classmethod
    def of(cls, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Call:
        """From a target such as `/a/b?x=1` or a whole address."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        lower = {name.lower(): value for name, value in headers.items()}
        return cls(method.upper(), unquote(parts.path), query, lower, body, len(target.encode()))


@dataclass(frozen=True)
class Answer:
    """One answer. `body` is anything json can write, or bytes as they are, or None for an empty body."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the transaction may be committed."""
        return self.status < 400

    def content(self) -> bytes:
        """The body as it goes over the wire."""
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()

    def all_headers(self) -> dict[str, str]:
        """The headers with a content type where there is a body."""
        headers = dict(self.headers)
        if self.body is not None:
            headers.setdefault("content-type", "application/json;charset=UTF-8")
        return headers


class Refused(Exception):
    """The system says no; the transaction is undone and this answer is given."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(str(answer.status))


Dialect = Callable[[sqlite3.Connection, Call], Answer]


class _ReadyServer(uvicorn.Server):
    """Says when it listens, so that nobody has to ask again and again, and wakes hanging requests when it stops."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self.closing = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self.ready.set()

    def stop(self) -> None:
        self.should_exit = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.closing.set)


class Listener:
    """One dialect behind one port of 127.0.0.1, in a thread of its own, over one SQLite file.

    `calls` keeps the last requests as (line, status), newest last, for tests that ask what was sent.
    """

    def __init__(self, dialect: Dialect, database: Path, *, port: int = 0) -> None:
        self.faults = Faults()
        self.calls: deque[tuple[str, int]] = deque(maxlen=100_000)
        self._dialect = dialect
        self._connection = store.connect(database)
        # asyncio sends without delay only where the protocol is named; else every answer waits 40 ms for the other side
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind(("127.0.0.1", port))
        except OSError:
            self._socket.close()
            self._connection.close()
            raise
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        application = Starlette(routes=[Route("/{path:path}", self._serve, methods=METHODS)])
        config = uvicorn.Config(
            _Droppable(application),
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            h11_max_incomplete_event_size=1 << 20,
            timeout_graceful_shutdown=2,
        )
        self._server = _ReadyServer(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name=f"sandbox {self.url}", daemon=True)

    def start(self) -> None:
        """Listen. Raises RuntimeError if the server does not come up."""
        self._thread.start()
        if not self._server.ready.wait(10):
            self.close()
            raise RuntimeError(f"the sandbox did not come up at {self.url}")

    def stop(self) -> None:
        """Begin to stop, without waiting for it."""
        self._server.stop()

    def close(self) -> None:
        """Stop listening and let go of the socket, the thread and the database; a second call does nothing."""
        self.stop()
        if self._thread.ident is not None:
            self._thread.join(10)
        self._socket.close()
        self._connection.close()

    async def _serve(self, request: Request) -> Response:
        query = request.scope["query_string"].decode("latin-1")
        target = request.scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        line = f"{request.method} {unquote(target)}"
        call = Call.of(request.method, target, dict(request.headers), await request.body())
        fault = self.faults.take(line)
        answer = await self._meet(fault, request) if fault else None
        if answer is None:
            answer = self._answer(call)
            if fault and fault.drop == "after":
                request.scope["drop"]()
        self.calls.append((line, answer.status))
        content = b"" if request.method == "HEAD" else answer.content()
        return Response(content, answer.status, answer.all_headers())

    async def _meet(self, fault: Fault, request: Request) -> Answer | None:
        """What the fault answers; None if the request goes on to the system."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._server.closing.wait(), fault.seconds)
        if fault.drop == "before":
            request.scope["drop"]()
            return Answer(500)
        if fault.status is None:
            return None
        return Answer(fault.status, fault.body, {"content-type": "text/plain", **fault.headers})

    def _answer(self, call: Call) -> Answer:
        """The system's answer, in one transaction that an answer of 400 and above undoes."""
        connection = self._connection
        connection.execute("BEGIN" if call.method in ("GET", "HEAD") else "BEGIN IMMEDIATE")
        try:
            answer = self._dialect(connection, call)
        except Refused as refused:
            answer = refused.answer
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT" if answer.ok else "ROLLBACK")
        return answer


class _Droppable:
    """Lets a request cut its own connection, as a network does: no status, no headers, nothing."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        cycle = getattr(send, "__self__", None)
        dropped = False

        def drop() -> None:
            nonlocal dropped
            dropped = True
            if cycle is not None:
                cycle.transport.abort()

        async def send_unless_dropped(message: Any) -> None:
            if not dropped:
                await send(message)

        scope["drop"] = drop
        await self._application(scope, receive, send_unless_dropped)
        if dropped:
            await asyncio.sleep(0)  # the server must see the lost connection before it looks for an answer


def parsed_json(call: Call) -> Any:
    """The body as JSON with exact decimals. Raises ValueError if it is none, or holds what no database can keep."""
    try:
        value = json.loads(call.body or b"null", parse_float=Decimal)
        json.dumps(value, ensure_ascii=False, default=str).encode()  # half a character is a ValueError here
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return value
