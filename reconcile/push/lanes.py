"""Several batches of a push at a time: while one is written, others are looked at before and read back after.

Apart from the protocol, which says what is done with one batch; here is only how many are under way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

MOST = 4
"""So many batches are under way at most: enough that no request waits for the ledger, few enough to stop soon."""
WRITING = MOST - 1
"""So many of them are written at a time: one has looked already and waits, so that not all look, or read back, together."""
_LISTEN_SECONDS = 0.2
"""So often a waiting caller looks up: where a signal reaches another thread, or on Windows, Ctrl-C does not end a wait."""


class Lanes:
    """Runs work in threads. It begins with one at a time, takes twice as many after each that went well, and goes back to one.

    Args:
        most: how many at a time, at most; with 1, work is done in the caller's own thread.
        on_interrupt: called when the caller is interrupted (Ctrl-C), before it waits for the work under way.
    """

    def __init__(self, most: int, on_interrupt: Callable[[], None]) -> None:
        self._most = most
        self._on_interrupt = on_interrupt
        self._wide = 1
        self._under_way = 0
        self._error: BaseException | None = None
        self._ending = threading.Event()
        self._change = threading.Condition()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None) -> None:
        if kind is not None:
            self._end(kind)
            return
        try:
            self.join()
        except BaseException as raised:
            self._end(type(raised))
            raise

    def _end(self, kind: type[BaseException]) -> None:
        """Let what is under way come to its end, and nothing else begin."""
        self._ending.set()
        if issubclass(kind, KeyboardInterrupt):
            self._on_interrupt()
        with self._change:
            while self._under_way:
                self._change.wait(_LISTEN_SECONDS)

    @property
    def ending(self) -> bool:
        """Whether an error or an interruption has ended the work: what has not been sent is not sent."""
        return self._ending.is_set()

    def pause(self, seconds: float) -> None:
        """Wait so long, or until the work ends."""
        self._ending.wait(seconds)

    def room(self) -> None:
        """Return when one more may begin. Raises what work raised."""
        self._wait(lambda: self._under_way < self._wide)

    def join(self) -> None:
        """Return when nothing is under way. Raises what work raised."""
        self._wait(lambda: not self._under_way)

    def _wait(self, until: Callable[[], bool]) -> None:
        with self._change:
            while not (until() or self._error is not None):
                self._change.wait(_LISTEN_SECONDS)
            if self._error is not None:
                raise self._error

    def begin(self, work: Callable[[], bool]) -> None:
        """Do this now; it says whether it went well. Wait for `room` first."""
        if self._most == 1:
            work()
            return
        with self._change:
            self._under_way += 1
        threading.Thread(target=self._work, args=(work,), daemon=True, name="batch").start()

    def _work(self, work: Callable[[], bool]) -> None:
        well, error = False, None
        try:
            well = work()
        except BaseException as raised:  # noqa: BLE001  # it is raised again in the caller's thread
            error = raised
            self._ending.set()
        with self._change:
            self._under_way -= 1
            self._wide = min(2 * self._wide, self._most) if well else 1
            self._error = self._error or error
            self._change.notify_all()
