"""Shrunken effects: each study's own true effect, drawn towards what the model expects."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.pool.fit import Fit
from rupmeta.results import Estimate

__all__ = ["shrink_effects"]

Float = NDArray[np.float64]


def shrink_effects(effects: Effects, fit: Fit, *, X: Float | None = None) -> tuple[Estimate, ...]:
    """Best linear unbiased predictions λy + (1 - λ)xb with λ = tau2 / (tau2 + v), on the analysis scale.

    Their squared error is λv + (1 - λ)²·x'Vb·x. ``X`` (k, p) is the design that ``fit`` was given. The
    estimates carry the labels of the rows and the degrees of freedom of the fit.
    """
    tau2 = fit.heterogeneity.tau2 or 0.0
    design = np.ones((effects.k, 1)) if X is None else np.asarray(X, dtype=np.float64)[:, list(fit.kept)]
    beta = np.array([coefficient.estimate for coefficient in fit.coefficients])
    share = tau2 / (tau2 + effects.vi)
    prediction = share * effects.yi + (1.0 - share) * (design @ beta)
    error = np.sqrt(share * effects.vi + (1.0 - share) ** 2 * ((design @ fit.vcov) * design).sum(axis=1))
    return tuple(
        Estimate(row.label, float(value), float(se), fit.estimate.df, fit.level)
        for row, value, se in zip(effects.rows, prediction, error, strict=True)
    )
