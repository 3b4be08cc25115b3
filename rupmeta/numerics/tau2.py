"""Estimators of tau2, the variance of true effects; the registry is ``TAU2``.

Every estimator maps the fixed-effect fit of a batch (weights 1/v) to tau2 and its standard error, each (B,).
Notation: w = 1/(v + tau2), P = W - WX(X'WX)⁻¹X'W. Sources: DerSimonian & Laird 1986; Viechtbauer 2005; Sidik
& Jonkman 2005; Paule & Mandel 1982; Veroniki et al. 2016.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.numerics.batch import Batch, Weighted
from rupmeta.numerics.linear import dot
from rupmeta.numerics.roots import solve_decreasing

__all__ = ["TAU2", "Estimator", "generalised_q_step", "likelihood_step"]

Float = NDArray[np.float64]
Pair = tuple[Float, Float]
SCAN_RATIO = 2.4  # between neighbouring points where the likelihood is scanned for its highest peak


@dataclass(frozen=True, slots=True)
class Estimator:
    """``estimate(fixed)`` gives tau2, ``error(fixed, tau2)`` its standard error; NaN where there is none.

    ``fixed`` is the fit with weights 1/v; ``restricted`` says which likelihood belongs to the estimator.
    """

    estimate: Callable[[Weighted], Float]
    error: Callable[[Weighted, Float], Float]
    restricted: bool = False


def _floor(tau2: Float) -> Float:
    return np.maximum(tau2, 0.0)


def _error_of_Q(fixed: Weighted, tau2: Float) -> Float:
    """Standard deviation of Q when the true variance is ``tau2``."""
    trace_P, trace_PP = fixed.traces()
    return np.sqrt(2.0 * fixed.batch.df + 4.0 * tau2 * trace_P + 2.0 * tau2**2 * trace_PP)


def _dl(fixed: Weighted) -> Float:
    return _floor((fixed.yPy() - fixed.batch.df) / fixed.trace_P())


def _dl_error(fixed: Weighted, tau2: Float) -> Float:
    return _error_of_Q(fixed, tau2) / fixed.trace_P()


def _he(fixed: Weighted) -> Float:
    batch, plain = fixed.batch, fixed.batch.unweighted()
    return _floor((plain.yPy() - plain.trace_P(batch.V)) / batch.df)


def _he_error(fixed: Weighted, tau2: Float) -> Float:
    batch, plain, V = fixed.batch, fixed.batch.unweighted(), fixed.batch.V
    variance = 2.0 * plain.trace_PP(V, V) + 4.0 * tau2 * plain.trace_P(V) + 2.0 * tau2**2 * batch.df
    return np.sqrt(variance) / batch.df


def _hs(fixed: Weighted) -> Float:
    return _floor((fixed.yPy() - fixed.batch.k) / fixed.sum_w())


def _hs_error(fixed: Weighted, tau2: Float) -> Float:
    return _error_of_Q(fixed, tau2) / fixed.sum_w()


def _hsk(fixed: Weighted) -> Float:
    batch = fixed.batch
    return _floor((batch.k / batch.df * fixed.yPy() - batch.k) / fixed.sum_w())


def _hsk_error(fixed: Weighted, tau2: Float) -> Float:
    return fixed.batch.k / fixed.batch.df * _hs_error(fixed, tau2)


def _raw_variance(batch: Batch) -> Float:
    """Variance of the effects about their plain mean, divisor k: where SJ starts."""
    mean = batch.counted(batch.Y).sum(axis=-1) / batch.k
    deviation = batch.Y - mean[:, None]
    return dot(batch.counted(deviation), deviation) / batch.k


def _sj(fixed: Weighted) -> Float:
    start = _raw_variance(fixed.batch)
    return start * fixed.batch.at(start).yPy() / fixed.batch.df


def _sj_error(fixed: Weighted, tau2: Float) -> Float:
    start, V = _raw_variance(fixed.batch), fixed.batch.V
    fit = fixed.batch.at(start)
    variance = 2.0 * fit.trace_PP(V, V) + 4.0 * tau2 * fit.trace_PP(V) + 2.0 * tau2**2 * fit.traces()[1]
    return start * np.sqrt(variance) / fixed.batch.df


def generalised_q_step(batch: Batch, tau2: Float, target: Float) -> Pair:
    """y'Py - target, and the Newton step for it; sped up where y'Py is far above its target."""
    fit = batch.at(tau2)
    Q = fit.yPy()
    with np.errstate(invalid="ignore", divide="ignore"):  # residuals that are exactly zero: Q = 0
        change = (Q - target) / fit.yPPy() * np.maximum(1.0, 0.5 * Q / target)
    return Q - target, np.nan_to_num(change, nan=0.0, posinf=0.0, neginf=0.0)


def _pm(fixed: Weighted) -> Float:
    batch = fixed.batch
    return solve_decreasing(batch, generalised_q_step, target=batch.df, scale=fixed.typical_variance())


def _pm_error(fixed: Weighted, tau2: Float) -> Float:
    batch = fixed.batch
    return np.sqrt(2.0 * batch.k**2 / batch.df) / batch.at(tau2).sum_w()


def likelihood_step(restricted: bool) -> Callable[[Batch, Float, Float], Pair]:
    """Twice the score of the (restricted) likelihood and a Newton step for its root.

    The observed information is used where it exceeds a tenth of the expected one, which takes 3-6 rounds
    where Fisher scoring takes 10-30.
    """

    def step(batch: Batch, tau2: Float, _target: Float) -> Pair:
        fit = batch.at(tau2)
        if restricted:
            trace, expected = fit.traces()
        else:
            trace, expected = fit.sum_w(), fit.sum_w2()
        score = fit.yPPy() - trace
        observed = 2.0 * fit.yPPPy() - expected
        return score, score / np.where(observed > 0.1 * expected, observed, expected)

    return step


def _scan_grid(V: Float) -> Float:
    """Values of tau2: 0, then from .01 typical to 10 largest variances; rows that need fewer end in infinity.

    They depend on V alone, so rows that share V share the weights of the scan. Beyond the largest variances
    all weights are alike and the likelihood has a single peak.
    """
    w = 1.0 / V
    total, squares = w.sum(axis=-1), dot(w, w)
    # Higgins and Thompson's variance for an intercept; a single effect has its own
    typical = V[:, 0] if V.shape[1] == 1 else (V.shape[1] - 1.0) * total / (total * total - squares)
    low, high = 0.01 * typical, 10.0 * V.max(axis=-1)
    points = np.ceil(np.log(high / low) / np.log(SCAN_RATIO)).astype(np.intp) + 1
    steps = np.arange(int(points.max()))
    grid = low[:, None] * SCAN_RATIO**steps
    grid[steps >= points[:, None]] = np.inf
    return np.pad(grid, ((0, 0), (1, 0)))


def _maximise(fixed: Weighted, restricted: bool) -> Float:
    """Global maximum: scan, then search in the best cell between its neighbours."""
    batch, scale = fixed.batch, fixed.typical_variance()
    grid = _scan_grid(batch.V)
    heights = np.empty((batch.size, grid.shape[1]))
    for j in range(grid.shape[1]):
        used = np.isfinite(grid[:, j])
        weights = 1.0 / (batch.V + np.where(used, grid[:, j], 0.0)[:, None])
        heights[:, j] = np.where(used, batch.height(weights, restricted), -np.inf)
    best = heights.argmax(axis=1)
    edges = np.pad(np.broadcast_to(grid, heights.shape), ((0, 0), (1, 1)), constant_values=(0.0, np.inf))
    rows = np.arange(batch.size)
    start, lower, upper = (edges[rows, best + j] for j in (1, 0, 2))
    start = _summit(heights, best, start)
    step = likelihood_step(restricted)
    return solve_decreasing(batch, step, target=scale, scale=scale, start=start, lower=lower, upper=upper)


def _summit(heights: Float, best: NDArray[np.intp], tau2: Float) -> Float:
    """Top of the parabola in log tau2 through the highest point and its neighbours, else ``tau2``.

    Grid points are equidistant in log tau2 from the second on.
    """
    rows = np.arange(len(best))
    inside = (best > 1) & (best < heights.shape[1] - 1)
    left, right = np.where(inside, best - 1, 0), np.where(inside, best + 1, 0)
    before, top, after = heights[rows, left], heights[rows, best], heights[rows, right]
    with np.errstate(invalid="ignore", divide="ignore"):
        shift = 0.5 * (before - after) / (before - 2.0 * top + after)
    usable = inside & np.isfinite(shift) & (np.abs(shift) <= 0.5)
    return np.where(usable, tau2 * SCAN_RATIO ** np.where(usable, shift, 0.0), tau2)


def _reml(fixed: Weighted) -> Float:
    return _maximise(fixed, restricted=True)


def _ml(fixed: Weighted) -> Float:
    return _maximise(fixed, restricted=False)


def _reml_error(fixed: Weighted, tau2: Float) -> Float:
    return np.sqrt(2.0 / fixed.batch.at(tau2).traces()[1])


def _ml_error(fixed: Weighted, tau2: Float) -> Float:
    return np.sqrt(2.0 / fixed.batch.at(tau2).sum_w2())


def _zero(fixed: Weighted) -> Float:
    return np.zeros(fixed.batch.size)


def _none(_fixed: Weighted, tau2: Float) -> Float:
    return np.full_like(tau2, np.nan)


TAU2: dict[str, Estimator] = {
    "DL": Estimator(_dl, _dl_error),
    "HE": Estimator(_he, _he_error),
    "HS": Estimator(_hs, _hs_error),
    "HSk": Estimator(_hsk, _hsk_error),
    "SJ": Estimator(_sj, _sj_error),
    "ML": Estimator(_ml, _ml_error),
    "REML": Estimator(_reml, _reml_error, restricted=True),
    "EB": Estimator(_pm, _pm_error),
    "PM": Estimator(_pm, _pm_error),
    "EE": Estimator(_zero, _none),
}
