"""The orchard plot, laid out: the effects of every level, the interval of their mean, that of a new effect.

Effects are spread over the stripe of their level by the van der Corput sequence, so that the same review
always gives the same picture. Source: Nakagawa et al. (2021), Research Synthesis Methods 12(1), 4-12,
https://doi.org/10.1002/jrsm.1424
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from rupmeta.errors import EstimationError
from rupmeta.render.figures.axis import Axis, legible_texts
from rupmeta.render.figures.layout import (
    Circle,
    Layout,
    Line,
    Mark,
    Page,
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
from rupmeta.render.figures.points.data import OrchardData, OrchardGroup
from rupmeta.render.figures.text_width import clean_text, text_width, wrap_text
from rupmeta.render.numbers import NumberStyle, level_text, number

__all__ = ["lay_out_orchard", "van_der_corput"]

WIDTH = 320.0  # of the plot
STRIPE, CROWDED = 54.0, 84.0  # height of a stripe, and of one with many effects
MANY = 40
LARGEST, SMALLEST = 6.5, 1.6  # radii
INSIDE = 0.62  # share of a stripe over which effects are spread
KEY_ROOM = 92.0


def van_der_corput(i: int) -> float:
    """The i-th (from 1) number of the base-2 van der Corput sequence on (0, 1).

    >>> [van_der_corput(i) for i in (1, 2, 3, 4)]
    [0.5, 0.25, 0.75, 0.125]
    """
    value, share = 0.0, 0.5
    while i:
        value += share * (i & 1)
        i >>= 1
        share /= 2
    return value


def lay_out_orchard(data: OrchardData, look: Look | None = None) -> Layout:
    """Lay an orchard plot out; raises EstimationError when there is nothing to draw."""
    look = look or Look()
    style, size = look.journal.numbers, look.size
    if not any(group.points for group in data.groups):
        raise EstimationError("an orchard plot needs at least one effect")
    small = size * SMALL
    names = [_name(group, size) for group in data.groups]
    widest = max(width for _, width in names)
    left = MARGIN + widest + 10
    key_room = 14.0 + 22 + KEY_ROOM
    width, beside, page_width = room_for(look, WIDTH, left, key_room)
    marks, y = page_head(data.banners, data.title, look, page_width)
    top = pt(y + 0.8 * size)
    heights = [CROWDED if len(group.points) > MANY else STRIPE for group in data.groups]
    bottom = pt(top + sum(heights))
    across = _across(data, left, left + width)
    marks.append(Rect(pt(left), top, pt(width), pt(bottom - top), "frame"))
    null = data.scale.null
    if across.lo <= null <= across.hi:
        marks.append(Line(across.x(null), top, across.x(null), bottom, "null"))
    heaviest = max((1 / p.sei for group in data.groups for p in group.points), default=1.0)
    y = top
    for index, (group, height, (lines, _)) in enumerate(zip(data.groups, heights, names, strict=True)):
        if index:
            marks.append(Line(pt(left), pt(y), pt(left + width), pt(y), "spec-rule"))
        middle = y + height / 2
        marks += _stripe(group, across, middle, height, heaviest)
        line_y = middle - 0.625 * small * (len(lines) - 1) + 0.36 * small
        for role, text, bold in lines:
            type_size = size if bold else small
            marks.append(Text(pt(left - 8), pt(line_y), text, role, type_size, "end", bold=bold))
            line_y += 1.25 * small
        y += height
    marks += _axis(data, look, across, bottom)
    below = bottom + 4 + 3.4 * small
    at = (left + width + 14, top) if beside else (left, below)
    key, key_end = lay_out_key(_entries(data), *at, size, room=KEY_ROOM)
    marks += key
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
            (p.key, clean_text(f"{p.label}: {data.scale.display.symbol} = {data.scale.text(p.yi, style)}"))
            for group in data.groups
            for p in group.points
        ),
        notes=glyph_notes([group.label for group in data.groups]),
    )


def _name(group: OrchardGroup, size: float) -> tuple[list[tuple[str, str, bool]], float]:
    """The lines at the left of a stripe (role, text, bold), and how wide they are."""
    small = size * SMALL
    k = len(group.points)
    counts = f"{k} effect{'' if k == 1 else 's'} ({group.studies} stud{'y' if group.studies == 1 else 'ies'})"
    lines = [("heading", text, True) for text in wrap_text(clean_text(group.label), characters=24)]
    lines.append(("muted", counts, False))
    if group.note:
        lines += [("muted", text, False) for text in wrap_text(clean_text(group.note), characters=26)]
    width = max(text_width(text, size if bold else small, bold=bold) for _, text, bold in lines)
    return lines, width


def _across(data: OrchardData, left: float, right: float) -> Axis:
    core = [p.yi for group in data.groups for p in group.points] + [data.scale.null]
    core += [limit for group in data.groups for limit in (group.ci or ())]
    limits = [limit for group in data.groups for limit in (group.pi or ())]
    fitted = data.scale.fit(core, limits, left, right)
    return Axis(fitted.lo, fitted.hi, left + 8, right - 8, ())


def _stripe(
    group: OrchardGroup, across: Axis, middle: float, height: float, heaviest: float
) -> Iterator[Mark]:
    """Large effects first, so that none hides another; the intervals lie over them."""
    spread = INSIDE * height
    shrink = 1.0 if len(group.points) <= MANY else 0.7
    placed = [(p, middle + (van_der_corput(i) - 0.5) * spread) for i, p in enumerate(group.points, start=1)]
    for point, y in sorted(placed, key=lambda pair: pair[0].sei):
        share = math.sqrt(1 / point.sei / heaviest)
        radius = max(LARGEST * share * shrink, SMALLEST)
        role = "fruit-hollow" if point.provisional else "fruit"
        yield Circle(across.x(point.yi), pt(y), pt(radius), role, point.key)
    y = pt(middle)
    if group.pi is not None:
        yield Line(across.x(group.pi[0]), y, across.x(group.pi[1]), y, "thin")
    if group.ci is not None:
        yield Line(across.x(group.ci[0]), y, across.x(group.ci[1]), y, "thick")
    if group.estimate is not None:
        x, half = across.x(group.estimate), 5.0
        yield Polygon(points((x, y - half), (x + half, y), (x, y + half), (x - half, y)), "trunk")


def _axis(data: OrchardData, look: Look, across: Axis, bottom: float) -> Iterator[Mark]:
    small, style = look.size * SMALL, look.journal.numbers
    labels = data.scale.ticks(across.lo, across.hi, style)
    xs = [across.x(value) for value, _ in labels]
    keep = next((i for i, (value, _) in enumerate(labels) if value == data.scale.null), 0)
    for x, text in zip(xs, legible_texts(xs, [t for _, t in labels], small, keep=keep), strict=True):
        yield Line(x, bottom, x, pt(bottom + 3), "axis")
        if text:
            yield Text(x, pt(bottom + 4 + small), text, "tick", small, "middle")
    middle = pt((across.left + across.right) / 2)
    yield Text(middle, pt(bottom + 4 + 2.4 * small), data.scale.name, "axis-title", small, "middle")


def _entries(data: OrchardData) -> Iterator[Entry]:
    every = [p for group in data.groups for p in group.points]
    level = level_text(data.level)
    if any(not p.provisional for p in every):
        yield Entry("dot", "fruit", "effect, area by precision (1/SE)")
    if any(p.provisional for p in every):
        yield Entry("dot", "fruit-hollow", "provisional")
    yield Entry("diamond", "trunk", "mean effect")
    yield Entry("line", "thick", f"{level} interval of the mean")
    if any(group.pi is not None for group in data.groups):
        yield Entry("line", "thin", f"{level} prediction interval")
    yield Entry("line", "null", "no association")


def _table(data: OrchardData, style: NumberStyle) -> tuple[tuple[str, ...], ...]:
    level = level_text(data.level)
    rows = []
    for group in data.groups:
        texts = ("—", "—")
        if group.estimate is not None and group.ci is not None:
            texts = data.scale.with_interval(group.estimate, *group.ci, style)
        pi = "—" if group.pi is None else data.scale.interval(*group.pi, style)
        k = len(group.points)
        rows.append((group.label, str(k), str(group.studies), *texts, pi))
        rows += [(f"  {p.label}", "", "", data.scale.text(p.yi, style), "", "") for p in group.points]
    head = ("Level", "Effects", "Studies", data.scale.display.symbol, f"{level} CI", f"{level} PI")
    return (head, *rows)


def _describe(data: OrchardData, style: NumberStyle) -> str:
    level, symbol = level_text(data.level), data.scale.display.symbol
    k = sum(len(group.points) for group in data.groups)
    sentences = [
        *(f"{banner}." for banner in data.banners),
        f"Orchard plot: {data.title}, {number(k, 'count', style)} effect{'' if k == 1 else 's'} "
        f"in {len(data.groups)} level{'' if len(data.groups) == 1 else 's'}.",
    ]
    for group in data.groups:
        n = len(group.points)
        text = f"{group.label}, {n} effect{'' if n == 1 else 's'} of {group.studies} "
        text += "study" if group.studies == 1 else "studies"
        if group.estimate is not None and group.ci is not None:
            estimate, interval = data.scale.with_interval(group.estimate, *group.ci, style)
            text += f": {symbol} = {estimate}, {level} CI {interval}"
            if group.pi is not None:
                text += f", {level} prediction interval {data.scale.interval(*group.pi, style)}"
        elif group.note:
            text += f": {group.note}"
        sentences.append(f"{text}.")
    sentences.append("The numbers stand in the table that belongs to this figure.")
    return " ".join(sentences)
