"""A real Tryton server on loopback: installed once for a machine, its database built once, and copied for each who asks."""

from __future__ import annotations

import base64
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from systems.first_build import digest, install_python, installed, made_once, run

PINS = Path(__file__).with_name("tryton.txt")
TRADE = Path(__file__).with_name("tryton_trade.py")
PASSWORD = "tryton for tests"
DATABASE = "company"
BUILT = "2"
"""Counted up when the database is built in another way."""
MODULE = "sale_opportunity"  # brings parties, products, sales, invoices and shipments with it
CONFIG = "[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = 127.0.0.1:0\n"


class TrytonServer:
    """A server over a database in a folder; stopped by `close`."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.folder = folder
        config = _configure(folder)
        command = [home / "venv/bin/trytond", "-c", config, "-d", DATABASE]
        environment = {**os.environ, "TZ": "Asia/Shanghai", "PYTHONUNBUFFERED": "1"}  # times must be UTC wherever it stands
        self._process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.log: list[str] = []
        self.url = f"{self._address()}/{DATABASE}"
        self._reader = threading.Thread(target=self._drain, daemon=True)  # a full pipe would stop the server
        self._reader.start()
        self._client = httpx.Client(timeout=300)
        self.log_in()

    def log_in(self) -> None:
        """The session in which `call` asks."""
        user, session, *_ = self._call("common.db.login", ["admin", {"password": PASSWORD}], {})
        self._headers = {"Authorization": "Session " + base64.b64encode(f"admin:{user}:{session}".encode()).decode()}

    def call(self, method: str, *params: Any, context: dict[str, Any] | None = None) -> Any:
        """What a call answers; an error in it fails the test."""
        preferences = self._call("model.res.user.get_preferences", [True, {}], self._headers)
        return self._call(method, [*params, {**preferences, **(context or {})}], self._headers)

    def end_sessions(self) -> None:
        """Nobody is signed in any more."""
        with sqlite3.connect(self.folder / f"{DATABASE}.sqlite") as database:
            database.execute("DELETE FROM ir_session")
        database.close()

    def close(self) -> None:
        self._client.close()
        self._process.terminate()
        self._process.wait(timeout=120)
        self._reader.join()
        self._process.stdout.close()

    def _call(self, method: str, params: list[Any], headers: dict[str, str]) -> Any:
        body = self._client.post(f"{self.url}/rpc/", json={"id": 1, "method": method, "params": params}, headers=headers).json()
        assert not body.get("error"), (method, body["error"])
        return body["result"]

    def _address(self) -> str:
        for line in self._process.stdout:
            self.log.append(line)
            if "Running on " in line:
                return line.split("Running on ")[1].strip()
        raise AssertionError("Tryton did not start:\n" + "".join(self.log))

    def _drain(self) -> None:
        self.log.extend(self._process.stdout)


@contextmanager
def tryton_server(folder: Path, *, trade: bool = False) -> Iterator[TrytonServer]:
    """A server whose files lie in the folder: a company and nothing else in it, or with the trade of tryton_trade.py."""
    home = _home()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(_traded(home) if trade else home / f"{DATABASE}.sqlite", folder / f"{DATABASE}.sqlite")
    server = TrytonServer(home, folder)
    try:
        yield server
    finally:
        server.close()


def _home() -> Path:
    """The folder with the installed server and its database."""
    kind = f"{PINS.read_text()}{BUILT}{MODULE}{sys.version_info[:2]}"
    return installed("tryton-8.2", kind, proof=f"{DATABASE}.sqlite", build=_install)


def _traded(home: Path) -> Path:
    """The database with a trade in it. Its name tells which builder made it, so that one by an older builder is never used."""
    made = home / f"trade-{digest(TRADE.read_text())}.sqlite"

    def build() -> None:
        folder = home / "trade"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        shutil.copy(home / f"{DATABASE}.sqlite", folder)
        run("Tryton", home / "venv/bin/python", TRADE, DATABASE, _configure(folder))
        _folded(folder / f"{DATABASE}.sqlite").rename(made)

    return made_once(home, made, build)


def _install(home: Path) -> None:
    install_python("Tryton", home, PINS)
    _build(home)


def _build(home: Path) -> None:
    """The modules, and one company that trades in euros; put in its place when it is whole."""
    folder = home / "new"
    folder.mkdir()
    (folder / f"{DATABASE}.sqlite").touch()
    (folder / "password").write_text(PASSWORD)
    admin = [home / "venv/bin/trytond-admin", "-c", _configure(folder), "-d", DATABASE, "--email", "admin@example.com"]
    run("Tryton", *admin, "-u", MODULE, "--activate-dependencies", environment={"TRYTONPASSFILE": str(folder / "password")})
    server = TrytonServer(home, folder)
    euro = {"name": "Euro", "symbol": "€", "code": "EUR", "rounding": {"__class__": "Decimal", "decimal": "0.01"}, "digits": 2}
    (currency,) = server.call("model.currency.currency.create", [euro])
    (party,) = server.call("model.party.party.create", [{"name": "Our Company", "code": "US"}])
    (company,) = server.call("model.company.company.create", [{"party": party, "currency": currency}])
    (admin_id,) = server.call("model.res.user.search", [["login", "=", "admin"]], 0, None, None)
    server.call("model.res.user.write", [admin_id], {"companies": [["add", [company]]], "company": company})
    server.close()
    _folded(folder / f"{DATABASE}.sqlite").rename(home / f"{DATABASE}.sqlite")


def _folded(file: Path) -> Path:
    """The database when one file holds everything."""
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return file


def _configure(folder: Path) -> Path:
    config = folder / "trytond.conf"
    config.write_text(CONFIG.format(folder=folder))
    return config
