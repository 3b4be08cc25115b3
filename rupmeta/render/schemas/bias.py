"""The schema of part ``bias``: what may be missing, one record a method, null where it has no answer."""

from __future__ import annotations

from typing import Any, get_args

from rupmeta.explore.bias.asymmetry import EggerModel, Predictor
from rupmeta.explore.bias.selection import SelectionModel
from rupmeta.explore.bias.trim_and_fill import TrimEstimator
from rupmeta.render.schemas.atoms import (
    BOOLEAN,
    NUMBER,
    NUMBERS,
    OPTIONAL_NUMBER,
    OPTIONAL_TEXT,
    SHARE,
    TEXT,
    WHOLE,
    Schema,
    about,
    listed,
    mapped,
    maybe,
    numbers,
    record,
    ref,
    words,
)
from rupmeta.render.schemas.fits import answer

__all__ = ["BIAS", "bias_part"]

_SKEW: Schema = about(record({"z": NUMBER, "pval": NUMBER}), "Stouffer's Z, one-sided p")
_METHODS = (
    "egger", "begg", "trim_and_fill", "failsafe", "step", "beta", "pet_peese", "limit_meta", "copas",
    "excess_significance", "p_curve", "p_uniform_star", "worst_case", "henmi_copas",
)  # fmt: skip

#: Named records of the part.
BIAS: Schema = {
    "selection_model": record(
        {
            "model": {"enum": list(get_args(SelectionModel))},
            "steps": about(listed(SHARE), "One-sided p values at which the chance of publication changes"),
            "counts": about(listed(WHOLE), "Effects per interval of p"),
            "delta": about(NUMBERS, "Relative chances of publication, or the two shapes of the beta density"),
            "delta_se": listed(OPTIONAL_NUMBER),
            "estimate": ref("estimate"),
            "tau2": NUMBER,
            "lrt": about(OPTIONAL_NUMBER, "Likelihood ratio against no selection"),
            "lrt_df": WHOLE,
            "lrt_pval": OPTIONAL_NUMBER,
            "profile": about(ref("limits"), "Of the mean, by profile likelihood"),
            "delta_profile": about(ref("limits"), "Of the last delta"),
        }
    ),
    "copas_row": record(
        {
            "publication_precise": about(SHARE, "Chance of publication of the most precise study"),
            "publication_imprecise": about(SHARE, "Of the least precise one"),
            "estimate": ref("estimate"),
            "reported": ref("reported"),
            "tau2": NUMBER,
            "rho": about(NUMBER, "Correlation of results with the inclination to publish"),
            "missing": about(OPTIONAL_NUMBER, "Studies expected to be unpublished"),
            "residual_pval": about(OPTIONAL_NUMBER, "Asymmetry that is left"),
        }
    ),
}


def bias_part() -> Schema:
    """The answer of ``rupmeta bias``."""
    return answer(
        {
            "k": WHOLE,
            "n": OPTIONAL_NUMBER,
            "estimate": ref("estimate"),
            "tau2": OPTIONAL_NUMBER,
            "reported": ref("reported"),
            "effects": listed(
                record(
                    {
                        **dict.fromkeys(("study", "effect", "label"), TEXT),
                        "n": OPTIONAL_NUMBER,
                        "yi": NUMBER,
                        "vi": NUMBER,
                        "provisional": BOOLEAN,
                        "synthetic": BOOLEAN,
                    }
                )
            ),
            **{name: maybe(body) for name, body in {**_asymmetry(), **_counts(), **_selective()}.items()},
            "selection": about(maybe(ref("selection_model")), "The selection model that was asked for"),
            "selection_models": record(
                {"step": maybe(ref("selection_model")), "beta": maybe(ref("selection_model"))}
            ),
            "comparison": about(
                listed(
                    record(
                        {
                            **dict.fromkeys(("name", "label", "assumption"), TEXT),
                            **numbers("estimate", "ci_lb", "ci_ub"),
                            "reported": ref("reported_limits"),
                            "reason": OPTIONAL_TEXT,
                        }
                    )
                ),
                "The answer under every adjustment, with what it takes for granted",
            ),
            "reasons": about(mapped(TEXT, words(*_METHODS)), "Why a method has no answer, by its key"),
        }
    )


def _asymmetry() -> dict[str, Any]:
    return {
        "egger": record(
            {
                "model": {"enum": list(get_args(EggerModel))},
                "predictor": {"enum": list(get_args(Predictor))},
                **numbers("stat", "df", "pval"),
                "slope": ref("estimate"),
                "limit": about(ref("estimate"), "The effect of a study without error"),
                "limit_reported": ref("reported"),
            }
        ),
        "begg": record(
            {
                "tau": about(OPTIONAL_NUMBER, "Kendall's"),
                "pval": OPTIONAL_NUMBER,
                "exact": about(BOOLEAN, "Whether the p value is"),
            }
        ),
        "trim_and_fill": record(
            {
                "estimator": {"enum": list(get_args(TrimEstimator))},
                "k0": about(WHOLE, "Studies that are missing"),
                "side": words("left", "right"),
                "estimate": ref("estimate"),
                "tau2": NUMBER,
                "filled": listed(record({"yi": NUMBER, "vi": NUMBER})),
            }
        ),
        "pet_peese": record(
            {
                "used": words("pet", "peese"),
                **dict.fromkeys(("estimate", "pet", "peese"), ref("estimate")),
                "pval_one_sided": OPTIONAL_NUMBER,
            }
        ),
        "limit_meta": record(
            {
                "estimate": ref("estimate"),
                "alpha": about(OPTIONAL_NUMBER, "Drift with the standard error"),
                "tau2": NUMBER,
                "small": about(ref("test_result"), "Small-study effects"),
                "residual": about(ref("test_result"), "What they leave"),
                "G2": about(OPTIONAL_NUMBER, "Percent of the variation that they do not explain"),
            }
        ),
        "henmi_copas": record({**numbers("estimate", "se", "ci_lb", "ci_ub"), "tau2": NUMBER}),
    }


def _counts() -> dict[str, Any]:
    optional_count = {"type": ["integer", "null"], "minimum": 0}
    return {
        "failsafe": about(
            record(
                {
                    "rosenthal": WHOLE,
                    "orwin": about(optional_count, "null: no target to fall to"),
                    "rosenberg": WHOLE,
                    "general": about(optional_count, "null: more than ten million"),
                    "orwin_target": about(OPTIONAL_NUMBER, "On the analysis scale"),
                }
            ),
            "Numbers of unseen null studies",
        ),
        "excess_significance": record(
            {
                "O": about(WHOLE, "Significant results that were observed"),
                "E": about(NUMBER, "That were expected"),
                "pval": SHARE,
                "theta": about(NUMBER, "The common effect"),
                "k": WHOLE,
                "power": listed(SHARE),
            }
        ),
    }


def _selective() -> dict[str, Any]:
    skews = ("right_skew", "flatness")
    return {
        "p_uniform_star": record(
            {
                "estimate": ref("estimate"),
                "tau2": NUMBER,
                "lrt": OPTIONAL_NUMBER,
                "k": WHOLE,
                "significant": WHOLE,
            }
        ),
        "copas": record(
            {
                "needed": about(BOOLEAN, "Whether there is asymmetry to explain"),
                "unselected_pval": OPTIONAL_NUMBER,
                "chosen": about(maybe(ref("copas_row")), "The weakest selection that leaves no asymmetry"),
                "grid": listed(ref("copas_row")),
            }
        ),
        "p_curve": record(
            {
                "used": about(WHOLE, "Significant results in the pooled direction"),
                "half": about(WHOLE, "Of these, below .025"),
                "opposite": about(WHOLE, "Significant against the pooled direction, left out"),
                "others": about(WHOLE, "Not significant, left out"),
                "shares": about(NUMBERS, "Percent per bin of .01"),
                "expected_low": about(NUMBERS, "The same under 33 % power"),
                **dict.fromkeys(skews, _SKEW),
                **{f"{name}_half": maybe(_SKEW) for name in skews},
                **numbers("binomial_right", "binomial_flat"),
                **dict.fromkeys(("power", "power_lb", "power_ub"), about(OPTIONAL_NUMBER, "Percent")),
                "evidential_value": about({"type": ["boolean", "null"]}, "null: too few effects to say"),
                "inadequate": {"type": ["boolean", "null"]},
            }
        ),
        "worst_case": record(
            {
                "affirmative": about(WHOLE, "Results significant in the pooled direction"),
                "others": WHOLE,
                "target": NUMBER,
                "severity_estimate": about(
                    OPTIONAL_NUMBER, "Selection ratio at which the estimate reaches target; null: none"
                ),
                "severity_limit": about(OPTIONAL_NUMBER, "At which its interval does"),
                "estimate": about(maybe(ref("estimate")), "Of the other results alone"),
                "corrected": listed(
                    record({"ratio": NUMBER, "estimate": ref("estimate"), "reported": ref("reported")})
                ),
            }
        ),
    }
