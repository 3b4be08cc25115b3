"""What the figures of session ratings share: heads, feet, axes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rupmeta.render.figures.axis import Axis
from rupmeta.render.figures.layout import Line, Mark, Text, pt
from rupmeta.render.figures.text_width import clean_text, wrap_to_width
from rupmeta.render.numbers import NumberStyle, number

__all__ = ["LINE", "MARGIN", "SMALL", "feet", "heads", "left_axis", "session_ticks"]

MARGIN = 16.0
LINE = 1.25
SMALL = 0.85


def heads(banners: Sequence[str], title: str, width: float, size: float) -> tuple[list[Mark], float]:
    """Banners and title; the marks, and where the figure goes on."""
    marks: list[Mark] = []
    y = MARGIN
    for role, scale, texts in (("banner", 1.0, banners), ("title", 1.2, (title,) if title else ())):
        for text in texts:
            for line in wrap_to_width(clean_text(text), width - 2 * MARGIN, size * scale, bold=True):
                y += LINE * size * scale
                marks.append(Text(MARGIN, pt(y), line, role, size * scale, bold=True))
        y += 0.7 * size if texts else 0
    return marks, y


def feet(footnotes: Sequence[str], y: float, width: float, size: float) -> tuple[list[Mark], float]:
    """Footnotes below ``y``; the marks, and where the page ends."""
    marks: list[Mark] = []
    for text in footnotes:
        for line in wrap_to_width(clean_text(text), width - 2 * MARGIN, size * SMALL):
            y += 1.35 * size * SMALL
            marks.append(Text(MARGIN, pt(y), line, "footnote", size * SMALL))
    return marks, y + MARGIN


def left_axis(
    axis: Axis, x: float, size: float, style: NumberStyle, kind: str = "unbounded"
) -> Iterator[Mark]:
    """A vertical axis at ``x`` with ticks and their numbers; ``axis.left`` is its lower end."""
    yield Line(pt(x), pt(axis.left), pt(x), pt(axis.right), "axis")
    digits = max(len(f"{tick:.6f}".rstrip("0").split(".")[1]) for tick in axis.ticks)
    for tick in axis.ticks:
        y = pt(axis.at(tick))
        yield Line(pt(x - 3), y, pt(x), y, "axis")
        text = f"{100 * tick:.0f}" if kind == "percent" else number(tick, "unbounded", style, digits=digits)
        yield Text(pt(x - 5), pt(y + 0.36 * size), text, "tick", size, "end")


def session_ticks(first: int, last: int, most: int) -> tuple[int, ...]:
    """Round session numbers, at most ``most`` of them."""
    for step in (1, 2, 4, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 10_000):
        ticks = tuple(t for t in range(first - first % step, last + 1, step) if t >= first)
        if len(ticks) <= most:
            return ticks
    return (first, last)
