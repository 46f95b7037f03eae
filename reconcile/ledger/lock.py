"""The lock of a project: one run or push at a time, and how a lock that outlived its process is recognised."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from reconcile.errors import ProjectLocked
from reconcile.ledger import runs
from reconcile.ledger.database import instant, now
from reconcile.ledger.tables import lock


def take(connection: Connection, what: str, token: str) -> None:
    """Hold the lock under `token`. Raises ProjectLocked if a living process has it; a dead one's runs become interrupted."""
    held = connection.execute(select(lock)).one_or_none()
    if held is not None:
        if not (held.host == socket.gethostname() and is_gone(held.pid, held.born)):
            raise ProjectLocked(f"{held.what}, process {held.pid} on {held.host}, since {held.since[:19]}Z")
        connection.execute(delete(lock))
        runs.interrupt(connection)
    pid = os.getpid()
    row = {"id": 1, "token": token, "what": what, "host": socket.gethostname(), "pid": pid, "born": born(pid)}
    connection.execute(insert(lock).values(**row, since=instant(now())))


def release(connection: Connection, token: str) -> None:
    """Give the lock back, if it is still ours."""
    connection.execute(delete(lock).where(lock.c.token == token))


def is_gone(pid: int, since: str) -> bool:
    """Whether the process that was born then no longer lives on this host; a number that another process got counts as gone."""
    return not _is_alive(pid) or born(pid) != since


def born(pid: int) -> str:
    """When the operating system started a process, in its own terms; empty where it does not say."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:8]
    except OSError:
        return ""
    return f"{boot}:{stat.rpartition(')')[2].split()[19]}"  # the 22nd field; the name before it may hold anything


def _is_alive(pid: int) -> bool:
    if sys.platform == "win32":  # there, signal 0 would end the process instead of asking
        import ctypes  # noqa: PLC0415  # needed on Windows only

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, 0, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
        ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
