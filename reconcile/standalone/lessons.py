"""What answers in a sheet make of a match of two files, and how that is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from reconcile.match import teaching
from reconcile.match.deciding.resolution import Resolved
from reconcile.match.discovery import Choice
from reconcile.match.linkage import Scored, Settings
from reconcile.match.teaching import Lesson
from reconcile.records import KEY
from reconcile.standalone import answering


@dataclass(frozen=True)
class Learned:
    """What answers have made of a match."""

    scored: Scored
    decided: Resolved
    settings: Settings
    lesson: Lesson
    answers: pl.DataFrame
    """ANSWERS: those whose records are both there."""
    untaught: Scored | None
    """The pairs as they weighed before; None if answers taught nothing but themselves."""
    pinned: bool
    """Whether the configuration says from which probability pairs are links."""

    def choices(self) -> Iterable[Choice]:
        """What was learned, as lines that a person reads."""
        lesson = self.lesson
        yield Choice("answers", f"{lesson.answers:,}", f"{lesson.same:,} the same; they hold whatever the records look like")
        why = {
            "few": "too few answers to learn more from them",
            "no_better": "no way of learning made fewer wrong decisions on answers that it had not seen",
            "better": "it made the fewest wrong decisions on answers that it had not seen",
        }
        yield Choice("weights after the answers", _USED[lesson.used], why[lesson.reason])
        if not self.pinned:
            reason = f"{lesson.link_at_before:.6g} without the answers, which raise it never and count as right themselves"
            yield Choice("link from", f"{lesson.link_at:.6g}", reason)


_USED = {
    "as_learned": "as without them",
    "tables": "learned again with the answered pairs fixed",
    "scale": "corrected as a whole by a classifier",
    "fields": "corrected field by field by a classifier",
}


def learned(
    said: pl.DataFrame, sides: tuple[pl.DataFrame, pl.DataFrame], scored: Scored, decided: Resolved, settings: Settings
) -> Learned:
    """Learn from answers (answering.SAID) and decide again beside them; with none, all stays as it was."""
    rows = answering.numbered(said, (sides[0][KEY], sides[1][KEY]))
    told = teaching.taught(scored, answering.decided_ones(rows), settings, decided)
    if told.answers.is_empty():
        return Learned(scored, decided, settings, told.lesson, told.answers, None, settings.link_at is not None)
    untaught = scored if told.lesson.reason == "better" else None
    pinned = settings.link_at is not None
    return Learned(told.scored, told.decided(sides), told.settings, told.lesson, told.answers, untaught, pinned)
