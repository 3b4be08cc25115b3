"""The axis holds what it must, grows as far as it may, and has readable ticks."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupmeta.render.figures.axis import Axis, fit_axis, legible_texts, linear_ticks
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import ASCII


@given(st.floats(-100, 100), st.floats(1e-4, 100))
def test_five_to_seven_round_ticks(lo, span):
    ticks = linear_ticks(lo, lo + span)
    assert 5 <= len(ticks) <= 7
    steps = [b - a for a, b in itertools.pairwise(ticks)]
    assert max(steps) == pytest.approx(min(steps), rel=1e-4)  # ten-digit decimals of multiples
    mantissa = 10 ** (math.log10(steps[0]) % 1)
    assert any(mantissa == pytest.approx(m, rel=1e-3) for m in (1, 2, 2.5, 5, 10))


@given(st.lists(st.floats(-0.99, 0.99), min_size=1, max_size=20), st.lists(st.floats(-1, 1), max_size=20))
def test_every_point_estimate_and_the_null_are_on_the_axis(core, limits):
    axis = fit_axis(core, limits, DISPLAY["r"], left=0, right=100)
    assert -1 <= axis.lo <= min([*core, 0.0])
    assert max([*core, 0.0]) <= axis.hi <= 1
    assert 0 in axis.ticks or not axis.lo <= 0 <= axis.hi
    assert all(0 <= axis.x(tick) <= 100 for tick in axis.ticks)


@given(st.lists(st.floats(0.02, 50), min_size=1, max_size=20))
def test_a_ratio_axis_shows_one(core):
    axis = fit_axis(core, [], DISPLAY["or"], left=0, right=100)
    assert axis.log
    assert 1.0 in axis.ticks
    assert axis.lo <= min(core)
    assert axis.hi >= max(core)
    assert 3 <= len(axis.ticks) <= 7


def test_the_axis_grows_by_three_quarters_of_its_core_and_no_more():
    axis = fit_axis([0.0, 0.4], [-5.0, 5.0], DISPLAY["d"], left=0, right=100)
    margin = 0.03 * (0.4 + 2 * 0.3)  # 3 % of air at both ends
    assert axis.lo == pytest.approx(-0.3 - margin, abs=1e-12)  # exact arithmetic but for rounding
    assert axis.hi == pytest.approx(0.7 + margin, abs=1e-12)


def test_positions_are_linear_or_logarithmic():
    assert Axis(-1, 1, 10, 110, (0,)).x(0.5) == 85
    assert Axis(0.25, 4, 10, 110, (1,), log=True).x(1) == 60
    assert Axis(0.25, 4, 10, 110, (1,), log=True).x(0) == 10
    assert Axis(-1, 1, 10, 110, (0,)).at(2) == 160


def test_tick_texts_have_the_digits_that_the_step_needs():
    assert Axis(-0.3, 0.7, 0, 1, (-0.2, 0.0, 0.2)).tick_texts(DISPLAY["r"], ASCII) == ("-.2", "0", ".2")
    assert Axis(-0.3, 0.7, 0, 1, (-0.25, 0.0, 0.25)).tick_texts(DISPLAY["d"], ASCII) == ("-0.25", "0", "0.25")
    assert Axis(0.2, 4, 0, 1, (0.25, 1.0, 4.0), log=True).tick_texts(DISPLAY["or"], ASCII) == (
        "0.25",
        "1",
        "4",
    )


def test_one_study_at_the_null_still_has_an_axis():
    axis = fit_axis([0.0], [-0.2, 0.2], DISPLAY["d"], left=0, right=100)
    assert axis.lo < -0.15
    assert axis.hi > 0.15


def test_tick_texts_that_would_collide_are_thinned_round_the_null():
    texts = ("-1000000", "-500000", "0", "500000", "1000000")
    assert legible_texts((0, 100, 200, 300, 400), texts, 8, keep=2) == texts
    assert legible_texts((0, 30, 60, 90, 120), texts, 8, keep=2) == ("-1000000", "", "0", "", "1000000")
    assert legible_texts((0, 1, 2, 3, 4), texts, 8, keep=2) == ("", "", "0", "", "")
