"""Which pair a click on the review page answers: the one that was on the screen, once it has been there long enough to be seen.

The next pair stands where the last one stood, buttons and all: the second half of a double click would answer it unread.
"""

from __future__ import annotations

import time
from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from typing import Any

AT_SIGHT = 0.5
"""Seconds. The second half of a double click comes within, and nobody reads a pair in less."""
_TURN = "review turn"


@dataclass(frozen=True)
class Turn:
    """One pair on the screen."""

    pair: tuple[str, str, str]
    """Its entity and its keys."""
    number: int
    """How many pairs this session has seen; the buttons of each are other ones."""
    since: float | None = None
    """Since when it waits for an answer, by the clock of `time.monotonic`; None before it is drawn, and once it is answered."""


def turn_of(state: MutableMapping[Any, Any], pair: tuple[str, str, str]) -> Turn:
    """The turn of the pair that is about to be drawn: a new one unless it was drawn last."""
    known: Turn | None = state.get(_TURN)
    if known is None or known.pair != pair:
        known = state[_TURN] = Turn(pair, known.number + 1 if known else 1)
    return known


def drawn(state: MutableMapping[Any, Any]) -> None:
    """Its pair is there as a whole and waits for an answer."""
    turn: Turn = state[_TURN]
    if turn.since is None:
        state[_TURN] = replace(turn, since=time.monotonic())


def may_answer(state: MutableMapping[Any, Any], number: int) -> bool:
    """Whether a click on a button of this turn may answer its pair.

    One that comes at first sight may not, nor one that follows it as fast.
    """
    turn: Turn | None = state.get(_TURN)
    if turn is None or turn.number != number or turn.since is None:
        return False
    now = time.monotonic()
    if now - turn.since >= AT_SIGHT:
        return True
    state[_TURN] = replace(turn, since=now)
    return False


def answered(state: MutableMapping[Any, Any]) -> None:
    """Its pair has its answer, and takes no other until it is drawn again."""
    state[_TURN] = replace(state[_TURN], since=None)
