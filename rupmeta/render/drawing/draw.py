"""One figure of an answer: laid out, shown as text, written to a file."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from rupmeta.errors import UsageError, unknown_choice
from rupmeta.render.drawing.data import FIGURE_DATA, STYLED
from rupmeta.render.drawing.options import kind_named
from rupmeta.render.figures.layout import Layout
from rupmeta.render.figures.looks import CM

if TYPE_CHECKING:
    from rupmeta.render.figures.looks import Look

__all__ = ["JOINING", "Figure", "choose_look", "draw_data", "lay_out_figure", "order_rows"]

Answer = Mapping[str, Any]

MOST_DIGITS = 6

#: Kind → where its rows stand, and their orders but that of the files; ties keep the order of the files.
ORDERS: Mapping[str, tuple[str, Mapping[str, Callable[[Answer], Any]]]] = {
    "forest": (
        "effects",
        {
            "year": lambda effect: (effect["year"] is None, effect["year"] or 0),
            "effect": lambda effect: effect["yi"],
            "weight": lambda effect: -effect["weight"],
        },
    ),
    "leave-one-out": ("leave_one_out", {"effect": lambda row: row["estimate"]["estimate"]}),
    "rob": ("judged", {"weight": lambda study: -study["weight"]}),
}

#: Orders in which samples join → what the analysis calls them: the heaviest are the most precise.
JOINING: Mapping[str, str] = {"year": "year", "file": "file", "weight": "precision"}


@dataclass(frozen=True)
class Figure:
    """A laid-out figure of one kind."""

    kind: str
    layout: Layout

    def as_dict(self) -> dict[str, Any]:
        """The JSON form: the rows behind the picture and the words for those who cannot see it."""
        layout = self.layout
        return {
            "kind": self.kind,
            "name": layout.name,
            "title": layout.title,
            "description": layout.desc,
            "width": layout.width,
            "height": layout.height,
            "table": [list(row) for row in layout.table],
            "digest": layout.digest(),
        }


def order_rows(kind: str, answer: Answer, order: str | None) -> Answer:
    """The answer with its rows in another order; as it is where none is asked for."""
    part, orders = ORDERS.get(kind, ("", {}))
    if order is None or order not in orders:
        return answer
    return {**answer, part: sorted(answer[part], key=orders[order])}


def lay_out_figure(
    kind: str,
    answer: Answer,
    *,
    subject: str | None,
    by: Answer | None = None,
    palette: str | None = None,
    journal: str = "apa",
    rows_per_page: int | None = 40,
    width: float | None = None,
    digits: int | None = None,
    show_title: bool = True,
) -> Figure:
    """Lay out the figure ``kind`` of a pooled answer.

    ``by`` is a moderators answer whose levels become subgroups.
    """
    kind_named(kind)
    look = choose_look(
        palette=palette,
        journal=journal,
        rows_per_page=rows_per_page,
        width=width,
        digits=digits,
        show_title=show_title,
    )
    style = {"style": look.journal.numbers} if kind in STYLED else {}
    return draw_data(kind, FIGURE_DATA[kind](answer, subject=subject, by=by, **style), look)


def draw_data(kind: str, data: Any, look: Look) -> Figure:
    """Lay out what a figure of this kind shows.

    Every kind makes itself as narrow as it can under ``look.width``; here alone one that is still too wide is
    refused, with the width needed.
    """
    layout = kind_named(kind).lay_out(data, look)
    if look.width is not None and layout.width > look.width + 0.01:
        needed = math.ceil(layout.width)
        raise UsageError(
            f"a width of {look.width:.0f} pt is too small for this figure; it needs {needed} pt "
            f"({needed / CM:.1f} cm)"
        )
    return Figure(kind, layout)


def choose_look(
    *,
    palette: str | None = None,
    journal: str = "apa",
    rows_per_page: int | None = 40,
    width: float | None = None,
    digits: int | None = None,
    show_title: bool = True,
) -> Look:
    """The look that a user names; ``UsageError`` says which palettes and layouts there are."""
    from rupmeta.render.figures.looks import JOURNALS, Look
    from rupmeta.render.figures.palettes import PALETTES

    if journal not in JOURNALS:
        raise unknown_choice("--layout", journal, JOURNALS)
    if palette is not None and palette not in PALETTES:
        raise unknown_choice("--palette", palette, PALETTES)
    house = JOURNALS[journal]
    if digits is not None:
        if not 0 <= digits <= MOST_DIGITS:
            raise UsageError(f"--digits {digits}: a figure has 0 to {MOST_DIGITS} decimals")
        house = replace(house, numbers=replace(house.numbers, digits=digits))
    return Look(
        journal=house,
        palette=palette,
        width=width,
        rows_per_page=rows_per_page,
        show_title=show_title,
    )
