"""The p-curve, laid out: shares of significant p values in five bins, and two curves to hold them against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rupmeta.render.figures.axis import Axis
from rupmeta.render.figures.layout import Circle, Layout, Line, Mark, Page, Path, Rect, Text, points, pt
from rupmeta.render.figures.legend import Entry, lay_out_key, room_for
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.p_curve.data import PCurveData
from rupmeta.render.figures.text_width import clean_text, text_width, wrap_to_width
from rupmeta.render.numbers import APA, NumberStyle, number

__all__ = ["lay_out_p_curve", "p_curve_rows"]

MARGIN, AXIS_ROOM = 16.0, 38.0
WIDTH, HEIGHT = 280.0, 180.0
KEY = 120.0
SMALL = 0.85
FLAT = 20.0
EDGES = (0.01, 0.02, 0.03, 0.04, 0.05)
BAR = 40
LOWEST, HIGHEST = 8.0, 94.0  # percent between which a label has room below or above its point


def lay_out_p_curve(data: PCurveData, look: Look | None = None) -> Layout:
    """Lay a p-curve out."""
    look = look or Look()
    style, size = look.journal.numbers, look.size
    small = size * SMALL
    left = MARGIN + AXIS_ROOM
    width, beside, page_width = room_for(look, WIDTH, left, KEY)
    marks: list[Mark] = []
    y = MARGIN
    titles = (data.title,) if look.show_title else ()
    for role, scale, lines in (("banner", 1.0, data.banners), ("title", 1.2, titles)):
        for text in lines:
            for line in wrap_to_width(clean_text(text), page_width - 2 * MARGIN, size * scale, bold=True):
                y += 1.25 * size * scale
                marks.append(Text(MARGIN, pt(y), line, role, size * scale, bold=True))
        y += 0.7 * size if lines else 0
    top = y + size
    bottom = top + HEIGHT
    x = Axis(0.005, 0.055, left, left + width, EDGES)
    share = Axis(0.0, 100.0, bottom, top, (0.0, 25.0, 50.0, 75.0, 100.0))
    marks += _scales(x, share, look)
    entries = (
        ((FLAT,) * 5, "null", "no effect"),
        (data.expected_low, "funnel", "33% power"),
        (data.shares, "estimate", "observed"),
    )
    for values, role, _ in entries:
        marks += _curve(values, role, x, share)
    marks += _shares(data, x, share, small, style)
    below = bottom + 4 + small + 2.2 * size
    at = (left + width + 16, top) if beside else (left, below)
    words = [Entry("line", role, label) for _, role, label in reversed(entries)]
    key, key_end = lay_out_key(words, *at, size, room=KEY - 36)
    marks += key
    y = max(below, key_end)
    for text in (*data.tests, *_cautions(data)):
        for line in wrap_to_width(clean_text(text), page_width - 2 * MARGIN, small):
            y += 1.35 * small
            marks.append(Text(MARGIN, pt(y), line, "footnote", small))
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(_describe(data, style)),
        pages=(Page(page_width, pt(y + MARGIN), tuple(marks)),),
        table=p_curve_rows(data, style),
        text=_paint(data, style),
        palette=look.palette or look.journal.palette,
    )


def p_curve_rows(data: PCurveData, style: NumberStyle = APA) -> tuple[tuple[str, ...], ...]:
    """The rows behind the picture, header first."""
    header = ("p up to", "observed %", "33% power %", "no effect %")
    rows = (
        (
            number(edge, "bounded", style),
            number(seen, "percent", style),
            number(low, "percent", style),
            number(FLAT, "percent", style),
        )
        for edge, seen, low in zip(EDGES, data.shares, data.expected_low, strict=True)
    )
    return (header, *rows)


def _curve(values: Sequence[float], role: str, x: Axis, share: Axis) -> Iterator[Mark]:
    corners = [(x.at(edge), share.at(value)) for edge, value in zip(EDGES, values, strict=True)]
    yield Path(points(*corners), role)
    if role == "estimate":
        for place, (a, b) in enumerate(corners):
            yield Circle(pt(a), pt(b), 3.2, "observed", key=f"p{place + 1}")


def _shares(data: PCurveData, x: Axis, share: Axis, small: float, style: NumberStyle) -> Iterator[Mark]:
    """The observed percentages beside their points: below in a dip of the curve, else above."""
    padded = (-1.0, *data.shares, -1.0)
    for i, (edge, value) in enumerate(zip(EDGES, data.shares, strict=True)):
        dip = LOWEST < value < min(padded[i], padded[i + 2])
        text = f"{number(value, 'percent', style)}%"
        at, y, anchor = x.x(edge), share.at(value), "middle"
        if value > HIGHEST:  # no room above: at the right, over a line that falls steeply
            at, y, anchor = pt(at + 6), y + 0.36 * small, "start"
        else:
            y += 1.7 * small if dip else -0.8 * small
            wide = text_width(text, small, bold=True) + 2
            yield Rect(pt(at - wide / 2), pt(y - 0.78 * small), pt(wide), pt(0.9 * small), "contour-none")
        yield Text(at, pt(y), text, "statistics", small, anchor, bold=True)  # type: ignore[arg-type]


def _scales(x: Axis, share: Axis, look: Look) -> Iterator[Mark]:
    size, style = look.size, look.journal.numbers
    small, bottom = size * SMALL, share.left
    yield Line(pt(x.left), pt(bottom), pt(x.right), pt(bottom), "axis")
    yield Line(pt(x.left), pt(share.right), pt(x.left), pt(bottom), "axis")
    for edge in EDGES:
        yield Line(x.x(edge), pt(bottom), x.x(edge), pt(bottom + 3), "axis")
        text = number(edge, "bounded", style)
        yield Text(x.x(edge), pt(bottom + 4 + small), text, "tick", small, "middle")
    for tick in share.ticks:
        where = share.at(tick)
        yield Line(pt(x.left - 3), pt(where), pt(x.left), pt(where), "axis")
        text = number(tick, "percent", style)
        yield Text(pt(x.left - 5), pt(where + 0.36 * small), text, "tick", small, "end")
    middle = pt((x.left + x.right) / 2)
    words = "Two-sided p value, up to"
    yield Text(middle, pt(bottom + 4 + small + 1.25 * size), words, "axis-title", small, "middle")
    at = pt((share.left + share.right) / 2)
    words = "% of significant results"
    yield Text(pt(MARGIN + small), at, words, "axis-title", small, "middle", rotate=90.0)


def _cautions(data: PCurveData) -> tuple[str, ...]:
    return (
        f"{data.used} results enter, one per independent sample; {data.left_out} are not significant in the "
        "pooled direction and are left out.",
        "A p-curve asks whether significant results carry evidence, not how large an effect is.",
        *data.footnotes,
    )


def _describe(data: PCurveData, style: NumberStyle) -> str:
    shares = ", ".join(
        f"{number(value, 'percent', style)}% up to {number(edge, 'bounded', style)}"
        for edge, value in zip(EDGES, data.shares, strict=True)
    )
    sentences = [
        *(f"{banner}." for banner in data.banners),
        f"p-curve: {data.title}. Of {data.used} significant results {shares}; without an effect each bin "
        "would hold 20%.",
        *data.tests,
        *_cautions(data),
    ]
    return " ".join(sentences)


def _paint(data: PCurveData, style: NumberStyle) -> str:
    lines = [*(clean_text(banner) for banner in data.banners), clean_text(data.title), ""]
    for edge, seen, low in zip(EDGES, data.shares, data.expected_low, strict=True):
        marks = list("█" * int(seen * BAR / 100 + 0.5)) + [" "] * BAR
        for value, sign in ((FLAT, "│"), (low, "┊")):
            place = int(value * BAR / 100 + 0.5)
            marks[place] = sign
        text = f"{number(seen, 'percent', style)}%"
        lines.append(f"p up to {number(edge, 'bounded', style)}  {''.join(marks[:BAR])}  {text}".rstrip())
    lines += ["", "█ observed  │ no effect  ┊ 33% power", *data.tests, *_cautions(data)]
    return "\n".join(lines) + "\n"
