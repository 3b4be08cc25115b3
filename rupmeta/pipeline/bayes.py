"""The Bayesian answer of an analysis, its priors as a user writes them, and what other priors would say."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from rupmeta.effects.backtransform import report_on
from rupmeta.effects.notes import effect_notes
from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError, UsageError
from rupmeta.explore.design import Design, build_design, parse_moderator
from rupmeta.pipeline.analyse import Prepared, correlational, prepare_effects, unique
from rupmeta.pipeline.independent import independent_effects
from rupmeta.pipeline.specification import Overrides
from rupmeta.pool.bayes import DEFAULT_TAU_PRIOR, BayesFactor, BayesFit, bayes_factors, fit_bayes
from rupmeta.pool.priors import TAU_PRIORS, NormalPrior, TauPrior, make_tau_prior
from rupmeta.read.folder import Folder
from rupmeta.results import Note

__all__ = [
    "BayesResult",
    "BayesSettings",
    "OtherPrior",
    "analysis_value",
    "parse_normal_prior",
    "parse_tau_prior",
    "run_bayes",
]

#: Priors that are always shown beside the chosen one: on Fisher's z half the scale of d is its equal.
OTHER_PRIORS = (
    DEFAULT_TAU_PRIOR,
    TauPrior("half-normal", (0.25,)),
    TauPrior("half-normal", (1.0,)),
    TauPrior("half-cauchy", (0.5,)),
    TauPrior("half-cauchy", (0.25,)),
)
MEANINGFUL_R = 0.10
WIDEST = 20.0  # on any analysis scale nothing lies beyond


@dataclass(frozen=True, slots=True)
class BayesSettings:
    """Priors and the smallest effect of interest, the latter on the scale that ``analysis_value`` names."""

    tau: TauPrior = DEFAULT_TAU_PRIOR
    mu: NormalPrior | None = None
    slopes: NormalPrior | None = None
    meaningful: float | None = None
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class OtherPrior:
    """The answer under another prior on tau, with the Bayes factor of s = .5."""

    fit: BayesFit
    factor: BayesFactor | None


@dataclass(frozen=True)
class BayesResult:
    """``effects`` are the independent rows that were fitted; ``meaningful`` is (scale, value on it)."""

    prepared: Prepared
    effects: Effects
    design: Design | None
    fit: BayesFit
    others: tuple[OtherPrior, ...]
    meaningful: tuple[str, float] | None
    notes: tuple[Note, ...]


def parse_tau_prior(text: str) -> TauPrior:
    """``half-normal=.5`` as a prior; ``UsageError`` shows the forms."""
    family, _, numbers = text.partition("=")
    try:
        parameters = [float(part) for part in numbers.split(",")] if numbers else []
        return make_tau_prior(family.strip().lower(), parameters)
    except ValueError as error:
        forms = ", ".join(f"{name}={','.join(known.parameters)}" for name, known in TAU_PRIORS.items())
        raise UsageError(f"--prior-tau {text}: {_reason(error)}; priors are {forms}") from None


def parse_normal_prior(text: str, option: str) -> NormalPrior | None:
    """``normal=0,.5`` as a prior, ``flat`` as None; ``UsageError`` shows the forms."""
    family, _, numbers = text.partition("=")
    if family.strip().lower() == "flat" and not numbers:
        return None
    try:
        mean, sd = (float(part) for part in numbers.split(","))
    except ValueError:
        mean, sd = math.nan, math.nan
    if family.strip().lower() != "normal" or not (math.isfinite(mean) and math.isfinite(sd) and sd > 0):
        raise UsageError(f"--{option} {text}: write flat, or normal=MEAN,SD such as normal=0,.5")
    return NormalPrior(mean, sd)


def _reason(error: ValueError) -> str:
    return "its parameters are numbers" if "convert" in str(error) else str(error)


def analysis_value(measure: str, value: float | None) -> tuple[str, float, float] | None:
    """The smallest effect of interest as (scale, value on it, value on the analysis scale).

    The scale is r where the measure can be read as r, else that of ratios, else the measure's own; ``value``
    None is r = .10, and None where there is no r.
    """
    scale = next((name for name in ("r", "or", "rr") if report_on(name, measure, 0.0) is not None), measure)
    if value is None:
        if scale != "r":
            return None
        value = MEANINGFUL_R
    if scale == measure:
        return scale, value, value
    low, high = -WIDEST, WIDEST
    ends = [report_on(scale, measure, end) for end in (low, high)]
    known = [math.inf * (1 if i else -1) if end is None else end for i, end in enumerate(ends)]
    if not known[0] < value < known[1] or (scale in ("or", "rr") and value <= 0):
        raise UsageError(f"--meaningful {value:g} is no value of {scale}")
    for _ in range(80):
        middle = 0.5 * (low + high)
        shown = report_on(scale, measure, middle)
        below = middle < 0 if shown is None else shown < value
        low, high = (middle, high) if below else (low, middle)
    return scale, value, 0.5 * (low + high)


def run_bayes(
    folder: Folder, overrides: Overrides | None = None, settings: BayesSettings | None = None
) -> BayesResult:
    """The model of ``settings`` on independent effects: those of one sample are aggregated.

    With ``by`` it is a meta-regression. Raises ``EstimationError`` when there are too few effects.
    """
    settings = settings or BayesSettings()
    names = [parse_moderator(text)[0] for text in settings.by]
    prepared = prepare_effects(folder, overrides, moderators=names)
    spec = prepared.specification
    effects, merged = independent_effects(prepared, "the Bayesian model")
    design = None
    if settings.by:
        design = build_design(effects, settings.by)
        if not design.kept:
            raise EstimationError(f"no effect has a value of {' and '.join(names)}", "K-MOD")
        effects = effects.take(design.kept)
    asked = analysis_value(spec.measure, settings.meaningful)

    def fit(tau: TauPrior, *, whole: bool) -> BayesFit:
        return fit_bayes(
            dataclasses.replace(effects, V=None),
            X=None if design is None else design.X,
            names=("intercept",) if design is None else design.names,
            prior_tau=tau,
            prior_mu=settings.mu,
            prior_slopes=settings.slopes,
            meaningful=None if asked is None else asked[2],
            level=spec.level,
            whole=whole,
        )

    answer = fit(settings.tau, whole=True)
    others = [
        OtherPrior(fit(tau, whole=False), _factor(effects, tau) if design is None else None)
        for tau in OTHER_PRIORS
        if tau != settings.tau
    ]
    notes = [correlational(prepared.subject), *prepared.notes, *merged, *answer.notes]
    notes += design.notes if design is not None else ()
    notes += effect_notes(effects, analysis=spec.analysis, approach=spec.approach)
    return BayesResult(
        prepared, effects, design, answer, tuple(others), None if asked is None else asked[:2], unique(notes)
    )


def _factor(effects: Effects, tau: TauPrior) -> BayesFactor:
    (factor,) = bayes_factors(effects, prior_tau=tau, scales=(0.5,))
    return factor
