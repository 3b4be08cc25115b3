"""A figure as data: every decision taken, nothing drawn.

Coordinates are points (1/72 inch), y runs downward, everything is rounded to 0.01 pt, so that a layout is
equal on every machine and can be tested by value. Marks carry a ``role``, never a colour.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Literal

from rupmeta.render.figures.text_width import clean_text, harmless, missing_glyphs
from rupmeta.results import Note

__all__ = [
    "Circle",
    "Layout",
    "Line",
    "Mark",
    "Page",
    "Path",
    "Polygon",
    "Rect",
    "Text",
    "glyph_notes",
    "points",
    "pt",
]

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]


def pt(x: float) -> float:
    """A coordinate rounded to 0.01 pt, without a negative zero."""
    return round(x, 2) + 0.0


def points(*pairs: Point) -> tuple[Point, ...]:
    """Rounded points."""
    return tuple((pt(x), pt(y)) for x, y in pairs)


@dataclass(frozen=True, slots=True)
class Text:
    """Words at a baseline point. ``key`` (of every mark) names the row that the mark belongs to.

    ``runs`` part ``text`` into (words, italic) where only some of its letters are italic.
    """

    x: float
    y: float
    text: str
    role: str
    size: float = 9.0
    anchor: Anchor = "start"
    bold: bool = False
    italic: bool = False
    rotate: float = 0.0
    key: str = ""
    runs: tuple[tuple[str, bool], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", harmless(self.text))


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    role: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Rect:
    """A box; x, y is its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    role: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle round a centre."""

    x: float
    y: float
    radius: float
    role: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed shape."""

    points: tuple[Point, ...]
    role: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """An open line through points."""

    points: tuple[Point, ...]
    role: str
    key: str = ""


Mark = Text | Line | Rect | Circle | Polygon | Path


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its size in points and its marks, in painting order."""

    width: float
    height: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A figure.

    ``table`` holds the rows behind the picture, header first; ``tooltips`` are (row key, full text) pairs;
    ``text`` is the figure for a terminal, ``desc`` the alternative text, ``palette`` the colours that the
    look asks for, ``notes`` what a painter cannot show. ``axes`` say where numbers stand, for a script that
    moves marks: ``(name, lo, hi, left, right)``, linear; they are neither drawn nor said.
    """

    name: str
    title: str
    desc: str
    pages: tuple[Page, ...]
    table: tuple[tuple[str, ...], ...]
    text: str = ""
    palette: str = "okabe-ito"
    tooltips: tuple[tuple[str, str], ...] = ()
    notes: tuple[Note, ...] = field(default=(), compare=False)
    axes: tuple[tuple[str, float, float, float, float], ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        """Texts of study files cannot act, nor break the XML that they are written into."""
        object.__setattr__(self, "title", harmless(self.title))
        object.__setattr__(self, "desc", harmless(self.desc))
        object.__setattr__(self, "tooltips", tuple((key, harmless(text)) for key, text in self.tooltips))

    @property
    def width(self) -> float:
        """Width of the widest page, in points."""
        return max(page.width for page in self.pages)

    @property
    def height(self) -> float:
        """Height of the tallest page, in points."""
        return max(page.height for page in self.pages)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks of all pages."""
        return tuple(mark for page in self.pages for mark in page.marks)

    def digest(self) -> str:
        """SHA-256 of everything that is drawn or said."""
        kinds = [[type(mark).__name__ for mark in page.marks] for page in self.pages]
        drawn = {key: value for key, value in asdict(self).items() if key != "axes"}
        content = json.dumps([drawn, kinds], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def glyph_notes(labels: Iterable[str]) -> tuple[Note, ...]:
    """One note per label that DejaVu Sans cannot draw in full."""
    notes = []
    for label in dict.fromkeys(labels):
        missing = missing_glyphs(clean_text(label))
        if missing:
            message = f"'{label}' has characters that the figure's font lacks ({missing}): drawn as boxes"
            notes.append(Note("GLYPH", message, where=label))
    return tuple(notes)
