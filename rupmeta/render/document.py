"""A page as data: sections of paragraphs, tables, figures and notes; the writers turn it into HTML and
Markdown.
"""

from __future__ import annotations

from dataclasses import dataclass

from rupmeta.render.figures.layout import Layout
from rupmeta.render.tables import Table

__all__ = ["Block", "Document", "FigureBlock", "NotesBlock", "Paragraph", "Section", "TableBlock"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words; ``strong`` makes them stand out (the answer, a banner)."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table; ``file`` is its CSV twin in the report folder."""

    table: Table
    file: str | None = None


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """A figure with its caption; ``file`` is the drawing in the report folder."""

    layout: Layout
    caption: str
    file: str


@dataclass(frozen=True, slots=True)
class NotesBlock:
    """Caveats: (code, message, where)."""

    notes: tuple[tuple[str, str, str | None], ...]


Block = Paragraph | TableBlock | FigureBlock | NotesBlock


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of the page; ``id`` is its anchor."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """The whole page."""

    title: str
    subtitle: str
    banners: tuple[str, ...]
    sections: tuple[Section, ...]
    footer: str
