"""What people's answers teach: pairs are pinned, and weights follow them as far as held-out answers show that this is better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from reconcile.match.arrays import Floats
from reconcile.match.deciding.resolution import Resolved
from reconcile.match.linkage import Scored, Settings, link_at
from reconcile.match.rows import ENDS
from reconcile.match.scoring.sampling import mixed
from reconcile.match.teaching.answers import decided, pinned
from reconcile.match.teaching.classifier import Judged, judged
from reconcile.match.teaching.corrections import Correction, by_classifier, by_tables
from reconcile.match.teaching.questions import in_question

_FOLDS = 5
_FEWEST = {"tables": 10, "scale": 20, "fields": 50}
"""From so many answers on each way of learning is tried."""
_FEWEST_OF_EACH = {"tables": 1, "scale": 5, "fields": 10}
"""And so many of both kinds."""


@dataclass(frozen=True)
class Trial:
    """How one way of weighing decides answers that it has not seen."""

    way: str
    """as_learned, tables (EM beside the answers), scale (a classifier over the weight) or fields (over the fields as well)."""
    wrong: float
    """Decisions that would be wrong, of the pairs that the answers stand for."""
    fewer: float
    """Wrong decisions less than without learning."""
    error: float
    """Standard error of that."""
    judged: Judged
    """The answers themselves, each counted once."""


@dataclass(frozen=True)
class Lesson:
    """What was learned from answers, and why not otherwise."""

    answers: int
    same: int
    """Of the answers, how many call a pair the same."""
    used: str
    """The way that was chosen, as in Trial."""
    reason: str
    """few (too few answers for anything but pinning), no_better (nothing was surely better), or better."""
    trials: tuple[Trial, ...]
    link_at: float
    """The probability from which pairs are links now."""
    link_at_before: float
    correction: Correction


@dataclass(frozen=True)
class Taught:
    """Scored pairs as answers have them."""

    scored: Scored
    """Weighed anew; answers are not pinned in it."""
    answers: pl.DataFrame
    settings: Settings
    """With the threshold that was found."""
    lesson: Lesson

    def decided(self, sides: tuple[pl.DataFrame, pl.DataFrame]) -> Resolved:
        """Links, reviews and duplicates of these records; every answer holds."""
        return decided(self.scored, self.answers, self.settings, sides)


def taught(scored: Scored, answers: pl.DataFrame, settings: Settings, before: Resolved | None = None) -> Taught:
    """Learn from answers.

    Ways of learning are tried on answers that they have not seen, each answer counting for the pairs in question that agree
    like it. The way with the fewest wrong decisions is used if it is better than no learning by more than chance; so answers
    never make decisions worse as far as they can tell. No answer raises the threshold of a link.

    Args:
        scored: the pairs as weighed without answers.
        answers: ANSWERS.
        settings: thresholds.
        before: what was decided without answers; the zones say which pairs the answers stand for.
    """
    plain = link_at(scored.pairs, settings)
    beside = link_at(pinned(scored, answers).pairs, settings)
    known = _known(scored, answers)
    trials = _trials(scored, known, beside, before)
    best = min(trials, key=lambda trial: trial.wrong) if trials else None
    better = best is not None and best.way != "as_learned" and best.fewer > best.error
    used = best.way if best is not None and better else "as_learned"
    correction = _WAYS[used](scored, known)
    changed = correction.applied(scored)
    found = min(beside, link_at(pinned(changed, answers).pairs, settings)) if better else beside
    reason = "better" if better else "no_better" if len(trials) > 1 else "few"
    same = int(answers["same"].sum())
    lesson = Lesson(answers.height, same, used, reason, trials, found, plain, correction)
    return Taught(changed, answers, replace(settings, link_at=found), lesson)


def _known(scored: Scored, answers: pl.DataFrame) -> pl.DataFrame:
    """The answers of pairs that were compared, with their levels; sorted by what the records say."""
    if "_pattern" not in scored.pairs.columns:
        return answers.clear()
    found = scored.pairs.join(answers.cast({"l": pl.UInt32, "r": pl.UInt32}), on=ENDS, how="inner")
    left, right = scored.comparison.marks
    mark = mixed(left[found["l"].to_numpy()] + np.uint64(3) * right[found["r"].to_numpy()])
    return found.with_columns(_mark=pl.Series(mark, dtype=pl.UInt64)).sort("same", "_mark", "weight")


def _trials(scored: Scored, known: pl.DataFrame, threshold: float, before: Resolved | None) -> tuple[Trial, ...]:
    """Every way that there are answers enough for, on answers held out; nothing where there are too few for any."""
    each = min(int(known["same"].sum()), int((~known["same"]).sum())) if known.height else 0
    ways = [way for way, least in _FEWEST.items() if known.height >= least and each >= _FEWEST_OF_EACH[way]]
    if not ways:
        return ()
    stands_for = _stands_for(scored, known, before)
    least = float(np.log2(threshold / (1 - threshold)))
    same = known["same"].to_numpy()
    plain = (known["weight"].to_numpy() >= least) != same
    trials = []
    for way in ("as_learned", *ways):
        predicted = _held_out(scored, known, _WAYS[way]) >= least
        wrong = predicted != same
        gain = stands_for * (plain.astype(float) - wrong.astype(float))
        error = float(np.sqrt((gain**2).sum()))
        trials.append(Trial(way, float((stands_for * wrong).sum()), float(gain.sum()), error, judged(same, predicted)))
    return tuple(trials)


def _stands_for(scored: Scored, known: pl.DataFrame, before: Resolved | None) -> Floats:
    """How many of the pairs in question each answer stands for: those that agree in the same way, shared among its answers."""
    if before is None:
        return np.ones(known.height)
    alike = in_question(scored, before).group_by("_pattern").agg(n=pl.len())
    found = known.join(alike, on="_pattern", how="left", maintain_order="left")
    share = pl.max_horizontal(pl.col("n").fill_null(1) / pl.len().over("_pattern"), 1.0)
    return np.asarray(found.select(share).to_series().to_numpy(), np.float64)


def _held_out(scored: Scored, known: pl.DataFrame, way: Callable[[Scored, pl.DataFrame], Correction]) -> Floats:
    """The weight of each answered pair by what the others teach."""
    fold = np.arange(known.height) % _FOLDS
    found = np.empty(known.height)
    for held in range(min(_FOLDS, known.height)):
        here = pl.Series(fold == held)
        correction = way(scored, known.filter(~here))
        found[fold == held] = correction.bits(known.filter(here), scored.model, scored.comparison)
    return found


def _unlearned(_scored: Scored, _known: pl.DataFrame) -> Correction:
    return Correction()


_WAYS: dict[str, Callable[[Scored, pl.DataFrame], Correction]] = {
    "as_learned": _unlearned,
    "tables": by_tables,
    "scale": lambda scored, known: by_classifier(scored, known, with_fields=False),
    "fields": lambda scored, known: by_classifier(scored, known, with_fields=True),
}
