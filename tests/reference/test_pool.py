"""Pooling and meta-regression against metafor 5.1 on nine published data sets."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from effect_tables import design_matrix, effects_table

from rupmeta.pool.blup import shrink_effects
from rupmeta.pool.fit import Fit, MethodName, fit_effects
from rupmeta.pool.fit import TestName as Tests  # an alias that pytest does not take for a test class
from rupmeta.pool.henmi_copas import fit_henmi_copas

CASES = {
    path.stem.removeprefix("pool_"): json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "data").glob("pool_*.json"))
}
CLOSED = 1e-10  # closed forms: both programs evaluate the same expression
ITERATED = 1e-8  # roots: metafor ran with steps below 1e-12, which leaves about this much
PM = 1e-4  # metafor's search for the PM root stops earlier
ROOT = 5e-5  # uniroot's tolerance of 1e-4 for the limits of tau2
INTEGRAL = 1e-4  # the quantile of Henmi and Copas: uniroot on top of a numerical integral
REFIT = 1e-5  # blup() restarts from a fit of its own
TOLERANCE = dict.fromkeys(("EE", "DL", "HE", "HS", "HSk", "SJ"), CLOSED)
TOLERANCE |= {"ML": ITERATED, "REML": ITERATED, "EB": ITERATED, "PM": PM}

METHODS = [(case, method) for case in CASES for method in CASES[case]["all"]["methods"]]
TESTS = [(case, test) for case in CASES for test in CASES[case]["all"]["tests"]]
MODERATORS = [
    (case, number, test)
    for case in CASES
    for number in range(len(CASES[case]["all"].get("moderators", [])))
    for test in ("z", "knha")
]


def near(value: float | None, expected: float | None, tolerance: float) -> None:
    if expected is None:
        assert value is None
    else:
        assert value == pytest.approx(expected, rel=tolerance, abs=1e-12)


def effects_of(case: str) -> Any:
    return effects_table(CASES[case]["all"]["yi"], CASES[case]["all"]["vi"])


def compare(fit: Fit, expected: dict[str, Any], tolerance: float) -> None:
    h, e, s = fit.heterogeneity, fit.estimate, fit.statistics
    assert s is not None
    pairs = [
        (e.estimate, "estimate"),
        (e.se, "se"),
        (e.stat, "statistic"),
        (e.ci_lb, "ci_lb"),
        (e.ci_ub, "ci_ub"),
        (h.tau2, "tau2"),
        (h.se_tau2, "se_tau2"),
        (h.I2, "I2"),
        (h.H2, "H2"),
        (h.Q, "Q"),
        (float(fit.k), "k"),
        (float(h.df), "df"),
    ]
    for value, key in pairs:
        near(value, expected[key], tolerance)
    # a p value multiplies the relative error of its statistic by about the statistic squared
    near(e.pval, expected["p"], tolerance * max(1.0, e.stat**2))
    near(h.pval, expected["Q_p"], CLOSED * max(1.0, h.Q))
    for value, key in (
        (s.log_likelihood, "logLik"),
        (s.deviance, "deviance"),
        (s.AIC, "AIC"),
        (s.BIC, "BIC"),
        (s.AICc, "AICc"),
    ):
        near(value, expected["fit"][key], max(tolerance, 1e-9))  # differences of sums of logarithms
    assert fit.log_likelihood == s.log_likelihood


def test_the_grid_is_complete() -> None:
    assert len(CASES) == 9
    methods, tests = set(get_args(MethodName)), set(get_args(Tests))
    for case in CASES.values():
        assert set(case["all"]["methods"]) == methods
        assert set(case["all"]["tests"]) == tests
        assert set(case["all"]["tau2_ci"]) == {"QP", "PL", "DL_QP"}
        assert {"hc", "blup"} <= set(case["all"])
        assert case["computed_with"]["metafor"] == "5.1.12"
    assert len(METHODS) == 90
    assert len(TESTS) == 36
    assert len(MODERATORS) == 2 * 18


@pytest.mark.parametrize(("case", "method"), METHODS)
def test_method(case: str, method: Any) -> None:
    fit = fit_effects(effects_of(case), method=method, test="z")
    compare(fit, CASES[case]["all"]["methods"][method], TOLERANCE[method])


@pytest.mark.parametrize(("case", "test"), TESTS)
def test_test_and_prediction(case: str, test: Any) -> None:
    expected = CASES[case]["all"]["tests"][test]
    fit = fit_effects(effects_of(case), test=test)
    compare(fit, expected, ITERATED)
    assert fit.prediction is not None
    near(fit.prediction.lb, expected["pi_lb"], ITERATED)
    near(fit.prediction.ub, expected["pi_ub"], ITERATED)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(
    ("key", "method", "rule"), [("QP", "REML", "QP"), ("PL", "REML", "PL"), ("DL_QP", "DL", "QP")]
)
def test_interval_of_tau2(case: str, key: str, method: Any, rule: Any) -> None:
    rows = {row["_row"]: row for row in CASES[case]["all"]["tau2_ci"][key]}
    fit = fit_effects(effects_of(case), method=method, tau2_ci=rule)
    h = fit.heterogeneity
    # uniroot's tolerance is absolute on tau2
    assert h.tau2_lb == pytest.approx(rows["tau^2"]["ci.lb"], rel=ROOT, abs=ROOT)
    assert h.tau2_ub == pytest.approx(rows["tau^2"]["ci.ub"], rel=ROOT, abs=ROOT)


@pytest.mark.parametrize("case", CASES)
def test_limits_of_I2_follow_those_of_tau2(case: str) -> None:
    h = fit_effects(effects_of(case)).heterogeneity
    assert h.tau2 is not None
    assert h.H2 is not None
    vt = h.tau2 / (h.H2 - 1.0)
    for share, tau2 in ((h.I2_lb, h.tau2_lb), (h.I2_ub, h.tau2_ub)):
        assert tau2 is not None
        near(share, 100.0 * tau2 / (tau2 + vt), 1e-9)


@pytest.mark.parametrize("case", CASES)
def test_henmi_copas(case: str) -> None:
    expected = CASES[case]["all"]["hc"]
    found = fit_henmi_copas(effects_of(case))
    near(found.estimate, expected["estimate"], CLOSED)
    near(found.se, expected["se"], CLOSED)
    assert found.interval.lb == pytest.approx(expected["ci_lb"], rel=INTEGRAL, abs=INTEGRAL * found.se)
    assert found.interval.ub == pytest.approx(expected["ci_ub"], rel=INTEGRAL, abs=INTEGRAL * found.se)


@pytest.mark.parametrize("case", CASES)
def test_shrunken_effects(case: str) -> None:
    expected = CASES[case]["all"]["blup"]
    effects = effects_of(case)
    shrunken = shrink_effects(effects, fit_effects(effects, test="z"))
    assert [b.estimate for b in shrunken] == pytest.approx(expected["pred"], rel=REFIT)
    assert [b.se for b in shrunken] == pytest.approx(expected["se"], rel=REFIT)
    assert [b.ci_lb for b in shrunken] == pytest.approx(expected["pi_lb"], rel=REFIT, abs=1e-7)


def moderator_design(case: str, formula: str) -> tuple[np.ndarray, list[int]]:
    """The design of an R formula and the rows that have all its moderators."""
    columns = CASES[case]["columns"]
    terms = re.findall(r"factor\((\w+)\)|(\w+)", formula.removeprefix("~"))
    names = [factor or number for factor, number in terms]
    rows = [i for i in range(len(columns[names[0]])) if all(columns[name][i] is not None for name in names)]
    values = [
        [str(columns[factor][i]) if factor else columns[number][i] for i in rows] for factor, number in terms
    ]
    return design_matrix(values), rows


@pytest.mark.parametrize(("case", "number", "test"), MODERATORS)
def test_moderators(case: str, number: int, test: Any) -> None:
    model = CASES[case]["all"]["moderators"][number]
    expected = model[test]
    X, rows = moderator_design(case, model["formula"])
    fit = fit_effects(effects_of(case).take(rows), X=X, names=expected["names"], test=test)
    assert [c.label for c in fit.coefficients] == expected["names"]
    for value, key in (("estimate", "estimate"), ("se", "se"), ("stat", "statistic"), ("ci_lb", "ci_lb")):
        found = [getattr(c, value) for c in fit.coefficients]
        assert found == pytest.approx(expected[key], rel=1e-7, abs=1e-9)  # designs conditioned up to 1e6
    h, omnibus = fit.heterogeneity, fit.omnibus
    assert omnibus is not None
    near(omnibus.stat, expected["QM"], 1e-7)
    near(omnibus.pval, expected["QM_p"], 1e-6)
    assert [omnibus.df1, omnibus.df2] == expected["QM_df"]
    near(h.tau2, expected["tau2"], 1e-7)
    near(h.se_tau2, expected["se_tau2"], 1e-7)
    near(h.I2, expected["I2"], 1e-7)
    near(h.Q, expected["Q"], 1e-9)
    near(h.pval, expected["Q_p"], 1e-7)
    assert pytest.approx(expected["R2"], rel=1e-7, abs=1e-7) == fit.R2
    near(fit.log_likelihood, expected["fit"]["logLik"], ITERATED)
