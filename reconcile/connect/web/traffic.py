"""What all threads that speak to one system share: pace, how many requests at once, the pauses it asked for, repeats left.

Apart from the client, because a limit that each thread keeps for itself is none.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from reconcile.errors import SendingEnded

Given = TypeVar("Given")
Made = TypeVar("Made")

REPEATS = 100
"""So many requests may be sent again in any case, over all threads; a system that needs more is in trouble."""
REPEATS_PER_REQUEST = 0.1
"""And this share of all requests on top."""
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 10.0
_LONGEST_DOUBLING = 10


class Pace:
    """Lets at most so many calls a second through, over all threads, and none while it is held."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1.0 / per_second
        self._next = 0.0
        self._until = 0.0
        self._held = 0
        self._over = threading.Event()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when it is this caller's turn; who waits when a pause begins gets a new turn after it."""
        held = -1
        while held != self._held and not self._over.is_set():
            with self._lock:
                held, now = self._held, time.monotonic()
                turn = max(now, self._next, self._until)
                self._next = turn + self._gap
            if turn > now:
                self._over.wait(turn - now)

    def hold(self, seconds: float) -> None:
        """Let nobody through for so long from now on."""
        with self._lock:
            self._until = max(self._until, time.monotonic() + seconds)
            self._next = 0.0  # the turns that were given out are given out anew
            self._held += 1

    def end(self) -> None:
        """Let nobody wait any longer."""
        self._over.set()


class Traffic:
    """The requests of one system, over all threads.

    Args:
        per_second: how many may begin in a second.
        at_once: how many may be under way at a time.
    """

    def __init__(self, per_second: float, at_once: int) -> None:
        self.at_once = at_once
        self._pace = Pace(per_second)
        self._free = threading.Condition()
        self._under_way = 0
        self._closed = False
        self._begun = 0
        self._repeated = 0
        self._busy_in_a_row = 0
        self._workers: ThreadPoolExecutor | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One request, from its turn to its whole answer. Raises SendingEnded once `close` was called."""
        with self._free:
            self._free.wait_for(lambda: self._closed or self._under_way < self.at_once)
            self._refuse_if_closed()
            self._under_way += 1
        try:
            self._pace.wait()
            with self._free:
                self._refuse_if_closed()
                self._begun += 1
            yield
        finally:
            with self._free:
                self._under_way -= 1
                self._free.notify(self.at_once if self._closed else 1)

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise SendingEnded

    def may_repeat(self) -> bool:
        """Whether one more request may be sent again; if so, it counts."""
        with self._free:
            if self._repeated >= REPEATS + REPEATS_PER_REQUEST * self._begun:
                return False
            self._repeated += 1
            return True

    def hold(self, seconds: float | None) -> None:
        """The system is busy: nobody sends for so long; without a time, twice as long as the last time in a row."""
        with self._free:
            doubling = min(self._busy_in_a_row, _LONGEST_DOUBLING)
            self._busy_in_a_row += seconds is None
        pause = min(_FIRST_PAUSE_SECONDS * 2**doubling, _LONGEST_PAUSE_SECONDS) if seconds is None else seconds
        self._pace.hold(pause)

    def well(self) -> None:
        """The system is not busy, or no longer."""
        self._busy_in_a_row = 0

    def together(self, do: Callable[[Given], Made], each: Sequence[Given], most: int | None = None) -> list[Made]:
        """What `do` makes of each, in their order, so many at a time as may be under way, or `most`.

        The caller works along, so that `do` may itself call this. Raises the first error of `do`; after it nothing more is begun.
        """
        made: dict[int, Made] = {}
        left = iter(enumerate(each))
        lock = threading.Lock()
        failed = threading.Event()

        def work() -> None:
            try:
                while not failed.is_set():
                    with lock:
                        one = next(left, None)
                    if one is None:
                        return
                    made[one[0]] = do(one[1])
            except BaseException:
                failed.set()
                raise

        helpers = [self._pool().submit(work) for _ in range(min(self.at_once if most is None else most, len(each)) - 1)]
        try:
            work()
        finally:
            helping = [helper for helper in helpers if not helper.cancel()]
            errors = [error for helper in helping if (error := helper.exception()) is not None]
        if errors:
            raise errors[0]
        return [made[at] for at in range(len(each))]

    def _pool(self) -> ThreadPoolExecutor:
        with self._free:
            if self._workers is None:
                self._workers = ThreadPoolExecutor(self.at_once, thread_name_prefix="request")
            return self._workers

    def close(self, seconds: float) -> None:
        """Begin no more requests, and wait, at most so long, for the answers of those under way."""
        with self._free:
            self._closed = True
            self._pace.end()
            self._free.notify_all()
            self._free.wait_for(lambda: self._under_way == 0, timeout=seconds)
            workers = self._workers
        if workers is not None:
            workers.shutdown(wait=False)
