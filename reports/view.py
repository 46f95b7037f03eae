"""Computes the view model of one run: `build_view`. Report, mail, dashboard and JSON show its numbers and count nothing."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import polars as pl

from reconcile.config.models import Language
from reconcile.match.explaining.explanation import Explanation
from reconcile.records import SHAPES
from reconcile.results import AGES, OLDEST, Action, ActionState, BreakKind, BreakState, News, RunResult
from reconcile.scores import rolled_up, scores
from reports.causes import causes_of_run
from reports.conservation import balances_section
from reports.details import action_groups, kind_sections
from reports.figures import at_risk, count, name, share, term, titles_of
from reports.lives import lived, news_of, news_sections, open_breaks
from reports.lives import summary as told
from reports.model import (
    DoubtGroup,
    DoubtLine,
    EntityLine,
    Figure,
    Headline,
    HistoryPoint,
    KindLine,
    OwnerLine,
    RunFacts,
    Term,
    View,
)
from reports.quality import messages, quality_section
from reports.quality_next import fates
from reports.quality_past import Past
from reports.refused import said
from reports.why import name_of, why_of
from reports.words import Words

OWNERS = ("crm", "erp", "newest", "changed_side", "review")
_RUNS_SHOWN = 30
_DOUBTS_SHOWN = 12


def build_view(
    result: RunResult,
    actions: Sequence[Action],
    previous: pl.DataFrame | None,
    language: Language,
    shown: int,
    *,
    waiting: int | None = None,
    doubts: Mapping[str, Sequence[Explanation]] = MappingProxyType({}),
    causes: pl.DataFrame | None = None,
    past: Past | None = None,
) -> View:
    """Everything that is shown about one run.

    `actions` are the run's proposals; `previous` is `ledger.runs()` or None; `shown` is how many breaks of one kind
    stand in detail. `waiting` is how many actions wait, where these are counted and not given. `doubts` are the
    explained pairs of each entity; `causes` (CAUSES) explain its differences; `past` is what earlier
    runs said of data quality.
    Rows of `result.breaks` that are fixed do not count as open.
    """
    words = Words(language)
    titles = titles_of(result.crm_title, result.erp_title)
    breaks = open_breaks(result)
    order = entity_order(result)
    rules = messages(words, result.checks)
    entities = tuple(term(words, "entity", e) for e in order)
    history = _history(words, result, breaks, previous)
    return View(
        language=language,
        run=_run_facts(words, result),
        headline=_headline(words, result, breaks, _waiting(actions) if waiting is None else waiting, history),
        entity_terms=entities,
        entities=_entity_lines(words, result, breaks, entities),
        kinds=_kind_lines(words, breaks, entities),
        ages=tuple(term(words, "age", code) for code in (*(a for a, _ in AGES), OLDEST)),
        owners=_owner_lines(words, breaks),
        breaks=kind_sections(words, breaks, actions, shown, rules),
        quality=quality_section(words, result, titles, order, shown, past, fates(breaks, actions)),
        actions=action_groups(words, actions, titles, order, shown),
        history=history,
        doubts=_doubts(words, entities, doubts),
        causes=causes_of_run(result, language, causes),
        news=news_sections(words, result, actions, shown, rules) if len(history) > 1 else (),
        news_text=told(words, news_of(result)),
        balances=balances_section(words, result, titles),
    )


def _doubts(words: Words, entities: Sequence[Term], told: Mapping[str, Sequence[Explanation]]) -> tuple[DoubtGroup, ...]:
    """The explained pairs, at most so many in all, of every entity its share."""
    some = [entity for entity in entities if told.get(entity.code)]
    each = max(_DOUBTS_SHOWN // max(len(some), 1), 1)
    return tuple(
        DoubtGroup(e, tuple(DoubtLine(name_of(e.code, one), why_of(words, one)) for one in told[e.code][:each]))
        for e in some[:_DOUBTS_SHOWN]
    )


def summary_of(result: RunResult) -> dict[str, Any]:
    """The figures that `ledger.finish_run` keeps, so that later reports can show the history; plain JSON values."""
    breaks = open_breaks(result)
    links, records = _linked_and_records(result.counts)
    sums = at_risk(Words("en"), breaks)
    return {
        "records": records,
        "match_rate": 2 * links / records if records else None,
        "breaks": breaks.height,
        **news_of(result),
        "accepted": result.breaks.filter(pl.col("state") == BreakState.ACCEPTED.value).height,
        "actions": result.actions,
        "value_at_risk": {f.unit: f.value for f in sums},
        "quality": _quality(result),
    }


def _quality(result: RunResult) -> dict[str, Any]:
    """Scores from 0 to 100, of everything and by dimension, and how many rules did not pass."""
    found = scores(result.checks)
    whole = rolled_up(found, ()).row(0, named=True)
    by = rolled_up(found, ("dimension",)).sort("dimension")
    each = {name: None if score is None else round(score, 2) for name, score in by.select("dimension", "score").iter_rows()}
    score = None if whole["score"] is None else round(whole["score"], 2)
    return {"score": score, "dimensions": each, "rules": whole["rules"], "rules_failed": whole["rules_failed"]}


def entity_order(result: RunResult) -> tuple[str, ...]:
    """The run's entities: the canonical ones in their canonical order, then the project's own by name."""
    present = set(result.counts["entity"].to_list()) | set(result.breaks["entity"].drop_nulls().unique().to_list())
    return (*(e for e in SHAPES if e in present), *sorted(present - set(SHAPES)))


def _linked_and_records(counts: pl.DataFrame) -> tuple[int, int]:
    sums = counts.filter(pl.col("links").is_not_null()).select(
        pl.col("links").sum(), (pl.col("crm_records") + pl.col("erp_records")).sum().alias("records")
    )
    links, records = sums.row(0)
    return int(links), int(records)


def _run_facts(words: Words, result: RunResult) -> RunFacts:
    seconds = (result.finished_at - result.started_at).total_seconds()
    return RunFacts(
        run_id=result.run_id,
        project=name(result.project),
        crm_title=name(result.crm_title),
        erp_title=name(result.erp_title),
        started_at=result.started_at,
        finished_at=result.finished_at,
        started=words.moment(result.started_at),
        finished=words.moment(result.finished_at),
        duration=Figure(seconds, "seconds", words.duration(seconds)),
        notes=tuple(note if len(note) <= 1000 else note[:1000] + "…" for note in (said(words, each) for each in result.notes)),  # noqa: PLR2004  # a long paragraph
    )


def _headline(words: Words, result: RunResult, breaks: pl.DataFrame, waiting: int, history: Sequence[HistoryPoint]) -> Headline:
    links, records = _linked_and_records(result.counts)
    cells, equal = (int(result.counts[c].sum() or 0) for c in ("cells", "cells_equal"))
    news = news_of(result)
    accepted = lived(result).filter(pl.col("state") == BreakState.ACCEPTED.value).height
    change = breaks.height - history[-2].open if len(history) > 1 else None
    headline = Headline(
        records=count(words, "records", records, "entities"),
        match_rate=share(words, 2 * links, records, "entities"),
        cells_equal=share(words, equal, cells, "entities"),
        cells=count(words, "values", cells),
        open=count(words, "breaks", breaks.height, "kinds"),
        new=count(words, "breaks", news[News.NEW], "breaks"),
        regressed=count(words, "breaks", news[News.REGRESSED], "breaks"),
        reopened=count(words, "breaks", news[News.REOPENED], "breaks"),
        overdue=count(words, "breaks", news[News.OVERDUE], "breaks"),
        accepted=count(words, "breaks", accepted),
        fixed=count(words, "breaks", result.fixed),
        change=Figure(change, "breaks", "–" if change is None else f"{change:+,d}".replace("+0", "±0")),
        value_at_risk=at_risk(words, breaks, "kinds"),
        actions=count(words, "actions", waiting, "actions"),
        sentences=(),
    )
    return _with_sentences(words, headline, first=len(history) < 2)  # noqa: PLR2004  # this run and one before


def _waiting(actions: Sequence[Action]) -> int:
    return sum(1 for a in actions if a.state is ActionState.PROPOSED)


def _with_sentences(words: Words, headline: Headline, *, first: bool) -> Headline:
    open_, new = int(headline.open.value or 0), int(headline.new.value or 0)
    said = []
    if not headline.records.value:
        said.append(words.say("say.nothing_compared"))
    elif not open_:
        said.append(words.say("say.all_agree"))
    elif first:
        said.append(words.say("say.open_first", breaks=words.count("breaks", open_)))
    else:
        said.append(words.say("say.open", breaks=words.count("breaks", open_), new=words.number(new)))
    told = ("regressed", "reopened", "overdue", "fixed", "accepted")
    figures: list[tuple[str, Figure]] = [(name, getattr(headline, name)) for name in told]
    said += [words.say(f"say.{name}", n=figure.text) for name, figure in figures if figure.value]
    if headline.match_rate.value is not None:
        said.append(words.say("say.match_rate", share=headline.match_rate.text))
    if headline.actions.value:
        said.append(words.say("say.actions_wait", actions=words.count("actions", int(headline.actions.value))))
    return dataclasses.replace(headline, sentences=tuple(said))


def _entity_lines(words: Words, result: RunResult, breaks: pl.DataFrame, entities: Sequence[Term]) -> tuple[EntityLine, ...]:
    counts = {row["entity"]: row for row in result.counts.iter_rows(named=True)}  # one row for each entity
    return tuple(
        _entity_line(words, entity, counts.get(entity.code, {}), breaks.filter(pl.col("entity") == entity.code))
        for entity in entities
    )


def _entity_line(words: Words, entity: Term, counts: Mapping[str, Any], breaks: pl.DataFrame) -> EntityLine:
    kinds = set(breaks["kind"].unique().to_list())

    def number(column: str, unit: str, kind: BreakKind | None = None) -> Figure:
        anchor = f"breaks-{kind}-{entity.code}" if kind and kind.value in kinds else ""
        return count(words, unit, counts.get(column), anchor)

    records = (counts.get("crm_records") or 0) + (counts.get("erp_records") or 0)
    return EntityLine(
        entity=entity,
        crm_records=number("crm_records", "records"),
        erp_records=number("erp_records", "records"),
        links=number("links", "pairs"),
        candidates=number("candidates", "pairs", BreakKind.CANDIDATE),
        only_crm=number("only_crm", "records", BreakKind.MISSING_IN_ERP),
        only_erp=number("only_erp", "records", BreakKind.MISSING_IN_CRM),
        in_flight=number("in_flight", "records"),
        match_rate=share(words, None if counts.get("links") is None else 2 * counts["links"], records),
        cells_equal=share(words, counts.get("cells_equal"), counts.get("cells")),
        breaks=count(words, "breaks", breaks.height, "kinds"),
        value_at_risk=at_risk(words, breaks),
    )


def _kind_lines(words: Words, breaks: pl.DataFrame, entities: Sequence[Term]) -> tuple[KindLine, ...]:
    counted = {(k, e): n for k, e, n in breaks.group_by("kind", "entity").len().iter_rows()}
    kinds = [k.value for k in BreakKind if any(kind == k for kind, _ in counted)]
    return tuple(
        KindLine(
            kind=term(words, "kind", kind),
            counts=tuple(count(words, "breaks", counted.get((kind, e.code), 0), f"breaks-{kind}-{e.code}") for e in entities),
            total=count(words, "breaks", sum(n for (k, _), n in counted.items() if k == kind), f"breaks-{kind}"),
            value_at_risk=at_risk(words, breaks.filter(pl.col("kind") == kind)),
        )
        for kind in kinds
    )


def _owner_lines(words: Words, breaks: pl.DataFrame) -> tuple[OwnerLine, ...]:
    age = pl.lit(OLDEST)
    for code, end in reversed(AGES):
        age = pl.when(pl.col("age_days") < end).then(pl.lit(code)).otherwise(age)
    counted = {(o, a): n for o, a, n in breaks.group_by(pl.col("owner").fill_null("review"), age.alias("age")).len().iter_rows()}
    ages = [*(code for code, _ in AGES), OLDEST]
    owners = sorted({o for o, _ in counted}, key=lambda o: (OWNERS.index(o) if o in OWNERS else len(OWNERS), o))
    return tuple(
        OwnerLine(
            owner=term(words, "owner", owner),
            counts=tuple(count(words, "breaks", counted.get((owner, a), 0)) for a in ages),
            total=count(words, "breaks", sum(n for (o, _), n in counted.items() if o == owner)),
        )
        for owner in owners
    )


def _history(words: Words, result: RunResult, breaks: pl.DataFrame, previous: pl.DataFrame | None) -> tuple[HistoryPoint, ...]:
    links, records = _linked_and_records(result.counts)
    here = HistoryPoint(
        result.run_id,
        result.finished_at,
        words.moment(result.finished_at),
        breaks.height,
        2 * links / records if records else None,
    )
    if previous is None or not {"run_id", "started_at", "summary"} <= set(previous.columns):
        return (here,)
    earlier = (
        previous.filter((pl.col("run_id") != result.run_id) & (pl.col("started_at") < result.started_at))
        .sort("started_at")
        .tail(_RUNS_SHOWN - 1)
    )
    points = [
        HistoryPoint(run_id, at, words.moment(at), int(figures["breaks"]), figures.get("match_rate"))
        for run_id, at, summary in earlier.select("run_id", "started_at", "summary").iter_rows()
        if isinstance((figures := _figures(summary)).get("breaks"), int)
    ]
    return (*points, here)


def _figures(summary: object) -> dict[str, Any]:
    """What `summary_of` gave, as the ledger keeps it: JSON text or a mapping; empty for a run that did not end."""
    if isinstance(summary, str):
        try:
            summary = json.loads(summary)
        except ValueError:
            return {}
    return dict(summary) if isinstance(summary, Mapping) else {}
