"""``rupmeta convert``: the conversions of the tool at the prompt."""

from __future__ import annotations

from typing import Annotated

import typer

from rupmeta.cli.options import OutputOptions

__all__ = ["convert"]


def convert(
    pairs: Annotated[
        list[str], typer.Argument(metavar="KEY=VALUE…", help="What is printed, such as r=.29 n=79.")
    ],
    output: OutputOptions,
    to: Annotated[
        str, typer.Option(metavar="SCALE", help="r, d, g, z, or, rr, or a measure such as SMD.")
    ] = "z",
    design: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="naturalistic, randomized, quasi-experimental or case-series."),
    ] = None,
    level: Annotated[float, typer.Option(metavar="NUMBER", help="Level of the interval.")] = 0.95,
) -> int:
    """Convert one printed statistic and show the formula with its numbers."""
    from rupmeta.cli.io import emit, emit_notes, number_style
    from rupmeta.effects.convert import check_design, convert_values
    from rupmeta.errors import UsageError
    from rupmeta.render.envelope import canonical_json, envelope
    from rupmeta.render.screens import convert_screen

    form = output.form
    if not 0.5 < level < 1:
        raise UsageError(f"--level {level:g}: a level lies between .5 and 1; write 0.95 for 95%")
    found = convert_values(pairs, to, design=check_design(design), level=level)
    if form == "json":
        emit(canonical_json(envelope("convert", (), found.as_dict(), found.notes)), output)
        return 0
    if form == "csv":
        from rupmeta.render.results_tables import conversion_table
        from rupmeta.render.writers.delimited import to_csv

        emit(to_csv(conversion_table(found.as_dict())), output)
        return 0
    emit(convert_screen(found.as_dict(), number_style()), output)
    emit_notes(found.notes, output)
    return 0
