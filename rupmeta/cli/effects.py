"""``rupmeta effects``: one row per effect, and every route to it."""

from __future__ import annotations

from typing import Annotated

import typer

from rupmeta.cli.options import ModelOptions, OutputOptions, StudiesArgument

__all__ = ["effects"]


def effects(
    model: ModelOptions,
    output: OutputOptions,
    studies: StudiesArgument = "studies",
    routes: Annotated[
        bool, typer.Option("--routes", help="Show every reported route and how far they agree.")
    ] = False,
) -> int:
    """Compute the effect sizes: the route used, the formula with its numbers, yi and vi."""
    from rupmeta.cli.io import emit, emit_json, emit_notes, number_style, overrides_of
    from rupmeta.effects.notes import effect_notes
    from rupmeta.pipeline.analyse import prepare_effects, unique
    from rupmeta.pipeline.load import load_review
    from rupmeta.render.answers import effects_answer
    from rupmeta.render.results_tables import effects_table, routes_table
    from rupmeta.render.screens import effects_screen, routes_screen
    from rupmeta.render.writers.delimited import to_csv

    form = output.form
    folder = load_review(studies)
    prepared = prepare_effects(folder, overrides_of(model, folder), refuse=False)
    spec = prepared.specification
    answer = effects_answer(prepared)
    notes = unique(
        [*prepared.notes, *effect_notes(prepared.effects, analysis=spec.analysis, approach=spec.approach)]
    )
    if form == "json":
        emit_json("effects", folder, answer, notes, output)
        return 0
    style = number_style()
    if form == "csv":
        emit(to_csv(routes_table(answer) if routes else effects_table(answer, style)), output)
        return 0
    screen = routes_screen if routes else effects_screen
    emit(screen(answer, style, color=output.bold), output)
    emit_notes(notes, output)
    return 0
