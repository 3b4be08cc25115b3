"""What the schema of results is built from: kinds of values, and the small records that return everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = [
    "ANY_LIST",
    "ANY_OBJECT",
    "BOOLEAN",
    "DEFS",
    "NOTES",
    "NUMBER",
    "OPTIONAL_NUMBER",
    "OPTIONAL_TEXT",
    "TEXT",
    "TEXTS",
    "WHOLE",
    "about",
    "listed",
    "maybe",
    "record",
    "ref",
]

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
OPTIONAL_TEXT: Schema = {"type": ["string", "null"]}
NUMBER: Schema = {"type": "number"}
OPTIONAL_NUMBER: Schema = {"type": ["number", "null"]}
WHOLE: Schema = {"type": "integer", "minimum": 0}
BOOLEAN: Schema = {"type": "boolean"}
ANY_OBJECT: Schema = {"type": "object"}
ANY_LIST: Schema = {"type": "array"}
TEXTS: Schema = {"type": "array", "items": TEXT}


def record(properties: Mapping[str, Any], *, optional: tuple[str, ...] = ()) -> Schema:
    """An object with these keys and no other; all are required but the optional ones."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": sorted(set(properties) - set(optional)),
        "properties": dict(properties),
    }


def ref(name: str) -> Schema:
    """A record by its name."""
    return {"$ref": f"#/$defs/{name}"}


def listed(items: Schema) -> Schema:
    """A list of such values."""
    return {"type": "array", "items": items}


def maybe(schema: Schema) -> Schema:
    """Such a value, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def about(schema: Schema, text: str) -> Schema:
    """The value with what it is, in words."""
    return {**schema, "description": text}


NOTES: Schema = listed(ref("note"))

_LIMITS = ("ci_lb", "ci_ub", "pi_lb", "pi_ub")

#: The records that return everywhere.
DEFS: Schema = {
    "estimate": about(
        record(
            {
                "label": TEXT,
                "estimate": OPTIONAL_NUMBER,
                "df": about(OPTIONAL_NUMBER, "null: normal"),
                **dict.fromkeys(("se", "stat", "pval", "ci_lb", "ci_ub"), OPTIONAL_NUMBER),
            }
        ),
        "The atom of every answer, on the analysis scale",
    ),
    "prediction": record(dict.fromkeys(("pi_lb", "pi_ub"), OPTIONAL_NUMBER)),
    "heterogeneity": about(
        record(
            {
                "df": WHOLE,
                **dict.fromkeys(
                    ("Q", "pval", "tau2", "se_tau2", "tau2_lb", "tau2_ub", "I2", "I2_lb", "I2_ub", "H2"),
                    OPTIONAL_NUMBER,
                ),
            }
        ),
        "I2 in percent",
    ),
    "reported": {
        "type": "object",
        "description": "The answer on the scales that people read, by scale",
        "additionalProperties": False,
        "properties": {
            scale: record(
                {"estimate": NUMBER, "mean": NUMBER, **dict.fromkeys(_LIMITS, OPTIONAL_NUMBER)},
                optional=("mean",),
            )
            for scale in ("r", "d", "z", "or", "rr", "rd", "g", "phi", "md", "gen")
        },
    },
    "note": record(
        {
            "code": TEXT,
            "message": TEXT,
            "where": OPTIONAL_TEXT,
            "severity": {"enum": ["info", "warning", "error"]},
        }
    ),
    "exclusion": record({"study": TEXT, "criterion": TEXT, "code": OPTIONAL_TEXT, "reason": TEXT}),
    "route": about(
        record(
            {
                "route": TEXT,
                **dict.fromkeys(("yi", "vi", "n"), OPTIONAL_NUMBER),
                "flag": OPTIONAL_TEXT,
                "adjusted": BOOLEAN,
                "formula": OPTIONAL_TEXT,
                "used": BOOLEAN,
                "rounding": {"type": ["array", "null"], "items": OPTIONAL_NUMBER},
                "problem": OPTIONAL_TEXT,
            }
        ),
        "One way from what a paper prints to the effect",
    ),
}
