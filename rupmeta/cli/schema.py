"""``rupmeta schema``: the JSON Schema of a file, for editors and for programs."""

from __future__ import annotations

from rupmeta.cli.io import emit
from rupmeta.cli.options import OutputOptions
from rupmeta.errors import UsageError
from rupmeta.read.json_schema import KINDS, schema_text
from rupmeta.render.schemas.results import results_schema_text

__all__ = ["schema"]


def schema(kind: str, output: OutputOptions | None = None) -> int:
    """Print the JSON Schema of ``study``, ``review`` or ``results``; ``UsageError`` for anything else."""
    if kind not in (*KINDS, "results"):
        raise UsageError(f"there is no schema of {kind}; choose {', '.join(KINDS)} or results")
    text = results_schema_text() if kind == "results" else schema_text(kind)
    emit(text, output or OutputOptions())
    return 0
