"""What happened to one record, as a list that people read: when, who, what, and what was said.

Apart from the pages, since a difference and a correction both lead to it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape

import streamlit as st

from dashboard import asking, parts
from dashboard.parts import Here
from reconcile.records import Role
from reconcile.results import Action
from reports.evidence import agreement_lines
from reports.marking import shorten

_SAID = ("comment", "message", "reason")
"""Parts of an audit entry's detail that are meant for people."""
_MOST = 200
"""Lines; the last, which say how it stands."""


def switch(here: Here, entity: str, crm_key: str | None, erp_key: str | None, key: str) -> None:
    """A switch that opens the history of a record; it is read only when it is asked for."""
    if st.toggle(here.screen.say("history.show"), key=key):
        draw(here, entity, crm_key, erp_key)
        asking.of_record(here, entity, crm_key, erp_key, f"ask {key}")


def of_action(here: Here, action: Action, key: str) -> None:
    """The same, of the record that an action writes."""
    keys = {action.target: action.target_key, action.target.other: action.source_key}
    switch(here, action.entity, keys[Role.CRM], keys[Role.ERP], key)


def draw(here: Here, entity: str, crm_key: str | None, erp_key: str | None) -> None:
    """The history, oldest first."""
    say = here.screen.say
    found = here.project.ledger.history(entity, crm_key or None, erp_key or None).tail(_MOST)
    if found.is_empty():
        st.caption(parts.plain_markdown(say("history.none")))
        return
    rows = [
        [
            escape(here.screen.moment(row["at"])),
            f"<b>{escape(_event(here, row['event']))}</b>",
            parts.text(row["who"] or ""),
            _detail(here, row),
        ]
        for row in found.iter_rows(named=True)
    ]
    st.html(parts.table([say("result.when"), say("history.what"), say("history.who"), say("history.said")], rows))


def _event(here: Here, event: str) -> str:
    return here.screen.label("event", event) or event


def _detail(here: Here, row: Mapping[str, str | None]) -> str:
    """The field of a break; what was agreed on; of an action its id, who had moved, and what people or systems said."""
    if row["field"]:
        return parts.text(here.screen.label("field", row["field"]))
    detail = json.loads(row["detail"] or "{}")
    words = [str(detail[name]) for name in _SAID if detail.get(name)] + agreement_lines(here.screen, detail)
    subject = f'<span class="r-none">{escape(row["subject"])}</span>' if row["subject"] else ""
    return " ".join(filter(None, [subject, *(parts.text(shorten(word, 300)) for word in words)]))
