"""The options of ``rupmeta detect`` and what they ask for: rules, the file, the effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from rupmeta.cli.options import ComputeOptions

if TYPE_CHECKING:
    from rupmeta.detect.settings import Settings
    from rupmeta.pipeline.detect import Asked
    from rupmeta.read.ratings.format import RatingsFormat

__all__ = ["EffectOptions", "FileOptions", "RuleOptions", "asked_of", "format_of", "settings_of"]

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


def settings_of(rules: RuleOptions, rule: str) -> Settings:
    """What counts as a rupture under one rule; ``UsageError`` for a rule or number that there is not."""
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


def asked_of(effect: EffectOptions, compute: ComputeOptions) -> Asked:
    """Which effect is wanted, against whom and with which intervals."""
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


def format_of(file: FileOptions, asked: Asked) -> RatingsFormat:
    """How the file is written, and which columns the effect needs of it."""
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
