"""What selection models share: starts, the summit, standard errors, profile intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from rupmeta.explore.bias.oriented import Oriented
from rupmeta.numerics.distributions import chi2_quantile
from rupmeta.numerics.fit import fit_batch
from rupmeta.numerics.maximise import Height, curvature, maximise_rows
from rupmeta.results import Interval

__all__ = [
    "Box",
    "Summit",
    "climb",
    "log_normal",
    "log_normal_between",
    "log_sum_exp",
    "ml_height",
    "profile",
    "reach_of",
    "standard_errors",
    "start_points",
]

Float = NDArray[np.float64]
Index = NDArray[np.intp]

#: Between-study standard deviations to start from, in units of the typical standard error.
SPREADS = (0.1, 0.5, 1.0, 2.0, 5.0)
HALF_LOG_TWO_PI = 0.5 * float(np.log(2.0 * np.pi))
FAR = 50.0
DOUBLINGS = 12
HALVINGS = 40
CLOSE = 1e-6  # of a limit, in units of the parameters, which are of order 1
LEVEL = 1e-7  # of the log-likelihood at a limit


@dataclass(frozen=True, slots=True)
class Box:
    """Bounds of the parameters, shapes (p,)."""

    lower: Float
    upper: Float


@dataclass(frozen=True, slots=True)
class Summit:
    """The highest maximum found: parameters (p,) and log-likelihood; ``rivals``: other, lower maxima."""

    theta: Float
    height: float
    rivals: int


def reach_of(data: Oriented) -> float:
    """How far mu and tau are sought, in units of ``data.unit``: far beyond what the effects could say."""
    return FAR + 2.0 * float(np.abs(data.y).max()) / data.unit


def log_normal(y: Float, mean: Float, sd: Float) -> Float:
    """Log density of N(mean, sd²) at y."""
    return -HALF_LOG_TWO_PI - np.log(sd) - 0.5 * ((y - mean) / sd) ** 2


def log_normal_between(a: Float, b: Float) -> Float:
    """log(Φ(b) − Φ(a)) for a < b, to full relative precision in either tail."""
    flip = a > 0  # in the upper tail both are measured from above
    low, high = np.where(flip, -b, a), np.where(flip, -a, b)
    top = log_ndtr(high)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.where(np.isneginf(low), -np.inf, log_ndtr(low) - top)
        result: Float = top + np.log1p(-np.exp(np.minimum(gap, -1e-300)))
    return np.maximum(result, -1e300)


def start_points(data: Oriented, *shapes: tuple[float, ...]) -> Float:
    """Every combination of a spread with the ``shapes`` of a model: rows (mu, tau, …), mu the mean there.

    In units of ``data.unit``. The likelihood of a selection model can have several maxima.
    """
    y, v = data.scaled()
    rows = []
    for tau, *rest in product(SPREADS, *shapes):
        w = 1.0 / (v + tau**2)
        rows.append([float(w @ y) / float(w.sum()), tau, *rest])
    return np.array(rows)


def climb(height: Height, starts: Float, box: Box) -> Summit:
    """The best of the maxima that the climbs from ``starts`` reach."""
    found = maximise_rows(height, starts, box.lower, box.upper)
    best = found.best
    top = float(found.height[best])
    # tau enters squared, so that its two signs are one maximum.
    there = np.abs(found.theta[found.settled] - found.theta[best])
    there[:, 1] = np.abs(np.abs(found.theta[found.settled, 1]) - np.abs(found.theta[best, 1]))
    apart = (there.max(axis=1) > 0.01) & (top - found.height[found.settled] < 5.0)
    distinct = {round(float(x), 3) for x in found.height[found.settled][apart] if top - x > 1e-4}
    return Summit(found.theta[best], top, len(distinct))


def standard_errors(height: Height, summit: Summit, box: Box, fixed: tuple[int, ...] = ()) -> Float | None:
    """Standard errors (p,) from the observed information without ``fixed`` and bounded parameters.

    NaN for those; None where the information is not positive definite: the likelihood is flat.
    """
    theta = summit.theta
    free = [j for j in range(len(theta)) if j not in fixed and box.lower[j] < theta[j] < box.upper[j]]
    information = -curvature(height, theta)[np.ix_(free, free)]
    if not free or not np.all(np.isfinite(information)) or float(np.linalg.eigvalsh(information)[0]) <= 1e-6:
        return None
    se = np.full(len(theta), np.nan)
    se[free] = np.sqrt(np.diag(np.linalg.inv(information)))
    return se


def ml_height(data: Oriented) -> float:
    """ML log-likelihood of the model without selection, in units of ``data.unit``."""
    y, v = data.scaled()
    return float(fit_batch(y, v, method="ML").log_likelihood[0])


def profile(
    height: Height, summit: Summit, starts: Float, box: Box, index: int, reach: float, level: float
) -> Interval | None:
    """Profile-likelihood interval of parameter ``index``: where twice the drop is the χ²₁ quantile.

    For every value tried, the other parameters are maximised from the summit and from ``starts``. ``reach``
    is the first step outward. None where a side never drops so far inside the box.
    """
    others = [j for j in range(len(summit.theta)) if j != index]
    cut = summit.height - 0.5 * chi2_quantile(1.0 - level, 1.0)
    seeds = np.unique(np.round(np.vstack([summit.theta, starts])[:, others], 6), axis=0)

    def drop(values: Float) -> Float:
        def held(theta: Float, rows: Index) -> Float:
            full = np.empty((len(theta), len(summit.theta)))
            full[:, others] = theta
            full[:, index] = values[rows // len(seeds)]
            return height(full, rows)

        found = maximise_rows(held, np.tile(seeds, (len(values), 1)), box.lower[others], box.upper[others])
        fall: Float = found.height.reshape(len(values), -1).max(axis=1) - cut
        return fall

    centre = float(summit.theta[index])
    limits = np.array([box.lower[index], box.upper[index]])
    inside, high = np.full(2, centre), np.full(2, summit.height - cut)
    outside = np.clip(centre + np.array([-reach, reach]), *limits)
    low = drop(outside)
    for _ in range(DOUBLINGS):
        above = low > 0
        if not above.any():
            break
        if np.any(above & (outside == limits)):
            return None
        inside, high = np.where(above, outside, inside), np.where(above, low, high)
        outside = np.where(above, np.clip(centre + 2.0 * (outside - centre), *limits), outside)
        low = np.where(above, drop(outside), low)
    for _ in range(HALVINGS):
        if np.all(np.abs(outside - inside) < CLOSE):
            break
        # Illinois: a secant whose stale end is halved, so that both ends close in.
        middle = inside + np.clip(high / (high - low), 0.02, 0.98) * (outside - inside)
        value = drop(middle)
        if np.all(np.abs(value) < LEVEL):
            inside = outside = middle
            break
        above = value > 0
        inside, outside = np.where(above, middle, inside), np.where(above, outside, middle)
        high, low = np.where(above, value, 0.5 * high), np.where(above, 0.5 * low, value)
    lb, ub = 0.5 * (inside + outside)
    return Interval(float(lb), float(ub), level)


def log_sum_exp(terms: Sequence[Float]) -> Float:
    """log Σ exp over ``terms``, arrays of one shape."""
    peak = terms[0]
    for term in terms[1:]:
        peak = np.maximum(peak, term)
    total = np.exp(terms[0] - peak)
    for term in terms[1:]:
        total = total + np.exp(term - peak)
    return peak + np.log(total)
