"""The key of a figure: one line for everything that is drawn, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from rupmeta.render.figures.layout import Circle, Line, Mark, Polygon, Rect, Text, points, pt
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.text_width import clean_text, wrap_to_width

__all__ = ["LEGEND", "Entry", "Room", "lay_out_key", "room_for"]

LEGEND = 140.0  # room for a key beside a plot
SMALL = 0.85
SWATCH = 14.0
MARGIN = 16.0
LEAST, NARROWEST = 170.0, 120.0  # width of a plot with its key beside it, and with its key below


class Room(NamedTuple):
    """The width of a plot, whether its key stands beside it, and the width of the page."""

    plot: float
    beside: bool
    page: float


def room_for(look: Look, usual: float, left: float, key: float = LEGEND) -> Room:
    """How a plot that begins at ``left`` and its key share the width: side by side, or the key below."""
    if look.width is None:
        return Room(usual, True, pt(left + usual + key + MARGIN))
    plot = look.width - left - key - MARGIN
    if plot >= LEAST:
        return Room(plot, True, pt(look.width))
    plot = max(look.width - left - MARGIN, NARROWEST)
    return Room(plot, False, pt(left + plot + MARGIN))


class Entry(NamedTuple):
    """A swatch and its words."""

    shape: Literal["dot", "line", "box", "diamond"]
    role: str
    words: str


def lay_out_key(
    entries: Iterable[Entry], x: float, y: float, size: float, *, room: float = LEGEND - SWATCH - 22
) -> tuple[list[Mark], float]:
    """The key from ``x, y`` downward, its words in ``room`` points, and the y below it."""
    small = size * SMALL
    marks: list[Mark] = []
    for shape, role, words in entries:
        middle, half = y + 0.65 * small, x + SWATCH / 2
        if shape == "dot":
            marks.append(Circle(pt(half), pt(middle), 3.0, role))
        elif shape == "line":
            marks.append(Line(pt(x), pt(middle), pt(x + SWATCH), pt(middle), role))
        elif shape == "diamond":
            corners = (half, middle - 4), (half + 6, middle), (half, middle + 4), (half - 6, middle)
            marks.append(Polygon(points(*corners), role))
        else:
            marks.append(Rect(pt(x), pt(middle - 4), SWATCH, 8.0, role))
            marks.append(Rect(pt(x), pt(middle - 4), SWATCH, 8.0, "frame"))
        for line in wrap_to_width(clean_text(words), room, small):
            marks.append(Text(pt(x + SWATCH + 6), pt(y + small), line, "tick", small))
            y += 1.25 * small
        y += 0.55 * small
    return marks, y
