"""Approaches to dependent effects as a part of the JSON object of ``rupmeta pool``."""

from __future__ import annotations

from typing import Any

from rupmeta.pipeline.dependence import DependenceResult
from rupmeta.pipeline.specification import Specification
from rupmeta.pool.dependence import Approach
from rupmeta.pool.fit import Fit
from rupmeta.pool.variance_profile import VarianceProfile
from rupmeta.render.answers import describe_analysis, prediction_answer, reported, test_answer
from rupmeta.results import Estimate, NotEstimable

__all__ = ["dependence_answer"]

Answer = dict[str, Any]


def dependence_answer(found: DependenceResult) -> Answer:
    """``approaches`` hold the row of the model (``estimate``) and the CR2 row (``robust``)."""
    spec = found.prepared.specification
    described = describe_analysis(found.prepared)
    dependence = {
        **described["dependence"],
        "by": list(found.by),
        "level": spec.level,
        "effects": found.prepared.single.k,
        "approaches": [_approach(item, spec) for item in found.approaches],
        "over_rho": [
            {
                "rho": row.rho,
                "aggregate": _short(row.aggregate, spec),
                "che": _short(row.che, spec),
            }
            for row in found.over_rho
        ],
        "profiles": [_profile(item) for item in found.profiles],
        "profile_reason": None if found.profile_problem is None else found.profile_problem.reason,
        "without_sample": [
            {
                "sample": item.sample,
                "k": item.k,
                "aggregate": _row(item.aggregate, spec),
                "che": _row(item.che, spec),
                "che_robust": _row(item.robust, spec),
            }
            for item in found.omitted
        ],
        "shared_samples": [
            {"sample": item.sample, "papers": list(item.papers), "k": item.k, "n": item.n}
            for item in found.shared
        ],
    }
    return {**described, "dependence": dependence}


def _approach(item: Approach, spec: Specification) -> Answer:
    answer: Answer = {"approach": item.name, "rho": item.rho, "reason": None}
    fit = item.fit
    if isinstance(fit, NotEstimable):
        return {**answer, "reason": fit.reason, "estimate": None, "robust": None}
    h = fit.heterogeneity
    return {
        **answer,
        "k": fit.k,
        "clusters": fit.clusters,
        "test": fit.test,
        "estimate": fit.estimate.as_dict(),
        "robust": fit.robust[0].as_dict() if fit.robust else None,
        "reported": reported(fit.estimate, fit.prediction, None, spec),
        "robust_reported": reported(fit.robust[0], None, None, spec) if fit.robust else {},
        "prediction": prediction_answer(fit.prediction),
        "tau2": h.tau2,
        "sigma2_between": fit.sigma2_between,
        "sigma2_within": fit.sigma2_within,
        "I2": h.I2,
        "coefficients": [row.as_dict() for row in fit.coefficients],
        "robust_coefficients": [row.as_dict() for row in fit.robust],
        "omnibus": test_answer(fit.omnibus),
        "robust_omnibus": test_answer(fit.robust_omnibus),
    }


def _short(fit: Fit | NotEstimable, spec: Specification) -> Answer:
    if isinstance(fit, NotEstimable):
        return {"reason": fit.reason, "estimate": None, "robust": None, "tau2": None}
    return {
        "reason": None,
        "estimate": _row(fit.estimate, spec),
        "robust": _row(fit.robust[0] if fit.robust else None, spec),
        "tau2": fit.heterogeneity.tau2,
        "sigma2_between": fit.sigma2_between,
        "sigma2_within": fit.sigma2_within,
    }


def _row(estimate: Estimate | None, spec: Specification) -> Answer | None:
    if estimate is None:
        return None
    return {**estimate.as_dict(), "reported": reported(estimate, None, None, spec)}


def _profile(item: VarianceProfile) -> Answer:
    return {
        "component": item.component,
        "estimate": item.estimate,
        "lb": item.lb,
        "ub": item.ub,
        "level": item.level,
        "cut": item.cut,
        "values": item.values,
        "heights": item.heights,
    }
