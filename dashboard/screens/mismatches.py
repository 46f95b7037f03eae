"""All breaks of a run: filtered, sorted and paged from disk; one chosen pair is shown side by side."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig  # its name for what `st.column_config` makes

from dashboard import asking, causes, data, parts, record_history, settling, why
from dashboard.parts import Here
from reconcile.results import BreakKind
from reports.details import break_lines
from reports.marking import shorten, side_by_side
from reports.model import BreakLine

_LONGEST_CELL = 120
_GROUPS = {"assignee": "team"}
"""Filter to the group of words that its choices are called by, where that has another name."""


def draw(here: Here) -> None:
    """The whole page."""
    parts.heading(here, "mismatches")
    if here.run_id is None:
        parts.no_run(here)
        parts.address()
        return
    cause = causes.draw(here)
    chosen, text, sort = _filters(here, here.run_id)
    page = _page_number(repr((chosen, text, sort, cause, here.run_id)))
    found = data.break_page(here.project, here.run_id, chosen, text, sort, page, cause)
    fingerprint = parts.linked("break")
    several: list[str] = []
    if found.total:
        several = _list(here, found, page, repr((chosen, text, sort, cause, page, here.run_id)))
    else:
        parts.empty(here.screen.say("filter.none_left"))
    if len(several) > 1:
        settling.panel(here, here.run_id, several)
    elif fingerprint:
        _one(here, here.run_id, fingerprint)
    elif cause:
        settling.panel(here, here.run_id, data.of_cause(here.project, here.run_id, cause).to_list())
    elif found.total:
        st.caption(parts.plain_markdown(here.screen.say("pair.choose")))
    parts.address(
        **{"break": st.session_state.get("break")}, **chosen, cause=cause, q=text, sort=sort if sort != "value" else None
    )


# The list


def _filters(here: Here, run_id: str) -> tuple[dict[str, str], str, str]:
    """The filters' widgets; what is chosen, the text that is sought, and the order."""
    say = here.screen.say
    chosen = {name: value for name in data.FILTERS if (value := parts.linked(name))}
    parts.linked("q")
    parts.linked("sort")
    counts = data.choices(here.project, run_id, chosen)
    for column, name in zip(st.columns(len(data.FILTERS)), data.FILTERS, strict=True):
        with column:
            _filter(here, name, counts[name], chosen.get(name))
    left, right, clear = st.columns([4, 2, 1], vertical_alignment="bottom")
    with left:
        text = _search(here)
    with right:
        sort = parts.choice(st.selectbox, "sort", say("filter.sort"), {sort: say(f"sort.{sort}") for sort in data.SORTS})
    clear.button(say("filter.reset"), on_click=_clear, width="stretch", key="clear")
    return chosen, text, sort


def _filter(here: Here, name: str, counts: dict[str, int], value: str | None) -> None:
    codes = [*counts, *([value] if value and value not in counts else [])]
    named = {code: shorten(here.screen.label(_GROUPS.get(name, name), code), 60) for code in codes}
    labels = {code: f"{named[code]} ({here.screen.number(counts.get(code, 0))})" for code in codes}
    known = parts.distinct({"": here.screen.say("filter.all"), **labels})
    parts.choice(st.selectbox, name, here.screen.say(f"word.{name}"), known)


def _search(here: Here) -> str:
    text = str(st.session_state.get("q") or "")
    st.session_state["q widget"] = text

    def keep() -> None:
        st.session_state["q"] = st.session_state["q widget"]

    hint = here.screen.say("filter.search_hint")
    st.text_input(here.screen.say("filter.search"), key="q widget", placeholder=hint, max_chars=200, on_change=keep)
    return text


def _clear() -> None:
    st.session_state.update(dict.fromkeys([*data.FILTERS, "cause", "q", "sort", "break"]))


def _page_number(of: str) -> int:
    """The page that is shown; the first, when the list is another one."""
    if st.session_state.get("list of") != of:
        st.session_state.update({"list of": of, "list page": 0})
    return int(st.session_state["list page"])


def _turn(to: int) -> None:
    st.session_state["list page"] = to


def _list(here: Here, found: data.BreakPage, page: int, name: str) -> list[str]:
    """One page of the list; the fingerprints of the rows that are chosen. One alone is shown side by side."""
    lines = break_lines(here.screen.language, found.rows, rules=_rules(here))
    key = f"list {st.session_state.get('list turn', 0)} {name}"

    def choose() -> None:
        picked = st.session_state[key]["selection"]["rows"]
        st.session_state["break"] = lines[picked[0]].fingerprint if len(picked) == 1 else None

    chosen = st.dataframe(
        _frame(here, found.rows, lines),
        hide_index=True,
        height=min(36 * (len(lines) + 1) + 2, 398),
        on_select=choose,
        selection_mode="multi-row",
        key=key,
        column_config=_columns(here),
    )
    _pager(here, found.total, page)
    return [lines[row].fingerprint for row in chosen["selection"]["rows"] if row < len(lines)]


def _rules(here: Here) -> Mapping[str, str]:
    return data.rules(here.project, here.run_id or "", here.screen.language)


def _frame(here: Here, rows: pl.DataFrame, lines: tuple[BreakLine, ...]) -> pl.DataFrame:
    """What the browser gets: one page, texts made visible and cut."""
    whole = here.screen.say("word.whole_record")
    return pl.DataFrame(
        {
            "label": [line.label for line in lines],
            "entity": [line.entity.text for line in lines],
            "kind": [_kind(line, rule=st.session_state.get("kind") == BreakKind.BROKEN_RULE) for line in lines],
            "field": [line.field.text if line.field else whole for line in lines],
            "crm": [line.crm_value.text[:_LONGEST_CELL] for line in lines],
            "erp": [line.erp_value.text[:_LONGEST_CELL] for line in lines],
            "value": [line.value_at_risk.text if line.value_at_risk.value is not None else "" for line in lines],
            "severity": [line.severity.text for line in lines],
            "state": [line.state.text for line in lines],
            "age": rows["age_days"],
            "assignee": [line.assignee for line in lines],
            "due": [f"{line.due} !" if line.overdue else line.due for line in lines],
        }
    )


def _kind(line: BreakLine, *, rule: bool) -> str:
    """The kind; of a broken rule also which, since there are many: that alone in a list of nothing but broken rules."""
    if line.kind.code != BreakKind.BROKEN_RULE:
        return line.kind.text
    return line.reason.text if rule else f"{line.kind.text}: {line.reason.text}"


def _columns(here: Here) -> Mapping[str, ColumnConfig]:
    say, column, titles = here.screen.say, st.column_config, here.titles
    names = {
        "label": (say("word.record"), 150),
        "entity": (say("word.entity"), 80),
        "kind": (say("word.kind"), 105),
        "field": (say("word.field"), 90),
        "crm": (titles["crm"], 105),
        "erp": (titles["erp"], 105),
    }
    if st.session_state.get("kind") == BreakKind.BROKEN_RULE:
        names["kind"] = (say("word.rule"), 260)
    texts = {name: column.TextColumn(title, width=width) for name, (title, width) in names.items()}
    return {
        **texts,
        "value": column.TextColumn(say("word.value_at_risk"), width=125, alignment="right"),
        "severity": column.TextColumn(say("word.severity"), width=65),
        "state": column.TextColumn(say("word.state"), width=75),
        "age": column.NumberColumn(say("word.age"), width=40, format="%d"),
        "assignee": column.TextColumn(say("word.assignee"), width=100),
        "due": column.TextColumn(say("word.due"), width=90),
    }


def _pager(here: Here, total: int, page: int) -> None:
    say, n = here.screen.say, here.screen.number
    first, last = page * data.PAGE + 1, min((page + 1) * data.PAGE, total)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(parts.plain_markdown(say("pager.rows", first=n(first), last=n(last), total=n(total))), width="content")
        if total > data.PAGE:
            st.button(say("pager.previous"), disabled=page == 0, on_click=_turn, args=(page - 1,), key="previous")
            st.button(say("pager.next"), disabled=last >= total, on_click=_turn, args=(page + 1,), key="next")


# One pair


def _one(here: Here, run_id: str, fingerprint: str) -> None:
    say = here.screen.say
    rows = data.one_break(here.project, run_id, fingerprint)
    if rows.is_empty():
        st.warning(parts.plain_markdown(say("pair.gone_break")), icon=":material/link_off:")
        return
    line, row = break_lines(here.screen.language, rows, rules=_rules(here))[0], rows.row(0, named=True)
    with st.container(border=True):
        left, right = st.columns([6, 1], vertical_alignment="center")
        left.markdown(f"#### {parts.plain_markdown(line.label or say('pair.heading'))}")
        right.button(say("pair.close"), on_click=_close, width="stretch", key="close")
        _facts(here, line)
        _values(here, line)
        settling.switch(here, run_id, fingerprint)
        pair = data.pair(here.project, run_id, row["entity"], row["crm_key"], row["erp_key"])
        if pair.on_disk:
            _records(here, pair, line, set(data.broken_fields(here.project, run_id, row)))
        else:
            st.caption(parts.plain_markdown(say("pair.gone")))
        for action in data.resolving(here.project, fingerprint, 3):
            st.page_link(
                parts.page_file("approvals"),
                label=parts.plain_markdown(
                    here.screen.fact(say("pair.to_action"), here.screen.label("action_state", action.state))
                ),
                icon=":material/task_alt:",
                query_params={"lang": here.screen.language, "action": action.id},
            )
        _to_rule(here, line)
        why.switch(here, run_id, row, f"why {fingerprint}")
        asking.of_break(here, run_id, row)
        record_history.switch(here, row["entity"], row["crm_key"], row["erp_key"], "pair history")


def _to_rule(here: Here, line: BreakLine) -> None:
    """From a broken rule to what was found, and to all records that fail it."""
    system = "pair" if line.crm_key and line.erp_key else "erp" if line.erp_key else "crm" if line.crm_key else ""
    for rule in here.view().quality.failing:
        same = f"{rule.suite}.{rule.rule}" == line.reason.code and rule.entity.code == line.entity.code
        if line.kind.code == BreakKind.BROKEN_RULE and same and system in ("", rule.system.code):
            st.page_link(
                parts.page_file("quality"),
                label=parts.plain_markdown(here.screen.fact(here.screen.say("pair.to_rule"), rule.system.text)),
                icon=":material/rule:",
                query_params={"lang": here.screen.language, "rule": rule.code},
            )


def _close() -> None:
    """Close the pair; the list forgets which row was chosen by being a new one."""
    st.session_state["break"] = None
    st.session_state["list turn"] = st.session_state.get("list turn", 0) + 1


def _facts(here: Here, line: BreakLine) -> None:
    say = here.screen.say
    pills = " ".join(parts.pill(term) for term in (line.severity, line.state))
    facts = [
        (say("word.entity"), line.entity.text),
        (say("word.kind"), line.kind.text),
        (say("word.reason"), line.reason.text),
        *([(say("word.moved"), line.moved.text)] if line.moved else []),
        (say("word.owner"), line.owner.text),
        (say("word.age"), line.age.text),
        *((say(word), value) for word, value in _life(line) if value),
        *([(say("word.value_at_risk"), line.value_at_risk.text)] if line.value_at_risk.value is not None else []),
    ]
    said = " &nbsp;·&nbsp; ".join(here.screen.fact(escape(k), f"<b>{parts.text(v)}</b>") for k, v in facts)
    st.html(f'<div class="r-facts">{pills} &nbsp; {said}</div>')


def _life(line: BreakLine) -> list[tuple[str, str]]:
    return [
        ("word.assignee", line.assignee),
        ("word.overdue" if line.overdue else "word.due", line.due),
        ("word.reopened", line.reopened),
        ("word.accepted_until", line.accepted_until),
        ("word.why", line.note),
    ]


def _values(here: Here, line: BreakLine) -> None:
    """The break itself."""
    say, titles = here.screen.say, here.titles
    heads = [say("word.field"), f"{titles['crm']} {line.crm_key}", f"{titles['erp']} {line.erp_key}"]
    field = line.field.text if line.field else say("word.whole_record")
    cells = [
        parts.shown(here.screen, value) if line.field or not value.empty else _presence(here, role, key)
        for role, value, key in (("crm", line.crm_value, line.crm_key), ("erp", line.erp_value, line.erp_key))
    ]
    st.html(parts.table(heads, [[f"<b>{parts.text(field)}</b>", *cells]], classes=["differs"], sides=True))


def _presence(here: Here, role: str, key: str) -> str:
    missing = here.screen.say("pair.no_record", system=here.titles[role])
    return "✓" if key else f'<span class="r-none">{escape(missing)}</span>'


def _records(here: Here, pair: data.Pair, line: BreakLine, broken: set[str]) -> None:
    """All fields of both records, as the run compared them or as the systems write them."""
    say, titles = here.screen.say, here.titles
    crm, erp = pair.crm or {}, pair.erp or {}
    both = pair.crm is not None and pair.erp is not None
    with st.container(horizontal=True):
        only = both and st.toggle(say("pair.only_differences"), key="only differences")
        raw = st.toggle(say("pair.raw"), key="raw values")
    compared = data.compared_fields(here.project, line.entity.code)
    rows, classes = [], []
    for field in dict.fromkeys([*crm, *erp]):
        left, right = (side.get(field, (None, None))[int(raw)] for side in (crm, erp))
        differs = field in broken
        if only and not differs:
            continue
        marked = side_by_side(left, right) if differs and both else (side_by_side(left, left)[0], side_by_side(right, right)[0])
        sign = "≠" if differs else "" if not both or field not in compared else "=" if left == right else "≈"
        name = parts.text(here.screen.label("field", field))
        cells = [
            parts.shown(here.screen, value) if side is not None else ""
            for value, side in zip(marked, (pair.crm, pair.erp), strict=True)
        ]
        rows.append([name, cells[0], sign, cells[1]])
        classes.append("differs" if differs else "")
    if rows:
        heads = [say("word.field"), f"{titles['crm']} {line.crm_key}", " ", f"{titles['erp']} {line.erp_key}"]
        st.html(parts.table(heads, rows, classes=classes, sides=True))
        if both:
            st.caption(parts.plain_markdown(say("pair.signs")))


draw(parts.here())
