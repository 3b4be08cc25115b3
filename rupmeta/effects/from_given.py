"""An effect that a paper gives with its variance or standard error, on a named scale."""

from __future__ import annotations

import math

from rupmeta.effects.from_groups import check_sizes, small_sample_factor
from rupmeta.effects.hubs import Correlation, Given, Groups, Hub, LogRatio, NoEffect, Values, show
from rupmeta.effects.options import ConversionOptions

__all__ = ["from_given"]

_Z = ("ZCOR", "ZPCOR", "ZPHI", "ZPB")
_R = ("COR", "PCOR", "PHI", "RPB")
_SCALES = (*_Z, *_R, "SMD", "MD", "SMDH", "OR", "RR", "RD", "RBIS", "SMCR", "SMCC", "GEN")


def from_given(v: Values, options: ConversionOptions) -> Hub:
    """The hub that ``measure`` belongs to, or ``Given`` for a scale without conversions."""
    measure = str(v["measure"]).upper()
    if measure not in _SCALES:
        raise NoEffect(f"measure {v['measure']} is unknown; known are {', '.join(_SCALES)}", "MEASURE")
    yi, vi, sei = v["yi"], v.get("vi"), v.get("sei", 1)
    if vi is None:
        vi = sei * sei
    if vi <= 0 or sei <= 0:
        raise NoEffect(f"the variance of yi = {show(yi)} is not positive", "V-NEG")
    n1, n2 = v.get("n1"), v.get("n2")
    n = n1 + n2 if n1 is not None and n2 is not None else v.get("n")
    steps = (f"{measure} = {show(yi)}", f"V = {show(vi)}")
    if measure in _Z or measure in _R:
        return _correlation(measure, yi, vi, n, n1, n2, steps)
    if measure == "SMD":
        m = None if n is None else check_sizes(n / 2, n / 2)
        J = small_sample_factor(m, options)
        return Groups(d=yi / J, v_d=vi / J**2, m=m, n1=n1, n2=n2, n=n, own_variance=True, steps=steps)
    if measure in ("OR", "RR"):
        return LogRatio(y=yi, v=vi, measure="OR" if measure == "OR" else "RR", n1=n1, n2=n2, n=n, steps=steps)
    return Given(yi=yi, vi=vi, measure=measure, n=n, steps=steps)


def _correlation(
    measure: str,
    yi: float,
    vi: float,
    n: float | None,
    n1: float | None,
    n2: float | None,
    steps: tuple[str, ...],
) -> Correlation:
    if measure in _R and not abs(yi) < 1:
        raise NoEffect(f"yi = {show(yi)} is not a correlation below 1 in size", "R-BOUND")
    z = yi if measure in _Z else math.atanh(yi)
    unit = (1 - math.tanh(z) ** 2) ** 2
    v_z, v_r = (vi, vi * unit) if measure in _Z else (vi / unit, vi)
    return Correlation(
        z=z,
        v_z=v_z,
        v_r=v_r,
        n=n,
        n1=n1,
        n2=n2,
        kind="phi" if measure in ("PHI", "ZPHI") else "r",
        adjusted=measure in ("PCOR", "ZPCOR"),
        steps=steps,
    )
