"""Does the effect differ between kinds of studies? Subgroups and meta-regression are one model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.explore.design import Design, Term, as_formula, build_design, level_name, list_levels
from rupmeta.explore.formula import Formula
from rupmeta.numerics.distributions import chi2_p, two_sided_quantile
from rupmeta.pool.fit import Fit
from rupmeta.pool.inference import wald_test
from rupmeta.results import Estimate, Interval, Note, Test

__all__ = ["FitModel", "Moderated", "Subgroup", "judge_coefficients", "moderate"]

#: Fit a model: effects, X and the names of its columns → Fit.
FitModel = Callable[[Effects, NDArray[np.float64] | None, Sequence[str]], Fit]


@dataclass(frozen=True)
class Subgroup:
    """One level of a category.

    ``estimate``: under the tau2 that all levels share (the model of the test between them). ``separate``:
    the level's own fit with its own tau2; None when it cannot be had. ``indices``: its rows among the
    effects given.
    """

    level: str
    k: int
    estimate: Estimate
    prediction: Interval | None
    separate: Fit | None
    indices: tuple[int, ...]


@dataclass(frozen=True)
class Moderated:
    """A meta-regression with its tests.

    ``term_tests`` holds one test for each term given the others (None: redundant).

    ``between_separate``: for a single category, the test between levels whose tau2 were estimated one by one.
    ``left_out``: indices of effects without a value.
    """

    formula: str
    design: Design
    fit: Fit
    term_tests: tuple[tuple[Term, Test | None], ...]
    subgroups: tuple[Subgroup, ...]
    between_separate: Test | None
    left_out: tuple[int, ...]
    notes: tuple[Note, ...]


def moderate(
    effects: Effects,
    model: Formula | Sequence[str],
    fit_model: FitModel,
    *,
    reference: Mapping[str, str] | None = None,
) -> Moderated:
    """Regress the effects on ``model``, a formula or a list of moderators that enter jointly; for a single
    category also estimate its levels.

    Raises ``EstimationError`` (K-MOD) when nothing varies or there are too few effects, ``ValueError`` for a
    reference that is no level.
    """
    _refuse_constant(effects, model)
    design = build_design(effects, model, reference=reference)
    used = effects.take(design.kept)
    fit = fit_model(used, design.X, design.names)
    notes = [*design.notes, *fit.notes]
    tests = tuple((term, judge_coefficients(fit, _labels(design, term))) for term in design.terms)
    subgroups: tuple[Subgroup, ...] = ()
    between = None
    term = design.terms[0]
    if len(design.terms) == 1 and term.levels is not None and fit.p == len(term.levels):
        subgroups = _estimate_levels(used, design, term, fit, fit_model)
        between = _test_between([group.separate for group in subgroups])
    left_out = tuple(i for i in range(effects.k) if i not in set(design.kept))
    return Moderated(
        design.formula, design, fit, tests, subgroups, between, left_out, tuple(dict.fromkeys(notes))
    )


def _refuse_constant(effects: Effects, model: Formula | Sequence[str]) -> None:
    names = (model if isinstance(model, Formula) else as_formula(model)).variables
    columns = {name: effects.moderator(name) for name in names}
    kept = [i for i in range(effects.k) if all(column[i] is not None for column in columns.values())]
    for name, column in columns.items():
        if all(value is None for value in column):
            raise EstimationError(f"no effect of this analysis has a value of {name}", "K-MOD")
    if not kept:
        raise EstimationError(f"no effect has a value of each of {', '.join(names)}", "K-MOD")
    for name, column in columns.items():
        distinct = {level_name(column[i]) for i in kept}
        if len(distinct) == 1:
            raise EstimationError(
                f"{name} is {distinct.pop()} in all {len(kept)} effects that report it: nothing to compare",
                "K-MOD",
            )


def _labels(design: Design, term: Term) -> list[str]:
    return [design.names[column] for column in term.columns]


def judge_coefficients(fit: Fit, labels: Sequence[str]) -> Test | None:
    """Wald test that the coefficients called ``labels`` are all zero, with the reference of the fit's
    test; None when all of them were redundant.
    """
    position = {estimate.label: i for i, estimate in enumerate(fit.coefficients)}
    index = [position[label] for label in labels if label in position]
    if not index:
        return None
    beta = np.array([fit.coefficients[i].estimate for i in index])
    return wald_test(beta, fit.vcov[np.ix_(index, index)], fit.coefficients[0].df)


def _estimate_levels(
    effects: Effects, design: Design, term: Term, fit: Fit, fit_model: FitModel
) -> tuple[Subgroup, ...]:
    """Every level's mean from the common fit, mean = L b with variance L V L', and from a fit of its own."""
    assert term.levels is not None
    beta = np.array([estimate.estimate for estimate in fit.coefficients])
    values = [level_name(value) for value in effects.moderator(term.name)]
    groups = []
    for level in list_levels(term.name, values):
        L = np.zeros(fit.p)
        L[0] = 1.0
        if level != term.levels[0]:
            L[term.levels.index(level)] = 1.0
        se = float(np.sqrt(L @ fit.vcov @ L))
        df = fit.coefficients[0].df
        estimate = Estimate(level, float(L @ beta), se, df, fit.level)
        tau2 = fit.heterogeneity.tau2
        prediction = None
        if tau2 is not None and fit.k - fit.p >= 2:
            half = two_sided_quantile(fit.level, df) * float(np.sqrt(se**2 + tau2))
            prediction = Interval(estimate.estimate - half, estimate.estimate + half, fit.level)
        indices = tuple(i for i, value in enumerate(values) if value == level)
        separate = _fit_alone(effects.take(indices), fit_model)
        groups.append(
            Subgroup(
                level, len(indices), estimate, prediction, separate, tuple(design.kept[i] for i in indices)
            )
        )
    return tuple(groups)


def _fit_alone(effects: Effects, fit_model: FitModel) -> Fit | None:
    """A level's own fit; None when its few effects do not allow one."""
    try:
        return fit_model(effects, None, ("intercept",))
    except EstimationError:
        return None


def _test_between(fits: Sequence[Fit | None]) -> Test | None:
    """Q_B = sum of w (mu - mean)² with w = 1/se², each level with a tau2 of its own, on G - 1 df."""
    known = [fit for fit in fits if fit is not None and fit.estimate.se > 0]
    if len(known) < 2 or len(known) < len(fits):
        return None
    mu = np.array([fit.estimate.estimate for fit in known])
    w = np.array([fit.estimate.se**-2.0 for fit in known])
    stat = float(np.sum(w * (mu - np.sum(w * mu) / np.sum(w)) ** 2))
    return Test(stat, len(known) - 1, None, chi2_p(stat, len(known) - 1))
