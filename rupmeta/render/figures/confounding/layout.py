"""The confounding figure, laid out: the mean and the share of true correlations that a confounder would
leave.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rupmeta.errors import EstimationError
from rupmeta.render.figures.axis import Axis, linear_ticks
from rupmeta.render.figures.confounding.data import ConfoundingData
from rupmeta.render.figures.confounding.text import (
    confounding_cautions,
    confounding_rows,
    describe_confounding_figure,
    paint_confounding,
)
from rupmeta.render.figures.layout import Layout, Line, Mark, Page, Path, Polygon, Rect, Text, points, pt
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.text_width import clean_text, ellipsize, text_width, wrap_to_width
from rupmeta.render.labels import DISPLAY, Display
from rupmeta.render.numbers import NumberStyle, level_text, number

__all__ = ["lay_out_confounding"]

MARGIN = 16.0
WIDTH, HEIGHT, GAP = 210.0, 170.0, 62.0  # of one panel, and between the two
SMALL = 0.85
AXIS_ROOM = 30.0
LEAST, STACK = 150.0, 44.0  # narrowest panel, and what parts one from the panel below


def lay_out_confounding(data: ConfoundingData, look: Look | None = None) -> Layout:
    """Lay the figure out in two panels over the confounder's correlation with both sides.

    On the left the mean correlation with its interval, on the right the share of true correlations above the
    threshold. Raises EstimationError when there is no curve.
    """
    look = look or Look()
    style, size = look.journal.numbers, look.size
    if len(data.c) < 2:
        raise EstimationError("a confounding figure needs a curve")
    small = size * SMALL
    left = MARGIN + AXIS_ROOM
    width, stacked = WIDTH, False
    if look.width is not None:
        stacked = look.width < left + 2 * LEAST + GAP + MARGIN
        width = (look.width - left - GAP - MARGIN) / 2
        width = max(look.width - left - MARGIN, LEAST) if stacked else width
    page_width = pt(left + (width if stacked else 2 * width + GAP) + MARGIN)
    marks: list[Mark] = []
    y = MARGIN
    titles = (data.title,) if look.show_title else ()
    for role, scale, texts in (("banner", 1.0, data.banners), ("title", 1.2, titles)):
        for text in texts:
            for line in wrap_to_width(clean_text(text), page_width - 2 * MARGIN, size * scale, bold=True):
                y += 1.25 * size * scale
                marks.append(Text(MARGIN, pt(y), line, role, size * scale, bold=True))
        y += 0.7 * size if texts else 0
    limit = number(data.threshold, "bounded", style)
    heads = (f"Mean correlation, {level_text(data.level)} interval", f"True correlations above {limit}, %")
    top = pt(y + 2.0 * size)
    lefts = (left, left if stacked else left + width + GAP)
    tops = (top, top + HEIGHT + STACK if stacked else top)
    for x, above, head, panel in zip(lefts, tops, heads, (_mean_panel, _share_panel), strict=True):
        text = ellipsize(head, width + AXIS_ROOM, small, bold=True)
        marks.append(Text(pt(x), pt(above - 0.7 * size), text, "header", small, bold=True))
        marks += panel(data, look, x, x + width, above, above + HEIGHT)
    y = tops[1] + HEIGHT + 4 + small
    middle = pt((lefts[0] + lefts[1] + width) / 2)
    words = clean_text(f"Correlation of an unmeasured confounder with {data.sides}")
    for line in wrap_to_width(words, page_width - 2 * MARGIN, small):
        y += 1.3 * size
        room = pt(min(max(middle, MARGIN + text_width(line, small) / 2), page_width - MARGIN))
        marks.append(Text(room, pt(y), line, "axis-title", small, "middle"))
    y += 0.7 * size
    for text in confounding_cautions(data, style):
        for line in wrap_to_width(clean_text(text), page_width - 2 * MARGIN, small):
            y += 1.35 * small
            marks.append(Text(MARGIN, pt(y), line, "footnote", small))
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(describe_confounding_figure(data, style)),
        pages=(Page(page_width, pt(y + MARGIN), tuple(marks)),),
        table=tuple(tuple(map(clean_text, row)) for row in confounding_rows(data, style)),
        text=paint_confounding(data, style),
        palette=look.palette or look.journal.palette,
    )


def _horizontal(data: ConfoundingData, left: float, right: float) -> Axis:
    lo, hi = data.c[0], data.c[-1]
    return Axis(lo, hi, left, right, tuple(tick for tick in linear_ticks(lo, hi) if lo <= tick <= hi))


def _mean_panel(
    data: ConfoundingData, look: Look, left: float, right: float, top: float, bottom: float
) -> Iterator[Mark]:
    x = _horizontal(data, left, right)
    lo, hi = min([*data.lb, 0.0]), max([*data.ub, 0.0])
    low, high = max(lo, -1.0), min(hi + 0.05 * (hi - lo), 1.0)
    lo = max(low, min(data.mean) - 0.5 * (high - min(data.mean)))  # a wide interval is cut, the mean never
    y = Axis(lo, high, bottom, top, tuple(tick for tick in linear_ticks(lo, high) if lo <= tick <= high))
    upper = [(x.at(c), _inside(y, v)) for c, v in zip(data.c, data.ub, strict=True)]
    lower = [(x.at(c), _inside(y, v)) for c, v in zip(data.c, data.lb, strict=True)]
    yield Rect(pt(left), pt(top), pt(right - left), pt(bottom - top), "contour-none")
    yield Polygon(points(*upper, *reversed(lower)), "band")
    yield from _frame(data, look, x, y, DISPLAY["r"])
    yield Line(pt(left), pt(y.at(0.0)), pt(right), pt(y.at(0.0)), "null")
    yield Path(points(*((x.at(c), _inside(y, v)) for c, v in zip(data.c, data.mean, strict=True))), "curve")
    known = [c for c in (data.c_estimate, data.c_limit) if c is not None and data.c[0] <= c <= data.c[-1]]
    yield from _crossings(known, x, y, look.size * SMALL, look.journal.numbers)


def _crossings(known: Sequence[float], x: Axis, y: Axis, small: float, style: NumberStyle) -> Iterator[Mark]:
    """A diamond where a curve reaches zero, with its c above."""
    where, r = y.at(0.0), 3.6
    for c in known:
        at = x.at(c)
        corners = points((at, where - r), (at + r, where), (at, where + r), (at - r, where))
        yield Polygon(corners, "pooled")
        # The larger stands above the line at its right, the other below at its left: they may lie close.
        text = number(c, "bounded", style)
        if c == max(known):
            yield Text(pt(at + 4.0), pt(where - r - 1.5), text, "tick", small)
        else:
            yield Text(pt(at - 2.0), pt(where + r + 0.8 * small), text, "tick", small, "end")


def _share_panel(
    data: ConfoundingData, look: Look, left: float, right: float, top: float, bottom: float
) -> Iterator[Mark]:
    x = _horizontal(data, left, right)
    y = Axis(0.0, 100.0, bottom, top, (0.0, 25.0, 50.0, 75.0, 100.0))
    yield Rect(pt(left), pt(top), pt(right - left), pt(bottom - top), "contour-none")
    yield from _frame(data, look, x, y, Display("%", "percent", "percent"))
    curve = ((x.at(c), y.at(100.0 * v)) for c, v in zip(data.c, data.share, strict=True))
    yield Path(points(*curve), "curve")


def _frame(data: ConfoundingData, look: Look, x: Axis, y: Axis, display: Display) -> Iterator[Mark]:
    """Both axes with their ticks, and the benchmark."""
    small, style = look.size * SMALL, look.journal.numbers
    bottom, top = y.left, y.right
    yield Line(pt(x.left), pt(bottom), pt(x.right), pt(bottom), "axis")
    yield Line(pt(x.left), pt(top), pt(x.left), pt(bottom), "axis")
    for tick, text in zip(x.ticks, x.tick_texts(DISPLAY["r"], style), strict=True):
        where = pt(x.at(tick))
        yield Line(where, pt(bottom), where, pt(bottom + 3), "axis")
        yield Text(where, pt(bottom + 4 + small), text, "tick", small, "middle")
    for tick, text in zip(y.ticks, y.tick_texts(display, style), strict=True):
        where = pt(y.at(tick))
        yield Line(pt(x.left - 3), where, pt(x.left), where, "axis")
        yield Text(pt(x.left - 5), pt(where + 0.36 * small), text, "tick", small, "end")
    if data.c[0] <= data.benchmark[0] <= data.c[-1]:
        where = pt(x.at(data.benchmark[0]))
        yield Line(where, pt(top), where, pt(bottom), "benchmark")


def _inside(y: Axis, value: float) -> float:
    return min(max(y.at(value), y.right), y.left)
