"""How wide the columns of a table are, and whether it needs a page turned on its side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from rupmeta.render.figures.text_width import text_width

__all__ = ["Columns", "fit_columns", "lines_of"]

SIZE = 9.0
#: Times is about so much narrower than the face whose widths are known; padding of a cell, points.
NARROWER, PADDING = 0.88, 13.0
#: The same for a whole text with the room that is lost at the ends of its lines.
USUAL = 0.86
#: A longer word (an address) is broken, points.
LONGEST_WORD = 110.0


@dataclass(frozen=True, slots=True)
class Columns:
    """``widths`` in points; ``turned`` when they need a landscape page."""

    widths: tuple[float, ...]
    turned: bool


def fit_columns(
    rows: Sequence[Sequence[str]], portrait: float, landscape: float, size: float = SIZE
) -> Columns:
    """Widths for texts (heading first) on a page of ``portrait`` or ``landscape`` points between margins.

    A column gets at least its longest word and at most its longest cell; what is left between goes to the
    columns by the length of their texts. The page is turned when words of ``size`` points would break.
    """
    least = [max(_longest_word(row[j], size) for row in rows) + PADDING for j in range(len(rows[0]))]
    turned = sum(least) > portrait
    page = landscape if turned else portrait
    if sum(least) >= page:
        return Columns(tuple(page * width / sum(least) for width in least), turned)
    cells = [[_width(row[j], size) for row in rows] for j in range(len(least))]
    most = [max(word, max(column) + PADDING) for word, column in zip(least, cells, strict=True)]
    if sum(most) <= page:
        return Columns(tuple(most), turned)
    # The root mean square lies between the mean, which forgets the long cells, and the longest.
    typical = [(sum(width**2 for width in column) / len(column)) ** 0.5 + PADDING for column in cells]
    wishes = [min(max(a, b), c) for a, b, c in zip(typical, least, most, strict=True)]
    return Columns(_share(least, wishes, most, page), turned)


def lines_of(text: str, width: float, size: float) -> int:
    """About how many lines a text takes in ``width`` points."""
    return sum(max(1, ceil(text_width(part, size) * USUAL / width)) for part in text.split("\n"))


def _share(
    least: Sequence[float], wishes: Sequence[float], most: Sequence[float], page: float
) -> tuple[float, ...]:
    """``least`` and a part of the room by what each column wishes beyond it, none wider than ``most``."""
    widths = list(least)
    open_columns = set(range(len(widths)))
    while open_columns and page - sum(widths) > 0.01:
        room = page - sum(widths)
        wanted = {j: wishes[j] - least[j] + 1.0 for j in open_columns}
        total = sum(wanted.values())
        for j in sorted(open_columns):
            widths[j] = min(most[j], widths[j] + room * wanted[j] / total)
        open_columns = {j for j in open_columns if most[j] - widths[j] > 0.01}
    return tuple(widths)


def _width(text: str, size: float) -> float:
    return text_width(text, size) * NARROWER


def _longest_word(text: str, size: float) -> float:
    """A line may also end after a hyphen."""
    words = re.split(r" |(?<=\w-)(?=\w)", text)
    return max((min(_width(word, size), LONGEST_WORD) for word in words), default=0.0)
