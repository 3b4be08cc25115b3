"""How strong unmeasured confounding would have to be to bring an association down to a given value.

Two scales. On the correlation's own, a confounder is known by its correlation c with repair and with outcome,
the same for both and the same in every study: a true correlation r is then seen as r(1 - c²) + c² (Frank
2000, 10.1177/0049124100029002001). On log risk ratios, a common bias B is subtracted from every true effect
(Mathur & VanderWeele 2020, 10.1080/01621459.2018.1529598) and turned into the strength of a confounder (the
E-value of VanderWeele & Ding 2017, 10.7326/M16-2607). Nothing here says that confounding is there, or that
without it an association would be an effect.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.numerics.distributions import normal_cdf, normal_quantile, two_sided_quantile
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.fit import MethodName
from rupmeta.results import Interval

__all__ = [
    "Bias",
    "Curve",
    "Share",
    "calibrate",
    "calibrated_share",
    "confounder_for",
    "confounding_curve",
    "e_value",
    "far_from_normal",
    "share_beyond",
    "strength_of",
    "to_fisher_z",
    "to_log_risk_ratio",
    "tolerate",
]

Float = NDArray[np.float64]

LOGISTIC = math.pi / math.sqrt(3.0)
D_TO_LOG_RR = 0.91  # a standardised difference as the log risk ratio of a common outcome (VanderWeele & Ding)
CURVE_TO, CURVE_POINTS = 0.6, 61
REPLICATES = 1000
FEW = 10


@dataclass(frozen=True, slots=True)
class Share:
    """The share of true effects beyond a threshold, with its interval (None: there is none).

    ``method``: ``normal``, ``calibrated`` (from the studies' calibrated effects), or ``point`` where tau2 is
    0 and all true effects are taken as equal, so that the share is 0 or 1.
    """

    share: float
    interval: Interval | None
    method: str


@dataclass(frozen=True, slots=True)
class Bias:
    """The common bias that leaves ``share`` of the true effects beyond the threshold.

    ``T``: as a risk ratio; ``G``: the risk ratio that joins the confounder to both sides. 1: none is needed.
    """

    share: float
    T: float
    G: float


@dataclass(frozen=True, slots=True)
class Curve:
    """What confounders of correlation ``c`` (m,) with both sides would leave.

    ``mean``, ``lb``, ``ub``: of the true correlation; ``share`` of true correlations above the threshold.
    """

    c: tuple[float, ...]
    mean: tuple[float, ...]
    lb: tuple[float, ...]
    ub: tuple[float, ...]
    share: tuple[float, ...]


def strength_of(T: float) -> float:
    """G = T + sqrt(T² - T): risk ratio of the confounder with either side that gives a bias of T >= 1."""
    return T + math.sqrt(T * T - T) if T > 1.0 else 1.0


def e_value(log_rr: float) -> float:
    """The E-value of a log risk ratio in either direction: ``strength_of(exp(|log_rr|))``.

    >>> round(e_value(0.2702370), 4)
    1.9479
    """
    return strength_of(math.exp(abs(log_rr)))


def confounder_for(r: float, target: float = 0.0) -> float | None:
    """The c that brings a correlation ``r`` down to ``target``: sqrt((r - target) / (1 - target)).

    None where r is not above the target: no confounder of this kind is needed.

    >>> round(confounder_for(0.29), 4), round(confounder_for(0.1), 4)
    (0.5385, 0.3162)
    """
    return math.sqrt((r - target) / (1.0 - target)) if r > target else None


def share_beyond(
    mean: float, tau2: float, threshold: float, *, se: float, se_tau2: float | None, level: float = 0.95
) -> Share:
    """Share of true effects N(mean, tau2) above ``threshold``: 1 - Φ(x), x = (threshold - mean) / tau.

    Its standard error is φ(x)·sqrt(se²/tau2 + se(tau2)²x²/(4·tau2²)) (Mathur & VanderWeele 2020); the
    interval is held inside 0 and 1.
    """
    if tau2 <= 0:
        return Share(float(mean > threshold), None, "point")
    x = (threshold - mean) / math.sqrt(tau2)
    share = normal_cdf(-x)
    if se_tau2 is None:
        return Share(share, None, "normal")
    density = math.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
    error = density * math.sqrt(se**2 / tau2 + se_tau2**2 * x * x / (4.0 * tau2**2))
    half = two_sided_quantile(level) * error
    return Share(share, Interval(max(0.0, share - half), min(1.0, share + half), level), "normal")


def tolerate(mean: float, tau2: float, threshold: float, shares: Sequence[float]) -> tuple[Bias, ...]:
    """The bias that leaves each of ``shares`` beyond ``threshold``, all on log risk ratios.

    T = exp(Φ⁻¹(1 - share)·tau - threshold + mean), G = T + sqrt(T² - T); 1 where none is needed.
    """
    tau = math.sqrt(max(tau2, 0.0))
    found = []
    for share in shares:
        T = max(1.0, math.exp(normal_quantile(1.0 - share) * tau - threshold + mean))
        found.append(Bias(share, T, strength_of(T)))
    return tuple(found)


def confounding_curve(
    mean: float, lb: float, ub: float, tau2: float, threshold: float, c: Sequence[float] | None = None
) -> Curve:
    """What a confounder leaves of the mean correlation and of the share above ``threshold``, over c in
    [0, .6].

    ``mean``, ``lb``, ``ub``, ``tau2`` on Fisher's z, ``threshold`` a correlation. r becomes (r - c²)/(1 - c²)
    and the share above the threshold that of seen correlations above threshold·(1 - c²) + c².
    """
    grid = np.linspace(0.0, CURVE_TO, CURVE_POINTS) if c is None else np.asarray(c, dtype=np.float64)
    square = grid**2

    def left(z: float) -> tuple[float, ...]:
        return tuple(((math.tanh(z) - square) / (1.0 - square)).tolist())

    cut = np.arctanh(threshold * (1.0 - square) + square)
    above: Float = (mean > cut).astype(np.float64)
    share = normal_cdf((mean - cut) / math.sqrt(tau2)) if tau2 > 0 else above
    return Curve(tuple(grid.tolist()), left(mean), left(lb), left(ub), tuple(share.tolist()))


def calibrate(yi: Float, vi: Float, mean: float, tau2: float) -> Float:
    """Effects drawn to the mean until they spread like the true ones: mean + sqrt(tau2/(tau2 + v))(y - mean).

    Shape (k,). Source: Mathur & VanderWeele 2020, Epidemiology 31(3).
    """
    calibrated: Float = mean + np.sqrt(tau2 / (tau2 + vi)) * (yi - mean)
    return calibrated


def calibrated_share(
    yi: Float,
    vi: Float,
    threshold: float,
    *,
    method: MethodName,
    clusters: Sequence[str] | None = None,
    level: float = 0.95,
    seed: int = 20260101,
) -> Share:
    """Share of calibrated effects above ``threshold`` with a bootstrap over clusters (percentile interval).

    1,000 seeded resamples of whole clusters (by default every row is one), in each of which mean and tau2 are
    estimated anew (Mathur & VanderWeele 2020, 10.1097/EDE.0000000000001180).
    """
    fit = fit_batch(yi, vi, method=method)
    calibrated = calibrate(yi, vi, float(fit.beta[0, 0]), float(fit.tau2[0]))
    names = list(range(len(yi))) if clusters is None else list(clusters)
    _, cluster = np.unique(names, return_inverse=True)
    J = int(cluster.max()) + 1
    drawn = np.random.default_rng(seed).multinomial(J, np.full(J, 1.0 / J), size=REPLICATES)
    counts = drawn[:, cluster].astype(np.float64)
    again = fit_batch(yi, vi, counts=counts, method=method)
    usable = ~np.isnan(again.tau2)
    mean, tau2 = again.beta[usable, :1], again.tau2[usable, None]
    moved = mean + np.sqrt(tau2 / (tau2 + vi)) * (yi - mean)
    shares = (counts[usable] * (moved > threshold)).sum(axis=1) / counts[usable].sum(axis=1)
    tail = 0.5 * (1.0 - level)
    lb, ub = np.quantile(shares, [tail, 1.0 - tail])
    return Share(float(np.mean(calibrated > threshold)), Interval(float(lb), float(ub), level), "calibrated")


def far_from_normal(yi: Float, vi: Float, mean: float, tau2: float) -> float:
    """p value of Anderson and Darling's test that (y - mean)/sqrt(v + tau2) are normal, both moments fitted.

    A² with Stephens' small-sample factor and D'Agostino's approximation to its tail (D'Agostino & Stephens
    1986, Table 4.9). 1 for fewer than 8 effects, where the approximation does not hold, or no spread.
    """
    k = len(yi)
    x = np.sort((yi - mean) / np.sqrt(vi + tau2))
    spread = float(x.std(ddof=1)) if k > 1 else 0.0
    if k < 8 or spread == 0:
        return 1.0
    z = (x - x.mean()) / spread
    lower, upper = np.log(normal_cdf(z)), np.log(normal_cdf(-z[::-1]))
    weights = 2.0 * np.arange(1, k + 1) - 1.0
    a = (-k - float(np.mean(weights * (lower + upper)))) * (1.0 + 0.75 / k + 2.25 / k**2)
    if a >= 0.6:
        return min(1.0, math.exp(1.2937 - 5.709 * a + 0.0186 * a * a))
    if a >= 0.34:
        return math.exp(0.9177 - 4.279 * a - 1.38 * a * a)
    if a >= 0.2:
        return 1.0 - math.exp(-8.318 + 42.796 * a - 59.938 * a * a)
    return 1.0 - math.exp(-13.436 + 101.14 * a - 223.73 * a * a)


#: Measures that have a Fisher z: as they are, of a correlation, of two equal groups, of odds.
_Z, _R = ("ZCOR", "ZPCOR", "ZPB", "ZPHI"), ("COR", "PCOR", "RPB", "PHI")
_D = ("SMD", "SMDH")


def to_fisher_z(measure: str, yi: Float, vi: Float) -> tuple[Float, Float] | None:
    """Effects and variances on Fisher's z; None for a measure that has no correlation.

    r: atanh r, V/(1 - r²)². d of two equal groups: asinh(d/2), V/(d² + 4). ln OR: through d = ln OR·√3/π.
    """
    if measure in _Z:
        return yi, vi
    if measure in _R:
        return np.arctanh(yi), vi / (1.0 - yi**2) ** 2
    if measure == "OR":
        yi, vi = yi / LOGISTIC, vi / LOGISTIC**2
    elif measure not in _D:
        return None
    return np.arcsinh(0.5 * yi), vi / (yi**2 + 4.0)


def to_log_risk_ratio(measure: str, yi: Float, vi: Float) -> tuple[Float, Float] | None:
    """Effects and variances as log risk ratios; None for a measure that has none.

    z: .91·2·sinh z with V·(.91·2·cosh z)²; d: .91·d; ln OR of a common outcome: half of it; ln RR as it is.
    """
    if measure == "RR":
        return yi, vi
    if measure == "OR":
        return 0.5 * yi, 0.25 * vi
    if measure in _D:
        return D_TO_LOG_RR * yi, D_TO_LOG_RR**2 * vi
    on_z = to_fisher_z(measure, yi, vi)
    if on_z is None:
        return None
    z, v = on_z
    return D_TO_LOG_RR * 2.0 * np.sinh(z), (D_TO_LOG_RR * 2.0 * np.cosh(z)) ** 2 * v
