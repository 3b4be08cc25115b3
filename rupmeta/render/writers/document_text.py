"""A document as plain text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rupmeta.render.document import Block, Document, Paragraph, Section, TableBlock
from rupmeta.render.numbers import ASCII, NumberStyle
from rupmeta.render.writers.terminal import paragraph, plain, render_table

__all__ = ["document_to_text"]


def document_to_text(document: Document, style: NumberStyle = ASCII, *, bold: bool = False) -> str:
    """Headings, paragraphs and tables in the order of the page; figures and notes are written elsewhere."""
    parts = [f"*** {banner} ***" for banner in document.banners]
    parts.append("\n".join(plain(line) for line in (document.title, document.subtitle) if line))
    for section in document.sections:
        parts += _section(section, style, bold)
    return "\n\n".join(parts)


def _section(section: Section, style: NumberStyle, bold: bool) -> Iterator[str]:
    blocks = [text for block in section.blocks if (text := _block(block, style, bold))]
    if blocks:
        title = plain(section.title)
        yield f"\x1b[1m{title}\x1b[0m" if bold else f"{title}\n{'─' * len(title)}"
        yield from blocks
    for child in section.sections:
        yield from _section(child, style, bold)


def _block(block: Block, style: NumberStyle, bold: bool) -> str:
    if isinstance(block, Paragraph):
        return paragraph(block.text)
    if isinstance(block, TableBlock):
        return render_table(block.table, style=style, bold=bold)
    return ""  # notes go to stderr, figures to files
