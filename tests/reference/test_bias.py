"""Small-study effects and selection against metafor 5.1, metafor 3.8 and puniform 0.2.7."""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from effect_tables import effects_table

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.explore.bias.asymmetry import EggerModel, Predictor, correlate_ranks, fit_egger
from rupmeta.explore.bias.excess import count_excess
from rupmeta.explore.bias.fail_safe import count_null_studies
from rupmeta.explore.bias.oriented import Oriented, orient
from rupmeta.explore.bias.p_uniform import fit_p_uniform
from rupmeta.explore.bias.precision import fit_pet_peese
from rupmeta.explore.bias.selection import Selection, fit_beta_selection, fit_step_selection
from rupmeta.explore.bias.trim_and_fill import TrimEstimator, trim_and_fill
from rupmeta.pool.fit import fit_effects

DATA = Path(__file__).parent / "data"
CASES: dict[str, Any] = {
    path.stem.removeprefix("bias_"): json.loads(path.read_text(encoding="utf-8"))["all"]
    for path in sorted(DATA.glob("bias_*.json"))
    if path.stem != "bias_metadat"
}
OLDER: dict[str, Any] = json.loads((DATA / "bias_metadat.json").read_text(encoding="utf-8"))
OLDER.pop("computed_with")
BOTH = CASES | OLDER

CLOSED = 1e-10  # closed forms: both programs evaluate the same expression
ITERATED = 1e-8  # a root of the REML score found with steps below 1e-12
FILLED = 2e-4  # trimfill() refits with metafor's default threshold, steps of 1e-5 in tau2
OPTIMISED = 2e-3  # selmodel() stops at its optimiser's default
PROFILED = 1e-3  # puniform stops at optimiser and root search defaults
FLAT = 0.02  # the beta likelihood is flat, and metafor's integral carries an error of about .001
EXACT_UP_TO = 20  # larger k: metafor's tes() takes chi-square instead of the exact distribution


@cache
def effects_of(case: str) -> Effects:
    data = BOTH[case]
    table = effects_table(data["yi"], data["vi"])
    if data.get("ni") is None:
        return table
    rows = (dataclasses.replace(row, n=n) for row, n in zip(table.rows, data["ni"], strict=True))
    return dataclasses.replace(table, rows=tuple(rows))


@cache
def data_of(case: str) -> Oriented:
    effects = effects_of(case)
    return orient(effects, fit_effects(effects).estimate.estimate)


def test_no_case_or_method_has_gone_missing() -> None:
    assert sorted(CASES) == [
        "bangertdrowns2004", "bcg", "craft2003", "konstantopoulos2011", "mcdaniel1994", "molloy2014",
        "normand1999", "raudenbush1985",
    ]  # fmt: skip
    assert sorted(OLDER) == ["baskerville2012", "egger2001", "hackshaw1998"]
    wanted = {"egger", "begg", "trimfill", "failsafe", "tes", "selmodel_3psm", "selmodel_beta"}
    assert all(wanted <= set(case) for case in BOTH.values())
    assert [name for name, case in CASES.items() if "puni_star" not in case] == ["mcdaniel1994"]
    assert "rma_sqrtninv" in OLDER["egger2001"]["egger"]


@pytest.mark.parametrize("case", BOTH)
@pytest.mark.parametrize("model", get_args(EggerModel))
@pytest.mark.parametrize("predictor", get_args(Predictor))
def test_egger(case: str, model: EggerModel, predictor: Predictor) -> None:
    expected = BOTH[case]["egger"].get(f"{model}_{predictor}")
    if expected is None:
        assert BOTH[case].get("ni") is None
        assert predictor == "sqrtninv"
        return
    found = fit_egger(effects_of(case), model=model, predictor=predictor)
    tolerance = CLOSED if model == "lm" else ITERATED
    interval = found.limit.interval()
    for value, key in (
        (found.slope.stat, "statistic"),
        (found.slope.pval, "p"),
        (found.limit.estimate, "limit"),
        (interval.lb, "limit_lb"),
        (interval.ub, "limit_ub"),
    ):
        assert value == pytest.approx(expected[key], rel=tolerance)
    assert found.slope.df == expected["df"]


@pytest.mark.parametrize("case", BOTH)
def test_begg(case: str) -> None:
    found, expected = correlate_ranks(effects_of(case)), BOTH[case]["begg"]
    assert found.tau == pytest.approx(expected["tau"], rel=CLOSED)
    assert found.pval == pytest.approx(expected["p"], rel=CLOSED)


@pytest.mark.parametrize("case", BOTH)
@pytest.mark.parametrize("estimator", get_args(TrimEstimator))
def test_trim_and_fill(case: str, estimator: TrimEstimator) -> None:
    expected = BOTH[case]["trimfill"][estimator]
    if expected is None:
        with pytest.raises(EstimationError, match=r"Q0 (has no solution|would trim all but one)"):
            trim_and_fill(effects_of(case), estimator=estimator)
        return
    found = trim_and_fill(effects_of(case), estimator=estimator, test="z")
    assert (found.k0, found.side) == (expected["k0"], expected["side"])
    assert found.fit.estimate.estimate == pytest.approx(expected["estimate"], rel=FILLED)
    assert found.fit.estimate.se == pytest.approx(expected["se"], rel=FILLED)


@pytest.mark.parametrize("case", BOTH)
def test_fail_safe(case: str) -> None:
    expected = BOTH[case]["failsafe"]
    if case in OLDER:  # its formulas of the other two numbers are different ones
        found = count_null_studies(effects_of(case))
        assert {"Rosenthal": found.rosenthal, "Rosenberg": found.rosenberg} == expected
        return
    found = count_null_studies(effects_of(case), target=expected["Orwin"]["target"])
    assert found.rosenthal == expected["Rosenthal"]["fsnum"]
    assert found.rosenberg == expected["Rosenberg"]["fsnum"]
    assert found.orwin == expected["Orwin"]["fsnum"]
    assert found.general == pytest.approx(expected["General"]["fsnum"], abs=1)  # a step function, rounded


@pytest.mark.parametrize("case", BOTH)
def test_excess_significance(case: str) -> None:
    found, expected = count_excess(effects_of(case)), BOTH[case]["tes"]
    assert expected["O"] == found.O
    assert pytest.approx(expected["E"], rel=CLOSED) == found.E
    assert found.theta == pytest.approx(expected["theta"], rel=CLOSED)
    if "p" in expected and len(BOTH[case]["yi"]) <= EXACT_UP_TO:
        assert found.pval == pytest.approx(expected["p"], rel=CLOSED)


def compare_selection(found: Selection, expected: dict[str, Any]) -> None:
    """The same maximum, unless ours is higher: then theirs was not the maximum."""
    assert found.lrt >= expected["LRT"] - OPTIMISED
    if found.lrt > expected["LRT"] + OPTIMISED:
        return
    assert found.estimate.estimate == pytest.approx(expected["estimate"], rel=OPTIMISED)
    assert found.estimate.se == pytest.approx(expected["se"], rel=OPTIMISED)
    assert found.tau2 == pytest.approx(expected["tau2"], rel=OPTIMISED, abs=1e-5)
    assert found.delta == pytest.approx(expected["delta"], rel=OPTIMISED)
    assert found.lrt_pval == pytest.approx(expected["LRTp"], rel=OPTIMISED)


@pytest.mark.parametrize("case", BOTH)
def test_step_selection(case: str) -> None:
    compare_selection(fit_step_selection(data_of(case), profiles=False), BOTH[case]["selmodel_3psm"])


@pytest.mark.parametrize("case", OLDER)
def test_selection_with_several_steps(case: str) -> None:
    if OLDER[case]["selmodel_steps"] is None:  # metafor refuses an interval without effects as well
        with pytest.raises(EstimationError, match=r"0 in p 0\.5 to 1"):
            fit_step_selection(data_of(case), steps=OLDER[case]["steps"])
        return
    found = fit_step_selection(data_of(case), steps=OLDER[case]["steps"], profiles=False)
    compare_selection(found, OLDER[case]["selmodel_steps"])


@pytest.mark.parametrize("case", BOTH)
def test_beta_selection(case: str) -> None:
    expected = BOTH[case]["selmodel_beta"]
    if expected is None:  # metafor found no maximum
        assert case in OLDER
        return
    found = fit_beta_selection(data_of(case))
    assert found.lrt >= expected["LRT"] - FLAT
    if expected["se"] is not None and found.lrt <= expected["LRT"] + FLAT:
        assert found.estimate.estimate == pytest.approx(expected["estimate"], abs=0.1 * expected["se"])


def test_the_reference_beta_fit_of_bangertdrowns2004_is_a_lower_maximum() -> None:
    found = fit_beta_selection(data_of("bangertdrowns2004"))
    assert found.lrt > CASES["bangertdrowns2004"]["selmodel_beta"]["LRT"] + 1.8


@pytest.mark.parametrize("case", [case for case in CASES if "puni_star" in CASES[case]])
def test_p_uniform(case: str) -> None:
    expected = CASES[case]["puni_star"]
    found = fit_p_uniform(data_of(case))
    assert found.estimate.estimate == pytest.approx(expected["estimate"], rel=PROFILED)
    assert found.tau2 == pytest.approx(expected["tau2"], rel=PROFILED, abs=1e-6)
    assert found.interval is not None
    assert found.interval.lb == pytest.approx(expected["ci_lb"], rel=2 * PROFILED)
    assert found.interval.ub == pytest.approx(expected["ci_ub"], rel=2 * PROFILED)


@pytest.mark.parametrize("case", CASES)
def test_pet_and_peese_are_the_limits_of_eggers_regression(case: str) -> None:
    expected = CASES[case]["egger"]
    found = fit_pet_peese(effects_of(case), fit_effects(effects_of(case)).estimate.estimate)
    assert found.pet.estimate == pytest.approx(expected["lm_sei"]["limit"], rel=CLOSED)
    assert found.peese.estimate == pytest.approx(expected["lm_vi"]["limit"], rel=CLOSED)
