"""The JSON Schema of both files, made from the records; it also ships in ``schemas/`` for editors."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from rupmeta.read.review import Review
from rupmeta.read.study import Study

__all__ = ["KINDS", "json_schema", "schema_text"]

#: Kind of file → its record.
KINDS: dict[str, type[BaseModel]] = {"study": Study, "review": Review}

_TITLES = {"study": "rupmeta study file", "review": "rupmeta review.yaml"}


def json_schema(kind: str) -> dict[str, Any]:
    """JSON Schema 2020-12 of a ``study`` or ``review`` file."""
    body = _nullable(KINDS[kind].model_json_schema())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"Written by `rupmeta schema {kind}`.",
        **body,
        "title": _TITLES[kind],
    }


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Let every key that may be left out be null too: both mean "not reported"."""
    for record in (schema, *schema.get("$defs", {}).values()):
        required = set(record.get("required", ()))
        for name, field in record.get("properties", {}).items():
            if name in required or field.get("default", ...) is None:
                continue
            about = {key: field.pop(key) for key in ("title", "description", "default") if key in field}
            kept = dict(field)
            field.clear()
            field.update({"anyOf": [*kept.get("anyOf", [kept]), {"type": "null"}], **about})
    return schema


def schema_text(kind: str) -> str:
    """The schema as the file that ships: two-space indent, final newline."""
    return json.dumps(json_schema(kind), indent=2, ensure_ascii=False) + "\n"
