"""The fitted line of a meta-regression along one number, with its confidence and prediction bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.explore.design import Design
from rupmeta.explore.factors import is_numeric
from rupmeta.numerics.distributions import two_sided_quantile
from rupmeta.pool.fit import Fit

__all__ = ["Curve", "trace_curve"]

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """The fitted mean at ``x`` (m,) and the limits around it, analysis scale.

    ``ci``: of the mean; ``pi``: of the true effect of a new study (None without tau2).
    """

    variable: str
    x: Float
    estimate: Float
    ci_lb: Float
    ci_ub: Float
    pi_lb: Float | None
    pi_ub: Float | None


def trace_curve(design: Design, fit: Fit, variable: str, *, points: int = 41) -> Curve:
    """Follow ``variable`` over its range; what else is in the model stays as it is in the effects.

    The row at x is the mean of the design rows with ``variable`` set to x. ``ValueError`` when it is no
    number.
    """
    if not is_numeric(design.values[variable]):
        raise ValueError(f"{variable} is not a number")
    numbers = [float(value) for value in design.values[variable] if value is not None]
    x = np.linspace(min(numbers), max(numbers), points)
    rows = []
    for at in x.tolist():
        values = {**design.values, variable: (at,) * len(numbers)}
        rows.append(design.matrix(values).mean(axis=0))
    L = np.array(rows)[:, list(fit.kept)]
    beta = np.array([coefficient.estimate for coefficient in fit.coefficients])
    estimate = L @ beta
    se = np.sqrt(np.einsum("ij,jk,ik->i", L, fit.vcov, L))
    q = two_sided_quantile(fit.level, fit.estimate.df)
    tau2 = fit.heterogeneity.tau2
    half = None if tau2 is None else q * np.sqrt(se**2 + tau2)
    return Curve(
        variable,
        x,
        estimate,
        estimate - q * se,
        estimate + q * se,
        None if half is None else estimate - half,
        None if half is None else estimate + half,
    )
