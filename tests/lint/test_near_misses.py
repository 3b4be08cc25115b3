"""Rules stay quiet where the numbers are right: rounding, exact intervals, chance."""

import math
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtr, stdtrit

from rupmeta.lint.granularity import mean_can_be, sd_can_be
from rupmeta.lint.registry import LINTS
from rupmeta.pipeline.load import examine_review

STUDY = """\
citation: Ek (2018).
relation: repair-outcome
sample: {{n: {n}}}
effects:
  - id: a
    outcome: {{name: CORE-OM, kind: symptoms, better: lower{scale}}}
    reported:
{routes}
    source: {{where: Table 1}}
"""


def codes(*routes, n=500, scale=""):
    lines = "\n".join(f"      - {{{route}}}" for route in routes)
    with tempfile.TemporaryDirectory() as folder:
        text = STUDY.format(n=n, scale=f", scale: {scale}" if scale else "", routes=lines)
        (Path(folder) / "a.yaml").write_text(text, encoding="utf-8")
        return [problem.code for problem in examine_review(folder)[1]]


@pytest.mark.parametrize(
    "routes",
    [
        ["r: -.31, n: 154", "t: -4.02, df: 152"],  # one effect, two routes, one n
        [
            "t: 2.10, n1: 70, n2: 70, df: 121.4",
            "d: .35, n1: 70, n2: 70",
        ],  # Welch's broken df lies below n - 2
        ["partial_r: -.22, n: 80, covariates: 3", "t: -1.95, df: 75, covariates: 3"],
        ["d: .45, n1: 50, n2: 50, ci: [.05, .84]"],  # rounded limits
        ["odds_ratio: 1.80, ci: [1.05, 3.09]"],  # symmetric on the log scale
        ["r: .29, n: 79, ci: [.07, .48]"],  # symmetric on the z scale
        ["yi: .30, vi: .0106, measure: ZCOR, n: 97"],
        ["yi: .30, vi: .4, measure: ZCOR, n: 6"],  # v0 = 1/3 is too large to tell v from its root
        ["mean1: 10, sd1: 2.1, n1: 50, mean2: 8, sd2: 2.3, n2: 50"],
        ["mean1: 14, sd1: .9, n1: 8, mean2: 14, sd2: 2.9, n2: 8"],  # small groups may differ in spread
        ["F: 4.1, df1: 1, df2: 60, favours: repair"],
        ['p: ">.05", n: 60', "r: .1, n: 60"],  # no effect in p, so no favours; another route gives the effect
        ["t: -2.1, df: 60, favours: repair"],  # better: lower, so a negative t favours repair
        ["t: 2.1, df: 60, favours: repair, sign: benefit"],
        [
            "pre_mean1: 20, post_mean1: 15, sd_pre1: 8, n1: 40, "
            "pre_mean2: 20, post_mean2: 18, sd_pre2: 8, n2: 40, pre_post_r: .5"
        ],
        ["d: .45, n1: 50, n2: 50, ci: [.12, .78], level: .9"],  # the level is stated
        ["d: 1.2, n1: 9, n2: 9, ci: [.1, 2.3]"],  # few people: no normal interval
        ["d: .45, n1: 50, n2: 50", "d: .45, ci: [.05, .84]"],
        ["mean1: 14.1, sd1: 5.5, n1: 60, mean2: 15.2, sd2: 5.4, n2: 62", "t: -1.11, n1: 60, n2: 62"],
        ["mean1: 12.1, se1: .71, n1: 60, mean2: 15.0, se2: .70, n2: 62", "d: -.52, n1: 60, n2: 62"],
        ["events1: 1, n1: 20, events2: 19, n2: 20"],
    ],
)
def test_what_is_right_is_not_complained_of(routes):
    assert [code for code in codes(*routes) if code not in ("NSMALL", "PLAUS")] == []


def test_outside_an_interval_by_rounding_alone_is_no_contradiction():
    assert "CI-OUT" not in codes("d: .85, ci: [.10, .845]")  # .85 may stand for .845
    assert "CI-OUT" in codes("d: .85, ci: [.10, .83]")


def test_whole_number_means_and_sds_pass():
    scale = "{min: 0, max: 63, step: 1}"
    assert codes("mean1: 17.24, sd1: 4.05, n1: 21, mean2: 17.24, sd2: 4.06, n2: 21", scale=scale) == []
    assert codes("mean1: 17.23, sd1: 4.05, n1: 210, mean2: 17.21, sd2: 4.06, n2: 210", scale=scale) == []


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 27), min_size=2, max_size=40), st.integers(1, 3))
def test_grim_and_grimmer_never_doubt_real_integers(scores, digits):
    n = len(scores)
    mean = sum(scores) / n
    sd = math.sqrt(sum((x - mean) ** 2 for x in scores) / (n - 1))
    half = 0.5 * 10**-digits
    assert mean_can_be(round(mean, digits), half, n, 1)
    assert sd_can_be(round(mean, digits), half, round(sd, digits), half, n)


@settings(max_examples=120, deadline=None)
@given(
    g=st.floats(-1.9, 1.9),
    n1=st.integers(12, 200),
    n2=st.integers(12, 200),
    sd=st.floats(1, 20),
    center=st.floats(-40, 40),
)
def test_a_moderate_effect_along_several_routes_gives_no_contradiction(g, n1, n2, sd, center):
    m = n1 + n2 - 2
    d = g / (1 - 3 / (4 * m - 1))
    se = math.sqrt(1 / n1 + 1 / n2 + d * d / (2 * (n1 + n2)))
    t = d / math.sqrt(1 / n1 + 1 / n2)
    r = t / math.sqrt(t * t + m)
    gap, s_gap = d * sd, sd * math.sqrt(1 / n1 + 1 / n2)
    half = float(stdtrit(m, 0.975)) * s_gap
    p = 2 * float(stdtr(m, -abs(t)))
    sizes, favours = f"n1: {n1}, n2: {n2}", "comparison" if t > 0 else "repair"
    found = codes(
        f"mean1: {center + gap:.2f}, sd1: {sd:.2f}, n1: {n1}, mean2: {center:.2f}, sd2: {sd:.2f}, n2: {n2}",
        f"t: {t:.2f}, df: {m}",
        f"F: {t * t:.2f}, df1: 1, df2: {m}, favours: {favours}",
        f"d: {d:.2f}, {sizes}, ci: [{d - 1.96 * se:.2f}, {d + 1.96 * se:.2f}]",
        f"mean_difference: {gap:.2f}, {sizes}, ci: [{gap - half:.2f}, {gap + half:.2f}]",
        f"p: {p:.3f}, {sizes}, tails: 2, favours: {favours}" if p >= 0.0005 else f"t: {t:.3f}, df: {m}",
        f"r: {r:.2f}, n: {n1 + n2}",
        n=n1 + n2,
    )
    family = {code for code, lint in LINTS.items() if lint.family == "contradictions"}
    assert family.isdisjoint(found)


HUGE = "mean1: 5.0, sd1: 1.0, n1: 15, mean2: 2.5, sd2: 1.1, n2: 15"


def test_a_large_effect_is_no_standard_error_where_the_scale_or_another_route_says_so():
    assert codes(HUGE) == ["SDSE"]
    assert codes(HUGE, scale="{min: 0, max: 6}") == []  # as SEs the SDs would be 3.9 on a scale of 0 to 6
    assert codes(HUGE, "t: 6.50, n1: 15, n2: 15") == []
    assert codes(HUGE, scale="{min: 0, max: 60}") == ["SDSE"]


@settings(max_examples=60, deadline=None)
@given(st.integers(8, 80), st.integers(8, 80), st.integers(8, 80), st.integers(8, 80))
def test_counts_along_several_routes_give_no_contradiction(a, b, c, d):
    n1, n2 = a + b, c + d
    n, log = n1 + n2, math.log(a * d / (b * c))
    se = math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    phi = (a * d - b * c) / math.sqrt(n1 * n2 * (a + c) * (b + d))
    limits = ", ".join(f"{math.exp(log + sign * 1.96 * se):.2f}" for sign in (-1, 1))
    favours = "comparison" if phi > 0 else "repair"
    found = codes(
        f"a: {a}, b: {b}, c: {c}, d: {d}",
        f"events1: {a}, n1: {n1}, events2: {c}, n2: {n2}",
        f"proportion1: {a / n1:.2f}, n1: {n1}, proportion2: {c / n2:.2f}, n2: {n2}",
        f"odds_ratio: {math.exp(log):.2f}, ci: [{limits}], n1: {n1}, n2: {n2}",
        f"chi2: {phi * phi * n:.2f}, n: {n}, favours: {favours}",
        f"phi: {phi:.2f}, n: {n}",
        n=n,
    )
    family = {code for code, lint in LINTS.items() if lint.family == "contradictions"}
    assert family.isdisjoint(found)
