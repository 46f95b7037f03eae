"""The page before all others, where people sign in; and the part of the sidebar that says who is signed in.

The form goes straight to the server, so that no password passes through Streamlit or stays in a page's memory.
"""

from __future__ import annotations

from html import escape

import streamlit as st
from streamlit.errors import StreamlitAuthError

from dashboard import identity, parts
from dashboard.words import LANGUAGE_NAMES, Screen
from reconcile.access import Person
from reconcile.config.access import Access
from reconcile.errors import ReconcileError
from reconcile.wiring import Project

REFUSED = "refused"
"""The parameter of the address after a sign-in that failed."""
ADDRESS = "/session"
"""Where the form is sent."""
PRODUCT = "Reconcile"
_NO_SIDEBAR = '<style>[data-testid="stSidebar"], [data-testid="stExpandSidebarButton"] { display: none; }</style>'
"""One that was there before a sign-out would stay, empty."""


def draw(screen: Screen, access: Access) -> None:
    """The whole page; nothing on it comes from the project but the title of the identity provider."""
    say = screen.say
    st.html(_NO_SIDEBAR)
    with st.container(horizontal_alignment="center"), st.container(width=420):
        st.html(f'<div class="r-gate">{PRODUCT}</div>')
        st.title(parts.plain_markdown(say("enter.heading")), anchor=False)
        if st.session_state.pop("here", None):
            st.info(parts.plain_markdown(say("enter.ended")), icon=":material/logout:")
        st.session_state.pop("refusal", None)
        if not identity.SERVED:
            st.error(parts.plain_markdown(say("enter.not_served")), icon=":material/error:")
            return
        if access.sign_in != "oidc":
            refused = st.query_params.get(REFUSED) is not None
            st.html(_form(screen, refused=refused))
        if access.sign_in == "both":
            st.html(f'<div class="r-or"><span>{escape(say("enter.or"))}</span></div>')
        if access.sign_in != "local":
            _provider(screen, access)
        st.radio(
            say("frame.language"),
            list(LANGUAGE_NAMES),
            format_func=LANGUAGE_NAMES.__getitem__,
            horizontal=True,
            key="lang",
            label_visibility="collapsed",
        )
    st.query_params["lang"] = screen.language


def _form(screen: Screen, *, refused: bool) -> str:
    say = screen.say
    wrong = f'<p class="r-wrong" role="alert">{escape(say("enter.refused"))}</p>' if refused else ""
    return (
        f'<form class="r-enter" method="post" action="{ADDRESS}">{wrong}'
        f'<label>{escape(say("enter.name"))}<input name="account" type="text" autocomplete="username" required maxlength="120" '
        'autocapitalize="none" spellcheck="false"></label>'
        f'<label>{escape(say("enter.password"))}<input name="password" type="password" autocomplete="current-password" required '
        'maxlength="1024"></label>'
        f'<button type="submit">{escape(say("enter.sign_in"))}</button></form>'
    )


def _provider(screen: Screen, access: Access) -> None:
    say = screen.say
    if identity.SERVED.get("provider") != identity.provider_of(access):
        st.error(parts.plain_markdown(say("enter.restart")), icon=":material/restart_alt:")
        return
    title = access.oidc.title if access.oidc else None
    label = say("enter.with", provider=title) if title else say("enter.with_any")
    if st.button(parts.plain_markdown(label), icon=":material/login:", width="stretch", key="provider"):
        try:
            st.login()
        except StreamlitAuthError:
            st.error(parts.plain_markdown(say("enter.restart")), icon=":material/restart_alt:")


def who(screen: Screen, project: Project, person: Person) -> None:
    """Who is signed in, with their roles, and the way out."""
    say = screen.say
    roles = ", ".join(person.roles) or say("enter.no_role")
    st.html(
        f'<div class="r-who"><div class="r-sides">{escape(say("enter.signed_in"))}</div>'
        f'<div class="r-person">{parts.text(person.name)}</div><div class="r-sides">{parts.text(roles)}</div></div>'
    )
    st.button(say("enter.sign_out"), icon=":material/logout:", type="tertiary", on_click=_out, args=(project,), key="sign out")


def _out(project: Project) -> None:
    try:
        identity.leave(project)
    except ReconcileError as error:  # the session has ended all the same
        parts.refuse(error)
