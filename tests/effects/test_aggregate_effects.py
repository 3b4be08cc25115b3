"""Several effects of one sample: their covariance, and one effect in their place."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from rupmeta.effects.aggregate import aggregate_effects, covariance_blocks
from rupmeta.effects.table import EffectRow, Effects, SharedGroup
from rupmeta.errors import EstimationError, UsageError


def row(
    effect: str, yi: float, vi: float, *, cluster: str = "s", study: str = "s", **more: object
) -> EffectRow:
    base = EffectRow(
        study=study, effect=effect, cluster=cluster, label=study.title(), year=2001, measure="SMD",
        yi=yi, vi=vi,
        n=60, route="r, n", formula="", flag="direct", members=(effect,),
    )  # fmt: skip
    return dataclasses.replace(base, **more)  # type: ignore[arg-type]


def table(*rows: EffectRow) -> Effects:
    return Effects("SMD", rows)


def codes(effects: Effects) -> list[str]:
    return [note.code for note in effects.notes]


def test_equal_variances_give_the_mean() -> None:
    found = aggregate_effects(table(row("a", 0.2, 0.04), row("b", 0.4, 0.04), row("c", 0.9, 0.04)), 0.5)
    assert found.rows[0].yi == pytest.approx(0.5, rel=1e-14)  # rounding
    assert found.rows[0].vi == pytest.approx(0.04 * (1 + 2 * 0.5) / 3, rel=1e-14)
    assert found.rows[0].members == ("a", "b", "c")
    assert codes(found) == ["DEP", "DEP", "DEP", "DEP"]  # the aggregate, and three pairs that look alike


def test_equal_weights_are_borensteins_composite() -> None:
    found = aggregate_effects(table(row("a", 0.2, 0.04), row("b", 0.5, 0.09)), 0.5, "equal").rows[0]
    assert found.yi == pytest.approx(0.35, rel=1e-14)  # rounding
    assert found.vi == pytest.approx((0.04 + 0.09 + 2 * 0.5 * 0.06) / 4, rel=1e-14)


@pytest.mark.parametrize(("variance", "noted"), [(0.159, False), (0.161, True)])
def test_negative_weights_are_noted(variance: float, noted: bool) -> None:
    # two effects: a weight is negative when the root of the variance ratio falls below rho: .04/.16 is .5²
    found = aggregate_effects(table(row("a", 0.2, 0.04), row("b", 0.5, variance)), 0.5)
    assert ("AGG-NEGATIVE" in codes(found)) == noted


def test_single_effects_pass_untouched_and_order_is_that_of_appearance() -> None:
    first = row("only", 0.1, 0.02, cluster="z", study="z")
    found = aggregate_effects(table(first, row("a", 0.2, 0.04), row("b", 0.4, 0.04)))
    assert found.rows[0] is first
    assert [item.cluster for item in found.rows] == ["z", "s"]


def test_the_weakest_member_marks_the_aggregate() -> None:
    found = aggregate_effects(
        table(
            row("a", 0.2, 0.04, flag="converted", n=None),
            row("b", 0.4, 0.04, provisional=True, adjusted=True, n=70, phase="late", synthetic=True),
        )
    ).rows[0]
    assert (found.flag, found.provisional, found.adjusted, found.synthetic) == ("converted", True, True, True)
    assert (found.n, found.phase, found.effect) == (70, None, "2 effects")


def test_a_moderator_that_varies_is_lost_with_a_note_or_kept_apart() -> None:
    rows = table(
        row("a", 0.2, 0.04, moderators={"phase": "early", "quality": 3}),
        row("b", 0.4, 0.04, moderators={"phase": "late", "quality": 3}),
    )
    found = aggregate_effects(rows)
    assert dict(found.rows[0].moderators) == {"phase": None, "quality": 3}
    assert any("phase varies among the 2 effects of s (early, late)" in note.message for note in found.notes)
    split = aggregate_effects(rows, by=["phase"])
    assert [item.moderators["phase"] for item in split.rows] == ["early", "late"]


def test_a_sample_that_spans_studies_names_them() -> None:
    found = aggregate_effects(
        table(row("a", 0.2, 0.04, cluster="se", study="x"), row("a", 0.4, 0.04, cluster="se", study="y"))
    )
    assert (found.rows[0].study, found.rows[0].label) == ("x + y", "X + Y")
    assert found.rows[0].members == ("x/a", "y/a")
    assert "OVERLAP" in codes(found)


@pytest.mark.parametrize("rho", [-1.0, 1.0, 1.5])
def test_rho_has_bounds(rho: float) -> None:
    with pytest.raises(UsageError, match="between -1 and 1"):
        aggregate_effects(table(row("a", 0.2, 0.04)), rho)


def test_a_covariance_that_cannot_be_names_the_pair() -> None:
    rows = table(row("a", 0.2, 0.04), row("b", 0.4, 0.04), row("c", 0.3, 0.04))
    with pytest.raises(EstimationError, match="a and b"):
        aggregate_effects(rows, -0.5)  # three effects cannot all correlate -.5 or less


def shared(n1: float, d: float, **more: float) -> SharedGroup:
    return SharedGroup(("O", 22.0, 7.0, 5.0), (n1, d), n0=22, n1=n1, d=d, **more)  # type: ignore[arg-type]


def test_a_shared_comparison_group_gives_the_covariance() -> None:
    rows = table(row("a", 0.6, 0.1, shared=shared(20, 0.6)), row("b", 0.3, 0.1, shared=shared(25, 0.3)))
    V = covariance_blocks(rows, 0.9)
    assert V[0, 1] == V[1, 0] == pytest.approx(1 / 22 + 0.18 / 134, rel=1e-14)  # rounding
    assert list(np.diag(V)) == [0.1, 0.1]
    assert "CTRL" in codes(aggregate_effects(rows))


def test_slopes_and_own_shares_carry_the_covariance_to_other_measures() -> None:
    slope = 1 / math.sqrt(0.36 + 4)
    on_z = table(
        row("a", 0.3, 0.02, shared=shared(20, 0.6, slope=slope)),
        row("b", 0.1, 0.02, shared=shared(25, 0.3, slope=slope)),
    )
    assert covariance_blocks(on_z, 0.5)[0, 1] == pytest.approx((1 / 22 + 0.18 / 134) * slope**2, rel=1e-14)
    on_md = table(
        row("a", 3.0, 2.0, shared=shared(20, 0.6, own=25 / 22)),
        row("b", 2.0, 2.0, shared=shared(25, 0.3, own=25 / 22)),
    )
    assert covariance_blocks(on_md, 0.5)[0, 1] == pytest.approx(25 / 22, rel=1e-15)


def test_blocks_are_independent_of_each_other() -> None:
    rows = table(row("a", 0.2, 0.04), row("a", 0.3, 0.05, cluster="t"), row("b", 0.4, 0.09))
    V = covariance_blocks(rows, 0.5)
    assert V[0, 2] == pytest.approx(0.5 * 0.2 * 0.3, rel=1e-14)  # rounding
    assert V[0, 1] == V[1, 2] == 0
