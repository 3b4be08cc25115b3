"""Pooling: small numbers, refusals, notes, options."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from effect_tables import design_matrix, effects_table

from rupmeta.errors import EstimationError
from rupmeta.pool.fit import Fit, fit_effects

Y = [0.21, 0.35, -0.04, 0.48, 0.12, 0.61, 0.30, 0.18]
V = [0.02, 0.04, 0.03, 0.05, 0.01, 0.06, 0.02, 0.03]


def codes(fit: Fit) -> list[str]:
    return [note.code for note in fit.notes]


def note(fit: Fit, code: str) -> str:
    return next(note.message for note in fit.notes if note.code == code)


def test_no_effects() -> None:
    with pytest.raises(EstimationError, match="nothing to pool") as caught:
        fit_effects(effects_table([], []))
    assert caught.value.code == "K-FEW"


def test_one_effect_is_the_study_itself() -> None:
    fit = fit_effects(effects_table([0.3], [0.04]))
    h = fit.heterogeneity
    assert (fit.estimate.estimate, fit.estimate.df, fit.test) == (0.3, None, "z")
    assert fit.estimate.se == pytest.approx(0.2, rel=1e-15)
    assert (h.Q, h.df, h.tau2, h.I2, h.H2, h.tau2_ub) == (0.0, 0, None, None, None, None)
    assert fit.prediction is None
    assert "study itself" in note(fit, "K-FEW")


def test_two_effects_have_one_degree_of_freedom() -> None:
    fit = fit_effects(effects_table([0.1, 0.9], [0.02, 0.03]))
    assert fit.estimate.df == 1.0
    assert fit.prediction is None
    half = (fit.estimate.ci_ub - fit.estimate.ci_lb) / 2.0
    assert half / fit.estimate.se == pytest.approx(12.7062047, rel=1e-8)
    assert codes(fit)[:2] == ["K-FEW", "K-PI"]


@pytest.mark.parametrize(("k", "expected"), [(3, True), (4, True), (5, False)])
def test_few_effects_are_said(k: int, expected: bool) -> None:
    fit = fit_effects(effects_table(Y[:k], V[:k]))
    assert ("K-FEW" in codes(fit)) is expected
    assert ("K-PI" in codes(fit)) is expected
    assert fit.prediction is not None


def test_effects_that_covary_are_refused() -> None:
    covariance = np.diag(V)
    fit_effects(effects_table(Y, V, V=covariance))
    covariance[0, 1] = covariance[1, 0] = 0.01
    with pytest.raises(ValueError, match="independent"):
        fit_effects(effects_table(Y, V, V=covariance))


def test_knha_collapses_and_adhoc_does_not() -> None:
    effects = effects_table([0.2, 0.201, 0.199, 0.2, 0.2], [0.02] * 5)
    knha, adhoc, z = (fit_effects(effects, test=test) for test in ("knha", "adhoc", "z"))
    assert knha.estimate.se < 0.001
    assert adhoc.estimate.se == z.estimate.se == pytest.approx(math.sqrt(0.02 / 5), rel=1e-12)
    assert [n.severity for n in knha.notes if n.code == "HK-NARROW"] == ["warning"]
    assert [n.severity for n in adhoc.notes if n.code == "HK-NARROW"] == ["info"]
    assert "HK-NARROW" not in codes(z)


def test_empty_interval_of_tau2() -> None:
    fit = fit_effects(effects_table([0.2, 0.201, 0.199, 0.2, 0.2], [0.02] * 5))
    h = fit.heterogeneity
    assert (h.tau2, h.tau2_lb, h.tau2_ub, h.I2_lb, h.I2_ub) == (0.0, None, None, None, None)
    assert {"TAU2-CI-EMPTY", "TAU2-ZERO"} <= set(codes(fit))


def test_tau2_of_zero_makes_prediction_and_confidence_one() -> None:
    fit = fit_effects(effects_table([0.1, 0.2, 0.3, 0.2, 0.15, 0.25], [0.05] * 6))
    assert fit.heterogeneity.tau2 == 0.0
    assert fit.prediction is not None
    assert fit.prediction.lb == pytest.approx(fit.estimate.ci_lb, rel=1e-12)
    assert "no proof" in note(fit, "TAU2-ZERO")


def test_equal_effects_model() -> None:
    w = 1.0 / np.array(V)
    for asked, used in (("adhoc", "z"), ("knha", "z"), ("z", "z"), ("t", "t")):
        fit = fit_effects(effects_table(Y, V), method="EE", test=asked)
        assert fit.test == used
        assert ("EE-TEST" in codes(fit)) is (asked != used)
        assert fit.estimate.estimate == pytest.approx(float(w @ Y / w.sum()), rel=1e-13)
        h = fit.heterogeneity
        assert (h.tau2, h.se_tau2, h.tau2_lb, h.tau2_ub) == (0.0, None, None, None)
        assert pytest.approx(h.Q / h.df, rel=1e-13) == h.H2
        assert fit.prediction is None


def test_sj_says_that_it_is_never_zero() -> None:
    fit = fit_effects(effects_table([0.1, 0.2, 0.3, 0.2, 0.15, 0.25], [0.05] * 6), method="SJ")
    assert fit.heterogeneity.tau2 is not None
    assert fit.heterogeneity.tau2 > 0
    assert "SJ-POSITIVE" in codes(fit)


def test_wide_range_of_variances_is_said() -> None:
    fit = fit_effects(effects_table(Y, [1e-9, *V[1:]]))
    assert "standard error" in note(fit, "WEIGHT-RATIO")


def test_two_peaks_are_said() -> None:
    y = [-0.0339, -2.0726, 2.3242, 0.0336, 0.0862, -0.0432]
    fit = fit_effects(effects_table(y, [0.001, 0.3, 0.3, 0.001, 0.001, 0.001]))
    assert "REML-BIMODAL" in codes(fit)
    assert fit.heterogeneity.tau2 == pytest.approx(1.44, abs=0.1)  # the other peak, at .0033, is 3.8 lower
    assert "REML-BIMODAL" not in codes(fit_effects(effects_table(Y, V)))


def test_hts_prediction_has_one_degree_of_freedom_less() -> None:
    effects = effects_table(Y, [v / 4 for v in V])
    default, hts = fit_effects(effects), fit_effects(effects, pi="hts")
    assert (default.pi_df, hts.pi_df) == (7, 6)
    assert fit_effects(effects, test="z").pi_df is None
    assert default.prediction is not None
    assert hts.prediction is not None
    assert hts.prediction.lb < default.prediction.lb


def test_level_reaches_every_interval() -> None:
    effects = effects_table(Y, [v / 4 for v in V])
    narrow, wide = fit_effects(effects, level=0.8), fit_effects(effects, level=0.99)
    assert wide.estimate.ci_lb < narrow.estimate.ci_lb
    assert wide.prediction is not None
    assert narrow.prediction is not None
    assert wide.prediction.ub > narrow.prediction.ub
    assert wide.heterogeneity.tau2_ub is not None
    assert narrow.heterogeneity.tau2_ub is not None
    assert wide.heterogeneity.tau2_ub > narrow.heterogeneity.tau2_ub


def test_redundant_columns_are_named_and_left_out() -> None:
    x = np.array([1.0, 0, 1, 0, 1, 0, 1, 0])
    X = np.column_stack([np.ones(8), x, 1.0 - x, 2.0 * np.ones(8)])
    fit = fit_effects(effects_table(Y, V), X=X, names=["intercept", "a", "b", "c"])
    assert [c.label for c in fit.coefficients] == ["intercept", "a"]
    assert fit.kept == (0, 1)
    assert [n.where for n in fit.notes if n.where] == ["b", "c"]


def test_more_coefficients_than_effects() -> None:
    X = design_matrix([[1.0, 2.0, 4.0]])
    with pytest.raises(EstimationError, match="2 coefficients for 2 effects") as caught:
        fit_effects(effects_table(Y[:2], V[:2]), X=X[:2], names=["intercept", "x"])
    assert caught.value.code == "K-MOD"
    fit = fit_effects(effects_table(Y[:3], V[:3]), X=X, names=["intercept", "x"])
    assert fit.estimate.df == 1.0
    assert "exploratory" in note(fit, "K-MOD")
    assert fit.prediction is None


def test_names_belong_to_columns() -> None:
    with pytest.raises(ValueError, match="2 names"):
        fit_effects(effects_table(Y, V), X=np.ones((8, 1)), names=["a", "b"])


def test_without_an_intercept_every_coefficient_is_tested() -> None:
    x = np.array([1.0, 0, 1, 0, 1, 0, 1, 0])
    fit = fit_effects(effects_table(Y, V), X=np.column_stack([x, 1.0 - x]), names=["a", "b"], test="z")
    assert fit.omnibus is not None
    assert (fit.omnibus.df1, fit.omnibus.df2, fit.R2) == (2, None, None)
    # two independent groups: the statistic is the sum of the squared z
    assert fit.omnibus.stat == pytest.approx(sum(c.stat**2 for c in fit.coefficients), rel=1e-10)


def test_R2_when_there_is_nothing_to_explain() -> None:
    x = np.arange(6.0)
    effects = effects_table([0.1, 0.2, 0.3, 0.2, 0.15, 0.25], [0.05] * 6)
    fit = fit_effects(effects, X=np.column_stack([np.ones(6), x]), names=["intercept", "x"])
    assert fit.R2 == 0.0
    assert "nothing" in note(fit, "R2")


@pytest.mark.parametrize("factor", [1e-8, 1e8])
@pytest.mark.parametrize("method", ["DL", "REML", "PM", "SJ"])
def test_units_do_not_matter(method: Any, factor: float) -> None:
    plain = fit_effects(effects_table(Y, [v / 10 for v in V]), method=method)
    scaled = fit_effects(effects_table(np.array(Y) * factor, np.array(V) / 10 * factor**2), method=method)
    assert scaled.estimate.ci_lb / factor == pytest.approx(plain.estimate.ci_lb, rel=1e-8)
    assert scaled.heterogeneity.I2_ub == pytest.approx(plain.heterogeneity.I2_ub, rel=1e-8)


def test_messages_are_sentences_without_arrays() -> None:
    fit = fit_effects(effects_table(Y[:3], V[:3]), test="knha")
    assert fit.notes
    for item in fit.notes:
        assert "array" not in item.message
        assert "nan" not in item.message.lower().split()
