"""``rupmeta screen``: who is in, who is out and why."""

from __future__ import annotations

from typing import Annotated

import typer

from rupmeta.cli.options import OutputOptions, StudiesArgument

__all__ = ["screen"]


def screen(
    output: OutputOptions,
    studies: StudiesArgument = "studies",
    flow: Annotated[bool, typer.Option("--flow", help="The counts of the PRISMA 2020 diagram.")] = False,
) -> int:
    """Apply the criteria of review.yaml to every study."""
    from rupmeta.cli.io import emit, emit_json, emit_notes
    from rupmeta.lint import read_sound_folder
    from rupmeta.render.screening import flow_table, screen_answer, screen_screen, screen_table
    from rupmeta.render.writers.delimited import to_csv
    from rupmeta.render.writers.terminal import render_table
    from rupmeta.screen.flow import count_flow
    from rupmeta.screen.screening import screen_studies

    form = output.form
    folder = read_sound_folder(studies)
    screening = screen_studies(folder)
    counts = count_flow(folder, screening)
    answer = screen_answer(folder, screening, counts)
    if form == "json":
        emit_json("screen", folder, answer, counts.notes, output)
        return 0
    table = flow_table(answer) if flow else screen_table(answer)
    if form == "csv":
        emit(to_csv(table), output)
        return 0
    emit(render_table(table, bold=output.bold) if flow else screen_screen(answer, color=output.bold), output)
    emit_notes(counts.notes, output)
    return 0
