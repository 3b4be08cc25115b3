"""A row is the same whatever stands beside it, and shortcuts of the engine say what the long way says."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from rupmeta.numerics.batch import make_batch
from rupmeta.numerics.fit import fit_batch
from rupmeta.numerics.linear import log_sum, total


@pytest.mark.parametrize("k", [7, 24, 131])
@pytest.mark.parametrize("p", [1, 2, 3, 4])
def test_a_row_alone_is_the_row_among_others(k: int, p: int) -> None:
    rng = np.random.default_rng(100 * k + p)
    Y, V = rng.normal(size=(40, k)), rng.uniform(0.01, 0.5, (40, k))
    X = np.column_stack([np.ones(k), rng.normal(size=(k, p - 1))])
    counts = rng.integers(0, 3, (40, k)).astype(float)
    for C in (None, counts):
        whole = fit_batch(Y, V, X, C)
        for b in (0, 17, 39):
            alone = fit_batch(Y[b : b + 1], V[b : b + 1], X, None if C is None else C[b : b + 1])
            for field in fields(alone):
                if field.name == "method":
                    continue
                mine, its = getattr(whole, field.name)[b : b + 1], getattr(alone, field.name)
                assert np.array_equal(mine, its, equal_nan=True), field.name


@pytest.mark.parametrize("p", [1, 2, 3])
@pytest.mark.parametrize("restricted", [True, False])
def test_the_quick_height_differs_from_the_likelihood_by_a_constant(p: int, restricted: bool) -> None:
    rng = np.random.default_rng(p)
    Y, V = rng.normal(size=(5, 12)), rng.uniform(0.1, 2.0, (5, 12))
    XT = np.vstack([np.ones(12), rng.normal(size=(p - 1, 12))])[None]
    C = rng.integers(1, 3, (5, 12)).astype(float)
    for counts in (None, C):
        batch, _ = make_batch(5, Y, V, XT, counts)
        gaps = []
        for tau2 in (0.0, 0.3, 5.0):
            fit = batch.at(np.full(5, tau2))
            slow = fit.restricted_log_likelihood() if restricted else fit.log_likelihood()
            gaps.append(slow - 0.5 * batch.height(fit.w, restricted))
        np.testing.assert_allclose(gaps[1], gaps[0], rtol=1e-10)
        np.testing.assert_allclose(gaps[2], gaps[0], rtol=1e-10)


def test_logarithms_of_products() -> None:
    rng = np.random.default_rng(1)
    x = rng.uniform(0.1, 9.0, (6, 29))
    x[2] = 1e-60  # the product of eight is no number above 0
    x[3] = 1e60
    x[4, ::2] = 1e-300
    np.testing.assert_allclose(log_sum(x), np.log(x).sum(axis=1), rtol=1e-13)
    np.testing.assert_allclose(total(x), x.sum(axis=1), rtol=1e-14)
