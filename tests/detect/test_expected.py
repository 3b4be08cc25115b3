"""Expected false alarms: the published recipe, the whole pipeline, seeds, autocorrelation."""

# ruff: noqa: E501  (rows of a table)

from __future__ import annotations

import numpy as np
import pytest

from rupmeta.detect.classify import detect_ruptures
from rupmeta.detect.expected import estimate_phi, expected_ruptures, false_alarm_curve, noise_series
from rupmeta.detect.rules import RULES, Pool
from rupmeta.detect.scale import Scale
from rupmeta.detect.series import Block, Float, Ratings
from rupmeta.detect.settings import Settings


def null_series(n: int, phi: float, many: int = 50_000) -> Float:
    """The first of the four blocks of the table's recipe, (n, many)."""
    e = np.random.default_rng([2018, n, round(10 * phi), 0]).standard_normal((50_000, n))[:many]
    y = e.copy()
    for t in range(1, n):
        y[:, t] = phi * y[:, t - 1] + np.sqrt(1 - phi**2) * e[:, t]
    return np.ascontiguousarray(y.T)


# n, φ → share with any flagged session, and in sessions 2…n, by rule and k; 200,000 series in the table.
TABLE = {
    (8, 0.0): [(0.949, 0.872), (0.061, 0.054), (0.022, 0.022), (0.008, 0.005), (0.158, 0.139), (0.016, 0.016)],
    (16, 0.0): [(0.998, 0.993), (0.264, 0.248), (0.220, 0.220), (0.020, 0.017), (0.179, 0.170), (0.209, 0.201)],
    (16, 0.4): [(0.998, 0.992), (0.249, 0.229), (0.234, 0.234), (0.096, 0.086), (0.163, 0.152), (0.197, 0.186)],
}  # fmt: skip
RULE_K = [("mean-sd", 1.0), ("mean-sd", 2.0), ("diff-sd", 2.0), ("xmr", 3.0), ("tukey", 1.5), ("regression-residual", 2.0)]  # fmt: skip


@pytest.mark.parametrize(("n", "phi"), TABLE)
def test_the_table_of_false_alarms(n: int, phi: float) -> None:
    """One block of 50,000: Monte Carlo error at most .0022; four of them, and rounding of the table."""
    y = null_series(n, phi)
    block = Block(np.arange(y.shape[1]), y, np.repeat(np.arange(n)[:, None], y.shape[1], axis=1))
    for (rule, k), expected in zip(RULE_K, TABLE[n, phi], strict=True):
        found = RULES[rule].flag(block, Settings(rule=rule, k=k), k, Pool()).candidates  # type: ignore[arg-type]
        shares = (found.any(axis=0).mean(), found[1:].any(axis=0).mean())
        assert shares == pytest.approx(expected, abs=4 * 0.0022 + 0.0005), (rule, k)


@pytest.mark.parametrize(("phi", "anywhere", "later"), [(0.0, 0.26431, 0.247545), (0.4, 0.248945, 0.229225)])
def test_the_cells_that_the_recipe_prints(phi: float, anywhere: float, later: float) -> None:
    """All four blocks of n = 16, exactly."""
    flags = []
    for number in range(4):
        e = np.random.default_rng([2018, 16, round(10 * phi), number]).standard_normal((50_000, 16))
        y = e.copy()
        for t in range(1, 16):
            y[:, t] = phi * y[:, t - 1] + np.sqrt(1 - phi**2) * e[:, t]
        sessions = np.zeros((16, 50_000), dtype=np.int64)
        block = Block(np.arange(50_000), np.ascontiguousarray(y.T), sessions)
        flags.append(RULES["mean-sd"].flag(block, Settings(), 2.0, Pool()).candidates)
    found = np.concatenate(flags, axis=1)
    assert found.any(axis=0).mean() == pytest.approx(anywhere, abs=1e-9)
    assert found[1:].any(axis=0).mean() == pytest.approx(later, abs=1e-9)


# rule, k, n → repaired, unrepaired at SD = SEM without guard, at SEM and at 2·SEM with guard RC; most mixed.
WHOLE = {
    ("mean-sd", 2, 8): (0.047, 0.009, 0.013, 0.003, 0.042, 0.008),
    ("mean-sd", 2, 16): (0.227, 0.019, 0.072, 0.007, 0.194, 0.016),
    ("mean-sd", 2, 30): (0.471, 0.020, 0.166, 0.011, 0.402, 0.018),
    ("xmr", 3, 30): (0.034, 0.002, 0.015, 0.001, 0.030, 0.002),
    ("diff-sd", 2, 16): (0.149, 0.074, 0.103, 0.048, 0.149, 0.074),
    ("rci", None, 16): (0.222, 0.079, 0.222, 0.079, 0.472, 0.085),
}
PIPELINE = [
    (*key, times, guard, *shares[2 * i : 2 * i + 2])
    for key, shares in WHOLE.items()
    for i, (times, guard) in enumerate([(1, 0.0), (1, None), (2, None)])
]


@pytest.mark.parametrize(("rule", "k", "n", "times", "guard", "repaired", "unrepaired"), PIPELINE)
def test_the_whole_pipeline_on_noise(
    rule: str, k: float | None, n: int, times: int, guard: float | None, repaired: float, unrepaired: float
) -> None:
    """The first 20,000 rows of the first block, so the shares are the table's own up to its rounding."""
    scale = Scale(reliability=0.92, sd=0.60)
    assert scale.sem is not None
    y = times * scale.sem * null_series(n, 0.0, 20_000)
    series = Ratings(
        np.arange(20_000), np.arange(20_001) * n, np.tile(np.arange(1, n + 1), 20_000), y.T.ravel()
    )
    found = detect_ruptures(series, Settings(rule=rule, k=k, scale=scale, min_change=guard))  # type: ignore[arg-type]
    shares = [(found.kind == kind).mean() for kind in (1, 2)]
    assert shares == pytest.approx([repaired, unrepaired], abs=0.00051)
    mixed = (found.kind == 3).mean()
    if (rule, times) == ("rci", 2):
        assert mixed == pytest.approx(0.40, abs=0.0051)
    else:
        assert mixed <= 0.0251  # ".02" in the table's note, two digits


def small_file(m: int = 30, n: int = 10, phi: float = 0.0) -> Ratings:
    y = 3 + 0.3 * noise_series(np.random.default_rng(3), np.ones(n - 1), phi, m)
    return Ratings(np.arange(m), np.arange(m + 1) * n, np.tile(np.arange(1, n + 1), m), y.T.ravel())


def test_the_same_seed_gives_the_same_shares_and_another_nearly_so() -> None:
    ratings = small_file()
    found = detect_ruptures(ratings, Settings())
    one, again, other = (expected_ruptures(found, ratings, seed=seed, per_client=200) for seed in (1, 1, 2))
    assert one == again
    assert one != other
    for a, b in zip(one, other, strict=True):
        assert a.any == pytest.approx(b.any, abs=5 * (a.mcse + b.mcse))
    # Ten ratings without guard: the share of the table in which an episode can open (.106 and .092).
    assert [e.any for e in one[:2]] == pytest.approx([0.106, 0.092], abs=5 * one[0].mcse)
    assert [e.source for e in one] == ["fixed", "fixed", "data"]


def test_a_clients_noise_does_not_depend_on_the_others() -> None:
    ratings = small_file(6)
    from rupmeta.detect.expected import simulate_null

    (_, (every, _)), *_ = simulate_null(ratings, (0.4, 0.0), 9, 5)
    (_, (first,)), *_ = simulate_null(ratings.take(np.arange(1)), (0.4,), 9, 5)
    assert np.array_equal(every.score[:50], first.score)


def test_autocorrelation_is_recovered() -> None:
    """60 series of 12 ratings: bias of r₁ is taken out; ±.12 is four standard errors of 1/√(60·11)·√(1−φ²)."""
    for phi in (0.0, 0.4, 0.7):
        found = estimate_phi(small_file(60, 12, phi))
        assert found == pytest.approx(phi, abs=0.16)


def test_curves_rise_with_length() -> None:
    ratings = small_file()
    found = detect_ruptures(ratings, Settings())
    curve = dict(false_alarm_curve(found, ratings, (5, 6, 8, 16, 30), phi=0.0, seed=1))
    assert 5 not in curve  # too short for the rule
    assert [n for n, _ in sorted(curve.items(), key=lambda item: item[1])] == [6, 8, 16, 30]
    assert curve[16] == pytest.approx(0.248, abs=0.03)


def test_gaps_forget() -> None:
    """y_t and y_{t−3} of φ = .8 correlate .512, whatever lies between was rated or not."""
    y = noise_series(np.random.default_rng(5), np.array([3.0]), 0.8, 40_000)
    assert np.corrcoef(y)[0, 1] == pytest.approx(0.512, abs=0.015)
