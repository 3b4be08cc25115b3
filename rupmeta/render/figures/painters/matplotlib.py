"""Draw a layout with matplotlib: svg, png and pdf that are byte for byte the same on every run.

Nothing is decided here. matplotlib is imported when something is drawn, pyplot and the user's settings never
count.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from rupmeta.render.figures.layout import Circle, Layout, Line, Mark, Polygon, Rect, Text
from rupmeta.render.figures.layout import Path as PathMark
from rupmeta.render.figures.painters.png import png_file
from rupmeta.render.figures.painters.words import words
from rupmeta.render.figures.palettes import PALETTES, Palette, paint

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw_page", "pdf_bytes", "png_bytes", "svg_bytes"]

PNG_DPI = 300
POINTS_PER_INCH = 72


def svg_bytes(layout: Layout, page: int = 0, *, palette: str | None = None, editable: bool = False) -> bytes:
    """One page as SVG with ``<title>``, ``<desc>`` and ``role="img"``; ``editable`` keeps text as text."""
    metadata = {"Title": layout.title, "Date": None, "Creator": None}
    buffer = io.BytesIO()
    with _settings(layout, editable=editable), _no_glyph_warnings():
        draw_page(layout, page, palette=palette).savefig(buffer, format="svg", metadata=metadata)
    raw = buffer.getvalue()
    return _accessible(raw.decode("utf-8"), layout).encode("utf-8")


def png_bytes(layout: Layout, page: int = 0, *, palette: str | None = None, dpi: int = PNG_DPI) -> bytes:
    """One page as PNG at ``dpi``; the alternative text stands in its metadata."""
    metadata = {
        "Title": layout.title,
        "Description": layout.desc,
        "rupmeta-layout": layout.digest(),
    }
    with _settings(layout), _no_glyph_warnings():
        pixels = _rastered(draw_page(layout, page, palette=palette), dpi)
    return png_file(pixels, dpi, metadata)


def pdf_bytes(layout: Layout, *, palette: str | None = None) -> bytes:
    """All pages as one PDF."""
    from matplotlib.backends.backend_pdf import PdfPages

    metadata = {
        "Title": layout.title,
        "Subject": layout.desc,
        "Keywords": f"rupmeta-layout={layout.digest()}",
        "CreationDate": None,
        "Creator": None,
        "Producer": None,
    }
    buffer = io.BytesIO()
    with _settings(layout), _no_glyph_warnings(), PdfPages(buffer, metadata=metadata) as pages:
        for index in range(len(layout.pages)):
            pages.savefig(draw_page(layout, index, palette=palette))
    return buffer.getvalue()


def draw_page(layout: Layout, page: int = 0, *, palette: str | None = None) -> Figure:
    """One page as a matplotlib figure; every artist carries its role as its label.

    Artists stand on the figure itself: axes would measure each of them for limits that are known.
    """
    from matplotlib.figure import Figure
    from matplotlib.transforms import Affine2D

    colours = PALETTES[palette or layout.palette]
    sheet = layout.pages[page]
    figure = Figure(
        figsize=(sheet.width / POINTS_PER_INCH, sheet.height / POINTS_PER_INCH), facecolor="white"
    )
    upward = Affine2D().scale(1, -1).translate(0, sheet.height).scale(1 / POINTS_PER_INCH)
    onto = upward + figure.dpi_scale_trans
    for order, mark in enumerate(sheet.marks):
        for artist in _artists(mark, colours):
            artist.set(transform=onto, zorder=order, label=mark.role, clip_on=False)
            figure.add_artist(artist, clip=False)
    return figure


def _artists(mark: Mark, palette: Palette) -> Iterator[Any]:
    from matplotlib import lines, patches

    ink = paint(mark.role, palette)
    if isinstance(mark, Text):
        for part in _parts(mark) if mark.runs else (mark,):
            yield words(part, _font(part.size, part.bold, part.italic), ink.fill)
        return
    stroke: dict[str, Any] = {
        "linewidth": ink.width if ink.stroke else 0,
        "linestyle": (0, ink.dash) if ink.dash else "-",
    }
    if isinstance(mark, Line | PathMark):
        xs, ys = _coordinates(mark)
        yield lines.Line2D(xs, ys, color=ink.stroke, solid_capstyle="butt", dash_capstyle="butt", **stroke)
        return
    stroke |= {
        "facecolor": ink.fill or "none",
        "edgecolor": ink.stroke or "none",
        "joinstyle": "miter",
        "hatch": ink.hatch,
    }
    match mark:
        case Rect():
            yield patches.Rectangle((mark.x, mark.y), mark.width, mark.height, **stroke)
        case Circle():
            yield patches.Circle((mark.x, mark.y), mark.radius, **stroke)
        case Polygon():
            yield patches.Polygon(mark.points, closed=True, **stroke)
        case _:
            assert_never(mark)


def _coordinates(mark: Line | PathMark) -> tuple[list[float], list[float]]:
    if isinstance(mark, Line):
        return [mark.x1, mark.x2], [mark.y1, mark.y2]
    return [x for x, _ in mark.points], [y for _, y in mark.points]


def _parts(mark: Text) -> Iterator[Text]:
    """The runs of a text one after the other, as wide as matplotlib itself sets them."""
    from matplotlib.textpath import text_to_path

    parts = [replace(mark, text=run, italic=italic, runs=(), anchor="start") for run, italic in mark.runs]
    fonts = [_font(part.size, part.bold, part.italic) for part in parts]
    widths = [
        text_to_path.get_text_width_height_descent(part.text, font, ismath=False)[0]
        for part, font in zip(parts, fonts, strict=True)
    ]
    x = mark.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[mark.anchor] * sum(widths)
    for part, width in zip(parts, widths, strict=True):
        yield replace(part, x=x)
        x += width


@cache
def _font(size: float, bold: bool, italic: bool) -> Any:
    """The font file that matplotlib ships: a system's own DejaVu Sans may be another version."""
    import matplotlib
    from matplotlib.font_manager import FontProperties

    style = {(True, False): "-Bold", (False, True): "-Oblique", (True, True): "-BoldOblique"}
    name = f"DejaVuSans{style.get((bold, italic), '')}.ttf"
    return FontProperties(fname=str(Path(matplotlib.get_data_path(), "fonts", "ttf", name)), size=size)


def _rastered(figure: Figure, dpi: int) -> NDArray[np.uint8]:
    """The figure's pixels without transparency, which it has none of."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.set_dpi(dpi)
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3]


@contextmanager
def _settings(layout: Layout, *, editable: bool = False) -> Iterator[None]:
    """matplotlib's own defaults whatever the user's file says, and one salt for ids per figure name."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(
            {
                "svg.hashsalt": layout.name,
                "svg.fonttype": "none" if editable else "path",
                "pdf.fonttype": 42,
                "font.family": ["DejaVu Sans"],
                "text.hinting": "no_hinting",  # letters as wide at 72 dots per inch as at 600
            }
        )
        yield


@contextmanager
def _no_glyph_warnings() -> Iterator[None]:
    """Silence matplotlib about characters that its font lacks: the layout's notes name them already."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        warnings.filterwarnings(
            "ignore", message="Matplotlib currently does not support", category=UserWarning
        )
        yield


def _accessible(svg: str, layout: Layout) -> str:
    """``role="img"`` on the root and the alternative text as ``<desc>``, which matplotlib does not write."""
    svg = svg.replace("<svg ", '<svg role="img" ', 1)
    desc = f"<desc>{escape(layout.desc)}</desc>"
    head, title, tail = svg.partition("</title>")
    if title:
        return f"{head}{title}\n {desc}{tail}"
    opening, bracket, body = svg.partition("<metadata>")
    return f"{opening}{desc}\n {bracket}{body}"
