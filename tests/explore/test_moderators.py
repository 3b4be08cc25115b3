"""Subgroups and meta-regression against their definitions; against other software in ``tests/reference``."""

from __future__ import annotations

import numpy as np
import pytest

from rupmeta.effects.table import EffectRow, Effects
from rupmeta.errors import EstimationError
from rupmeta.explore.design import build_design, level_name, parse_moderator
from rupmeta.explore.moderators import judge_coefficients, moderate
from rupmeta.pool.fit import Fit, fit_effects

Y = (0.10, 0.20, 0.35, 0.55, 0.15, 0.60, 0.42, 0.05)
V = (0.02, 0.03, 0.01, 0.05, 0.02, 0.04, 0.03, 0.01)
PHASE = ("early", "late", "late", "late", "early", "whole", "whole", "early")
AGE = (20.0, 31.0, 42.0, 53.5, 25.0, 60.0, 44.0, 22.0)


def effects_of(**moderators: tuple[object, ...]) -> Effects:
    rows = tuple(
        EffectRow(
            study=f"s{i}", effect="e", cluster=f"s{i}", label=f"S{i}", year=2000 + i, measure="ZCOR",
            yi=Y[i], vi=V[i], n=50.0, route="r, n", formula="", flag="direct",
            moderators={name: values[i] for name, values in moderators.items()},  # type: ignore[misc]
        )
        for i in range(len(Y))
    )  # fmt: skip
    return Effects("ZCOR", rows)


def fit_reml(effects: Effects, X: object, names: object) -> Fit:
    return fit_effects(effects, X=X, names=names, test="z")  # type: ignore[arg-type]


def test_treatment_coding_takes_the_first_level_as_reference() -> None:
    design = build_design(effects_of(phase=PHASE, age=AGE), ["phase", "age"])
    assert design.formula == "~ phase + age"
    assert design.names == ("intercept", "phase[late]", "phase[whole]", "age")
    assert design.X[:, 1].tolist() == [0, 1, 1, 1, 0, 0, 0, 0]
    assert design.X[:, 3].tolist() == list(AGE)


def test_reference_can_be_chosen_and_must_exist() -> None:
    effects = effects_of(phase=PHASE)
    assert build_design(effects, ["phase"], reference={"phase": "late"}).names[1] == "phase[early]"
    with pytest.raises(ValueError, match="middle is not a level of phase; it has early, late, whole"):
        build_design(effects, ["phase"], reference={"phase": "middle"})


def test_whole_numbers_are_continuous_with_a_note_unless_asked_otherwise() -> None:
    effects = effects_of(quality=(1, 2, 3, 1, 2, 3, 1, 2))
    numeric = build_design(effects, ["quality"])
    assert numeric.names == ("intercept", "quality")
    assert [note.code for note in numeric.notes] == ["CATNUM"]
    assert build_design(effects, ["C(quality)"]).names == ("intercept", "quality[2]", "quality[3]")


def test_names_of_levels_are_those_of_the_files() -> None:
    assert [level_name(value) for value in (True, False, 2.0, 2.5, "late")] == [
        "true",
        "false",
        "2",
        "2.5",
        "late",
    ]
    assert parse_moderator(" C( quality ) ") == ("quality", True)


def test_level_means_are_those_of_the_cell_means_model() -> None:
    """The same model without an intercept gives every level's mean as a coefficient."""
    effects = effects_of(phase=PHASE)
    moderated = moderate(effects, ["phase"], fit_reml)
    cells = np.array([[float(p == level) for level in ("early", "late", "whole")] for p in PHASE])
    direct = fit_effects(effects, X=cells, names=("early", "late", "whole"), test="z")
    for group, cell in zip(moderated.subgroups, direct.coefficients, strict=True):
        # Two parametrisations of one model: they differ by the rounding of one small linear solve.
        assert group.estimate.estimate == pytest.approx(cell.estimate, rel=1e-9)
        assert group.estimate.se == pytest.approx(cell.se, rel=1e-9)


def test_the_single_term_test_is_the_omnibus_test() -> None:
    moderated = moderate(effects_of(phase=PHASE), ["phase"], fit_reml)
    assert moderated.fit.omnibus is not None
    assert moderated.term_tests[0][1].stat == pytest.approx(moderated.fit.omnibus.stat, rel=1e-12)


def test_reference_level_does_not_change_the_test_or_the_means() -> None:
    effects = effects_of(phase=PHASE)
    one = moderate(effects, ["phase"], fit_reml)
    two = moderate(effects, ["phase"], fit_reml, reference={"phase": "whole"})
    assert one.term_tests[0][1].stat == pytest.approx(two.term_tests[0][1].stat, rel=1e-9)
    assert [g.estimate.estimate for g in one.subgroups] == pytest.approx(
        [g.estimate.estimate for g in two.subgroups], rel=1e-9
    )


def test_levels_with_their_own_tau2_are_pooled_apart() -> None:
    effects = effects_of(phase=PHASE)
    moderated = moderate(effects, ["phase"], fit_reml)
    early = [i for i, p in enumerate(PHASE) if p == "early"]
    alone = fit_effects(effects.take(early), test="z")
    separate = moderated.subgroups[0].separate
    assert separate is not None
    assert separate.estimate.estimate == alone.estimate.estimate
    mu = np.array([g.separate.estimate.estimate for g in moderated.subgroups if g.separate])
    w = np.array([g.separate.estimate.se**-2 for g in moderated.subgroups if g.separate])
    assert moderated.between_separate is not None
    expected = float(np.sum(w * (mu - np.average(mu, weights=w)) ** 2))
    assert moderated.between_separate.stat == pytest.approx(expected, rel=1e-12)


def test_judging_one_coefficient_is_its_squared_z() -> None:
    fit = moderate(effects_of(age=AGE), ["age"], fit_reml).fit
    slope = fit.coefficients[1]
    assert judge_coefficients(fit, ["age"]).stat == pytest.approx(slope.stat**2, rel=1e-12)
    assert judge_coefficients(fit, ["age"]).pval == pytest.approx(slope.pval, rel=1e-9)


def test_what_does_not_vary_cannot_be_compared() -> None:
    with pytest.raises(EstimationError, match="phase is late in all 8 effects"):
        moderate(effects_of(phase=("late",) * 8), ["phase"], fit_reml)
    with pytest.raises(EstimationError, match="no effect of this analysis has a value of phase"):
        moderate(effects_of(phase=(None,) * 8), ["phase"], fit_reml)
