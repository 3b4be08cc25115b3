"""What unmeasured confounding could do to an association, and what the studies themselves say about it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError, UsageError
from rupmeta.explore.confounding import (
    FEW,
    Bias,
    Curve,
    Share,
    calibrated_share,
    confounder_for,
    confounding_curve,
    e_value,
    far_from_normal,
    share_beyond,
    to_fisher_z,
    to_log_risk_ratio,
    tolerate,
)
from rupmeta.numerics.distributions import normal_quantile
from rupmeta.pipeline.analyse import Prepared, correlational, prepare_effects, unique
from rupmeta.pipeline.confounding_evidence import Strand, line_up
from rupmeta.pipeline.independent import independent_effects
from rupmeta.pipeline.specification import Overrides, Specification
from rupmeta.pool.fit import Fit, fit_effects
from rupmeta.read.folder import Folder
from rupmeta.results import Note

__all__ = ["BENCHMARK", "Benchmark", "Confounding", "OnCorrelation", "OnRiskRatio", "assess_confounding"]

Float = NDArray[np.float64]

SHARES = (0.5, 0.25, 0.1)
NORMAL_ENOUGH = 0.05


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A correlation that readers know, to measure a confounder against."""

    label: str
    r: float
    doi: str


BENCHMARK = Benchmark("alliance and outcome (Flückiger et al. 2018)", 0.278, "10.1037/pst0000172")


@dataclass(frozen=True)
class OnCorrelation:
    """The question on the correlation's own scale, the association oriented to be positive.

    ``c_estimate``: the confounder that takes the mean to zero; ``c_limit`` the interval's nearer end (None:
    it holds zero already). ``c_threshold``: the mean to the smallest correlation of interest.
    ``c_shares``: (share, c that leaves this share of true correlations above the threshold; None: fewer lie
    above it now). ``left_by_benchmark``: the mean under a confounder as strong as the benchmark.
    """

    fit: Fit
    share: Share
    c_estimate: float | None
    c_limit: float | None
    c_threshold: float | None
    c_shares: tuple[tuple[float, float | None], ...]
    left_by_benchmark: float
    curve: Curve


@dataclass(frozen=True)
class OnRiskRatio:
    """The question on log risk ratios; ``e_limit`` is 1 where the interval holds no association."""

    fit: Fit
    threshold: float
    share: Share
    biases: tuple[Bias, ...]
    e_estimate: float
    e_limit: float


@dataclass(frozen=True)
class Confounding:
    """Both scales, or the reason why one cannot be had, and the evidence that the studies hold.

    ``turned``: the pooled association is negative, and all effects were turned round. ``threshold``: the
    smallest correlation of interest.
    """

    prepared: Prepared
    threshold: float
    turned: bool
    correlation: OnCorrelation | None
    risk_ratio: OnRiskRatio | None
    strands: tuple[Strand, ...]
    notes: tuple[Note, ...]


def assess_confounding(
    folder: Folder, overrides: Overrides | None = None, *, threshold: float = 0.10, seed: int = 20260101
) -> Confounding:
    """Ask both scales how strong confounding would have to be; ``threshold`` is a correlation.

    Raises ``UsageError`` for a threshold outside [0, 1), ``EstimationError`` for a measure that has neither
    scale.
    """
    if not 0 <= threshold < 1:
        raise UsageError(f"--smallest {threshold:g}: the smallest correlation of interest, from 0 to below 1")
    prepared = prepare_effects(folder, overrides)
    spec = prepared.specification
    effects, own = independent_effects(prepared, "the question of confounding")
    fit = fit_effects(effects, method=spec.method, test=spec.test, level=spec.level)
    turned = fit.estimate.estimate < 0
    sign = -1.0 if turned else 1.0
    correlation, risk_ratio = _on_correlation(effects, spec, threshold, sign, seed), None
    on_rr = to_log_risk_ratio(effects.measure, sign * effects.yi, effects.vi)
    if on_rr is not None:
        risk_ratio = _on_risk_ratio(_replaced(effects, *on_rr), spec, threshold, seed)
    if correlation is None and risk_ratio is None:
        raise EstimationError(
            f"{effects.measure} is neither a correlation nor a risk ratio, nor can it be read as one: "
            "confounding has no scale",
            "MEASURE",
        )
    notes = [
        correlational(prepared.subject, randomized=prepared.randomized),
        *own,
        *_notes(prepared, correlation, effects),
        *prepared.notes,
    ]
    strands = line_up(folder, prepared)
    return Confounding(prepared, threshold, turned, correlation, risk_ratio, strands, unique(notes))


def _replaced(effects: Effects, yi: Float, vi: Float) -> Effects:
    rows = tuple(
        replace(row, yi=float(y), vi=float(v)) for row, y, v in zip(effects.rows, yi, vi, strict=True)
    )
    return replace(effects, rows=rows)


def _on_correlation(
    effects: Effects, spec: Specification, threshold: float, sign: float, seed: int
) -> OnCorrelation | None:
    found = to_fisher_z(effects.measure, sign * effects.yi, effects.vi)
    if found is None:
        return None
    on_z = _replaced(effects, *found)
    fit = fit_effects(on_z, method=spec.method, test=spec.test, level=spec.level)
    mean, interval = fit.estimate.estimate, fit.estimate.interval()
    tau2 = fit.heterogeneity.tau2 or 0.0
    r, limit = math.tanh(mean), math.tanh(interval.lb)
    square = BENCHMARK.r**2
    return OnCorrelation(
        fit=fit,
        share=_share(on_z, fit, math.atanh(threshold), spec, seed),
        c_estimate=confounder_for(r),
        c_limit=confounder_for(limit),
        c_threshold=confounder_for(r, threshold),
        c_shares=tuple(
            (share, confounder_for(math.tanh(mean + math.sqrt(tau2) * normal_quantile(1 - share)), threshold))
            for share in SHARES
        ),
        left_by_benchmark=(r - square) / (1.0 - square),
        curve=confounding_curve(mean, interval.lb, interval.ub, tau2, threshold),
    )


def _on_risk_ratio(effects: Effects, spec: Specification, threshold: float, seed: int) -> OnRiskRatio:
    fit = fit_effects(effects, method=spec.method, test=spec.test, level=spec.level)
    on_rr = to_log_risk_ratio("ZCOR", np.array([math.atanh(threshold)]), np.ones(1))
    assert on_rr is not None
    q = float(on_rr[0][0])
    mean, interval = fit.estimate.estimate, fit.estimate.interval()
    tau2 = fit.heterogeneity.tau2 or 0.0
    return OnRiskRatio(
        fit=fit,
        threshold=q,
        share=_share(effects, fit, q, spec, seed),
        biases=tolerate(mean, tau2, q, SHARES),
        e_estimate=e_value(mean),
        e_limit=e_value(interval.lb) if interval.lb > 0 else 1.0,
    )


def _share(effects: Effects, fit: Fit, threshold: float, spec: Specification, seed: int) -> Share:
    """By the normal distribution of true effects; by calibrated effects where k is small or that is
    doubtful.
    """
    h, mean = fit.heterogeneity, fit.estimate
    if h.tau2 is None or h.tau2 == 0.0:
        return share_beyond(mean.estimate, 0.0, threshold, se=mean.se, se_tau2=None, level=spec.level)
    yi, vi = effects.yi, effects.vi
    doubtful = far_from_normal(yi, vi, mean.estimate, h.tau2) < NORMAL_ENOUGH
    if len(set(effects.clusters)) < FEW or doubtful:
        return calibrated_share(
            yi, vi, threshold, method=spec.method, clusters=effects.clusters, level=spec.level, seed=seed
        )
    return share_beyond(mean.estimate, h.tau2, threshold, se=mean.se, se_tau2=h.se_tau2, level=spec.level)


def _notes(prepared: Prepared, correlation: OnCorrelation | None, effects: Effects) -> list[Note]:
    spec = prepared.specification
    notes = [
        Note(
            "CONF-MODEL",
            "one confounder is assumed, of the same strength with both sides and in every study; several, or "
            "stronger ones in some studies, could do more or less",
        )
    ]
    if effects.measure in ("SMD", "SMDH", "OR"):
        text = f"{effects.measure} is read as a correlation of two equal groups"
        notes.append(Note("CONF-SCALE", text))
    if len(set(effects.clusters)) < FEW:
        text = (
            f"{len(set(effects.clusters))} independent samples: the share of true effects above a threshold "
            "is hardly known"
        )
        notes.append(Note("K-FEW", text, severity="warning"))
    share = None if correlation is None else correlation.share
    if share is not None and share.method == "point":
        text = (
            f"tau2 is estimated at 0 by {spec.method}: all true effects are taken as equal, and the share "
            "above a threshold is 0 or 1"
        )
        notes.append(Note("CONF-POINT", text))
    if share is not None and share.method == "calibrated" and len(set(effects.clusters)) >= FEW:
        text = (
            "the true effects are far from normally distributed (Anderson-Darling p < .05): the share comes "
            "from calibrated effects with a bootstrap; the curve and the c of each share still take them as "
            "normal"
        )
        notes.append(Note("CONF-SHAPE", text))
    return notes
