"""Draw a layout as the SVG of a page whose style sheet paints every role: as few characters as it takes.

No colour, width or dash is written (``writers.figure_style`` has them). Lines or boxes of one role that
follow each other are one path; those of a role whose marks never lie on others wait for each other too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import assert_never
from xml.sax.saxutils import escape, quoteattr

from rupmeta.render.figures.layout import Circle, Layout, Line, Mark, Path, Polygon, Rect, Text
from rupmeta.render.figures.painters.writing import coord, identifier
from rupmeta.render.figures.text_width import clean_text

__all__ = ["ANCHORS", "paint_inline"]

SCREEN = 1.5  # pixels of the page for a point, the same for every figure: 9 pt are read as 13.5 px
FEW = 3  # marks of one role in a row from which one path draws them all
#: Roles whose lines and boxes lie on nothing and under nothing that another mark could hide.
_ALONE = {"axis", *(f"{name}-{i}" for name in ("density", "overlay") for i in range(1, 5))}
#: The class of a text by where it is anchored.
ANCHORS = {"start": "", "middle": " m", "end": " e"}


def paint_inline(layout: Layout, page: int = 0) -> str:
    """One page of ``layout`` as an ``<svg>`` element for the page of the report.

    The marks of one row stand together in ``<g class="row" data-row="key">`` with the row's full text as
    ``<title>``; the axes that the layout names are attributes, ``data-x="lo hi left right"``.
    """
    sheet, prefix, tooltips = layout.pages[page], identifier(layout.name), dict(layout.tooltips)
    width, height = coord(sheet.width), coord(sheet.height)
    sizes = Counter(mark.size for mark in sheet.marks if isinstance(mark, Text))
    usual = max(sizes, key=lambda size: (sizes[size], size), default=9.0)
    axes = "".join(f' data-{name}="{" ".join(f"{x:.10g}" for x in ends)}"' for name, *ends in layout.axes)
    lines = [
        f'<svg id="{prefix}" class="figure" role="img" aria-labelledby="{prefix}-title {prefix}-desc" '
        f'width="{coord(SCREEN * sheet.width)}" height="{coord(SCREEN * sheet.height)}" '
        f'viewBox="0 0 {width} {height}" '
        f'font-size="{coord(usual)}"{axes}>',
        f'<title id="{prefix}-title">{escape(layout.title)}</title>',
        f'<desc id="{prefix}-desc">{escape(layout.desc)}</desc>',
        f'<path class="ground" d="M0,0h{width}v{height}h-{width}z"/>',
    ]
    for key, marks in groupby(sheet.marks, key=lambda mark: mark.key):
        drawn = list(_elements(list(marks), usual))
        if not key:
            lines.extend(drawn)
            continue
        lines.append(f'<g class="row" data-row={quoteattr(clean_text(key))}>')
        if key in tooltips:
            lines.append(f"<title>{escape(tooltips[key])}</title>")
        lines.extend((*drawn, "</g>"))
    return "\n".join((*lines, "</svg>")) + "\n"


def _elements(marks: Sequence[Mark], usual: float) -> Iterator[str]:
    waiting: dict[tuple[str, type[Mark]], list[Mark]] = {}
    for mark in marks:
        if mark.role in _ALONE and isinstance(mark, Line | Rect):
            waiting.setdefault((mark.role, type(mark)), []).append(mark)
    for (role, kind), run in groupby(marks, key=lambda mark: (mark.role, type(mark))):
        alone = waiting.pop((role, kind), None)
        if alone is None and role in _ALONE and kind in (Line, Rect):
            continue  # drawn with the first of them
        found = alone or list(run)
        if kind in (Line, Rect) and len(found) >= FEW:
            yield f'<path class="{role}" d="{"".join(map(_step, found))}"/>'
        else:
            yield from (_element(mark, usual) for mark in found)


def _step(mark: Mark) -> str:
    """A line or a box as a part of a path."""
    if isinstance(mark, Line):
        start = f"M{coord(mark.x1)},{coord(mark.y1)}"
        if mark.x1 == mark.x2:
            return f"{start}V{coord(mark.y2)}"
        if mark.y1 == mark.y2:
            return f"{start}H{coord(mark.x2)}"
        return f"{start}L{coord(mark.x2)},{coord(mark.y2)}"
    assert isinstance(mark, Rect)
    width, height = coord(mark.width), coord(mark.height)
    return f"M{coord(mark.x)},{coord(mark.y)}h{width}v{height}h-{width}z"


def _element(mark: Mark, usual: float) -> str:
    match mark:
        case Text():
            return _text(mark, usual)
        case Line():
            ends = f'x1="{coord(mark.x1)}" y1="{coord(mark.y1)}" '
            ends += f'x2="{coord(mark.x2)}" y2="{coord(mark.y2)}"'
            return f'<line class="{mark.role}" {ends}/>'
        case Rect():
            box = f'x="{coord(mark.x)}" y="{coord(mark.y)}" '
            box += f'width="{coord(mark.width)}" height="{coord(mark.height)}"'
            return f'<rect class="{mark.role}" {box}/>'
        case Circle():
            centre = f'cx="{coord(mark.x)}" cy="{coord(mark.y)}"'
            return f'<circle class="{mark.role}" {centre} r="{coord(mark.radius)}"/>'
        case Polygon():
            return f'<path class="{mark.role}" d="{_through(mark.points)}z"/>'
        case Path():
            return f'<path class="{mark.role} open" d="{_through(mark.points)}"/>'
        case _:
            assert_never(mark)


def _text(mark: Text, usual: float) -> str:
    x, y = coord(mark.x), coord(mark.y)
    attributes = [f'class="{mark.role}{ANCHORS[mark.anchor]}"', f'x="{x}"', f'y="{y}"']
    attributes += [f'font-size="{coord(mark.size)}"'] if mark.size != usual else []
    attributes += ['font-weight="bold"'] if mark.bold else []
    attributes += ['font-style="italic"'] if mark.italic else []
    attributes += [f'transform="rotate({coord(-mark.rotate)} {x} {y})"'] if mark.rotate else []
    words = escape(mark.text)
    if mark.runs:
        words = "".join(
            f'<tspan class="statistic" font-style="italic">{escape(run)}</tspan>' if italic else escape(run)
            for run, italic in mark.runs
        )
    return f"<text {' '.join(attributes)}>{words}</text>"


def _through(corners: Iterable[tuple[float, float]]) -> str:
    """A line through points: the first as it is, then steps, all in whole hundredths of a point."""
    whole = [(round(100 * x), round(100 * y)) for x, y in corners]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(whole)]
    told = "".join(f" {_hundredths(dx)} {_hundredths(dy)}" for dx, dy in steps).replace(" -", "-").lstrip()
    return f"M{_hundredths(whole[0][0])},{_hundredths(whole[0][1])}" + (f"l{told}" if told else "")


def _hundredths(n: int) -> str:
    text = coord(n / 100)
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
