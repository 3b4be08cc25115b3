"""Estimators of tau2, the variance of true effects; the registry is ``TAU2``.

Every estimator maps a batch and its fixed-effect fit (weights 1/v) to tau2 and its standard error, shapes (B,).
Notation: w = 1/(v + tau2), P = W - WX(X'WX)⁻¹X'W. Sources: DerSimonian & Laird 1986; Viechtbauer 2005; Sidik &
Jonkman 2005; Paule & Mandel 1982; Veroniki et al. 2016.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.numerics.batch import Batch, Weighted
from rupmeta.numerics.roots import solve_decreasing

__all__ = ["TAU2", "Estimator", "generalised_q_step", "likelihood_step"]

Float = NDArray[np.float64]
Pair = tuple[Float, Float]
# Where the likelihood is scanned for its highest peak, in units of the typical sampling variance.
SCAN = np.concatenate([[0.0], np.geomspace(0.01, 30.0, 10)])


@dataclass(frozen=True, slots=True)
class Estimator:
    """``estimate(batch, fixed, s2)`` gives tau2, ``error(batch, fixed, tau2)`` its standard error.

    ``fixed`` is the fit with weights 1/v and ``s2`` the typical sampling variance. ``restricted`` says which
    likelihood belongs to it, ``iterative`` that it may fail to converge.
    """

    estimate: Callable[[Batch, Weighted, Float], Float]
    error: Callable[[Batch, Weighted, Float], Float]
    restricted: bool = False
    iterative: bool = False


def _floor(tau2: Float) -> Float:
    return np.maximum(tau2, 0.0)


def _moment_error(batch: Batch, fixed: Weighted, tau2: Float) -> Float:
    """Square root of the variance of Q at ``tau2``."""
    return np.sqrt(2.0 * batch.df + 4.0 * tau2 * fixed.trace_P() + 2.0 * tau2**2 * fixed.trace_PP())


def _dl(batch: Batch, fixed: Weighted, s2: Float) -> Float:
    return _floor((fixed.yPy() - batch.df) / fixed.trace_P())


def _dl_error(batch: Batch, fixed: Weighted, tau2: Float) -> Float:
    return _moment_error(batch, fixed, tau2) / fixed.trace_P()


def _unweighted(batch: Batch) -> Weighted:
    return batch.weigh(np.ones((1, batch.V.shape[1])))


def _he(batch: Batch, fixed: Weighted, s2: Float) -> Float:
    plain = _unweighted(batch)
    return _floor((plain.yPy() - plain.trace_P(batch.V)) / batch.df)


def _he_error(batch: Batch, fixed: Weighted, tau2: Float) -> Float:
    plain, V = _unweighted(batch), batch.V
    variance = 2.0 * plain.trace_PP(V, V) + 4.0 * tau2 * plain.trace_P(V) + 2.0 * tau2**2 * batch.df
    return np.sqrt(variance) / batch.df


def _hs(batch: Batch, fixed: Weighted, s2: Float) -> Float:
    return _floor((fixed.yPy() - batch.k) / batch.total(fixed.w))


def _hs_error(batch: Batch, fixed: Weighted, tau2: Float) -> Float:
    return _moment_error(batch, fixed, tau2) / batch.total(fixed.w)


def _hsk(batch: Batch, fixed: Weighted, s2: Float) -> Float:
    return _floor((batch.k / batch.df * fixed.yPy() - batch.k) / batch.total(fixed.w))


def _hsk_error(batch: Batch, fixed: Weighted, tau2: Float) -> Float:
    return batch.k / batch.df * _hs_error(batch, fixed, tau2)


def _sj_start(batch: Batch) -> Float:
    """Raw variance of the effects, divisor k."""
    deviation = batch.Y - (batch.total(batch.Y) / batch.k)[:, None]
    return batch.total(deviation * deviation) / batch.k


def _sj(batch: Batch, fixed: Weighted, s2: Float) -> Float:
    start = _sj_start(batch)
    return start * batch.at(start).yPy() / batch.df


def _sj_error(batch: Batch, fixed: Weighted, tau2: Float) -> Float:
    start = _sj_start(batch)
    fit, V = batch.at(start), batch.V
    variance = 2.0 * fit.trace_PP(V, V) + 4.0 * tau2 * fit.trace_PP(V) + 2.0 * tau2**2 * fit.trace_PP()
    return start * np.sqrt(variance) / batch.df


def generalised_q_step(batch: Batch, tau2: Float, target: Float) -> Pair:
    """y'Py - target, and the Newton step for it; sped up where y'Py is far above its target."""
    fit = batch.at(tau2)
    Q = fit.yPy()
    with np.errstate(invalid="ignore", divide="ignore"):  # residuals that are exactly zero: Q = 0
        change = (Q - target) / fit.yPPy() * np.where(Q > 2.0 * target, Q / target, 1.0)
    return Q - target, np.nan_to_num(change, nan=0.0, posinf=0.0, neginf=0.0)


def _pm(batch: Batch, fixed: Weighted, s2: Float) -> Float:
    zero = np.zeros(batch.size)
    return solve_decreasing(
        batch,
        generalised_q_step,
        target=batch.df,
        start=zero,
        lower=zero,
        upper=np.full(batch.size, np.inf),
        scale=s2,
    )


def _pm_error(batch: Batch, fixed: Weighted, tau2: Float) -> Float:
    return np.sqrt(2.0 * batch.k**2 / batch.df) / batch.total(1.0 / (batch.V + tau2[:, None]))


def likelihood_step(restricted: bool) -> Callable[[Batch, Float, Float], Pair]:
    """Twice the score of the (restricted) likelihood and a Newton step for its root.

    The observed information is used where it exceeds a tenth of the expected one, which takes 3-6 rounds where
    Fisher scoring takes 10-30.
    """

    def step(batch: Batch, tau2: Float, _target: Float) -> Pair:
        fit = batch.at(tau2)
        if restricted:
            score, expected = fit.yPPy() - fit.trace_P(), fit.trace_PP()
        else:
            score, expected = fit.yPPy() - batch.total(fit.w), batch.total(fit.w * fit.w)
        observed = 2.0 * fit.yPPPy() - expected
        return score, score / np.where(observed > 0.1 * expected, observed, expected)

    return step


def _maximise(batch: Batch, s2: Float, restricted: bool) -> Float:
    """Global maximum: scan, then search in the best cell between its neighbours."""
    grid = SCAN * s2[:, None]
    heights = np.empty_like(grid)
    for j in range(SCAN.size):
        fit = batch.at(grid[:, j])
        heights[:, j] = fit.restricted_log_likelihood() if restricted else fit.log_likelihood()
    best = heights.argmax(axis=1)
    edges = np.concatenate([np.zeros((batch.size, 1)), grid, np.full((batch.size, 1), np.inf)], axis=1)
    rows = np.arange(batch.size)
    return solve_decreasing(
        batch,
        likelihood_step(restricted),
        target=s2,
        start=edges[rows, best + 1],
        lower=edges[rows, best],
        upper=edges[rows, best + 2],
        scale=s2,
    )


def _reml(batch: Batch, fixed: Weighted, s2: Float) -> Float:
    return _maximise(batch, s2, restricted=True)


def _ml(batch: Batch, fixed: Weighted, s2: Float) -> Float:
    return _maximise(batch, s2, restricted=False)


def _reml_error(batch: Batch, fixed: Weighted, tau2: Float) -> Float:
    return np.sqrt(2.0 / batch.at(tau2).trace_PP())


def _ml_error(batch: Batch, fixed: Weighted, tau2: Float) -> Float:
    w = 1.0 / (batch.V + tau2[:, None])
    return np.sqrt(2.0 / batch.total(w * w))


def _zero(batch: Batch, fixed: Weighted, s2: Float) -> Float:
    return np.zeros(batch.size)


def _unknown(batch: Batch, fixed: Weighted, tau2: Float) -> Float:
    return np.full(batch.size, np.nan)


TAU2: dict[str, Estimator] = {
    "DL": Estimator(_dl, _dl_error),
    "HE": Estimator(_he, _he_error),
    "HS": Estimator(_hs, _hs_error),
    "HSk": Estimator(_hsk, _hsk_error),
    "SJ": Estimator(_sj, _sj_error),
    "ML": Estimator(_ml, _ml_error, iterative=True),
    "REML": Estimator(_reml, _reml_error, restricted=True, iterative=True),
    "EB": Estimator(_pm, _pm_error, iterative=True),
    "PM": Estimator(_pm, _pm_error, iterative=True),
    "EE": Estimator(_zero, _unknown),
}
