"""The Bayesian model against bayesmeta on eight published data sets, and against numbers worked out apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from effect_tables import effects_table

from rupmeta.pool.bayes import fit_bayes

DATA = Path(__file__).parent / "data"
RECORD = json.loads((DATA / "bayes.json").read_text(encoding="utf-8"))
CASES = RECORD["cases"]
TAU = 1e-8  # both programs integrate the same smooth function; 3e-10 was seen
LIMIT_OF_TAU = 5e-4  # of the posterior sd: bayesmeta minimises a length that is flat at its minimum
GRID = 5e-3  # of the posterior sd: bayesmeta replaces the mixture over tau by a coarse one


def effects_of(case: str) -> Any:
    pool = json.loads((DATA / f"pool_{case}.json").read_text(encoding="utf-8"))
    return effects_table(pool["all"]["yi"], pool["all"]["vi"])


def test_the_grid_is_complete() -> None:
    assert len(CASES) == 8
    assert RECORD["computed_with"]["bayesmeta"] == "3.4"


@pytest.mark.parametrize("case", CASES)
def test_posteriors(case: str) -> None:
    fit = fit_bayes(effects_of(case), whole=False)
    assert fit.predictive is not None
    tau, expected = fit.tau, CASES[case]["tau"]
    assert tau.median == pytest.approx(expected["median"], rel=100 * TAU)
    assert tau.mean == pytest.approx(expected["mean"], rel=TAU)
    assert tau.sd == pytest.approx(expected["sd"], rel=TAU)
    assert tau.lb == pytest.approx(expected["95% lower"], abs=LIMIT_OF_TAU * expected["sd"])
    assert tau.ub == pytest.approx(expected["95% upper"], abs=LIMIT_OF_TAU * expected["sd"])
    for found, name in ((fit.coefficients[0], "mu"), (fit.predictive, "predictive")):
        expected = CASES[case][name]
        for value, key in (
            (found.median, "median"),
            (found.mean, "mean"),
            (found.sd, "sd"),
            (found.lb, "95% lower"),
            (found.ub, "95% upper"),
        ):
            assert value == pytest.approx(expected[key], abs=GRID * expected["sd"])


def test_shrinkage_and_bayes_factor() -> None:
    fit = fit_bayes(effects_of("molloy2014"))
    first = fit.shrunken[0]
    assert first.mean == pytest.approx(0.168415, abs=5e-7)
    assert first.sd == pytest.approx(0.070737, abs=5e-7)
    factors = {factor.scale: factor.bf10 for factor in fit.factors}
    assert factors[0.5] == pytest.approx(77.26130, rel=1e-6)
