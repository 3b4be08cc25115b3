"""``rupmeta diff``: two states of a review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rupmeta.cli.options import ModelOptions, OutputOptions

if TYPE_CHECKING:
    from rupmeta.cli.io import Form
    from rupmeta.pipeline.diff.run import Diff
    from rupmeta.pipeline.diff.sides import Side
    from rupmeta.render.figures.looks import Look

__all__ = ["diff", "plot_diff"]


def diff(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="A folder, REV:folder of git, or a results.json.")
    ],
    model: ModelOptions,
    output: OutputOptions,
    new: Annotated[
        str, typer.Argument(metavar="NEW", help="The same, of the later state.", show_default="studies/")
    ] = "studies",
    figure: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Draw the steps to an svg, png, pdf or txt file."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when anything differs.")] = False,
) -> int:
    """Say what changed between two states of a review, and split the change of every answer among the causes.

    Changes are applied in a fixed order: method, criteria, studies removed, edited, added. The shares add up
    exactly. --format markdown writes a page for a living review.
    """
    from rupmeta.cli.io import emit, emit_notes, number_style
    from rupmeta.pipeline.diff.sides import open_sides
    from rupmeta.render.diff.answer import diff_answer

    page = output.format is None and output.output.endswith(".md")
    markdown = (output.format == "markdown" or page) and not output.json
    form = "markdown" if markdown else output.form
    with open_sides(old, new) as sides:
        found = _run(sides, model)
        answer = diff_answer(found)
    if form == "json":
        _emit_json(found, answer, output)
    elif form == "csv":
        from rupmeta.render.diff.document import shares_table
        from rupmeta.render.writers.delimited import to_csv

        emit(to_csv(shares_table(answer)), output)
    else:
        from rupmeta.render.diff.document import diff_document

        if markdown:
            from rupmeta.render.writers.document_markdown import document_to_markdown

            emit(document_to_markdown(diff_document(answer, found.notes)), output)
        else:
            from rupmeta.render.writers.document_text import document_to_text

            style = number_style()
            document = diff_document(answer, found.notes, style)
            emit(document_to_text(document, style, bold=output.bold), output)
            emit_notes(found.notes, output)
    if figure is not None:
        from rupmeta.cli.io import write_drawn
        from rupmeta.render.diff.figure import draw_diff

        write_drawn(draw_diff(answer), figure, output)
    return int(strict and found.differs)


def _run(sides: tuple[Side, Side], model: ModelOptions) -> Diff:
    from rupmeta.cli.io import overrides_of
    from rupmeta.pipeline.diff.run import run_diff
    from rupmeta.pipeline.specification import Overrides

    folder = next((side.folder for side in reversed(sides) if side.folder is not None), None)
    overrides = Overrides(analysis=model.analysis) if folder is None else overrides_of(model, folder)
    return run_diff(*sides, overrides)


def _emit_json(found: Diff, answer: dict[str, Any], output: OutputOptions) -> None:
    from rupmeta.cli.io import emit
    from rupmeta.render.envelope import canonical_json, envelope

    inputs = dict.fromkeys((*found.old.inputs, *found.new.inputs))
    emit(canonical_json(envelope("diff", inputs, answer, found.notes)), output)


def plot_diff(
    old: str,
    new: str | None,
    model: ModelOptions,
    output: OutputOptions,
    *,
    form: Form,
    look: Look,
) -> int:
    """``rupmeta plot diff OLD NEW``: the way from one answer to the next as a figure."""
    from rupmeta.cli.io import show_drawn
    from rupmeta.errors import UsageError
    from rupmeta.pipeline.diff.sides import open_sides
    from rupmeta.render.diff.answer import diff_answer
    from rupmeta.render.diff.figure import draw_diff

    if new is None:
        raise UsageError("plot diff compares two states; write rupmeta plot diff OLD NEW")
    with open_sides(old, new) as sides:
        found = _run(sides, model)
        drawn = draw_diff(diff_answer(found), look)
    inputs = dict.fromkeys((*found.old.inputs, *found.new.inputs))
    return show_drawn(drawn, inputs, found.notes, output, form=form)
