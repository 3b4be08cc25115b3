"""The Bayesian answer as a part of the JSON object of ``rupmeta pool``."""

from __future__ import annotations

from typing import Any

import numpy as np

from rupmeta.effects.backtransform import report_on
from rupmeta.pipeline.bayes import BayesResult
from rupmeta.pipeline.specification import Specification
from rupmeta.pool.bayes import BayesFit, Posterior
from rupmeta.render.answers import describe_analysis

__all__ = ["bayes_answer"]

Answer = dict[str, Any]
POINTS = 201  # of a curve
REACH = 1.0  # lengths of the interval of mu that its curve shows on each side of the median
TAIL = 0.6  # lengths of the interval of tau that its curve shows beyond it


def bayes_answer(found: BayesResult) -> Answer:
    """Posteriors on the analysis scale and, under ``reported``, on those that readers use."""
    fit, spec = found.fit, found.prepared.specification
    mu = fit.coefficients[0]
    answer: Answer = {
        "k": fit.k,
        "level": fit.level,
        "prior": {
            "tau": fit.prior_tau.text,
            "mu": _prior(fit, 0),
            "slopes": _prior(fit, 1) if len(fit.priors) > 1 else None,
        },
        "mu": _posterior(mu, spec),
        "tau": _posterior(fit.tau, None),
        "predictive": None if fit.predictive is None else _posterior(fit.predictive, spec),
        "meaningful": None
        if found.meaningful is None or fit.meaningful is None
        else {"scale": found.meaningful[0], "value": found.meaningful[1], "analysis_scale": fit.meaningful},
        "bayes_factors": [{"scale": factor.scale, "bf10": factor.bf10} for factor in fit.factors],
        "shrinkage": [
            {
                "study": row.study,
                "effect": row.effect,
                "label": row.label,
                "yi": row.yi,
                **_posterior(item, spec),
            }
            for row, item in zip(found.effects.rows, fit.shrunken, strict=bool(fit.shrunken))
        ],
        "sensitivity": [
            _other(item.fit, None if item.factor is None else item.factor.bf10, spec) for item in found.others
        ],
        "curves": _curves(fit),
    }
    if found.design is not None:
        answer["formula"] = found.design.formula
        answer["coefficients"] = [_posterior(item, None) for item in fit.coefficients]
    return {**describe_analysis(found.prepared), "bayes": answer}


def _prior(fit: BayesFit, position: int) -> str:
    prior = fit.priors[position]
    return "flat" if prior is None else prior.text


def _posterior(item: Posterior, spec: Specification | None) -> Answer:
    answer: Answer = {
        "label": item.label,
        "median": item.median,
        "mean": item.mean,
        "sd": item.sd,
        "ci_lb": item.lb,
        "ci_ub": item.ub,
        "prob_positive": item.prob_positive,
        "prob_meaningful": item.prob_meaningful,
    }
    if spec is not None:
        # Medians and interval ends pass through a change of scale; means do not.
        answer["reported"] = {
            scale: shown
            for scale in spec.report_as
            if (shown := _on(scale, spec, item))["estimate"] is not None
        }
    return answer


def _on(scale: str, spec: Specification, item: Posterior) -> dict[str, float | None]:
    values = {"estimate": item.median, "ci_lb": item.lb, "ci_ub": item.ub}
    return {key: report_on(scale, spec.measure, value) for key, value in values.items()}


def _other(fit: BayesFit, bf10: float | None, spec: Specification) -> Answer:
    return {
        "prior": fit.prior_tau.text,
        "mu": _posterior(fit.coefficients[0], spec),
        "tau": _posterior(fit.tau, None),
        "bf10": bf10,
    }


def _curves(fit: BayesFit) -> Answer:
    """Prior and posterior densities of mu and tau at 201 places each; no prior where it is flat."""
    mu, tau = fit.coefficients[0], fit.tau
    half = REACH * (mu.ub - mu.lb)
    x = np.linspace(mu.median - half, mu.median + half, POINTS)
    prior = fit.priors[0]
    density = (
        None
        if prior is None
        else np.exp(-0.5 * ((x - prior.mean) / prior.sd) ** 2) / (prior.sd * np.sqrt(2.0 * np.pi))
    )
    t = np.linspace(0.0, tau.ub + TAIL * (tau.ub - tau.lb), POINTS)
    return {
        "mu": {
            "x": x.tolist(),
            "prior": None if density is None else density.tolist(),
            "posterior": fit.mu.pdf(x),
        },
        "tau": {
            "x": t.tolist(),
            "prior": np.exp(fit.prior_tau.log_density(t)).tolist(),
            "posterior": fit.tau_distribution.density(t),
        },
    }
