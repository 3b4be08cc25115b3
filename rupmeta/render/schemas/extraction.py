"""The schema of what comes from the reviewers' own files: records of the protocol and every extraction.

They are those of ``rupmeta schema review`` and ``rupmeta schema study``, as results hold them.
"""

from __future__ import annotations

from typing import Any

from rupmeta.read.json_schema import json_schema
from rupmeta.render.schemas.atoms import TEXT, WHOLE, Schema, about, either, listed, record, ref

__all__ = ["extraction_defs", "studies_schema"]

#: Records of the protocol that results hold whole.
_PROTOCOL = ("Search", "Process", "Declarations", "Version", "Criteria", "Certainty", "Reference")
_EFFECT = "StudyEffect"


def extraction_defs() -> dict[str, Schema]:
    """Named records of both files, as far as results refer to them."""
    review, study = json_schema("review")["$defs"], json_schema("study")["$defs"]
    found = {name: _lean(body) for name, body in review.items()}
    kept: dict[str, Schema] = {}
    names = list(_PROTOCOL)
    while names:
        name = names.pop(0)
        if name not in kept:
            kept[name] = found[name]
            names += _names_in(found[name])
    for name, body in study.items():
        if name != "Effect":
            kept[name] = _reported(body)
    kept[_EFFECT] = _study_effect(study["Effect"])
    return dict(sorted(kept.items()))


def studies_schema() -> Schema:
    """Every study file, without what was not reported."""
    body = _reported(json_schema("study"))
    properties = {
        **body["properties"],
        "citation": either(ref("Citation"), record({"text": TEXT})),
        "effects": listed(ref(_EFFECT)),
    }
    named = {"study": about(TEXT, "Its name in all lists"), "path": TEXT}
    return listed(
        {
            "type": "object",
            "description": "The extraction of a study file: its keys, as far as they were reported",
            "additionalProperties": False,
            "required": ["citation", "effects", "path", "relation", "study"],
            "properties": {**named, **properties},
        }
    )


def _study_effect(body: Schema) -> Schema:
    """An effect by the key of all other lists, with its place in the file."""
    found = _reported(body)
    properties = dict(found["properties"])
    properties["effect"] = about(TEXT, "The same as id, as in all other lists")
    properties["line"] = about({**WHOLE, "type": ["integer", "null"]}, "Of the study file")
    required = sorted({*found["required"], "effect", "line", "status"})
    return {**found, "required": required, "properties": properties}


def _reported(schema: Schema) -> Schema:
    """A record of which only what was reported is left: no null, nothing that is empty is required."""
    lean = _lean(schema)
    lean["properties"] = {name: _without_null(body) for name, body in lean["properties"].items()}
    required = [
        name
        for name in lean.get("required", ())
        if lean["properties"][name].get("type") not in (None, "object", "array")
    ]
    lean.pop("required", None)
    return {**lean, **({"required": required} if required else {})}


def _without_null(field: Schema) -> Schema:
    if isinstance(field.get("type"), list):
        left = [kind for kind in field["type"] if kind != "null"]
        return {**field, "type": left[0] if len(left) == 1 else left}
    kinds = [kind for kind in field.get("anyOf", ()) if kind != {"type": "null"}]
    if not kinds:
        return field
    rest = {key: value for key, value in field.items() if key != "anyOf"}
    return {**kinds[0], **rest} if len(kinds) == 1 else {"anyOf": kinds, **rest}


def _lean(schema: Any) -> Any:
    """Without titles and defaults that say what the keys say already; several plain types as a list."""
    if isinstance(schema, list):
        return [_lean(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = [kind["type"] for kind in schema.get("anyOf", ()) if set(kind) == {"type"}]
    if plain and len(plain) == len(schema["anyOf"]):
        schema = {
            "type": list(dict.fromkeys(plain)),
            **{key: value for key, value in schema.items() if key != "anyOf"},
        }
    return {
        key: {name: _lean(body) for name, body in value.items()} if key == "properties" else _lean(value)
        for key, value in schema.items()
        if key not in ("title", "default", "$defs", "$schema", "$comment")
    }


def _names_in(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [name for item in schema for name in _names_in(item)]
    if not isinstance(schema, dict):
        return []
    own = [schema["$ref"].rpartition("/")[2]] if isinstance(schema.get("$ref"), str) else []
    return own + [name for value in schema.values() for name in _names_in(value)]
