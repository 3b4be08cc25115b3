"""Three-level and CHE models and their robust tests against metafor and clubSandwich."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from effect_tables import design_matrix, effects_table

from rupmeta.effects.table import Effects
from rupmeta.numerics.blocks import fit_blocks, make_blocks, recode
from rupmeta.pool.multilevel import fit_multilevel
from rupmeta.pool.robust import cr1

DATA = Path(__file__).parent / "data"
CASES = {
    name: json.loads((DATA / f"pool_{name}.json").read_text())
    for name in ("konstantopoulos2011", "craft2003")
}
CLUSTER = {"konstantopoulos2011": "district", "craft2003": "study"}
OPTIMISER = 1e-5  # rma.mv stops at its optimiser's default; differences of 1e-6 were seen
FLOOR = 1e-7  # where the optimiser stops short of a variance that is 0


def effects_of(name: str, rho: float = 0.0) -> Effects:
    case = CASES[name]
    vi, clusters = np.array(case["all"]["vi"]), case["columns"][CLUSTER[name]]
    same = np.array(clusters)[:, None] == np.array(clusters)[None, :]
    V = np.where(same, rho * np.sqrt(np.outer(vi, vi)), 0.0)
    np.fill_diagonal(V, vi)
    return effects_table(case["all"]["yi"], vi, clusters, V if rho else None)


def check_robust(found: Any, expected: dict[str, Any], column: int | None = None) -> None:
    for value, key in ((found.se, "se"), (found.df, "df"), (found.pval, "p"), (found.ci_ub, "ci_ub")):
        reference = expected[key] if column is None else expected[key][column]
        assert value == pytest.approx(reference, rel=10 * OPTIMISER, abs=FLOOR)


@pytest.mark.parametrize("name", CASES)
def test_three_level(name: str) -> None:
    expected = CASES[name]["clustered"]["three_level"]
    fit = fit_multilevel(effects_of(name), test="z")
    assert fit.estimate.estimate == pytest.approx(expected["estimate"], rel=OPTIMISER)
    assert fit.estimate.se == pytest.approx(expected["se"], rel=OPTIMISER)
    assert fit.estimate.pval == pytest.approx(expected["p"], rel=10 * OPTIMISER)
    assert fit.sigma2_between == pytest.approx(expected["sigma2_between"], rel=OPTIMISER, abs=FLOOR)
    assert fit.sigma2_within == pytest.approx(expected["sigma2_within"], rel=OPTIMISER)
    assert fit.log_likelihood == pytest.approx(expected["logLik"], rel=1e-9)
    assert pytest.approx(expected["Q"], rel=1e-10) == fit.heterogeneity.Q
    assert (fit.k, fit.clusters) == (expected["k"], expected["clusters"])
    check_robust(fit.robust[0], expected["cr2"])


@pytest.mark.parametrize("name", CASES)
def test_correlated_and_hierarchical_effects(name: str) -> None:
    expected = CASES[name]["clustered"]["che"]
    fit = fit_multilevel(effects_of(name, expected["rho"]))
    assert fit.estimate.estimate == pytest.approx(expected["estimate"], rel=OPTIMISER)
    assert fit.estimate.se == pytest.approx(expected["se"], rel=OPTIMISER)
    assert fit.sigma2_between == pytest.approx(expected["sigma2_between"], rel=OPTIMISER, abs=FLOOR)
    assert fit.sigma2_within == pytest.approx(expected["sigma2_within"], rel=OPTIMISER)
    check_robust(fit.robust[0], expected["cr2"])


@pytest.mark.parametrize("name", CASES)
def test_moderators(name: str) -> None:
    (model,) = CASES[name]["clustered"]["moderators"]
    column = model["formula"].removeprefix("~ ").removeprefix("factor(").removesuffix(")")
    X = design_matrix([CASES[name]["columns"][column]])
    fit = fit_multilevel(effects_of(name), X=X, names=model["names"], test="z")
    for j, coefficient in enumerate(fit.coefficients):
        assert coefficient.estimate == pytest.approx(model["estimate"][j], rel=OPTIMISER)
        assert coefficient.se == pytest.approx(model["se"][j], rel=OPTIMISER)
        check_robust(fit.robust[j], model["cr2"], j)
    assert fit.omnibus is not None
    assert fit.omnibus.stat == pytest.approx(model["QM"], rel=10 * OPTIMISER)
    assert fit.omnibus.pval == pytest.approx(model["QM_p"], rel=10 * OPTIMISER)
    assert pytest.approx(model["Q"], rel=1e-8) == fit.heterogeneity.Q
    assert fit.log_likelihood == pytest.approx(model["logLik"], rel=1e-8)


@pytest.mark.parametrize("name", CASES)
def test_cr1(name: str) -> None:
    (model,) = CASES[name]["clustered"]["moderators"]
    column = model["formula"].removeprefix("~ ").removeprefix("factor(").removesuffix(")")
    effects = effects_of(name)
    for X, expected in (
        (np.ones((effects.k, 1)), CASES[name]["clustered"]["three_level"]["cr1"]),
        (design_matrix([CASES[name]["columns"][column]]), model["cr1"]),
    ):
        basis, R = np.linalg.qr(X)
        blocks = make_blocks(effects.yi, basis, np.diag(effects.vi), effects.clusters)
        fit = fit_blocks(blocks, [(0.05, 0.05), (0.1, 0.0), (0.0, 0.1)], (0, 1))
        assert fit is not None
        vcov, df = cr1(recode(fit, X, R))
        assert np.sqrt(np.diag(vcov)) == pytest.approx(np.atleast_1d(expected["se"]), rel=OPTIMISER)
        assert df == expected["df"]
