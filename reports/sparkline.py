"""A small line of history as SVG, drawn by hand: no script, no font, nothing to fetch."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_WIDTH, _HEIGHT, _EDGE = 84.0, 20.0, 2.5
_LINE, _DOT = "#3f6ca8", "#26323f"
_LEAST_RANGE = 2.0
"""Points of a score: less would turn noise into mountains."""


def sparkline(points: Sequence[float | None], title: str) -> str:
    """Scores (0 to 100, the latest last, None where there is none) as one line with a dot at its end; empty without two of them.

    `title` is read aloud, and shown where the mouse rests.
    """
    known = [(at, point) for at, point in enumerate(points) if point is not None]
    if len(known) < 2:  # noqa: PLR2004  # one point is no line
        return ""
    low, high = min(point for _, point in known), max(point for _, point in known)
    middle, half = (low + high) / 2, max(high - low, _LEAST_RANGE) / 2
    wide, tall = _WIDTH - 2 * _EDGE, _HEIGHT - 2 * _EDGE
    places = [
        (_EDGE + wide * at / (len(points) - 1), _EDGE + tall * (0.5 - (point - middle) / (2 * half))) for at, point in known
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    x, y = places[-1]
    said = escape(title, quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH:.0f}" height="{_HEIGHT:.0f}" '
        f'viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" role="img" aria-label="{said}"><title>{said}</title>'
        f'<polyline points="{line}" fill="none" stroke="{_LINE}" stroke-width="1.5" stroke-linejoin="round"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="{_DOT}"/></svg>'
    )
