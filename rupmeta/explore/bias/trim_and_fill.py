"""Trim and fill: how many studies would make the funnel symmetric, and the answer with them in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.explore.bias.oriented import require
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.fit import Fit, MethodName, TestName, fit_effects

__all__ = ["TrimAndFill", "TrimEstimator", "trim_and_fill"]

Float = NDArray[np.float64]
TrimEstimator = Literal["L0", "R0", "Q0"]
ROUNDS = 100


@dataclass(frozen=True)
class TrimAndFill:
    """``k0`` studies missing on ``side``; ``filled`` (k0, 2) their (yi, vi); ``fit`` with them in it."""

    estimator: TrimEstimator
    k0: int
    side: Literal["left", "right"]
    filled: Float
    fit: Fit


def trim_and_fill(
    effects: Effects,
    *,
    estimator: TrimEstimator = "L0",
    method: MethodName = "REML",
    test: TestName = "adhoc",
    level: float = 0.95,
) -> TrimAndFill:
    """Mirror the studies that have no counterpart (Duval & Tweedie 2000, 10.1111/j.0006-341x.2000.00455.x).

    With T the sum of the ranks of positive deviations from the fit on the k − k₀ smallest effects:
    L0 = (4T − k(k+1))/(2k − 1), R0 = k − max rank of a negative deviation − 1,
    Q0 = k − ½ − √(2k² − 4T + ¼), rounded and not below 0, repeated until k₀ stands still. Studies are missing
    on the left where effects rise with their standard errors. The estimate with the filled studies is a
    sensitivity analysis: it assumes that studies were left out because of the size of their effects, and
    that the funnel of all would be symmetric.

    Raises ``EstimationError`` for fewer than 3 effects, no solution (Q0), or no end of the repetition.
    """
    require(effects.k, "trim and fill")
    yi, vi = effects.yi, effects.vi
    slope = fit_batch(yi, vi, np.column_stack([np.ones(effects.k), np.sqrt(vi)]), method=method).beta[0, 1]
    flip = -1.0 if slope < 0 else 1.0  # equal variances have no slope (NaN): left, as if it were 0
    order = np.argsort(flip * yi, kind="stable")
    y, v = flip * yi[order], vi[order]
    k0, mu = _count(y, v, estimator, method)
    filled = 2.0 * mu - y[effects.k - k0 :]
    rows = [
        replace(effects.rows[int(i)], study=f"filled{n}", effect="filled", yi=float(flip * value))
        for n, (i, value) in enumerate(zip(order[effects.k - k0 :], filled, strict=True), 1)
    ]
    complete = Effects(effects.measure, (*effects.rows, *rows))
    fit = fit_effects(complete, method=method, test=test, level=level)
    pairs = np.column_stack([flip * filled, v[effects.k - k0 :]])
    return TrimAndFill(estimator, k0, "left" if flip > 0 else "right", pairs, fit)


def _count(y: Float, v: Float, estimator: TrimEstimator, method: MethodName) -> tuple[int, float]:
    """k₀ for sorted effects, and the centre that the last fit gave."""
    k, k0 = len(y), 0
    for _ in range(ROUNDS):
        mu = float(fit_batch(y[: k - k0], v[: k - k0], method=method).beta[0, 0])
        deviation = y - mu
        rank = np.empty(k)
        rank[np.argsort(np.abs(deviation), kind="stable")] = np.arange(1.0, k + 1.0)
        found = max(0, round(_estimate(rank, deviation, estimator)))
        if found >= k - 1:
            raise EstimationError(f"{estimator} would trim all but one of {k} studies", "K-ASYM")
        if found == k0:
            return k0, mu
        k0 = found
    raise EstimationError(f"trim and fill did not settle in {ROUNDS} rounds", "CONV")


def _estimate(rank: Float, deviation: Float, estimator: TrimEstimator) -> float:
    k, T = len(rank), float(rank[deviation > 0].sum())
    if estimator == "L0":
        return (4.0 * T - k * (k + 1.0)) / (2.0 * k - 1.0)
    if estimator == "R0":
        return k - float(rank[deviation < 0].max(initial=0.0)) - 1.0
    root = 2.0 * k * k - 4.0 * T + 0.25
    if root < 0:
        raise EstimationError("Q0 has no solution for these ranks; use L0 or R0", "K-ASYM")
    return k - 0.5 - float(np.sqrt(root))
