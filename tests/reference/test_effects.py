"""Single effects against metafor's ``escalc`` and ``conv.wald``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rupmeta.effects.choose import compute_route
from rupmeta.effects.onto import Setting
from rupmeta.effects.options import ConversionOptions

REFERENCE = json.loads((Path(__file__).parent / "data" / "effects.json").read_text(encoding="utf-8"))
CASES = REFERENCE["cases"]

#: Measures of the reference that the tool does not offer.
NOT_OFFERED = {"RTET", "D2ORN", "OR2DN", "SMCRH", "MC"}

#: Name in the reference → measure and setting of the tool.
ASKED = {
    "SMD_LS2": ("SMD", Setting(ConversionOptions(smd_variance="LS2"))),
    "RPB_ST": ("RPB", Setting()),
    "RPB_CS": ("COR", Setting()),
    "D2ORL": ("OR", Setting()),
    "OR2DL": ("SMD", Setting()),
}

#: Closed forms: only the order of operations differs, seen below 1e-13.
CLOSED_FORM = 1e-10


def given_values(case: dict[str, object]) -> dict[str, object]:
    """The reference's keys as the keys of a study file."""
    names = {"pre_mean": "pre_mean1", "post_mean": "post_mean1", "sd_pre": "sd_pre1", "sd_post": "sd_post1"}
    one_group = "pre_mean" in case["given"]
    names |= {"n": "n1"} if one_group else {}
    return {names.get(key, key): value for key, value in case["given"].items()}


PAIRS = [(i, name) for i, case in enumerate(CASES) for name in case["expect"]]


@pytest.mark.parametrize(("i", "name"), [pair for pair in PAIRS if pair[1] not in NOT_OFFERED])
def test_effect_equals_the_reference(i: int, name: str) -> None:
    case = CASES[i]
    measure, setting = ASKED.get(name, (name, Setting()))
    result, _ = compute_route(0, given_values(case), measure, setting, better=None)
    assert result.problem is None
    sign = -1 if "pre minus post" in case["route"] else 1
    assert sign * result.yi == pytest.approx(case["expect"][name]["yi"], rel=CLOSED_FORM)
    assert result.vi == pytest.approx(case["expect"][name]["vi"], rel=CLOSED_FORM)


def test_the_grid_is_complete() -> None:
    assert len(CASES) == 23
    assert sum(name not in NOT_OFFERED for _, name in PAIRS) == 66
    assert {name for _, name in PAIRS if name in NOT_OFFERED} == NOT_OFFERED
