"""Laws of detection: what may change a class, and what may not."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from rupmeta.detect.classify import Detection, detect_ruptures, join_detections
from rupmeta.detect.rules import RULES
from rupmeta.detect.scale import Scale
from rupmeta.detect.series import Ratings, ratings_from
from rupmeta.detect.settings import Settings

WAI = Scale(None, 1, 5, None, "higher", 0.92, 0.60)
GRID = st.integers(10, 50).map(lambda tenth: tenth / 10)
SERIES = st.lists(st.lists(GRID, min_size=1, max_size=20), min_size=1, max_size=6)
RULE = st.sampled_from(sorted(RULES))
FEW = settings(max_examples=25, deadline=None, derandomize=True)


def build(series: list[list[float]], scale: Scale | None = None) -> Ratings:
    clients = [i for i, y in enumerate(series) for _ in y]
    sessions = [t for y in series for t in range(1, len(y) + 1)]
    return ratings_from(clients, sessions, [score for y in series for score in y], scale)


def same(one: Detection, two: Detection, *, depth: float = 1.0) -> None:
    for name in ("kind", "group", "reason", "repaired", "unrepaired", "censored", "below_min_change"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name
    assert np.array_equal(one.episodes.onset, two.episodes.onset)
    assert np.array_equal(one.episodes.repaired_at, two.episodes.repaired_at)
    assert one.depth * depth == pytest.approx(two.depth)


@FEW
@given(SERIES, RULE, st.integers(-30, 30), st.sampled_from([0.5, 2.0, 8.0]))
def test_shift_and_scale_change_no_flag(series: list[list[float]], rule: str, shift: int, c: float) -> None:
    """Powers of two and whole shifts, so that floating point adds nothing of its own."""
    chosen = Settings(rule=rule, scale=WAI)  # type: ignore[arg-type]
    moved = Scale(None, 1 * c + shift, 5 * c + shift, None, "higher", 0.92, 0.60 * c)
    other = [[c * y + shift for y in one] for one in series]
    same(
        detect_ruptures(build(series), chosen),
        detect_ruptures(build(other), replace(chosen, scale=moved)),
        depth=c,
    )


@FEW
@given(SERIES, RULE)
def test_turning_the_scale_round_changes_nothing(series: list[list[float]], rule: str) -> None:
    chosen = Settings(rule=rule, scale=WAI)  # type: ignore[arg-type]
    lower = replace(WAI, direction="lower")
    turned = build([[6 - y for y in one] for one in series], lower)
    same(detect_ruptures(build(series), chosen), detect_ruptures(turned, replace(chosen, scale=lower)))


@FEW
@given(SERIES, RULE, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(series: list[list[float]], rule: str, shuffle: object) -> None:
    rows = [(i, t, y) for i, one in enumerate(series) for t, y in enumerate(one, start=1)]
    mixed = list(rows)
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    chosen = Settings(rule=rule, scale=WAI)  # type: ignore[arg-type]
    one, two = (detect_ruptures(ratings_from(*zip(*part, strict=True)), chosen) for part in (rows, mixed))  # type: ignore[arg-type]
    same(one, two)
    assert one.mean.tobytes() == two.mean.tobytes()


@FEW
@given(SERIES, RULE, st.integers(1, 5))
def test_no_client_depends_on_another(series: list[list[float]], rule: str, cut: int) -> None:
    """Cut anywhere between clients: the same numbers to the last bit."""
    chosen = Settings(rule=rule, scale=WAI)  # type: ignore[arg-type]
    ratings = build(series)
    whole = detect_ruptures(ratings, chosen)
    places = np.arange(ratings.m)
    parts = [places[i : i + cut] for i in range(0, ratings.m, cut)]
    joined = join_detections([detect_ruptures(ratings.take(part), chosen) for part in parts])
    same(whole, joined)
    for name in ("mean", "spread", "threshold", "depth", "at_max"):
        assert getattr(whole, name).tobytes() == getattr(joined, name).tobytes(), name


@FEW
@given(SERIES, st.sampled_from(["mean-sd", "diff-sd", "xmr", "tukey", "regression-residual"]), GRID, GRID)
def test_raising_k_never_adds_a_candidate(
    series: list[list[float]], rule: str, one: float, two: float
) -> None:
    from rupmeta.detect.rules import Pool
    from rupmeta.detect.series import blocks

    low, high = sorted((one, two))
    chosen = Settings(rule=rule, scale=WAI)  # type: ignore[arg-type]
    for block in blocks(build(series)):
        if block.n < 3:
            continue
        more, fewer = (RULES[rule].flag(block, chosen, k, Pool()).candidates for k in (low, high))
        assert not np.any(fewer & ~more)


@FEW
@given(SERIES, RULE, st.floats(0, 4), st.floats(0, 4))
def test_raising_the_smallest_depth_leaves_none_as_it_is(
    series: list[list[float]], rule: str, one: float, two: float
) -> None:
    low, high = sorted((one, two))
    ratings = build(series)
    before, after = (
        detect_ruptures(ratings, Settings(rule=rule, scale=WAI, min_change=depth))  # type: ignore[arg-type]
        for depth in (low, high)
    )
    assert np.all(after.kind[before.kind == 0] == 0)


@FEW
@given(SERIES, RULE, st.integers(0, 6))
def test_counts_add_up(series: list[list[float]], rule: str, window: int) -> None:
    found = detect_ruptures(build(series), Settings(rule=rule, scale=WAI, window=window))  # type: ignore[arg-type]
    counts = found.counts()
    kinds = ("none", "repaired", "unrepaired", "mixed", "not_classifiable", "excluded")
    assert sum(counts[kind] for kind in kinds) == counts["clients"] == len(series)
    assert counts["classifiable"] == sum(counts[kind] for kind in kinds[:4])
    statuses = ("episodes_repaired", "episodes_unrepaired", "episodes_censored")
    assert counts["episodes"] == sum(counts[status] for status in statuses) == len(found.episodes)
    assert np.all(found.episodes.depth >= found.settings.guard - 1e-9)
    back = found.episodes.repaired_at
    late = back - found.episodes.end
    assert np.all((back < 0) | (late >= 1))
    if window:
        assert np.all((back < 0) | (late <= window))
    # The lowest rating lies in the episode or the window after it, and every episode has a rating before.
    assert np.all(found.episodes.onset >= 2)
