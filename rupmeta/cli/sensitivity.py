"""``rupmeta sensitivity``: the same question asked in other defensible ways."""

from __future__ import annotations

from typing import Annotated

import typer

from rupmeta.cli.options import ComputeOptions, ModelOptions, OutputOptions, StudiesArgument

__all__ = ["sensitivity"]


def sensitivity(
    model: ModelOptions,
    compute: ComputeOptions,
    output: OutputOptions,
    studies: StudiesArgument = "studies",
    conversions: Annotated[
        bool, typer.Option("--conversions", help="Pool again under every other conversion and route.")
    ] = False,
    fragility: Annotated[
        bool, typer.Option("--fragility", help="The smallest change that turns the conclusion.")
    ] = False,
    outliers: Annotated[
        bool, typer.Option("--outliers", help="Models in which an outlying study counts less.")
    ] = False,
    confounding: Annotated[
        bool, typer.Option("--confounding", help="How strong unmeasured confounding would have to be.")
    ] = False,
    smallest: Annotated[
        float, typer.Option(metavar="R", help="Smallest correlation of interest, for --confounding.")
    ] = 0.10,
) -> int:
    """Ask how far the pooled answer depends on choices that could have been made otherwise."""
    from rupmeta.cli.io import emit, emit_json, emit_notes, number_style, overrides_of
    from rupmeta.errors import UsageError
    from rupmeta.pipeline.load import load_review
    from rupmeta.render.sensitivity_parts import PARTS, Settings

    asked = {
        "conversions": conversions,
        "fragility": fragility,
        "outliers": outliers,
        "confounding": confounding,
    }
    chosen = [name for name, wanted in asked.items() if wanted]
    if not chosen:
        raise UsageError(f"name what is asked: {', '.join(f'--{name}' for name in asked)}")
    form = output.form
    if form == "csv" and len(chosen) > 1:
        raise UsageError("--format csv holds one table: ask for one analysis at a time")
    folder = load_review(studies)
    overrides, settings = overrides_of(model, folder), Settings(smallest, compute.seed)
    parts = [PARTS[name](folder, overrides, settings) for name in chosen]
    notes = list(dict.fromkeys(note for part in parts for note in part.notes))
    if form == "json":
        answer = {key: value for part in parts for key, value in part.answer.items()}
        emit_json("sensitivity", folder, answer, notes, output)
        return 0
    style = number_style()
    if form == "csv":
        from rupmeta.render.writers.delimited import to_csv

        emit(to_csv(parts[0].table(style)), output)
        return 0
    emit("\n\n\n".join(part.screen(style, output.bold) for part in parts), output)
    emit_notes(notes, output)
    return 0
