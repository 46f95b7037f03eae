"""What `reconcile check` shows while it works, and how it ends when it is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
from cli_project import MAIN
from test_cli_check import ROWS, SUITE

import expectations
from expectations import run
from reconcile.wiring.checking import AskedOfFile, check_file


class Noted:
    """Progress that keeps what it is told: each step with its total, and what it was advanced by."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, int | None, list[int]]] = []

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Noted]:
        self.steps.append((name, total, []))
        yield Advanced(self.steps[-1][2])


class Advanced:
    def __init__(self, amounts: list[int]) -> None:
        self.advance = amounts.append


@pytest.fixture
def files(tmp_path):
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    unique = SUITE.partition("rules:\n")[2].partition("  - name: mail")[0]
    unique = unique.replace("name_is_there", "name_once").replace("to_not_be_null", "to_be_unique")
    (tmp_path / "rules.yaml").write_text(SUITE + unique, encoding="utf-8")
    pl.read_csv(tmp_path / "rows.csv").write_parquet(tmp_path / "rows.parquet")
    return tmp_path


def told(files, name, child) -> dict[str, tuple[int | None, list[int]]]:
    noted = Noted()
    check_file(AskedOfFile(files / name, str(files / "rules.yaml")), child, noted)
    return {step: (total, amounts) for step, total, amounts in noted.steps}


def test_rules_are_counted_as_they_are_answered_in_another_process(files):
    with expectations.Child() as child:
        steps = told(files, "rows.csv", child)
    assert list(steps) == ["read", "load Great Expectations", "check"]
    total, amounts = steps["check"]
    assert (total, sum(amounts), min(amounts) > 0) == (5, 5, True)


def test_of_a_scan_every_pass_counts_and_the_reading_of_what_fails(files, monkeypatch):
    monkeypatch.setattr(run, "MOST_HELD", -1)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")  # so that the check is made in this process
    with expectations.Child() as child:
        steps = told(files, "rows.parquet", child)
    total, amounts = steps["check"]
    assert (total, sum(amounts), len(amounts) > 2) == (5, 5, True)  # what is left out, the first pass, the one of its own
    assert steps["read failing records"] == (5, [4])


BLOCKS = """
import os
def waiting(*parts):
    with open("here", "w") as told:
        told.write(str(os.getpid()))
    open("never").read()
"""
BEFORE = "import blocks, expectations; expectations.check_records = blocks.waiting\n"


@pytest.mark.skipif(sys.platform == "win32", reason="signals and named pipes of POSIX")
def test_ctrl_c_ends_the_check_and_its_child_with_a_sentence(files):
    (files / "blocks.py").write_text(BLOCKS, encoding="utf-8")
    for name in ("here", "never"):
        os.mkfifo(files / name)
    roots = [str(files), str(Path(__file__).parents[2])]
    asked = subprocess.Popen(
        [sys.executable, "-c", BEFORE + MAIN, "check", "rows.csv", "--suite", "rules.yaml", "--json"],
        cwd=files,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(roots)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    guard = threading.Timer(100, lambda: (asked.kill(), (files / "here").write_text("0")))  # so that nobody waits for ever
    guard.start()
    works_in = int((files / "here").read_text(encoding="utf-8"))
    guard.cancel()
    asked.send_signal(signal.SIGINT)
    out, err = asked.communicate(timeout=60)
    assert works_in not in (0, asked.pid)
    assert (asked.returncode, out) == (130, "")
    assert [line.split()[0] for line in err.splitlines()] == ["Stopped."]
    with pytest.raises(ProcessLookupError):
        os.kill(works_in, 0)
