"""Meta-regression; pooling is the model with only an intercept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.results import Estimate, Interval, Note, Test

__all__ = ["Fit", "Heterogeneity", "MethodName", "TestName", "fit_effects"]

MethodName = Literal["DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "EE"]
TestName = Literal["adhoc", "knha", "t", "z"]
Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """(Residual) heterogeneity: tau2 on the squared analysis scale, I2 in percent; None where it cannot be had."""

    Q: float
    df: int
    pval: float
    tau2: float | None
    se_tau2: float | None
    tau2_lb: float | None
    tau2_ub: float | None
    I2: float | None
    I2_lb: float | None
    I2_ub: float | None
    H2: float | None


@dataclass(frozen=True)
class Fit:
    """A fitted model; self-contained: holds no reference to the data.

    ``coefficients``: p estimates on the analysis scale; ``vcov`` their covariance (p, p) as scaled by the test.
    ``weights``: percent, shape (k,). ``prediction``: interval for the true effect of a new study (intercept model
    only). ``omnibus``: test of all coefficients but the intercept (None when there is none). ``R2`` in percent.
    """

    method: MethodName
    test: TestName
    level: float
    k: int
    p: int
    coefficients: tuple[Estimate, ...]
    vcov: Float
    heterogeneity: Heterogeneity
    weights: Float
    prediction: Interval | None
    omnibus: Test | None
    R2: float | None
    log_likelihood: float
    notes: tuple[Note, ...] = ()
    pi_df: int | None = None

    @property
    def estimate(self) -> Estimate:
        """The first coefficient: the pooled effect when there are no moderators."""
        return self.coefficients[0]


def fit_effects(
    effects: Effects,
    *,
    X: Float | None = None,
    names: Sequence[str] = ("intercept",),
    method: MethodName = "REML",
    test: TestName = "adhoc",
    level: float = 0.95,
) -> Fit:
    """Fit the random-effects model y = Xb + u + e, u ~ N(0, tau2), e ~ N(0, vi) to independent rows."""
    raise NotImplementedError
