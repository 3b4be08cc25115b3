"""The key of a funnel plot: one line for everything that is drawn, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from rupmeta.render.figures.funnel_data import FunnelData
from rupmeta.render.figures.layout import Circle, Line, Mark, Rect, Text, pt
from rupmeta.render.figures.text_width import clean_text, wrap_to_width
from rupmeta.render.numbers import level_text

__all__ = ["lay_out_legend"]

SMALL = 0.85
SWATCH = 14.0
ROOM = 104.0  # for the words


def lay_out_legend(data: FunnelData, x: float, y: float, size: float) -> Iterator[Mark]:
    """The key from ``x, y`` downward."""
    small = size * SMALL
    for shape, role, words in _entries(data):
        middle = y + 0.65 * small
        if shape == "dot":
            yield Circle(pt(x + SWATCH / 2), pt(middle), 3.0, role)
        elif shape == "line":
            yield Line(pt(x), pt(middle), pt(x + SWATCH), pt(middle), role)
        else:
            yield Rect(pt(x), pt(middle - 4), SWATCH, 8.0, role)
            yield Rect(pt(x), pt(middle - 4), SWATCH, 8.0, "frame")
        for line in wrap_to_width(clean_text(words), ROOM, small):
            yield Text(pt(x + SWATCH + 6), pt(y + small), line, "tick", small)
            y += 1.25 * small
        y += 0.55 * small


def _entries(data: FunnelData) -> Iterator[tuple[str, str, str]]:
    if any(not point.provisional for point in data.points):
        yield "dot", "point", "study"
    if any(point.provisional for point in data.points):
        yield "dot", "point-hollow", "provisional"
    if data.filled:
        yield "dot", "filled", "imputed by trim and fill"
    yield "line", "estimate", data.estimate_label
    yield "line", "funnel", f"pseudo {level_text(data.level)} interval"
    if data.adjusted is not None:
        yield "line", "adjusted", "trim-and-fill estimate"
    if data.egger:
        yield "line", "egger", data.egger_label
    yield "line", "null", "no association"
    if data.contours:
        yield "box", "contour-none", "p > .10"
        yield "box", "contour-10", ".05 < p < .10"
        yield "box", "contour-05", ".01 < p < .05"
        yield "box", "contour-01", "p < .01"
