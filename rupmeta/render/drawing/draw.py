"""One figure of an answer: laid out, shown as text, written to a file."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from rupmeta.errors import UsageError, unknown_choice
from rupmeta.read.schema_faults import nearest
from rupmeta.render.drawing.data import FIGURE_DATA
from rupmeta.render.figures.layout import Layout

if TYPE_CHECKING:
    from rupmeta.render.figures.looks import Look

__all__ = ["ORDERS", "Figure", "choose_look", "lay_out_figure", "order_effects"]

Answer = Mapping[str, Any]

MOST_DIGITS = 6

#: What people call a figure → its kind; ``nearest`` goes by spelling alone and would name another.
OTHER_NAMES: Mapping[str, str] = {
    "multiverse": "specification",
    "spec": "specification",
    "risk-of-bias": "rob",
    "traffic-light": "rob",
    "trim-and-fill": "funnel",
    "galbraith": "radial",
    "loo": "leave-one-out",
    "regression": "bubble",
    "meta-regression": "bubble",
    "flow": "prisma",
    "e-value": "confounding",
    "bayes": "prior-posterior",
}

#: Orders of the studies in a figure; ties keep the order of the files.
ORDERS: Mapping[str, Callable[[Answer], Any]] = {
    "file": lambda _: 0,
    "year": lambda effect: (effect["year"] is None, effect["year"] or 0),
    "effect": lambda effect: effect["yi"],
    "weight": lambda effect: -effect["weight"],
}


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


def order_effects(answer: Answer, order: str) -> Answer:
    """The answer with its effects in another order."""
    if order not in ORDERS:
        raise unknown_choice("--sort", order, ORDERS)
    return {**answer, "effects": sorted(answer["effects"], key=ORDERS[order])}


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
    from rupmeta.render.figures.kinds import FIGURES

    if kind not in FIGURES:
        near = OTHER_NAMES.get(kind.lower()) or nearest(kind, tuple(FIGURES))
        meant = f"did you mean {near}? " if near else ""
        raise UsageError(f"{kind} is not a figure; {meant}there is {', '.join(FIGURES)}")
    look = choose_look(
        palette=palette,
        journal=journal,
        rows_per_page=rows_per_page,
        width=width,
        digits=digits,
        show_title=show_title,
    )
    data = FIGURE_DATA[kind](answer, subject=subject, by=by)
    layout = FIGURES[kind].lay_out(data, look)
    if width is not None and layout.width > width + 0.01:
        needed = math.ceil(layout.width)
        raise UsageError(
            f"a width of {width:.0f} pt is too small for this figure; it needs {needed} pt "
            f"({needed * 2.54 / 72:.1f} cm)"
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
