"""The permutation test of the mean: under mu = 0 every effect might as well have had the other sign.

All arrangements of signs, or a seeded sample of them, are rows of one batched fit, so that tau2 is estimated
anew in each. Follmann & Proschan 1999, 10.1111/j.0006-341x.1999.00732.x; Higgins & Thompson 2004,
10.1002/sim.1752; counting the data as one of the sample: Phipson & Smyth 2010, 10.2202/1544-6115.1585.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.inference import TESTS
from rupmeta.results import Interval

__all__ = ["EXACT_UP_TO", "SignFlips", "all_signs", "flip_signs"]

Float = NDArray[np.float64]
EXACT_UP_TO = 15  # 2^15 arrangements; beyond, a sample
SAMPLE = 9_999
SAMPLE_OF_INTERVAL = 1_999  # fewer, as every trial value of mu takes a fit of each
SAME = 1.5e-8  # statistics closer than this are equal, as rounding differs between arrangements
FINE = 2e-3  # standard errors: the limits are sought as finely as this


@dataclass(frozen=True, slots=True)
class SignFlips:
    """``pval`` of mu = 0; ``interval``: the mu that are not rejected, None when no p can be small enough.

    ``smallest``: the least p that k effects allow; ``arrangements`` looked at, all of them when ``exact``.
    """

    pval: float
    interval: Interval | None
    exact: bool
    arrangements: int
    smallest: float


def flip_signs(
    effects: Effects, *, method: str = "REML", test: str = "adhoc", level: float = 0.95, seed: int = 20260101
) -> SignFlips:
    """Permutation p value of the statistic of ``test``, and the interval by its inversion.

    Turning all signs turns only the sign of the statistic, so half of the arrangements are computed. An
    arrangement whose fit has no answer counts as extreme.

    Raises
    ------
    EstimationError
        Fewer than two effects.
    """
    k = effects.k
    if k < 2:
        raise EstimationError("a permutation test needs at least 2 effects", code="K-FEW")
    exact = k <= EXACT_UP_TO
    signs = all_signs(k) if exact else _some_signs(k, seed)
    yi, vi = effects.yi, effects.vi
    standardise = TESTS[test].factor

    def pvals(mu: Float, signs: Float) -> Float:
        """p of each ``mu`` (m,): rows of one batch, the data's own arrangement first."""
        Y = ((yi - mu[:, None])[:, None, :] * signs).reshape(-1, k)
        fit = fit_batch(Y, vi, method=method)
        s2 = np.where(np.isnan(fit.s2), 1.0, fit.s2)
        stat = np.abs(fit.beta[:, 0]) / np.sqrt(standardise(s2) * fit.vcov[:, 0, 0])
        stat = np.where(np.isnan(stat), np.inf, stat).reshape(len(mu), -1)
        share: Float = (stat >= stat[:, :1] - SAME).mean(axis=1)
        return share

    alpha = 1.0 - level
    smallest = 1.0 / len(signs)
    interval = None
    if smallest <= alpha:
        fit = fit_batch(yi, vi, method=method)
        some = signs if exact else signs[: SAMPLE_OF_INTERVAL + 1]
        lb, ub = _invert(
            lambda mu: pvals(mu, some), float(fit.beta[0, 0]), float(np.sqrt(fit.vcov[0, 0, 0])), alpha
        )
        interval = Interval(lb, ub, level)
    arrangements = 2 * len(signs) if exact else len(signs)
    return SignFlips(float(pvals(np.zeros(1), signs)[0]), interval, exact, arrangements, smallest)


def all_signs(k: int) -> Float:
    """Every arrangement up to a turn of all signs, the data's own first; shape (2^(k-1), k)."""
    bits = np.arange(2 ** (k - 1))[:, None] >> np.arange(k - 1)
    return np.column_stack([np.ones(len(bits)), 1.0 - 2.0 * (bits & 1)])


def _some_signs(k: int, seed: int) -> Float:
    drawn = np.random.default_rng(seed).integers(0, 2, (SAMPLE, k))
    return np.vstack([np.ones(k), 1.0 - 2.0 * drawn])


def _invert(pvals: Callable[[Float], Float], centre: float, se: float, alpha: float) -> tuple[float, float]:
    """Both ends of the set of mu with p > alpha, by bisection; each round is one batch."""
    sign = np.array([-1.0, 1.0])
    inside, reach = np.full(2, centre), np.full(2, 3.0 * se)
    while (short := pvals(centre + sign * reach) > alpha).any():
        reach = np.where(short, 2.0 * reach, reach)
    outside = centre + sign * reach
    while float(np.abs(outside - inside).max()) > FINE * se:
        middle = 0.5 * (inside + outside)
        within = pvals(middle) > alpha
        inside, outside = np.where(within, middle, inside), np.where(within, outside, middle)
    lb, ub = (0.5 * (inside + outside)).tolist()
    return lb, ub
