"""`reconcile teach` for two files: which pairs to ask about, what is kept of the answers, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from reconcile.errors import OutputUnfit
from reconcile.match import linkage, teaching
from reconcile.match.deciding.resolution import Resolved
from reconcile.match.discovery import Discovered
from reconcile.match.explaining.explanation import Explanation, explain
from reconcile.match.linkage import Scored, Settings
from reconcile.match.rows import keyed
from reconcile.match.scoring.model import probability
from reconcile.match.teaching import Lesson, Quality, Survey
from reconcile.progress import Progress
from reconcile.records import KEY
from reconcile.standalone import answering
from reconcile.standalone.asking import raw_of
from reconcile.standalone.configured import configured, fitting
from reconcile.standalone.files import columns_of_both
from reconcile.standalone.lessons import learned
from reconcile.standalone.preparing import prepared, read_both

QUESTIONS = pl.Schema({"crm_key": pl.String, "erp_key": pl.String, "zone": pl.String, "probability": pl.Float64})


@dataclass
class Teaching:
    """Two files that are being asked about; answers are in their file as soon as they are given."""

    place: Path
    found: Discovered
    frames: list[pl.DataFrame]
    sides: tuple[pl.DataFrame, pl.DataFrame]
    scored: Scored
    """Weighed by what the answers that were there have taught."""
    decided: Resolved
    settings: Settings
    lesson: Lesson
    said: pl.DataFrame
    """answering.SAID: all answers so far."""
    lost: int
    """Answers that name a record which is not in the files."""
    taught_by: pl.DataFrame
    """The answers that the match has learned from (ANSWERS)."""
    untaught: Scored | None
    """The pairs as they weighed before them; None if they taught nothing but themselves."""
    survey: Survey | None = None
    questions: pl.DataFrame = field(default_factory=QUESTIONS.to_frame)

    def ask(self, count: int) -> None:
        """From now on the questions are those whose answers teach most, without those that were answered."""
        asked = teaching.queue(self.scored, self.decided, answering.numbered(self.said, self._keys()).select("l", "r"), count)
        self.questions = keyed(asked.select("l", "r", "zone", "probability"), self.sides)

    def measure(self, count: int, seed: int) -> None:
        """From now on the questions are those of a random sample; what is drawn does not depend on the answers that it gets."""
        self.survey = teaching.survey(self.scored, self.decided, count, seed, self.taught_by)
        rows = answering.numbered(self.said, self._keys())
        open_ = self.survey.pairs.join(rows, on=["l", "r"], how="anti", maintain_order="left")
        told = open_.join(self.scored.pairs.select("l", "r", "weight"), on=["l", "r"], how="left", maintain_order="left")
        sure = pl.Series(probability(told["weight"].fill_null(0.0).to_numpy()), dtype=pl.Float64)
        self.questions = keyed(told.select("l", "r", zone="stratum", probability=sure), self.sides)

    def explained(self, at: int) -> Explanation:
        """One of the questions, with everything that speaks for it and against it."""
        rows = self._rows(at)
        told = explain(self.scored, self.decided, self.settings, *rows, self.untaught)
        raws = zip(self.frames, (self.found.left, self.found.right), rows, strict=True)
        crm, erp = (raw_of(frame, side, row) for frame, side, row in raws)
        return told.with_raw(crm, erp)

    def _rows(self, at: int) -> tuple[int, int]:
        row = self.questions.select("l", "r").row(at)
        return row[0], row[1]

    def answer(self, at: int, answer: str) -> None:
        """Keep an answer (answering.SAME, NOT_SAME, UNSURE). Raises StoreUnwritable."""
        pair = self.questions.select("crm_key", "erp_key")[at]
        told = pair.with_columns(answer=pl.lit(answer))
        self.said = pl.concat([self.said.join(pair, on=["crm_key", "erp_key"], how="anti", maintain_order="left"), told])
        answering.write_sheet(self.place, self.said)

    def sheet(self) -> pl.DataFrame:
        """The questions with the values of both sides, and an empty column for the answer."""
        pairs = []
        for name in self.found.scheme.fields:
            for side, frame, end, mark in zip(
                (self.found.left, self.found.right), self.frames, "lr", ("crm", "erp"), strict=True
            ):
                texts = pl.col(side.fields[name].sources).cast(pl.String)
                joined = pl.concat_str(texts, separator=" ", ignore_nulls=True)
                pairs.append(frame[self.questions[end]].select(joined.alias(f"{mark}: {name}")))
        answer, sure = pl.lit(None, pl.String).alias("answer"), pl.col("probability").round(4)
        return pl.concat([self.questions.select("crm_key", "erp_key", answer, "zone", sure), *pairs], how="horizontal")

    def quality(self) -> Quality | None:
        """What the answers to the survey say; None if nothing was surveyed."""
        if self.survey is None:
            return None
        return self.survey.measured(answering.decided_ones(answering.numbered(self.said, self._keys())))

    def _keys(self) -> tuple[pl.Series, pl.Series]:
        return self.sides[0][KEY], self.sides[1][KEY]


def opened(
    left: Path,
    right: Path,
    answers: Path,
    *,
    config: Path | None,
    environ: Mapping[str, str],
    progress: Progress,
    taught_by: Path | None,
) -> Teaching:
    """Two files, matched beside the answers in `taught_by`, which may be those that are asked for.

    Raises as `match_files`, OutputUnfit for the file of answers, and FileUnreadable for what stands in it.
    """
    paths = (left, right)
    if answers.suffix.lower() not in answering.WRITTEN:
        raise OutputUnfit(answers, "answers are kept as .csv or .xlsx; end the name so")
    names = columns_of_both(paths)
    said = answering.read_answers(answers) if answers.exists() else answering.SAID.to_frame()
    lessons = said if taught_by == answers else answering.read_answers(taught_by) if taught_by else said.clear()
    asked = configured(config, environ, names)
    settings = asked.settings
    frames = read_both(paths, names, asked.pins, progress)
    found, sides = prepared(paths, names, frames, asked.pins, progress)
    weights = None if asked.known is None else fitting(asked.known, sides, found.scheme)
    both = (sides[0], sides[1])
    scored, decided = linkage.judged(*both, found.scheme, settings, progress, weights)
    with progress.step("learn from answers"):
        told = learned(lessons, both, scored, decided, settings)
    rows = answering.numbered(said, (both[0][KEY], both[1][KEY]))
    lost = said.height - rows.height
    return Teaching(
        answers,
        found,
        frames,
        both,
        told.scored,
        told.decided,
        told.settings,
        told.lesson,
        said,
        lost,
        told.answers,
        told.untaught,
    )
