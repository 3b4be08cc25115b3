"""Sentences follow from the numbers; none judges on few effects or says that repair causes anything."""

from __future__ import annotations

import re
from typing import Any

import pytest

from rupmeta.render.numbers import ASCII
from rupmeta.render.prose import describe_heterogeneity, describe_model, describe_pooled, stat_text

CAUSAL = re.compile(r"\b(improv|lead|caus|reduc|impact|due to|effective|produces)", re.IGNORECASE)


Triple = tuple[float, float, float]


def answer(*, k: int, r: Triple, z: Triple, **more: Any) -> dict[str, Any]:
    return {
        "k": k, "studies": k, "n": 100 * k, "level": 0.95, "report_as": ["r"],
        "method": "REML", "test": "adhoc",
        "dependence": {"approach": "aggregate", "rho": 0.5},
        "estimate": {"estimate": z[0], "ci_lb": z[1], "ci_ub": z[2], "stat": 2.9, "df": k - 1, "pval": 0.016},
        "reported": {"r": {"estimate": r[0], "ci_lb": r[1], "ci_ub": r[2], "pi_lb": -0.2, "pi_ub": 0.6}},
        "heterogeneity": {
            "Q": 24.1, "df": k - 1, "pval": 0.007, "tau2": 0.04, "I2": 61.0, "I2_lb": 20.0, "I2_ub": 85.0,
        },
        **more,
    }  # fmt: skip


ABOVE = {"r": (0.29, 0.10, 0.47), "z": (0.30, 0.10, 0.51)}
ACROSS = {"r": (0.11, -0.09, 0.30), "z": (0.11, -0.09, 0.31)}
BELOW = {"r": (-0.29, -0.47, -0.10), "z": (-0.30, -0.51, -0.10)}


def test_enough_effects_and_an_interval_above_zero() -> None:
    assert describe_pooled(answer(k=11, **ABOVE), "repair-outcome", ASCII) == (
        "Over 11 effects (11 studies, 1100 clients), rupture repair was associated with better outcome, "
        "r = .29, 95% CI [.10, .47], t(10) = 2.90, p = .016."
    )


@pytest.mark.parametrize(
    ("numbers", "k", "said"),
    [
        (ACROSS, 11, "the interval includes no association"),
        (ABOVE, 4, "the interval lies above zero. With k = 4 this is no basis for a verdict"),
        (BELOW, 4, "the interval lies below zero. With k = 4 this is no basis for a verdict"),
        (BELOW, 11, "was associated with worse rather than better outcome"),
    ],
)
def test_what_is_said_when(numbers: dict[str, Any], k: int, said: str) -> None:
    sentence = describe_pooled(answer(k=k, **numbers), "repair-outcome", ASCII)
    assert said in sentence
    if k < 10:
        assert "was associated" not in sentence


@pytest.mark.parametrize("subject", ["repair-outcome", "training-outcome", None])
@pytest.mark.parametrize("numbers", [ABOVE, ACROSS, BELOW])
@pytest.mark.parametrize("k", [1, 3, 12])
def test_no_sentence_is_causal(subject: str | None, numbers: dict[str, Any], k: int) -> None:
    data = answer(k=k, **numbers)
    for sentence in (describe_pooled(data, subject), describe_heterogeneity(data), describe_model(data)):
        assert not CAUSAL.search(sentence)


def test_heterogeneity_leads_with_the_interval_of_a_new_study() -> None:
    assert describe_heterogeneity(answer(k=11, **ABOVE), ASCII) == (
        "Heterogeneity: Q(10) = 24.10, p = .007; tau = 0.20 on the analysis scale; I² = 61%, "
        "95% CI [20, 85]. The true r of a comparable new study is expected in [-.20, .60] "
        "(95% prediction interval)."
    ).replace("tau", "τ")


def test_one_effect_has_no_heterogeneity() -> None:
    single = answer(k=1, **ABOVE)
    single["heterogeneity"] = {**single["heterogeneity"], "tau2": None, "df": 0}
    assert "One effect says nothing" in describe_heterogeneity(single)


def test_normal_and_t_statistics() -> None:
    assert stat_text({"stat": 2.92, "df": None, "pval": 0.0035}, ASCII) == "z = 2.92, p = .004"
    assert stat_text({"stat": 2.92, "df": 9.43, "pval": 0.0165}, ASCII) == "t(9.4) = 2.92, p = .017"
