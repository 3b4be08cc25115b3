"""Meta-regression; pooling is the model with only an intercept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.numerics.distributions import chi2_p, two_sided_quantile
from rupmeta.numerics.fit import BatchFit, Status, fit_batch
from rupmeta.numerics.intervals import profile_likelihood, profile_q
from rupmeta.pool.design import Design, make_design
from rupmeta.pool.guards import fit_notes
from rupmeta.pool.inference import TESTS, wald_test
from rupmeta.results import Estimate, Interval, Note, Test

__all__ = [
    "Fit",
    "FitStatistics",
    "Heterogeneity",
    "MethodName",
    "PredictionRule",
    "Tau2Interval",
    "TestName",
    "fit_effects",
]

MethodName = Literal["DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "EE"]
TestName = Literal["adhoc", "knha", "t", "z"]
PredictionRule = Literal["test", "hts"]
Tau2Interval = Literal["QP", "PL"]
Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """(Residual) heterogeneity; None where a number cannot be had.

    ``Q`` on ``df``; ``tau2`` on the squared analysis scale with its limits; ``I2`` in percent.
    """

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


@dataclass(frozen=True, slots=True)
class FitStatistics:
    """How well the model fits: restricted for REML, else ML with the deviance from the saturated model."""

    log_likelihood: float
    deviance: float
    AIC: float
    BIC: float
    AICc: float


@dataclass(frozen=True)
class Fit:
    """A fitted model; self-contained: holds no reference to the data.

    ``coefficients``: p estimates on the analysis scale; ``vcov`` (p, p) their covariance, scaled by the test.
    ``weights``: percent, shape (k,). ``prediction``: interval for the true effect of a new study (intercept
    only) on ``pi_df`` degrees of freedom (None: normal). ``omnibus``: test of all coefficients but the
    intercept (None when there is none). ``R2`` in percent. ``kept``: the columns of X that are not redundant.

    Under the multilevel model ``clusters`` counts samples, ``sigma2_between`` and ``sigma2_within`` add up
    to tau2, ``I2_between`` and ``I2_within`` to I2, and ``robust`` holds the CR2 coefficients,
    ``robust_omnibus`` their joint test.
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
    statistics: FitStatistics | None = None
    kept: tuple[int, ...] = (0,)
    clusters: int | None = None
    sigma2_between: float | None = None
    sigma2_within: float | None = None
    I2_between: float | None = None
    I2_within: float | None = None
    robust: tuple[Estimate, ...] = ()
    robust_omnibus: Test | None = None

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
    pi: PredictionRule = "test",
    tau2_ci: Tau2Interval = "QP",
) -> Fit:
    """Fit the random-effects model y = Xb + u + e, u ~ N(0, tau2), e ~ N(0, vi) to independent rows.

    Parameters
    ----------
    effects
        k independent effects; effects of one sample are aggregated first, or fitted by ``fit_multilevel``.
    X, names
        Design, shape (k, p), and its column names; None is the intercept alone. Redundant columns are
        dropped and named in a note.
    method
        Estimator of tau2. REML is nearly unbiased and the usual recommendation (Viechtbauer 2005,
        10.3102/10769986030003261).
    test
        ``adhoc``, the default, is Knapp and Hartung's test, never narrower than ``z`` (Röver et al. 2015,
        10.1186/s12874-015-0091-1).
    pi
        Prediction interval from the quantile of the test, or ``hts``: t on k - p - 1 (Higgins et al. 2009,
        10.1111/j.1467-985X.2008.00552.x).
    tau2_ci
        Q-profile, or profile likelihood (ML and REML only).

    Raises
    ------
    EstimationError
        No effects, no more effects than coefficients, or no convergence.
    ValueError
        Effects that covary: the call is wrong, not the data.
    """
    if effects.V is not None and np.any(effects.V - np.diag(np.diag(effects.V))):
        raise ValueError("fit_effects takes independent effects; aggregate them or use fit_multilevel")
    design = make_design(effects.k, X, names)
    yi, vi = effects.yi, effects.vi
    batch = fit_batch(yi, vi, design.X, method=method)
    status = Status(int(batch.status[0]))
    if status not in (Status.OK, Status.NO_DF):
        raise EstimationError(f"{method} found no answer: {status.reason}; try --method DL", code="CONV")

    used: TestName = "z" if effects.k == design.p or (method == "EE" and test in ("knha", "adhoc")) else test
    scaling = TESTS[used]
    factor = float(scaling.factor(batch.s2)[0]) if effects.k > design.p else 1.0
    df = float(effects.k - design.p) if scaling.student else None
    vcov = factor * batch.vcov[0]
    se = np.sqrt(np.diag(vcov))
    coefficients = tuple(
        Estimate(name, float(b), float(s), df, level)
        for name, b, s in zip(design.names, batch.beta[0], se, strict=True)
    )
    tested = design.tested
    omnibus = wald_test(batch.beta[0][tested], vcov[np.ix_(tested, tested)], df) if tested else None
    heterogeneity = _heterogeneity(batch, yi, vi, design, method, level, tau2_ci)
    prediction, pi_df = _predict(coefficients[0], batch, design, level, pi)
    empty = heterogeneity.df > 0 and heterogeneity.tau2_ub is None and method != "EE"
    R2, explained = _explain(batch, design, yi, vi)
    w = 1.0 / (vi + batch.tau2[0])
    return Fit(
        method=method,
        test=used,
        level=level,
        k=effects.k,
        p=design.p,
        coefficients=coefficients,
        vcov=vcov,
        heterogeneity=heterogeneity,
        weights=100.0 * w / w.sum(),
        prediction=prediction,
        omnibus=omnibus,
        R2=R2,
        log_likelihood=float(batch.log_likelihood[0]),
        notes=(*fit_notes(batch, design, yi, vi, asked=test, used=used, empty=empty), *explained),
        pi_df=pi_df,
        statistics=_statistics(batch, vi),
        kept=design.kept,
    )


def _heterogeneity(
    batch: BatchFit, yi: Float, vi: Float, design: Design, method: str, level: float, tau2_ci: Tau2Interval
) -> Heterogeneity:
    Q, df = float(batch.Q[0]), int(batch.df[0])
    if df < 1:
        return Heterogeneity(0.0, 0, 1.0, *[None] * 8)
    tau2, vt = float(batch.tau2[0]), float(batch.vt[0])
    lb = ub = None
    if method != "EE":
        profile = profile_q if tau2_ci == "QP" else profile_likelihood
        limits = profile(batch, yi, vi, design.X, level=level)
        lb, ub = (_known(limit[0]) for limit in limits)

    def share(limit: float | None) -> float | None:
        return None if limit is None else 100.0 * limit / (limit + vt)

    return Heterogeneity(
        Q=Q,
        df=df,
        pval=chi2_p(Q, df),
        tau2=tau2,
        se_tau2=_known(batch.se_tau2[0]),
        tau2_lb=lb,
        tau2_ub=ub,
        I2=float(batch.I2[0]),
        I2_lb=share(lb),
        I2_ub=share(ub),
        H2=float(batch.H2[0]),
    )


def _predict(
    estimate: Estimate, batch: BatchFit, design: Design, level: float, rule: PredictionRule
) -> tuple[Interval | None, int | None]:
    """Interval for the true effect of a new study; None for moderators, EE and k < 3."""
    if design.tested or design.intercept is None or batch.method == "EE" or batch.k[0] < 3:
        return None, None
    df = int(batch.df[0]) - 1 if rule == "hts" else None if estimate.df is None else int(estimate.df)
    half = two_sided_quantile(level, df) * float(np.sqrt(estimate.se**2 + batch.tau2[0]))
    return Interval(estimate.estimate - half, estimate.estimate + half, level), df


def _explain(batch: BatchFit, design: Design, yi: Float, vi: Float) -> tuple[float | None, tuple[Note, ...]]:
    """Share of tau2 that the moderators explain, percent, against the intercept alone on the same rows."""
    if not design.tested or design.intercept is None or batch.method == "EE":
        return None, ()
    before, after = float(fit_batch(yi, vi, method=batch.method).tau2[0]), float(batch.tau2[0])
    if before == 0.0:
        return 0.0, (Note("R2", "tau2 is 0 without the moderators: there is nothing for them to explain"),)
    few = Note("R2", f"R2 is unstable with {design.X.shape[0]} effects; it takes about 40")
    return max(0.0, 100.0 * (before - after) / before), (few,) if design.X.shape[0] < 40 else ()


def _statistics(batch: BatchFit, vi: Float) -> FitStatistics:
    ll, k, p = float(batch.log_likelihood[0]), float(batch.k[0]), batch.p
    restricted = batch.method == "REML"
    q = p + (batch.method != "EE")
    n = k - p if restricted else k
    n_star = max(n, q + 2)
    saturated = 0.0 if restricted else float(-0.5 * np.sum(np.log(2.0 * np.pi * vi)))
    aic = -2.0 * ll + 2.0 * q
    return FitStatistics(
        log_likelihood=ll,
        deviance=-2.0 * (ll - saturated),
        AIC=aic,
        BIC=-2.0 * ll + q * float(np.log(n)) if n > 0 else aic,
        AICc=-2.0 * ll + 2.0 * q * n_star / (n_star - q - 1.0),
    )


def _known(x: float) -> float | None:
    """The number as a Python float; None for NaN."""
    return None if np.isnan(x) else float(x)
