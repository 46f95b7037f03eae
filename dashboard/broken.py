"""The records that fail one rule: what becomes of each, who settles it by when, and all of them as a file.

Apart from the quality page, which shows the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from dashboard import data, findings, parts
from dashboard.parts import Here
from reconcile.records import PAIR
from reconcile.results import Action
from reports.figures import named_values
from reports.marking import plain, shorten
from reports.quality_model import CheckLine
from reports.words import Words

_FIRST = 10
"""Records of one rule that are shown with what becomes of them."""
_LISTED = 200
"""Records of one rule in the list that can be sorted."""
RECORDS = "records"
"""The part of the page to which links to a rule lead."""
_CSV, _PARQUET = "text/csv", "application/vnd.apache.parquet"


def records(here: Here, lines: Sequence[CheckLine]) -> str:
    """The records of the rule that is chosen, and the ways on from there; gives the rule's code."""
    say = here.screen.say
    st.subheader(parts.plain_markdown(say("quality.failing_records")), anchor=RECORDS)
    rules = {line.code: line for line in lines}
    if (asked := parts.linked("rule")) and asked not in rules:
        st.session_state["rule"] = None
    labels = parts.distinct({code: _label(line) for code, line in rules.items()})
    code = parts.choice(st.selectbox, "rule", say("quality.choose_rule"), labels)
    line = rules[code]
    found = findings.settled(here.project, here.run_id or "", line, _LISTED)
    _facts(here, line)
    if found.is_empty():
        st.caption(parts.plain_markdown(say("quality.whole_table")))
    else:
        _first(here, line, found)
        _list(here, line, found)
    _ways(here, line, found)
    return code


def _label(line: CheckLine) -> str:
    field = f" · {line.field.text}" if line.field else ""
    failed = f" ({line.failed.text})" if line.failed.value else ""
    return f"{line.entity.text} · {line.system.text}{field} · {line.message}{failed}"


def _facts(here: Here, line: CheckLine) -> None:
    """Who mends it and by when, and what a rule about a table found."""
    say = here.screen.say
    facts = [(say("word.rule_owner"), line.owner.text), (say("word.due"), line.due), (say("word.observed"), line.observed)]
    told = " &nbsp;·&nbsp; ".join(here.screen.fact(escape(k), f"<b>{parts.text(v)}</b>") for k, v in facts if v)
    st.html(f'<div class="r-facts">{parts.pill(line.severity)} &nbsp; {told}</div>')


def _first(here: Here, line: CheckLine, found: pl.DataFrame) -> None:
    """The first few records, each with its correction or who settles it."""
    say = here.screen.say
    keys = _keys(here, line)
    first = found.head(_FIRST)
    names = data.names(here.project, here.run_id or "", line.entity.code, line.system.code, first["key"])
    heads = [*keys.values(), say("word.record"), _value_head(here, line), say("word.next")]
    rows = [
        [
            *(parts.text(shorten(row[column], 80)) for column in keys),
            parts.text(shorten(names.get(row["key"]), 80)),
            parts.shown(here.screen, plain(named_values(Words(here.screen.language), row["value"]))),
            _next(here, line, row),
        ]
        for row in first.iter_rows(named=True)
    ]
    st.html(parts.table(heads, rows))


def _keys(here: Here, line: CheckLine) -> Mapping[str, str]:
    """Column to head: one key, or of a pair both, each under its system."""
    if line.system.code != PAIR:
        return {"key": here.screen.say("word.key")}
    return {"key": here.titles["crm"], "counterpart": here.titles["erp"]}


def _value_head(here: Here, line: CheckLine) -> str:
    several = line.system.code == PAIR  # each value with the name of its column
    return line.field.text if line.field and not several else here.screen.say("word.value")


def _next(here: Here, line: CheckLine, row: Mapping[str, object]) -> str:
    """The correction that waits, as a link to it; else the break, with who settles it by when."""
    say, fingerprint = here.screen.say, str(row["fingerprint"] or "")
    if not fingerprint:
        return f'<span class="r-none">{escape(say("quality.no_break"))}</span>'
    actions = findings.correction(here.project, fingerprint)
    if actions:
        action = actions[0]
        state = here.screen.label("action_state", action.state)
        return _told(_link(here, "approvals", _corrected(here, action), action=action.id), state)
    due = row["due_at"]
    who = here.screen.label("team", str(row["assignee"] or "")) or line.owner.text
    by = [say("say.by_day", day=here.screen.day(due))] if due else []  # type: ignore[arg-type]  # a moment of LIVED
    kind = here.screen.label("kind", str(row["kind"]))
    return _told(_link(here, "mismatches", kind, **{"break": fingerprint}), " · ".join([who, *by]))


def _told(link: str, more: str) -> str:
    return f'{link}<div class="r-facts">{escape(more)}</div>'


def _corrected(here: Here, action: Action) -> str:
    """What a correction does, in a few words: the first change of a field, else its kind."""
    kind = here.screen.label("action", action.kind)
    change = next((one for one in action.changes if one.field), None)
    if change is None or action.kind != "update":
        return kind
    field = here.screen.label("field", change.field)
    empty = here.screen.say("word.empty")
    return here.screen.fact(kind, f"{field} {shorten(change.before, 40) or empty} → {shorten(change.after, 40) or empty}")


def rule_link(here: Here, code: str, text: str) -> str:
    """The way to the records of a rule, on the same page."""
    return _link(here, "quality", text, f"#{RECORDS}", rule=code)


def _link(here: Here, page: str, text: str, place: str = "", **query: str) -> str:
    run = {"run": here.run_id} if here.run_id and here.run_id != here.runs[0] else {}
    address = urlencode({"lang": here.screen.language, **run, **query})
    return f'<a href="{page}?{escape(address)}{place}" target="_self">{escape(text)}</a>'


def _list(here: Here, line: CheckLine, found: pl.DataFrame) -> None:
    """More of them, to be sorted and searched."""
    if found.height <= _FIRST:
        return
    say, keys = here.screen.say, _keys(here, line)
    shown = here.screen.number(found.height)
    words = Words(here.screen.language)
    with st.expander(parts.plain_markdown(say("quality.listed", shown=shown, total=line.failed.text))):
        columns = {name: st.column_config.TextColumn(title) for name, title in keys.items()}
        columns["value"] = st.column_config.TextColumn(_value_head(here, line))
        rows = {name: [shorten(key, 80) for key in found[name]] for name in keys}
        rows["value"] = [shorten(named_values(words, value)) or say("word.empty") for value in found["value"]]
        st.dataframe(rows, hide_index=True, column_config=columns, height=min(35 * (found.height + 1) + 3, 400))


def _ways(here: Here, line: CheckLine, found: pl.DataFrame) -> None:
    """To the breaks, and to the whole list as a file."""
    say, run_id = here.screen.say, here.run_id or ""
    with st.container(horizontal=True, vertical_alignment="center"):
        kinds = found["kind"].drop_nulls().unique().to_list()
        for kind in sorted(kinds) or (["broken_rule"] if line.state.code == "failed" else []):
            own = {"q": f"{line.suite}.{line.rule}"} if kind == "broken_rule" else _same_field(line)
            st.page_link(
                parts.page_file("mismatches"),
                label=parts.plain_markdown(say("quality.to_breaks", kind=here.screen.label("kind", kind))),
                icon=":material/rule:",
                query_params={"lang": here.screen.language, "kind": kind, "entity": line.entity.code, **own},
            )
        if not line.failed.value:
            return
        of_rule = partial(findings.as_file, here.project, run_id, line)
        of_run = findings.all_of(here.project, run_id).read_bytes
        part = f"{line.entity.code}-{line.system.code}-{line.rule}"
        st.download_button(say("quality.csv"), of_rule, f"{run_id}-{part}.csv", _CSV, on_click="ignore", key="csv")
        st.download_button(say("quality.parquet"), of_run, f"{run_id}-findings.parquet", _PARQUET, on_click="ignore", key="all")


def _same_field(line: CheckLine) -> dict[str, str]:
    return {"field": findings.bare(line.field.code)} if line.field else {}
