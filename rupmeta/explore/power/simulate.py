"""Power as it is: tau2 estimated in every replicate, with the estimator and test that will be used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.numerics.distributions import chi2_quantile, two_sided_quantile
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.inference import TESTS

__all__ = ["Simulated", "simulate_power"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Simulated:
    """Shares of ``iterations`` replicates.

    ``null``: the interval of the tested coefficient excludes 0; ``beyond``: it lies beyond the smallest
    effect of interest (None: none was named); ``q``: Q is significant. ``half_width``: the median. ``error``
    is the Monte Carlo standard error of a share.
    """

    null: float
    beyond: float | None
    q: float
    half_width: float
    iterations: int

    def error(self, share: float) -> float:
        """√(p(1 - p)/iterations)."""
        return float(np.sqrt(share * (1.0 - share) / self.iterations))


def simulate_power(
    mean: Float,
    vi: Float,
    tau2: float,
    *,
    X: Float | None = None,
    known: Float | None = None,
    known_vi: Float | None = None,
    method: str = "REML",
    test: str = "adhoc",
    level: float = 0.95,
    beyond: float | None = None,
    iterations: int = 4_000,
    seed: int = 20260101,
) -> Simulated:
    """Draw effects, fit each replicate as one row of a batch, and count.

    Parameters
    ----------
    mean, vi
        True means and sampling variances of the studies to be drawn, shape (m,): y ~ N(mean, tau2 + vi).
    X
        Design of all studies, those known first, shape (k, p); its last column is tested. None: the mean.
    known, known_vi
        Effects that are there already and stay as they are.
    beyond
        Smallest effect of interest, on the side of which the interval must lie.
    """
    rng = np.random.default_rng(seed)
    drawn = mean + np.sqrt(tau2 + vi) * rng.standard_normal((iterations, len(vi)))
    if known is not None and known_vi is not None:
        drawn = np.hstack([np.broadcast_to(known, (iterations, len(known))), drawn])
        vi = np.concatenate([known_vi, vi])
    fit = fit_batch(drawn, vi, X, method=method)
    k, last = len(vi), fit.p - 1
    alone = k - fit.p <= 0
    used = "z" if alone or (method == "EE" and test in ("knha", "adhoc")) else test
    s2 = np.where(np.isnan(fit.s2), 1.0, fit.s2)
    error = np.sqrt(fit.vcov[:, last, last] * TESTS[used].factor(s2))
    critical = two_sided_quantile(level, float(k - fit.p) if TESTS[used].student else None)
    estimate, half = fit.beta[:, last], critical * error
    excluded = np.abs(estimate) > half
    side = None if beyond is None else np.sign(beyond) * (estimate - beyond) > half
    limit = chi2_quantile(1.0 - level, float(k - fit.p)) if not alone else np.inf
    return Simulated(
        float(excluded.mean()),
        None if side is None else float(side.mean()),
        float((limit < fit.Q).mean()),
        float(np.median(half)),
        iterations,
    )
