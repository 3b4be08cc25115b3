"""``rupmeta export``: the review for other programs."""

from __future__ import annotations

from typing import Annotated

import typer

from rupmeta.cli.options import ModelOptions, OutputOptions, StudiesArgument

__all__ = ["export"]


def _kinds(incomplete: str) -> list[str]:
    """For the completion of shells."""
    from rupmeta.render.exports.kinds import EXPORTS

    return [name for name in EXPORTS if name.startswith(incomplete)]


def export(
    model: ModelOptions,
    output: OutputOptions,
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="effects, studies, metafor, ris, bibtex, csl, prisma.",
            autocompletion=_kinds,
        ),
    ],
    studies: StudiesArgument = "studies",
    sep: Annotated[str, typer.Option(metavar="SIGN", help="Separator of columns in CSV.")] = ",",
    decimal: Annotated[str, typer.Option(metavar="SIGN", help="Decimal sign in CSV: . or ,")] = ".",
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail when the export lacks something that it should hold.")
    ] = False,
) -> int:
    """Write effects, citations, flow counts or whole study files for other programs."""
    from pathlib import Path

    from rupmeta.cli.io import emit_notes, overrides_of
    from rupmeta.cli.write import write_bytes, write_stdout
    from rupmeta.errors import UsageError
    from rupmeta.pipeline.load import load_review
    from rupmeta.render.exports.kinds import Request, export_review, kind_named

    known = kind_named(kind)
    if output.json:
        raise UsageError(
            "export has no --json; csl is JSON, and the other commands' --json holds every answer"
        )
    target = None if output.output == "-" else Path(output.output)
    asked = known.suffixes[0] if output.format in (None, "table") else f".{output.format}"
    suffix = asked if target is None else target.suffix.lower()
    folder = load_review(studies)
    name = "" if target is None else target.name
    request = Request(folder, overrides_of(model, folder), suffix, name, sep=sep, decimal=decimal)
    made = export_review(kind, request)
    if target is None:
        if made.beside:
            raise UsageError(f"{kind} writes several files; name the first with -o FILE{suffix}")
        write_stdout(made.data, suffix)
    else:
        paths = {target: made.data, **{target.parent / name: data for name, data in made.beside.items()}}
        for path in paths:
            if path.exists() and not output.force:
                raise UsageError(f"{path.as_posix()} exists; --force overwrites it")
        for path, data in paths.items():
            write_bytes(path, data)
            if not output.quiet:
                print(f"wrote {path.as_posix()}")
    emit_notes(made.notes, output)
    return 0 if made.complete or not strict else 1
