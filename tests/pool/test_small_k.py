"""Few studies: profile likelihood, permutation of signs, and the table with its trust."""

from __future__ import annotations

import itertools
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from effect_tables import effects_table

from rupmeta.errors import EstimationError
from rupmeta.numerics.distributions import chi2_quantile
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.fit import fit_effects
from rupmeta.pool.henmi_copas import fit_henmi_copas, tail_of_mean
from rupmeta.pool.profile_mean import likelihood_of_mean, profile_mean
from rupmeta.pool.sign_flips import flip_signs
from rupmeta.pool.small_k import WORST_COVERAGE, compare_small_k, judge_coverage

Y = [0.21, 0.35, -0.04, 0.48, 0.12, 0.61, 0.30, 0.18]
V = [0.02, 0.04, 0.03, 0.05, 0.01, 0.06, 0.02, 0.03]
SIMULATION: dict[str, Any] = runpy.run_path(
    str(Path(__file__).parents[2] / "benchmarks" / "small_k.py"), run_name="simulation"
)


def test_profile_is_the_largest_likelihood_over_tau2() -> None:
    y, v = np.array(Y), np.array(V)
    grid = np.linspace(0.0, 0.6, 60_001)
    for mu in (-0.2, 0.1, 0.26, 0.9):
        total = v + grid[:, None]
        brute = (-0.5 * (np.log(total) + (y - mu) ** 2 / total)).sum(axis=1).max()
        found = likelihood_of_mean(y[None], v[None], np.array([mu]))[0]
        assert found == pytest.approx(float(brute), abs=1e-6)
        assert found >= brute


def test_profile_interval_ends_where_the_likelihood_has_fallen() -> None:
    found = profile_mean(effects_table(Y, V), level=0.9)
    y, v = np.array([Y]), np.array([V])
    ends = likelihood_of_mean(y, v, np.array([found.interval.lb, found.interval.ub]))
    top = likelihood_of_mean(y, v, np.array([found.estimate]))
    assert 2.0 * (top - ends) == pytest.approx(chi2_quantile(0.1, 1.0), rel=1e-8)
    assert found.pval < 0.1  # 0 lies outside
    assert found.interval.lb > 0


def test_profile_without_heterogeneity_is_that_of_the_common_effect() -> None:
    effects = effects_table([0.2, 0.201, 0.199, 0.2, 0.2], [0.02] * 5)
    found, z = profile_mean(effects), fit_effects(effects, method="EE", test="z").estimate
    assert found.estimate == pytest.approx(z.estimate, rel=1e-12)
    # with tau2 at 0 all the way, the profile is the parabola of the normal interval
    assert found.interval.lb == pytest.approx(z.ci_lb, rel=1e-9)
    # at 0, far away, tau2 has grown and softens the verdict
    assert found.pval > z.pval


def test_henmi_copas_p_agrees_with_its_interval() -> None:
    effects = effects_table(Y, V)
    found = fit_henmi_copas(effects)
    assert tail_of_mean(effects.yi, effects.vi, found.interval.lb) == pytest.approx(0.025, abs=1e-9)
    assert tail_of_mean(effects.yi, effects.vi, found.estimate) == 0.5
    assert found.pval < 0.05
    assert found.interval.lb > 0


def test_permutation_by_hand() -> None:
    y, v = np.array(Y[:6]), np.array(V[:6])
    observed = None
    extreme = 0
    arrangements = list(itertools.product([1.0, -1.0], repeat=6))
    for signs in arrangements:
        fit = fit_effects(effects_table(y * signs, v)).estimate
        observed = abs(fit.stat) if observed is None else observed
        extreme += abs(fit.stat) >= observed - 1.5e-8
    found = flip_signs(effects_table(y, v))
    assert found.pval == pytest.approx(extreme / 64, abs=1e-12)
    assert (found.exact, found.arrangements, found.smallest) == (True, 64, 1 / 32)


@pytest.mark.parametrize(("test", "expected"), [("z", 0.1015625), ("knha", 0.10546875)])
def test_permutation_of_a_published_example(test: str, expected: float) -> None:
    """Normand 1999, all 512 arrangements."""
    import json

    path = Path(__file__).parents[1] / "reference" / "data" / "pool_normand1999.json"
    case = json.loads(path.read_text(encoding="utf-8"))["all"]
    found = flip_signs(effects_table(case["yi"], case["vi"]), test=test)
    assert found.arrangements == 512
    assert found.pval == pytest.approx(expected, abs=1e-12)


def test_permutation_interval_holds_what_is_not_rejected() -> None:
    effects = effects_table(Y, V)
    found = flip_signs(effects)
    assert found.interval is not None
    width = found.interval.ub - found.interval.lb
    for end, inward in ((found.interval.lb, 1.0), (found.interval.ub, -1.0)):
        for mu, inside in ((end + inward * 0.02 * width, True), (end - inward * 0.02 * width, False)):
            moved = flip_signs(effects_table([y - mu for y in Y], V))
            assert (moved.pval > 0.05) is inside


def test_five_effects_have_no_permutation_interval() -> None:
    found = flip_signs(effects_table([0.5, 0.6, 0.7, 0.8, 0.9], [0.01] * 5))
    assert (found.pval, found.smallest, found.interval) == (0.0625, 0.0625, None)
    wide = flip_signs(effects_table([0.5, 0.6, 0.7, 0.8, 0.9], [0.01] * 5), level=0.9)
    assert wide.interval is not None


def test_many_effects_are_sampled_and_the_seed_decides() -> None:
    rng = np.random.default_rng(7)
    effects = effects_table(rng.normal(0.05, 0.2, 18), np.full(18, 0.02))
    first, again, other = (flip_signs(effects, method="DL", seed=seed) for seed in (1, 1, 2))
    assert (first.exact, first.arrangements) == (False, 10_000)
    assert first == again
    assert first.pval != other.pval
    assert first.pval == pytest.approx(other.pval, abs=0.02)


@pytest.mark.parametrize("function", [profile_mean, flip_signs])
def test_one_effect_is_too_few(function: Callable[..., object]) -> None:
    with pytest.raises(EstimationError, match="at least 2"):
        function(effects_table([0.1], [0.01]))


def test_table_of_three_effects() -> None:
    found = compare_small_k(effects_table(Y[:3], V[:3]))
    rows = {row.method: row for row in found.rows}
    assert list(rows) == [
        "z", "t", "knha", "adhoc", "profile", "henmi-copas", "permutation", "bayes", "bayes-narrow",
    ]  # fmt: skip
    assert [rows[name].trust for name in ("z", "t", "adhoc", "bayes")] == ["no", "care", "care", "yes"]
    assert rows["permutation"].lb is None
    assert "no p can be below 0.25" in (rows["permutation"].reason or "")
    assert {note.code for note in found.notes} == {"K-PERM", "K-FEW"}
    for row in found.rows:
        if row.lb is None or row.ub is None or row.se is None:
            continue
        assert row.shift == min(abs(row.lb), abs(row.ub))
        assert row.shift_se == pytest.approx((row.shift or 0) / row.se, rel=1e-12)
        assert row.side == ("above" if row.lb > 0 else "below" if row.ub < 0 else "open")


def test_a_shift_by_its_distance_changes_the_side() -> None:
    """A common shift moves these intervals and leaves their length."""
    rows = {row.method: row for row in compare_small_k(effects_table(Y, V)).rows}
    limits: dict[str, Callable[[Any], float]] = {
        "t": lambda effects: fit_effects(effects, test="t").estimate.ci_lb,
        "adhoc": lambda effects: fit_effects(effects).estimate.ci_lb,
        "henmi-copas": lambda effects: fit_henmi_copas(effects).interval.lb,
    }
    for name, limit in limits.items():
        shift = rows[name].shift
        assert rows[name].side == "above"
        assert shift is not None
        assert limit(effects_table([y - 0.99 * shift for y in Y], V)) > 0
        assert limit(effects_table([y - 1.01 * shift for y in Y], V)) < 0


def test_a_collapsed_interval_is_not_trusted() -> None:
    rows = compare_small_k(effects_table([0.2 + 0.001 * i for i in range(10)], [0.02] * 10)).rows
    knha = next(row for row in rows if row.method == "knha")
    assert knha.narrow
    assert knha.trust == "no"
    assert judge_coverage("knha", 10)[0] == "care"


def test_one_effect_gives_what_one_effect_can() -> None:
    found = compare_small_k(effects_table([0.3], [0.04]))
    rows = {row.method: row for row in found.rows}
    assert rows["z"].estimate == 0.3
    assert rows["adhoc"].estimate is None
    assert {row.trust for row in found.rows} == {"no"}
    with pytest.raises(EstimationError, match="nothing to pool"):
        compare_small_k(effects_table([], []))


def test_trust_follows_the_next_smaller_simulated_k() -> None:
    assert judge_coverage("z", 9) == ("no", WORST_COVERAGE["z"][8], 8)
    assert judge_coverage("z", 500)[2] == 20
    assert judge_coverage("permutation", 40)[2] == 10


@pytest.mark.parametrize(
    ("method", "name", "k"),
    [
        ("z", "z", 3),
        ("knha", "knha", 3),
        ("adhoc", "adhoc", 3),
        ("profile", "profile", 5),
        ("bayes", "bayes 0.5", 5),
    ],
)
def test_the_simulation_still_gives_the_coverage_that_trust_stands_on(method: str, name: str, k: int) -> None:
    worst = min(
        SIMULATION["coverage"](name, k, tau2, pattern, 800, seed=5)
        for tau2 in (0.0, 0.05, 0.10)
        for pattern in ("similar", "uneven")
    )
    # three Monte Carlo standard errors of 800 data sets, and the least of six falls lower still
    assert worst == pytest.approx(WORST_COVERAGE[method][k], abs=0.045)


def test_fits_of_the_simulation_are_those_of_the_tool() -> None:
    y, v = np.array([Y[:5]]), np.array([V[:5]])
    assert fit_batch(y, v).beta[0, 0] == fit_effects(effects_table(Y[:5], V[:5])).estimate.estimate
    inside = SIMULATION["METHODS"]["adhoc"][0](y - 0.3, v)[0]
    interval = fit_effects(effects_table(Y[:5], V[:5])).estimate
    assert bool(inside) is (interval.ci_lb <= 0.3 <= interval.ci_ub)
