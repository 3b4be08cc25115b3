"""Everything about small studies and selection for one table of independent effects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.explore.bias.asymmetry import (
    STABLE,
    Begg,
    Egger,
    EggerModel,
    Predictor,
    correlate_ranks,
    fit_egger,
)
from rupmeta.explore.bias.copas import Copas, fit_copas
from rupmeta.explore.bias.excess import ExcessSignificance, count_excess
from rupmeta.explore.bias.fail_safe import TARGETS, FailSafe, count_null_studies
from rupmeta.explore.bias.oriented import ENOUGH, FEWEST, SIGNIFICANT, orient
from rupmeta.explore.bias.p_curve import PCurve, fit_p_curve
from rupmeta.explore.bias.p_uniform import PUniform, fit_p_uniform
from rupmeta.explore.bias.precision import LimitMeta, PetPeese, extrapolate_limit, fit_pet_peese
from rupmeta.explore.bias.selection import Selection, SelectionModel, fit_beta_selection, fit_step_selection
from rupmeta.explore.bias.trim_and_fill import TrimAndFill, TrimEstimator, trim_and_fill
from rupmeta.explore.bias.worst_case import WorstCase, bound_worst_case
from rupmeta.pool.fit import Fit, MethodName, TestName, fit_effects
from rupmeta.pool.henmi_copas import HenmiCopas, fit_henmi_copas
from rupmeta.results import Note, NotEstimable

__all__ = ["Bias", "BiasOptions", "assess_bias"]

T = TypeVar("T")
VERY_HETEROGENEOUS = 80.0  # I² in percent above which PET-PEESE strays


@dataclass(frozen=True, slots=True)
class BiasOptions:
    """How each method is run; the defaults are those of ``docs/methods/bias.md``.

    ``egger_predictor`` None: see ``choose_predictor``. ``steps``: one-sided p values of the step model.
    ``orwin_target``: on the analysis scale; None: r = .10 on the scale of the measure.
    """

    egger_model: EggerModel = "lm"
    egger_predictor: Predictor | None = None
    egger_test: TestName = "z"
    trim_estimator: TrimEstimator = "L0"
    selection: SelectionModel = "step"
    steps: tuple[float, ...] = (SIGNIFICANT,)
    orwin_target: float | None = None
    method: MethodName = "REML"
    test: TestName = "adhoc"
    level: float = 0.95


@dataclass(frozen=True)
class Bias:
    """Every method's result for k independent effects, or the reason why there is none."""

    k: int
    options: BiasOptions
    pooled: Fit
    egger: Egger | NotEstimable
    begg: Begg | NotEstimable
    trim_and_fill: TrimAndFill | NotEstimable
    failsafe: FailSafe | NotEstimable
    step: Selection | NotEstimable
    beta: Selection | NotEstimable
    pet_peese: PetPeese | NotEstimable
    limit_meta: LimitMeta | NotEstimable
    copas: Copas | NotEstimable
    excess_significance: ExcessSignificance | NotEstimable
    p_curve: PCurve | NotEstimable
    p_uniform_star: PUniform | NotEstimable
    worst_case: WorstCase | NotEstimable
    henmi_copas: HenmiCopas | NotEstimable
    notes: tuple[Note, ...] = ()

    @property
    def selection(self) -> Selection | NotEstimable:
        """The selection model that was asked for."""
        return self.beta if self.options.selection == "beta" else self.step


def assess_bias(effects: Effects, options: BiasOptions | None = None) -> Bias:
    """Run every method on ``effects``, one per independent sample.

    A method that cannot be had is a ``NotEstimable`` with a note. Fewer than 3 effects: none can; fewer than
    10: all carry ``K-ASYM`` and no verdict. Raises ``EstimationError`` when the effects cannot be pooled.
    """
    o = options or BiasOptions()
    pooled = fit_effects(effects, method=o.method, test=o.test, level=o.level)
    mu = pooled.estimate.estimate
    data = orient(effects, mu)
    target = TARGETS.get(effects.measure) if o.orwin_target is None else o.orwin_target
    found = Bias(
        k=effects.k,
        options=o,
        pooled=pooled,
        egger=_attempt(
            lambda: fit_egger(
                effects,
                model=o.egger_model,
                predictor=o.egger_predictor,
                method=o.method,
                test=o.egger_test,
                level=o.level,
            )
        ),
        begg=_attempt(lambda: correlate_ranks(effects)),
        trim_and_fill=_attempt(
            lambda: trim_and_fill(
                effects, estimator=o.trim_estimator, method=o.method, test=o.test, level=o.level
            )
        ),
        failsafe=_attempt(lambda: count_null_studies(effects, target=target)),
        step=_attempt(lambda: fit_step_selection(data, steps=o.steps, level=o.level)),
        beta=_attempt(lambda: fit_beta_selection(data, level=o.level, profiles=o.selection == "beta")),
        pet_peese=_attempt(lambda: fit_pet_peese(effects, mu, level=o.level)),
        limit_meta=_attempt(lambda: extrapolate_limit(effects, method=o.method, level=o.level)),
        copas=_attempt(lambda: fit_copas(data, level=o.level)),
        excess_significance=_attempt(lambda: count_excess(effects)),
        p_curve=_attempt(lambda: fit_p_curve(data)),
        p_uniform_star=_attempt(lambda: fit_p_uniform(data, level=o.level)),
        worst_case=_attempt(
            lambda: bound_worst_case(effects, data, method=o.method, test=o.test, level=o.level)
        ),
        henmi_copas=_attempt(lambda: fit_henmi_copas(effects, level=o.level)),
    )
    return replace(found, notes=tuple(_notes(effects, found)))


def _attempt(work: Callable[[], T]) -> T | NotEstimable:
    try:
        return work()
    except EstimationError as error:
        return NotEstimable(str(error), error.code)


def _notes(effects: Effects, found: Bias) -> Iterator[Note]:
    k = found.k
    if k < FEWEST:
        text = f"k = {k}: asymmetry and selection cannot be judged; every number of this analysis is missing"
        yield Note("K-ASYM", text, severity="warning")
        return
    if k < ENOUGH:
        text = (
            f"k = {k}, fewer than {ENOUGH} effects: asymmetry and selection cannot be judged; the numbers "
            "stand without a verdict"
        )
        yield Note("K-ASYM", text, severity="warning")
    for field in fields(found):
        result = getattr(found, field.name)
        if isinstance(result, NotEstimable):
            yield Note(result.code, result.reason, where=field.name, severity="warning")
        elif isinstance(result, Selection):
            yield from result.notes
    if any(len(row.members) > 1 for row in effects.rows):
        text = (
            "some effects are means of several of one sample: nobody ever tested their p values, so what "
            "selects on p values (selection models, p-curve, p-uniform*, worst case) is only a stand-in"
        )
        yield Note("AGG-P", text)
    unknown = sum(row.n is None for row in effects.rows)
    if found.options.egger_predictor is None and unknown and effects.measure not in STABLE:
        text = (
            f"{unknown} {'effects have' if unknown > 1 else 'effect has'} no sample size, so Egger's "
            "predictor is the standard error; it depends on the effect itself, and some asymmetry is built in"
        )
        yield Note("EGGER-N", text)
    h = found.pooled.heterogeneity
    if isinstance(found.excess_significance, ExcessSignificance) and (h.tau2 or 0.0) > 0:
        text = (
            "the test of excess significance takes all studies to estimate one effect; they differ, so some "
            "excess is expected without any selection"
        )
        yield Note("TES-HET", text)
    if isinstance(found.pet_peese, PetPeese) and (h.I2 or 0.0) > VERY_HETEROGENEOUS:
        text = f"I² = {h.I2:.0f} %: PET-PEESE strays where studies differ this much"
        yield Note("PET-HET", text)
