"""SAP's own CAP server on loopback, in OData V2 and V4: installed once for a machine, its database built once and copied."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from systems.first_build import digest, install_node, installed, made_once, run

SOURCES = Path(__file__).with_name("cap")
USER, PASSWORD = "RECONCILE", "cap for tests"
DATABASE = "erp.sqlite"
BUILT = "1"
"""Counted up when it is installed in another way."""
NODE = 20
"""The oldest version of Node that CAP 9 takes."""
RUNS = ["services.cds", "services.js", "server.js", "package.json"]


class CapServer:
    """A server over a database in a folder; stopped by `close`.

    Args:
        home: where it is installed.
        folder: where its files lie.
        page: so many records stand in one answer.
    """

    def __init__(self, home: Path, folder: Path, *, page: int) -> None:
        self.folder = folder
        for name in RUNS:
            shutil.copy(SOURCES / name, folder)
        (folder / "node_modules").symlink_to(home / "node_modules")
        limits = {"query": {"limit": {"default": page, "max": page, "reliablePaging": True}}}
        environment = {**_environment(), "CDS_CONFIG": json.dumps(limits), "TZ": "Asia/Shanghai"}  # wherever it stands
        command = ["node", "node_modules/.bin/cds-serve"]
        self._process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.log: list[str] = []
        self.root = self._address()
        self._reader = threading.Thread(target=self._drain, daemon=True)  # a full pipe would stop the server
        self._reader.start()

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query on the server's own database, or of a change of it, which is committed."""
        with closing(sqlite3.connect(self.folder / DATABASE, timeout=120)) as database, database:
            return database.execute(statement, values).fetchall()

    def insert(self, entity: str, *rows: dict[str, Any]) -> None:
        """Records put straight into the database, past the server."""
        with closing(sqlite3.connect(self.folder / DATABASE, timeout=120)) as database, database:
            for row in rows:
                marks = ", ".join("?" * len(row))
                database.execute(f"INSERT INTO ERP_{entity} ({', '.join(row)}) VALUES ({marks})", list(row.values()))

    def close(self) -> None:
        self._process.kill()  # nothing in it is worth an orderly end, which takes a second
        self._process.wait(timeout=120)
        self._reader.join()
        self._process.stdout.close()

    def _address(self) -> str:
        for line in self._process.stdout:
            self.log.append(line)
            if found := re.search(r"listening on.*localhost:(\d+)", line):
                return f"http://127.0.0.1:{found[1]}/odata"
        raise AssertionError("CAP did not start:\n" + "".join(self.log))

    def _drain(self) -> None:
        self.log.extend(self._process.stdout)


@contextmanager
def cap_server(folder: Path, *, page: int = 1000) -> Iterator[CapServer]:
    """A server without records, whose files lie in the folder."""
    home = _home()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(_database(home), folder / DATABASE)
    server = CapServer(home, folder, page=page)
    try:
        yield server
    finally:
        server.close()


def _home() -> Path:
    """The folder with the installed server."""
    lock_file = (SOURCES / "package-lock.json").read_text()
    return installed("cap-9", lock_file, BUILT, _node_version(), proof="installed", build=_install)


def _install(home: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SOURCES / name, home)
    quick = {"CFLAGS": "-O1", "CXXFLAGS": "-O1"}  # the driver of SQLite is compiled, which takes nearly all of the time
    install_node("CAP", home, {**_environment(), **quick})
    run("CAP", "node", "-e", "require('better-sqlite3')(':memory:')", folder=home)
    (home / "installed").touch()


def _database(home: Path) -> Path:
    """A database with the model's tables."""
    database = home / f"{digest((SOURCES / 'services.cds').read_text())}.sqlite"

    def build() -> None:
        folder = home / "build"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in RUNS:
            shutil.copy(SOURCES / name, folder)
        (folder / "node_modules").symlink_to(home / "node_modules")
        run("CAP", "node", "node_modules/.bin/cds-deploy", folder=folder, environment=_environment())
        (folder / DATABASE).rename(database)

    return made_once(home, database, build)


def _node_version() -> str:
    both = [shutil.which("node"), shutil.which("npm")]
    assert all(both), "Node and npm are needed for the tests with CAP: apt-get install nodejs npm"
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    assert int(version.lstrip("v").split(".")[0]) >= NODE, f"CAP needs Node {NODE} or later for its tests; this is {version}"
    return version


def _environment() -> dict[str, str]:
    """With the headers that came with Node, where there are some, so that none are fetched to build the driver of SQLite."""
    prefix = Path(shutil.which("node") or "node").resolve().parents[1]
    headers = {"npm_config_nodedir": str(prefix)} if (prefix / "include/node/node.h").exists() else {}
    return {**os.environ, **headers}
