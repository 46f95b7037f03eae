"""How causes, corrections and their outcomes are shown on the approvals page.

Apart from the page, which decides; here is only what is seen.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

import polars as pl
import streamlit as st

from dashboard import parts
from dashboard.decide import Cause
from dashboard.parts import Here
from reconcile.access import Rules
from reconcile.ledger.lapses import is_progress
from reconcile.results import Action, ActionKind
from reports import refused
from reports.approval_lines import approval_lines
from reports.details import action_line
from reports.evidence import evidence_lines
from reports.marking import shorten
from reports.model import ActionLine, Figure, Term

_LABEL = 60
_VALUES = 4
_PARTS = 20
"""Parts of a whole that are shown one by one."""


def cause_name(here: Here, cause: Cause) -> str:
    """`Phone → S/4HANA`, `New record in S/4HANA`."""
    say, target = here.screen.say, here.titles[cause.target]
    fields = say("say.list_comma").join(here.screen.label("field", name) for name in cause.field.split(", ") if name)
    if cause.kind is ActionKind.CREATE:
        return say("approve.create", target=target)
    if cause.kind in (ActionKind.LINK, ActionKind.MERGE, ActionKind.DEACTIVATE):
        return say(f"approve.{cause.kind.value}", target=target)
    if cause.kind is ActionKind.REVIEW:
        matter = here.screen.label("kind", cause.matter) or say("approve.review")
        return f"{matter} · {fields}" if fields else matter
    return say("approve.cause", field=fields, target=target)


def cause_labels(here: Here, causes: Sequence[Cause]) -> dict[str, str]:
    """Code of each cause to how it stands in the list, as Markdown; those that read the same are told apart by their risk."""
    escaped = parts.plain_markdown
    labels = {c.code: f"**{escaped(here.screen.label('entity', c.entity))}** · {escaped(cause_name(here, c))}" for c in causes}
    return parts.distinct(labels, {cause.code: escaped(here.screen.label("tier", cause.tier)) for cause in causes})


def cause_caption(here: Here, cause: Cause, members: pl.DataFrame) -> str:
    """How many, how risky, how much money: the largest sum, and how many other currencies there are."""
    kind = f"{here.screen.label('action', cause.kind)} · " if cause.kind is ActionKind.REVIEW else ""
    said = f"{kind}{here.screen.count('actions', members.height)} · {here.screen.label('tier', cause.tier)}"
    sums = money_of(here, members)
    money = "".join([f" · {sums[0].text}", f" +{len(sums) - 1}" if len(sums) > 1 else ""]) if sums else ""
    return parts.plain_markdown(said + money)


def money_of(here: Here, outline: pl.DataFrame) -> list[Figure]:
    """Value at risk of the rows of an OUTLINE, a figure for each currency, the largest first."""
    sums = outline.group_by(pl.col("currency").fill_null("")).agg(pl.col("value_at_risk").sum()).sort("value_at_risk", "currency")
    return [Figure(amount, unit, here.screen.money(amount, unit)) for unit, amount in sums.reverse().iter_rows() if amount]


def turn_page(here: Here, total: int, size: int, of: str) -> int:
    """The number of the page that is shown, from 0, with buttons to turn; the first when the list is another one."""
    say, n, key = here.screen.say, here.screen.number, "approvals page"
    last = max(0, (total - 1) // size)
    if st.session_state.get(f"{key} of") != of:
        st.session_state.update({f"{key} of": of, key: 0})
    page = min(int(st.session_state.get(key, 0)), last)

    def turn(to: int) -> None:
        st.session_state[key] = to

    if last:
        with st.container(horizontal=True, vertical_alignment="center"):
            rows = say("pager.rows", first=n(page * size + 1), last=n(min((page + 1) * size, total)), total=n(total))
            st.caption(parts.plain_markdown(rows), width="content")
            st.button(say("pager.previous"), disabled=page == 0, on_click=turn, args=(page - 1,), key="previous")
            st.button(say("pager.next"), disabled=page == last, on_click=turn, args=(page + 1,), key="next")
    return page


def ticked() -> set[str]:
    """Ids of the corrections that are ticked, on whatever page they stand."""
    ids: set[str] = st.session_state.setdefault("ticked", set())
    return ids


def approvals_of(here: Here, actions: Sequence[Action]) -> dict[str, str]:
    """How far the approving of each is, by id, of those that wait for more people or have an approval."""
    standing = here.project.ledger.standing_approvals([action.id for action in actions])
    return approval_lines(here.screen, actions, standing, Rules.of(here.project.config).counts)


def tickable(here: Here, action: Action, approvals: str) -> None:
    """One correction with its tick box, before and after side by side, and how far its approving is."""
    line = action_line(here.screen.language, action, here.titles)
    key = f"tick {action.id}"
    st.session_state[key] = action.id in ticked()

    def tick() -> None:
        (ticked().add if st.session_state[key] else ticked().discard)(action.id)

    with st.container(border=True):
        left, right = st.columns([3, 7], gap="small")
        with left:
            name = line.label[:_LABEL] or line.target_key or line.source_key
            st.checkbox(f"**{parts.plain_markdown(name)}**", key=key, on_change=tick)
            _facts(line, "" if is_progress(action.message) else line.message)
            if action.proposed_by:
                asked = here.screen.fact(escape(here.screen.say("approve.asked_by")), f"<b>{parts.text(action.proposed_by)}</b>")
                st.html(f'<div class="r-facts">{asked}</div>')
            if approvals:
                st.html(f'<div class="r-approvals">{parts.text(approvals)}</div>')
            if action.breaks:
                st.page_link(
                    parts.page_file("mismatches"),
                    label=parts.plain_markdown(here.screen.say("pair.heading")),
                    icon=":material/difference:",
                    query_params={"lang": here.screen.language, "break": action.breaks[0]},
                )
        with right:
            if action.changes:
                st.html(changes_table(here, line) if action.kind is not ActionKind.CREATE else new_record(here, line))
            if action.evidence:
                st.html(_evidence(here, action))
            if action.parts:
                parts_of(here, action)


def _evidence(here: Here, action: Action) -> str:
    """What speaks for it, in one line: how the pair was linked, who changed when, since when they differ."""
    said = (here.screen.fact(escape(word), f"<b>{parts.text(held)}</b>") for word, held in evidence_lines(here.screen, action))
    return f'<div class="r-facts">{" &nbsp;·&nbsp; ".join(said)}</div>'


def parts_of(here: Here, action: Action) -> None:
    """What is decided and written with an action, in that order: record, field, before, after, state."""
    say = here.screen.say
    st.caption(parts.plain_markdown(say("approve.parts", n=here.screen.number(len(action.parts)))))
    rows = [row for part in here.project.ledger.actions(ids=action.parts)[:_PARTS] for row in _part(here, part)]
    heads = [say("word.record"), say("word.field"), say("word.before"), say("word.after"), say("word.state")]
    st.html(parts.table(heads, rows))
    if (more := len(action.parts) - _PARTS) > 0:
        st.caption(parts.plain_markdown(f"+ {here.screen.count('actions', more)}"))


def _part(here: Here, part: Action) -> list[list[str]]:
    """A row for each change of a part; its record, its state and what was said of it stand in the first."""
    line = action_line(here.screen.language, part, here.titles)
    name = " · ".join(parts.text(text) for text in (line.entity.text, line.target_key) if text)
    said = f'<div class="r-facts">{parts.text(line.message)}</div>' if line.message and not is_progress(part.message) else ""
    place = [f'{name}<div class="r-facts">{parts.text(line.target.text)}</div>', parts.pill(line.state) + said]
    out = []
    for at, change in enumerate(line.changes):
        shown = [parts.shown(here.screen, value) for value in (change.before, change.after)]
        record, state = place if at == 0 else ("", "")
        out.append([record, f"<b>{parts.text(change.field.text)}</b>", *shown, state])
    return out


def _facts(line: ActionLine, message: str) -> None:
    money = [line.value_at_risk.text] if line.value_at_risk.value is not None else []
    said = " · ".join(parts.text(fact) for fact in (line.target_key or line.source_key, *money))
    more = "".join(f"<br>{parts.text(each)}" for each in (message, *line.problems) if each)
    st.html(f'<div class="r-facts">{parts.pill(line.tier)} {said}{more}</div>')


def new_record(here: Here, line: ActionLine) -> str:
    """The fields of a record that would be made."""
    cells = [
        f'<div><span class="k">{parts.text(c.field.text)}</span>{parts.shown(here.screen, c.after)}</div>'
        for c in line.changes
        if not c.after.empty
    ]
    if line.more_changes:
        cells.append(f'<div class="r-none">+ {escape(here.screen.count("values", line.more_changes))}</div>')
    return f'<div class="r-new">{"".join(cells)}</div>'


def changes_table(here: Here, line: ActionLine) -> str:
    """Field, now, corrected."""
    say, screen = here.screen.say, here.screen
    rows = [
        [f"<b>{parts.text(c.field.text)}</b>", parts.shown(screen, c.before), parts.shown(screen, c.after)] for c in line.changes
    ]
    if line.more_changes:
        rows.append([f'<span class="r-none">+ {escape(screen.count("values", line.more_changes))}</span>', "", ""])
    return parts.table([say("word.field"), f"{line.target.text} · {say('word.before')}", say("word.after")], rows, sides=True)


def targets_table(here: Here, outline: pl.DataFrame) -> str:
    """How many corrections go into which entity of which system."""
    say = here.screen.say
    counted = outline.group_by("target", "entity", "kind").len().sort("target", "entity", "kind")
    heads = [say("word.target"), say("word.entity"), say("word.action"), say("word.total")]
    rows = [
        [
            f"<b>{parts.text(here.titles[target])}</b>",
            parts.text(here.screen.label("entity", entity)),
            escape(here.screen.label("action", kind)),
            here.screen.number(count),
        ]
        for target, entity, kind, count in counted.iter_rows()
    ]
    return parts.table(heads, rows, numeric=[3])


def actions_table(here: Here, actions: Sequence[Action], *, outcome: bool = False) -> str:
    """Corrections, one row each; with `outcome`, their states and what the systems said."""
    say = here.screen.say
    lines = [action_line(here.screen.language, action, here.titles) for action in actions]
    heads = [say("word.record"), say("word.target"), say("word.changes")]
    rows = [[_record(line), parts.text(line.target.text), _changes(here, line)] for line in lines]
    if outcome:
        heads += [say("word.state"), say("result.said")]
        rows = [[*row, parts.pill(line.state), parts.text(line.message)] for row, line in zip(rows, lines, strict=True)]
    return parts.table(heads, rows)


def _record(line: ActionLine) -> str:
    key = line.target_key or line.source_key
    said = f"{parts.text(line.entity.text)} · {parts.text(key)}"
    return f'<b>{parts.text(line.label) or parts.text(key)}</b><div class="r-facts">{said}</div>'


def _changes(here: Here, line: ActionLine) -> str:
    if not line.target_key:
        return f"{escape(line.kind.text)} · {escape(here.screen.count('values', len(line.changes) + line.more_changes))}"
    return "<br>".join(
        here.screen.fact(parts.text(c.field.text), f"{parts.shown(here.screen, c.before)} → {parts.shown(here.screen, c.after)}")
        for c in line.changes
    )


def results_table(here: Here, actions: Sequence[Action]) -> str:
    """What became of corrections: state, the system's words, when, and who approved."""
    say, ids = here.screen.say, [action.id for action in actions]
    outcomes = here.project.ledger.outcomes(ids).group_by("action_id").last()
    decisions = here.project.ledger.approvals(ids).group_by("action_id").last()
    when = {
        id_: here.screen.moment(at) for frame in (decisions, outcomes) for id_, at in frame.select("action_id", "at").iter_rows()
    }
    who, words, proofs = _column(decisions, "decided_by"), _column(outcomes, "message"), _column(outcomes, "read_back")
    heads = [
        say("word.record"),
        say("word.changes"),
        say("word.state"),
        say("result.said"),
        say("result.who"),
        say("result.when"),
    ]
    rows = []
    for action in actions:
        line = action_line(here.screen.language, action, here.titles)
        moment = when.get(action.id, "")
        said = refused.said(here.screen, str(words.get(action.id) or "")) or _proof(here, proofs.get(action.id)) or line.message
        state = parts.pill(Term(line.state.code, line.state.text))
        target = f'<div class="r-facts">→ {parts.text(line.target.text)}</div>'
        rows.append(
            [
                _record(line),
                _changes(here, line) + target,
                state,
                parts.text(said),
                parts.text(str(who.get(action.id, ""))),
                moment,
            ]
        )
    return parts.table(heads, rows)


def _proof(here: Here, read_back: object) -> str:
    """What the system held when it was read back."""
    read = json.loads(str(read_back)) if read_back else {}
    values = say_list(here, [str(value) for value in read.values() if value is not None])
    return here.screen.say("result.read_back", values=shorten(values)) if values else ""


def say_list(here: Here, values: Sequence[str]) -> str:
    """Values in a row, the first few."""
    return here.screen.say("say.list_comma").join(values[:_VALUES]) + (" …" if len(values) > _VALUES else "")


def _column(frame: pl.DataFrame, name: str) -> dict[str, object]:
    return dict(frame.select("action_id", name).iter_rows())
