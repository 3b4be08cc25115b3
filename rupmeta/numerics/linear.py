"""Small symmetric matrices, one per row of a batch.

Elementwise over the batch and free of BLAS products, so that a row never depends on its companions.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "apply",
    "dot",
    "invert",
    "log_sum",
    "pack_pairs",
    "product",
    "total",
    "trace_product",
    "unpack_pairs",
]

Float = NDArray[np.float64]
TINY = 1e-60  # floors that keep a singular matrix finite; its pivot tells that it is singular
TINY_PIVOT = 1e-30
BLOCK = 8  # numbers multiplied before a logarithm is taken, which costs as much as thirty multiplications


def invert(A: Float) -> tuple[Float, Float, Float]:
    """Inverse, log-determinant and smallest relative pivot of positive definite matrices (sweep operator).

    Parameters
    ----------
    A
        Shape (B, p, p). Scaled to unit diagonal first, so that the pivots, 1 - R² of each column on those
        before it, do not depend on units.

    Returns
    -------
    inverse (B, p, p), log-determinant (B,), smallest pivot (B,): near 0 means singular.
    """
    p = A.shape[-1]
    if p == 1:
        safe = np.maximum(A, TINY)
        return 1.0 / safe, np.log(safe[:, 0, 0]), np.minimum(1.0, A[:, 0, 0] / safe[:, 0, 0])
    if p == 2:
        return _invert_two(A)
    # Contiguous, so that sums over its last axis are taken in the same order whatever the batch
    scale = np.ascontiguousarray(np.sqrt(np.maximum(np.diagonal(A, axis1=-2, axis2=-1), TINY)))
    S = A / (scale[:, :, None] * scale[:, None, :])
    smallest = np.full(A.shape[0], np.inf)
    logdet = 2.0 * np.log(scale).sum(axis=-1)
    for j in range(p):
        pivot = S[:, j, j].copy()
        smallest = np.fmin(smallest, pivot)
        pivot = np.maximum(pivot, TINY_PIVOT)
        logdet = logdet + np.log(pivot)
        column = S[:, :, j].copy()
        row = S[:, j, :] / pivot[:, None]
        S = S - column[:, :, None] * row[:, None, :]
        S[:, j, :] = row
        S[:, :, j] = -column / pivot[:, None]
        S[:, j, j] = 1.0 / pivot
    return S / (scale[:, :, None] * scale[:, None, :]), logdet, smallest


def _invert_two(A: Float) -> tuple[Float, Float, Float]:
    """The same in closed form for p = 2."""
    first, second = np.maximum(A[:, 0, 0], TINY), np.maximum(A[:, 1, 1], TINY)
    share = A[:, 0, 1] / second
    relative = 1.0 - share * A[:, 0, 1] / first
    pivot = np.maximum(relative, TINY_PIVOT)
    inverse = np.empty_like(A)
    inverse[:, 0, 0] = 1.0 / (first * pivot)
    inverse[:, 1, 1] = 1.0 / (second * pivot)
    inverse[:, 0, 1] = inverse[:, 1, 0] = -share * inverse[:, 0, 0]
    return inverse, np.log(first * pivot) + np.log(second), np.fmin(relative, 1.0)


def total(x: Float) -> Float:
    """Sum along the last axis, row by row: (B, k) gives (B,)."""
    return np.asarray(np.einsum("bk->b", x))


def log_sum(x: Float) -> Float:
    """Sum of the logarithms of positive numbers along the last axis: (B, k) gives (B,).

    Logarithms of products of a few; a row in which such a product leaves the range of numbers takes one each.
    """
    with np.errstate(divide="ignore", over="ignore", under="ignore"):
        products = np.multiply.reduceat(x, np.arange(0, x.shape[1], BLOCK), axis=1)
        logs = total(np.log(products))
    odd = np.flatnonzero(~np.isfinite(logs))
    if odd.size:
        logs[odd] = np.log(x[odd]).sum(axis=1)
    return logs


def apply(A: Float, x: Float) -> Float:
    """Matrix times vector per row: (B, p, p) and (B, p) give (B, p)."""
    return np.asarray(np.einsum("bij,bj->bi", A, x))


def dot(a: Float, b: Float) -> Float:
    """Sum of a·b along the last axis, row by row."""
    return np.asarray(np.vecdot(a, b))


def product(A: Float, D: Float) -> Float:
    """AD per row, by plain sums: a BLAS product may depend on the size of the batch."""
    return np.asarray(np.einsum("bij,bjl->bil", A, D))


def trace_product(A: Float, D: Float) -> Float:
    """tr(AD) per row where D is symmetric, else tr(AD'); shape (B,)."""
    return np.asarray(np.einsum("bij,bij->b", A, D))


@cache
def _upper(p: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return np.triu_indices(p)


def pack_pairs(XT: Float) -> Float:
    """Products of all pairs of columns: (N, p, k) gives (N, p(p+1)/2, k), the summands of X'WX."""
    rows, columns = _upper(XT.shape[1])
    return np.ascontiguousarray(XT[:, rows, :] * XT[:, columns, :])


def unpack_pairs(packed: Float, p: int) -> Float:
    """Symmetric matrices (B, p, p) from their upper triangles (B, p(p+1)/2)."""
    if p == 1:
        return packed[:, :, None]
    rows, columns = _upper(p)
    full = np.empty((packed.shape[0], p, p))
    full[:, rows, columns] = packed
    full[:, columns, rows] = packed
    return full
