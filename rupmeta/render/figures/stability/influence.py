"""The influence figure, laid out: eight diagnostics, one panel each, over the same numbered effects."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rupmeta.errors import EstimationError
from rupmeta.render.figures.axis import Axis
from rupmeta.render.figures.layout import (
    Circle,
    Layout,
    Line,
    Mark,
    Page,
    Path,
    Text,
    glyph_notes,
    points,
    pt,
)
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.panel_frame import MARGIN, axis_over, frame, page_foot, page_head
from rupmeta.render.figures.stability.data import InfluenceData, InfluencePanel
from rupmeta.render.figures.text_width import clean_text
from rupmeta.render.numbers import APA, NumberStyle, number

__all__ = ["lay_out_influence"]

COLUMNS = 2
WIDTH, LEAST, HEIGHT = 226.0, 120.0, 84.0  # of one panel
SIDE, ABOVE, BELOW = 40.0, 20.0, 22.0  # room for its ticks and heading
RADIUS, FINE, MOST_TICKS = 2.4, 1.3, 12
MANY = 60  # more effects are drawn as specks, without a line between them
WORST = 8  # effects named in the text


def lay_out_influence(data: InfluenceData, look: Look | None = None) -> Layout:
    """Lay the panels out two in a row, on a narrow page below each other.

    Raises EstimationError when there is nothing to draw.
    """
    look = look or Look()
    style = look.journal.numbers
    if not data.labels:
        raise EstimationError("an influence figure needs effects")
    columns, width = COLUMNS, WIDTH
    if look.width is not None:
        columns = COLUMNS if look.width >= 2 * MARGIN + COLUMNS * (SIDE + LEAST) else 1
        width = max((look.width - 2 * MARGIN) / columns - SIDE, LEAST)
    page_width = pt(MARGIN + columns * (SIDE + width) + MARGIN)
    marks, y = page_head(data.banners, data.title, look, page_width)
    for i, panel in enumerate(data.panels):
        row, column = divmod(i, columns)
        left = MARGIN + column * (SIDE + width) + SIDE
        top = y + ABOVE + row * (ABOVE + HEIGHT + BELOW)
        marks += _panel(data, panel, look, left, left + width, top, top + HEIGHT)
    rows = math.ceil(len(data.panels) / columns)
    y += rows * (ABOVE + HEIGHT + BELOW) + 4
    foot, y = page_foot(_footnotes(data), look, page_width, y)
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(_describe(data, style)),
        pages=(Page(page_width, pt(y + MARGIN), (*marks, *foot)),),
        table=tuple(tuple(map(clean_text, row)) for row in _table(data, style)),
        text=_text(data, style),
        palette=look.palette or look.journal.palette,
        notes=glyph_notes(data.labels),
    )


def _panel(
    data: InfluenceData,
    panel: InfluencePanel,
    look: Look,
    left: float,
    right: float,
    top: float,
    bottom: float,
) -> Iterator[Mark]:
    k = len(data.labels)
    known = [(i, value) for i, value in enumerate(panel.values, 1) if value is not None]
    wanted = [*panel.limits, *([] if panel.centre is None else [panel.centre])]
    reach = [value for _, value in known]
    # a limit far above everything would flatten the panel; it then is left out
    span = max(map(abs, reach), default=1.0)
    shown = [limit for limit in wanted if abs(limit) <= 4.0 * span]
    y = axis_over([*reach, *shown] or [0.0, 1.0], bottom, top)
    ticks = tuple(float(i) for i in _numbers(k))
    x = Axis(0.5, k + 0.5, left, right, ticks)
    yield Text(pt(left), pt(top - 5), clean_text(panel.title), "header", look.size, bold=True)
    texts = [str(int(tick)) for tick in ticks]
    yield from frame(x, y, look.journal.numbers, look.size, x_texts=texts)
    for limit in shown:
        role = "null" if limit == panel.centre else "benchmark"
        yield Line(pt(left), pt(y.at(limit)), pt(right), pt(y.at(limit)), role)
    small = RADIUS if k <= MANY else FINE
    if k <= MANY:  # among many, a line from one to the next says nothing and hides them
        yield Path(points(*((x.at(i), y.at(value)) for i, value in known)), "axis")
    for i, value in sorted(known, key=lambda pair: data.flagged[pair[0] - 1]):
        role = "pooled" if data.flagged[i - 1] else "point" if k <= MANY else "speck"
        radius = RADIUS + 0.8 if data.flagged[i - 1] else small
        yield Circle(pt(x.at(i)), pt(y.at(value)), radius, role, f"effect{i}")


def _numbers(k: int) -> Iterator[int]:
    """The effects whose numbers stand below a panel: all, or 1 and round ones."""
    step = next(step for step in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, k) if k / step <= MOST_TICKS)
    yield 1
    yield from range(step if step > 2 else 1 + step, k + 1, step)


def _footnotes(data: InfluenceData) -> tuple[str, ...]:
    flagged = [f"{i} {label}" for i, label in enumerate(data.labels, 1) if data.flagged[i - 1]]
    named = f"Flagged: {'; '.join(flagged)}." if flagged else "No effect is flagged."
    return (
        f"{named} Effects are numbered in the order of the files; dashed: customary limits.",
        *data.footnotes,
    )


def _table(data: InfluenceData, style: NumberStyle = APA) -> tuple[tuple[str, ...], ...]:
    header = ("", "Study", *(panel.title for panel in data.panels), "Flagged")
    rows = [
        (
            str(i + 1),
            label,
            *(number(panel.values[i], "unbounded", style, digits=3) for panel in data.panels),
            "yes" if data.flagged[i] else "",
        )
        for i, label in enumerate(data.labels)
    ]
    return (header, *rows)


def _describe(data: InfluenceData, style: NumberStyle) -> str:
    top = _worst(data)[:1]
    largest = [
        f"The largest deleted residual is {number(data.panels[0].values[i], 'unbounded', style)}, of "
        f"{data.labels[i]}."
        for i in top
    ]
    head = [*(f"{banner}." for banner in data.banners)]
    head.append(f"Influence: {data.title}. Eight diagnostics of {len(data.labels)} effects.")
    return " ".join([*head, *largest, *_footnotes(data)])


def _worst(data: InfluenceData) -> list[int]:
    """Effects by the size of the first panel, the largest first."""
    sizes = [(abs(value), -i) for i, value in enumerate(data.panels[0].values) if value is not None]
    return [-i for _, i in sorted(sizes, reverse=True)]


def _text(data: InfluenceData, style: NumberStyle) -> str:
    """The effects with the largest residuals."""
    table = _table(data, style)
    chosen = [table[0], *(table[i + 1] for i in _worst(data)[:WORST])]
    widths = [max(len(clean_text(row[j])) for row in chosen) for j in range(len(table[0]))]
    lines = [
        "  ".join(
            clean_text(cell).ljust(w) if j in (1, len(widths) - 1) else clean_text(cell).rjust(w)
            for j, (cell, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in chosen
    ]
    above, below = map(clean_text, (*data.banners, data.title)), map(clean_text, _footnotes(data))
    return "\n".join([*above, "", *lines, "", *below])
