"""Results → the JSON objects of interface section 5, from which every table, figure and sentence is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rupmeta.effects.agreement import route_agreement
from rupmeta.effects.backtransform import mean_correlation, report_on
from rupmeta.effects.json_form import effect_as_dict
from rupmeta.effects.table import EffectRow
from rupmeta.pipeline.analyse import Prepared, Synthesis
from rupmeta.pipeline.specification import Specification
from rupmeta.pool.fit import Fit
from rupmeta.results import Estimate, Interval, Test
from rupmeta.screen.screening import Exclusion

__all__ = [
    "describe_analysis",
    "effects_answer",
    "fit_answer",
    "pool_answer",
    "prediction_answer",
    "reported",
    "test_answer",
]

Answer = dict[str, Any]

#: Measures on Fisher's z, whose mean correlation differs from the median tanh(mu) when tau2 is large.
FISHER = ("ZCOR", "ZPCOR", "ZPHI", "ZPB")


def effects_answer(prepared: Prepared) -> Answer:
    """One entry for every effect before any aggregation, in file order."""
    spec = prepared.specification
    return {
        **describe_analysis(prepared),
        "effects": [_effect(row, spec) for row in prepared.single.rows],
        "dropped": [
            {"study": study, "effect": effect, "reason": reason}
            for study, effect, reason in prepared.single.dropped
        ],
        "excluded": _excluded(prepared.excluded),
    }


def pool_answer(synthesis: Synthesis) -> Answer:
    """The pooled answer of one analysis."""
    prepared, fit = synthesis.prepared, synthesis.fit
    spec = prepared.specification
    return {
        **describe_analysis(prepared),
        "n": prepared.n,
        **fit_answer(fit, spec),
        "effects": [
            {**_effect(row, spec), "weight": weight}
            for row, weight in zip(prepared.effects.rows, fit.weights.tolist(), strict=True)
        ],
        "covariances": _covariances(prepared),
        "excluded": _excluded(prepared.excluded),
        "references": [reference.model_dump() for reference in spec.references],
    }


def _covariances(prepared: Prepared) -> list[list[float]]:
    """Sampling covariances other than 0: ``[i, j, cov]`` with i > j, the places in ``effects``."""
    V = prepared.effects.V
    if V is None:
        return []
    pairs = ((i, j) for i in range(len(V)) for j in range(i))
    return [[i, j, float(V[i, j])] for i, j in pairs if V[i, j] != 0.0]


def fit_answer(fit: Fit, spec: Specification) -> Answer:
    """What every fit with only an intercept reports: also of a subgroup, or with a study left out."""
    h = fit.heterogeneity
    answer: Answer = {
        "method": fit.method,
        "test": fit.test,
        "level": fit.level,
        "k": fit.k,
        "estimate": fit.estimate.as_dict(),
        "prediction": prediction_answer(fit.prediction),
        "heterogeneity": {
            name: getattr(h, name)
            for name in (
                "Q", "df", "pval", "tau2", "se_tau2", "tau2_lb", "tau2_ub", "I2", "I2_lb", "I2_ub", "H2",
            )
        },
        "reported": reported(fit.estimate, fit.prediction, h.tau2, spec),
    }  # fmt: skip
    if fit.sigma2_between is not None or fit.sigma2_within is not None:
        answer["sigma2_between"], answer["sigma2_within"] = fit.sigma2_between, fit.sigma2_within
        answer["robust"] = fit.robust[0].as_dict() if fit.robust else None
        answer["robust_reported"] = reported(fit.robust[0], None, None, spec) if fit.robust else {}
    return answer


def reported(
    estimate: Estimate, prediction: Interval | None, tau2: float | None, spec: Specification
) -> dict[str, dict[str, float | None]]:
    """Estimate, interval and prediction interval on the scales that readers use."""
    interval = estimate.interval()
    scales: dict[str, dict[str, float | None]] = {}
    for scale in spec.report_as:
        values = {
            "estimate": estimate.estimate,
            "ci_lb": interval.lb,
            "ci_ub": interval.ub,
            "pi_lb": None if prediction is None else prediction.lb,
            "pi_ub": None if prediction is None else prediction.ub,
        }
        shown = {
            key: None if value is None else report_on(scale, spec.measure, value)
            for key, value in values.items()
        }
        if shown["estimate"] is None:
            continue
        scales[scale] = shown
        if scale == "r" and tau2 is not None and spec.measure in FISHER:
            scales[scale]["mean"] = mean_correlation(estimate.estimate, tau2)
    return scales


def describe_analysis(prepared: Prepared) -> Answer:
    """What every answer says of its analysis: question, status, model, departures."""
    spec = prepared.specification
    return {
        "analysis": spec.name,
        "question": spec.question,
        "status": spec.status,
        "title": prepared.folder.review.title,
        "measure": spec.measure,
        "report_as": list(spec.report_as),
        "studies": prepared.studies,
        "dependence": {"approach": spec.approach, "rho": spec.rho},
        "method": spec.method,
        "test": spec.test,
        "level": spec.level,
        "departures": list(spec.departures),
        "randomized": prepared.randomized,
        "synthetic": any(row.synthetic for row in prepared.single.rows),
    }


def _effect(row: EffectRow, spec: Specification) -> Answer:
    estimate = Estimate(row.label, row.yi, row.vi**0.5, None, spec.level)
    return {
        **effect_as_dict(row),
        "agreement": [
            {"code": finding.code, "severity": finding.severity, "message": finding.message}
            for finding in route_agreement(row)
        ],
        "reported": reported(estimate, None, None, spec),
    }


def prediction_answer(prediction: Interval | None) -> dict[str, float | None]:
    """The limits of a prediction interval; None where there is none."""
    if prediction is None:
        return {"pi_lb": None, "pi_ub": None}
    return {"pi_lb": prediction.lb, "pi_ub": prediction.ub}


def test_answer(test: Test | None) -> Answer | None:
    """A test as the interface writes it."""
    return None if test is None else {"stat": test.stat, "df1": test.df1, "df2": test.df2, "pval": test.pval}


def _excluded(exclusions: Sequence[Exclusion]) -> list[Answer]:
    return [
        {"study": item.study, "criterion": item.criterion, "code": item.code, "reason": item.reason}
        for item in exclusions
    ]
