"""The schema of what every answer says of its analysis, of fits, of effects and of the pooled answer."""

from __future__ import annotations

from typing import get_args

from rupmeta.effects.table import Flag
from rupmeta.pool.dependence import ApproachName
from rupmeta.render.schemas.atoms import (
    BOOLEAN,
    NUMBER,
    OPTIONAL_NUMBER,
    OPTIONAL_TEXT,
    SCALAR,
    TEXT,
    TEXTS,
    WHOLE,
    Schema,
    about,
    joined,
    listed,
    mapped,
    maybe,
    nothing,
    record,
    ref,
    shape,
    words,
)

__all__ = ["FITS", "STATUS", "answer"]

STATUS: Schema = words("prespecified", "posthoc", "undeclared")
_LEVELS: Schema = {
    "sigma2_between": about(OPTIONAL_NUMBER, "Variance between samples"),
    "sigma2_within": about(OPTIONAL_NUMBER, "Variance within samples"),
    "robust": about(maybe(ref("estimate")), "CR2, with Satterthwaite's degrees of freedom"),
    "robust_reported": ref("reported"),
}


def answer(properties: Schema, *, optional: tuple[str, ...] = ()) -> Schema:
    """What an answer says of its analysis, and its own keys."""
    return joined(("analysis_of",), properties, optional=optional)


#: Named records of fits and effects.
FITS: Schema = {
    "approach": {"enum": list(get_args(ApproachName))},
    "declared_dependence": about(
        record({"approach": ref("approach"), "rho": NUMBER}),
        "What is done with several effects of one sample, and their correlation",
    ),
    "described": about(
        shape(
            {
                "analysis": TEXT,
                "question": OPTIONAL_TEXT,
                "status": STATUS,
                "title": OPTIONAL_TEXT,
                "measure": ref("measure"),
                "report_as": about(listed(ref("scale")), "Scales of ``reported``, the first one first"),
                "studies": about(WHOLE, "Study files that bring an effect"),
                "method": ref("method"),
                "test": ref("test"),
                "level": about(NUMBER, "Of intervals, a proportion"),
                "departures": about(TEXTS, "How the run departs from the protocol"),
                "randomized": about(BOOLEAN, "Whether the arms of every study were assigned at random"),
                "synthetic": about(BOOLEAN, "Whether any number is invented"),
            }
        ),
        "What every answer says of its analysis, but for dependence",
    ),
    "analysis_of": about(
        {"allOf": [ref("described")], **shape({"dependence": ref("declared_dependence")})},
        "What every answer says of its analysis",
    ),
    "mean": about(
        shape(
            {
                "k": WHOLE,
                "estimate": ref("estimate"),
                "prediction": ref("prediction"),
                "reported": ref("reported"),
            }
        ),
        "A pooled mean",
    ),
    "levels": about(
        {
            **shape(_LEVELS, optional=tuple(_LEVELS)),
            "dependentRequired": {name: [key for key in _LEVELS if key != name] for name in _LEVELS},
        },
        "What multilevel models add, all of it or nothing",
    ),
    "fit": about(
        {
            "allOf": [ref("mean"), ref("levels")],
            **shape(
                {
                    "heterogeneity": ref("heterogeneity"),
                    "method": ref("method"),
                    "test": ref("test"),
                    "level": NUMBER,
                }
            ),
        },
        "What every fit with only an intercept reports",
    ),
    "fitted": {"allOf": [ref("fit")], **shape({"side": ref("side"), "reason": {"type": "null"}})},
    "not_fitted": about(
        shape(
            {
                **nothing("k", "estimate", "side"),
                "reported": {"type": "object", "maxProperties": 0},
                "reason": TEXT,
            }
        ),
        "Nothing could be estimated, and why",
    ),
    "full_fit": joined(("fit",), {"side": ref("side")}),
    "route": about(
        record(
            {
                "route": TEXT,
                "yi": OPTIONAL_NUMBER,
                "vi": OPTIONAL_NUMBER,
                "n": OPTIONAL_NUMBER,
                "flag": {"enum": [*get_args(Flag), None]},
                "adjusted": about(BOOLEAN, "Whether it is adjusted for covariates"),
                "formula": OPTIONAL_TEXT,
                "used": BOOLEAN,
                "rounding": about(
                    {
                        "type": ["array", "null"],
                        "items": OPTIONAL_NUMBER,
                        "minItems": 2,
                        "maxItems": 2,
                    },
                    "What the printed digits allow for yi; an end null: no bound",
                ),
                "problem": about(OPTIONAL_TEXT, "Why the route gives no effect"),
            }
        ),
        "One way from what a paper prints to the effect",
    ),
    "effect": record(
        {
            "study": TEXT,
            "effect": TEXT,
            "measure": ref("measure"),
            "label": TEXT,
            "cluster": about(TEXT, "The sample"),
            "route": OPTIONAL_TEXT,
            "flag": {"enum": [*get_args(Flag), None]},
            "formula": OPTIONAL_TEXT,
            "outcome": OPTIONAL_TEXT,
            "comparison": OPTIONAL_TEXT,
            "phase": OPTIONAL_TEXT,
            "where": about(OPTIONAL_TEXT, "Where the numbers stand in the paper"),
            "yi": NUMBER,
            "vi": {"type": "number", "minimum": 0},
            "n": OPTIONAL_NUMBER,
            "year": {"type": ["integer", "null"]},
            "adjusted": about(BOOLEAN, "Whether it is adjusted for covariates"),
            "provisional": about(BOOLEAN, "Whether somebody still has to check it"),
            "synthetic": BOOLEAN,
            "moderators": mapped(SCALAR),
            "members": about(TEXTS, "The effects that were averaged into this one"),
            "routes": listed(ref("route")),
            "agreement": about(
                listed(
                    record({"code": TEXT, "severity": words("info", "warning", "error"), "message": TEXT})
                ),
                "How far the routes agree",
            ),
            "reported": ref("reported"),
            "weight": about(NUMBER, "Percent; only of effects that are pooled"),
        },
        optional=("weight",),
    ),
    "pool": joined(
        ("analysis_of", "fit"),
        {
            "n": about(OPTIONAL_NUMBER, "People behind the effects, every sample counted once"),
            "effects": listed(ref("effect")),
            "covariances": about(
                listed({"type": "array", "items": NUMBER, "minItems": 3, "maxItems": 3}),
                "[i, j, covariance], the places in ``effects``; those that are left out are 0",
            ),
            "excluded": listed(ref("exclusion")),
            "references": listed(ref("Reference")),
        },
    ),
}
