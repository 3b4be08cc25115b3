"""Does the meta-regression fit its studies, and does one of them carry it? Case diagnostics of a model."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.numerics.distributions import chi2_p, two_sided_quantile
from rupmeta.numerics.fit import fit_batch

__all__ = ["CaseDiagnostics", "diagnose_cases"]

Float = NDArray[np.float64]
EXACT = 1e-7  # a residual whose standard error is below this share of the effect's own cannot be other than 0


@dataclass(frozen=True)
class CaseDiagnostics:
    """Arrays of shape (k,), analysis scale; NaN where the model cannot do without the effect.

    ``fitted`` x'b; ``residual`` y - x'b; ``rstandard`` over its own standard error; ``rstudent`` that of the
    effect against the model fitted without it; ``hat`` its pull on its own fitted value; ``cook_d`` the
    distance that all coefficients move without it; ``dffits`` the shift of its own fitted value in standard
    errors; ``cov_r`` ratio of determinants; ``dfbetas`` (k, p). ``flagged``: what is conspicuous, in words.
    """

    fitted: Float
    residual: Float
    rstandard: Float
    rstudent: Float
    hat: Float
    cook_d: Float
    dffits: Float
    cov_r: Float
    tau2_del: Float
    QE_del: Float
    dfbetas: Float
    flagged: tuple[tuple[str, ...], ...]


def diagnose_cases(effects: Effects, X: Float, *, method: str = "REML") -> CaseDiagnostics:
    """Fit the model without each effect, as rows of one batch, and compare.

    ``X`` (k, p) of full rank. Variances are unscaled whatever the test. Definitions: Viechtbauer & Cheung
    2010, 10.1002/jrsm.11. Raises ``EstimationError`` when k - p < 2.
    """
    k, p = X.shape
    if k - p < 2:
        raise EstimationError(f"{k} effects for {p} coefficients: leaving one out leaves no model", "K-MOD")
    yi, vi = effects.yi, effects.vi
    full = fit_batch(yi, vi, X, method=method)
    without = fit_batch(yi, vi, X, 1.0 - np.eye(k), method=method)
    b, M, tau2 = full.beta[0], full.vcov[0], float(full.tau2[0])
    w = 1.0 / (vi + tau2)
    H = X @ M @ X.T * w
    hat = np.diag(H)
    keep = np.eye(k) - H
    residual = yi - X @ b
    own = np.sqrt(np.maximum(np.diag((keep / w) @ keep.T), 0.0))
    free = own > EXACT / np.sqrt(w)  # else the model goes through the effect, whatever it is
    ok = without.ok

    def known(x: Float) -> Float:
        return np.where(ok, x, np.nan)

    shift = b - without.beta
    deleted = yi - np.einsum("ij,ij->i", X, without.beta)
    spread = vi + without.tau2 + np.einsum("ij,ijk,ik->i", X, without.vcov, X)
    rstudent = known(deleted / np.sqrt(spread))
    cook_d = known(np.einsum("ij,jk,ik->i", shift, np.linalg.inv(M), shift))
    dffits = known(np.einsum("ij,ij->i", X, shift) / np.sqrt(hat * (vi + without.tau2)))
    safe = np.where(ok[:, None, None], without.vcov, np.eye(p))
    cov_r = known(np.linalg.det(safe) / np.linalg.det(M))
    scale = np.array(
        [np.diag(np.linalg.inv((X / (vi + t)[:, None]).T @ X)) for t in np.where(ok, without.tau2, 1.0)]
    )
    dfbetas = np.where(ok[:, None], shift / np.sqrt(scale), np.nan)
    found = CaseDiagnostics(
        fitted=X @ b,
        residual=residual,
        rstandard=np.where(free, residual / np.where(free, own, 1.0), np.nan),
        rstudent=rstudent,
        hat=hat,
        cook_d=cook_d,
        dffits=dffits,
        cov_r=cov_r,
        tau2_del=known(without.tau2),
        QE_del=known(without.Q),
        dfbetas=dfbetas,
        flagged=(),
    )
    return _flag(found, k, p)


def _flag(found: CaseDiagnostics, k: int, p: int) -> CaseDiagnostics:
    """The limits of Viechtbauer & Cheung, and of Belsley, Kuh & Welsch for DFBETAS."""
    far = two_sided_quantile(0.95)
    flags = []
    for i in range(k):
        words = []
        if np.isnan(found.rstudent[i]):
            words.append("a coefficient rests on it alone")
        if abs(found.rstudent[i]) > far:
            words.append("far from what the model expects")
        if found.cook_d[i] > 0 and chi2_p(float(found.cook_d[i]), p) < 0.5:
            words.append("moves the coefficients")
        if abs(found.dffits[i]) > 3.0 * np.sqrt(p / (k - p)):
            words.append("moves its own fitted value")
        if found.hat[i] > 3.0 * p / k:
            words.append("unusual moderators")
        if np.any(np.abs(found.dfbetas[i]) > 1.0):
            words.append("moves a coefficient by more than its standard error")
        flags.append(tuple(words))
    return replace(found, flagged=tuple(flags))
