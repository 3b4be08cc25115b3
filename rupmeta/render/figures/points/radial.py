"""The radial (Galbraith) plot, laid out: standardised effects over precision, the effect itself on an arc.

A line from the origin has the effect as its slope, so that a study's effect is read on the arc beyond it.
Source: Galbraith (1988), Statistics in Medicine 7(8), 889-894, https://doi.org/10.1002/sim.4780070807
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import NormalDist

from rupmeta.errors import EstimationError
from rupmeta.render.figures.axis import Axis, linear_ticks
from rupmeta.render.figures.layout import (
    Circle,
    Layout,
    Line,
    Mark,
    Page,
    Path,
    Polygon,
    Text,
    glyph_notes,
    points,
    pt,
)
from rupmeta.render.figures.legend import Entry, lay_out_key, room_for
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.painters.text_table import table_text
from rupmeta.render.figures.panel_frame import MARGIN, SMALL, page_foot, page_head
from rupmeta.render.figures.points.data import EffectPoint, RadialData
from rupmeta.render.figures.text_width import clean_text, text_width
from rupmeta.render.labels import Display
from rupmeta.render.numbers import NumberStyle, level_text, number

__all__ = ["lay_out_radial"]

WIDTH, HEIGHT = 300.0, 250.0  # of the plot, with the arc
RADIUS, FINE, MANY = 3.2, 2.3, 60  # of points, and of those of many studies
ARC_STEPS = 60
PLAIN = Display("", "", "unbounded")


def lay_out_radial(data: RadialData, look: Look | None = None) -> Layout:
    """Lay a radial plot out; raises EstimationError when there is nothing to draw."""
    look = look or Look()
    style, size = look.journal.numbers, look.size
    if not data.points:
        raise EstimationError("a radial plot needs at least one effect")
    left = MARGIN + 4.4 * size
    width, beside, page_width = room_for(look, WIDTH, left)
    marks, y = page_head(data.banners, data.title, look, page_width)
    top = pt(y + 0.8 * size)
    bottom = pt(top + HEIGHT)
    fan = _Fan(data, style, size, left, left + width, top, bottom)
    marks += fan.marks(look)
    small = size * SMALL
    below = bottom + 4 + 3.4 * small
    at = (left + width + 16, top) if beside else (left, below)
    key, key_end = lay_out_key(_entries(data), *at, size)
    marks += key
    x_title, y_title = "Precision, 1/√(v + τ²)", "Standardised effect, y/√(v + τ²)"
    marks.append(
        Text(pt(left + fan.reach / 2), pt(bottom + 4 + 2.4 * small), x_title, "axis-title", small, "middle")
    )
    middle = pt((top + bottom) / 2)
    marks.append(Text(pt(MARGIN + small), middle, y_title, "axis-title", small, "middle", rotate=90.0))
    foot, y = page_foot(data.footnotes, look, page_width, max(below - 0.4 * small, key_end))
    rows = _table(data, style)
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(_describe(data, style)),
        pages=(Page(page_width, pt(y + MARGIN), (*marks, *foot)),),
        table=tuple(tuple(map(clean_text, row)) for row in rows),
        text=table_text(data.banners, data.title, rows, data.footnotes),
        palette=look.palette or look.journal.palette,
        tooltips=tuple((p.key, clean_text(_tooltip(p, data, style))) for p in data.points),
        notes=glyph_notes(point.label for point in data.points),
    )


class _Fan:
    """The geometry: an origin at precision 0, points to its right, an arc round it beyond them."""

    def __init__(
        self,
        data: RadialData,
        style: NumberStyle,
        size: float,
        left: float,
        right: float,
        top: float,
        bottom: float,
    ):
        self.data, self.style, self.size = data, style, size
        self.z = NormalDist().inv_cdf(0.5 + data.level / 2)
        self.whole = max(1, round(self.z))  # where the axis of standardised effects ends
        x = [1 / math.sqrt(p.sei**2 + data.tau2) for p in data.points]
        self.places = [(p, a, a * p.yi) for p, a in zip(data.points, x, strict=True)]
        furthest = max(x)
        half = self.z / math.sqrt(sum(a * a for a in x))  # of the pooled interval, which the arc holds
        effects = [p.yi for p in data.points] + [data.estimate - half, data.estimate + half, data.scale.null]
        lo, hi = min(effects), max(effects)
        room = 0.08 * ((hi - lo) or 1.0)
        self.lo, self.hi = lo - room, hi + room
        self.labels = data.scale.ticks(self.lo, self.hi, style)
        widest = max([text_width(text, size * SMALL) for _, text in self.labels], default=0.0)
        self.reach = right - left - widest - 9  # radius of the arc
        across = 0.9 * self.reach / furthest  # points of the page for one unit of precision
        heights = [b for _, _, b in self.places]
        heights += [
            self.whole,
            -self.whole,
            self.z,
            -self.z,
            furthest * data.estimate + self.z,
            furthest * data.estimate - self.z,
        ]
        ends = (1.12 * furthest * self.lo, 1.12 * furthest * self.hi)
        low, high = min([*heights, 0.0, ends[0]]), max([*heights, 0.0, ends[1]])
        up = (bottom - top - 6) / (high - low)
        # An effect far from zero lies far from the origin: the arc stands beyond every point.
        farthest = max(math.hypot(a * across, b * up) for _, a, b in self.places)
        shrink = min(1.0, 0.94 * self.reach / farthest)
        across, up = shrink * across, shrink * up
        self.across, self.up = across, up
        self.left, self.bottom, self.top = left, bottom, top
        self.origin = bottom - 3 + low * up  # where a standardised effect of 0 stands
        self.furthest = furthest
        inside = [t for t in linear_ticks(low, high) if t.is_integer()] if high - low > 2 * self.whole else []
        top_y, low_y = max(b for _, _, b in self.places), min(b for _, _, b in self.places)
        step = inside[1] - inside[0] if len(inside) > 1 else float(self.whole)
        ends = min(low_y, -self.whole), max(top_y, self.whole)
        first, last = math.ceil(ends[0] / step - 1e-9), math.floor(ends[1] / step + 1e-9)
        self.heights = [step * i for i in range(min(first, -1), max(last, 1) + 1)]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A place on the page."""
        return self.left + x * self.across, self.origin - y * self.up

    def on_arc(self, effect: float, more: float = 0.0) -> tuple[float, float]:
        """Where the line of an effect meets the arc."""
        dx, dy = self.across, effect * self.up
        share = (self.reach + more) / math.hypot(dx, dy)
        return self.left + dx * share, self.origin - dy * share

    def marks(self, look: Look) -> Iterator[Mark]:
        """Band, lines, points, both axes and the arc."""
        data, small = self.data, self.size * SMALL
        mu, z, far = data.estimate, self.z, self.furthest
        corners = [(0.0, z), (far, mu * far + z), (far, mu * far - z), (0.0, -z)]
        yield Polygon(points(*(self.at(*corner) for corner in corners)), "band")
        for effect, role in ((data.scale.null, "null"), (mu, "estimate")):
            x, y = self.on_arc(effect)
            yield Line(pt(self.left), pt(self.origin), pt(x), pt(y), role)
        for point, x, y in self.places:
            role = "point-hollow" if point.provisional else "point"
            cx, cy = self.at(x, y)
            yield Circle(pt(cx), pt(cy), RADIUS if len(self.places) <= MANY else FINE, role, point.key)
        yield from self._axes(look, small)
        steps = [self.lo + (self.hi - self.lo) * i / ARC_STEPS for i in range(ARC_STEPS + 1)]
        yield Path(points(*(self.on_arc(effect) for effect in steps)), "axis")
        last = math.inf
        for effect, text in self.labels:
            (x1, y1), (x2, y2), (tx, ty) = (self.on_arc(effect, more) for more in (0, 3, 6))
            yield Line(pt(x1), pt(y1), pt(x2), pt(y2), "axis")
            if last - ty >= 1.15 * small:
                yield Text(pt(tx), pt(ty + 0.36 * small), text, "tick", small)
                last = ty
        x, y = self.on_arc(self.hi)
        symbol = data.scale.display.symbol
        italic = len(symbol) == 1 and symbol.isascii()
        yield Text(pt(x + 6), pt(min(y, last) - 1.0 * small), symbol, "axis-title", small, italic=italic)

    def _axes(self, look: Look, small: float) -> Iterator[Mark]:
        """Precision below, standardised effects from −z to z at the left."""
        end = self.left + self.furthest * self.across
        yield Line(pt(self.left), pt(self.bottom), pt(end), pt(self.bottom), "axis")
        ticks = tuple(t for t in linear_ticks(0.0, self.furthest) if t <= self.furthest)
        texts = Axis(0.0, self.furthest, 0, 1, ticks).tick_texts(PLAIN, look.journal.numbers)
        for tick, text in zip(ticks, texts, strict=True):
            x = pt(self.left + tick * self.across)
            yield Line(x, pt(self.bottom), x, pt(self.bottom + 3), "axis")
            yield Text(x, pt(self.bottom + 4 + small), text, "tick", small, "middle")
        low, high = self.heights[0], self.heights[-1]
        yield Line(pt(self.left), pt(self.at(0, low)[1]), pt(self.left), pt(self.at(0, high)[1]), "axis")
        roomy = (self.heights[1] - low) * self.up >= 1.2 * small
        for value in self.heights if roomy else (0.0,):
            y = pt(self.at(0, value)[1])
            yield Line(pt(self.left - 3), y, pt(self.left), y, "axis")
            text = number(value, "unbounded", look.journal.numbers, digits=0)
            yield Text(pt(self.left - 5), pt(y + 0.36 * small), text, "tick", small, "end")


def _entries(data: RadialData) -> Iterator[Entry]:
    if any(not point.provisional for point in data.points):
        yield Entry("dot", "point", "study")
    if any(point.provisional for point in data.points):
        yield Entry("dot", "point-hollow", "provisional")
    yield Entry("line", "estimate", "pooled estimate")
    yield Entry("line", "null", "no association")
    yield Entry("box", "band", f"{level_text(data.level)} band: y within z of the line")


def _outside(data: RadialData) -> list[EffectPoint]:
    """Effects beyond the band."""
    z = NormalDist().inv_cdf(0.5 + data.level / 2)
    return [p for p in data.points if abs(p.yi - data.estimate) > z * math.sqrt(p.sei**2 + data.tau2)]


def _tooltip(point: EffectPoint, data: RadialData, style: NumberStyle) -> str:
    spread = math.sqrt(point.sei**2 + data.tau2)
    return (
        f"{point.label}: {data.scale.display.symbol} = {data.scale.text(point.yi, style)}, "
        f"precision {number(1 / spread, 'unbounded', style)}"
    )


def _table(data: RadialData, style: NumberStyle) -> tuple[tuple[str, ...], ...]:
    rows = []
    for p in data.points:
        spread = math.sqrt(p.sei**2 + data.tau2)
        rows.append(
            (
                p.label,
                data.scale.text(p.yi, style),
                number(1 / spread, "unbounded", style),
                number(p.yi / spread, "unbounded", style),
                number((p.yi - data.estimate) / spread, "unbounded", style),
            )
        )
    return (("Study", data.scale.display.symbol, "Precision", "Standardised", "From the line"), *rows)


def _describe(data: RadialData, style: NumberStyle) -> str:
    k, symbol = len(data.points), data.scale.display.symbol
    out = _outside(data)
    names = f": {', '.join(p.label for p in out)}" if out else ""
    return " ".join(
        [
            *(f"{banner}." for banner in data.banners),
            f"Radial plot: {data.title}, {k} effect{'' if k == 1 else 's'}, standardised, over precision.",
            f"The line has the pooled {symbol} = {data.scale.text(data.estimate, style)} as its slope.",
            f"{len(out)} of {k} lie outside the {level_text(data.level)} band{names}.",
            "The numbers stand in the table that belongs to this figure.",
        ]
    )
