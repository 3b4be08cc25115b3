"""Records inside of records under names of their own, so that the schema is flat and says nothing twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rupmeta.render.schemas.atoms import Schema, ref

__all__ = ["name_records"]

#: Letters from which on a record is worth a name.
LONG = 240


def name_records(schema: Schema) -> Schema:
    """The schema with every longer record in ``$defs``, by the keys that lead to it: ``bias_part.egger``.

    Records that are the same share the first name that one of them got; a description stays where it stood.
    """
    names = _Names(schema["$defs"])
    top = names.inside({key: body for key, body in schema.items() if key != "$defs"}, "")
    flat = {name: names.inside(body, name) for name, body in names.given.items()}
    return {**top, "$defs": flat | dict(sorted(names.found.items()))}


class _Names:
    """The records that were given names, and those that are found inside of them."""

    def __init__(self, given: Mapping[str, Schema]) -> None:
        self.given = given
        self.found: dict[str, Schema] = {}
        self._names = {_key(body): name for name, body in given.items()}

    def inside(self, body: Any, path: str) -> Any:
        """The schema with its parts turned; ``path`` names what it describes."""
        if isinstance(body, list):
            return [self._turned(item, path) for item in body]
        if not isinstance(body, dict):
            return body
        dotted = f"{path}." if path else ""
        return {
            key: {name: self._turned(item, dotted + name) for name, item in value.items()}
            if key == "properties"
            else self._turned(value, path)
            for key, value in body.items()
        }

    def _turned(self, body: Any, path: str) -> Any:
        """The schema, or its name with the description that it has here."""
        if not isinstance(body, dict) or "properties" not in body:
            return self.inside(body, path)
        key = _key(body)
        if key not in self._names:
            failed = body["properties"].get("reason") == {"type": "string"}
            name = f"{path}.missing" if failed else path
            if len(key) < LONG or name in self.given:
                return self.inside(body, path)
            assert name not in self.found, name
            self._names[key] = name
            self.found[name] = self.inside({k: v for k, v in body.items() if k != "description"}, path)
        said = {"description": body["description"]} if "description" in body else {}
        return {**ref(self._names[key]), **said}


def _key(body: Mapping[str, Any]) -> str:
    return json.dumps({key: value for key, value in body.items() if key != "description"}, sort_keys=True)
