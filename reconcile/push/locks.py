"""Writes that were refused because somebody held the record for a moment: nothing was done, so they are sent again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from reconcile.connect.port import Connector, Outcome, Write

PAUSES_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0)
"""How long to leave the holder alone before each further attempt."""
ATTEMPTS = 1000
"""So many such attempts in one push, over all batches; after them the answer stands as it is."""


class Locks:
    """The attempts of one push.

    Args:
        pause: waits so many seconds, or less if the push is ending.
    """

    def __init__(self, pause: Callable[[float], None]) -> None:
        self._pause = pause
        self._left = ATTEMPTS
        self._lock = threading.Lock()
        self._one_by_one = threading.Lock()

    def written(self, connector: Connector, writes: Sequence[Write]) -> list[Outcome]:
        """What the connector's `write` says; those that met a lock are tried again, one after the other, in the order of keys.

        One after the other over all batches, too: two that hang on one parent would only lock each other out again.
        """
        outcomes = connector.write(writes)
        for attempt, pause in enumerate(PAUSES_SECONDS, start=2):
            locked = sorted((at for at, said in enumerate(outcomes) if said.locked), key=lambda at: _place(writes[at]))
            if not locked:
                break
            self._pause(pause)
            with self._one_by_one:
                for at in locked:
                    if self._may():
                        (said,) = connector.write([writes[at]])
                        outcomes[at] = replace(said, message=f"{said.message} (attempt {attempt})") if said.locked else said
        return outcomes

    def _may(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left >= 0


def _place(write: Write) -> tuple[str, str, str]:
    return write.parent or "", write.key or "", write.external_id[1] if write.external_id else ""
