"""What every benchmark of matching measures in one way: seconds and memory of a program, and scored pairs against the truth."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import psutil

PAIR = ["crm_key", "erp_key"]
_BETWEEN = 0.05
"""Seconds between two looks at a program's memory."""


@dataclass(frozen=True)
class Spent:
    """What one run of a program took: wall seconds, processor seconds, the most memory that it and its children held, in MB."""

    seconds: float
    processor: float
    megabytes: float


class ProgramFailed(Exception):
    """A measured program ended with an error."""

    def __init__(self, command: list[str], output: str) -> None:
        super().__init__(f"{' '.join(command)} failed:\n{output[-4000:]}")


def installed() -> str:
    """The `reconcile` command of this Python."""
    return str(Path(sys.executable).parent / "reconcile")


def cache() -> Path:
    """Where benchmarks keep what they would otherwise make again."""
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "crm-erp-reconcile" / "benchmarks"


def python_with(*packages: str) -> str:
    """The Python of an environment with nothing but these, such as `splink==5.0.0`; made where there is none."""
    folder = cache() / "-".join(packages).replace("==", "-")
    python = folder / "bin" / "python"
    if not python.exists():
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        subprocess.run(["uv", "venv", "--quiet", "--python", version, str(folder)], check=True)
        subprocess.run(["uv", "pip", "install", "--quiet", "--python", str(python), *packages], check=True)
    return str(python)


def measured(command: list[str], *, ends: tuple[int, ...] = (0,)) -> Spent:
    """Run a program to its end, from a cold start; ProgramFailed where it ends with another code than these."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryDirectory() as nowhere:
        begun = time.perf_counter()
        # an empty folder, so that no project's configuration is found: paths in the command are absolute
        started = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=nowhere)
        seen = _Watch(started.pid)
        _, status, usage = os.wait4(started.pid, 0)
        seconds = time.perf_counter() - begun
        started.returncode = os.waitstatus_to_exitcode(status)
        most = seen.stop()
        if started.returncode not in ends:
            output.seek(0)
            raise ProgramFailed(command, output.read())
    # the kernel knows the peak of the program itself exactly, the looks know that of the whole tree
    return Spent(
        round(seconds, 2), round(usage.ru_utime + usage.ru_stime, 2), round(max(usage.ru_maxrss / 1024, most / 2**20), 1)
    )


class _Watch:
    """Looks at the memory of a program and its children until it is stopped."""

    def __init__(self, process: int) -> None:
        self._most = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(process,), daemon=True)
        self._thread.start()

    def _look(self, process: int) -> None:
        root = psutil.Process(process)
        while not self._done.wait(_BETWEEN):
            self._most = max(self._most, _held(root))

    def stop(self) -> int:
        """The most that was seen, in bytes."""
        self._done.set()
        self._thread.join()
        return self._most


def _held(root: psutil.Process) -> int:
    total = 0
    try:
        family = [root, *root.children(recursive=True)]
    except psutil.Error:
        return 0
    for process in family:
        try:
            total += process.memory_info().rss
        except psutil.Error:  # it has ended since
            continue
    return total


def median(runs: list[Spent]) -> Spent:
    """The middle of each figure."""
    figures = np.median([(run.seconds, run.processor, run.megabytes) for run in runs], axis=0)
    return Spent(*(round(float(figure), 2) for figure in figures))


def judged(pairs: pl.DataFrame, truth: pl.DataFrame) -> dict[str, float]:
    """Precision, recall and F1 of a set of pairs (columns PAIR) over all true pairs."""
    made = pairs.select(PAIR).unique()
    hits = made.join(truth, on=PAIR, how="semi").height
    precision = hits / made.height if made.height else 0.0
    recall = hits / truth.height
    f1 = 2 * hits / (made.height + truth.height)
    return {"pairs": made.height, "precision": round(precision, 5), "recall": round(recall, 5), "f1": round(f1, 5)}


def best(pairs: pl.DataFrame, truth: pl.DataFrame) -> dict[str, float]:
    """The best F1 of any threshold of `probability`, chosen with the truth, and that threshold."""
    known = truth.select(PAIR).with_columns(true=pl.lit(1))
    scored = pairs.group_by(PAIR).agg(pl.col("probability").max()).join(known, on=PAIR, how="left")
    levels = scored.group_by("probability").agg(pl.len(), pl.col("true").sum()).sort("probability", descending=True)
    hits, made = levels["true"].cum_sum().to_numpy(), levels["len"].cum_sum().to_numpy()
    if not len(hits):
        return {"f1": 0.0, "at": 1.0}
    f1 = 2 * hits / (made + truth.height)
    at = int(f1.argmax())
    return {"f1": round(float(f1[at]), 5), "at": round(float(levels["probability"][at]), 5)}


def table(rows: list[dict[str, object]]) -> str:
    """Rows as a plain table; the columns are those of the first."""
    names = list(rows[0])
    texts = [names, *[["" if row.get(name) is None else str(row[name]) for name in names] for row in rows]]
    widths = [max(len(text[i]) for text in texts) for i in range(len(names))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(text, widths, strict=True)).rstrip() for text in texts)
