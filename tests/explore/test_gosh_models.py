"""Clumps of a GOSH cloud: a planted one is found with its study, none is seen where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from rupmeta.explore.gosh_models import find_clumps
from rupmeta.numerics.fit import fit_batch

K = 10


def cloud(yi, seed=4):
    masks = np.random.default_rng(seed).random((1000, K)) < 0.5
    masks = masks[masks.any(axis=1)]
    fit = fit_batch(yi, np.full(K, 0.02), counts=masks.astype(float), method="DL")
    return fit.beta[:, 0], fit.I2, masks


def test_an_outlying_study_makes_a_clump_of_its_own():
    yi = np.array([0.2, 0.22, 0.18, 0.25, 0.15, 0.2, 0.21, 0.19, 0.23, 3.0])
    found = find_clumps(*cloud(yi))
    assert len(found.clumps) > 1
    assert found.drivers[0] == K - 1
    assert sum(clump.share for clump in found.clumps) == pytest.approx(1.0)
    low, high = found.clumps[0], found.clumps[-1]
    assert low.mean < high.mean
    assert low.excess[K - 1] < -0.9
    assert high.I2 > low.I2


def test_one_normal_clump_stays_one():
    rng = np.random.default_rng(8)
    masks = rng.random((800, K)) < 0.5
    found = find_clumps(rng.normal(size=800), rng.normal(50, 5, 800), masks)
    assert len(found.clumps) == 1
    assert found.drivers == ()
    assert found.clumps[0].share == 1.0


def test_the_same_seed_gives_the_same_clumps():
    yi = np.linspace(-0.4, 0.9, K)
    assert find_clumps(*cloud(yi), seed=1) == find_clumps(*cloud(yi), seed=1)


def test_too_few_subsets_are_refused():
    with pytest.raises(ValueError, match="too few"):
        find_clumps(np.zeros(10), np.zeros(10), np.ones((10, K), dtype=bool))
