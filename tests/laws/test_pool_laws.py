"""What pooling must do whatever the numbers are."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from effect_tables import effects_table
from hypothesis import given, settings
from hypothesis import strategies as st

from rupmeta.numerics.fit import fit_batch
from rupmeta.numerics.intervals import profile_q
from rupmeta.numerics.tau2 import TAU2
from rupmeta.pool.fit import fit_effects

METHODS = st.sampled_from(sorted(TAU2))
# Iterated estimators stop when a step is below 1e-12 of tau2 + the typical variance; the rest is room for
# rounding. Two peaks of equal height may swap under rounding, so REML and ML are compared by likelihood.
TOLERANCE = 1e-8


@st.composite
def studies(draw: Any, least: int = 3, most: int = 12) -> tuple[np.ndarray, np.ndarray]:
    k = draw(st.integers(least, most))
    y = draw(st.lists(st.floats(-2.0, 2.0).map(lambda x: round(x, 3)), min_size=k, max_size=k))
    v = draw(st.lists(st.floats(0.005, 0.5).map(lambda x: round(x, 4)), min_size=k, max_size=k))
    return np.array(y), np.array(v)


def same_fit(one: Any, other: Any, tau2_scale: float = 1.0) -> bool:
    """Equal tau2, or two peaks of one height."""
    scale = float(one.tau2[0] + one.vt[0])
    close = abs(other.tau2[0] / tau2_scale - one.tau2[0]) <= TOLERANCE * scale
    return bool(close) or one.method in ("ML", "REML")


@given(studies(), METHODS, st.floats(-5.0, 5.0))
@settings(deadline=None)
def test_a_shift_moves_the_mean_and_nothing_else(data: Any, method: str, shift: float) -> None:
    y, v = data
    one, other = fit_batch(y, v, method=method), fit_batch(y + shift, v, method=method)
    assert same_fit(one, other)
    assert other.log_likelihood[0] == pytest.approx(one.log_likelihood[0], rel=1e-9, abs=1e-9)
    if abs(other.tau2[0] - one.tau2[0]) <= TOLERANCE:
        assert other.beta[0, 0] - shift == pytest.approx(one.beta[0, 0], rel=1e-6, abs=1e-6)


@given(studies(), METHODS, st.floats(0.01, 100.0))
@settings(deadline=None)
def test_a_change_of_scale_scales(data: Any, method: str, c: float) -> None:
    y, v = data
    one, other = fit_batch(y, v, method=method), fit_batch(c * y, c * c * v, method=method)
    assert same_fit(one, other, c * c)
    if abs(other.tau2[0] / c**2 - one.tau2[0]) <= TOLERANCE:
        assert other.beta[0, 0] / c == pytest.approx(one.beta[0, 0], rel=1e-6, abs=1e-6)
        assert other.I2[0] == pytest.approx(one.I2[0], rel=1e-5, abs=1e-5)


@given(studies(), METHODS, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_studies_is_irrelevant(data: Any, method: str, random: Any) -> None:
    y, v = data
    order = list(range(len(y)))
    random.shuffle(order)
    one, other = fit_batch(y, v, method=method), fit_batch(y[order], v[order], method=method)
    assert same_fit(one, other)
    assert other.log_likelihood[0] == pytest.approx(one.log_likelihood[0], rel=1e-9, abs=1e-9)


@given(studies(), METHODS, st.floats(-1.0, 1.0))
@settings(deadline=None)
def test_identical_effects_have_no_heterogeneity(data: Any, method: str, value: float) -> None:
    _, v = data
    fit = fit_batch(np.full(len(v), value), v, method=method)
    assert fit.Q[0] == pytest.approx(0.0, abs=1e-20)
    assert fit.tau2[0] == pytest.approx(0.0, abs=1e-20)
    assert fit.beta[0, 0] == pytest.approx(value, rel=1e-12, abs=1e-15)


@given(studies(), METHODS)
@settings(deadline=None)
def test_regression_on_the_intercept_alone_is_pooling(data: Any, method: Any) -> None:
    effects = effects_table(*data)
    pooled = fit_effects(effects, method=method)
    regressed = fit_effects(effects, X=np.ones((effects.k, 1)), method=method)
    assert regressed.coefficients == pooled.coefficients
    assert regressed.heterogeneity == pooled.heterogeneity


@given(studies(), METHODS)
@settings(deadline=None)
def test_the_coding_of_a_moderator_is_irrelevant(data: Any, method: str) -> None:
    y, v = data
    if len(y) < 4:
        return
    x = np.arange(len(y)) % 2.0
    one = fit_batch(y, v, np.column_stack([np.ones(len(y)), x]), method=method)
    other = fit_batch(y, v, np.column_stack([1.0 - x, x]), method=method)
    assert other.log_likelihood[0] == pytest.approx(one.log_likelihood[0], rel=1e-8, abs=1e-8)
    assert other.Q[0] == pytest.approx(one.Q[0], rel=1e-9, abs=1e-9)
    if abs(other.tau2[0] - one.tau2[0]) <= TOLERANCE:
        assert other.beta[0, 0] == pytest.approx(one.beta[0, 0], rel=1e-5, abs=1e-6)


@given(studies(4, 9), METHODS, st.integers(0, 2**32 - 1), st.booleans(), st.booleans())
@settings(deadline=None, max_examples=60)
def test_a_row_does_not_depend_on_its_companions(
    data: Any, method: str, seed: int, moderators: bool, counted: bool
) -> None:
    y, v = data
    rng = np.random.default_rng(seed)
    B, k = 23, len(y)
    Y = rng.choice([-1.0, 1.0], size=(B, k)) * y
    X = (
        np.stack([np.column_stack([np.ones(k), rng.normal(size=k)]) for _ in range(B)])
        if moderators
        else None
    )
    C = rng.multinomial(k, np.full(k, 1.0 / k), size=B).astype(float) if counted else None
    whole = fit_batch(Y, v, X, C, method=method)
    lb, ub = profile_q(whole, Y, v, X, C)
    for b in (0, 11, 22):
        row = (Y[b : b + 1], v, None if X is None else X[b : b + 1], None if C is None else C[b : b + 1])
        alone = fit_batch(*row, method=method)
        for field in fields(alone):
            if field.name != "method":
                mine, its = getattr(whole, field.name)[b : b + 1], getattr(alone, field.name)
                assert np.array_equal(mine, its, equal_nan=True), field.name  # bit for bit
        limits = profile_q(alone, *row)
        assert np.array_equal(lb[b : b + 1], limits[0], equal_nan=True)
        assert np.array_equal(ub[b : b + 1], limits[1], equal_nan=True)


@given(studies(), METHODS)
@settings(deadline=None)
def test_adhoc_is_never_narrower_than_z(data: Any, method: Any) -> None:
    effects = effects_table(*data)
    adhoc, z = fit_effects(effects, method=method), fit_effects(effects, method=method, test="z")
    assert adhoc.estimate.se >= z.estimate.se
    assert adhoc.estimate.estimate == z.estimate.estimate


@given(studies(), METHODS)
@settings(deadline=None)
def test_parts_fit_together(data: Any, method: Any) -> None:
    fit = fit_effects(effects_table(*data), method=method)
    h = fit.heterogeneity
    assert fit.weights.sum() == pytest.approx(100.0, rel=1e-12)
    assert h.tau2 is not None
    assert h.tau2 >= 0
    assert h.I2 is not None
    assert 0 <= h.I2 <= 100
    if fit.prediction is not None:
        assert fit.prediction.lb <= fit.estimate.ci_lb
        assert fit.estimate.ci_ub <= fit.prediction.ub
    if h.tau2_lb is not None and h.tau2_ub is not None:
        assert 0 <= h.tau2_lb <= h.tau2_ub
