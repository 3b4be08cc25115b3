"""Cluster-robust standard errors with small-sample corrections.

CR2 with Satterthwaite degrees of freedom (Bell & McCaffrey 2002; Pustejovsky & Tipton 2018,
10.1080/07350015.2016.1247004), the approximate Hotelling test of several coefficients (Tipton & Pustejovsky
2015, 10.3102/1076998615606099), and CR1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.numerics.blocks import BlockFit
from rupmeta.numerics.distributions import f_p
from rupmeta.results import Test

__all__ = ["Robust", "cr1", "cr2"]

Float = NDArray[np.float64]
SINGULAR = 1e-10  # eigenvalues below this share of the largest are directions that the model fits exactly


@dataclass(frozen=True, slots=True)
class Robust:
    """``beta`` (p,), its ``vcov`` (p, p) and ``df`` (p,); ``influence`` (J, k, p) carries the joint tests."""

    beta: Float
    vcov: Float
    df: Float
    influence: Float

    def test(self, rows: Sequence[int]) -> Test | None:
        """Hotelling test (HTZ) that the coefficients at ``rows`` are 0.

        None without degrees of freedom, or where levels with a single sample leave no residual to judge by.
        """
        s, chosen = len(rows), list(rows)
        vcov = self.vcov[np.ix_(chosen, chosen)]
        if np.linalg.matrix_rank(vcov, hermitian=True) < s:
            return None
        G = self.influence[:, :, chosen]
        values, vectors = np.linalg.eigh(np.einsum("jka,jkb->ab", G, G))
        G = G @ (vectors * values**-0.5) @ vectors.T
        sides = G.transpose(2, 0, 1)
        K = sides[:, None] @ sides[None].swapaxes(-1, -2)  # (s, s, J, J): K^{ab}_{ij}
        paired = np.einsum("aaij,bbij->", K, K) + np.einsum("abij,baij->", K, K)
        eta = s * (s + 1.0) / float(paired)
        df2 = eta - s + 1.0
        if df2 <= 0:
            return None
        beta = self.beta[chosen]
        form = float(beta @ np.linalg.solve(vcov, beta))
        stat = df2 / (eta * s) * form
        return Test(stat, s, df2, f_p(stat, s, df2))


def cr2(fit: BlockFit) -> Robust:
    """Bias-reduced linearisation with the fitted covariance as the working model."""
    X, M, blocks = fit.blocks.X, fit.M, fit.blocks
    residual = blocks.y - X @ fit.beta
    members, W, Phi = blocks.members, fit.W, fit.Phi
    WXM = np.empty_like(X)
    for rows, Wj in zip(members, W, strict=True):
        WXM[rows] = Wj @ X[rows] @ M
    scores, influence = np.empty((len(members), X.shape[1])), np.empty((len(members), *X.shape))
    for j, (rows, Wj, Phij) in enumerate(zip(members, W, Phi, strict=True)):
        D = np.linalg.cholesky(Phij).T
        B = D @ (Phij - X[rows] @ M @ X[rows].T) @ D.T
        T = (D.T @ _inverse_root(B) @ D).T @ Wj @ X[rows] @ M  # (m, p)
        scores[j] = residual[rows] @ T
        full = -WXM @ (X[rows].T @ T)
        full[rows] += T
        influence[j] = full
    for rows, Phij in zip(members, Phi, strict=True):
        influence[:, rows, :] = np.linalg.cholesky(Phij).T @ influence[:, rows, :]
    sides = influence.transpose(2, 0, 1)
    K = sides @ sides.swapaxes(-1, -2)  # (p, J, J)
    df = np.trace(K, axis1=1, axis2=2) ** 2 / (K**2).sum(axis=(1, 2))
    return Robust(fit.beta, scores.T @ scores, df, influence)


def _inverse_root(B: Float) -> Float:
    """Symmetric B^{+½}: inverse square root on the directions that are not singular."""
    values, vectors = np.linalg.eigh(0.5 * (B + B.T))
    kept = values > SINGULAR * values[-1]
    root: Float = (vectors[:, kept] * values[kept] ** -0.5) @ vectors[:, kept].T
    return root


def cr1(fit: BlockFit) -> tuple[Float, int]:
    """The sandwich times J / (J - p), and its degrees of freedom J - p, for J clusters."""
    X, blocks = fit.blocks.X, fit.blocks
    residual = blocks.y - X @ fit.beta
    scores = np.array(
        [fit.M @ X[rows].T @ Wj @ residual[rows] for rows, Wj in zip(blocks.members, fit.W, strict=True)]
    )
    J, p = scores.shape
    return J / (J - p) * scores.T @ scores, J - p
