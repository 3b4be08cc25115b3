"""Subsets, draws and diagnostics: definitions, laws, edges."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from effect_tables import effects_table

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.explore.bootstrap import bootstrap_effects
from rupmeta.explore.gosh import explore_subsets
from rupmeta.explore.influence import measure_influence
from rupmeta.explore.leave_one_out import accumulate, leave_one_out, list_units
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.fit import Fit, fit_effects
from rupmeta.pool.side_by_side import fit_side_by_side
from rupmeta.pool.subsets import fit_subsets

DATA = Path(__file__).parents[1] / "reference" / "data" / "pool_molloy2014.json"
MOLLOY = json.loads(DATA.read_text(encoding="utf-8"))["all"]
Y, V = np.array(MOLLOY["yi"]), np.array(MOLLOY["vi"])


def molloy() -> Effects:
    return effects_table(Y, V)


def nested() -> Effects:
    """Nine effects of five samples, the samples out of order."""
    return effects_table(Y[:9], V[:9], clusters=["b", "a", "a", "c", "b", "d", "e", "e", "e"])


def fits(effects: Effects, masks: Any) -> Any:
    return fit_subsets(effects, masks)


@pytest.mark.parametrize("method", ["REML", "PM", "DL", "EE"])
@pytest.mark.parametrize("test", ["adhoc", "z", "knha"])
def test_a_subset_is_pooled_as_if_it_were_alone(method: Any, test: Any) -> None:
    rng = np.random.default_rng(3)
    masks = rng.random((4, 16)) < 0.6
    masks[0] = True
    masks[3] = np.arange(16) == 5
    effects = molloy()
    for mask, row in zip(masks, fit_subsets(effects, masks, method=method, test=test), strict=True):
        alone = fit_effects(effects.take(np.flatnonzero(mask).tolist()), method=method, test=test)
        assert isinstance(row, Fit)
        assert (row.k, row.test, row.pi_df) == (alone.k, alone.test, alone.pi_df)
        # the two batches sum different numbers of zeros
        pairs = [(row.estimate.as_dict(), alone.estimate.as_dict())]
        pairs += [({n: getattr(f.heterogeneity, n) for n in ("Q", "tau2", "tau2_lb", "tau2_ub", "I2_ub")}
                   for f in (row, alone))]  # fmt: skip
        for mine, its in pairs:
            for key, value in its.items():
                if value is None or isinstance(value, str):
                    assert mine[key] == value
                    continue
                assert mine[key] == pytest.approx(value, rel=1e-9, abs=1e-12), key
        if alone.prediction is not None:
            assert row.prediction is not None
            assert row.prediction.ub == pytest.approx(alone.prediction.ub, rel=1e-9)
        np.testing.assert_allclose(row.weights[mask], alone.weights, rtol=1e-9)
        assert (row.weights[~mask] == 0).all()


def test_an_empty_subset_is_refused() -> None:
    with pytest.raises(ValueError, match="without effects"):
        fit_subsets(molloy(), np.zeros((1, 16), dtype=bool))


def test_units_are_samples_and_leave_together() -> None:
    effects = nested()
    steps = leave_one_out(effects, fits)
    assert [step.unit.name for step in steps] == ["b", "a", "c", "d", "e"]
    assert [step.fit.k for step in steps] == [7, 7, 8, 8, 6]
    without_e = fit_effects(effects.take([0, 1, 2, 3, 4, 5]))
    assert steps[-1].fit.estimate.estimate == pytest.approx(without_e.estimate.estimate, rel=1e-10)
    with pytest.raises(EstimationError, match="nothing is left"):
        leave_one_out(effects_table([0.1], [0.01]), fits)


def test_orders_of_joining() -> None:
    effects = nested()
    last = accumulate(effects, fits, order="file")[-1].fit
    assert last.estimate.estimate == pytest.approx(fit_effects(effects).estimate.estimate, rel=1e-10)
    by_weight = [step.unit.precision for step in accumulate(effects, fits, order="precision")]
    assert by_weight == sorted(by_weight, reverse=True)
    assert sum(by_weight) == pytest.approx(float((1.0 / V[:9]).sum()), rel=1e-12)
    # none has a year here: the names decide
    assert [s.unit.name for s in accumulate(effects, fits, order="year")] == ["a", "b", "c", "d", "e"]


def test_influence_is_what_refitting_says() -> None:
    influence = measure_influence(molloy())
    full, without = fit_batch(Y, V), fit_batch(np.delete(Y, 2), np.delete(V, 2))
    mu, mu_del = float(full.beta[0, 0]), float(without.beta[0, 0])
    tau2_del, var_del = float(without.tau2[0]), float(without.vcov[0, 0, 0])
    assert influence.rstudent[2] == pytest.approx((Y[2] - mu_del) / (V[2] + tau2_del + var_del) ** 0.5)
    assert influence.cook_d[2] == pytest.approx((mu - mu_del) ** 2 / float(full.vcov[0, 0, 0]))
    assert influence.hat.sum() == pytest.approx(1.0, rel=1e-12)
    assert influence.weight.sum() == pytest.approx(100.0, rel=1e-12)
    # the anchors of the first row
    anchors = {
        "rstudent": 0.2918300103,
        "dffits": 0.0484474736,
        "cook_d": 0.0024742658,
        "cov_r": 1.1331372194,
        "tau2_del": 0.0090596136,
        "QE_del": 37.71092198,
        "hat": 0.0567748611,
    }
    for name, value in anchors.items():
        assert getattr(influence, name)[0] == pytest.approx(value, rel=1e-8), name


def test_an_outlier_is_flagged_and_few_effects_are_refused() -> None:
    influence = measure_influence(effects_table([0.1, 0.15, 0.12, 0.08, 0.11, 2.0], [0.01] * 6))
    assert influence.influential.tolist() == [False] * 5 + [True]
    with pytest.raises(EstimationError, match="at least 3"):
        measure_influence(effects_table([0.1, 0.2], [0.01, 0.02]))


def test_all_subsets_of_a_few() -> None:
    effects = effects_table(Y[:5], V[:5])
    cloud = explore_subsets(effects)
    assert cloud.exhaustive
    assert cloud.inside.shape == (31, 5)
    assert len({tuple(row) for row in cloud.inside.tolist()}) == 31
    whole = int(np.flatnonzero(cloud.inside.all(axis=1))[0])
    assert cloud.estimate[whole] == pytest.approx(fit_effects(effects).estimate.estimate, rel=1e-10)
    alone = cloud.inside.sum(axis=1) == 1
    assert (cloud.tau2[alone] == 0).all()
    np.testing.assert_allclose(np.sort(cloud.estimate[alone]), np.sort(Y[:5]), rtol=1e-12)
    assert cloud.with_unit[0] == pytest.approx(np.median(cloud.estimate[cloud.inside[:, 0]]))
    with pytest.raises(EstimationError, match="it takes 3"):
        explore_subsets(effects_table(Y[:2], V[:2]))


def test_a_draw_of_subsets_gives_each_the_same_chance() -> None:
    cloud = explore_subsets(effects_table(Y[:4], V[:4]), exhaustive_up_to=3, drawn=15_000, seed=2)
    assert not cloud.exhaustive
    numbers = cloud.inside @ (1 << np.arange(4))
    counts = np.bincount(numbers, minlength=16)
    assert counts[0] == 0
    # 1,000 expected in each of 15: six standard deviations of a binomial count
    assert (np.abs(counts[1:] - 1000) < 6 * 31).all()


def test_subsets_keep_samples_whole() -> None:
    cloud = explore_subsets(nested())
    assert [unit.name for unit in cloud.units] == ["b", "a", "c", "d", "e"]
    only_e = int(np.flatnonzero((cloud.inside == [False, False, False, False, True]).all(axis=1))[0])
    of_e = fit_effects(nested().take([6, 7, 8])).estimate.estimate
    assert cloud.estimate[only_e] == pytest.approx(of_e, rel=1e-9)


def test_the_bootstrap_agrees_with_theory_where_theory_holds() -> None:
    rng = np.random.default_rng(11)
    effects = effects_table(0.4 + 0.2 * rng.normal(size=60), np.full(60, 0.01))
    drawn = bootstrap_effects(effects, iterations=3000, seed=5)
    # equal variances: the estimate is the mean, whose bootstrap variance is known
    exact = float(effects.yi.std() / 60**0.5)
    assert drawn.draws == 3000
    assert drawn.estimate.se == pytest.approx(exact, rel=0.04)  # three Monte Carlo errors, 1/√(2·3000) each
    assert abs(drawn.estimate.bias) < 4 * exact / 3000**0.5
    for interval in (drawn.estimate.percentile, drawn.estimate.bca):
        assert interval is not None
        assert interval.lb == pytest.approx(effects.yi.mean() - 1.96 * exact, abs=0.25 * exact)
        assert interval.ub == pytest.approx(effects.yi.mean() + 1.96 * exact, abs=0.25 * exact)


def test_the_bootstrap_draws_whole_samples() -> None:
    y = np.repeat([0.1, 0.5, 0.9], 3)
    effects = effects_table(y, np.full(9, 0.01), clusters=np.repeat(["a", "b", "c"], 3).tolist())
    drawn = bootstrap_effects(effects, method="EE", iterations=3000, seed=1)
    # all three draws alike: 1 in 27 on either side, more than the tails of 2.5 %
    assert drawn.clusters == 3
    assert drawn.estimate.percentile.lb == pytest.approx(0.1, abs=1e-12)
    assert drawn.estimate.percentile.ub == pytest.approx(0.9, abs=1e-12)
    assert drawn.tau2.bca is None  # tau2 is 0 in every draw
    with pytest.raises(EstimationError, match="it takes 3"):
        bootstrap_effects(effects_table(Y[:2], V[:2]))


def test_one_seed_one_answer() -> None:
    first, second, third = (bootstrap_effects(molloy(), iterations=400, seed=s) for s in (1, 1, 2))
    assert first == second
    assert first.estimate.percentile != third.estimate.percentile


def test_side_by_side_holds_the_declared_model_once() -> None:
    rows = fit_side_by_side(molloy())
    assert len(rows) == 34
    assert len({(row.method, row.test) for row in rows}) == 34
    reml = next(row.fit for row in rows if (row.method, row.test) == ("REML", "adhoc"))
    assert reml.estimate.estimate == pytest.approx(0.1499171485, abs=1e-9)


def test_units_remember_their_studies() -> None:
    units = list_units(nested())
    assert units[0].indices == (0, 4)
    assert units[0].studies == ("b",)
