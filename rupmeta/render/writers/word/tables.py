"""A table in APA form: rules above and below the heading and under the last row, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rupmeta.render.tables import Table
from rupmeta.render.writers.word.runs import clean, is_statistic, split_statistics
from rupmeta.render.writers.word.styles import NOTE, TABLE

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

__all__ = [
    "SHORT", "add_lines", "add_note", "add_runs", "add_table", "describe", "keep_whole", "rule_cell",
    "table_texts",
]  # fmt: skip

#: Thickness of a rule in eighths of a point.
RULE = "6"
#: A table of no more rows stays on one page.
SHORT = 16


def table_texts(table: Table) -> list[tuple[str, ...]]:
    """Heading and rows as texts."""
    return [tuple(column.title for column in table.shown_columns()), *table.texts()]


def add_table(
    document: WordDocument, table: Table, widths: Sequence[float], title: str, style: str = TABLE
) -> None:
    """The rows of ``table`` with its heading, which repeats on every page; no row is split."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Pt

    texts = table_texts(table)
    columns = table.shown_columns()
    grid: Any = document.add_table(rows=len(texts), cols=len(columns))
    grid.alignment = WD_TABLE_ALIGNMENT.LEFT
    grid.autofit = False
    describe(grid, title)
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Pt(round(width, 1))
    # grid.cell() walks the whole table each time; rows of elements do not.
    for i, (element, row) in enumerate(zip(grid._tbl.tr_lst, texts, strict=True)):
        keep_whole(element, heading=i == 0)
        last = i == len(texts) - 1
        for j, (cell, text) in enumerate(zip(element.tc_lst, row, strict=True)):
            cell.width = Pt(round(widths[j], 1))
            _fill(
                document, cell, text, style,
                right=columns[j].numeric, bold=i - 1 in table.strong, heading=i == 0,
                kept=i == 0 or (len(texts) <= SHORT and not last), italics=columns[j].key != "formula",
            )  # fmt: skip
            sides = ("top", "bottom") if i == 0 else ("bottom",) if last else ()
            rule_cell(cell, *sides)


def add_note(document: WordDocument, notes: Sequence[str], style: str = NOTE) -> None:
    """*Note.* and what it says; an empty line where there is none, so that text does not touch the rule."""
    paragraph = document.add_paragraph(style=style)
    if not notes:
        return
    paragraph.add_run("Note. ").italic = True
    add_runs(paragraph, " ".join(note if note.endswith((".", "!", "?")) else f"{note}." for note in notes))


def add_runs(paragraph: Any, text: str, *, bold: bool = False, heading: bool = False) -> None:
    """Text with its statistics in italics; adjacent pieces of one look are one run."""
    for piece, italic in split_statistics(text, heading=heading):
        run = paragraph.add_run(piece)
        if italic:
            run.italic = True
        if bold:
            run.bold = True


def add_lines(
    document: WordDocument, cell: Any, lines: Sequence[tuple[str, str]], style: str,
    *, heading: bool = False, strong: bool = False, kept: bool = False,
) -> None:  # fmt: skip
    """(label, text) one below the other in a cell: the label in italics, or in bold if ``strong``."""
    from docx.oxml import OxmlElement
    from docx.text.paragraph import Paragraph

    for i, (label, text) in enumerate(lines or [("", "")]):
        if i:
            cell.append(OxmlElement("w:p"))
        paragraph = Paragraph(cell.p_lst[i], document._body)
        paragraph.style = document.styles[style]
        paragraph.paragraph_format.keep_with_next = True if heading or kept else None
        if label:
            run = paragraph.add_run(f"{clean(label)}{'. ' if strong else ': ' if text else ''}")
            run.bold, run.italic = (True, None) if strong else (None, True)
        formula = label.startswith(("Used", "Other route"))
        if formula:
            paragraph.add_run(clean(text))
        else:
            add_runs(paragraph, text, heading=heading)


def rule_cell(cell: Any, *sides: str) -> None:
    """Rules at ``sides`` of a cell."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    if not sides:
        return
    borders = OxmlElement("w:tcBorders")
    for side in sides:
        rule = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", RULE), ("space", "0"), ("color", "000000")):
            rule.set(qn(f"w:{key}"), value)
        borders.append(rule)
    cell.get_or_add_tcPr().append(borders)


def keep_whole(row: Any, *, heading: bool = False) -> None:
    """The row is not split; a heading repeats on every page."""
    from docx.oxml import OxmlElement

    properties = row.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if heading:
        properties.append(OxmlElement("w:tblHeader"))


def describe(grid: Any, title: str) -> None:
    """The table's name for screen readers."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), title[:250])
    grid._tbl.tblPr.append(caption)


def _fill(
    document: WordDocument, cell: Any, text: str, style: str,
    *, right: bool, bold: bool, heading: bool, kept: bool, italics: bool,
) -> None:  # fmt: skip
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.text.paragraph import Paragraph

    paragraph = Paragraph(cell.p_lst[0], document._body)
    paragraph.style = document.styles[style]
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if kept:
        paragraph.paragraph_format.keep_with_next = True
    if italics or heading:
        add_runs(paragraph, text, bold=bold, heading=heading or is_statistic(text))
    else:
        paragraph.add_run(clean(text))
