"""The answer under every adjustment, laid out: one row each, the pooled interval as a band behind all."""

from __future__ import annotations

from collections.abc import Iterator

from rupmeta.errors import EstimationError
from rupmeta.render.figures.adjustments.data import AdjustmentRow, AdjustmentsData
from rupmeta.render.figures.adjustments.words import (
    adjustment_cautions,
    adjustment_rows,
    describe_adjustments,
    estimate_text,
    paint_adjustments,
)
from rupmeta.render.figures.axis import Axis, fit_axis, legible_texts
from rupmeta.render.figures.layout import Layout, Line, Mark, Page, Polygon, Rect, Text, points, pt
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.text_width import clean_text, text_width, wrap_to_width
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import level_text

__all__ = ["lay_out_adjustments"]

MARGIN, GAP = 16.0, 14.0
PLOT = 210.0
SMALL = 0.85
ROW = 1.9  # row height in font sizes
SIDE = 5.0
ARROW = 4.0


def lay_out_adjustments(data: AdjustmentsData, look: Look | None = None) -> Layout:
    """Lay the comparison out. Raises EstimationError when no row has an estimate."""
    look = look or Look()
    style, size = look.journal.numbers, look.size
    estimates = [row.estimate for row in data.rows if row.estimate is not None]
    if not estimates:
        raise EstimationError("no adjustment has an estimate: there is nothing to compare")
    display = DISPLAY[data.measure]
    head = (f"{display.symbol} [{level_text(data.level)} CI]", "Adjustment")
    labels = max(text_width(clean_text(text), size) for text in (head[1], *(row.label for row in data.rows)))
    texts = [estimate_text(row, data, style) for row in data.rows]
    numbers = max(text_width(text, size) for text in (head[0], *texts))
    left = MARGIN + labels + GAP
    plot = PLOT if look.width is None else max(look.width - left - GAP - numbers - MARGIN, 110.0)
    right = left + plot
    page_width = pt(right + GAP + numbers + MARGIN)
    marks: list[Mark] = []
    y = MARGIN
    titles = (data.title,) if look.show_title else ()
    for role, scale, lines in (("banner", 1.0, data.banners), ("title", 1.2, titles)):
        for text in lines:
            for line in wrap_to_width(clean_text(text), page_width - 2 * MARGIN, size * scale, bold=True):
                y += 1.25 * size * scale
                marks.append(Text(MARGIN, pt(y), line, role, size * scale, bold=True))
        y += 0.7 * size if lines else 0
    y += 1.2 * size
    marks.append(Text(MARGIN, pt(y), head[1], "header", size, bold=True))
    marks.append(Text(pt(page_width - MARGIN), pt(y), head[0], "header", size, "end", bold=True))
    y += 0.5 * size
    marks.append(Line(MARGIN, pt(y), pt(page_width - MARGIN), pt(y), "rule"))
    top, bottom = y + 0.3 * size, y + 0.3 * size + len(data.rows) * ROW * size
    x = _axis(data, estimates, left, right)
    marks += _ground(data, x, top, bottom)
    for i, (row, text) in enumerate(zip(data.rows, texts, strict=True)):
        middle = top + (i + 0.5) * ROW * size
        base = pt(middle + 0.36 * size)
        role = "study" if row.estimate is not None else "muted"
        marks.append(Text(MARGIN, base, clean_text(row.label), role, size, bold=i == 0, key=row.key))
        marks.append(Text(pt(page_width - MARGIN), base, text, role, size, "end", bold=i == 0, key=row.key))
        marks += _drawing(row, x, middle, first=i == 0)
    marks += _scale(data, look, x, bottom)
    favours, y = _favours(data, look, x, bottom + 4 + size * SMALL, page_width)
    marks += favours
    y += 1.2 * size
    for text in adjustment_cautions(data):
        for line in wrap_to_width(clean_text(text), page_width - 2 * MARGIN, size * SMALL):
            y += 1.35 * size * SMALL
            marks.append(Text(MARGIN, pt(y), line, "footnote", size * SMALL))
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(describe_adjustments(data, style)),
        pages=(Page(page_width, pt(y + MARGIN), tuple(marks)),),
        table=tuple(tuple(map(clean_text, row)) for row in adjustment_rows(data, style)),
        text=paint_adjustments(data, x, style),
        palette=look.palette or look.journal.palette,
        tooltips=tuple((row.key, clean_text(f"{row.label}: {row.assumption}")) for row in data.rows),
    )


def _axis(data: AdjustmentsData, estimates: list[float], left: float, right: float) -> Axis:
    first = data.rows[0]
    core = [*estimates, *(limit for limit in (first.ci_lb, first.ci_ub) if limit is not None)]
    limits = [limit for row in data.rows for limit in (row.ci_lb, row.ci_ub) if limit is not None]
    return fit_axis(core, limits, DISPLAY[data.measure], left=left, right=right)


def _ground(data: AdjustmentsData, x: Axis, top: float, bottom: float) -> Iterator[Mark]:
    """The pooled interval as a band, its estimate dashed, the null solid."""
    first = data.rows[0]
    if first.ci_lb is not None and first.ci_ub is not None:
        start, end = x.x(first.ci_lb), x.x(first.ci_ub)
        yield Rect(start, pt(top), pt(end - start), pt(bottom - top), "contour-10")
    null = x.x(DISPLAY[data.measure].null)
    yield Line(null, pt(top), null, pt(bottom), "null")
    if first.estimate is not None:
        where = x.x(first.estimate)
        yield Line(where, pt(top), where, pt(bottom), "pooled-line")


def _drawing(row: AdjustmentRow, x: Axis, y: float, *, first: bool) -> Iterator[Mark]:
    """Interval and estimate: a diamond for the pooled answer, squares for the rest."""
    if row.estimate is None:
        return
    if row.ci_lb is not None and row.ci_ub is not None:
        yield Line(x.x(row.ci_lb), pt(y), x.x(row.ci_ub), pt(y), "ci", row.key)
        for limit, end, sign in ((row.ci_lb, x.left, -1), (row.ci_ub, x.right, 1)):
            if (x.at(limit) - end) * sign > 0:
                tip, base = end + sign * ARROW, end + sign * (ARROW - 5)
                yield Polygon(points((tip, y), (base, y - 2.5), (base, y + 2.5)), "arrow", row.key)
    at = x.x(row.estimate)
    if first:
        corners = ((at, y - SIDE), (at + SIDE, y), (at, y + SIDE), (at - SIDE, y))
        yield Polygon(points(*corners), "pooled", row.key)
    else:
        yield Rect(pt(at - SIDE / 2), pt(y - SIDE / 2), SIDE, SIDE, "square", row.key)


def _scale(data: AdjustmentsData, look: Look, x: Axis, bottom: float) -> Iterator[Mark]:
    """The axis with its ticks, and what lies on either side of the null."""
    size, style, display = look.size, look.journal.numbers, DISPLAY[data.measure]
    small = size * SMALL
    yield Line(pt(x.left), pt(bottom), pt(x.right), pt(bottom), "axis")
    xs = [x.x(tick) for tick in x.ticks]
    keep = x.null_index(display.null)
    for where, text in zip(
        xs, legible_texts(xs, x.tick_texts(display, style), small, keep=keep), strict=True
    ):
        yield Line(where, pt(bottom), where, pt(bottom + 3), "axis")
        if text:
            yield Text(where, pt(bottom + 4 + small), text, "tick", small, "middle")


def _favours(
    data: AdjustmentsData, look: Look, x: Axis, y: float, page_width: float
) -> tuple[list[Mark], float]:
    """What lies on either side of the null: in one line round it, or in two where the page is narrow."""
    small = look.size * SMALL
    left, right = (clean_text(words) for words in data.favours)
    words = f"← {left} | {right} →"
    wide, end = text_width(words, small), page_width - MARGIN
    y += 1.4 * look.size
    if wide <= end - MARGIN:
        middle = x.x(DISPLAY[data.measure].null) - text_width(f"← {left} ", small)
        return [Text(pt(max(min(middle, end - wide), MARGIN)), pt(y), words, "favours", small)], y
    below = y + 1.25 * small
    return [
        Text(MARGIN, pt(y), f"← {left}", "favours", small),
        Text(pt(end), pt(below), f"{right} →", "favours", small, "end"),
    ], below
