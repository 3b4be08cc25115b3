"""A comparison group that two effects share is recognised from its printed numbers."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from reviews import effect, study, write_review

from rupmeta.effects.aggregate import covariance_blocks
from rupmeta.effects.compute import compute_effects
from rupmeta.effects.table import Effects
from rupmeta.read.folder import read_folder
from rupmeta.read.review import Analysis

ARM_A = {"mean1": 9.0, "sd1": 4.0, "n1": 20, "mean2": 7.0, "sd2": 5.0, "n2": 50}
ARM_B = {"mean1": 8.0, "sd1": 4.5, "n1": 25, "mean2": 7.0, "sd2": 5.0, "n2": 50}
COUNT_A = {"events1": 12, "n1": 20, "events2": 15, "n2": 50}
COUNT_B = {"events1": 14, "n1": 25, "events2": 15, "n2": 50}


def pair(path: Path, a: dict[str, Any], b: dict[str, Any], measure: str, **more: Any) -> Effects:
    body = study(effect("a", reported=[a]), effect("b", reported=[b], **more))
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
