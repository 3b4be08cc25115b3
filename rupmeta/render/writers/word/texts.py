"""Blocks of words: paragraphs, answers, lists of facts and caveats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from rupmeta.render.document import Answer, Cited, Facts, NotesBlock, Paragraph, References
from rupmeta.render.writers.word.runs import clean
from rupmeta.render.writers.word.styles import MAIN, REFERENCE, Look
from rupmeta.render.writers.word.tables import add_runs

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

__all__ = ["add_lead", "add_words"]


def add_words(
    word: WordDocument, block: Paragraph | Answer | Facts | NotesBlock | References, look: Look = MAIN
) -> list[str]:
    """A block that is neither table nor figure; gives the text of each of its paragraphs."""
    match block:
        case Paragraph():
            add_runs(word.add_paragraph(style=look.body), block.text, bold=block.strong)
            return [block.text]
        case Answer():
            add_lead(word, f"{block.question} ({block.badge})", look)
            noted = [] if block.note is None else [block.note]
            for text in noted:
                add_runs(word.add_paragraph(style=look.body), text)
            items = [_add_item(word, value, what, look) for value, what in block.numbers]
            add_runs(word.add_paragraph(style=look.body), block.sentence)
            return [block.question, *noted, *items, block.sentence]
        case Facts():
            return [_add_item(word, fact.label, fact.text, look) for fact in block.items]
        case NotesBlock():
            texts = [f"{message} ({where})" if where else message for _, message, where in block.notes]
            for (code, _, _), text in zip(block.notes, texts, strict=True):
                paragraph = word.add_paragraph(style=look.item)
                add_runs(paragraph, text)
                paragraph.add_run(f" [{clean(code)}]")
            return texts
        case References():
            return [_add_reference(word, cited) for cited in block.items]
        case _:
            assert_never(block)


def add_lead(word: WordDocument, text: str, look: Look = MAIN) -> None:
    """A line in bold over what belongs to it."""
    paragraph: Any = word.add_paragraph(style=look.body)
    paragraph.paragraph_format.keep_with_next = True
    add_runs(paragraph, text, bold=True)


def _add_reference(word: WordDocument, cited: Cited) -> str:
    """One reference, its journal and volume in italics, with a hanging indent."""
    paragraph: Any = word.add_paragraph(style=REFERENCE)
    for text, italic in cited.pieces:
        paragraph.add_run(clean(text)).italic = italic or None
    if cited.link:
        paragraph.add_run(f" {clean(cited.link)}")
    return str(paragraph.text)


def _add_item(word: WordDocument, label: str, text: str, look: Look) -> str:
    paragraph: Any = word.add_paragraph(style=look.item)
    paragraph.paragraph_format.space_after = 0
    add_runs(paragraph, f"{label}: ", bold=True)
    add_runs(paragraph, text)
    return f"{label}: {text}"
