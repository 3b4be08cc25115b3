"""Leave-one-out, cumulative, influence and Baujat against metafor 5.1 on nine published data sets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from effect_tables import effects_table

from rupmeta.explore.influence import Influence, measure_influence
from rupmeta.explore.leave_one_out import Step, accumulate, leave_one_out
from rupmeta.pool.fit import Fit
from rupmeta.pool.subsets import fit_subsets

DATA = Path(__file__).parent / "data"
CASES = {
    path.stem.removeprefix("stability_"): json.loads(path.read_text(encoding="utf-8"))["all"]
    for path in sorted(DATA.glob("stability_*.json"))
}
# metafor refits with steps of 1e-12, which moves tau2 by up to 2e-8 of itself where the likelihood is flat;
# differences of fits, such as DFFITS near 0, lose two more digits.
REFIT = 1e-5
NAMES = {
    "rstudent": "rstudent",
    "dffits": "dffits",
    "cook.d": "cook_d",
    "cov.r": "cov_r",
    "tau2.del": "tau2_del",
    "QE.del": "QE_del",
    "hat": "hat",
    "weight": "weight",
}


def near(mine: Any, theirs: Any) -> None:
    expected = np.array(theirs, dtype=float)
    # relative, but a number a thousand times smaller than its column's largest need not have as many digits
    floor = 1e-3 * float(np.abs(expected).max())
    np.testing.assert_allclose(mine, expected, rtol=REFIT, atol=REFIT * floor)


def compare(steps: tuple[Step, ...], expected: dict[str, Any]) -> None:
    fits = [step.fit for step in steps]
    assert all(isinstance(fit, Fit) for fit in fits)
    near([fit.estimate.estimate for fit in fits], expected["estimate"])
    near([fit.estimate.se for fit in fits], expected["se"])
    near([fit.estimate.ci_lb for fit in fits], expected["ci_lb"])
    near([fit.estimate.ci_ub for fit in fits], expected["ci_ub"])
    near([fit.heterogeneity.tau2 or 0.0 for fit in fits], expected["tau2"])
    if "Q" in expected:
        near([fit.heterogeneity.Q for fit in fits], expected["Q"])
        near([fit.heterogeneity.I2 for fit in fits], expected["I2"])


def test_the_grid_is_complete() -> None:
    assert len(CASES) == 9
    assert sum(len(case["yi"]) for case in CASES.values()) == 355


@pytest.mark.parametrize("case", CASES)
def test_leave_one_out_and_cumulative(case: str) -> None:
    effects = effects_table(CASES[case]["yi"], CASES[case]["vi"])

    def fits(effects: Any, masks: Any) -> Any:
        return fit_subsets(effects, masks, test="z")

    compare(leave_one_out(effects, fits), CASES[case]["leave1out"])
    compare(accumulate(effects, fits, order="file"), CASES[case]["cumul"])


def judge(influence: Influence, expected: dict[str, Any]) -> None:
    for theirs, mine in NAMES.items():
        near(getattr(influence, mine), expected[theirs])
    near(influence.dfbetas.reshape(np.shape(expected["dfbs"])), expected["dfbs"])
    assert influence.influential.tolist() == expected["is_infl"]


@pytest.mark.parametrize("case", CASES)
def test_influence_and_baujat(case: str) -> None:
    influence = measure_influence(effects_table(CASES[case]["yi"], CASES[case]["vi"]))
    judge(influence, CASES[case]["influence"])
    near(influence.baujat_x, CASES[case]["baujat"]["x"])
    near(influence.baujat_y, CASES[case]["baujat"]["y"])


def test_influence_with_moderators() -> None:
    # influence_moderators.R says how these were made (metafor 3.8)
    expected = json.loads((DATA / "influence_moderators.json").read_text(encoding="utf-8"))
    X = np.column_stack([np.ones(13), expected["ablat"], expected["year"]])
    names = ("intercept", "ablat", "year")
    judge(measure_influence(effects_table(expected["yi"], expected["vi"]), X=X, names=names), expected)
