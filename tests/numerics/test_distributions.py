"""Tails that stay exact far out, and quantiles that undo them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rupmeta.numerics.distributions import (
    chi2_p,
    chi2_quantile,
    f_p,
    normal_cdf,
    normal_quantile,
    two_sided_p,
    two_sided_quantile,
)


def test_printed_quantiles() -> None:
    assert two_sided_quantile(0.95) == pytest.approx(1.959963984540054, rel=1e-14)
    assert two_sided_quantile(0.95, 1) == pytest.approx(12.706204736432095, rel=1e-9)
    assert chi2_quantile(0.05, 1) == pytest.approx(3.841458820694124, rel=1e-12)


def test_tails_do_not_vanish_where_one_minus_cdf_does() -> None:
    # erfc(30/√2), which 1 - cdf rounds to 0
    assert two_sided_p(30.0) == pytest.approx(math.erfc(30.0 / math.sqrt(2.0)), rel=1e-12)
    assert 0 < two_sided_p(1e3, 10.0) < 1e-20
    assert 0 < chi2_p(1000.0, 3.0) < 1e-200


@pytest.mark.parametrize("df", [None, 1.0, 2.5, 30.0])
@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
def test_quantile_and_p_are_inverse(df: float | None, level: float) -> None:
    # stdtrit inverts stdtr by iteration to about 1e-10
    assert two_sided_p(two_sided_quantile(level, df), df) == pytest.approx(1.0 - level, rel=1e-9)


def test_relations_between_distributions() -> None:
    z = 2.3
    assert chi2_p(z * z, 1.0) == pytest.approx(two_sided_p(z), rel=1e-12)
    assert f_p(z * z, 1.0, 7.0) == pytest.approx(two_sided_p(z, 7.0), rel=1e-12)
    assert normal_cdf(normal_quantile(0.2)) == pytest.approx(0.2, rel=1e-14)


def test_arrays_give_arrays() -> None:
    p = two_sided_p(np.array([-1.0, 0.0, 1.0]), np.array([3.0, 4.0, 3.0]))
    assert p.shape == (3,)
    assert p[0] == p[2]
    assert p[1] == 1.0
    assert isinstance(two_sided_p(1.0), float)
