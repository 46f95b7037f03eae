"""What people ask for from a page: a link, an unlinking, a deactivation, a merge, or that two records are not the same.

It is proposed under the name of whoever is signed in, and decided like any other correction; nothing is written by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl
import streamlit as st

from dashboard import data, identity, parts
from dashboard.parts import Here
from reconcile import proposing, wiring
from reconcile.access import Rules
from reconcile.access.rules import CANDIDATES
from reconcile.config.access import Operation
from reconcile.errors import ReconcileError
from reconcile.proposing import Asked
from reconcile.records import Role
from reconcile.results import Action, ActionState, BreakKind
from reports import refused
from reports.evidence import problem_lines
from reports.marking import shorten, side_by_side

_DUPLICATES = {BreakKind.DUPLICATE_IN_CRM.value: Role.CRM, BreakKind.DUPLICATE_IN_ERP.value: Role.ERP}
_NAMES = 6
"""So many of those who may approve are named."""
_SAID = "asked said"


@dataclass(frozen=True)
class Wish:
    """What somebody asks for. `keys` are the CRM's and the ERP's; of a merge the one that stays and the one that goes."""

    kind: Literal["link", "unlink", "different", "deactivate", "merge"]
    entity: str
    keys: tuple[str, ...]
    role: Role | None = None
    """The side of a deactivation or a merge."""


def of_break(here: Here, run_id: str, row: Mapping[str, str | None]) -> None:
    """What can be asked for at a break: a candidate is linked or called different, a duplicate is merged."""
    entity, kind = str(row["entity"]), str(row["kind"])
    with st.container():
        _result(here, _place(row["fingerprint"]))
    if kind == BreakKind.CANDIDATE and row["crm_key"] and row["erp_key"]:
        keys = (row["crm_key"], row["erp_key"])
        wishes = [("propose", Wish("link", entity, keys)), ("reject", Wish("different", entity, keys))]
        offered = [wish for operation, wish in wishes if _may(here, operation, entity)]  # type: ignore[arg-type]  # literals
        if offered:
            with st.container(border=True):
                st.markdown(f"**{parts.plain_markdown(here.screen.say('ask.candidate'))}**")
                _form(here, offered, _place(row["fingerprint"]))
    role = _DUPLICATES.get(kind)
    goes, stays = (row[f"{role}_key"], row[f"{role}_value"]) if role else (None, None)
    if role and goes and stays:
        with st.container(border=True):
            st.markdown(f"**{parts.plain_markdown(here.screen.say('ask.duplicate', system=here.titles[role]))}**")
            wish = _merge(here, run_id, entity, role, (stays, goes), _place(row["fingerprint"]))
            if _may(here, "propose", entity, role):
                _form(here, [wish], _place(row["fingerprint"]))


def of_record(here: Here, entity: str, crm_key: str | None, erp_key: str | None, place: str) -> None:
    """What can be asked for at the history of a record; nothing is shown to whoever may not propose."""
    with st.container():  # always there, so that what stands below keeps its place, and stays open
        _result(here, place)
    if entity not in here.project.config.entities or not _may(here, "propose", entity):
        return
    keys = {Role.CRM: crm_key, Role.ERP: erp_key}
    linked = {role: here.project.ledger.counterparts(entity, role, [key]).get(key) for role, key in keys.items() if key}
    for role, counterpart in linked.items():
        keys[role.other] = keys[role.other] or counterpart
    is_pair = bool(crm_key or erp_key) and all(keys[role.other] == counterpart for role, counterpart in linked.items())
    spec = here.project.config.entities[entity]
    closable = [role for role, source in ((Role.CRM, spec.crm), (Role.ERP, spec.erp)) if role in linked and source.inactive]
    kinds = ["unlink" if is_pair else "" if any(linked.values()) else "link"]
    kinds += [f"{kind} {role}" for kind in ("deactivate", "merge") for role in closable]
    offered = [kind for kind in kinds if kind]
    if not offered:
        return
    with st.expander(here.screen.say("ask.heading"), icon=":material/edit_note:"):
        names = {code: _offer(here, code) for code in offered}
        chosen = parts.choice(st.selectbox, f"{place} what", here.screen.say("ask.what"), names)
        wish = _wish(here, chosen, entity, keys, place)
        _form(here, [wish] if wish else [], place)


def _offer(here: Here, code: str) -> str:
    kind, _, role = code.partition(" ")
    return here.screen.say(f"ask.offer_{kind}", system=here.titles[role] if role else "")


def _wish(here: Here, chosen: str, entity: str, keys: Mapping[Role, str | None], place: str) -> Wish | None:
    """What is chosen, once the other record's key is given where one is needed."""
    kind, _, side = chosen.partition(" ")
    if kind == "unlink":
        return Wish("unlink", entity, (str(keys[Role.CRM]), str(keys[Role.ERP])))
    if kind == "link":
        given = {role: key or _other_key(here, role, place) for role, key in keys.items()}
        return Wish("link", entity, (given[Role.CRM], given[Role.ERP])) if all(given.values()) else None
    role = Role(side)
    own = str(keys[role])
    if kind == "deactivate":
        return Wish("deactivate", entity, (own,), role)
    other = _other_key(here, role, place)
    return _merge(here, here.run_id or "", entity, role, (own, other), place) if other else None


def _other_key(here: Here, role: Role, place: str) -> str:
    label = here.screen.say("ask.other_key", system=here.titles[role])
    return st.text_input(label, key=f"{place} other {role}", max_chars=200).strip()


# Two records of one side


def _merge(here: Here, run_id: str, entity: str, role: Role, keys: tuple[str, str], place: str) -> Wish:
    """Both records side by side, and which of them stays; the first one unless somebody chooses."""
    stays = parts.choice(
        st.radio,
        f"{place} stays {keys[1]}",
        here.screen.say("ask.stays"),
        parts.distinct({key: parts.plain_markdown(shorten(key, 60)) for key in dict.fromkeys(keys)}),
        horizontal=True,
    )
    goes = next((key for key in keys if key != stays), stays)
    records = [data.one_record(here.project, run_id, entity, role, key) for key in (stays, goes)]
    if any(record is not None for record in records):
        st.html(_side_by_side(here, (stays, goes), records))
    return Wish("merge", entity, (stays, goes), role)


def _side_by_side(
    here: Here, keys: tuple[str, str], records: Sequence[Mapping[str, tuple[str | None, str | None]] | None]
) -> str:
    left, right = (record or {} for record in records)
    rows, classes = [], []
    for field in dict.fromkeys([*left, *right]):
        (one, raw_one), (other, raw_other) = left.get(field, (None, None)), right.get(field, (None, None))
        if raw_one is None and raw_other is None:
            continue
        marked = side_by_side(raw_one, raw_other)
        name = parts.text(here.screen.label("field", field))
        rows.append([name, *(parts.shown(here.screen, value) for value in marked)])
        classes.append("differs" if one != other else "")
    heads = [here.screen.say(f"ask.{word}", record=shorten(key, 60)) for word, key in zip(("kept", "closed"), keys, strict=True)]
    return parts.table([here.screen.say("word.field"), *heads], rows, classes=classes, sides=True)


# Asking, and what came of it


def _place(fingerprint: str | None) -> str:
    return f"ask {fingerprint}"


def _may(here: Here, operation: Operation, entity: str, role: Role | None = None) -> bool:
    """Whether whoever is signed in may ask for this of an entity, on a side of it; the gate asks again."""
    if identity.barred(here.project, here.person, operation):
        return False
    if here.person is None or operation == "reject":
        return True
    rows = [{"entity": entity, "target": side.value} for side in ([role] if role else Role)]
    frame = pl.DataFrame(rows, schema_overrides=CANDIDATES).select(
        pl.col(name) if name in rows[0] else pl.lit(None, dtype).alias(name) for name, dtype in CANDIDATES.items()
    )
    return bool((Rules.of(here.project.config).objections(here.person, operation, frame) == "").any())


def _form(here: Here, wishes: list[Wish], place: str) -> None:
    """Who asks and why, and a button for each wish."""
    left, right = st.columns(2)
    with left:
        by = parts.who(here, f"{place} who")
    say = here.screen.say
    right.text_input(say("ask.reason"), key=f"{place} reason", placeholder=say("approve.comment_hint"), max_chars=500)
    with st.container(horizontal=True):
        for wish in wishes:
            st.button(
                say(f"ask.button_{wish.kind}"),
                disabled=not by,
                type="secondary" if wish.kind == "different" else "primary",
                on_click=_ask,
                args=(here, wish, by, place),
                key=f"{place} {wish.kind}",
            )
        if not wishes:
            st.button(say("ask.button_none"), disabled=True, key=f"{place} nothing")
    st.caption(parts.plain_markdown(say("ask.note") if by else say("approve.need_name")))


def _ask(here: Here, wish: Wish, by: str, place: str) -> None:
    """Propose it under the rules as they now are; what came of it is said where it was asked for."""
    comment = str(st.session_state.get(f"{place} reason") or "").strip()
    try:
        project, person = identity.acting(here.project, by)
        if wish.kind == "different":
            done = wiring.call_different(project, wish.entity, *wish.keys, by=person, comment=comment)
            noted = bool(done.changed) or not done.left  # the second half of a double click says the same
            said: tuple[str, str, str] = ("good" if noted else "bad", _rejected(here, noted=noted), "")
        elif wish.kind == "link" and (open_links := wiring.open_links(project, wish.entity, *wish.keys)):
            said = _stands(here, open_links[0], open_links[0].state)
        else:
            asked = wiring.propose(project, lambda a: _proposed(a, wish), by=person, comment=comment)
            said = _told(here, asked)
    except ReconcileError as error:
        said = ("bad", refused.said(here.screen, error), "")
    st.session_state[_SAID] = (place, *said)


def _proposed(asked: Asked, wish: Wish) -> tuple[Action, ...]:
    if wish.kind == "merge" and wish.role:
        return proposing.merge(asked, wish.entity, wish.role, *wish.keys)
    if wish.kind == "deactivate" and wish.role:
        return proposing.deactivate(asked, wish.entity, wish.role, wish.keys[0])
    return (proposing.unlink if wish.kind == "unlink" else proposing.link)(asked, wish.entity, *wish.keys)


def _rejected(here: Here, *, noted: bool) -> str:
    return here.screen.say("ask.different_noted") if noted else here.screen.say("approve.none_changed")


def _name(here: Here, action: Action) -> str:
    return f"{here.screen.label('action', action.kind.value)} · {action.label or action.target_key or ''}"


def _stands(here: Here, action: Action, state: ActionState) -> tuple[str, str, str]:
    """That this was asked for before."""
    said = here.screen.say("ask.stands", what=_name(here, action), state=here.screen.label("action_state", state.value))
    return "bad", said, action.id


def _told(here: Here, asked: wiring.Proposal) -> tuple[str, str, str]:
    """What was proposed, and who must approve it."""
    say, count, whole = here.screen.say, here.screen.count, asked.whole
    if whole.id in asked.standing:
        return _stands(here, whole, asked.standing[whole.id])
    joined = "" if here.screen.language == "zh" else " "
    said = [say("ask.proposed", what=_name(here, whole), actions=count("actions", len(asked.actions)))]
    if problems := problem_lines(here.screen, whole):
        said.append(say("ask.problem", why=" ".join(problems)))
        return "bad", joined.join(said), whole.id
    said.append(say("ask.needed", people=count("people", asked.needed)))
    if asked.approvers:
        more = say("ask.and_others") if len(asked.approvers) > _NAMES else ""
        said.append(say("ask.approvers", names=say("say.list_comma").join(asked.approvers[:_NAMES]) + more))
    access = here.project.config.access
    if access is not None and not access.claims and len(asked.approvers) < asked.needed:
        said.append(say("ask.too_few"))
    return "good", joined.join(said), whole.id


def _result(here: Here, place: str) -> None:
    """What came of the last thing that was asked for here, with the way to it."""
    kept: tuple[str, str, str, str] = st.session_state.get(_SAID, ("", "", "", ""))
    if kept[0] != place:
        return
    del st.session_state[_SAID]
    _, kind, message, action = kept
    (st.success if kind == "good" else st.warning)(parts.plain_markdown(message))
    if action:
        st.page_link(
            parts.page_file("approvals"),
            label=parts.plain_markdown(here.screen.say("ask.see")),
            icon=":material/task_alt:",
            query_params={"lang": here.screen.language, "action": action},
        )
