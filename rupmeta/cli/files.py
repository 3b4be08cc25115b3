"""``rupmeta check`` and ``rupmeta schema``: the files themselves."""

from __future__ import annotations

from typing import Annotated

import typer

from rupmeta.cli.options import StudiesArgument

__all__ = ["check", "schema"]


def check(
    studies: StudiesArgument = "studies",
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    format: Annotated[  # noqa: A002  # the option's name is binding
        str, typer.Option(metavar="NAME", help="text, json, github or sarif.")
    ] = "text",
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    explain: Annotated[
        str | None, typer.Option(metavar="CODE", help="What a code means and what to do.")
    ] = None,
) -> int:
    """Read and check every file; all faults at once, each with file, line and column."""
    from rupmeta.cli.check import check as run

    return run(studies, strict=strict, format="json" if json else format, explain=explain)


def schema(
    kind: Annotated[str, typer.Argument(metavar="study|review", help="Which file's schema.")],
) -> int:
    """Print the JSON Schema of a study file or of review.yaml, for editors."""
    from rupmeta.cli.schema import schema as run

    return run(kind)
