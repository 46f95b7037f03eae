"""What the quality rules found: scores with their past, rules that records fail, who mends them, and those records."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard import broken, parts
from dashboard.parts import Here
from reports.model import Figure
from reports.quality_model import CheckLine, DimensionLine, LossLine, Quality, ScoreLine
from reports.quality_scores import LOSSES
from reports.sparkline import sparkline


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
    if quality.news:
        st.warning(parts.plain_markdown(quality.news), icon=":material/priority_high:")
    _dimensions(here, quality)
    _scores(here, quality)
    owner = parts.linked("owner")
    rule = _failing(here, quality, owner)
    parts.address(rule=rule, owner=st.session_state.get("owner"))


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


def _dimensions(here: Here, quality: Quality) -> None:
    """The six sides of quality, what has changed since the run before, and their past."""
    say = here.screen.say
    parts.subheading(say("heading.dimensions"))
    heads = ["word.dimension", "word.score", "word.change", "word.past", "word.checks", "word.rules_failed"]
    rows = [
        [
            f"<b>{parts.text(line.dimension.text)}</b>",
            _bar(line.score),
            *_past(here, line),
            parts.number(line.checks),
            parts.number(line.failed),
        ]
        for line in quality.dimensions
    ]
    st.html(parts.table([say(head) for head in heads], rows, numeric=[2, 4, 5]))
    st.caption(parts.plain_markdown(quality.meaning))
    if quality.losses:
        with st.expander(say("heading.losses"), icon=":material/trending_down:"):
            _losses(here, quality.losses)


def _losses(here: Here, losses: Sequence[LossLine]) -> None:
    """Which rules take how many points of each dimension, each with the way to its records."""
    say = here.screen.say
    heads = [say(f"word.{name}") for name in ("dimension", "rule", "entity", "system", "points")]
    before = ["", *(line.dimension.code for line in losses)]
    rows = [
        [
            f"<b>{parts.text(line.dimension.text)}</b>" if line.dimension.code != earlier else "",
            broken.rule_link(here, line.code, line.message) if line.anchor else parts.text(line.message),
            parts.text(line.entity.text),
            parts.text(line.system.text),
            escape(line.points.text),
        ]
        for line, earlier in zip(losses, before, strict=False)
    ]
    st.html(parts.table(heads, rows, numeric=[4]))
    st.caption(parts.plain_markdown(say("say.losses", n=LOSSES)))


def _scores(here: Here, quality: Quality) -> None:
    say = here.screen.say
    parts.subheading(say("heading.scores"))
    dimensions = [line.dimension for line in quality.dimensions]
    heads = [*(say(f"word.{name}") for name in ("entity", "system", "score", "change", "past")), *(d.text for d in dimensions)]
    lines = [*([quality.whole] if quality.whole else []), *quality.scores]
    rows = [
        [
            f"<b>{parts.text(line.entity.text)}</b>",
            parts.text(line.system.text),
            parts.number(line.score),
            *_past(here, line),
            *(parts.number(figure) if (figure := line.of(d.code)) else "" for d in dimensions),
            line.checks.text,
        ]
        for line in lines
    ]
    st.html(parts.table([*heads, say("word.checks")], rows, numeric=[2, 3, *range(5, len(heads) + 1)]))


def _bar(score: Figure) -> str:
    value = score.value
    width = 0.0 if value is None else max(0.0, min(1.0, float(value))) * 100
    return f'<span class="r-bar"><i style="width:{width:.1f}%"></i></span>{escape(score.text)}'


def _past(here: Here, line: ScoreLine | DimensionLine) -> tuple[str, str]:
    """The change since the run before, and a small line of the runs up to now."""
    said = here.screen.say("say.past_scores", n=len(line.past), score=line.score.text)
    drawn = b64encode(sparkline(line.past, said).encode()).decode()  # an image: Streamlit takes drawings out of HTML
    image = f'<img src="data:image/svg+xml;base64,{drawn}" alt="{escape(said)}" title="{escape(said)}">' if drawn else ""
    tone = "" if not line.change.value or line.change.text == "±0" else " class=" + ("good" if line.change.value > 0 else "bad")
    return f"<span{tone}>{escape(line.change.text)}</span>", image


def _failing(here: Here, quality: Quality, owner: str | None) -> str | None:
    """The rules that fail, of one owner or of all; the code of the one whose records are shown."""
    say = here.screen.say
    parts.subheading(say("heading.failing"))
    if not quality.failing:
        parts.empty(quality.note)
        return None
    owners = Counter(line.owner for line in quality.failing if line.owner.code)
    labels = {owner.code: f"{owner.text} ({here.screen.number(n)})" for owner, n in owners.most_common()}
    known = parts.distinct({"": say("filter.all"), **labels})
    if owner and owner not in known:
        st.session_state["owner"] = None
    chosen = parts.choice(st.selectbox, "owner", say("word.rule_owner"), known)
    lines = tuple(line for line in quality.failing if not chosen or line.owner.code == chosen)
    heads = ["severity", "rule", "entity", "system", "field", "rule_owner", "evaluated", "failed"]
    st.html(parts.table([say(f"word.{head}") for head in heads], [_rule_row(here, line) for line in lines], numeric=[6, 7]))
    if quality.note:
        st.caption(parts.plain_markdown(quality.note))
    return broken.records(here, lines)


def _rule_row(here: Here, line: CheckLine) -> list[str]:
    field = parts.text(line.field.text) if line.field else ""
    new = f'<span class="r-pill calm">{escape(here.screen.say("word.newly"))}</span> ' if line.newly else ""
    facts = [line.dimension.text, *([here.screen.fact(here.screen.say("word.observed"), line.observed)] if line.observed else [])]
    message = f'{new}{parts.text(line.message)}<div class="r-facts">{escape(" · ".join(facts))}</div>'
    entity, system = parts.text(line.entity.text), parts.text(line.system.text)
    failed = f"<b>{line.failed.text}</b>" if line.failed.value else "–"
    by = f'<div class="r-due">{escape(here.screen.say("say.by_day", day=line.due))}</div>' if line.due else ""
    owner = parts.text(line.owner.text) + by
    return [parts.pill(line.severity), message, entity, system, field, owner, line.evaluated.text, failed]


draw(parts.here())
