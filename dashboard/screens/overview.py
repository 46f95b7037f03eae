"""The first page: how the two systems stand, in figures, totals and charts."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard import parts
from dashboard.parts import Here
from reports.charts import CHARTS
from reports.model import EntityLine, ResidualLine, View


def draw(here: Here) -> None:
    """The whole page."""
    if here.run_id is None:
        parts.heading(here, "overview")
        parts.no_run(here)
        parts.address()
        return
    view = here.view()
    parts.heading(here, "overview")
    _figures(here, view)
    st.html("".join(f'<p class="r-say">{escape(sentence)}</p>' for sentence in view.headline.sentences))
    _notes(here, view)
    _entities(here, view)
    _charts(here, view)
    _kinds(here, view)
    _owners(here, view)
    _balances(here, view)
    parts.address()


def _balances(here: Here, view: View) -> None:
    """What must add up across documents, and what is left open of customers."""
    if view.balances is None:
        return
    say = here.screen.say
    parts.subheading(say("heading.conservation"))
    st.caption(parts.plain_markdown(say("say.conservation")))
    names = ("conservation_rule", "entity", "system", "judged", "broken", "in_flight", "not_judged")
    rows = [
        [
            f"<b>{parts.text(line.rule.text)}</b>",
            parts.text(line.entity.text),
            parts.text(line.system.text),
            *(parts.number(figure) for figure in (line.judged, line.broken, line.in_flight, line.not_judged)),
        ]
        for line in view.balances.rules
    ]
    st.html(parts.table([say(f"word.{name}") for name in names], rows, numeric=range(3, len(names))))
    if view.balances.lacking:
        st.caption(parts.plain_markdown(view.balances.lacking))
    _residuals(here, view.balances.residuals)


def _residuals(here: Here, lines: Sequence[ResidualLine]) -> None:
    if not lines:
        return
    say = here.screen.say
    parts.subheading(say("heading.residuals"))
    names = ("customer", "system", "invoiced", "credited", "paid", "unpaid", "uninvoiced")
    rows = [
        [
            f"<b>{parts.text(line.customer)}</b>",
            parts.text(line.system.text),
            *(parts.number(figure) for figure in (line.invoiced, line.credited, line.paid, line.unpaid, line.uninvoiced)),
        ]
        for line in lines
    ]
    st.html(parts.table([say(f"word.{name}") for name in names], rows, numeric=range(2, len(names))))
    st.caption(parts.plain_markdown(say("say.residuals")))


def _figures(here: Here, view: View) -> None:
    say, headline = here.screen.say, view.headline
    risk = [figure.text for figure in headline.value_at_risk]
    new = f"{here.screen.fact(say('word.new'), headline.new.text)} · {here.screen.fact(say('word.fixed'), headline.fixed.text)}"
    parts.cards(
        [
            (
                say("word.open_breaks"),
                headline.open.text,
                new,
                "warm" if headline.open.value else "good",
            ),
            (
                say("word.value_at_risk"),
                risk[0] if risk else "–",
                say("say.list_comma").join(risk[1:]),
                "bad wide" if risk else "good",
            ),
            (say("word.match_rate"), headline.match_rate.text, "", "calm"),
            (say("word.cells_equal"), headline.cells_equal.text, "", "calm"),
            (say("word.compared"), headline.records.text, "", "calm"),
            (say("word.actions"), headline.actions.text, say("tally.proposed"), "calm"),
        ]
    )


def _notes(here: Here, view: View) -> None:
    if view.run.notes:
        with st.expander(parts.plain_markdown(here.screen.say("heading.notes")), icon=":material/info:"):
            st.html("".join(f'<p class="r-say">{parts.text(note)}</p>' for note in view.run.notes))


def _entities(here: Here, view: View) -> None:
    say, titles = here.screen.say, {"crm": view.run.crm_title, "erp": view.run.erp_title}
    parts.subheading(say("heading.entities"))
    keys = (
        "crm_records",
        "erp_records",
        "links",
        "candidates",
        "only_crm",
        "only_erp",
        "in_flight",
        "match_rate",
        "cells_equal",
        "breaks",
    )
    heads = [say("word.entity"), *(say(f"word.{key}", **titles) for key in keys), say("word.value_at_risk")]
    rows = [_entity_row(line) for line in view.entities]
    st.html(parts.table(heads, rows, numeric=range(1, len(heads))))
    if any(line.in_flight.value for line in view.entities):
        st.caption(parts.plain_markdown(say("say.in_flight")))


def _entity_row(line: EntityLine) -> list[str]:
    counts = (line.crm_records, line.erp_records, line.links, line.candidates, line.only_crm, line.only_erp, line.in_flight)
    shares = (line.match_rate, line.cells_equal, line.breaks)
    return [
        f"<b>{parts.text(line.entity.text)}</b>",
        *(parts.number(figure) for figure in (*counts, *shares)),
        parts.money(line.value_at_risk),
    ]


def _charts(here: Here, view: View) -> None:
    left, right = st.columns(2, gap="medium")
    for key, chart in CHARTS.items():
        spec = chart(view)
        if not spec:
            continue
        panels = "vconcat" in spec  # several small charts above each other: as tall as the others together
        with right if panels else left, st.container(border=True):
            st.markdown(f"**{parts.plain_markdown(here.screen.say(key))}**")
            st.vega_lite_chart(spec, width="content" if panels else "stretch", theme=None, key=key)


def _kinds(here: Here, view: View) -> None:
    if not view.kinds:
        return
    say = here.screen.say
    parts.subheading(say("heading.kinds"))
    heads = [say("word.kind"), *(term.text for term in view.entity_terms), say("word.total"), say("word.value_at_risk")]
    rows = [
        [
            f"<b>{parts.text(line.kind.text)}</b>",
            *(parts.number(figure) for figure in line.counts),
            f"<b>{parts.number(line.total)}</b>",
            parts.money(line.value_at_risk),
        ]
        for line in view.kinds
    ]
    st.html(parts.table(heads, rows, numeric=range(1, len(heads))))
    st.page_link(
        parts.page_file("mismatches"), label=parts.plain_markdown(say("page.mismatches")), icon=":material/arrow_forward:"
    )


def _owners(here: Here, view: View) -> None:
    if not view.owners:
        return
    say = here.screen.say
    parts.subheading(say("heading.owners"))
    heads = [say("word.owner"), *(term.text for term in view.ages), say("word.total")]
    rows = [
        [f"<b>{parts.text(line.owner.text)}</b>", *(parts.number(f) for f in line.counts), f"<b>{parts.number(line.total)}</b>"]
        for line in view.owners
    ]
    st.html(parts.table(heads, rows, numeric=range(1, len(heads))))


draw(parts.here())
