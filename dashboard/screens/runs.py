"""All runs: start one, see what each found, and look at an earlier one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from dashboard import data, parts
from dashboard.parts import Here
from reports.details import break_lines
from reports.marking import shorten
from reports.model import Term

_LISTED = 50
"""Runs, and fixed breaks, that are listed."""


def draw(here: Here) -> None:
    """The whole page."""
    parts.heading(here, "runs")
    if here.run_id is None:
        parts.no_run(here)
        _all(here)
        parts.address()
        return
    _start(here)
    _this(here, here.run_id)
    _all(here)
    parts.address()


def _start(here: Here) -> None:
    if parts.job_status(here):
        return
    barred = parts.barred(here, "run")
    st.button(
        here.screen.say("run.start"),
        type="primary",
        icon=":material/play_arrow:",
        disabled=bool(barred),
        on_click=parts.start_run,
        args=(here,),
        key="start run",
    )
    parts.reasons(barred)
    job = parts.ended(here, "run.running")
    if job and not job.error and job.result.run_id == here.runs[0]:
        found = data.view(here.project, job.result.run_id, here.screen.language).headline.open
        said = here.screen.say("run.done", breaks=here.screen.count("breaks", int(found.value or 0)))
        st.success(parts.plain_markdown(said), icon=":material/check_circle:")


def _this(here: Here, run_id: str) -> None:
    """One run: what is new, what came back, what is fixed, and its notes."""
    say, view = here.screen.say, here.view()
    parts.subheading(say("run.this"))
    st.session_state["chosen run"] = run_id
    parts.choice(st.selectbox, "chosen run", say("run.choose"), _moments(here), then=parts.look_at)
    headline = view.headline
    parts.cards(
        [
            (say("word.open_breaks"), headline.open.text, headline.change.text if headline.change.value is not None else "", ""),
            (say("word.new"), headline.new.text, "", "calm" if headline.new.value else ""),
            (say("word.regressed"), headline.regressed.text, "", "warm" if headline.regressed.value else ""),
            (say("word.fixed"), headline.fixed.text, "", "good" if headline.fixed.value else ""),
            (say("word.duration"), view.run.duration.text, view.run.run_id, ""),
        ]
    )
    for note in view.run.notes:
        st.info(parts.plain_markdown(note), icon=":material/info:")
    with st.container(horizontal=True):
        for state, key, figure in (
            ("new", "run.new_list", headline.new),
            ("regressed", "run.regressed_list", headline.regressed),
        ):
            if figure.value:
                query = {"lang": here.screen.language, "state": state}
                st.page_link(
                    parts.page_file("mismatches"),
                    label=parts.plain_markdown(say(key)),
                    icon=":material/arrow_forward:",
                    query_params=query,
                )
    _fixed(here, run_id)


def _fixed(here: Here, run_id: str) -> None:
    fixed = data.fixed_in(here.project, run_id, _LISTED)
    if fixed.is_empty():
        return
    say, titles = here.screen.say, here.titles
    parts.subheading(say("run.fixed_list"))
    heads = [say("word.record"), say("word.entity"), say("word.kind"), say("word.field"), titles["crm"], titles["erp"]]
    rows = [
        [
            f"<b>{parts.text(line.label)}</b>",
            parts.text(line.entity.text),
            parts.text(line.kind.text),
            parts.text(line.field.text) if line.field else "",
            parts.shown(here.screen, line.crm_value),
            parts.shown(here.screen, line.erp_value),
        ]
        for line in break_lines(here.screen.language, fixed)
    ]
    st.html(parts.table(heads, rows))


def _moments(here: Here) -> dict[str, str]:
    known = dict(here.project.ledger.runs().select("run_id", "started_at").iter_rows())
    return parts.distinct({run_id: here.screen.moment(known[run_id]) if run_id in known else run_id for run_id in here.runs})


def _all(here: Here) -> None:
    say, n = here.screen.say, here.screen.number
    runs = here.project.ledger.runs(limit=_LISTED)
    if runs.is_empty():
        return
    parts.subheading(say("run.history"))
    keys = (
        "word.started",
        "run.state",
        "run.by",
        "word.compared",
        "word.match_rate",
        "word.open_breaks",
        "word.fixed",
        "word.actions",
    )
    rows = []
    for row in runs.iter_rows(named=True):
        found = _figures(row["summary"])
        state = Term(row["state"], here.screen.label("run_state", row["state"]))
        rows.append(
            [
                f'<b>{escape(here.screen.moment(row["started_at"]))}</b><div class="r-facts">{parts.text(row["run_id"])}</div>',
                parts.pill(state) + _why(found),
                parts.text(shorten(row["started_by"], 80)),
                n(found.get("records")),
                here.screen.share(found.get("match_rate")),
                *(n(found.get(key)) for key in ("breaks", "fixed", "actions")),
            ]
        )
    st.html(parts.table([say(key) for key in keys], rows, numeric=range(3, 8)))


def _why(found: Mapping[str, Any]) -> str:
    """Why a run did not come to its end."""
    return f'<div class="r-facts">{parts.text(shorten(str(found["error"])))}</div>' if found.get("error") else ""


def _figures(summary: str | None) -> dict[str, Any]:
    found = json.loads(summary) if summary else {}
    return found if isinstance(found, dict) else {}


draw(parts.here())
