"""Blocks of words: paragraphs, answers, lists of facts, caveats, and what was extracted from each study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from rupmeta.render.document import Answer, Facts, NotesBlock, Paragraph, Record, Records
from rupmeta.render.writers.word.runs import clean
from rupmeta.render.writers.word.styles import BODY
from rupmeta.render.writers.word.tables import add_runs

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

__all__ = ["add_lead", "add_words"]

ITEM, INNER = "List Bullet", "List Bullet 2"


def add_words(word: WordDocument, block: Paragraph | Answer | Facts | NotesBlock | Records) -> None:
    """A block that is neither table nor figure."""
    match block:
        case Paragraph():
            add_runs(word.add_paragraph(style=BODY), block.text, bold=block.strong)
        case Answer():
            add_lead(word, f"{block.question} ({block.badge})")
            for value, what in block.numbers:
                _add_item(word, what, value)
            add_runs(word.add_paragraph(style=BODY), block.sentence)
        case Facts():
            for fact in block.items:
                _add_item(word, fact.label, fact.text)
        case NotesBlock():
            for code, message, where in block.notes:
                paragraph = word.add_paragraph(style=ITEM)
                add_runs(paragraph, f"{message} ({where})" if where else message)
                paragraph.add_run(f" [{clean(code)}]")
        case Records():
            for record in block.items:
                _add_record(word, record)
        case _:
            assert_never(block)


def add_lead(word: WordDocument, text: str) -> None:
    """A line in bold over what belongs to it."""
    paragraph: Any = word.add_paragraph(style=BODY)
    paragraph.paragraph_format.keep_with_next = True
    add_runs(paragraph, text, bold=True)


def _add_record(word: WordDocument, record: Record) -> None:
    add_lead(word, f"{record.title} ({record.badge})")
    link = f" {record.link}" if record.link else ""
    add_runs(word.add_paragraph(style=BODY), f"{record.reference}{link}")
    for label, text in record.facts:
        _add_item(word, label, text)
    for heading, facts, quote in record.parts:
        _add_item(word, "Effect", heading)
        for label, text in facts:
            _add_item(word, label, text, style=INNER)
        if quote:
            _add_item(word, "Quoted", f"“{quote}”", style=INNER)


def _add_item(word: WordDocument, label: str, text: str, *, style: str = ITEM) -> None:
    paragraph: Any = word.add_paragraph(style=style)
    paragraph.paragraph_format.space_after = 0
    add_runs(paragraph, f"{label}: ", bold=True)
    add_runs(paragraph, text)
