"""Decide on corrections, write the approved ones, and see what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import polars as pl
import streamlit as st

from dashboard import approvals_parts as views
from dashboard import data, decide, identity, parts, results, stopping
from dashboard.decide import Cause, Decided, LastDecision, Shown
from dashboard.parts import Here
from reconcile import wiring
from reconcile.access import Person
from reconcile.errors import ReconcileError
from reconcile.plan import lasting as is_lasting
from reconcile.push import PushResult
from reconcile.results import Action, ActionKind, ActionState
from reports import refused

TABS = ("decide", "push", "results")
TIERS = ("high", "medium", "low")
ON_PAGE = 12
"""Corrections on one page."""


def draw(here: Here) -> None:
    """The whole page."""
    parts.heading(here, "approvals")
    if here.run_id is None:
        parts.no_run(here)
        parts.address()
        return
    wiring.lapse(here.project)
    counts = data.action_counts(here.project)
    _tally(here, counts)
    stopping.draw(here)
    _said()
    action = parts.linked("action")
    tab = _tab(here, counts, action)
    if tab == "push":
        _to_push(here)
    elif tab == "results":
        results.draw(here)
    else:
        _to_decide(here, action)
    parts.address(
        tab=tab if tab != "decide" else None, action=st.session_state.get("action"), cause=st.session_state.get("cause")
    )


def _tally(here: Here, counts: dict[str, int]) -> None:
    say, n = here.screen.say, here.screen.number
    attention = sum(counts.get(state, 0) for state in results.ATTENTION)
    parts.cards(
        [
            (say("tally.proposed"), n(counts.get("proposed", 0)), "", "warm" if counts.get("proposed") else ""),
            (say("tally.approved"), n(counts.get("approved", 0)), "", "calm" if counts.get("approved") else ""),
            (say("tally.verified"), n(counts.get("verified", 0)), "", "good" if counts.get("verified") else ""),
            (say("tally.attention"), n(attention), "", "bad" if attention else ""),
        ]
    )


def _tab(here: Here, counts: dict[str, int], action: str | None) -> str:
    """Which of the three parts is shown; an action that an address names is looked for where it is."""
    parts.linked("tab")
    if action and st.session_state["arrived"] and (found := here.project.ledger.actions(ids=[action])):
        places = {ActionState.PROPOSED: "decide", ActionState.APPROVED: "push"}
        st.session_state["tab"] = places.get(found[0].state, "results")
    numbers = {
        "decide": counts.get("proposed", 0),
        "push": counts.get("approved", 0),
        "results": sum(counts.get(state, 0) for state in results.SETTLED),
    }
    labels = {tab: f"{here.screen.say(f'approve.{tab}')} ({here.screen.number(numbers[tab])})" for tab in TABS}
    return parts.choice(st.segmented_control, "tab", " ", labels, required=True, label_visibility="collapsed")


def _said() -> None:
    """What the last click did."""
    kind, message = st.session_state.pop("approvals said", (None, ""))
    if kind:
        (st.success if kind == "good" else st.warning)(parts.plain_markdown(message))


# To decide


def _to_decide(here: Here, action: str | None) -> None:
    say = here.screen.say
    proposed = data.outline(here.project, [ActionState.PROPOSED])
    if proposed.is_empty():
        parts.empty(say("approve.nothing"))
        return
    at_risk = proposed.filter(pl.col("tier") == tier) if (tier := _tier(here, proposed)) else proposed
    grouped = {cause.code: (cause, members) for cause, members in decide.causes(at_risk).items()}
    left, right = st.columns([3, 8], gap="medium")
    with left:
        cause, members = grouped[_choose_cause(here, grouped, action)]
    with right:
        _cause(here, cause, members, action)


def _tier(here: Here, proposed: pl.DataFrame) -> str:
    """The risk that the queue is narrowed to; empty for all."""
    if st.session_state.get("action") and st.session_state["arrived"]:
        st.session_state["tier"] = ""
    counted = dict(proposed.group_by("tier").len().iter_rows())
    names = {"": here.screen.say("filter.all"), **{tier: here.screen.label("tier", tier) for tier in TIERS if counted.get(tier)}}
    labels = {tier: f"{name} ({here.screen.number(counted[tier] if tier else proposed.height)})" for tier, name in names.items()}
    return parts.choice(st.pills, "tier", here.screen.say("word.tier"), labels, required=True)


def _choose_cause(here: Here, grouped: dict[str, tuple[Cause, pl.DataFrame]], action: str | None) -> str:
    parts.linked("cause")
    if action and st.session_state["arrived"]:
        holding = (code for code, (_, members) in grouped.items() if members["id"].eq(action).any())
        st.session_state["cause"] = next(holding, None)
    labels = views.cause_labels(here, [cause for cause, _ in grouped.values()])
    captions = [views.cause_caption(here, cause, members) for cause, members in grouped.values()]
    with st.container(height=640, border=True):
        return parts.choice(st.radio, "cause", here.screen.say("approve.causes"), labels, captions=captions)


def _cause(here: Here, cause: Cause, members: pl.DataFrame, action: str | None) -> None:
    say = here.screen.say
    members = members.sort(pl.col("id") != (action or ""), maintain_order=True)
    title = f"{here.screen.label('entity', cause.entity)} · {views.cause_name(here, cause)}"
    st.markdown(f"#### {parts.plain_markdown(title)}")
    first = data.in_order(here.project, members["id"].head(1).to_list())
    clause = "".join(parts.text(one.clause) for one in first)
    st.html(f'<div class="r-facts">{here.screen.fact(escape(say("word.clause")), f"<b>{clause}</b>")}</div>')
    if cause.kind is ActionKind.REVIEW:
        st.info(parts.plain_markdown(say("approve.review_note")), icon=":material/person_search:")
    selected = members.filter(pl.col("id").is_in(list(views.ticked())))
    _decision(here, cause, decide.shown_of(members), decide.shown_of(selected))
    page = views.turn_page(here, members.height, ON_PAGE, cause.code)
    shown = data.in_order(here.project, members["id"].slice(page * ON_PAGE, ON_PAGE).to_list())
    _tick_all(here, shown)
    approvals = views.approvals_of(here, shown)
    for member in shown:
        views.tickable(here, member, approvals.get(member.id, ""))


def _tick_all(here: Here, shown: list[Action]) -> None:
    ids = {action.id for action in shown}
    everything = ids <= views.ticked()
    st.button(
        here.screen.say("approve.select_page", n=here.screen.number(len(shown))),
        on_click=(views.ticked().difference_update if everything else views.ticked().update),
        args=(ids,),
        icon=":material/check_box:" if everything else ":material/check_box_outline_blank:",
        type="tertiary",
        key="tick all",
    )


def _decision(here: Here, cause: Cause, members: Shown, selected: Shown) -> None:
    """Name, comment and the buttons; what they decide on is bound when they are drawn, so it is what was shown."""
    say, n = here.screen.say, here.screen.number
    with st.container(border=True):
        left, right = st.columns(2)
        with left:
            by = parts.who(here, "who decides")
        no_approving, no_rejecting = parts.barred(here, "approve"), parts.barred(here, "reject")
        comment = right.text_input(say("approve.comment"), key="comment", placeholder=say("approve.comment_hint"), max_chars=500)
        sure = len(members) == 1
        pushable = cause.kind is not ActionKind.REVIEW
        if pushable and len(members) > 1:
            sure = st.checkbox(say("approve.sure_all", n=n(len(members))), key=f"sure {cause.code} {len(members)}")
        with st.container(horizontal=True):
            if pushable:
                st.button(
                    say("approve.selected", n=n(len(selected))),
                    type="primary",
                    disabled=not selected or not by or bool(no_approving),
                    on_click=_decide,
                    args=(here, True, selected, by, comment),
                    key="approve selected",
                )
                if len(members) > 1:
                    st.button(
                        say("approve.all", n=n(len(members))),
                        disabled=not sure or not by or bool(no_approving),
                        on_click=_decide,
                        args=(here, True, members, by, comment),
                        key="approve all",
                    )
            st.button(
                say("approve.reject_selected", n=n(len(selected))),
                disabled=not selected or not by or bool(no_rejecting),
                on_click=_decide,
                args=(here, False, selected, by, comment),
                key="reject selected",
            )
        if not by:
            st.caption(parts.plain_markdown(say("approve.need_name")))
        parts.reasons(no_approving if pushable else "", no_rejecting)


def _decide(here: Here, yes: bool, shown: Shown, by: str, comment: str) -> None:
    """What was shown is decided on by whoever is signed in now, under the rules as they now are."""
    last = st.session_state.setdefault("last decision", LastDecision())
    decision = decide.approve_shown if yes else decide.reject_shown
    try:
        project, person = identity.acting(here.project, by)
        decided = decision(project, shown, person, comment)
    except ReconcileError as error:
        st.session_state["approvals said"] = ("bad", refused.said(here.screen, error))
        return
    clicked = (yes, frozenset(shown))
    if decided.changed or last.clicked != clicked:  # the second half of a double click says nothing new
        good = "good" if decided.changed or decided.waiting else "bad"
        last.said = (good, _sentence(here, yes, decided, person))
    last.clicked = clicked
    st.session_state["approvals said"] = last.said
    st.session_state["action"] = None


def _sentence(here: Here, yes: bool, decided: Decided, by: Person | str) -> str:
    say, count = here.screen.say, here.screen.count
    key, who = "approve.done" if yes else "approve.rejected", by.name if isinstance(by, Person) else by
    sentences = [say(key, actions=count("actions", decided.changed), who=who)] if decided.changed else []
    if decided.waiting:
        sentences.append(say("approve.waiting", actions=count("actions", decided.waiting), who=who))
    if not sentences and not decided.left:
        sentences.append(say("approve.none_changed"))
    if decided.moved and decided.changed:
        sentences.append(say("approve.moved", actions=count("actions", decided.moved)))
    sentences += [
        say("approve.left", actions=count("actions", number), why=refused.said(here.screen, why))
        for why, number in decided.left.items()
    ]
    return " ".join(sentences)


# To write


def _to_push(here: Here) -> None:
    say = here.screen.say
    if parts.job_status(here):
        return
    _push_ended(here)
    approved = data.outline(here.project, [ActionState.APPROVED], parts=True)
    if approved.is_empty():
        parts.empty(say("approve.nothing_to_push"))
        return
    _push_panel(here, approved)
    parts.subheading(say("push.targets"))
    st.html(views.targets_table(here, approved))
    page = views.turn_page(here, approved.height, ON_PAGE, "approved")
    st.html(views.actions_table(here, data.in_order(here.project, approved["id"].slice(page * ON_PAGE, ON_PAGE).to_list())))


def _push_panel(here: Here, approved: pl.DataFrame) -> None:
    """Try, then write; the second button wakes up only after a trial of exactly these corrections."""
    say, count = here.screen.say, here.screen.count
    ids = tuple(approved["id"].sort())
    trial = decide.tried(here.desk, ids)
    writable = decide.after_trial(trial.result, approved)[0] if trial else len(ids)
    over = trial.result.over_limits if trial else ()
    with st.container(border=True):
        left, _ = st.columns(2)
        with left:
            by = parts.who(here, "who writes")
        no_pushing, no_rejecting = parts.barred(here, "push"), parts.barred(here, "reject")
        meant = _beyond_limits(here, ids, over) if over else True
        with st.container(horizontal=True):
            trying = (here, ids, by)
            st.button(
                say("push.dry_run"),
                on_click=_try,
                args=trying,
                disabled=not by or bool(no_pushing),
                icon=":material/science:",
                key="dry run",
            )
            st.button(
                say("push.write", actions=count("actions", writable)),
                type="primary",
                disabled=not by or trial is None or not writable or not meant or bool(no_pushing),
                on_click=_write,
                args=(here, ids, by, bool(over)),
                icon=":material/send:",
                key="push",
            )
            rejecting = (here, False, decide.shown_of(approved), by, "")
            label = say("push.reject", n=here.screen.number(len(ids)))
            barred = not by or bool(no_rejecting)
            st.button(label, type="tertiary", disabled=barred, on_click=_decide, args=rejecting, key="reject approved")
        parts.reasons(no_pushing, no_rejecting)
        if trial:
            _trial(here, trial.result, approved)
        else:
            st.caption(parts.plain_markdown(say("approve.need_name") if not by else say("push.need_dry")))


def _try(here: Here, ids: tuple[str, ...], by: str) -> None:
    st.session_state["watching"] = True
    try:
        project, person = identity.acting(here.project, by)
        wiring.allowed(project, person or None, "push")
        decide.start_trial(here.desk, project, ids, person)
    except ReconcileError as error:
        st.session_state["approvals said"] = ("bad", refused.said(here.screen, error))


def _beyond_limits(here: Here, ids: tuple[str, ...], over: Sequence[str]) -> bool:
    """Which limits a push of these would end at, and whether that many is meant; asked anew for other corrections."""
    say = here.screen.say
    st.warning(
        parts.plain_markdown(say("push.over_limits", limits="; ".join(refused.said(here.screen, each) for each in over))),
        icon=":material/speed:",
    )
    return st.checkbox(say("push.beyond_limits"), key=f"beyond limits {hash((ids, tuple(over)))}")


def _write(here: Here, ids: tuple[str, ...], by: str, beyond_limits: bool) -> None:
    st.session_state["watching"] = True
    try:
        project, person = identity.acting(here.project, by)
        wiring.allowed(project, person, "push")
        started = decide.start_push(here.desk, project, ids, person, beyond_limits=beyond_limits)
    except ReconcileError as error:
        st.session_state["approvals said"] = ("bad", refused.said(here.screen, error))
        return
    if not started and not here.desk.busy:
        st.session_state["approvals said"] = ("bad", here.screen.say("push.again"))


def _trial(here: Here, result: PushResult, approved: pl.DataFrame) -> None:
    """What the trial found: how many would be written, and why others would not."""
    say, count = here.screen.say, here.screen.count
    writable, others = decide.after_trial(result, approved)
    st.success(parts.plain_markdown(say("push.dry_done", planned=count("actions", writable))), icon=":material/science:")
    entities = here.project.config.entities
    waiting = [action for action in result.actions if action.state is ActionState.APPROVED]
    if lasting := sum(is_lasting(action, entities.get(action.entity)) for action in waiting):
        st.warning(parts.plain_markdown(say("push.lasting", actions=count("actions", lasting))), icon=":material/lock_clock:")
    if others:
        st.warning(parts.plain_markdown(say("push.would_not", actions=count("actions", len(others)))), icon=":material/info:")
        st.html(views.actions_table(here, others[:ON_PAGE], outcome=True))


def _push_ended(here: Here) -> None:
    say, count = here.screen.say, here.screen.count
    parts.ended(here, decide.TRY)
    job = parts.ended(here, decide.WRITE)
    if job is None or job.error:
        return
    result = job.result
    left = result.planned - result.verified
    st.success(parts.plain_markdown(say("push.finished", verified=count("actions", result.verified))), icon=":material/verified:")
    if result.stopped:
        ended = say("push.ended_early", left=count("actions", result.left), why=refused.said(here.screen, result.stopped))
        st.error(parts.plain_markdown(ended), icon=":material/front_hand:")
    if left > 0:
        st.warning(parts.plain_markdown(say("push.not_all", left=count("actions", left))))
    if result.actions:
        first = sorted(result.actions, key=lambda action: action.state is ActionState.VERIFIED)
        st.html(views.actions_table(here, first[:ON_PAGE], outcome=True))


draw(parts.here())
