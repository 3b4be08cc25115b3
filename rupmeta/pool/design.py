"""The design matrix of a fit: checked, named, without redundant columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.errors import EstimationError

__all__ = ["Design", "make_design"]

Float = NDArray[np.float64]
REDUNDANT = 1e-7  # a column is redundant when what the others leave of it is shorter than this share of it


@dataclass(frozen=True, slots=True)
class Design:
    """``X`` (k, p) without redundant columns; ``kept`` and ``dropped`` say which columns these are."""

    X: Float
    names: tuple[str, ...]
    kept: tuple[int, ...]
    dropped: tuple[str, ...]

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return int(self.X.shape[1])

    @property
    def intercept(self) -> int | None:
        """The column of ones, if there is one."""
        ones = np.flatnonzero((self.X == 1.0).all(axis=0))
        return int(ones[0]) if ones.size else None

    @property
    def tested(self) -> list[int]:
        """The columns of the omnibus test: all but the intercept."""
        return [j for j in range(self.p) if j != self.intercept]


def make_design(k: int, X: Float | None, names: Sequence[str]) -> Design:
    """Check a design for k effects; None is the intercept alone.

    Raises
    ------
    EstimationError
        No effects (``K-FEW``), or no more effects than coefficients (``K-MOD``).
    """
    if k == 0:
        raise EstimationError("no effects; there is nothing to pool", code="K-FEW")
    X = np.ones((k, 1)) if X is None else np.asarray(X, dtype=np.float64)
    if X.shape != (k, len(names)):
        raise ValueError(f"X has shape {X.shape}, but there are {k} effects and {len(names)} names")
    kept = _independent(X)
    dropped = tuple(name for j, name in enumerate(names) if j not in kept)
    design = Design(X[:, kept], tuple(names[j] for j in kept), tuple(kept), dropped)
    if k <= design.p and design.tested:
        few = "1 effect" if k == 1 else f"{k} effects"
        text = f"{design.p} coefficients for {few}: a model needs more effects than coefficients"
        raise EstimationError(f"{text}; use fewer moderators", code="K-MOD")
    return design


def _independent(X: Float) -> list[int]:
    """Columns that those before them do not determine (Gram-Schmidt, twice for accuracy)."""
    kept: list[int] = []
    basis = np.empty((X.shape[0], 0))
    for j in range(X.shape[1]):
        length = np.linalg.norm(X[:, j])
        rest = X[:, j] - basis @ (basis.T @ X[:, j])
        rest = rest - basis @ (basis.T @ rest)
        if length > 0 and np.linalg.norm(rest) > REDUNDANT * length:
            kept.append(j)
            basis = np.column_stack([basis, rest / np.linalg.norm(rest)])
    return kept
