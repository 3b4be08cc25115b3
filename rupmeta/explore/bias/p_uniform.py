"""p-uniform*: the effect from significant and other results, each judged only among its own kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from rupmeta.errors import EstimationError
from rupmeta.explore.bias.likelihood import (
    Box,
    climb,
    log_normal,
    profile,
    reach_of,
    standard_errors,
    start_points,
)
from rupmeta.explore.bias.oriented import SIGNIFICANT, Oriented, require
from rupmeta.numerics.distributions import chi2_p, normal_quantile
from rupmeta.numerics.maximise import Height, maximise_rows
from rupmeta.results import Estimate, Interval

__all__ = ["PUniform", "fit_p_uniform"]

Float = NDArray[np.float64]
Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class PUniform:
    """``estimate`` with its Wald error (NaN: flat), ``interval`` by profile likelihood (None: unbounded),
    ``pval`` of μ = 0 by likelihood ratio; ``significant`` of ``k`` effects are significant.
    """

    estimate: Estimate
    interval: Interval | None
    tau2: float
    lrt: float
    pval: float
    k: int
    significant: int


def fit_p_uniform(data: Oriented, *, level: float = 0.95) -> PUniform:
    """p-uniform* by maximum likelihood (van Aert & van Assen, preprint 10.31222/osf.io/zqjr9).

    ℓ = Σ log N(y; μ, s²) − log Φ((μ − c)/s) for y ≥ c and − log Φ((c − μ)/s) below, c = z_{.975}√v,
    s² = v + τ²: a significant result is compared with significant ones only. Assumes that all significant
    results had one chance of publication, and all others another.

    Raises ``EstimationError`` for fewer than 3 effects or none that is significant.
    """
    require(data.k, "p-uniform*")
    significant = int(np.count_nonzero(data.significant))
    if significant == 0:
        raise EstimationError("no result is significant in the direction of the pooled effect", "K-ASYM")
    height = _height(data)
    far = np.full(2, reach_of(data))
    box = Box(-far, far)
    starts = np.vstack([start_points(data), start_points(data) - np.array([1.0, 0.0])])
    summit = climb(height, starts, box)
    tau2 = float(summit.theta[1] * data.unit) ** 2
    se = standard_errors(height, summit, box, (1,) if abs(summit.theta[1]) < 1e-3 else ())
    reach = 2.0 if se is None else 2.0 * float(se[0])
    limits = profile(height, summit, starts[::3], box, 0, reach, level)
    null = maximise_rows(
        lambda theta, rows: height(np.column_stack([np.zeros(len(theta)), theta]), rows),
        starts[:, 1:], box.lower[1:], box.upper[1:],
    )  # fmt: skip
    lrt = max(0.0, 2.0 * (summit.height - float(null.height.max())))
    turn = data.sign * data.unit
    interval = None
    if limits is not None:
        lb, ub = sorted((turn * limits.lb, turn * limits.ub))
        interval = Interval(lb, ub, level)
    error = float("nan") if se is None else float(se[0]) * data.unit
    estimate = Estimate("p-uniform*", turn * float(summit.theta[0]), error, None, level)
    return PUniform(estimate, interval, tau2, lrt, chi2_p(lrt, 1), data.k, significant)


def _height(data: Oriented) -> Height:
    y, v = data.scaled()
    cut = -float(normal_quantile(SIGNIFICANT)) * np.sqrt(v)
    side = np.where(data.significant, 1.0, -1.0)

    def height(theta: Float, rows: Index) -> Float:  # noqa: ARG001  # all rows share the data
        mu, s = theta[:, :1], np.sqrt(v + theta[:, 1:2] ** 2)
        result: Float = (log_normal(y, mu, s) - log_ndtr(side * (mu - cut) / s)).sum(axis=1)
        return result

    return height
