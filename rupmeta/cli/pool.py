"""``rupmeta pool``: one pooled answer, or the same question by other models."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated

import typer

from rupmeta.cli.options import ModelOptions, OutputOptions, StudiesArgument

if TYPE_CHECKING:
    from rupmeta.pipeline.bayes import BayesSettings

__all__ = ["pool"]

_MORE = "Other models"


def pool(
    model: ModelOptions,
    output: OutputOptions,
    studies: StudiesArgument = "studies",
    small_k: Annotated[
        bool,
        typer.Option("--small-k", help="Every method for few studies, and its trust.", rich_help_panel=_MORE),
    ] = False,
    bayes: Annotated[
        bool, typer.Option("--bayes", help="The Bayesian model, by quadrature.", rich_help_panel=_MORE)
    ] = False,
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Moderators, with --bayes or --dependence all; repeats.",
            rich_help_panel=_MORE,
        ),
    ] = None,
    prior_tau: Annotated[
        str, typer.Option(metavar="PRIOR", help="half-normal=.5, half-cauchy=.5, …", rich_help_panel=_MORE)
    ] = "half-normal=.5",
    prior_mu: Annotated[
        str, typer.Option(metavar="PRIOR", help="flat, or normal=MEAN,SD.", rich_help_panel=_MORE)
    ] = "flat",
    prior_slopes: Annotated[
        str, typer.Option(metavar="PRIOR", help="flat, or normal=MEAN,SD.", rich_help_panel=_MORE)
    ] = "flat",
    meaningful: Annotated[
        float | None,
        typer.Option(
            metavar="NUMBER",
            help="Smallest effect of interest, as r or as a ratio.",
            show_default="r = .10",
            rich_help_panel=_MORE,
        ),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(
            metavar="NUMBER", help="Seed of the sign flips that --small-k draws.", rich_help_panel=_MORE
        ),
    ] = 20260101,
) -> int:
    """Pool the effects of one analysis and say what the number does and does not show."""
    from rupmeta.cli.io import emit, emit_json, emit_notes, number_style, overrides_of
    from rupmeta.errors import UsageError
    from rupmeta.pipeline.analyse import synthesise
    from rupmeta.pipeline.load import load_review
    from rupmeta.render.answers import pool_answer

    form = output.form
    every = model.dependence is not None and model.dependence.lower() == "all"
    wanted = {"dependence": every, "small_k": small_k, "bayes": bayes}
    names = [name for name, asked in wanted.items() if asked]
    if by and not (every or bayes):
        raise UsageError("--by goes with --bayes or --dependence all; rupmeta moderators does the rest")
    if form == "csv" and len(names) > 1:
        raise UsageError("--format csv holds one table: ask for one model at a time")
    folder = load_review(studies)
    overrides = overrides_of(dataclasses.replace(model, dependence=None) if every else model, folder)
    parts = []
    if names:
        from rupmeta.pipeline.specification import check_field
        from rupmeta.render.pooled.parts import PARTS, Asked

        for name in by or ():
            check_field(folder, name.removeprefix("C(").removesuffix(")"), "--by")
        settings = _settings(prior_tau, prior_mu, prior_slopes, meaningful, by)
        parts = [PARTS[name](Asked(folder, overrides, settings, seed)) for name in names]
    synthesis = synthesise(folder, overrides)
    answer = pool_answer(synthesis)
    found = [part.notes for part in parts] or [synthesis.notes]
    notes = list(dict.fromkeys(note for some in found for note in some))
    if form == "json":
        answer |= {key: value for part in parts for key, value in part.answer.items()}
        emit_json("pool", folder, answer, notes, output)
        return 0
    style = number_style()
    if form == "csv":
        from rupmeta.render.results_tables import studies_table
        from rupmeta.render.writers.delimited import to_csv

        emit(to_csv(parts[0].table(style) if parts else studies_table(answer)), output)
        return 0
    from rupmeta.render.screens import pool_screen

    subject = synthesis.prepared.subject
    screens = [part.screen(style, output.bold) for part in parts]
    emit("\n\n\n".join(screens or [pool_screen(answer, subject, style, color=output.bold)]), output)
    emit_notes(notes, output)
    return 0


def _settings(
    tau: str, mu: str, slopes: str, meaningful: float | None, by: list[str] | None
) -> BayesSettings:
    from rupmeta.pipeline.bayes import BayesSettings, parse_normal_prior, parse_tau_prior

    return BayesSettings(
        parse_tau_prior(tau),
        parse_normal_prior(mu, "prior-mu"),
        parse_normal_prior(slopes, "prior-slopes"),
        meaningful,
        tuple(by or ()),
    )
