"""One route at a time: which hub, which flag, which sign, and the sentence when there is no effect."""

from __future__ import annotations

import math
from typing import Any

import pytest

from rupmeta.effects.choose import compute_route
from rupmeta.effects.measures import MEASURES
from rupmeta.effects.onto import ONTO, Setting
from rupmeta.effects.options import ConversionOptions
from rupmeta.effects.routes import ROUTES, SOURCE_RANK
from rupmeta.effects.table import RouteResult
from rupmeta.read.review import Measure
from rupmeta.read.routes import ROUTE_SPECS

#: The anchors are printed with ten decimals.
PRINTED = 6e-11

MEANS = {"mean1": 10, "sd1": 4, "n1": 12, "mean2": 7, "sd2": 5, "n2": 18}
TABLE = {"a": 20, "b": 4, "c": 12, "d": 10}
CHANGE = {
    "pre_mean1": 20, "post_mean1": 14, "sd_pre1": 5, "n1": 20,
    "pre_mean2": 20, "post_mean2": 17, "sd_pre2": 5, "n2": 25,
}  # fmt: skip
ONE = {"pre_mean1": 24.1, "post_mean1": 16.3, "sd_pre1": 8.2, "n1": 26}


def computed(values: dict[str, Any], measure: str = "ZCOR", **more: Any) -> RouteResult:
    better = more.pop("better", None)
    allocated = more.pop("allocated", False)
    setting = Setting(ConversionOptions(**more), allocated=allocated)
    return compute_route(0, values, measure, setting, better=better)[0]


def problem(values: dict[str, Any], measure: str = "ZCOR", **more: Any) -> tuple[str, str]:
    result = computed(values, measure, **more)
    assert result.problem is not None
    assert result.yi is None
    return result.problem.code, result.problem.reason


def test_every_route_of_the_format_is_computed() -> None:
    assert ROUTES.keys() == ROUTE_SPECS.keys()
    assert {route.source for route in ROUTES.values()} == set(SOURCE_RANK)


def test_every_measure_of_the_format_has_a_conversion_and_a_record() -> None:
    assert set(Measure.__args__) == set(MEASURES) == set(ONTO) - {"d"}


def test_keys_that_rounding_moves_belong_to_the_route() -> None:
    for name, route in ROUTES.items():
        spec = ROUTE_SPECS[name]
        assert set(route.rounded) <= {*spec.required, *spec.optional}, name


@pytest.mark.parametrize(
    ("values", "measure", "allocated", "yi", "vi"),
    [
        (MEANS, "ZCOR", True, 0.3227285389, 0.0338604472),
        (MEANS, "ZCOR", False, 0.3227285389, 0.0318464003),
        (TABLE, "ZCOR", False, 0.3835590908, 0.0317542558),
        (TABLE, "SMD", False, 0.7868104840, None),
        ({"r": 0.29, "n": 79}, "d", False, 2 * 0.29 / math.sqrt(1 - 0.29**2), None),
        ({"p": "<.001", "n": 79, "tails": 2}, "COR", False, 0.3632694450, None),
    ],
)
def test_anchors(values: dict[str, Any], measure: str, allocated: bool, yi: float, vi: float | None) -> None:
    result = computed(values, measure, allocated=allocated)
    assert result.yi == pytest.approx(yi, abs=PRINTED)
    if vi is not None:
        assert result.vi == pytest.approx(vi, abs=PRINTED)


@pytest.mark.parametrize(
    ("r", "vi"), [(0.3, 0.1319625), (0.5, 0.0955209), (0.7, 0.0590792), (0.8, 0.0408584)]
)
def test_two_group_change_has_morris_variance(r: float, vi: float) -> None:
    # g is .6 exactly when the change is .6/J pooled SDs
    J = computed({**CHANGE, "pre_post_r": 0.5}, "SMD").yi / -0.6
    values = {**CHANGE, "post_mean1": 20 + 5 * 0.6 / J, "post_mean2": 20, "pre_post_r": r}
    result = computed(values, "SMD")
    assert result.yi == pytest.approx(0.6, rel=1e-12)  # rounding only
    assert result.vi == pytest.approx(vi, abs=5e-8)  # the anchor has seven decimals


FLAGS_ON_Z = [
    ({"r": 0.29, "n": 79}, "direct", False),
    ({"fisher_z": 0.3, "n": 79}, "direct", False),
    ({"spearman": 0.29, "n": 79}, "approximate", False),
    ({"partial_r": 0.29, "n": 79, "covariates": 2}, "converted", True),
    ({"semipartial_r": 0.29, "n": 79, "covariates": 2, "r2": 0.3}, "converted", True),
    ({"beta": 0.29, "n": 79, "covariates": 2}, "approximate", True),
    ({"t": 2.1, "df": 60}, "converted", False),
    ({"t": 2.1, "df": 60, "covariates": 3}, "converted", True),
    ({"t": 2.1, "n": 60, "predictors": 3}, "converted", True),
    ({"t": 2.1, "n": 60, "predictors": 1}, "converted", False),
    ({"t": 2.1, "n1": 30, "n2": 32}, "converted", False),
    ({"F": 4.1, "df1": 1, "df2": 60}, "converted", False),
    ({"chi2": 5.2, "n": 90}, "approximate", False),
    ({"z": 2.1, "n": 90}, "approximate", False),
    ({"p": 0.03, "n": 90, "tails": 2}, "converted", False),
    ({"p": "<.05", "n": 90, "tails": 2}, "approximate", False),
    (MEANS, "converted", False),
    ({"d": 0.5, "n1": 20, "n2": 22}, "converted", False),
    ({"g": 0.5, "n1": 20, "n2": 22}, "converted", False),
    ({"d": 0.5, "se": 0.2}, "approximate", False),
    ({"g": 0.5, "ci": [0.1, 0.9]}, "approximate", False),
    ({"d": 0.5, "n": 42}, "approximate", False),
    ({**CHANGE, "pre_post_r": 0.5}, "converted", False),
    (TABLE, "converted", False),
    ({"events1": 20, "n1": 24, "events2": 12, "n2": 22}, "converted", False),
    ({"odds_ratio": 2.4, "ci": [1.3, 4.43]}, "approximate", False),
    ({"odds_ratio": 2.4, "ci": [1.3, 4.43], "n1": 60, "n2": 40}, "converted", False),
    ({"phi": 0.3, "n": 90}, "approximate", False),
    ({"yi": 0.3, "vi": 0.01, "measure": "COR"}, "direct", False),
    ({"yi": 0.3, "sei": 0.1, "measure": "ZPCOR"}, "converted", True),
    ({"yi": 0.3, "vi": 0.04, "measure": "SMD"}, "approximate", False),
    ({"yi": 0.3, "vi": 0.04, "measure": "SMD", "n1": 30, "n2": 30}, "converted", False),
]


@pytest.mark.parametrize(("values", "flag", "adjusted"), FLAGS_ON_Z)
def test_flag_on_the_pooled_scale(values: dict[str, Any], flag: str, adjusted: bool) -> None:
    result = computed(values)
    assert (result.flag, result.adjusted) == (flag, adjusted)
    assert (result.approximate is not None) == (flag == "approximate")


@pytest.mark.parametrize(
    ("values", "measure"),
    [
        ({"r": 0.29, "n": 79}, "COR"),
        ({"partial_r": 0.29, "n": 79, "covariates": 2}, "PCOR"),
        (MEANS, "SMD"),
        (MEANS, "MD"),
        (MEANS, "SMDH"),
        ({"d": 0.5, "n1": 20, "n2": 22}, "SMD"),
        (TABLE, "OR"),
        (TABLE, "RR"),
        (TABLE, "RD"),
        (TABLE, "ZPHI"),
        ({"odds_ratio": 2.4, "ci": [1.3, 4.43]}, "OR"),
        ({"risk_ratio": 2.4, "se_log": 0.3}, "RR"),
        ({**ONE, "sd_post1": 7.5, "pre_post_r": 0.5}, "SMCC"),
        ({"yi": 3.2, "vi": 0.4, "measure": "GEN"}, "GEN"),
    ],
)
def test_what_the_paper_prints_is_direct(values: dict[str, Any], measure: str) -> None:
    assert computed(values, measure).flag == "direct"


def test_the_formula_carries_the_numbers() -> None:
    result = computed({"t": -2.84, "n": 30, "predictors": 3}, better="lower")
    assert result.formula.startswith("r = t/√(t² + df) = −2.84/√(2.84² + 26) = −.4866; z = atanh r = −.5316")
    assert result.formula.endswith("turned round: lower is better")


@pytest.mark.parametrize(
    ("values", "better", "sign"),
    [
        ({"t": -4.02, "df": 152}, "higher", -1),
        ({"t": -4.02, "df": 152}, "lower", 1),
        ({"t": -4.02, "df": 152, "sign": "benefit"}, "lower", -1),
        ({"F": 9.0, "df1": 1, "df2": 60, "favours": "repair"}, "lower", 1),
        ({"F": 9.0, "df1": 1, "df2": 60, "favours": "comparison"}, "lower", -1),
        ({"chi2": 5.2, "n": 90, "favours": "comparison"}, "higher", -1),
        ({"p": 0.03, "n": 90, "tails": 1, "favours": "repair"}, "lower", 1),
        ({"p": 0.8, "n": 90, "tails": 1, "favours": "repair"}, "lower", -1),
        ({"p": 0.8, "n1": 40, "n2": 50, "tails": 1, "favours": "comparison"}, "lower", 1),
    ],
)
def test_sign(values: dict[str, Any], better: str, sign: int) -> None:
    result = computed(values, better=better)
    assert math.copysign(1, result.yi) == sign


def test_turning_a_risk_ratio_inverts_it() -> None:
    values = {"risk_ratio": 2.0, "ci": [1.1, 3.7]}
    up, down = (computed(values, "RR", better=better) for better in ("higher", "lower"))
    assert down.yi == -up.yi == -math.log(2)
    assert down.vi == up.vi


NOT_ESTIMABLE = [
    ({"r": 0.5, "n": 3}, "ZCOR", "NSMALL", "n must be above 3"),
    ({"partial_r": 0.5, "n": 6, "covariates": 3}, "ZCOR", "NSMALL", "above 6"),
    ({"r": 1.0, "n": 30}, "ZCOR", "R-BOUND", "is it a d?"),
    ({"beta": 1.2, "n": 30, "covariates": 2}, "ZCOR", "ADJ", "t with n and predictors"),
    ({"semipartial_r": 0.6, "n": 30, "covariates": 2, "r2": 0.2}, "ZCOR", "R-BOUND", "r2"),
    ({"F": 4.1, "df1": 2, "df2": 60}, "ZCOR", "DF", "means, SDs and sizes"),
    ({"chi2": 95.0, "n": 90}, "ZCOR", "DF", "between 0 and n"),
    ({"p": ">.05", "n": 90, "tails": 2}, "ZCOR", "P-INEQ", "would have reached"),
    ({"p": "ns", "n": 90, "tails": 2}, "ZCOR", "P-INEQ", "r = .2072"),
    ({"p": 0, "n": 90, "tails": 2}, "ZCOR", "P-BOUND", "write the bound"),
    ({"mean1": 10, "sd1": 0, "n1": 9, "mean2": 7, "sd2": 0, "n2": 9}, "SMD", "SD-NEG", "0"),
    ({"d": 0.5, "n1": 1, "n2": 2}, "SMD", "NSMALL", "n1 + n2 >= 4"),
    ({"d": 0.95, "ci": [0.1, 0.8]}, "SMD", "CI-OUT", "outside"),
    ({"odds_ratio": 3.0, "ci": [1.1, 2.0]}, "OR", "CI-OUT", "outside"),
    ({"odds_ratio": -0.4, "se_log": 0.3}, "OR", "LOGR", "positive"),
    ({"risk_ratio": 2.0, "ci": [1.1, 3.7]}, "ZCOR", "MEASURE", "events1, n1, events2, n2"),
    ({"yi": 0.3, "vi": 0.02, "measure": "RR"}, "ZCOR", "MEASURE", "RR without counts"),
    ({"yi": 0.3, "vi": 0.02, "measure": "GEN"}, "ZCOR", "MEASURE", "GEN cannot become ZCOR"),
    ({"yi": 0.3, "vi": 0.02, "measure": "MD"}, "SMD", "MEASURE", "MD cannot become SMD"),
    ({"yi": 0.3, "vi": 0.02, "measure": "COR"}, "GEN", "MEASURE", "measure: GEN"),
    ({"yi": 0.3, "vi": 0, "measure": "ZCOR"}, "ZCOR", "V-NEG", "not positive"),
    ({"a": 0, "b": 20, "c": 0, "d": 22}, "OR", "CELL", "no events"),
    ({"a": 20, "b": 0, "c": 22, "d": 0}, "ZCOR", "CELL", "only events"),
    ({"events1": 30, "n1": 20, "events2": 3, "n2": 20}, "OR", "CELL", "events1 = 30 of n1 = 20"),
    ({"r": 0.3, "n": 60}, "RPB", "MISSING-KEY", "n1 and n2"),
    ({"r": 0.3, "n": 60}, "MD", "MEASURE", "mean1, sd1"),
    (TABLE, "RBIS", "MEASURE", "two groups"),
    ({**ONE, "pre_post_r": 0.5}, "ZCOR", "DESIGN", "its own analysis"),
    (ONE, "SMCR", "RPP", ".3: V"),
    (ONE, "SMCC", "RPP", "sd_change1"),
    (CHANGE, "SMD", "RPP", ".8: V = .0"),
    ({"sessions": "sessions/x.csv", "outcome_column": "bdi"}, "ZCOR", "DROP", "beside a study file"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "measure", "code", "says"), NOT_ESTIMABLE)
def test_not_estimable_says_why(values: dict[str, Any], measure: str, code: str, says: str) -> None:
    found, reason = problem(values, measure)
    assert found == code
    assert says in reason


@pytest.mark.parametrize("bound", ["<.001", "< .001", "<= 0.001", "≤.001"])
def test_bounds_are_read_as_papers_write_them(bound: str) -> None:
    assert computed({"p": bound, "n": 79}, "COR").yi == pytest.approx(0.3632694450, abs=PRINTED)


def test_an_unsigned_statistic_needs_favours_in_a_study() -> None:
    code, reason = problem({"chi2": 5.2, "n": 90}, better="lower")
    assert (code, reason) == ("DIR", "chi2 has no sign; add favours: repair or comparison")


def test_zero_cells_are_filled_in_ratios_and_not_in_phi() -> None:
    values = {"a": 0, "b": 20, "c": 5, "d": 17}
    assert computed(values, "OR").yi == pytest.approx(
        math.log(0.5 * 17.5 / (20.5 * 5.5)), rel=1e-14
    )  # rounding
    assert [note.code for note in computed(values, "OR").notes] == ["CELL"]
    phi = -20 * 5 / math.sqrt(20 * 22 * 5 * 37)
    assert computed(values, "PHI").yi == pytest.approx(phi, rel=1e-14)  # rounding
    assert computed(values, "PHI").notes == ()


def test_double_zero_can_be_kept() -> None:
    assert computed({"a": 0, "b": 20, "c": 0, "d": 20}, "OR", double_zero="keep").yi == 0


def test_level_of_an_interval_is_used() -> None:
    at_95 = computed({"d": 0.5, "ci": [0.1, 0.9]}, "SMD")
    at_90 = computed({"d": 0.5, "ci": [0.1, 0.9], "level": 0.9}, "SMD")
    assert at_90.vi / at_95.vi == pytest.approx((1.959963984540054 / 1.6448536269514722) ** 2, rel=1e-12)


def test_se_and_interval_of_a_mean_stand_for_its_sd() -> None:
    values = {key: value for key, value in MEANS.items() if not key.startswith("sd")}
    by_se = computed({**values, "se1": 4 / math.sqrt(12), "sd2": 5}, "SMD")
    half = 2.2009851600916 * 4 / math.sqrt(12)  # t at .975 with 11 df
    by_ci = computed({**values, "ci1": [10 - half, 10 + half], "sd2": 5}, "SMD")
    assert by_se.yi == pytest.approx(computed(MEANS, "SMD").yi, rel=1e-14)  # rounding
    assert by_ci.yi == pytest.approx(computed(MEANS, "SMD").yi, rel=1e-12)  # t is given with 14 digits


def test_r_of_before_and_after_is_solved_from_the_change() -> None:
    full = {**ONE, "sd_post1": 7.5, "pre_post_r": 0.5}
    sd_change = math.sqrt(8.2**2 + 7.5**2 - 2 * 0.5 * 8.2 * 7.5)
    by_sd = {**ONE, "sd_post1": 7.5, "sd_change1": sd_change}
    by_t = {**ONE, "sd_post1": 7.5, "paired_t": 7.8 * math.sqrt(26) / sd_change}
    for measure in ("SMCR", "SMCC"):
        expected = computed(full, measure)
        for values in (by_sd, by_t):
            assert computed(values, measure).yi == pytest.approx(expected.yi, rel=1e-12)  # rounding
            assert computed(values, measure).vi == pytest.approx(expected.vi, rel=1e-12)
    assert computed({**ONE, "sd_change1": sd_change}, "SMCC").flag == "direct"  # no r is needed


def test_an_assumed_r_makes_the_route_approximate_and_says_so() -> None:
    result = computed(CHANGE, "SMD", pre_post_r=0.5)
    assert result.flag == "approximate"
    assert [note.code for note in result.notes] == ["RPP"]
    assert result.vi == computed({**CHANGE, "pre_post_r": 0.5}, "SMD").vi


def test_one_group_enters_a_pool_of_contrasts_only_when_allowed() -> None:
    values = {**ONE, "sd_post1": 7.5, "pre_post_r": 0.5}
    assert computed(values, "SMD", one_group=True).yi == computed(values, "SMCR").yi
    assert problem(values, "SMD")[0] == "DESIGN"


def test_equal_split_uses_four_for_h_and_for_a() -> None:
    d = computed({**MEANS, "n1": 5, "n2": 25}, "d").yi
    assert computed({**MEANS, "n1": 5, "n2": 25}, split="equal").yi == pytest.approx(math.asinh(d / 2))
    assert computed({**TABLE, "b": 30}, split="equal").yi == pytest.approx(
        math.asinh(computed({**TABLE, "b": 30}, "d").yi / 2)
    )


def test_borensteins_r_is_the_large_sample_one() -> None:
    assert computed(MEANS, "COR", d_to_r="borenstein").yi == pytest.approx(0.3023761495, abs=PRINTED)


def test_peterson_and_brown_impute_r() -> None:
    values = {"beta": 0.2, "n": 60, "covariates": 2}
    assert computed(values, "COR", beta="peterson-brown").yi == pytest.approx(0.246, rel=1e-12)
    values["beta"] = -0.2
    assert computed(values, "COR", beta="peterson-brown").yi == pytest.approx(-0.196, rel=1e-12)


def test_extreme_numbers_end_in_a_sentence() -> None:
    code, reason = problem({"fisher_z": 800.0, "n": 10}, "d")
    assert code == "DROP"
    assert "out of range" in reason
