"""A reverse proxy on loopback that does to requests and answers, byte by byte, what networks and busy servers do to them."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit


class Fault(StrEnum):
    """What happens to one request. "Before" and "after" are seen from the target's commit."""

    DROP_BEFORE = "dropped before the commit"
    DROP_AFTER = "dropped after the commit"
    RESET_BEFORE = "connection reset before the commit"
    RESET_AFTER = "connection reset after the commit"
    TIMEOUT = "answer held past the time-out"
    LATE = "request held past the time-out, then forwarded"
    BUSY = "429 with Retry-After"
    DOWN = "503 with Retry-After"
    ERROR_BEFORE = "500 before the commit"
    ERROR_AFTER = "500 after the commit"
    GATEWAY_BEFORE = "502 before the commit"
    GATEWAY_AFTER = "502 after the commit"
    HALF = "half a body"
    DRIP = "slow drip"
    LOCKED = "lock error"
    PARTIAL = "partial batch failure"


FORWARDED = frozenset(
    {
        Fault.DROP_AFTER,
        Fault.RESET_AFTER,
        Fault.TIMEOUT,
        Fault.LATE,
        Fault.ERROR_AFTER,
        Fault.GATEWAY_AFTER,
        Fault.HALF,
        Fault.DRIP,
    }
)
"""What the target has done although no usable answer comes. The rest of the faults it never hears of, or only in part."""
_ANSWERS = {
    Fault.BUSY: (429, "Too Many Requests"),
    Fault.DOWN: (503, "Service Unavailable"),
    Fault.ERROR_BEFORE: (500, "Internal Server Error"),
    Fault.ERROR_AFTER: (500, "Internal Server Error"),
    Fault.GATEWAY_BEFORE: (502, "Bad Gateway"),
    Fault.GATEWAY_AFTER: (502, "Bad Gateway"),
}


@dataclass(frozen=True)
class Request:
    """One request as it came: `port` is the door it came through, `head` ends with the empty line."""

    number: int
    port: int
    head: bytes
    body: bytes

    @property
    def method(self) -> str:
        return self.head.split(b" ", 1)[0].decode()

    @property
    def path(self) -> str:
        return self.head.split(b" ", 2)[1].decode()

    def with_body(self, body: bytes) -> Request:
        """The same request with another body."""
        lines = self.head.removesuffix(b"\r\n\r\n").split(b"\r\n")
        kept = [line for line in lines if not line.lower().startswith(b"content-length:")]
        head = b"\r\n".join([*kept, b"content-length: %d" % len(body), b"", b""])
        return Request(self.number, self.port, head, body)


@dataclass(frozen=True)
class Surgery:
    """A fault inside a message: what is forwarded (None: nothing), and what the client gets for the target's answer (None)."""

    forward: Request | None
    answer: Callable[[bytes | None], bytes]
    """From the body of the target's answer, or None, to (status line and) body: see `answered`."""


@dataclass(frozen=True)
class Plan:
    """What to do with one request."""

    fault: Fault | None = None
    surgery: Surgery | None = None


def answered(status: int, words: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """An answer as it goes over the wire."""
    lines = {"content-type": "application/json", **(headers or {}), "content-length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} {words}\r\n{head}\r\n".encode() + body


def split(message: bytes) -> tuple[bytes, bytes]:
    """Head and body of an answer."""
    head, _, body = message.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n", body


Hook = Callable[[str, Request], None]
"""Called with received, forwarded, committed and delivered, in the thread of the proxy: what it does happens right then."""


@dataclass
class Proxy:
    """In front of one target, at as many doors as `listen` was called.

    `choose` says what happens to a request; `hold` is how many seconds are longer than the client waits.
    """

    target: str
    choose: Callable[[Request], Plan] = lambda _: Plan()
    hook: Hook = lambda _moment, _request: None
    hold: float = 1.5
    counts: Counter[Fault] = field(default_factory=Counter)
    requests: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311  # repeatable
        self._busy: set[asyncio.Task[None]] = set()
        self._servers: list[asyncio.Server] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault proxy", daemon=True)
        self._thread.start()

    def listen(self) -> int:
        """A new door; its port on 127.0.0.1."""
        return self._done(self._listen())

    def idle(self, seconds: float = 120) -> bool:
        """Wait until every request that is under way has come to its end, also those that nobody waits for any more."""
        return self._done(self._idle(seconds))

    def close(self) -> None:
        """Let go of all doors and connections."""
        self._done(self._closed())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _done(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _listen(self) -> int:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=1 << 24)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def _idle(self, seconds: float) -> bool:
        for _ in range(int(seconds / 0.05)):
            if not self._busy:
                return True
            await asyncio.sleep(0.05)
        return False

    async def _closed(self) -> None:
        for server in self._servers:
            server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # One connection

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = _Upstream(self.target)
        port = writer.get_extra_info("sockname")[1]
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while (read := await _message(reader)) is not None:
                self.requests += 1
                request = Request(self.requests, port, *read)
                # apart from the connection: what was sent arrives, even if the sender is killed
                task = asyncio.create_task(self._one(request, upstream, writer))
                self._busy.add(task)
                task.add_done_callback(self._busy.discard)
                await task
                if writer.is_closing():
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            upstream.close()
            writer.close()

    async def _one(self, request: Request, upstream: _Upstream, writer: asyncio.StreamWriter) -> None:
        plan = self.choose(request)
        self.hook("received", request)
        if plan.fault:
            self.counts[plan.fault] += 1
        with contextlib.suppress(ConnectionError):
            if plan.surgery:
                await self._operate(request, plan.surgery, upstream, writer)
            elif plan.fault is None or plan.fault in FORWARDED:
                await self._forward(request, plan.fault, upstream, writer)
            else:
                await self._refuse(plan.fault, writer)

    async def _forward(self, request: Request, fault: Fault | None, upstream: _Upstream, writer: asyncio.StreamWriter) -> None:
        if fault is Fault.LATE:
            await asyncio.sleep(self.hold)
        answer = await upstream.exchange(request, lambda: self.hook("forwarded", request))
        self.hook("committed", request)
        if fault in (Fault.ERROR_AFTER, Fault.GATEWAY_AFTER):
            await self._refuse(fault, writer)
        elif fault is Fault.RESET_AFTER:
            _reset(writer)
        elif fault is Fault.HALF:
            head, body = split(answer)
            half = head + body[: len(body) // 2] if body else head[: len(head) // 2]
            await _send(writer, half)
            writer.close()
        elif fault is Fault.DRIP:
            await self._drip(answer, writer)
        elif fault:  # dropped, or too late
            if fault is Fault.TIMEOUT:
                await asyncio.sleep(self.hold)
            writer.close()
        else:
            await _send(writer, answer)
            self.hook("delivered", request)

    async def _drip(self, answer: bytes, writer: asyncio.StreamWriter) -> None:
        """Byte by byte, more slowly than anybody waits; the head too, if there is nothing else."""
        head, body = split(answer)
        fast, slow = (head, body) if body else (b"", head)
        await _send(writer, fast)
        pause = 5 * self.hold / max(len(slow), 1)
        for place in range(len(slow)):
            if writer.is_closing():
                return
            await _send(writer, slow[place : place + 1])
            await asyncio.sleep(pause)

    async def _refuse(self, fault: Fault, writer: asyncio.StreamWriter) -> None:
        if fault is Fault.DROP_BEFORE:
            writer.close()
        elif fault is Fault.RESET_BEFORE:
            _reset(writer)
        else:
            status, words = _ANSWERS[fault]
            told = self._dice.choice(["0", "1", formatdate(usegmt=True)])
            headers = {"retry-after": told} if fault in (Fault.BUSY, Fault.DOWN) else {}
            page = b"<html><body><h1>%s</h1></body></html>" % words.encode()
            await _send(writer, answered(status, words, page, {"content-type": "text/html", **headers}))

    async def _operate(self, request: Request, surgery: Surgery, upstream: _Upstream, writer: asyncio.StreamWriter) -> None:
        if surgery.forward is None:
            await _send(writer, surgery.answer(None))
            return
        answer = await upstream.exchange(surgery.forward, lambda: self.hook("forwarded", request))
        self.hook("committed", request)
        await _send(writer, surgery.answer(answer))
        self.hook("delivered", request)


class _Upstream:
    """One connection to the target, opened when it is needed."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._place = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def exchange(self, request: Request, sent: Callable[[], None]) -> bytes:
        """The whole answer, as it came."""
        if self._open is None or self._open[0].at_eof():
            self.close()
            self._open = await asyncio.open_connection(*self._place, limit=1 << 24)
            self._open[1].get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader, writer = self._open
        await _send(writer, request.head + request.body)
        sent()
        answer = await _answer(reader, request.method)
        head = split(answer)[0].lower()
        if b"connection: close" in head or head.startswith(b"http/1.0"):
            self.close()
        return answer

    def close(self) -> None:
        if self._open:
            self._open[1].close()
        self._open = None


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close so that the other side gets RST instead of FIN."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes] | None:
    """Head and body of the next request; None if no more comes."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    return head, await reader.readexactly(int(_header(head, b"content-length") or 0))


async def _answer(reader: asyncio.StreamReader, method: str) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    if method == "HEAD" or status in (204, 304):
        return head
    if (length := _header(head, b"content-length")) is not None:
        return head + await reader.readexactly(int(length))
    if _header(head, b"transfer-encoding") is None:
        return head + await reader.read()
    body = b""
    while (size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)) > 0:
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    lines = [line for line in head.split(b"\r\n")[:-2] if not line.lower().startswith(b"transfer-encoding:")]
    return b"\r\n".join([*lines, b"content-length: %d" % len(body), b"", b""]) + body


def _header(head: bytes, name: bytes) -> bytes | None:
    for line in head.split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.strip().lower() == name:
            return value.strip()
    return None
