"""A real django-crm (BottleCRM) on loopback: installed once for a machine, built once, and copied for each who asks."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
from loopback_ports import free_port
from systems.first_build import install_python, installed, run

PINS = Path(__file__).with_name("django_crm.txt")
PROCESS = Path(__file__).with_name("django_crm_process.py")
BUILT = "1"
"""Counted up when the database is built in another way."""
EMAIL, PASSWORD = "admin@example.com", "django-crm for tests"


class DjangoCrm:
    """A server over a database in a folder; stopped by `close`.

    Args:
        home: where it is installed.
        folder: where its database lies.
        answers: as in `django_crm_server`.
    """

    def __init__(self, home: Path, folder: Path, *, answers: bool) -> None:
        self.folder = folder
        self.database = folder / "crm.sqlite"
        self._home = home
        self._answers = answers
        self._client = httpx.Client(timeout=300)
        self._start(free_port())

    def call(self, method: str, path: str, **body: Any) -> httpx.Response:
        """What another client of the same CRM is answered; `path` is below `/api/`."""
        return self._client.request(method, f"{self.url}/api/{path}", json=body, headers=self._headers)

    def log_in(self) -> None:
        """The token with which `call` asks."""
        self._headers = {"Authorization": f"JWT {self.token()}"}

    def token(self) -> str:
        """A token of the administrator."""
        answer = self._client.post(f"{self.url}/api/auth/login/", json={"email": EMAIL, "password": PASSWORD})
        return str(answer.json()["token"])

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query on the CRM's own database, or of a change of it, which is committed."""
        with closing(sqlite3.connect(self.database, timeout=120)) as database, database:
            return database.execute(statement, values).fetchall()

    def insert(self, table: str, **columns: Any) -> None:
        """A row put straight into the CRM's database, past its rules."""
        self.sql(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", *columns.values())

    def sent(self, *methods: str) -> list[str]:
        """The requests that came, in order, as `PUT /api/accounts/1/`; without log-ins."""
        lines = (self.folder / "requests.log").read_text().splitlines()
        return [line for line in lines if line.split()[0] in methods and "/auth/" not in line]

    def restart(self) -> None:
        """The same server on the same port, where no token from before is valid any more."""
        self._stop()
        self._start(httpx.URL(self.url).port or 0)

    def close(self) -> None:
        self._client.close()
        self._stop()

    def _start(self, port: int) -> None:
        more = {"DJANGO_CRM_ANSWERS": "yes" if self._answers else "", "DJANGO_CRM_PORT": str(port)}
        environment = _environment(self.folder, CELERY_BROKER_URL="memory://", **more)
        command = [self._home / "venv/bin/python", "-W", "ignore", PROCESS, "serve"]
        self._process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.log: list[str] = []
        self.url = self._address()
        self._reader = threading.Thread(target=self._drain, daemon=True)  # a full pipe would stop the server
        self._reader.start()
        self.log_in()

    def _stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=120)
        self._reader.join()
        self._process.stdout.close()

    def _address(self) -> str:
        for line in self._process.stdout:
            self.log.append(line)
            if "Running on " in line:
                return line.split("Running on ")[1].strip()
        raise AssertionError("django-crm did not start:\n" + "".join(self.log))

    def _drain(self) -> None:
        self.log.extend(self._process.stdout)


@contextmanager
def django_crm_server(folder: Path, *, answers: bool = True) -> Iterator[DjangoCrm]:
    """A server with one administrator and no records, whose files lie in the folder.

    Args:
        folder: made if it is not there.
        answers: if false, as it was published: every write is committed and then answered with 500.
    """
    home = _home()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(home / "crm.sqlite", folder)
    server = DjangoCrm(home, folder, answers=answers)
    try:
        yield server
    finally:
        server.close()


def _home() -> Path:
    """The folder with the installed CRM and its database."""
    kind = f"{PINS.read_text()}{BUILT}{sys.version_info[:2]}"
    return installed("django-crm-0.9", kind, proof="crm.sqlite", build=_build)


def _build(home: Path) -> None:
    """The database is put in its place when it is whole."""
    install_python("django-crm", home, PINS)
    folder = home / "new"
    folder.mkdir()
    run("django-crm", home / "venv/bin/python", "-W", "ignore", PROCESS, "build", environment=_environment(folder))
    (folder / "crm.sqlite").rename(home / "crm.sqlite")


def _environment(folder: Path, **more: str) -> dict[str, str]:
    """What the site reads; the secret that signs tokens is another one each time."""
    own = {"FOLDER": str(folder), "SECRET": os.urandom(16).hex(), "EMAIL": EMAIL, "PASSWORD": PASSWORD}
    return {**os.environ, **{f"DJANGO_CRM_{name}": value for name, value in own.items()}, **more}
