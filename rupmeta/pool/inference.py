"""How standard errors are scaled and which distribution judges them; the registry is ``TESTS``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.numerics.distributions import chi2_p, f_p
from rupmeta.results import Test

__all__ = ["TESTS", "Scaling", "wald_test"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scaling:
    """``factor(s2)`` multiplies (X'WX)⁻¹; ``student`` says t with k - p degrees of freedom, else normal.

    s2 = y'Py / (k - p). Sources: Knapp & Hartung 2003, 10.1002/sim.1482; the floor at 1: Röver et al. 2015,
    10.1186/s12874-015-0091-1.
    """

    factor: Callable[[Float], Float]
    student: bool


TESTS: dict[str, Scaling] = {
    "z": Scaling(np.ones_like, student=False),
    "t": Scaling(np.ones_like, student=True),
    "knha": Scaling(lambda s2: s2, student=True),
    "adhoc": Scaling(lambda s2: np.maximum(1.0, s2), student=True),
}


def wald_test(beta: Float, vcov: Float, df: float | None) -> Test:
    """Wald test that all of ``beta`` (s,) are 0: chi-square on s, or F on s and ``df``."""
    s = len(beta)
    stat = float(beta @ np.linalg.solve(vcov, beta))
    if df is None:
        return Test(stat, s, None, chi2_p(stat, s))
    return Test(stat / s, s, df, f_p(stat / s, s, df))
