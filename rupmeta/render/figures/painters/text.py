"""Figures for a terminal: a forest plot with a 40-character axis, a funnel plot on a grid of characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from rupmeta.render.figures.axis import Axis
from rupmeta.render.figures.forest.axis import forest_axis
from rupmeta.render.figures.forest.columns import study_heading
from rupmeta.render.figures.forest.data import ForestData, ForestRow, PooledRow, ReferenceRow
from rupmeta.render.figures.forest.words import footnote_texts, row_marks, statistics_texts
from rupmeta.render.figures.funnel.data import FunnelData
from rupmeta.render.figures.funnel.words import back_transform, caution
from rupmeta.render.figures.looks import APA_LOOK, JournalLook, Look
from rupmeta.render.figures.text_width import clean_text, wrap_text
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import estimate_texts, interval_text, level_text, number

__all__ = ["cells", "paint_forest", "paint_funnel", "place"]

PLOT = 40  # characters
LABEL = 40
GRID = (60, 18)  # columns and lines of a funnel
Row = tuple[str, str, str, str, str, str]  # study, N, plot, estimate, interval, weight


def paint_forest(data: ForestData, journal: JournalLook = APA_LOOK) -> str:
    """A forest plot as lines of text: the columns of the figure round a 40-character axis."""
    display, level = DISPLAY[data.measure], level_text(data.level)
    axis = forest_axis(data, 0, PLOT - 1)
    rows: list[Row] = [
        (study_heading(data, Look(journal)), "N", "", display.symbol, f"{level} CI", journal.weight_heading)
    ]
    rows.extend(_rows(data, journal, axis))
    ticks = dict.fromkeys((_cell(axis, tick) for tick in axis.ticks), "┴")
    labels = [" "] * PLOT
    for tick, text in zip(axis.ticks, axis.tick_texts(display, journal.numbers), strict=True):
        place(labels, _cell(axis, tick), text)
    rows.append(("", "", _line(ticks, "─"), "", "", ""))
    rows.append(("", "", "".join(labels), "", "", ""))
    table, plot_begins = _aligned(rows)
    width = max(map(cells, table))
    left, right = (clean_text(words) for words in data.favours)
    null = plot_begins + _cell(axis, display.null)
    lines = [
        *(clean_text(banner) for banner in data.banners),
        clean_text(data.title),
        "",
        table[0],
        "─" * width,
        *table[1:],
        f"{f'← {left}'.rjust(null - 1)} │ {right} →",
        "",
        *statistics_texts(data, journal),
        *footnote_texts(data),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _rows(data: ForestData, journal: JournalLook, axis: Axis) -> Iterator[Row]:
    display, style = DISPLAY[data.measure], journal.numbers
    null = _cell(axis, display.null)
    empty = _line({null: "│"})

    def numbers(row: ForestRow | PooledRow | ReferenceRow, label: str, plot: str, weight: str = "") -> Row:
        estimate, interval = estimate_texts(
            row.estimate, row.ci_lb, row.ci_ub, display.kind, style, null=display.null
        )
        n = "" if row.n is None else number(row.n, "count", style)
        return (label, n, plot, estimate, interval, weight)

    for group in data.groups:
        grouped = group.heading is not None
        if group.heading is not None:
            yield (_short(group.heading), "", empty, "", "", "")
        parent = None
        for row in group.rows:
            marks = row_marks(row)
            if row.parent is not None and row.parent != parent:
                yield ("  " * int(grouped) + _short(row.parent), "", empty, "", "", "")
            parent = row.parent
            indent = "  " * (int(grouped) + int(row.indent or row.parent is not None))
            label = indent + _short(row.label)
            plot = _interval(axis, null, row, "□" if row.provisional else "■", "─")
            weight = "" if row.weight is None else number(row.weight, "weight", style)
            weight += "%" if weight and journal.weight_percent else ""
            yield numbers(row, f"{label} {marks}".rstrip(), plot, weight)
        if group.pooled is not None:
            indent = "  " if grouped else ""
            label = f"{indent}{_short(group.pooled.label)} (k = {group.pooled.k})"
            yield numbers(group.pooled, label, _interval(axis, null, group.pooled, "◆", "━"))
        yield ("", "", empty, "", "", "")
    if data.pooled is not None:
        label = f"{_short(data.pooled.label)} (k = {data.pooled.k})"
        yield numbers(data.pooled, label, _interval(axis, null, data.pooled, "◆", "━"))
    elif data.pooled_reason:
        yield (f"Not pooled: {clean_text(data.pooled_reason)}", "", "", "", "", "")
    name = f"{level_text(data.level)} prediction interval"
    if data.pi_lb is not None and data.pi_ub is not None:
        text = interval_text(data.pi_lb, data.pi_ub, display.kind, style, null=display.null)
        span = range(_cell(axis, data.pi_lb), _cell(axis, data.pi_ub) + 1)
        yield (
            name,
            "",
            _line({null: "│", **dict.fromkeys(span, "╍"), **({null: "┼"} if null in span else {})}),
            "",
            text,
            "",
        )
    elif data.pi_reason:
        yield (f"{name}: {clean_text(data.pi_reason)}", "", "", "", "", "")
    for reference in data.references:
        plot = _interval(axis, null, reference, "◇", "─")
        yield numbers(reference, f"{_short(reference.label)} (published)", plot)


def _interval(
    axis: Axis, null: int, row: ForestRow | PooledRow | ReferenceRow, symbol: str, stroke: str
) -> str:
    """``   ──■──►  `` : the interval, arrows where it leaves the axis, the estimate on top."""
    marks = {null: "│"}
    if row.ci_lb is not None and row.ci_ub is not None:
        marks |= dict.fromkeys(range(_cell(axis, row.ci_lb), _cell(axis, row.ci_ub) + 1), stroke)
        if axis.at(row.ci_lb) < axis.left:
            marks[0] = "◄"
        if axis.at(row.ci_ub) > axis.right:
            marks[PLOT - 1] = "►"
    if marks[null] != "│":
        marks[null] = "┼"
    return _line({**marks, _cell(axis, row.estimate): symbol})


def _short(label: str) -> str:
    return wrap_text(clean_text(label), characters=LABEL, lines=1)[0]


def _cell(axis: Axis, value: float) -> int:
    return int(axis.x(value) + 0.5)


def _line(marks: dict[int, str], ground: str = " ") -> str:
    return "".join(marks.get(i, ground) for i in range(PLOT))


def place(row: list[str], middle: int, text: str) -> None:
    """Write ``text`` into ``row`` round ``middle``, if nothing stands there or next to it."""
    start = min(max(middle - len(text) // 2, 0), len(row) - len(text))
    around = row[max(start - 1, 0) : start + len(text) + 1]
    if all(char == " " for char in around):
        row[start : start + len(text)] = text


def cells(text: str) -> int:
    """How many terminal cells a text takes: wide characters two, combining marks none."""
    return sum(
        0
        if unicodedata.category(char) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in text
    )


def _aligned(rows: Sequence[Row]) -> tuple[list[str], int]:
    """The rows as lines, words left and numbers right, empty columns left out; and where the plot begins."""
    wide = [row for row in rows if any(row[1:])]  # a sentence in the first column does not widen it
    widths = [max(cells(row[i]) for row in wide) for i in range(6)]
    shown = [i for i in range(6) if i in (0, 2) or any(row[i] for row in rows[1:])]

    def padded(text: str, i: int) -> str:
        gap = " " * max(widths[i] - cells(text), 0)
        return text + gap if i in (0, 2) else gap + text

    lines = ["  ".join(padded(row[i], i) for i in shown) for row in rows]
    return lines, sum(widths[i] + 2 for i in shown if i < 2)


def paint_funnel(data: FunnelData, effect: Axis, depth: Axis, journal: JournalLook = APA_LOOK) -> str:
    """A funnel plot on a grid of characters; ``effect`` and ``depth`` are the axes of the figure."""
    grid = [[" "] * GRID[0] for _ in range(GRID[1])]

    def at(yi: float, sei: float) -> tuple[int, int]:
        column = (effect.x(yi) - effect.left) / (effect.right - effect.left) * (GRID[0] - 1)
        row = (depth.x(sei) - depth.left) / (depth.right - depth.left) * (GRID[1] - 1)
        return int(row + 0.5), int(column + 0.5)

    for line in grid:
        line[at(data.null, 0)[1]] = "│"
        line[at(data.estimate, 0)[1]] = "┊"
    for yi, sei in data.filled:
        row, column = at(yi, sei)
        grid[row][column] = "○"
    for point in data.points:
        row, column = at(point.yi, point.sei)
        grid[row][column] = "◌" if point.provisional else "●"
    display, style = DISPLAY[data.measure], journal.numbers
    ends = [number(back_transform(data, end), display.kind, style) for end in (effect.lo, effect.hi)]
    top, bottom = number(0.0, "unbounded", style), number(depth.hi, "unbounded", style)
    gutter = max(len(top), len(bottom))
    margins = [top, *[""] * (GRID[1] - 2), bottom]
    room = GRID[0] - len(ends[0]) - len(ends[1])
    lines = [
        *(clean_text(banner) for banner in data.banners),
        clean_text(data.title),
        "",
        *(f"{margin:>{gutter}} ┤{''.join(line)}" for margin, line in zip(margins, grid, strict=True)),
        f"{'':>{gutter}} └{'─' * GRID[0]}",
        f"{'':>{gutter}}  {ends[0]}{display.symbol.center(room)}{ends[1]}",
        "",
        "● study  ◌ provisional  ○ imputed  │ no association  ┊ pooled estimate; down: standard error",
        *caution(data),
        *(clean_text(footnote) for footnote in data.footnotes),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"
