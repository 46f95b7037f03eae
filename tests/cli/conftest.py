"""The project's folder as the current one, and the command in this process, where it costs nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_project import Answer, without_trace, write_project

from reconcile.cli import main


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """The project's folder, which is also the current one."""
    write_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RECONCILE_CONFIG", raising=False)
    return tmp_path


@pytest.fixture
def cli(monkeypatch, capfd) -> Callable[..., Answer]:
    """`cli("run", "--json")`: the command as the shell would start it, but in this process."""

    def call(*arguments: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["reconcile", *arguments])
        monkeypatch.setenv("COLUMNS", "200")
        capfd.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = capfd.readouterr()
        assert isinstance(stopped.value.code, int)
        return without_trace(Answer(stopped.value.code, out, err))

    return call
