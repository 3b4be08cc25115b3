"""Do moderators change how much effects differ? Location-scale models, log tau2 = Zα."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.numerics.distributions import chi2_p
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.inference import TESTS, wald_test
from rupmeta.results import Estimate, Note, Test

__all__ = ["LocationScale", "fit_location_scale"]

Float = NDArray[np.float64]
ROUNDS = 200
LEAST = 1e-2  # information on a standardised coefficient: a standard error of 10, a factor of 20,000 on tau2
FLOOR = 1e-8  # a tau2 below this share of the typical variance cannot be told from 0


@dataclass(frozen=True)
class LocationScale:
    """``location`` b on the analysis scale; ``scale`` α on log tau2 (exp(α) is a ratio of tau2).

    ``tau2`` (k,) fitted; ``omnibus``: Wald test of all α but the constant; ``likelihood_ratio``: against one
    tau2 for all. ``se`` of α from the observed information; NaN with a note where there is next to none.
    """

    method: Literal["ML", "REML"]
    location: tuple[Estimate, ...]
    scale: tuple[Estimate, ...]
    omnibus: Test | None
    likelihood_ratio: Test
    tau2: Float
    log_likelihood: float
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class _Point:
    """The likelihood at one α, with score and observed and expected information."""

    alpha: Float
    tau2: Float
    beta: Float
    M: Float
    height: float
    score: Float
    observed: Float
    expected: Float
    yPy: float


def fit_location_scale(
    effects: Effects,
    X: Float,
    names: Sequence[str],
    Z: Float,
    scale_names: Sequence[str],
    *,
    method: Literal["ML", "REML"] = "REML",
    test: str = "z",
    level: float = 0.95,
) -> LocationScale:
    """Fit y = Xb + u + e, u ~ N(0, exp(Zα)), to independent effects by Newton's method with halved steps.

    With ρ = Py and Dⱼ = diag(tau2·zⱼ), the score is ½(ρ'Dⱼρ - tr PDⱼ) (ML: tr WDⱼ). ``X`` (k, p) and ``Z``
    (k, q) have a constant first. Tests of b are scaled as ``test`` says, on k - p degrees of freedom; α is
    judged on k - q by t wherever b is (Viechtbauer & López-López 2022, 10.1002/jrsm.1562). Raises
    ``EstimationError`` when there are too few effects, tau2 is 0 or the search does not end.
    """
    k, p, q = effects.k, X.shape[1], Z.shape[1]
    if k <= p + q:
        raise EstimationError(f"{p} + {q} coefficients for {k} effects: too few for a model of tau2", "K-MOD")
    yi, vi = effects.yi, effects.vi
    # Standardised columns: a moderator in the thousands must not decide how long a step is.
    mean, spread = Z[:, 1:].mean(axis=0), Z[:, 1:].std(axis=0)
    standard = np.column_stack([Z[:, :1], (Z[:, 1:] - mean) / spread])
    T = np.eye(q)
    T[0, 1:] = -mean / spread
    T[1:, 1:] = np.diag(1.0 / spread)
    null = fit_batch(yi, vi, X, method=method)
    if not null.ok[0]:
        raise EstimationError("the model with one tau2 has no answer", "CONV")
    restricted = method == "REML"
    best = max(
        (_climb(yi, vi, X, standard, start, restricted) for start in _starts(float(null.tau2[0]), vi, q)),
        key=lambda point: point.height,
    )
    if best.tau2.max() < FLOOR * float(np.median(vi)):
        raise EstimationError("tau2 is 0: there is nothing whose size could differ between studies", "CONV")
    notes = []
    steady = np.linalg.eigvalsh(best.observed).min() > LEAST
    vcov = T @ np.linalg.inv(best.observed) @ T.T if steady else np.full((q, q), np.nan)
    if not steady:
        text = (
            "the effects do not bound how tau2 depends on the moderator (it is 0 at one end, or the "
            "likelihood is flat): no standard errors"
        )
        notes.append(Note("CONV", text, severity="warning"))
    if k < 10 * (p + q):
        text = f"{p + q} coefficients for {k} effects: how tau2 depends on a moderator is poorly known"
        notes.append(Note("K-MOD", text, severity="warning"))
    scaling = TESTS[test]
    factor = float(scaling.factor(np.array([best.yPy / (k - p)]))[0])
    df_b, df_a = (float(k - p), float(k - q)) if scaling.student else (None, None)
    alpha = T @ best.alpha
    omnibus = wald_test(alpha[1:], vcov[1:, 1:], df_a) if steady and q > 1 else None
    ratio = max(0.0, 2.0 * (best.height - float(null.log_likelihood[0])))
    return LocationScale(
        method=method,
        location=_estimates(names, best.beta, factor * best.M, df_b, level),
        scale=_estimates(scale_names, alpha, vcov, df_a, level),
        omnibus=omnibus,
        likelihood_ratio=Test(ratio, q - 1, None, chi2_p(ratio, q - 1)),
        tau2=best.tau2,
        log_likelihood=best.height,
        notes=tuple(notes),
    )


def _estimates(
    names: Sequence[str], values: Float, vcov: Float, df: float | None, level: float
) -> tuple[Estimate, ...]:
    se = np.sqrt(np.diag(vcov))
    return tuple(
        Estimate(n, float(b), float(s), df, level) for n, b, s in zip(names, values, se, strict=True)
    )


def _starts(tau2: float, vi: Float, q: int) -> list[Float]:
    """One tau2 for all, at its estimate and around it, and slopes to either side."""
    base = np.log(max(tau2, 0.01 * float(np.median(vi))))
    starts = [np.r_[base + shift, np.zeros(q - 1)] for shift in (0.0, -2.0, 2.0)]
    starts += [np.r_[base, sign * np.eye(q - 1)[j]] for j in range(q - 1) for sign in (-1.0, 1.0)]
    return starts


def _climb(y: Float, v: Float, X: Float, Z: Float, alpha: Float, restricted: bool) -> _Point:
    here = _evaluate(y, v, X, Z, alpha, restricted)
    for _ in range(ROUNDS):
        curvature = here.observed
        if np.linalg.eigvalsh(curvature).min() <= 1e-8 * max(np.abs(np.diag(curvature)).max(), 1e-12):
            curvature = here.expected + 1e-6 * np.eye(len(alpha))
        step = np.clip(np.linalg.solve(curvature, here.score), -3.0, 3.0)
        size = 1.0
        while size > 1e-8:
            there = _evaluate(y, v, X, Z, here.alpha + size * step, restricted)
            if there.height > here.height:
                break
            size *= 0.5
        else:
            return here
        done = np.abs(size * step).max() < 1e-10 or there.height - here.height < 1e-13
        here = there
        if done:
            return here
    return here


def _evaluate(y: Float, v: Float, X: Float, Z: Float, alpha: Float, restricted: bool) -> _Point:
    tau2 = np.exp(np.clip(Z @ alpha, -60.0, 60.0))
    w = 1.0 / (v + tau2)
    A = (X * w[:, None]).T @ X
    M = np.asarray(np.linalg.inv(A), dtype=np.float64)
    beta = M @ (X * w[:, None]).T @ y
    rho = w * (y - X @ beta)
    P = np.diag(w) - (w[:, None] * X) @ M @ (X * w[:, None]).T
    K = P if restricted else np.diag(w)
    yPy = float(y @ P @ y)
    k, p = X.shape
    height = -0.5 * (float(np.sum(np.log(v + tau2))) + float(rho @ ((v + tau2) * rho)))
    height -= 0.5 * ((k - p) if restricted else k) * float(np.log(2.0 * np.pi))
    if restricted:
        height += 0.5 * float(np.linalg.slogdet(X.T @ X)[1] - np.linalg.slogdet(A)[1])
    D = tau2[:, None] * Z
    score = 0.5 * (D.T @ rho**2 - D.T @ np.diag(K))
    R = D * rho[:, None]
    second = Z.T @ ((tau2 * rho**2 - tau2 * np.diag(K))[:, None] * Z)
    traces = D.T @ (K * K.T) @ D
    observed = R.T @ P @ R - 0.5 * traces - 0.5 * second
    expected: Float = 0.5 * traces
    return _Point(alpha, tau2, beta, M, height, score, observed, expected, yPy)
