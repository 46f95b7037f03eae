"""Ctrl-C in the middle of matching: one sentence, its own exit code, and nothing half-written."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import polars as pl
import pytest
from cli_project import MAIN

WAITS_FOR_A_LINE = """
import sys, reconcile.match.{module} as module
def waiting(*parts, **named):
    print("in the middle", flush=True)
    sys.stdin.readline()
    return real(*parts, **named)
real, module.{step} = module.{step}, waiting
"""
WRITES_SLOWLY = """
import sys, polars as pl
def waiting(frame, path, *parts, **named):
    open(path, "wb").write(b"half of it")
    print("in the middle", flush=True)
    sys.stdin.readline()
pl.DataFrame.write_parquet = waiting
"""
BEFORE = {
    "while pairs are sought": WAITS_FOR_A_LINE.format(module="linkage", step="united"),
    "while pairs are compared": WAITS_FOR_A_LINE.format(module="scoring.comparison", step="levels"),
    "while it decides": WAITS_FOR_A_LINE.format(module="linkage", step="decide"),
    "while the result is written": WRITES_SLOWLY,
}


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("moment", BEFORE)
def test_nothing_is_left_behind(tmp_path, moment):
    people = pl.DataFrame({"id": [f"A{i}" for i in range(80)], "name": [f"Anna Abel {i * 7919 % 10007}" for i in range(80)]})
    people.write_csv(tmp_path / "l.csv")
    people.with_columns(id=pl.format("B{}", pl.int_range(80))).write_csv(tmp_path / "r.csv")
    asked = [sys.executable, "-c", BEFORE[moment] + MAIN, "match", "l.csv", "r.csv", "--out", "o.parquet"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(asked, cwd=tmp_path, text=True, **pipes) as child:
        guard = threading.Timer(300, child.kill)
        guard.start()
        assert child.stdout.readline() == "in the middle\n"
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=300)
        guard.cancel()
    assert child.returncode == 130, err
    assert "Traceback" not in out + err
    assert err.rstrip().splitlines()[-1].startswith("Stopped.")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["l.csv", "r.csv"]
