"""``rupmeta power``: what a meta-analysis, or its update, could show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from rupmeta.cli.options import ModelOptions, OutputOptions, StudiesArgument

if TYPE_CHECKING:
    from rupmeta.cli.io import Form
    from rupmeta.pipeline.power.records import Asked, PowerResult
    from rupmeta.read.folder import InputFile
    from rupmeta.render.figures.looks import Look

__all__ = ["plot_power", "power"]

_PLAN = "Plan"


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What is planned; an update takes from the review what is not given."""

    k: Annotated[
        int | None,
        typer.Option("--k", metavar="NUMBER", help="Plan so many studies, no review.", rich_help_panel=_PLAN),
    ] = None
    add: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBERS", help="Add so many studies to the review: 2,5,10.", rich_help_panel=_PLAN
        ),
    ] = None
    n: Annotated[
        str | None,
        typer.Option(
            "--n", metavar="NUMBERS", help="People in a study; several in turn: 40,80.", rich_help_panel=_PLAN
        ),
    ] = None
    r: Annotated[
        float | None,
        typer.Option("--r", metavar="NUMBER", help="True mean correlation.", rich_help_panel=_PLAN),
    ] = None
    d: Annotated[
        float | None,
        typer.Option("--d", metavar="NUMBER", help="True mean d, instead.", rich_help_panel=_PLAN),
    ] = None
    tau2: Annotated[
        float | None,
        typer.Option(
            metavar="NUMBER", help="Variance of true effects, analysis scale.", rich_help_panel=_PLAN
        ),
    ] = None
    i2: Annotated[
        float | None,
        typer.Option(
            "--I2", metavar="PERCENT", help="Heterogeneity, instead of --tau2.", rich_help_panel=_PLAN
        ),
    ] = None
    smallest: Annotated[
        float | None,
        typer.Option(
            metavar="NUMBER", help="Smallest effect of interest, r (with --d: d).", rich_help_panel=_PLAN
        ),
    ] = None
    width: Annotated[
        float | None,
        typer.Option(metavar="NUMBER", help="Wanted half-width, analysis scale.", rich_help_panel=_PLAN),
    ] = None
    levels: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="True r (or d) in two subgroups.", rich_help_panel=_PLAN),
    ] = None
    split: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", help="Studies in the first subgroup: half.", rich_help_panel=_PLAN),
    ] = None
    ends: Annotated[
        str | None,
        typer.Option(
            metavar="A,B", help="True r (or d) one SD below and above a number's mean.", rich_help_panel=_PLAN
        ),
    ] = None
    target: Annotated[float, typer.Option(metavar="NUMBER", help="Wanted power.", rich_help_panel=_PLAN)] = (
        0.80
    )
    iterations: Annotated[
        int, typer.Option(metavar="NUMBER", help="Simulated replicates.", rich_help_panel=_PLAN)
    ] = 4_000
    seed: Annotated[
        int, typer.Option(metavar="NUMBER", help="Seed of random numbers.", rich_help_panel=_PLAN)
    ] = 20260101


def power(
    model: ModelOptions,
    plan: PlanOptions,
    output: OutputOptions,
    studies: StudiesArgument = "studies",
    figure: Annotated[
        str | None, typer.Option(metavar="FILE", help="Draw the power curve to svg, png, pdf or txt.")
    ] = None,
) -> int:
    """Power of a planned meta-analysis (--k) or of an update of the review, and how many studies it takes."""
    from rupmeta.cli.io import emit, emit_notes, number_style, write_drawn
    from rupmeta.render.power.answer import power_answer

    as_page = output.format is None and output.output.endswith(".md")
    markdown = (output.format == "markdown" or as_page) and not output.json
    form = "markdown" if markdown else output.form
    found, inputs = _run(model, plan, studies)
    answer = power_answer(found)
    if form == "json":
        from rupmeta.render.envelope import canonical_json, envelope

        emit(canonical_json(envelope("power", inputs, answer, found.notes)), output)
    elif form == "csv":
        from rupmeta.render.power.document import power_table
        from rupmeta.render.writers.delimited import to_csv

        emit(to_csv(power_table(answer)), output)
    else:
        from rupmeta.render.power.document import power_document

        if markdown:
            from rupmeta.render.writers.document_markdown import document_to_markdown

            emit(document_to_markdown(power_document(answer, found.notes)), output)
        else:
            from rupmeta.render.writers.document_text import document_to_text

            style = number_style()
            page = power_document(answer, found.notes, style)
            emit(document_to_text(page, style, bold=output.bold), output)
            emit_notes(found.notes, output)
    if figure is not None:
        from rupmeta.render.power.figure import draw_power

        write_drawn(draw_power(answer), figure, output)
    return 0


def plot_power(
    studies: str,
    model: ModelOptions,
    output: OutputOptions,
    *,
    form: Form,
    look: Look,
) -> int:
    """``rupmeta plot power``: the power curve of an update; ``rupmeta power --figure`` takes every option."""
    from rupmeta.cli.io import show_drawn
    from rupmeta.render.power.answer import power_answer
    from rupmeta.render.power.figure import draw_power

    found, inputs = _run(model, PlanOptions(), studies)
    return show_drawn(draw_power(power_answer(found), look), inputs, found.notes, output, form=form)


def _run(model: ModelOptions, plan: PlanOptions, studies: str) -> tuple[PowerResult, Sequence[InputFile]]:
    from rupmeta.cli.io import overrides_of
    from rupmeta.pipeline.load import load_review
    from rupmeta.pipeline.power.run import plan_power, plan_update
    from rupmeta.pipeline.specification import specify

    _check(plan)
    if plan.k is not None:
        return plan_power(_asked(plan, _planned_measure(model, plan), model)), ()
    folder = load_review(studies)
    overrides = overrides_of(model, folder)
    measure = specify(folder, overrides).measure
    return plan_update(folder, _asked(plan, measure, None), overrides), folder.inputs


def _check(plan: PlanOptions) -> None:
    """What cannot be given together, and numbers outside their range."""
    from rupmeta.errors import UsageError

    for one, other, why in (
        ("r", "d", "the same effect in two units"),
        ("tau2", "i2", "both say how much true effects vary"),
        ("k", "add", "a plan from nothing and an update"),
    ):
        if getattr(plan, one) is not None and getattr(plan, other) is not None:
            names = f"--{one} and --{'I2' if other == 'i2' else other}"
            raise UsageError(f"{names} are {why}; give one" if one == "r" else f"{names}: {why}; give one")
    if plan.k is not None and not 1 <= plan.k <= 2_000:
        raise UsageError(f"--k {plan.k}: plan 1 to 2000 studies")
    if plan.i2 is not None and not 0 <= plan.i2 < 100:
        raise UsageError(f"--I2 {plan.i2:g}: a percentage from 0 to below 100")
    if plan.tau2 is not None and plan.tau2 < 0:
        raise UsageError(f"--tau2 {plan.tau2:g}: a variance is not negative")
    if not 0 < plan.target < 1:
        raise UsageError(f"--target {plan.target:g}: a power lies between 0 and 1; write 0.80")
    if not 100 <= plan.iterations <= 1_000_000:
        raise UsageError(f"--iterations {plan.iterations}: 100 to 1000000")
    if plan.width is not None and plan.width <= 0:
        raise UsageError(f"--width {plan.width:g}: a width is positive")
    if plan.k is None and (plan.levels is not None or plan.ends is not None):
        raise UsageError(
            "--levels and --ends plan moderators of --k studies; rupmeta moderators has the review's"
        )
    if plan.split is not None and plan.levels is None:
        raise UsageError("--split divides the studies between the two --levels")


def _planned_measure(model: ModelOptions, plan: PlanOptions) -> str:
    from rupmeta.errors import UsageError
    from rupmeta.pipeline.power.run import MEASURES

    measure = (model.measure or ("SMD" if plan.d is not None else "ZCOR")).upper()
    if measure not in MEASURES:
        raise UsageError(f"--measure {measure}: a plan is made on {' or '.join(MEASURES)}")
    return measure


def _asked(plan: PlanOptions, measure: str, model: ModelOptions | None) -> Asked:
    """The options on the scale of the measure; ``model`` None: the review says how it pools."""
    from typing import get_args

    from rupmeta.errors import UsageError
    from rupmeta.pipeline.power.records import Asked, on_measure
    from rupmeta.pipeline.specification import choose
    from rupmeta.read.review import Method, TestName

    unit = "d" if plan.d is not None or (plan.r is None and measure == "SMD") else "r"

    def scaled(value: float | None) -> float | None:
        return None if value is None else on_measure(value, unit, measure)

    def pair(text: str | None, option: str) -> tuple[float, float] | None:
        values = _numbers(text, option)
        if not values:
            return None
        if len(values) != 2:
            raise UsageError(f"--{option} {text}: give two numbers, such as --{option} 0.10,0.30")
        return on_measure(values[0], unit, measure), on_measure(values[1], unit, measure)

    add = _numbers(plan.add, "add")
    if any(m < 1 or m != int(m) or m > 2_000 for m in add):
        raise UsageError(f"--add {plan.add}: whole numbers from 1 to 2000")
    settings = (
        {}
        if model is None
        else {
            "method": choose("method", model.method or "REML", get_args(Method)),
            "test": choose("test", model.test or "adhoc", get_args(TestName)),
            "level": _level(model.level),
        }
    )
    return Asked(
        measure=measure,
        effect=scaled(plan.d if plan.d is not None else plan.r),
        n=_numbers(plan.n, "n"),
        k=plan.k,
        add=tuple(int(m) for m in add),
        tau2=plan.tau2,
        I2=None if plan.i2 is None else plan.i2 / 100.0,
        smallest=scaled(plan.smallest),
        width=plan.width,
        power=plan.target,
        levels=pair(plan.levels, "levels"),
        ends=pair(plan.ends, "ends"),
        split=plan.split,
        iterations=plan.iterations,
        seed=plan.seed,
        **settings,  # type: ignore[arg-type]
    )


def _level(level: float | None) -> float:
    from rupmeta.errors import UsageError

    if level is not None and not 0.5 < level < 1:
        raise UsageError(f"--level {level:g}: a level lies between .5 and 1; write 0.95 for 95%")
    return 0.95 if level is None else level


def _numbers(text: str | None, option: str) -> tuple[float, ...]:
    """``40,80`` → (40.0, 80.0); ``UsageError`` says which part is no number."""
    from rupmeta.errors import UsageError
    from rupmeta.read.yaml_files import resolve_plain

    if text is None:
        return ()
    found = [resolve_plain(part.strip()) for part in text.split(",")]
    for part, value in zip(text.split(","), found, strict=True):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UsageError(f"--{option} {text}: {part.strip()!r} is no number; write --{option} 40,80")
    return tuple(float(value) for value in found)
