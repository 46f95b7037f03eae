"""What 200 answers from the truth come to on public sets, and whether a sampled review's intervals hold the truth.

    python benchmarks/match_review.py [--only abt-buy,sites] [--answers 200] [--trials 100]

Answers are given in the order of the queue (`reconcile teach`), and decided again beside them (`reconcile match --answers`). F1
is over all true pairs, of links and duplicates together, at the default thresholds; `elsewhere` leaves out, before and after,
the pairs that were asked about, so that it shows what was learned and not what was said. Then 100 seeded samples of 200 pairs
are answered, and their intervals at 95 % compared with the truth: precision of the links, and recall among the pairs that a
sample can speak of. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from match_measure import PAIR, judged, table
from match_public import SETS

from reconcile.match.deciding.resolution import Resolved
from reconcile.match.linkage import Scored, Settings, zones
from reconcile.match.linkage import judged as linked
from reconcile.match.teaching import queue, survey, taught
from reconcile.match.teaching.surveying import Survey
from reconcile.progress import Silent
from reconcile.records import KEY
from reconcile.standalone.files import columns_of
from reconcile.standalone.preparing import prepared, read_both

_SAMPLE = 200
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Case:
    """One set, matched."""

    sides: tuple[pl.DataFrame, pl.DataFrame]
    scored: Scored
    decided: Resolved
    truth: pl.DataFrame

    def named(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Pairs of rows by their keys."""
        keys = zip(PAIR, "lr", self.sides, strict=True)
        return pairs.with_columns(side[KEY].cast(pl.String).gather(pairs[end]).alias(name) for name, end, side in keys)

    def answered(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """What somebody says who knows the truth: l, r, same."""
        told = self.truth.select(PAIR).with_columns(same=pl.lit(value=True))
        known = self.named(pairs).join(told, on=PAIR, how="left", maintain_order="left")
        return known.select("l", "r", pl.col("same").fill_null(value=False))

    def judged(self, decided: Resolved, but: pl.DataFrame | None = None) -> dict[str, float]:
        """Precision, recall and F1 of what was decided, without the pairs `but` (keys)."""
        found = zones(decided, self.sides[0][KEY], self.sides[1][KEY]).filter(pl.col("zone") != "review")
        truth = self.truth
        if but is not None:
            found, truth = (frame.join(but, on=PAIR, how="anti") for frame in (found, truth))
        return judged(found, truth)


def matched(name: str) -> Case:
    """A set as `reconcile match` sees it."""
    with tempfile.TemporaryDirectory() as folder:
        public = SETS[name](Path(folder))
        if public.right is None:
            raise SystemExit(f"{name} is one file: nothing is asked about it")
        paths = (public.left, public.right)
        names = [columns_of(path) for path in paths]
        frames = read_both(paths, names, None, Silent())
        found, sides = prepared(paths, names, frames, None, Silent())
    scored, decided = linked(sides[0], sides[1], found.scheme, Settings(), Silent())
    return Case((sides[0], sides[1]), scored, decided, public.truth)


def teaching_figures(case: Case, answers: int) -> dict[str, object]:
    """Before and after so many answers."""
    asked = queue(case.scored, case.decided, count=answers)
    said = case.answered(asked)
    begun = time.process_time()
    told = taught(case.scored, said, Settings(), case.decided)
    spent = time.process_time() - begun
    then, but = told.decided(case.sides), case.named(asked).select(PAIR)
    return {
        "answers": asked.height,
        "same": int(said["same"].sum()),
        "f1_before": case.judged(case.decided)["f1"],
        "f1_after": case.judged(then)["f1"],
        "elsewhere_before": case.judged(case.decided, but)["f1"],
        "elsewhere_after": case.judged(then, but)["f1"],
        "precision_after": case.judged(then)["precision"],
        "used": told.lesson.used,
        "link_at_before": round(told.lesson.link_at_before, 4),
        "link_at_after": round(told.lesson.link_at, 4),
        "processor_seconds": round(spent, 2),
    }


def survey_figures(case: Case, trials: int) -> dict[str, object]:
    """How often intervals hold the truth, and how wide they are."""
    everything = survey(case.scored, case.decided, 10**9)
    whole = everything.measured(case.answered(everything.pairs))
    found = {
        name: [_one(case, survey(case.scored, case.decided, _SAMPLE, seed), name) for seed in range(trials)] for name in _SAID
    }
    said: dict[str, object] = {"trials": trials, "sample": _SAMPLE}
    for name, intervals in found.items():
        true = getattr(whole, name).estimate
        said[f"{name}_true"] = round(true, 4)
        said[f"{name}_held"] = sum(low - _ROUNDING <= true <= high + _ROUNDING for low, high in intervals)
        said[f"{name}_width"] = round(sum(high - low for low, high in intervals) / trials, 4)
    return said


_SAID = ("links", "recall")


def _one(case: Case, drawn: Survey, name: str) -> tuple[float, float]:
    share = getattr(drawn.measured(case.answered(drawn.pairs)), name)
    return share.low, share.high


def main() -> None:
    """Measure each set and print."""
    options = argparse.ArgumentParser(description="what answers come to")
    options.add_argument("--only", default="abt-buy,sites", help="names, parted by commas")
    options.add_argument("--answers", type=int, default=200)
    options.add_argument("--trials", type=int, default=100)
    given = options.parse_args()
    cases = {name: matched(name) for name in given.only.split(",")}
    learned = {name: teaching_figures(case, given.answers) for name, case in cases.items()}
    sampled = {name: survey_figures(case, given.trials) for name, case in cases.items()}
    for rows in (learned, sampled):
        print(table([{"set": name, **row} for name, row in rows.items()]))
        print()
    print(json.dumps({name: {"teaching": learned[name], "survey": sampled[name]} for name in cases}))


if __name__ == "__main__":
    main()
