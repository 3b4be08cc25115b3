"""Bracketed Newton search for many rows at once; finished rows leave the batch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rupmeta.numerics.batch import Batch

__all__ = ["MAX_ROUNDS", "solve_decreasing"]

Float = NDArray[np.float64]
MAX_ROUNDS = 100
NEWTON_ROUNDS = 20  # later rounds halve the bracket, which always ends
TOLERANCE = 1e-12  # on the last step, relative to tau2 plus the typical sampling variance

Step = Callable[[Batch, Float, Float], tuple[Float, Float]]


def solve_decreasing(
    batch: Batch,
    step: Step,
    *,
    target: Float,
    scale: Float,
    start: Float | None = None,
    lower: Float | None = None,
    upper: Float | None = None,
) -> Float:
    """Root in tau2 of a function that is positive on its left and negative on its right, one per row.

    ``step(batch, tau2, target)`` returns the function and a proposed change of tau2. A proposal outside the
    bracket (default 0 to infinity, starting from ``lower``) is replaced by its middle. A row whose function
    is not positive at tau2 = 0 ends there. ``scale`` is the typical sampling variance. All arrays have shape
    (B,). NaN where there is no answer.
    """
    lower = np.zeros(batch.size) if lower is None else lower
    upper = np.full(batch.size, np.inf) if upper is None else upper
    tau2 = lower if start is None else start
    root = np.full(batch.size, np.nan)
    rows = np.arange(batch.size)
    for round_ in range(MAX_ROUNDS):
        if not rows.size:
            break
        value, change = step(batch, tau2, target)
        lower = np.where(value > 0, tau2, lower)
        upper = np.where(value > 0, upper, tau2)
        proposal = tau2 + change
        small = np.abs(change) <= TOLERANCE * (tau2 + scale)
        closed = upper - lower <= TOLERANCE * (tau2 + scale)
        at_zero = (tau2 == 0) & (value <= 0)
        done = small | closed | at_zero | np.isnan(value)
        inside = (proposal > lower) & (proposal < upper)
        if round_ >= NEWTON_ROUNDS:
            inside &= np.isinf(upper)
        middle = np.where(np.isinf(upper), 4.0 * tau2 + scale, 0.5 * (lower + upper))
        answer = np.where(at_zero, 0.0, np.where(closed, tau2, np.maximum(proposal, 0.0)))
        root[rows[done]] = answer[done]
        tau2 = np.where(inside, proposal, middle)
        keep = np.flatnonzero(~done)
        if keep.size < rows.size:
            batch, rows = batch.take(keep), rows[keep]
            tau2, target, scale = tau2[keep], target[keep], scale[keep]
            lower, upper = lower[keep], upper[keep]
    return root
