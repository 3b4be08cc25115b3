"""Moderators against metafor: the reference grid through the whole of ``moderate``, and models beyond it.

``pool_*.json`` holds meta-regressions of metafor 5.1 at tight thresholds, ``moderator_models.json`` what
``moderator_models.R`` writes with metafor 3.8.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from moderated_effects import FITS, with_moderators

from rupmeta.effects.table import Effects
from rupmeta.explore.contrasts import ADJUSTMENTS, adjust_pvalues, compare_pairs
from rupmeta.explore.design import build_design
from rupmeta.explore.formula import parse_formula
from rupmeta.explore.inflation import inflation_factors
from rupmeta.explore.location_scale import fit_location_scale
from rupmeta.explore.moderators import moderate
from rupmeta.explore.multimodel import average_models
from rupmeta.explore.power.detectable import noncentrality
from rupmeta.explore.residuals import diagnose_cases
from rupmeta.results import Estimate

DATA = Path(__file__).parent / "data"
CASES = {
    path.stem.removeprefix("pool_"): json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(DATA.glob("pool_*.json"))
}
MORE = json.loads((DATA / "moderator_models.json").read_text(encoding="utf-8"))
GRID = [
    (case, number, test)
    for case in CASES
    for number in range(len(CASES[case]["all"].get("moderators", [])))
    for test in ("z", "knha")
]
ITERATED = 1e-7  # tau2 with steps below 1e-12, through designs conditioned up to 1e6
REFIT = 1e-5  # metafor refits with the same threshold, from another start
OPTIMISED = 1e-4  # metafor's general optimiser on a flat likelihood; our score there is below 1e-9


def effects_of(case: str) -> Effects:
    body = CASES[case]
    return with_moderators(body["all"]["yi"], body["all"]["vi"], body["columns"])


def spelled(formula: str) -> list[str]:
    """``~ factor(grade) + ablat`` as moderators."""
    return [re.sub(r"factor\((\w+)\)", r"C(\1)", term).strip() for term in formula.strip("~ ").split("+")]


def test_the_grid_is_complete() -> None:
    assert len(GRID) == 2 * 18
    assert MORE["computed_with"]["metafor"].startswith("3.8")
    assert {key: len(MORE[key]) for key in ("diagnostics", "scale", "subsets", "pairwise")} == {
        "diagnostics": 2,
        "scale": 5,
        "subsets": 2,
        "pairwise": 2,
    }
    assert set(MORE["adjust"]) == {*ADJUSTMENTS, "p"}


@pytest.mark.parametrize(("case", "number", "test"), GRID)
def test_meta_regression(case: str, number: int, test: str) -> None:
    model = CASES[case]["all"]["moderators"][number]
    expected = model[test]
    found = moderate(effects_of(case), spelled(model["formula"]), FITS[test])
    fit = found.fit
    assert fit.k == expected["k"]
    for key, name in (("estimate", "estimate"), ("se", "se"), ("pval", "p"), ("ci_ub", "ci_ub")):
        values = [getattr(c, key) for c in fit.coefficients]
        assert values == pytest.approx(expected[name], rel=10 * ITERATED, abs=1e-9)
    assert fit.omnibus is not None
    assert fit.omnibus.stat == pytest.approx(expected["QM"], rel=ITERATED)
    assert pytest.approx(expected["R2"], rel=ITERATED, abs=1e-7) == fit.R2
    if len(found.term_tests) == 1:
        test_of_term = found.term_tests[0][1]
        assert test_of_term is not None
        assert test_of_term.pval == pytest.approx(expected["QM_p"], rel=1e-6)


@pytest.mark.parametrize("expected", MORE["diagnostics"], ids=lambda x: x["case"])
def test_case_diagnostics(expected: dict[str, Any]) -> None:
    effects = effects_of(expected["case"])
    design = build_design(effects, spelled(expected["formula"]))
    found = diagnose_cases(effects.take(design.kept), design.X)
    assert found.rstandard == pytest.approx(np.array(expected["rstandard"]), rel=REFIT, abs=1e-7)
    for name, values in expected["inf"].items():
        assert getattr(found, name.replace(".", "_")) == pytest.approx(np.array(values), rel=REFIT, abs=1e-6)
    assert found.dfbetas == pytest.approx(np.array(expected["dfbetas"]), rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("expected", MORE["scale"], ids=lambda x: f"{x['case']}-{x['method']}-{x['test']}")
def test_location_scale_model(expected: dict[str, Any]) -> None:
    effects = effects_of(expected["case"])
    location, spread = (build_design(effects, spelled(expected[key])) for key in ("mods", "scale"))
    found = fit_location_scale(
        effects,
        location.X,
        location.names,
        spread.X,
        spread.names,
        method=expected["method"],
        test=expected["test"],
    )
    assert found.log_likelihood == pytest.approx(expected["logLik"], abs=1e-9)
    for estimates, value, error in ((found.location, "beta", "se"), (found.scale, "alpha", "se_alpha")):
        assert [e.estimate for e in estimates] == pytest.approx(expected[value], rel=OPTIMISED)
        assert [e.se for e in estimates] == pytest.approx(expected[error], rel=OPTIMISED)
    assert [e.pval for e in found.scale] == pytest.approx(expected["pval_alpha"], rel=OPTIMISED)


@pytest.mark.parametrize("expected", MORE["subsets"], ids=lambda x: x["case"])
def test_all_subsets(expected: dict[str, Any]) -> None:
    found = average_models(effects_of(expected["case"]), expected["variables"])
    ours = {frozenset(model.terms): model for model in found.models}
    aicc = {frozenset(model["terms"]): model["AICc"] for model in expected["models"]}
    assert len(ours) == len(aicc) == 2 ** len(expected["variables"])
    for terms, value in aicc.items():
        assert ours[terms].AICc == pytest.approx(value, rel=ITERATED)
    weights = {terms: np.exp(-0.5 * (value - min(aicc.values()))) for terms, value in aicc.items()}
    total = sum(weights.values())
    for name, importance in found.importance:
        assert importance == pytest.approx(sum(w for t, w in weights.items() if name in t) / total, rel=1e-6)
    slopes = {name: [] for name in expected["variables"]}  # type: ignore[var-annotated]
    for model in expected["models"]:
        held = dict(zip(model["terms"], zip(model["beta"][1:], model["se"][1:], strict=True), strict=True))
        for name in slopes:
            slopes[name].append((weights[frozenset(model["terms"])] / total, *held.get(name, (0.0, 0.0))))
    for estimate in found.coefficients[1:]:
        rows = np.array(slopes[estimate.label])
        mean = float(rows[:, 0] @ rows[:, 1])
        se = float(np.sqrt(rows[:, 0] @ (rows[:, 2] ** 2 + (rows[:, 1] - mean) ** 2)))
        assert (estimate.estimate, estimate.se) == pytest.approx((mean, se), rel=1e-6)


@pytest.mark.parametrize("expected", MORE["pairwise"], ids=lambda x: x["test"])
def test_pairs_of_levels(expected: dict[str, Any]) -> None:
    found = compare_pairs(
        moderate(effects_of(expected["case"]), [expected["variable"]], FITS[expected["test"]])
    )
    estimates = [c.estimate for c in found if isinstance(c.estimate, Estimate)]
    assert [e.estimate for e in estimates] == pytest.approx(expected["estimate"], rel=ITERATED)
    assert [e.se for e in estimates] == pytest.approx(expected["se"], rel=ITERATED)
    assert [e.pval for e in estimates] == pytest.approx(expected["pval"], rel=1e-6)
    assert [c.padj for c in found] == pytest.approx(expected["holm"], rel=1e-6)


@pytest.mark.parametrize("method", sorted(ADJUSTMENTS))
def test_adjusted_p_values(method: str) -> None:
    found = adjust_pvalues(MORE["adjust"]["p"], method)
    assert found == pytest.approx(MORE["adjust"][method], rel=1e-12)


def test_noncentrality() -> None:
    for (df1, df2), key in (((1, 11), "F_1_11"), ((3, 20), "F_3_20"), ((2, None), "chi2_2")):
        assert noncentrality(df1, df2) == pytest.approx(MORE["power"][key], rel=1e-7)


def test_orthogonal_polynomials() -> None:
    poly = MORE["poly"]
    effects = with_moderators([0.1] * 6, [0.02] * 6, {"x": poly["x"]})
    design = build_design(effects, parse_formula("poly(x, 3)"))
    assert design.X[:, 1:] == pytest.approx(np.array(poly["basis"]), rel=1e-10, abs=1e-12)
    assert design.matrix({"x": [poly["at"]]})[0, 1:] == pytest.approx(np.array(poly["predicted"]), rel=1e-10)


def test_variance_inflation() -> None:
    """VIF 1.5137 of bcg ~ ablat + year; GVIF^(1/2s) is its root."""
    found = moderate(effects_of("bcg"), ["ablat", "year"], FITS["z"])
    factors = inflation_factors(found.design, found.fit)
    assert [value**2 for value in factors.values()] == pytest.approx([1.5137, 1.5137], abs=5e-5)


def test_levels_with_a_common_and_with_separate_tau2() -> None:
    """bcg by allocation: 1.646288 with one tau2, 1.640239 with three."""
    found = moderate(effects_of("bcg"), ["alloc"], FITS["z"])
    assert found.fit.omnibus is not None
    assert found.between_separate is not None
    assert found.fit.omnibus.stat == pytest.approx(1.646288, abs=5e-7)
    assert found.between_separate.stat == pytest.approx(1.640239, abs=5e-7)
    assert found.fit.heterogeneity.tau2 == pytest.approx(0.3933055, abs=5e-8)
