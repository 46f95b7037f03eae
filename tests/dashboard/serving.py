"""The dashboard as the command line serves it, in a process of its own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx

from dashboard import launch


@contextlib.contextmanager
def served(file: Path, environment: dict[str, str], log: Path, port: int = 0) -> Iterator[str]:
    """Where the dashboard answers, started as the command line starts it; at a free port if none is given."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", port))
        port = free.getsockname()[1]
    argv = launch.command(file, port, headless=True)
    with log.open("w") as out, subprocess.Popen(argv, env={**os.environ, **environment}, stdout=out, stderr=out) as server:
        try:
            _wait_until_it_listens(port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(30)
    assert "Traceback" not in log.read_text(), log.read_text()


def _wait_until_it_listens(port: int, log: Path) -> None:
    with httpx.Client(transport=httpx.HTTPTransport(retries=10), base_url=f"http://127.0.0.1:{port}") as client:
        for _ in range(100):
            with contextlib.suppress(httpx.TransportError):
                if client.get("/_stcore/health").text == "ok":
                    return
    raise AssertionError(log.read_text())
