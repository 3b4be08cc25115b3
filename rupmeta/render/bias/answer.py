"""What may be missing → the JSON object of ``bias``, from which tables, figures and sentences are made."""

from __future__ import annotations

import dataclasses
from typing import Any

from rupmeta.effects.backtransform import report_on
from rupmeta.explore.bias.assess import Bias
from rupmeta.explore.bias.copas import CopasRow
from rupmeta.explore.bias.oriented import ENOUGH
from rupmeta.explore.bias.p_uniform import PUniform
from rupmeta.explore.bias.selection import Selection
from rupmeta.pipeline.bias import Assessed
from rupmeta.pipeline.specification import Specification
from rupmeta.render.answers import Answer, describe_analysis, reported
from rupmeta.render.bias.comparison import compare_adjustments
from rupmeta.results import Interval, NotEstimable, Test

__all__ = ["bias_answer"]


def bias_answer(assessed: Assessed) -> Answer:
    """Every method's numbers; ``null`` where there are none, with the reason among the notes."""
    prepared, bias = assessed.prepared, assessed.bias
    spec = prepared.specification
    return {
        **describe_analysis(prepared),
        "k": bias.k,
        "n": prepared.n,
        "estimate": bias.pooled.estimate.as_dict(),
        "tau2": bias.pooled.heterogeneity.tau2,
        "reported": reported(bias.pooled.estimate, None, None, spec),
        "effects": [
            {
                "study": row.study,
                "effect": row.effect,
                "label": row.label,
                "n": row.n,
                "yi": row.yi,
                "vi": row.vi,
                "provisional": row.provisional,
                "synthetic": row.synthetic,
            }
            for row in prepared.effects.rows
        ],
        **_asymmetry(bias, spec),
        **_counts(bias),
        "selection": _selection(bias.selection),
        "selection_models": {"step": _selection(bias.step), "beta": _selection(bias.beta)},
        "p_uniform_star": _p_uniform(bias),
        "copas": _copas(bias, spec),
        "p_curve": _p_curve(bias),
        "worst_case": _worst_case(bias, spec),
        "henmi_copas": _henmi_copas(bias),
        "comparison": [
            {
                "name": row.name,
                "label": row.label,
                "assumption": row.assumption,
                "estimate": row.estimate,
                "ci_lb": None if row.interval is None else row.interval.lb,
                "ci_ub": None if row.interval is None else row.interval.ub,
                "reported": _report(row.estimate, row.interval, spec.report_as, spec.measure),
                "reason": row.reason,
            }
            for row in compare_adjustments(bias)
        ],
        "reasons": {
            field.name: result.reason
            for field in dataclasses.fields(bias)
            if isinstance(result := getattr(bias, field.name), NotEstimable)
        },
    }


def _asymmetry(bias: Bias, spec: Specification) -> Answer:
    egger, begg, filled = bias.egger, bias.begg, bias.trim_and_fill
    pet_peese, limit = bias.pet_peese, bias.limit_meta
    return {
        "egger": None
        if isinstance(egger, NotEstimable)
        else {
            "model": egger.model,
            "predictor": egger.predictor,
            "stat": egger.slope.stat,
            "df": egger.slope.df,
            "pval": egger.slope.pval,
            "slope": egger.slope.as_dict(),
            "limit": egger.limit.as_dict(),
            "limit_reported": reported(egger.limit, None, None, spec),
        },
        "begg": None if isinstance(begg, NotEstimable) else dataclasses.asdict(begg),
        "trim_and_fill": None
        if isinstance(filled, NotEstimable)
        else {
            "estimator": filled.estimator,
            "k0": filled.k0,
            "side": filled.side,
            "estimate": filled.fit.estimate.as_dict(),
            "tau2": filled.fit.heterogeneity.tau2,
            "filled": [{"yi": yi, "vi": vi} for yi, vi in filled.filled.tolist()],
        },
        "pet_peese": None
        if isinstance(pet_peese, NotEstimable)
        else {
            "used": pet_peese.used,
            "estimate": pet_peese.estimate.as_dict(),
            "pet": pet_peese.pet.as_dict(),
            "peese": pet_peese.peese.as_dict(),
            "pval_one_sided": pet_peese.pval,
        },
        "limit_meta": None
        if isinstance(limit, NotEstimable)
        else {
            "estimate": limit.estimate.as_dict(),
            "alpha": limit.alpha,
            "tau2": limit.tau2,
            "small": _test(limit.small),
            "residual": _test(limit.residual),
            "G2": limit.G2,
        },
    }


def _counts(bias: Bias) -> Answer:
    failsafe, excess = bias.failsafe, bias.excess_significance
    return {
        "failsafe": None
        if isinstance(failsafe, NotEstimable)
        else {
            "rosenthal": failsafe.rosenthal,
            "orwin": failsafe.orwin,
            "rosenberg": failsafe.rosenberg,
            "general": failsafe.general,
            "orwin_target": failsafe.target,
        },
        "excess_significance": None
        if isinstance(excess, NotEstimable)
        else {
            "O": excess.O,
            "E": excess.E,
            "pval": excess.pval,
            "theta": excess.theta,
            "k": bias.k,
            "power": excess.power.tolist(),
        },
    }


def _selection(found: Selection | NotEstimable) -> Answer | None:
    if isinstance(found, NotEstimable):
        return None
    return {
        "model": found.model,
        "steps": list(found.steps),
        "counts": list(found.counts),
        "delta": list(found.delta),
        "delta_se": list(found.delta_se),
        "estimate": found.estimate.as_dict(),
        "tau2": found.tau2,
        "lrt": found.lrt,
        "lrt_df": found.lrt_df,
        "lrt_pval": found.lrt_pval,
        "profile": _limits(found.profile),
        "delta_profile": _limits(found.delta_profile),
    }


def _p_uniform(bias: Bias) -> Answer | None:
    found = bias.p_uniform_star
    if not isinstance(found, PUniform):
        return None
    limits = _limits(found.interval)
    estimate = {**found.estimate.as_dict(), **limits, "stat": None, "pval": found.pval}
    return {
        "estimate": estimate,
        "tau2": found.tau2,
        "lrt": found.lrt,
        "k": found.k,
        "significant": found.significant,
    }


def _copas(bias: Bias, spec: Specification) -> Answer | None:
    found = bias.copas
    if isinstance(found, NotEstimable):
        return None
    return {
        "needed": found.needed,
        "unselected_pval": found.unselected_pval,
        "chosen": None if found.chosen is None else _copas_row(found.chosen, spec),
        "grid": [_copas_row(row, spec) for row in found.rows],
    }


def _copas_row(row: CopasRow, spec: Specification) -> Answer:
    return {
        "publication_precise": row.precise,
        "publication_imprecise": row.imprecise,
        "estimate": row.estimate.as_dict(),
        "reported": reported(row.estimate, None, None, spec),
        "tau2": row.tau2,
        "rho": row.rho,
        "missing": row.missing,
        "residual_pval": row.pval,
    }


def _p_curve(bias: Bias) -> Answer | None:
    found = bias.p_curve
    if isinstance(found, NotEstimable):
        return None
    return {
        **dataclasses.asdict(found),
        "evidential_value": found.evidential_value if bias.k >= ENOUGH else None,
        "inadequate": found.inadequate if bias.k >= ENOUGH else None,
    }


def _worst_case(bias: Bias, spec: Specification) -> Answer | None:
    found = bias.worst_case
    if isinstance(found, NotEstimable):
        return None
    return {
        "affirmative": found.affirmative,
        "others": found.others,
        "target": found.target,
        "severity_estimate": found.severity_estimate,
        "severity_limit": found.severity_limit,
        "estimate": None if found.others_only is None else found.others_only.estimate.as_dict(),
        "corrected": [
            {
                "ratio": row.ratio,
                "estimate": row.estimate.as_dict(),
                "reported": reported(row.estimate, None, None, spec),
            }
            for row in found.corrected
        ],
    }


def _henmi_copas(bias: Bias) -> Answer | None:
    found = bias.henmi_copas
    if isinstance(found, NotEstimable):
        return None
    return {"estimate": found.estimate, "se": found.se, **_limits(found.interval), "tau2": found.tau2}


def _report(
    estimate: float | None, interval: Interval | None, scales: tuple[str, ...], measure: str
) -> dict[str, dict[str, float | None]]:
    """Estimate and interval on the scales that readers use."""
    if estimate is None:
        return {}
    shown = {}
    for scale in scales:
        values = (estimate, *((None, None) if interval is None else (interval.lb, interval.ub)))
        turned = [None if value is None else report_on(scale, measure, value) for value in values]
        if turned[0] is not None:
            shown[scale] = dict(zip(("estimate", "ci_lb", "ci_ub"), turned, strict=True))
    return shown


def _limits(interval: Interval | None) -> dict[str, float | None]:
    if interval is None:
        return {"ci_lb": None, "ci_ub": None}
    return {"ci_lb": interval.lb, "ci_ub": interval.ub}


def _test(test: Test) -> dict[str, Any]:
    return {"stat": test.stat, "df1": test.df1, "df2": test.df2, "pval": test.pval}
