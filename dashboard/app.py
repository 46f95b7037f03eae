"""The dashboard's frame: opens the project, lists the pages, chooses language and run. The pages are in `screens`.

Start it with `reconcile dashboard`, or `streamlit run dashboard/app.py -- --config reconcile.yaml`.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import cast

import streamlit as st

from dashboard import data, identity, parts, sign_in
from dashboard.style import STYLE
from dashboard.words import LANGUAGE_NAMES, Screen
from reconcile.access import Person
from reconcile.config.models import Language
from reconcile.errors import ReconcileError
from reconcile.records import Role
from reconcile.wiring import Project
from reports.marking import shorten

ICON = Path(__file__).with_name("icon.svg")
"""In the browser's tab; a file, because Streamlit would fetch a named icon from the internet."""
ICONS = {
    "overview": ":material/dashboard:",
    "mismatches": ":material/difference:",
    "review": ":material/compare_arrows:",
    "approvals": ":material/task_alt:",
    "quality": ":material/verified:",
    "runs": ":material/history:",
}


def main() -> None:
    """One turn of the script: Streamlit calls it for every click."""
    asked = st.query_params.get("lang")
    if asked in LANGUAGE_NAMES and "lang" not in st.session_state:
        st.session_state["lang"] = asked
    file = data.config_file()
    st.set_page_config(page_title="Reconcile", page_icon=str(ICON), layout="wide", initial_sidebar_state=235)
    st.html(STYLE)
    try:
        project = data.project(file)
    except FileNotFoundError:
        screen = Screen(cast("Language", st.session_state.get("lang", "en")))
        st.error(parts.plain_markdown(screen.say("trouble.no_config", path=file.resolve())), icon=":material/error:")
        return
    except ReconcileError as error:
        parts.trouble(Screen(cast("Language", st.session_state.get("lang", "en"))), error)
        return
    st.session_state.setdefault("lang", project.config.language)
    screen = Screen(cast("Language", st.session_state["lang"]))
    try:
        access, person = project.config.access, identity.signed_in(project)
        if access is not None and person is None:
            _navigation(screen, hidden=True)
            sign_in.draw(screen, access)
            return
        st.session_state["here"] = here = _here(project, screen, person)
        page = _navigation(screen)
        _sidebar(here)
        parts.refusal()
        parts.arrive(page.url_path)
        page.run()
    except ReconcileError as error:
        parts.trouble(screen, error)


def _here(project: Project, screen: Screen, person: Person | None) -> parts.Here:
    runs = data.runs(project)
    run_id = parts.chosen_run(runs)
    return parts.Here(project, screen, data.desk(str(project.store.resolve())), runs, run_id, person)


def _navigation(screen: Screen, *, hidden: bool = False) -> st.Page:
    """The pages; hidden ones keep the address that somebody came with."""
    pages = [
        st.Page(
            parts.page_file(name), title=screen.say(f"page.{name}"), icon=ICONS[name], url_path=name, default=name == "overview"
        )
        for name in parts.PAGES
    ]
    return st.navigation(pages, position="hidden" if hidden else "sidebar")


def _sidebar(here: parts.Here) -> None:
    config = here.project.config
    with st.sidebar:
        sides = " ⇄ ".join(parts.text(here.titles[role]) for role in Role)
        st.html(f'<div class="r-brand">{parts.text(shorten(config.project, 80))}</div><div class="r-sides">{sides}</div>')
        if here.run_id:
            moment = here.screen.say("frame.run_of", moment=here.screen.moment(data.started(here.project, here.run_id)))
            st.html(f'<div class="r-sides">{escape(moment)}</div>')
        st.radio(
            here.screen.say("frame.language"),
            list(LANGUAGE_NAMES),
            format_func=LANGUAGE_NAMES.__getitem__,
            horizontal=True,
            key="lang",
        )
        if here.person:
            sign_in.who(here.screen, here.project, here.person)


main()
