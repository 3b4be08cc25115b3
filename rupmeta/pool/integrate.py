"""The posterior of tau by quadrature: everything else of the normal-normal model is a mixture over it.

y ~ N(Xb + u, v), u ~ N(0, tau2). Given tau the coefficients are normal, so only tau is integrated
(Röver 2020, 10.18637/jss.v093.i06).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.mixture import TauDistribution
from rupmeta.pool.priors import NormalPrior, TauPrior

__all__ = ["Integrated", "integrate_tau"]

Float = NDArray[np.float64]
PANELS = 160  # laid over the part that carries the posterior
LOOK = 400  # panels of the look round
NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)
FAR = 40.0  # log density below its maximum where the second pass begins and ends
NEGLIGIBLE = 1e-17  # weight of a node that no sum can see


@dataclass(frozen=True)
class Integrated:
    """Nodes of tau with weights that add up to 1, and the coefficients given tau at each of them.

    ``tau`` (G,), ``weights`` (G,), ``means`` (G, p), ``covariances`` (G, p, p). ``log_evidence`` is the log
    density of the data but for -½(k - flat)·log 2π, flat coefficients counted: models with the same flat
    ones can be compared by it.
    """

    tau: Float
    weights: Float
    means: Float
    covariances: Float
    distribution: TauDistribution
    log_evidence: float


def integrate_tau(
    yi: Float,
    vi: Float,
    X: Float,
    prior: TauPrior,
    coefficients: Sequence[NormalPrior | None],
    *,
    moments: tuple[bool, bool] = (True, True),
) -> Integrated:
    """Posterior of tau for ``yi``, ``vi`` (k,), design ``X`` (k, p) and one prior per coefficient.

    tau = s·u/(1 - u), 160 panels in u of 8 Gauss-Legendre nodes each, laid where the density is; no columns
    in ``X`` (p = 0) means a mean of 0. ``moments`` says whether the mean and the standard deviation of tau
    exist; where they do not they are infinite.
    """
    model = _Given(yi, vi, X, coefficients)
    start = float(np.nan_to_num(fit_batch(yi, vi, method="REML").tau2[0]))
    s = max(float(np.sqrt(start)), 0.5 * float(np.sqrt(np.median(vi))))

    def height(u: Float) -> Float:
        tau = s * u / (1.0 - u)
        jacobian = np.log(s) - 2.0 * np.log1p(-u)
        total: Float = model.log_density(tau) + prior.log_density(tau) + jacobian
        return total

    upper = prior.upper / (s + prior.upper) if np.isfinite(prior.upper) else 1.0
    edges = np.linspace(0.0, upper, LOOK + 1)
    if upper == 1.0:
        edges[-1] = 1.0 - 0.5 / LOOK  # at 1 tau is infinite
    look = height(edges)
    seen = np.flatnonzero(look > look.max() - FAR)
    low, high = edges[max(seen[0] - 1, 0)], edges[min(seen[-1] + 1, LOOK)]
    edges = np.linspace(low, upper if seen[-1] >= LOOK - 1 else high, PANELS + 1)
    half = 0.5 * np.diff(edges)
    u = (edges[:-1] + half)[:, None] + half[:, None] * NODES
    heights = height(u.ravel())
    top = float(heights.max())
    mass = (half[:, None] * WEIGHTS).ravel() * np.exp(heights - top)
    total = float(mass.sum())
    weights = mass / total
    share = np.concatenate([[0.0], np.cumsum(weights.reshape(PANELS, -1).sum(axis=1))])
    share[-1] = 1.0
    f = np.zeros(PANELS + 1)
    inner = edges < 1.0
    f[inner] = np.exp(height(edges[inner]) - top) / total
    kept = weights > NEGLIGIBLE
    tau, weights = (s * u / (1.0 - u)).ravel()[kept], weights[kept] / weights[kept].sum()
    mean = float(weights @ tau) if moments[0] else np.inf
    sd = float(np.sqrt(weights @ (tau - mean) ** 2)) if all(moments) else np.inf
    means, covariances = model.coefficients(tau)
    distribution = TauDistribution(s, edges, share, f, mean, sd)
    return Integrated(tau, weights, means, covariances, distribution, top + float(np.log(total)))


class _Given:
    """The model for a given tau: normal priors on coefficients enter as effects of no heterogeneity."""

    def __init__(self, yi: Float, vi: Float, X: Float, priors: Sequence[NormalPrior | None]):
        proper = [(j, prior) for j, prior in enumerate(priors) if prior is not None]
        eye = np.eye(X.shape[1])[[j for j, _ in proper]]
        self.y = np.concatenate([yi, [prior.mean for _, prior in proper]])
        self.v = np.concatenate([vi, [prior.sd**2 for _, prior in proper]])
        self.spread = np.concatenate([np.ones(len(yi)), np.zeros(len(proper))])  # where tau2 is added
        design = np.vstack([X, eye])
        self.p = X.shape[1]
        self.basis: Float = design
        self.R: Float = np.eye(self.p)
        if self.p > 1:
            self.basis, self.R = np.linalg.qr(design)
        self.pairs = (self.basis[:, :, None] * self.basis[:, None, :]).reshape(len(self.y), -1)
        # log|X'WX| is that of the basis plus this
        self.constant = 2.0 * float(np.linalg.slogdet(self.R)[1]) if self.p > 1 else 0.0

    def _solve(self, tau: Float) -> tuple[Float, Float, Float]:
        w = 1.0 / (self.v + np.outer(tau**2, self.spread))
        A = (w @ self.pairs).reshape(len(tau), self.p, self.p)
        M = np.asarray(np.linalg.inv(A), dtype=np.float64)
        b = (M @ ((w * self.y) @ self.basis)[:, :, None])[:, :, 0]
        return w, M, b

    def log_density(self, tau: Float) -> Float:
        """Log of the density of the data given tau, coefficients integrated out, constants left out."""
        w, M, b = self._solve(tau)
        residual = self.y - b @ self.basis.T
        quadratic = (w * residual * residual).sum(axis=1)
        logdet = -np.linalg.slogdet(M)[1] if self.p else np.zeros(len(tau))
        height: Float = 0.5 * (np.log(w).sum(axis=1) - logdet - self.constant - quadratic)
        return height

    def coefficients(self, tau: Float) -> tuple[Float, Float]:
        """Mean (G, p) and covariance (G, p, p) of the coefficients given tau."""
        _, M, b = self._solve(tau)
        if self.p < 2:
            return b, M
        back = np.linalg.inv(self.R)
        return b @ back.T, back @ M @ back.T
