"""``rupmeta plot``: one figure."""

from __future__ import annotations

from typing import Annotated

import typer

from rupmeta.cli.options import ComputeOptions, ModelOptions, OutputOptions, StudiesArgument

__all__ = ["plot"]

_RATINGS = "Session ratings (sessions, rule-agreement, false-positives, rule-grid)"


def plot(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Which figure, one of those above.")],
    model: ModelOptions,
    output: OutputOptions,
    compute: ComputeOptions,
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
        str | None,
        typer.Option(metavar="WIDTH", help="Points, 90mm, 3.5in; or a column: single, middle, double."),
    ] = None,
    digits: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Decimals of all numbers but p.")
    ] = None,
    dpi: Annotated[
        int, typer.Option(metavar="NUMBER", min=36, max=2400, help="Dots per inch of a PNG.")
    ] = 300,
    svg_text: Annotated[
        bool, typer.Option("--svg-text", help="Keep text in an SVG as text, to be edited.")
    ] = False,
    client: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="sessions: this client alone.", rich_help_panel=_RATINGS),
    ] = None,
    study: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="The study whose raw route is drawn (default: the first).",
            rich_help_panel=_RATINGS,
        ),
    ] = None,
    rule: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Rule of detect, or all.", rich_help_panel=_RATINGS),
    ] = None,
    scale: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="WAI-SR,reliability=.92,sd=.60 …", rich_help_panel=_RATINGS),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Any other key of detect: window=5; repeats.",
            rich_help_panel=_RATINGS,
        ),
    ] = None,
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="The ratings are invented; say so.", rich_help_panel=_RATINGS)
    ] = False,
) -> int:
    """Draw a figure to SVG, PNG or PDF (-o FILE); without -o print it as text and write an SVG here.

    KIND is one of: forest, funnel, bubble, orchard, drapery, radial, labbe (effects); leave-one-out,
    cumulative, influence, baujat, gosh, confounding (stability); adjustments, p-curve (bias); specification
    (multiverse); prior-posterior, profile (models); rob, rob-summary, prisma, power, diff; sessions,
    rule-agreement, false-positives, rule-grid (session ratings).
    """
    from rupmeta.cli.io import overrides_of, show_drawn
    from rupmeta.errors import UsageError
    from rupmeta.pipeline.load import load_review
    from rupmeta.render.drawing.requests import request_figure
    from rupmeta.render.figures.looks import width_points
    from rupmeta.render.sensitivity.part import Settings

    if kind == "prisma":
        from rupmeta.cli.screen import screen

        return screen(output, studies, flow=True)
    points = width_points(width)
    if kind == "diff":
        from rupmeta.cli.diff import plot_diff

        return plot_diff(studies, new, model, output, text=text, palette=palette, layout=layout, width=points)
    if kind == "power":
        from rupmeta.cli.power import plot_power

        return plot_power(studies, model, output, text=text, palette=palette, layout=layout, width=points)
    if kind in ("sessions", "rule-agreement", "false-positives", "rule-grid"):
        from rupmeta.cli.plot_sessions import plot_sessions
        from rupmeta.render.drawing.draw import choose_look

        return plot_sessions(
            kind, studies, output, rule=rule, scale=scale, settings=settings, study=study, client=client,
            synthetic=synthetic, text=text,
            look=choose_look(palette=palette, journal=layout, width=points, digits=digits),
        )  # fmt: skip
    if any((client, study, rule, scale, settings, synthetic)):
        raise UsageError("--client, --study, --rule, --scale, --set and --synthetic go with session ratings")
    if new is not None:
        raise UsageError(f"{kind} is drawn of one folder; only plot diff takes two")
    folder = load_review(studies)
    overrides = overrides_of(model, folder)
    figure, name, notes = request_figure(
        kind,
        folder,
        overrides,
        by=by,
        rob=rob,
        sort=sort,
        palette=palette,
        journal=layout,
        width=points,
        digits=digits,
        settings=Settings(seed=compute.seed, jobs=compute.jobs, dask=compute.dask),
    )
    stem = f"{name}-{figure.kind}"
    return show_drawn(figure, folder.inputs, notes, output, text=text, stem=stem, svg_text=svg_text, dpi=dpi)
