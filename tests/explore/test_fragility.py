"""The smallest changes that turn a conclusion: reference values, the definition, laws."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from effect_tables import effects_table
from hypothesis import given, settings
from hypothesis import strategies as st

from rupmeta.errors import EstimationError
from rupmeta.explore.fragility import find_fragility
from rupmeta.explore.limits import batch_limits
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.fit import fit_effects

DATA = Path(__file__).parents[1] / "reference" / "data" / "pool_molloy2014.json"
MOLLOY = json.loads(DATA.read_text(encoding="utf-8"))["all"]
# A search ends after 40 halvings of a quarter of a standard error.
NEAR = 1e-9

FEW_Y = [0.109, 0.083, 0.274, 0.252, 0.197, -0.08]
FEW_V = [0.00943, 0.00134, 0.01923, 0.00962, 0.01449, 0.01613]


def molloy():
    return effects_table(MOLLOY["yi"], MOLLOY["vi"])


def side(yi, vi, test="adhoc"):
    """The verdict of one pool, through the door that everyone else uses."""
    interval = fit_effects(effects_table(yi, vi), test=test).estimate.interval()
    return int(interval.lb > 0) - int(interval.ub < 0)


def test_molloy_is_as_the_methods_page_has_it():
    found = find_fragility(molloy())
    assert found.verdict == 1
    assert found.deletion.nearest == "study3"
    assert found.deletion.nearest_lb == pytest.approx(0.0686, abs=5e-5)  # printed with four digits
    assert found.shift == pytest.approx(-0.0800700, abs=5e-8)
    assert not found.deletion.exhaustive
    assert len(found.deletion.clusters) > 4


def test_no_four_deletions_turn_molloy():
    yi, vi = np.array(MOLLOY["yi"]), np.array(MOLLOY["vi"])
    sets = list(combinations(range(16), 4))
    counts = np.ones((len(sets), 16))
    for row, chosen in enumerate(sets):
        counts[row, chosen] = 0.0
    lb, _ = batch_limits(fit_batch(yi, vi, counts=counts), "adhoc", 0.95)
    assert lb.min() > 0


def test_what_is_found_turns_the_conclusion_and_less_does_not():
    found = find_fragility(effects_table(FEW_Y, FEW_V))
    assert found.verdict == side(FEW_Y, FEW_V) == 1
    (name,) = found.deletion.clusters
    out = int(name.removeprefix("study"))
    assert side(np.delete(FEW_Y, out), np.delete(FEW_V, out)) == 0
    for change in found.values:
        assert change.value is not None
        assert change.steps is not None
        step = (change.value - change.yi) * 1e-6
        assert abs(change.value - change.yi) == pytest.approx(change.steps * FEW_V[change.index] ** 0.5)
        for value, expected in ((change.value + step, 0), (change.value - step, 1)):
            moved = np.array(FEW_Y)
            moved[change.index] = value
            assert side(moved, FEW_V) == expected
    smallest = found.smallest
    assert smallest is not None
    assert smallest.steps == min(change.steps for change in found.values)


def test_a_common_shift_ends_exactly_at_the_limit():
    found = find_fragility(effects_table(FEW_Y, FEW_V))
    assert found.shift == pytest.approx(-found.ci_lb, abs=NEAR)
    assert side(np.add(FEW_Y, found.shift * 1.001), FEW_V) == 0
    assert side(np.add(FEW_Y, found.shift * 0.999), FEW_V) == 1


def test_null_studies_are_the_fewest_and_the_smallest():
    found = find_fragility(effects_table(FEW_Y, FEW_V)).null_study
    assert found is not None
    assert found.vi is not None
    assert found.count is not None
    for factor, expected in ((0.999, 0), (1.001, 1)):
        assert side([*FEW_Y, 0.0], [*FEW_V, found.vi * factor]) == expected
    for count, expected in ((found.count, 0), (found.count - 1, 1)):
        vi = [*FEW_V, *[found.typical_vi] * count]
        assert side([*FEW_Y, *[0.0] * count], vi) == expected


def test_an_open_conclusion_has_no_null_study_and_the_nearer_limit():
    found = find_fragility(effects_table([0.1, -0.1, 0.3, 0.0], [0.02, 0.03, 0.02, 0.01]))
    assert found.verdict == 0
    assert found.null_study is None
    nearer = found.ci_lb if abs(found.ci_lb) < abs(found.ci_ub) else found.ci_ub
    assert found.shift == -nearer


def test_effects_of_one_sample_leave_together():
    yi, vi = [0.5, 0.5, 0.1, 0.1, 0.12], [0.01, 0.01, 0.02, 0.02, 0.02]
    found = find_fragility(effects_table(yi, vi, clusters=["a", "a", "b", "c", "d"]))
    assert found.clusters == 4
    assert found.deletion.nearest in "abcd"


def test_fewer_than_three_samples_are_refused():
    with pytest.raises(EstimationError, match="2 independent samples"):
        find_fragility(effects_table([0.1, 0.2, 0.3], [0.01] * 3, clusters=["a", "a", "b"]))


@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.floats(-0.5, 0.9), min_size=3, max_size=6),
    st.sampled_from(["adhoc", "z"]),
    st.sampled_from(["DL", "REML"]),
)
def test_turning_all_signs_turns_the_answer(yi, test, method):
    vi = [0.01 + 0.004 * i for i in range(len(yi))]
    plain = find_fragility(effects_table(yi, vi), test=test, method=method)
    turned = find_fragility(effects_table([-y for y in yi], vi), test=test, method=method)
    assert turned.verdict == -plain.verdict
    assert abs(turned.shift) == pytest.approx(abs(plain.shift), abs=NEAR)
    assert turned.deletion.clusters == plain.deletion.clusters
    for one, other in zip(plain.values, turned.values, strict=True):
        assert (one.steps is None) == (other.steps is None)
        if one.steps is not None:
            assert other.steps == pytest.approx(one.steps, abs=1e-6)
