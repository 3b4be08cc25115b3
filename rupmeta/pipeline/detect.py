"""From a file of ratings to classes, expected false alarms and effect sizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from rupmeta.detect.classify import MIXED, Detection, detect_ruptures, group_under, reclassify
from rupmeta.detect.direct import Cutoffs
from rupmeta.detect.expected import Expected, expected_ruptures
from rupmeta.detect.rules import RULES
from rupmeta.detect.series import Float, Ratings
from rupmeta.detect.settings import Settings
from rupmeta.detect.uncertainty import Uncertainty, classify_again
from rupmeta.effects.hubs import Means, NoEffect
from rupmeta.effects.onto import Converted, Setting, convert_hub
from rupmeta.effects.resample import Bootstrap, bootstrap_contrast, weighted_r
from rupmeta.effects.session_contrasts import (
    Adjusted,
    Contrast,
    adjust_contrast,
    contrast_outcomes,
)
from rupmeta.errors import UsageError
from rupmeta.pipeline.detect_direct import Direct, direct_measures
from rupmeta.pipeline.detect_grid import GridEffects, effects_of_grid
from rupmeta.pipeline.detect_sources import Source, read_source
from rupmeta.read.folder import InputFile
from rupmeta.read.ratings.format import RatingsFormat
from rupmeta.results import NotEstimable

__all__ = [
    "Asked",
    "Detected",
    "Effect",
    "compute_effect",
    "detect_file",
    "detect_source",
    "direct_inputs",
    "every_rule",
    "shared_variance",
]

MEASURES = ("COR", "ZCOR", "d", "SMD", "RBIS")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user wants to know beyond the classes.

    ``outcome``: column; ``better`` says which way it runs. ``resamples`` 0: no bootstrap; ``per_client`` 0:
    no expected false alarms; ``again`` 0: classes are not found again. ``grid``: the effect under every
    combination of settings.
    """

    outcome: str | None = None
    baseline: str | None = None
    better: str | None = None
    comparison: str = "unrepaired-rupture"
    dose: str = "episodes"
    level: float = 0.95
    seed: int = 20260101
    resamples: int = 2000
    per_client: int = 1000
    direct: tuple[Cutoffs, ...] = ()
    again: int = 100
    grid: bool = False

    def __post_init__(self) -> None:
        if self.outcome is not None and self.better not in ("higher", "lower"):
            raise UsageError(f"--outcome {self.outcome} needs --better lower or --better higher")
        if self.outcome is None and (self.baseline or self.better):
            raise UsageError("--baseline and --better go with --outcome")
        if not 0.5 < self.level < 1:
            raise UsageError(f"--level {self.level:g}: a level lies between .5 and 1; write 0.95 for 95%")
        if self.resamples < 0 or self.per_client < 0 or self.again < 0:
            raise UsageError("numbers of resamples, replications and redetections are not negative")
        if self.grid and self.outcome is None:
            raise UsageError("--grid shows the effect under many settings: it needs --outcome and --better")

    @property
    def sign(self) -> int:
        """−1 turns an outcome of which less is better."""
        return -1 if self.better == "lower" else 1

    @property
    def items(self) -> tuple[str, ...]:
        """Columns of the ratings file with one value per session: signs and resolution of ruptures."""
        own = (one for one in self.direct if one.file is None)
        return tuple(dict.fromkeys(name for one in own for name in one.items))

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns with one value per client."""
        return tuple(name for name in (self.outcome, self.baseline) if name)


@dataclass(frozen=True)
class Effect:
    """One contrast on every measure, positive: better with repair.

    ``converted``: measure → value and variance, turned already. ``adjusted``: with baseline and
    number of ratings, and with the first rating too; a reason where it cannot be had.
    """

    contrast: Contrast
    sign: int
    converted: Mapping[str, Converted | NotEstimable]
    adjusted: Mapping[str, Adjusted | NotEstimable]
    bootstrap: Bootstrap | None
    length_r: float | None


@dataclass(frozen=True)
class Detected:
    """Everything that one rule says of one file."""

    source: Source
    found: Detection
    asked: Asked
    expected: tuple[Expected, ...] = ()
    effect: Effect | NotEstimable | None = None
    others: Mapping[str, Effect | NotEstimable] = field(default_factory=dict)
    without_censored: Effect | NotEstimable | None = None
    policies: Mapping[str, Effect | NotEstimable] = field(default_factory=dict)
    direct: tuple[Direct, ...] = ()
    uncertainty: Uncertainty | None = None
    grid: GridEffects | None = None


def detect_file(path: str, settings: Settings, asked: Asked, form: RatingsFormat | None = None) -> Detected:
    """Read a file and detect; see ``detect_source``."""
    form = replace(form or RatingsFormat(), outcomes=asked.columns, direct=asked.items)
    return detect_source(read_source(path, settings, form), asked)


def detect_source(source: Source, asked: Asked) -> Detected:
    """Classify the clients; simulate what noise would give; compute the effects that were asked for."""
    ratings = source.ratings
    found = detect_ruptures(ratings, source.settings)
    expected = expected_ruptures(found, ratings, seed=asked.seed, per_client=asked.per_client)
    detected = Detected(source, found, asked, expected, direct=direct_measures(source, found, asked.direct))
    again = classify_again(found, ratings, asked.seed, asked.again)
    detected = replace(detected, uncertainty=again)
    if asked.outcome is None:
        return detected
    others = [name for name in ("unrepaired-rupture", "no-rupture") if name != asked.comparison]
    plain = replace(asked, resamples=0)
    dropped = reclassify(found, replace(found.settings, censored="drop"))
    return replace(
        detected,
        effect=compute_effect(found, ratings, asked),
        others={name: compute_effect(found, ratings, replace(plain, comparison=name)) for name in others},
        without_censored=compute_effect(dropped, ratings, plain) if found.censored.any() else None,
        policies=_policies(found, ratings, plain),
        grid=_grid(found, ratings, asked) if asked.grid else None,
    )


def _grid(found: Detection, ratings: Ratings, asked: Asked) -> GridEffects:
    assert asked.outcome is not None
    return effects_of_grid(
        found, ratings, outcome=asked.outcome, baseline=asked.baseline, sign=asked.sign,
        comparison=asked.comparison, dose=asked.dose,
    )  # fmt: skip


def _policies(found: Detection, ratings: Ratings, asked: Asked) -> dict[str, Effect | NotEstimable]:
    """The effect under the other policies for mixed clients, if there are such clients."""
    if asked.comparison == "continuous" or not (found.kind == MIXED).any():
        return {}
    names = ("any-unrepaired", "last-episode", "any-repaired", "separate")
    return {
        name: compute_effect(replace(found, group=group_under(found, name)), ratings, asked)
        for name in names
        if name != found.settings.mixed
    }


def compute_effect(found: Detection, ratings: Ratings, asked: Asked) -> Effect | NotEstimable:
    """One contrast on every measure with its adjusted twins; the reason where there is none."""
    assert asked.outcome is not None
    try:
        contrast = contrast_outcomes(
            found,
            ratings.outcomes,
            asked.outcome,
            comparison=asked.comparison,
            baseline=asked.baseline,
            dose=asked.dose,
        )
        converted = {name: _converted(contrast, name, asked.sign) for name in MEASURES}
        first = converted["COR"]
        if isinstance(first, NotEstimable):
            return first
    except NoEffect as stop:
        return stop.problem
    bootstrap = None
    if asked.resamples:
        bootstrap = bootstrap_contrast(
            contrast,
            found,
            ratings,
            sign=asked.sign,
            dose=asked.dose,
            resamples=asked.resamples,
            level=asked.level,
            seed=asked.seed,
        )
    length_r = _correlation(contrast, found.n.astype(float))
    return Effect(
        contrast, asked.sign, converted, _adjusted(contrast, found, ratings, asked), bootstrap, length_r
    )


def _converted(contrast: Contrast, measure: str, sign: int) -> Converted | NotEstimable:
    try:
        found = convert_hub(contrast.hub, measure, Setting())
    except NoEffect as stop:
        return stop.problem
    return replace(found, yi=sign * found.yi)


def _adjusted(
    contrast: Contrast, found: Detection, ratings: Ratings, asked: Asked
) -> dict[str, Adjusted | NotEstimable]:
    """The same contrast given the number of ratings and the baseline; then the first rating as well."""
    covariates: dict[str, Float] = {"ratings": found.n.astype(float)}
    target = contrast
    if asked.baseline is not None and asked.outcome is not None:
        # post ~ group + pre + n: the gain's own baseline goes to the right-hand side.
        covariates = {asked.baseline: ratings.outcomes[asked.baseline], **covariates}
        target = replace(contrast, y=ratings.outcomes[asked.outcome])
    results: dict[str, Adjusted | NotEstimable] = {}
    for name, more in (("adjusted", {}), ("adjusted_first_alliance", {"first_alliance": found.first})):
        try:
            one = adjust_contrast(target, {**covariates, **more})
            results[name] = replace(one, t=asked.sign * one.t, r=asked.sign * one.r, z=asked.sign * one.z)
        except NoEffect as stop:
            results[name] = stop.problem
    return results


def _correlation(contrast: Contrast, values: Float) -> float | None:
    r = weighted_r(np.where(contrast.used, contrast.x, np.nan), values, np.ones((1, len(values))))[0]
    return None if np.isnan(r) else float(r)


def every_rule(source: Source, asked: Asked) -> dict[str, Detected | NotEstimable]:
    """Every rule on the same series, each with its own default k, and the reason where a rule cannot run."""
    results: dict[str, Detected | NotEstimable] = {}
    for name in RULES:
        try:
            settings = replace(source.settings, rule=name, k=None)
        except UsageError as error:
            results[name] = NotEstimable(str(error), "DET-RULE")
            continue
        results[name] = detect_source(replace(source, settings=settings), replace(asked, again=0))
    return results


def direct_inputs(results: Iterable[Detected | NotEstimable]) -> list[InputFile]:
    """The own files of direct measures; every rule reads the same ones."""
    for one in results:
        if isinstance(one, Detected):
            return [item.input for item in one.direct if item.input is not None]
    return []


def shared_variance(effect: Effect, other: Effect) -> float | None:
    """Covariance of two d that share the repaired group: 1/n₁ + d₁d₂/(2N) (Gleser & Olkin 2009)."""
    one, two = effect.contrast, other.contrast
    d1, d2 = effect.converted["d"], other.converted["d"]
    if one.n2 is None or two.n2 is None or isinstance(d1, NotEstimable) or isinstance(d2, NotEstimable):
        return None
    if not isinstance(one.hub, Means) or not isinstance(two.hub, Means):
        return None
    N = one.n1 + one.n2 + two.n2
    return 1 / one.n1 + d1.yi * d2.yi / (2 * N)
