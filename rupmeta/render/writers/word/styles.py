"""A Word document with the styles that a report needs, new or from a journal's template."""

from __future__ import annotations

import datetime
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rupmeta.errors import UsageError

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

__all__ = [
    "APPENDIX", "BODY", "CAPTION", "MAIN", "NUMBER", "REFERENCE", "Look", "describe", "field", "open_word",
]  # fmt: skip

#: Names of paragraph styles; those that a template brings are used as it defines them.
BODY, CAPTION, NUMBER, NOTE, TABLE = (
    "Body Text", "Caption", "Caption Number", "Table Note", "Table Text",
)  # fmt: skip
SMALL_BODY, SMALL_NOTE, SMALL_TABLE, SMALL_ITEM, SMALL_INNER, REFERENCE = (
    "Appendix Text", "Appendix Note", "Appendix Table", "Appendix List", "Appendix List 2", "Bibliography",
)  # fmt: skip
ITEM, INNER = "List Bullet", "List Bullet 2"
FONT = "Times New Roman"


@dataclass(frozen=True, slots=True)
class Look:
    """Styles of one part of the document, and how large its type and figures are, in points.

    ``type``, ``spacing`` and ``after`` are those of a paragraph, ``size`` is a table's type, ``tallest`` a
    figure's height, unless it would be drawn smaller than ``smallest`` of its size for that.
    """

    body: str
    note: str
    table: str
    item: str
    inner: str
    type: float
    spacing: float
    after: float
    size: float
    tallest: float
    smallest: float


MAIN = Look(BODY, NOTE, TABLE, ITEM, INNER, 11.0, 1.15, 6.0, 9.0, 262.0, 0.72)
#: What stands behind the references, in small type.
APPENDIX = Look(SMALL_BODY, SMALL_NOTE, SMALL_TABLE, SMALL_ITEM, SMALL_INNER, 9.0, 1.0, 3.0, 8.0, 230.0, 0.6)


def open_word(template: bytes | None = None) -> WordDocument:
    """An empty document; ``UsageError`` when ``template`` is no Word file."""
    import docx

    if template is None:
        document = docx.Document()
        _plain_look(document)
    else:
        try:
            document = docx.Document(io.BytesIO(template))
        except Exception as error:
            raise UsageError(f"--template is not a Word file (.docx): {error}") from None
        body = document.element.body
        for child in list(body):
            if not child.tag.endswith("}sectPr"):
                body.remove(child)
    _add_styles(document)
    return document


def describe(document: WordDocument, title: str) -> None:
    """Properties without a clock or a person."""
    then = datetime.datetime(1980, 1, 1)  # Word's own dates have no zone
    core = document.core_properties
    core.title, core.author, core.last_modified_by = title, "rupmeta", "rupmeta"
    core.comments, core.subject, core.keywords, core.category = "", "", "", ""
    core.created = core.modified = core.last_printed = then
    core.revision = 1
    core.language = "en"


def _plain_look(document: WordDocument) -> None:
    """APA's manuscript: one serif face, black headings, page numbers at the top right."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Inches, Pt, RGBColor

    normal: Any = document.styles["Normal"]
    _set_font(normal)
    normal.font.size = Pt(11)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.15
    for name, size in (
        ("Title", 18), ("Subtitle", 11), ("Heading 1", 14), ("Heading 2", 12), ("Heading 3", 11),
        ("Heading 4", 11), ("Caption", 11),
    ):  # fmt: skip
        style: Any = document.styles[name]
        _set_font(style)
        style.font.size = Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.font.bold = name not in ("Subtitle", "Caption")
        style.font.italic = name in ("Heading 3", "Subtitle")
        style.paragraph_format.space_before = Pt(12 if name.startswith("Heading") else 0)
        style.paragraph_format.space_after = Pt(6)
        style.paragraph_format.keep_with_next = True
        borders = style.element.find(f"{qn('w:pPr')}/{qn('w:pBdr')}")
        if borders is not None:  # the rule under python-docx's title
            borders.getparent().remove(borders)
    title: Any = document.styles["Title"]
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
    section = document.sections[0]
    section.left_margin = section.right_margin = Inches(1)
    section.top_margin = section.bottom_margin = Inches(1)
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph._p.append(field("PAGE", "1"))


def field(instruction: str, shown: str) -> Any:
    """A field that Word counts itself; ``shown`` stands until it does."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    simple = OxmlElement("w:fldSimple")
    simple.set(qn("w:instr"), f" {instruction} ")
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = shown
    run.append(text)
    simple.append(run)
    return simple


def _add_styles(document: WordDocument) -> None:
    """Styles that neither Word nor the template has."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    present = {style.name for style in document.styles}
    for name, parent in (
        (BODY, "Normal"), (CAPTION, "Normal"), (NUMBER, CAPTION), (NOTE, "Normal"), (TABLE, "Normal"),
        (ITEM, "Normal"), (INNER, ITEM), ("Title", "Normal"), ("Subtitle", "Normal"),
        *((f"Heading {level}", "Normal") for level in range(1, 5)),
        (SMALL_BODY, BODY), (SMALL_NOTE, NOTE), (SMALL_TABLE, TABLE), (SMALL_ITEM, ITEM),
        (SMALL_INNER, INNER), (REFERENCE, BODY),
    ):  # fmt: skip
        if name in present:
            continue
        style: Any = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles[parent]
        shape = style.paragraph_format
        if name in (NUMBER, CAPTION) or name.startswith(("Heading", "Title")):
            shape.keep_with_next = True
        if name == NUMBER:
            style.font.bold, style.font.italic = True, False
            shape.space_before, shape.space_after = Pt(12), Pt(0)
        elif name == CAPTION:
            style.font.italic = True
        elif name.startswith(("Heading", "Title")):
            style.font.bold = True
        elif name == REFERENCE:
            shape.left_indent, shape.first_line_indent = Pt(36), Pt(-36)
            shape.line_spacing = 1.0
        elif name in _SPACING:
            size, before, after = _SPACING[name]
            style.font.size = Pt(size)
            shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(after), 1.0
    caption: Any = document.styles[CAPTION]
    if CAPTION not in present or caption.font.bold is not True:
        caption.font.italic = True


#: Style → size of the type, space before and after, points; lines stand close.
_SPACING = {
    NOTE: (9, 2, 12),
    TABLE: (9, 1, 1),
    SMALL_BODY: (9, 0, 3),
    SMALL_NOTE: (8, 1, 6),
    SMALL_TABLE: (8, 0.5, 0.5),
    SMALL_ITEM: (8.5, 0, 0),
    SMALL_INNER: (8.5, 0, 0),
}


def _set_font(style: Any) -> None:
    from docx.oxml.ns import qn

    style.font.name = FONT
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{key}"), None)
    for key in ("eastAsia", "cs"):
        fonts.set(qn(f"w:{key}"), FONT)
