"""The GOSH figure, laid out: the pooled effect against I² in every subset, as a density in cells."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rupmeta.errors import EstimationError
from rupmeta.render.figures.axis import Axis, linear_ticks
from rupmeta.render.figures.layout import Circle, Layout, Line, Mark, Page, Path, Rect, Text, points, pt
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.panel_frame import MARGIN, SMALL, frame, page_foot, page_head
from rupmeta.render.figures.stability.data import GoshData
from rupmeta.render.figures.text_width import clean_text
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import NumberStyle, number

__all__ = ["lay_out_gosh"]

WIDTH, HEIGHT = 380.0, 280.0
LEFT, STRIP = 46.0, 60.0  # room for ticks, height of the counts above
SHADES = 4
FEW, DOT = 300, 2.6  # so many subsets are drawn as dots of this radius
DOWN, ACROSS = 16, 60  # cells of the figure in characters
BACK = {"identity": float, "tanh": math.tanh, "exp": math.exp}
FORWARD = {"identity": float, "tanh": math.atanh, "exp": math.log}


def lay_out_gosh(data: GoshData, look: Look | None = None) -> Layout:
    """Lay the cloud out; the shade of a cell follows the logarithm of its count.

    Cells in which most subsets hold the most influential unit have the second colour; the strip above counts
    the two kinds by column. Raises EstimationError without subsets.
    """
    look = look or Look()
    style, size = look.journal.numbers, look.size
    if not data.cells:
        raise EstimationError("a GOSH figure needs subsets")
    left = MARGIN + LEFT
    width = WIDTH if look.width is None else max(look.width - left - MARGIN, 150.0)
    page_width = pt(left + width + MARGIN)
    marks, y = page_head(data.banners, data.title, look, page_width)
    top = y + size + STRIP + 6
    bottom = top + HEIGHT
    x = _across(data, left, left + width)
    up = Axis(0.0, 100.0, bottom, top, (0.0, 25.0, 50.0, 75.0, 100.0))
    marks += _strip(data, x, top - 6)
    marks += _cells(data, x, up)
    texts = _tick_texts(data, x, style)
    marks += frame(x, up, style, size, x_texts=texts, y_texts=[number(t, "percent", style) for t in up.ticks])
    where = pt(x.at(data.estimate))
    marks.append(Line(where, pt(top - 6 - STRIP), where, pt(bottom), "pooled-line"))
    small = size * SMALL
    name = DISPLAY[data.measure].name
    words = f"{name[:1].upper()}{name[1:]} in the subset"
    middle = pt(left + width / 2)
    marks.append(Text(middle, pt(bottom + 4 + 2.4 * small), words, "axis-title", small, "middle"))
    at = pt((top + bottom) / 2)
    marks.append(Text(pt(MARGIN + small), at, "I² in percent", "axis-title", small, "middle", rotate=90.0))
    foot, y = page_foot(_footnotes(data), look, page_width, bottom + 4 + 3.0 * small)
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(_describe(data, style)),
        pages=(Page(page_width, pt(y + MARGIN), (*marks, *foot)),),
        table=tuple(tuple(map(clean_text, row)) for row in _table(data, style)),
        text=_text(data),
        palette=look.palette or look.journal.palette,
    )


def _across(data: GoshData, left: float, right: float) -> Axis:
    """The analysis scale, with ticks that are round on the display scale."""
    lo, hi = data.x_limits
    if data.subsets <= FEW:  # room for the dots at the ends
        lo, hi = lo - 0.02 * (hi - lo), hi + 0.02 * (hi - lo)
    shown = linear_ticks(BACK[data.scale](lo), BACK[data.scale](hi))
    inside = [
        tick
        for tick in shown
        if data.scale == "identity" or (tick > 0 if data.scale == "exp" else abs(tick) < 1)
    ]
    places = [FORWARD[data.scale](tick) for tick in inside]
    return Axis(lo, hi, left, right, tuple(place for place in places if lo <= place <= hi))


def _tick_texts(data: GoshData, x: Axis, style: NumberStyle) -> list[str]:
    values = [BACK[data.scale](tick) for tick in x.ticks]
    display = DISPLAY[data.measure]
    digits = max((len(f"{value:.4f}".rstrip("0").partition(".")[2]) for value in values), default=1)
    return [
        "0" if abs(value) < 1e-12 else number(value, display.kind, style, digits=digits) for value in values
    ]


def _place(data: GoshData, column: float) -> float:
    lo, hi = data.x_limits
    return lo + column / data.bins * (hi - lo)


def _cells(data: GoshData, x: Axis, up: Axis) -> Iterator[Mark]:
    """The cells row by row; neighbours of one shade are one box. Few subsets are dots, which can be seen."""
    if data.subsets <= FEW:
        for column, row, count, holding in data.cells:
            at, height = x.at(_place(data, column + 0.5)), up.at(100.0 * (row + 0.5) / data.bins)
            yield Circle(pt(at), pt(height), DOT, "overlay-4" if 2 * holding > count else "density-4")
        return
    most = math.log1p(max(count for _, _, count, _ in data.cells))
    runs: list[tuple[int, int, int, str]] = []  # row, first and last column, role
    for column, row, count, holding in sorted(data.cells, key=lambda cell: (cell[1], cell[0])):
        shade = min(SHADES, 1 + int(SHADES * math.log1p(count) / most * 0.9999))
        role = f"{'overlay' if 2 * holding > count else 'density'}-{shade}"
        if runs and runs[-1][0] == row and runs[-1][2] == column - 1 and runs[-1][3] == role:
            runs[-1] = (row, runs[-1][1], column, role)
        else:
            runs.append((row, column, column, role))
    for row, first, last, role in runs:
        lo, hi = x.at(_place(data, first)), x.at(_place(data, last + 1))
        high, low = up.at(100.0 * (row + 1) / data.bins), up.at(100.0 * row / data.bins)
        yield Rect(pt(lo), pt(high), pt(hi - lo), pt(low - high), role)


def _strip(data: GoshData, x: Axis, bottom: float) -> Iterator[Mark]:
    """Counts by column: bars of the subsets without the unit, an outline of those with it."""
    without, holding = [0] * data.bins, [0] * data.bins
    for column, _, count, inside in data.cells:
        without[column] += count - inside
        holding[column] += inside
    tallest = max(*without, *holding, 1)
    outline = [(x.left, bottom)]
    for column in range(data.bins):
        lo, hi = x.at(_place(data, column)), x.at(_place(data, column + 1))
        height = STRIP * without[column] / tallest
        if height:
            yield Rect(pt(lo), pt(bottom - height), pt(hi - lo), pt(height), "density-2")
        level = bottom - STRIP * holding[column] / tallest
        outline += [(lo, level), (hi, level)]
    yield Path(points(*outline, (x.right, bottom)), "estimate")


def _footnotes(data: GoshData) -> tuple[str, ...]:
    which = "all" if data.exhaustive else "a seeded draw of"
    return (
        f"{which[:1].upper()}{which[1:]} {data.subsets:,} subsets. Second colour, and the outline above: "
        f"subsets with {data.unit}, whose presence moves the cloud most. Darker: more subsets (logarithm).",
        *data.footnotes,
    )


def _table(data: GoshData, style: NumberStyle) -> tuple[tuple[str, ...], ...]:
    rows = [
        (label, number(inside, "unbounded", style), number(outside, "unbounded", style))
        for label, inside, outside in data.pulls
    ]
    return (("Study", "median of subsets with it", "without it"), *rows)


def _describe(data: GoshData, style: NumberStyle) -> str:
    banner = "".join(f"{text}. " for text in data.banners)
    back = BACK[data.scale]
    kind = DISPLAY[data.measure].kind
    lo, hi = (number(back(limit), kind, style) for limit in data.x_limits)
    words = " ".join(_footnotes(data))
    return f"{banner}Subsets: {data.title}. The pooled effect runs from {lo} to {hi}. {words}"


def _text(data: GoshData) -> str:
    """The cloud in characters: the darker, the more subsets."""
    grid = [[0] * ACROSS for _ in range(DOWN)]
    for column, row, count, _ in data.cells:
        grid[row * DOWN // data.bins][column * ACROSS // data.bins] += count
    most = math.log1p(max(map(max, grid)))
    signs = " ░▒▓█"
    lines = []
    for i in range(DOWN - 1, -1, -1):
        cells = "".join(
            signs[0 if not count else min(4, 1 + int(4 * math.log1p(count) / most * 0.9999))]
            for count in grid[i]
        )
        label = {DOWN - 1: "100", 0: "0", DOWN // 2: "50"}.get(i, "")
        lines.append(f"{label:>4} │{cells}")
    lo, hi = (f"{BACK[data.scale](limit):.2f}" for limit in data.x_limits)
    axis = [f"{'':>4} └{'─' * ACROSS}", f"{'':>6}{lo}{hi:>{ACROSS - len(lo)}}"]
    symbol = DISPLAY[data.measure].symbol
    above, below = map(clean_text, (*data.banners, data.title)), map(clean_text, _footnotes(data))
    return "\n".join([*above, "", "I² %", *lines, *axis, f"{symbol:^{ACROSS + 12}}".rstrip(), *below])
