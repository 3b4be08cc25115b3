"""Pooled means under true effects with heavier tails than the normal's, so that an outlying study counts
less.

Three models of the true effects, each fitted by maximum likelihood to independent rows: normal; Student's t;
and a mixture of usual and outlying studies with one mean. Sources: Lee & Thompson 2008, 10.1002/sim.2897;
Baker & Jackson 2008, 10.1007/s10729-007-9041-8; Beath 2014, 10.1002/jrsm.1114.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.numerics.distributions import chi2_quantile
from rupmeta.numerics.fit import fit_batch
from rupmeta.numerics.maximise import maximise_rows
from rupmeta.results import Estimate, Interval, Note

__all__ = ["ROBUST_MODELS", "RobustFit", "RobustName", "fit_robust", "log_density"]

RobustName = Literal["normal", "t", "mixture"]
Float = NDArray[np.float64]

FEWEST = 5
FEW = 10
NODES = 161  # of the integral over the precision factor of the t model
DEEP = 37.0  # nodes reach to where the density has fallen by exp(-37), the last digit of a double
ROUNDS = 20  # of widening, and of narrowing, in the search for a limit of the profile
NEARLY_NORMAL = 0.001  # 1/df of the lightest tail that the t model reaches
NOTHING = 1e-6  # a variance below this share of the typical sampling variance
PRECISION = 1e-5  # of that limit, in standard errors


@dataclass(frozen=True)
class RobustFit:
    """One model of true effects, with its profile-likelihood interval.

    ``estimate`` carries the standard error from the curvature of the profile, normal reference;
    ``interval`` the profile's own limits, which need not be symmetric. ``tau2``: the squared scale of usual
    studies. ``t_df``: degrees of freedom of the t model (infinity: it comes down to the normal).
    ``outlying_share`` and ``outlying_tau2``: of the mixture (0 and None where one component says it all).
    ``outlying``: one number a row, 0 for usual and near 1 for outlying: the mixture's posterior probability;
    1 - E(lambda | y), floored at 0, in the t model.
    """

    model: RobustName
    k: int
    estimate: Estimate
    interval: Interval
    tau2: float
    t_df: float | None
    outlying_share: float | None
    outlying_tau2: float | None
    log_likelihood: float
    AIC: float
    outlying: tuple[float, ...]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class _Model:
    """Spread parameters beyond the mean, their box and starting points, in units of the typical error.

    ``parts(spread)`` gives the components of N parameter sets (N, q): log shares and tau2, each (N, G). A
    row's density is the sum of share·N(y; mu, v + tau2).
    """

    name: RobustName
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    starts: Callable[[float], Sequence[Sequence[float]]]
    parts: Callable[[Float], tuple[Float, Float]]


def _normal_parts(spread: Float) -> tuple[Float, Float]:
    return np.zeros((len(spread), 1)), np.exp(2.0 * spread)


def t_nodes(df: Float) -> tuple[Float, Float]:
    """Log shares and log precision factors of Student's t as a mixture of normals, (N, 161) for df (N,).

    t = N(0, tau2 / lambda) with lambda ~ Gamma(df/2, rate df/2): the trapezoidal rule in log(lambda), which
    is exact to rounding for so smooth an integrand.
    """
    half = (df / 2.0)[:, None]
    left = np.maximum(1.0 + DEEP / half, np.sqrt(2.0 * DEEP / half))
    right = np.minimum(np.log(2.0 + 2.0 * DEEP / half), 2.0 * np.sqrt(2.0 * DEEP / half))
    s = -left + (left + right) * np.linspace(0.0, 1.0, NODES)
    logs = half * (s - np.exp(s))
    logs -= logs.max(axis=1, keepdims=True)
    return logs - np.log(np.exp(logs).sum(axis=1, keepdims=True)), s


def _t_parts(spread: Float) -> tuple[Float, Float]:
    log_share, s = t_nodes(1.0 / spread[:, 1])
    return log_share, np.exp(2.0 * spread[:, :1] - s)


def _mixture_parts(spread: Float) -> tuple[Float, Float]:
    share = np.clip(spread[:, 1], 1e-300, 1.0)
    tau2 = np.exp(2.0 * spread[:, 0])
    log_share = np.column_stack([np.log1p(-share), np.log(share)])
    return log_share, np.column_stack([tau2, tau2 + np.exp(2.0 * spread[:, 2])])


LOWEST, HIGHEST = -7.0, 7.0  # of the logarithm of tau, in typical standard errors

ROBUST_MODELS: dict[RobustName, _Model] = {
    model.name: model
    for model in (
        _Model("normal", (LOWEST,), (HIGHEST,), lambda log: [[log]], _normal_parts),
        _Model(
            "t",
            (LOWEST, NEARLY_NORMAL),
            (HIGHEST, 1.0),
            lambda log: [[log - 3.0 * x, x] for x in (0.05, 0.3, 0.9)],
            _t_parts,
        ),
        _Model(
            "mixture",
            (LOWEST, 0.0, LOWEST),
            (HIGHEST, 0.5, HIGHEST),
            lambda log: [
                [low, x, high] for low in (log, log - 2.0) for high in (log + 1.0, 1.5) for x in (0.1, 0.3)
            ],
            _mixture_parts,
        ),
    )
}


def log_density(model: RobustName, yi: Float, vi: Float, mean: Float, spread: Float) -> Float:
    """Log density of every row, (N, k), at N means (N,) and the model's own parameters ``spread`` (N, q).

    ``normal``: (log tau); ``t``: (log tau, 1/df); ``mixture``: (log tau, share, log of the extra tau).
    """
    return _posterior(ROBUST_MODELS[model], yi, vi, mean, spread)[0]


def _posterior(model: _Model, yi: Float, vi: Float, mean: Float, spread: Float) -> tuple[Float, Float]:
    """Log density (N, k) and the probability of every component given the row, (N, k, G)."""
    log_share, tau2 = model.parts(spread)
    variance = vi[:, None] + tau2[:, None, :]
    distance = (yi - mean[:, None]) ** 2
    logs = log_share[:, None, :] - 0.5 * (np.log(2.0 * np.pi * variance) + distance[:, :, None] / variance)
    top = logs.max(axis=2, keepdims=True)
    terms = np.exp(logs - top)
    total = terms.sum(axis=2)
    density: Float = top[:, :, 0] + np.log(total)
    return density, terms / total[:, :, None]


def fit_robust(effects: Effects, *, model: RobustName = "t", level: float = 0.95) -> RobustFit:
    """Fit one model of true effects by maximum likelihood.

    ``normal``: theta ~ N(mu, tau2), which is method ML. ``t``: theta = mu + tau·t with df in [1, 1000].
    ``mixture``: theta ~ N(mu, tau2) with probability 1 - share, else N(mu, tau2 + extra), share at most .5.
    All have the one mean mu; AIC counts mu and 1, 2 or 3 further parameters. The interval is that of the
    profile likelihood.

    Raises ``EstimationError`` (K-FEW) with fewer than five effects.
    """
    if effects.k < FEWEST:
        text = f"{effects.k} effects: models with heavy tails need at least {FEWEST}"
        raise EstimationError(text, "K-FEW")
    chosen, yi, vi = ROBUST_MODELS[model], effects.yi, effects.vi
    unit = float(np.sqrt(np.median(vi)))
    y, v = yi / unit, vi / unit**2
    start = fit_batch(y, v, method="ML")
    log_tau = 0.5 * math.log(float(start.tau2[0]) + 0.01)
    centre, error = float(start.beta[0, 0]), math.sqrt(float(start.vcov[0, 0, 0]))
    lower, upper = np.array(chosen.lower), np.array(chosen.upper)

    def height(theta: Float, _rows: NDArray[np.intp]) -> Float:
        found: Float = _posterior(chosen, y, v, theta[:, 0], theta[:, 1:])[0].sum(axis=1)
        return found

    joint = [[m, *x] for m in (centre, float(np.median(y))) for x in chosen.starts(log_tau)]
    edge = np.array([np.inf])
    box = np.concatenate([-edge, lower]), np.concatenate([edge, upper])
    found = maximise_rows(height, np.array(joint), *box)
    theta, top = found.theta[found.best], float(found.height[found.best])
    mean, spread = float(theta[0]), theta[None, 1:]
    seeds = np.concatenate([spread, np.array(chosen.starts(log_tau))])

    def profile(at: Float) -> Float:
        """The likelihood at each of ``at`` (N,), maximised over the spread."""
        points = np.repeat(at, len(seeds))

        def inner(part: Float, rows: NDArray[np.intp]) -> Float:
            return height(np.column_stack([points[rows], part]), rows)

        tops = maximise_rows(inner, np.tile(seeds, (len(at), 1)), lower, upper).height
        highest: Float = tops.reshape(len(at), -1).max(axis=1)
        return highest

    limits = _limits(profile, top, mean, error, 0.5 * chi2_quantile(1.0 - level, 1.0))
    h = 0.25 * error
    curvature = (2.0 * top - float(profile(np.array([mean - h, mean + h])).sum())) / h**2
    se = 1.0 / math.sqrt(curvature) if curvature > 0 else math.nan
    ll = top - effects.k * math.log(unit)
    weights = _posterior(chosen, y, v, theta[:1], spread)[1][0]
    collapsed = model == "mixture" and (spread[0, 1] < NOTHING or math.exp(2.0 * spread[0, 2]) < 10 * NOTHING)
    if collapsed:
        weights = np.column_stack([np.ones(effects.k), np.zeros(effects.k)])  # one component says it all
    tau2 = float(np.exp(2.0 * theta[1])) * unit**2
    return RobustFit(
        model=model,
        k=effects.k,
        estimate=Estimate(model, mean * unit, se * unit, None, level),
        interval=Interval(float(limits[0]) * unit, float(limits[1]) * unit, level),
        tau2=tau2 if tau2 > NOTHING * unit**2 else 0.0,
        t_df=(math.inf if theta[2] < 2.0 * NEARLY_NORMAL else float(1.0 / theta[2]))
        if model == "t"
        else None,
        outlying_share=(0.0 if collapsed else float(theta[2])) if model == "mixture" else None,
        outlying_tau2=float(chosen.parts(spread)[1][0, 1]) * unit**2
        if model == "mixture" and not collapsed
        else None,
        log_likelihood=ll,
        AIC=-2.0 * ll + 2.0 * len(theta),
        outlying=_outlying(model, weights, spread),
        notes=_notes(effects.k, model),
    )


def _outlying(model: RobustName, weights: Float, spread: Float) -> tuple[float, ...]:
    if model == "normal":
        return (0.0,) * len(weights)
    if model == "mixture":
        return tuple(weights[:, 1].tolist())
    s = t_nodes(1.0 / spread[:, 1])[1][0]
    return tuple(np.maximum(0.0, 1.0 - weights @ np.exp(s)).tolist())


def _notes(k: int, model: RobustName) -> tuple[Note, ...]:
    if k >= FEW or model == "normal":
        return ()
    text = f"{k} effects: whether true effects have heavier tails than the normal can hardly be told"
    return (Note("K-FEW", text, severity="warning"),)


def _limits(profile: Callable[[Float], Float], top: float, mean: float, error: float, drop: float) -> Float:
    """Where the profile lies ``drop`` below its ``top``, on both sides of ``mean``.

    The root of twice the drop is all but linear in the mean, so that the secant needs few rounds; the bracket
    keeps it safe.
    """
    target = math.sqrt(2.0 * drop)

    def depth(at: Float) -> Float:
        return np.sqrt(np.maximum(0.0, 2.0 * (top - profile(at)))) - target

    inner, low = np.full(2, mean), np.full(2, -target)
    outer = mean + 2.0 * error * np.array([-1.0, 1.0])
    high = depth(outer)
    for _ in range(ROUNDS):
        near = high <= 0
        if not near.any():
            break
        inner, low = np.where(near, outer, inner), np.where(near, high, low)
        outer = np.where(near, outer + 2.0 * (outer - mean), outer)
        high = np.where(near, depth(outer), high)
    for _ in range(ROUNDS):
        share = np.clip(-low / (high - low), 0.02, 0.98)
        at = inner + share * (outer - inner)
        value = depth(at)
        beyond = value > 0
        inner, low = np.where(beyond, inner, at), np.where(beyond, low, value)
        outer, high = np.where(beyond, at, outer), np.where(beyond, value, high)
        if (np.minimum(np.abs(low), np.abs(high)) < PRECISION).all():
            break
    return np.where(np.abs(low) < np.abs(high), inner, outer)
