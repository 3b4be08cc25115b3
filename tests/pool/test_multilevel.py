"""Effects that share samples: limits of the model, definitions of its robust tests."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from effect_tables import design_matrix, effects_table

from rupmeta.errors import EstimationError
from rupmeta.numerics.blocks import evaluate, fit_blocks, make_blocks
from rupmeta.pool.fit import Fit, fit_effects
from rupmeta.pool.multilevel import fit_multilevel
from rupmeta.pool.robust import cr2

CLUSTERS = [0, 0, 0, 1, 2, 2, 3, 3, 4, 5, 5, 6]


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    v = rng.uniform(0.01, 0.08, 12)
    y = 0.3 + rng.normal(size=7)[CLUSTERS] * 0.3 + rng.normal(size=12) * np.sqrt(v + 0.03)
    return y, v


def codes(fit: Fit) -> list[str]:
    return [note.code for note in fit.notes]


def test_score_is_zero_at_the_estimate(data) -> None:
    y, v = data
    blocks = make_blocks(y, np.ones((12, 1)), np.diag(v), [str(c) for c in CLUSTERS])
    fit = fit_blocks(blocks, [(0.05, 0.05)], (0, 1))
    assert fit is not None
    assert (fit.variances > 0).all()
    # the last step was below 1e-11 of the variances
    assert np.abs(fit.score / np.diag(fit.information) / fit.variances).max() < 1e-8


def test_score_and_information_are_derivatives(data) -> None:
    y, v = data
    V = np.diag(v)
    V[0, 1] = V[1, 0] = 0.4 * np.sqrt(v[0] * v[1])
    X = np.column_stack([np.ones(12), np.arange(12.0)])
    blocks = make_blocks(y, X, V, [str(c) for c in CLUSTERS])
    at, step = np.array([0.05, 0.02]), 1e-5
    fit = evaluate(blocks, at)
    for a in range(2):
        up, down = at.copy(), at.copy()
        up[a] += step
        down[a] -= step
        slope = (evaluate(blocks, up).log_likelihood - evaluate(blocks, down).log_likelihood) / (2 * step)
        assert fit.score[a] == pytest.approx(slope, rel=1e-6)  # central differences


def test_one_effect_per_sample_is_ordinary_pooling(data) -> None:
    y, v = data
    alone, pooled = fit_multilevel(effects_table(y, v)), fit_effects(effects_table(y, v), test="t")
    assert alone.sigma2_within is None
    assert alone.sigma2_between == pytest.approx(pooled.heterogeneity.tau2, rel=1e-7)
    assert alone.estimate.se == pytest.approx(pooled.estimate.se, rel=1e-8)
    assert alone.estimate.df == pooled.estimate.df == 11.0
    assert pytest.approx(pooled.heterogeneity.I2, rel=1e-7) == alone.heterogeneity.I2
    assert alone.log_likelihood == pytest.approx(pooled.log_likelihood, rel=1e-10)
    assert alone.weights == pytest.approx(pooled.weights, rel=1e-7)
    assert "ONE-PER-CLUSTER" in codes(alone)


def test_parts_add_up(data) -> None:
    fit = fit_multilevel(effects_table(*data, CLUSTERS))
    h = fit.heterogeneity
    assert fit.sigma2_between is not None
    assert fit.sigma2_within is not None
    assert h.tau2 == pytest.approx(fit.sigma2_between + fit.sigma2_within, rel=1e-14)
    assert pytest.approx(fit.I2_between + fit.I2_within, rel=1e-13) == h.I2
    assert fit.weights.sum() == pytest.approx(100.0, rel=1e-12)
    assert float(fit.weights @ data[0]) / 100.0 == pytest.approx(fit.estimate.estimate, rel=1e-10)
    assert (fit.clusters, fit.estimate.df, fit.pi_df, fit.test) == (7, 6.0, 6, "t")


def test_order_of_rows_is_irrelevant(data) -> None:
    y, v = data
    order = np.array([11, 3, 0, 7, 5, 1, 2, 4, 6, 8, 10, 9])
    one = fit_multilevel(effects_table(y, v, CLUSTERS))
    other = fit_multilevel(effects_table(y[order], v[order], np.array(CLUSTERS)[order].tolist()))
    assert other.estimate.estimate == pytest.approx(one.estimate.estimate, rel=1e-9)
    assert other.robust[0].se == pytest.approx(one.robust[0].se, rel=1e-8)
    assert other.robust[0].df == pytest.approx(one.robust[0].df, rel=1e-8)
    assert other.weights == pytest.approx(one.weights[order], rel=1e-8)


def test_singleton_clusters_make_cr2_the_hc2_estimator(data) -> None:
    y, v = data
    X = np.column_stack([np.ones(12), np.linspace(-1, 1, 12) ** 3])
    blocks = make_blocks(y, X, np.diag(v), [str(i) for i in range(12)])
    fit = evaluate(blocks, np.array([0.04, 0.0]))
    w = 1.0 / (v + 0.04)
    M = np.linalg.inv(X.T @ (w[:, None] * X))
    leverage = w * ((X @ M) * X).sum(axis=1)
    e = y - X @ M @ X.T @ (w * y)
    meat = X.T @ ((w**2 * e**2 / (1.0 - leverage))[:, None] * X)
    assert cr2(fit).vcov == pytest.approx(M @ meat @ M, rel=1e-10)


def test_cr2_is_unbiased_under_its_working_model(data) -> None:
    y, v = data
    X = np.column_stack([np.ones(12), np.arange(12) % 3])
    blocks = make_blocks(y, X, np.diag(v), [str(c) for c in CLUSTERS])
    fit = evaluate(blocks, np.array([0.05, 0.02]))
    robust = cr2(fit)
    # E V = sum of influence'influence = M where no direction is fitted exactly
    expected = np.einsum("jka,jkb->ab", robust.influence, robust.influence)
    assert expected == pytest.approx(fit.M, rel=1e-9)


def test_joint_test_of_one_coefficient_is_its_t_test_squared(data) -> None:
    y, v = data
    X = np.column_stack([np.ones(12), np.arange(12) % 3])
    blocks = make_blocks(y, X, np.diag(v), [str(c) for c in CLUSTERS])
    robust = cr2(evaluate(blocks, np.array([0.05, 0.02])))
    joint = robust.test([1])
    assert joint is not None
    assert joint.stat == pytest.approx(robust.beta[1] ** 2 / robust.vcov[1, 1], rel=1e-12)
    assert joint.df2 == pytest.approx(robust.df[1], rel=1e-10)


def test_few_samples_are_said(data) -> None:
    y, v = data
    fit = fit_multilevel(effects_table(y[:6], v[:6], CLUSTERS[:6]))
    assert {"K-FEW", "K-RVE"} <= set(codes(fit))
    assert fit.robust[0].df is not None
    assert fit.robust[0].df < 4.0


def test_one_sample(data) -> None:
    y, v = data
    fit = fit_multilevel(effects_table(y[:3], v[:3], CLUSTERS[:3]))
    assert (fit.robust, fit.estimate.df, fit.sigma2_between, fit.prediction) == ((), None, None, None)
    single = fit_multilevel(effects_table(y[:1], v[:1]))
    assert single.estimate.estimate == y[0]
    assert single.heterogeneity.tau2 is None


def test_refusals(data) -> None:
    y, v = data
    V = np.diag(v)
    V[0, 3] = V[3, 0] = 0.001
    with pytest.raises(ValueError, match="between different clusters"):
        fit_multilevel(effects_table(y, v, CLUSTERS, V))
    X = np.column_stack([np.ones(6), np.arange(6.0), np.arange(6.0) ** 2])
    with pytest.raises(EstimationError, match="3 coefficients for 3 samples"):
        fit_multilevel(effects_table(y[:6], v[:6], CLUSTERS[:6]), X=X, names=["intercept", "a", "b"])
    with pytest.raises(EstimationError, match="nothing to pool"):
        fit_multilevel(effects_table([], []))


def test_levels_of_a_single_sample_leave_no_robust_joint_test() -> None:
    """Samples that fit exactly have no residual, and CR2 gives their coefficients no variance."""
    clusters = ["a", "b", "c", "d"]
    effects = effects_table([0.30, 0.40, 0.55, 0.35], [0.02, 0.01, 0.02, 0.01], clusters)
    effects = dataclasses.replace(effects, V=np.diag(effects.vi))
    X = design_matrix([["early", "middle", "late", "early"]])
    fit = fit_multilevel(effects, X=X, names=["intercept", "late", "middle"])
    assert fit.omnibus is not None
    assert fit.robust_omnibus is None
