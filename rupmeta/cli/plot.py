"""``rupmeta plot``: one figure."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Annotated

import typer

from rupmeta.cli.io import Form
from rupmeta.cli.options import ComputeOptions, ModelOptions, OutputOptions, StudiesArgument

if TYPE_CHECKING:
    from rupmeta.render.figures.kinds import Option

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
        str | None,
        typer.Option(
            metavar="NAME", help="Order of rows: file, year, effect or weight.", show_default="file"
        ),
    ] = None,
    rob: Annotated[bool, typer.Option("--rob", help="Columns of risk of bias beside a forest plot.")] = False,
    width: Annotated[
        str | None,
        typer.Option(metavar="WIDTH", help="Points, 90mm, 3.5in; or a column: single, middle, double."),
    ] = None,
    digits: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Decimals of all numbers but p.")
    ] = None,
    dpi: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", min=36, max=2400, help="Dots per inch of a PNG.", show_default="300"),
    ] = None,
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
    from rupmeta.cli.io import drawn_file, overrides_of, show_drawn
    from rupmeta.pipeline.load import load_review
    from rupmeta.render.drawing.draw import choose_look
    from rupmeta.render.drawing.options import refuse_idle, refuse_idle_form
    from rupmeta.render.drawing.requests import request_figure
    from rupmeta.render.figures.looks import width_points
    from rupmeta.render.sensitivity.part import Settings

    asked: tuple[tuple[Option, str, object], ...] = (
        ("by", "--by", by), ("sort", "--sort", sort), ("rob", "--rob", rob), ("digits", "--digits", digits),
        ("new", f"the folder {new}", new), ("client", "--client", client), ("ratings", "--study", study),
        ("ratings", "--rule", rule), ("ratings", "--scale", scale), ("ratings", "--set", settings),
        ("ratings", "--synthetic", synthetic),
    )  # fmt: skip
    given = [(option, written) for option, written, value in asked if value not in (None, False, [])]
    refuse_idle(kind, (*given, *_model_given(model)))
    refuse_idle_form(drawn_file(output, text=text), palette=palette, dpi=dpi, svg_text=svg_text, text=text)
    form = Form(text=text, svg_text=svg_text, dpi=dpi)
    points = width_points(width)
    look = choose_look(palette=palette, journal=layout, width=points, digits=digits)
    if kind == "diff":
        from rupmeta.cli.diff import plot_diff

        return plot_diff(studies, new, model, output, form=form, look=look)
    if kind == "power":
        from rupmeta.cli.power import plot_power

        return plot_power(studies, model, output, form=form, look=look)
    if kind in ("sessions", "rule-agreement", "false-positives", "rule-grid"):
        from rupmeta.cli.plot_sessions import plot_sessions

        return plot_sessions(
            kind, studies, output, rule=rule, scale=scale, settings=settings, study=study, client=client,
            synthetic=synthetic, seed=compute.seed, form=form, look=look,
        )  # fmt: skip
    folder = load_review(studies)
    figure, _, notes = request_figure(
        kind,
        folder,
        overrides_of(model, folder),
        by=by,
        rob=rob,
        sort=sort,
        palette=palette,
        journal=layout,
        width=points,
        digits=digits,
        settings=Settings(seed=compute.seed, jobs=compute.jobs, dask=compute.dask),
    )
    return show_drawn(figure, folder.inputs, notes, output, form=form)


def _model_given(model: ModelOptions) -> list[tuple[Option, str]]:
    """The options of the model that were given, as they were written."""
    return [
        ("model", f"--{field.name.replace('_', '-')}")
        for field in fields(model)
        if getattr(model, field.name) not in (None, False, [])
    ]
