"""The page as a Word file: headings, numbered tables and figures, landscape pages where tables need them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rupmeta.errors import UsageError
from rupmeta.render.document import Block, Details, Document, Explorer, FigureBlock, Section, TableBlock
from rupmeta.render.figures.layout import Layout
from rupmeta.render.tables import Table
from rupmeta.render.writers.word import styles
from rupmeta.render.writers.word.columns import Columns, fit_columns
from rupmeta.render.writers.word.package import pack
from rupmeta.render.writers.word.runs import clean
from rupmeta.render.writers.word.tables import add_note, add_runs, add_table, table_texts
from rupmeta.render.writers.word.texts import add_lead, add_words

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

__all__ = ["INSTALL", "document_to_word", "require_word"]

INSTALL = 'Word files need python-docx: pip install "rupmeta[word]"'
EMU = 12700  # of one point
DEEPEST = 4  # headings below become headings of this level

#: What a table shows, by its name; others are called after their section.
TITLES: Mapping[str, str] = {
    "studies": "Effects and weights",
    "pooled": "Pooled effect",
    "references": "Published figures, not pooled",
    "excluded": "Not in this pool",
    "effects": "Effects before aggregation",
    "routes": "Routes to each effect",
    "screening": "Studies screened",
    "findings": "Findings of the checks",
    "inputs": "Files that the report was made from",
    "moderators": "Moderators, one model each",
}


def require_word() -> None:
    """Raise ``UsageError`` with the command that installs python-docx, when it is missing."""
    from importlib.util import find_spec

    if find_spec("docx") is None:
        raise UsageError(INSTALL)


def document_to_word(
    document: Document, drawings: Mapping[str, Layout], template: bytes | None = None
) -> bytes:
    """The page as bytes of a .docx, equal for equal documents.

    ``drawings``: layouts in pages, by the stem of a figure's file; figures that it lacks are drawn as they
    stand. ``template``: a Word file whose styles, margins, header and footer are kept.
    """
    require_word()
    word = styles.open_word(template)
    styles.describe(word, clean(document.title))
    page = _Page(word, drawings)
    word.add_paragraph(clean(document.title), style="Title")
    word.add_paragraph(clean(document.subtitle), style="Subtitle")
    for banner in document.banners:
        word.add_paragraph(style=styles.BODY).add_run(clean(banner)).bold = True
    for section in document.sections:
        page.add_section(section, 1, section.title)
    page.turn(landscape=False)
    add_runs(word.add_paragraph(style=styles.NOTE), document.footer)
    out = io.BytesIO()
    word.save(out)
    return pack(out.getvalue())


@dataclass
class _Page:
    """Where the writing stands: counters of tables and figures, and how the paper lies."""

    word: WordDocument
    drawings: Mapping[str, Layout]
    landscape: bool = False
    counts: dict[str, int] = field(default_factory=lambda: {"Table": 0, "Figure": 0})

    def add_section(self, section: Section, level: int, topic: str) -> None:
        """Heading, blocks, sections below; ``topic`` is the title of the topmost section."""
        self.turn_for(section.blocks)
        self.word.add_paragraph(clean(section.title), style=f"Heading {min(level, DEEPEST)}")
        for block in section.blocks:
            self.add_block(block, section.title, topic)
        for child in section.sections:
            self.add_section(child, level + 1, topic)

    def add_block(self, block: Block, about: str, topic: str) -> None:
        """One block by its kind; ``about`` is the heading over it."""
        match block:
            case TableBlock():
                self.add_table(block, about, topic)
            case FigureBlock():
                self.add_figure(block)
            case Details():
                self.turn_for(block.blocks)
                add_lead(self.word, block.title)
                for inner in block.blocks:
                    self.add_block(inner, block.title, topic)
            case Explorer():
                return  # its studies stand in the tables; what it does needs a browser
            case _:
                self.turn(landscape=False)
                add_words(self.word, block)

    def add_table(self, block: TableBlock, about: str, topic: str) -> None:
        """Number, title, table, note."""
        table = block.table
        if not table.rows:
            return
        columns = self.fit(table)
        self.turn(landscape=columns.turned)
        name = table.title or TITLES.get(table.name, about)
        of = topic.removeprefix("Results: ")
        title = f"{name}: {of}" if of != topic else name
        self.add_number("Table", title)
        add_table(self.word, table, columns.widths, clean(title))
        add_note(self.word, table.footnotes)

    def fit(self, table: Table) -> Columns:
        """The widths of its columns."""
        return fit_columns(table_texts(table), self.width(landscape=False), self.width(landscape=True))

    def add_figure(self, block: FigureBlock) -> None:
        """Number, title, and the drawing, one picture a page of it, with its text for screen readers."""
        from docx.shared import Pt

        from rupmeta.render.figures.painters.matplotlib import png_bytes

        self.turn(landscape=False)
        stem = block.file.rpartition("/")[2].rpartition(".")[0]
        layout = self.drawings.get(stem, block.layout)
        self.add_number("Figure", block.caption)
        room, height = self.width(landscape=False), self.height() - 90
        for index, sheet in enumerate(layout.pages):
            scale = min(1.0, room / sheet.width, height / sheet.height)
            paragraph = self.word.add_paragraph(style=styles.BODY)
            picture = paragraph.add_run().add_picture(
                io.BytesIO(png_bytes(layout, index)), width=Pt(round(sheet.width * scale, 2))
            )
            properties: Any = picture._inline.docPr
            pages = f" (page {index + 1} of {len(layout.pages)})" if len(layout.pages) > 1 else ""
            properties.set("name", f"Figure {self.counts['Figure']}{pages}")
            properties.set("descr", clean(layout.desc) + pages)
            properties.set("title", clean(layout.title))

    def add_number(self, kind: str, title: str) -> None:
        """**Table 1**, its title on the next line in italics."""
        self.counts[kind] += 1
        number = self.word.add_paragraph(style=styles.NUMBER)
        number.add_run(f"{kind} ")
        number._p.append(styles.field(f"SEQ {kind} \\* ARABIC", str(self.counts[kind])))
        self.word.add_paragraph(clean(title).removesuffix("."), style=styles.CAPTION)

    def turn_for(self, blocks: Sequence[Block]) -> None:
        """A heading lies on the page of the table that follows it."""
        first = blocks[0] if blocks else None
        self.turn(landscape=isinstance(first, TableBlock) and self.fit(first.table).turned)

    def turn(self, *, landscape: bool) -> None:
        """Go on on a page that lies so, if it does not yet."""
        from docx.enum.section import WD_ORIENT, WD_SECTION

        if landscape == self.landscape:
            return
        section = self.word.add_section(WD_SECTION.NEW_PAGE)
        section.page_width, section.page_height = section.page_height, section.page_width
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        self.landscape = landscape

    def width(self, *, landscape: bool) -> float:
        """Points between the margins."""
        section: Any = self.word.sections[-1]
        turned = landscape != self.landscape
        paper = section.page_height if turned else section.page_width
        return float(paper - section.left_margin - section.right_margin) / EMU

    def height(self) -> float:
        """Points from the top to the bottom margin."""
        section: Any = self.word.sections[-1]
        return float(section.page_height - section.top_margin - section.bottom_margin) / EMU
