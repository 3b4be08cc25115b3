"""Approaches to dependent effects: what must coincide, what must differ, profiles, samples left out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from effect_tables import effects_table

from rupmeta.effects.table import Effects
from rupmeta.numerics.distributions import chi2_quantile
from rupmeta.pool.dependence import (
    Arranged,
    Modelled,
    compare_approaches,
    find_shared_samples,
    fit_approach,
    vary_rho,
)
from rupmeta.pool.fit import Fit, fit_effects
from rupmeta.pool.leave_cluster_out import leave_cluster_out
from rupmeta.pool.multilevel import fit_multilevel
from rupmeta.pool.variance_profile import profile_variances
from rupmeta.results import NotEstimable

DATA = Path(__file__).parents[1] / "reference" / "data"
Y = [0.21, 0.35, -0.04, 0.48, 0.12, 0.61, 0.30, 0.18, 0.55, 0.05]
V = [0.02, 0.04, 0.03, 0.05, 0.01, 0.06, 0.02, 0.03, 0.02, 0.03]
SAMPLES = ["a", "a", "b", "c", "c", "c", "d", "e", "f", "g"]


def districts() -> Effects:
    case = json.loads((DATA / "pool_konstantopoulos2011.json").read_text(encoding="utf-8"))
    return effects_table(case["all"]["yi"], case["all"]["vi"], case["columns"]["district"])


def fits(single: Effects, rho: float = 0.5) -> dict[str, Fit]:
    found = {}
    for item in compare_approaches(single, rho):
        assert isinstance(item.fit, Fit)
        found[item.name] = item.fit
    return found


def test_one_effect_a_sample_makes_all_approaches_one() -> None:
    found = fits(effects_table(Y, V))
    first = found["none"]
    for fit in found.values():
        assert fit.estimate.estimate == pytest.approx(first.estimate.estimate, rel=1e-8)
        assert fit.robust[0].se == pytest.approx(first.robust[0].se, rel=1e-7)
        assert fit.robust[0].df == pytest.approx(first.robust[0].df, rel=1e-7)


def test_robust_rows_of_single_effects_are_HC2() -> None:
    """With singleton clusters CR2 divides each squared residual by 1 - its leverage."""
    fit = fit_approach(Arranged(effects_table(Y, V)), "none", Modelled())
    w = 1.0 / (np.array(V) + (fit.heterogeneity.tau2 or 0.0))
    residual = np.array(Y) - fit.estimate.estimate
    hat = w / w.sum()
    hc2 = float(np.sqrt((hat**2 * residual**2 / (1.0 - hat)).sum()))
    assert fit.robust[0].se == pytest.approx(hc2, rel=1e-10)


def test_known_approaches_have_known_numbers() -> None:
    """clubSandwich 0.5.8 on the three-level fit; the aggregate by metafor: see tests/reference."""
    clustered = json.loads((DATA / "pool_konstantopoulos2011.json").read_text(encoding="utf-8"))["clustered"]
    found = fits(districts(), clustered["che"]["rho"])
    assert found["che"].robust[0].se == pytest.approx(clustered["che"]["cr2"]["se"], rel=1e-4)
    assert found["multilevel"].robust[0].df == pytest.approx(clustered["three_level"]["cr2"]["df"], rel=1e-4)
    assert found["none"].k == 56
    assert found["aggregate"].k == found["aggregate"].clusters == 11


def test_rho_of_zero_makes_che_multilevel() -> None:
    single = effects_table(Y, V, SAMPLES)
    zero = vary_rho(single, rhos=(0.0,))[0].che
    assert isinstance(zero, Fit)
    plain = fits(single)["multilevel"]
    assert zero.estimate.estimate == pytest.approx(plain.estimate.estimate, rel=1e-8)
    assert zero.estimate.se == pytest.approx(plain.estimate.se, rel=1e-8)


def test_more_correlation_means_less_information() -> None:
    """With equal variances; with unequal ones a high rho makes least squares subtract the weaker effect."""
    rows = vary_rho(effects_table([0.3] * 10, [0.03] * 10, SAMPLES))
    errors = [row.aggregate.estimate.se for row in rows if isinstance(row.aggregate, Fit)]
    assert len(errors) == 5
    assert errors == sorted(errors)


def test_an_effect_entered_twice_is_one_effect() -> None:
    once, twice = effects_table(Y[:6], V[:6]), effects_table([*Y[:6], Y[5]], [*V[:6], V[5]], [*"abcdef", "f"])
    single = fit_effects(once).estimate
    (row,) = vary_rho(twice, rhos=(1.0 - 1e-9,))
    assert isinstance(row.aggregate, Fit)
    assert row.aggregate.estimate.estimate == pytest.approx(
        fit_effects(effects_table(Y[:6], V[:6])).estimate.estimate, rel=1e-6
    )
    assert row.aggregate.estimate.se == pytest.approx(single.se, rel=1e-6)


def test_one_sample_says_what_cannot_be_had() -> None:
    found = {item.name: item.fit for item in compare_approaches(effects_table(Y[:2], V[:2], ["a", "a"]), 0.5)}
    assert isinstance(found["aggregate"], Fit)
    assert found["aggregate"].robust == ()
    assert isinstance(found["che"], Fit)
    assert found["che"].robust == ()


def test_an_impossible_rho_is_a_reason() -> None:
    three = effects_table(Y[:4], V[:4], ["a", "a", "a", "b"])
    aggregate = next(item for item in compare_approaches(three, -0.6) if item.name == "aggregate")
    assert isinstance(aggregate.fit, NotEstimable)
    assert "positive definite" in aggregate.fit.reason


def test_samples_left_out_are_fits_without_them() -> None:
    single = effects_table(Y, V, SAMPLES)
    approaches = compare_approaches(single, 0.5)
    omitted = leave_cluster_out(approaches[1], approaches[4], Modelled())
    assert [item.sample for item in omitted] == list("abcdefg")
    for item in omitted:
        kept = [i for i, sample in enumerate(SAMPLES) if sample != item.sample]
        rest = fits(single.take(kept))
        assert item.k == SAMPLES.count(item.sample)
        assert item.aggregate is not None
        assert item.robust is not None
        assert item.aggregate.estimate == pytest.approx(rest["aggregate"].estimate.estimate, rel=1e-9)
        assert item.aggregate.ci_ub == pytest.approx(rest["aggregate"].estimate.ci_ub, rel=1e-9)
        assert item.che is not None
        assert item.che.se == pytest.approx(rest["che"].estimate.se, rel=1e-5)
        assert item.robust.estimate == pytest.approx(rest["che"].estimate.estimate, rel=1e-5)
        assert item.robust.df == pytest.approx(rest["che"].robust[0].df, rel=1e-4)


def test_profile_against_metafor() -> None:
    """confint(rma.mv(yi, vi, random = ~ 1 | district/school)), metafor 3.8-1, tolerance 1e-10.

    metafor found no upper limit of the second variance at that tolerance; at its default it is 0.0628.
    """
    fit = fit_multilevel(districts())
    between, within = profile_variances(districts(), fit)
    assert between.estimate == pytest.approx(0.06506194428, rel=1e-5)
    assert between.lb == pytest.approx(0.02223969069, rel=1e-5)
    assert between.ub == pytest.approx(0.2072416192, rel=1e-5)
    assert within.lb == pytest.approx(0.01626525502, rel=1e-5)
    assert within.ub == pytest.approx(0.0628, abs=5e-5)
    for profile in (between, within):
        assert profile.cut == pytest.approx(-0.5 * chi2_quantile(0.05, 1.0))
        assert profile.heights.max() <= 1e-9
        inside = (profile.values >= profile.lb) & (profile.values <= profile.ub)
        assert (profile.heights[inside] >= profile.cut - 1e-6).all()
        assert (profile.heights[~inside] <= profile.cut + 1e-6).all()


def test_profile_of_a_variance_at_its_boundary() -> None:
    effects = effects_table([0.2, 0.21, 0.19, 0.2, 0.22, 0.2], [0.02] * 6, ["a", "a", "b", "b", "c", "c"])
    between, within = profile_variances(effects, fit_multilevel(effects))
    assert (between.estimate, between.lb) == (0.0, 0.0)
    assert between.ub is not None
    assert between.ub > 0
    assert within.lb == 0.0


def test_profile_of_single_effects_is_that_of_tau2() -> None:
    effects = effects_table(Y, [v / 4 for v in V])
    (only,) = profile_variances(effects, fit_multilevel(effects))
    tau2 = fit_effects(effects, tau2_ci="PL").heterogeneity
    assert only.component == "between"
    assert only.lb == pytest.approx(tau2.tau2_lb, rel=1e-6, abs=1e-9)
    assert only.ub == pytest.approx(tau2.tau2_ub, rel=1e-6)


def test_shared_samples_are_found() -> None:
    import dataclasses

    single = effects_table(Y[:4], V[:4], ["a", "a", "b", "c"])
    rows = [dataclasses.replace(row, n=float(40 + i)) for i, row in enumerate(single.rows)]
    rows[1] = dataclasses.replace(rows[1], study="another paper")
    (shared,) = find_shared_samples(Effects("GEN", tuple(rows)))
    assert (shared.sample, shared.k, shared.n) == ("a", 2, 41.0)
    assert shared.papers == ("a", "another paper")
    assert find_shared_samples(effects_table(Y, V)) == ()


def test_moderators_reach_every_approach() -> None:
    x = np.array([0.0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
    single = effects_table(Y, V, SAMPLES)

    def design(effects: Effects) -> Arranged:
        if effects.k < 10:  # aggregated: a sample's first value
            first = [SAMPLES.index(sample) for sample in effects.clusters]
            return Arranged(effects, np.column_stack([np.ones(len(first)), x[first]]), ("intercept", "x"))
        return Arranged(effects, np.column_stack([np.ones(10), x]), ("intercept", "x"))

    approaches = compare_approaches(single, 0.5, Modelled(design=design))
    for item in approaches:
        assert isinstance(item.fit, Fit)
        assert [row.label for row in item.fit.robust] == ["intercept", "x"]
        assert item.fit.robust_omnibus is not None
        slope = item.fit.robust[1]
        # one slope: the Hotelling test is the squared t test with the same degrees of freedom
        assert item.fit.robust_omnibus.stat == pytest.approx(slope.stat**2, rel=1e-8)
        assert item.fit.robust_omnibus.df2 == pytest.approx(slope.df, rel=1e-8)
    assert all(item.aggregate for item in leave_cluster_out(approaches[1], approaches[4], Modelled()))
