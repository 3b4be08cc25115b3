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
    leave_one_out: Annotated[
        bool, typer.Option("--leave-one-out", help="The answer without each sample.")
    ] = False,
    cumulative: Annotated[bool, typer.Option("--cumulative", help="The answer as samples join.")] = False,
    influence: Annotated[bool, typer.Option("--influence", help="Which effects pull the answer.")] = False,
    estimators: Annotated[
        bool, typer.Option("--estimators", help="Every estimator of tau² with every test.")
    ] = False,
    gosh: Annotated[bool, typer.Option("--gosh", help="The answer in all subsets of samples.")] = False,
    bootstrap: Annotated[
        int, typer.Option(metavar="DRAWS", help="Draw the samples again so many times.")
    ] = 0,
    order: Annotated[
        str, typer.Option(metavar="NAME", help="Order of joining: file, year or precision.")
    ] = "year",
    unit: Annotated[
        str, typer.Option(metavar="NAME", help="What is left out one by one: sample or study.")
    ] = "sample",
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
    """Ask how far the pooled answer depends on single studies and on choices that could be otherwise.

    Without a choice: leave-one-out, cumulative, influence, and estimators side by side.
    """
    from rupmeta.cli.io import emit, emit_json, emit_notes, number_style, overrides_of
    from rupmeta.errors import UsageError
    from rupmeta.pipeline.load import load_review
    from rupmeta.render.sensitivity.part import Settings
    from rupmeta.render.sensitivity.parts import join_screens, run_parts

    asked = {
        "leave_one_out": leave_one_out,
        "cumulative": cumulative,
        "influence": influence,
        "estimators": estimators,
        "gosh": gosh,
        "bootstrap": bool(bootstrap),
        "conversions": conversions,
        "fragility": fragility,
        "outliers": outliers,
        "confounding": confounding,
    }
    chosen = [name for name, wanted in asked.items() if wanted]
    form = output.form
    if form == "csv" and len(chosen) != 1:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in asked)
        raise UsageError(f"--format csv holds one table: ask for one analysis at a time ({options})")
    folder = load_review(studies)
    settings = Settings(smallest, compute.seed, order, unit, bootstrap, compute.jobs, compute.dask)
    parts, notes = run_parts(chosen, folder, overrides_of(model, folder), settings)
    if form == "json":
        answer = {key: value for part in parts for key, value in part.answer.items()}
        emit_json("sensitivity", folder, answer, notes, output)
        return 0
    style = number_style()
    if form == "csv":
        from rupmeta.render.writers.delimited import to_csv

        emit(to_csv(parts[0].table(style)), output)
        return 0
    emit(join_screens([part.screen(style, output.bold) for part in parts]), output)
    emit_notes(notes, output)
    return 0
