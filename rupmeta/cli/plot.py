"""``rupmeta plot``: one figure."""

from __future__ import annotations

from typing import Annotated

import typer

from rupmeta.cli.options import ModelOptions, OutputOptions, StudiesArgument

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
    rob: Annotated[bool, typer.Option("--rob", help="Columns of risk of bias beside a forest plot.")] = False,
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
    from rupmeta.render.figure_requests import request_figure
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
    figure, name, notes = request_figure(
        kind, folder, overrides, by=by, rob=rob, sort=sort, palette=palette, journal=layout, width=width
    )
    if form == "json":
        # The object goes to stdout; a file that -o names is the drawing.
        emit_json("plot", folder, figure.as_dict(), notes, replace(output, output="-"))
    elif output.output == "-":
        print(figure.layout.text)
    targets = (
        []
        if text or (form == "json" and output.output == "-")
        else [Path(f"{name}-{figure.kind}.svg" if output.output == "-" else output.output)]
    )
    for target in targets:
        if output.output != "-" and target.exists() and not output.force:
            raise UsageError(f"{target} exists; --force overwrites it")
        for written in write_figure(figure.layout, target):
            print(f"wrote {written}", file=sys.stderr)
    if form != "json":
        emit_notes([*figure.layout.notes, *notes], output)
    return 0
