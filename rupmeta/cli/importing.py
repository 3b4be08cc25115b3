"""``rupmeta import``: what reviewers have, as study files."""

from __future__ import annotations

from typing import Annotated

import typer

from rupmeta.cli.options import OutputOptions

__all__ = ["import_"]


def import_(
    output: OutputOptions,
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="CSV, Excel, RIS, BibTeX, CSL-JSON, RevMan (.rm5); - is stdin."),
    ],
    to: Annotated[str, typer.Option(metavar="STUDIES", help="Folder of study files.")] = "studies",
    mapping: Annotated[
        str | None, typer.Option(metavar="FILE", help="What the columns mean: columns, values, set.")
    ] = None,
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="COLUMN=FIELD", help="What a column means, such as N=reported.n; repeats."
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="A field for every row without it; repeats."),
    ] = None,
    as_: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="NAME",
            help="plain, metafor, pymare, cma, revman, effects, studies, ris, bibtex or csl; else seen from "
            "the file.",
        ),
    ] = None,
    sheet: Annotated[str | None, typer.Option(metavar="NAME", help="Sheet of a workbook.")] = None,
    sep: Annotated[str | None, typer.Option(metavar="SIGN", help="Separator: , ; | or tab.")] = None,
    decimal: Annotated[str | None, typer.Option(metavar="SIGN", help="Decimal sign: . or ,")] = None,
    encoding: Annotated[str | None, typer.Option(metavar="NAME", help="Of the text; UTF-8.")] = None,
    missing: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="Cells that say nothing, such as 999; repeats.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be written; write nothing.")
    ] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Write the studies without findings, though others have some.")
    ] = False,
) -> int:
    """Make study files of a sheet, a bibliography or another program's export; nothing is overwritten.

    A column without a field is kept as a moderator, and the report names it. When a row cannot become a study
    nothing is written: every reason is listed with its row and column.
    """
    from pathlib import Path

    from rupmeta.cli.io import emit, parse_pairs
    from rupmeta.render.imported import import_result, import_screen
    from rupmeta.start.bring import Wish, bring, write_brought

    wish = Wish(
        mapping=None if mapping is None else Path(mapping),
        columns=tuple(parse_pairs(map_, "map")),
        constants=tuple(parse_pairs(set_, "set")),
        form=as_,
        sheet=sheet,
        sep=sep,
        decimal=decimal,
        encoding=encoding,
        missing=tuple(missing or ()),
    )
    brought = bring(file, Path(to), wish)
    written = () if dry_run else write_brought(brought, Path(to), partial=partial)
    result = import_result(brought, to, written, dry_run=dry_run)
    if output.form == "json":
        from rupmeta.render.envelope import canonical_json, envelope

        emit(canonical_json(envelope("import", brought.inputs, result)), output)
    else:
        emit(import_screen(result, quiet=output.quiet), output)
    return 1 if brought.findings else 0
