"""What people say of breaks on a page: that they know of them, that they may stay for a time, who looks after them.

It is noted under the name of whoever is signed in, by the rules that also hold on the command line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import streamlit as st

from dashboard import data, identity, parts
from dashboard.parts import Here
from reconcile.config.access import Operation
from reconcile.errors import ReconcileError
from reconcile.ledger.lives import Ruled, Wanted
from reconcile.wiring import settling
from reports import refused

_OFFERED: tuple[tuple[str, Operation], ...] = (
    ("acknowledge", "assign"),
    ("accept", "accept"),
    ("assign", "assign"),
    ("reopen", "assign"),
)
_DAYS = 30
"""So long an acceptance lasts, unless somebody says otherwise."""
_SAID = "settle said"


def switch(here: Here, run_id: str, fingerprint: str) -> None:
    """The same for one break, once somebody asks for it; what came of it is always said."""
    with st.container():
        _result()
    if st.toggle(here.screen.say("settle.switch"), key=f"settle {fingerprint}"):
        panel(here, run_id, [fingerprint])


def panel(here: Here, run_id: str, fingerprints: Sequence[str]) -> None:
    """What can be said of these breaks; of an older run only that this is done on the latest."""
    with st.container():  # always there, so that what stands below keeps its place
        _result()
    say = here.screen.say
    if not fingerprints:
        return
    if not data.is_latest(here.project, run_id):
        st.caption(parts.plain_markdown(say("settle.old_run")))
        return
    offered = {what: say(f"settle.{what}") for what, operation in _OFFERED if not _barred(here, operation)}
    if not offered:
        return
    with st.container(border=True):
        st.markdown(f"**{parts.plain_markdown(say('settle.heading', breaks=here.screen.count('breaks', len(fingerprints))))}**")
        what = parts.choice(st.radio, "settle what", say("settle.what"), offered, horizontal=True)
        _form(here, run_id, what, tuple(fingerprints))


def _barred(here: Here, operation: Operation) -> bool:
    return bool(identity.barred(here.project, here.person, operation))


def _form(here: Here, run_id: str, what: str, fingerprints: tuple[str, ...]) -> None:
    say = here.screen.say
    left, right = st.columns(2)
    with left:
        by = parts.who(here, "settle who")
    ready = bool(by)
    if what == "accept":
        today = dt.datetime.now(dt.UTC).date()
        left.date_input(say("settle.until"), today + dt.timedelta(days=_DAYS), min_value=today, key="settle until")
    if what == "assign":
        to = right.text_input(say("settle.to"), key="settle to", max_chars=200)
        ready = ready and bool(to.strip())
    else:
        reason = right.text_input(say("settle.reason"), key="settle reason", max_chars=500)
        ready = ready and (what != "accept" or bool(reason.strip()))
    button = say(f"settle.button_{what}")
    st.button(
        button,
        disabled=not ready,
        type="primary",
        on_click=_note,
        args=(here, run_id, what, fingerprints, by),
        key="settle button",
    )
    st.caption(parts.plain_markdown(say(f"settle.note_{what}")))


def _note(here: Here, run_id: str, what: str, fingerprints: tuple[str, ...], by: str) -> None:
    """Say it under the rules as they now are, of the values that were shown; what came of it is said above the form."""
    if not data.is_latest(here.project, run_id):  # a run has come in between, and may have seen other values
        st.session_state[_SAID] = ("bad", here.screen.say("settle.old_run"))
        return
    wanted, state = Wanted(states=None, fingerprints=fingerprints), st.session_state
    reason, to = (str(state.get(f"settle {name}") or "").strip() for name in ("reason", "to"))
    try:
        project, person = identity.acting(here.project, by)
        if what == "acknowledge":
            done = settling.acknowledge(project, wanted, by=person, reason=reason)
        elif what == "accept":
            done = settling.accept(project, wanted, until=state["settle until"], reason=reason, by=person)
        elif what == "assign":
            done = settling.assign(project, wanted, to=to, by=person)
        else:
            done = settling.reopen(project, wanted, by=person, reason=reason)
        state[_SAID] = ("good" if done.changed else "bad", _told(here, done))
    except ReconcileError as error:
        state[_SAID] = ("bad", refused.said(here.screen, error))


def _told(here: Here, done: Ruled) -> str:
    say, count = here.screen.say, here.screen.count
    said = [say("say.noted", breaks=count("breaks", done.changed))]
    said += [say("say.left", breaks=count("breaks", n), why=refused.said(here.screen, why)) for why, n in done.left.items()]
    return ("" if here.screen.language == "zh" else " ").join(said)


def _result() -> None:
    kind, message = st.session_state.pop(_SAID, ("", ""))
    if message:
        (st.success if kind == "good" else st.warning)(parts.plain_markdown(message))
