"""How wide the columns of a forest plot are, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rupmeta.render.figures.forest.data import ForestData
from rupmeta.render.figures.forest.rows import SMALL, BodyRow
from rupmeta.render.figures.layout import pt
from rupmeta.render.figures.looks import CM, Align, Column, Look
from rupmeta.render.figures.rob.words import domain_codes
from rupmeta.render.figures.text_width import text_width
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import level_text

__all__ = ["INDENT", "MARGIN", "Columns", "arrange_columns", "interval_heading", "is_bold", "study_heading"]

MARGIN = 16.0
GAP = 16.0  # between columns
INNER = 9.0  # between an estimate and its interval
INDENT = 10.0
SMALLEST_PLOT = 4 * CM
LIGHT = 1.9  # least width of a column of risk of bias, in type sizes


@dataclass(frozen=True, slots=True)
class Columns:
    """Where columns stand: ``n, estimate, interval, weight`` are right edges (None: left out).

    Under ``anchor`` start they are left edges. ``lights`` are the middles of the columns of risk of bias.
    """

    n: float | None
    estimate: float
    interval: float
    weight: float | None
    plot_left: float
    plot_right: float
    width: float
    lights: tuple[float, ...] = ()
    anchor: Align = "end"


def arrange_columns(data: ForestData, look: Look, rows: Sequence[BodyRow]) -> Columns:
    """Columns as wide as their widest words, a plot between them."""
    size, journal, display = look.size, look.journal, DISPLAY[data.measure]

    def widest(texts: Iterable[tuple[str, bool]], heading: str) -> float:
        widths = [text_width(text, size, bold=bold) for text, bold in texts]
        return max([*widths, text_width(heading, size, bold=True)])

    bold = {id(row): is_bold(row, look) for row in rows}
    small = [
        row.indent * INDENT + text_width(line, size * SMALL)
        for row in rows
        for line in row.small
        if row.kind != "pooled"
    ]
    # Statistics of a subgroup may run on under the numbers that stand left of the plot.
    spanning = [
        row.indent * INDENT + text_width(line, size * SMALL)
        for row in rows
        for line in row.small
        if row.kind == "pooled"
    ]
    labels = [
        row.indent * INDENT + text_width(line, size, bold=bold[id(row)]) for row in rows for line in row.label
    ]
    estimate = widest(((row.estimate_text, bold[id(row)]) for row in rows), display.symbol)
    interval = widest(((row.interval, bold[id(row)]) for row in rows), interval_heading(data, look))
    free = "effect" in journal.left
    widths: dict[Column, float] = {
        "study": max(
            [
                *labels,
                *small,
                text_width(study_heading(data, look), size, bold=True),
                *(width - (GAP + estimate + INNER + interval if free else 0.0) for width in spanning),
            ]
        ),
        "n": widest(((row.n, bold[id(row)]) for row in rows), "N"),
        "effect": estimate + INNER + interval,
        "weight": widest(((row.weight_text, bold[id(row)]) for row in rows), journal.weight_heading),
    }
    present: dict[Column, bool] = {
        "study": True,
        "effect": True,
        "n": any(row.n for row in rows),
        "weight": any(row.weight_text for row in rows),
    }
    codes = () if data.rob is None else domain_codes(data.rob)
    lights = [max(LIGHT * size, text_width(code, size, bold=True) + 5) for code in codes]
    reserved = (GAP if lights else 0.0) + sum(lights)
    left, right, plot = _fit_width(look, widths, present, reserved)
    edges: dict[Column, float] = {}
    x = MARGIN
    for column in left:
        edges[column] = x + widths[column]
        x = edges[column] + GAP
    plot_left, plot_right = x, x + plot
    x = plot_right
    for column in right:
        x += GAP + widths[column]
        edges[column] = x
    middles = []
    x += GAP if lights else 0.0
    for wide in lights:
        middles.append(pt(x + wide / 2))
        x += wide
    flush = journal.align == "start"

    def edge(column: Column) -> float | None:
        right_edge = edges.get(column)
        return right_edge - widths[column] if flush and right_edge is not None else right_edge

    return Columns(
        n=edge("n"),
        estimate=edges["effect"] - (widths["effect"] if flush else interval + INNER),
        interval=edges["effect"] - (interval if flush else 0.0),
        weight=edge("weight"),
        plot_left=pt(plot_left),
        plot_right=pt(plot_right),
        width=pt(x + MARGIN),
        lights=tuple(middles),
        anchor=journal.align,
    )


def study_heading(data: ForestData, look: Look) -> str:
    """The heading of the first column."""
    grouped = any(group.heading is not None for group in data.groups)
    return (look.journal.grouped_heading if grouped else None) or look.journal.study_heading


def is_bold(row: BodyRow, look: Look) -> bool:
    """Whether the words of a row are set bold."""
    return row.kind == "heading" or (row.kind == "pooled" and look.journal.pooled_bold)


def _fit_width(
    look: Look, widths: dict[Column, float], present: dict[Column, bool], reserved: float
) -> tuple[tuple[Column, ...], tuple[Column, ...], float]:
    """The columns that stay and the width of the plot: it shrinks first, then N goes, then the weight.

    Where even that is too wide, so is the page, and whoever asked for the figure is told.
    """
    left, right = look.journal.left, look.journal.right
    for dropped in ((), ("n",), ("n", "weight")):
        left = tuple(column for column in look.journal.left if present[column] and column not in dropped)
        right = tuple(column for column in look.journal.right if present[column] and column not in dropped)
        columns = 2 * MARGIN + reserved + sum(widths[column] + GAP for column in (*left, *right))
        if look.width is None:
            return left, right, look.journal.plot_width
        if look.width >= columns + SMALLEST_PLOT:
            return left, right, look.width - columns
    return left, right, SMALLEST_PLOT


def interval_heading(data: ForestData, look: Look) -> str:
    """``[95% CI]`` in the brackets of the journal."""
    opening, closing = ("[", "]") if look.journal.numbers.brackets == "[a, b]" else ("(", ")")
    return f"{opening}{level_text(data.level)} CI{closing}"
