"""The schema of the parts that fit other models, and of those that only count: ``multiverse``,
``dependence``, ``small_k``, ``bayes``, ``rob``, ``counts``.
"""

from __future__ import annotations

from typing import Any, get_args

from rupmeta.pool.small_k import RowName, Trust
from rupmeta.pool.variance_profile import Component
from rupmeta.read.rob_tools import Severity
from rupmeta.render.schemas.atoms import (
    BOOLEAN,
    ESTIMATE,
    NUMBER,
    NUMBERS,
    OPTIONAL_NUMBER,
    OPTIONAL_TEXT,
    SCALAR,
    SHARE,
    TEXT,
    TEXTS,
    WHOLE,
    Schema,
    about,
    by_scale,
    either,
    joined,
    listed,
    mapped,
    maybe,
    nothing,
    numbers,
    record,
    ref,
)
from rupmeta.render.schemas.fits import answer

__all__ = ["MODELS", "model_parts"]

_TRUST: Schema = {"enum": list(get_args(Trust))}
_VARIANCES: Schema = {
    "tau2": OPTIONAL_NUMBER,
    "sigma2_between": about(OPTIONAL_NUMBER, "Variance between samples"),
    "sigma2_within": about(OPTIONAL_NUMBER, "Variance within samples"),
}
_POSTERIOR: Schema = {
    "label": TEXT,
    **dict.fromkeys(("median", "ci_lb", "ci_ub"), NUMBER),
    "mean": about(OPTIONAL_NUMBER, "null: it has none, as with one effect under a wide prior"),
    "sd": OPTIONAL_NUMBER,
    "prob_positive": about(OPTIONAL_NUMBER, "Probability that it is above 0"),
    "prob_meaningful": about(OPTIONAL_NUMBER, "That it is above the smallest one that is meaningful"),
}

#: Named records of the parts.
MODELS: Schema = {
    "estimate_row": about(record({**ESTIMATE, "reported": ref("reported")}), "An estimate on every scale"),
    "posterior": record(_POSTERIOR),
    "posterior_row": record({**_POSTERIOR, "reported": ref("reported_limits")}),
    "under_rho": {
        "oneOf": [
            record(
                {
                    "reason": {"type": "null"},
                    "estimate": ref("estimate_row"),
                    "robust": maybe(ref("estimate_row")),
                    **_VARIANCES,
                }
            ),
            record({"reason": TEXT, **nothing("estimate", "robust", "tau2")}),
        ]
    },
}


def model_parts() -> dict[str, Schema]:
    """The answer of every part, by its name."""
    return {
        "multiverse": answer(_multiverse()),
        "dependence": joined(("described",), {"dependence": _dependence()}),
        "small_k": answer({"small_k": _small_k()}),
        "bayes": answer({"bayes": _bayes()}),
        "rob": answer(_rob()),
        "counts": record(_counts()),
    }


def _multiverse() -> dict[str, Any]:
    option = {
        "option": SCALAR,
        "n": about(WHOLE, "Specifications that take it"),
        **numbers("median", "share_above", "share_below", "mean"),
    }
    permutation = {
        "median": NUMBER,
        "share": SHARE,
        "mean_z": NUMBER,
        **dict.fromkeys(("median_p", "share_p", "mean_z_p"), SHARE),
        "iterations": WHOLE,
        "exact": about(BOOLEAN, "Whether every flip of signs was made"),
        "specifications": about(WHOLE, "How many took part"),
        "error": about(OPTIONAL_NUMBER, "Monte Carlo standard error of the p of the median"),
    }
    shares = ("share_positive", "share_above", "share_below", "share_open")
    return {
        "scale": about(either(ref("scale"), ref("measure")), "Of estimates and limits in this part"),
        "default_choices": about(BOOLEAN, "Whether the protocol names none"),
        "counts": record(
            {
                **dict.fromkeys(("combinations", "repeats", "specifications", "fits"), WHOLE),
                "impossible": listed(record({"reason": TEXT, "n": WHOLE})),
            }
        ),
        "curve": record(
            {
                **dict.fromkeys(("median", "q25", "q75", "lowest", "highest"), NUMBER),
                **dict.fromkeys(shares, SHARE),
            }
        ),
        "declared": about(
            maybe(record({"estimate": NUMBER, **numbers("ci_lb", "ci_ub", "pval"), "rank": WHOLE})),
            "The protocol's own specification; null: it is not among them",
        ),
        "tests": listed(
            record(
                {
                    "test": SCALAR,
                    "n": WHOLE,
                    "share_above": OPTIONAL_NUMBER,
                    "share_below": OPTIONAL_NUMBER,
                    "k": about(WHOLE, "The largest of the curve"),
                    "trust": about(_TRUST, "Whether the test holds its level at k"),
                }
            )
        ),
        "choices": about(
            listed(
                record(
                    {
                        "name": TEXT,
                        "range": about(OPTIONAL_NUMBER, "How far its options move the mean"),
                        "variance_share": OPTIONAL_NUMBER,
                        "options": listed(record(option)),
                    }
                )
            ),
            "The one that moves the mean most first",
        ),
        "permutation": maybe(record(permutation)),
        "specifications": about(
            record(
                {
                    "choices": about(mapped(listed(WHOLE)), "Positions in the lists of options, by choice"),
                    "k": listed(WHOLE),
                    "estimate": NUMBERS,
                    **dict.fromkeys(("ci_lb", "ci_ub", "pval"), listed(OPTIONAL_NUMBER)),
                }
            ),
            "In columns, one entry a specification, in the order of the product",
        ),
    }


def _dependence() -> Schema:
    tried = {"approach": ref("approach"), "rho": OPTIONAL_NUMBER}
    answered = record(
        {
            **tried,
            "reason": {"type": "null"},
            "k": WHOLE,
            "clusters": {"type": ["integer", "null"]},
            "test": ref("test"),
            "estimate": ref("estimate"),
            "robust": about(maybe(ref("estimate")), "The CR2 row"),
            "reported": ref("reported"),
            "robust_reported": ref("reported"),
            "prediction": ref("prediction"),
            **_VARIANCES,
            "I2": OPTIONAL_NUMBER,
            "coefficients": listed(ref("estimate")),
            "robust_coefficients": listed(ref("estimate")),
            "omnibus": maybe(ref("test_result")),
            "robust_omnibus": maybe(ref("test_result")),
        }
    )
    without = record({**tried, "reason": TEXT, **nothing("estimate", "robust")})
    profile = {
        "component": {"enum": list(get_args(Component))},
        **dict.fromkeys(("estimate", "lb", "level", "cut"), NUMBER),
        "ub": about(OPTIONAL_NUMBER, "null: the likelihood never falls far enough"),
        "values": NUMBERS,
        "heights": about(listed(OPTIONAL_NUMBER), "Restricted log-likelihood less its maximum"),
    }
    rows = dict.fromkeys(("aggregate", "che", "che_robust"), maybe(ref("estimate_row")))
    return record(
        {
            "approach": ref("approach"),
            "rho": NUMBER,
            "by": about(TEXTS, "Moderators in all models"),
            "level": NUMBER,
            "effects": WHOLE,
            "approaches": listed({"oneOf": [answered, without]}),
            "over_rho": listed(
                record({"rho": NUMBER, "aggregate": ref("under_rho"), "che": ref("under_rho")})
            ),
            "profiles": listed(record(profile)),
            "profile_reason": about(OPTIONAL_TEXT, "Why there is no profile"),
            "without_sample": listed(record({"sample": TEXT, "k": WHOLE, **rows})),
            "shared_samples": listed(
                record({"sample": TEXT, "papers": TEXTS, "k": WHOLE, "n": OPTIONAL_NUMBER})
            ),
        }
    )


def _small_k() -> Schema:
    numbered = ("estimate", "se", "df", "pval", "ci_lb", "ci_ub", "shift", "shift_se")
    row = {
        "method": {"enum": list(get_args(RowName))},
        "label": TEXT,
        "detail": OPTIONAL_TEXT,
        **numbers(*numbered),
        "trust": about(_TRUST, "Whether it holds its level at this k"),
        "narrow": about(BOOLEAN, "Whether the interval is narrower than the normal one"),
        "side": {"enum": ["above", "below", "open", None]},
        "worst_coverage": about(OPTIONAL_NUMBER, "Least simulated coverage, percent"),
        "worst_coverage_k": {"type": ["integer", "null"]},
        "reported": by_scale(record({"estimate": NUMBER, **numbers("ci_lb", "ci_ub", "shift")})),
        "reason": OPTIONAL_TEXT,
    }
    return record({"k": WHOLE, "level": NUMBER, "rows": listed(record(row))})


def _bayes() -> Schema:
    curve = {"x": NUMBERS, "prior": {"type": ["array", "null"], "items": NUMBER}, "posterior": NUMBERS}
    shrunken = {**dict.fromkeys(("study", "effect", "label"), TEXT), "yi": NUMBER}
    return record(
        {
            "k": WHOLE,
            "level": NUMBER,
            "prior": record({"tau": TEXT, "mu": TEXT, "slopes": OPTIONAL_TEXT}),
            "mu": ref("posterior_row"),
            "tau": ref("posterior"),
            "predictive": maybe(ref("posterior_row")),
            "meaningful": maybe(record({"scale": ref("scale"), "value": NUMBER, "analysis_scale": NUMBER})),
            "bayes_factors": listed(record({"scale": NUMBER, "bf10": OPTIONAL_NUMBER})),
            "shrinkage": about(
                listed(record({**shrunken, **_POSTERIOR, "reported": ref("reported_limits")})),
                "The true effect of every study",
            ),
            "sensitivity": about(
                listed(
                    record(
                        {
                            "prior": TEXT,
                            "mu": ref("posterior_row"),
                            "tau": ref("posterior"),
                            "bf10": OPTIONAL_NUMBER,
                        }
                    )
                ),
                "Under other priors of tau",
            ),
            "curves": about(
                record({"mu": record(curve), "tau": record(curve)}), "Densities; prior null: flat"
            ),
            "formula": TEXT,
            "coefficients": listed(ref("posterior")),
        },
        optional=("formula", "coefficients"),
    )


def _rob() -> dict[str, Any]:
    percent = mapped(NUMBER)
    return {
        "tools": listed(
            record(
                {
                    "id": TEXT,
                    "name": TEXT,
                    "source": OPTIONAL_TEXT,
                    "domains": listed(record({"id": TEXT, "label": TEXT})),
                    "judgements": listed(
                        record({"id": TEXT, "label": TEXT, "severity": {"enum": list(get_args(Severity))}})
                    ),
                    "shares": about(mapped(percent), "Percent of the weight by domain and judgement"),
                }
            )
        ),
        "judged": listed(
            record(
                {
                    "study": TEXT,
                    "label": TEXT,
                    "weight": about(NUMBER, "Percent of the whole synthesis"),
                    "tool": about(OPTIONAL_TEXT, "null: nobody judged it"),
                    "judgements": about(mapped(TEXT), "By domain"),
                    "reasons": about(mapped(OPTIONAL_TEXT), "By domain"),
                }
            )
        ),
    }


def _counts() -> dict[str, Any]:
    people: Schema = {"type": "number", "minimum": 0}
    counted = {
        **dict.fromkeys(("study", "effect", "label"), TEXT),
        "provisional": BOOLEAN,
        **dict.fromkeys(("better1", "n1", "better2", "n2"), people),
        "turned": about(BOOLEAN, "Whether the study counts the worse outcome"),
    }
    return {
        "counts": about(listed(record(counted)), "Clients with the better outcome, and all, by group"),
        "without_counts": about(TEXTS, "Effects that come without counts"),
    }
