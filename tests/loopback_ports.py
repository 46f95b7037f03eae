"""Ports for servers that must be told theirs before they listen.

The system gives ports to outgoing connections and to listeners at port 0 from one range: one of these, found free and let go,
may be taken by another test before the server has come up. Ports below that range are nobody's, and each process of the tests
has its own.
"""

from __future__ import annotations

import contextlib
import os
import random
import socket
from pathlib import Path

_GIVEN = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST, _EACH = 10_000, 1_000


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens, and that nobody gets who does not ask for it by its number."""
    end = int(_GIVEN.read_text().split()[0]) if _GIVEN.exists() else 32_768
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    own = range(_LOWEST, end)[worker * _EACH :][:_EACH]
    for port in random.sample(own, len(own)):
        with contextlib.suppress(OSError), socket.socket() as asked:
            asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do
            asked.bind(("127.0.0.1", port))
            return port
    raise AssertionError(f"no free port among {own}")
