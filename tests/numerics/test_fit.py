"""The batched fit: definitions of the estimators, counts, and rows that have no answer."""

from __future__ import annotations

import numpy as np
import pytest

from rupmeta.numerics.fit import Status, fit_batch
from rupmeta.numerics.intervals import likelihood_on_grid, profile_likelihood, profile_q
from rupmeta.numerics.tau2 import TAU2

METHODS = list(TAU2)


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(20260101)
    v = rng.uniform(0.01, 0.2, 12)
    y = 0.3 + rng.normal(size=12) * np.sqrt(v + 0.5)
    X = np.column_stack([np.ones(12), np.arange(12) % 2, rng.integers(1990, 2020, 12)])
    return y, v, X


def dense(y: np.ndarray, v: np.ndarray, X: np.ndarray, tau2: float) -> tuple[np.ndarray, np.ndarray]:
    """W and P of the textbook."""
    W = np.diag(1.0 / (v + tau2))
    return W, W - W @ X @ np.linalg.inv(X.T @ W @ X) @ X.T @ W


@pytest.mark.parametrize("with_moderators", [False, True])
def test_restricted_likelihood_has_no_slope_at_its_maximum(data, with_moderators) -> None:
    y, v, X = data
    X = X if with_moderators else X[:, :1]
    for method in ("REML", "ML"):
        tau2 = float(fit_batch(y, v, X, method=method).tau2[0])
        W, P = dense(y, v, X, tau2)
        trace = np.trace(P if method == "REML" else W)
        assert tau2 > 0
        # X holds years, so that the textbook's P keeps about nine digits
        assert y @ P @ P @ y == pytest.approx(trace, rel=1e-8)


@pytest.mark.parametrize("with_moderators", [False, True])
def test_generalised_Q_equals_its_degrees_of_freedom_at_PM(data, with_moderators) -> None:
    y, v, X = data
    X = X if with_moderators else X[:, :1]
    fit = fit_batch(y, v, X, method="PM")
    _, P = dense(y, v, X, float(fit.tau2[0]))
    assert fit.tau2[0] > 0
    assert y @ P @ y == pytest.approx(len(y) - X.shape[1], rel=1e-8)
    assert fit.s2[0] == pytest.approx(1.0, rel=1e-10)


def test_q_profile_limits_solve_their_equation(data) -> None:
    y, v, X = data
    X = X[:, :1]
    fit = fit_batch(y, v, X, method="DL")
    lb, ub = profile_q(fit, y, v, X, level=0.9)
    assert 0 < lb[0] < fit.tau2[0] < ub[0]
    for tau2, quantile in (
        (lb[0], 19.67513757268249),
        (ub[0], 4.57481307932222),
    ):  # chi-square on 11, 5 % tails
        _, P = dense(y, v, X, float(tau2))
        assert y @ P @ y == pytest.approx(quantile, rel=1e-9)


def test_profile_likelihood_limits_lie_where_the_likelihood_has_dropped(data) -> None:
    y, v, _ = data
    fit = fit_batch(y, v, method="REML")
    lb, ub = profile_likelihood(fit, y, v)
    ones = np.ones((len(y), 1))
    heights, _ = likelihood_on_grid(y, v, ones, np.array([fit.tau2[0], ub[0], lb[0]]), True)
    assert 2.0 * (heights[0] - heights[1]) == pytest.approx(3.841458820694124, rel=1e-8)
    assert lb[0] == 0.0 or 2.0 * (heights[0] - heights[2]) == pytest.approx(3.841458820694124, rel=1e-8)


def test_profile_likelihood_needs_a_likelihood(data) -> None:
    y, v, _ = data
    with pytest.raises(ValueError, match="ML or REML"):
        profile_likelihood(fit_batch(y, v, method="DL"), y, v)


@pytest.mark.parametrize("method", METHODS)
def test_counts_are_repetitions_and_masks_are_subsets(data, method) -> None:
    y, v, X = data
    counts = np.array([2, 1, 0, 1, 3, 1, 1, 0, 1, 1, 2, 1], dtype=float)
    rows = np.repeat(np.arange(12), counts.astype(int))
    counted = fit_batch(y, v, X, counts, method=method)
    repeated = fit_batch(y[rows], v[rows], X[rows], method=method)
    for name in ("beta", "tau2", "s2", "Q", "vt", "log_likelihood", "k"):
        assert getattr(counted, name) == pytest.approx(getattr(repeated, name), rel=1e-7, abs=1e-12)
    assert counted.se_tau2 == pytest.approx(repeated.se_tau2, rel=1e-7, nan_ok=True)


def test_effects_that_are_out_may_hold_anything(data) -> None:
    y, v, _ = data
    y2, v2, counts = y.copy(), v.copy(), np.ones(12)
    y2[3], v2[5], counts[[3, 5]] = np.nan, -1.0, 0.0
    kept = np.flatnonzero(counts)
    assert fit_batch(y2, v2, counts=counts).beta == pytest.approx(fit_batch(y[kept], v[kept]).beta, rel=1e-12)
    assert fit_batch(y2, v2).status[0] == Status.BAD_DATA
    assert np.isnan(fit_batch(y2, v2).beta).all()


def test_rows_without_an_answer_say_why(data) -> None:
    y, v, X = data
    masks = np.ones((4, 12))
    masks[1] = 0.0
    masks[2] = X[:, 1]  # one level of the dummy is gone
    masks[3, 3:] = 0.0  # three effects for three coefficients
    fit = fit_batch(y, v, X, masks)
    assert fit.status.tolist() == [Status.OK, Status.RANK, Status.RANK, Status.NO_DF]
    assert fit.ok.tolist() == [True, False, False, False]
    assert np.isnan(fit.beta[1:3]).all()
    assert np.isfinite(fit.beta[3]).all()
    assert fit.tau2[3] == 0.0
    assert all(Status(int(code)).reason for code in fit.status[1:])
    assert Status.OK.reason == ""


def test_a_single_effect_is_itself() -> None:
    fit = fit_batch([0.4], [0.09])
    assert (fit.beta[0, 0], fit.vcov[0, 0, 0], fit.tau2[0]) == (0.4, pytest.approx(0.09, rel=1e-15), 0.0)
    assert fit.status[0] == Status.NO_DF


def test_shapes_are_checked(data) -> None:
    y, v, X = data
    with pytest.raises(ValueError, match="expected rows of 12"):
        fit_batch(y, v[:5])
    with pytest.raises(ValueError, match="X must have shape"):
        fit_batch(y, v, X[:5])
    with pytest.raises(ValueError, match="disagree"):
        fit_batch(np.tile(y, (2, 1)), np.tile(v, (3, 1)))
    with pytest.raises(ValueError, match="counts"):
        fit_batch(y, v, counts=-np.ones(12))
    with pytest.raises(ValueError, match="finite"):
        fit_batch(y, v, np.full((12, 1), np.nan))


def test_redundant_design_is_a_row_without_an_answer(data) -> None:
    y, v, X = data
    assert fit_batch(y, v, np.column_stack([X, X[:, 0] - X[:, 1]])).status[0] == Status.RANK


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("unit", [1e-60, 1e-12, 1e12, 1e60])
def test_extreme_units(data, method, unit) -> None:
    y, v, X = data
    plain, scaled = fit_batch(y, v, X, method=method), fit_batch(y * unit, v * unit**2, X, method=method)
    # unit is no power of two: v·unit² is rounded
    assert scaled.beta / unit == pytest.approx(plain.beta, rel=1e-8)
    assert scaled.tau2 / unit**2 == pytest.approx(plain.tau2, rel=1e-8)


@pytest.mark.parametrize("method", METHODS)
def test_one_effect_ten_million_times_as_precise(data, method) -> None:
    y, v, _ = data
    v = v.copy()
    v[4] = 1e-9
    fit = fit_batch(y, v, method=method)
    assert fit.ok[0]
    assert np.isfinite(fit.beta).all()
    assert fit.tau2[0] >= 0


def test_large_offset_keeps_its_digits(data) -> None:
    y, v, _ = data
    # 1e6 leaves y itself ten digits
    assert fit_batch(y + 1e6, v).tau2 == pytest.approx(fit_batch(y, v).tau2, rel=1e-7)


def test_the_higher_of_two_peaks_is_found() -> None:
    # two precise effects far apart among imprecise ones that agree: peaks at 0 and far from it
    rng = np.random.default_rng(7)
    ones, found = np.ones((6, 1)), 0
    for _ in range(400):
        v = rng.choice([0.001, 0.3], size=6)
        y = rng.normal(size=6) * np.sqrt(v) * 1.5
        fit = fit_batch(y, v, method="REML")
        grid = np.concatenate([[0.0, fit.tau2[0]], np.geomspace(1e-5, 10.0, 400)])
        heights, slopes = likelihood_on_grid(y, v, ones, grid, True)
        peaks = np.count_nonzero((slopes[2:-1] > 0) & (slopes[3:] <= 0)) + (slopes[0] <= 0)
        found += peaks > 1
        # the scan may miss a peak that falls between its points, but then only a near tie
        assert heights[1] >= heights.max() - 0.05
    assert found > 0, "no case had two peaks: the test has no grip"
