"""Fragility and models with heavy tails as parts of the JSON object of ``rupmeta sensitivity``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rupmeta.effects.backtransform import report_on
from rupmeta.effects.table import Effects
from rupmeta.explore.fragility import ValueChange
from rupmeta.explore.leave_one_out import list_units
from rupmeta.explore.robust_fits import RobustFit
from rupmeta.pipeline.fragility import FragilityResult, OutlierResult
from rupmeta.pipeline.specification import Specification
from rupmeta.render.answers import describe_analysis, reported
from rupmeta.results import Interval

__all__ = ["fragility_answer", "outliers_answer"]

Answer = dict[str, Any]


def fragility_answer(found: FragilityResult) -> Answer:
    """``values`` in the order of the effects; ``smallest`` is the one that needs the fewest standard errors.

    Dependence multilevel and che: the search averages the effects of a sample (SENS-AGGREGATE), ``averaged``.
    Every value stands on the analysis scale and, under ``reported``, on those that readers use.
    """
    fragility, spec = found.fragility, found.prepared.specification
    values = [_value(change, found.effects, spec) for change in fragility.values]
    smallest = fragility.smallest
    null = fragility.null_study
    return {
        **describe_analysis(found.prepared),
        "fragility": {
            "verdict": {1: "above", -1: "below", 0: "open"}[fragility.verdict],
            "k": fragility.k,
            "averaged": spec.approach in ("multilevel", "che"),
            "clusters": fragility.clusters,
            "ci_lb": fragility.ci_lb,
            "ci_ub": fragility.ci_ub,
            "reported": _scales(spec, {"ci_lb": fragility.ci_lb, "ci_ub": fragility.ci_ub}),
            "deletion": _deletion(found),
            "nearest_reported": _scales(
                spec,
                {"ci_lb": fragility.deletion.nearest_lb, "ci_ub": fragility.deletion.nearest_ub},
            ),
            "values": values,
            "smallest": None if smallest is None else values[smallest.index],
            "shift": fragility.shift,
            "null_study": None
            if null is None
            else {**asdict(null), "n": _people(null.vi, spec), "typical_n": _people(null.typical_vi, spec)},
        },
    }


def _deletion(found: FragilityResult) -> Answer:
    """Samples by id; ``labels`` has the name of each that is mentioned, as everywhere else."""
    deletion = found.fragility.deletion
    named = {deletion.nearest, *deletion.clusters, *deletion.singles}
    return {
        **asdict(deletion),
        "clusters": list(deletion.clusters),
        "singles": list(deletion.singles),
        "labels": {unit.name: unit.label for unit in list_units(found.effects) if unit.name in named},
    }


def _value(change: ValueChange, effects: Effects, spec: Specification) -> Answer:
    row = effects.rows[change.index]
    return {
        "study": row.study,
        "effect": row.effect,
        "label": row.label,
        "members": list(row.members),
        "yi": change.yi,
        "value": change.value,
        "steps": change.steps,
        "reported": _scales(spec, {"yi": change.yi, "value": change.value}),
    }


def _scales(spec: Specification, values: dict[str, float | None]) -> dict[str, dict[str, float | None]]:
    found = {
        scale: {key: report_on(scale, spec.measure, value) for key, value in values.items()}
        for scale in spec.report_as
    }
    return {scale: shown for scale, shown in found.items() if any(x is not None for x in shown.values())}


def _people(vi: float | None, spec: Specification) -> float | None:
    """People behind a sampling variance: n - 3 = 1/v for Fisher z, 4/v for d; None on other scales."""
    if vi is None:
        return None
    if spec.measure in ("ZCOR", "ZPCOR", "ZPHI"):
        return 1.0 / vi + 3.0
    if spec.measure == "COR":
        return 1.0 / vi + 1.0
    return 4.0 / vi if spec.measure == "SMD" else None


def outliers_answer(found: OutlierResult) -> Answer:
    """The analysis as declared, then one entry a model; ``outlying`` in the order of the effects."""
    spec = found.prepared.specification
    return {
        **describe_analysis(found.prepared),
        "outliers": {
            "k": found.effects.k,
            "declared": {
                "estimate": found.fit.estimate.as_dict(),
                "reported": reported(found.fit.estimate, None, None, spec),
                "tau2": found.fit.heterogeneity.tau2,
            },
            "models": [_model(model, found.effects, spec) for model in found.models],
        },
    }


def _model(model: RobustFit, effects: Effects, spec: Specification) -> Answer:
    interval: Interval = model.interval
    limits = {"estimate": model.estimate.estimate, "ci_lb": interval.lb, "ci_ub": interval.ub}
    return {
        "model": model.model,
        "estimate": {**model.estimate.as_dict(), "ci_lb": interval.lb, "ci_ub": interval.ub},
        "reported": _scales(spec, dict(limits)),
        "tau2": model.tau2,
        "t_df": model.t_df,
        "outlying_share": model.outlying_share,
        "outlying_tau2": model.outlying_tau2,
        "log_likelihood": model.log_likelihood,
        "AIC": model.AIC,
        "outlying": [
            {"study": row.study, "label": row.label, "value": value}
            for row, value in zip(effects.rows, model.outlying, strict=True)
        ],
    }
