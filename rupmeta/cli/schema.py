"""``rupmeta schema``: the JSON Schema of a file, for editors."""

from __future__ import annotations

import sys

from rupmeta.errors import UsageError
from rupmeta.read.json_schema import KINDS, schema_text

__all__ = ["schema"]


def schema(kind: str) -> int:
    """Print the JSON Schema of ``study`` or ``review``; ``UsageError`` for anything else."""
    if kind not in KINDS:
        raise UsageError(f"there is no schema of {kind}; choose {' or '.join(KINDS)}")
    sys.stdout.write(schema_text(kind))
    return 0
