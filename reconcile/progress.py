"""How long work tells how far it is; the screens decide how that looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Step(Protocol):
    """One step under way."""

    def advance(self, amount: int = 1) -> None:
        """So much more is done."""
        ...


class Progress(Protocol):
    """Where steps are announced."""

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Step]:
        """One step, from entry to exit; `total` in the unit that `advance` counts, None if unknown."""
        ...


class _SilentStep:
    def advance(self, amount: int = 1) -> None:
        """Nobody looks."""


class Silent:
    """Progress that nobody looks at."""

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Step]:  # noqa: ARG002 - names of the port
        """Nothing is shown."""
        yield _SilentStep()
