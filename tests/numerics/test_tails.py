"""Scalar tails against scipy.special on a grid, against exact sums, and against their own quantiles."""

from __future__ import annotations

import doctest
import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from scipy import special

from rupmeta.numerics import distributions, tails

DF = (0.5, 1.0, 2.0, 2.7, 5.0, 16.0, 30.0, 159.0, 1000.0)
PROBABILITIES = (1e-200, 1e-30, 1e-8, 0.001, 0.025, 0.2, 0.49)


def chi2_by_summing(df: int, x: float) -> Decimal:
    """Upper tail for even df: exp(-x/2) times a partial sum of its series."""
    half = Decimal(x) / 2
    total = term = Decimal(1)
    for j in range(1, df // 2):
        term *= half / j
        total += term
    return total * (-half).exp()


def student_by_summing(df: int, t: float) -> Decimal:
    """Upper tail for even df: a polynomial in df / (df + t²)."""
    square = Decimal(df) / (Decimal(df) + Decimal(t) ** 2)
    total = term = Decimal(1)
    for j in range(1, df // 2):
        term *= square * (2 * j - 1) / (2 * j)
        total += term
    return (1 - total * (1 - square).sqrt()) / 2


def test_tails_equal_exact_sums() -> None:
    # 2e-13: rounding of exponents near 400 in the far tails, and of the fraction at 1,000 degrees of freedom
    with localcontext() as context:
        context.prec = 60
        for df in (2, 4, 10, 100, 1000):
            for x in (df / 10, float(df), df * 1.5, df * 2.0 + 20.0):
                exact = chi2_by_summing(df, x)
                assert tails.chi2_upper(df, x) == pytest.approx(float(exact), rel=2e-13)
            for t in (0.01, 0.7, 2.0, 5.0, 20.0):
                exact = student_by_summing(df, t)
                assert tails.student_lower(df, -t) == pytest.approx(float(exact), rel=2e-13)


def test_tails_equal_scipy() -> None:
    # scipy's own tails are off by up to 3e-12 far out (chi-square on 1,000, against the exact sums)
    for x in np.linspace(-37.0, 8.0, 91).tolist():
        assert tails.normal_lower(x) == pytest.approx(float(special.ndtr(x)), rel=1e-12)
    for df in DF:
        for t in np.geomspace(1e-3, 1e4, 29).tolist():
            assert tails.student_lower(df, -t) == pytest.approx(float(special.stdtr(df, -t)), rel=1e-12)
            assert tails.f_upper(3.0, df, t) == pytest.approx(float(special.fdtrc(3.0, df, t)), rel=1e-12)
            chi2 = float(special.chdtrc(df, t))
            assert tails.chi2_upper(df, t) == pytest.approx(chi2, rel=1e-11, abs=1e-290)


@pytest.mark.parametrize("p", PROBABILITIES)
def test_quantiles_undo_tails(p: float) -> None:
    # a quantile's last digit is amplified by the slope of the log tail, about 30 where p is 1e-200
    assert tails.normal_lower(tails.normal_lower_quantile(p)) == pytest.approx(p, rel=1e-12)
    for df in DF:
        if df >= 1.0 or p > 1e-100:  # else the quantile exceeds the largest number
            assert tails.student_lower(df, tails.student_lower_quantile(df, p)) == pytest.approx(p, rel=1e-12)
        assert tails.chi2_upper(df, tails.chi2_upper_quantile(df, p)) == pytest.approx(p, rel=1e-12)
        lower = tails.gamma_tails(0.5 * df, 0.5 * tails.chi2_upper_quantile(df, 1.0 - p))[0]
        if p > 1e-4:  # below, 1 - p has lost the digits of p
            assert lower == pytest.approx(p, rel=1e-11)


def test_ends_and_nonsense() -> None:
    assert tails.normal_lower_quantile(0.5) == pytest.approx(0.0, abs=1e-16)
    assert tails.normal_lower_quantile(0.975) == pytest.approx(1.959963984540054, rel=1e-14)
    assert [tails.normal_lower_quantile(p) for p in (0.0, 1.0)] == [-math.inf, math.inf]
    assert tails.student_lower_quantile(3.0, 0.5) == 0.0
    assert tails.student_lower_quantile(3.0, 0.9) == -tails.student_lower_quantile(3.0, 1.0 - 0.9)
    assert tails.student_lower_quantile(math.inf, 0.025) == tails.normal_lower_quantile(0.025)
    assert tails.student_lower_quantile(0.3, 1e-200) == -math.inf
    # the leading term, 1/(πt) for one degree of freedom, takes over where t² would overflow
    assert tails.student_lower(1.0, -1e200) == pytest.approx(1.0 / (math.pi * 1e200), rel=1e-12)
    assert (tails.student_lower(2.0, -math.inf), tails.student_lower(2.0, math.inf)) == (0.0, 1.0)
    assert (tails.chi2_upper(3.0, 0.0), tails.chi2_upper(3.0, math.inf)) == (1.0, 0.0)
    assert [tails.chi2_upper_quantile(3.0, p) for p in (0.0, 1.0)] == [math.inf, 0.0]
    assert (tails.f_upper(2.0, 3.0, 0.0), tails.f_upper(2.0, 3.0, math.inf)) == (1.0, 0.0)
    nonsense = [
        tails.normal_lower_quantile(1.5),
        tails.student_lower(0.0, 1.0),
        tails.student_lower(3.0, math.nan),
        tails.student_lower_quantile(-1.0, 0.1),
        tails.chi2_upper(math.nan, 1.0),
        tails.chi2_upper_quantile(2.0, 1.5),
        tails.f_upper(1.0, 0.0, 2.0),
        tails.beta_tail(1.0, 1.0, math.nan, 0.5),
    ]
    assert all(math.isnan(value) for value in nonsense)


def test_long_arrays_equal_their_entries() -> None:
    # the long way round is scipy's, the short way is this module's
    df = np.full(distributions.SHORT + 1, 7.0)
    stat = np.linspace(0.01, 9.0, df.size)
    long, short = distributions.chi2_p(stat, df), distributions.chi2_p(stat[:5], df[:5])
    np.testing.assert_allclose(long[:5], short, rtol=1e-12)
    np.testing.assert_allclose(
        distributions.two_sided_p(stat, df)[:5], distributions.two_sided_p(stat[:5], 7.0), rtol=1e-12
    )
    assert distributions.chi2_quantile(0.05, np.array([2.0, 1.0])).tolist() == [
        distributions.chi2_quantile(0.05, 2.0),
        distributions.chi2_quantile(0.05, 1.0),
    ]


def test_examples() -> None:
    failed, tried = doctest.testmod(tails)
    assert tried > 0
    assert failed == 0
