"""A batch of weighted least-squares problems and the sums that every estimator of tau2 is made of.

Row b has effects Y[b], variances V[b], counts C[b] (how often each effect is in) and a design X[b]. Arrays
that rows share have a leading axis of length 1, here and in results, and broadcast. Sums run along the last,
contiguous axis, one row at a time: a row's result does not depend on its companions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rupmeta.numerics.linear import (
    apply,
    dot,
    invert,
    log_sum,
    pack_pairs,
    product,
    total,
    trace_product,
    unpack_pairs,
)

__all__ = ["Batch", "Weighted", "make_batch"]

Float = NDArray[np.float64]
RANK_TOLERANCE = 1e-10  # on the squared scale: a column whose 1 - R² on the others is below this is redundant


@dataclass(frozen=True, slots=True)
class Batch:
    """B problems; ``XT`` holds a basis of the design's columns and ``pairs`` the products of these."""

    Y: Float  # (1 | B, k)
    V: Float  # (1 | B, k)
    C: Float | None  # (1 | B, k); None: every effect once
    XT: Float  # (1 | B, p, k)
    pairs: Float  # (1 | B, p(p+1)/2, k)
    constant: bool  # whether the design is the intercept alone, a column of ones
    k: Float  # (B,) effects in the row, counted with multiplicity
    logdet: Float  # (1 | B,) log|X'CX| of the basis

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

    def take(self, rows: NDArray[Any]) -> Batch:
        """The rows chosen; what rows share stays shared."""

        def pick(array: Float) -> Float:
            return array if array.shape[0] < self.size else array[rows]

        C = None if self.C is None else pick(self.C)
        Y, V, XT, pairs = (pick(array) for array in (self.Y, self.V, self.XT, self.pairs))
        return Batch(Y, V, C, XT, pairs, self.constant, pick(self.k), pick(self.logdet))

    def counted(self, x: Float) -> Float:
        """C·x: the one place where counts enter."""
        return x if self.C is None else self.C * x

    def gram(self, cx: Float) -> Float:
        """X'diag(cx)X for counted ``cx``, shape (1 | B, p, p)."""
        return unpack_pairs(self._sums(cx, self.pairs), self.p)

    def cross(self, cx: Float) -> Float:
        """X'cx for counted ``cx``, shape (1 | B, p)."""
        return self._sums(cx, self.XT)

    def _sums(self, cx: Float, columns: Float) -> Float:
        """Sums of ``cx`` (1 | B, k) times each of ``columns`` (1 | B, q, k), shape (1 | B, q)."""
        if self.constant:
            return total(cx)[:, None]
        if columns.shape[0] > 1:
            return dot(cx[:, None, :], columns)
        return np.stack([dot(cx, column) for column in columns[0]], axis=1)

    def height(self, w: Float, restricted: bool) -> Float:
        """(Restricted) log-likelihood with weights ``w`` (1 | B, k) up to its constants, in one pass.

        Good enough to tell peaks apart, not to find their tops: y'Py is a difference here.
        """
        cw = self.counted(w)
        cwy = cw * self.Y
        cross = self.cross(cwy)
        M, logdet, _ = invert(self.gram(cw))
        fitted: Float = np.einsum("bi,bi->b", cross, apply(M, cross))
        twice = self.log_weights(w) - dot(cwy, self.Y) + fitted
        return twice - logdet if restricted else twice

    def log_weights(self, w: Float) -> Float:
        """Sum of C·log w."""
        if self.C is None:
            return log_sum(w)
        return dot(self.C, np.log(w))

    def weigh(self, w: Float) -> Weighted:
        """Weighted least squares with weights ``w`` (1 | B, k)."""
        cw = self.counted(w)
        M, logdet, _ = invert(self.gram(cw))
        b = apply(M, self.cross(cw * self.Y))
        residual = self.Y - b[:, :1] * self.XT[:, 0, :]
        for j in range(1, self.p):
            residual = residual - b[:, j : j + 1] * self.XT[:, j, :]
        return Weighted(self, w, cw, M, logdet, b, residual)

    def unweighted(self) -> Weighted:
        """Ordinary least squares."""
        return self.weigh(np.ones((1, self.V.shape[1])))

    def at(self, tau2: Float) -> Weighted:
        """Weighted least squares with weights 1 / (v + tau2); ``tau2`` has shape (1 | B,)."""
        return self.weigh(1.0 / (self.V + tau2[:, None]))


@dataclass(frozen=True, slots=True)
class Weighted:
    """One weighted fit per row; with W = diag(C·w), M = (X'WX)⁻¹ and P = W - WXMX'W."""

    batch: Batch
    w: Float
    cw: Float
    M: Float
    logdet: Float
    b: Float
    residual: Float

    def yPy(self) -> Float:
        """y'Py: the weighted sum of squared residuals."""
        return dot(self.cw * self.residual, self.residual)

    def yPPy(self) -> Float:
        """y'P²y: the sum of squared rho, rho = w·residual."""
        return dot(self.cw * self.residual, self.w * self.residual)

    def yPPPy(self) -> Float:
        """y'P³y."""
        rho = self.w * self.residual
        cwrho = self.cw * rho
        u = self.batch.cross(cwrho)
        form: Float = (u * apply(self.M, u)).sum(axis=-1)
        return dot(cwrho, rho) - form

    def sum_w(self) -> Float:
        """tr W."""
        return total(self.cw)

    def sum_w2(self) -> Float:
        """Sum of C·w²."""
        return dot(self.cw, self.w)

    def traces(self) -> tuple[Float, Float]:
        """tr P and tr P²."""
        cw2 = self.cw * self.w
        MA = product(self.M, self.batch.gram(cw2))
        cubic = trace_product(self.M, self.batch.gram(cw2 * self.w))
        trace_P = self.sum_w() - np.trace(MA, axis1=-2, axis2=-1)
        return trace_P, self.sum_w2() - 2.0 * cubic + trace_product(MA, MA.swapaxes(-1, -2))

    def trace_P(self, f: Float | float = 1.0) -> Float:
        """tr(P diag f)."""
        cwf = self.cw * f
        return total(cwf) - trace_product(self.M, self.batch.gram(cwf * self.w))

    def trace_PP(self, f: Float | float, g: Float | float = 1.0) -> Float:
        """tr(P diag(f) P diag(g))."""
        cw2 = self.cw * self.w
        left = product(self.M, self.batch.gram(cw2 * f))
        right = product(self.M, self.batch.gram(cw2 * g))
        cubic = trace_product(self.M, self.batch.gram(cw2 * self.w * f * g))
        return total(cw2 * f * g) - 2.0 * cubic + trace_product(left, right.swapaxes(-1, -2))

    def typical_variance(self) -> Float:
        """(k - p) / tr P: at tau2 = 0 the typical sampling variance of Higgins and Thompson (2002)."""
        return self.batch.df / self.trace_P()

    def log_likelihood(self) -> Float:
        """ML log-likelihood."""
        logs = self.batch.log_weights(self.w)
        height: Float = 0.5 * (logs - self.yPy() - self.batch.k * np.log(2.0 * np.pi))
        return height

    def restricted_log_likelihood(self) -> Float:
        """REML log-likelihood with the constant ½log|X'X|, so that it does not depend on how X is coded."""
        constant: Float = self.batch.logdet - self.logdet + self.batch.p * np.log(2.0 * np.pi)
        return self.log_likelihood() + 0.5 * constant


def make_batch(size: int, Y: Float, V: Float, XT: Float, C: Float | None) -> tuple[Batch, NDArray[np.bool_]]:
    """Assemble a batch; also tells per row whether the design has full rank among the effects that are in."""
    columns = Y.shape[1]
    k = np.broadcast_to(float(columns) if C is None else C.sum(axis=-1), (size,))
    constant = XT.shape[1] == 1 and bool((XT == 1.0).all())
    draft = Batch(Y, V, C, XT, pack_pairs(XT), constant, k, np.zeros(1))
    _, logdet, pivot = invert(draft.gram(draft.counted(np.ones((1, columns)))))
    return Batch(Y, V, C, XT, draft.pairs, constant, k, logdet), (pivot > RANK_TOLERANCE) & (k > 0)
