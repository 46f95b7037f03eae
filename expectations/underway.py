"""How far a check is, for whoever waits for it: told where the work is done, heard in this process or in the parent's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

Stage = Literal["check", "read failing records"]
Tell = Callable[[Stage, int], None]
"""Gets a stage, and how many rules more have passed it."""

_TELL: ContextVar[Tell | None] = ContextVar("tell", default=None)


@contextmanager
def heard_by(tell: Tell | None) -> Iterator[None]:
    """What this thread tells meanwhile goes to `tell`; to nobody if None."""
    token = _TELL.set(tell)
    try:
        yield
    finally:
        _TELL.reset(token)


def passed(stage: Stage, rules: int) -> None:
    """So many rules more have passed the stage."""
    tell = _TELL.get()
    if tell is not None and rules > 0:
        tell(stage, rules)
