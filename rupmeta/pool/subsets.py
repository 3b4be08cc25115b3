"""The pooled answer of many subsets of the effects: rows of one batched fit, each complete."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.numerics.distributions import chi2_p, two_sided_quantile
from rupmeta.numerics.fit import BatchFit, Status, fit_batch
from rupmeta.numerics.intervals import profile_q
from rupmeta.pool.fit import Fit, Heterogeneity, MethodName, PredictionRule, TestName
from rupmeta.pool.inference import TESTS
from rupmeta.results import Estimate, Interval, NotEstimable

__all__ = ["fit_subsets"]

Float = NDArray[np.float64]


def fit_subsets(
    effects: Effects,
    masks: NDArray[np.bool_],
    *,
    method: MethodName = "REML",
    test: TestName = "adhoc",
    level: float = 0.95,
    pi: PredictionRule = "test",
) -> tuple[Fit | NotEstimable, ...]:
    """Pool each subset as ``fit_effects`` would: tau2, Q-profile limits, test and prediction interval anew.

    Parameters
    ----------
    effects
        k independent effects.
    masks
        Which effects are in, shape (B, k), at least one in each row.
    method, test, level, pi
        As in ``fit_effects``. A subset of one effect is tested against the normal distribution.

    Returns
    -------
    One fit per row, without notes; ``NotEstimable`` where the search for tau2 found no answer.
    """
    if not masks.any(axis=1).all():
        raise ValueError("a subset without effects cannot be pooled")
    yi, vi = effects.yi, effects.vi
    counts = masks.astype(np.float64)
    batch = fit_batch(yi, vi, counts=counts, method=method)
    lower, upper = (
        (np.full(len(masks), np.nan),) * 2
        if method == "EE"
        else profile_q(batch, yi, vi, counts=counts, level=level)
    )
    chi2 = chi2_p(batch.Q, np.maximum(batch.df, 1.0))
    scale = _factors(batch, method, test)
    w = counts / (vi + np.nan_to_num(batch.tau2)[:, None])
    weights = 100.0 * w / w.sum(axis=1, keepdims=True)
    quantile = _quantiles(level)
    I2, H2 = batch.I2, batch.H2  # worked out for all rows at once

    def assemble(row: int) -> Fit | NotEstimable:
        status = Status(int(batch.status[row]))
        if status not in (Status.OK, Status.NO_DF):
            return NotEstimable(f"{method} found no answer: {status.reason}", "CONV")
        k = int(batch.k[row])
        alone = k == 1
        used: TestName = "z" if alone or (method == "EE" and test in ("knha", "adhoc")) else test
        df = float(k - 1) if TESTS[used].student else None
        vcov = batch.vcov[row] * scale[row]
        estimate = Estimate("intercept", float(batch.beta[row, 0]), float(vcov[0, 0] ** 0.5), df, level)
        heterogeneity = (
            Heterogeneity(0.0, 0, 1.0, *[None] * 8)
            if alone
            else _heterogeneity(batch, row, float(chi2[row]), lower[row], upper[row], I2[row], H2[row])
        )
        prediction, pi_df = None, None
        if method != "EE" and k >= 3:
            pi_df = k - 2 if pi == "hts" else None if df is None else k - 1
            half = quantile(pi_df) * float(np.sqrt(estimate.se**2 + batch.tau2[row]))
            prediction = Interval(estimate.estimate - half, estimate.estimate + half, level)
        return Fit(
            method=method,
            test=used,
            level=level,
            k=k,
            p=1,
            coefficients=(estimate,),
            vcov=vcov,
            heterogeneity=heterogeneity,
            weights=weights[row],
            prediction=prediction,
            omnibus=None,
            R2=None,
            log_likelihood=float(batch.log_likelihood[row]),
            pi_df=pi_df,
        )

    return tuple(assemble(row) for row in range(len(masks)))


def _factors(batch: BatchFit, method: str, test: str) -> Float:
    """What the test multiplies the variance of the estimate by, shape (B,)."""
    if method == "EE" and test in ("knha", "adhoc"):
        return np.ones(len(batch.k))
    s2 = np.where(np.isnan(batch.s2), 1.0, batch.s2)
    return np.where(batch.k > 1, TESTS[test].factor(s2), 1.0)


def _quantiles(level: float) -> Callable[[int | None], float]:
    """Quantiles by degrees of freedom, each worked out once."""
    known: dict[int | None, float] = {}

    def quantile(df: int | None) -> float:
        if df not in known:
            known[df] = two_sided_quantile(level, df)
        return known[df]

    return quantile


def _heterogeneity(
    batch: BatchFit, row: int, pval: float, lb: float, ub: float, I2: float, H2: float
) -> Heterogeneity:
    def known(x: float) -> float | None:
        return None if np.isnan(x) else float(x)

    def share(limit: float) -> float | None:
        return known(100.0 * limit / (limit + batch.vt[row]))

    return Heterogeneity(
        Q=float(batch.Q[row]),
        df=int(batch.k[row]) - 1,
        pval=pval,
        tau2=float(batch.tau2[row]),
        se_tau2=known(batch.se_tau2[row]),
        tau2_lb=known(lb),
        tau2_ub=known(ub),
        I2=float(I2),
        I2_lb=share(lb),
        I2_ub=share(ub),
        H2=float(H2),
    )
