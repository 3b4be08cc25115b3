"""What a row of a forest plot looks like: its words in their columns, its square, diamond or bar."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rupmeta.render.figures.axis import Axis
from rupmeta.render.figures.forest.columns import INDENT, MARGIN, Columns, is_bold
from rupmeta.render.figures.forest.rows import LINE, ROW, SMALL, BodyRow
from rupmeta.render.figures.italics import italic_runs
from rupmeta.render.figures.layout import Line, Mark, Polygon, Rect, Text, points, pt
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.rob.layout import judgement_marks

__all__ = ["row_drawing", "row_lights", "row_words"]

SQUARE = 0.8  # side of the heaviest square, in row heights
SMALLEST_SQUARE = 2.0
DIAMOND = 0.4  # half height of a diamond, in row heights
BAR = 0.09  # half height of a prediction interval, in row heights
UNWEIGHTED = 0.4  # side of a square without a weight, in row heights
ARROW = 4.0


def row_words(row: BodyRow, look: Look, columns: Columns, y: float) -> Iterator[Text]:
    """Label and numbers of a row that begins at ``y``."""
    size = look.size
    bold = is_bold(row, look)
    role = {"heading": "heading", "pooled": "pooled-label"}.get(row.kind, "study")
    x = pt(MARGIN + row.indent * INDENT)
    baseline = y + ROW * size / 2 + 0.36 * size
    line_y = baseline
    statistics = look.journal.italics and row.kind in ("pooled", "reference")  # k and I², not a study's name
    for line in row.label:
        runs = italic_runs(line) if statistics else ()
        yield Text(x, pt(line_y), line, role, size, bold=bold, key=row.key, runs=runs)
        line_y += LINE * size
    line_y -= (LINE - LINE * SMALL) * size if row.label else 0
    for line in row.small:
        runs = italic_runs(line) if statistics else ()
        yield Text(x, pt(line_y), line, "muted", size * SMALL, key=row.key, runs=runs)
        line_y += LINE * SMALL * size
    cells = (
        (columns.n, row.n),
        (columns.estimate, row.estimate_text),
        (columns.interval, row.interval),
        (columns.weight, row.weight_text),
    )
    for edge, text in cells:
        if edge is not None and text:
            yield Text(pt(edge), pt(baseline), text, role, size, columns.anchor, bold=bold, key=row.key)


def row_lights(row: BodyRow, look: Look, columns: Columns, y: float) -> Iterator[Mark]:
    """The judgements of a row round the middle ``y``."""
    for cell, x in zip(row.judgements, columns.lights, strict=False):
        yield from judgement_marks(cell, x, y, look.size, row.key)


def row_drawing(row: BodyRow, look: Look, axis: Axis, y: float, heaviest: float | None) -> Iterator[Mark]:
    """Square and interval, diamond, or bar round the middle ``y``; ``heaviest`` is the largest weight."""
    height = ROW * look.size
    if row.kind == "prediction" and row.ci_lb is not None and row.ci_ub is not None:
        left, right, half = axis.x(row.ci_lb), axis.x(row.ci_ub), BAR * height
        yield Rect(left, pt(y - half), pt(right - left), pt(2 * half), "pi", row.key)
    if row.estimate is None:
        return
    if row.kind != "study":
        role = "reference" if row.hollow else "pooled" if row.overall else "subgroup"
        yield _diamond(row, row.estimate, axis, y, DIAMOND * height, role)
        yield from _arrowheads(row, axis, y)
        return
    if row.ci_lb is not None and row.ci_ub is not None:
        yield Line(axis.x(row.ci_lb), pt(y), axis.x(row.ci_ub), pt(y), "ci", row.key)
    yield from _arrowheads(row, axis, y)
    side = UNWEIGHTED * height
    if row.weight is not None and heaviest:
        side = max(SQUARE * height * math.sqrt(max(row.weight, 0.0) / heaviest), SMALLEST_SQUARE)
    role = "square-hollow" if row.hollow else "square"
    yield Rect(pt(axis.at(row.estimate) - side / 2), pt(y - side / 2), pt(side), pt(side), role, row.key)


def _arrowheads(row: BodyRow, axis: Axis, y: float) -> Iterator[Polygon]:
    """A tip beyond each end of the axis that an interval runs over."""
    for limit, end, direction in ((row.ci_lb, axis.left, -1), (row.ci_ub, axis.right, 1)):
        if limit is not None and (axis.at(limit) - end) * direction > 0:
            tip, base = end + direction * ARROW, end + direction * (ARROW - 5)
            yield Polygon(points((tip, y), (base, y - 2.5), (base, y + 2.5)), "arrow", row.key)


def _diamond(row: BodyRow, estimate: float, axis: Axis, y: float, half: float, role: str) -> Polygon:
    """From limit to limit, highest at the estimate; cut off where a limit lies beyond the axis."""
    middle = axis.at(estimate)
    if row.ci_lb is None or row.ci_ub is None:  # no interval known: a small one of fixed size
        corners = [(middle, y - half), (middle + half, y), (middle, y + half), (middle - half, y)]
        return Polygon(points(*corners), role, row.key)
    corners = [(middle, y - half)]
    for limit, end, above_first in (
        (axis.at(row.ci_ub), axis.right, True),
        (axis.at(row.ci_lb), axis.left, False),
    ):
        if (limit - end) * (end - middle) > 0:
            cut = half * (limit - end) / (limit - middle)
            corners += [(end, y - cut), (end, y + cut)] if above_first else [(end, y + cut), (end, y - cut)]
        else:
            corners.append((limit, y))
        if above_first:
            corners.append((middle, y + half))
    return Polygon(points(*corners), role, row.key)
