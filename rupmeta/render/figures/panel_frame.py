"""What stands around a panel of points: banners and title above, axes with ticks, footnotes below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rupmeta.render.figures.axis import Axis, legible_texts, linear_ticks
from rupmeta.render.figures.italics import italic_runs
from rupmeta.render.figures.layout import Line, Mark, Rect, Text, pt
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.text_width import clean_text, wrap_to_width
from rupmeta.render.labels import Display
from rupmeta.render.numbers import NumberStyle

__all__ = ["MARGIN", "SMALL", "axis_over", "frame", "page_foot", "page_head"]

MARGIN = 16.0
SMALL = 0.85


def page_head(banners: Sequence[str], title: str, look: Look, width: float) -> tuple[list[Mark], float]:
    """Banners and title on a page of ``width``, and the y below them."""
    marks: list[Mark] = []
    y, size = MARGIN, look.size
    titles = (title,) if look.show_title else ()
    for role, scale, texts in (("banner", 1.0, banners), ("title", 1.2, titles)):
        for text in texts:
            for line in wrap_to_width(clean_text(text), width - 2 * MARGIN, size * scale, bold=True):
                y += 1.25 * size * scale
                marks.append(Text(MARGIN, pt(y), line, role, size * scale, bold=True))
        y += 0.7 * size if texts else 0
    return marks, y


def page_foot(texts: Sequence[str], look: Look, width: float, y: float) -> tuple[list[Mark], float]:
    """Footnotes below ``y``, and the y below them."""
    small = look.size * SMALL
    marks: list[Mark] = []
    for text in texts:
        for line in wrap_to_width(clean_text(text), width - 2 * MARGIN, small):
            y += 1.35 * small
            runs = italic_runs(line) if look.journal.italics else ()
            marks.append(Text(MARGIN, pt(y), line, "footnote", small, runs=runs))
    return marks, y


def axis_over(values: Sequence[float], left: float, right: float, *, zero: bool = False) -> Axis:
    """An axis that holds ``values`` with some room, and 0 where ``zero`` says so; ticks lie inside it."""
    lo, hi = min([*values, *([0.0] if zero else [])]), max([*values, *([0.0] if zero else [])])
    span = (hi - lo) or abs(hi) or 1.0
    lo, hi = lo - (0.0 if zero and lo == 0 else 0.06 * span), hi + 0.06 * span
    return Axis(lo, hi, left, right, tuple(tick for tick in linear_ticks(lo, hi) if lo <= tick <= hi))


def frame(
    x: Axis,
    y: Axis,
    style: NumberStyle,
    size: float,
    *,
    x_texts: Sequence[str] | None = None,
    y_texts: Sequence[str] | None = None,
) -> Iterator[Mark]:
    """The box of a panel and both axes; texts of ticks may be given where they are not the numbers."""
    small, plain = size * SMALL, Display("", "", "unbounded")
    bottom, top = y.left, y.right
    yield Rect(pt(x.left), pt(top), pt(x.right - x.left), pt(bottom - top), "frame")
    places = [x.x(tick) for tick in x.ticks]
    texts = x.tick_texts(plain, style) if x_texts is None else x_texts
    for where, text in zip(places, legible_texts(places, texts, small, keep=0), strict=True):
        yield Line(where, pt(bottom), where, pt(bottom + 3), "axis")
        if text:
            yield Text(where, pt(bottom + 4 + small), text, "tick", small, "middle")
    for tick, text in zip(y.ticks, y.tick_texts(plain, style) if y_texts is None else y_texts, strict=True):
        where = pt(y.at(tick))
        yield Line(pt(x.left - 3), where, pt(x.left), where, "axis")
        yield Text(pt(x.left - 5), pt(where + 0.36 * small), text, "tick", small, "end")
