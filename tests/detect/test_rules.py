"""Limits, candidates and shortest series of every rule against series worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from series_a_to_l import SERIES, WAI, detect, series, settings

from rupmeta.detect.rules import RULES, Flagged, Pool, pool_of
from rupmeta.detect.scale import Scale
from rupmeta.detect.series import blocks, client_sd, ratings_from
from rupmeta.detect.settings import Settings

# M, SD, mean moving range, limits of mean-sd 2, xmr 3, tukey, mean(D), SD(D), slope, s; to four decimals.
NUMBERS = {
    "A": (4.0833, 0.4668, 0.3545, 3.1498, 3.1404, 3.70, 0.0455, 0.5574, 0.0350, 0.4714),
    "B": (3.7417, 0.6097, 0.2182, 2.5223, 3.1614, 1.20, -0.0909, 0.3885, -0.1311, 0.4038),
    "C": (3.9250, 0.1765, 0.1364, 3.5721, 3.5623, 3.4625, 0.0455, 0.1440, 0.0444, 0.0778),
    "D": (4.9833, 0.0577, 0.0182, 4.8679, 4.9350, 5.00, -0.0182, 0.0603, -0.0077, 0.0531),
    "F": (3.8000, 0.7810, 1.3500, 2.2380, 0.2096, 2.50, 0.0500, 1.9092, 0.0500, 1.1023),
    "G": (3.7833, 0.4707, 0.2545, 2.8420, 3.1064, 2.20, 0.0, 0.2828, -0.0189, 0.4884),
}
COLUMNS = (
    ("mean-sd", 2.0), ("mean-sd", 1.0), ("xmr", 3.0), ("xmr", 2.0), ("diff-sd", 2.0), ("diff-sd", 1.0),
    ("tukey", 1.5), ("rci", None), ("sudden-loss", None), ("regression-residual", 2.0),
)  # fmt: skip
# Candidates before guard and shortest length; a string where the rule has nothing to say.
CANDIDATES = {
    "A": ([6], [6, 7], [6], [6], [6], [6], [6, 7], [6], [], [6]),
    "B": ([], [9, 10, 11, 12], [9, 10, 11, 12], [9, 10, 11, 12], [9], [9], [], [9], [9], []),
    "C": ([], [1, 3], [], [1], [], [3, 5, 7, 10, 12], [], [], [], []),
    "D": ([12], [12], [12], [12], [12], [12], [12], [], [], [12]),
    "G": ([], [7, 8], [8], [7, 8], [], [], [], [], [], []),
}


def flagged(name: str, rule: str, k: float | None = None, **more: object) -> Flagged:
    ratings, chosen = series(name), settings(rule, k, **more)
    block = next(blocks(ratings))
    return RULES[rule].flag(block, chosen, RULES[rule].multiplier(chosen), pool_of(ratings, chosen))


def sessions(found: Flagged, name: str = "A") -> list[int]:
    block = next(blocks(series(name)))
    return block.session[found.candidates[:, 0], 0].tolist()


@pytest.mark.parametrize("name", NUMBERS)
def test_limits_and_spreads(name: str) -> None:
    mean, sd, moving, mean_sd, xmr, tukey, d_mean, d_sd, slope, s = NUMBERS[name]
    two, three, fence = flagged(name, "mean-sd", 2), flagged(name, "xmr", 3), flagged(name, "tukey")
    change, line = flagged(name, "diff-sd", 2), flagged(name, "regression-residual", 2)
    step = np.diff(line.limit[:, 0])
    found = [
        two.centre[0], two.spread[0], three.spread[0], two.limit[0, 0], three.limit[0, 0], fence.limit[0, 0],
        change.centre[0], change.spread[0], step[0], line.spread[0],
    ]  # fmt: skip
    # The table is printed to four decimals.
    assert found == pytest.approx([mean, sd, moving, mean_sd, xmr, tukey, d_mean, d_sd, slope, s], abs=5.1e-5)
    assert step == pytest.approx(np.full(len(step), step[0]))


@pytest.mark.parametrize("name", CANDIDATES)
@pytest.mark.parametrize("column", range(len(COLUMNS)))
def test_candidates(name: str, column: int) -> None:
    assert sessions(flagged(name, *COLUMNS[column]), name) == CANDIDATES[name][column]


def test_three_ratings_are_too_few_for_most_rules() -> None:
    """Series F: session 2 under mean-sd 1 and rci; every other rule asks for more ratings."""
    assert WAI.sem == pytest.approx(0.169706, abs=5e-7)
    assert WAI.reliable_change == pytest.approx(0.4704, abs=5e-5)
    needed = (6, 3, 8, 6, 11, 5, 4, 3, 4, 7)
    for (rule, k), least in zip(COLUMNS, needed, strict=True):
        assert max(3, RULES[rule].shortest(settings(rule, k))) == least, (rule, k)
        found = detect("F", rule, k, min_change=0.0)
        assert found.episodes.onset.tolist() == ([2] if least == 3 else []), (rule, k)


def test_a_constant_series_has_no_spread() -> None:
    for rule in ("mean-sd", "xmr", "diff-sd", "tukey", "regression-residual"):
        assert flagged("E", rule).no_spread.all(), rule
    assert not flagged("E", "rci").candidates.any()


def test_tukey_quartiles_of_a_series_without_middle_spread() -> None:
    assert flagged("D", "tukey").no_spread.all()


SHORTEST = [
    ("mean-sd", {1: 3, 1.5: 5, 2: 6, 3: 11}),
    ("xmr", {1: 4, 2: 6, 3: 8}),
    ("diff-sd", {1: 5, 2: 11}),
    ("tukey", {1.5: 4}),
    ("regression-residual", {1: 4, 2: 7, 3: 12}),
]


@pytest.mark.parametrize(("rule", "k", "n"), [(r, k, n) for r, by_k in SHORTEST for k, n in by_k.items()])
def test_shortest_series_in_which_a_dip_fires(rule: str, k: float, n: int) -> None:
    """By search over every place of a dip of one session in a flat series, not by the closed form."""
    chosen = Settings(rule=rule, k=k)  # type: ignore[arg-type]

    def fires(length: int) -> bool:
        for place in range(1, length - 1):
            y = np.zeros(length)
            y[place] = -1
            block = next(blocks(ratings_from(["x"] * length, range(length), y)))
            if RULES[rule].flag(block, chosen, k, Pool()).candidates[place, 0]:
                return True
        return False

    assert fires(n)
    assert not any(fires(length) for length in range(3, n))
    assert RULES[rule].shortest(chosen) == n


def test_shortest_series_of_the_rules_that_look_at_falls_of_a_fixed_size() -> None:
    assert RULES["rci"].shortest(settings("rci")) == 3
    assert RULES["sudden-loss"].shortest(settings("sudden-loss")) == 4


@pytest.mark.parametrize(("w", "n"), [(1, 6), (2, 11), (3, 16), (4, 21)])
def test_equal_low_sessions_hide_from_the_mean(w: int, n: int) -> None:
    """(n−w)(n−1) > 4nw: the length from which w equal low sessions are all seen at k = 2."""

    def seen(length: int) -> bool:
        y = np.zeros(length)
        y[-w:] = -1
        block = next(blocks(ratings_from(["x"] * length, range(length), y)))
        return bool(RULES["mean-sd"].flag(block, Settings(), 2.0, Pool()).candidates[-w:].all())

    assert seen(n)
    assert not seen(n - 1)


def test_reliable_change_of_the_published_package() -> None:
    """Tests of the R package suddengains: sd 10.5, r .961; sd 6.396073, r .931 (printed to six digits)."""
    for sd, r, sem, rc in ((10.5, 0.961, 2.073584, 5.747681), (6.396073, 0.931, 1.680111, 4.65703)):
        scale = Scale(sd=sd, reliability=r)
        assert scale.sem == pytest.approx(sem, abs=5e-7)
        assert scale.reliable_change == pytest.approx(rc, abs=5e-6)


def test_baseline_sessions_unmask_a_lasting_drop() -> None:
    assert sessions(flagged("B", "mean-sd", baseline_sessions=8), "B") == [9, 10, 11, 12]
    found = flagged("B", "mean-sd", baseline_sessions=8)
    assert np.isnan(found.limit[:8]).all()


def test_leave_one_out_equals_its_definition() -> None:
    y = np.array(SERIES["A"])
    found = flagged("A", "mean-sd", 2, leave_one_out=True)
    for t in range(len(y)):
        others = np.delete(y, t)
        assert found.limit[t, 0] == pytest.approx(others.mean() - 2 * others.std(ddof=1), abs=1e-12)


def test_stricter_takes_the_larger_of_own_and_common_spread() -> None:
    ratings = series("ACG")
    chosen = settings(sd="stricter")
    pool = pool_of(ratings, chosen)
    sds = [np.std(SERIES[name], ddof=1) for name in "ACG"]
    common = math.sqrt(sum(11 * sd**2 for sd in sds) / 33)
    assert pool.score_sd == pytest.approx(common)
    block = next(blocks(ratings))
    limits = RULES["mean-sd"].flag(block, chosen, 2.0, pool).limit[0]
    means = [np.mean(SERIES[name]) for name in "ACG"]
    expected = [mean - 2 * max(sd, common) for mean, sd in zip(means, sds, strict=True)]
    assert limits == pytest.approx(expected)


def test_pooled_changes() -> None:
    ratings = series("AC")
    changes = [np.diff(SERIES[name]) for name in "AC"]
    squares = sum(((d - d.mean()) ** 2).sum() for d in changes)
    assert pool_of(ratings, settings("diff-sd")).change_sd == pytest.approx(math.sqrt(squares / 20))


def test_a_slow_slide_shows_against_the_pre_level_only() -> None:
    assert detect("G", "rci").kind[0] == 0
    assert sessions(flagged("G", "rci", reference="pre", pre="max3"), "G") == [4, 5, 6, 7, 8]


def test_sudden_loss_follows_the_published_criterion() -> None:
    """No factor √(1/a + 1/b): the third criterion is a comparison of two sums, not a t test."""
    found = flagged("B", "sudden-loss")
    assert sessions(found, "B") == [9]
    y = np.array(SERIES["B"])
    before, after = y[5:8], y[8:11]
    pooled = math.sqrt((2 * before.var(ddof=1) + 2 * after.var(ddof=1)) / 4)
    assert before.mean() - after.mean() > 2.776 * pooled


def test_client_sd_is_the_sample_sd() -> None:
    y = np.random.default_rng(7).normal(size=(9, 4))
    assert client_sd(y) == pytest.approx(y.std(axis=0, ddof=1))


# A dip in the last session, and a step that lasts: the second column of the table of shortest series.
AT_THE_END = [
    ("xmr", {1: 3, 2: 4, 3: 5}),
    ("diff-sd", {1: 4, 2: 7}),
    ("regression-residual", {1: 5, 2: 9, 3: 15}),
]


@pytest.mark.parametrize(("rule", "k", "n"), [(r, k, n) for r, by_k in AT_THE_END for k, n in by_k.items()])
def test_shortest_series_in_which_a_fall_at_the_end_fires(rule: str, k: float, n: int) -> None:
    def fires(length: int) -> bool:
        y = np.zeros(length)
        y[-1] = -1
        block = next(blocks(ratings_from(["x"] * length, range(length), y)))
        return bool(RULES[rule].flag(block, Settings(rule=rule, k=k), k, Pool()).candidates[-1, 0])  # type: ignore[arg-type]

    assert fires(n)
    assert not any(fires(length) for length in range(3, n))


def test_no_series_of_any_shape_is_judged_by_mean_sd_when_it_is_shorter_than_the_table_says() -> None:
    """|z| is at most (n − 1)/√n (Thompson 1935; Samuelson 1968), reached by one low rating among equals."""
    for k, n in ((1.5, 5), (2.0, 6), (3.0, 11)):
        assert (n - 1) / math.sqrt(n) > k >= (n - 2) / math.sqrt(n - 1)


@pytest.mark.parametrize("w", [1, 2, 3, 4])
def test_equal_low_sessions_hide_from_the_quartiles(w: int) -> None:
    """n ≥ 4w: the length from which tukey sees w equal low sessions in a flat series of slight wobble."""

    def seen(length: int) -> bool:
        y = np.where(np.arange(length) < length - w, 0.0, -1.0)
        block = next(blocks(ratings_from(["x"] * length, range(length), y)))
        return bool(RULES["tukey"].flag(block, Settings(rule="tukey"), 1.5, Pool()).candidates[-w:].all())

    assert seen(4 * w)
    assert not seen(4 * w - 1)
