"""`reconcile teach --entity`: the pairs of a project's run, each answer a decision under the name of whoever gives it."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from reconcile import surveyed, wiring
from reconcile.access import Person
from reconcile.cli import asking, show
from reconcile.cli.choosing import known
from reconcile.cli.options import DEFAULT_CONFIG, opened, whom
from reconcile.errors import NoSuchRecord, NotProposable
from reconcile.explained import Asked
from reconcile.match.explaining.explanation import Explanation
from reconcile.records import KEY, RAW
from reconcile.standalone import answering
from reports.words import Words

_SAME = {answering.SAME: True, answering.NOT_SAME: False, answering.UNSURE: None}


@dataclass(frozen=True)
class Wish:
    """What somebody asks for."""

    entity: str
    answers: Path | None
    sheet: Path | None
    count: int
    run: str | None
    by: str | None
    measure: bool


@dataclass(frozen=True)
class _Pairs:
    """Pairs of a run that a person is asked about."""

    project: wiring.Project
    entity: str
    asked: Asked
    questions: pl.DataFrame
    """crm_key, erp_key, zone."""
    person: Person | None
    """Who answers; None where nobody is asked."""

    def explained(self, at: int) -> Explanation:
        """As asking.Questions."""
        crm, erp = self.questions.select("crm_key", "erp_key").row(at)
        return self.asked.pair(crm, erp)

    def answer(self, at: int, answer: str) -> str | None:
        """As asking.Questions: a decision at once."""
        crm, erp = self.questions.select("crm_key", "erp_key").row(at)
        outcome = wiring.answer(self.project, self.entity, crm, erp, same=_SAME[answer], by=self.person)
        return f"teach.outcome_{outcome.value}"

    def sheet(self) -> pl.DataFrame:
        """The questions with the values of both sides as their systems hold them, and an empty column for the answer."""
        columns = [self.questions.select("crm_key", "erp_key", pl.lit(None, pl.String).alias("answer"), "zone")]
        for name in self.asked.scored.comparison.scheme.fields:
            for frame, key, side in zip(self.asked.frames, ("crm_key", "erp_key"), ("crm", "erp"), strict=True):
                own = RAW + name if RAW + name in frame.columns else name
                values = frame.select(pl.col(KEY).alias(key), pl.col(own).cast(pl.String).alias(f"{side}: {name}"))
                joined = self.questions.select(key).join(values, on=key, how="left", maintain_order="left")
                columns.append(joined.drop(key))
        return pl.concat(columns, how="horizontal")


def teach(wish: Wish, config: Path | None, language: str | None, *, as_json: bool) -> None:
    """Ask, write a sheet, take one back, or say what the answers to a sample come to."""
    with opened(config or Path(os.environ.get("RECONCILE_CONFIG", str(DEFAULT_CONFIG)))) as project:
        known(project, wish.entity)
        words = Words("zh" if (language or project.config.language) == "zh" else "en")
        if wish.answers is not None:
            said = answering.read_answers(wish.answers)
            _decide_all(project, wish.entity, said, whom(project, wish.by), words, as_json=as_json)
        if wish.answers is None or wish.measure:
            _ask(project, wish, words, as_json=as_json)


def _ask(project: wiring.Project, wish: Wish, words: Words, *, as_json: bool) -> None:
    ready = wiring.asked(project, wish.entity, wish.run)
    said = project.ledger.answers.of(wish.entity)
    sample = None
    if wish.measure:
        sample = surveyed.begun(project.store, ready, wish.entity)
        sample = sample or surveyed.begin(project.store, ready, wish.entity, said, wish.count)
        questions = surveyed.still_open(ready, sample, said).rename({"stratum": "zone"})
    else:
        questions = surveyed.questions(ready, said, wish.count)
    silent = as_json or wish.sheet is not None or wish.answers is not None
    pairs = _Pairs(project, wish.entity, ready, questions, None if silent else whom(project, wish.by))
    if wish.sheet is not None:
        answering.write_sheet(wish.sheet, pairs.sheet())
        asking.say_sheet(words, wish.sheet, questions.height, as_json=as_json)
        return
    if not silent:
        asking.ask(words, pairs)
    quality = None if sample is None else surveyed.measured(ready, sample, project.ledger.answers.of(wish.entity))
    if as_json:
        show.say(json.dumps({"open": questions.to_dicts(), **asking.told_quality(quality)}, ensure_ascii=False))
    elif quality is not None:
        asking.say_quality(words, quality)


def _decide_all(project: wiring.Project, entity: str, said: pl.DataFrame, person: Person, words: Words, *, as_json: bool) -> None:
    """Every answer of a sheet; one that can't be decided is told, and the others are decided all the same."""
    before = project.ledger.answers.of(entity)
    told = before.select("crm_key", "erp_key", old=pl.col("same"), known=pl.lit(value=True))
    now = said.with_columns(same=pl.col("answer").replace_strict(_SAME, return_dtype=pl.Boolean))
    open_ = now.join(told, on=["crm_key", "erp_key"], how="left", maintain_order="left").filter(
        pl.col("known").is_null() | pl.col("same").ne_missing(pl.col("old"))
    )
    outcomes: Counter[str] = Counter()
    for crm, erp, same in open_.select("crm_key", "erp_key", "same").iter_rows():  # a person has filled in each of them
        try:
            outcomes[wiring.answer(project, entity, crm, erp, same=same, by=person).value] += 1
        except (NotProposable, NoSuchRecord) as error:
            show.complain(f"{crm} / {erp}: {show.told(error)}")
    if as_json:
        show.say(json.dumps({"outcomes": dict(sorted(outcomes.items()))}))
        return
    for outcome, count in sorted(outcomes.items()):
        show.say(f"{count:,} × {words.say(f'teach.outcome_{outcome}')}")
