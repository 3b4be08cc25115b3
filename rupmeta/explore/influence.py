"""Which effects pull the answer: case-deletion diagnostics of a fit with or without moderators.

Notation: b, M = (X'WX)⁻¹ and tau2 of the full fit, (i) of the fit without effect i, hat = w x'Mx. Variances
are those of test z, whatever the test, as the diagnostics compare effects with each other. Sources:
Viechtbauer & Cheung 2010, 10.1002/jrsm.11; Baujat et al. 2002, 10.1002/sim.1221.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.numerics.distributions import chi2_quantile
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.design import make_design
from rupmeta.pool.fit import MethodName

__all__ = ["FLAGS", "Influence", "Thresholds", "measure_influence"]

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]

#: The diagnostics that can flag an effect, in the order of the table.
FLAGS = ("dffits", "cook_d", "hat", "dfbetas")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Beyond these a diagnostic flags its effect; ``cook_d`` is the median of chi-square on p."""

    dffits: float
    hat: float
    cook_d: float
    dfbetas: float = 1.0


@dataclass(frozen=True)
class Influence:
    """One row per effect; NaN where the rest has no fit.

    ``rstudent`` externally standardised residual; ``dffits`` change of the fitted value in its standard
    errors; ``cook_d`` squared distance of all coefficients; ``cov_r`` ratio of their generalised variances;
    ``tau2_del``, ``QE_del`` without the effect; ``hat`` leverage; ``weight`` percent; ``dfbetas`` (k, p);
    ``baujat_x`` squared Pearson residual, ``baujat_y`` squared change of the fitted value over its variance.
    ``flags`` (k, 4), columns as in ``FLAGS``.
    """

    names: tuple[str, ...]
    rstudent: Float
    dffits: Float
    cook_d: Float
    cov_r: Float
    tau2_del: Float
    QE_del: Float
    hat: Float
    weight: Float
    dfbetas: Float
    baujat_x: Float
    baujat_y: Float
    flags: Bool
    thresholds: Thresholds

    @property
    def influential(self) -> Bool:
        """Effects with at least one flag, shape (k,)."""
        return np.asarray(self.flags.any(axis=1))


def measure_influence(
    effects: Effects,
    *,
    X: Float | None = None,
    names: tuple[str, ...] = ("intercept",),
    method: MethodName = "REML",
) -> Influence:
    """Diagnostics of k independent effects; the k fits without one effect are rows of one batch.

    Raises ``EstimationError`` (K-FEW) when without an effect as many coefficients as effects are left.
    """
    design = make_design(effects.k, X, names)
    X, yi, vi, k = design.X, effects.yi, effects.vi, effects.k
    p = design.p
    if k < p + 2:
        raise EstimationError(
            f"{k} effects for {p} coefficient{'s' * (p > 1)}: influence takes at least {p + 2}", "K-FEW"
        )
    full = fit_batch(yi, vi, X, method=method)
    without = fit_batch(yi, vi, X, 1.0 - np.eye(k), method=method)
    bad = ~without.ok
    beta_del = np.where(bad[:, None], np.nan, without.beta)
    vcov_del = np.where(bad[:, None, None], np.nan, without.vcov)
    beta, vcov = full.beta[0], full.vcov[0]
    tau2, tau2_del = float(full.tau2[0]), np.where(bad, np.nan, without.tau2)
    w = 1.0 / (vi + tau2)

    hat = w * np.einsum("ij,jl,il->i", X, vcov, X)
    change = beta - beta_del
    shift = np.einsum("ij,ij->i", X, change)
    spread_del = np.einsum("ij,ijl,il->i", X, vcov_del, X)
    residual_del = yi - np.einsum("ij,ij->i", X, beta_del)
    # (X'WX)⁻¹ with all effects, at each of the tau2 without one of them
    w_del = 1.0 / (vi + tau2_del[:, None])
    gram = np.einsum("bi,ij,il->bjl", np.where(np.isnan(w_del), 1.0, w_del), X, X)
    own = np.diagonal(np.linalg.inv(gram), axis1=1, axis2=2)

    rstudent = residual_del / np.sqrt(vi + tau2_del + spread_del)
    dffits = shift / np.sqrt(hat * (vi + tau2_del))
    cook_d = np.einsum("ij,jl,il->i", change, np.linalg.inv(vcov), change)
    cov_r = np.linalg.det(vcov_del) / np.linalg.det(vcov)
    dfbetas = change / np.sqrt(np.where(bad[:, None], np.nan, own))
    limits = Thresholds(
        dffits=3.0 * float(np.sqrt(p / (k - p))), hat=3.0 * p / k, cook_d=chi2_quantile(0.5, float(p))
    )
    flags = np.column_stack(
        [
            np.abs(dffits) > limits.dffits,
            cook_d > limits.cook_d,
            hat > limits.hat,
            (np.abs(dfbetas) > limits.dfbetas).any(axis=1),
        ]
    )
    return Influence(
        names=design.names,
        rstudent=rstudent,
        dffits=dffits,
        cook_d=cook_d,
        cov_r=cov_r,
        tau2_del=tau2_del,
        QE_del=np.where(bad, np.nan, without.Q),
        hat=hat,
        weight=100.0 * w / w.sum(),
        dfbetas=dfbetas,
        baujat_x=(yi - X @ beta) ** 2 / (vi + tau2),
        baujat_y=shift**2 / spread_del,
        flags=flags,
        thresholds=limits,
    )
