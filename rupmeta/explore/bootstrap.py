"""The pooled effect and tau2 in samples drawn from the samples at hand: intervals without normal theory.

Whole clusters are drawn with replacement, all effects of a sample together; a draw is a row of counts in the
batched fit. Sources: Efron 1987, 10.1080/01621459.1987.10478410 (BCa); clusters: Davison & Hinkley 1997,
10.1017/CBO9780511802843, section 3.8.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.numerics.distributions import normal_cdf, normal_quantile
from rupmeta.numerics.fit import BatchFit, fit_batch
from rupmeta.parallel import map_in_parallel, split_work
from rupmeta.pool.fit import MethodName
from rupmeta.results import Interval

__all__ = ["Bootstrap", "Resampled", "bootstrap_effects"]

Float = NDArray[np.float64]
FEWEST = 3
QUANTITIES: tuple[Literal["estimate", "tau2"], ...] = ("estimate", "tau2")


@dataclass(frozen=True, slots=True)
class Resampled:
    """One quantity on the analysis scale (tau2: squared): its value, bootstrap se and bias, two intervals.

    ``bca`` is None where its constants cannot be had: all draws on one side of the value, or no variation
    when clusters are left out.
    """

    name: Literal["estimate", "tau2"]
    value: float
    se: float
    bias: float
    percentile: Interval
    bca: Interval | None


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """``draws`` with an answer out of ``iterations``; ``clusters`` were drawn from."""

    estimate: Resampled
    tau2: Resampled
    iterations: int
    draws: int
    clusters: int
    level: float


def bootstrap_effects(
    effects: Effects,
    *,
    method: MethodName = "REML",
    level: float = 0.95,
    iterations: int = 10_000,
    seed: int = 20260101,
    jobs: int = 1,
    dask: str | None = None,
    cache: Path | None = None,
) -> Bootstrap:
    """Percentile and bias-corrected accelerated intervals of the pooled effect and of tau2.

    The acceleration comes from leaving out each cluster once. Draws of one single effect have tau2 = 0.

    Raises
    ------
    EstimationError
        Fewer than three clusters, or no fit of the data themselves.
    """
    names, place = np.unique(np.array(effects.clusters), return_inverse=True)
    clusters = len(names)
    if clusters < FEWEST:
        raise EstimationError(
            f"{clusters} independent samples: drawing from them again says nothing new; it takes {FEWEST}",
            "K-FEW",
        )
    yi, vi = effects.yi, effects.vi
    observed = _quantities(fit_batch(yi, vi, method=method))[0]
    if np.isnan(observed).any():
        raise EstimationError(f"{method} found no answer for the data themselves", "CONV")
    without = (place[None, :] != np.arange(clusters)[:, None]).astype(np.float64)
    jackknife = _quantities(fit_batch(yi, vi, counts=without, method=method))
    work = functools.partial(_draw, yi, vi, place, method)
    drawn = np.concatenate(
        map_in_parallel(
            work,
            split_work(iterations, effects.k),
            seed=seed,
            jobs=jobs,
            dask=dask,
            cache=cache,
            label="bootstrap",
        )
    )
    good = drawn[~np.isnan(drawn).any(axis=1)]
    parts = [
        _resample(name, float(observed[j]), good[:, j], jackknife[:, j], level)
        for j, name in enumerate(QUANTITIES)
    ]
    return Bootstrap(parts[0], parts[1], iterations, len(good), clusters, level)


def _quantities(fit: BatchFit) -> Float:
    """Pooled effect and tau2 per row, shape (B, 2)."""
    return np.column_stack([fit.beta[:, 0], fit.tau2])


def _draw(
    yi: Float, vi: Float, place: NDArray[np.intp], method: str, rows: int, rng: np.random.Generator
) -> Float:
    clusters = int(place.max()) + 1
    counts = rng.multinomial(clusters, np.full(clusters, 1.0 / clusters), size=rows).astype(np.float64)
    return _quantities(fit_batch(yi, vi, counts=counts[:, place], method=method))


def _resample(
    name: Literal["estimate", "tau2"], value: float, draws: Float, jackknife: Float, level: float
) -> Resampled:
    tails = np.array([0.5 * (1.0 - level), 0.5 * (1.0 + level)])
    lb, ub = np.quantile(draws, tails).tolist()
    limits = _bca(value, draws, jackknife, tails)
    return Resampled(
        name=name,
        value=value,
        se=float(draws.std(ddof=1)),
        bias=float(draws.mean()) - value,
        percentile=Interval(lb, ub, level),
        bca=None if limits is None else Interval(*limits, level),
    )


def _bca(value: float, draws: Float, jackknife: Float, tails: Float) -> tuple[float, float] | None:
    """Limits at the levels Φ(z0 + (z0 + z)/(1 - a(z0 + z))), z0 the median bias, a the acceleration."""
    below = float(((draws < value) + 0.5 * (draws == value)).mean())
    deviation = jackknife.mean() - jackknife
    spread = float((deviation**2).sum())
    if not 0.0 < below < 1.0 or not spread > 0.0:
        return None
    a = float((deviation**3).sum()) / (6.0 * spread**1.5)
    z0 = normal_quantile(below)
    shifted = z0 + np.array([normal_quantile(float(tail)) for tail in tails])
    levels = normal_cdf(z0 + shifted / (1.0 - a * shifted))
    lb, ub = np.quantile(draws, levels).tolist()
    return lb, ub
