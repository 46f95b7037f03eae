"""Runs that end before their end: Ctrl-C, a process that died, and two at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from cli_project import CRM, MAIN, write_project

WAITS_FOR_A_LINE = """
import sys, reconcile.pipeline as pipeline
def waiting(*parts):
    print("in the middle", flush=True)
    sys.stdin.readline()
    return real(*parts)
real, pipeline.compare = pipeline.compare, waiting
"""


@pytest.fixture
def in_the_middle(project):
    """A run in a process of its own that waits for a line between matching and comparing."""
    child = subprocess.Popen(
        [sys.executable, "-c", WAITS_FOR_A_LINE + MAIN, "run"],
        cwd=project,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    guard = threading.Timer(300, child.kill)
    guard.start()
    assert child.stdout.readline() == "in the middle\n"
    yield child
    guard.cancel()
    if child.poll() is None:
        child.kill()
    child.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_marks_the_run_and_the_next_one_works(project, cli, in_the_middle):
    in_the_middle.send_signal(signal.SIGINT)
    out, err = in_the_middle.communicate(timeout=300)
    assert in_the_middle.returncode == 130, err
    assert "Traceback" not in out + err
    assert err.rstrip().splitlines()[-1].startswith("Stopped.")
    assert [row["state"] for row in cli("runs", "--json").last] == ["interrupted"]
    assert cli("report").code == 2  # no finished run yet: nothing half-done is shown
    after = cli("run", "--json")
    assert (after.code, after.last["breaks"]) == (1, 5)
    assert [row["state"] for row in cli("runs", "--json").last] == ["finished", "interrupted"]


def test_a_second_run_at_once_is_refused_and_the_first_goes_on(project, cli, in_the_middle):
    second = cli("run")
    assert second.code == 3
    assert f"process {in_the_middle.pid}" in second.err
    assert cli("push", "--yes").code == 3
    assert cli("actions").code == cli("runs").code == 0  # who only looks need not wait
    out, err = in_the_middle.communicate("\n", timeout=300)
    assert in_the_middle.returncode == 1, err
    assert "5 breaks open" in out


@pytest.mark.skipif(not Path("/proc").exists(), reason="a process that died is told from a new one by /proc")
def test_the_lock_of_a_process_that_died_holds_nobody_up(project, cli, in_the_middle):
    os.kill(in_the_middle.pid, signal.SIGKILL)
    in_the_middle.wait(timeout=300)
    after = cli("run", "--json")
    assert (after.code, after.last["breaks"]) == (1, 5)
    assert [row["state"] for row in cli("runs", "--json").last] == ["finished", "interrupted"]


def test_a_reader_that_goes_away_is_no_trouble(project, cli):
    write_project(project, crm=CRM + "".join(f"B{n},{n},N{n},T,1,2024-01-05\n" for n in range(500)))
    cli("run", "--json")
    command = [sys.executable, "-c", MAIN, "actions", "--limit", "1000"]
    child = subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    child.stdout.readline()
    child.stdout.close()
    assert child.stderr.read() == ""
    child.stderr.close()
    assert child.wait(timeout=300) == 0
