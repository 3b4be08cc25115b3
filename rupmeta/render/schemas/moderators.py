"""The schema of the moderators: those of the protocol, each model in full, and how pairs of them overlap."""

from __future__ import annotations

from typing import Any, get_args

from rupmeta.explore.overlap import Verdict
from rupmeta.render.schemas.atoms import (
    BOOLEAN,
    NUMBER,
    NUMBERS,
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
    maybe,
    nothing,
    numbers,
    record,
    ref,
    words,
)
from rupmeta.render.schemas.fits import answer

__all__ = ["MODERATORS", "models_schema", "overlap_part", "planned_schema"]

_TEST = maybe(ref("test_result"))
_TERM_TEST = numbers("stat", "df1", "df2", "pval")
_LEVELS: Schema = {"type": ["array", "null"], "items": TEXT}
_SUBGROUP: Schema = {
    "level": TEXT,
    "studies": WHOLE,
    "n": about(OPTIONAL_NUMBER, "People, every sample counted once"),
    "effects": about(TEXTS, "study/effect"),
    "separate": about(
        maybe(joined(("fit",), {})), "The level on its own, under its own tau2; null: too few effects"
    ),
    "method": ref("method"),
    "test": ref("test"),
    "heterogeneity": ref("heterogeneity"),
}

#: Named records of moderators.
MODERATORS: Schema = {
    "residual": about(record({"df": WHOLE, **numbers("Q", "pval")}), "Heterogeneity that is left"),
    "subgroup": about(
        joined(("mean", "levels"), _SUBGROUP, optional=("method", "test", "heterogeneity")),
        "The mean at one level of a category",
    ),
    "explained": record(
        {
            "name": TEXT,
            "predicted": about(NUMBER, "Percent of its variation that the other one predicts"),
            "alone": _TEST,
            "given": about(_TEST, "With the other one in the model"),
            "R2": OPTIONAL_NUMBER,
        }
    ),
}


def planned_schema() -> Schema:
    """The protocol's moderators, one model each."""
    always = {
        "name": TEXT,
        "padj": about(OPTIONAL_NUMBER, "p of the omnibus test, adjusted for the number of moderators"),
        "detectable": about(
            maybe(
                record(
                    {
                        "contrast": OPTIONAL_NUMBER,
                        "slope": about(OPTIONAL_NUMBER, "Per unit, of a number"),
                        "levels": about(_LEVELS, "The two that are hardest to tell apart"),
                        **dict.fromkeys(("power", "alpha", "tau2"), NUMBER),
                    }
                )
            ),
            "The smallest true effect that the test finds with this power",
        ),
    }
    found = {
        **always,
        "reason": {"type": "null"},
        "k": WHOLE,
        "formula": TEXT,
        "coefficients": listed(ref("estimate")),
        "omnibus": _TEST,
        "residual": ref("residual"),
        "tau2": OPTIONAL_NUMBER,
        "R2": about(OPTIONAL_NUMBER, "Percent"),
        "subgroups": listed(ref("subgroup")),
        "levels": about(_LEVELS, "Of a category, the reference first; null: a number"),
        "rows": listed(
            record(
                {
                    **dict.fromkeys(("study", "effect", "cluster"), TEXT),
                    "yi": NUMBER,
                    "vi": NUMBER,
                    "value": SCALAR,
                }
            )
        ),
    }
    empty = {"type": "array", "maxItems": 0}
    missing = {
        **always,
        "reason": TEXT,
        **nothing("k", "omnibus", "R2"),
        **dict.fromkeys(("coefficients", "subgroups"), empty),
    }
    return answer(
        {
            "adjust": about(TEXT, "How p values are adjusted"),
            "moderators": listed({"oneOf": [record(found), record(missing)]}),
        }
    )


def models_schema() -> Schema:
    """Every moderator's model in full, with the effects of its levels or along its number."""
    return listed({"oneOf": [ref("model_of_category"), ref("model_of_number")]})


def _model() -> Schema:
    term = {
        "name": TEXT,
        "levels": _LEVELS,
        "interaction": BOOLEAN,
        **_TERM_TEST,
    }
    return answer(
        {
            "formula": TEXT,
            "k": WHOLE,
            "coefficients": listed(ref("estimate")),
            "omnibus": _TEST,
            "terms": listed(record(term)),
            "residual": ref("residual"),
            "tau2": OPTIONAL_NUMBER,
            "I2": OPTIONAL_NUMBER,
            "R2": about(OPTIONAL_NUMBER, "Percent"),
            "subgroups": listed(ref("subgroup")),
            "subgroup_tau2": words("common", "separate"),
            "between_separate_tau2": _TEST,
            "left_out": about(listed(ref("address")), "Effects without the moderator's value"),
            "robust": maybe(listed(ref("estimate"))),
            "robust_omnibus": _TEST,
        },
        optional=("robust", "robust_omnibus"),
    )


def _line() -> Schema:
    point = {
        **dict.fromkeys(("study", "effect", "label"), TEXT),
        **dict.fromkeys(("x", "yi", "vi", "weight"), NUMBER),
        "provisional": BOOLEAN,
        "synthetic": BOOLEAN,
        "year": {"type": ["integer", "null"]},
    }
    optional_numbers = {"type": ["array", "null"], "items": OPTIONAL_NUMBER}
    return answer(
        {
            "formula": TEXT,
            "k": WHOLE,
            "moderator": TEXT,
            "others": about(TEXTS, "Other moderators in the model"),
            "omnibus": _TEST,
            "coefficients": listed(ref("estimate")),
            "tau2": OPTIONAL_NUMBER,
            "R2": OPTIONAL_NUMBER,
            "effects": listed(record(point)),
            "curve": record(
                {
                    "x": NUMBERS,
                    "estimate": NUMBERS,
                    **dict.fromkeys(("ci_lb", "ci_ub", "pi_lb", "pi_ub"), optional_numbers),
                }
            ),
            "left_out": listed(ref("address")),
        }
    )


_MODEL = {"name": TEXT, "model": ref("moderator_model")}
MODERATORS |= {
    "moderator_model": _model(),
    "moderator_line": _line(),
    "model_of_category": record({**_MODEL, "effects": about(listed(ref("effect")), "That its levels hold")}),
    "model_of_number": record({**_MODEL, "along": ref("moderator_line")}),
}


def overlap_part() -> Schema:
    """The answer of ``rupmeta moderators --overlap``."""
    cell: dict[str, Any] = {
        "row": TEXT,
        "column": about(OPTIONAL_TEXT, "null: the second is a number, with mean, low and high"),
        "k": WHOLE,
        "effects": about(TEXTS, "study/effect"),
        **numbers("mean", "low", "high"),
    }
    carrier = {
        **dict.fromkeys(("study", "effect", "label"), TEXT),
        "share": about(NUMBER, "Percent of what tells the two apart that rests on this effect"),
    }
    found = {
        "first": ref("explained"),
        "second": ref("explained"),
        "k": WHOLE,
        "measure": about(words("r", "eta", "V"), "Of association"),
        "association": OPTIONAL_NUMBER,
        "inflation": about(OPTIONAL_NUMBER, "GVIF^(1/2s), the larger of both"),
        "cells": listed(record(cell)),
        "carriers": listed(record(carrier)),
        "R2_both": about(OPTIONAL_NUMBER, "Percent"),
        "shared": about(OPTIONAL_NUMBER, "Percent that both explain"),
        "verdict": {"enum": list(get_args(Verdict))},
        "signs": about(TEXTS, "Why they overlap, in words"),
        "joint_reason": about(OPTIONAL_TEXT, "Why there is no model of both"),
        "reason": {"type": "null"},
    }
    name = record({"name": TEXT})
    missing = {"first": name, "second": name, "reason": TEXT}
    return answer({"pairs": listed({"oneOf": [record(found), record(missing)]})})
