"""Routes beyond the plain ones, by definition: each must give back what the data behind it give."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from one_route import computed, problem

from rupmeta.effects.conversions import GUMBEL
from rupmeta.effects.from_medians import estimate_moments, skewness
from rupmeta.read.routes import ROUTE_SPECS, partners

#: The same algebra in another order of operations.
EXACT = 1e-12

MEANS = {"mean1": 10.0, "sd1": 4.0, "n1": 32, "mean2": 7.0, "sd2": 5.0, "n2": 28}


def same(values: dict[str, Any], other: dict[str, Any], measure: str = "ZCOR", **more: Any) -> None:
    a, b = computed(values, measure, **more), computed(other, measure, **more)
    assert a.problem is None, a.problem
    assert (a.yi, a.vi) == pytest.approx((b.yi, b.vi), rel=EXACT)


# --- regression -------------------------------------------------------------------------------------------


def ordinary_regression(seed: int = 1) -> tuple[float, float, float, float, int]:
    """b, its standard error, the SDs of predictor and outcome of a regression with two covariates."""
    rng = np.random.default_rng(seed)
    n = 60
    X = rng.normal(size=(n, 3)) @ np.array([[1, 0.4, 0.3], [0, 1, 0.2], [0, 0, 1]])
    y = X @ np.array([0.4, 0.3, -0.2]) + rng.normal(size=n)
    D = np.column_stack([np.ones(n), X])
    b, rss, *_ = np.linalg.lstsq(D, y, rcond=None)
    se = math.sqrt(rss[0] / (n - 4) * np.linalg.inv(D.T @ D)[1, 1])
    return float(b[1]), se, float(X[:, 0].std(ddof=1)), float(y.std(ddof=1)), n


def partial_r(seed: int = 1) -> float:
    """The partial correlation of the same data, from residuals."""
    rng = np.random.default_rng(seed)
    n = 60
    X = rng.normal(size=(n, 3)) @ np.array([[1, 0.4, 0.3], [0, 1, 0.2], [0, 0, 1]])
    y = X @ np.array([0.4, 0.3, -0.2]) + rng.normal(size=n)
    C = np.column_stack([np.ones(n), X[:, 1:]])
    rest = np.eye(n) - C @ np.linalg.pinv(C)
    a, e = rest @ X[:, 0], rest @ y
    return float(a @ e / math.sqrt((a @ a) * (e @ e)))


def test_a_coefficient_with_its_error_is_the_partial_r_of_the_data() -> None:
    b, se, sd_x, sd_y, n = ordinary_regression()
    expected = computed({"partial_r": partial_r(), "n": n, "covariates": 2})
    beta, se_beta = b * sd_x / sd_y, se * sd_x / sd_y
    t = b / se
    half = 2.0032407188478727 * se  # t at .975 with 56 df
    for values in (
        {"slope": b, "se": se, "n": n, "covariates": 2},
        {"slope": b, "se": se, "df": n - 4, "covariates": 2},
        {"slope": b, "ci": [b - half, b + half], "n": n, "covariates": 2},
        {"beta": beta, "se": se_beta, "n": n, "covariates": 2},
        {"beta": beta, "t": t, "n": n, "covariates": 2},
        {"t": t, "n": n, "predictors": 3},
    ):
        found = computed(values)
        assert (found.yi, found.vi) == pytest.approx((expected.yi, expected.vi), rel=1e-10)  # least squares
        assert (found.flag, found.adjusted, found.n) == ("converted", True, n)


def test_a_slope_and_two_sds_are_a_beta() -> None:
    b, _, sd_x, sd_y, n = ordinary_regression()
    values = {"slope": b, "sd_x": sd_x, "sd_y": sd_y, "n": n, "covariates": 2}
    same(values, {"beta": b * sd_x / sd_y, "n": n, "covariates": 2})
    assert (computed(values).flag, computed(values).adjusted) == ("approximate", True)


def test_one_predictor_makes_beta_r() -> None:
    same({"beta": 0.3, "n": 80, "covariates": 0}, {"r": 0.3, "n": 80})
    found = computed({"beta": 0.3, "n": 80, "covariates": 0}, beta="peterson-brown")
    assert (found.yi, found.flag, found.adjusted) == (math.atanh(0.3), "converted", False)


def test_a_p_value_takes_its_sign_from_the_coefficient() -> None:
    for sign in (-1, 1):
        values = {"beta": sign * 0.22, "p": 0.013, "n": 60, "covariates": 3}
        plain = computed({"p": 0.013, "n": 60, "predictors": 4})
        assert computed(values).yi == pytest.approx(sign * plain.yi, rel=EXACT)
    assert computed({"slope": -2.0, "p": "<.001", "n": 60, "covariates": 1}).flag == "approximate"
    same({"p": 0.013, "n": 60, "covariates": 3}, {"p": 0.013, "n": 60, "predictors": 4})


# --- shares of variance -----------------------------------------------------------------------------------


@given(st.floats(0.01, 3), st.integers(4, 60), st.integers(4, 60))
def test_eta_squared_of_two_groups_is_the_t(t: float, n1: int, n2: int) -> None:
    df = n1 + n2 - 2
    eta2 = t * t / (t * t + df)
    a, b = computed({"eta2": eta2, "n1": n1, "n2": n2}), computed({"t": t, "n1": n1, "n2": n2})
    assert a.yi == pytest.approx(b.yi, rel=1e-9)  # 1 − η² loses digits
    partial = computed({"partial_eta2": eta2, "df2": df, "n1": n1, "n2": n2})
    assert (partial.yi, partial.adjusted) == (pytest.approx(b.yi, rel=1e-9), False)


def test_partial_eta_squared_beside_other_terms_is_a_partial_r() -> None:
    found = computed({"partial_eta2": 0.1, "df2": 54, "n": 60}, "COR")
    assert (found.yi, found.adjusted) == (pytest.approx(math.sqrt(0.1)), True)
    same(
        {"partial_eta2": 0.1, "df2": 54, "n": 60}, {"F": 0.1 * 54 / 0.9, "df1": 1, "df2": 54, "covariates": 4}
    )


# --- medians ----------------------------------------------------------------------------------------------


@given(st.floats(-20, 20), st.floats(0.5, 9), st.integers(8, 400))
def test_moments_of_normal_quantiles_are_those_of_the_normal(mean: float, sd: float, n: int) -> None:
    from rupmeta.numerics.tails import normal_lower_quantile

    z = normal_lower_quantile((0.75 * n - 0.125) / (n + 0.25))
    x = normal_lower_quantile((n - 0.375) / (n + 0.25))
    quartiles, extremes = (mean - z * sd, mean + z * sd), (mean - x * sd, mean + x * sd)
    both = {"quartiles": quartiles, "extremes": extremes}
    iqr = {"iqr": quartiles[1] - quartiles[0]}
    for given_ in ({"quartiles": quartiles}, {"extremes": extremes}, both, iqr):
        assert estimate_moments(n, mean, **given_) == pytest.approx((mean, sd), rel=1e-8, abs=1e-9)
    assert skewness(n, mean, quartiles, extremes) < 1e-6


def test_medians_are_nearly_unbiased_on_normal_samples() -> None:
    # 4,000 normal samples of 40: the mean of the estimates is within 4 Monte Carlo errors of truth
    x = np.sort(np.random.default_rng(7).normal(10, 4, (4000, 40)), axis=1)
    q1, m, q3 = np.quantile(x, [0.25, 0.5, 0.75], axis=1)
    found = np.array([estimate_moments(40, *row) for row in zip(m, zip(q1, q3, strict=True), strict=True)])
    assert found[:, 0].mean() == pytest.approx(10, abs=4 * 0.011)
    assert found[:, 1].mean() == pytest.approx(4, rel=0.02)  # Wan et al. print up to 1.5 % of bias


MEDIANS = {
    "median1": 12.0,
    "quartiles1": [8.0, 15.0],
    "n1": 40,
    "median2": 9.0,
    "quartiles2": [6.0, 13.0],
    "n2": 38,
}


def test_medians_are_means_that_were_estimated() -> None:
    (m1, s1), (m2, s2) = (estimate_moments(40, 12, (8, 15)), estimate_moments(38, 9, (6, 13)))
    same(MEDIANS, {"mean1": m1, "sd1": s1, "n1": 40, "mean2": m2, "sd2": s2, "n2": 38}, "SMD")
    assert all(computed(MEDIANS, measure).flag == "approximate" for measure in ("ZCOR", "SMD", "MD"))
    assert not computed(MEDIANS).notes


def test_skewed_quantiles_are_said() -> None:
    found = computed({**MEDIANS, "median1": 8.2, "quartiles1": [8.0, 19.0]})
    assert [note.code for note in found.notes] == ["MEDIAN-SKEW"]
    assert "group 1 looks" in found.notes[0].message
    assert problem({**MEDIANS, "median1": 20.0})[0] == "CI-OUT"


# --- adjusted comparisons ---------------------------------------------------------------------------------


def test_ancova_statistics_agree_with_each_other() -> None:
    # residual SD 4.8, so that S = 4.8/√(1 − .6²) = 6; balanced covariates: SE of an adjusted mean = S_adj/√n
    n1, n2, S_adj, R = 32, 30, 4.8, 0.6
    t = 3.2 / (S_adj * math.sqrt(1 / n1 + 1 / n2))
    sizes = {"n1": n1, "n2": n2, "covariate_r": R}
    first = {"adj_mean1": 14.2, "adj_mean2": 11.0, "sd_adj": S_adj, **sizes}
    se = S_adj * math.sqrt(1 / n1 + 1 / n2)
    for values in (
        {"t": t, **sizes},
        {"F": t * t, "df1": 1, "df2": 59, **sizes},
        {"mean_difference": 3.2, "se": se, **sizes},
    ):
        same(values, first, "SMD")
    d = computed(first, "d")
    assert d.yi == pytest.approx(3.2 / 6, rel=EXACT)
    assert d.vi == pytest.approx((1 / n1 + 1 / n2) * 0.64 + d.yi**2 / (2 * 62), rel=EXACT)
    raw = {"adj_mean1": 14.2, "sd1": 6.0, "adj_mean2": 11.0, "sd2": 6.0, **sizes}
    assert (computed(raw, "d").yi, computed(raw, "d").vi) == pytest.approx((d.yi, d.vi), rel=EXACT)
    by_se = {"adj_mean1": 14.2, "se_adj1": S_adj / math.sqrt(n1), "adj_mean2": 11.0,
             "se_adj2": S_adj / math.sqrt(n2), **sizes}  # fmt: skip
    assert computed(by_se, "d").yi == pytest.approx(d.yi, rel=EXACT)
    for values, flag in ((first, "converted"), (raw, "converted"), (by_se, "approximate")):
        assert (computed(values).flag, computed(values).adjusted) == (flag, True)


def test_without_the_covariate_correlation_the_variance_is_too_wide() -> None:
    raw = {"adj_mean1": 14.2, "sd1": 6.0, "n1": 32, "adj_mean2": 11.0, "sd2": 6.0, "n2": 30}
    assert computed(raw).flag == "approximate"
    assert computed(raw).vi > computed({**raw, "covariate_r": 0.6}).vi


@given(st.floats(0.0, 0.9))
def test_the_variance_of_an_adjusted_d_at_r_0_is_that_of_d(R: float) -> None:
    values = {"t": 2.0, "n1": 30, "n2": 34, "covariate_r": R}
    plain = computed({"t": 2.0, "n1": 30, "n2": 34}, "d")
    adjusted = computed(values, "d")
    assert adjusted.yi == pytest.approx(plain.yi * math.sqrt(1 - R * R), rel=EXACT)
    assert adjusted.vi == pytest.approx(plain.vi * (1 - R * R), rel=EXACT)


def test_a_difference_of_means_is_the_means() -> None:
    S = math.sqrt((31 * 16 + 27 * 25) / 58)
    se = S * math.sqrt(1 / 32 + 1 / 28)
    half = 2.0017174841452356 * se  # t at .975 with 58 df
    sizes = {"n1": 32, "n2": 28}
    for values in (
        {"mean_difference": 3.0, "sd_pooled": S, **sizes},
        {"mean_difference": 3.0, "se": se, **sizes},
        {"mean_difference": 3.0, "ci": [3 - half, 3 + half], **sizes},
    ):
        same(values, MEANS, "SMD")
        same(values, MEANS)


# --- changes ----------------------------------------------------------------------------------------------

PRE_POST = {
    "pre_mean1": 20.0, "post_mean1": 14.0, "sd_pre1": 5.0, "sd_post1": 4.5, "n1": 20,
    "pre_mean2": 20.0, "post_mean2": 17.0, "sd_pre2": 5.2, "sd_post2": 4.8, "n2": 25,
}  # fmt: skip


def sd_of_change(pre: float, post: float, r: float) -> float:
    return math.sqrt(pre**2 + post**2 - 2 * r * pre * post)


def test_r_of_two_groups_is_solved_from_whatever_is_printed() -> None:
    expected = {**PRE_POST, "pre_post_r": 0.6}
    s1, s2 = sd_of_change(5, 4.5, 0.6), sd_of_change(5.2, 4.8, 0.6)
    t19, t24 = 2.093024054408263, 2.063898561628021  # t at .975
    half1, half2 = t19 * s1 / math.sqrt(20), t24 * s2 / math.sqrt(25)
    for more in (
        {"sd_change1": s1, "sd_change2": s2},
        {"paired_t": -6 * math.sqrt(20) / s1, "paired_t2": -3 * math.sqrt(25) / s2},
        {"ci_change1": [-6 - half1, -6 + half1], "ci_change2": [-3 - half2, -3 + half2]},
    ):
        same({**PRE_POST, **more}, expected, "SMD")
    rest = {key: PRE_POST[key] for key in ("sd_pre1", "n1", "sd_pre2", "n2")}
    same({"mean_change1": -6.0, "mean_change2": -3.0, **rest, "pre_post_r": 0.6}, expected, "SMD")


def test_sds_of_change_give_d_in_units_of_scores() -> None:
    s = sd_of_change(5, 5, 0.6)
    values = {
        "mean_change1": -6.0,
        "sd_change1": s,
        "n1": 20,
        "mean_change2": -3.0,
        "sd_change2": s,
        "n2": 25,
    }
    found = computed({**values, "pre_post_r": 0.6}, "d")
    assert found.yi == pytest.approx(-3 / 5, rel=EXACT)
    assert found.flag == "approximate"
    code, reason = problem(values, "SMD")
    assert code == "RPP"
    assert f".8: {-3 / s * math.sqrt(0.4):.4f}".replace("-0.", "−.") in reason


def test_one_group_by_its_paired_t() -> None:
    t, n = -5.1, 26
    full = {
        "pre_mean1": 24.0,
        "post_mean1": 18.0,
        "sd_pre1": 8.0,
        "n1": n,
        "sd_change1": 6 * math.sqrt(n) / 5.1,
    }
    same({"paired_t": t, "n1": n}, full, "SMCC")
    same({"mean_change1": -6.0, "sd_change1": 6 * math.sqrt(n) / 5.1, "n1": n}, full, "SMCC")
    assert computed({"paired_t": t, "n1": n}, "SMCC").flag == "direct"
    standard = computed({"paired_t": t, "n1": n, "pre_post_r": 0.5}, "SMCR")
    assert standard.yi == computed({"paired_t": t, "n1": n}, "SMCC").yi  # 2(1 − .5) = 1
    assert standard.flag == "approximate"
    assert problem({"paired_t": t, "n1": n}, "SMCR")[0] == "RPP"
    half = 2.0595385527532946 * full["sd_change1"] / math.sqrt(n)  # t at .975 with 25 df
    by_ci = {key: full[key] for key in ("pre_mean1", "post_mean1", "sd_pre1", "n1")}
    same({**by_ci, "ci_change1": [-6 - half, -6 + half]}, full, "SMCC")


# --- ratios -----------------------------------------------------------------------------------------------


@given(st.integers(2, 40), st.integers(2, 40), st.integers(2, 40), st.integers(2, 40))
def test_a_risk_ratio_with_the_control_risk_is_the_table(a: int, b: int, c: int, d: int) -> None:
    n1, n2 = a + b, c + d
    se = math.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2)
    values = {"risk_ratio": (a / n1) / (c / n2), "se_log": se, "risk2": c / n2, "n1": n1, "n2": n2}
    table = {"a": a, "b": b, "c": c, "d": d}
    for measure in ("OR", "ZCOR", "SMD", "RR"):
        x, y = computed(values, measure), computed(table, measure)
        assert (x.yi, x.vi) == pytest.approx((y.yi, y.vi), rel=1e-8, abs=1e-9)  # RR − 1 cancels near 0


def test_a_risk_ratio_that_cannot_be() -> None:
    code, reason = problem({"risk_ratio": 2.0, "ci": [1.1, 3.7], "risk2": 0.6}, "ZCOR")
    assert (code, "1.2" in reason) == ("CELL", True)
    assert problem({"risk_ratio": 2.0, "ci": [1.1, 3.7], "risk2": 40}, "ZCOR")[0] == "NUM-PCT"
    assert computed({"risk_ratio": 1.2, "ci": [0.9, 1.6], "risk2": 0.4}).flag == "approximate"


def test_log_times_of_proportional_weibull_hazards_lie_as_the_hazard_ratio_says() -> None:
    # S(t) = exp(−λt^k): ln T = (G − ln λ)/k with G a Gumbel minimum, whose SD is π/√6
    rng = np.random.default_rng(11)
    shape, hr = 1.7, 0.6
    G = np.log(-np.log(rng.uniform(size=(2, 200_000))))
    log_times = (G - np.log([[hr], [1.0]])) / shape
    d = (log_times[0].mean() - log_times[1].mean()) / log_times.std(axis=1).mean()
    found = computed({"hazard_ratio": hr, "se_log": 0.2}, "d")
    assert -found.yi == pytest.approx(d, abs=0.01)  # Monte Carlo error .003; a smaller hazard, a later event
    assert found.vi == pytest.approx(0.04 / GUMBEL**2, rel=EXACT)
    assert (
        found.flag
        == computed({"hazard_ratio": hr, "ci": [0.4, 0.9], "n1": 30, "n2": 31}).flag
        == "approximate"
    )


def test_proportions_are_counts_of_whole_people() -> None:
    values = {"proportion1": 0.83, "n1": 24, "proportion2": 0.55, "n2": 22}
    for measure in ("ZCOR", "OR", "RR", "RD", "PHI"):
        same(values, {"events1": 20, "n1": 24, "events2": 12, "n2": 22}, measure)
    assert computed(values, "OR").flag == "direct"
    assert problem({**values, "proportion1": 83}, "OR")[0] == "NUM-PCT"


# --- what any route may carry -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "flag"),
    [
        ({"r": 0.3, "n": 60}, "approximate"),
        ({"p": 0.01, "n": 60}, "approximate"),
        ({"t": 2.0, "n1": 30, "n2": 32}, "approximate"),
        ({"odds_ratio": 2.4, "ci": [1.3, 4.43], "n1": 60, "n2": 40}, "converted"),
        ({"yi": 0.3, "sei": 0.1, "measure": "ZCOR"}, "direct"),
        ({"partial_r": 0.3, "n": 60, "covariates": 2}, "converted"),
    ],
)
def test_adjusted_marks_any_route(values: dict[str, Any], flag: str) -> None:
    found = computed({**values, "adjusted": True})
    assert (found.adjusted, found.flag) == (True, flag)
    plain = computed(values)
    assert (found.yi, found.vi) == (plain.yi, plain.vi)


@pytest.mark.parametrize("measure", ["ZCOR", "SMD", "MD"])
def test_clusters_widen_the_variance(measure: str) -> None:
    plain, wide = computed(MEANS, measure), computed({**MEANS, "icc": 0.05, "cluster_size": 7.5}, measure)
    assert wide.yi == plain.yi
    assert wide.vi == pytest.approx(plain.vi * 1.325, rel=EXACT)
    assert "(1 + (m − 1)·ICC) = V·1.325" in wide.formula


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        ({"icc": 0.05}, "MISSING-KEY", "cluster_size"),
        ({"cluster_size": 8}, "MISSING-KEY", "icc"),
        ({"icc": 1.2, "cluster_size": 8}, "R-BOUND", "intraclass"),
        ({"icc": 0.1, "cluster_size": 0.5}, "N-INT", "at least 1"),
    ],
)
def test_half_a_cluster_design_says_what_is_missing(more: dict[str, Any], code: str, says: str) -> None:
    found, reason = problem({**MEANS, **more})
    assert found == code
    assert says in reason


@pytest.mark.parametrize(
    ("lead", "keys", "ways"),
    [
        ("beta", ["beta", "n"], ["covariates"]),
        ("hazard_ratio", ["hazard_ratio"], ["ci", "se_log"]),
        ("eta2", ["eta2"], ["n", "n1 and n2"]),
        ("mean_difference", ["mean_difference", "n1", "n2"], ["sd_pooled", "se", "ci"]),
        ("paired_t", ["paired_t"], ["n1"]),
        (
            "slope",
            ["slope", "n"],
            ["se and covariates", "ci and covariates", "se and df", "p and covariates"],
        ),
    ],
)
def test_what_further_number_would_do(lead: str, keys: list[str], ways: list[str]) -> None:
    assert partners(lead, keys) == ways


def test_no_two_routes_compete_for_the_same_keys() -> None:
    required = [frozenset(spec.required) for spec in ROUTE_SPECS.values()]
    assert len(required) == len(set(required))
