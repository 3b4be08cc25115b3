"""On which scale a figure is read: the analysis scale, or the one that the protocol reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from rupmeta.render.results_tables import scales_of

__all__ = ["Transform", "display_scale", "first_scale", "own_scale"]

Answer = Mapping[str, Any]
Transform = Literal["identity", "tanh", "exp"]

_OWN: Mapping[str, str] = {
    **dict.fromkeys(("ZCOR", "ZPCOR", "ZPHI", "ZPB"), "z"),
    **dict.fromkeys(("COR", "PCOR", "RPB", "RBIS"), "r"),
    **dict.fromkeys(("SMD", "SMDH", "SMCR", "SMCC"), "g"),
    "MD": "md",
    "RD": "rd",
    "PHI": "phi",
}


def first_scale(answer: Answer) -> str:
    """The scale that figures use: the first of ``report_as`` that the measure can be shown on."""
    return scales_of(answer)[0]


def own_scale(measure: str) -> str:
    """The display entry of the analysis scale itself."""
    return _OWN.get(measure, "gen")


def display_scale(answer: Answer) -> tuple[str, Transform]:
    """For a figure drawn on the analysis scale: the display entry of its ticks, and how to get there."""
    scale = first_scale(answer)
    if scale == "r" and own_scale(answer["measure"]) == "z":
        return "r", "tanh"
    if scale in ("or", "rr"):
        return scale, "exp"
    return own_scale(answer["measure"]), "identity"
