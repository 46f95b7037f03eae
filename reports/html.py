"""Renders the view as one self-contained HTML page: no request to anywhere, readable without its little script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import resources
from itertools import count

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from reports.charts import CHARTS, KIND_COLOURS, svg
from reports.marking import visible
from reports.model import View
from reports.quality_scores import LOSSES
from reports.sparkline import sparkline
from reports.waterfall import waterfall_chart
from reports.why import Why, bits
from reports.words import Words


def environment(words: Words) -> Environment:
    """The templates of this package in one language, with `words` in reach: unknown names are errors.

    Everything is escaped, except in plain text (`*.txt.j2`).
    """
    env = Environment(
        loader=PackageLoader("reports"),
        autoescape=select_autoescape(disabled_extensions=("txt.j2",), default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = resources.files("reports").joinpath("templates", "report.js").read_text(encoding="utf-8")
    env.filters["oneline"] = visible
    env.globals.update(
        words=words,
        say=words.say,
        spark=_spark,
        most_losses=LOSSES,
        colours=KIND_COLOURS,
        script=Markup(script),  # noqa: S704  # our own file
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
    return env


def _spark(points: Sequence[float | None], title: str) -> Markup:
    return Markup(sparkline(points, title))  # noqa: S704  # numbers, and a title that is escaped there


def render_report(view: View) -> str:
    """The report as HTML text; its size is bounded by what `build_view` was told to show."""
    template = environment(view.words).get_template("report.html.j2")
    charts = list(_drawn(view))
    numbers = count(len(charts))
    doubts = [(group.entity, [(line, _waterfall(line.why, next(numbers))) for line in group.lines]) for group in view.doubts]
    return template.render(
        view=view, charts=charts, doubts=doubts, bits=partial(bits, view.words), anchors=frozenset(anchors(view))
    )


def render_why(why: Why) -> str:
    """An explanation as a page of its own: sentence, waterfall and table."""
    template = environment(why.words).get_template("why_page.html.j2")
    return template.render(why=why, drawn=_waterfall(why, 0), bits=partial(bits, why.words))


def _waterfall(why: Why, number: int) -> Markup:
    return svg(waterfall_chart(why), why.words.say("why.chart"), number)


def anchors(view: View) -> Iterator[str]:
    """Every id of the report that something may lead to."""
    yield from ("entities", "kinds", "breaks", "actions", "quality")
    if view.quality.failing:
        yield "failing"
    if view.doubts:
        yield "doubts"
    if view.balances:
        yield "balances"
    for section in view.breaks:
        yield section.anchor
        for line in section.lines:
            yield line.anchor
            yield f"{section.anchor}-{line.entity.code}"
    for group in view.actions:
        yield group.anchor
        yield from (line.anchor for line in group.lines)


def _drawn(view: View) -> Iterator[tuple[str, Markup]]:
    for number, (key, chart) in enumerate(CHARTS.items()):
        spec = chart(view)
        if spec is not None:
            title = view.words.say(key)
            yield title, svg(spec, title, number)
