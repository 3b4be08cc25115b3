"""A figure's rows as lines of text, for kinds that a terminal cannot draw."""

from __future__ import annotations

from collections.abc import Sequence

from rupmeta.render.figures.painters.text import cells
from rupmeta.render.figures.text_width import clean_text

__all__ = ["table_text"]


def table_text(
    banners: Sequence[str], title: str, rows: Sequence[Sequence[str]], footnotes: Sequence[str] = ()
) -> str:
    """Banners, title, the rows in columns (words left, the rest right, header first) and footnotes."""
    texts = [tuple(clean_text(cell) for cell in row) for row in rows]
    widths = [max(map(cells, column)) for column in zip(*texts, strict=True)]

    def line(row: Sequence[str]) -> str:
        gaps = [" " * (width - cells(cell)) for cell, width in zip(row, widths, strict=True)]
        first = row[0] + gaps[0]
        return "  ".join([first, *(g + c for g, c in zip(gaps[1:], row[1:], strict=True))]).rstrip()

    head = [*map(clean_text, banners), clean_text(title), ""]
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    body = [line(texts[0]), rule, *map(line, texts[1:])]
    below = ["", *map(clean_text, footnotes)] if footnotes else []
    return "\n".join([*head, *body, *below]) + "\n"
