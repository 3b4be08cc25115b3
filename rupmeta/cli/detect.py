"""``rupmeta detect``: ruptures and repairs in session-level ratings, and the effect size that they yield."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rupmeta.cli.options import ComputeOptions, OutputOptions

if TYPE_CHECKING:
    from rupmeta.detect.settings import Settings
    from rupmeta.pipeline.detect import Asked
    from rupmeta.read.ratings.format import RatingsFormat
    from rupmeta.render.figures.layout import Layout

__all__ = ["detect"]

_RULE, _FILE, _EFFECT = "Rule", "File", "Effect"


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """What counts as a rupture and as its repair."""

    rule: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="mean-sd diff-sd xmr tukey rci sudden-loss regression-residual, or all.",
            rich_help_panel=_RULE,
        ),
    ] = "mean-sd"
    k: Annotated[
        float | None,
        typer.Option("--k", metavar="NUMBER", help="Multiplier of the threshold.", rich_help_panel=_RULE),
    ] = None
    scale: Annotated[
        str,
        typer.Option(
            metavar="TEXT", help="WAI-SR, or min=1,max=5,reliability=.92,sd=.60 …", rich_help_panel=_RULE
        ),
    ] = ""
    min_change: Annotated[
        str,
        typer.Option(metavar="auto|POINTS", help="Smallest depth of an episode.", rich_help_panel=_RULE),
    ] = "auto"
    pre: Annotated[
        str, typer.Option(metavar="NAME", help="Pre-level: last or max3.", rich_help_panel=_RULE)
    ] = "last"
    repair: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="fraction, reliable, tolerance or in-control.", rich_help_panel=_RULE
        ),
    ] = "fraction"
    fraction: Annotated[
        float, typer.Option(metavar="NUMBER", help="Share to be regained.", rich_help_panel=_RULE)
    ] = 0.5
    window: Annotated[
        int, typer.Option(metavar="SESSIONS", help="Time for a repair; 0: no limit.", rich_help_panel=_RULE)
    ] = 3
    mixed: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="any-unrepaired, last-episode, any-repaired or separate.",
            rich_help_panel=_RULE,
        ),
    ] = "any-unrepaired"
    censored: Annotated[
        str, typer.Option(metavar="NAME", help="unrepaired or drop.", rich_help_panel=_RULE)
    ] = "unrepaired"
    gap: Annotated[
        int, typer.Option(metavar="SESSIONS", help="Distance of neighbours.", rich_help_panel=_RULE)
    ] = 1
    phases: Annotated[
        str, typer.Option(metavar="TEXT", help="thirds, planned=16 or cuts=6,11.", rich_help_panel=_RULE)
    ] = "thirds"
    where: Annotated[
        str | None, typer.Option(metavar="phase=NAME", help="Only those episodes.", rich_help_panel=_RULE)
    ] = None
    baseline_sessions: Annotated[
        int | None,
        typer.Option(
            metavar="NUMBER", help="mean-sd: mean and SD of the first so many.", rich_help_panel=_RULE
        ),
    ] = None
    leave_one_out: Annotated[
        bool,
        typer.Option("--leave-one-out", help="mean-sd: the session itself left out.", rich_help_panel=_RULE),
    ] = False
    sd: Annotated[
        str, typer.Option(metavar="NAME", help="mean-sd: own or stricter.", rich_help_panel=_RULE)
    ] = "own"
    centre: Annotated[
        str, typer.Option(metavar="NAME", help="diff-sd: mean or zero.", rich_help_panel=_RULE)
    ] = "mean"
    spread: Annotated[
        str, typer.Option(metavar="NAME", help="diff-sd: own, pooled or scores.", rich_help_panel=_RULE)
    ] = "own"
    reference: Annotated[
        str,
        typer.Option("--from", metavar="NAME", help="rci: previous or pre.", rich_help_panel=_RULE),
    ] = "previous"


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How the file is written."""

    rater: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose ratings.", rich_help_panel=_FILE)
    ] = None
    instrument: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which measure of the file.", rich_help_panel=_FILE)
    ] = None
    columns: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="client=pid,session=occ,score=wai_p", rich_help_panel=_FILE),
    ] = None
    sep: Annotated[str, typer.Option(metavar="CHAR", help="Separator.", rich_help_panel=_FILE)] = ","
    decimal: Annotated[str, typer.Option(metavar="CHAR", help="Decimal sign.", rich_help_panel=_FILE)] = "."
    stream: Annotated[
        bool,
        typer.Option(
            "--stream",
            help="Parquet of any size: only count classes (by itself above 2 million ratings).",
            rich_help_panel=_FILE,
        ),
    ] = False
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Count on a Dask cluster; local: here.", rich_help_panel=_FILE),
    ] = None
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="The ratings are invented; say so.", rich_help_panel=_FILE)
    ] = False


@dataclass(frozen=True, slots=True)
class EffectOptions:
    """The outcome and the contrast."""

    outcome: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Outcome, one value per client.", rich_help_panel=_EFFECT),
    ] = None
    baseline: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The outcome before.", rich_help_panel=_EFFECT)
    ] = None
    better: Annotated[
        str | None, typer.Option(metavar="NAME", help="lower or higher outcomes.", rich_help_panel=_EFFECT)
    ] = None
    comparison: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="unrepaired-rupture, no-rupture or continuous.", rich_help_panel=_EFFECT
        ),
    ] = "unrepaired-rupture"
    dose: Annotated[
        str, typer.Option(metavar="NAME", help="continuous: episodes or share.", rich_help_panel=_EFFECT)
    ] = "episodes"
    level: Annotated[
        float, typer.Option(metavar="NUMBER", help="Level of intervals.", rich_help_panel=_EFFECT)
    ] = 0.95
    resamples: Annotated[
        int, typer.Option(metavar="NUMBER", help="Bootstrap resamples; 0: none.", rich_help_panel=_EFFECT)
    ] = 2000
    replications: Annotated[
        int,
        typer.Option(metavar="NUMBER", help="Noise series per client; 0: none.", rich_help_panel=_EFFECT),
    ] = 1000
    redetections: Annotated[
        int,
        typer.Option(
            metavar="NUMBER",
            help="Classes found again under measurement error; 0: not.",
            rich_help_panel=_EFFECT,
        ),
    ] = 100
    grid: Annotated[
        bool,
        typer.Option(
            "--grid",
            help="The effect under every rule, k, window, fraction, policy.",
            rich_help_panel=_EFFECT,
        ),
    ] = False
    write_study: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write the effect as a study file.", rich_help_panel=_EFFECT),
    ] = None
    study_effect: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="The one written: raw, adjusted, adjusted-first-alliance, or both (contrasts, raw).",
            rich_help_panel=_EFFECT,
        ),
    ] = "raw"
    direct: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEXT",
            help="psq:file=f.csv,tension=t,resolved=r,rupture_at=2,resolved_at=4, or 3rs:…; repeats.",
            rich_help_panel=_EFFECT,
        ),
    ] = None
    plot: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND=FILE",
            help="sessions, rule-agreement, false-positives or rule-grid to svg, png or pdf; repeats.",
            rich_help_panel=_EFFECT,
        ),
    ] = None
    client: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The client of --plot sessions.", rich_help_panel=_EFFECT),
    ] = None


def detect(
    ratings: Annotated[str, typer.Argument(metavar="RATINGS", help="CSV or Parquet; - is stdin.")],
    rules: RuleOptions,
    file: FileOptions,
    effect: EffectOptions,
    compute: ComputeOptions,
    output: OutputOptions,
) -> int:
    """Find ruptures and repairs in session-level alliance ratings, and the effect size that they yield."""
    from rupmeta.cli.io import emit, emit_notes, number_style, parse_pairs, write_text
    from rupmeta.errors import EstimationError, UsageError
    from rupmeta.pipeline.detect import detect_source, direct_inputs, every_rule
    from rupmeta.pipeline.detect_notes import UNLISTED, detect_notes
    from rupmeta.pipeline.detect_sources import open_source
    from rupmeta.render.detect.answer import detect_answer, json_limit, rules_answer
    from rupmeta.render.detect.screen import (
        LISTED,
        clients_table,
        detect_screen,
        rules_screen,
        rules_table,
    )
    from rupmeta.render.envelope import canonical_json, envelope
    from rupmeta.render.writers.delimited import to_csv
    from rupmeta.results import NotEstimable

    form = output.form
    asked = _asked(effect, compute)
    every = rules.rule == "all"
    if effect.write_study is not None and (every or asked.outcome is None):
        raise UsageError("--write-study needs one --rule and an --outcome")
    if effect.grid and every:
        raise UsageError("--grid goes through every rule; name with --rule the one that it is compared with")
    figures = parse_pairs(effect.plot, "plot")
    only_count = not (every or asked.outcome or figures or asked.direct)
    if (file.stream or file.cluster) and not only_count:
        raise UsageError("--stream and --cluster count the classes of one rule; no effect, no figure")
    if only_count and _in_pieces(ratings, file, form):
        return _count(ratings, _settings(rules, rules.rule), _format(file, asked), file, asked, output)
    source = open_source(ratings, _settings(rules, "mean-sd" if every else rules.rule), _format(file, asked))
    subject: Any
    if every:
        subject = results = every_rule(source, asked)
        answer = rules_answer(results)
        ran = [result for result in results.values() if not isinstance(result, NotEstimable)]
        notes = tuple(dict.fromkeys(note for result in ran for note in detect_notes(result)))
        tables, screen = rules_table(answer), rules_screen
    else:
        subject = detected = detect_source(source, asked)
        answer = detect_answer(detected, {"table": LISTED, "json": json_limit(detected)}.get(form))
        notes = detect_notes(detected)
        if form == "json" and json_limit(detected) is not None:
            notes = (*notes, UNLISTED)
        tables, screen = clients_table(answer), detect_screen
    if form == "json":
        answer = {**answer, "synthetic": file.synthetic}
        inputs = [source.input, *direct_inputs(results.values() if every else [detected])]
        emit(canonical_json(envelope("detect", inputs, answer, notes)), output)
    elif form == "csv":
        emit(to_csv(tables), output)
    else:
        emit(screen(answer, number_style(), color=output.bold, synthetic=file.synthetic), output)
        emit_notes(notes, output)
    for kind, target in figures:
        from rupmeta.render.detect.figures import draw_detection

        layout = draw_detection(kind, subject, answer, client=effect.client, synthetic=file.synthetic)
        _draw(layout, target, force=output.force)
    if not every and isinstance(detected.effect, NotEstimable):
        raise EstimationError(detected.effect.reason, detected.effect.code)
    if effect.write_study is not None:
        from pathlib import Path

        from rupmeta.render.detect.study import study_text

        write_text(
            Path(effect.write_study),
            study_text(detected, file.synthetic, effect.study_effect),
            force=output.force,
        )
    return 0


def _in_pieces(path: str, file: FileOptions, form: str) -> bool:
    """Whether the clients are only counted: when asked for, and when there are too many to list."""
    from rupmeta.pipeline.detect_parquet import LARGE, MANY, count_ratings

    if file.stream or file.cluster:
        return True
    return count_ratings(path) > (MANY if form == "table" else LARGE)


def _count(
    path: str,
    settings: Settings,
    form: RatingsFormat,
    file: FileOptions,
    asked: Asked,
    output: OutputOptions,
) -> int:
    """Classes of a file of any size: counts, and with ``--format csv`` one line per client."""
    from rupmeta.cli.io import emit, emit_notes, number_style
    from rupmeta.pipeline.detect_notes import summary_notes
    from rupmeta.pipeline.detect_parquet import summarise_file
    from rupmeta.render.detect.summary import summary_answer, summary_csv, summary_screen
    from rupmeta.render.envelope import canonical_json, envelope

    per_client = 0 if output.form == "csv" else asked.per_client
    found = summarise_file(path, settings, form, cluster=file.cluster, seed=asked.seed, per_client=per_client)
    notes = summary_notes(found)
    if output.form == "csv":
        emit(summary_csv(found), output)
    elif output.form == "json":
        answer = {**summary_answer(found), "synthetic": file.synthetic}
        emit(canonical_json(envelope("detect", [found.input], answer, notes)), output)
    else:
        answer = summary_answer(found)
        emit(summary_screen(answer, number_style(), color=output.bold, synthetic=file.synthetic), output)
        emit_notes(notes, output)
    return 0


def _draw(layout: Layout, target: str, *, force: bool) -> None:
    from pathlib import Path

    from rupmeta.cli.io import check_target
    from rupmeta.render.figures.write import write_figure

    check_target(Path(target), force=force)
    for written in write_figure(layout, target):
        print(f"wrote {written}", file=sys.stderr)


def _settings(rules: RuleOptions, rule: str) -> Settings:
    from rupmeta.cli.io import parse_pairs
    from rupmeta.detect.rules import RULES
    from rupmeta.detect.scale import parse_scale
    from rupmeta.detect.settings import Settings
    from rupmeta.errors import UsageError, unknown_choice

    if rule not in RULES:
        raise unknown_choice("--rule", rule, (*RULES, "all"))
    try:
        smallest = None if rules.min_change == "auto" else float(rules.min_change)
    except ValueError:
        raise UsageError(f"--min-change {rules.min_change}: auto, 0, or points of the scale") from None
    where = dict(parse_pairs([rules.where] if rules.where else [], "where"))
    if set(where) - {"phase"}:
        raise UsageError("--where of detect keeps episodes of a phase: --where phase=late")
    given = {
        name: getattr(rules, name)
        for name in (
            "k", "pre", "repair", "fraction", "window", "mixed", "censored", "gap", "phases",
            "baseline_sessions", "leave_one_out", "sd", "centre", "spread", "reference",
        )
    }  # fmt: skip
    return Settings(
        rule=rule,  # type: ignore[arg-type]
        scale=parse_scale(rules.scale),
        min_change=smallest,
        phase=where.get("phase"),  # type: ignore[arg-type]
        **given,
    )


def _asked(effect: EffectOptions, compute: ComputeOptions) -> Asked:
    from rupmeta.detect.direct import parse_cutoffs
    from rupmeta.pipeline.detect import Asked

    return Asked(
        outcome=effect.outcome,
        baseline=effect.baseline,
        better=effect.better,
        comparison=effect.comparison,
        dose=effect.dose,
        level=effect.level,
        seed=compute.seed,
        resamples=effect.resamples,
        per_client=effect.replications,
        again=effect.redetections,
        grid=effect.grid,
        direct=tuple(parse_cutoffs(text) for text in effect.direct or ()),
    )


def _format(file: FileOptions, asked: Asked) -> RatingsFormat:
    from rupmeta.cli.io import parse_pairs
    from rupmeta.read.ratings.format import RatingsFormat

    names = [part for part in (file.columns or "").split(",") if part.strip()]
    return RatingsFormat(
        columns=dict(parse_pairs(names, "columns")),
        sep="\t" if file.sep in ("\\t", "tab") else file.sep,
        decimal=file.decimal,
        rater=file.rater,
        measure=file.instrument,
        outcomes=asked.columns,
        direct=asked.items,
    )
