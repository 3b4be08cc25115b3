"""Conversions at the prompt."""

from __future__ import annotations

import json
import math

import pytest

from rupmeta.effects.convert import TARGETS, convert_values
from rupmeta.effects.measures import MEASURES
from rupmeta.errors import EstimationError, UsageError


def estimate(text: str, to: str) -> float:
    return convert_values(text.split(), to).estimate


def test_r_to_d_and_back() -> None:
    assert estimate("r=.29 n=79", "d") == pytest.approx(0.6060437, abs=5e-8)  # seven decimals
    assert estimate("r=.29 n=79", "r") == pytest.approx(0.29, rel=1e-14)  # rounding
    assert estimate("d=.62 n1=30 n2=28", "d") == 0.62


def test_interval_of_r_lies_inside_its_bounds_and_is_that_of_z() -> None:
    found = convert_values(["r=.9", "n=10"], "r")
    half = 1.959963984540054 / math.sqrt(7)
    assert found.ci_ub == pytest.approx(math.tanh(math.atanh(0.9) + half), rel=1e-14)  # rounding
    assert found.ci_lb == pytest.approx(math.tanh(math.atanh(0.9) - half), rel=1e-14)


def test_odds_ratio_is_shown_as_a_ratio_and_its_log_kept() -> None:
    found = convert_values(["a=20", "b=4", "c=12", "d=10"], "or")
    assert found.estimate == pytest.approx(200 / 48, rel=1e-14)  # rounding
    assert found.yi == math.log(200 / 48)
    assert found.flag == "direct"
    assert convert_values(["a=20", "b=4", "c=12", "d=10"], "OR").estimate == found.yi


def test_design_decides_the_variance() -> None:
    means = ["mean1=10", "sd1=4", "n1=12", "mean2=7", "sd2=5", "n2=18"]
    assert convert_values(means, "z").vi == pytest.approx(0.0318464003, abs=6e-11)  # ten decimals
    assert convert_values(means, "z", design="randomized").vi == pytest.approx(0.0338604472, abs=6e-11)
    assert convert_values(means, "zpb").vi == pytest.approx(0.0338604472, abs=6e-11)


def test_typed_digits_give_the_rounding() -> None:
    found = convert_values(["r=.30", "n=79"], "z")
    assert found.rounding == pytest.approx((math.atanh(0.295), math.atanh(0.305)))
    assert found.n == 79


def test_lists_bounds_and_signs() -> None:
    assert estimate("odds_ratio=2.4 ci=[1.3,4.43]", "OR") == math.log(2.4)
    found = convert_values(["p=<.001", "n=79"], "r")
    assert found.estimate == pytest.approx(0.363269445, abs=6e-10)  # nine decimals
    assert [note.code for note in found.notes] == ["P-INEQ", "DIR"]
    assert estimate("p=.02 n=79 tails=2 favours=comparison", "r") < 0


def test_json_form_is_finite() -> None:
    found = convert_values(["p=<.001", "n=79"], "r").as_dict()
    assert json.loads(json.dumps(found, allow_nan=False))["rounding"][1] is None
    assert found["to"] == "r"


def test_targets_are_the_display_scales_and_every_measure() -> None:
    assert set(TARGETS) == {"r", "z", "d", "g", "or", "rr", *MEASURES}


@pytest.mark.parametrize(
    ("pairs", "to", "says"),
    [
        (["r"], "d", "write key=value"),
        (["rr=.3", "n=20"], "d", "not a key"),
        (["spearmann=.3", "n=20"], "d", "did you mean spearman"),
        (["r=.3", "r=.2", "n=20"], "d", "twice"),
        (["r=0,3", "n=20"], "d", "0.3"),
        (["r=−.3", "n=20"], "d", "typographic minus"),
        (["r=.3", "n=20.5"], "d", "n:"),
        (["d=.3", "ci=.1"], "d", "both limits"),
        (["t=2.1"], "d", "t needs df, or n1 and n2"),
        (["n=20"], "d", "n gives no effect; add a statistic"),
        (["sd1=4", "n1=20", "mean2=7", "sd2=5", "n2=22"], "d", "give no effect; add mean1"),
        (["beta=-.22", "p=.02", "n=62"], "z", "beta has no use beside p, n; add covariates"),
        (["F=6.4", "df1=1", "df2=59", "n1=32", "covariate_r=.6"], "d", "add n2"),
        (["r=.3", "n=20", "t=2.1"], "d", "t: no use beside r, n"),
        ([], "d", "nothing"),
        (["r=.3", "n=20"], "cohen", "--to cohen is not known"),
    ],
)
def test_what_cannot_be_read_is_refused(pairs: list[str], to: str, says: str) -> None:
    with pytest.raises(UsageError, match=r".") as caught:
        convert_values(pairs, to)
    assert says in str(caught.value)


def test_what_cannot_be_had_says_what_would_do() -> None:
    with pytest.raises(EstimationError, match=r"events1, n1, events2, n2") as caught:
        convert_values(["risk_ratio=2", "ci=1.1,3.6"], "d")
    assert caught.value.code == "MEASURE"


def test_level() -> None:
    narrow, wide = (convert_values(["r=.3", "n=50"], "z", level=level) for level in (0.9, 0.99))
    assert narrow.ci_lb > wide.ci_lb
    with pytest.raises(UsageError, match=r"as 0\.95"):
        convert_values(["r=.3", "n=50"], "z", level=95)
