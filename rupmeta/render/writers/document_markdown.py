"""A document as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from rupmeta.render.document import Block, Document, FigureBlock, NotesBlock, Paragraph, Section, TableBlock
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
    for block in section.blocks:
        yield _block(block)
    for child in section.sections:
        yield from _section(child, depth + 1)


def _block(block: Block) -> str:
    if isinstance(block, Paragraph):
        text = escape_markdown(block.text)
        return f"**{text}**" if block.strong else text
    if isinstance(block, TableBlock):
        return to_markdown(block.table)
    if isinstance(block, FigureBlock):
        return f"![{escape_markdown(block.layout.desc)}]({block.file})\n\n*{escape_markdown(block.caption)}*"
    assert isinstance(block, NotesBlock)
    return "\n".join(
        f"- `{code}` {escape_markdown(message)}{f' ({escape_markdown(where)})' if where else ''}"
        for code, message, where in block.notes
    )
