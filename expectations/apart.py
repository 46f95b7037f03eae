"""Suites in a process of their own, so that Great Expectations starts on the second core while systems are read.

A thread would not do: the import holds the interpreter's lock, and a run that reads pages meanwhile takes longer than before.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

import polars as pl

from expectations import gx
from expectations.port import Suites
from reconcile.records import Role
from reconcile.results import CheckResult

_LOST = (OSError, EOFError, pickle.UnpicklingError)
"""What the parent sees when the child is gone."""


@dataclass
class Apart:
    """The `Check` port, answered by a child process; by this process if the child is lost. Close it, or use `with`.

    The child starts at once, imports Great Expectations, and ends with `close` or with its parent.
    """

    suites: Suites
    _child: subprocess.Popen[bytes] | None = None
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Start the child. `-P`: a file of the caller's folder must not hide a package. A session of its own: Ctrl-C is ours."""
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-c", "from expectations.apart import serve; serve()"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:  # no memory, no processes left: then in this process
            self._child = None

    def __call__(self, entity: str, role: Role, frame: pl.DataFrame) -> CheckResult:
        """Run every suite that applies."""
        suites = self.suites.by_entity.get(entity, ())
        if not suites:
            return self.suites(entity, role, frame)
        with self._one_at_a_time:
            if self._child is not None and self._child.stdin and self._child.stdout:
                try:
                    pickle.dump(
                        (replace(self.suites, by_entity={entity: suites}), entity, role, frame), self._child.stdin, protocol=5
                    )
                    self._child.stdin.flush()
                    answer = pickle.load(self._child.stdout)  # noqa: S301 # from our own child
                except _LOST:
                    self._end()
                else:
                    if isinstance(answer, CheckResult):
                        return answer
        return self.suites(entity, role, frame)

    def close(self) -> None:
        """End the child, whatever it does."""
        with self._one_at_a_time:
            self._end()

    def _end(self) -> None:
        if self._child is not None:
            child, self._child = self._child, None
            child.kill()
            for pipe in (child.stdin, child.stdout):
                if pipe:
                    _close(pipe)
            child.wait()

    def __enter__(self) -> Self:
        """Nothing more to start."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the child."""
        self.close()


def _close(pipe: object) -> None:
    """Closing flushes, and there may be nobody to flush to."""
    try:
        pipe.close()  # type: ignore[attr-defined]  # a pipe of Popen
    except OSError:
        return


def serve() -> None:
    """The child: answer until the parent closes the pipe. What libraries print must not get into the answers."""
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    gx.load()
    while True:
        try:
            suites, entity, role, frame = pickle.load(questions)  # noqa: S301 # from our own parent
        except EOFError:
            return
        try:
            answer: CheckResult | None = suites(entity, role, frame)
        except Exception:  # noqa: BLE001 # the parent runs the suite again and meets the same error where it can be told
            answer = None
        pickle.dump(answer, answers, protocol=5)
        answers.flush()
