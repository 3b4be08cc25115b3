"""``rupmeta bias``: small-study effects and selection."""

from __future__ import annotations

from typing import Annotated

import typer

from rupmeta.cli.options import ModelOptions, OutputOptions, StudiesArgument

__all__ = ["bias"]


def bias(
    model: ModelOptions,
    output: OutputOptions,
    studies: StudiesArgument = "studies",
    egger_model: Annotated[str, typer.Option(metavar="NAME", help="Egger's regression: lm or rma.")] = "lm",
    egger_predictor: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="sei, vi or sqrtninv.", show_default="by measure"),
    ] = None,
    trim_estimator: Annotated[str, typer.Option(metavar="NAME", help="Trim and fill: L0, R0 or Q0.")] = "L0",
    selection: Annotated[
        str, typer.Option(metavar="NAME", help="Selection model shown in full: step or beta.")
    ] = "step",
    steps: Annotated[
        str, typer.Option(metavar="P,…", help="One-sided p values at which the step function changes.")
    ] = ".025",
    orwin_target: Annotated[
        float | None,
        typer.Option(metavar="NUMBER", help="Effect on the analysis scale.", show_default="r = .10"),
    ] = None,
) -> int:
    """Ask what may be missing: asymmetry, selection, and the answer under every adjustment.

    Effects of one sample are aggregated first. With fewer than 10 effects there are numbers and no verdicts,
    with fewer than 3 there are none.
    """
    from rupmeta.cli.io import emit, emit_json, emit_notes, number_style, overrides_of
    from rupmeta.pipeline.bias import assess_review, choose_options
    from rupmeta.pipeline.load import load_review
    from rupmeta.render.bias.answer import bias_answer

    form = output.form
    options = choose_options(
        egger_model=egger_model,
        egger_predictor=egger_predictor,
        trim_estimator=trim_estimator,
        selection=selection,
        steps=steps,
        orwin_target=orwin_target,
    )
    folder = load_review(studies)
    assessed = assess_review(folder, overrides_of(model, folder), options)
    answer = bias_answer(assessed)
    if form == "json":
        emit_json("bias", folder, answer, assessed.notes, output)
        return 0
    if form == "csv":
        from rupmeta.render.bias.tables import comparison_table
        from rupmeta.render.writers.delimited import to_csv

        emit(to_csv(comparison_table(answer)), output)
        return 0
    from rupmeta.render.bias.screen import bias_screen

    emit(bias_screen(answer, number_style(), color=output.bold), output)
    emit_notes(assessed.notes, output)
    return 0
