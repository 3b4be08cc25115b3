"""What could these studies have shown? The smallest slope or difference that a test would detect."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.explore.design import Design, Term
from rupmeta.pool.fit import Fit

__all__ = ["Detectable", "detectable_effect", "noncentrality"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Detectable:
    """The smallest true effect that the test of a term finds with probability ``power``, analysis scale.

    For a number: ``slope`` per unit and ``contrast`` = slope times the moderator's standard deviation. For a
    category: ``contrast`` is the difference between the two levels (``levels``) that are hardest to tell
    apart, the others half-way between them. ``tau2``: what true effects are taken to vary by.
    """

    contrast: float
    slope: float | None
    levels: tuple[str, str] | None
    power: float
    alpha: float
    tau2: float


def noncentrality(df1: float, df2: float | None, *, alpha: float = 0.05, power: float = 0.80) -> float:
    """The noncentrality at which a chi-square (``df2`` None) or F test has ``power``; bisection to 1e-10.

    >>> round(noncentrality(1, None), 4)
    7.8489
    """
    from scipy import special  # only the planned list needs it, and it takes as long as all the rest

    critical = float(special.chdtri(df1, alpha) if df2 is None else special.fdtri(df1, df2, 1.0 - alpha))

    def reached(nc: float) -> float:
        below = special.chndtr(critical, df1, nc) if df2 is None else special.ncfdtr(df1, df2, nc, critical)
        return 1.0 - float(below)

    hi = 10.0
    while reached(hi) < power:
        hi *= 2.0
        if hi > 1e8:
            return float("inf")
    lo = 0.0
    while hi - lo > 1e-10 * hi:
        middle = 0.5 * (lo + hi)
        lo, hi = (middle, hi) if reached(middle) < power else (lo, middle)
    return hi


def detectable_effect(
    effects: Effects, design: Design, fit: Fit, tau2: float, *, alpha: float = 0.05, power: float = 0.80
) -> Detectable | None:
    """Solve power(δ) = ``power`` for the only term of ``design``; None for anything but one plain term.

    λ = δ²·u'(V₂₂)⁻¹u, with u the coefficients of a unit difference and V = (X'WX)⁻¹, w = 1/(v + tau2)
    (Hedges & Pigott 2004, 10.1037/1082-989X.9.4.426), ``tau2`` that of the model without moderators, so that
    the answer does not profit from what the moderator happens to explain. Under the multilevel model V is
    that of the fit.
    """
    if len(design.terms) != 1 or design.terms[0].interaction or fit.p != design.X.shape[1]:
        return None
    term = design.terms[0]
    if fit.clusters is None:
        w = 1.0 / (effects.vi + tau2)
        vcov = np.linalg.inv((design.X * w[:, None]).T @ design.X)
    else:
        vcov = fit.vcov
    columns = list(term.columns)
    inverse = np.linalg.inv(vcov[np.ix_(columns, columns)])
    need = noncentrality(len(columns), fit.estimate.df, alpha=alpha, power=power)
    if term.levels is None:
        if len(columns) != 1:
            return None
        slope = float(np.sqrt(need / inverse[0, 0]))
        spread = float(design.X[:, columns[0]].std(ddof=1))
        return Detectable(slope * spread, slope, None, power, alpha, tau2)
    contrast, levels = _hardest_pair(term, inverse, need)
    return Detectable(contrast, None, levels, power, alpha, tau2)


def _hardest_pair(term: Term, inverse: Float, need: float) -> tuple[float, tuple[str, str]]:
    assert term.levels is not None
    worst, names = 0.0, (term.levels[0], term.levels[1])
    for one, other in combinations(range(len(term.levels)), 2):
        means = np.zeros(len(term.levels))
        means[one], means[other] = -0.5, 0.5
        u = means[1:] - means[0]
        difference = float(np.sqrt(need / (u @ inverse @ u)))
        if difference > worst:
            worst, names = difference, (term.levels[one], term.levels[other])
    return worst, names
