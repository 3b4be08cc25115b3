"""Sensitivity to publication bias in the worst case: how strong would selection have to be?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.explore.bias.oriented import Oriented, require
from rupmeta.numerics.distributions import two_sided_quantile
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.fit import Fit, MethodName, TestName, fit_effects
from rupmeta.results import Estimate

__all__ = ["Corrected", "WorstCase", "bound_worst_case"]

Float = NDArray[np.float64]
RATIOS = (1.0, 2.0, 4.0, 10.0, 30.0, 100.0)
MOST = 1e6  # a ratio beyond which selection is as good as total


@dataclass(frozen=True, slots=True)
class Corrected:
    """The answer if significant results in the pooled direction were ``ratio`` times as likely published."""

    ratio: float
    estimate: Estimate


@dataclass(frozen=True)
class WorstCase:
    """Corrected estimates by selection ratio, and the ratio that would be needed.

    ``severity_estimate``, ``severity_limit``: ratio at which the estimate, and its interval, reach ``target``
    (1: they reach it as it is; None: no selection in favour of significant results is strong enough).
    ``others_only``: the fit of the results that are not significant in the pooled direction, the limit of
    infinite selection; None without them. ``affirmative`` and ``others`` count the results.
    """

    corrected: tuple[Corrected, ...]
    others_only: Fit | None
    affirmative: int
    others: int
    target: float
    severity_estimate: float | None
    severity_limit: float | None


def bound_worst_case(
    effects: Effects,
    data: Oriented,
    *,
    ratios: Sequence[float] = RATIOS,
    target: float = 0.0,
    method: MethodName = "REML",
    test: TestName = "adhoc",
    level: float = 0.95,
) -> WorstCase:
    """Mathur & VanderWeele (2020, 10.1111/rssc.12440): bounds without a model of the effects.

    If results significant in the pooled direction are η times as likely to be published as all others, the
    mean of the population is Σπwy/Σπw with π = η for the others, 1 for the affirmative, w = 1/(v + τ²) and
    τ² of the uncorrected fit. Its standard error is robust (CR2, Satterthwaite df, working variance v + τ²).
    The severity is the η at which the estimate, or the limit nearest to it, is ``target`` (on the analysis
    scale). As η → ∞ only the non-affirmative results count: the worst case.
    """
    require(data.k, "the worst case of publication bias")
    affirmative = data.significant
    aim = data.sign * target
    tau2 = float(fit_batch(data.y, data.v, method=method).tau2[0])
    others = np.flatnonzero(~affirmative)
    found = tuple(Corrected(ratio, _turned(_correct(data, ratio, tau2, level), data)) for ratio in ratios)
    fit = (
        fit_effects(effects.take(others.tolist()), method=method, test=test, level=level)
        if others.size
        else None
    )

    def centre(ratio: float) -> float:
        return _correct(data, ratio, tau2, level).estimate - aim

    def limit(ratio: float) -> float:
        corrected = _correct(data, ratio, tau2, level)
        half = two_sided_quantile(level, corrected.df) * corrected.se
        return corrected.estimate - half - aim

    return WorstCase(
        found,
        fit,
        int(affirmative.sum()),
        int(others.size),
        target,
        _severity(centre, affirmative),
        _severity(limit, affirmative),
    )


def _correct(data: Oriented, ratio: float, tau2: float, level: float) -> Estimate:
    """Weighted mean with its bias-reduced standard error and Satterthwaite degrees of freedom."""
    spread = data.v + tau2
    w = np.where(data.significant, 1.0, ratio) / spread
    share = w / w.sum()
    mean = float(share @ data.y)
    residual = data.y - mean
    # CR2 for an intercept and clusters of one: A² · var(residual) = working variance.
    own = spread * (1.0 - 2.0 * share) + float(share**2 @ spread)
    scale = np.sqrt(spread / own)
    se = float(np.sqrt(np.sum((share * scale * residual) ** 2)))
    G = (np.eye(data.k) - share[:, None]) * (share * scale)  # column i: influence of residual i
    K = G.T @ (spread[:, None] * G)
    df = float(np.trace(K) ** 2 / np.sum(K**2))
    return Estimate(f"selection ratio {ratio:g}", mean, se, df, level)


def _turned(estimate: Estimate, data: Oriented) -> Estimate:
    return Estimate(estimate.label, data.sign * estimate.estimate, estimate.se, estimate.df, estimate.level)


def _severity(distance: Callable[[float], float], affirmative: NDArray[np.bool_]) -> float | None:
    """The ratio at which ``distance`` falls to 0, by halving on its logarithm."""
    if distance(1.0) <= 0:
        return 1.0
    if affirmative.all() or distance(MOST) > 0:
        return None
    low, high = 0.0, float(np.log(MOST))
    while high - low > 1e-10:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if distance(float(np.exp(middle))) > 0 else (low, middle)
    return float(np.exp(0.5 * (low + high)))
