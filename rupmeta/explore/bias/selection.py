"""Selection models: what if significant results were more likely to be published?

The step function of Vevea and Hedges and the beta density of Citkowicz and Vevea.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from rupmeta.errors import EstimationError
from rupmeta.explore.bias.likelihood import (
    Box,
    climb,
    log_normal,
    log_normal_between,
    log_sum_exp,
    ml_height,
    profile,
    reach_of,
    standard_errors,
    start_points,
)
from rupmeta.explore.bias.oriented import SIGNIFICANT, Oriented, require
from rupmeta.numerics.distributions import chi2_p, normal_quantile
from rupmeta.numerics.maximise import Height
from rupmeta.results import Estimate, Interval, Note

__all__ = ["Selection", "SelectionModel", "fit_beta_selection", "fit_step_selection"]

Float = NDArray[np.float64]
Index = NDArray[np.intp]
SelectionModel = Literal["step", "beta"]

BOUNDLESS = 5.0  # an interval so many times as wide as the effects are spread is none
SHARES = (0.1, 0.5, 1.0, 3.0)  # relative chances of publication to start from
SMALLEST_TAU2 = 1e-6  # below it tau2 is taken as 0 and leaves the information matrix
FEW_ON_A_SIDE = 4
CLIP = 1e-5  # p values of the beta model are held between this and 1 - this
BETA_BOUNDS = (1e-5, 100.0)
BETA_SHAPES = (0.3, 1.0, 2.5)
NODES, WEIGHTS = np.polynomial.legendre.leggauss(200)


@dataclass(frozen=True, slots=True)
class Selection:
    """A fitted selection model, on the analysis scale and in the direction of the data.

    ``steps``: one-sided p values at which the chance of publication changes (step model); ``delta``: relative
    chances between them, the first 1, or the two shapes of the beta density. ``counts``: effects per
    interval of p. ``estimate.se`` is NaN where the likelihood is too flat for it. ``profile``: interval of
    mu by profile likelihood, ``delta_profile`` that of the last delta.
    """

    model: SelectionModel
    steps: tuple[float, ...]
    delta: tuple[float, ...]
    delta_se: tuple[float | None, ...]
    counts: tuple[int, ...]
    estimate: Estimate
    tau2: float
    lrt: float
    lrt_df: int
    lrt_pval: float
    profile: Interval | None
    delta_profile: Interval | None
    notes: tuple[Note, ...] = ()


def fit_step_selection(
    data: Oriented, *, steps: Sequence[float] = (SIGNIFICANT,), level: float = 0.95, profiles: bool = True
) -> Selection:
    """Step-function selection model (Vevea & Hedges 1995, 10.1007/BF02294384), by maximum likelihood.

    ``steps`` cut the one-sided p values; an effect in the j-th interval was published with a chance that is
    delta_j times that of the first. ℓ = Σ[log N(y; μ, v + τ²) + log δ(p) − log Σⱼ δⱼ P(p in interval j)].
    The test of no selection is a likelihood ratio on as many degrees of freedom as there are steps.

    Raises ``EstimationError`` where there are no more effects than parameters or an interval without effects.
    """
    cuts = tuple(sorted(set(steps)))
    _require_more(data, "step", len(cuts))
    place = np.searchsorted(np.array(cuts), data.p, side="left")
    counts = tuple(int(n) for n in np.bincount(place, minlength=len(cuts) + 1))
    if 0 in counts:
        raise EstimationError(_empty(cuts, counts), "K-ASYM")
    height = _step_height(data, cuts, place)
    m = len(cuts)
    box = _box(data, np.full(m, -12.0), np.full(m, 12.0))
    starts = start_points(data, *([tuple(np.log(SHARES).tolist())] + [(-0.7, 0.0)] * (m - 1)))
    notes = []
    if min(counts) < FEW_ON_A_SIDE:
        text = f"{_counted(cuts, counts)}: the chance of publication rests on very few effects"
        notes.append(Note("SELECTION-FEW", text, severity="warning"))
    return _finish("step", data, height, starts, box, cuts, counts, level, profiles, notes)


def fit_beta_selection(data: Oriented, *, level: float = 0.95, profiles: bool = False) -> Selection:
    """Beta-density selection model (Citkowicz & Vevea 2017, 10.1037/met0000119), by maximum likelihood.

    The chance of publication is p^(δ₁−1)(1−p)^(δ₂−1) of the one-sided p value, held between 1e-5 and 1 − 1e-5
    (beyond, the weight is constant, so that its share of the normaliser is a normal tail; between, it is
    integrated by 200-point Gauss–Legendre over z). δ₁ = δ₂ = 1 is no selection; 2 degrees of freedom.

    Raises ``EstimationError`` where there are no more effects than parameters.
    """
    _require_more(data, "beta", len(BETA_BOUNDS))
    height = _beta_height(data)
    bounds = np.log(np.array([BETA_BOUNDS, BETA_BOUNDS]))
    box = _box(data, bounds[:, 0], bounds[:, 1])
    shapes = tuple(np.log(BETA_SHAPES).tolist())
    starts = start_points(data, shapes, shapes)
    heights = height(starts, np.zeros(len(starts), dtype=np.intp))
    starts = starts[np.argsort(-heights)[:8]]
    significant = int(np.count_nonzero(data.p <= SIGNIFICANT))
    counts = (significant, data.k - significant)
    return _finish("beta", data, height, starts, box, (), counts, level, profiles, [])


def _finish(
    model: SelectionModel,
    data: Oriented,
    height: Height,
    starts: Float,
    box: Box,
    cuts: tuple[float, ...],
    counts: tuple[int, ...],
    level: float,
    profiles: bool,
    notes: list[Note],
) -> Selection:
    summit = climb(height, starts, box)
    unit, theta = data.unit, summit.theta
    tau2 = float(theta[1] * unit) ** 2
    fixed = (1,) if tau2 < SMALLEST_TAU2 else ()
    se = standard_errors(height, summit, box, fixed)
    at_bound = bool(np.any((theta <= box.lower) | (theta >= box.upper)))
    # Such an interval says nothing, and its digits would change from one processor to the next.
    boundless = se is not None and 4.0 * float(se[0]) > BOUNDLESS * (2.0 + np.ptp(data.y) / data.unit)
    if se is None or at_bound or boundless:
        text = f"the likelihood of the {model} selection model is flat: many other values fit as well"
        notes.append(Note("SELECTION-FLAT", text, severity="warning"))
        se = None
    if summit.rivals:
        text = f"the likelihood of the {model} selection model has several peaks; the highest was taken"
        notes.append(Note("SELECTION-PEAKS", text))
    interval = ratio = None
    if profiles:
        near = starts[:: max(1, len(starts) // 4)] if model == "step" else starts[:1]  # beta is slow
        steps = np.where(np.isfinite(se), se, 1.0) if se is not None else np.ones(len(theta))
        limits = profile(height, summit, near, box, 0, 2.0 * float(steps[0]), level)
        interval = None if limits is None else _turned(limits, data)
        if model == "step":
            limits = profile(height, summit, near, box, len(theta) - 1, 2.0 * float(steps[-1]), level)
            ratio = (
                None
                if limits is None
                else Interval(float(np.exp(limits.lb)), float(np.exp(limits.ub)), level)
            )
    lrt = max(0.0, 2.0 * (summit.height - ml_height(data)))
    weights = np.exp(theta[2:])
    errors = [
        None if se is None else float(w * s)
        for w, s in zip(weights, (se if se is not None else theta)[2:], strict=True)
    ]
    first: tuple[float, ...] = (1.0,) if model == "step" else ()
    unknown: tuple[float | None, ...] = (None,) if model == "step" else ()
    estimate = Estimate(
        f"{model} selection model",
        data.sign * float(theta[0]) * unit,
        float("nan") if se is None else float(se[0]) * unit,
        None,
        level,
    )
    df = len(theta) - 2
    return Selection(
        model, cuts, (*first, *map(float, weights)), (*unknown, *errors), counts, estimate, tau2,
        lrt, df, chi2_p(lrt, df), interval, ratio, tuple(notes),
    )  # fmt: skip


def _require_more(data: Oriented, model: str, shapes: int) -> None:
    """More effects than parameters (mean, τ², shapes of selection): with as many the fit is saturated."""
    require(data.k, "a selection model")
    parameters = 2 + shapes
    if data.k <= parameters:
        raise EstimationError(
            f"{data.k} effects: the {model} selection model has {parameters} parameters and needs at least "
            f"{parameters + 1}",
            "K-ASYM",
        )


def _turned(interval: Interval, data: Oriented) -> Interval:
    ends = sorted((data.sign * data.unit * interval.lb, data.sign * data.unit * interval.ub))
    return Interval(ends[0], ends[1], interval.level)


def _box(data: Oriented, lower: Float, upper: Float) -> Box:
    """Bounds of mu, of tau (of either sign: it enters squared), then of the shapes."""
    far = reach_of(data)
    return Box(np.concatenate([[-far, -far], lower]), np.concatenate([[far, far], upper]))


def _step_height(data: Oriented, cuts: tuple[float, ...], place: NDArray[np.intp]) -> Height:
    y, v = data.scaled()
    root = np.sqrt(v)
    edges = [np.full_like(y, np.inf)]
    edges += [-float(normal_quantile(cut)) * root for cut in cuts]
    edges.append(np.full_like(y, -np.inf))

    def height(theta: Float, rows: Index) -> Float:  # noqa: ARG001  # all rows share the data
        mu, s = theta[:, :1], np.sqrt(v + theta[:, 1:2] ** 2)
        delta = np.concatenate([np.zeros((len(theta), 1)), theta[:, 2:]], axis=1)
        terms = []
        for j in range(len(edges) - 1):
            upper, lower = (edges[j] - mu) / s, (edges[j + 1] - mu) / s
            if j == 0:
                share = log_ndtr(-lower)
            elif j == len(edges) - 2:
                share = log_ndtr(upper)
            else:
                share = log_normal_between(lower, upper)
            terms.append(delta[:, j : j + 1] + share)
        total = log_normal(y, mu, s) + delta[:, place] - log_sum_exp(terms)
        result: Float = total.sum(axis=1)
        return result

    return height


def _beta_height(data: Oriented) -> Height:
    y, v = data.scaled()
    root = np.sqrt(v)
    edge = -float(normal_quantile(CLIP))  # in z: p = CLIP at +edge
    z = edge * NODES
    log_p, log_q = log_ndtr(-z), log_ndtr(z)
    log_dz = np.log(edge * WEIGHTS)
    held = np.clip(data.z, -edge, edge)
    own_p, own_q = log_ndtr(-held), log_ndtr(held)
    ends = (np.log(CLIP), np.log1p(-CLIP))

    def height(theta: Float, rows: Index) -> Float:  # noqa: ARG001  # all rows share the data
        mu, s = theta[:, :1], np.sqrt(v + theta[:, 1:2] ** 2)
        a, b = np.exp(theta[:, 2:3]) - 1.0, np.exp(theta[:, 3:4]) - 1.0
        mean, sd = mu / root, s / root  # of z
        inner = a * log_p + b * log_q + log_dz
        peak = inner.max(axis=1, keepdims=True)
        weight = np.exp(inner - peak)
        density = np.exp(-0.5 * ((z - mean[:, :, None]) / sd[:, :, None]) ** 2)
        with np.errstate(divide="ignore"):
            between = (
                np.log(np.einsum("nkg,ng->nk", density, weight)) + peak - np.log(sd) - 0.5 * np.log(2 * np.pi)
            )
        high = a * ends[0] + b * ends[1] + log_ndtr((mean - edge) / sd)
        low = a * ends[1] + b * ends[0] + log_ndtr((-edge - mean) / sd)
        total = log_normal(y, mu, s) + a * own_p + b * own_q
        result: Float = (total - log_sum_exp([between, high, low])).sum(axis=1)
        return result

    return height


def _counted(cuts: tuple[float, ...], counts: tuple[int, ...]) -> str:
    bounds = [0.0, *cuts, 1.0]
    parts = [f"{n} in p {a:g} to {b:g}" for n, a, b in zip(counts, bounds[:-1], bounds[1:], strict=True)]
    return "effects by one-sided p: " + ", ".join(parts)


def _empty(cuts: tuple[float, ...], counts: tuple[int, ...]) -> str:
    return f"{_counted(cuts, counts)}: what was not published cannot be inferred from an empty interval"
