"""Curves in panels side by side: prior and posterior densities, likelihood profiles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rupmeta.errors import EstimationError
from rupmeta.render.figures.axis import legible_texts
from rupmeta.render.figures.layout import Layout, Line, Mark, Page, Path, Polygon, Text, points, pt
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.text_width import clean_text, ellipsize, text_width, wrap_to_width

__all__ = ["Curve", "CurvesData", "Panel", "lay_out_curves"]

MARGIN, GAP = 16.0, 26.0
WIDTH, LEAST, HEIGHT = 210.0, 130.0, 150.0  # of a panel
STACK = 58.0  # what parts a panel from the one below
SMALL = 0.85
LINE = 1.25
SWATCH = 18.0
BLOCKS = " ▁▂▃▄▅▆▇█"
CELLS = 60
ROLES = {"main": "estimate", "other": "funnel"}


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through (x, y) pairs; ``main`` is the one that is asked for, ``other`` what it is compared
    with.
    """

    label: str
    role: Literal["main", "other"]
    xs: tuple[float, ...]
    ys: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot.

    ``band`` is an interval on x, shaded under the main curve; ``mark`` and ``null`` are places on x, ``cut``
    a height. ``ticks`` are (x, text). ``floor`` and ``top`` are the range of y, ``heights`` its ticks.
    ``row`` says it in numbers.
    """

    title: str
    axis: str
    curves: tuple[Curve, ...]
    ticks: tuple[tuple[float, str], ...]
    floor: float
    top: float
    row: tuple[str, ...]
    band: tuple[float, float] | None = None
    mark: float | None = None
    null: float | None = None
    cut: float | None = None
    heights: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CurvesData:
    """Panels with one ``header`` for their rows; ``sentence`` is what the figure says in words."""

    name: str
    title: str
    panels: tuple[Panel, ...]
    header: tuple[str, ...]
    sentence: str
    height_label: str = ""
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()


def lay_out_curves(data: CurvesData, look: Look | None = None) -> Layout:
    """Lay the panels out from left to right, with a legend below; raises EstimationError without panels."""
    look = look or Look()
    if not data.panels:
        raise EstimationError("there is no curve to draw")
    size = look.size
    gutter = 3.4 * size if any(panel.heights for panel in data.panels) else 0.0
    count = len(data.panels)
    width, columns = WIDTH, count
    if look.width is not None:
        room = look.width - 2 * MARGIN + GAP
        columns = max(1, min(count, int(room // (gutter + LEAST + GAP))))
        width = max(room / columns - GAP - gutter, LEAST)
    page_width = pt(2 * MARGIN + columns * (gutter + width) + (columns - 1) * GAP)
    marks: list[Mark] = []
    y = MARGIN
    titles = (data.title,) if look.show_title else ()
    for role, scale, texts in (("banner", 1.0, data.banners), ("title", 1.2, titles)):
        for text in texts:
            for line in wrap_to_width(clean_text(text), page_width - 2 * MARGIN, size * scale, bold=True):
                y += LINE * size * scale
                marks.append(Text(MARGIN, pt(y), line, role, size * scale, bold=True))
        y += 0.7 * size if texts else 0
    top = y + 2.2 * size
    for i, panel in enumerate(data.panels):
        row, column = divmod(i, columns)
        left = MARGIN + gutter + column * (gutter + width + GAP)
        above = top + row * (HEIGHT + STACK)
        marks += _panel(panel, left, above, width, size)
        if data.height_label and column == 0:
            middle, label = pt(above + HEIGHT / 2), clean_text(data.height_label)
            marks.append(Text(pt(MARGIN), middle, label, "axis-title", size * SMALL, "middle", rotate=90.0))
    y = top + (-(-count // columns) - 1) * (HEIGHT + STACK) + HEIGHT + 4.6 * size
    key, y = _legend(data, y, page_width - MARGIN, size)
    marks += key
    y += 0.8 * size
    for text in (data.sentence, *data.footnotes):
        for line in wrap_to_width(clean_text(text), page_width - 2 * MARGIN, size * SMALL):
            y += 1.35 * size * SMALL
            marks.append(Text(MARGIN, pt(y), line, "footnote", size * SMALL))
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(" ".join((*(f"{text}." for text in (*data.banners, data.title)), data.sentence))),
        pages=(Page(page_width, pt(y + MARGIN), tuple(marks)),),
        table=(data.header, *(tuple(map(clean_text, panel.row)) for panel in data.panels)),
        text=_paint(data),
        palette=look.palette or look.journal.palette,
    )


def _panel(panel: Panel, left: float, top: float, width: float, size: float) -> Iterator[Mark]:
    small = size * SMALL
    lo, hi = panel.curves[0].xs[0], panel.curves[0].xs[-1]
    bottom = top + HEIGHT

    def at(x: float) -> float:
        return left + (min(max(x, lo), hi) - lo) / (hi - lo) * width

    def up(value: float) -> float:
        share = (min(max(value, panel.floor), panel.top) - panel.floor) / (panel.top - panel.floor)
        return bottom - share * HEIGHT

    heading = ellipsize(clean_text(panel.title), width + GAP - 6, size, bold=True)
    yield Text(pt(left), pt(top - 0.7 * size), heading, "heading", size, bold=True)
    main = next(curve for curve in panel.curves if curve.role == "main")
    if panel.band is not None:
        a, b = max(panel.band[0], lo), min(panel.band[1], hi)
        inside = [(x, y) for x, y in zip(main.xs, main.ys, strict=True) if a < x < b]
        under = [(a, panel.floor), (a, _height(main, a)), *inside, (b, _height(main, b)), (b, panel.floor)]
        yield Polygon(points(*((at(x), up(y)) for x, y in under)), "contour-01")
    for place, role in ((panel.null, "null"), (panel.mark, "pooled-line")):
        if place is not None and lo <= place <= hi:
            yield Line(pt(at(place)), pt(top), pt(at(place)), pt(bottom), role)
    if panel.cut is not None:
        yield Line(pt(left), pt(up(panel.cut)), pt(left + width), pt(up(panel.cut)), "adjusted")
    for curve in sorted(panel.curves, key=lambda curve: curve.role == "main"):
        line = [(at(x), up(y)) for x, y in zip(curve.xs, curve.ys, strict=True) if y >= panel.floor]
        yield Path(points(*line), ROLES[curve.role])
    yield Line(pt(left), pt(bottom), pt(left + width), pt(bottom), "axis")
    xs = [at(x) for x, _ in panel.ticks]
    keep = next((i for i, (x, _) in enumerate(panel.ticks) if x == 0), 0)
    for x, text in zip(
        xs, legible_texts(xs, [text for _, text in panel.ticks], small, keep=keep), strict=True
    ):
        yield Line(pt(x), pt(bottom), pt(x), pt(bottom + 3), "axis")
        if text:
            yield Text(pt(x), pt(bottom + 4 + small), text, "tick", small, "middle")
    for value, text in panel.heights:
        yield Line(pt(left - 3), pt(up(value)), pt(left), pt(up(value)), "axis")
        yield Text(pt(left - 5), pt(up(value) + 0.36 * small), text, "tick", small, "end")
    name = clean_text(panel.axis)
    yield Text(pt(left + width / 2), pt(bottom + 5 + 2.3 * small), name, "axis-title", small, "middle")


def _height(curve: Curve, x: float) -> float:
    """The curve at ``x``, on the straight line between its neighbours."""
    for (x0, y0), (x1, y1) in pairwise(zip(curve.xs, curve.ys, strict=True)):
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return curve.ys[-1]


def _legend(data: CurvesData, y: float, right: float, size: float) -> tuple[list[Mark], float]:
    """One entry for every kind of line, in as many lines as they need; and the y of the last."""
    small, x = size * SMALL, MARGIN
    marks: list[Mark] = []
    for name, role in dict.fromkeys((c.label, ROLES[c.role]) for p in data.panels for c in p.curves):
        label = clean_text(name)
        wide = SWATCH + 5 + text_width(label, small)
        if x > MARGIN and x + wide > right:
            x, y = MARGIN, y + 1.5 * small
        marks.append(Line(pt(x), pt(y - 0.3 * small), pt(x + SWATCH), pt(y - 0.3 * small), role))
        marks.append(Text(pt(x + SWATCH + 5), pt(y), label, "tick", small))
        x += wide + 16
    return marks, y


def _paint(data: CurvesData) -> str:
    """The main curve of every panel as a row of blocks, with its numbers."""
    lines = [*(clean_text(banner) for banner in data.banners), clean_text(data.title), ""]
    for panel in data.panels:
        main = next(curve for curve in panel.curves if curve.role == "main")
        step = (len(main.ys) - 1) / (CELLS - 1)
        heights = [main.ys[round(i * step)] for i in range(CELLS)]
        shares = [
            (min(max(h, panel.floor), panel.top) - panel.floor) / (panel.top - panel.floor) for h in heights
        ]
        lines += [
            clean_text(panel.title),
            "".join(BLOCKS[round(share * (len(BLOCKS) - 1))] for share in shares),
            f"{panel.ticks[0][1]} … {panel.ticks[-1][1]}  {clean_text(panel.axis)}",
            "; ".join(f"{head} {cell}" for head, cell in zip(data.header[1:], panel.row[1:], strict=True)),
            "",
        ]
    lines += [clean_text(text) for text in (data.sentence, *data.footnotes)]
    return "\n".join(line.rstrip() for line in lines) + "\n"
