"""Input of the batched engine: checked, cleaned, centred, scaled, cut into parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rupmeta.numerics.batch import Batch, make_batch

__all__ = ["Problem", "lay_out"]

Float = NDArray[np.float64]
CHUNK_CELLS = 2**16  # rows x effects worked on at once: the arrays of one round then stay in the cache


@dataclass(frozen=True)
class Problem:
    """Cleaned, centred and scaled input: ``Y`` and ``V`` as ``(y - centre) / unit``, ``v / unit²``."""

    Y: Float
    V: Float
    C: Float | None
    XT: Float  # orthonormal basis of the design, (1 | B, p, k)
    R: Float  # X = basis · R, (1 | B, p, p)
    full_rank: NDArray[np.bool_]  # (1 | B,)
    centre: Float  # (1 | B,)
    unit: Float  # (1 | B,): a power of two near the row's typical standard error
    clean: NDArray[np.bool_]  # (1 | B,): all effects that are in are usable
    size: int

    def parts(self) -> list[slice]:
        """Slices of rows of a size that the cache can hold; fixed by k alone."""
        step = max(64, CHUNK_CELLS // max(1, self.Y.shape[1]))
        return [slice(start, min(start + step, self.size)) for start in range(0, self.size, step)]

    def pick(self, array: NDArray[Any], part: slice) -> NDArray[Any]:
        """The rows of ``part``; what rows share stays shared."""
        return array if array.shape[0] == 1 else array[part]

    def rows(self, part: slice) -> tuple[Batch, NDArray[np.bool_], NDArray[np.bool_]]:
        """The batch of these rows, and which of them are usable and of full rank, shape (rows,)."""
        size = part.stop - part.start
        C = None if self.C is None else self.pick(self.C, part)
        Y, V, XT = (self.pick(array, part) for array in (self.Y, self.V, self.XT))
        batch, rank = make_batch(size, Y, V, XT, C)
        clean = np.broadcast_to(self.pick(self.clean, part), (size,))
        return batch, clean, rank & self.pick(self.full_rank, part)


def lay_out(
    Y: ArrayLike, V: ArrayLike, X: ArrayLike | None = None, counts: ArrayLike | None = None
) -> Problem:
    """Check shapes and prepare numbers that are safe to square: see ``fit_batch`` for the arguments."""
    y = _as_rows(Y)
    v = _as_rows(V, y.shape[1])
    C = None if counts is None else _as_rows(counts, y.shape[1])
    design = np.ones((1, y.shape[1], 1)) if X is None else np.asarray(X, dtype=np.float64)
    design = design[None] if design.ndim == 2 else design
    if design.ndim != 3 or design.shape[1] != y.shape[1]:
        raise ValueError(f"X must have shape (k, p) or (B, k, p) with k = {y.shape[1]}, not {design.shape}")
    sizes = {n for n in (len(y), len(v), len(design), 1 if C is None else len(C)) if n != 1}
    if len(sizes) > 1:
        raise ValueError(f"Y, V, X and counts disagree on the number of rows: {sorted(sizes)}")
    if C is not None and not (np.isfinite(C).all() and (C >= 0).all()):
        raise ValueError("counts must be finite and not negative")
    if not np.isfinite(design).all():
        raise ValueError("X must be finite: leave out the effects whose moderators are missing")

    usable = np.isfinite(y) & np.isfinite(v) & (v > 0)
    clean: NDArray[np.bool_] = np.all(usable if C is None else usable | (C == 0), axis=1)
    y, v = np.where(usable, y, 0.0), np.where(usable, v, 1.0)
    basis, R, full_rank, constant = _orthonormal(design)
    # A power of two changes no digit of a number, but the sum of a logarithm: every row has its own unit.
    # (np.median would start numpy.ma, a tenth of the time that a pooled answer takes.)
    middle = np.partition(v, v.shape[1] // 2, axis=1)[:, v.shape[1] // 2]
    unit = np.ldexp(1.0, np.frexp(middle)[1] // 2)
    centre = np.where(constant, y.mean(axis=1), 0.0)
    XT = np.ascontiguousarray(basis.swapaxes(1, 2))
    size = max(sizes, default=1)
    scaled: Float = (y - centre[:, None]) / unit[:, None]
    return Problem(scaled, v / unit[:, None] ** 2, C, XT, R, full_rank, centre, unit, clean, size)


def _as_rows(x: ArrayLike, columns: int | None = None) -> Float:
    """A float array with a leading batch axis, contiguous."""
    rows = np.ascontiguousarray(np.atleast_2d(np.asarray(x, dtype=np.float64)))
    if rows.ndim != 2 or (columns is not None and rows.shape[1] != columns):
        raise ValueError(f"expected rows of {columns} effects, got an array of shape {rows.shape}")
    return rows


def _orthonormal(X: Float) -> tuple[Float, Float, NDArray[np.bool_], NDArray[np.bool_]]:
    """Basis and R of each design; whether it has full rank, and whether it can express a constant.

    A single column stays as it is: the intercept is then exactly 1.
    """
    if X.shape[2] == 1:
        spread = np.ptp(X[:, :, 0], axis=1)
        return X, np.ones((X.shape[0], 1, 1)), (X != 0).any(axis=(1, 2)), spread == 0
    if X.shape[1] < X.shape[2]:  # fewer effects than coefficients: no basis exists
        eye = np.broadcast_to(np.eye(X.shape[2]), (X.shape[0], X.shape[2], X.shape[2]))
        return X, eye, np.zeros(X.shape[0], dtype=bool), np.zeros(X.shape[0], dtype=bool)
    basis, R = np.linalg.qr(X)
    diagonal = np.abs(np.diagonal(R, axis1=1, axis2=2))
    lengths = np.sqrt((X * X).sum(axis=1))
    full_rank = (diagonal > 1e-7 * lengths).all(axis=1)  # R's own tolerance for a redundant column
    shadow = basis.sum(axis=1)
    missed = X.shape[1] - (shadow * shadow).sum(axis=1)
    R[~full_rank] = np.eye(X.shape[2])
    return basis, R, full_rank, missed < 1e-10 * X.shape[1]
