"""Charts of the view as Vega-Lite specifications, for the report (drawn to SVG here) and the dashboard.

Plain specifications, because Altair takes a second to import.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import vl_convert
from markupsafe import Markup

from reports.model import Figure, View

Spec = dict[str, Any]

KIND_COLOURS: Mapping[str, str] = {
    "difference": "#3f6ca8",
    "missing_in_crm": "#c77f1f",
    "missing_in_erp": "#96541a",
    "duplicate_in_crm": "#4b9a91",
    "duplicate_in_erp": "#27706b",
    "orphan_in_crm": "#a173b5",
    "orphan_in_erp": "#744a8a",
    "unmapped_code": "#6c7681",
    "unreadable_value": "#b94a62",
    "candidate": "#7d8b35",
    "conservation": "#2f4b7c",
    "broken_rule": "#8a5a44",
}
"""One colour for each kind of break, everywhere; each has a contrast of at least 3 to 1 on white."""
_OTHER_COLOUR = "#3f6ca8"
_INK = "#26323f"
_SOFT = "#5c6873"
_LINE = "#dfe4e9"
_MATCHED, _EQUAL = "#27706b", "#c77f1f"
_WIDTH = 300
_CURRENCIES = 4
_CLOSE = 0.99
"""Shares are drawn on an axis from here at the latest, so that a hair's breadth does not look like a gap."""
_FINE = 0.95
"""Above this, the axis of shares has tenths of a percent."""
_FONT = "system-ui, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
_NARROW, _WIDE = 6.6, 12.5
"""Width of a Latin and of a Chinese character at 12 px: labels get their room also where no Chinese font is installed."""


def breaks_chart(view: View) -> Spec | None:
    """Stacked bars: open breaks of each entity, by kind. None if there are none."""
    entities = [line.entity.text for line in view.entities if line.breaks.value]
    rows = [
        {"entity": entity.text, "kind": line.kind.text, "breaks": figure.value, "order": place}
        for place, line in enumerate(view.kinds)
        for entity, figure in zip(view.entity_terms, line.counts, strict=True)
        if figure.value
    ]
    if not rows:
        return None
    colours = [KIND_COLOURS.get(line.kind.code, _OTHER_COLOUR) for line in view.kinds]
    encoding = {
        "y": names_axis("entity", entities),
        "x": {"field": "breaks", "type": "quantitative", "axis": _number_axis(whole=True), "title": None},
        "color": {
            "field": "kind",
            "type": "nominal",
            "title": None,
            "scale": {"domain": [line.kind.text for line in view.kinds], "range": colours},
            "legend": {"orient": "bottom", "columns": 2, "symbolType": "square", "labelLimit": 220, "columnPadding": 24},
        },
        "order": {"field": "order", "type": "quantitative"},
        "tooltip": _tooltip(view, entity="word.entity", kind="word.kind", breaks="word.breaks"),
    }
    return _chart(
        rows,
        {"type": "bar", "height": {"band": 0.72}, "stroke": "white", "strokeWidth": 1, "cornerRadius": 1.5},
        encoding,
    )


def match_rate_chart(view: View) -> Spec | None:
    """Dots: match rate and share of equal values of each entity. None if nothing was compared."""
    measures = [view.words.say("word.match_rate"), view.words.say("word.cells_equal")]
    rows: list[Spec] = [
        {"entity": line.entity.text, "measure": measure, "share": figure.value, "text": figure.text}
        for line in view.entities
        for measure, figure in zip(measures, (line.match_rate, line.cells_equal), strict=True)
        if figure.value is not None
    ]
    if not rows:
        return None
    lowest = min(row["share"] for row in rows)
    axis = {**_number_axis(), "format": ".1%" if lowest > _FINE else ".0%"}
    encoding = {
        "y": names_axis("entity", [line.entity.text for line in view.entities]),
        "x": {
            "field": "share",
            "type": "quantitative",
            "title": None,
            "axis": axis,
            "scale": {"domain": [max(0.0, min(_CLOSE, lowest - (1 - lowest) * 0.1)), 1.0], "zero": False},
        },
        "color": {
            "field": "measure",
            "type": "nominal",
            "title": None,
            "scale": {"domain": measures, "range": [_MATCHED, _EQUAL]},
            "legend": {"orient": "bottom"},
        },
        "yOffset": {"field": "measure", "type": "nominal"},
        "shape": {"field": "measure", "type": "nominal", "scale": {"domain": measures, "range": ["circle", "diamond"]}},
        "tooltip": _tooltip(view, entity="word.entity", measure="word.kind", text="word.score"),
    }
    return _chart(rows, {"type": "point", "filled": True, "size": 90, "opacity": 0.95}, encoding)


def value_chart(view: View) -> Spec | None:
    """Bars: value at risk by kind, one panel for each of the four largest currencies. None if no money is at stake."""
    panels = [_value_panel(view, total) for total in view.headline.value_at_risk[:_CURRENCIES]]
    if not panels:
        return None
    return {**chart_frame(), "vconcat": panels, "spacing": 14}


def _value_panel(view: View, total: Figure) -> Spec:
    rows: list[Spec] = [
        {"kind": line.kind.text, "amount": figure.value, "text": figure.text, "code": line.kind.code}
        for line in view.kinds
        for figure in line.value_at_risk
        if figure.unit == total.unit
    ]
    kinds = [line.kind for line in view.kinds]
    colours = [KIND_COLOURS.get(kind.code, _OTHER_COLOUR) for kind in kinds]
    encoding = {
        "y": names_axis("kind", [row["kind"] for row in rows], room=[kind.text for kind in kinds]),
        "x": {
            "field": "amount",
            "type": "quantitative",
            "title": None,
            "axis": {**_number_axis(), "tickCount": 3, "format": ",~f"},
        },
    }
    bar: Spec = {"field": "kind", "type": "nominal", "legend": None}
    bar["scale"] = {"domain": [kind.text for kind in kinds], "range": colours}
    return {
        "data": {"values": rows},
        "title": {"text": total.text, "anchor": "start", "fontSize": 12, "color": _INK, "offset": 4},
        "width": _WIDTH,
        "height": {"step": 24},
        "mark": {"type": "bar", "height": {"band": 0.72}, "cornerRadius": 1.5},
        "encoding": {**encoding, "color": bar, "tooltip": _tooltip(view, kind="word.kind", text="word.value_at_risk")},
    }


def history_chart(view: View) -> Spec | None:
    """A line: open breaks over the runs. None in a first run."""
    if len(view.history) < 2:  # noqa: PLR2004  # one point is no line
        return None
    rows = [{"at": point.at.isoformat(), "open": point.open, "text": point.text} for point in view.history]
    encoding = {
        "x": {
            "field": "at",
            "type": "temporal",
            "title": None,
            "scale": {"type": "utc"},
            "axis": {"grid": False, "format": "%Y-%m-%d", "labelOverlap": True, "tickCount": 4},
        },
        "y": {"field": "open", "type": "quantitative", "title": None, "axis": _number_axis(whole=True)},
        "tooltip": _tooltip(view, text="word.run", open="word.open_breaks"),
    }
    mark = {"type": "line", "color": _OTHER_COLOUR, "strokeWidth": 2, "point": {"size": 45, "color": _OTHER_COLOUR}}
    return {**chart_frame(), "data": {"values": rows}, "width": _WIDTH + 80, "height": 170, "mark": mark, "encoding": encoding}


CHARTS = {
    "chart.kinds": breaks_chart,
    "chart.match_rate": match_rate_chart,
    "chart.value": value_chart,
    "chart.history": history_chart,
}
"""Key of the title in `reports.texts`, and what draws it; in the order of the report."""


def svg(spec: Spec, title: str, number: int) -> Markup:
    """The chart as an inline SVG; text in it is escaped by the renderer. `number` tells the charts of one page apart."""
    drawn: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    for place, old in enumerate(re.findall(r' id="([^"]+)"', drawn)):  # the renderer counts on from chart to chart
        new = f"chart{number}-{place}"
        drawn = drawn.replace(f' id="{old}"', f' id="{new}"').replace(f"url(#{old})", f"url(#{new})")
    return Markup(drawn.replace("<svg ", Markup('<svg role="img" aria-label="{}" ').format(title), 1))  # noqa: S704  # see above


def _chart(rows: Sequence[Mapping[str, Any]], mark: Spec, encoding: Spec) -> Spec:
    return {
        **chart_frame(),
        "data": {"values": list(rows)},
        "width": _WIDTH,
        "height": {"step": 26, "for": "position"},
        "mark": mark,
        "encoding": encoding,
    }


def chart_frame() -> Spec:
    """What all charts share: font, colours of the axes, no background."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": "transparent",
        "config": {
            "aria": False,
            "font": _FONT,
            "view": {"stroke": None},
            "axis": {
                "labelColor": _SOFT,
                "labelFontSize": 12,
                "gridColor": _LINE,
                "domain": False,
                "ticks": False,
                "labelPadding": 6,
            },
            "legend": {"labelColor": _INK, "labelFontSize": 12},
        },
    }


def names_axis(field: str, names: Sequence[str], room: Sequence[str] = (), longest: int = 150) -> Spec:
    """The vertical axis of names, in this order; as wide as the names and `room` need, `longest` pixels at most."""
    extent = min(longest, max((_width(n) for n in (*names, *room)), default=0) + 10)
    axis = {"labelColor": _INK, "labelLimit": longest, "minExtent": extent, "maxExtent": extent}
    return {"field": field, "type": "nominal", "sort": list(names), "title": None, "axis": axis}


def _number_axis(*, whole: bool = False) -> Spec:
    apart = {"labelFlush": False, "labelOverlap": "greedy", "labelSeparation": 8}
    return {"tickCount": 4, **apart, **({"format": ",d", "tickMinStep": 1} if whole else {})}


def _width(text: str) -> float:
    return sum(_WIDE if unicodedata.east_asian_width(c) in "WF" else _NARROW for c in text)


def _tooltip(view: View, **fields: str) -> list[Spec]:
    return [{"field": field, "title": view.words.say(key)} for field, key in fields.items()]
