"""Posterior distributions as they come out of quadrature: mixtures of normals, and a density on tau."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr  # always long arrays here: worth its start-up

__all__ = ["Distribution", "NormalMixture", "TauDistribution", "shortest_interval"]

Float = NDArray[np.float64]
TABLE = 400  # points of the table that brackets quantiles
NEWTON = 3  # steps inside a cell of the table: from 1e-3 of the spread to rounding
TINY = 1e-300
COARSE, GOLDEN = 41, 20  # trial positions of the shortest interval, and refinements of the best one
GOLD = 0.5 * (np.sqrt(5.0) - 1.0)


class Distribution(Protocol):
    """What intervals are made from."""

    def quantile(self, probability: Float) -> Float:
        """The values below which these shares lie, shape (n,)."""

    def guess(self, probability: Float) -> Float:
        """The same, roughly and fast."""


@dataclass(frozen=True)
class NormalMixture:
    """Mixture of normals with ``weights`` (G,) that add up to 1, ``means`` (G,) and ``sds`` (G,)."""

    weights: Float
    means: Float
    sds: Float

    @property
    def mean(self) -> float:
        """Expectation."""
        return float(self.weights @ self.means)

    @property
    def sd(self) -> float:
        """Standard deviation."""
        return float(np.sqrt(self.weights @ (self.sds**2 + (self.means - self.mean) ** 2)))

    def cdf(self, x: Float) -> Float:
        """Share below ``x`` (n,)."""
        below: Float = ndtr((np.atleast_1d(x)[:, None] - self.means) / self.sds) @ self.weights
        return below

    def above(self, x: float) -> float:
        """Share above ``x``, accurate in the tail."""
        return float(ndtr((self.means - x) / self.sds) @ self.weights)

    def pdf(self, x: Float) -> Float:
        """Density at ``x`` (n,)."""
        z = (np.atleast_1d(x)[:, None] - self.means) / self.sds
        density: Float = np.exp(-0.5 * z * z) @ (self.weights / self.sds) / np.sqrt(2.0 * np.pi)
        return density

    def quantile(self, probability: Float) -> Float:
        """Values below which the shares ``probability`` (n,) lie: Newton's method inside cells of a table."""
        x, F = self._table
        probability = np.atleast_1d(probability)
        cell = np.clip(np.searchsorted(F, probability) - 1, 0, TABLE - 1)
        low, high = x[cell], x[cell + 1]
        at = self.guess(probability)
        for _ in range(NEWTON):
            at = np.clip(at - (self.cdf(at) - probability) / np.maximum(self.pdf(at), TINY), low, high)
        return at

    def guess(self, probability: Float) -> Float:
        """The quantile by linear interpolation in the table."""
        x, F = self._table
        return np.interp(probability, F, x)

    @cached_property
    def _table(self) -> tuple[Float, Float]:
        """Values, close together where the density is high, and the shares below them."""
        reach = float((np.abs(self.means - self.mean) + 9.0 * self.sds).max())
        narrow = float(np.sqrt(1.0 / (self.weights @ self.sds**-2.0)))
        outer = np.arcsinh(reach / narrow)
        x = self.mean + narrow * np.sinh(np.linspace(-outer, outer, TABLE + 1))
        return x, self.cdf(x)

    def collapsed(self, size: int) -> NormalMixture:
        """The mixture with every ``size`` neighbouring components replaced by one of the same moments."""
        parts = np.arange(0, len(self.weights), size)
        weights = np.add.reduceat(self.weights, parts)
        means = np.add.reduceat(self.weights * self.means, parts) / weights
        squares = np.add.reduceat(self.weights * (self.means**2 + self.sds**2), parts) / weights
        return NormalMixture(weights, means, np.sqrt(squares - means**2))


@dataclass(frozen=True)
class TauDistribution:
    """Density on tau >= 0, known at panel edges on the scale u, tau = s·u/(1 - u).

    ``edges`` (E,) in u, ``F`` (E,) the share below each, ``f`` (E,) the density in u. Between edges F is the
    cubic with these values and slopes.
    """

    s: float
    edges: Float
    F: Float
    f: Float
    mean: float
    sd: float

    def tau(self, u: Float) -> Float:
        """From u to tau."""
        with np.errstate(divide="ignore"):
            return self.s * u / (1.0 - u)

    def density(self, tau: Float) -> Float:
        """Density at ``tau`` (n,)."""
        u = tau / (self.s + tau)
        height: Float = np.interp(u, self.edges, self.f, left=0.0, right=0.0) * (1.0 - u) ** 2 / self.s
        return height

    def guess(self, probability: Float) -> Float:
        """The quantile by linear interpolation between edges."""
        return self.tau(np.interp(probability, self.F, self.edges))

    def quantile(self, probability: Float) -> Float:
        """Values below which the shares ``probability`` (n,) lie."""
        probability = np.atleast_1d(probability)
        cell = np.clip(np.searchsorted(self.F, probability, side="right") - 1, 0, len(self.F) - 2)
        width = self.edges[cell + 1] - self.edges[cell]
        low = np.zeros_like(probability)
        high = np.where(probability <= self.F[cell], 0.0, 1.0)  # on an edge exactly
        for _ in range(60):
            t = 0.5 * (low + high)
            rise = t * t * (3.0 - 2.0 * t)
            value = self.F[cell] * (1.0 - rise) + self.F[cell + 1] * rise
            value += width * t * (1.0 - t) * ((1.0 - t) * self.f[cell] - t * self.f[cell + 1])
            below = value < probability
            low, high = np.where(below, t, low), np.where(below, high, t)
        return self.tau(self.edges[cell] + width * 0.5 * (low + high))


def shortest_interval(distribution: Distribution, level: float) -> tuple[float, float]:
    """The shortest interval with probability ``level``, by golden section on the share below it.

    Where the density falls from the lower end of its range, the interval starts there.
    """

    def width(below: Float) -> Float:
        ends = distribution.quantile(np.concatenate([below, below + level]))
        return ends[len(below) :] - ends[: len(below)]

    rest = 1.0 - level
    trial = np.linspace(0.0, rest, COARSE)
    trial[-1] = rest * (1.0 - 1e-9)  # short of the last share, whose quantile may be infinite
    best = int(np.argmin(distribution.guess(trial + level) - distribution.guess(trial)))
    low, high = trial[max(best - 1, 0)], trial[min(best + 1, COARSE - 1)]
    for _ in range(GOLDEN):
        inner = np.array([high - GOLD * (high - low), low + GOLD * (high - low)])
        left, right = width(inner)
        low, high = (low, inner[1]) if left < right else (inner[0], high)
    at_end, within = width(np.array([0.0, 0.5 * (low + high)]))
    share = 0.0 if best <= 1 and at_end <= within else 0.5 * (low + high)
    lb, ub = distribution.quantile(np.array([share, share + level]))
    return float(lb), float(ub)
