"""``rupmeta moderators``: subgroups and meta-regression."""

from __future__ import annotations

from typing import Annotated

import typer

from rupmeta.cli.options import ModelOptions, OutputOptions, StudiesArgument

__all__ = ["moderators"]


def moderators(
    model: ModelOptions,
    output: OutputOptions,
    studies: StudiesArgument = "studies",
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A moderator; repeats for a joint model. C(name): categories."),
    ] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=LEVEL", help="Reference level of a category; repeats."),
    ] = None,
) -> int:
    """Ask whether the effect differs between kinds of studies.

    Without --by every moderator that review.yaml declares is tried, one model each.
    """
    from rupmeta.cli.io import emit, emit_json, emit_notes, number_style, overrides_of, parse_pairs
    from rupmeta.errors import UsageError
    from rupmeta.pipeline.load import load_review
    from rupmeta.pipeline.regress import moderate_all, moderate_by
    from rupmeta.pipeline.specification import check_field
    from rupmeta.render.answers import moderators_answer, planned_answer
    from rupmeta.render.results_tables import coefficients_table
    from rupmeta.render.screens import moderators_screen, planned_screen, planned_table
    from rupmeta.render.writers.delimited import to_csv

    form = output.form
    folder = load_review(studies)
    overrides = overrides_of(model, folder)
    if not by:
        planned = moderate_all(folder, overrides)
        planned_result = planned_answer(planned)
        if form == "json":
            emit_json("moderators", folder, planned_result, planned.notes, output)
            return 0
        table = planned_table(planned_result, number_style())
        emit(
            to_csv(table)
            if form == "csv"
            else planned_screen(planned_result, number_style(), color=output.bold),
            output,
        )
        if form == "table":
            emit_notes(planned.notes, output)
        return 0
    from rupmeta.explore.design import parse_moderator

    for name in by:
        check_field(folder, parse_moderator(name)[0], "--by")
    try:
        prepared, moderated, notes = moderate_by(
            folder, by, overrides, reference=dict(parse_pairs(reference, "reference"))
        )
    except ValueError as error:
        raise UsageError(f"--reference: {error}") from error
    answer = moderators_answer(prepared, moderated)
    if form == "json":
        emit_json("moderators", folder, answer, notes, output)
        return 0
    if form == "csv":
        emit(to_csv(coefficients_table(answer)), output)
        return 0
    emit(moderators_screen(answer, number_style(), color=output.bold), output)
    emit_notes(notes, output)
    return 0
