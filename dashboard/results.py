"""What became of corrections, one record's history, and the way back: an undo is proposed here, then decided like any other.

Apart from the approvals page, which decides and writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard import approvals_parts as views
from dashboard import data, identity, parts, record_history
from dashboard.parts import Here
from reconcile import wiring
from reconcile.errors import ReconcileError
from reconcile.plan import Reversal
from reconcile.results import Action, ActionState
from reports import refused

ATTENTION = (ActionState.REFUSED, ActionState.CONFLICT, ActionState.LAPSED, ActionState.UNKNOWN, ActionState.UNVERIFIED)
SETTLED = (ActionState.PUSHING, *ATTENTION, ActionState.VERIFIED, ActionState.UNDONE, ActionState.REJECTED)
_ON_PAGE = 12
"""Corrections on one page."""
_REASONS = 3
"""So many reasons why something can't be undone are said."""


def draw(here: Here) -> None:
    """The whole part."""
    say = here.screen.say
    counts = data.action_counts(here.project)
    settled = {state: counts[state.value] for state in SETTLED if counts.get(state.value)}
    if not settled:
        parts.empty(say("approve.no_results"))
        return
    state = _state(here, settled)
    wanted = [one for one in settled if not state or one == state]
    page = views.turn_page(here, sum(settled[one] for one in wanted), _ON_PAGE, f"results {state}")
    shown = here.project.ledger.newest(wanted, _ON_PAGE, page * _ON_PAGE)
    chosen = _choose(here, shown)
    if chosen is not None:
        _undo(here, chosen)
        if chosen.parts:
            views.parts_of(here, chosen)
        record_history.of_action(here, chosen, f"history {chosen.id}")
    st.html(views.results_table(here, shown))


def _state(here: Here, settled: Mapping[ActionState, int]) -> str:
    numbers = {"": sum(settled.values()), **{state.value: number for state, number in settled.items()}}
    names = {code: here.screen.label("action_state", code) if code else here.screen.say("filter.all") for code in numbers}
    labels = {code: f"{names[code]} ({here.screen.number(number)})" for code, number in numbers.items()}
    return parts.choice(st.pills, "state of results", here.screen.say("result.filter"), labels, required=True)


def _choose(here: Here, shown: Sequence[Action]) -> Action | None:
    """One of the corrections on this page, to look at it closely."""
    label, state = here.screen.label, "action_state"
    named = {
        a.id: f"{a.label or a.target_key or a.source_key} · {label('entity', a.entity)} · {label(state, a.state)}" for a in shown
    }
    id_ = parts.choice(
        st.selectbox,
        "result chosen",
        here.screen.say("result.choose"),
        parts.distinct({"": here.screen.say("result.none"), **named}),
    )
    return next((action for action in shown if action.id == id_), None)


def _undo(here: Here, action: Action) -> None:
    """The button that proposes the way back; nothing is written by it."""
    say = here.screen.say
    if action.state is not ActionState.VERIFIED:
        return
    with st.container(border=True):
        st.markdown(f"**{parts.plain_markdown(say('undo.heading'))}**")
        st.html(views.actions_table(here, [action]))
        st.caption(parts.plain_markdown(say("undo.note")))
        left, _ = st.columns(2)
        with left:
            by = parts.who(here, "who undoes")
        barred = parts.barred(here, "undo")
        st.button(
            say("undo.propose"),
            disabled=not by or bool(barred),
            on_click=_propose,
            args=(here, action, by),
            icon=":material/undo:",
            key="propose undo",
        )
        parts.reasons(barred)


def _propose(here: Here, action: Action, by: str) -> None:
    try:
        project, person = identity.acting(here.project, by)
        found = wiring.undo(project, [action.id], by=person)
    except ReconcileError as error:
        st.session_state["approvals said"] = ("bad", refused.said(here.screen, error))
        return
    st.session_state["approvals said"] = _said(here, found)


def _said(here: Here, found: Sequence[Reversal]) -> tuple[str, str]:
    proposed = [one for one in found if one.proposal]
    if proposed:
        return "good", here.screen.say("undo.proposed", actions=here.screen.count("actions", len(proposed)))
    reasons = "; ".join(dict.fromkeys(refused.said(here.screen, one.reason) for one in found[:_REASONS]))
    return "bad", here.screen.say("undo.left", why=reasons)
