"""The answer under every adjustment, each with what it takes for granted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from rupmeta.explore.bias.assess import Bias
from rupmeta.explore.bias.selection import Selection
from rupmeta.render.bias.tables import FLAT
from rupmeta.results import Estimate, Interval, NotEstimable

__all__ = ["Adjustment", "compare_adjustments"]

_ASSUMES = {
    "unadjusted": "What was published is a fair sample of what was found.",
    "henmi_copas": (
        "Small studies may be biased, so the centre trusts them no more than their size; heterogeneity only "
        "widens the interval."
    ),
    "trim_and_fill": (
        "Studies are missing because of the size of their effects, and the funnel of all would be symmetric."
    ),
    "pet_peese": (
        "Small studies differ from large ones by selection alone, in step with their standard error "
        "(PET) or variance (PEESE)."
    ),
    "limit_meta": (
        "Effects drift with their standard errors; the answer is the mean of studies so large that no drift "
        "is left, though they still differ."
    ),
    "step": (
        "The chance of publication depends only on which side of the steps the one-sided p value falls."
    ),
    "beta": "The chance of publication changes smoothly with the one-sided p value, like a beta density.",
    "copas": (
        "The chance of publication rises with precision and with the result; shown is the weakest such "
        "selection that leaves no asymmetry."
    ),
    "p_uniform_star": (
        "Significant results shared one chance of publication, all others another; each is judged among its "
        "own kind."
    ),
    "worst_case": (
        "Results that are significant in the pooled direction are beyond trust: only the others count, as "
        "under unlimited selection."
    ),
}


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One line of the comparison, on the analysis scale; ``reason`` stands where there is no estimate."""

    name: str
    label: str
    assumption: str
    estimate: float | None
    interval: Interval | None
    reason: str | None


def compare_adjustments(bias: Bias) -> tuple[Adjustment, ...]:
    """Every estimate of the mean effect, from no adjustment to the worst case."""
    return tuple(
        Adjustment(name, label, _ASSUMES[name], *_numbers(found)) for name, label, found in _lines(bias)
    )


Found = tuple[float, Interval | None] | str


def _lines(bias: Bias) -> Iterator[tuple[str, str, Found]]:
    yield "unadjusted", "None: as pooled", _wald(bias.pooled.estimate)
    hc = bias.henmi_copas
    yield (
        "henmi_copas",
        "Henmi–Copas",
        hc.reason if isinstance(hc, NotEstimable) else (hc.estimate, hc.interval),
    )
    filled = bias.trim_and_fill
    if isinstance(filled, NotEstimable):
        yield "trim_and_fill", "Trim and fill", filled.reason
    else:
        label = f"Trim and fill ({filled.estimator}, {filled.k0} filled)"
        yield "trim_and_fill", label, _wald(filled.fit.estimate)
    pp = bias.pet_peese
    if isinstance(pp, NotEstimable):
        yield "pet_peese", "PET-PEESE", pp.reason
    else:
        yield "pet_peese", f"PET-PEESE ({pp.used.upper()})", _wald(pp.estimate)
    limit = bias.limit_meta
    yield (
        "limit_meta",
        "Limit meta-analysis",
        limit.reason if isinstance(limit, NotEstimable) else _wald(limit.estimate),
    )
    yield "step", "Selection: step function", _selected(bias.step)
    yield "beta", "Selection: beta density", _selected(bias.beta)
    yield "copas", "Selection: Copas", _copas(bias)
    uniform = bias.p_uniform_star
    yield (
        "p_uniform_star",
        "p-uniform*",
        uniform.reason
        if isinstance(uniform, NotEstimable)
        else (uniform.estimate.estimate, uniform.interval),
    )
    worst = bias.worst_case
    if isinstance(worst, NotEstimable):
        yield "worst_case", "Worst case", worst.reason
    elif worst.others_only is None:
        yield "worst_case", "Worst case", "every result is significant in the pooled direction"
    else:
        yield "worst_case", f"Worst case ({worst.others} results)", _wald(worst.others_only.estimate)


def _copas(bias: Bias) -> Found:
    copas = bias.copas
    if isinstance(copas, NotEstimable):
        return copas.reason
    if not copas.needed:
        return "no asymmetry that selection would have to explain"
    if copas.chosen is None:
        return "no selection of the grid explains the asymmetry"
    return _wald(copas.chosen.estimate)


def _selected(found: Selection | NotEstimable) -> Found:
    """The profile interval where there is one: the likelihood is rarely symmetric."""
    if isinstance(found, NotEstimable):
        return found.reason
    if found.profile is not None and math.isfinite(found.estimate.se):
        return found.estimate.estimate, found.profile
    return _wald(found.estimate)


def _wald(estimate: Estimate) -> tuple[float, Interval | None]:
    return estimate.estimate, estimate.interval() if math.isfinite(estimate.se) else None


def _numbers(found: Found) -> tuple[float | None, Interval | None, str | None]:
    """An estimate with its interval, or neither: a number that the data do not pin down is no answer."""
    if isinstance(found, str):
        return None, None, found
    estimate, interval = found
    return (None, None, FLAT) if interval is None else (estimate, interval, None)
