"""From the answer of a multiverse to its specification curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rupmeta.errors import UsageError
from rupmeta.render.drawing.scale import own_scale
from rupmeta.render.figures.specification.data import (
    SpecificationChoice,
    SpecificationData,
    SpecificationPoint,
)
from rupmeta.render.labels import DISPLAY, null_word
from rupmeta.render.multiverse.words import choice_label, option_label
from rupmeta.render.screens import SYNTHETIC

__all__ = ["curve_columns", "specification_data"]

Answer = Mapping[str, Any]

MOST_POINTS = 240  # drawn; more would be finer than print
MOST_OPTIONS = 8  # more rows of one choice are drawn as one
REST = "one sample left out"


def specification_data(
    answer: Answer,
    *,
    subject: str | None = None,  # noqa: ARG001  # one signature for every kind
    by: Answer | None = None,
) -> SpecificationData:
    """The curve with the choices that have at least two options in it, the most moving one first."""
    if by is not None:
        raise UsageError("a specification curve has no subgroups; --by goes with forest")
    columns, curve = answer["specifications"], answer["curve"]
    estimate, order = columns["estimate"], _order(answer)
    declared = _declared(answer, order)
    used = _used(answer)
    points = tuple(
        SpecificationPoint(
            float(estimate[i]),
            float(columns["ci_lb"][i]),
            float(columns["ci_ub"][i]),
            tuple(place[int(columns["choices"][name][i])] for name, _, place in used),
            declared=i == declared,
        )
        for i in _drawn(order, declared)
    )
    counts = answer["counts"]
    left_out = [(f"impossible ({item['reason']})", item["n"]) for item in counts["impossible"]]
    left_out += [("with the same effects as another", counts["repeats"])] if counts["repeats"] else []
    return SpecificationData(
        name=f"{answer['analysis']}-specification",
        title=answer["question"] or answer["title"] or answer["analysis"],
        measure=_scale(answer),
        points=points,
        choices=tuple(choice for _, choice, _ in used),
        total=counts["specifications"],
        median=float(curve["median"]),
        above=100.0 * curve["share_above"],
        below=100.0 * curve["share_below"],
        level=answer["level"],
        left_out=tuple(left_out),
        banners=(SYNTHETIC,) if answer["synthetic"] else (),
    )


def curve_columns(answer: Answer) -> dict[str, Any]:
    """All specifications in order of size, column by column, for the page to select from.

    ``sides``: where each interval lies, ``+`` above the ``null``, ``-`` below, ``0`` holding it. ``taken``:
    by choice, the row of the dashboard that each specification takes. ``drawn``: the places on the curve that
    the figure shows, None for all.
    """
    columns, order, used = answer["specifications"], _order(answer), _used(answer)
    display = DISPLAY[_scale(answer)]
    drawn = _drawn(order, _declared(answer, order))
    place = {number: rank for rank, number in enumerate(order)}
    low, high, null = columns["ci_lb"], columns["ci_ub"], display.null
    return {
        "symbol": display.symbol,
        "kind": display.kind,
        "level": answer["level"],
        "estimate": [float(columns["estimate"][i]) for i in order],
        "sides": "".join("+" if low[i] > null else "-" if high[i] < null else "0" for i in order),
        "null": null_word(_scale(answer)),
        "choices": [
            {"label": choice.label, "options": [label for label, _, _ in choice.options]}
            for _, choice, _ in used
        ],
        "taken": [[rows[int(columns["choices"][name][i])] for i in order] for name, _, rows in used],
        "drawn": None if len(drawn) == len(order) else [place[i] for i in drawn],
    }


def _scale(answer: Answer) -> str:
    scale = answer["scale"]
    return scale if scale in DISPLAY else own_scale(scale)


def _order(answer: Answer) -> list[int]:
    """The numbers of the specifications by size of their estimates."""
    estimate = list(answer["specifications"]["estimate"])
    return sorted(range(len(estimate)), key=estimate.__getitem__)


def _used(answer: Answer) -> list[tuple[str, SpecificationChoice, list[int]]]:
    """The choices with at least two options in the curve."""
    shown = [_merged(choice) for choice in answer["choices"]]
    return [item for item in shown if sum(1 for _, n, _ in item[1].options if n) > 1]


def _declared(answer: Answer, order: Sequence[int]) -> int | None:
    """The number of the declared specification, from its rank."""
    return None if answer["declared"] is None else order[answer["declared"]["rank"] - 1]


def _drawn(order: Sequence[int], declared: int | None) -> list[int]:
    """Evenly spaced along the curve, its ends and the declared one always among them."""
    if len(order) <= MOST_POINTS:
        return list(order)
    last = len(order) - 1
    ranks = {round(i * last / (MOST_POINTS - 1)) for i in range(MOST_POINTS)}
    if declared is not None:
        ranks.add(order.index(declared))
    return [order[rank] for rank in sorted(ranks)]


def _merged(choice: Answer) -> tuple[str, SpecificationChoice, list[int]]:
    """Name, rows of the dashboard, and the row of every option; many samples left out share one row."""
    name, options = choice["name"], choice["options"]
    rows: list[tuple[str, int, float | None]] = []
    place = []
    alone = len(options) > MOST_OPTIONS
    for option in options:
        each = alone and name == "influential" and str(option["option"]).startswith("without ")
        if each and option["option"] != "without influential":
            if not rows or rows[-1][0] != REST:
                rows.append((REST, 0, None))
            rows[-1] = (REST, rows[-1][1] + option["n"], None)
        elif option["n"]:
            rows.append((option_label(name, option["option"]), option["n"], option["median"]))
        place.append(max(0, len(rows) - 1))  # an option without a specification has no row and no mark
    return name, SpecificationChoice(choice_label(name), tuple(rows)), place
