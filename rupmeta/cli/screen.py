"""``rupmeta screen``: who is in, who is out and why."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from rupmeta.cli.options import OutputOptions, StudiesArgument

__all__ = ["screen"]


def screen(
    output: OutputOptions,
    studies: StudiesArgument = "studies",
    flow: Annotated[
        bool, typer.Option("--flow", help="The PRISMA 2020 flow diagram (-o draws it to a file).")
    ] = False,
) -> int:
    """Apply the criteria of review.yaml to every study."""
    from rupmeta.cli.io import emit, emit_json, emit_notes
    from rupmeta.lint import read_sound_folder
    from rupmeta.render.screening import flow_table, screen_answer, screen_screen, screen_table
    from rupmeta.render.writers.delimited import to_csv
    from rupmeta.screen.flow import count_flow
    from rupmeta.screen.screening import screen_studies

    form = output.form_beside_drawing if flow else output.form
    folder = read_sound_folder(studies)
    screening = screen_studies(folder)
    counts = count_flow(folder, screening)
    answer = screen_answer(folder, screening, counts)
    if form == "json":
        emit_json("screen", folder, answer, counts.notes, output)
        return 0
    if form == "csv":
        emit(to_csv(flow_table(answer) if flow else screen_table(answer)), output)
        return 0
    if flow:
        draw_flow(answer, output)
    else:
        emit(screen_screen(answer, color=output.bold), output)
    emit_notes(counts.notes, output)
    return 0


def draw_flow(answer: dict[str, Any], output: OutputOptions) -> None:
    """The PRISMA 2020 diagram as text, or drawn to the file that ``-o`` names."""
    from rupmeta.cli.io import emit, write_drawn
    from rupmeta.render.drawing.draw import draw_data
    from rupmeta.render.figures.looks import Look
    from rupmeta.render.screening import prisma_data

    drawn = draw_data("prisma", prisma_data(answer), Look())
    if output.output == "-":
        emit(drawn.layout.text, output)
    else:
        write_drawn(drawn, output.output, output)
