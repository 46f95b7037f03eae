"""The waterfall of one pair: as a Vega-Lite specification for pages, and as blocks for the terminal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reports.charts import Spec, chart_frame, names_axis
from reports.why import Step, Why, bits, widest

COLOURS = {"for": "#27706b", "against": "#b94a62", "nothing": "#8a949e", "total": "#3f6ca8"}
_WIDTH = 400


def waterfall_chart(why: Why) -> Spec:
    """Bars from the sum before a step to the sum after it; the total from zero."""
    rows: list[Spec] = [
        {
            "place": place,
            "what": step.label,
            "from": step.start,
            "to": step.end,
            "tone": "total" if step.kind == "total" else step.tone,
            "text": bits(why.words, step.bits),
            "likeness": step.likeness,
        }
        for place, step in enumerate(_told_apart(why.steps))
    ]
    low, high = widest(why.steps)
    room = (high - low) * 0.14
    scale = {"domain": [low - room, high + room], "nice": False}
    y = names_axis("what", [row["what"] for row in rows], longest=340)
    x = {"field": "from", "type": "quantitative", "title": None, "scale": scale, "axis": {"tickCount": 5, "format": ",d"}}
    colour: Spec = {"field": "tone", "type": "nominal", "legend": None}
    colour["scale"] = {"domain": list(COLOURS), "range": list(COLOURS.values())}
    say = why.words.say
    tooltip = [
        {"field": name, "title": say(key)}
        for name, key in (("what", "why.word.step"), ("likeness", "why.word.likeness"), ("text", "why.word.bits"))
    ]
    ahead: dict[str, Any] = {"field": "to", "type": "quantitative", "title": None, "scale": scale}
    text: Spec = {"type": "text", "fontSize": 11, "color": "#26323f"}
    zero: Spec = {"datum": 0, "type": "quantitative", "scale": scale}
    number = {"field": "text", "type": "nominal"}

    def numbers(sign: str, align: str, shift: int) -> Spec:
        """Beside the bars, on the side to which they go."""
        mark = {**text, "align": align, "dx": shift}
        beside = {"y": y, "x": ahead, "text": number}
        return {"transform": [{"filter": f"datum.to {sign} datum.from"}], "mark": mark, "encoding": beside}

    return {
        **chart_frame(),
        "autosize": {"type": "pad"},
        "data": {"values": rows},
        "width": _WIDTH,
        "height": {"step": 24},
        "layer": [
            {
                "mark": {"type": "rule", "color": "#8a949e"},
                "encoding": {"x": zero},
            },
            {
                "mark": {"type": "bar", "height": {"band": 0.66}, "cornerRadius": 1.5},
                "encoding": {"y": y, "x": x, "x2": {"field": "to"}, "color": colour, "tooltip": tooltip},
            },
            numbers(">=", "left", 4),
            numbers("<", "right", -4),
        ],
    }


def _told_apart(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Steps under labels of their own: two fields may have one name in a language."""
    seen: dict[str, int] = {}
    out = []
    for step in steps:
        seen[step.label] = seen.get(step.label, 0) + 1
        out.append(replace(step, label=f"{step.label} ({seen[step.label]})") if seen[step.label] > 1 else step)
    return tuple(out)


def bar(step: Step, low: float, high: float, width: int) -> str:
    """One step as blocks in `width` columns: `░` where it takes, `█` where it gives; a mark where nothing moves."""
    scale = width / max(high - low, 1e-9)
    first, last = sorted(((step.start - low) * scale, (step.end - low) * scale))
    left, right = min(round(first), width - 1), min(max(round(last), round(first) + 1), width)
    full = "·" if step.tone == "nothing" else "█" if step.bits > 0 else "░"
    return (" " * left + full * (right - left)).ljust(width)
