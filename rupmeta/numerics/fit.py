"""The batched random-effects fit: a fit is a row, a single pool is a batch of one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rupmeta.numerics.batch import Weighted
from rupmeta.numerics.linear import apply, product
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

    ``beta`` (B, p) and ``vcov`` (B, p, p) unscaled, (X'WX)⁻¹; ``tau2``, ``se_tau2``; ``s2`` = y'Py / (k - p),
    the factor of Knapp and Hartung; ``Q`` residual heterogeneity at tau2 = 0; ``vt`` the typical sampling
    variance of Higgins and Thompson; ``log_likelihood`` restricted for REML, else ML; ``k`` effects in the
    row, ``df`` = k - p. Rows of ``NO_DF`` have tau2 = 0.
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
        return np.equal(self.status, Status.OK)

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
    (0.3, 0.0375)
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
    estimator, unit = TAU2[method], np.broadcast_to(problem.pick(problem.unit, part), (batch.size,))
    area = unit**2

    def empty(*shape: int) -> Float:
        return np.full((batch.size, *shape), np.nan)

    tau2, se_tau2, Q, vt, s2 = (empty() for _ in range(5))
    tau2[status == Status.NO_DF] = 0.0
    rows = np.flatnonzero(status == Status.OK)
    if rows.size:
        fixed = batch.take(rows).at(np.zeros(rows.size))
        Q[rows], vt[rows] = fixed.yPy(), fixed.typical_variance()
        tau2[rows] = estimator.estimate(fixed)
        status[rows[np.isnan(tau2[rows])]] = Status.NOT_CONVERGED
        se_tau2[rows] = estimator.error(fixed, tau2[rows])

    beta, vcov, log_likelihood = empty(batch.p), empty(batch.p, batch.p), empty()
    rows = np.flatnonzero(~np.isnan(tau2))
    if rows.size:
        final = batch.take(rows).at(tau2[rows])
        beta[rows], vcov[rows] = _in_own_coding(problem, part, rows, final)
        restricted = estimator.restricted
        height = final.restricted_log_likelihood() if restricted else final.log_likelihood()
        observations = final.batch.df if restricted else final.batch.k
        log_likelihood[rows] = height - observations * np.log(unit[rows])
        s2[rows] = final.yPy() / np.where(final.batch.df > 0, final.batch.df, np.nan)
    return BatchFit(
        method, beta, vcov, tau2 * area, se_tau2 * area, s2, Q, vt * area, log_likelihood, batch.k, status
    )


def _in_own_coding(
    problem: Problem, part: slice, rows: NDArray[np.intp], fit: Weighted
) -> tuple[Float, Float]:
    """Coefficients and their covariance in the units and the coding of the input: X = basis · R."""

    def pick(array: Float) -> Float:
        chosen: Float = problem.pick(array, part)
        return chosen if chosen.shape[0] == 1 else chosen[rows]

    back = np.asarray(np.linalg.inv(pick(problem.R)), dtype=np.float64)
    XT = fit.batch.XT
    constant = XT.sum(axis=-1) / (XT * XT).sum(axis=-1)  # coordinates of the constant 1
    unit = pick(problem.unit)[:, None]
    beta = apply(back, unit * fit.b + pick(problem.centre)[:, None] * constant)
    return beta, unit[:, None] ** 2 * product(product(back, fit.M), back.swapaxes(-1, -2))
