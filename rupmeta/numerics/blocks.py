"""REML for effects in clusters: y = Xb + u + w + e, u shared by a cluster, w not shared, e ~ N(0, V).

The covariance of a cluster is V + sigma2_w·I + sigma2_b·11'. Clusters of one size are handled together.
Source: Konstantopoulos 2011, 10.1002/jrsm.35; with covariances in V, Pustejovsky & Tipton 2022,
10.1007/s11121-021-01246-3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

__all__ = ["BlockFit", "Blocks", "evaluate", "fit_blocks", "make_blocks", "recode"]

Float = NDArray[np.float64]
Index = NDArray[np.intp]
MAX_ROUNDS = 500
TOLERANCE = 1e-11


@dataclass(frozen=True, slots=True)
class Blocks:
    """Effects ``y`` (k,), design ``X`` (k, p); per cluster size m the members (J_m, m) and V (J_m, m, m)."""

    y: Float
    X: Float
    groups: tuple[tuple[Index, Float], ...]

    @property
    def members(self) -> list[Index]:
        """The rows of each cluster."""
        return [rows for index, _ in self.groups for rows in index]


@dataclass(frozen=True, slots=True)
class BlockFit:
    """A fit at ``variances`` = (sigma2_b, sigma2_w); ``W`` and ``Phi`` are in the order of ``members``."""

    blocks: Blocks
    variances: Float
    beta: Float
    M: Float
    log_likelihood: float
    yPy: float
    trace_P: float
    score: Float
    information: Float
    inverses: tuple[Float, ...]

    @property
    def W(self) -> list[Float]:
        """Inverse covariance of each cluster."""
        return [block for inverse in self.inverses for block in inverse]

    @property
    def Phi(self) -> list[Float]:
        """Covariance of each cluster at the fitted variances."""
        return [block for _, V in self.blocks.groups for block in _covariance(V, self.variances)]


def make_blocks(y: Float, X: Float, V: Float, clusters: Sequence[str]) -> Blocks:
    """Cut ``V`` (k, k) into clusters, in order of first appearance within each size."""
    rows_of: dict[str, list[int]] = {}
    for row, cluster in enumerate(clusters):
        rows_of.setdefault(cluster, []).append(row)
    by_size: dict[int, list[list[int]]] = {}
    for rows in rows_of.values():
        by_size.setdefault(len(rows), []).append(rows)
    groups = []
    for size in sorted(by_size):
        index = np.array(by_size[size], dtype=np.intp)
        groups.append((index, V[index[:, :, None], index[:, None, :]]))
    return Blocks(y, X, tuple(groups))


def _covariance(V: Float, variances: Float) -> Float:
    sigma2_b, sigma2_w = variances
    full: Float = V + sigma2_b + sigma2_w * np.eye(V.shape[-1])
    return full


def evaluate(blocks: Blocks, variances: Float) -> BlockFit:
    """Coefficients, likelihood, score and expected information at given variances."""
    y, X = blocks.y, blocks.X
    k, p = X.shape
    inverses: list[Float] = []
    logdet = 0.0
    A, right = np.zeros((p, p)), np.zeros(p)
    for index, V in blocks.groups:
        covariance = _covariance(V, variances)
        W = np.asarray(np.linalg.inv(covariance), dtype=np.float64)
        inverses.append(W)
        logdet += float(np.linalg.slogdet(covariance)[1].sum())
        XW = X[index].swapaxes(1, 2) @ W
        A += (XW @ X[index]).sum(axis=0)
        right += (XW @ y[index][:, :, None]).sum(axis=0)[:, 0]
    M = np.asarray(np.linalg.inv(A), dtype=np.float64)
    beta = M @ right
    residual = y - X @ beta

    yPy, trace_W, squares = 0.0, np.zeros(2), np.zeros(2)
    first = np.zeros((2, p, p))  # X'WZWX
    second, trace_WW = np.zeros((2, 2, p, p)), np.zeros((2, 2))  # X'WZWZWX and tr WZWZ
    for (index, _), W in zip(blocks.groups, inverses, strict=True):
        rho = (W @ residual[index][:, :, None])[:, :, 0]
        yPy += float((rho * residual[index]).sum())
        squares += [float((rho.sum(axis=1) ** 2).sum()), float((rho**2).sum())]
        WX = W @ X[index]
        ones = WX.sum(axis=1)  # (J, p): X'W1
        W1 = W.sum(axis=2)
        total = W1.sum(axis=1)  # 1'W1
        WWX = W @ WX
        ones2 = WWX.sum(axis=1)  # X'WW1
        trace_W += [float(total.sum()), float(np.trace(W, axis1=1, axis2=2).sum())]
        first[0] += ones.T @ ones
        first[1] += np.einsum("jmp,jmq->pq", WX, WX)
        second[0, 0] += ones.T @ (total[:, None] * ones)
        second[0, 1] += ones.T @ ones2
        second[1, 1] += np.einsum("jmp,jmq->pq", WX, WWX)
        trace_WW += np.array([[(total**2).sum(), (W1**2).sum()], [(W1**2).sum(), (W**2).sum()]])
    second[1, 0] = second[0, 1].T
    MF = M @ first
    trace_P = trace_W - np.trace(MF, axis1=1, axis2=2)
    information = trace_WW - 2.0 * np.einsum("pq,abqp->ab", M, second) + np.einsum("apq,bqp->ab", MF, MF)
    constant = (k - p) * np.log(2.0 * np.pi) - np.linalg.slogdet(X.T @ X)[1]
    log_likelihood = -0.5 * (logdet + float(np.linalg.slogdet(A)[1]) + yPy + float(constant))
    return BlockFit(
        blocks,
        variances,
        beta,
        M,
        log_likelihood,
        yPy,
        float(trace_P[1]),
        0.5 * (squares - trace_P),
        0.5 * information,
        tuple(inverses),
    )


def fit_blocks(
    blocks: Blocks,
    starts: Sequence[Sequence[float]],
    free: Sequence[int],
    *,
    tolerance: float = TOLERANCE,
) -> BlockFit | None:
    """Highest REML likelihood reached by Fisher scoring from ``starts``; ``free`` variances are estimated.

    ``tolerance`` is on the last step, relative to the variances. None when no start converges.
    """
    fits = [_climb(blocks, np.array(start, dtype=np.float64), list(free), tolerance) for start in starts]
    return max((fit for fit in fits if fit is not None), key=lambda fit: fit.log_likelihood, default=None)


def _climb(blocks: Blocks, variances: Float, free: list[int], tolerance: float) -> BlockFit | None:
    fit = evaluate(blocks, variances)
    for _ in range(MAX_ROUNDS):
        moving = [a for a in free if fit.variances[a] > 0 or fit.score[a] > 0]
        if not moving:
            return fit
        change = np.zeros(2)
        change[moving] = np.linalg.lstsq(
            fit.information[np.ix_(moving, moving)], fit.score[moving], rcond=None
        )[0]
        scale = fit.variances.sum() + 1.0 / np.sqrt(fit.information[moving[0], moving[0]])
        step = 1.0
        while True:
            proposal = np.maximum(0.0, fit.variances + step * change)
            moved = float(np.abs(proposal - fit.variances).max())
            if moved <= tolerance * scale:
                return fit
            candidate = evaluate(blocks, proposal)
            if candidate.log_likelihood >= fit.log_likelihood:
                fit = candidate
                break
            step *= 0.5
    return None


def recode(fit: BlockFit, X: Float, R: Float) -> BlockFit:
    """The same fit for the design ``X`` = basis · ``R`` in place of the basis that it was computed with."""
    back = np.linalg.inv(R)
    blocks = replace(fit.blocks, X=X)
    return replace(fit, blocks=blocks, beta=back @ fit.beta, M=back @ fit.M @ back.T)
