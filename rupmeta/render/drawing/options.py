"""What a kind of figure can heed: an option that can have no meaning for it is refused, never ignored."""

from __future__ import annotations

from collections.abc import Iterable

from rupmeta.errors import UsageError, unknown_choice
from rupmeta.read.schema_faults import nearest
from rupmeta.render.figures.kinds import FIGURES, OPTIONS, FigureKind, Option

__all__ = ["kind_named", "order_named", "refuse_idle", "refuse_idle_form"]

#: What people call a figure → its kind; ``nearest`` goes by spelling alone and would name another.
OTHER_NAMES = {
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
    "waterfall": "diff",
}
FEW = 8  # kinds that a sentence names


def kind_named(kind: str) -> FigureKind:
    """The kind of this name; ``UsageError`` names the nearest one and all that there are."""
    if kind in FIGURES:
        return FIGURES[kind]
    near = OTHER_NAMES.get(kind.lower()) or nearest(kind, tuple(FIGURES))
    meant = f"did you mean {near}? " if near else ""
    raise UsageError(f"{kind} is not a figure; {meant}there is {', '.join(FIGURES)}")


def order_named(kind: str, order: str | None) -> str | None:
    """The order of a figure's rows; None where none was asked for or the kind has no order.

    ``UsageError`` for an order that the kind does not have.
    """
    orders = kind_named(kind).orders
    if order is not None and orders and order not in orders:
        raise unknown_choice("--sort", order, orders)
    return order


def refuse_idle(kind: str, given: Iterable[tuple[Option, str]]) -> None:
    """Refuse options that the kind cannot heed: (option, how the user wrote it), as ("rob", "--rob")."""
    for option, written in given:
        if option in kind_named(kind).heeds:
            continue
        others = [name for name, other in FIGURES.items() if option in other.heeds]
        instead = f"; it goes with {', '.join(others)}" if len(others) <= FEW else ""
        raise UsageError(f"{written} has no meaning for plot {kind}: {OPTIONS[option]}{instead}")


def refuse_idle_form(
    target: str | None, *, palette: str | None, dpi: int | None, svg_text: bool, text: bool
) -> None:
    """Refuse what the file ``target`` cannot heed; None where no file is drawn.

    ``UsageError`` for dots per inch of anything but a PNG, for text kept in anything but an SVG, for colours
    where nothing is painted, and for ``text`` beside a file.
    """
    suffix = "" if target is None else target[target.rfind(".") :].lower()
    drawn = "no file is drawn" if target is None else f"{target} is none"
    if text and target is not None:
        raise UsageError(f"--text only prints the figure, and -o {target} names a file: leave one out")
    if dpi is not None and suffix != ".png":
        raise UsageError(f"--dpi are the dots of a PNG, and {drawn}; name one, such as -o figure.png")
    if svg_text and suffix != ".svg":
        raise UsageError(f"--svg-text keeps the text of an SVG, and {drawn}")
    if palette is not None and suffix not in (".svg", ".png", ".pdf"):
        nothing = "no file is drawn" if target is None else f"{target} has none"
        raise UsageError(f"--palette chooses colours, and {nothing}")
