"""One deadline for a whole exchange, held at every read and write of the network.

Apart from the lines: the time-outs that httpx knows begin anew with every byte, so that a drip of bytes outlasts them.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import httpcore

_MOST_AT_ONCE = 65_536
"""So many bytes are gathered before they are sent; a head and a usual body then leave together."""


class Deadline:
    """When the request that is under way is given up.

    Args:
        seconds: how long a request may take.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = 0.0

    def begin(self) -> None:
        """A request begins now."""
        self._until = time.monotonic() + self._seconds

    def left(self, error: type[Exception]) -> float:
        """The seconds that are left; raises this error if there are none."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise error("the time is over")
        return left


class DeadlineBackend(httpcore.NetworkBackend):
    """Connects as httpcore does, to streams that hold a deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002  # the deadline stands above it
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection. Raises httpcore.ConnectTimeout, httpcore.ConnectError."""
        left = self._deadline.left(httpcore.ConnectTimeout)
        return _Stream(self._network.connect_tcp(host, port, left, local_address, socket_options), self._deadline)


class _Stream(httpcore.NetworkStream):
    """One connection. What is written is sent with the next read, or when it is much."""

    def __init__(self, network: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._network = network
        self._deadline = deadline
        self._unsent = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002  # the deadline stands above it
        with suppress(httpcore.WriteError):  # who hangs up before the body's end may have answered all the same
            self._send()
        return self._network.read(max_bytes, self._deadline.left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002  # the deadline stands above it
        self._unsent += buffer
        if len(self._unsent) > _MOST_AT_ONCE:
            self._send()

    def _send(self) -> None:
        unsent, self._unsent = self._unsent, b""
        for at in range(0, len(unsent), _MOST_AT_ONCE):
            self._network.write(unsent[at : at + _MOST_AT_ONCE], self._deadline.left(httpcore.WriteTimeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002  # the deadline stands above it
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(httpcore.ConnectTimeout)
        return _Stream(self._network.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._network.get_extra_info(info)

    def close(self) -> None:
        self._network.close()
