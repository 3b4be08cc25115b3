"""The drapery plot, laid out: the p value of every possible effect, by study and pooled.

Where a curve crosses p = .05 stand the limits of its 95 % interval; its peak is the estimate. So the figure
shows intervals of every level at once.
Source: Rücker & Schwarzer (2021), Research Synthesis Methods 12(1), 6-19, https://doi.org/10.1002/jrsm.1410
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rupmeta.errors import EstimationError
from rupmeta.render.figures.axis import Axis, legible_texts
from rupmeta.render.figures.layout import (
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
from rupmeta.render.figures.painters.text_table import table_text
from rupmeta.render.figures.panel_frame import MARGIN, SMALL, page_foot, page_head
from rupmeta.render.figures.points.data import DraperyData
from rupmeta.render.figures.text_width import clean_text
from rupmeta.render.numbers import NumberStyle, level_text, number, p_text

__all__ = ["lay_out_drapery"]

WIDTH, HEIGHT = 320.0, 230.0  # of the plot
MANY = 40  # more curves are drawn paler
FLOOR = 0.003  # a curve below it lies on the axis
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def lay_out_drapery(data: DraperyData, look: Look | None = None) -> Layout:
    """Lay a drapery plot out; raises EstimationError when there is nothing to draw."""
    look = look or Look()
    style, size = look.journal.numbers, look.size
    if not data.points:
        raise EstimationError("a drapery plot needs at least one effect")
    small = size * SMALL
    left = MARGIN + 4.4 * size
    width, beside, page_width = room_for(look, WIDTH, left)
    marks, y = page_head(data.banners, data.title, look, page_width)
    top = pt(y + 0.8 * size)
    bottom = pt(top + HEIGHT)
    across = Axis(data.grid[0], data.grid[-1], left, left + width, ())
    up = Axis(0.0, 1.0, bottom, top + 4, TICKS)
    marks += _curves(data, across, up, top)
    marks += _axes(data, look, across, up, top)
    below = bottom + 4 + 3.4 * small
    at = (left + width + 16, top) if beside else (left, below)
    key, key_end = lay_out_key(_entries(data), *at, size)
    marks += key
    middle = pt(left + width / 2)
    marks.append(Text(middle, pt(bottom + 4 + 2.4 * small), data.scale.name, "axis-title", small, "middle"))
    where = pt((top + bottom) / 2)
    marks.append(
        Text(pt(MARGIN + small), where, "Two-sided p value", "axis-title", small, "middle", rotate=90.0)
    )
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
        tooltips=tuple(
            (p.key, clean_text(f"{p.label}: {row[1]} {row[2]}"))
            for p, row in zip(data.points, rows[1:], strict=False)
        ),
        notes=glyph_notes(point.label for point in data.points),
    )


def _curves(data: DraperyData, across: Axis, up: Axis, top: float) -> Iterator[Mark]:
    """The prediction range, the studies, the pooled curve over them."""

    def line(heights: Sequence[float]) -> list[tuple[float, float]]:
        return [(across.at(x), up.at(p)) for x, p in zip(data.grid, heights, strict=True)]

    def seen(heights: Sequence[float]) -> list[tuple[float, float]]:
        """The line without its ends, which lie on the axis."""
        return [(across.at(x), up.at(p)) for x, p in zip(data.grid, heights, strict=True) if p >= FLOOR]

    if data.predicted:
        floor = [(across.right, up.left), (across.left, up.left)]
        yield Polygon(points(*line(data.predicted), *floor), "band")
    null = data.scale.null
    if across.lo <= null <= across.hi:
        yield Line(across.x(null), pt(up.left), across.x(null), pt(top), "null")
    full = "drape" if len(data.points) <= MANY else "drape-many"
    for point, curve in zip(data.points, data.curves, strict=True):
        provisional = point.provisional and len(data.points) <= MANY
        yield Path(points(*seen(curve)), "drape-open" if provisional else full, point.key)
    if data.predicted and len(data.points) > MANY:  # the shade lies below the curves
        yield Path(points(*seen(data.predicted)), "drape-range")
    cut = pt(up.at(1 - data.level))
    yield Line(pt(across.left), cut, pt(across.right), cut, "funnel")
    yield Path(points(*seen(data.pooled)), "pooled-curve")


def _axes(data: DraperyData, look: Look, across: Axis, up: Axis, top: float) -> Iterator[Mark]:
    small, style = look.size * SMALL, look.journal.numbers
    yield Rect(pt(across.left), top, pt(across.right - across.left), pt(up.left - top), "frame")
    labels = data.scale.ticks(across.lo, across.hi, style)
    xs = [across.x(value) for value, _ in labels]
    keep = next((i for i, (value, _) in enumerate(labels) if value == data.scale.null), 0)
    for x, text in zip(xs, legible_texts(xs, [t for _, t in labels], small, keep=keep), strict=True):
        yield Line(x, pt(up.left), x, pt(up.left + 3), "axis")
        if text:
            yield Text(x, pt(up.left + 4 + small), text, "tick", small, "middle")
    for tick in up.ticks:
        y = pt(up.at(tick))
        yield Line(pt(across.left - 3), y, pt(across.left), y, "axis")
        text = number(tick, "bounded", style, digits=1) if 0 < tick < 1 else f"{tick:.0f}"
        yield Text(pt(across.left - 5), pt(y + 0.36 * small), text, "tick", small, "end")


def _entries(data: DraperyData) -> Iterator[Entry]:
    if any(not p.provisional for p in data.points) or len(data.points) > MANY:
        yield Entry("line", "drape" if len(data.points) <= MANY else "drape-many", "study")
    if any(point.provisional for point in data.points) and len(data.points) <= MANY:
        yield Entry("line", "drape-open", "provisional")
    yield Entry("line", "pooled-curve", "pooled effect")
    if data.predicted:
        many = len(data.points) > MANY
        yield Entry("line" if many else "box", "drape-range" if many else "band", "effect of a new study")
    cut = number(1 - data.level, "bounded", digits=2)
    yield Entry("line", "funnel", f"p = {cut}: limits of {level_text(data.level)} intervals")
    yield Entry("line", "null", "no association")


def _table(data: DraperyData, style: NumberStyle) -> tuple[tuple[str, ...], ...]:
    from statistics import NormalDist

    z = NormalDist().inv_cdf(0.5 + data.level / 2)
    normal, null = NormalDist(), data.scale.null
    rows = []
    for p in data.points:
        texts = data.scale.with_interval(p.yi, p.yi - z * p.sei, p.yi + z * p.sei, style)
        rows.append((p.label, *texts, number(2 * normal.cdf(-abs(p.yi - null) / p.sei), "p", style)))
    pooled = data.scale.with_interval(data.estimate, *data.ci, style)
    rows.append(("Pooled", *pooled, number(data.pval, "p", style)))
    if data.pi is not None:
        rows.append(("New study", "", data.scale.interval(*data.pi, style), ""))
    level = level_text(data.level)
    return (("Study", data.scale.display.symbol, f"{level} interval", "p"), *rows)


def _describe(data: DraperyData, style: NumberStyle) -> str:
    k = len(data.points)
    estimate, interval = data.scale.with_interval(data.estimate, *data.ci, style)
    level = level_text(data.level)
    symbol = data.scale.display.symbol
    sentences = [
        *(f"{banner}." for banner in data.banners),
        f"Drapery plot: {data.title}, p-value functions of {k} effect{'' if k == 1 else 's'} and of the "
        f"pooled effect.",
        f"Pooled {symbol} = {estimate}, {level} CI {interval}"
        + ("." if data.pval is None else f", {p_text(data.pval, style)} against no association."),
    ]
    if data.pi is not None:
        sentences.append(f"{level} prediction interval {data.scale.interval(*data.pi, style)}.")
    elif data.pi_reason:
        sentences.append(f"No prediction range: {data.pi_reason}.")
    sentences.append("The numbers stand in the table that belongs to this figure.")
    return " ".join(sentences)
