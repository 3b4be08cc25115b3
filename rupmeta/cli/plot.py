"""``rupmeta plot``: one figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rupmeta.cli.options import ModelOptions, OutputOptions, StudiesArgument

if TYPE_CHECKING:
    from rupmeta.pipeline.specification import Overrides
    from rupmeta.read.folder import Folder

__all__ = ["plot"]


def plot(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="forest, funnel, prisma …")],
    model: ModelOptions,
    output: OutputOptions,
    studies: StudiesArgument = "studies",
    new: Annotated[
        str | None, typer.Argument(metavar="NEW", help="With diff: the later state.", show_default=False)
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Subgroups of a forest plot; the number of a bubble plot."),
    ] = None,
    text: Annotated[bool, typer.Option("--text", help="Only print the figure as text.")] = False,
    palette: Annotated[
        str | None, typer.Option(metavar="NAME", help="okabe-ito, cochrane or mono.", show_default="layout")
    ] = None,
    layout: Annotated[str, typer.Option(metavar="NAME", help="apa, revman, bmj or jama.")] = "apa",
    sort: Annotated[
        str, typer.Option(metavar="NAME", help="Order of studies: file, year, effect or weight.")
    ] = "file",
    width: Annotated[
        float | None, typer.Option(metavar="POINTS", help="Width of the figure (72 points are an inch).")
    ] = None,
) -> int:
    """Draw a figure to SVG, PNG or PDF (-o FILE); without -o print it as text and write an SVG here."""
    import sys
    from dataclasses import replace
    from pathlib import Path

    from rupmeta.cli.io import emit_json, emit_notes, overrides_of
    from rupmeta.errors import UsageError
    from rupmeta.pipeline.load import load_review
    from rupmeta.render.draw import lay_out_figure, order_effects
    from rupmeta.render.figure_answers import along_answer, figure_answer
    from rupmeta.render.figures.write import write_figure

    if kind == "prisma":
        from rupmeta.cli.screen import screen

        return screen(output, studies, flow=True)
    if kind == "diff":
        from rupmeta.cli.diff import plot_diff

        return plot_diff(studies, new, model, output, text=text, palette=palette, layout=layout, width=width)
    if new is not None:
        raise UsageError(f"{kind} is drawn of one folder; only plot diff takes two")
    form = output.form
    folder = load_review(studies)
    overrides = overrides_of(model, folder)
    along = None
    if kind == "bubble":
        if by is None:
            raise UsageError("a bubble plot is drawn along a number; name it, such as --by therapy.sessions")
        along = along_answer(folder, overrides, by)
        kind = "forest" if along is None else kind  # the levels of a category are subgroups
    found = along or figure_answer(kind, folder, overrides)
    answer, levels = found.answer, None
    if by is not None and along is None:
        answer, levels = _subgroups(folder, overrides, by, answer)
    figure = lay_out_figure(
        kind,
        order_effects(answer, sort) if "effects" in answer else answer,
        subject=found.subject,
        by=levels,
        palette=palette,
        journal=layout,
        width=width,
    )
    if form == "json":
        # The object goes to stdout; a file that -o names is the drawing.
        emit_json("plot", folder, figure.as_dict(), found.notes, replace(output, output="-"))
    elif output.output == "-":
        print(figure.layout.text)
    targets = (
        []
        if text or (form == "json" and output.output == "-")
        else [Path(f"{answer['analysis']}-{kind}.svg" if output.output == "-" else output.output)]
    )
    for target in targets:
        if output.output != "-" and target.exists() and not output.force:
            raise UsageError(f"{target} exists; --force overwrites it")
        for written in write_figure(figure.layout, target):
            print(f"wrote {written}", file=sys.stderr)
    if form != "json":
        emit_notes([*figure.layout.notes, *found.notes], output)
    return 0


def _subgroups(
    folder: Folder, overrides: Overrides, by: str, answer: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The levels of ``by``; the rows are those of the subgroup model, in which a sample may be split by
    level.
    """
    from rupmeta.errors import UsageError
    from rupmeta.explore.design import parse_moderator
    from rupmeta.pipeline.analyse import pool_prepared
    from rupmeta.pipeline.regress import moderate_by
    from rupmeta.pipeline.specification import check_field
    from rupmeta.render.answers import pool_answer
    from rupmeta.render.moderator_answers import moderators_answer

    check_field(folder, parse_moderator(by)[0], "--by")
    prepared, moderated, _ = moderate_by(folder, [by], overrides)
    if not moderated.subgroups:
        raise UsageError(
            f"--by {by}: a number has no subgroups; write --by 'C({by})' to take it as categories"
        )
    split = pool_answer(pool_prepared(prepared))
    return {**answer, "effects": split["effects"]}, moderators_answer(prepared, moderated)
