"""Systems by others that tests run for real: set up once for a machine by whoever comes first, while all others wait.

Apart from the servers, which say what is set up and how it is started.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "crm-erp-reconcile"


def installed(name: str, *kind: str, proof: str, build: Callable[[Path], None]) -> Path:
    """The folder of a system, set up from nothing if it is not whole.

    Args:
        name: what the folder is called first.
        kind: all that makes one installation another one: versions, lock files; a change of it is a new folder.
        proof: a file in the folder that is there when it is whole; `build` makes it last.
        build: sets the system up in the empty folder that it gets.
    """
    home = CACHE / f"{name}-{digest(*kind)}"

    def from_nothing() -> None:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        build(home)

    made_once(home, home / proof, from_nothing)
    return home


def made_once(home: Path, made: Path, build: Callable[[], None]) -> Path:
    """`made`, a file of the system in `home`; `build` puts it in its place when it is whole."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{home.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            build()
    return made


def digest(*parts: str) -> str:
    """A short name for texts, another one if any of them changes."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def install_python(what: str, home: Path, pins: Path) -> None:
    """An environment `venv` in the folder, with the packages of a file of pins."""
    uv = shutil.which("uv")
    assert uv, f"uv is needed to install {what} for its tests: python -m pip install uv"
    run(what, uv, "venv", "--quiet", "--python", sys.executable, home / "venv")
    run(what, uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", home / "venv/bin/python", "-r", pins)


def install_node(what: str, home: Path, environment: Mapping[str, str] | None = None) -> None:
    """The packages of the lock file that lies in the folder."""
    assert shutil.which("npm"), f"Node and npm are needed to install {what} for its tests: apt-get install nodejs npm"
    run(what, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", folder=home, environment=environment)


def run(what: str, *command: str | Path, folder: Path | None = None, environment: Mapping[str, str] | None = None) -> None:
    """A step of setting a system up, in a folder, with `environment` on top of our own; what it said if it fails."""
    there = {**os.environ, **(environment or {})}
    done = subprocess.run(command, cwd=folder, env=there, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{what} can't be set up for its tests: {command[0]} said:\n{done.stdout}{done.stderr}"
