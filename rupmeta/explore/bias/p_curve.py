"""p-curve: do the significant results themselves look like the finding of a true effect?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, log_ndtr, ndtri_exp

from rupmeta.errors import EstimationError
from rupmeta.explore.bias.oriented import SIGNIFICANT, Oriented, require
from rupmeta.numerics.distributions import normal_cdf, normal_quantile

__all__ = ["PCurve", "SkewTest", "fit_p_curve"]

Float = NDArray[np.float64]
BINS = (0.01, 0.02, 0.03, 0.04, 0.05)
LOW_POWER = 1.0 / 3.0
POWERS = (0.051, 0.99)
LOG_TWO = float(np.log(2.0))


@dataclass(frozen=True, slots=True)
class SkewTest:
    """Stouffer's Z of the pp values and its one-sided p; negative Z speaks for the tested skew."""

    z: float
    pval: float


@dataclass(frozen=True, slots=True)
class PCurve:
    """The distribution of p values below .05.

    ``shares``: percent per bin of .01, ``expected_null`` (20 each) and ``expected_low`` (33 % power) to hold
    them against. ``right_skew``, ``flatness``: full curve (p < .05) and half curve (p < .025; None when it
    is empty); ``binomial_right``, ``binomial_flat``: the share of p < .025. ``power``: estimate and 90 %
    limits, percent. ``used`` significant results in the pooled direction, ``opposite`` significant ones
    against it and ``others`` not significant: both left out.
    """

    used: int
    half: int
    opposite: int
    others: int
    shares: tuple[float, ...]
    expected_low: tuple[float, ...]
    right_skew: SkewTest
    right_skew_half: SkewTest | None
    flatness: SkewTest
    flatness_half: SkewTest | None
    binomial_right: float
    binomial_flat: float
    power: float
    power_lb: float
    power_ub: float

    @property
    def evidential_value(self) -> bool:
        """Half curve p < .05, or both curves p < .1 (Simonsohn et al. 2015)."""
        half = self.right_skew_half
        if half is None:
            return False
        return half.pval < 0.05 or (half.pval < 0.1 and self.right_skew.pval < 0.1)

    @property
    def inadequate(self) -> bool:
        """Flatter than 33 % power: the full curve p < .05, or half curve and binomial p < .1."""
        half = self.flatness_half
        if self.flatness.pval < 0.05:
            return True
        return half is not None and half.pval < 0.1 and self.binomial_flat < 0.1


def fit_p_curve(data: Oriented) -> PCurve:
    """p-curve analysis (Simonsohn et al. 2014, 10.1037/a0033242; 2015, 10.1037/xge0000104).

    One two-sided p value for every independent sample, z = y/√v; only results that are significant in the
    direction of the pooled effect are used. Without a true effect p is uniform below .05, so pp = p/.05 is
    too; Stouffer's Z = ΣΦ⁻¹(pp)/√m. Flatness: pp under the noncentrality of 33 % power. Power is that under
    which Z is 0, its 90 % limits where Z is ±1.645. It asks whether anything is there, not how much.

    Raises ``EstimationError`` for fewer than 3 significant results.
    """
    require(data.k, "a p-curve")
    critical = -normal_quantile(SIGNIFICANT)
    z = data.z[data.significant]
    opposite = int(np.count_nonzero(data.z <= -critical))
    if len(z) < 3:
        count = "1 result is" if len(z) == 1 else f"{len(z)} results are"
        raise EstimationError(
            f"{count} significant in the direction of the pooled effect: a p-curve needs at least 3", "K-ASYM"
        )
    p = 2.0 * normal_cdf(-z)
    edges = np.array([0.0, *BINS])
    shares = 100.0 * np.histogram(p, edges)[0] / len(z)
    shares[-1] += 100.0 * np.count_nonzero(p > edges[-1]) / len(z)  # the limit itself, by rounding
    half = z[p < SIGNIFICANT]
    below = len(half)
    low = _noncentrality(LOW_POWER)
    half_cut = -normal_quantile(SIGNIFICANT / 2.0)
    at_low = _survival(-np.asarray(normal_quantile(edges[1:] / 2.0)), low)
    expected = 100.0 * np.diff(np.concatenate([[0.0], at_low])) / LOW_POWER
    chance_low = float(_survival(np.array([half_cut]), low)[0]) / LOW_POWER
    m = len(z)
    return PCurve(
        used=m,
        half=below,
        opposite=opposite,
        others=data.k - m - opposite,
        shares=tuple(map(float, shares)),
        expected_low=tuple(map(float, expected)),
        right_skew=_stouffer(_log_null(z, critical)),
        right_skew_half=_stouffer(_log_null(half, half_cut)) if below else None,
        flatness=_stouffer(_log_tail(z, low, critical), -1.0),
        flatness_half=_stouffer(_log_tail(half, low, half_cut), -1.0) if below else None,
        binomial_right=float(bdtrc(below - 1, m, 0.5)) if below else 1.0,
        binomial_flat=float(bdtr(below, m, chance_low)),
        power=_power_at(z, critical, 0.0),
        power_lb=_power_at(z, critical, normal_quantile(0.05)),
        power_ub=_power_at(z, critical, normal_quantile(0.95)),
    )


def _log_null(z: Float, cut: float) -> Float:
    """log pp without an effect: how extreme z is among results beyond ``cut``; small speaks for skew."""
    return np.asarray(log_ndtr(-z) - log_ndtr(-cut))


def _log_tail(z: Float, ncp: float, cut: float) -> Float:
    """log of the share of results beyond ``cut`` that are more extreme than z, under ``ncp``."""

    def log_survival(x: Float) -> Float:
        return np.asarray(np.logaddexp(log_ndtr(ncp - x), log_ndtr(-ncp - x)))

    return log_survival(z) - log_survival(np.array(cut))


def _survival(z: Float, ncp: float) -> Float:
    """P(\\|Z\\| > z) for Z ~ N(ncp, 1)."""
    return np.asarray(normal_cdf(ncp - z)) + np.asarray(normal_cdf(-ncp - z))


def _stouffer(log_share: Float, sign: float = 1.0) -> SkewTest:
    """Z = sign·ΣΦ⁻¹(share)/√m; with sign −1 of the shares' complements, without ever forming 1 − share."""
    z = sign * float(np.sum(ndtri_exp(np.minimum(log_share, -1e-16)))) / float(np.sqrt(len(log_share)))
    return SkewTest(z, normal_cdf(z))


def _noncentrality(power: float) -> float:
    """The mean of z at which a two-sided .05 test has this power, by bisection."""
    critical, low, high = -normal_quantile(SIGNIFICANT), 0.0, 10.0
    while high - low > 1e-13:
        middle = 0.5 * (low + high)
        reached = float(_survival(np.array([critical]), middle)[0])
        low, high = (middle, high) if reached < power else (low, middle)
    return 0.5 * (low + high)


def _power_at(z: Float, critical: float, target: float) -> float:
    """The power, percent, under which Stouffer's Z of the tail shares equals ``target``; held to 5.1–99."""

    def stouffer(power: float) -> float:
        return _stouffer(_log_tail(z, _noncentrality(power), critical)).z

    low, high = POWERS
    if stouffer(low) >= target:
        return 100.0 * low
    if stouffer(high) <= target:
        return 100.0 * high
    while high - low > 1e-9:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if stouffer(middle) < target else (low, middle)
    return 50.0 * (low + high)
