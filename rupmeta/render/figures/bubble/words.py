"""The words of a bubble plot: cautions, tooltips, table, alternative text, the figure for a terminal."""

from __future__ import annotations

import math

from rupmeta.render.figures.bubble.data import BubbleData, BubblePoint
from rupmeta.render.figures.text_width import clean_text
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, NumberStyle, level_text, number

__all__ = [
    "bubble_caution",
    "bubble_table",
    "bubble_text",
    "bubble_tooltip",
    "describe_bubble",
    "plain_number",
]

ENOUGH = 10  # effects for one slope
GRID = (60, 18)  # columns and lines


def back(data: BubbleData, value: float) -> float:
    """From the analysis scale to the display scale."""
    return {"identity": float, "tanh": math.tanh, "exp": math.exp}[data.scale](value)


def plain_number(x: float, style: NumberStyle = APA) -> str:
    """A moderator's value as it is written: no digits that it does not need."""
    decimals = len(f"{x:.4f}".rstrip("0").partition(".")[2])
    return number(x, "unbounded", style, digits=decimals)


def bubble_caution(data: BubbleData) -> tuple[str, ...]:
    """What stands under the figure of few effects, and under every figure."""
    k = len(data.points)
    few = (f"With k = {k} the slope is exploratory.",) if k < ENOUGH else ()
    return (*few, "A slope between studies need not hold between the clients of a study.")


def bubble_tooltip(point: BubblePoint, data: BubbleData, style: NumberStyle = APA) -> str:
    """``Larsson (2018): r = .25 at 12, weight 9.1%``."""
    display = DISPLAY[data.measure]
    estimate = number(back(data, point.yi), display.kind, style)
    weight = number(point.weight, "weight", style)
    return f"{point.label}: {display.symbol} = {estimate} at {plain_number(point.x, style)}, weight {weight}%"


def bubble_table(data: BubbleData, style: NumberStyle = APA) -> tuple[tuple[str, ...], ...]:
    """The rows behind the picture, header first; then the fitted line at its ends and middle."""
    display, level = DISPLAY[data.measure], level_text(data.level)

    def show(value: float) -> str:
        return number(back(data, value), display.kind, style)

    rows = [
        ("Study", data.moderator, display.symbol, "Weight", f"{level} CI of the mean", f"{level} prediction")
    ]
    rows += [
        (p.label, plain_number(p.x, style), show(p.yi), f"{number(p.weight, 'weight', style)}%", "", "")
        for p in data.points
    ]
    for i in sorted({0, len(data.grid) // 2, len(data.grid) - 1}):
        ci = f"[{show(data.ci[i][0])}, {show(data.ci[i][1])}]"
        pi = f"[{show(data.pi[i][0])}, {show(data.pi[i][1])}]" if data.pi else ""
        rows.append(("Fitted mean", plain_number(data.grid[i], style), show(data.line[i]), "", ci, pi))
    return tuple(rows)


def describe_bubble(data: BubbleData, style: NumberStyle = APA) -> str:
    """The alternative text, from the numbers."""
    display, k = DISPLAY[data.measure], len(data.points)

    def show(value: float) -> str:
        return number(back(data, value), display.kind, style)

    first, last = data.grid[0], data.grid[-1]
    sentences = [
        *(f"{banner}." for banner in data.banners),
        f"Bubble plot: {data.title}, {k} effects over {data.moderator} from {plain_number(first, style)} to "
        f"{plain_number(last, style)}.",
        f"The fitted {display.symbol} goes from {show(data.line[0])} to {show(data.line[-1])}.",
    ]
    if data.test:
        sentences.append(f"{data.test}.")
    sentences += [*bubble_caution(data), "The numbers stand in the table that belongs to this figure."]
    return " ".join(sentences)


def bubble_text(data: BubbleData, lo: float, hi: float, style: NumberStyle = APA) -> str:
    """The figure on a grid of characters; ``lo`` and ``hi`` are the ends of the effect axis."""
    columns, lines = GRID
    canvas = [[" "] * columns for _ in range(lines)]
    xs = [point.x for point in data.points]
    left, right = min(xs), max(xs)

    def column(x: float) -> int:
        return int((x - left) / (right - left) * (columns - 1) + 0.5)

    def line(y: float) -> int:
        return int((hi - min(max(y, lo), hi)) / (hi - lo) * (lines - 1) + 0.5)

    for i in range(columns):
        canvas[line(data.null)][i] = "─"
    for x, fitted in zip(data.grid, data.line, strict=True):
        canvas[line(fitted)][column(x)] = "·"
    largest = max(point.weight for point in data.points)
    for point in sorted(data.points, key=lambda p: -p.weight):
        symbol = "○" if point.provisional else "●" if point.weight >= 0.5 * largest else "•"
        canvas[line(point.yi)][column(point.x)] = symbol
    display = DISPLAY[data.measure]
    top, bottom = (number(back(data, end), display.kind, style) for end in (hi, lo))
    gutter = max(len(top), len(bottom))
    margins = [top, *[""] * (lines - 2), bottom]
    ends = plain_number(left, style), plain_number(right, style)
    room = columns - len(ends[0]) - len(ends[1])
    drawn = [
        *(clean_text(banner) for banner in data.banners),
        clean_text(data.title),
        "",
        *(f"{margin:>{gutter}} ┤{''.join(row)}" for margin, row in zip(margins, canvas, strict=True)),
        f"{'':>{gutter}} └{'─' * columns}",
        f"{'':>{gutter}}  {ends[0]}{clean_text(data.moderator)[: room - 2].center(room)}{ends[1]}",
        "",
        f"● study, • less than half the largest weight, ○ provisional, · fitted {display.symbol}, "
        "─ no association",
        *((clean_text(data.test) + ".",) if data.test else ()),
        *bubble_caution(data),
        *(clean_text(footnote) for footnote in data.footnotes),
    ]
    return "\n".join(row.rstrip() for row in drawn) + "\n"
