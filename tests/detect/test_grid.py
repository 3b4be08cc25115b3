"""The grid of settings equals one detection after the other; classes found again under measurement error."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from reviews import ROOT, run_cli
from series_a_to_l import WAI, series, settings

from rupmeta.detect.classify import CLASSES, detect_ruptures, group_under
from rupmeta.detect.grid import MIXED_POLICIES, MULTIPLIERS, detect_grid
from rupmeta.detect.scale import Scale
from rupmeta.detect.settings import Settings
from rupmeta.detect.simulate import Design, simulate_ratings
from rupmeta.detect.uncertainty import classify_again, detect_again
from rupmeta.effects.session_contrasts import contrast_grid, contrast_outcomes
from rupmeta.pipeline.detect_grid import effects_of_grid
from rupmeta.results import NotEstimable

SAMPLE = simulate_ratings(Design(clients=80, rupture=0.8), 8).ratings
HARBOUR = ROOT / "studies" / "examples" / "sessions" / "sessions" / "harbour.csv"


def test_every_point_is_a_detection_of_its_own() -> None:
    chosen = settings("rci")
    grid = detect_grid(SAMPLE, chosen)
    multipliers = sum(len(values) for values in MULTIPLIERS.values())
    assert len(grid.points) == multipliers * 4 * 3 * 4
    assert len(set(grid.points)) == len(grid.points)
    for i, point in enumerate(grid.points):
        if i % 7:  # every option of every choice is among the seventh ones
            continue
        one = replace(chosen, rule=point.rule, k=point.k, window=point.window, fraction=point.fraction)
        found = detect_ruptures(SAMPLE, one)
        assert np.array_equal(grid.group[i], group_under(found, point.mixed)), point
        assert np.array_equal(grid.repaired[i], found.repaired), point
        assert np.array_equal(grid.unrepaired[i], found.unrepaired), point


def test_own_settings_are_a_point_and_rules_without_reliable_change_are_left_out() -> None:
    grid = detect_grid(SAMPLE, Settings(rule="xmr", k=2.66, window=4, fraction=0.6))
    assert {point.rule for point in grid.points} == set(MULTIPLIERS) - {"rci", "sudden-loss"}
    assert any((p.rule, p.k, p.window, p.fraction) == ("xmr", 2.66, 4, 0.6) for p in grid.points)
    assert [rule for rule, _ in grid.left_out] == ["rci", "sudden-loss"]
    assert all("needs the reliable change" in reason for _, reason in grid.left_out)


@pytest.mark.parametrize("comparison", ["unrepaired-rupture", "no-rupture", "continuous"])
def test_the_own_point_has_the_effect_of_the_command(comparison: str) -> None:
    found = detect_ruptures(SAMPLE, settings("rci"))
    plain = contrast_outcomes(found, SAMPLE.outcomes, "post", comparison=comparison, baseline="pre")
    effects = effects_of_grid(
        found, SAMPLE, outcome="post", baseline="pre", sign=-1, comparison=comparison
    ).effects
    (own,) = [effect for effect in effects if effect.own]
    used = plain.used
    r = np.corrcoef(plain.x[used], plain.y[used])[0, 1]
    assert own.r == pytest.approx(-r, abs=1e-12)
    assert (own.n1, own.n2) == (plain.n1, plain.n2)
    if comparison == "continuous":
        assert len(effects) == sum(len(values) for values in MULTIPLIERS.values()) * 12


def test_equal_groupings_are_one_contrast() -> None:
    grid = detect_grid(SAMPLE, settings("rci"))
    contrasts = contrast_grid(grid, SAMPLE.outcomes, "post")
    by_group: dict[bytes, int] = {}
    for row, contrast in zip(grid.group, contrasts, strict=True):
        x = np.where(row == 1, 1, np.where(row == 2, 0, -1)).tobytes()
        assert by_group.setdefault(x, id(contrast)) == id(contrast)
    small = [one for one in contrasts if isinstance(one, NotEstimable)]
    assert all("each group needs 5" in one.reason for one in small)


def test_windows_and_fractions_by_hand() -> None:
    """Series A and L: see the oracle page; f = 1 with one session of window leaves A unrepaired."""
    ratings = series("AL")
    grid = detect_grid(ratings, settings("rci"))
    at = {(p.rule, p.k, p.window, p.fraction, p.mixed): i for i, p in enumerate(grid.points)}
    policies = dict(zip(MIXED_POLICIES, (2, 2, 1, -1), strict=True))
    for mixed, group in policies.items():
        assert grid.group[at["rci", None, 3, 0.5, mixed]].tolist() == [1, group]
    assert grid.group[at["mean-sd", 2.0, 1, 1.0, "separate"], 0] == 2
    for window, mixed in product((3, 5, 0), MIXED_POLICIES):
        assert grid.group[at["mean-sd", 2.0, window, 1.0, mixed], 0] == 1


def test_classes_found_again_without_error_are_the_same() -> None:
    tiny = settings("mean-sd", scale=Scale(min=1, max=5, reliability=1 - 1e-16, sd=1e-6), min_change=0.0)
    found = detect_ruptures(SAMPLE, tiny)
    again = classify_again(found, SAMPLE, 1)
    assert again is not None
    assert again.changed == 0


def test_the_share_that_changes_is_that_of_the_definition(monkeypatch: pytest.MonkeyPatch) -> None:
    found = detect_ruptures(SAMPLE, settings("rci"))
    again = classify_again(found, SAMPLE, 5, most=40)
    assert again is not None
    kinds = detect_again(SAMPLE, found.settings, np.random.default_rng([5, 21]), 40).kind
    assert len(kinds) == again.again == 40
    keep = found.kind != CLASSES.index("excluded")
    assert again.changed == pytest.approx((kinds != found.kind)[:, keep].mean())
    rows = np.isfinite(again.moves).all(axis=1)
    assert again.moves[rows].sum(axis=1) == pytest.approx(1.0)
    assert set(np.flatnonzero(rows)) == set(np.unique(found.kind))
    # More error, more change; the same seed, the same shares.
    noisy = replace(found.settings, scale=replace(WAI, reliability=0.7), min_change=found.settings.guard)
    assert classify_again(detect_ruptures(SAMPLE, noisy), SAMPLE, 5, most=40).changed > again.changed  # type: ignore[union-attr]
    assert classify_again(found, SAMPLE, 5, most=40).same.tobytes() == again.same.tobytes()  # type: ignore[union-attr]
    assert classify_again(detect_ruptures(SAMPLE, Settings()), SAMPLE, 5) is None
    monkeypatch.setattr("rupmeta.detect.uncertainty.RATINGS", len(SAMPLE.score) - 1)
    assert classify_again(found, SAMPLE, 5) is None


def test_pieces_of_clients_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Classes under measurement error are the same whether all clients are judged at once or a few."""
    from rupmeta.detect import uncertainty

    own = settings("diff-sd", spread="pooled")
    whole = detect_again(SAMPLE, own, np.random.default_rng(3), most=5)
    monkeypatch.setattr(uncertainty, "RATINGS", 100)
    pieces = detect_again(SAMPLE, own, np.random.default_rng(3), most=5)
    assert len(whole.kind) == len(pieces.kind) == 5
    assert len(np.unique(whole.kind)) > 2
    for name in ("kind", "group", "repaired", "unrepaired"):
        assert (getattr(whole, name) == getattr(pieces, name)).all(), name


def test_the_command_shows_grid_and_uncertainty(tmp_path: Path) -> None:
    options = (
        "detect", str(HARBOUR), "--rule", "rci", "--scale", "WAI-SR,reliability=.92,sd=.60", "--outcome",
        "bdi_post", "--better", "lower", "--resamples", "200", "--replications", "0", "--grid",
    )  # fmt: skip
    result = json.loads(run_cli(*options, "--json").stdout)["result"]
    grid, effect = result["grid"], result["effect"]
    r = [item["r"] for item in grid["effects"] if item["r"] is not None]
    assert (grid["combinations"], grid["estimable"]) == (672, len(r))
    assert (grid["median"], grid["min"], grid["max"]) == pytest.approx((np.median(r), min(r), max(r)))
    assert grid["above"] == pytest.approx(np.mean(np.array(r) > 0))
    (own,) = [item for item in grid["effects"] if item["own"]]
    assert (own["r"], own["vi_z"]) == pytest.approx((effect["r"], effect["vi_z"]))
    assert result["uncertainty"]["changed"] == pytest.approx(effect["bootstrap"]["changed"])
    shares = [client["same"] for client in result["clients"] if client["same"] is not None]
    assert 1 - np.mean(shares) == pytest.approx(result["uncertainty"]["changed"])
    shown = run_cli(*options, "--plot", f"rule-grid={tmp_path}/g.svg")
    assert "Grid of 672 combinations" in shown.stdout
    assert "of clients change class" in shown.stdout
    assert "wrote" in shown.stderr
    refused = run_cli("detect", str(HARBOUR), "--grid")
    assert (refused.returncode, "needs --outcome" in refused.stderr) == (2, True)
