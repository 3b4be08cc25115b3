"""Power of planned studies by formula, with tau2 taken as known.

Sources: Hedges & Pigott 2001, 10.1037/1082-989X.6.3.203 (mean, heterogeneity); Hedges & Pigott 2004,
10.1037/1082-989X.9.4.426 (moderators). In practice tau2 is estimated, which costs power when studies are few
(Jackson & Turner 2017, 10.1002/jrsm.1240): ``simulate`` says how much.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rupmeta.numerics.distributions import chi2_quantile, normal_cdf, two_sided_quantile

__all__ = [
    "noncentral_tails",
    "power_of_contrast",
    "power_of_mean",
    "power_of_q",
    "power_of_slope",
    "power_of_wald",
    "sampling_variance",
    "tau2_of",
]

Float = NDArray[np.float64]
LARGE = 36.0


def sampling_variance(measure: str, n: float, effect: float) -> float:
    """Variance of one effect of ``n`` people.

    ZCOR: 1/(n - 3). SMD of two equal groups: 4/n + d²/(2n). Raises ``ValueError`` for another measure or for
    too few people.
    """
    if measure == "ZCOR":
        if n <= 3:
            raise ValueError("a correlation needs more than 3 people")
        return 1.0 / (n - 3.0)
    if measure == "SMD":
        if n < 4:
            raise ValueError("two groups need at least 4 people")
        return 4.0 / n + effect**2 / (2.0 * n)
    raise ValueError(f"{measure} has no planned variance; plan on ZCOR or SMD")


def tau2_of(I2: float, vi: Float) -> float:
    """The tau2 at which I² (a proportion below 1) of the variance is between studies: vt·I²/(1 - I²).

    vt is the typical variance of Higgins and Thompson 2002, (k - 1)Σw/((Σw)² - Σw²), w = 1/vi.
    """
    w = 1.0 / vi
    typical = (
        float(vi[0]) if len(vi) == 1 else float((len(vi) - 1) * w.sum() / (w.sum() ** 2 - (w * w).sum()))
    )
    return typical * I2 / (1.0 - I2)


def power_of_wald(noncentrality: float, df1: float, df2: float | None, level: float = 0.95) -> float:
    """Probability that a chi-square (``df2`` None) or F test is significant: 1 - F(c; df1, df2, λ)."""
    from scipy import special  # noncentral distributions live there

    alpha = 1.0 - level
    if df2 is None:
        critical = float(special.chdtri(df1, alpha))
        return float(1.0 - special.chndtr(critical, df1, noncentrality))
    critical = float(special.fdtri(df1, df2, level))
    return float(1.0 - special.ncfdtr(df1, df2, noncentrality, critical))


def power_of_mean(
    delta: float, vi: Float, tau2: float, *, test: str = "z", level: float = 0.95, beyond: float = 0.0
) -> float:
    """Probability that the interval of the mean of k studies lies beyond ``beyond``, true mean ``delta``.

    V = 1/Σ 1/(vi + tau2); with the normal distribution Φ(λ - c) + Φ(-λ - c), λ = (delta - beyond)/√V, else
    the noncentral t on k - 1 degrees of freedom. ``beyond`` 0: on either side of no effect; else only the
    side of ``delta`` counts, the interval excludes what lies nearer to nothing.

    Pigott 2012, section 4.3.4: ten studies of twenty people and d = .2 have a power of .29.

    >>> v = sampling_variance("SMD", 20, 0.2)
    >>> round(power_of_mean(0.2, np.full(10, v), 0.0), 2)
    0.29
    """
    k = len(vi)
    error = float(1.0 / np.sqrt((1.0 / (vi + tau2)).sum()))
    shift = (delta - beyond) / error
    if beyond < 0 or (beyond == 0 and delta < 0):
        shift = -shift
    if test == "z" or k == 1:
        critical = two_sided_quantile(level)
        upper = normal_cdf(shift - critical)
        return upper + (normal_cdf(-shift - critical) if beyond == 0 else 0.0)
    df = float(k - 1)
    tails = noncentral_tails(np.array(df), np.array(shift), np.array(two_sided_quantile(level, df)))
    return float(tails[0]) + (float(tails[1]) if beyond == 0 else 0.0)


def noncentral_tails(df: Float, shift: Float, critical: Float) -> tuple[Float, Float]:
    """P(T > c) and P(T < -c) of the noncentral t.

    A shift beyond 36, where scipy's function fails, is taken as 36; a tail too small for it is 0.
    """
    from scipy import special

    held = np.clip(shift, -LARGE, LARGE)
    below, lower = (special.nctdtr(df, held, side) for side in (critical, -critical))
    return np.asarray(1.0 - np.nan_to_num(below)), np.asarray(np.nan_to_num(lower))


def power_of_q(vi: Float, tau2: float, level: float = 0.95) -> float:
    """Probability that Q is significant when true effects vary by ``tau2``.

    Q is a sum of chi-squares; it is taken as a multiple of one with its mean and variance, E = k - 1 + cτ²
    and Var = 2(k - 1) + 4cτ² + 2(Σw² - 2Σw³/Σw + (Σw²)²/(Σw)²)τ⁴, c = Σw - Σw²/Σw, w = 1/vi, which is exact
    for equal variances.
    """
    from scipy import special

    k, w = len(vi), 1.0 / vi
    if k < 2:
        return 0.0
    s1, s2, s3 = float(w.sum()), float((w**2).sum()), float((w**3).sum())
    c = s1 - s2 / s1
    mean = k - 1 + c * tau2
    variance = 2.0 * (k - 1) + 4.0 * c * tau2 + 2.0 * (s2 - 2.0 * s3 / s1 + s2**2 / s1**2) * tau2**2
    scale, df = variance / (2.0 * mean), 2.0 * mean**2 / variance
    critical = chi2_quantile(1.0 - level, float(k - 1))
    return float(special.chdtrc(df, critical / scale))


def power_of_contrast(
    contrast: float, groups: Sequence[Float], tau2: float, *, test: str = "z", level: float = 0.95
) -> float:
    """Probability that two subgroups of studies differ, their true means ``contrast`` apart.

    λ = contrast²/(V₁ + V₂), Vⱼ = 1/Σ 1/(vi + tau2); chi-square on 1, or F on 1 and k - 2.
    """
    V = sum(float(1.0 / (1.0 / (vi + tau2)).sum()) for vi in groups)
    df = None if test == "z" else float(sum(len(vi) for vi in groups) - 2)
    if df is not None and df < 1:
        return 0.0
    return power_of_wald(contrast**2 / V, 1.0, df, level)


def power_of_slope(
    slope: float, x: Float, vi: Float, tau2: float, *, test: str = "z", level: float = 0.95
) -> float:
    """Probability that the slope on ``x`` is significant: λ = slope²·Σw(x - x̄)², w = 1/(vi + tau2)."""
    w = 1.0 / (vi + tau2)
    centre = float((w * x).sum() / w.sum())
    df = None if test == "z" else float(len(vi) - 2)
    if df is not None and df < 1:
        return 0.0
    return power_of_wald(slope**2 * float((w * (x - centre) ** 2).sum()), 1.0, df, level)
