"""``rupmeta check`` and ``rupmeta schema``: the files themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from rupmeta.cli.options import OutputOptions, StudiesArgument, TalkOptions

__all__ = ["check", "schema"]

_OUTPUT = "Output"


@dataclass(frozen=True, slots=True)
class FindingsOptions(OutputOptions):
    """Findings have forms of their own."""

    format: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="text (or table), csv, json, github or sarif.",
            show_default="by the suffix of -o, else text",
            rich_help_panel=_OUTPUT,
        ),
    ] = None


def check(
    output: FindingsOptions,
    studies: StudiesArgument = "studies",
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    explain: Annotated[
        str | None, typer.Option(metavar="CODE", help="What a code means and what to do.")
    ] = None,
) -> int:
    """Read and check every file; all faults at once, each with file, line and column."""
    from rupmeta.cli.check import check as run

    return run(studies, strict=strict, format=_form(output), explain=explain, output=output)


def _form(output: OutputOptions) -> str:
    if output.json:
        return "json"
    if output.format is not None:
        return "text" if output.format == "table" else output.format
    return "sarif" if output.output.lower().endswith(".sarif") else output.form.replace("table", "text")


def schema(
    kind: Annotated[str, typer.Argument(metavar="study|review|results", help="Which file's schema.")],
    talk: TalkOptions,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="A file; - is stdout.")] = "-",
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
) -> int:
    """Print the JSON Schema of a study file, of review.yaml (for editors) or of a report's results.json."""
    from rupmeta.cli.schema import schema as run

    del talk  # there are no notes
    return run(kind, OutputOptions(output=output, force=force))
