"""Subgroups in a GOSH cloud: do the pooled answers of subsets fall into clumps, and which studies make them?

A cloud of (pooled mean, I2) over many subsets of studies that falls into clumps says that the studies are of
several kinds (Olkin, Dahabreh & Trikalinos 2012, 10.1002/jrsm.1053). The clumps are found by mixtures of
normal distributions, and every study is judged by how much more often it is in the subsets of one clump.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Clump", "GoshModels", "find_clumps"]

Float = NDArray[np.float64]

SMALLEST, FEWEST = (
    3,
    50,
)  # studies in a subset that counts, and such subsets, below which nothing is looked for
MOST_CLUMPS = 4
STARTS = 3  # seeded starts of the mixture, by number of clumps
ROUNDS = 100
LEVEL = 1e-7  # gain of the mean log-likelihood below which the search has ended
SAMPLE = 2_000  # subsets that the mixture is fitted to; all are then sorted by it
FLOOR = 1e-4  # of the variances, on axes of unit spread: a clump never shrinks to a line
WORTH = 10.0  # BIC that a further clump must gain: very strong evidence by Raftery (1995)


@dataclass(frozen=True, slots=True)
class Clump:
    """A clump: its ``share`` of the subsets, median ``mean`` and ``I2``, and the excess of every study.

    ``excess`` (k,): how much more often a study is in this clump's subsets than in the others', -1 to 1.
    """

    share: float
    mean: float
    I2: float
    excess: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class GoshModels:
    """The clumps that a cloud falls into, by their mean; one clump: it does not.

    ``BIC``: of 1, 2, … clumps, of the subsets that were fitted; smaller is better. ``drivers``: the studies
    (indices) whose presence parts the clumps most, those with an excess above .5 in some clump first.
    """

    clumps: tuple[Clump, ...]
    BIC: tuple[float, ...]
    drivers: tuple[int, ...]


def find_clumps(mean: Float, I2: Float, masks: NDArray[np.bool_], *, seed: int = 20260101) -> GoshModels:
    """Part a GOSH cloud into clumps.

    ``mean`` and ``I2`` (B,) of subsets ``masks`` (B, k). Rows that are not finite are left out, as are
    subsets of fewer than three studies, whose I2 is mostly 0 or chance. Mixtures of 1 to 4 normal
    distributions with full covariances are fitted by EM to standardised axes; a further clump must lower the
    BIC by 10, because subsets share studies and are far from independent. Subsets whose I2 is 0 pile up and
    may make a clump of their own.

    Raises ``ValueError`` when fewer than 50 subsets are left.
    """
    usable = np.isfinite(mean) & np.isfinite(I2) & (masks.sum(axis=1) >= SMALLEST)
    if usable.sum() < FEWEST:
        raise ValueError(
            f"{int(usable.sum())} subsets of three or more studies are too few to look for clumps"
        )
    mean, I2, masks = mean[usable], I2[usable], masks[usable]
    points = np.column_stack([_standardised(mean), _standardised(I2)])
    rng = np.random.default_rng(seed)
    chosen = points if len(points) <= SAMPLE else points[rng.choice(len(points), SAMPLE, replace=False)]
    fits = [_mixture(chosen, size, rng) for size in range(1, MOST_CLUMPS + 1)]
    bic = [fit.bic(len(chosen)) for fit in fits]
    best = 0
    for size in range(1, MOST_CLUMPS):
        if bic[size] < bic[best] - WORTH:
            best = size
    belongs = fits[best].log_parts(points).argmax(axis=1)
    clumps = [_describe(belongs == c, mean, I2, masks) for c in range(best + 1) if (belongs == c).any()]
    clumps.sort(key=lambda clump: clump.mean)
    parted = len(clumps) > 1
    excess = np.abs(np.array([clump.excess for clump in clumps])).max(axis=0)
    order = np.argsort(-excess, kind="stable")
    drivers = tuple(int(i) for i in order if excess[i] > 0.5) if parted else ()
    return GoshModels(tuple(clumps), tuple(bic), drivers)


def _standardised(x: Float) -> Float:
    spread = float(x.std())
    centred: Float = (x - x.mean()) / (spread if spread > 0 else 1.0)
    return centred


def _describe(inside: NDArray[np.bool_], mean: Float, I2: Float, masks: NDArray[np.bool_]) -> Clump:
    others = masks[~inside].mean(axis=0) if (~inside).any() else masks.mean(axis=0)
    excess = masks[inside].mean(axis=0) - others
    return Clump(
        float(inside.mean()),
        float(np.median(mean[inside])),
        float(np.median(I2[inside])),
        tuple(excess.tolist()),
    )


@dataclass(frozen=True, slots=True)
class _Mixture:
    """Normal distributions in the plane: shares (G,), means (G, 2), covariances (G, 2, 2)."""

    shares: Float
    means: Float
    covariances: Float
    height: float

    def bic(self, n: int) -> float:
        return -2.0 * n * self.height + (6 * len(self.shares) - 1) * float(np.log(n))

    def log_parts(self, points: Float) -> Float:
        """Log of share times density of every component, (n, G)."""
        away = points[:, None, :] - self.means
        distance = np.einsum("ngi,gij,ngj->ng", away, np.linalg.inv(self.covariances), away)
        determinant = np.linalg.det(self.covariances)
        parts: Float = np.log(self.shares) - 0.5 * (distance + np.log(determinant)) - np.log(2.0 * np.pi)
        return parts


def _mixture(points: Float, size: int, rng: np.random.Generator) -> _Mixture:
    """The best of several EM searches, each from randomly chosen points."""
    fits = [_climb(points, size, rng) for _ in range(STARTS if size > 1 else 1)]
    return max(fits, key=lambda fit: fit.height)


def _climb(points: Float, size: int, rng: np.random.Generator) -> _Mixture:
    n = len(points)
    means = points[rng.choice(n, size, replace=False)]
    covariances = np.tile(np.cov(points.T) + FLOOR * np.eye(2), (size, 1, 1))
    fit = _Mixture(np.full(size, 1.0 / size), means, covariances, -np.inf)
    for _ in range(ROUNDS):
        parts = fit.log_parts(points)
        top = parts.max(axis=1, keepdims=True)
        weights = np.exp(parts - top)
        total = weights.sum(axis=1, keepdims=True)
        height = float(np.mean(top[:, 0] + np.log(total[:, 0])))
        weights = weights / total
        sums = weights.sum(axis=0) + 1e-12
        means = (weights.T @ points) / sums[:, None]
        away = points[:, None, :] - means
        covariances = np.einsum("ng,ngi,ngj->gij", weights, away, away) / sums[:, None, None]
        gain = height - fit.height
        fit = _Mixture(sums / sums.sum(), means, covariances + FLOOR * np.eye(2), height)
        if gain < LEVEL:
            break
    return fit
