"""A page as data: sections of paragraphs, facts, tables, figures, records and notes; the writers turn it into
HTML, Markdown and Word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rupmeta.render.figures.layout import Layout
from rupmeta.render.tables import Table

__all__ = [
    "Answer",
    "Block",
    "Cited",
    "Details",
    "Document",
    "Explorer",
    "Fact",
    "Facts",
    "FigureBlock",
    "NotesBlock",
    "Paragraph",
    "Record",
    "Records",
    "References",
    "Section",
    "TableBlock",
    "blocks_of",
]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words; ``strong`` makes them stand out (the answer, a banner)."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in large type: ``question``, the numbers as (value, what it is), a sentence; ``strip`` shows
    it at a glance. ``note``: what must be said of the question itself.
    """

    question: str
    badge: str
    numbers: tuple[tuple[str, str], ...]
    sentence: str
    strip: Layout | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a list: what it is about, and what there is to say; ``href`` leads to the section."""

    label: str
    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts one below the other."""

    items: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table; ``file`` is its CSV twin in the report folder."""

    table: Table
    file: str | None = None


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """A figure with its title and how to read it; ``file`` is the drawing in the report folder."""

    layout: Layout
    caption: str
    file: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class NotesBlock:
    """Caveats: (code, message, where)."""

    notes: tuple[tuple[str, str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """What was extracted from one study.

    ``id`` is its anchor, ``badge`` its fate, ``facts`` what the study is, ``parts`` its effects: each a
    heading, lines (label, text) and a quotation.
    """

    id: str
    title: str
    badge: str
    reference: str
    link: str | None
    facts: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, tuple[tuple[str, str], ...], str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Records:
    """Studies one below the other, each closed until it is opened."""

    items: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """One reference: pieces of text with whether each is italic, and where it leads."""

    pieces: tuple[tuple[str, bool], ...]
    link: str | None = None


@dataclass(frozen=True, slots=True)
class References:
    """A list of references, in their order."""

    items: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Details:
    """What not every reader wants to see: closed under its ``title`` on a screen, in place on paper."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Explorer:
    """The studies of one analysis for a reader to leave out, sort and filter: HTML only.

    ``data`` goes to the script as it is, ``rows`` are the texts that stand on the page before it runs.
    """

    name: str
    data: Mapping[str, Any]
    rows: tuple[Mapping[str, Any], ...]
    caption: str


Block = (
    Paragraph
    | Answer
    | Facts
    | TableBlock
    | FigureBlock
    | NotesBlock
    | Records
    | References
    | Details
    | Explorer
)


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of the page; ``id`` is its anchor."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """The whole page; ``data`` is what the explorers share."""

    title: str
    subtitle: str
    banners: tuple[str, ...]
    sections: tuple[Section, ...]
    footer: str
    data: Mapping[str, Any] = field(default_factory=dict)


def blocks_of(document: Document) -> Iterator[Block]:
    """Every block of the page, in reading order."""

    def inside(blocks: tuple[Block, ...]) -> Iterator[Block]:
        for block in blocks:
            yield block
            if isinstance(block, Details):
                yield from inside(block.blocks)

    def walk(section: Section) -> Iterator[Block]:
        yield from inside(section.blocks)
        for child in section.sections:
            yield from walk(child)

    for section in document.sections:
        yield from walk(section)
