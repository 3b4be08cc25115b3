"""The batched random-effects fit: a fit is a row, a single pool is a batch of one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rupmeta.numerics.batch import Batch
from rupmeta.numerics.problem import Problem, lay_out
from rupmeta.numerics.tau2 import TAU2

__all__ = ["BatchFit", "Status", "fit_batch"]

Float = NDArray[np.float64]


class Status(IntEnum):
    """What became of a row; ``reason`` says it in words."""

    OK = 0
    NO_DF = 1
    RANK = 2
    BAD_DATA = 3
    NOT_CONVERGED = 4

    @property
    def reason(self) -> str:
        """A clause for a message; empty when all went well."""
        return _REASONS[self]


_REASONS = {
    Status.OK: "",
    Status.NO_DF: "no more effects than coefficients, so heterogeneity cannot be estimated",
    Status.RANK: "the design is rank deficient among the effects that are in",
    Status.BAD_DATA: "an effect is not finite or a variance is not positive",
    Status.NOT_CONVERGED: "the estimate of tau2 did not converge",
}


@dataclass(frozen=True)
class BatchFit:
    """B fits, one per row; a row without an answer is NaN and ``status`` says why.

    ``beta`` (B, p) and ``vcov`` (B, p, p) unscaled, (X'WX)⁻¹; ``tau2``, ``se_tau2``; ``s2`` = y'Py / (k - p), the
    factor of Knapp and Hartung; ``Q`` residual heterogeneity at tau2 = 0; ``vt`` typical sampling variance of
    Higgins and Thompson; ``log_likelihood`` restricted for REML, else ML; ``k`` effects in the row, ``df`` = k - p.
    Rows of ``NO_DF`` have tau2 = 0.
    """

    method: str
    beta: Float
    vcov: Float
    tau2: Float
    se_tau2: Float
    s2: Float
    Q: Float
    vt: Float
    log_likelihood: Float
    k: Float
    status: NDArray[np.int8]

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return int(self.beta.shape[1])

    @property
    def df(self) -> Float:
        """k - p, shape (B,)."""
        return self.k - self.p

    @property
    def ok(self) -> NDArray[np.bool_]:
        """Rows with every number, shape (B,)."""
        return self.status == Status.OK

    @property
    def H2(self) -> Float:
        """(tau2 + vt) / vt; Q / df for EE; shape (B,)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.Q / self.df if self.method == "EE" else (self.tau2 + self.vt) / self.vt

    @property
    def I2(self) -> Float:
        """Percent of variance that is between studies, 100·(H2 - 1)/H2, not below 0; shape (B,)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.H2 > 0, np.maximum(0.0, 100.0 * (1.0 - 1.0 / self.H2)), self.H2 * 0.0)


def fit_batch(
    Y: ArrayLike,
    V: ArrayLike,
    X: ArrayLike | None = None,
    counts: ArrayLike | None = None,
    *,
    method: str = "REML",
) -> BatchFit:
    """Fit y = Xb + u + e, u ~ N(0, tau2), e ~ N(0, v), once per row.

    Parameters
    ----------
    Y, V
        Effects and sampling variances, shape (k,) or (B, k); what is (k,) is shared by all rows.
    X
        Design, shape (k, p) or (B, k, p); None is the intercept alone.
    counts
        How often each effect is in, shape (k,) or (B, k): 0/1 masks for subsets, multinomial counts for the
        bootstrap. Effects with count 0 may hold anything, NaN included.
    method
        A key of ``TAU2``.

    Returns
    -------
    BatchFit
        A row depends on nothing but its own numbers, bit for bit.

    Examples
    --------
    >>> fit = fit_batch([0.1, 0.3, 0.5], [0.01, 0.02, 0.01], method="DL")
    >>> round(float(fit.beta[0, 0]), 6), round(float(fit.tau2[0]), 6)
    (0.3, 0.024)
    """
    problem = lay_out(Y, V, X, counts)
    fits = [_fit_rows(problem, part, method) for part in problem.parts()]
    if len(fits) == 1:
        return fits[0]
    names = ("beta", "vcov", "tau2", "se_tau2", "s2", "Q", "vt", "log_likelihood", "k", "status")
    return BatchFit(method, *(np.concatenate([getattr(fit, name) for fit in fits]) for name in names))


def _fit_rows(problem: Problem, part: slice, method: str) -> BatchFit:
    batch, clean, full_rank = problem.rows(part)
    status = np.full(batch.size, Status.OK, dtype=np.int8)
    status[batch.df <= 0] = Status.NO_DF
    status[~full_rank] = Status.RANK
    status[~clean] = Status.BAD_DATA

    estimator = TAU2[method]
    tau2, se_tau2 = np.zeros(batch.size), np.full(batch.size, np.nan)
    Q, vt = np.full(batch.size, np.nan), np.full(batch.size, np.nan)
    rows = np.flatnonzero(status == Status.OK)
    if rows.size:
        good = batch if rows.size == batch.size else batch.take(rows)
        fixed = good.at(np.zeros(good.size))
        Q[rows] = fixed.yPy()
        vt[rows] = good.df / fixed.trace_P()
        tau2[rows] = estimator.estimate(good, fixed, vt[rows])
        status[rows[np.isnan(tau2[rows])]] = Status.NOT_CONVERGED
        se_tau2[rows] = estimator.error(good, fixed, tau2[rows])
    final = batch.at(np.where(np.isnan(tau2), 0.0, tau2))
    with np.errstate(invalid="ignore", divide="ignore"):
        s2 = np.where(status == Status.OK, final.yPy() / batch.df, np.nan)
    log_likelihood = final.restricted_log_likelihood() if estimator.restricted else final.log_likelihood()
    own = _own_units(problem, part, final.b, final.M, log_likelihood, batch, estimator.restricted)
    beta, vcov, log_likelihood = own
    lost = (status == Status.RANK) | (status == Status.BAD_DATA) | (status == Status.NOT_CONVERGED)
    for array in (beta, vcov, tau2, log_likelihood):
        array[lost] = np.nan
    area = problem.unit**2
    return BatchFit(
        method, beta, vcov, tau2 * area, se_tau2 * area, s2, Q, vt * area, log_likelihood, batch.k, status
    )


def _own_units(
    problem: Problem, part: slice, b: Float, M: Float, log_likelihood: Float, batch: Batch, restricted: bool
) -> tuple[Float, Float, Float]:
    """Coefficients, their covariance and the log-likelihood in the units and the coding of the input."""
    back = problem.pick(np.linalg.inv(problem.R), part)  # (1 | B, p, p), X = basis · R
    shadow = batch.XT.sum(axis=-1) / (batch.XT * batch.XT).sum(axis=-1)  # coordinates of the constant 1
    coordinates = problem.unit * b + problem.pick(problem.centre, part)[:, None] * shadow
    beta = (back * coordinates[:, None, :]).sum(axis=-1)
    half = (back[:, :, None, :] * M[:, None, :, :]).sum(axis=-1)
    vcov = problem.unit**2 * (half[:, :, None, :] * back[:, None, :, :]).sum(axis=-1)
    observations = batch.df if restricted else batch.k
    return beta, vcov, log_likelihood - observations * np.log(problem.unit)
