"""How much room is left on the page, by estimate: a figure that no longer fits waits for the next page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rupmeta.render.tables import Table
from rupmeta.render.writers.word.columns import PADDING, lines_of
from rupmeta.render.writers.word.tables import table_texts

__all__ = ["LEADING", "Paper", "table_height", "text_height"]

LEADING = 1.15  # height of a line of Times over the size of its type


@dataclass
class Paper:
    """A page of ``height`` points between its margins, of which ``left`` are free."""

    height: float
    left: float

    def turn(self, height: float) -> None:
        """Begin a new page of ``height``."""
        self.height = self.left = height

    def take(self, points: float) -> None:
        """Text or rows of ``points`` are written, and go on on the next page."""
        self.left -= points
        while self.left < 0:
            self.left += self.height

    def take_whole(self, points: float) -> None:
        """The same for what is not split between pages."""
        if points > self.left:
            self.left = self.height
        self.take(min(points, self.height))


def text_height(text: str, width: float, size: float, spacing: float, after: float) -> float:
    """Points that a paragraph takes."""
    return lines_of(text, width, size) * size * LEADING * spacing + after


def table_height(table: Table, widths: Sequence[float], size: float) -> float:
    """Points that the rows of a table take."""
    total = 0.0
    for row in table_texts(table):
        lines = max(
            lines_of(text, max(width - PADDING, 1.0), size) for text, width in zip(row, widths, strict=True)
        )
        total += lines * size * LEADING + (2.0 if size > 8 else 1.0)
    return total
