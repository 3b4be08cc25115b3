"""The JSON that other programs read: one envelope, canonical numbers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from rupmeta import __version__
from rupmeta.read.folder import InputFile
from rupmeta.results import Note

__all__ = ["canonical", "canonical_json", "envelope", "escape_acting"]


def canonical(value: Any) -> Any:
    """``value`` with every float at 10 significant digits, -0 as 0, NaN and infinity as None.

    Ten digits, because the last five or six depend on the processor and the linear-algebra library.
    """
    if isinstance(value, bool) or value is None or isinstance(value, int | str):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        rounded = float(f"{value:.10g}")
        return 0.0 if rounded == 0 else rounded
    if isinstance(value, Mapping):
        return {str(key): canonical(item) for key, item in value.items()}
    if hasattr(value, "tolist"):  # NumPy arrays and scalars, without importing NumPy here
        return canonical(value.tolist())
    return [canonical(item) for item in value]


#: Characters that a terminal acts on and that JSON lets stand: DEL, C1 and overrides of direction.
_ACTING = re.compile(r"[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def escape_acting(text: str) -> str:
    """JSON that says the same and does nothing when it is printed.

    >>> escape_acting('{"title": "a\u202eb"}')
    '{"title": "a\\\\u202eb"}'
    """
    return _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def canonical_json(value: Any) -> str:
    """Sorted keys, two-space indent, UTF-8, a final newline: equal results give equal bytes."""
    text = json.dumps(canonical(value), sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return escape_acting(text) + "\n"


def envelope(
    command: str, inputs: Iterable[InputFile], result: Any, notes: Iterable[Note] = ()
) -> dict[str, Any]:
    """The one object that ``--json`` prints (interface, section 5)."""
    return {
        "schema": f"rupmeta/{command}/1",
        "version": __version__,
        "inputs": [{"path": item.path, "sha256": item.sha256} for item in inputs],
        "result": result,
        "notes": [
            {"code": note.code, "message": note.message, "where": note.where, "severity": note.severity}
            for note in notes
        ],
    }
