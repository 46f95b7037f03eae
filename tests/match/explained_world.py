"""Two small systems of the benchmark's making, scored and decided once for all tests that ask why."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from reconcile.match.deciding.resolution import Resolved
from reconcile.match.discovery import discover, standardised
from reconcile.match.explaining.explanation import Explanation, explain
from reconcile.match.linkage import Scored, Settings, judged
from reconcile.match.scheme import Scheme
from reconcile.progress import Silent

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "match_data.py"
RECORDS = 1500


def write_world(out: Path) -> None:
    """left, right, raw_left, raw_right and truth as Parquet."""
    asked = [sys.executable, str(SCRIPT), "--records", str(RECORDS), "--out", str(out), "--raw"]
    done = subprocess.run(asked, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout.splitlines()[-1])["records"] == RECORDS


@dataclass(frozen=True)
class World:
    """What was scored and decided."""

    sides: tuple[pl.DataFrame, pl.DataFrame]
    scheme: Scheme
    scored: Scored
    decided: Resolved

    def why(self, left: int, right: int) -> Explanation:
        """One pair explained."""
        return explain(self.scored, self.decided, Settings(), left, right)


@cache
def world() -> World:
    """The same for every test of this process."""
    with TemporaryDirectory() as folder:
        write_world(Path(folder))
        frames = [pl.read_parquet(f"{folder}/{name}.parquet") for name in ("left", "right")]
    found = discover(*frames)
    sides = [standardised(frame, side.fields, side.key) for frame, side in zip(frames, (found.left, found.right), strict=True)]
    scored, decided = judged(sides[0], sides[1], found.scheme, Settings(), Silent())
    return World((sides[0], sides[1]), found.scheme, scored, decided)
