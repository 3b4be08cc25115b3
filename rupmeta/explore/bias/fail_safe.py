"""Fail-safe numbers: how many unpublished null results would change the conclusion."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.explore.bias.oriented import require
from rupmeta.numerics.distributions import normal_quantile
from rupmeta.numerics.fit import fit_batch

__all__ = ["TARGETS", "FailSafe", "count_null_studies"]

Float = NDArray[np.float64]
ALPHA = 0.05
#: A correlation of .10 on the scale of each measure: the effect that Orwin's number falls to.
SMALL = 0.1
SMALL_D = 2.0 * SMALL / math.sqrt(1.0 - SMALL**2)
TARGETS = (
    dict.fromkeys(("ZCOR", "ZPCOR", "ZPHI", "ZPB"), math.atanh(SMALL))
    | dict.fromkeys(("COR", "PCOR", "RPB", "RBIS", "PHI"), SMALL)
    | dict.fromkeys(("SMD", "SMDH"), SMALL_D)
    | {"OR": SMALL_D * math.pi / math.sqrt(3.0)}
)
MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class FailSafe:
    """Numbers of unseen null studies; 0: none is needed. ``orwin`` None: no ``target`` to fall to.

    ``general`` None: more than ten million. ``target`` is on the analysis scale.
    """

    rosenthal: int
    orwin: int | None
    rosenberg: int
    general: int | None
    target: float | None


def count_null_studies(effects: Effects, *, target: float | None = None) -> FailSafe:
    """The four fail-safe numbers.

    Rosenthal (1979, 10.1037/0033-2909.86.3.638): (Σz)²/z²_{.95} − k for Stouffer's combined test, z = y/√v.
    Orwin (1983, 10.3102/10769986008002157): k(|μ| − t)/t until the common-effect mean is ``target`` = t.
    Rosenberg (2005, 10.1111/j.0014-3820.2005.tb01004.x): ((Σwy/z_{.975})² − Σw)/w̄, w = 1/v, until the
    common-effect test is not significant. General: the smallest N for which the random-effects z test (REML)
    with N null effects of variance 1/w̄ has p ≥ .05. Each assumes that what is missing averages exactly zero.
    """
    require(effects.k, "a fail-safe number")
    yi, vi, k = effects.yi, effects.vi, effects.k
    w = 1.0 / vi
    one, two = normal_quantile(1.0 - ALPHA), normal_quantile(1.0 - ALPHA / 2.0)
    rosenthal = (float(np.sum(yi / np.sqrt(vi))) / one) ** 2 - k
    rosenberg = ((float(w @ yi) / two) ** 2 - float(w.sum())) / float(w.mean())
    common = abs(float(w @ yi) / float(w.sum()))
    orwin = None if not target else max(0, math.ceil(k * (common - abs(target)) / abs(target) - 1e-9))
    return FailSafe(
        rosenthal=max(0, math.ceil(rosenthal)),
        orwin=orwin,
        rosenberg=max(0, math.ceil(rosenberg)),
        general=_general(yi, vi, two),
        target=target,
    )


def _general(yi: Float, vi: Float, critical: float) -> int | None:
    """Smallest N at which the random-effects test loses its significance: bracket, then halve."""
    fit = fit_batch(yi, vi, method="REML")
    mu, tau2 = float(fit.beta[0, 0]), float(fit.tau2[0])
    k, v0 = len(yi), 1.0 / float(np.mean(1.0 / vi))

    def significant(N: int) -> bool:
        if N == 0:
            return abs(mu) / float(np.sqrt(fit.vcov[0, 0, 0])) > critical
        mean = k * mu / (k + N)
        spread = (k - 1.0) * tau2 + max(0, N - 1) * tau2 + k * (mu - mean) ** 2 + N * mean**2
        tau2_N = max(0.0, spread / (k + N - 1.0))
        w = 1.0 / (vi + tau2_N)
        z = abs(float(w @ yi)) / math.sqrt(float(w.sum()) + N / (v0 + tau2_N))
        return z > critical

    if not significant(0):
        return 0
    low, high = 0, 1
    while significant(high):
        low, high = high, 2 * high
        if high > MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if significant(middle) else (low, middle)
    return high
