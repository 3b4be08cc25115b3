"""The tables of all keys of study files and of review.yaml, from the schemas that ship."""

from __future__ import annotations

import json
import re
from typing import Any

from rupmeta.read.json_schema import schema_text

#: Where a page holds the table of a kind of file.
PLACE = re.compile(
    r"(?P<start><!-- keys of (?P<kind>study|review)(?: at (?P<at>[\w.\[\]*]+))? -->\n)"
    r".*?(?P<end><!-- end of keys -->)",
    re.DOTALL,
)
_WORDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}


def key_rows(kind: str) -> list[tuple[str, str, str, str]]:
    """(key, what it is, values, default) of every key, depth first; [] an item of a list, * any name."""
    schema = json.loads(schema_text(kind))
    rows: list[tuple[str, str, str, str]] = []
    _walk(schema, schema, "", rows)
    return rows


def fill_tables(text: str) -> str:
    """A page with its tables as they are today."""

    def fill(match: re.Match[str]) -> str:
        at = match["at"] or ""
        rows = [row for row in key_rows(match["kind"]) if _belongs(row[0], at)]
        lines = ["| key | what it is | values | default |", "| --- | --- | --- | --- |"]
        lines += [f"| `{key}` | {what} | {values} | {default} |" for key, what, values, default in rows]
        return f"{match['start']}\n" + "\n".join(lines) + f"\n\n{match['end']}"

    return PLACE.sub(fill, text)


def _belongs(key: str, at: str) -> bool:
    """Whether the table at ``at`` holds ``key``: only the nearest table above it does."""
    own = ("analyses", "effects", "effects[].reported[]")
    inside = [name for name in own if key == name or key.startswith((f"{name}.", f"{name}[]"))]
    deepest = max(inside, key=len, default="")
    return deepest == at


def _walk(schema: dict[str, Any], at: dict[str, Any], path: str, rows: list[Any]) -> None:
    for inner in _insides(schema, at):
        for name, value in inner.get("properties", {}).items():
            key = f"{path}.{name}" if path else name
            rows.append((key, _what(schema, value), _values(schema, value), _default(value)))
            _walk(schema, value, key, rows)
        if isinstance(inner.get("additionalProperties"), dict):
            _walk(schema, inner["additionalProperties"], f"{path}.*", rows)
        if isinstance(inner.get("items"), dict):
            _walk(schema, inner["items"], f"{path}[]", rows)


def _insides(schema: dict[str, Any], at: dict[str, Any]) -> list[dict[str, Any]]:
    """The schema itself or, behind references and alternatives, those that it stands for."""
    if "$ref" in at:
        return _insides(schema, schema["$defs"][at["$ref"].rsplit("/", 1)[-1]])
    if "anyOf" in at:
        return [inner for variant in at["anyOf"] for inner in _insides(schema, variant)]
    return [at]


def _what(schema: dict[str, Any], value: dict[str, Any]) -> str:
    text = value.get("description") or next(
        (inner["description"] for inner in _insides(schema, value) if inner.get("description")), ""
    )
    return str(text).replace("|", "\\|")


def _values(schema: dict[str, Any], value: dict[str, Any]) -> str:
    return " or ".join(dict.fromkeys(filter(None, (_kind(schema, v) for v in _insides(schema, value)))))


def _kind(schema: dict[str, Any], value: dict[str, Any]) -> str:
    if "enum" in value:
        return " ".join(f"`{item}`" for item in value["enum"])
    if "const" in value:
        return f"`{value['const']}`"
    kind = value.get("type")
    if kind == "array":
        inner = _values(schema, value.get("items", {}))
        return f"a list of: {inner}" if inner else "a list"
    if kind == "object":
        return "a mapping" if value.get("properties") else "names and values"
    limits = [
        f"{sign} {value[name]:g}"
        for name, sign in (
            ("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<"),
        )
        if name in value
    ]  # fmt: skip
    return ", ".join([_WORDS.get(str(kind), ""), *limits]).strip(", ")


def _default(value: dict[str, Any]) -> str:
    default = value.get("default")
    if default is None or default == [] or isinstance(default, dict):
        return ""
    return f"`{json.dumps(default, ensure_ascii=False)}`".replace("|", "\\|")
