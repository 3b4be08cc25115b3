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
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, assert_never
from xml.sax.saxutils import escape

from rupmeta.render.figures.layout import Circle, Layout, Line, Mark, Polygon, Rect, Text
from rupmeta.render.figures.layout import Path as PathMark
from rupmeta.render.figures.palettes import PALETTES, Palette, paint

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_page", "pdf_bytes", "png_bytes", "svg_bytes"]

PNG_DPI = 300
POINTS_PER_INCH = 72


def svg_bytes(layout: Layout, page: int = 0, *, palette: str | None = None, editable: bool = False) -> bytes:
    """One page as SVG with ``<title>``, ``<desc>`` and ``role="img"``; ``editable`` keeps text as text."""
    metadata = {"Title": layout.title, "Date": None, "Creator": None}
    with _settings(layout, editable=editable):
        raw = _saved(draw_page(layout, page, palette=palette), "svg", metadata)
    return _accessible(raw.decode("utf-8"), layout).encode("utf-8")


def png_bytes(layout: Layout, page: int = 0, *, palette: str | None = None, dpi: int = PNG_DPI) -> bytes:
    """One page as PNG at ``dpi``; the alternative text stands in its metadata."""
    metadata = {
        "Software": None,
        "Title": layout.title,
        "Description": layout.desc,
        "rupmeta-layout": layout.digest(),
    }
    with _settings(layout):
        return _saved(draw_page(layout, page, palette=palette), "png", metadata, dpi=dpi)


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
    """One page as a matplotlib figure; every artist carries its role as its label."""
    from matplotlib.figure import Figure

    colours = PALETTES[palette or layout.palette]
    sheet = layout.pages[page]
    figure = Figure(
        figsize=(sheet.width / POINTS_PER_INCH, sheet.height / POINTS_PER_INCH), facecolor="white"
    )
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, sheet.width)
    axes.set_ylim(sheet.height, 0)
    for order, mark in enumerate(sheet.marks):
        _draw(axes, mark, colours, order)
    return figure


def _draw(axes: Axes, mark: Mark, palette: Palette, order: int) -> None:
    from matplotlib import lines, patches

    ink = paint(mark.role, palette)
    if isinstance(mark, Text) and mark.runs:
        for part in _parts(mark):
            _draw(axes, part, palette, order)
        return
    if isinstance(mark, Text):
        axes.text(
            mark.x,
            mark.y,
            mark.text,
            fontproperties=_font(mark),
            color=ink.fill,
            ha={"start": "left", "middle": "center", "end": "right"}[mark.anchor],
            va="baseline",
            rotation=mark.rotate,
            rotation_mode="anchor",
            parse_math=False,
            zorder=order,
            label=mark.role,
        )
        return
    stroke: dict[str, Any] = {
        "linewidth": ink.width if ink.stroke else 0,
        "linestyle": (0, ink.dash) if ink.dash else "-",
        "zorder": order,
        "label": mark.role,
        "clip_on": False,
    }
    if isinstance(mark, Line | PathMark):
        xs, ys = _coordinates(mark)
        axes.add_line(
            lines.Line2D(xs, ys, color=ink.stroke, solid_capstyle="butt", dash_capstyle="butt", **stroke)
        )
        return
    stroke |= {
        "facecolor": ink.fill or "none",
        "edgecolor": ink.stroke or "none",
        "joinstyle": "miter",
        "hatch": ink.hatch,
    }
    match mark:
        case Rect():
            axes.add_patch(patches.Rectangle((mark.x, mark.y), mark.width, mark.height, **stroke))
        case Circle():
            axes.add_patch(patches.Circle((mark.x, mark.y), mark.radius, **stroke))
        case Polygon():
            axes.add_patch(patches.Polygon(mark.points, closed=True, **stroke))
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
    widths = [
        text_to_path.get_text_width_height_descent(part.text, _font(part), ismath=False)[0] for part in parts
    ]
    x = mark.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[mark.anchor] * sum(widths)
    for part, width in zip(parts, widths, strict=True):
        yield replace(part, x=x)
        x += width


def _font(mark: Text) -> Any:
    """The font file that matplotlib ships: a system's own DejaVu Sans may be another version."""
    import matplotlib
    from matplotlib.font_manager import FontProperties

    style = {(True, False): "-Bold", (False, True): "-Oblique", (True, True): "-BoldOblique"}
    name = f"DejaVuSans{style.get((mark.bold, mark.italic), '')}.ttf"
    return FontProperties(fname=str(Path(matplotlib.get_data_path(), "fonts", "ttf", name)), size=mark.size)


def _saved(
    figure: Figure,
    suffix: Literal["svg", "png"],
    metadata: dict[str, str | None],
    *,
    dpi: int = POINTS_PER_INCH,
) -> bytes:
    buffer = io.BytesIO()
    with _no_glyph_warnings():
        figure.savefig(buffer, format=suffix, metadata=metadata, dpi=dpi)
    return buffer.getvalue()


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
