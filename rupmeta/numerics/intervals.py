"""Confidence limits of tau2 for every row of a batch, and the likelihood that one of them comes from."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rupmeta.numerics.batch import Batch
from rupmeta.numerics.distributions import chi2_quantile
from rupmeta.numerics.fit import BatchFit
from rupmeta.numerics.problem import lay_out
from rupmeta.numerics.roots import solve_decreasing
from rupmeta.numerics.tau2 import generalised_q_step, likelihood_step

__all__ = ["likelihood_on_grid", "profile_likelihood", "profile_q"]

Float = NDArray[np.float64]


def profile_q(
    fit: BatchFit,
    Y: ArrayLike,
    V: ArrayLike,
    X: ArrayLike | None = None,
    counts: ArrayLike | None = None,
    *,
    level: float = 0.95,
) -> tuple[Float, Float]:
    """Q-profile limits of tau2 (Viechtbauer 2007, 10.1002/sim.2514), shapes (B,); same arguments as the fit.

    The limits solve y'P(tau2)y = upper and lower quantile of chi-square on k - p. A lower limit is 0 when Q
    is already below the upper quantile; both are NaN when Q is below the lower one: no tau2 fits the data.
    """
    lb, ub = np.full(len(fit.tau2), np.nan), np.full(len(fit.tau2), np.nan)
    tail = 0.5 * (1.0 - level)
    problem = lay_out(Y, V, X, counts)
    areas = np.broadcast_to(problem.unit**2, fit.tau2.shape)
    for part in problem.parts():
        rows = np.flatnonzero(fit.ok[part])
        batch = problem.rows(part)[0].take(rows)
        area = areas[part][rows]
        scale = fit.vt[part][rows] / area
        targets = [chi2_quantile(upper, batch.df) for upper in (tail, 1.0 - tail)]
        empty = fit.Q[part][rows] < targets[1]
        for target, limits in zip(targets, (lb, ub), strict=True):
            root = solve_decreasing(batch, generalised_q_step, target=target, scale=scale)
            limits[part][rows] = np.where(empty, np.nan, root * area)
    return lb, ub


def profile_likelihood(
    fit: BatchFit,
    Y: ArrayLike,
    V: ArrayLike,
    X: ArrayLike | None = None,
    counts: ArrayLike | None = None,
    *,
    level: float = 0.95,
) -> tuple[Float, Float]:
    """Profile-likelihood limits of tau2 (Hardy & Thompson 1996) for ML and REML fits, shapes (B,).

    The limits are where twice the drop of the (restricted) log-likelihood from its maximum reaches the
    quantile of chi-square on 1; the lower one is 0 when the drop at 0 is smaller.
    """
    if fit.method not in ("ML", "REML"):
        raise ValueError(f"a profile likelihood needs method ML or REML, not {fit.method}")
    restricted = fit.method == "REML"
    lb, ub = np.full(len(fit.tau2), np.nan), np.full(len(fit.tau2), np.nan)
    drop = 0.5 * chi2_quantile(1.0 - level, 1.0)
    score = likelihood_step(restricted)
    problem = lay_out(Y, V, X, counts)
    areas = np.broadcast_to(problem.unit**2, fit.tau2.shape)

    def height(batch: Batch, tau2: Float) -> Float:
        at = batch.at(tau2)
        return at.restricted_log_likelihood() if restricted else at.log_likelihood()

    def right(batch: Batch, tau2: Float, cut: Float) -> tuple[Float, Float]:
        value = height(batch, tau2) - cut
        return value, -2.0 * value / score(batch, tau2, cut)[0]

    def left(batch: Batch, tau2: Float, cut: Float) -> tuple[Float, Float]:
        value, change = right(batch, tau2, cut)
        return -value, change

    for part in problem.parts():
        rows = np.flatnonzero(fit.ok[part])
        batch = problem.rows(part)[0].take(rows)
        area = areas[part][rows]
        scale, peak = fit.vt[part][rows] / area, fit.tau2[part][rows] / area
        cut = height(batch, peak) - drop
        ends = [
            solve_decreasing(batch, left, target=cut, scale=scale, upper=peak),
            solve_decreasing(batch, right, target=cut, scale=scale, start=peak + scale, lower=peak),
        ]
        for end, limits in zip(ends, (lb, ub), strict=True):
            limits[part][rows] = end * area
    return lb, ub


def likelihood_on_grid(yi: Float, vi: Float, X: Float, grid: Float, restricted: bool) -> tuple[Float, Float]:
    """(Restricted) log-likelihood, up to a constant, and twice its slope at each tau2 of ``grid`` (G,).

    ``yi`` and ``vi`` have shape (k,), ``X`` (k, p): each tau2 is one row of a batch with variances vi + tau2.
    """
    problem = lay_out(yi, vi + grid[:, None], X)
    heights, slopes = [], []
    for part in problem.parts():
        batch, _, _ = problem.rows(part)
        zero = np.zeros(batch.size)
        at = batch.at(zero)
        unit = problem.pick(problem.unit, part)
        height = at.restricted_log_likelihood() if restricted else at.log_likelihood()
        heights.append(height - (batch.df if restricted else batch.k) * np.log(unit))
        slopes.append(likelihood_step(restricted)(batch, zero, zero)[0] / unit**2)
    return np.concatenate(heights), np.concatenate(slopes)
