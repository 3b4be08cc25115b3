"""The measures: what they are called, and how a value on one reads as r, d, z, OR or RR."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from rupmeta.effects.conversions import LOGISTIC

__all__ = ["MEASURES", "DisplayScale", "MeasureInfo"]

DisplayScale = Literal["r", "d", "z", "or", "rr", "md", "rd", "gen"]
Transform = Callable[[float], float | None]


@dataclass(frozen=True, slots=True)
class MeasureInfo:
    """One measure.

    ``kind``: family of the scale. ``bounds``: values that it can take. ``shown``: display scale → monotone
    transform of a value; a scale that is not defined is absent, and a measure that reads as nothing else is
    shown on its own scale. ``no_effect`` is 0 on every measure.
    """

    name: str
    label: str
    kind: Literal["fisher z", "correlation", "standardised difference", "difference", "log ratio", "generic"]
    bounds: tuple[float, float] = (-math.inf, math.inf)
    shown: Mapping[str, Transform] = field(default_factory=dict)


def _same(x: float) -> float:
    return x


def _exp(x: float) -> float:
    return math.exp(x) if x < 709 else math.inf


def _sinh2(z: float) -> float:
    return 2 * math.sinh(z) if abs(z) < 709 else math.copysign(math.inf, z)


def _atanh(r: float) -> float | None:
    return math.atanh(r) if abs(r) < 1 else None


def _d_of_r(r: float) -> float | None:
    return 2 * r / math.sqrt(1 - r * r) if abs(r) < 1 else None


def _r_of_d(d: float) -> float:
    return d / math.hypot(d, 2)


def _or_of_d(d: float) -> float:
    return _exp(d * LOGISTIC)


#: Fisher z: r = tanh z, d = 2·sinh z (two equal groups), OR = exp(dπ/√3).
_ON_Z: dict[str, Transform] = {
    "z": _same,
    "r": math.tanh,
    "d": _sinh2,
    "or": lambda z: _or_of_d(_sinh2(z)),
}
_ON_R: dict[str, Transform] = {
    "r": _same,
    "z": _atanh,
    "d": _d_of_r,
    "or": lambda r: None if (d := _d_of_r(r)) is None else _or_of_d(d),
}
_ON_D: dict[str, Transform] = {
    "d": _same,
    "r": _r_of_d,
    "z": lambda d: math.asinh(d / 2),
    "or": _or_of_d,
}
_ON_LOG_OR: dict[str, Transform] = {
    "or": _exp,
    "d": lambda y: y / LOGISTIC,
    "r": lambda y: _r_of_d(y / LOGISTIC),
    "z": lambda y: math.asinh(y / LOGISTIC / 2),
}

MEASURES: dict[str, MeasureInfo] = {
    info.name: info
    for info in [
        MeasureInfo("ZCOR", "Fisher z", "fisher z", shown=_ON_Z),
        MeasureInfo("COR", "correlation r", "correlation", (-1, 1), _ON_R),
        MeasureInfo("PCOR", "partial correlation", "correlation", (-1, 1), _ON_R),
        MeasureInfo("ZPCOR", "Fisher z of partial correlation", "fisher z", shown=_ON_Z),
        MeasureInfo("SMD", "standardised mean difference (Hedges g)", "standardised difference", shown=_ON_D),
        MeasureInfo("MD", "mean difference", "difference", shown={"md": _same}),
        MeasureInfo(
            "SMDH",
            "standardised mean difference, unequal variances",
            "standardised difference",
            shown={"d": _same},
        ),
        MeasureInfo("OR", "log odds ratio", "log ratio", shown=_ON_LOG_OR),
        MeasureInfo("RR", "log risk ratio", "log ratio", shown={"rr": _exp}),
        MeasureInfo("RD", "risk difference", "difference", (-1, 1), {"rd": _same}),
        MeasureInfo("PHI", "phi coefficient", "correlation", (-1, 1), {"r": _same, "z": _atanh}),
        MeasureInfo("ZPHI", "Fisher z of phi", "fisher z", shown={"z": _same, "r": math.tanh}),
        MeasureInfo("RPB", "point-biserial correlation", "correlation", (-1, 1), _ON_R),
        MeasureInfo("ZPB", "Fisher z of point-biserial correlation", "fisher z", shown=_ON_Z),
        MeasureInfo("RBIS", "biserial correlation", "correlation", shown={"r": _same}),
        MeasureInfo(
            "SMCR",
            "standardised change (SD before treatment)",
            "standardised difference",
            shown={"d": _same},
        ),
        MeasureInfo(
            "SMCC", "standardised change (SD of change)", "standardised difference", shown={"d": _same}
        ),
        MeasureInfo("GEN", "effect on its own scale", "generic", shown={"gen": _same}),
    ]
}
