"""What every exception is at root: something to change, something to try again, or a reason to stop."""

from __future__ import annotations

from collections.abc import Sequence

_SHOWN = 5
"""Ids in one message; the rest is told by dots."""


def first_of(ids: Sequence[str]) -> str:
    """The first of many ids, as one text."""
    return ", ".join(ids[:_SHOWN]) + (" ..." if len(ids) > _SHOWN else "")


class ReconcileError(Exception):
    """The root. `exit_code` is what the command line answers with."""

    exit_code = 2


class ConfigError(ReconcileError):
    """The configuration, the command or an input file must be changed by the caller."""


class RetryLater(ReconcileError):
    """A system can't be reached or refuses; nothing is wrong with the data."""

    exit_code = 3


class Stop(ReconcileError):
    """Going on would lose or damage something."""
