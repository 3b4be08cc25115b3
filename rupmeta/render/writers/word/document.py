"""The page as a Word file: headings, numbered tables and figures, landscape pages where tables need them."""

from __future__ import annotations

import dataclasses
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rupmeta.errors import UsageError
from rupmeta.render.document import (
    Block,
    Details,
    Document,
    Explorer,
    FigureBlock,
    Paragraph,
    Record,
    Records,
    Section,
    TableBlock,
)
from rupmeta.render.figures.layout import Layout
from rupmeta.render.figures.layout import Page as Sheet
from rupmeta.render.report.painting import sheet_name
from rupmeta.render.tables import Table
from rupmeta.render.writers.word import styles
from rupmeta.render.writers.word.arrange import SHEETS, arrange
from rupmeta.render.writers.word.columns import Columns, fit_columns
from rupmeta.render.writers.word.package import pack
from rupmeta.render.writers.word.paper import Paper, table_height, text_height
from rupmeta.render.writers.word.records import add_records, outside_table, records_height
from rupmeta.render.writers.word.runs import clean
from rupmeta.render.writers.word.shorter import fold_table
from rupmeta.render.writers.word.tables import SHORT, add_note, add_runs, add_table, table_texts
from rupmeta.render.writers.word.texts import add_lead, add_words

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

__all__ = ["INSTALL", "document_to_word", "require_word"]

INSTALL = 'Word files need python-docx: pip install "rupmeta[word]"'
EMU = 12700  # of one point
DEEPEST = 4  # headings below become headings of this level
MARGIN = 54  # of an appendix, points
#: Points that a title page, a heading, a line in bold, and a number with its caption take.
TITLE, HEADING, LEAD, NUMBER, AFTER = 110.0, 34.0, 18.0, 48.0, 8.0

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
    document: Document,
    drawings: Mapping[str, Layout],
    template: bytes | None = None,
    painted: Mapping[str, bytes] | None = None,
) -> bytes:
    """The page as bytes of a .docx, equal for equal documents.

    ``drawings``: layouts in pages, by the stem of a figure's file; figures that it lacks are drawn as they
    stand. ``painted``: PNG files of these layouts by their names, where they are drawn already.
    ``template``: a Word file whose styles, margins, header and footer are kept.
    """
    require_word()
    word = styles.open_word(template)
    styles.describe(word, clean(document.title))
    page = _Page(word, drawings, painted or {})
    parts = arrange(document)
    word.add_paragraph(clean(document.title), style="Title")
    word.add_paragraph(clean(document.subtitle), style="Subtitle")
    for banner in document.banners:
        word.add_paragraph(style=styles.BODY).add_run(clean(banner)).bold = True
    for section in parts.main:
        page.add_section(section, 1, section.title)
    page.turn(landscape=False)
    page.place_waiting(all_of_them=True)
    add_runs(word.add_paragraph(style=styles.SMALL_NOTE), document.footer)
    if parts.references is not None:
        page.add_section(parts.references, 1, parts.references.title)
    if parts.appendices:
        page.begin_appendices()
    for index, section in enumerate(parts.appendices):
        page.add_appendix(section, chr(ord("A") + index))
    page.turn(landscape=False)
    out = io.BytesIO()
    word.save(out)
    return pack(out.getvalue())


@dataclass
class _Page:
    """Where the writing stands: the part of the document, counters, and how the paper lies."""

    word: WordDocument
    drawings: Mapping[str, Layout]
    painted: Mapping[str, bytes]
    look: styles.Look = styles.MAIN
    letter: str = ""
    landscape: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    waiting: list[FigureBlock] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.paper = Paper(self.height(), self.height() - TITLE)

    def add_section(self, section: Section, level: int, topic: str) -> None:
        """Heading, blocks, sections below; ``topic`` is the title of the topmost section."""
        self.turn_for(section.blocks)
        self.word.add_paragraph(clean(section.title), style=f"Heading {min(level, DEEPEST)}")
        self.paper.take(HEADING)
        for block in section.blocks:
            self.add_block(block, section.title, topic)
            self.place_waiting()
        for child in section.sections:
            self.add_section(child, level + 1, topic)
        if level == 1 and (self.letter or section.id.startswith("analysis-")):
            self.place_waiting(all_of_them=True)  # no figure of one analysis among the text of another

    def begin_appendices(self) -> None:
        """From here on type, figures and margins are small."""
        from docx.enum.section import WD_SECTION

        self.turn(landscape=False)
        self.look = styles.APPENDIX
        section = self.word.add_section(WD_SECTION.NEW_PAGE)
        for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
            setattr(section, side, min(getattr(section, side), MARGIN * EMU))
        self.paper.turn(self.height())

    def add_appendix(self, section: Section, letter: str) -> None:
        """One appendix; its tables and figures are counted by themselves: Table A1, Figure A1."""
        self.letter = letter
        named = dataclasses.replace(section, title=f"Appendix {letter}. {section.title}")
        self.add_section(named, 1, section.title)

    def add_block(self, block: Block, about: str, topic: str) -> None:
        """One block by its kind; ``about`` is the heading over it."""
        match block:
            case TableBlock():
                self.add_table(block.table, about, topic)
            case FigureBlock():
                self.add_figure(block)
            case Details():
                self.turn_for(block.blocks)
                add_lead(self.word, block.title, self.look)
                self.paper.take(LEAD)
                for inner in block.blocks:
                    self.add_block(inner, block.title, topic)
                    self.place_waiting()
            case Explorer():
                return  # its studies stand in the tables; what it does needs a browser
            case Records():
                self.add_records(block.items, topic)
            case _:
                self.turn(landscape=False)
                for text in add_words(self.word, block, self.look):
                    self.take_text(text)

    def add_table(self, table: Table, about: str, topic: str) -> None:
        """Number, title, table, note."""
        if not table.rows:
            return
        look, columns = self.fit(table)
        if self.letter:
            table = fold_table(table, sum(columns.widths), self.width(landscape=False))
            look, columns = self.fit(table)
        self.turn(landscape=columns.turned)
        name = table.title or TITLES.get(table.name, about)
        of = topic.removeprefix("Results: ")
        title = f"{name}: {of}" if of != topic else name
        self.add_number("Table", title)
        add_table(self.word, table, columns.widths, clean(title), look.table)
        add_note(self.word, table.footnotes, look.note)
        take = self.paper.take_whole if len(table.rows) < SHORT else self.paper.take
        take(NUMBER + table_height(table, columns.widths, look.size))
        self.take_text(" ".join(table.footnotes))

    def add_records(self, records: Sequence[Record], topic: str) -> None:
        """Studies with effects in one table, those without in another."""
        self.turn(landscape=False)
        whole = [record for record in records if record.parts]
        if whole:
            title = "Every effect with what was printed, what was computed, and where it stands"
            self.add_number("Table", title)
            room, look = self.width(landscape=False), self.look
            widths = add_records(self.word, whole, room, look.table, title)
            self.paper.take(NUMBER + records_height(whole, widths, look.size))
            add_note(self.word, (), self.look.note)
        outside = outside_table(records)
        if outside is not None:
            self.add_table(outside, topic, topic)

    def fit(self, table: Table) -> tuple[styles.Look, Columns]:
        """The type and the widths of its columns: small type before a page is turned."""
        texts, upright, turned = table_texts(table), self.width(landscape=False), self.width(landscape=True)
        columns = fit_columns(texts, upright, turned, self.look.size)
        small = styles.APPENDIX
        if columns.turned and self.look.size > small.size:
            smaller = fit_columns(texts, upright, turned, small.size)
            if not smaller.turned:
                return small, smaller
        return self.look, columns

    def add_figure(self, block: FigureBlock) -> None:
        """The figure, here or, where the page has no room for it, as soon as one has.

        Of figures of many sheets only the forest plot is printed.
        """
        sheets = len(self.drawing(block).pages)
        stem = block.file.rpartition(".")[0]
        if sheets > SHEETS and not stem.endswith("-forest"):
            text = f"{block.caption}: {sheets} sheets, {stem}-1 to {stem}-{sheets}."
            add_words(self.word, Paragraph(text), self.look)
            return
        self.waiting.append(block)
        self.place_waiting()

    def place_waiting(self, *, all_of_them: bool = False) -> None:
        """Figures whose turn has come: those that fit on the page, or all."""
        while self.waiting:
            layout = self.drawing(self.waiting[0])
            height = self.figure_height(layout) + self.note_height(self.waiting[0])
            fits = not self.landscape and height <= self.paper.left
            if not (fits or all_of_them or len(layout.pages) > 1):
                return
            self.draw_figure(self.waiting.pop(0), layout)

    def drawing(self, block: FigureBlock) -> Layout:
        """What is drawn for a figure: its pages, where it has several on paper."""
        stem = block.file.rpartition("/")[2].rpartition(".")[0]
        return self.drawings.get(stem, block.layout)

    def picture(self, stem: str, layout: Layout, page: int) -> bytes:
        """A sheet as PNG, drawn if it is not yet."""
        from rupmeta.render.figures.painters.matplotlib import png_bytes

        known = self.painted.get(f"{sheet_name(stem, layout, page)}.png") if stem in self.drawings else None
        return png_bytes(layout, page) if known is None else known

    def scale(self, sheet: Sheet) -> float:
        """How large a sheet is drawn."""
        room, height = self.width(landscape=False), self.paper_height() - NUMBER - 2 * LEAD
        wanted = max(self.look.tallest / sheet.height, self.look.smallest)
        return min(1.0, room / sheet.width, height / sheet.height, wanted)

    def figure_height(self, layout: Layout) -> float:
        """Points that a figure takes with its caption."""
        return NUMBER + AFTER + sum(sheet.height * self.scale(sheet) for sheet in layout.pages)

    def note_height(self, block: FigureBlock) -> float:
        """Points that the note under a figure takes."""
        look, width = self.look, self.width(landscape=False)
        return text_height(block.note, width, look.type, look.spacing, look.after) if block.note else 0.0

    def draw_figure(self, block: FigureBlock, layout: Layout) -> None:
        """Number, title, and the drawing, one picture a page of it, with its text for screen readers."""
        from docx.shared import Pt

        self.turn(landscape=False)
        name = self.add_number("Figure", block.caption)
        stem = block.file.rpartition("/")[2].rpartition(".")[0]
        for index, sheet in enumerate(layout.pages):
            paragraph: Any = self.word.add_paragraph(style=self.look.body)
            paragraph.paragraph_format.line_spacing = 1.0  # Word stretches pictures with their line
            paragraph.paragraph_format.keep_with_next = bool(block.note)
            picture = paragraph.add_run().add_picture(
                io.BytesIO(self.picture(stem, layout, index)),
                width=Pt(round(sheet.width * self.scale(sheet), 2)),
            )
            self.paper.take_whole(sheet.height * self.scale(sheet) + (AFTER if index else NUMBER + AFTER))
            properties: Any = picture._inline.docPr
            pages = f" (page {index + 1} of {len(layout.pages)})" if len(layout.pages) > 1 else ""
            properties.set("name", f"{name}{pages}")
            properties.set("descr", clean(layout.desc) + pages)
            properties.set("title", clean(layout.title))
        if block.note:
            add_note(self.word, (block.note,), self.look.note)
            self.take_text(block.note)

    def add_number(self, kind: str, title: str) -> str:
        """**Table 1**, its title on the next line in italics; gives ``Table 1``."""
        label = f"{kind} {self.letter}"
        self.counts[label] += 1
        number = self.word.add_paragraph(style=styles.NUMBER)
        number.add_run(label)
        sequence = f"SEQ {kind}{self.letter} \\* ARABIC"
        number._p.append(styles.field(sequence, str(self.counts[label])))
        self.word.add_paragraph(clean(title).removesuffix("."), style=styles.CAPTION)
        return f"{label}{self.counts[label]}"

    def turn_for(self, blocks: Sequence[Block]) -> None:
        """A heading lies on the page of the table that follows it."""
        first = blocks[0] if blocks else None
        self.turn(landscape=isinstance(first, TableBlock) and self.fit(first.table)[1].turned)

    def turn(self, *, landscape: bool) -> None:
        """Go on on a page that lies so, if it does not yet."""
        from docx.enum.section import WD_ORIENT, WD_SECTION

        if landscape == self.landscape:
            return
        section = self.word.add_section(WD_SECTION.NEW_PAGE)
        section.page_width, section.page_height = section.page_height, section.page_width
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        self.landscape = landscape
        self.paper.turn(self.height())

    def take_text(self, text: str) -> None:
        """A paragraph of the part's own type is written."""
        if text:
            look = self.look
            self.paper.take(
                text_height(text, self.width(landscape=False), look.type, look.spacing, look.after)
            )

    def width(self, *, landscape: bool) -> float:
        """Points between the margins."""
        section: Any = self.word.sections[-1]
        turned = landscape != self.landscape
        paper = section.page_height if turned else section.page_width
        return float(paper - section.left_margin - section.right_margin) / EMU

    def paper_height(self) -> float:
        """Points from the top to the bottom margin of an upright page."""
        section: Any = self.word.sections[-1]
        paper = section.page_width if self.landscape else section.page_height
        return float(paper - section.top_margin - section.bottom_margin) / EMU

    def height(self) -> float:
        """Points from the top to the bottom margin."""
        section: Any = self.word.sections[-1]
        return float(section.page_height - section.top_margin - section.bottom_margin) / EMU
