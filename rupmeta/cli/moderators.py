"""``rupmeta moderators``: subgroups and meta-regression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from rupmeta.cli.options import ComputeOptions, ModelOptions, OutputOptions, StudiesArgument

if TYPE_CHECKING:
    from rupmeta.explore.formula import Formula
    from rupmeta.read.folder import Folder
    from rupmeta.render.tables import Table
    from rupmeta.results import Note

__all__ = ["moderators"]

T = TypeVar("T")

_MODEL = "Which model"
_ASK = "What is asked of it"


def moderators(
    model: ModelOptions,
    output: OutputOptions,
    compute: ComputeOptions,
    studies: StudiesArgument = "studies",
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A moderator; repeats for a joint model. C(name): categories.",
            rich_help_panel=_MODEL,
        ),
    ] = None,
    formula: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help='A formula, such as "~ phase * log(sessions)".', rich_help_panel=_MODEL
        ),
    ] = None,
    all_: Annotated[
        bool,
        typer.Option(
            "--all", help="Every declared moderator, one model each (the default).", rich_help_panel=_MODEL
        ),
    ] = False,
    models: Annotated[
        bool,
        typer.Option(
            "--models", help="All subsets of the moderators, weighed by AICc.", rich_help_panel=_MODEL
        ),
    ] = False,
    overlap: Annotated[
        bool,
        typer.Option(
            "--overlap", help="Which moderators can be told apart, pair by pair.", rich_help_panel=_MODEL
        ),
    ] = False,
    reference: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=LEVEL", help="Reference level of a category; repeats.", rich_help_panel=_MODEL
        ),
    ] = None,
    tau2: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Levels share one tau² (common) or have their own (separate).",
            rich_help_panel=_ASK,
        ),
    ] = "common",
    pairwise: Annotated[
        bool, typer.Option("--pairwise", help="Compare all pairs of levels.", rich_help_panel=_ASK)
    ] = False,
    contrast: Annotated[
        list[str] | None,
        typer.Option(
            metavar="A=1,B=-1",
            help="Weights of levels or coefficients to compare; repeats.",
            rich_help_panel=_ASK,
        ),
    ] = None,
    adjust: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="p values of several tests: holm, bonferroni, hochberg, bh, by, none.",
            rich_help_panel=_ASK,
        ),
    ] = "holm",
    scale: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help="A formula for log tau²: location-scale model.", rich_help_panel=_ASK
        ),
    ] = None,
    residuals: Annotated[
        bool,
        typer.Option("--residuals", help="How each study fits and moves the model.", rich_help_panel=_ASK),
    ] = False,
    permute: Annotated[
        int,
        typer.Option(
            metavar="NUMBER", help="Arrangements of a permutation test; 0: none.", rich_help_panel=_ASK
        ),
    ] = 0,
    resamples: Annotated[
        int,
        typer.Option(
            metavar="NUMBER", help="Resamples for the interval of R²; 0: none.", rich_help_panel=_ASK
        ),
    ] = 1000,
) -> int:
    """Ask whether the effect differs between kinds of studies.

    Without --by or --formula every moderator that review.yaml declares is tried, one model each.
    """
    from rupmeta.cli.io import overrides_of, parse_pairs
    from rupmeta.errors import UsageError, unknown_choice
    from rupmeta.explore.contrasts import ADJUSTMENTS
    from rupmeta.pipeline.load import load_review
    from rupmeta.pipeline.regress import compare_pairs_of, compare_subsets, moderate_all
    from rupmeta.render.moderators import answers, screens, tables

    if adjust not in ADJUSTMENTS:
        raise unknown_choice("--adjust", adjust, ADJUSTMENTS)
    if tau2 not in ("common", "separate"):
        raise unknown_choice("--tau2", tau2, ("common", "separate"))
    if not 0 <= resamples <= 1_000_000:
        raise UsageError(f"--resamples {resamples}: a number from 0 to 1,000,000")
    if permute and not 20 <= permute <= 100_000_000:
        raise UsageError(f"--permute {permute}: a number from 20 to 100,000,000, such as 10000")
    if permute and (all_ or models or overlap or not (by or formula)):
        raise UsageError("--permute tests one model; name its moderators with --by or --formula")
    if sum([bool(by or formula) and not (models or overlap), all_, models, overlap]) > 1:
        raise UsageError("choose one of --all, --models, --overlap and a model by --by or --formula")
    if by and formula:
        raise UsageError("--by and --formula both name a model; write one of them")
    folder = load_review(studies)
    overrides = overrides_of(model, folder)
    wanted = _read_model(folder, by, formula)
    levels = dict(parse_pairs(reference, "reference"))
    if overlap or models:
        if formula is not None:
            raise UsageError("--overlap and --models take moderators one by one; name them with --by")
        if overlap:
            pairs = compare_pairs_of(folder, by or (), overrides)
            answer = answers.overlap_answer(pairs)
            screen, table = screens.overlap_screen, tables.overlap_table
            return _show(folder, answer, pairs.notes, output, screen, table)
        subsets = _explain_reference(lambda: compare_subsets(folder, by or (), overrides, reference=levels))
        answer = answers.subsets_answer(subsets)
        return _show(
            folder,
            answer,
            subsets.notes,
            output,
            screens.subsets_screen,
            lambda answer, _: tables.models_table(answer, most=len(answer["models"])),
        )
    if wanted is None:
        planned = moderate_all(folder, overrides, adjust=adjust)
        answer = answers.planned_answer(planned)
        screen, table = screens.planned_screen, tables.planned_table
        return _show(folder, answer, planned.notes, output, screen, table)

    from rupmeta.explore.formula import parse_formula
    from rupmeta.pipeline.inspection import inspect_model
    from rupmeta.pipeline.regress import moderate_by

    spread = None if scale is None else parse_formula(scale)
    _check_names(folder, () if spread is None else spread.variables, "--scale")
    prepared, moderated, notes = _explain_reference(
        lambda: moderate_by(
            folder,
            wanted,
            overrides,
            reference=levels,
            also=() if spread is None else spread.variables,
        )
    )
    try:
        inspection = inspect_model(
            prepared,
            moderated,
            model=wanted,
            pairs=pairwise,
            contrasts=[_weights(text) for text in contrast or ()],
            adjust=adjust,
            cases=residuals,
            scale=spread,
            reference=levels,
            iterations=resamples,
            seed=compute.seed,
        )
    except ValueError as error:
        raise UsageError(f"--pairwise, --contrast: {error}") from error
    answer = answers.moderators_answer(prepared, moderated, inspection, separate=tau2 == "separate")
    more: tuple[Note, ...] = inspection.notes
    if permute:
        from rupmeta.parallel import cache_folder
        from rupmeta.pipeline.permute import permute_model
        from rupmeta.pipeline.stability import Where
        from rupmeta.render.moderators.permutation import permutation_answer

        where = Where(compute.seed, compute.jobs, compute.dask, cache_folder())
        permuted = permute_model(prepared, moderated, iterations=permute, where=where)
        answer["permutation"] = permutation_answer(permuted)
        more = (*more, *permuted.notes)
    return _show(
        folder,
        answer,
        (*notes, *more),
        output,
        lambda answer, style, *, color: screens.moderators_screen(
            answer, style, color=color, adjust=adjust, scale=scale or ""
        ),
        lambda answer, _: tables.coefficients_table(answer),
    )


def _read_model(folder: Folder, by: list[str] | None, formula: str | None) -> Formula | list[str] | None:
    """What --by or --formula ask for, with every name checked; None: the declared list."""
    from rupmeta.explore.design import parse_moderator
    from rupmeta.explore.formula import parse_formula

    if formula is not None:
        parsed = parse_formula(formula)
        _check_names(folder, parsed.variables, "--formula")
        return parsed
    _check_names(folder, [parse_moderator(name)[0] for name in by or ()], "--by")
    return by or None


def _check_names(folder: Folder, names: Any, option: str) -> None:
    from rupmeta.pipeline.specification import check_field

    for name in names:
        check_field(folder, name, option)


def _explain_reference(work: Callable[[], T]) -> T:
    from rupmeta.errors import UsageError

    try:
        return work()
    except ValueError as error:
        raise UsageError(f"--reference: {error}") from error


def _weights(text: str) -> dict[str, float]:
    """``late=1,early=-1`` as weights by name."""
    from rupmeta.errors import UsageError

    weights: dict[str, float] = {}
    for part in text.split(","):
        name, sign, value = part.rpartition("=")
        try:
            weights[name.strip()] = float(value)
        except ValueError:
            sign = ""
        if not sign or not name.strip():
            raise UsageError(f"--contrast {text}: write names and weights, such as late=1,early=-1")
    return weights


def _show(
    folder: Folder,
    answer: Mapping[str, Any],
    notes: Any,
    output: OutputOptions,
    screen: Callable[..., str],
    table: Callable[..., Table],
) -> int:
    """The answer as JSON, CSV or a screen, and its notes."""
    from rupmeta.cli.io import emit, emit_json, emit_notes, number_style
    from rupmeta.render.writers.delimited import to_csv

    if output.form == "json":
        emit_json("moderators", folder, answer, notes, output)
    elif output.form == "csv":
        emit(to_csv(table(answer, number_style())), output)
    else:
        emit(screen(answer, number_style(), color=output.bold), output)
        emit_notes(notes, output)
    return 0
