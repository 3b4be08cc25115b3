"""The L'Abbé plot, laid out: the share of good outcomes with repair over the share without, area by n.

Source: L'Abbé, Detsky & O'Rourke (1987), Annals of Internal Medicine 107(2), 224-233,
https://doi.org/10.7326/0003-4819-107-2-224
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from rupmeta.errors import EstimationError
from rupmeta.render.figures.axis import Axis
from rupmeta.render.figures.labbe.data import LabbeData, LabbePoint
from rupmeta.render.figures.layout import (
    Circle,
    Layout,
    Line,
    Mark,
    Page,
    Path,
    Rect,
    Text,
    glyph_notes,
    points,
    pt,
)
from rupmeta.render.figures.legend import Entry, lay_out_key, room_for
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.painters.text_table import table_text
from rupmeta.render.figures.panel_frame import MARGIN, SMALL, page_foot, page_head
from rupmeta.render.figures.points.names import place_names
from rupmeta.render.figures.text_width import clean_text
from rupmeta.render.numbers import NumberStyle, number

__all__ = ["lay_out_labbe"]

SIDE, LARGEST_SIDE = 250.0, 420.0  # of the square plot
LARGEST, LEAST_LARGEST, SMALLEST = 11.0, 5.5, 2.5  # radii: of the largest, when few or many, and the least
ROOMY = 30  # more studies are drawn smaller
EDGE = 0.05  # room beyond 0 and 1
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
NAMED = 12  # more points get no names


def lay_out_labbe(data: LabbeData, look: Look | None = None) -> Layout:
    """Lay a L'Abbé plot out; raises EstimationError when no study has counts."""
    look = look or Look()
    style, size = look.journal.numbers, look.size
    if not data.points:
        raise EstimationError("a L'Abbé plot needs counts of a yes-or-no outcome in two groups")
    small = size * SMALL
    left = MARGIN + 4.4 * size
    width, beside, page_width = room_for(look, SIDE, left)
    side = min(width, LARGEST_SIDE)
    marks, y = page_head(data.banners, data.title, look, page_width)
    top = pt(y + 0.8 * size)
    bottom = pt(top + side)
    across = Axis(-EDGE, 1 + EDGE, left, left + side, TICKS)
    up = Axis(-EDGE, 1 + EDGE, bottom, top, TICKS)
    marks.append(Rect(pt(left), top, pt(side), pt(side), "frame"))
    marks.append(Line(across.x(0), pt(up.at(0)), across.x(1), pt(up.at(1)), "null"))
    if data.curve:
        line = ((across.at(a), up.at(b)) for a, b in data.curve)
        marks.append(Path(points(*line), "estimate"))
    circles = list(_circles(data, across, up))
    marks += circles
    if len(data.points) <= NAMED:
        boxes = [(c.x - c.radius, c.y - c.radius, c.x + c.radius, c.y + c.radius) for c in circles]
        spots = [(a, b) for a, b in (*data.curve, *((i / 60, i / 60) for i in range(61)))]
        boxes += [(across.at(a) - 1, up.at(b) - 1, across.at(a) + 1, up.at(b) + 1) for a, b in spots]
        names = {p.key: p.label for p in data.points}
        labels = [(c.key, names[c.key], c.x, c.y, c.radius) for c in circles]
        marks += place_names(labels, boxes, (left, top, left + side, bottom), small)
    marks += _axes(across, up, style, small)
    below = bottom + 4 + 3.4 * small
    at = (left + side + 16, top) if beside else (left, below)
    key, key_end = lay_out_key(_entries(data), *at, size)
    marks += key
    one, two = (clean_text(f"Better outcome, {group}, %") for group in data.groups)
    marks.append(Text(pt(left + side / 2), pt(bottom + 4 + 2.4 * small), two, "axis-title", small, "middle"))
    middle = pt((top + bottom) / 2)
    marks.append(Text(pt(MARGIN + small), middle, one, "axis-title", small, "middle", rotate=90.0))
    foot, y = page_foot(data.footnotes, look, page_width, max(below - 0.4 * small, key_end))
    rows = _table(data, style)
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(_describe(data, style)),
        pages=(Page(page_width, pt(y + MARGIN), (*marks, *foot)),),
        table=tuple(tuple(map(clean_text, row)) for row in rows),
        text=table_text(data.banners, data.title, rows, data.footnotes),
        palette=look.palette or look.journal.palette,
        tooltips=tuple(
            (p.key, clean_text(f"{p.label}: {row[1]} against {row[2]}"))
            for p, row in zip(data.points, rows[1:], strict=True)
        ),
        notes=glyph_notes(point.label for point in data.points),
    )


def _circles(data: LabbeData, across: Axis, up: Axis) -> Iterator[Circle]:
    """Area by the number of clients; large ones first, so that none hides another."""
    largest = max(p.n1 + p.n2 for p in data.points)
    most = max(LARGEST * min(1.0, math.sqrt(ROOMY / len(data.points))), LEAST_LARGEST)
    for p in sorted(data.points, key=lambda p: -(p.n1 + p.n2)):
        radius = max(most * math.sqrt((p.n1 + p.n2) / largest), SMALLEST)
        role = "fruit-hollow" if p.provisional else "fruit"
        yield Circle(across.x(p.share2), pt(up.at(p.share1)), pt(radius), role, p.key)


def _axes(across: Axis, up: Axis, style: NumberStyle, small: float) -> Iterator[Mark]:
    for tick in TICKS:
        text = number(100 * tick, "count", style)
        x, y = across.x(tick), pt(up.at(tick))
        yield Line(x, pt(up.left), x, pt(up.left + 3), "axis")
        yield Text(x, pt(up.left + 4 + small), text, "tick", small, "middle")
        yield Line(pt(across.left - 3), y, pt(across.left), y, "axis")
        yield Text(pt(across.left - 5), pt(y + 0.36 * small), text, "tick", small, "end")


def _entries(data: LabbeData) -> Iterator[Entry]:
    if any(not p.provisional for p in data.points):
        yield Entry("dot", "fruit", "study, area by n")
    if any(p.provisional for p in data.points):
        yield Entry("dot", "fruit-hollow", "provisional")
    if data.curve:
        yield Entry("line", "estimate", data.curve_label)
    yield Entry("line", "null", "no association")


def _share(better: float, n: float, style: NumberStyle) -> str:
    counts = f"{number(better, 'count', style)}/{number(n, 'count', style)}"
    return f"{counts} ({number(100 * better / n, 'percent', style)}%)"


def _table(data: LabbeData, style: NumberStyle) -> tuple[tuple[str, ...], ...]:
    head = ("Study", *(f"Better outcome, {group}" for group in data.groups))
    return (
        head,
        *((p.label, _share(p.better1, p.n1, style), _share(p.better2, p.n2, style)) for p in data.points),
    )


def _describe(data: LabbeData, style: NumberStyle) -> str:
    k = len(data.points)
    above = sum(p.share1 > p.share2 for p in data.points)

    def gap(p: LabbePoint) -> float:
        return p.share1 - p.share2

    low, high = min(data.points, key=gap), max(data.points, key=gap)
    one, two = data.groups
    sentences = [
        *(f"{banner}." for banner in data.banners),
        f"L'Abbé plot: {data.title}, {k} stud{'y' if k == 1 else 'ies'} with counts, "
        f"share with the better outcome {one} over the share {two}.",
        f"{above} of {k} lie above the line of no association.",
    ]
    if k > 1:
        sentences.append(
            f"The widest gaps are {number(100 * gap(low), 'percent', style)} points ({low.label}) "
            f"and {number(100 * gap(high), 'percent', style)} points ({high.label})."
        )
    if data.curve:
        sentences.append(f"The line is the {data.curve_label}.")
    sentences.append("The numbers stand in the table that belongs to this figure.")
    return " ".join(sentences)
