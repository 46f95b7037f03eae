"""The stages of a check as steps of a screen: one begins when the first of its rules has passed it."""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from reconcile.progress import Progress, Step


class Stages:
    """Called with a stage and how many rules more have passed it, each of them once in all. Use `with`."""

    def __init__(self, progress: Progress, rules: int) -> None:
        self._progress, self._rules = progress, rules
        self._steps: dict[str, Step] = {}
        self._left: dict[str, int] = {}
        self._open = ExitStack()

    def __call__(self, stage: str, rules: int) -> None:
        """Move the step of the stage. A child that fails is asked again in this process: what it had told counts once."""
        self._begin(stage)
        amount = min(rules, self._left[stage])
        self._left[stage] -= amount
        self._steps[stage].advance(amount)

    def _begin(self, stage: str) -> None:
        if stage not in self._steps:
            self._left[stage] = self._rules
            self._steps[stage] = self._open.enter_context(self._progress.step(stage, self._rules))

    def __enter__(self) -> Self:
        """The check itself begins at once."""
        self._begin("check")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Every stage ends."""
        self._open.__exit__(kind, error, trace)
