"""A process of our own that has Great Expectations loaded, so that it starts on the second core while records are read.

A thread would not do: the import holds the interpreter's lock, and a run that reads pages meanwhile takes longer than before.
"""

from __future__ import annotations

import gc
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

import polars as pl

from expectations import gx, underway

P = ParamSpec("P")
T = TypeVar("T")

_LOST = (OSError, EOFError, pickle.UnpicklingError)
"""What the parent sees when the child is gone."""
_FAILED = "failed"
_TOLD = "told"
_TINY = pl.DataFrame({"a": [1]})


@dataclass
class Child:
    """Runs functions where Great Expectations is loaded; in this process if the child is lost. Close it, or use `with`.

    The child starts at once, imports Great Expectations, and ends with `close` or with its parent.
    """

    _child: subprocess.Popen[bytes] | None = None
    _ready: bool = False
    _tell: underway.Tell | None = None
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Start the child. `-P`: a file of the caller's folder must not hide a package. A session of its own: Ctrl-C is ours."""
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-c", "from expectations.child import serve; serve()"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:  # no memory, no processes left: then in this process
            self._child = None

    def wait(self) -> None:
        """Until Great Expectations is loaded, or the child is lost."""
        with self._one_at_a_time:
            self._wait()

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `function` answers: a public one of ours, and arguments that can be pickled. What it raises is raised here."""
        with self._one_at_a_time:
            self._wait()
            if self._child is not None and self._child.stdin and self._child.stdout:
                try:
                    pickle.dump((function, args, kwargs), self._child.stdin, protocol=5)
                    self._child.stdin.flush()
                    _let_ctrl_c_end_what_waits()
                    while (word := (said := pickle.load(self._child.stdout))[0]) == _TOLD:  # noqa: S301 # from our own child
                        if self._tell is not None:
                            self._tell(*said[1])
                except _LOST:
                    self._end()
                else:
                    if word != _FAILED:
                        return said[1]  # type: ignore[no-any-return] # what the function gave
        with underway.heard_by(self._tell):
            return function(*args, **kwargs)

    @contextmanager
    def heard_by(self, tell: underway.Tell) -> Iterator[None]:
        """How far what runs meanwhile is goes to `tell`, wherever it runs."""
        before, self._tell = self._tell, tell
        try:
            yield
        finally:
            self._tell = before

    def close(self) -> None:
        """End the child, whatever it does."""
        with self._one_at_a_time:
            self._end()

    def _wait(self) -> None:
        if self._ready or self._child is None or not self._child.stdout:
            return
        _let_ctrl_c_end_what_waits()
        try:
            pickle.load(self._child.stdout)  # noqa: S301 # from our own child
            self._ready = True
        except _LOST:
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


def _let_ctrl_c_end_what_waits() -> None:
    """The handler that polars puts before Python's begins a read anew that a signal has ended, so that Ctrl-C would wait, too."""
    if hasattr(signal, "siginterrupt"):  # POSIX
        signal.siginterrupt(signal.SIGINT, True)


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
    gc.disable()  # an import makes a million objects and no garbage: looking for it takes a sixth of the time
    gx.evaluate(_TINY, [gx.Expected("expect_column_values_to_not_be_null", {"column": "a"})])  # loads what a first question would
    gc.freeze()
    gc.enable()
    try:
        _send(("ready", None), answers)
        while True:
            function, args, kwargs = pickle.load(questions)  # noqa: S301 # from our own parent
            try:
                with underway.heard_by(lambda stage, rules: _send((_TOLD, (stage, rules)), answers)):
                    told: tuple[str, Any] = ("answer", function(*args, **kwargs))
            except Exception:  # noqa: BLE001 # the parent runs it again and meets the same error where it can be told
                told = (_FAILED, None)
            _send(told, answers)
    except (EOFError, OSError):  # the parent has ended
        return


def _send(told: tuple[str, Any], pipe: Any) -> None:
    pickle.dump(told, pipe, protocol=5)
    pipe.flush()
