"""The forest plot, laid out: columns as wide as their words, an axis that fits, pages of forty rows."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rupmeta.errors import EstimationError
from rupmeta.render.figures.axis import Axis
from rupmeta.render.figures.forest.axis import forest_axis
from rupmeta.render.figures.forest.columns import MARGIN, Columns, arrange_columns
from rupmeta.render.figures.forest.data import ForestData
from rupmeta.render.figures.forest.frame import LEADING, page_foot, page_head
from rupmeta.render.figures.forest.marks import row_drawing, row_lights, row_words
from rupmeta.render.figures.forest.rows import ROW, SMALL, BodyRow, body_rows, tail_rows
from rupmeta.render.figures.forest.words import (
    describe_forest,
    footnote_texts,
    forest_table,
    row_tooltip,
    statistics_texts,
)
from rupmeta.render.figures.layout import Layout, Line, Mark, Page, Rect, glyph_notes, pt
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.painters.text import paint_forest
from rupmeta.render.figures.text_width import clean_text
from rupmeta.render.labels import DISPLAY

__all__ = ["lay_out_forest"]


def lay_out_forest(data: ForestData, look: Look | None = None) -> Layout:
    """Lay a forest plot out.

    Squares have an area that follows the weight, diamonds reach from limit to limit, an interval beyond the
    axis ends in an arrowhead. Raises EstimationError when there is no effect to draw.
    """
    look = look or Look()
    style = look.journal.numbers
    if not data.rows:
        raise EstimationError("a forest plot needs at least one effect")
    body, tail = body_rows(data, look), tail_rows(data, look)
    columns = arrange_columns(data, look, (*body, *tail))
    axis = forest_axis(data, columns.plot_left + 4, columns.plot_right - 4)
    chunks = list(_pages(body, look.rows_per_page, _closing(data, look, tail)))
    chunks[-1] = (*chunks[-1], *tail)
    pages = tuple(
        _page(data, look, columns, axis, chunk, number, len(chunks)) for number, chunk in enumerate(chunks, 1)
    )
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(describe_forest(data, style)),
        pages=pages,
        table=tuple(tuple(map(clean_text, row)) for row in forest_table(data, style)),
        text=paint_forest(data, look.journal),
        palette=look.palette or look.journal.palette_of(data.measure),
        tooltips=tuple((row.key, clean_text(row_tooltip(row, data, style))) for row in data.rows),
        notes=glyph_notes(
            [row.label for row in data.rows] + [group.heading for group in data.groups if group.heading]
        ),
    )


def _closing(data: ForestData, look: Look, tail: Sequence[BodyRow]) -> int:
    """How many rows the last page needs for the pooled rows, the statistics and the footnotes."""
    lines = len(statistics_texts(data, look.journal)) + len(footnote_texts(data))
    return math.ceil((sum(row.height for row in tail) / look.size + LEADING * SMALL * lines) / ROW)


def _pages(
    body: tuple[BodyRow, ...], rows_per_page: int | None, closing: int
) -> tuple[tuple[BodyRow, ...], ...]:
    """Even pages, the last with room for what closes it; none begins with a blank or ends with a heading."""
    count = sum(row.kind != "blank" for row in body)
    if rows_per_page is None or count <= rows_per_page:
        return (body,)
    each = math.ceil((count + closing) / math.ceil((count + closing) / rows_per_page))
    pages: list[list[BodyRow]] = [[]]
    for row in body:
        if sum(other.kind != "blank" for other in pages[-1]) >= each and row.kind != "blank":
            moved = [pages[-1].pop()] if pages[-1][-1].kind == "heading" else []
            pages.append(moved)
        pages[-1].append(row)
    trimmed = []
    for page in pages:
        while page and page[0].kind == "blank":
            page.pop(0)
        while page and page[-1].kind == "blank":
            page.pop()
        trimmed.append(tuple(page))
    return tuple(trimmed)


def _page(
    data: ForestData,
    look: Look,
    columns: Columns,
    axis: Axis,
    rows: Sequence[BodyRow],
    page: int,
    pages: int,
) -> Page:
    """One page: the lines of the plot first, so that every row lies over them."""
    head, top = page_head(data, look, columns, axis, MARGIN, page=page, pages=pages)
    heaviest = max((row.weight for row in data.rows if row.weight is not None), default=None)
    drawn: list[Mark] = []
    y = top + 0.3 * look.size
    middle = ROW * look.size / 2
    pooled_end = None
    for row in rows:
        if row.overall:
            pooled_end = pt(y + middle)
        drawn.extend(row_words(row, look, columns, y))
        drawn.extend(row_drawing(row, look, axis, y + middle, heaviest))
        drawn.extend(row_lights(row, look, columns, y + middle))
        y += row.height
    bottom = pt(y + 0.4 * look.size)
    null = axis.x(DISPLAY[data.measure].null)
    lines: list[Mark] = []
    if data.band is not None:
        lb, ub = (axis.x(limit) for limit in data.band)
        lines.append(Rect(lb, pt(top + 0.6), pt(ub - lb), pt(bottom - top - 0.6), "band"))
    lines.append(Line(null, top, null, bottom, "null"))
    if data.pooled is not None:
        x = axis.x(data.pooled.estimate)
        lines.append(Line(x, top, x, bottom if pooled_end is None else pooled_end, "pooled-line"))
    foot, end = page_foot(data, look, columns, axis, bottom, last=page == pages)
    return Page(columns.width, pt(end + MARGIN), (*head, *lines, *drawn, *foot))
