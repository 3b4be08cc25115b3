"""What stands around the rows of a forest plot: titles and headings above, axis and footnotes below."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from rupmeta.render.figures.axis import Axis, legible_texts
from rupmeta.render.figures.forest.columns import MARGIN, Columns, interval_heading, study_heading
from rupmeta.render.figures.forest.data import ForestData
from rupmeta.render.figures.forest.rows import LINE, SMALL
from rupmeta.render.figures.forest.words import footnote_texts, statistics_texts
from rupmeta.render.figures.italics import italic_runs
from rupmeta.render.figures.layout import Line, Mark, Text, pt
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.rob.words import domain_codes
from rupmeta.render.figures.text_width import clean_text, wrap_to_width
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import level_text

__all__ = ["LEADING", "page_foot", "page_head"]

TITLE = 1.2  # size of the title, in type sizes
LEADING = 1.35  # between lines below the plot
NARROWEST, WIDEST = 90.0, 150.0  # room for the words on either side of the null


def page_head(
    data: ForestData, look: Look, columns: Columns, axis: Axis, y: float, *, page: int, pages: int
) -> tuple[list[Mark], float]:
    """Banners, title, favours labels on top, column headings and their rule; and the y below them."""
    size, inner = look.size, columns.width - 2 * MARGIN
    marks: list[Mark] = []
    for banner in data.banners:
        for line in wrap_to_width(clean_text(banner), inner, size, bold=True):
            y += LINE * size
            marks.append(Text(MARGIN, pt(y), line, "banner", size, bold=True))
    y += 0.6 * size if data.banners else 0
    if look.show_title:
        large = TITLE * size
        title = clean_text(data.title) + (f" ({page}\u00a0of\u00a0{pages})" if pages > 1 else "")
        for line in wrap_to_width(title, inner, large, bold=True):
            y += LINE * large
            marks.append(Text(MARGIN, pt(y), line, "title", large, bold=True))
        y += 0.9 * size
    if look.journal.favours == "top":
        labels, y = _favours(data, look, columns, axis, y, bold=True)
        marks += labels
        y += 0.4 * size
    y += LINE * size
    marks.extend(_headings(data, look, columns, y))
    y = pt(y + 0.6 * size)
    marks.append(Line(MARGIN, y, pt(columns.width - MARGIN), y, "rule"))
    return marks, y


def _headings(data: ForestData, look: Look, columns: Columns, y: float) -> Iterator[Text]:
    size, journal, display = look.size, look.journal, DISPLAY[data.measure]
    y = pt(y)
    yield Text(MARGIN, y, study_heading(data, look), "header", size, bold=True)
    side = columns.anchor
    if columns.n is not None:
        yield Text(pt(columns.n), y, "N", "header", size, side, bold=True, italic=True)
    statistic = len(display.symbol) == 1 and display.symbol.isascii()
    if journal.above:
        model = journal.models[0 if data.equal_effects else 1]
        words = journal.above.format(measure=display.symbol, model=model, level=level_text(data.level))
        begins = statistic and words.startswith(display.symbol)
        runs = ((words[:1], True), (words[1:], False)) if begins else ()
        middle = pt((columns.plot_left + columns.plot_right) / 2)
        yield Text(middle, y, words, "header", size, "middle", bold=True, runs=runs)
    yield Text(pt(columns.estimate), y, display.symbol, "header", size, side, bold=True, italic=statistic)
    yield Text(pt(columns.interval), y, interval_heading(data, look), "header", size, side, bold=True)
    for code, x in zip(() if data.rob is None else domain_codes(data.rob), columns.lights, strict=True):
        yield Text(pt(x), y, code, "header", size, "middle", bold=True)
    if columns.weight is not None:
        yield Text(pt(columns.weight), y, journal.weight_heading, "header", size, side, bold=True)


def page_foot(
    data: ForestData, look: Look, columns: Columns, axis: Axis, y: float, *, last: bool
) -> tuple[list[Mark], float]:
    """The axis with its ticks and words, then (on the last page) the lines below the plot."""
    size, display = look.size, DISPLAY[data.measure]
    marks: list[Mark] = [Line(axis.left, y, axis.right, y, "axis")]
    xs = [axis.x(tick) for tick in axis.ticks]
    texts = axis.tick_texts(display, look.journal.numbers)
    texts = legible_texts(xs, texts, size * SMALL, keep=axis.null_index(display.null))
    for x, text in zip(xs, texts, strict=True):
        marks.append(Line(x, y, x, pt(y + 3), "axis"))
        if text:
            marks.append(Text(x, pt(y + 4 + size * SMALL), text, "tick", size * SMALL, "middle"))
    y += 4 + size * SMALL + LINE * size
    middle = pt((axis.left + axis.right) / 2)
    name = look.journal.axis_title.format(
        name=display.name[:1].upper() + display.name[1:], level=level_text(data.level)
    )
    marks.append(Text(middle, pt(y), name, "axis-title", size * SMALL, "middle"))
    if look.journal.favours == "bottom":
        y += 0.3 * size
        block, y = _favours(data, look, columns, axis, y, bold=False)
        marks += block
    if not last:
        return marks, y
    y += 0.8 * size
    statistics, remarks = statistics_texts(data, look.journal), footnote_texts(data)
    for role, lines in (("statistics", statistics), ("footnote", remarks)):
        for text in lines:
            for line in wrap_to_width(clean_text(text), columns.width - 2 * MARGIN, size * SMALL):
                y += LEADING * size * SMALL
                runs = italic_runs(line) if role == "statistics" and look.journal.italics else ()
                marks.append(Text(MARGIN, pt(y), line, role, size * SMALL, runs=runs))
        y += 0.4 * size if lines else 0
    return marks, y


def _favours(
    data: ForestData, look: Look, columns: Columns, axis: Axis, y: float, *, bold: bool
) -> tuple[list[Mark], float]:
    """The words on either side of the null, wrapped into the room that the page leaves them."""
    size, end = look.size * SMALL, columns.width - MARGIN
    null = axis.x(DISPLAY[data.measure].null)
    split = min(max(null, MARGIN + NARROWEST), end - NARROWEST)
    left, right = (clean_text(words) for words in data.favours)
    marks: list[Mark] = []
    lowest = y
    sides: tuple[tuple[str, float, float, Literal["start", "end"]], ...] = (
        (f"← {left}", split - MARGIN, split - 5, "end"),
        (f"{right} →", end - split, split + 5, "start"),
    )
    for words, room, x, anchor in sides:
        line_y = y
        for line in wrap_to_width(words, min(room - 5, WIDEST), size, bold=bold):
            line_y += LINE * size
            marks.append(Text(pt(x), pt(line_y), line, "favours", size, anchor, bold=bold))
        lowest = max(lowest, line_y)
    return marks, lowest
