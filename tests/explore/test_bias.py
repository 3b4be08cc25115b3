"""Small-study effects and selection against their definitions, by laws, and where they must refuse."""

from __future__ import annotations

import dataclasses
from itertools import permutations, product

import numpy as np
import pytest
from effect_tables import effects_table
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.explore.bias.assess import BiasOptions, assess_bias
from rupmeta.explore.bias.asymmetry import choose_predictor, correlate_ranks, fit_egger
from rupmeta.explore.bias.copas import fit_copas
from rupmeta.explore.bias.excess import count_excess
from rupmeta.explore.bias.fail_safe import count_null_studies
from rupmeta.explore.bias.likelihood import log_normal_between, ml_height
from rupmeta.explore.bias.oriented import Oriented, orient
from rupmeta.explore.bias.p_curve import fit_p_curve
from rupmeta.explore.bias.p_uniform import fit_p_uniform
from rupmeta.explore.bias.precision import extrapolate_limit, fit_pet_peese
from rupmeta.explore.bias.selection import fit_beta_selection, fit_step_selection
from rupmeta.explore.bias.trim_and_fill import trim_and_fill
from rupmeta.explore.bias.worst_case import bound_worst_case
from rupmeta.numerics.distributions import chi2_quantile, normal_cdf, normal_quantile
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.fit import fit_effects
from rupmeta.results import NotEstimable

Float = NDArray[np.float64]
Y = np.array(
    [0.19, 0.16, 0.35, 0.33, 0.28, 0.00, 0.18, 0.05, 0.27, 0.01, 0.42, -0.09, 0.15, 0.00, 0.24, 0.04]
)
V = np.array([94, 13, 192, 96, 145, 161, 58, 31, 182, 13, 113, 189, 19, 88, 64, 161]) * 1e-4


def data_of(y: Float = Y, v: Float = V) -> Oriented:
    effects = effects_table(y, v)
    return orient(effects, fit_effects(effects).estimate.estimate)


def sized(effects: Effects, n: list[float | None]) -> Effects:
    rows = (dataclasses.replace(row, n=one) for row, one in zip(effects.rows, n, strict=True))
    return dataclasses.replace(effects, rows=tuple(rows))


def test_egger_is_weighted_least_squares() -> None:
    found = fit_egger(effects_table(Y, V))
    X = np.column_stack([np.ones(16), np.sqrt(V)]) / np.sqrt(V)[:, None]
    beta, rest, *_ = np.linalg.lstsq(X, Y / np.sqrt(V), rcond=None)
    se = np.sqrt(np.diag(np.linalg.inv(X.T @ X)) * rest[0] / 14)
    assert [found.limit.estimate, found.slope.estimate] == pytest.approx(beta, rel=1e-10)
    assert [found.limit.se, found.slope.se] == pytest.approx(se, rel=1e-10)


def test_the_predictor_follows_the_measure_and_the_sample_sizes() -> None:
    table = effects_table(Y[:4], V[:4])
    assert choose_predictor(sized(table, [30, 40, 50, 60])) == "sei"
    rows = tuple(dataclasses.replace(row, n=40.0, measure="SMD") for row in table.rows)
    standardised = Effects("SMD", rows)
    assert choose_predictor(standardised) == "sqrtninv"
    assert choose_predictor(sized(standardised, [30, 40, None, 60])) == "sei"
    mixed = Effects("ZCOR", (dataclasses.replace(rows[0], flag="converted"), *rows[1:]))
    assert choose_predictor(mixed) == "sqrtninv"
    assert choose_predictor(Effects("ZCOR", rows)) == "sei"
    with pytest.raises(EstimationError, match="no sample size is known of study0"):
        fit_egger(table, predictor="sqrtninv")


def test_the_exact_rank_test_counts_all_orders() -> None:
    y, v = np.array([0.5, 0.1, 0.9, 0.2, 0.8]), np.array([0.05, 0.01, 0.02, 0.04, 0.03])
    found = correlate_ranks(effects_table(y, v))
    pairs = [(i, j) for i in range(5) for j in range(i)]
    scores = [
        sum(np.sign(a[i] - a[j]) * np.sign(v[i] - v[j]) for i, j in pairs) for a in permutations(range(5))
    ]
    S = found.tau * 10
    assert found.exact
    assert found.pval == pytest.approx(
        min(1.0, 2 * min(np.mean(np.array(scores) <= S + 1e-9), np.mean(np.array(scores) >= S - 1e-9)))
    )


def test_trim_and_fill_mirrors_the_largest_effects() -> None:
    found = trim_and_fill(effects_table(Y, V), estimator="L0", test="z")
    assert (found.k0, found.side) == (2, "left")
    kept = np.argsort(Y, kind="stable")[:14]
    mu = float(fit_batch(Y[kept], V[kept]).beta[0, 0])
    assert found.filled[:, 0] == pytest.approx(2 * mu - np.sort(Y)[-2:], rel=1e-12)
    assert found.fit.k == 18


@given(st.sampled_from(["L0", "R0"]), st.integers(0, 4))
@settings(max_examples=10, deadline=None)
def test_trim_and_fill_of_mirrored_effects_is_mirrored(estimator: str, start: int) -> None:
    y, v = Y[start:], V[start:]
    one = trim_and_fill(effects_table(y, v), estimator=estimator)  # type: ignore[arg-type]
    two = trim_and_fill(effects_table(-y, v), estimator=estimator)  # type: ignore[arg-type]
    assert one.k0 == two.k0
    assert {one.side, two.side} == {"left", "right"}
    assert one.fit.estimate.estimate == pytest.approx(-two.fit.estimate.estimate, rel=1e-9)


def test_fail_safe_numbers_are_the_smallest_that_do_it() -> None:
    found = count_null_studies(effects_table(Y, V), target=0.05)
    z, w = Y / np.sqrt(V), 1 / V

    def stouffer(n: int) -> float:
        return float(z.sum() / np.sqrt(len(z) + n))

    assert stouffer(found.rosenthal) <= normal_quantile(0.95) < stouffer(found.rosenthal - 1)

    def common(n: int) -> float:
        return float((w @ Y) / np.sqrt(w.sum() + n * w.mean()))

    assert common(found.rosenberg) <= normal_quantile(0.975) < common(found.rosenberg - 1)
    mu = float(w @ Y / w.sum())
    assert found.orwin is not None
    assert 16 * mu / (16 + found.orwin) <= 0.05 < 16 * mu / (16 + found.orwin - 1)


def test_excess_significance_enumerates_all_outcomes() -> None:
    found = count_excess(effects_table(Y[:10], V[:10]))
    total = sum(
        float(np.prod(np.where(outcome, found.power, 1 - found.power)))
        for outcome in product([True, False], repeat=10)
        if sum(outcome) >= found.O
    )
    assert found.pval == pytest.approx(total, rel=1e-10)


def test_log_normal_between_in_both_tails() -> None:
    a = np.array([-40.0, -1.0, 8.0, 38.0, -np.inf])
    b = np.array([-39.0, 2.0, 9.0, 39.0, 0.0])
    found = log_normal_between(a, b)
    # by symmetry, by plain subtraction where that is exact, and one half
    assert found[3] == pytest.approx(log_normal_between(np.array([-39.0]), np.array([-38.0]))[0], rel=1e-12)
    assert np.exp(found[1]) == pytest.approx(normal_cdf(2.0) - normal_cdf(-1.0), rel=1e-12)
    assert np.exp(found[2]) == pytest.approx(normal_cdf(-8.0) - normal_cdf(-9.0), rel=1e-12)
    assert found[4] == pytest.approx(np.log(0.5), rel=1e-12)


def test_without_selection_both_models_are_the_ml_fit() -> None:
    """At delta = 1 the step and the beta likelihood are that of the random-effects model."""
    from rupmeta.explore.bias.selection import _beta_height, _step_height

    data = data_of()
    ml = fit_batch(*data.scaled(), method="ML")
    theta = np.array([[float(ml.beta[0, 0]), float(np.sqrt(ml.tau2[0])), 0.0, 0.0]])
    row = np.zeros(1, dtype=np.intp)
    place = (data.p > 0.025).astype(np.intp)
    step = float(_step_height(data, (0.025,), place)(theta[:, :3], row)[0])
    assert step == pytest.approx(ml_height(data), rel=1e-12)
    assert float(_beta_height(data)(theta, row)[0]) == pytest.approx(ml_height(data), rel=1e-10)


def test_the_step_fit_is_a_maximum_and_its_interval_a_fall_of_chi_square() -> None:
    from rupmeta.explore.bias.selection import _step_height

    data = data_of()
    found = fit_step_selection(data)
    height = _step_height(data, (0.025,), (data.p > 0.025).astype(np.intp))
    centre = np.array(
        [found.estimate.estimate / data.unit, found.tau2**0.5 / data.unit, np.log(found.delta[1])]
    )
    row = np.zeros(1, dtype=np.intp)
    top = float(height(centre[None], row)[0])
    for move in np.eye(3):
        assert max(float(height((centre + e * move)[None], row)[0]) for e in (-0.02, 0.02)) < top
    assert found.profile is not None
    taus, deltas = np.meshgrid(np.linspace(0.01, 2.5, 120), np.linspace(-5, 2, 120))
    for limit in (found.profile.lb, found.profile.ub):
        grid = np.column_stack([np.full(taus.size, limit / data.unit), taus.ravel(), deltas.ravel()])
        best = float(height(grid, np.zeros(len(grid), dtype=np.intp)).max())
        assert 2 * (top - best) == pytest.approx(chi2_quantile(0.05, 1), abs=0.01)  # of a grid


def test_orientation_and_units_do_not_matter_to_selection() -> None:
    plain, turned = fit_step_selection(data_of()), fit_step_selection(data_of(-100 * Y, 1e4 * V))
    assert turned.estimate.estimate == pytest.approx(-100 * plain.estimate.estimate, rel=1e-5)
    assert turned.lrt == pytest.approx(plain.lrt, rel=1e-7)
    assert plain.profile is not None
    assert turned.profile is not None
    assert turned.profile.lb == pytest.approx(-100 * plain.profile.ub, rel=1e-4)


def test_an_empty_interval_of_p_leaves_selection_unidentified() -> None:
    with pytest.raises(EstimationError, match=r"0 in p 0\.025 to 1"):
        fit_step_selection(data_of(np.full(5, 0.5), np.array([0.01, 0.012, 0.009, 0.008, 0.01])))


def test_selection_is_recovered_from_selected_studies() -> None:
    rng = np.random.default_rng(20260101)
    v = rng.uniform(0.01, 0.08, 4000)
    y = rng.normal(0.15, np.sqrt(0.01 + v))
    published = (y / np.sqrt(v) > 1.96) | (rng.random(4000) < 0.3)
    data = data_of(y[published], v[published])
    found = fit_step_selection(data, profiles=False)
    assert found.estimate.estimate == pytest.approx(0.15, abs=3 * found.estimate.se)
    assert found.delta[1] == pytest.approx(0.3, abs=0.06)  # three of its standard errors
    uniform = fit_p_uniform(data)
    assert uniform.estimate.estimate == pytest.approx(0.15, abs=3 * found.estimate.se)
    naive = float(fit_batch(y[published], v[published]).beta[0, 0])
    assert naive > 0.2


def test_without_selection_the_beta_model_finds_none() -> None:
    rng = np.random.default_rng(7)
    v = rng.uniform(0.01, 0.08, 150)
    found = fit_beta_selection(data_of(rng.normal(0.15, np.sqrt(0.01 + v)), v))
    assert found.lrt_pval > 0.01
    assert found.lrt_df == 2


def test_selection_models_need_more_effects_than_parameters() -> None:
    # metafor 4.x: k < p + 1 + free deltas is "too small"; here as many are too few as well.
    y = np.array([0.5, 0.05, 0.4, 0.1, 0.3, 0.02])
    v = np.array([0.02, 0.02, 0.03, 0.01, 0.04, 0.03])
    for k, step, beta in ((3, False, False), (4, True, False), (5, True, True)):
        for fit, works, least in ((fit_step_selection, step, 4), (fit_beta_selection, beta, 5)):
            data = data_of(y[:k], v[:k])
            if works:
                assert np.isfinite(fit(data).estimate.estimate)
            else:
                with pytest.raises(EstimationError, match=f"needs at least {least}") as refused:
                    fit(data)
                assert refused.value.code == "K-ASYM"
    with pytest.raises(EstimationError, match="needs at least 5"):
        fit_step_selection(data_of(y[:4], v[:4]), steps=(0.025, 0.3))


def test_an_interval_far_wider_than_the_effects_is_none_and_a_usual_one_stays() -> None:
    # Four results on one side of .025, seven on the other: the two shapes trade off against the mean.
    y = np.array([0.04, 0.70, 0.81, 0.03, 0.17, 0.20, 0.16, 0.03, 0.95, 0.19, 0.09])
    v = np.array([0.022, 0.018, 0.037, 0.008, 0.003, 0.014, 0.008, 0.013, 0.007, 0.025, 0.005])
    flat = fit_beta_selection(data_of(y, v))
    assert np.isfinite(flat.estimate.estimate)
    assert np.isnan(flat.estimate.se)
    assert [note.code for note in flat.notes] == ["SELECTION-FLAT"]
    step = fit_step_selection(data_of(y, v))  # the same effects, a model that they do identify
    assert 0 < step.estimate.se < np.ptp(y)
    assert "SELECTION-FLAT" not in [note.code for note in step.notes]


def test_copas_without_selection_is_the_ml_fit() -> None:
    from rupmeta.explore.bias.copas import _heights, _inclination

    data = data_of()
    ml = fit_batch(*data.scaled(), method="ML")
    sure = _inclination(np.array([[1 - 1e-12, 1 - 1e-12]]), np.sqrt(data.v))
    theta = np.array([[float(ml.beta[0, 0]), float(np.sqrt(ml.tau2[0])), 0.5]])
    assert float(_heights(data, sure)(theta, np.zeros(1, dtype=np.intp))[0]) == pytest.approx(
        ml_height(data), abs=1e-8
    )


def test_copas_grid_runs_from_weak_to_strong_selection() -> None:
    found = fit_copas(data_of())
    missing = [row.missing for row in found.rows]
    assert missing == sorted(missing)
    assert len(found.rows) == 18
    strong = next(row for row in found.rows if (row.precise, row.imprecise) == (0.99, 0.1))
    weak = next(row for row in found.rows if (row.precise, row.imprecise) == (0.99, 0.99))
    assert strong.estimate.estimate < weak.estimate.estimate
    assert not found.needed
    assert found.chosen is None


def test_limit_meta_analysis_is_least_squares_of_the_radial_plot() -> None:
    found = extrapolate_limit(effects_table(Y, V))
    tau2 = float(fit_batch(Y, V).tau2[0])
    s = np.sqrt(V + tau2)
    Z = np.column_stack([1 / s, np.ones(16)])
    beta, alpha = np.linalg.lstsq(Z, Y / s, rcond=None)[0]
    c = np.array([1.0, np.sqrt(tau2)])
    assert found.estimate.estimate == pytest.approx(beta + np.sqrt(tau2) * alpha, rel=1e-9)
    assert found.estimate.se**2 == pytest.approx(c @ np.linalg.inv(Z.T @ Z) @ c, rel=1e-9)
    assert found.small.stat + found.residual.stat == pytest.approx(float(fit_batch(Y, V, method="EE").Q[0]))


def test_peese_answers_where_pet_finds_an_effect() -> None:
    strong = fit_pet_peese(effects_table(Y + 0.5, V), 0.6)
    assert strong.used == "peese"
    assert strong.estimate is strong.peese
    against = fit_pet_peese(effects_table(Y + 0.5, V), -0.6)
    assert against.used == "pet"
    assert against.pval == pytest.approx(1 - strong.pval, rel=1e-12)


def test_p_curve_of_uniform_p_values_is_flat() -> None:
    p = (np.arange(2000) + 0.5) / 2000 * 0.05
    z = -np.asarray(normal_quantile(p / 2))
    found = fit_p_curve(Oriented(z, np.ones(2000), 1.0, 1.0))
    assert found.shares == pytest.approx([20.0] * 5, abs=0.1)
    assert found.right_skew.z == pytest.approx(0.0, abs=0.01)
    assert found.flatness.pval < 1e-6
    assert found.power == pytest.approx(5.1, abs=0.5)
    assert found.inadequate
    assert not found.evidential_value


@pytest.mark.parametrize("power", [0.4, 0.8])
def test_p_curve_recovers_the_power_of_studies(power: float) -> None:
    rng = np.random.default_rng(3)
    ncp = 1.959963985 + normal_quantile(power)  # the other tail is nil at these
    z = rng.normal(ncp, 1.0, 6000)
    found = fit_p_curve(Oriented(z, np.ones(6000), 1.0, 1.0))
    assert found.power == pytest.approx(100 * power, abs=4)  # two standard errors at 6,000 studies
    assert found.power_lb < found.power < found.power_ub
    assert found.evidential_value


def test_p_curve_needs_three_significant_results() -> None:
    with pytest.raises(EstimationError, match="1 result is significant"):
        fit_p_curve(Oriented(np.array([3.0, 0.1, 0.2]), np.ones(3), 1.0, 1.0))


def test_the_worst_case_by_its_definition() -> None:
    effects, data = effects_table(Y, V), data_of()
    found = bound_worst_case(effects, data, ratios=(1.0, 5.0))
    tau2 = float(fit_batch(Y, V).tau2[0])
    spread, pi = V + tau2, np.where(data.significant, 1.0, 5.0)
    w = pi / spread
    assert found.corrected[0].estimate.estimate == pytest.approx(fit_effects(effects).estimate.estimate)
    assert found.corrected[1].estimate.estimate == pytest.approx(float(w @ Y / w.sum()), rel=1e-12)
    # CR2 from its definition: A with A·var(residual)·A = working variance, for clusters of one.
    H = np.outer(np.ones(16), w / w.sum())
    residual_variance = np.diag((np.eye(16) - H) @ np.diag(spread) @ (np.eye(16) - H).T)
    e = Y - w @ Y / w.sum()
    variance = np.sum((w / w.sum()) ** 2 * spread / residual_variance * e**2)
    assert found.corrected[1].estimate.se == pytest.approx(np.sqrt(variance), rel=1e-10)
    assert found.severity_estimate is None
    assert found.severity_limit is not None
    at = bound_worst_case(effects, data, ratios=(found.severity_limit,)).corrected[0].estimate
    assert at.ci_lb == pytest.approx(0.0, abs=1e-8)
    assert found.others_only is not None
    assert found.others_only.k == found.others == 16 - found.affirmative


def test_the_severity_of_selection_brings_the_mean_to_its_target() -> None:
    effects, data = effects_table(Y, V), data_of()
    found = bound_worst_case(effects, data, target=0.1)
    assert found.severity_estimate is not None
    again = bound_worst_case(effects, data, ratios=(found.severity_estimate,)).corrected[0].estimate
    assert again.estimate == pytest.approx(0.1, abs=1e-8)


@pytest.mark.parametrize("k", [1, 2])
def test_nothing_is_judged_from_fewer_than_three(k: int) -> None:
    found = assess_bias(effects_table(Y[:k], V[:k]))
    results = [getattr(found, field.name) for field in dataclasses.fields(found)[3:-2]]
    assert all(isinstance(result, NotEstimable) for result in results)
    assert [note.code for note in found.notes] == ["K-ASYM"]


def test_few_effects_carry_the_note_and_keep_their_numbers() -> None:
    found = assess_bias(effects_table(Y[:9], V[:9]))
    assert not isinstance(found.egger, NotEstimable)
    assert any("k = 9, fewer than 10 effects" in note.message for note in found.notes)
    many = assess_bias(effects_table(Y, V))
    assert not any(note.code == "K-ASYM" for note in many.notes)


def test_equal_precision_leaves_nothing_to_regress_on() -> None:
    found = assess_bias(effects_table(Y, np.full(16, 0.01)), BiasOptions(trim_estimator="R0"))
    for result in (found.egger, found.begg, found.pet_peese, found.limit_meta, found.copas):
        assert isinstance(result, NotEstimable)
        assert "same precision" in result.reason
    assert not isinstance(found.trim_and_fill, NotEstimable)
    assert not isinstance(found.step, NotEstimable)


@given(
    st.lists(st.tuples(st.floats(-2, 2), st.floats(0.002, 0.2)), min_size=3, max_size=8),
    st.sampled_from([1e-6, 1.0, 1e6]),
)
@settings(max_examples=6, deadline=None)
def test_every_method_answers_or_says_why(effects: list[tuple[float, float]], unit: float) -> None:
    y, v = np.array(effects).T
    found = assess_bias(effects_table(unit * y, unit**2 * v))
    for field in dataclasses.fields(found)[3:-1]:
        result = getattr(found, field.name)
        if isinstance(result, NotEstimable):
            assert result.reason
            assert any(note.where == field.name for note in found.notes)


def test_effects_far_from_zero_are_within_reach() -> None:
    rng = np.random.default_rng(1)
    found = assess_bias(effects_table(rng.normal(50, 1, 8), rng.uniform(0.001, 0.01, 8)))
    assert not isinstance(found.beta, NotEstimable)
    assert found.beta.estimate.estimate == pytest.approx(50, abs=2)
