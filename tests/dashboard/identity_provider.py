"""npm's oidc-provider on loopback: an identity provider by others, installed once for a machine from its lock file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from systems.first_build import install_node, installed

SOURCES = Path(__file__).with_name("oidc")
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
    """The folder with the installed provider."""
    told = [(SOURCES / name).read_text(encoding="utf-8") for name in ("package-lock.json", "provider.mjs")]
    return installed("oidc-provider-8", *told, proof="installed", build=_install)


def _install(home: Path) -> None:
    shutil.copytree(SOURCES, home, dirs_exist_ok=True)
    install_node("the identity provider", home)
    (home / "installed").touch()
