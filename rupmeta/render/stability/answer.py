"""Answers without studies, with more of them, and from draws of them, as parts of the sensitivity object."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.backtransform import report_on
from rupmeta.explore.bootstrap import Resampled
from rupmeta.explore.gosh_models import GoshModels
from rupmeta.explore.influence import FLAGS
from rupmeta.explore.leave_one_out import Step
from rupmeta.pipeline.specification import Specification
from rupmeta.pipeline.stability import Compared, Drawn, Explored, Pulled, Steps, side_of
from rupmeta.pool.henmi_copas import HenmiCopas
from rupmeta.render.answers import describe_analysis, fit_answer
from rupmeta.results import Interval, NotEstimable

__all__ = [
    "bootstrap_answer",
    "cumulative_answer",
    "estimators_answer",
    "gosh_answer",
    "influence_answer",
    "leave_one_out_answer",
]

Answer = dict[str, Any]
Float = NDArray[np.float64]
BINS = 100
SHARES = (0.025, 0.25, 0.5, 0.75, 0.975)


def leave_one_out_answer(found: Steps) -> Answer:
    """One entry a unit, in file order: the answer without it, and whether that turns the conclusion."""
    return {
        **describe_analysis(found.prepared),
        "pooled": _pooled(found),
        "leave_one_out": _steps(found, "omitted"),
    }


def cumulative_answer(found: Steps) -> Answer:
    """One entry a unit, in the order of joining; the last is the pooled answer."""
    return {
        **describe_analysis(found.prepared),
        "pooled": _pooled(found),
        "cumulative": _steps(found, "added"),
    }


def _pooled(found: Steps | Explored | Drawn) -> Answer:
    return {**fit_answer(found.full, found.prepared.specification), "side": side_of(found.full)}


def _steps(found: Steps, key: str) -> list[Answer]:
    spec = found.prepared.specification
    return [
        {
            key: step.unit.name,
            "label": step.unit.label,
            "studies": list(step.unit.studies),
            "year": step.unit.year,
            "moved": moved,
            **_step(step, spec),
        }
        for step, moved in zip(found.steps, found.moved, strict=True)
    ]


def _step(step: Step, spec: Specification) -> Answer:
    if isinstance(step.fit, NotEstimable):
        return {"k": None, "estimate": None, "reported": {}, "side": None, "reason": step.fit.reason}
    return {**fit_answer(step.fit, spec), "side": side_of(step.fit), "reason": None}


def influence_answer(found: Pulled) -> Answer:
    """One entry an effect, in file order, with its flags; thresholds beside."""
    influence, limits = found.influence, found.influence.thresholds
    single = ("rstudent", "dffits", "cook_d", "cov_r", "tau2_del", "QE_del", "hat", "weight")
    return {
        **describe_analysis(found.prepared),
        "influence": [
            {
                "study": row.study,
                "effect": row.effect,
                "label": row.label,
                **{name: _known(getattr(influence, name)[i]) for name in single},
                "dfbetas": _known(influence.dfbetas[i, 0]),
                "baujat": {"x": _known(influence.baujat_x[i]), "y": _known(influence.baujat_y[i])},
                "flags": [name for name, on in zip(FLAGS, influence.flags[i], strict=True) if on],
                "influential": bool(influence.influential[i]),
            }
            for i, row in enumerate(found.effects.rows)
        ],
        "influence_thresholds": {
            "dffits": limits.dffits,
            "cook_d": limits.cook_d,
            "hat": limits.hat,
            "dfbetas": limits.dfbetas,
        },
    }


def estimators_answer(found: Compared) -> Answer:
    """One entry an estimator and test, then Henmi and Copas."""
    spec = found.prepared.specification
    rows: list[Answer] = []
    for row in found.rows:
        if isinstance(row.fit, NotEstimable):
            empty: Answer = {
                "k": None,
                "estimate": None,
                "reported": {},
                "side": None,
                "reason": row.fit.reason,
            }
            rows.append({"method": row.method, "test": row.test, "declared": False, **empty})
            continue
        declared = row.method == spec.method and row.test == spec.test
        answer = fit_answer(row.fit, spec)
        rows.append(
            {**answer, "test": row.test, "declared": declared, "side": side_of(row.fit), "reason": None}
        )
    return {
        **describe_analysis(found.prepared),
        "estimators": rows,
        "henmi_copas": _henmi_copas(found.henmi_copas, spec),
    }


def _henmi_copas(found: HenmiCopas | NotEstimable, spec: Specification) -> Answer:
    if isinstance(found, NotEstimable):
        return {"estimate": None, "reported": {}, "reason": found.reason}
    limits = {"estimate": found.estimate, "ci_lb": found.interval.lb, "ci_ub": found.interval.ub}
    return {
        **limits,
        "se": found.se,
        "pval": found.pval,
        "tau2": found.tau2,
        "reported": _scales(limits, spec),
        "reason": None,
    }


def gosh_answer(found: Explored) -> Answer:
    """The cloud in quantiles, every unit's pull on it, and its counts in ``BINS`` by ``BINS`` cells.

    A cell is [column, row, subsets, subsets that hold the most influential unit]; columns run over the
    estimate and rows over I2, both between the ``limits``.
    """
    cloud, spec = found.cloud, found.prepared.specification
    top = cloud.most_influential
    return {
        **describe_analysis(found.prepared),
        "pooled": _pooled(found),
        "gosh": {
            "subsets": len(cloud.estimate),
            "exhaustive": cloud.exhaustive,
            "failed": cloud.failed,
            "estimate": _quantiles(cloud.estimate),
            "I2": _quantiles(cloud.I2),
            "reported": {
                scale: {
                    name: report_on(scale, spec.measure, value)
                    for name, value in _quantiles(cloud.estimate).items()
                }
                for scale in spec.report_as
                if report_on(scale, spec.measure, 0.0) is not None
            },
            "units": [
                {
                    "unit": unit.name,
                    "label": unit.label,
                    "studies": list(unit.studies),
                    "median_with": _known(cloud.with_unit[j]),
                    "median_without": _known(cloud.without_unit[j]),
                    "most_influential": j == top,
                }
                for j, unit in enumerate(cloud.units)
            ],
            "clumps": None if found.clumps is None else _clumps(found.clumps, found),
            "cells": _cells(cloud.estimate, cloud.I2, cloud.inside[:, top]),
        },
    }


def _clumps(models: GoshModels, found: Explored) -> list[Answer]:
    """The clumps of the cloud; ``parted_by`` are the units whose presence tells them apart."""
    labels = [unit.label for unit in found.cloud.units]
    return [
        {
            "share": clump.share,
            "estimate": clump.mean,
            "I2": clump.I2,
            "reported": {
                scale: report_on(scale, found.prepared.specification.measure, clump.mean)
                for scale in found.prepared.specification.report_as
            },
            "parted_by": {labels[i]: clump.excess[i] for i in models.drivers},
        }
        for clump in models.clumps
    ]


def _quantiles(x: Float) -> dict[str, float]:
    names = ("q025", "q25", "median", "q75", "q975")
    inner = dict(zip(names, np.quantile(x, SHARES).tolist(), strict=True))
    return {"min": float(x.min()), **inner, "max": float(x.max())}


def _cells(estimate: Float, I2: Float, inside: NDArray[np.bool_]) -> Answer:
    lo, hi = float(estimate.min()), float(estimate.max())
    width = (hi - lo) or 1.0
    column = np.minimum(((estimate - lo) / width * BINS).astype(np.intp), BINS - 1)
    row = np.minimum((I2 / 100.0 * BINS).astype(np.intp), BINS - 1)
    place = column * BINS + row
    total = np.bincount(place, minlength=BINS * BINS)
    holding = np.bincount(place, weights=inside, minlength=BINS * BINS)
    filled = np.flatnonzero(total)
    return {
        "bins": BINS,
        "limits": {"estimate": [lo, lo + width], "I2": [0.0, 100.0]},
        "counts": [[int(i // BINS), int(i % BINS), int(total[i]), int(holding[i])] for i in filled],
    }


def bootstrap_answer(found: Drawn) -> Answer:
    """Standard error, bias and two intervals of the pooled effect and of tau2."""
    drawn, spec = found.bootstrap, found.prepared.specification
    return {
        **describe_analysis(found.prepared),
        "pooled": _pooled(found),
        "bootstrap": {
            "iterations": drawn.iterations,
            "draws": drawn.draws,
            "samples": drawn.clusters,
            "level": drawn.level,
            "estimate": {**_resampled(drawn.estimate), "reported": _intervals(drawn.estimate, spec)},
            "tau2": _resampled(drawn.tau2),
        },
    }


def _resampled(part: Resampled) -> Answer:
    return {
        "value": part.value,
        "se": part.se,
        "bias": part.bias,
        "percentile": _interval(part.percentile),
        "bca": _interval(part.bca),
    }


def _interval(interval: Interval | None) -> Answer | None:
    return None if interval is None else {"ci_lb": interval.lb, "ci_ub": interval.ub}


def _intervals(part: Resampled, spec: Specification) -> Answer:
    kinds = {"percentile": part.percentile, "bca": part.bca}
    return {
        kind: _scales({"estimate": part.value, "ci_lb": interval.lb, "ci_ub": interval.ub}, spec)
        for kind, interval in kinds.items()
        if interval is not None
    }


def _scales(values: dict[str, float], spec: Specification) -> Answer:
    shown = {
        scale: {key: report_on(scale, spec.measure, value) for key, value in values.items()}
        for scale in spec.report_as
    }
    return {scale: cells for scale, cells in shown.items() if cells["estimate"] is not None}


def _known(x: float) -> float | None:
    """The number as a Python float; None for NaN."""
    return None if math.isnan(x) else float(x)
