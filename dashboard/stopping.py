"""The kill switch of pushes, as the approvals page shows it: who stopped them, and the button that stops or resumes.

Apart from the page, because it is there whatever the page shows, also while a push is under way.
"""

from __future__ import annotations

import streamlit as st

from dashboard import identity, parts
from dashboard.parts import Here
from reconcile.errors import ReconcileError
from reconcile.push import resume_pushes, stop_pushes


def draw(here: Here) -> None:
    """The stop that holds, if one does; and the way to set or lift it."""
    say = here.screen.say
    held = here.project.ledger.push_stop()
    if held:
        said = say("stop.held", who=held.by, when=here.screen.moment(held.at))
        why = f" {say('stop.why', comment=held.comment)}" if held.comment else ""
        st.error(parts.plain_markdown(said + why), icon=":material/front_hand:")
    with st.popover(
        say("stop.resume" if held else "stop.stop"), icon=":material/play_arrow:" if held else ":material/front_hand:"
    ):
        st.caption(parts.plain_markdown(say("stop.resume_note" if held else "stop.note")))
        by, barred = parts.who(here, "who stops"), parts.barred(here, "stop")
        comment = st.text_input(
            say("approve.comment"), key="stop comment", placeholder=say("approve.comment_hint"), max_chars=500
        )
        st.button(
            say("stop.resume" if held else "stop.stop"),
            type="primary",
            disabled=not by or bool(barred),
            on_click=_turn,
            args=(here, held is None, by, comment),
            key="resume pushes" if held else "stop pushes",
        )
        parts.reasons(barred)


def _turn(here: Here, stop: bool, by: str, comment: str) -> None:
    """Set or lift the stop; the second half of a double click finds it done."""
    try:
        project, person = identity.acting(here.project, by)
        (stop_pushes if stop else resume_pushes)(project.ledger, project.config, by=person, comment=comment)
    except ReconcileError as error:
        parts.refuse(error)
        return
    st.session_state["stop comment"] = ""
