"""Draw a layout as an SVG string for HTML: small, with real text, classes and rows that a script can find.

Colours are presentation attributes, which any style sheet overrides (dark mode); there is no ``style=``, so
that a strict content security policy holds. Every id begins with the figure's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import assert_never
from xml.sax.saxutils import escape, quoteattr

from rupmeta.render.figures.layout import Circle, Layout, Line, Mark, Path, Polygon, Rect, Text
from rupmeta.render.figures.painters.writing import coord as _n
from rupmeta.render.figures.painters.writing import identifier
from rupmeta.render.figures.palettes import PALETTES, Paint, Palette, paint
from rupmeta.render.figures.text_width import clean_text

__all__ = ["FONT", "paint_svg"]

FONT = "DejaVu Sans, Verdana, Arial, sans-serif"


def paint_svg(layout: Layout, page: int = 0, *, palette: str | None = None) -> str:
    """One page of ``layout`` as an ``<svg>`` element.

    The marks of one row stand together in ``<g class="row" data-row="key">`` with the row's full text as
    ``<title>``.
    """
    colours = PALETTES[palette or layout.palette]
    sheet = layout.pages[page]
    prefix = identifier(layout.name) + (f"-{page + 1}" if len(layout.pages) > 1 else "")
    tooltips = dict(layout.tooltips)
    width, height = _n(sheet.width), _n(sheet.height)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{prefix}" class="figure" role="img" '
        f'aria-labelledby="{prefix}-title {prefix}-desc" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="{FONT}">',
        f'<title id="{prefix}-title">{escape(layout.title)}</title>',
        f'<desc id="{prefix}-desc">{escape(layout.desc)}</desc>',
        f'<rect class="ground" width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for key, marks in groupby(sheet.marks, key=lambda mark: mark.key):
        drawn = list(_elements(marks, colours))
        if not key:
            lines.extend(drawn)
            continue
        lines.append(f'<g class="row" data-row={quoteattr(clean_text(key))}>')
        if key in tooltips:
            lines.append(f"<title>{escape(tooltips[key])}</title>")
        lines.extend((*drawn, "</g>"))
    return "\n".join((*lines, "</svg>")) + "\n"


def _elements(marks: Iterable[Mark], palette: Palette) -> Iterator[str]:
    return (_element(mark, paint(mark.role, palette)) for mark in marks)


def _element(mark: Mark, ink: Paint) -> str:
    css = f'class="{mark.role}"'
    match mark:
        case Text():
            attributes = [css, f'x="{_n(mark.x)}"', f'y="{_n(mark.y)}"', f'font-size="{_n(mark.size)}"']
            attributes += [f'text-anchor="{mark.anchor}"'] if mark.anchor != "start" else []
            attributes += ['font-weight="bold"'] if mark.bold else []
            attributes += ['font-style="italic"'] if mark.italic else []
            if mark.rotate:
                attributes.append(f'transform="rotate({_n(-mark.rotate)} {_n(mark.x)} {_n(mark.y)})"')
            words = escape(mark.text)
            if mark.runs:
                words = "".join(
                    f'<tspan class="statistic" font-style="italic">{escape(run)}</tspan>'
                    if italic
                    else escape(run)
                    for run, italic in mark.runs
                )
            return f'<text {" ".join(attributes)} fill="{ink.fill}">{words}</text>'
        case Line():
            ends = f'x1="{_n(mark.x1)}" y1="{_n(mark.y1)}" x2="{_n(mark.x2)}" y2="{_n(mark.y2)}"'
            return f"<line {css} {ends}{_stroke(ink)}/>"
        case Rect():
            box = f'x="{_n(mark.x)}" y="{_n(mark.y)}" width="{_n(mark.width)}" height="{_n(mark.height)}"'
            return f"<rect {css} {box}{_filled(ink)}/>"
        case Circle():
            return f'<circle {css} cx="{_n(mark.x)}" cy="{_n(mark.y)}" r="{_n(mark.radius)}"{_filled(ink)}/>'
        case Polygon():
            return f'<polygon {css} points="{_points(mark)}"{_filled(ink)}/>'
        case Path():
            return f'<polyline {css} points="{_points(mark)}" fill="none"{_stroke(ink)}/>'
        case _:
            assert_never(mark)


def _filled(ink: Paint) -> str:
    return f' fill="{ink.fill or "none"}"{_stroke(ink)}'


def _stroke(ink: Paint) -> str:
    if ink.stroke is None:
        return ""
    dash = f' stroke-dasharray="{" ".join(_n(x) for x in ink.dash)}"' if ink.dash else ""
    return f' stroke="{ink.stroke}" stroke-width="{_n(ink.width)}"{dash}'


def _points(mark: Polygon | Path) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in mark.points)
