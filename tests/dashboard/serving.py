"""The dashboard as the command line serves it, in a process of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from loopback_ports import free_port

from dashboard import launch

_PATIENCE = 240
"""Seconds for a start or an end, which take a few on a machine that does nothing else."""


@contextlib.contextmanager
def served(file: Path, environment: dict[str, str], log: Path, port: int = 0) -> Iterator[str]:
    """Where the dashboard answers, started as the command line starts it; at a free port if none is given."""
    port = port or free_port()
    argv = launch.command(file, port, headless=True)
    with log.open("w") as out, subprocess.Popen(argv, env={**os.environ, **environment}, stdout=out, stderr=out) as server:
        try:
            _wait_until_it_listens(port, server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(_PATIENCE)
    assert "Traceback" not in log.read_text(), log.read_text()


def _wait_until_it_listens(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=_PATIENCE) as client:
        while time.monotonic() < end and server.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                if client.get("/_stcore/health").text == "ok":
                    return
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(0.1)
    raise AssertionError(log.read_text())
