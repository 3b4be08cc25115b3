"""``rupmeta schema``: the JSON Schema of a file, for editors."""

from __future__ import annotations

from rupmeta.cli.io import emit
from rupmeta.cli.options import OutputOptions
from rupmeta.errors import UsageError
from rupmeta.read.json_schema import KINDS, schema_text

__all__ = ["schema"]


def schema(kind: str, output: OutputOptions | None = None) -> int:
    """Print the JSON Schema of ``study`` or ``review``; ``UsageError`` for anything else."""
    if kind not in KINDS:
        raise UsageError(f"there is no schema of {kind}; choose {' or '.join(KINDS)}")
    emit(schema_text(kind), output or OutputOptions())
    return 0
