"""How wide the columns of a table are, and whether it needs a page turned on its side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rupmeta.render.figures.text_width import text_width

__all__ = ["Columns", "fit_columns"]

SIZE = 9.0
#: Times is about so much narrower than the face whose widths are known; padding of a cell, points.
NARROWER, PADDING = 0.88, 13.0
#: A column of text asks for no more than this before its lines are broken.
WIDEST = 170.0
#: On a turned page, where there is more room.
WIDEST_TURNED = 300.0


@dataclass(frozen=True, slots=True)
class Columns:
    """``widths`` in points; ``turned`` when they need a landscape page."""

    widths: tuple[float, ...]
    turned: bool


def fit_columns(rows: Sequence[Sequence[str]], portrait: float, landscape: float) -> Columns:
    """Widths for texts (heading first) on a page of ``portrait`` or ``landscape`` points between margins.

    A column gets at least its longest word and at most its longest cell; what is left between is shared.
    The page is turned when words would break, or when cells would run over more than about two lines.
    """
    least = [max(_longest_word(row[j]) for row in rows) + PADDING for j in range(len(rows[0]))]
    most = _wishes(rows, least, WIDEST)
    turned = sum(least) > portrait or sum(most) > 1.7 * portrait
    if turned:
        most = _wishes(rows, least, WIDEST_TURNED)
    page = landscape if turned else portrait
    if sum(most) <= page:
        return Columns(_spread(most, rows, page), turned)
    if sum(least) >= page:
        return Columns(tuple(page * width / sum(least) for width in least), turned)
    share = (page - sum(least)) / (sum(most) - sum(least))
    widths = (a + share * (b - a) for a, b in zip(least, most, strict=True))
    return Columns(tuple(widths), turned)


def _wishes(rows: Sequence[Sequence[str]], least: Sequence[float], cap: float) -> list[float]:
    """What each column would like: its longest cell, up to ``cap``, but its longest word in any case."""
    longest = [max(_width(row[j]) for row in rows) + PADDING for j in range(len(least))]
    return [max(min(width, cap), word) for width, word in zip(longest, least, strict=True)]


def _spread(widths: Sequence[float], rows: Sequence[Sequence[str]], page: float) -> tuple[float, ...]:
    """Room that is left, for the columns whose cells were held to less than their length."""
    wanted = [max(_width(row[j]) for row in rows) + PADDING - width for j, width in enumerate(widths)]
    wanted = [max(0.0, more) for more in wanted]
    room = page - sum(widths)
    share = min(1.0, room / sum(wanted)) if sum(wanted) else 0.0
    return tuple(width + share * more for width, more in zip(widths, wanted, strict=True))


def _width(text: str) -> float:
    return text_width(text, SIZE) * NARROWER


def _longest_word(text: str) -> float:
    return max((_width(word) for word in text.split(" ")), default=0.0)
