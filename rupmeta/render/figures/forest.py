"""The forest plot, laid out: columns as wide as their words, an axis that fits, pages of forty rows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rupmeta.errors import UsageError
from rupmeta.render.figures.axis import Axis, fit_axis
from rupmeta.render.figures.forest_data import ForestData
from rupmeta.render.figures.forest_rows import LINE, ROW, SMALL, BodyRow, body_rows, tail_rows
from rupmeta.render.figures.forest_words import describe_forest, footer_texts, forest_table, row_tooltip
from rupmeta.render.figures.layout import Layout, Line, Mark, Page, Polygon, Rect, Text, points, pt
from rupmeta.render.figures.looks import CM, Column, Look
from rupmeta.render.figures.text_width import clean_text, missing_glyphs, text_width, wrap_to_width
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import level_text
from rupmeta.results import Note

__all__ = ["lay_out_forest"]

MARGIN = 16.0
GAP = 16.0  # between columns
INNER = 6.0  # between an estimate and its interval
INDENT = 10.0
SMALLEST_PLOT = 4 * CM
SQUARE = 0.8  # side of the heaviest square, in row heights
SMALLEST_SQUARE = 2.0
DIAMOND = 0.4  # half height of a diamond, in row heights
ARROW = 4.0


@dataclass(frozen=True, slots=True)
class _Geometry:
    """Where the columns stand. ``study`` is a left edge; ``n, estimate, interval, weight`` are right edges."""

    study: float
    n: float | None
    estimate: float
    interval: float
    weight: float | None
    plot_left: float
    plot_right: float
    width: float


def lay_out_forest(data: ForestData, look: Look | None = None) -> Layout:
    """Lay a forest plot out.

    Squares have an area that follows the weight, diamonds reach from limit to limit, an interval beyond the axis ends in
    an arrowhead. Raises UsageError when ``look.width`` is too small even without the columns N and weight.
    """
    look = look or Look()
    body, tail = body_rows(data, look), tail_rows(data, look)
    geometry = _columns(data, look, (*body, *tail))
    axis = _axis(data, geometry)
    chunks = _pages(body, look.rows_per_page)
    pages = tuple(
        _page(data, look, geometry, axis, (*chunk, *tail) if last else chunk, i, len(chunks))
        for i, chunk, last in ((i, chunk, i == len(chunks) - 1) for i, chunk in enumerate(chunks))
    )
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=describe_forest(data, look.journal.numbers),
        pages=pages,
        table=forest_table(data, look.journal.numbers),
        palette=look.palette or look.journal.palette,
        tooltips=tuple((row.key, row_tooltip(row, data, look.journal.numbers)) for row in data.rows),
        notes=_glyph_notes(data),
    )


def _columns(data: ForestData, look: Look, rows: Sequence[BodyRow]) -> _Geometry:
    size, journal = look.size, look.journal
    display = DISPLAY[data.measure]
    bold = journal.pooled_bold

    def widest(texts: Sequence[str], heading: str) -> float:
        return max(
            [text_width(text, size, bold=bold) for text in texts] + [text_width(heading, size, bold=True)]
        )

    labels = [
        row.indent * INDENT + text_width(line, size, bold=bold or row.kind == "heading")
        for row in rows
        for line in row.label
    ] + [row.indent * INDENT + text_width(line, size * SMALL) for row in rows for line in row.small]
    widths: dict[Column, float] = {
        "study": max([*labels, text_width(journal.study_heading, size, bold=True)]),
        "n": widest([row.n for row in rows], "N"),
        "effect": widest([row.estimate_text for row in rows], display.symbol)
        + INNER
        + widest([row.interval for row in rows], _interval_heading(data, look)),
        "weight": widest([row.weight_text for row in rows], journal.weight_heading),
    }
    estimate_width = widest([row.estimate_text for row in rows], display.symbol)
    present: dict[Column, bool] = {
        "study": True,
        "effect": True,
        "n": any(row.n for row in rows),
        "weight": any(row.weight_text for row in rows),
    }
    left, right, plot = _fit_width(look, widths, present)
    edges: dict[Column, float] = {}
    x = MARGIN
    study = x
    for column in left:
        x += widths[column]
        edges[column] = x
        x += GAP
    plot_left, plot_right = x, x + plot
    x = plot_right
    for column in right:
        x += GAP + widths[column]
        edges[column] = x
    interval = edges["effect"]
    return _Geometry(
        study=study,
        n=edges.get("n"),
        estimate=interval - widths["effect"] + estimate_width,
        interval=interval,
        weight=edges.get("weight"),
        plot_left=pt(plot_left),
        plot_right=pt(plot_right),
        width=pt(x + MARGIN),
    )


def _fit_width(
    look: Look, widths: dict[Column, float], present: dict[Column, bool]
) -> tuple[tuple[Column, ...], tuple[Column, ...], float]:
    """The columns that stay and the width of the plot: first the plot shrinks, then N goes, then the weight."""
    needed = 0.0
    for dropped in ((), ("n",), ("n", "weight")):
        left = tuple(column for column in look.journal.left if present[column] and column not in dropped)
        right = tuple(column for column in look.journal.right if present[column] and column not in dropped)
        columns = 2 * MARGIN + sum(widths[column] + GAP for column in (*left, *right))
        if look.width is None:
            return left, right, look.journal.plot_width
        needed = columns + SMALLEST_PLOT
        if look.width >= needed:
            return left, right, look.width - columns
    raise UsageError(
        f"a width of {look.width:.0f} pt is too small for this forest plot; it needs {math.ceil(needed)} pt "
        f"({needed / CM:.1f} cm) without N and weight"
    )


def _axis(data: ForestData, geometry: _Geometry) -> Axis:
    core = [row.estimate for row in data.rows] + [reference.estimate for reference in data.references]
    limits = [limit for row in data.rows for limit in (row.ci_lb, row.ci_ub)]
    if data.pooled is not None:
        core += [data.pooled.estimate, data.pooled.ci_lb, data.pooled.ci_ub]
    core += [limit for limit in (data.pi_lb, data.pi_ub) if limit is not None]
    for group in data.groups:
        if group.pooled is not None:
            core.append(group.pooled.estimate)
            limits += [group.pooled.ci_lb, group.pooled.ci_ub]
    limits += [limit for row in data.references for limit in (row.ci_lb, row.ci_ub) if limit is not None]
    return fit_axis(
        core, limits, DISPLAY[data.measure], left=geometry.plot_left + 4, right=geometry.plot_right - 4
    )


def _pages(body: tuple[BodyRow, ...], rows_per_page: int | None) -> tuple[tuple[BodyRow, ...], ...]:
    """Even pages; a page neither begins with a blank nor ends with a heading."""
    count = sum(row.kind != "blank" for row in body)
    if rows_per_page is None or count <= rows_per_page:
        return (body,)
    each = math.ceil(count / math.ceil(count / rows_per_page))
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
    geometry: _Geometry,
    axis: Axis,
    rows: Sequence[BodyRow],
    index: int,
    count: int,
) -> Page:
    marks: list[Mark] = []
    y = MARGIN
    for mark, y in _head(data, look, geometry, axis, y, index, count):  # noqa: B020 - the head moves y down
        marks.append(mark)
    top = y
    front: list[Mark] = []
    pooled_y = None
    heaviest = max((row.weight for row in data.rows if row.weight is not None), default=None)
    y += 0.3 * look.size
    for row in rows:
        if row.overall:
            pooled_y = y
        front.extend(_words(row, look, geometry, y))
        front.extend(_drawing(row, look, axis, y + ROW * look.size / 2, heaviest))
        y += row.height
    y = pt(y + 0.4 * look.size)
    display = DISPLAY[data.measure]
    marks.append(Line(axis.x(display.null), pt(top), axis.x(display.null), y, "null"))
    if data.pooled is not None:
        x = axis.x(data.pooled.estimate)
        marks.append(
            Line(x, pt(top), x, pt(y if pooled_y is None else pooled_y + ROW * look.size / 2), "pooled-line")
        )
    marks += front
    bottom, foot = _foot(data, look, geometry, axis, y, last=index == count - 1)
    return Page(geometry.width, pt(bottom + MARGIN), (*marks, *foot))


def _head(
    data: ForestData, look: Look, geometry: _Geometry, axis: Axis, y: float, index: int, count: int
) -> Iterator[tuple[Mark, float]]:
    """Banners, title, favours labels on top, headings and the header rule; each with the y below it."""
    size, journal = look.size, look.journal
    inner = geometry.width - 2 * MARGIN
    for banner in data.banners:
        for line in wrap_to_width(clean_text(banner), inner, size, bold=True):
            y += LINE * size
            yield Text(MARGIN, pt(y), line, "banner", size, bold=True), y
    if data.banners:
        y += 0.6 * size
    if look.show_title:
        title = clean_text(data.title) + (f" ({index + 1} of {count})" if count > 1 else "")
        for line in wrap_to_width(title, inner, size * 1.2, bold=True):
            y += LINE * size * 1.2
            yield Text(MARGIN, pt(y), line, "title", size * 1.2, bold=True), y
        y += 0.9 * size
    if journal.favours == "top":
        block, y = _favours(data, look, geometry, axis, y, bold=True)
        for mark in block:
            yield mark, y
        y += 0.4 * size
    y += LINE * size
    for mark in _headings(data, look, geometry, y):
        yield mark, y
    y = pt(y + 0.6 * size)
    yield Line(MARGIN, y, pt(geometry.width - MARGIN), y, "rule"), y


def _headings(data: ForestData, look: Look, geometry: _Geometry, y: float) -> Iterator[Mark]:
    size, journal, display = look.size, look.journal, DISPLAY[data.measure]
    y = pt(y)
    yield Text(MARGIN, y, journal.study_heading, "header", size, bold=True)
    if geometry.n is not None:
        yield Text(pt(geometry.n), y, "N", "header", size, "end", bold=True)
    if journal.above:
        model = "IV, Fixed" if data.equal_effects else "IV, Random"
        words = journal.above.format(measure=display.name, model=model)
        middle = pt((geometry.plot_left + geometry.plot_right) / 2)
        for line in wrap_to_width(words, geometry.plot_right - geometry.plot_left, size, bold=True, lines=1):
            yield Text(middle, y, line, "header", size, "middle", bold=True)
    yield Text(pt(geometry.estimate), y, display.symbol, "header", size, "end", bold=True)
    yield Text(pt(geometry.interval), y, _interval_heading(data, look), "header", size, "end", bold=True)
    if geometry.weight is not None:
        yield Text(pt(geometry.weight), y, journal.weight_heading, "header", size, "end", bold=True)


def _interval_heading(data: ForestData, look: Look) -> str:
    opening, closing = ("[", "]") if look.journal.numbers.brackets == "[a, b]" else ("(", ")")
    return f"{opening}{level_text(data.level)} CI{closing}"


def _words(row: BodyRow, look: Look, geometry: _Geometry, y: float) -> Iterator[Text]:
    size = look.size
    bold = row.kind == "heading" or (row.kind == "pooled" and look.journal.pooled_bold)
    role = {"heading": "heading", "pooled": "pooled-label"}.get(row.kind, "study")
    x = pt(geometry.study + row.indent * INDENT)
    baseline = y + ROW * size / 2 + 0.36 * size
    line_y = baseline
    for line in row.label:
        yield Text(x, pt(line_y), line, role, size, bold=bold, key=row.key)
        line_y += LINE * size
    line_y -= (LINE - LINE * SMALL) * size if row.label else 0
    for line in row.small:
        yield Text(x, pt(line_y), line, "muted", size * SMALL, key=row.key)
        line_y += LINE * SMALL * size
    cells = (
        (geometry.n, row.n),
        (geometry.estimate, row.estimate_text),
        (geometry.interval, row.interval),
        (geometry.weight, row.weight_text),
    )
    for edge, text in cells:
        if edge is not None and text:
            yield Text(pt(edge), pt(baseline), text, role, size, "end", bold=bold, key=row.key)


def _drawing(row: BodyRow, look: Look, axis: Axis, y: float, heaviest: float | None) -> Iterator[Mark]:
    height = ROW * look.size
    if row.kind == "prediction" and row.ci_lb is not None and row.ci_ub is not None:
        left, right, half = axis.x(row.ci_lb), axis.x(row.ci_ub), 0.12 * height
        yield Rect(left, pt(y - half), pt(right - left), pt(2 * half), "pi", row.key)
        return
    if row.estimate is None:
        return
    if row.kind == "study":
        yield from _interval(row, axis, y)
        side = 0.5 * height * SQUARE
        if row.weight is not None and heaviest:
            side = max(SQUARE * height * math.sqrt(row.weight / heaviest), SMALLEST_SQUARE)
        role = "square-hollow" if row.hollow else "square"
        yield Rect(pt(axis.x(row.estimate) - side / 2), pt(y - side / 2), pt(side), pt(side), role, row.key)
        return
    role = "reference" if row.hollow else "pooled" if row.overall else "subgroup"
    yield from _diamond(row, axis, y, DIAMOND * height, role)


def _interval(row: BodyRow, axis: Axis, y: float) -> Iterator[Mark]:
    if row.ci_lb is None or row.ci_ub is None:
        return
    yield Line(axis.x(row.ci_lb), pt(y), axis.x(row.ci_ub), pt(y), "ci", row.key)
    if row.ci_lb < axis.lo:
        yield _arrowhead(axis.left, y, -1, row.key)
    if row.ci_ub > axis.hi:
        yield _arrowhead(axis.right, y, 1, row.key)


def _arrowhead(x: float, y: float, direction: int, key: str) -> Polygon:
    """A tip that stands ``ARROW`` points beyond the end of the axis."""
    tip = x + direction * ARROW
    return Polygon(
        points((tip, y), (tip - direction * 5, y - 2.5), (tip - direction * 5, y + 2.5)), "arrow", key
    )


def _diamond(row: BodyRow, axis: Axis, y: float, half: float, role: str) -> Iterator[Mark]:
    """A diamond; where a limit lies beyond the axis it is cut there and an arrowhead says so."""
    estimate = row.estimate if row.estimate is not None else 0.0
    middle = axis.x(estimate)
    if row.ci_lb is None or row.ci_ub is None:
        yield Polygon(
            points((middle - half, y), (middle, y - half), (middle + half, y), (middle, y + half)),
            role,
            row.key,
        )
        return
    corners = [(middle, y - half)]
    for limit, end, outside in (
        (row.ci_ub, axis.hi, row.ci_ub > axis.hi),
        (row.ci_lb, axis.lo, row.ci_lb < axis.lo),
    ):
        x = axis.x(limit)
        if outside:
            cut = half * (1 - (end - estimate) / (limit - estimate))
            corners += [(x, y - cut), (x, y + cut)] if limit == row.ci_ub else [(x, y + cut), (x, y - cut)]
        else:
            corners.append((x, y))
        if limit == row.ci_ub:
            corners.append((middle, y + half))
    yield Polygon(points(*corners), role, row.key)
    if row.ci_lb < axis.lo:
        yield _arrowhead(axis.left, y, -1, row.key)
    if row.ci_ub > axis.hi:
        yield _arrowhead(axis.right, y, 1, row.key)


def _foot(
    data: ForestData, look: Look, geometry: _Geometry, axis: Axis, y: float, *, last: bool
) -> tuple[float, list[Mark]]:
    """The axis with its ticks and words, then (on the last page) the lines below the plot."""
    size, display = look.size, DISPLAY[data.measure]
    marks: list[Mark] = [Line(pt(axis.left), y, pt(axis.right), y, "axis")]
    for value, text in zip(axis.ticks, axis.tick_texts(display, look.journal.numbers), strict=True):
        x = axis.x(value)
        marks.append(Line(x, y, x, pt(y + 3), "axis"))
        marks.append(Text(x, pt(y + 4 + size * SMALL), text, "tick", size * SMALL, "middle"))
    y += 4 + size * SMALL + LINE * size
    middle = pt((axis.left + axis.right) / 2)
    name = display.name[:1].upper() + display.name[1:]
    marks.append(Text(middle, pt(y), name, "axis-title", size * SMALL, "middle"))
    if look.journal.favours == "bottom":
        y += 0.3 * size
        block, y = _favours(data, look, geometry, axis, y, bold=False)
        marks += block
    if not last:
        return y, marks
    y += 0.8 * size
    for text in footer_texts(data, look.journal):
        for line in wrap_to_width(clean_text(text), geometry.width - 2 * MARGIN, size * SMALL):
            y += LINE * size * SMALL * 1.08
            marks.append(Text(MARGIN, pt(y), line, "footnote", size * SMALL))
    return y, marks


def _favours(
    data: ForestData, look: Look, geometry: _Geometry, axis: Axis, y: float, *, bold: bool
) -> tuple[list[Mark], float]:
    """The words on either side of the null, wrapped into the room that the page leaves them."""
    size = look.size * SMALL
    null = axis.x(DISPLAY[data.measure].null)
    left, right = (clean_text(words) for words in data.favours)
    marks: list[Mark] = []
    lowest = y
    sides = (
        (f"← {left}", null - 5 - MARGIN, null - 5, "end"),
        (f"{right} →", geometry.width - MARGIN - null - 5, null + 5, "start"),
    )
    for words, room, x, anchor in sides:
        line_y = y
        for line in wrap_to_width(words, min(room, 150.0), size, bold=bold):
            line_y += LINE * size
            marks.append(
                Text(
                    pt(x), pt(line_y), line, "favours", size, "end" if anchor == "end" else "start", bold=bold
                )
            )
        lowest = max(lowest, line_y)
    return marks, lowest


def _glyph_notes(data: ForestData) -> tuple[Note, ...]:
    """One note per label that DejaVu Sans cannot draw in full."""
    labels = [row.label for row in data.rows] + [group.heading for group in data.groups if group.heading]
    notes = []
    for label in dict.fromkeys(labels):
        missing = missing_glyphs(clean_text(label))
        if missing:
            message = f"'{label}' holds characters that the figure's font lacks ({missing}); they are drawn as boxes"
            notes.append(Note("GLYPH", message, where=label))
    return tuple(notes)
