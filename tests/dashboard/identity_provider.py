"""npm's oidc-provider on loopback: an identity provider by others, installed once for a machine from its lock file."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCES = Path(__file__).with_name("oidc")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "crm-erp-reconcile"
CLIENT, SECRET = "dashboard", "secret of the client, for tests only"


@contextmanager
def identity_provider(dashboard: str, log: Path) -> Iterator[str]:
    """The provider's address; it knows the dashboard at this address. What it prints goes to the log."""
    home = _home()
    client = {
        "client_id": CLIENT,
        "client_secret": SECRET,
        "redirect_uris": [f"{dashboard}/oauth2callback"],
        "post_logout_redirect_uris": [f"{dashboard}/oauth2callback"],
    }
    environment = {**os.environ, "CLIENT": json.dumps(client)}
    with (
        log.open("w") as errors,
        subprocess.Popen(
            ["node", "provider.mjs"], cwd=home, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        try:
            said = process.stdout.readline()
            assert said.startswith("listening on "), said + log.read_text()
            yield said.split()[-1]
        finally:
            process.kill()


def _home() -> Path:
    """The folder with the installed provider, made by whoever comes first."""
    assert shutil.which("npm"), "Node and npm are needed for the tests of OpenID Connect: apt-get install nodejs npm"
    told = "\n".join((SOURCES / name).read_text(encoding="utf-8") for name in ("package-lock.json", "provider.mjs"))
    home = CACHE / f"oidc-provider-8-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{home.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "installed").exists():
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(SOURCES, home)
            command = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
            done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"The identity provider can't be installed: {done.stdout}{done.stderr}"
            (home / "installed").touch()
    return home
