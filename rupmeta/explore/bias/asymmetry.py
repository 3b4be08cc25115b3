"""Do small studies find other effects than large ones? Egger's regression and the rank correlation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.explore.bias.oriented import require
from rupmeta.numerics.distributions import two_sided_p
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.fit import MethodName, TestName, fit_effects
from rupmeta.results import Estimate

__all__ = [
    "Begg",
    "Egger",
    "EggerModel",
    "Predictor",
    "choose_predictor",
    "correlate_ranks",
    "fit_egger",
    "predict_by",
]

Float = NDArray[np.float64]
EggerModel = Literal["lm", "rma"]
Predictor = Literal["sei", "vi", "sqrtninv"]

#: Measures whose sampling variance does not depend on the effect itself.
STABLE = frozenset({"ZCOR", "ZPCOR", "MD", "GEN"})
MANY_CONVERTED = 0.25


@dataclass(frozen=True, slots=True)
class Egger:
    """Regression of the effects on ``predictor``; ``limit`` is the effect expected of an infinite study."""

    model: EggerModel
    predictor: Predictor
    slope: Estimate
    limit: Estimate


@dataclass(frozen=True, slots=True)
class Begg:
    """Kendall's ``tau`` of standardised effects with their variances; ``exact`` says how ``pval`` was had."""

    tau: float
    pval: float
    exact: bool


def choose_predictor(effects: Effects) -> Predictor:
    """1/√n where the sampling variance depends on the effect itself, else the standard error.

    The variance of d, g, ln OR, r and of a Fisher z that was converted from them holds the effect, so that
    effects and standard errors correlate without any selection (Pustejovsky & Rodgers 2019,
    10.1002/jrsm.1332). Fisher's z of a correlation has the variance 1/(n − 3). Without all sample sizes the
    standard error is all there is.
    """
    if effects.k == 0 or any(row.n is None or row.n <= 0 for row in effects.rows):
        return "sei"
    converted = sum(row.flag == "converted" for row in effects.rows) / effects.k
    return "sqrtninv" if effects.measure not in STABLE or converted >= MANY_CONVERTED else "sei"


def predict_by(effects: Effects, predictor: Predictor) -> Float:
    """The predictor of every effect, shape (k,); raises ``EstimationError`` where an n is missing."""
    if predictor == "sei":
        return np.sqrt(effects.vi)
    if predictor == "vi":
        return effects.vi
    missing = [row.study for row in effects.rows if row.n is None or row.n <= 0]
    if missing:
        raise EstimationError(f"no sample size is known of {', '.join(missing)}; use predictor sei", "K-ASYM")
    return np.array([1.0 / np.sqrt(row.n) for row in effects.rows if row.n is not None])


def fit_egger(
    effects: Effects,
    *,
    model: EggerModel = "lm",
    predictor: Predictor | None = None,
    method: MethodName = "REML",
    test: TestName = "z",
    level: float = 0.95,
) -> Egger:
    """Egger's test: does the effect depend on the precision with which it was measured?

    y = limit + slope·x. ``lm``: weights 1/v and a free scale, slope on t with k − 2 df (Egger et al. 1997,
    10.1136/bmj.315.7109.629); ``rma``: x as moderator of the random-effects model with ``method`` and
    ``test`` (Sterne & Egger 2005). ``predictor`` None: see ``choose_predictor``.

    Raises ``EstimationError`` for fewer than 3 effects or a predictor without spread.
    """
    require(effects.k, "Egger's regression")
    predictor = choose_predictor(effects) if predictor is None else predictor
    x = predict_by(effects, predictor)
    if np.ptp(x) <= 1e-9 * np.abs(x).max():
        raise EstimationError("all effects have the same precision: there is nothing to regress on", "K-ASYM")
    X = np.column_stack([np.ones(effects.k), x])
    if model == "rma":
        limit, slope = fit_effects(
            effects, X=X, names=("limit", predictor), method=method, test=test, level=level
        ).coefficients
        return Egger(model, predictor, slope, limit)
    batch = fit_batch(effects.yi, effects.vi, X, method="EE")
    se = np.sqrt(np.diag(batch.vcov[0]) * batch.s2[0])
    limit, slope = (
        Estimate(name, float(b), float(s), float(effects.k - 2), level)
        for name, b, s in zip(("limit", predictor), batch.beta[0], se, strict=True)
    )
    return Egger(model, predictor, slope, limit)


def correlate_ranks(effects: Effects) -> Begg:
    """Rank correlation of Begg and Mazumdar (1994, 10.2307/2533446).

    Kendall's tau_b of (y − ȳ)/√(v − 1/Σw), ȳ = Σwy/Σw with w = 1/v, and v. Without ties the p value is
    exact; with ties it is normal, with the tie-corrected variance and no continuity correction.
    """
    require(effects.k, "the rank correlation")
    y, v = effects.yi, effects.vi
    w = 1.0 / v
    standard = (y - float(w @ y) / w.sum()) / np.sqrt(v - 1.0 / w.sum())
    k = effects.k
    upper = np.triu_indices(k, 1)
    signs = (np.sign(a[upper[0]] - a[upper[1]]) for a in (standard, v))
    S = float(np.sum(np.multiply(*signs)))
    pairs = k * (k - 1) / 2.0
    ties = [np.unique(a, return_counts=True)[1].astype(np.float64) for a in (standard, v)]
    tied = [float(np.sum(t * (t - 1.0))) for t in ties]
    if max(tied) / 2.0 == pairs:
        raise EstimationError("all effects have the same precision: there is nothing to rank", "K-ASYM")
    tau = S / float(np.sqrt((pairs - tied[0] / 2.0) * (pairs - tied[1] / 2.0)))
    if max(tied) == 0:
        return Begg(tau, _exact_p(k, round((pairs + S) / 2.0)), exact=True)
    return Begg(tau, two_sided_p(S / float(np.sqrt(_variance(k, ties)))), exact=False)


def _exact_p(k: int, concordant: int) -> float:
    """Two-sided p of the number of concordant pairs among k ranks, by the recursion for inversions."""
    share = np.ones(1)
    for i in range(2, k + 1):
        total = np.concatenate([np.cumsum(share), np.full(i - 1, share.sum())])
        total[i:] -= np.cumsum(share)[: len(total) - i]
        share = np.maximum(total, 0.0) / i
    lower, upper = share[: concordant + 1].sum(), share[concordant:].sum()
    return float(min(1.0, 2.0 * min(lower, upper)))


def _variance(k: int, ties: list[Float]) -> float:
    """Variance of Kendall's S with ties in both variables (Kendall 1970)."""

    def total(t: Float, *shifts: float) -> float:
        return float(np.sum(t * np.prod([t + shift for shift in shifts], axis=0)))

    t, u = ties
    once = (
        k * (k - 1.0) * (2.0 * k + 5.0) - sum(float(np.sum(x * (x - 1) * (2 * x + 5))) for x in ties)
    ) / 18.0
    twice = total(t, -1) * total(u, -1) / (2.0 * k * (k - 1.0))
    thrice = total(t, -1, -2) * total(u, -1, -2) / (9.0 * k * (k - 1.0) * (k - 2.0))
    return once + twice + thrice
