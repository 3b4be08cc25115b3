"""A document as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rupmeta.render.document import (
    Answer,
    Block,
    Details,
    Document,
    Explorer,
    Facts,
    FigureBlock,
    NotesBlock,
    Paragraph,
    Record,
    Records,
    References,
    Section,
    TableBlock,
)
from rupmeta.render.writers.markdown import escape_markdown, to_markdown

__all__ = ["document_to_markdown"]


def document_to_markdown(document: Document) -> str:
    """The page as Markdown with figures as files beside it."""
    parts = [f"# {escape_markdown(document.title)}", escape_markdown(document.subtitle)]
    parts += [f"> **{escape_markdown(banner)}**" for banner in document.banners]
    for section in document.sections:
        parts += _section(section, 2)
    parts += ["---", escape_markdown(document.footer)]
    return "\n\n".join(part.rstrip("\n") for part in parts if part) + "\n"


def _section(section: Section, depth: int) -> Iterator[str]:
    yield f"{'#' * depth} {escape_markdown(section.title)}"
    yield from _blocks(section.blocks)
    for child in section.sections:
        yield from _section(child, depth + 1)


def _blocks(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            text = escape_markdown(block.text)
            yield f"**{text}**" if block.strong else text
        case Answer():
            yield f"**{escape_markdown(block.question)}** ({escape_markdown(block.badge)})"
            if block.note is not None:
                yield f"*{escape_markdown(block.note)}*"
            yield "\n".join(_item(value, what) for value, what in block.numbers)
            yield escape_markdown(block.sentence)
        case Facts():
            yield "\n".join(_item(fact.label, fact.text) for fact in block.items)
        case TableBlock():
            yield to_markdown(block.table)
        case FigureBlock():
            yield f"![{escape_markdown(block.layout.desc)}]({block.file})"
            note = f" *Note.* {escape_markdown(block.note)}" if block.note else ""
            yield f"**{escape_markdown(block.caption)}**{note}"
        case NotesBlock():
            yield "\n".join(
                f"- `{code}` {escape_markdown(message)}{f' ({escape_markdown(where)})' if where else ''}"
                for code, message, where in block.notes
            )
        case Records():
            for record in block.items:
                yield from _record(record)
        case References():
            for cited in block.items:
                text = "".join(_piece(*piece) for piece in cited.pieces)
                yield f"{text} <{cited.link}>" if cited.link else text
        case Details():
            yield f"**{escape_markdown(block.title)}**"
            yield from _blocks(block.blocks)
        case Explorer():
            return


def _record(record: Record) -> Iterator[str]:
    link = f" <{record.link}>" if record.link else ""
    yield f"**{escape_markdown(record.title)}** ({escape_markdown(record.badge)})"
    lines = [f"- {escape_markdown(record.reference)}{link}"]
    lines += [_item(label, text) for label, text in record.facts]
    for heading, facts, quote in record.parts:
        lines.append(_item("Effect", heading))
        lines += [f"  {_item(label, text)}" for label, text in facts]
        if quote:
            lines.append(f"  {_item('Quoted', quote)}")
    yield "\n".join(lines)


def _piece(text: str, italic: bool) -> str:
    return f"*{escape_markdown(text)}*" if italic else escape_markdown(text)


def _item(label: str, text: str) -> str:
    return f"- **{escape_markdown(label)}**: {escape_markdown(text)}"
