"""The schema of the parts of ``rupmeta sensitivity``."""

from __future__ import annotations

from typing import Any, get_args

from rupmeta.explore.influence import FLAGS
from rupmeta.explore.reconversion import Group, Side
from rupmeta.explore.robust_fits import RobustName
from rupmeta.render.schemas.atoms import (
    BOOLEAN,
    NUMBER,
    NUMBERS,
    OPTIONAL_NUMBER,
    OPTIONAL_TEXT,
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
    words,
)
from rupmeta.render.schemas.fits import answer

__all__ = ["STABILITY", "stability_parts"]

_QUANTILES = ("min", "q025", "q25", "median", "q75", "q975", "max")
_VALUES: Schema = record(numbers("yi", "value"))


def _outcome(properties: Schema) -> Schema:
    """A fit, or the reason why there is none, with the keys of what was tried."""
    return joined((), properties, one_of=(ref("fitted"), ref("not_fitted")))


def _unit(key: str) -> Schema:
    return _outcome(
        {
            key: about(TEXT, "A sample or study"),
            "label": TEXT,
            "studies": TEXTS,
            "year": {"type": ["integer", "null"]},
            "moved": about(BOOLEAN, "Whether the interval lies elsewhere than that of all"),
        }
    )


#: Named records of the parts.
STABILITY: Schema = {
    "quantiles": record(dict.fromkeys(_QUANTILES, NUMBER)),
    "fragile_value": about(
        record(
            {
                **dict.fromkeys(("study", "effect", "label"), TEXT),
                "members": TEXTS,
                "yi": NUMBER,
                "value": about(OPTIONAL_NUMBER, "The nearest one that turns the conclusion; null: none"),
                "steps": about(OPTIONAL_NUMBER, "How many standard errors away it is"),
                "reported": by_scale(_VALUES),
            }
        ),
        "How far one effect would have to move",
    ),
    "conversion": about(
        record(
            {
                "group": {"enum": list(get_args(Group))},
                "key": TEXT,
                "label": TEXT,
                "affected": about(WHOLE, "Effects that change"),
                "k": WHOLE,
                "estimate": maybe(ref("estimate")),
                "tau2": OPTIONAL_NUMBER,
                "reported": ref("reported"),
                "side": {"enum": [*get_args(Side), None]},
                "moved": about(
                    {"type": ["boolean", "null"]}, "Whether the interval lies elsewhere than as declared"
                ),
                "reason": OPTIONAL_TEXT,
            }
        ),
        "The answer under one way of converting",
    ),
    "confounded_share": about(
        record(
            {"share": SHARE, **numbers("ci_lb", "ci_ub"), "method": words("normal", "calibrated", "point")}
        ),
        "Of true effects beyond the threshold",
    ),
}


def stability_parts() -> dict[str, Schema]:
    """The answer of every part, by its name."""
    pooled = about(ref("full_fit"), "The answer of all")
    return {
        "leave_one_out": answer({"leave_one_out": listed(_unit("omitted")), "pooled": pooled}),
        "cumulative": answer({"cumulative": listed(_unit("added")), "pooled": pooled}),
        "influence": answer(_influence()),
        "gosh": answer({"gosh": _gosh(), "pooled": pooled}),
        "estimators": answer(_estimators()),
        "conversions": answer(
            {
                "conversions": record(
                    {
                        "declared": ref("conversion"),
                        "scenarios": listed(ref("conversion")),
                        "idle": about(TEXTS, "Choices on which no effect depends"),
                    }
                )
            }
        ),
        "outliers": answer({"outliers": _outliers()}),
        "fragility": answer({"fragility": _fragility()}),
        "confounding": answer({"confounding": _confounding()}),
    }


def _influence() -> dict[str, Any]:
    single = ("rstudent", "dffits", "cook_d", "cov_r", "tau2_del", "QE_del", "hat", "weight", "dfbetas")
    return {
        "influence": listed(
            record(
                {
                    **dict.fromkeys(("study", "effect", "label"), TEXT),
                    **numbers(*single),
                    "baujat": about(record(numbers("x", "y")), "Place in Baujat's plot"),
                    "flags": about(listed(words(*FLAGS)), "Thresholds that it exceeds"),
                    "influential": BOOLEAN,
                }
            )
        ),
        "influence_thresholds": record(numbers(*FLAGS)),
    }


def _gosh() -> Schema:
    return record(
        {
            "subsets": WHOLE,
            "exhaustive": about(BOOLEAN, "Whether every subset was fitted"),
            "failed": WHOLE,
            "estimate": ref("quantiles"),
            "I2": ref("quantiles"),
            "reported": by_scale(ref("quantiles")),
            "units": listed(
                record(
                    {
                        "unit": TEXT,
                        "label": TEXT,
                        "studies": TEXTS,
                        "median_with": about(OPTIONAL_NUMBER, "Of the subsets that hold it"),
                        "median_without": OPTIONAL_NUMBER,
                        "most_influential": BOOLEAN,
                    }
                )
            ),
            "clumps": about(
                maybe(
                    listed(
                        record(
                            {
                                "share": NUMBER,
                                "estimate": NUMBER,
                                "I2": NUMBER,
                                "reported": by_scale(OPTIONAL_NUMBER),
                                "parted_by": about(
                                    mapped(NUMBER), "Units whose presence tells the clumps apart, by label"
                                ),
                            }
                        )
                    )
                ),
                "null: not looked for",
            ),
            "cells": record(
                {
                    "bins": WHOLE,
                    "limits": record({"estimate": NUMBERS, "I2": NUMBERS}),
                    "counts": about(
                        listed({"type": "array", "items": WHOLE, "minItems": 4, "maxItems": 4}),
                        "[column, row, subsets, subsets that hold the most influential unit]",
                    ),
                }
            ),
        }
    )


def _estimators() -> dict[str, Any]:
    henmi_copas = {
        **numbers("estimate", "ci_lb", "ci_ub", "se", "pval", "tau2"),
        "reported": ref("reported_limits"),
    }
    return {
        "estimators": listed(
            _outcome(
                {
                    "method": ref("method"),
                    "test": ref("test"),
                    "declared": about(BOOLEAN, "Whether it is the one of the protocol"),
                }
            )
        ),
        "henmi_copas": either(
            record({**henmi_copas, "reason": {"type": "null"}}),
            record({**nothing("estimate"), "reported": ref("reported_limits"), "reason": TEXT}),
        ),
    }


def _outliers() -> Schema:
    model = record(
        {
            "model": {"enum": list(get_args(RobustName))},
            "estimate": ref("estimate"),
            "reported": ref("reported_limits"),
            "tau2": NUMBER,
            "t_df": about(OPTIONAL_NUMBER, "null in the t model: so many that it is the normal one"),
            **numbers("outlying_share", "outlying_tau2"),
            "log_likelihood": NUMBER,
            "AIC": NUMBER,
            "outlying": about(
                listed(record({"study": TEXT, "label": TEXT, "value": NUMBER})), "0 usual, near 1 outlying"
            ),
        }
    )
    declared = {"estimate": ref("estimate"), "reported": ref("reported"), "tau2": OPTIONAL_NUMBER}
    return record({"k": WHOLE, "declared": record(declared), "models": listed(model)})


def _fragility() -> Schema:
    limits = by_scale(ref("limits"))
    return record(
        {
            "verdict": words("above", "below", "open"),
            "k": WHOLE,
            "averaged": about(BOOLEAN, "Whether the effects of a sample were averaged first"),
            "clusters": about(WHOLE, "Samples"),
            "ci_lb": NUMBER,
            "ci_ub": NUMBER,
            "reported": limits,
            "deletion": record(
                {
                    "clusters": about(TEXTS, "The fewest samples whose removal turns it; empty: not found"),
                    "exhaustive": BOOLEAN,
                    "tried": WHOLE,
                    "nearest": about(TEXT, "The sample whose removal comes nearest"),
                    "nearest_lb": OPTIONAL_NUMBER,
                    "nearest_ub": OPTIONAL_NUMBER,
                    "singles": about(TEXTS, "Samples whose removal alone turns it"),
                    "labels": about(mapped(TEXT), "Of every sample that is named here"),
                }
            ),
            "nearest_reported": limits,
            "values": listed(ref("fragile_value")),
            "smallest": maybe(ref("fragile_value")),
            "shift": about(NUMBER, "What would have to be added to every effect"),
            "null_study": about(
                maybe(
                    record(
                        {
                            "vi": about(OPTIONAL_NUMBER, "Of one study without effect that would be enough"),
                            "count": about({"type": ["integer", "null"]}, "How many of the usual size"),
                            "typical_vi": NUMBER,
                            "n": about(OPTIONAL_NUMBER, "People behind vi"),
                            "typical_n": OPTIONAL_NUMBER,
                        }
                    )
                ),
                "Studies without effect that would turn it; null: the interval holds none already",
            ),
        }
    )


def _confounding() -> Schema:
    fit = {"k": WHOLE, "estimate": ref("estimate"), "tau2": OPTIONAL_NUMBER, "share": ref("confounded_share")}
    correlation = {
        **fit,
        "r": ref("on_scale"),
        "c_estimate": about(OPTIONAL_NUMBER, "Confounder that takes the mean to zero, a correlation"),
        "c_limit": about(OPTIONAL_NUMBER, "The nearer end of the interval; null: it holds zero already"),
        "c_threshold": about(OPTIONAL_NUMBER, "The mean to the smallest correlation of interest"),
        "c_shares": listed(record({"share": SHARE, "c": OPTIONAL_NUMBER})),
        "left_by_benchmark": about(NUMBER, "The mean under a confounder as strong as the benchmark"),
        "curve": record(dict.fromkeys(("c", "mean", "lb", "ub", "share"), NUMBERS)),
    }
    risk_ratio = {
        **fit,
        "threshold": NUMBER,
        "biases": listed(record({"share": SHARE, **numbers("T", "G")})),
        "e_value": OPTIONAL_NUMBER,
        "e_value_limit": OPTIONAL_NUMBER,
    }
    return record(
        {
            "threshold": about(NUMBER, "The smallest correlation of interest"),
            "turned": about(BOOLEAN, "Whether all effects were turned round to make the mean positive"),
            "benchmark": record({"label": TEXT, "r": NUMBER, "doi": TEXT}),
            "correlation": about(maybe(record(correlation)), "On Fisher's z, with r beside it"),
            "risk_ratio": about(maybe(record(risk_ratio)), "On its logarithm"),
            "evidence": listed(
                record(
                    {
                        "topic": words("trials", "adjustment", "time", "rater", "sessions"),
                        "group": TEXT,
                        "kind": words("mean", "slope"),
                        "k": WHOLE,
                        "estimate": maybe(ref("estimate")),
                        "reported": ref("reported"),
                        "reason": OPTIONAL_TEXT,
                    }
                )
            ),
        }
    )
