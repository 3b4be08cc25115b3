"""The model of a specification as one function: pooling and meta-regression go through here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.pipeline.specification import Specification
from rupmeta.pool.fit import Fit, fit_effects

__all__ = ["fit_model"]


def fit_model(
    effects: Effects,
    specification: Specification,
    X: NDArray[np.float64] | None = None,
    names: Sequence[str] = ("intercept",),
) -> Fit:
    """Fit ``effects`` (k rows) on ``X`` (k, p), by default the intercept alone, as the specification says.

    Raises ``EstimationError`` where the data carry no estimate.
    """
    spec = specification
    if spec.approach in ("multilevel", "che"):
        from rupmeta.pool.multilevel import fit_multilevel

        return fit_multilevel(effects, X=X, names=names, test=spec.test, level=spec.level)
    return fit_effects(
        effects, X=X, names=names, method=spec.method, test=spec.test, level=spec.level, pi=spec.pi
    )
