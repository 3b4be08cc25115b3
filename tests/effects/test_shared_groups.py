"""A comparison group that two effects share is recognised from its printed numbers."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from one_route import computed
from reviews import effect, study, write_review

from rupmeta.effects.aggregate import covariance_blocks
from rupmeta.effects.compute import compute_effects
from rupmeta.effects.conversions import hedges_j
from rupmeta.effects.notes import dependence_notes
from rupmeta.effects.table import Effects
from rupmeta.read.folder import read_folder
from rupmeta.read.review import Analysis

ARM_A = {"mean1": 9.0, "sd1": 4.0, "n1": 20, "mean2": 7.0, "sd2": 5.0, "n2": 50}
ARM_B = {"mean1": 8.0, "sd1": 4.5, "n1": 25, "mean2": 7.0, "sd2": 5.0, "n2": 50}
COUNT_A = {"events1": 12, "n1": 20, "events2": 15, "n2": 50}
COUNT_B = {"events1": 14, "n1": 25, "events2": 15, "n2": 50}


def pair(path: Path, first: dict[str, Any], second: dict[str, Any], measure: str, **more: Any) -> Effects:
    """Two effects of one study; ``a`` holds further keys of the first, the rest are the second's."""
    own = more.pop("a", {})
    body = study(effect("a", reported=[first], **own), effect("b", reported=[second], **more))
    return compute_effects(read_folder(write_review(path, {"s": body})), Analysis(), measure=measure)


@pytest.mark.parametrize("measure", ["SMD", "MD", "ZCOR", "COR", "OR"])
def test_two_arms_and_one_control(tmp_path: Path, measure: str) -> None:
    effects = pair(tmp_path, ARM_A, ARM_B, measure)
    covariance = covariance_blocks(effects, 0.9)[0, 1]
    smd = pair(tmp_path / "smd", ARM_A, ARM_B, "SMD")
    d = [row.shared.d for row in (smd if measure == "SMD" else effects).rows]
    gleser_olkin = 1 / 50 + d[0] * d[1] / (2 * 95)
    h = [68 / 20 + 68 / 50, 73 / 25 + 73 / 50]
    expected = {
        "SMD": gleser_olkin,
        "MD": 25 / 50,
        "ZCOR": gleser_olkin / math.sqrt((d[0] ** 2 + h[0]) * (d[1] ** 2 + h[1])),
        "COR": gleser_olkin * h[0] * h[1] / ((d[0] ** 2 + h[0]) * (d[1] ** 2 + h[1])) ** 1.5,
        "OR": gleser_olkin * math.pi**2 / 3,
    }
    assert covariance == pytest.approx(expected[measure], rel=1e-13)  # order of operations


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("OR", 1 / 15 + 1 / 35),
        ("RR", 1 / 15 - 1 / 50),
        ("RD", 0.3 * 0.7 / 50),
        ("SMD", (1 / 15 + 1 / 35) * 3 / math.pi**2),
    ],
)
def test_counts(tmp_path: Path, measure: str, expected: float) -> None:
    effects = pair(tmp_path, COUNT_A, COUNT_B, measure)
    assert covariance_blocks(effects, 0.9)[0, 1] == pytest.approx(expected, rel=1e-13)  # order of operations


def test_counts_on_z(tmp_path: Path) -> None:
    effects = pair(tmp_path, COUNT_A, COUNT_B, "ZCOR")
    slopes = []
    for row, n1 in zip(effects.rows, (20, 25), strict=True):
        a = (n1 + 50) ** 2 / (n1 * 50)
        slopes.append(1 / (math.sqrt(a) * math.cosh(row.yi)))
    expected = (1 / 15 + 1 / 35) * 3 / math.pi**2 * slopes[0] * slopes[1]
    assert covariance_blocks(effects, 0.9)[0, 1] == pytest.approx(expected, rel=1e-13)  # order of operations


def test_without_a_shared_group_rho_is_used(tmp_path: Path) -> None:
    other_outcome = {"outcome": {"name": "BDI", "kind": "symptoms", "better": "higher"}}
    for case, effects in {
        "outcome": pair(tmp_path / "a", ARM_A, ARM_B, "SMD", **other_outcome),
        "control": pair(tmp_path / "b", ARM_A, {**ARM_B, "n2": 51}, "SMD"),
        "copied": pair(tmp_path / "c", ARM_A, ARM_A, "SMD"),
        "measure": pair(tmp_path / "d", COUNT_A, COUNT_B, "PHI"),
    }.items():
        expected = 0.9 * math.sqrt(effects.rows[0].vi * effects.rows[1].vi)
        assert covariance_blocks(effects, 0.9)[0, 1] == pytest.approx(expected, rel=1e-14), case


def test_a_worked_example_of_gleser_and_olkin(tmp_path: Path) -> None:
    J = [hedges_j(n - 2) for n in (42, 47)]  # g of .6 and .3 with 20, 25 and the shared 22
    a, b = ({"d": g / j, "n1": n, "n2": 22} for g, j, n in zip((0.6, 0.3), J, (20, 25), strict=True))
    effects = pair(tmp_path, a, b, "SMD", a={"comparison_group": "waitlist"}, comparison_group="waitlist")
    found = covariance_blocks(effects, 0.9)[0, 1]
    assert found == pytest.approx(1 / 22 + 0.6 * 0.3 / (2 * 67), rel=1e-12)  # order of operations
    assert [note.code for note in dependence_notes(effects, "x")] == ["DEP", "CTRL"]


@pytest.mark.parametrize("measure", ["SMD", "ZCOR", "COR", "OR"])
def test_a_named_group_is_the_same_as_equal_numbers(tmp_path: Path, measure: str) -> None:
    printed = covariance_blocks(pair(tmp_path / "a", ARM_A, ARM_B, measure), 0.9)
    tests = [
        {
            "t": computed(arm, "d").yi / math.sqrt(1 / arm["n1"] + 1 / arm["n2"]),
            "n1": arm["n1"],
            "n2": arm["n2"],
        }
        for arm in (ARM_A, ARM_B)
    ]
    named = {"comparison_group": "waitlist"}
    effects = pair(tmp_path / "b", *tests, measure, a=named, **named)
    assert covariance_blocks(effects, 0.9) == pytest.approx(printed, rel=1e-12)  # order of operations


def test_clusters_widen_what_is_shared_too(tmp_path: Path) -> None:
    more = {"icc": 0.1, "cluster_size": 11}
    plain = covariance_blocks(pair(tmp_path / "a", ARM_A, ARM_B, "SMD"), 0.9)
    wide = covariance_blocks(pair(tmp_path / "b", {**ARM_A, **more}, {**ARM_B, **more}, "SMD"), 0.9)
    assert wide == pytest.approx(2 * plain, rel=1e-13)  # order of operations


BDI = {"outcome": {"name": "BDI", "kind": "symptoms", "better": "higher"}}


@pytest.mark.parametrize(("measure", "factor"), [("ZCOR", 1.0), ("COR", (1 - 0.09) * (1 - 0.04))])
def test_two_r_with_a_common_variable(tmp_path: Path, measure: str, factor: float) -> None:
    a, b = {"r": 0.3, "n": 60}, {"r": 0.2, "n": 60}
    effects = pair(tmp_path, a, b, measure, a={"outcome_r": {"b": 0.6}}, **BDI)
    if measure == "COR":  # V_r has n − 1 where V_z has n − 3
        factor *= 57 / 59
    assert covariance_blocks(effects, 0.1)[0, 1] == pytest.approx(0.0101757 * factor, rel=5e-6)  # as printed
    assert [note.code for note in dependence_notes(effects, "x")] == ["DEP", "OUTCOME-R"]


def test_a_turned_outcome_turns_its_correlation(tmp_path: Path) -> None:
    a, b = {"r": 0.3, "n": 60}, {"r": 0.2, "n": 60}
    plain = pair(tmp_path / "a", a, b, "ZCOR", a={"outcome_r": {"b": 0.6}}, **BDI)
    lower = {"outcome": {**BDI["outcome"], "better": "lower"}}
    turned = pair(tmp_path / "b", a, {"r": -0.2, "n": 60}, "ZCOR", a={"outcome_r": {"b": -0.6}}, **lower)
    other_side = pair(tmp_path / "c", a, {"r": -0.2, "n": 60}, "ZCOR", outcome_r={"a": -0.6}, **lower)
    for effects in (turned, other_side):
        assert covariance_blocks(effects, 0.1) == pytest.approx(covariance_blocks(plain, 0.1))


def test_two_outcomes_of_the_same_groups_covary_as_simulated(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    draws, n1, n2, r12 = 20_000, 24, 30, 0.6
    L = np.linalg.cholesky([[1, r12], [r12, 1]])
    x1 = rng.normal(size=(draws, n1, 2)) @ L.T + [0.7, 0.4]
    x2 = rng.normal(size=(draws, n2, 2)) @ L.T
    pooled = ((n1 - 1) * x1.var(axis=1, ddof=1) + (n2 - 1) * x2.var(axis=1, ddof=1)) / (n1 + n2 - 2)
    d = (x1.mean(axis=1) - x2.mean(axis=1)) / np.sqrt(pooled)
    simulated = np.corrcoef(d.T)[0, 1]
    a, b = ({"d": value, "n1": n1, "n2": n2} for value in (0.7, 0.4))
    effects = pair(tmp_path, a, b, "SMD", a={"outcome_r": {"b": r12}}, **BDI)
    V = covariance_blocks(effects, 0.1)
    assert V[0, 1] / math.sqrt(V[0, 0] * V[1, 1]) == pytest.approx(simulated, abs=0.015)  # 4 errors of .0045


def test_a_name_that_fits_no_effect_is_said(tmp_path: Path) -> None:
    a, b = {"r": 0.3, "n": 60}, {"r": 0.2, "n": 60}
    effects = pair(tmp_path, a, b, "ZCOR", a={"outcome_r": {"bid": 0.6}}, **BDI)
    notes = [note for note in dependence_notes(effects, "x") if note.code == "OUTCOME-R"]
    assert [note.severity for note in notes] == ["warning"]
    assert "outcome_r of a names bid" in notes[0].message


@pytest.mark.parametrize("measure", ["SMD", "MD", "ZCOR", "COR", "OR"])
def test_one_group_1_and_two_comparison_groups(tmp_path: Path, measure: str) -> None:
    """The mirror image: turning every effect round keeps the covariance of two differences."""

    def turned(arm: dict[str, Any]) -> dict[str, Any]:
        return {f"{key[:-1]}{3 - int(key[-1])}": value for key, value in arm.items()}

    names = [{"a": {"comparison": "no-rupture"}}, {"comparison": "unrepaired-rupture"}]
    effects = pair(tmp_path / "a", turned(ARM_A), turned(ARM_B), measure, **names[0], **names[1])
    mirrored = covariance_blocks(pair(tmp_path / "b", ARM_A, ARM_B, measure), 0.9)
    assert covariance_blocks(effects, 0.9) == pytest.approx(mirrored, rel=1e-13)  # order of operations
    (note,) = (note for note in dependence_notes(effects, "x") if note.code == "CTRL")
    assert note.message == "a and b share group 1 (n = 50)"


@pytest.mark.parametrize("measure", ["OR", "RD", "SMD"])
def test_counts_of_one_group_1(tmp_path: Path, measure: str) -> None:
    """15 of 50 with the event in the shared group: 1/15 + 1/35, pq/n, and by √3/π to d."""
    own = {"OR": 1 / 15 + 1 / 35, "RD": 0.3 * 0.7 / 50, "SMD": (1 / 15 + 1 / 35) * 3 / math.pi**2}
    counts = {"events1": 15, "n1": 50}
    effects = pair(
        tmp_path, {**counts, "events2": 12, "n2": 20}, {**counts, "events2": 14, "n2": 25}, measure
    )
    assert covariance_blocks(effects, 0.9)[0, 1] == pytest.approx(own[measure], rel=1e-13)


def test_three_groups_of_the_specification(tmp_path: Path) -> None:
    """Means .6, 0 and .1 with SD 1, n 20, 15 and 40: .0520 for d; g shrinks both d in the second term."""
    repaired = {"mean1": 0.6, "sd1": 1.0, "n1": 20}
    effects = pair(
        tmp_path, {**repaired, "mean2": 0.0, "sd2": 1.0, "n2": 15},
        {**repaired, "mean2": 0.1, "sd2": 1.0, "n2": 40}, "SMD",
    )  # fmt: skip
    g = 0.6 * hedges_j(33), 0.5 * hedges_j(58)
    found = covariance_blocks(effects, 0.9)[0, 1]
    assert found == pytest.approx(1 / 20 + g[0] * g[1] / 150, rel=1e-13)
    assert found == pytest.approx(0.0520, abs=1e-4)
