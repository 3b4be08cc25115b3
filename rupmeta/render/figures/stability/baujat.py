"""The Baujat plot, laid out: who makes heterogeneity, and who moves the answer."""

from __future__ import annotations

from rupmeta.errors import EstimationError
from rupmeta.render.figures.layout import Circle, Layout, Page, Text, glyph_notes, pt
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.panel_frame import MARGIN, SMALL, axis_over, frame, page_foot, page_head
from rupmeta.render.figures.points.names import place_names
from rupmeta.render.figures.stability.data import BaujatData, BaujatPoint
from rupmeta.render.figures.text_width import clean_text, wrap_to_width
from rupmeta.render.numbers import NumberStyle, number

__all__ = ["lay_out_baujat"]

WIDTH, HEIGHT = 380.0, 260.0
LEFT = 52.0
RADIUS = 3.0
FLAGGED = 1.4  # by so much is a flagged point larger, since colour is not everyone's
NAMED = 8  # points that get their label, the farthest out first
X_TITLE = "Contribution to heterogeneity (squared Pearson residual)"
Y_TITLE = "Influence on the pooled effect"


def lay_out_baujat(data: BaujatData, look: Look | None = None) -> Layout:
    """Lay a Baujat plot out; raises EstimationError when there is nothing to draw."""
    look = look or Look()
    style, size = look.journal.numbers, look.size
    if not data.points:
        raise EstimationError("a Baujat plot needs effects")
    left = MARGIN + LEFT
    width = WIDTH if look.width is None else max(look.width - left - MARGIN, 150.0)
    page_width = pt(left + width + MARGIN)
    marks, y = page_head(data.banners, data.title, look, page_width)
    top, bottom = y + size, y + size + HEIGHT
    across = axis_over([p.x for p in data.points], left, left + width, zero=True)
    up = axis_over([p.y for p in data.points], bottom, top, zero=True)
    marks += frame(across, up, style, size)
    for point in data.points:
        role = "pooled" if point.flagged else "point"
        radius = RADIUS + FLAGGED if point.flagged else RADIUS
        marks.append(Circle(pt(across.at(point.x)), pt(up.at(point.y)), radius, role, point.key))
    small = size * SMALL
    places = [(across.at(p.x), up.at(p.y)) for p in data.points]
    boxes = [(x - 3, y - 3, x + 3, y + 3) for x, y in places]
    names = [(p.key, p.label, across.at(p.x), up.at(p.y), RADIUS) for p in _farthest(data)[:NAMED]]
    marks += place_names(names, boxes, (left, top, left + width, bottom), small)
    middle = pt(left + width / 2)
    below = bottom + 4 + 1.2 * small
    for line in wrap_to_width(X_TITLE, width, small):
        below += 1.2 * small
        marks.append(Text(middle, pt(below), line, "axis-title", small, "middle"))
    where = pt((top + bottom) / 2)
    marks.append(Text(pt(MARGIN + small), where, Y_TITLE, "axis-title", small, "middle", rotate=90.0))
    foot, y = page_foot(data.footnotes, look, page_width, below + 0.6 * small)
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(_describe(data, style)),
        pages=(Page(page_width, pt(y + MARGIN), (*marks, *foot)),),
        table=tuple(tuple(map(clean_text, row)) for row in _table(data, style)),
        text=_text(data, style),
        palette=look.palette or look.journal.palette,
        tooltips=tuple((p.key, clean_text(p.label)) for p in data.points),
        notes=glyph_notes(p.label for p in data.points),
    )


def _farthest(data: BaujatData) -> list[BaujatPoint]:
    """Points by their distance from the origin in shares of the largest values."""
    right = max(p.x for p in data.points) or 1.0
    top = max(p.y for p in data.points) or 1.0
    return sorted(data.points, key=lambda p: -((p.x / right) ** 2 + (p.y / top) ** 2))


def _table(data: BaujatData, style: NumberStyle) -> tuple[tuple[str, ...], ...]:
    rows = [
        (p.label, number(p.x, "unbounded", style, digits=3), number(p.y, "unbounded", style, digits=3))
        for p in _farthest(data)
    ]
    return (("Study", "heterogeneity", "influence"), *rows)


def _describe(data: BaujatData, style: NumberStyle) -> str:
    top = _farthest(data)[0]
    banner = "".join(f"{text}. " for text in data.banners)
    return (
        f"{banner}Baujat plot: {data.title}. {len(data.points)} effects; farthest out is {top.label} with a "
        f"contribution to heterogeneity of {number(top.x, 'unbounded', style)} and an influence of "
        f"{number(top.y, 'unbounded', style)}."
    )


def _text(data: BaujatData, style: NumberStyle) -> str:
    rows = [tuple(map(clean_text, row)) for row in _table(data, style)]
    widths = [max(len(row[j]) for row in rows) for j in range(3)]
    lines = [f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}" for row in rows]
    above, below = map(clean_text, (*data.banners, data.title)), map(clean_text, data.footnotes)
    return "\n".join([*above, "", *lines, "", *below])
