"""Death by SIGKILL at one of a push's own steps: before or after what the ledger keeps, and wherever a system calls `at`."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable

from reconcile.ledger import Ledger


def dying_at(point: int, *methods: str) -> Callable[[str], None]:
    """What a system calls at its own moments; the `point`-th step of all kills this process (0: none does)."""
    steps = itertools.count(1)

    def at(_moment: str) -> None:
        if next(steps) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def stepping(name: str) -> None:
        method = getattr(Ledger, name)

        def wrapped(*args: object, **more: object) -> object:
            at(f"before {name}")
            result = method(*args, **more)
            at(f"after {name}")
            return result

        setattr(Ledger, name, wrapped)

    for name in methods:
        stepping(name)
    return at
