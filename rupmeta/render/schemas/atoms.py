"""What the schema of results is built from: kinds of values, ways to put them together, and the small records
that return everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from rupmeta.effects.measures import MEASURES, DisplayScale
from rupmeta.pool.fit import MethodName, TestName

__all__ = [
    "BOOLEAN",
    "DEFS",
    "ESTIMATE",
    "NUMBER",
    "NUMBERS",
    "OPTIONAL_NUMBER",
    "OPTIONAL_TEXT",
    "SCALAR",
    "SHARE",
    "TEXT",
    "TEXTS",
    "WHOLE",
    "Schema",
    "about",
    "by_scale",
    "either",
    "joined",
    "listed",
    "mapped",
    "maybe",
    "nothing",
    "numbers",
    "record",
    "ref",
    "shape",
    "words",
]

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
OPTIONAL_TEXT: Schema = {"type": ["string", "null"]}
NUMBER: Schema = {"type": "number"}
OPTIONAL_NUMBER: Schema = {"type": ["number", "null"]}
WHOLE: Schema = {"type": "integer", "minimum": 0}
#: From 0 to 1.
SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
BOOLEAN: Schema = {"type": "boolean"}
SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
TEXTS: Schema = {"type": "array", "items": TEXT}
NUMBERS: Schema = {"type": "array", "items": NUMBER}


def shape(properties: Mapping[str, Any], *, optional: tuple[str, ...] = ()) -> Schema:
    """An object with at least these keys, to be joined with others; required but for the optional ones."""
    required = sorted(set(properties) - set(optional))
    return {
        "type": "object",
        **({"required": required} if required else {}),
        "properties": dict(properties),
    }


def record(properties: Mapping[str, Any], *, optional: tuple[str, ...] = ()) -> Schema:
    """An object with these keys and no other; all are required but the optional ones."""
    return {**shape(properties, optional=optional), "additionalProperties": False}


def joined(
    names: tuple[str, ...],
    properties: Mapping[str, Any],
    *,
    optional: tuple[str, ...] = (),
    one_of: tuple[Schema, ...] = (),
) -> Schema:
    """The keys of several named shapes, of one of some others, and its own; no other key."""
    return {
        **shape(properties, optional=optional),
        **({"allOf": [ref(name) for name in names]} if names else {}),
        **({"oneOf": list(one_of)} if one_of else {}),
        "unevaluatedProperties": False,
    }


def ref(name: str) -> Schema:
    """A record by its name."""
    return {"$ref": f"#/$defs/{name}"}


def listed(items: Schema) -> Schema:
    """A list of such values."""
    return {"type": "array", "items": items}


def mapped(values: Schema, names: Schema | None = None) -> Schema:
    """Such values by names that the review chooses, or by some of ``names``."""
    return {
        "type": "object",
        **({} if names is None else {"propertyNames": names}),
        "additionalProperties": values,
    }


def by_scale(values: Schema) -> Schema:
    """Such values on the scales that people read."""
    return mapped(values, ref("scale"))


def either(*schemas: Schema) -> Schema:
    """One of several kinds of values."""
    return {"anyOf": list(schemas)}


def maybe(schema: Schema) -> Schema:
    """Such a value, or null."""
    return either(schema, {"type": "null"})


def numbers(*names: str) -> Schema:
    """Keys whose values are numbers, or null where a number cannot be had."""
    return dict.fromkeys(names, OPTIONAL_NUMBER)


def nothing(*names: str) -> Schema:
    """Keys that are null, beside the reason why."""
    return {name: {"type": "null"} for name in names}


def words(*allowed: str, null: bool = False) -> Schema:
    """One of these words."""
    return {"enum": [*allowed, None] if null else list(allowed)}


def about(schema: Schema, text: str) -> Schema:
    """The value with what it is, in words."""
    return {**schema, "description": text}


_LIMITS = ("ci_lb", "ci_ub")
_PREDICTION = ("pi_lb", "pi_ub")

#: The keys of an estimate.
ESTIMATE: Schema = {
    "label": TEXT,
    "estimate": OPTIONAL_NUMBER,
    "df": about(OPTIONAL_NUMBER, "null: normal"),
    **numbers("se", "stat", "pval", *_LIMITS),
}

#: The records that return everywhere.
DEFS: Schema = {
    "scale": {"enum": list(get_args(DisplayScale))},
    "measure": about(
        {"enum": sorted(MEASURES)}, "The scale that was pooled; numbers are on it unless a key says otherwise"
    ),
    "method": about({"enum": list(get_args(MethodName))}, "Estimator of tau2; EE: one effect for all"),
    "test": about({"enum": list(get_args(TestName))}, "How the interval of a mean is made"),
    "side": about(words("above", "below", "open"), "Where the interval lies; open: it holds no effect"),
    "estimate": about(record(ESTIMATE), "The atom of every answer, on the analysis scale"),
    "limits": record(numbers(*_LIMITS)),
    "prediction": record(numbers(*_PREDICTION)),
    "test_result": about(
        record({"stat": OPTIONAL_NUMBER, "df1": OPTIONAL_NUMBER, **numbers("df2", "pval")}),
        "df2 null: chi-square, else F",
    ),
    "heterogeneity": about(
        record(
            {
                "df": WHOLE,
                **numbers("Q", "pval", "tau2", "se_tau2", "tau2_lb", "tau2_ub", "I2", "I2_lb", "I2_ub", "H2"),
            }
        ),
        "I2 in percent",
    ),
    "on_scale": record({"estimate": NUMBER, **numbers(*_LIMITS)}),
    "reported": about(
        by_scale(
            record(
                {
                    "estimate": NUMBER,
                    "mean": about(NUMBER, "Of the true correlations; estimate is their median"),
                    **numbers(*_LIMITS, *_PREDICTION),
                },
                optional=("mean",),
            )
        ),
        "The answer on the scales that people read, by scale",
    ),
    "reported_limits": about(by_scale(ref("on_scale")), "The same without a prediction interval"),
    "note": record(
        {
            "code": TEXT,
            "message": TEXT,
            "where": OPTIONAL_TEXT,
            "severity": words("info", "warning", "error"),
        }
    ),
    "notes": listed(ref("note")),
    "no_answer": about(
        record({"result": {"type": "null"}, "notes": ref("notes"), "reason": TEXT}),
        "Why there is nothing in a part",
    ),
    "address": record({"study": TEXT, "effect": TEXT}),
    "exclusion": record({"study": TEXT, "criterion": TEXT, "code": OPTIONAL_TEXT, "reason": TEXT}),
}
