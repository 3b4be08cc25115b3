"""Effect sizes from classes: the worked numbers, the contrasts, adjustment, bootstrap."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rupmeta.detect.classify import Detection, detect_ruptures
from rupmeta.detect.scale import Scale
from rupmeta.detect.series import Ratings
from rupmeta.detect.settings import Settings
from rupmeta.detect.simulate import Design, simulate_ratings
from rupmeta.effects.hubs import Means, NoEffect
from rupmeta.effects.onto import Setting, convert_hub
from rupmeta.effects.options import ConversionOptions
from rupmeta.effects.resample import bootstrap_contrast, weighted_r
from rupmeta.effects.session_contrasts import adjust_contrast, contrast_outcomes
from rupmeta.errors import UsageError
from rupmeta.pipeline.detect import Asked, Effect, compute_effect, shared_variance

WAI = Scale("WAI-SR", 1, 5, 1 / 12, "higher", 0.92, 0.60)


def grouped(n1: int, n2: int, none: int = 0) -> tuple[Detection, Ratings]:
    """Clients whose class is plain to see: a dip that returns, a step that stays, or nothing."""
    shapes = {
        1: [4.0, 4.0, 4.0, 2.5, 4.0, 4.0, 4.0, 4.0],
        2: [4.0, 4.0, 4.0, 2.5, 2.5, 2.5, 2.5, 2.5],
        0: [4.0] * 8,
    }
    kinds = [1] * n1 + [2] * n2 + [0] * none
    scores = np.concatenate([shapes[kind] for kind in kinds])
    m = len(kinds)
    ratings = Ratings(np.arange(m), np.arange(m + 1) * 8, np.tile(np.arange(1, 9), m), scores)
    found = detect_ruptures(ratings, Settings(rule="rci", scale=WAI))
    assert found.kind.tolist() == kinds
    return found, ratings


def with_moments(n: int, mean: float, sd: float, seed: int) -> np.ndarray:
    x = np.random.default_rng(seed).normal(size=n)
    return (x - x.mean()) / x.std(ddof=1) * sd + mean


def test_the_worked_numbers() -> None:
    """M 10 against 7, SD 4 and 5, n 12 and 18; metafor 5.1 escalc, printed to ten digits."""
    found, _ = grouped(12, 18)
    y = np.concatenate([with_moments(12, 10, 4, 1), with_moments(18, 7, 5, 2)])
    hub = contrast_outcomes(found, {"y": y}, "y").hub
    expected = {
        "d": (0.6475346823, None), "SMD": (0.6300072880, 0.1455040419), "COR": (0.3119719931, 0.02594906491),
        "ZCOR": (0.3227285389, 0.0318464003), "RBIS": (0.3955930973, 0.0426485703),
    }  # fmt: skip
    for measure, (yi, vi) in expected.items():
        converted = convert_hub(hub, measure, Setting())
        assert converted.yi == pytest.approx(yi, abs=2e-10), measure
        if vi is not None:
            assert converted.vi == pytest.approx(vi, abs=2e-10), measure
    fixed = convert_hub(hub, "ZCOR", Setting(allocated=True))
    assert fixed.vi == pytest.approx(0.0338604472, abs=2e-10)
    assert convert_hub(hub, "COR", Setting(allocated=True)).vi == pytest.approx(0.02759014935, abs=2e-11)
    cma = convert_hub(hub, "COR", Setting(ConversionOptions(d_to_r="borenstein")))
    assert (cma.yi, cma.vi) == pytest.approx((0.3023761495, 0.0262586290), abs=2e-10)
    # t of the two groups leads to the same r; the printed approximations differ where the page says so.
    d = convert_hub(hub, "d", Setting()).yi
    t = d / math.sqrt(1 / 12 + 1 / 18)
    assert t == pytest.approx(1.737517881, abs=1e-9)
    assert t / math.sqrt(t * t + 28) == pytest.approx(0.3119719931, abs=2e-10)
    assert d * (1 - 3 / (4 * 28 - 1)) == pytest.approx(0.6300337449, abs=2e-10)
    ls2 = convert_hub(hub, "SMD", Setting(ConversionOptions(smd_variance="LS2")))
    assert ls2.vi == pytest.approx(0.1380869448, abs=2e-10)


def test_completion_is_a_table() -> None:
    """20 and 4 against 12 and 10: ln OR 1.427116356, d .7868104840 with .1469157163."""
    found, _ = grouped(24, 22)
    y = np.array([1.0] * 20 + [0.0] * 4 + [1.0] * 12 + [0.0] * 10)
    contrast = contrast_outcomes(found, {"y": y}, "y")
    assert contrast.binary
    for measure, yi, vi in (
        ("OR", 1.427116356, 0.4833333333), ("d", 0.7868104840, 0.1469157163), ("PHI", 0.3125270551, None),
    ):  # fmt: skip
        converted = convert_hub(contrast.hub, measure, Setting())
        assert converted.yi == pytest.approx(yi, abs=1e-9)
        if vi is not None:
            assert converted.vi == pytest.approx(vi, abs=1e-9)
    with pytest.raises(UsageError, match="no gain"):
        contrast_outcomes(found, {"y": y, "pre": y}, "y", baseline="pre")


def test_phi_of_a_table_with_group_sizes_that_were_left_to_chance() -> None:
    """20 and 4 against 12 and 10: φ .3125270551, V .0189794733."""
    found, _ = grouped(24, 22)
    y = np.array([1.0] * 20 + [0.0] * 4 + [1.0] * 12 + [0.0] * 10)
    phi = convert_hub(contrast_outcomes(found, {"y": y}, "y").hub, "PHI", Setting())
    assert (phi.yi, phi.vi) == pytest.approx((0.3125270551, 0.0189794733), abs=1e-10)
    fixed = convert_hub(contrast_outcomes(found, {"y": y}, "y").hub, "PHI", Setting(allocated=True))
    assert (fixed.yi, fixed.vi) == pytest.approx((0.3125270551, 0.0189625141), abs=1e-10)


def test_the_dose_of_the_worked_numbers() -> None:
    """r .29 of 40 clients: V .0215095592; z .2985662637 with V .0270270270."""
    found, _ = grouped(20, 20)
    x = found.repaired - found.repaired.mean()
    noise = np.random.default_rng(3).normal(size=40)
    noise -= noise.mean() + (noise @ x) / (x @ x) * x
    y = 0.29 * x / math.sqrt(x @ x) + math.sqrt(1 - 0.29**2) * noise / math.sqrt(noise @ noise)
    hub = contrast_outcomes(found, {"y": y}, "y", comparison="continuous").hub
    for measure, yi, vi in (("COR", 0.29, 0.0215095592), ("ZCOR", 0.2985662637, 0.0270270270)):
        converted = convert_hub(hub, measure, Setting())
        assert (converted.yi, converted.vi) == pytest.approx((yi, vi), abs=1e-10), measure


def test_a_dose_has_its_rank_correlation_beside_it() -> None:
    """Spearman's ρ by its definition: Pearson's r of mid-ranks."""
    found, _ = grouped(6, 7, 8)
    rng = np.random.default_rng(2)
    y = rng.integers(0, 6, 21).astype(float)
    contrast = contrast_outcomes(found, {"y": y}, "y", comparison="continuous")
    x = found.repaired.astype(float)
    ranks = [
        np.array([(values < v).sum() + ((values == v).sum() + 1) / 2 for v in values]) for values in (x, y)
    ]
    assert contrast.spearman == pytest.approx(np.corrcoef(*ranks)[0, 1], abs=1e-12)


def test_covariance_of_the_two_contrasts_by_simulation() -> None:
    """Means .6, 0, .1, n 20, 15, 40: formula .0520; unshrunken d of 40,000 samples .0536 (printed so)."""
    rng = np.random.default_rng(7)
    groups = [rng.normal(mean, 1, (40_000, n)) for mean, n in ((0.6, 20), (0.0, 15), (0.1, 40))]

    def d(one: np.ndarray, two: np.ndarray) -> np.ndarray:
        n, m = one.shape[1], two.shape[1]
        pooled = ((n - 1) * one.var(axis=1, ddof=1) + (m - 1) * two.var(axis=1, ddof=1)) / (n + m - 2)
        return (one.mean(axis=1) - two.mean(axis=1)) / np.sqrt(pooled)

    found = np.cov(d(groups[0], groups[1]), d(groups[0], groups[2]))[0, 1]
    formula = 1 / 20 + 0.6 * 0.5 / (2 * 75)
    assert formula == pytest.approx(0.0520)
    assert found == pytest.approx(0.0536, abs=0.0015)
    assert found == pytest.approx(formula, rel=0.06)


def test_the_contrast_chosen_decides_the_groups() -> None:
    found, _ = grouped(6, 7, 8)
    y = np.arange(21.0)
    lost = contrast_outcomes(found, {"y": y}, "y")
    assert (lost.n1, lost.n2) == (6, 7)
    never = contrast_outcomes(found, {"y": y}, "y", comparison="no-rupture")
    assert (never.n1, never.n2) == (6, 8)
    dose = contrast_outcomes(found, {"y": y}, "y", comparison="continuous")
    assert dose.n1 == 21
    r = np.corrcoef(found.repaired, y)[0, 1]
    assert convert_hub(dose.hub, "COR", Setting()).yi == pytest.approx(r)
    share = contrast_outcomes(found, {"y": y}, "y", comparison="continuous", dose="share")
    assert share.n1 == 13
    gain = contrast_outcomes(found, {"y": y, "pre": y / 2}, "y", baseline="pre")
    assert isinstance(gain.hub, Means)
    assert gain.hub.mean1 == pytest.approx(y[:6].mean() / 2)


def test_clients_without_outcome_are_left_out_and_few_give_nothing() -> None:
    found, _ = grouped(6, 6)
    y = np.arange(12.0)
    y[0] = math.nan
    assert contrast_outcomes(found, {"y": y}, "y").n1 == 5
    y[1] = math.nan
    with pytest.raises(NoEffect, match="4 clients with repaired ruptures and 6 with unrepaired ones") as stop:
        contrast_outcomes(found, {"y": y}, "y")
    assert stop.value.problem.code == "DET-SMALL"


def test_adjustment_is_a_partial_correlation() -> None:
    """The definition: the correlation of what the covariates leave of outcome and predictor."""
    rng = np.random.default_rng(4)
    found, _ = grouped(20, 25)
    y, a, b = rng.normal(size=(3, 45))
    contrast = contrast_outcomes(found, {"y": y}, "y")
    adjusted = adjust_contrast(contrast, {"a": a, "b": b})
    X = np.column_stack([np.ones(45), a, b])

    def residual(v: np.ndarray) -> np.ndarray:
        return np.asarray(v - X @ np.linalg.lstsq(X, v, rcond=None)[0])

    r = np.corrcoef(residual(y), residual(contrast.x))[0, 1]
    assert adjusted.r == pytest.approx(r, abs=1e-12)
    assert (adjusted.df, adjusted.v_z) == (41, 1 / (45 - 3 - 2))
    assert adjusted.v_r == pytest.approx((1 - r * r) ** 2 / 42)
    with pytest.raises(NoEffect, match="tell the groups apart"):
        adjust_contrast(contrast, {"a": contrast.x})


def test_variance_formulas_of_the_adjusted_effect() -> None:
    """t 2.5, n 60, m 3: r_p .3168621253, V .0141978468; z .3281551511, V .0181818182 (metafor 5.1)."""
    t, n, m = 2.5, 60, 3
    df = n - m - 1
    r = t / math.sqrt(t * t + df)
    assert r == pytest.approx(0.3168621253, abs=1e-10)
    assert (1 - r * r) ** 2 / (n - m) == pytest.approx(0.0141978468, abs=1e-10)
    assert (math.atanh(r), 1 / (n - m - 2)) == pytest.approx((0.3281551511, 0.0181818182), abs=1e-10)


def test_two_contrasts_that_share_the_repaired_group_covary() -> None:
    """Means .6, 0 and .1, n 20, 15 and 40: 1/n₁ + d₁d₂/(2N)."""
    found, ratings = grouped(20, 15, 40)
    y = np.concatenate([with_moments(20, 0.6, 1, 1), with_moments(15, 0, 1, 2), with_moments(40, 0.1, 1, 3)])
    ratings = Ratings(ratings.clients, ratings.start, ratings.session, ratings.score, {"y": y})
    one, two = (
        compute_effect(found, ratings, Asked("y", better="higher", comparison=name, resamples=0))
        for name in ("unrepaired-rupture", "no-rupture")
    )
    assert isinstance(one, Effect)
    assert isinstance(two, Effect)
    assert shared_variance(one, two) == pytest.approx(1 / 20 + 0.6 * 0.5 / 150, abs=1e-12)


def test_weighted_r_is_pearsons_r_of_repeated_rows() -> None:
    rng = np.random.default_rng(8)
    x, y = rng.integers(0, 2, 12).astype(float), rng.normal(size=12)
    weight = rng.integers(0, 4, (3, 12)).astype(float)
    for row, r in zip(weight.astype(int), weighted_r(x, y, weight), strict=True):
        assert r == pytest.approx(np.corrcoef(np.repeat(x, row), np.repeat(y, row))[0, 1])
    assert np.isnan(weighted_r(np.ones(4), np.arange(4.0), np.ones((1, 4))))[0]


def test_bootstrap_interval_of_clients_is_near_the_normal_one() -> None:
    sample = simulate_ratings(Design(clients=240, rupture=0.8), 5)
    settings = Settings(rule="rci", scale=WAI)
    found = detect_ruptures(sample.ratings, settings)
    contrast = contrast_outcomes(found, sample.ratings.outcomes, "post")
    boot = bootstrap_contrast(contrast, found, sample.ratings, sign=-1, resamples=600, seed=3)
    assert boot.clients is not None
    assert boot.total is not None
    z = convert_hub(contrast.hub, "ZCOR", Setting())
    r = math.tanh(-z.yi)
    assert boot.clients[0] < r < boot.clients[1]
    # The standard error of 600 resamples is itself good to about 3 %; the delta method to about as much.
    assert boot.se_clients == pytest.approx(math.sqrt(z.vi), rel=0.2)
    assert boot.se_total is not None
    assert boot.se_classes is not None
    assert boot.se_classes > 0
    assert boot.changed is not None
    assert 0 < boot.changed < 1
    again = bootstrap_contrast(contrast, found, sample.ratings, sign=-1, resamples=600, seed=3)
    assert boot == again


def test_without_measurement_error_there_is_no_second_interval() -> None:
    found, ratings = grouped(8, 8)
    bare = detect_ruptures(ratings, Settings(min_change=0.0))
    y = np.arange(16.0)
    contrast = contrast_outcomes(found, {"y": y}, "y")
    boot = bootstrap_contrast(contrast, bare, ratings, sign=1, resamples=100)
    assert boot.total is None
    assert boot.changed is None


def test_what_was_put_in_is_found() -> None:
    """Deep dips in quiet ratings are found, and what was put into the outcome shows."""
    sample = simulate_ratings(Design(clients=400, noise=0.12, phi=0.0, depth=1.4, effect=1.0, missing=0.0), 1)
    found = detect_ruptures(sample.ratings, Settings(rule="rci", scale=WAI))
    ruptured = sample.truth > 0
    assert (found.kind[ruptured] > 0).mean() > 0.9
    assert (found.kind[~ruptured & found.classified] == 0).mean() > 0.9
    effect = compute_effect(found, sample.ratings, Asked("post", better="lower", resamples=0))
    assert isinstance(effect, Effect)
    assert effect.converted["COR"].yi > 0.2  # type: ignore[union-attr]


def test_simulation_is_reproducible() -> None:
    one, two = (simulate_ratings(Design(clients=20), 7) for _ in range(2))
    assert one.ratings.score.tobytes() == two.ratings.score.tobytes()
    assert one.ratings.score.max() <= 5.001
    assert set(one.truth.tolist()) <= {0, 1, 2}
