"""The lines to one system: as many as there are requests at once, each with a client of its own that nobody else waits for.

One client for all threads looks through all its connections, under one lock, before and after each request.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar

import httpx


class Lines:
    """Clients for one request at a time. The one that was given back last goes out first, so that few are kept open.

    Args:
        seconds: how long one step of a request may take.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._trusted = httpx.create_ssl_context()  # reading the certificates takes longer than a request
        self._cookies = CookieJar()  # a session is the system's with all of us, not with one line
        self._free: deque[httpx.Client] = deque()

    @contextmanager
    def one(self) -> Iterator[httpx.Client]:
        """A line that is free."""
        try:
            client = self._free.pop()
        except IndexError:
            asked = {"Accept": "application/json"}
            client = httpx.Client(timeout=self._seconds, headers=asked, cookies=self._cookies, verify=self._trusted)
        try:
            yield client
        finally:
            self._free.append(client)

    def close(self) -> None:
        """Close those that are free; nobody may have one."""
        while self._free:
            self._free.pop().close()
