"""What the sandbox's systems refuse is what their metadata forbids, and is said before anybody approves it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_refusal_is_foretold_and_nothing_is_that_lands():
    command = [sys.executable, str(ROOT / "benchmarks/foretold.py"), "--customers", "60", "--seed", "4"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["refused"] > 20
    assert figures["sent"] > 2 * figures["refused"]
    assert (figures["foretold"], figures["false_alarms"]) == (1.0, 0), done.stdout
    assert set(figures["by_code"]) >= {"too_long", "not_in_list", "too_many_decimals", "too_many_digits", "too_many_whole_digits"}
