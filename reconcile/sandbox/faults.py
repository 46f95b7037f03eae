"""Troubles on demand: a test queues what a real system does on a bad day, and the next requests meet it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

HTML_PAGE = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>Please log in</h1></body></html>"


@dataclass(frozen=True)
class Fault:
    """One trouble for one request: an answer instead of the system's, a pause of `seconds`, or a lost connection.

    With `drop` the connection is cut: "before" the request was worked on, or "after" its transaction was committed.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0
    drop: Literal["before", "after"] | None = None
    only: str = ""
    """Meets only requests whose `METHOD /path?query` contains this text."""


class Faults:
    """The troubles that wait for one server, first queued first met. Safe to call from any thread."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def queue(self, fault: Fault, times: int = 1) -> None:
        """Let the next `times` requests that fit meet this fault."""
        with self._lock:
            self._waiting.extend([fault] * times)

    def answer(
        self,
        status: int,
        times: int = 1,
        *,
        retry_after: int | None = None,
        body: bytes = b"",
        only: str = "",
    ) -> None:
        """The next `times` requests answer this status (500, 503, 429 ...), with a Retry-After in seconds if given."""
        headers = {} if retry_after is None else {"retry-after": str(retry_after)}
        self.queue(Fault(status, headers, body, only=only), times)

    def html(self, times: int = 1, *, status: int = 200, only: str = "") -> None:
        """The next `times` requests answer a web page, as a proxy or a log-in page does."""
        self.queue(Fault(status, {"content-type": "text/html; charset=utf-8"}, HTML_PAGE, only=only), times)

    def hang(self, seconds: float, times: int = 1, *, only: str = "") -> None:
        """The next `times` requests are answered only after so many seconds."""
        self.queue(Fault(seconds=seconds, only=only), times)

    def drop(self, when: Literal["before", "after"] = "before", times: int = 1, *, only: str = "") -> None:
        """The next `times` requests lose their connection, before they were worked on or after they were committed."""
        self.queue(Fault(drop=when, only=only), times)

    def clear(self) -> None:
        """Forget every fault that still waits."""
        with self._lock:
            self._waiting.clear()

    @property
    def waiting(self) -> int:
        """How many faults no request has met yet."""
        with self._lock:
            return len(self._waiting)

    def take(self, line: str) -> Fault | None:
        """The first fault that fits `METHOD /path?query`, taken off the queue; None if there is none."""
        with self._lock:
            for place, fault in enumerate(self._waiting):
                if fault.only in line:
                    return self._waiting.pop(place)
        return None
