"""Why two records are linked, wait, or are not linked: the sentence, the waterfall, and every field with what it is worth.

Apart from the pages, since more than one shows it. It is worked out only when somebody asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from dashboard import data, parts
from dashboard.parts import Here
from reconcile.errors import ReconcileError
from reconcile.match.explaining.explanation import Explanation
from reports.waterfall import waterfall_chart
from reports.why import Step, Why, bits, why_of

MOST_RECORDS = 200_000
"""Records of a side; of larger entities the command line explains pairs, so that no page waits for minutes."""


def switch(here: Here, run_id: str, row: Mapping[str, str | None], key: str) -> None:
    """A switch that opens the explanation of a break (a row of BREAKS)."""
    if row["entity"] not in here.project.config.entities or not st.toggle(here.screen.say("why.heading"), key=key):
        return
    entity, crm_key, erp_key = str(row["entity"]), row["crm_key"], row["erp_key"]
    if data.record_counts(here.project, run_id, entity) > MOST_RECORDS:
        st.caption(parts.plain_markdown(here.screen.say("why.large", limit=here.screen.number(MOST_RECORDS))))
        st.code(f"reconcile explain KEY KEY --entity {entity} --run {run_id}", language=None)
        return
    try:
        with st.spinner(here.screen.say("why.weighing")):
            told = data.asked(here.project, run_id, entity).about(str(row["kind"]), crm_key, erp_key)
    except ReconcileError as error:
        parts.trouble(here.screen, error)
        return
    if told is None:
        other = here.titles["erp" if crm_key else "crm"]
        st.info(parts.plain_markdown(here.screen.say("why.nobody", system=other)), icon=":material/person_off:")
        return
    if not (crm_key and erp_key):
        near = told.erp_key if crm_key else told.crm_key
        st.caption(parts.plain_markdown(here.screen.say("why.nearest", record=near)))
    draw(here, told, key)


def draw(here: Here, told: Explanation, key: str) -> None:
    """Sentence, picture and table."""
    why = why_of(here.screen, told)
    st.html(f'<p class="r-say"><bdi>{escape(why.sentence)}</bdi></p>{_facts(why)}')
    st.vega_lite_chart(waterfall_chart(why), width="content", theme=None, key=f"{key} chart")
    say = here.screen.say
    heads = [say("word.field"), *_heads(here, told), say("why.word.likeness"), say("why.word.bits")]
    rows = [_row(here, why, step) for step in why.steps]
    classes = ["total" if step.kind == "total" else "" for step in why.steps]
    st.html(parts.table(heads, rows, numeric=[len(heads) - 1], classes=classes))
    st.caption(parts.plain_markdown(say("why.note")))


def _heads(here: Here, told: Explanation) -> list[str]:
    """Both systems with the keys, as other tables of two records have them."""
    return [f"{here.titles[side]} {key}" for side, key in zip(told.sides, (told.crm_key, told.erp_key), strict=True)]


def _facts(why: Why) -> str:
    say = why.words.say
    facts = [("why.word.zone", why.zone), ("why.word.rung", why.rung), ("why.word.share", why.share)]
    said = " &nbsp;·&nbsp; ".join(f"{escape(say(key))}{say('why.colon')}<b>{parts.text(text)}</b>" for key, text in facts)
    return f'<div class="r-facts">{said}</div>'


def _row(here: Here, why: Why, step: Step) -> list[str]:
    empty = f'<span class="r-none">{escape(here.screen.say("word.empty"))}</span>' if step.kind == "field" else ""
    forms = f'<div class="r-cut">{parts.text(step.forms)}</div>' if step.forms else ""
    return [
        f"<b>{parts.text(step.label)}</b>",
        parts.text(step.crm) or empty,
        parts.text(step.erp) or empty,
        parts.text(step.likeness) + forms,
        f'<span class="r-bits {step.tone}">{escape(bits(why.words, step.bits))}</span>',
    ]
