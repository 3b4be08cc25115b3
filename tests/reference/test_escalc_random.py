"""Random inputs against metafor's ``escalc``, and presets against ``rma`` at its defaults."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from reviews import effect, study, write_review

from rupmeta.effects.choose import compute_route
from rupmeta.effects.conversions import hedges_j
from rupmeta.effects.onto import Setting
from rupmeta.effects.options import ConversionOptions
from rupmeta.errors import UsageError
from rupmeta.pipeline.analyse import synthesise
from rupmeta.pipeline.specification import Overrides
from rupmeta.read.folder import read_folder

REFERENCE = json.loads((Path(__file__).parent / "data" / "escalc_random.json").read_text(encoding="utf-8"))
CASES, POOLS = REFERENCE["cases"], REFERENCE["pools"]

#: Name in the reference → measure and setting of the tool, where they differ; escalc keeps every table.
ASKED = {
    "SMD_LS2": ("SMD", Setting(ConversionOptions(smd_variance="LS2"))),
    "RPB_ST": ("RPB", Setting()),
    "RPB_CS": ("COR", Setting()),
    "D2ORL": ("OR", Setting()),
    "OR2DL": ("SMD", Setting()),
}


def later_variance(name: str, vi: float, given: dict[str, float]) -> float:
    """The variance of metafor 5.1, which ``data/effects.json`` pins, from that of 3.8.

    3.8 has 1/(n − p − 1) in both variances of a partial correlation with p predictors, 5.1 n − p for r and
    n − p − 2 for z; the variance of SMDH lost the factor J².
    """
    if name == "SMDH":
        return vi / hedges_j(given["n1"] + given["n2"] - 2) ** 2
    if name in ("PCOR", "ZPCOR"):
        rest = given["n"] - given["predictors"]
        return vi * (rest - 1) / (rest if name == "PCOR" else rest - 2)
    return vi


#: Closed forms: the order of operations differs; near φ = 0 a variance is a difference of larger numbers.
CLOSED_FORM = 1e-10
#: REML with a threshold of 1e-12 on both sides.
ITERATIVE = 1e-7


def whole(values: dict[str, float]) -> dict[str, Any]:
    """Whole numbers as integers: numbers of people are not 12.0."""
    return {key: int(x) if x == int(x) and key[0] in "nabcdp" else x for key, x in values.items()}


@pytest.mark.parametrize("i", range(len(CASES)))
def test_effect_equals_escalc(i: int) -> None:
    case = CASES[i]
    for name, (yi, vi) in case["expect"].items():
        measure, setting = ASKED.get(name, (name, Setting()))
        result, _ = compute_route(0, whole(case["given"]), measure, setting, better=None)
        assert result.problem is None, (name, result.problem)
        assert result.yi == pytest.approx(yi, rel=CLOSED_FORM, abs=1e-14), name
        expected = later_variance(name, vi, case["given"])
        assert result.vi == pytest.approx(expected, rel=CLOSED_FORM), name


def test_the_grid_is_complete() -> None:
    assert len(CASES) >= 200
    asked = {name for case in CASES for name in case["expect"]}
    assert asked == {
        "SMD", "SMD_LS2", "SMDH", "MD", "RPB_ST", "RPB_CS", "RBIS", "D2ORL", "OR", "RR", "RD", "OR2DL", "PHI",
        "COR", "ZCOR", "PCOR", "ZPCOR", "SMCR", "SMCC",
    }  # fmt: skip


@pytest.mark.parametrize("preset", ["metafor", "jasp"])
@pytest.mark.parametrize("pool", POOLS, ids=[pool["measure"] for pool in POOLS])
def test_preset_equals_rma(tmp_path: Path, pool: dict[str, Any], preset: str) -> None:
    studies = {
        f"s{i}": study(effect(reported=[whole(given)]), design="naturalistic")
        for i, given in enumerate(pool["given"])
    }
    folder = read_folder(write_review(tmp_path, studies))
    fit = synthesise(folder, Overrides(measure=pool["measure"], preset=preset)).fit
    expected = pool["expect"][preset]
    interval, prediction = fit.estimate.interval(), fit.prediction
    assert prediction is not None
    found = {
        "estimate": fit.estimate.estimate, "se": fit.estimate.se, "ci_lb": interval.lb, "ci_ub": interval.ub,
        "tau2": fit.heterogeneity.tau2, "pi_lb": prediction.lb, "pi_ub": prediction.ub,
    }  # fmt: skip
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, rel=ITERATIVE, abs=1e-9), key


def test_revman_and_cma_have_their_own_variances(tmp_path: Path) -> None:
    means = {"mean1": 10.0, "sd1": 4.0, "n1": 12, "mean2": 7.0, "sd2": 5.0, "n2": 18}
    folder = read_folder(write_review(tmp_path, {"a": study(effect(reported=[means]))}))
    d = 3 / math.sqrt((11 * 16 + 17 * 25) / 28)
    g = d * (1 - 3 / (4 * 30 - 9))
    expected = {
        "revman": (g, 30 / 216 + g * g / (2 * (30 - 3.94))),
        "cma": (g, (1 - 3 / 111) ** 2 * (1 / 12 + 1 / 18 + d * d / 60)),
    }
    for preset, (yi, vi) in expected.items():
        row = synthesise(folder, Overrides(measure="SMD", preset=preset)).prepared.effects.rows[0]
        assert (row.yi, row.vi) == pytest.approx((yi, vi), rel=1e-13)  # order of operations


def test_cma_takes_a_plain_mean_as_perfectly_correlated(tmp_path: Path) -> None:
    effects = [effect("a", reported=[{"r": 0.3, "n": 50}]), effect("b", reported=[{"r": 0.1, "n": 50}])]
    folder = read_folder(write_review(tmp_path, {"a": study(*effects)}))
    row = synthesise(folder, Overrides(preset="cma")).prepared.effects.rows[0]
    assert row.yi == pytest.approx((math.atanh(0.3) + math.atanh(0.1)) / 2, rel=1e-14)  # rounding
    assert row.vi == pytest.approx(1 / 47, rel=1e-14)
    declared = synthesise(folder, Overrides(preset="cma", rho=0.5)).prepared.effects.rows[0]
    assert declared.vi == pytest.approx(0.75 / 47, rel=1e-14)


def test_a_protocol_may_take_a_plain_mean_as_perfectly_correlated(tmp_path: Path) -> None:
    effects = [effect("a", reported=[{"r": 0.3, "n": 50}]), effect("b", reported=[{"r": 0.1, "n": 50}])]
    analysis = {"dependence": {"rho": 1, "weights": "equal"}}
    review = {"rupmeta": 1, "analyses": {"repair": analysis}}
    folder = read_folder(write_review(tmp_path, {"a": study(*effects)}, review))
    row = synthesise(folder).prepared.effects.rows[0]
    assert row.vi == pytest.approx(1 / 47, rel=1e-14)  # rounding
    with pytest.raises(UsageError, match="plain mean"):
        synthesise(folder, Overrides(dependence="che"))
