"""What is said about a table of effects."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rupmeta.effects.notes import effect_notes
from rupmeta.effects.table import EffectRow, Effects
from rupmeta.read.review import Analysis


def row(study: str, **more: object) -> EffectRow:
    base = EffectRow(
        study=study, effect="e", cluster=study, label=study, year=2001, measure="ZCOR", yi=0.3, vi=0.02, n=60,
        route="r, n", formula="", flag="direct", comparison="unrepaired-rupture", members=("e",),
    )  # fmt: skip
    return dataclasses.replace(base, **more)  # type: ignore[arg-type]


def table(*rows: EffectRow) -> Effects:
    return Effects("ZCOR", rows)


def test_plain_effects_need_no_note() -> None:
    assert effect_notes(table(row("a"), row("b")), analysis=Analysis(), weights=[50, 50]) == []


@pytest.mark.parametrize(
    ("rows", "code", "severity", "message"),
    [
        (
            (row("a"), row("b", comparison="no-rupture"), row("c")),
            "COMP-MIX",
            "warning",
            "pools unrepaired-rupture (2) with no-rupture (1); "
            "select one with where, or name comparison as a moderator",
        ),
        (
            (row("a"), row("b"), row("c", adjusted=True)),
            "ADJ",
            "warning",
            "1 of 3 effects are adjusted for covariates (50% of the weight), another quantity than r",
        ),
        (
            (row("a"), row("b"), row("c", provisional=True)),
            "PROV",
            "info",
            "1 of 3 effects are provisional (not verified in the full paper) (50% of the weight)",
        ),
        (
            (row("a", flag="approximate"), row("b"), row("c")),
            "APPROX",
            "info",
            "1 of 3 effects are approximate (a needed number was not printed) (20% of the weight)",
        ),
        (
            (row("a"), row("b"), row("c", synthetic=True)),
            "SYNTH",
            "warning",
            "1 of 3 studies are synthetic (50% of the weight): synthetic data, not evidence",
        ),
    ],
)
def test_weak_spots_come_with_their_share(
    rows: tuple[EffectRow, ...], code: str, severity: str, message: str
) -> None:
    found = effect_notes(table(*rows), weights=[20, 30, 50])
    assert [(note.code, note.severity, note.message) for note in found] == [(code, severity, message)]


def test_a_mixture_that_the_protocol_asks_for_is_no_fault() -> None:
    rows = table(row("a"), row("b", comparison="no-rupture"))
    for analysis in (Analysis(moderators=["comparison"]), Analysis(where={"comparison": ["no-rupture"]})):
        assert effect_notes(rows, analysis=analysis) == []


def test_relations_are_mixed_too() -> None:
    rows = table(row("a", relation="repair-outcome"), row("b", relation="training-outcome"))
    assert [note.code for note in effect_notes(rows)] == ["COMP-MIX"]


def test_d_of_continuous_predictors_is_explained() -> None:
    rows = table(row("a", comparison="continuous"), row("b", comparison="continuous"))
    assert [note.code for note in effect_notes(rows, analysis=Analysis(report_as=["r", "d"]))] == ["R2D"]
    assert effect_notes(rows, analysis=Analysis(report_as=["r"])) == []


def test_dependence_is_a_warning_only_when_it_is_ignored() -> None:
    rows = table(row("a"), row("a", effect="f", phase="late"))
    assert [(n.code, n.severity) for n in effect_notes(rows)] == [("DEP", "info")]
    assert [(n.code, n.severity) for n in effect_notes(rows, approach="none")] == [("DEP", "warning")]
    kept = dataclasses.replace(rows, V=np.diag([0.02, 0.02]))
    assert "kept apart" in effect_notes(kept)[0].message


def test_twins_are_doubted() -> None:
    rows = table(row("a"), row("a", effect="f"))
    assert any("again?" in note.message for note in effect_notes(rows))
