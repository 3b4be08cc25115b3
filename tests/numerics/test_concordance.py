"""Agreement of two coders: printed values, other software, definitions, laws."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rupmeta.numerics import concordance
from rupmeta.numerics.concordance import (
    count_pairs,
    cross_tables,
    nominal_statistics,
    numeric_statistics,
    pair_sums,
    quadratic_weights,
)

A = [0, 1, 2, 2, 1, 0, 0, 2, 1, 1, 0, 2, 2, 1, 0]
B = [0, 1, 2, 1, 1, 0, 1, 2, 1, 2, 0, 2, 0, 1, 0]
X = [12, 15.5, 9, 30, 22, 18, 7.5, 11]
Y = [12, 15, 9.5, 28, 22, 20, 7.5, 14]


def table(a: list[int], b: list[int], categories: int | None = None) -> np.ndarray:
    size = categories or max(*a, *b) + 1
    return count_pairs(np.array(a), np.array(b), np.zeros(len(a), dtype=np.intp), size, 1)


def sums(x: list[float], y: list[float]) -> np.ndarray:
    one, two = np.array(x, dtype=float), np.array(y, dtype=float)
    middle = 0.5 * (one.mean() + two.mean())
    return pair_sums(one - middle, two - middle, np.zeros(len(x), dtype=np.intp), 1)


def test_the_printed_example_of_the_docstring() -> None:
    result = doctest.testmod(concordance)
    assert (result.attempted > 2, result.failed) == (True, 0)


@pytest.mark.parametrize(
    ("one", "two", "alpha"),
    [
        # Krippendorff 2011, Computing Krippendorff's alpha-reliability, sections A and B
        ("0100000010", "1110010000", 0.095),
        ("aabbdcccedda", "babbbccceddd", 0.692),
    ],
)
def test_krippendorffs_own_examples(one: str, two: str, alpha: float) -> None:
    names = sorted({*one, *two})
    found = nominal_statistics(
        table([names.index(c) for c in one], [names.index(c) for c in two], len(names))
    )
    assert round(float(found["alpha"][0]), 3) == alpha


def test_shrout_and_fleiss_by_its_mean_squares() -> None:
    """Judges 1 and 4 of table 2 of Shrout & Fleiss 1979; the value is that of psych 2.2.9."""
    first, fourth = [9, 6, 8, 7, 10, 6], [8, 2, 8, 6, 9, 7]
    assert float(numeric_statistics(sums(first, fourth))["icc"][0]) == pytest.approx(
        0.647887323944, abs=1e-11
    )


def test_other_software() -> None:
    """psych 2.2.9 (R 4.2.2) for kappa and ICC2, krippendorff 0.9.0 for alpha, irrCAC 0.4.4 for AC1."""
    plain = nominal_statistics(table(A, B))
    weighted = nominal_statistics(table(A, B), quadratic_weights(3))
    numbers = numeric_statistics(sums(X, Y))
    expected = {
        "kappa": (plain["kappa"], 0.6),
        "alpha": (plain["alpha"], 0.6120401337792643),
        "ac1": (plain["ac1"], 0.600665557404),
        "weighted": (weighted["kappa"], 0.631578947368421),
        "interval alpha": (weighted["alpha"], 0.6432337434094904),
        "icc": (numbers["icc"], 0.978960927436668),
        "numeric alpha": (numbers["alpha"], 0.977508354039928),
    }
    for name, (found, value) in expected.items():
        assert float(found[0]) == pytest.approx(value, abs=1e-11), name


def test_samples_are_what_repeating_their_units_gives() -> None:
    """A row of counts stands for a data set in which blocks come that often."""
    rng = np.random.default_rng(4)
    blocks = np.repeat(np.arange(5), 4)
    a, b = rng.integers(0, 3, 20), rng.integers(0, 3, 20)
    x, y = rng.normal(size=20), rng.normal(size=20)
    counts = rng.multinomial(5, np.full(5, 0.2), size=30).astype(float)
    nominal = nominal_statistics(cross_tables(count_pairs(a, b, blocks, 3, 5), counts))
    numeric = numeric_statistics(counts @ pair_sums(x, y, blocks, 5))
    for row, count in enumerate(counts):
        units = np.concatenate(
            [np.flatnonzero(blocks == block).repeat(int(c)) for block, c in enumerate(count)]
        )
        alone = nominal_statistics(table(a[units].tolist(), b[units].tolist(), 3))
        single = numeric_statistics(sums(x[units].tolist(), y[units].tolist()))
        for found, direct in ((nominal, alone), (numeric, single)):
            for name, values in direct.items():
                assert found[name][row] == pytest.approx(values[0], abs=1e-9, nan_ok=True)


CODES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=30)


@given(CODES)
@settings(deadline=None, max_examples=100)
def test_laws_of_nominal_agreement(pairs: list[tuple[int, int]]) -> None:
    a, b = [list(side) for side in zip(*pairs, strict=True)]
    one, swapped = nominal_statistics(table(a, b, 4)), nominal_statistics(table(b, a, 4))
    renamed = nominal_statistics(table([3 - x for x in a], [3 - x for x in b], 4))
    same = nominal_statistics(table(a, a, 4))
    for name, values in one.items():
        assert swapped[name][0] == pytest.approx(values[0], nan_ok=True)
        assert renamed[name][0] == pytest.approx(values[0], nan_ok=True)
        assert np.isnan(values[0]) or values[0] <= 1 + 1e-12
    constant = len(set(a)) == 1
    for name in ("kappa", "alpha", "ac1"):
        assert np.isnan(same[name][0]) if constant else same[name][0] == pytest.approx(1)
    assert one["agreement"][0] == pytest.approx(np.mean([x == y for x, y in pairs]))


@given(
    st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=2, max_size=20), st.floats(0.1, 9)
)
@settings(deadline=None, max_examples=100)
def test_icc_by_the_analysis_of_variance(pairs: list[tuple[float, float]], factor: float) -> None:
    x, y = (np.round(np.array(side), 3) for side in zip(*pairs, strict=True))
    found = numeric_statistics(sums(x.tolist(), y.tolist()))
    both = np.column_stack([x, y])
    if np.ptp(both) == 0:
        assert np.isnan(found["icc"][0])
        return
    n, grand = len(x), both.mean()
    ms_rows = 2 * ((both.mean(axis=1) - grand) ** 2).sum() / (n - 1)
    ms_coders = n * ((both.mean(axis=0) - grand) ** 2).sum()
    residual = both - both.mean(axis=1, keepdims=True) - both.mean(axis=0) + grand
    ms_error = (residual**2).sum() / (n - 1)
    below = ms_rows + ms_error + 2 * (ms_coders - ms_error) / n
    if below < 1e-6:
        return
    assert found["icc"][0] == pytest.approx((ms_rows - ms_error) / below, rel=1e-6, abs=1e-6)
    scaled = numeric_statistics(sums((factor * x).tolist(), (factor * y).tolist()))
    assert scaled["icc"][0] == pytest.approx(found["icc"][0], rel=1e-6, abs=1e-6)


def test_numbers_that_are_all_the_same_have_no_coefficient() -> None:
    found = numeric_statistics(sums([3, 3, 3], [3, 3, 3]))
    assert np.isnan(found["icc"][0])
    assert np.isnan(found["alpha"][0])
    alone = numeric_statistics(sums([3], [4]))
    assert np.isnan(alone["icc"][0])
