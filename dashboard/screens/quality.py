"""What the quality rules found: scores, rules that records fail, and those records."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import data, parts
from dashboard.parts import Here
from reports.marking import shorten
from reports.model import CheckLine, Quality, ScoreLine

_SHOWN = 200
"""Failing records of one rule that are listed."""


def draw(here: Here) -> None:
    """The whole page."""
    parts.heading(here, "quality")
    if here.run_id is None:
        parts.no_run(here)
        parts.address()
        return
    quality = here.view().quality
    if not quality.severities:
        parts.empty(quality.note)
        parts.address()
        return
    _severities(here, quality)
    _scores(here, quality)
    rule = _failing(here, quality)
    parts.address(rule=rule)


def _severities(here: Here, quality: Quality) -> None:
    tones = {"blocking": "bad", "major": "warm", "minor": "calm"}
    parts.cards(
        (
            line.severity.text,
            f"{line.passed.text} / {line.checks.text}",
            here.screen.say("quality.passed_rules", passed=line.passed.text, total=line.checks.text),
            tones.get(line.severity.code, "") if line.failed.value else "good",
        )
        for line in quality.severities
    )


def _scores(here: Here, quality: Quality) -> None:
    say = here.screen.say
    parts.subheading(say("heading.scores"))
    dimensions = list(dict.fromkeys(term for line in quality.scores for term, _ in line.dimensions))
    heads = [say("word.entity"), say("word.system"), say("word.score"), *(term.text for term in dimensions), say("word.checks")]
    rows = []
    for line in quality.scores:
        by = dict(line.dimensions)
        cells = [parts.number(by[term]) if term in by else "" for term in dimensions]
        rows.append(
            [f"<b>{parts.text(line.entity.text)}</b>", parts.text(line.system.text), _bar(line), *cells, line.checks.text]
        )
    st.html(parts.table(heads, rows, numeric=range(3, len(heads))))
    st.caption(parts.plain_markdown(say("say.score_meaning")))


def _bar(line: ScoreLine) -> str:
    value = line.score.value
    width = 0.0 if value is None else max(0.0, min(1.0, float(value))) * 100
    return f'<span class="r-bar"><i style="width:{width:.1f}%"></i></span>{escape(line.score.text)}'


def _failing(here: Here, quality: Quality) -> str | None:
    say = here.screen.say
    parts.subheading(say("heading.failing"))
    if not quality.failing:
        parts.empty(quality.note)
        return None
    heads = ["word.severity", "word.rule", "word.entity", "word.system", "word.field", "word.evaluated", "word.failed"]
    rows = [_rule_row(line) for line in quality.failing]
    st.html(parts.table([say(head) for head in heads], rows, numeric=[5, 6]))
    if quality.note:
        st.caption(parts.plain_markdown(quality.note))
    return _records(here, quality)


def _rule_row(line: CheckLine) -> list[str]:
    field = parts.text(line.field.text) if line.field else ""
    message = f'{parts.text(line.message)}<div class="r-facts">{escape(line.dimension.text)}</div>'
    entity, system = parts.text(line.entity.text), parts.text(line.system.text)
    return [parts.pill(line.severity), message, entity, system, field, line.evaluated.text, f"<b>{line.failed.text}</b>"]


def _records(here: Here, quality: Quality) -> str:
    """The records that fail one rule."""
    say = here.screen.say
    parts.subheading(say("quality.failing_records"))
    rules = {_code(line): line for line in quality.failing}
    parts.linked("rule")
    labels = parts.distinct({code: _label(line) for code, line in rules.items()})
    code = parts.choice(st.selectbox, "rule", say("quality.choose_rule"), labels)
    line = rules[code]
    field = line.field.code if line.field else None
    found = data.failing_records(here.project, here.run_id or "", line.entity.code, line.system.code, line.rule, field, _SHOWN)
    names = data.names(here.project, here.run_id or "", line.entity.code, line.system.code, found["key"])
    rows = {
        "key": [shorten(key, 80) for key in found["key"]],
        "name": [shorten(names.get(key), 80) for key in found["key"]],
        "value": [shorten(value) or say("word.empty") for value in found["value"]],
    }
    titles = {"key": say("word.key"), "name": say("word.record"), "value": line.field.text if line.field else say("word.value")}
    columns = {name: st.column_config.TextColumn(title) for name, title in titles.items()}
    st.dataframe(rows, hide_index=True, column_config=columns, height=min(35 * (found.height + 1) + 3, 400))
    if (line.failed.value or 0) > found.height:
        said = say("say.actions_of", shown=here.screen.number(found.height), total=line.failed.text)
        st.caption(parts.plain_markdown(said))
    return code


def _label(line: CheckLine) -> str:
    field = f" · {line.field.text}" if line.field else ""
    return f"{line.entity.text} · {line.system.text}{field} · {line.message} ({line.failed.text})"


def _code(line: CheckLine) -> str:
    return "|".join((line.entity.code, line.system.code, line.rule, line.field.code if line.field else ""))


draw(parts.here())
