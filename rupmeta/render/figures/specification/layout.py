"""The specification curve, laid out: estimates in order of size over a dashboard of the choices behind
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rupmeta.errors import EstimationError
from rupmeta.render.figures.axis import Axis, fit_axis
from rupmeta.render.figures.layout import Circle, Layout, Line, Mark, Page, Polygon, Rect, Text, points, pt
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.specification.data import SpecificationData, SpecificationPoint
from rupmeta.render.figures.specification.words import (
    describe_specification,
    option_texts,
    paint_specification,
    specification_table,
    summary_lines,
)
from rupmeta.render.figures.text_width import clean_text, ellipsize, text_width, wrap_to_width
from rupmeta.render.labels import DISPLAY

__all__ = ["lay_out_specification"]

MARGIN = 16.0
WIDTH, HEIGHT = 360.0, 170.0  # of the curve
SMALL = 0.85
ROW = 1.45  # of the type size: one row of the dashboard
LONGEST = 150.0  # of an option's label


def lay_out_specification(data: SpecificationData, look: Look | None = None) -> Layout:
    """Lay a specification curve out.

    Every specification is a dot with its interval, in order of size; below, each choice has a row for every
    option, marked where the specification above takes it. Intervals that hold zero are grey, the declared
    analysis is a diamond on a line through the dashboard. Raises EstimationError when there is nothing to
    draw.
    """
    look = look or Look()
    if not data.points:
        raise EstimationError("a specification curve needs at least one specification")
    style, size = look.journal.numbers, look.size
    small = size * SMALL
    rows = option_texts(data, style)
    labels = [clean_text(row[1]) for row in rows]
    heads = [clean_text(row[0]) for row in rows]
    left_head = max([text_width(text, small, bold=True) for text in heads if text] + [30.0])
    left_label = min(LONGEST, max([text_width(text, small) for text in labels] + [20.0]))
    left = pt(MARGIN + left_head + 10 + left_label + 10)
    right_room = 70.0
    width = WIDTH if look.width is None else max(look.width - left - right_room - MARGIN, 120.0)
    page_width = pt(left + width + right_room + MARGIN)
    marks: list[Mark] = []
    y = MARGIN
    titles = (data.title,) if look.show_title else ()
    for role, scale, texts in (("banner", 1.0, data.banners), ("title", 1.2, titles)):
        for text in texts:
            for line in wrap_to_width(clean_text(text), page_width - 2 * MARGIN, size * scale, bold=True):
                y += 1.25 * size * scale
                marks.append(Text(MARGIN, pt(y), line, role, size * scale, bold=True))
        y += 0.7 * size if texts else 0
    top = pt(y + 0.8 * size)
    axis = _axis(data, top, top + HEIGHT)
    xs = _columns(len(data.points), left, left + width)
    marks += _scale(data, look, axis, left, left + width)
    begin = pt(top + HEIGHT + 1.2 * size)
    end = begin + len(rows) * ROW * small + _gaps(data) * 0.5 * small
    declared = next((x for x, point in zip(xs, data.points, strict=True) if point.declared), None)
    if declared is not None:
        marks.append(Line(declared, top, declared, pt(end), "pooled-line"))
    marks += _curve(data, axis, xs, left, left + width)
    marks += _dashboard(data, rows, labels, xs, begin, look, (MARGIN, left, left + width))
    y = end + 0.4 * size
    for text in summary_lines(data, style):
        for line in wrap_to_width(clean_text(text), page_width - 2 * MARGIN, small):
            y += 1.35 * small
            marks.append(Text(MARGIN, pt(y), line, "footnote", small))
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(describe_specification(data, style)),
        pages=(Page(page_width, pt(y + MARGIN), tuple(marks)),),
        table=tuple(tuple(map(clean_text, row)) for row in specification_table(data, style)),
        text=paint_specification(data, style),
        palette=look.palette or look.journal.palette,
        axes=(
            ("x", 0.0, float(len(data.points)), left, left + width),
            ("y", axis.lo, axis.hi, axis.left, axis.right),
        ),
    )


def _axis(data: SpecificationData, top: float, bottom: float) -> Axis:
    """Estimates upward: the axis runs from the bottom to the top."""
    display = DISPLAY[data.measure]
    core = [point.estimate for point in data.points]
    limits = [limit for point in data.points for limit in (point.ci_lb, point.ci_ub)]
    return fit_axis(core, limits, display, left=bottom, right=top)


def _columns(number: int, left: float, right: float) -> list[float]:
    step = (right - left) / number
    return [pt(left + (i + 0.5) * step) for i in range(number)]


def _gaps(data: SpecificationData) -> int:
    return max(0, len(data.choices) - 1)


def _scale(data: SpecificationData, look: Look, axis: Axis, left: float, right: float) -> Iterator[Mark]:
    display, small = DISPLAY[data.measure], look.size * SMALL
    top, bottom = axis.right, axis.left
    yield Line(pt(left), pt(top), pt(left), pt(bottom), "axis")
    for tick, text in zip(axis.ticks, axis.tick_texts(display, look.journal.numbers), strict=True):
        where = pt(axis.at(tick))
        yield Line(pt(left - 3), where, pt(left), where, "axis")
        yield Text(pt(left - 5), pt(where + 0.36 * small), text, "tick", small, "end")
    null = pt(axis.at(display.null))
    yield Line(pt(left), null, pt(right), null, "null")
    name = f"{display.name[:1].upper()}{display.name[1:]}"
    yield Text(pt(left - 32), pt((top + bottom) / 2), name, "axis-title", small, "middle", rotate=90.0)
    median = pt(axis.at(data.median))
    yield Line(pt(left), median, pt(right), median, "estimate")
    yield Text(pt(right + 5), pt(median + 0.36 * small), "median", "tick", small)


def _curve(
    data: SpecificationData, axis: Axis, xs: Sequence[float], left: float, right: float
) -> Iterator[Mark]:
    radius = pt(min(2.6, max(0.8, 0.4 * (right - left) / len(xs))))
    null = DISPLAY[data.measure].null
    for x, point in zip(xs, data.points, strict=True):
        open_ = point.ci_lb <= null <= point.ci_ub
        low, high = (pt(min(max(axis.at(v), axis.right), axis.left)) for v in (point.ci_lb, point.ci_ub))
        yield Line(x, low, x, high, "spec-ci-open" if open_ else "spec-ci")
    for x, point in zip(xs, data.points, strict=True):
        yield from _dot(x, pt(axis.at(point.estimate)), point, radius, null)


def _dot(x: float, y: float, point: SpecificationPoint, radius: float, null: float) -> Iterator[Mark]:
    if point.declared:
        r = 4.2
        corners = points((x, y - r), (x + r, y), (x, y + r), (x - r, y))
        yield Polygon(corners, "pooled", "declared")
    else:
        open_ = point.ci_lb <= null <= point.ci_ub
        yield Circle(x, y, radius, "spec-open" if open_ else "square")


def _dashboard(
    data: SpecificationData,
    rows: Sequence[tuple[str, str, str, str]],
    labels: Sequence[str],
    xs: Sequence[float],
    y: float,
    look: Look,
    edges: tuple[float, float, float],
) -> Iterator[Mark]:
    small, (margin, left, right) = look.size * SMALL, edges
    height = ROW * small
    tall = 0.62 * height
    thick = max(0.5, min(2.4, 0.8 * (right - left) / len(xs)))
    yield Text(pt(right + 34), pt(y - 0.5 * small), "n", "tick", small, "end")
    yield Text(pt(right + 70), pt(y - 0.5 * small), "median", "tick", small, "end")
    row = 0
    for d, choice in enumerate(data.choices):
        yield Line(pt(margin), pt(y), pt(right + 70), pt(y), "spec-rule")
        for j in range(len(choice.options)):
            head, _, n, median = rows[row]
            base = pt(y + 0.5 * height + 0.36 * small)
            if head:
                yield Text(pt(margin), base, clean_text(head), "header", small, bold=True)
            yield Text(pt(left - 8), base, ellipsize(labels[row], LONGEST, small), "study", small, "end")
            for first, last in _runs(data.points, d, j):
                start, stop = xs[first] - thick / 2, xs[last] + thick / 2
                yield Rect(pt(start), pt(y + (height - tall) / 2), pt(stop - start), pt(tall), "spec-mark")
            yield Text(pt(right + 34), base, n, "tick", small, "end")
            yield Text(pt(right + 70), base, median, "tick", small, "end")
            y += height
            row += 1
        y += 0.5 * small


def _runs(drawn: Sequence[SpecificationPoint], choice: int, option: int) -> Iterator[tuple[int, int]]:
    """Neighbouring specifications that take the option, as one stroke each."""
    start: int | None = None
    for i, point in enumerate(drawn):
        if point.taken[choice] == option:
            start = i if start is None else start
        elif start is not None:
            yield start, i - 1
            start = None
    if start is not None:
        yield start, len(drawn) - 1
