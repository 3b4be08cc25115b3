"""The Copas selection model: small studies are published when they look well, over a grid of how strongly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from rupmeta.errors import EstimationError
from rupmeta.explore.bias.likelihood import HALF_LOG_TWO_PI, Box, Summit, reach_of, standard_errors
from rupmeta.explore.bias.oriented import Oriented, require
from rupmeta.numerics.distributions import chi2_p, normal_quantile
from rupmeta.numerics.maximise import Height, maximise_rows
from rupmeta.results import Estimate

__all__ = ["Copas", "CopasRow", "fit_copas"]

Float = NDArray[np.float64]
Index = NDArray[np.intp]

#: Chances that the most precise and the least precise study of the set were published.
PRECISE = (0.99, 0.8)
IMPRECISE = (0.99, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)
ENOUGH_SYMMETRY = 0.10  # p of the residual asymmetry above which a selection is strong enough
CORRELATED = 4.0  # rho = tanh of it is .9993
STARTS = ((0.5, 0.0), (0.5, 1.0), (1.5, 0.0), (1.5, 1.0))  # tau in typical standard errors, atanh rho


@dataclass(frozen=True, slots=True)
class CopasRow:
    """The answer if the most and the least precise study had these chances of publication.

    ``missing``: studies expected to be unpublished; ``rho``: correlation of results with the inclination to
    publish; ``pval``: whether effects still depend on their standard errors once selection is accounted for.
    """

    precise: float
    imprecise: float
    estimate: Estimate
    tau2: float
    rho: float
    missing: float
    pval: float


@dataclass(frozen=True, slots=True)
class Copas:
    """``rows`` of the grid, from weak to strong selection; ``chosen``: the weakest that leaves no asymmetry.

    ``unselected_pval``: asymmetry without any selection. ``chosen`` None: none of the grid is enough, or
    none is needed.
    """

    rows: tuple[CopasRow, ...]
    chosen: CopasRow | None
    unselected_pval: float

    @property
    def needed(self) -> bool:
        """Whether there is asymmetry to explain."""
        return self.unselected_pval < ENOUGH_SYMMETRY


def fit_copas(data: Oriented, *, level: float = 0.95) -> Copas:
    """Sensitivity analysis of Copas and Shi (2000, 10.1093/biostatistics/1.3.247; 2001).

    A study is published if γ₀ + γ₁/√v + δ > 0, δ ~ N(0, 1), and corr(δ, sampling error) = ρ. With
    u = γ₀ + γ₁/√v, λ = φ(u)/Φ(u), σ² = v/(1 − ρ²λ(u + λ)), s² = σ² + τ², ρ̃ = ρσ/s and
    w = (u + ρ̃(y − μ)/s)/√(1 − ρ̃²): ℓ = Σ log N(y; μ, s²) − log Φ(u) + log Φ(w), maximised over μ, τ, ρ for
    every (γ₀, γ₁) of the grid, since γ cannot be estimated. The residual asymmetry is a likelihood-ratio
    test of β in μ + β√v; following Schwarzer et al. (2010) the answer is the weakest selection at which its
    p reaches .1.

    Raises ``EstimationError`` for fewer than 3 effects or equal standard errors.
    """
    require(data.k, "the Copas model")
    se = np.sqrt(data.v)
    if np.ptp(se) <= 1e-6 * float(se.max()):
        raise EstimationError(
            "all effects have the same precision: selection by precision has no meaning", "K-ASYM"
        )
    grid = [(high, low) for high in PRECISE for low in IMPRECISE if low <= high]
    chances = np.array([(1.0 - 1e-12, 1.0 - 1e-12), *grid])
    u = _inclination(chances, se)
    plain, sloped = _heights(data, u), _heights(data, u, slope=True)
    box, wide = _box(data, 3), _box(data, 4)
    free = _climb(plain, data, box, len(u))
    bent = _climb(sloped, data, wide, len(u))
    drop = 2.0 * np.maximum(0.0, bent.height - free.height)
    pvals = np.array([chi2_p(float(x), 1) for x in drop])
    missing = np.exp(log_ndtr(-u) - log_ndtr(u)).sum(axis=1)
    rows = []
    for i, (high, low) in enumerate(grid, 1):
        theta = free.theta[i]
        fixed = (1,) if abs(theta[1]) < 1e-3 else ()
        errors = standard_errors(_row(plain, i), Summit(theta, float(free.height[i]), 0), box, fixed)
        estimate = Estimate(
            "Copas model",
            data.sign * data.unit * float(theta[0]),
            float("nan") if errors is None else data.unit * float(errors[0]),
            None,
            level,
        )
        tau2, rho = float(theta[1] * data.unit) ** 2, float(np.tanh(theta[2]))
        rows.append(CopasRow(high, low, estimate, tau2, rho, float(missing[i]), float(pvals[i])))
    rows.sort(key=lambda row: row.missing)
    enough = [row for row in rows if row.pval >= ENOUGH_SYMMETRY]
    needed = pvals[0] < ENOUGH_SYMMETRY
    return Copas(tuple(rows), enough[0] if needed and enough else None, float(pvals[0]))


@dataclass(frozen=True, slots=True)
class _Peaks:
    theta: Float
    height: Float


def _climb(height: Height, data: Oriented, box: Box, points: int) -> _Peaks:
    """The best maximum at every point of the grid."""
    y, v = data.scaled()
    starts = []
    for tau, rho in STARTS:
        w = 1.0 / (v + tau**2)
        starts.append([float(w @ y) / float(w.sum()), tau, rho, 0.0][: len(box.lower)])
    tiled = np.tile(np.array(starts), (points, 1))
    found = maximise_rows(lambda theta, rows: height(theta, rows // len(STARTS)), tiled, box.lower, box.upper)
    heights = found.height.reshape(points, len(STARTS))
    best = heights.argmax(axis=1)
    theta = found.theta.reshape(points, len(STARTS), -1)[np.arange(points), best]
    return _Peaks(theta, heights.max(axis=1))


def _row(height: Height, index: int) -> Height:
    return lambda theta, rows: height(theta, np.full(len(rows), index))


def _inclination(chances: Float, se: Float) -> Float:
    """u = γ₀ + γ₁/√v (G, k) such that the extreme studies have the ``chances`` (G, 2) of publication."""
    top, bottom = np.asarray(normal_quantile(chances[:, :1])), np.asarray(normal_quantile(chances[:, 1:]))
    share = (1.0 / se - 1.0 / se.max()) / (1.0 / se.min() - 1.0 / se.max())
    return np.asarray(bottom + (top - bottom) * share)


def _box(data: Oriented, p: int) -> Box:
    far = reach_of(data)
    upper = np.array([far, far, CORRELATED, far])[:p]
    return Box(-upper, upper)


def _heights(data: Oriented, u: Float, *, slope: bool = False) -> Height:
    """Log-likelihood at (mu, tau, atanh rho[, beta]); a row belongs to one point of the grid, u[row]."""
    y, v = data.scaled()
    se = np.sqrt(v)
    log_reached = log_ndtr(u)
    ratio = np.exp(-0.5 * u**2 - HALF_LOG_TWO_PI - log_reached)
    shrink = ratio * (u + ratio)

    def height(theta: Float, rows: Index) -> Float:
        mean = theta[:, :1] + theta[:, 3:4] * se if slope else theta[:, :1]
        rho = np.tanh(theta[:, 2:3])
        sigma2 = v / (1.0 - rho**2 * shrink[rows])
        s = np.sqrt(sigma2 + theta[:, 1:2] ** 2)
        tilted = rho * np.sqrt(sigma2) / s
        z = (y - mean) / s
        w = (u[rows] + tilted * z) / np.sqrt(1.0 - tilted**2)
        density = -HALF_LOG_TWO_PI - np.log(s) - 0.5 * z**2
        result: Float = (density - log_reached[rows] + log_ndtr(w)).sum(axis=1)
        return result

    return height
