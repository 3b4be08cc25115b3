"""Confounding: the anchors of the methods, the definition of every number, limits."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rupmeta.explore.confounding import (
    calibrate,
    calibrated_share,
    confounder_for,
    confounding_curve,
    e_value,
    far_from_normal,
    share_beyond,
    strength_of,
    to_fisher_z,
    to_log_risk_ratio,
    tolerate,
)
from rupmeta.numerics.distributions import normal_cdf
from rupmeta.numerics.fit import fit_batch

DATA = Path(__file__).parents[1] / "reference" / "data" / "pool_molloy2014.json"
MOLLOY = json.loads(DATA.read_text(encoding="utf-8"))["all"]
YI, VI = np.array(MOLLOY["yi"]), np.array(MOLLOY["vi"])
FIT = fit_batch(YI, VI)
MEAN, TAU2 = float(FIT.beta[0, 0]), float(FIT.tau2[0])
PRINTED = 5e-8  # anchors are printed with seven decimals


def test_anchors_on_the_scale_of_the_correlation():
    assert share_beyond(MEAN, TAU2, math.atanh(0.1), se=0.03, se_tau2=None).share == pytest.approx(
        0.7090405784, abs=1e-8
    )
    curve = confounding_curve(MEAN, MEAN, MEAN, TAU2, 0.1, [0.0, 0.3])
    assert curve.share == pytest.approx((0.7090405784, 0.3566035703), abs=1e-8)
    assert confounder_for(math.tanh(MEAN)) == pytest.approx(0.3857512, abs=PRINTED)
    assert confounder_for(0.2960667) == pytest.approx(0.544, abs=5e-4)  # .54 for r = .29, as printed


def test_anchors_on_the_scale_of_risk_ratios():
    found = to_log_risk_ratio("ZCOR", YI, VI)
    assert found is not None
    fit = fit_batch(*found)
    mean, tau2 = float(fit.beta[0, 0]), float(fit.tau2[0])
    assert (mean, math.sqrt(tau2)) == pytest.approx((0.2702370, 0.1617948), abs=PRINTED)
    q = 0.91 * 2 * math.sinh(math.atanh(0.1))
    (bias,) = tolerate(mean, tau2, q, [0.5])
    assert pytest.approx((1.0912459, 1.4067959), abs=PRINTED) == (bias.T, bias.G)
    assert e_value(mean) == pytest.approx(1.9478841, abs=PRINTED)
    lower = mean - 1.959963985 * math.sqrt(float(fit.vcov[0, 0, 0]))
    assert e_value(lower) == pytest.approx(1.617, abs=5e-4)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.01, 0.95), st.floats(0.0, 0.9))
def test_the_confounder_takes_the_correlation_to_its_target(r, target):
    c = confounder_for(r, target)
    if r <= target:
        assert c is None
        return
    assert c is not None
    assert (r - c * c) / (1 - c * c) == pytest.approx(target, abs=1e-9)


def test_a_confounder_makes_the_correlation_it_is_said_to_make():
    """With x = c·u + e and y = c·u + f the partial correlation given u is (r - c²)/(1 - c²)."""
    c, inner = 0.45, 0.2
    r = inner * (1 - c * c) + c * c
    S = np.array([[1, r, c], [r, 1, c], [c, c, 1.0]])
    P = np.linalg.inv(S)
    partial = -P[0, 1] / math.sqrt(P[0, 0] * P[1, 1])
    left = confounding_curve(math.atanh(r), math.atanh(r), math.atanh(r), 0.0, 0.1, [c]).mean[0]
    assert left == pytest.approx(partial, abs=1e-12)


def test_the_bias_leaves_the_share_that_it_is_for():
    mean, tau2, q = 0.4, 0.09, 0.1
    for bias in tolerate(mean, tau2, q, [0.5, 0.25, 0.1]):
        B = math.log(bias.T)
        assert normal_cdf(-(q + B - mean) / math.sqrt(tau2)) == pytest.approx(bias.share, abs=1e-12)
        assert strength_of(bias.T) == bias.G
        # VanderWeele and Ding: the joint bounding factor G·G/(G + G - 1) is T.
        assert pytest.approx(bias.T, rel=1e-12) == bias.G**2 / (2 * bias.G - 1)
    (none,) = tolerate(-0.4, tau2, q, [0.5])
    assert (none.T, none.G) == (1.0, 1.0)


def test_the_interval_of_the_share_agrees_with_simulation():
    """The delta method against draws of mean and tau2 from their own normal approximations."""
    mean, tau2, q, se, se_tau2 = 0.25, 0.04, 0.1, 0.05, 0.012
    found = share_beyond(mean, tau2, q, se=se, se_tau2=se_tau2)
    rng = np.random.default_rng(1)
    means, variances = rng.normal(mean, se, 40_000), rng.normal(tau2, se_tau2, 40_000)
    drawn = normal_cdf((means - q) / np.sqrt(np.maximum(variances, 1e-6)))
    assert found.interval is not None
    width = found.interval.ub - found.interval.lb
    assert width == pytest.approx(4 * float(drawn.std()), rel=0.1)  # first-order against sampled


def test_no_spread_gives_a_point():
    assert share_beyond(0.2, 0.0, 0.1, se=0.1, se_tau2=None).share == 1.0
    found = share_beyond(0.05, 0.0, 0.1, se=0.1, se_tau2=None)
    assert (found.share, found.interval, found.method) == (0.0, None, "point")
    assert confounding_curve(0.2, 0.1, 0.3, 0.0, 0.1, [0.0, 0.5]).share == (1.0, 0.0)


def test_calibrated_effects_spread_like_the_true_ones():
    calibrated = calibrate(YI, VI, MEAN, TAU2)
    weights = 1.0 / (VI + TAU2)
    scaled = (calibrated - MEAN) ** 2 / TAU2
    assert scaled == pytest.approx((YI - MEAN) ** 2 * weights, rel=1e-12)
    assert calibrate(YI, VI, MEAN, 0.0) == pytest.approx(np.full(16, MEAN))


def test_the_bootstrap_is_seeded_counts_clusters_and_holds_its_share():
    args = (YI, VI, math.atanh(0.1))
    one, two = (calibrated_share(*args, method="REML", seed=7) for _ in range(2))
    assert one == two
    assert one.interval is not None
    assert 0 <= one.interval.lb <= one.share <= one.interval.ub <= 1
    pairs = calibrated_share(*args, method="REML", clusters=[f"s{i // 2}" for i in range(16)], seed=7)
    assert pairs.share == one.share
    assert pairs.interval != one.interval


def test_the_test_of_normality_keeps_its_level_and_sees_a_heavy_tail():
    rng = np.random.default_rng(3)
    normal = rng.normal(size=(600, 20))
    v = np.full(20, 0.5)
    rejected = np.mean([far_from_normal(row, v, 0.0, 0.5) < 0.05 for row in normal])
    assert abs(rejected - 0.05) < 0.03  # three Monte Carlo errors of 600 draws
    assert far_from_normal(np.append(normal[0], 9.0), np.full(21, 0.5), 0.0, 0.5) < 0.01
    assert far_from_normal(normal[0, :7], v[:7], 0.0, 0.5) == 1.0


@pytest.mark.parametrize("measure", ["COR", "SMD", "OR"])
def test_variances_follow_by_the_delta_method(measure):
    y, v, h = np.array([0.3]), np.array([0.02]), 1e-6
    for transform in (to_fisher_z, to_log_risk_ratio):
        here, above, below = (transform(measure, y + d, v) for d in (0.0, h, -h))
        assert here is not None
        assert above is not None
        assert below is not None
        slope = (above[0] - below[0]) / (2 * h)
        assert here[1] == pytest.approx(slope**2 * v, rel=1e-6)


def test_measures_without_a_scale_say_so():
    y, v = np.array([0.3]), np.array([0.02])
    assert to_fisher_z("MD", y, v) is None
    assert to_log_risk_ratio("MD", y, v) is None
    assert to_fisher_z("RR", y, v) is None
    assert to_log_risk_ratio("RR", y, v) == (y, v)
