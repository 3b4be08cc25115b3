"""The schema of what stands beside the review: two extractions of it, and the version before."""

from __future__ import annotations

from typing import get_args

from rupmeta.pipeline.agreement.variables import Kind
from rupmeta.pipeline.diff.path import STEPS
from rupmeta.render.schemas.atoms import (
    BOOLEAN,
    NUMBER,
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
    listed,
    mapped,
    maybe,
    numbers,
    record,
    ref,
    words,
)

__all__ = ["BESIDE", "extraction_schema", "update_schema"]

_SIDES: Schema = words("A", "B", "consensus")
_COEFFICIENTS: Schema = words("agreement", "kappa", "kappa_w", "icc", "alpha", "ac1")
_STEP: Schema = words(*STEPS)
_CHANGE: Schema = {"field": TEXT, **dict.fromkeys(("old", "new", "where_old", "where_new"), OPTIONAL_TEXT)}
_SHARE: Schema = {
    **dict.fromkeys(("before", "after", "share"), NUMBER),
    "k": WHOLE,
    "carried": about(BOOLEAN, "Whether nothing could be pooled after it, so that the level stays"),
}

#: Named records of both.
BESIDE: Schema = {
    "standing": about(
        record(
            {
                "analysis": TEXT,
                "measure": ref("measure"),
                "method": ref("method"),
                "test": ref("test"),
                "level": NUMBER,
                "dependence": ref("approach"),
                "rho": NUMBER,
                "k": WHOLE,
                "studies": WHOLE,
                "n": OPTIONAL_NUMBER,
                "estimate": maybe(ref("estimate")),
                "prediction": ref("prediction"),
                "tau2": OPTIONAL_NUMBER,
                "I2": OPTIONAL_NUMBER,
                "reported": ref("reported"),
                "weights": about(mapped(NUMBER), "Percent by study"),
                "reason": OPTIONAL_TEXT,
            }
        ),
        "What one side says in one analysis",
    ),
    "shift": about(
        record({"from": _SIDES, "to": _SIDES, "estimate": NUMBER, "reported": by_scale(NUMBER)}),
        "The pooled effect of one side minus that of another",
    ),
    "change": about(
        record(
            {
                **dict.fromkeys(("old", "new", "total"), NUMBER),
                "decimals": about(WHOLE, "Numbers are multiples of 10 to the minus this"),
                "steps": listed(
                    record(
                        {
                            "step": _STEP,
                            **_SHARE,
                            "lowest": about(OPTIONAL_NUMBER, "Of the share, over all orders of steps"),
                            "highest": OPTIONAL_NUMBER,
                            "studies": listed(record({"study": OPTIONAL_TEXT, **_SHARE})),
                        }
                    )
                ),
            }
        ),
        "How far the answer moved, in shares that add up exactly",
    ),
    "field_change": record(_CHANGE),
}


def extraction_schema() -> Schema:
    """Two extractions as ``rupmeta agreement`` prints them, with every analysis under each."""
    by_side = mapped(ref("standing"), _SIDES)
    item = {
        "field": TEXT,
        "kind": {"enum": list(get_args(Kind))},
        **dict.fromkeys(("n", "complete", "agreed", "studies"), WHOLE),
        "constant": about(BOOLEAN, "Whether it has only one value"),
        **numbers("median_difference", "largest_difference"),
        "coefficients": mapped(record(numbers("estimate", "ci_lb", "ci_ub")), _COEFFICIENTS),
    }
    texts = ("effect", "a", "b", "where_a", "where_b", "consensus", "where_consensus")
    disagreement = {
        **dict.fromkeys(("study", "field"), TEXT),
        **dict.fromkeys(texts, OPTIONAL_TEXT),
        "settled": about(words("A", "B", "both", "neither", null=True), "Whose value the consensus took"),
    }
    effect = {
        "study": TEXT,
        "effect": TEXT,
        **numbers("yi_a", "yi_b", "difference"),
        "d": about(OPTIONAL_NUMBER, "The difference as a standardised one"),
    }
    result = record(
        {
            "folders": mapped(TEXT, _SIDES),
            "title": OPTIONAL_TEXT,
            "studies": TEXTS,
            "synthetic": BOOLEAN,
            "items": listed(record(item)),
            "disagreements": listed(record(disagreement)),
            "unpaired": about(
                listed(
                    record({"study": TEXT, "effect": OPTIONAL_TEXT, "side": words("A", "B"), "where": TEXT})
                ),
                "What only one side has",
            ),
            "effects": listed(record(effect)),
            "close": about(
                record({"within": NUMBER, "n": WHOLE, "share": maybe(SHARE)}),
                "Share of effects that lie within so much of each other, in d",
            ),
            "analysis": TEXT,
            "question": OPTIONAL_TEXT,
            "subject": OPTIONAL_TEXT,
            "measure": ref("measure"),
            "pooled": by_side,
            "shift": listed(ref("shift")),
        }
    )
    analysis = {"name": TEXT, "pooled": by_side, "shift": listed(ref("shift"))}
    return record(
        {
            "result": maybe(result),
            "analyses": listed(record(analysis)),
            "notes": ref("notes"),
            "reason": OPTIONAL_TEXT,
        }
    )


def update_schema() -> Schema:
    """The way from the version before to this one, as ``rupmeta diff`` prints it."""
    side = {
        "name": TEXT,
        "kind": words("folder", "revision", "results"),
        "title": OPTIONAL_TEXT,
        "data_as_of": OPTIONAL_TEXT,
        "studies": WHOLE,
    }
    study = {
        "study": TEXT,
        "label": TEXT,
        "kind": about(words("added", "removed", "edited", "layout"), "layout: no field changed"),
        "changes": about(
            maybe(listed(ref("field_change"))), "null: one side is a results file, without fields"
        ),
    }
    turned = {
        "code": words("answer", "sign", "ci_null", "pi_null", "few", "heavy"),
        "was": BOOLEAN,
        "now": BOOLEAN,
        "study": OPTIONAL_TEXT,
    }
    setting = {
        "setting": words("measure", "method", "test", "level", "dependence", "rho"),
        "old": SCALAR,
        "new": SCALAR,
    }
    analysis = {
        "analysis": TEXT,
        "question": OPTIONAL_TEXT,
        "subject": OPTIONAL_TEXT,
        "measure": ref("measure"),
        "synthetic": BOOLEAN,
        "old": maybe(ref("standing")),
        "new": maybe(ref("standing")),
        "method_changes": listed(record(setting)),
        "change": about(maybe(ref("change")), "On the analysis scale"),
        "reported": by_scale(ref("change")),
        "reason": about(OPTIONAL_TEXT, "Why there is no change to split"),
        "turned": about(listed(record(turned)), "Conclusions that changed"),
    }
    protocol = {**_CHANGE, "step": {"enum": ["method", "criteria", None]}}
    return record(
        {
            "old": record(side),
            "new": record(side),
            "differs": BOOLEAN,
            "unchanged": about(WHOLE, "Study files"),
            "studies": listed(record(study)),
            "protocol": listed(record(protocol)),
            "analyses": listed(record(analysis)),
            "notes": ref("notes"),
        }
    )
