"""Power, resampled R², location-scale models, case diagnostics, subsets and curves: definitions and laws."""

from __future__ import annotations

import numpy as np
import pytest
from moderated_effects import fit_knha, fit_z, with_moderators

from rupmeta.errors import EstimationError
from rupmeta.explore.curves import trace_curve
from rupmeta.explore.explained import ExplainedInterval, bootstrap_R2, compare_aic
from rupmeta.explore.formula import parse_formula
from rupmeta.explore.location_scale import fit_location_scale
from rupmeta.explore.moderators import moderate
from rupmeta.explore.multimodel import average_models
from rupmeta.explore.power.detectable import detectable_effect, noncentrality
from rupmeta.explore.residuals import diagnose_cases
from rupmeta.numerics.fit import fit_batch
from rupmeta.results import NotEstimable

rng = np.random.default_rng(2)
K = 18
X1 = rng.normal(size=K)
GROUP = ["a", "b", "c"] * 6
V = rng.uniform(0.01, 0.04, K)
Y = 0.3 + 0.2 * X1 + rng.normal(size=K) * np.sqrt(V + 0.02)
EFFECTS = with_moderators(Y.tolist(), V.tolist(), {"x": X1.tolist(), "g": GROUP})
DESIGN = np.column_stack([np.ones(K), X1])


def test_a_detectable_slope_is_found_as_often_as_promised() -> None:
    """At the slope, and with tau2 and v as assumed, the z test rejects in 80 % of samples."""
    moderated = moderate(EFFECTS, ["x"], fit_z)
    found = detectable_effect(EFFECTS, moderated.design, moderated.fit, 0.02)
    assert found is not None
    assert found.slope is not None
    assert found.contrast == pytest.approx(found.slope * X1.std(ddof=1))
    w = 1 / (V + 0.02)
    M = np.linalg.inv((DESIGN * w[:, None]).T @ DESIGN)
    draws = np.random.default_rng(4).normal(size=(20000, K)) * np.sqrt(V + 0.02) + found.slope * X1
    slopes = draws @ (w[:, None] * DESIGN @ M[:, 1:])
    rejected = np.mean(np.abs(slopes[:, 0]) / np.sqrt(M[1, 1]) > 1.959964)
    assert rejected == pytest.approx(0.80, abs=0.01)  # four standard errors of 20,000 draws


def test_detectable_differences() -> None:
    moderated = moderate(EFFECTS, ["g"], fit_knha)
    found = detectable_effect(EFFECTS, moderated.design, moderated.fit, 0.02)
    assert found is not None
    assert found.slope is None
    assert found.levels is not None
    larger = detectable_effect(EFFECTS, moderated.design, moderated.fit, 0.08)
    assert larger is not None
    assert larger.contrast > found.contrast
    two = moderate(EFFECTS, ["g", "x"], fit_z)
    assert detectable_effect(EFFECTS, two.design, two.fit, 0.02) is None
    assert noncentrality(1, None) == pytest.approx((1.959964 + 0.841621) ** 2, rel=1e-4)
    assert noncentrality(2, 5) > noncentrality(2, 50) > noncentrality(2, None)


def test_the_interval_of_R2_is_repeatable_and_within_bounds() -> None:
    one, two = (bootstrap_R2(EFFECTS, DESIGN, iterations=200, seed=9) for _ in range(2))
    assert isinstance(one, ExplainedInterval)
    assert one == two
    assert 0 <= one.interval.lb <= one.interval.ub <= 100
    assert one.lost == 0
    alone = np.column_stack([np.ones(3), [0.0, 0.0, 1.0]])
    lost = bootstrap_R2(EFFECTS.take([0, 1, 2]), alone, iterations=200)
    assert isinstance(lost, NotEstimable)


def test_AICc_prefers_a_moderator_that_matters() -> None:
    found = compare_aic(EFFECTS, DESIGN)
    assert found is not None
    assert found[0] < found[1]


def test_a_constant_scale_is_the_ordinary_model() -> None:
    """Without a moderator of tau2, log tau2 is the log of REML's tau2."""
    fitted = fit_batch(Y, V, DESIGN)
    found = fit_location_scale(EFFECTS, DESIGN, ("i", "x"), np.ones((K, 1)), ("i",))
    assert np.exp(found.scale[0].estimate) == pytest.approx(float(fitted.tau2[0]), rel=1e-7)
    assert [e.estimate for e in found.location] == pytest.approx(fitted.beta[0].tolist(), rel=1e-7)
    assert found.likelihood_ratio.stat == pytest.approx(0.0, abs=1e-10)


def test_the_scale_model_is_at_a_peak_and_does_not_mind_units() -> None:
    one = fit_location_scale(EFFECTS, DESIGN, ("i", "x"), DESIGN, ("i", "x"), method="ML")
    coarse = np.column_stack([np.ones(K), 1000 * X1 + 50])
    two = fit_location_scale(EFFECTS, DESIGN, ("i", "x"), coarse, ("i", "x"), method="ML")
    assert two.scale[1].estimate == pytest.approx(one.scale[1].estimate / 1000, rel=1e-6)
    assert two.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-10)

    def height(a: float, b: float) -> float:
        tau2 = np.exp(a + b * X1)
        w = 1 / (V + tau2)
        beta = np.linalg.solve((DESIGN * w[:, None]).T @ DESIGN, (DESIGN * w[:, None]).T @ Y)
        return float(-0.5 * np.sum(np.log(2 * np.pi * (V + tau2)) + w * (Y - DESIGN @ beta) ** 2))

    a, b = (e.estimate for e in one.scale)
    assert height(a, b) == pytest.approx(one.log_likelihood, abs=1e-10)
    assert all(height(a + da, b + db) < one.log_likelihood for da in (-0.1, 0, 0.1) for db in (-0.1, 0.1))


def test_what_the_scale_model_cannot_have() -> None:
    with pytest.raises(EstimationError, match="too few"):
        fit_location_scale(EFFECTS.take(range(4)), DESIGN[:4], ("i", "x"), DESIGN[:4], ("i", "x"))
    equal = with_moderators([0.2] * K, V.tolist(), {})
    with pytest.raises(EstimationError, match="tau2 is 0"):
        fit_location_scale(equal, DESIGN, ("i", "x"), DESIGN, ("i", "x"))


def test_leaving_a_study_out_is_refitting_without_it() -> None:
    found = diagnose_cases(EFFECTS, DESIGN)
    keep = [i for i in range(K) if i != 3]
    fit = fit_batch(Y[keep], V[keep], DESIGN[keep])
    deleted = Y[3] - DESIGN[3] @ fit.beta[0]
    spread = V[3] + fit.tau2[0] + DESIGN[3] @ fit.vcov[0] @ DESIGN[3]
    assert found.rstudent[3] == pytest.approx(deleted / np.sqrt(spread), rel=1e-8)
    assert found.tau2_del[3] == pytest.approx(float(fit.tau2[0]), rel=1e-8)
    assert found.hat.sum() == pytest.approx(2.0)
    assert found.fitted + found.residual == pytest.approx(Y)


def test_a_study_that_stands_alone_in_its_level_is_named() -> None:
    dummy = np.column_stack([np.ones(6), [0, 0, 0, 0, 0, 1.0]])
    effects = with_moderators(Y[:6].tolist(), V[:6].tolist(), {})
    found = diagnose_cases(effects, dummy)
    assert np.isnan(found.rstudent[5])
    assert np.isnan(found.rstandard[5])
    assert "a coefficient rests on it alone" in found.flagged[5]
    assert not np.isnan(found.rstudent[:5]).any()
    with pytest.raises(EstimationError, match="leaving one out"):
        diagnose_cases(effects.take([0, 1, 5]), dummy[[0, 1, 5]])


def test_weights_of_all_subsets() -> None:
    found = average_models(EFFECTS, ["x", "g"])
    assert len(found.models) == 4
    assert sum(m.weight for m in found.models) == pytest.approx(1.0)
    assert found.models[0].delta == 0.0
    weight = {m.terms: m.weight for m in found.models}
    assert dict(found.importance)["x"] == pytest.approx(weight["x",] + weight["x", "g"])
    slopes = {m.terms: fit_batch(Y, V, DESIGN, method="ML") for m in found.models if m.terms == ("x",)}
    assert found.models[0].terms == ("x",)
    assert found.models[0].log_likelihood == pytest.approx(float(slopes["x",].log_likelihood[0]))
    with pytest.raises(EstimationError, match="2 to 6"):
        average_models(EFFECTS, ["x"])


def test_a_curve_follows_the_model_and_its_bands_are_widest_at_the_ends() -> None:
    moderated = moderate(EFFECTS, ["x"], fit_z)
    curve = trace_curve(moderated.design, moderated.fit, "x")
    b = [c.estimate for c in moderated.fit.coefficients]
    assert curve.estimate == pytest.approx(b[0] + b[1] * curve.x)
    width = curve.ci_ub - curve.ci_lb
    assert width.argmin() not in (0, len(width) - 1)
    assert curve.pi_lb is not None
    assert (curve.pi_lb <= curve.ci_lb).all()


def test_a_curve_of_a_polynomial_passes_through_the_fitted_values() -> None:
    moderated = moderate(EFFECTS, parse_formula("poly(x, 2) + g"), fit_z)
    curve = trace_curve(moderated.design, moderated.fit, "x", points=5)
    lowest = int(np.argmin(X1))
    others = moderated.design.X[:, 3:].mean(axis=0)
    row = np.r_[moderated.design.X[lowest, :3], others]
    assert curve.estimate[0] == pytest.approx(
        float(row @ [c.estimate for c in moderated.fit.coefficients]), rel=1e-9
    )
    with pytest.raises(ValueError, match="g is not a number"):
        trace_curve(moderated.design, moderated.fit, "g")
