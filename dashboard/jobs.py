"""Work that outlives a click: a run or a push in its own thread, so that a reload of the page neither stops nor repeats it.

Apart from the pages, because they are scripts that start anew with every click; a job is not.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from reconcile.errors import ReconcileError

_log = logging.getLogger("reconcile.dashboard")


@dataclass
class Stage:
    """One step of a job, as far as it is."""

    name: str
    total: int | None
    done: int = 0
    over: bool = False

    def advance(self, amount: int = 1) -> None:
        """So much more is done. Called from the one thread of its step."""
        self.done += amount

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        if self.over:
            return 1.0
        return min(self.done / self.total, 1.0) if self.total else 0.0


@dataclass
class Job:
    """One piece of work; also the engine's Progress. `what` is the key of the sentence that names it."""

    what: str
    about: tuple[str, ...] = ()
    """Ids of the actions that it is about."""
    stages: list[Stage] = field(default_factory=list)
    result: Any = None
    error: Exception | None = None
    over: threading.Event = field(default_factory=threading.Event)
    seen: bool = False
    """Whether a page has said how it ended."""

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Stage]:
        """The engine announces a step; from any thread."""
        stage = Stage(name, total)
        self.stages.append(stage)
        try:
            yield stage
        finally:
            stage.over = True

    @property
    def current(self) -> tuple[Stage, ...]:
        """The steps under way."""
        return tuple(stage for stage in self.stages if not stage.over)


class Desk:
    """Holds the one job of a project that is under way, and the last that ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.job: Job | None = None

    @property
    def busy(self) -> Job | None:
        """The job under way, or None."""
        job = self.job
        return job if job and not job.over.is_set() else None

    def start(self, what: str, work: Callable[[Job], Any], about: tuple[str, ...] = ()) -> bool:
        """Begin the work in its own thread; False, and nothing begun, if another job is under way.

        The thread is not a daemon: a dashboard that is stopped finishes what it writes.
        """
        with self._lock:
            if self.busy:
                return False
            job = self.job = Job(what, about)
        threading.Thread(target=_do, args=(job, work), name=f"dashboard {what}").start()
        return True


def _do(job: Job, work: Callable[[Job], Any]) -> None:
    try:
        job.result = work(job)
    except ReconcileError as error:
        job.error = error
    except Exception as error:  # noqa: BLE001  # the page must say that it ended, whatever it was
        _log.exception("%s failed", job.what)
        job.error = error
    finally:
        job.over.set()
