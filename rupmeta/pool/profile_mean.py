"""The profile likelihood of the mean: an interval that lets tau2 follow every value of mu that is tried."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.numerics.distributions import chi2_p, chi2_quantile
from rupmeta.numerics.fit import Status, fit_batch
from rupmeta.results import Interval

__all__ = ["ProfileMean", "likelihood_of_mean", "profile_mean"]

Float = NDArray[np.float64]
SCAN = 40  # places where the best tau2 is sought before it is refined
HALVINGS = 60


@dataclass(frozen=True, slots=True)
class ProfileMean:
    """Maximum-likelihood ``estimate`` with its Wald ``se``; ``interval`` and ``pval`` are of the profile."""

    estimate: float
    se: float
    interval: Interval
    pval: float


def likelihood_of_mean(Y: Float, V: Float, mu: Float) -> Float:
    """ML log-likelihood at ``mu`` (B,), the largest over tau2 >= 0, without the constant -½k·log 2π.

    ``Y`` and ``V`` have shape (B, k) or (1, k). Given mu the score in tau2 is Σw²(y - mu)² - Σw; the highest
    of its roots is found by a scan and bisection.
    """
    squares = (Y - mu[:, None]) ** 2
    V = np.broadcast_to(V, squares.shape)
    top = squares.max(axis=1)  # above it every term of the score is negative
    low = 1e-6 * np.minimum(V.min(axis=1), np.maximum(top, 1e-300))
    steps = np.linspace(0.0, 1.0, SCAN)
    places = low[:, None] * np.maximum(top / low, 1.0)[:, None] ** steps
    places = np.column_stack([np.zeros(len(places)), places])
    best = np.argmax(_height(squares[:, None, :], V[:, None, :], places[:, :, None]), axis=1)
    rows = np.arange(len(places))
    left = places[rows, np.maximum(best - 1, 0)]
    right = places[rows, np.minimum(best + 1, SCAN)]
    for _ in range(HALVINGS):
        middle = 0.5 * (left + right)
        w = 1.0 / (V + middle[:, None])
        rising = (w * w * squares).sum(axis=1) > w.sum(axis=1)
        left, right = np.where(rising, middle, left), np.where(rising, right, middle)
    refined = _height(squares, V, 0.5 * (left + right)[:, None])
    at_zero = _height(squares, V, np.zeros((len(squares), 1)))
    return np.maximum(refined, at_zero)


def _height(squares: Float, V: Float, tau2: Float) -> Float:
    variance = V + tau2
    height: Float = -0.5 * (np.log(variance) + squares / variance).sum(axis=-1)
    return height


def profile_mean(effects: Effects, *, level: float = 0.95) -> ProfileMean:
    """Where twice the fall of the profile from its maximum reaches the quantile of chi-square on 1 (Hardy &
    Thompson 1996, 10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A).

    Raises
    ------
    EstimationError
        Fewer than two effects, or no maximum of the likelihood.
    """
    if effects.k < 2:
        raise EstimationError("a profile likelihood needs at least 2 effects", code="K-FEW")
    yi, vi = effects.yi[None, :], effects.vi[None, :]
    fit = fit_batch(effects.yi, effects.vi, method="ML")
    if Status(int(fit.status[0])) is not Status.OK:
        raise EstimationError("the likelihood of the mean has no maximum that could be found", code="CONV")
    estimate, se = float(fit.beta[0, 0]), float(np.sqrt(fit.vcov[0, 0, 0]))
    peak = float(likelihood_of_mean(yi, vi, np.array([estimate]))[0])
    allowed = chi2_quantile(1.0 - level, 1.0)

    def excess(mu: Float) -> Float:
        return 2.0 * (peak - likelihood_of_mean(yi, vi, mu)) - allowed

    sign = np.array([-1.0, 1.0])
    inside, reach = np.full(2, estimate), np.full(2, 2.0 * se)
    while (short := excess(estimate + sign * reach) < 0).any():
        reach = np.where(short, 2.0 * reach, reach)
    outside = estimate + sign * reach
    for _ in range(HALVINGS):
        middle = 0.5 * (inside + outside)
        within = excess(middle) < 0
        inside, outside = np.where(within, middle, inside), np.where(within, outside, middle)
    lb, ub = (0.5 * (inside + outside)).tolist()
    fall = max(0.0, 2.0 * (peak - float(likelihood_of_mean(yi, vi, np.zeros(1))[0])))
    return ProfileMean(estimate, se, Interval(lb, ub, level), chi2_p(fall, 1.0))
