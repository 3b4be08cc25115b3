"""``rupmeta sensitivity``: the same question asked in other defensible ways."""

from __future__ import annotations

from typing import Annotated

import typer

from rupmeta.cli.options import ModelOptions, OutputOptions, StudiesArgument

__all__ = ["sensitivity"]


def sensitivity(
    model: ModelOptions,
    output: OutputOptions,
    studies: StudiesArgument = "studies",
    conversions: Annotated[
        bool, typer.Option("--conversions", help="Pool again under every other conversion and route.")
    ] = False,
) -> int:
    """Ask how far the pooled answer depends on choices that could have been made otherwise."""
    from rupmeta.cli.io import emit, emit_json, emit_notes, number_style, overrides_of
    from rupmeta.errors import UsageError
    from rupmeta.pipeline.load import load_review
    from rupmeta.pipeline.reconvert import reconvert
    from rupmeta.render.reconversion_answer import (
        conversions_answer,
        conversions_screen,
        conversions_table,
    )

    if not conversions:
        raise UsageError("name what is varied: --conversions")
    form = output.form
    folder = load_review(studies)
    found = reconvert(folder, overrides_of(model, folder))
    answer = conversions_answer(found)
    if form == "json":
        emit_json("sensitivity", folder, answer, found.notes, output)
        return 0
    style = number_style()
    if form == "csv":
        from rupmeta.render.writers.delimited import to_csv

        emit(to_csv(conversions_table(answer, style)), output)
        return 0
    emit(conversions_screen(answer, style, color=output.bold), output)
    emit_notes(found.notes, output)
    return 0
