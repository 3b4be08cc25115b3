"""The funnel plot, laid out: effects on the analysis scale against their standard errors, 0 on top."""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import NormalDist

from rupmeta.errors import EstimationError
from rupmeta.render.figures.axis import Axis, fit_axis, legible_texts, linear_ticks
from rupmeta.render.figures.funnel.data import FunnelData
from rupmeta.render.figures.funnel.legend import legend_entries
from rupmeta.render.figures.funnel.words import (
    back_transform,
    caution,
    describe_funnel,
    funnel_table,
    point_tooltip,
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
from rupmeta.render.figures.legend import lay_out_key, room_for
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.painters.text import paint_funnel
from rupmeta.render.figures.panel_frame import page_foot
from rupmeta.render.figures.text_width import clean_text, wrap_to_width
from rupmeta.render.labels import DISPLAY, Display
from rupmeta.render.numbers import number

__all__ = ["lay_out_funnel"]

MARGIN = 16.0
WIDTH, HEIGHT = 300.0, 230.0  # of the plot
RADIUS, FINE, MANY = 3.2, 2.3, 60  # of points, and of those of many studies
LINE = 1.25
SMALL = 0.85
CONTOURS = ((0.01, "contour-05"), (0.05, "contour-10"), (0.10, "contour-none"))


def lay_out_funnel(data: FunnelData, look: Look | None = None) -> Layout:
    """Lay a funnel plot out.

    The pseudo-interval is estimate ± z·se at ``data.level``; grey contours round the null mark p = .10, .05
    and .01. Raises EstimationError when there is nothing to draw.
    """
    look = look or Look()
    style = look.journal.numbers
    if not data.points:
        raise EstimationError("a funnel plot needs at least one effect")
    size = look.size
    left = MARGIN + 4.2 * size
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
    x, se = _axes(data, left, left + width, top, bottom)
    marks += [Rect(pt(left), top, pt(width), HEIGHT, "contour-01" if data.contours else "contour-none")]
    marks += _cones(data, x, se)
    marks += _lines(data, x, se)
    marks += _points(data, x, se)
    below = bottom + 4 + size * SMALL + LINE * size + 0.9 * size
    at = (left + width + 16, top) if beside else (left, below)
    key, key_end = lay_out_key(legend_entries(data), *at, size)
    marks += key
    marks += _scales(data, look, x, se, MARGIN)
    foot, y = page_foot((*caution(data), *data.footnotes), look, page_width, max(below, key_end))
    marks += foot
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(describe_funnel(data, style)),
        pages=(Page(page_width, pt(y + MARGIN), tuple(marks)),),
        table=tuple(tuple(map(clean_text, row)) for row in funnel_table(data, style)),
        text=paint_funnel(data, x, se, look.journal),
        palette=look.palette or look.journal.palette,
        tooltips=tuple((point.key, clean_text(point_tooltip(point, data, style))) for point in data.points),
        notes=glyph_notes(point.label for point in data.points),
        axes=tuple((name, axis.lo, axis.hi, axis.left, axis.right) for name, axis in (("x", x), ("se", se))),
    )


def _axes(data: FunnelData, left: float, right: float, top: float, bottom: float) -> tuple[Axis, Axis]:
    """The effect axis (ticks still on the analysis scale) and the axis of standard errors."""
    largest = max([point.sei for point in data.points] + [sei for _, sei in data.filled]) or 1.0
    z = NormalDist().inv_cdf(0.5 + data.level / 2)
    core = [point.yi for point in data.points] + [yi for yi, _ in data.filled] + [data.null, data.estimate]
    core += [] if data.adjusted is None else [data.adjusted]
    core += [data.estimate - z * largest, data.estimate + z * largest]  # the funnel is seen whole
    x = fit_axis(core, [], Display("", "", "unbounded", data.null), left=left, right=right)
    deepest = 1.06 * largest
    ticks = tuple(tick for tick in linear_ticks(0, deepest) if tick <= deepest)
    return x, Axis(0.0, deepest, top, bottom, ticks)


def _cones(data: FunnelData, x: Axis, se: Axis) -> Iterator[Polygon]:
    """The contours, widest first: what lies inside the last is not significant at .10."""
    for p, role in CONTOURS if data.contours else ():
        corners = _cone(data.null, NormalDist().inv_cdf(1 - p / 2), x, se)
        yield Polygon(points(*((x.at(a), se.at(b)) for a, b in corners)), role)


def _cone(apex: float, z: float, x: Axis, se: Axis) -> list[tuple[float, float]]:
    """The region apex ± z·se, cut off at the sides of the plot, as (effect, se) corners."""
    corners = [(apex, 0.0)]
    for edge, sign in ((x.hi, 1), (x.lo, -1)):
        reach = apex + sign * z * se.hi
        inside = sign * (edge - reach) >= 0
        side = [(reach, se.hi)] if inside else [(edge, (edge - apex) * sign / z), (edge, se.hi)]
        corners += side if sign == 1 else side[::-1]
    return corners


def _lines(data: FunnelData, x: Axis, se: Axis) -> Iterator[Mark]:
    """Null, pooled and adjusted estimate, pseudo-interval and Egger's line."""
    z = NormalDist().inv_cdf(0.5 + data.level / 2)
    yield Line(x.x(data.null), se.left, x.x(data.null), se.right, "null")
    for sign in (-1, 1):
        edge = x.hi if sign == 1 else x.lo
        depth = min(se.hi, (edge - data.estimate) * sign / z)
        start = (x.at(data.estimate), se.at(0.0))
        yield Path(points(start, (x.at(data.estimate + sign * z * depth), se.at(depth))), "funnel")
    yield Line(x.x(data.estimate), se.left, x.x(data.estimate), se.right, "estimate")
    if data.adjusted is not None:
        yield Line(x.x(data.adjusted), se.left, x.x(data.adjusted), se.right, "adjusted")
    if data.egger:
        inside = [(a, b) for a, b in data.egger if x.lo <= a <= x.hi and 0 <= b <= se.hi]
        if len(inside) > 1:
            yield Path(points(*((x.at(a), se.at(b)) for a, b in inside)), "egger")


def _points(data: FunnelData, x: Axis, se: Axis) -> Iterator[Mark]:
    radius = RADIUS if len(data.points) <= MANY else FINE
    for yi, sei in data.filled:
        at, deep, r = x.at(yi), se.at(sei), 1.25 * radius  # a shape of its own: no colour is needed
        yield Polygon(points((at, deep - r), (at + r, deep), (at, deep + r), (at - r, deep)), "filled")
    for point in data.points:
        role = "point-hollow" if point.provisional else "point"
        yield Circle(pt(x.at(point.yi)), pt(se.at(point.sei)), radius, role, point.key)


def _scales(data: FunnelData, look: Look, x: Axis, se: Axis, edge: float) -> Iterator[Mark]:
    """Ticks, their numbers and the names of both axes."""
    size, style, display = look.size, look.journal.numbers, DISPLAY[data.measure]
    small = size * SMALL
    yield Line(pt(x.left), se.right, pt(x.right), se.right, "axis")
    yield Line(pt(x.left), se.left, pt(x.left), se.right, "axis")
    shown = _display_axis(data, x, display)
    xs = [x.x(_forward(data, tick)) for tick in shown.ticks]
    texts = shown.tick_texts(display, style)
    for where, text in zip(
        xs, legible_texts(xs, texts, small, keep=shown.null_index(display.null)), strict=True
    ):
        yield Line(where, se.right, where, pt(se.right + 3), "axis")
        if text:
            yield Text(where, pt(se.right + 4 + small), text, "tick", small, "middle")
    digits = max(len(f"{tick:.6f}".rstrip("0").split(".")[1]) for tick in se.ticks)
    for tick in se.ticks:
        where = se.x(tick)
        yield Line(pt(x.left - 3), where, pt(x.left), where, "axis")
        text = "0" if tick == 0 else number(tick, "unbounded", style, digits=digits)
        yield Text(pt(x.left - 5), pt(where + 0.36 * small), text, "tick", small, "end")
    spaced = {"tanh": ", spaced as Fisher's z", "exp": ", on a logarithmic scale"}.get(data.scale, "")
    name = f"{display.name[:1].upper()}{display.name[1:]}{spaced}"
    yield Text(
        pt((x.left + x.right) / 2),
        pt(se.right + 4 + small + LINE * size),
        name,
        "axis-title",
        small,
        "middle",
    )
    middle = pt((se.left + se.right) / 2)
    yield Text(pt(edge + small), middle, "Standard error", "axis-title", small, "middle", rotate=90.0)


def _display_axis(data: FunnelData, x: Axis, display: Display) -> Axis:
    """The same stretch in the units that people read, with round ticks inside it."""
    lo, hi = back_transform(data, x.lo), back_transform(data, x.hi)
    if data.scale == "identity":
        return x
    if data.scale == "exp":
        fitted = fit_axis([lo, hi], [], display, left=x.left, right=x.right)
    else:
        fitted = Axis(lo, hi, x.left, x.right, linear_ticks(lo, hi))
    ticks = tuple(
        tick for tick in fitted.ticks if lo <= tick <= hi and (data.scale == "exp" or abs(tick) < 1)
    )
    return Axis(lo, hi, x.left, x.right, ticks, log=data.scale == "exp")


def _forward(data: FunnelData, value: float) -> float:
    """From the display scale to the analysis scale."""
    return {"identity": float, "tanh": math.atanh, "exp": math.log}[data.scale](value)
