"""Pairs to decide on, one at a time: those that teach most, or a random sample that measures how good the matching is."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import data, identity, parts, turns, why
from dashboard.parts import Here
from reconcile import surveyed, wiring
from reconcile.config.access import Operation
from reconcile.errors import ReconcileError
from reconcile.explained import Asked
from reports.why import name_of, why_of

_SAMPLE = 200
_ANSWERS: tuple[tuple[str, bool | None, str, Operation], ...] = (
    ("same", True, "s", "approve"),
    ("different", False, "n", "reject"),
    ("unsure", None, "u", "propose"),
)
"""Button, what it says of a pair, its key, and the right that it takes."""
_SAID, _SAID_LAST = "review said", "review said last"


def draw(here: Here) -> None:
    """The whole page."""
    parts.heading(here, "review")
    if here.run_id is None:
        parts.no_run(here)
        parts.address()
        return
    entities = [name for name, entity in here.project.config.entities.items() if entity.match.fields]
    if not entities:
        parts.empty(here.screen.say("review.no_entity"))
        parts.address()
        return
    parts.linked("entity")
    left, middle, right = st.columns([2, 2, 4], vertical_alignment="top")
    with middle:
        by = parts.who(here, "review who")
    with left:
        labels = parts.distinct({name: here.screen.label("entity", name) for name in entities})
        entity = parts.choice(st.selectbox, "entity", here.screen.say("review.entity"), labels)
    with right:
        ways = {"teach": here.screen.say("review.teach"), "measure": here.screen.say("review.measure")}
        way = parts.choice(st.radio, "review way", here.screen.say("review.which"), ways, horizontal=True)
    parts.address(entity=entity)
    if data.record_counts(here.project, here.run_id, entity) > why.MOST_RECORDS:
        st.caption(parts.plain_markdown(here.screen.say("why.large", limit=here.screen.number(why.MOST_RECORDS))))
        return
    with st.spinner(here.screen.say("why.weighing")):
        asked = data.asked(here.project, here.run_id, entity)
    said = here.project.ledger.answers.of(entity)
    _said_so_far(here, said)
    if way == "teach":
        _one(here, asked, entity, by, data.questions(here.project, here.run_id, entity))
    else:
        _measure(here, asked, entity, by, said)


def _said_so_far(here: Here, said: pl.DataFrame) -> None:
    counts = {name: said.filter(pl.col("same").eq_missing(pl.lit(value, pl.Boolean))).height for name, value, _, _ in _ANSWERS}
    if said.height:
        st.caption(parts.plain_markdown(here.screen.say("review.done", **{k: here.screen.number(n) for k, n in counts.items()})))


def _measure(here: Here, asked: Asked, entity: str, by: str, said: pl.DataFrame) -> None:
    """The sample, how far it is, and what it says."""
    say, n = here.screen.say, here.screen.number
    drawn = surveyed.begun(here.project.store, asked, entity)
    if drawn is None:
        st.caption(parts.plain_markdown(say("review.draw_help")))
        barred = parts.barred(here, "propose")
        st.button(
            say("review.draw", n=n(_SAMPLE)),
            type="primary",
            disabled=bool(barred) or not by,
            on_click=_begin,
            args=(here, entity, by),
            key="draw sample",
        )
        parts.reasons(barred, "" if by else say("approve.need_name"))
        return
    left = surveyed.still_open(asked, drawn, said)
    done = drawn.pairs.height - left.height
    st.progress(done / max(drawn.pairs.height, 1), text=say("review.progress", done=n(done), all=n(drawn.pairs.height)))
    quality = surveyed.measured(asked, drawn, said)
    shares = (("precision", quality.links), ("duplicates", quality.duplicates), ("recall", quality.recall))
    share = here.screen.share
    parts.cards(
        (
            say(f"review.{name}"),
            share(one.estimate) if one else "–",
            say("review.between", low=share(one.low), high=share(one.high), n=n(one.answered)) if one else say("review.too_few"),
            "calm",
        )
        for name, one in shares
    )
    _one(here, asked, entity, by, left)


def _begin(here: Here, entity: str, by: str) -> None:
    """Draw the sample of the run that is looked at."""
    try:
        project, person = identity.acting(here.project, by)
        wiring.allowed(project, person, "propose")
        asked = data.asked(project, here.run_id or "", entity)
        surveyed.begin(project.store, asked, entity, project.ledger.answers.of(entity), _SAMPLE)
    except ReconcileError as error:
        parts.refuse(error)


def _one(here: Here, asked: Asked, entity: str, by: str, open_: pl.DataFrame) -> None:
    """The first pair of a list: the sentence, the buttons, and then everything that speaks for it and against it."""
    say = here.screen.say
    if kept := st.session_state.pop(_SAID, ""):
        st.success(parts.plain_markdown(say(f"review.outcome_{kept}")))
    if open_.is_empty():
        parts.empty(say("review.none_left"))
        return
    crm_key, erp_key = open_["crm_key"][0], open_["erp_key"][0]
    told = asked.pair(crm_key, erp_key)
    turn = turns.turn_of(st.session_state, (entity, crm_key, erp_key)).number
    with st.container(border=True):
        name = f"{name_of(entity, told)}  ({why_of(here.screen, told).title})"
        st.markdown(f"#### {parts.plain_markdown(name)}")
        with st.container(horizontal=True, vertical_alignment="center"):
            for name, same, key, operation in _ANSWERS:
                st.button(
                    say(f"review.{name}"),
                    key=f"answer {name} {turn}",
                    shortcut=key,
                    type="primary" if same else "secondary",
                    disabled=not by or bool(parts.barred(here, operation)),
                    on_click=_answer,
                    args=(here, turn, entity, crm_key, erp_key, same, by),
                )
            st.caption(parts.plain_markdown(say("review.left", n=here.screen.number(open_.height - 1))), width="content")
        st.caption(parts.plain_markdown(say("review.keys") if by else say("approve.need_name")))
        parts.reasons(*(parts.barred(here, operation) for *_, operation in _ANSWERS))
        why.draw(here, told, "review")
    turns.drawn(st.session_state)


def _answer(here: Here, turn: int, entity: str, crm_key: str, erp_key: str, same: bool | None, by: str) -> None:
    """Keep an answer, under the rules as they now are; the second half of a double click shows once more what was said."""
    if not turns.may_answer(st.session_state, turn):
        st.session_state[_SAID] = st.session_state.get(_SAID_LAST, "")
        return
    try:
        project, person = identity.acting(here.project, by)
        outcome = wiring.answer(project, entity, crm_key, erp_key, same=same, by=person)
    except ReconcileError as error:
        parts.refuse(error)
        return
    turns.answered(st.session_state)
    st.session_state[_SAID] = st.session_state[_SAID_LAST] = outcome.value


draw(parts.here())
