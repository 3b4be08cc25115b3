"""``rupmeta multiverse``: every defensible specification."""

from __future__ import annotations

from typing import Annotated

import typer

from rupmeta.cli.options import ComputeOptions, ModelOptions, OutputOptions, StudiesArgument

__all__ = ["multiverse"]


def multiverse(
    model: ModelOptions,
    compute: ComputeOptions,
    output: OutputOptions,
    studies: StudiesArgument = "studies",
    permute: Annotated[
        int, typer.Option(metavar="NUMBER", help="Sign flips that test the whole curve; 0 for none.")
    ] = 500,
) -> int:
    """Run an analysis under every combination of its defensible choices.

    The choices stand under `multiverse` in review.yaml; without them the tool's own set is used.
    rupmeta plot specification draws the curve.
    """
    from rupmeta.cli.io import emit, emit_json, emit_notes, number_style, overrides_of
    from rupmeta.errors import UsageError
    from rupmeta.pipeline.load import load_review
    from rupmeta.pipeline.multiverse import run_multiverse
    from rupmeta.render.multiverse.answer import multiverse_answer

    form = output.form
    if permute < 0:
        raise UsageError(f"--permute {permute}: a number of sign flips, or 0")
    folder = load_review(studies)
    found = run_multiverse(
        folder,
        overrides_of(model, folder),
        permute=permute,
        seed=compute.seed,
        jobs=compute.jobs,
        dask=compute.dask,
    )
    answer = multiverse_answer(found)
    if form == "json":
        emit_json("multiverse", folder, answer, found.notes, output)
        return 0
    if form == "csv":
        from rupmeta.render.multiverse.words import specifications_table
        from rupmeta.render.writers.delimited import to_csv

        emit(to_csv(specifications_table(answer)), output)
        return 0
    from rupmeta.render.multiverse.words import multiverse_screen

    emit(multiverse_screen(answer, number_style(), color=output.bold), output)
    emit_notes(found.notes, output)
    return 0
