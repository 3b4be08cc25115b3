"""The bubble plot, laid out: effects over a number, area by weight, the fitted line with its two bands."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rupmeta.errors import EstimationError
from rupmeta.render.figures.axis import Axis, fit_axis, legible_texts, linear_ticks
from rupmeta.render.figures.bubble.data import BubbleData
from rupmeta.render.figures.bubble.words import (
    back,
    bubble_caution,
    bubble_table,
    bubble_text,
    bubble_tooltip,
    describe_bubble,
)
from rupmeta.render.figures.layout import (
    Circle,
    Layout,
    Line,
    Mark,
    Page,
    Path,
    Polygon,
    Rect,
    Text,
    glyph_notes,
    points,
    pt,
)
from rupmeta.render.figures.legend import Entry, lay_out_key, room_for
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.panel_frame import page_foot
from rupmeta.render.figures.text_width import clean_text, wrap_to_width
from rupmeta.render.labels import DISPLAY, Display
from rupmeta.render.numbers import level_text, number

__all__ = ["lay_out_bubble"]

MARGIN = 16.0
WIDTH, HEIGHT = 330.0, 230.0  # of the plot
LARGEST, LEAST_LARGEST, SMALLEST = 11.0, 5.5, 2.2  # radii: of the largest, when few or many, and the least
ROOMY = 30  # more effects are drawn smaller
LINE, SMALL = 1.25, 0.85


def lay_out_bubble(data: BubbleData, look: Look | None = None) -> Layout:
    """Lay a bubble plot out; raises EstimationError when there is nothing to draw."""
    look = look or Look()
    style, size = look.journal.numbers, look.size
    if len({point.x for point in data.points}) < 2:
        raise EstimationError(f"a bubble plot needs at least two values of {data.moderator}")
    left = MARGIN + 5.0 * size
    width, beside, page_width = room_for(look, WIDTH, left)
    marks: list[Mark] = []
    y = MARGIN
    titles = (data.title,) if look.show_title else ()
    for role, scale, texts in (("banner", 1.0, data.banners), ("title", 1.2, titles)):
        for text in texts:
            for line in wrap_to_width(clean_text(text), page_width - 2 * MARGIN, size * scale, bold=True):
                y += LINE * size * scale
                marks.append(Text(MARGIN, pt(y), line, role, size * scale, bold=True))
        y += 0.7 * size if texts else 0
    top = pt(y + 0.8 * size)
    bottom = pt(top + HEIGHT)
    across, up = _across(data, left, left + width), _up(data, bottom, top)
    marks += _bands(data, across, up)
    marks += [Rect(pt(left), top, pt(width), HEIGHT, "frame")]
    marks += _points(data, across, up)
    marks.append(_line(data, across, up))
    marks += _axes(data, look, across, up)
    below = bottom + 4 + size * SMALL + LINE * size + 0.9 * size
    at = (left + width + 14, top) if beside else (left, below)
    key, key_end = lay_out_key(_entries(data), *at, size)
    marks += key
    texts = (*((f"{data.test}.",) if data.test else ()), *bubble_caution(data), *data.footnotes)
    foot, y = page_foot(texts, look, page_width, max(below, key_end))
    marks += foot
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(describe_bubble(data, style)),
        pages=(Page(page_width, pt(y + MARGIN), tuple(marks)),),
        table=tuple(tuple(map(clean_text, row)) for row in bubble_table(data, style)),
        text=bubble_text(data, up.lo, up.hi, style),
        palette=look.palette or look.journal.palette,
        tooltips=tuple((p.key, clean_text(bubble_tooltip(p, data, style))) for p in data.points),
        notes=glyph_notes(point.label for point in data.points),
    )


def _across(data: BubbleData, left: float, right: float) -> Axis:
    """The moderator, with room for the bubbles at its ends."""
    xs = [point.x for point in data.points]
    lo, hi = min(xs), max(xs)
    margin = 0.06 * (hi - lo)
    lo_tick, hi_tick = lo - margin, hi + margin
    ticks = tuple(t for t in linear_ticks(lo_tick, hi_tick) if lo_tick <= t <= hi_tick)
    if all(float(x).is_integer() for x in xs) and not all(t.is_integer() for t in ticks):
        whole = max(1, round(ticks[1] - ticks[0]))  # sessions and years are counted in whole numbers
        ticks = tuple(float(t) for t in range(math.ceil(lo_tick / whole) * whole, int(hi_tick) + 1, whole))
    return Axis(lo - margin, hi + margin, left, right, ticks)


def _up(data: BubbleData, bottom: float, top: float) -> Axis:
    """The effect, upward: everything but the prediction band belongs to its core."""
    yis = [point.yi for point in data.points]
    room = LARGEST / (HEIGHT - 2 * LARGEST) * (max(yis) - min(yis))  # for the bubbles at the ends
    core = [min(yis) - room, max(yis) + room] + [limit for pair in data.ci for limit in pair]
    limits = [limit for pair in data.pi for limit in pair]
    return fit_axis(core, limits, Display("", "", "unbounded", data.null), left=bottom, right=top)


def _held(up: Axis, value: float) -> float:
    """A height inside the plot."""
    return min(max(up.at(value), up.right), up.left)


def _bands(data: BubbleData, across: Axis, up: Axis) -> Iterator[Mark]:
    for role, band in (("bubble-pi", data.pi), ("bubble-ci", data.ci)):
        if band:
            upper = [(across.at(x), _held(up, ub)) for x, (_, ub) in zip(data.grid, band, strict=True)]
            lower = [(across.at(x), _held(up, lb)) for x, (lb, _) in zip(data.grid, band, strict=True)]
            yield Polygon(points(*upper, *reversed(lower)), role)
    height = pt(up.at(data.null))
    yield Line(pt(across.left), height, pt(across.right), height, "null")


def _line(data: BubbleData, across: Axis, up: Axis) -> Path:
    """The fitted mean, over the bubbles: it is what they are there to judge."""
    places = ((across.at(x), _held(up, y)) for x, y in zip(data.grid, data.line, strict=True))
    return Path(points(*places), "estimate")


def _points(data: BubbleData, across: Axis, up: Axis) -> Iterator[Circle]:
    """Area by weight; large ones first, so that none hides another."""
    largest = max(point.weight for point in data.points)
    most = max(LARGEST * min(1.0, math.sqrt(ROOMY / len(data.points))), LEAST_LARGEST)
    for point in sorted(data.points, key=lambda p: -p.weight):
        share = max(point.weight, 0.0) / largest if largest > 0 else 1.0
        radius = pt(max(most * math.sqrt(share), SMALLEST))
        role = "fruit-hollow" if point.provisional else "fruit"
        yield Circle(pt(across.at(point.x)), pt(up.at(point.yi)), radius, role, point.key)


def _axes(data: BubbleData, look: Look, across: Axis, up: Axis) -> Iterator[Mark]:
    size, style, display = look.size, look.journal.numbers, DISPLAY[data.measure]
    small = size * SMALL
    xs = [across.x(tick) for tick in across.ticks]
    texts = across.tick_texts(Display("", "", "unbounded"), style)
    for where, text in zip(xs, legible_texts(xs, texts, small, keep=0), strict=True):
        yield Line(where, up.left, where, pt(up.left + 3), "axis")
        if text:
            yield Text(where, pt(up.left + 4 + small), text, "tick", small, "middle")
    shown = _display_ticks(data, up)
    digits = max(len(f"{value:.6f}".rstrip("0").partition(".")[2]) for value in shown)
    for value in shown:
        where = pt(up.at(_forward(data, value)))
        yield Line(pt(across.left - 3), where, pt(across.left), where, "axis")
        text = "0" if value == 0 else number(value, display.kind, style, digits=digits)
        yield Text(pt(across.left - 5), pt(where + 0.36 * small), text, "tick", small, "end")
    middle = pt((across.left + across.right) / 2)
    yield Text(
        middle,
        pt(up.left + 4 + small + LINE * size),
        clean_text(data.moderator),
        "axis-title",
        small,
        "middle",
    )
    spaced = {"tanh": ", spaced as Fisher's z", "exp": ", on a logarithmic scale"}.get(data.scale, "")
    name = f"{display.name[:1].upper()}{display.name[1:]}{spaced}"
    height = pt((up.left + up.right) / 2)
    yield Text(pt(MARGIN + small), height, name, "axis-title", small, "middle", rotate=90.0)


def _display_ticks(data: BubbleData, up: Axis) -> tuple[float, ...]:
    """Round numbers of the scale that people read, inside the axis."""
    if data.scale == "identity":
        return up.ticks
    lo, hi = back(data, up.lo), back(data, up.hi)
    if data.scale == "exp":
        return tuple(
            t for t in fit_axis([lo, hi], [], DISPLAY[data.measure], left=0, right=1).ticks if lo <= t <= hi
        )
    return tuple(t for t in linear_ticks(lo, hi) if lo <= t <= hi and abs(t) < 1)


def _forward(data: BubbleData, value: float) -> float:
    return {"identity": float, "tanh": math.atanh, "exp": math.log}[data.scale](value)


def _entries(data: BubbleData) -> Iterator[Entry]:
    level = level_text(data.level)
    if any(not point.provisional for point in data.points):
        yield Entry("dot", "fruit", "study, area by weight")
    if any(point.provisional for point in data.points):
        yield Entry("dot", "fruit-hollow", "provisional")
    yield Entry("line", "estimate", "fitted mean")
    yield Entry("box", "bubble-ci", f"{level} interval of the mean")
    if data.pi:
        yield Entry("box", "bubble-pi", f"{level} prediction interval of a new study")
    yield Entry("line", "null", "no association")
