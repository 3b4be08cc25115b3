"""Maxima of smooth functions of a few parameters, many at once: starts, profiles and grids are rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Height", "Maxima", "curvature", "maximise_rows"]

Float = NDArray[np.float64]
Index = NDArray[np.intp]

#: ``height(theta, rows)``: theta (N, p), the row that each belongs to (N,) → values (N,).
Height = Callable[[Float, Index], Float]

STEP = 1e-4  # of the differences, for parameters of order 1
ROUNDS = 200
WIDEST = 4.0  # no step is longer than this
FLATTEST = 1e-8  # curvatures below it are taken as this much: a step along a flat direction stays finite
SHORT = 1e-9  # a step this short, relative to the parameters, is the last


@dataclass(frozen=True, slots=True)
class Maxima:
    """``theta`` (B, p), ``height`` (B,), and whether each row has ``settled`` (B,)."""

    theta: Float
    height: Float
    settled: NDArray[np.bool_]

    @property
    def best(self) -> int:
        """The row of the highest maximum."""
        return int(np.nanargmax(self.height))


def maximise_rows(height: Height, start: Float, lower: Float, upper: Float) -> Maxima:
    """Climb from every row of ``start`` (B, p) to a local maximum inside the box ``lower`` to ``upper`` (p,).

    Newton steps with central differences of step 1e-4, so parameters are to be scaled to order 1; directions
    that curve upward are climbed by their absolute curvature, steps are held to a trust radius, and rows
    that have settled leave the batch. Needs no derivative and no optimiser of SciPy, whose import alone costs
    more than all fits of a review.
    """
    theta = np.clip(np.array(start, dtype=np.float64), lower, upper)
    B = theta.shape[0]
    result, tops, settled = theta.copy(), np.full(B, -np.inf), np.zeros(B, dtype=bool)
    rows = np.arange(B)
    radius = np.ones(B)
    for _ in range(ROUNDS):
        if not rows.size:
            break
        top, gradient, hessian = _differences(height, theta, rows)
        step = _step(theta, gradient, hessian, lower, upper)
        length = np.linalg.norm(step, axis=1)
        step *= np.minimum(1.0, radius / np.maximum(length, 1e-300))[:, None]
        proposal = np.clip(theta + step, lower, upper)
        moved = np.linalg.norm(proposal - theta, axis=1)
        reached = height(proposal, rows)
        better = reached > top
        radius = np.where(better, np.minimum(WIDEST, np.maximum(radius, 2.0 * moved)), 0.25 * moved)
        theta = np.where(better[:, None], proposal, theta)
        small = moved <= SHORT * (1.0 + np.linalg.norm(theta, axis=1))
        # Where the function is level to its last digits, a step that gains nothing is the end as well.
        level = np.abs(reached - top) <= 1e-13 * (1.0 + np.abs(top))
        done = small | (level & (moved < 1e-3)) | ~np.isfinite(top)
        result[rows], tops[rows] = theta, np.where(better, reached, top)
        settled[rows[done]] = np.isfinite(top[done])
        keep = ~done
        theta, rows, radius = theta[keep], rows[keep], radius[keep]
    return Maxima(result, np.where(np.isfinite(tops), tops, -np.inf), settled)


def curvature(height: Height, theta: Float) -> Float:
    """The matrix of second derivatives (p, p) of row 0 at ``theta`` (p,), by central differences."""
    _, _, hessian = _differences(height, theta[None, :], np.zeros(1, dtype=np.intp), 10.0 * STEP)
    matrix: Float = hessian[0]
    return matrix


def _differences(height: Height, theta: Float, rows: Index, h: float = STEP) -> tuple[Float, Float, Float]:
    """Value (B,), gradient (B, p) and Hessian (B, p, p): 1 + p + p² evaluations a row, in one call."""
    B, p = theta.shape
    unit = h * np.eye(p)
    pairs = [(i, j) for i in range(p) for j in range(i)]
    moves = np.concatenate(
        [np.zeros((1, p)), unit, -unit]
        + [np.stack([unit[i] + unit[j], -unit[i] - unit[j]]) for i, j in pairs]
    )
    points = (theta[:, None, :] + moves).reshape(-1, p)
    values = height(points, np.repeat(rows, len(moves))).reshape(B, len(moves))
    top, up, down = values[:, 0], values[:, 1 : p + 1], values[:, p + 1 : 2 * p + 1]
    gradient = (up - down) / (2.0 * h)
    hessian = np.empty((B, p, p))
    for j in range(p):
        hessian[:, j, j] = (up[:, j] - 2.0 * top + down[:, j]) / h**2
    for place, (i, j) in enumerate(pairs):
        both = values[:, 2 * p + 1 + 2 * place] + values[:, 2 * p + 2 + 2 * place]
        single = up[:, i] + down[:, i] + up[:, j] + down[:, j]
        hessian[:, i, j] = hessian[:, j, i] = (both - single + 2.0 * top) / (2.0 * h**2)
    return top, gradient, hessian


def _step(theta: Float, gradient: Float, hessian: Float, lower: Float, upper: Float) -> Float:
    """Newton's step on the free parameters; one that presses against its bound stays there."""
    held = ((theta <= lower) & (gradient < 0)) | ((theta >= upper) & (gradient > 0))
    free = ~held
    g = np.where(free, np.nan_to_num(gradient), 0.0)
    H = np.where(free[:, :, None] & free[:, None, :], np.nan_to_num(hessian), 0.0)
    values, vectors = np.linalg.eigh(0.5 * (H + H.swapaxes(-1, -2)))
    along = np.einsum("bij,bi->bj", vectors, g) / np.maximum(np.abs(values), FLATTEST)
    step = np.einsum("bij,bj->bi", vectors, along)
    return np.where(free, step, 0.0)
