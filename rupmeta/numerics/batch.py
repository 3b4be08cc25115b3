"""A batch of weighted least-squares problems and the sums that every estimator of tau2 is made of.

Row b has effects Y[b], variances V[b], counts C[b] (how often each effect is in) and a design X[b]. Arrays that
rows share have a leading axis of length 1. Sums run along the last, contiguous axis, one row at a time, so that
a row's result does not depend on its companions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rupmeta.numerics.linear import apply, invert, pack_pairs, trace_product, unpack_pairs

__all__ = ["Batch", "Weighted", "make_batch"]

Float = NDArray[np.float64]
RANK_TOLERANCE = 1e-10  # on the squared scale: a column whose 1 - R² on the others is below this is redundant


@dataclass(frozen=True, slots=True)
class Batch:
    """B problems. ``XT`` holds an orthonormal basis of the design and ``pairs`` the products of its columns."""

    Y: Float  # (1 | B, k)
    V: Float  # (1 | B, k)
    C: Float | None  # (1 | B, k); None: every effect once
    XT: Float  # (1 | B, p, k)
    pairs: Float  # (1 | B, p(p+1)/2, k)
    k: Float  # (B,) effects in the row, counted with multiplicity
    logdet: Float  # (B,) log|X'CX| of the basis

    @property
    def size(self) -> int:
        """Number of rows B."""
        return int(self.k.shape[0])

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return int(self.XT.shape[1])

    @property
    def df(self) -> Float:
        """k - p per row, shape (B,)."""
        return self.k - self.p

    def take(self, rows: NDArray[Any] | slice) -> Batch:
        """The rows chosen; what rows share stays shared."""

        def pick(array: Float) -> Float:
            return array if array.shape[0] == 1 and self.size > 1 else array[rows]

        return Batch(
            pick(self.Y),
            pick(self.V),
            None if self.C is None else pick(self.C),
            pick(self.XT),
            pick(self.pairs),
            self.k[rows],
            self.logdet[rows],
        )

    def total(self, x: Float) -> Float:
        """Sum of C·x per row, shape (B,)."""
        sums: Float = x.sum(axis=-1) if self.C is None else np.vecdot(self.C, x)
        return np.broadcast_to(sums, (self.size,))

    def gram(self, x: Float) -> Float:
        """X'diag(C·x)X per row, shape (B, p, p)."""
        packed = np.vecdot(self._counted(x)[:, None, :], self.pairs)
        return unpack_pairs(np.broadcast_to(packed, (self.size, packed.shape[1])), self.p)

    def cross(self, x: Float) -> Float:
        """X'diag(C)x per row, shape (B, p)."""
        return np.broadcast_to(np.vecdot(self._counted(x)[:, None, :], self.XT), (self.size, self.p))

    def _counted(self, x: Float) -> Float:
        return x if self.C is None else self.C * x

    def weigh(self, w: Float) -> Weighted:
        """Weighted least squares with weights ``w`` (1 | B, k)."""
        M, logdet, _ = invert(self.gram(w))
        b = apply(M, self.cross(w * self.Y))
        residual = self.Y - b[:, :1] * self.XT[:, 0, :]
        for j in range(1, self.p):
            residual -= b[:, j : j + 1] * self.XT[:, j, :]
        return Weighted(self, w, M, logdet, b, residual)

    def at(self, tau2: Float) -> Weighted:
        """Weighted least squares with weights 1 / (v + tau2); ``tau2`` has shape (B,)."""
        return self.weigh(1.0 / (self.V + tau2[:, None]))


@dataclass(frozen=True, slots=True)
class Weighted:
    """One weighted fit per row; with W = diag(C·w), M = (X'WX)⁻¹ and P = W - WXMX'W."""

    batch: Batch
    w: Float
    M: Float
    logdet: Float
    b: Float
    residual: Float

    def yPy(self) -> Float:
        """y'Py: the weighted sum of squared residuals."""
        return self.batch.total(self.w * self.residual * self.residual)

    def yPPy(self) -> Float:
        """y'P²y = sum of squared rho, rho = w·residual."""
        rho = self.w * self.residual
        return self.batch.total(rho * rho)

    def yPPPy(self) -> Float:
        """y'P³y."""
        rho = self.w * self.residual
        weighted = self.w * rho
        u = self.batch.cross(weighted)
        form: Float = (u * apply(self.M, u)).sum(axis=-1)
        return self.batch.total(weighted * rho) - form

    def trace_P(self, f: Float | float = 1.0) -> Float:
        """tr(P diag f)."""
        wf = self.w * f
        return self.batch.total(wf) - trace_product(self.M, self.batch.gram(self.w * wf))

    def trace_PP(self, f: Float | float = 1.0, g: Float | float = 1.0) -> Float:
        """tr(P diag(f) P diag(g))."""
        gram, total, w2 = self.batch.gram, self.batch.total, self.w * self.w
        left = _product(self.M, gram(w2 * f))
        right = left if g is f else _product(self.M, gram(w2 * g))
        cubic = trace_product(self.M, gram(w2 * self.w * f * g))
        return total(w2 * f * g) - 2.0 * cubic + trace_product(left, right.swapaxes(-1, -2))

    def log_likelihood(self) -> Float:
        """ML log-likelihood."""
        return 0.5 * (self.batch.total(np.log(self.w)) - self.yPy() - self.batch.k * np.log(2.0 * np.pi))

    def restricted_log_likelihood(self) -> Float:
        """REML log-likelihood with the constant ½log|X'X|, which does not depend on how X is coded."""
        constant = self.batch.logdet - self.logdet + self.batch.p * np.log(2.0 * np.pi)
        return self.log_likelihood() + 0.5 * constant


def _product(A: Float, D: Float) -> Float:
    """Matrix products per row by plain sums (a BLAS product may depend on the batch)."""
    product: Float = (A[:, :, None, :] * D.swapaxes(-1, -2)[:, None, :, :]).sum(axis=-1)
    return product


def make_batch(size: int, Y: Float, V: Float, XT: Float, C: Float | None) -> tuple[Batch, NDArray[np.bool_]]:
    """Assemble a batch; also tells per row whether the design has full rank among the effects that are in."""
    columns = Y.shape[1]
    k = np.full(size, float(columns)) if C is None else np.broadcast_to(C.sum(axis=-1), (size,))
    draft = Batch(Y, V, C, XT, pack_pairs(XT), k, np.zeros(size))
    _, logdet, pivot = invert(draft.gram(np.ones((1, columns))))
    batch = Batch(Y, V, C, XT, draft.pairs, k, logdet)
    return batch, (pivot > RANK_TOLERANCE) & (k > 0)
