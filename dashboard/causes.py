"""The causes of a run above the list of its breaks: a table of all, and one opened, which narrows the list to its own."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import parts
from dashboard.parts import Here
from reports.model import CauseLine


def draw(here: Here) -> str:
    """The table, the choice and the cause that was chosen; its id, empty if none is."""
    told = here.view().causes
    if not told.lines:
        parts.linked("cause")
        return ""
    say = here.screen.say
    chosen = parts.linked("cause")
    parts.subheading(say("heading.causes"))
    st.caption(parts.plain_markdown(told.sentence))
    heads = ["word.cause", "word.fields", "word.covered", "word.of_all", "word.purity"]
    classes = ["differs" if line.id == chosen else "" for line in told.lines]
    st.html(parts.table([say(head) for head in heads], [_row(line) for line in told.lines], numeric=[2, 3, 4], classes=classes))
    labels = {line.id: f"{line.sentence} ({line.entity.text}, {line.covered.text})" for line in told.lines}
    known = parts.distinct({"": say("filter.all"), **labels})
    cause = parts.choice(st.selectbox, "cause", say("cause.open"), known)
    for line in told.lines:
        if line.id == cause:
            _opened(here, line)
    return cause if cause in labels else ""


def _row(line: CauseLine) -> list[str]:
    where = f'<br><span class="r-none">{parts.text(line.where)}</span>' if line.where else ""
    fields = ", ".join(term.text for term in line.fields)
    return [
        f"<b>{parts.text(line.sentence)}</b>{where}",
        f"{parts.text(line.entity.text)}: {parts.text(fields)}",
        escape(line.covered.text),
        escape(line.of_all.text),
        escape(line.purity.text),
    ]


def _opened(here: Here, line: CauseLine) -> None:
    """One cause: its figures, its example and what would mend it."""
    say, titles = here.screen.say, here.titles
    facts = [
        (say("word.cause"), line.mechanism.text),
        (say("word.purity"), line.pure),
        (say("word.of_fields"), line.of_fields.text),
        *([(say("word.value_at_risk"), line.value_at_risk.text)] if line.value_at_risk.value is not None else []),
    ]
    with st.container(border=True):
        said = " &nbsp;·&nbsp; ".join(here.screen.fact(escape(k), f"<b>{parts.text(v)}</b>") for k, v in facts)
        st.html(f'<div class="r-facts">{said}</div>')
        heads = [say("word.example"), f"{titles['crm']} {line.crm_key}", f"{titles['erp']} {line.erp_key}"]
        values = [parts.shown(here.screen, value) for value in (line.crm_value, line.erp_value)]
        st.html(parts.table(heads, [[f"<b>{parts.text(line.field.text)}</b>", *values]], classes=["differs"], sides=True))
        st.caption(parts.plain_markdown(line.advice))
        st.code(line.fix_text, language="yaml" if line.fix.code == "rule" else "bash")
