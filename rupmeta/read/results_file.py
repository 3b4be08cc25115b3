"""A ``results.json``: what an earlier run of the program said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rupmeta.errors import UsageError
from rupmeta.read.layout import show

__all__ = ["SCHEMAS", "read_results"]

#: The schemas that hold a pooled answer.
SCHEMAS = ("rupmeta/results/1", "rupmeta/pool/1")
_WANTED = "the results.json of rupmeta report, or the output of rupmeta pool --json"


def read_results(path: Path, shown: str | None = None) -> Mapping[str, Any]:
    """The body of a results file; that of one pooled answer takes the form of a report's.

    Raises ``UsageError`` for what is no such file, with its schema where it has one.
    """
    shown = shown or show(path)
    if path.suffix.lower() != ".json":
        raise UsageError(f"{shown} is a file; name the folder that holds it, or {_WANTED}")
    try:
        body = json.loads(path.read_bytes().decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise UsageError(f"{shown}:{error.lineno}:{error.colno}: not JSON ({error.msg})") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{shown} is not UTF-8 text; is it {_WANTED}?") from error
    except OSError as error:
        raise UsageError(f"{shown} cannot be read: {error.strerror}") from error
    schema = body.get("schema") if isinstance(body, dict) else None
    if schema not in SCHEMAS:
        found = f"has the schema {schema}" if schema else "names no schema"
        raise UsageError(f"{shown} {found}; wanted is {_WANTED} ({' or '.join(SCHEMAS)})")
    assert isinstance(body, dict)
    if schema == SCHEMAS[1]:
        answer = body["result"]
        entry = {"pool": answer, "subject": None, "reason": None, "where": {}, "notes": body["notes"]}
        name = answer["analysis"]
        body = {**body, "title": answer["title"], "order": [name], "analyses": {name: entry}}
    return body
