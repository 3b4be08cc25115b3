"""The covariance of effects that share people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.shared import outcome_correlation, shared_between, shared_covariance
from rupmeta.effects.table import EffectRow, Effects
from rupmeta.errors import EstimationError, UsageError

__all__ = ["cluster_covariance", "cluster_indices", "covariance_blocks"]

Float = NDArray[np.float64]


def cluster_indices(effects: Effects) -> dict[str, list[int]]:
    """Cluster → indices of its rows, in the order of first appearance."""
    found: dict[str, list[int]] = {}
    for i, row in enumerate(effects.rows):
        found.setdefault(row.cluster, []).append(i)
    return found


def cluster_covariance(rows: Sequence[EffectRow], rho: float) -> Float:
    """Covariance of the effects of one cluster, shape (g, g): ρ√(vᵢvⱼ), or what is known of a pair.

    Known are the covariance of a shared group and the correlation of two outcomes.

    Raises ``UsageError`` for a ρ outside (−1, 1], ``EstimationError`` naming a pair when the matrix is not
    positive definite; at ρ = 1, which only a plain mean can use, it is not asked to be.
    """
    if not -1 < rho <= 1:
        raise UsageError(f"rho = {rho}; it must lie between -1 and 1")
    vi = np.array([row.vi for row in rows])
    V = rho * np.sqrt(np.outer(vi, vi))
    np.fill_diagonal(V, vi)
    for i, a in enumerate(rows):
        for j in range(i):
            b = rows[j]
            if (pair := shared_between(a.shared, b.shared)) is not None:
                V[i, j] = V[j, i] = shared_covariance(*pair, _people(rows, pair[0].key))
            elif (known := outcome_correlation(a, b)) is not None:
                V[i, j] = V[j, i] = known * float(np.sqrt(a.vi * b.vi))
    if rho < 1:
        _check_definite(V, rows, rho)
    return V


def _people(rows: Sequence[EffectRow], key: tuple[str | float, ...]) -> float:
    """Everyone in the groups that are compared with one shared group, and in that group."""
    sides = [side for row in rows if row.shared is not None for side in (row.shared, row.shared.mirror)]
    groups = {side.other: side for side in sides if side is not None and side.key == key}
    return next(iter(groups.values())).n0 + sum(group.n1 for group in groups.values())


def _check_definite(V: Float, rows: Sequence[EffectRow], rho: float) -> None:
    try:
        np.linalg.cholesky(V)
    except np.linalg.LinAlgError:
        sd = np.sqrt(np.diag(V))
        R = np.abs(V / np.outer(sd, sd))
        np.fill_diagonal(R, 0)
        j, i = divmod(int(np.argmax(R)), len(rows))  # symmetric: the first maximum has j < i
        a, b = rows[j], rows[i]
        raise EstimationError(
            f"the covariance of the effects of {a.cluster} is not positive definite at "
            f"rho = {rho:g}; the closest pair is {a.effect} and {b.effect} (|r| = {R[i, j]:.3f})",
            "RHO",
        ) from None


def covariance_blocks(effects: Effects, rho: float) -> Float:
    """Covariance of all effects, shape (k, k): a block for every cluster, 0 between clusters.

    Raises as ``cluster_covariance``.
    """
    V = np.diag(effects.vi)
    for indices in cluster_indices(effects).values():
        if len(indices) > 1:
            V[np.ix_(indices, indices)] = cluster_covariance([effects.rows[i] for i in indices], rho)
    return V
