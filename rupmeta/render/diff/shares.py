"""Shares as they are printed: differences of printed levels, so that columns add up to the last digit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from rupmeta.render.drawing.scale import own_scale
from rupmeta.render.labels import DISPLAY, Display
from rupmeta.render.numbers import APA, NumberStyle, number

__all__ = ["Printed", "change_shown", "printed_shares", "signed"]

Answer = Mapping[str, Any]
DIGITS = 3  # one more than estimates have: most shares are small

STEPS: Mapping[str, str] = {
    "method": "Method",
    "criteria": "Criteria",
    "removed": "Studies removed",
    "edited": "Studies edited",
    "added": "Studies added",
}


@dataclass(frozen=True, slots=True)
class Printed:
    """One line: a step, or a study within it; numbers as decimals of three places.

    ``lowest`` and ``highest`` share over all orders are known of steps between folders.
    """

    step: str
    study: str | None
    before: float
    after: float
    share: float
    k: int
    carried: bool
    lowest: float | None = None
    highest: float | None = None


def change_shown(analysis: Answer) -> tuple[Answer, Display] | None:
    """The change on the scale that is shown: the first reported one that is no ratio, else the analysis'.

    Shares of a ratio would be differences of ratios; those of its logarithm are what the model adds up.
    """
    for scale, change in analysis["reported"].items():
        if not DISPLAY[scale].log:
            return change, DISPLAY[scale]
    change = analysis["change"]
    if change is None:
        return None
    ratio = analysis["measure"] in ("OR", "RR")
    own = DISPLAY[own_scale(analysis["measure"])]
    return change, Display(f"log {analysis['measure']}", "log ratio", "unbounded") if ratio else own


def printed_shares(change: Answer) -> tuple[Printed, ...]:
    """Every step, each followed by its studies."""
    lines = []
    for step in change["steps"]:
        lines.append(_line(step["step"], None, step))
        lines += [_line(step["step"], share["study"], share) for share in step["studies"]]
    return tuple(lines)


def _line(step: str, study: str | None, share: Answer) -> Printed:
    before, after = _places(share["before"]), _places(share["after"])
    return Printed(
        step,
        study,
        float(before),
        float(after),
        float(after - before),
        share["k"],
        share["carried"],
        share.get("lowest"),
        share.get("highest"),
    )


def _places(x: float) -> Decimal:
    return Decimal(f"{x:.10g}").quantize(Decimal(1).scaleb(-DIGITS), rounding=ROUND_HALF_UP)


def printed_total(change: Answer) -> float:
    """The printed new level minus the printed old one."""
    return float(_places(change["new"]) - _places(change["old"]))


def signed(x: float, display: Display, style: NumberStyle = APA) -> str:
    """``+.012``, ``−.004``, ``.000``."""
    text = number(x, display.kind, style, digits=DIGITS)
    return f"+{text}" if x > 0 and text.strip("0.") else text
