"""Permutation tests: printed anchors, the definition by brute force, laws."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from effect_tables import effects_table

from rupmeta.errors import EstimationError
from rupmeta.explore.permutation import count_arrangements, permute_rows, permute_signs
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.fit import fit_effects

DATA = Path(__file__).parents[1] / "reference" / "data"


def case(name: str) -> dict[str, Any]:
    return json.loads((DATA / f"pool_{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("test", "expected"), [("z", 0.1015625), ("knha", 0.10546875)])
def test_signs_of_nine_studies(test: Any, expected: float) -> None:
    # metafor::permutest gives .1015625 and .1054688 for all 512 arrangements
    normand = case("normand1999")["all"]
    found = permute_signs(effects_table(normand["yi"], normand["vi"]), test=test)
    assert (found.exact, found.iterations) == (True, 512)
    assert found.pval[0] == expected
    assert found.error[0] == 0.0


def test_rows_of_seven_trials() -> None:
    # metafor::permutest: p .0996032 over the 2,520 distinct orders (two latitudes occur twice)
    bcg = case("bcg")
    effects = effects_table(bcg["all"]["yi"][:7], bcg["all"]["vi"][:7])
    X = np.column_stack([np.ones(7), bcg["columns"]["ablat"][:7]])
    found = permute_rows(effects, X, ("intercept", "ablat"), test="z")
    assert (found.exact, found.iterations) == (True, 2520)
    assert found.pval[1] == pytest.approx(251 / 2520, rel=1e-12)
    assert found.omnibus == pytest.approx(251 / 2520, rel=1e-12)  # one slope: its square is the omnibus
    assert found.smallest == pytest.approx(1 / 2520)


def test_exact_signs_are_the_definition() -> None:
    y, v = np.array([0.5, 0.2, 0.4, -0.1]), np.array([0.02, 0.05, 0.03, 0.04])
    stats = []
    for signs in itertools.product([1.0, -1.0], repeat=4):
        fit = fit_effects(effects_table(y * signs, v))
        stats.append(abs(fit.estimate.stat))
    expected = np.mean([stat >= stats[0] - 1e-9 for stat in stats])
    assert permute_signs(effects_table(y, v)).pval[0] == pytest.approx(expected, rel=1e-12)


def test_exact_rows_are_the_definition() -> None:
    y, v = np.array([0.5, 0.2, 0.4, -0.1, 0.6]), np.array([0.02, 0.05, 0.03, 0.04, 0.02])
    X = np.column_stack([np.ones(5), [1.0, 2.0, 4.0, 3.0, 7.0], [0.0, 1.0, 0.0, 1.0, 1.0]])
    names = ("intercept", "x", "g")
    orders = [list(order) for order in itertools.permutations(range(5))]
    fit = fit_batch(y, v, X[orders])
    variances = fit.s2[:, None, None] * fit.vcov
    stats = np.abs(fit.beta) / np.sqrt(np.diagonal(variances, axis1=1, axis2=2))
    wald = [b[1:] @ np.linalg.solve(V[1:, 1:], b[1:]) for b, V in zip(fit.beta, variances, strict=True)]
    slopes = (stats >= stats[0] - 1e-9).sum(axis=0)
    omnibus = (np.array(wald) >= wald[0] - 1e-9).sum()
    found = permute_rows(effects_table(y, v), X, names, test="knha")
    assert found.exact
    np.testing.assert_allclose(found.pval, slopes / 120, rtol=1e-12)
    assert found.omnibus == pytest.approx(omnibus / 120, rel=1e-12)


def test_random_arrangements_come_near_the_exact_p() -> None:
    rng = np.random.default_rng(8)
    y, v, x = rng.normal(size=8) * 0.3, rng.uniform(0.01, 0.05, 8), np.arange(8.0)
    effects, X = effects_table(y, v), np.column_stack([np.ones(8), x])
    exact = permute_rows(effects, X, ("intercept", "x"), method="DL", iterations=40_320)
    drawn = permute_rows(effects, X, ("intercept", "x"), method="DL", iterations=4_000, seed=3)
    assert exact.exact
    assert not drawn.exact
    assert drawn.iterations == 4_000
    assert abs(drawn.pval[1] - exact.pval[1]) < 4 * drawn.error[1]
    assert drawn.pval.min() >= 1 / 4_000  # the data are one of the arrangements


def test_a_p_is_never_below_what_the_arrangements_allow() -> None:
    y, v = np.array([0.5, 0.5, 0.5, 0.5, 0.5]), np.full(5, 0.001)
    found = permute_signs(effects_table(y, v), test="z")
    assert found.pval[0] == 2 / 32
    assert found.smallest == 2 / 32


def test_effects_of_a_sample_turn_together() -> None:
    y, v = np.array([0.5, 0.4, 0.3, 0.2]), np.full(4, 0.01)
    found = permute_signs(effects_table(y, v, clusters=["a", "a", "b", "c"]))
    assert found.iterations == 8


def test_many_samples_are_drawn() -> None:
    rng = np.random.default_rng(4)
    effects = effects_table(0.3 + 0.1 * rng.normal(size=30), np.full(30, 0.01))
    found = permute_signs(effects, method="DL", iterations=500)
    assert not found.exact
    assert found.pval[0] == 1 / 500  # no random arrangement is as extreme


def test_counting_arrangements() -> None:
    assert count_arrangements(np.zeros(6, dtype=np.intp)) == 1
    assert count_arrangements(np.arange(5)) == 120


def test_what_cannot_be_permuted() -> None:
    with pytest.raises(EstimationError, match="needs moderators"):
        permute_rows(effects_table([0.1, 0.2, 0.3], [0.1] * 3), np.ones((3, 1)), ("intercept",))
    with pytest.raises(EstimationError, match="at least 2"):
        permute_signs(effects_table([0.1], [0.1]))
