"""A PostgreSQL server that lives as long as the tests: its own data folder, a socket in it, no port, nobody else's databases."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from reconcile.ledger import Ledger

SETTINGS = ("listen_addresses=''", "fsync=off", "full_page_writes=off", "shared_buffers=32MB", "timezone=Asia/Shanghai")
"""Nothing has to outlive the server; and no test may lean on a server in UTC."""


class Cluster:
    """`initdb` and `pg_ctl` in a folder of its own, as user postgres if we are root, since the server refuses root."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._user = "postgres" if os.getuid() == 0 else None
        if self._user:
            shutil.chown(self.folder, self._user, self._user)
        self._names = (f"ledger_{n}" for n in itertools.count(1))
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        options = " ".join(["-k", str(self.folder), *(f"-c {setting}" for setting in SETTINGS)])
        self._run("pg_ctl", "--wait", "--timeout=300", "--log", str(self.folder / "log"), "--options", options, "start")
        self._admin = psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True)
        self._admin.execute("CREATE DATABASE new_ledger")
        Ledger.open(self.url("new_ledger")).close()

    def _run(self, program: str, *arguments: str) -> None:
        there = shutil.which(program) or max(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{program}")), default=None)
        assert there, f"{program} is missing: apt-get install postgresql"
        command = [there, "--pgdata", str(self.folder / "data"), *arguments]
        silent = subprocess.DEVNULL  # the server keeps what it is started with: a pipe would never end
        subprocess.run(command, check=True, user=self._user, cwd=self.folder, stdout=silent, stderr=silent)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    @contextmanager
    def database(self, template: str = "new_ledger") -> Iterator[str]:
        """The URL of a database that is dropped afterwards: a copy of a new ledger, or (`template0`) an empty one."""
        name = next(self._names)
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def disconnect_all(self) -> None:
        """What a restart does to everybody who is connected."""
        self._admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'ledger_%'")

    def close(self) -> None:
        self._admin.close()
        self._run("pg_ctl", "--wait", "--mode=immediate", "stop")
        shutil.rmtree(self.folder)
