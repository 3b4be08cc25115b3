"""Properties that hold for any numbers."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupmeta.effects.aggregate import aggregate_effects
from rupmeta.effects.backtransform import report_on
from rupmeta.effects.choose import compute_route
from rupmeta.effects.conversions import d_from_z, exact_h, hedges_j, z_from_d
from rupmeta.effects.onto import Setting
from rupmeta.effects.table import EffectRow, Effects, RouteResult

#: Different orders of the same few operations.
ROUNDING = 1e-12

sizes = st.integers(5, 400)
moderate = st.floats(-2, 2).filter(lambda x: abs(x) > 1e-3)


def on(values: dict[str, Any], measure: str = "ZCOR", better: Any = None) -> RouteResult:
    return compute_route(0, values, measure, Setting(), better=better)[0]


@given(st.floats(-0.999, 0.999), st.integers(5, 10_000))
def test_r_to_z_and_back(r: float, n: int) -> None:
    z = on({"r": r, "n": n}).yi
    assert report_on("r", "ZCOR", z) == pytest.approx(r, rel=ROUNDING, abs=1e-15)
    assert on({"fisher_z": z, "n": n}).yi == z


@given(st.floats(-3, 3), sizes, sizes)
def test_d_to_z_and_back(d: float, n1: int, n2: int) -> None:
    h = exact_h(n1, n2)
    assert d_from_z(z_from_d(d, h), h) == pytest.approx(d, rel=ROUNDING, abs=1e-14)


@given(moderate, sizes, sizes)
def test_z_of_d_is_the_z_of_its_t(t: float, n1: int, n2: int) -> None:
    m = n1 + n2 - 2
    d = t * math.sqrt(1 / n1 + 1 / n2)
    assert z_from_d(d, exact_h(n1, n2)) == pytest.approx(math.atanh(t / math.sqrt(t * t + m)), rel=ROUNDING)


@given(moderate, st.floats(0.5, 20), sizes, sizes)
def test_means_d_g_and_t_of_the_same_data_give_the_same_z(d: float, sd: float, n1: int, n2: int) -> None:
    g = d * hedges_j(n1 + n2 - 2)
    t = d / math.sqrt(1 / n1 + 1 / n2)
    sizes_given = {"n1": n1, "n2": n2}
    means = {"mean1": d * sd, "sd1": sd, "mean2": 0.0, "sd2": sd, **sizes_given}
    routes = [means, {"d": d, **sizes_given}, {"g": g, **sizes_given}, {"t": t, **sizes_given}]
    found = [on(values) for values in routes]
    for other in found[1:]:
        assert other.yi == pytest.approx(found[0].yi, rel=ROUNDING)
        assert other.vi == pytest.approx(found[0].vi, rel=ROUNDING)


@pytest.mark.parametrize("measure", ["ZCOR", "COR", "SMD", "OR", "ZPB", "RBIS"])
@given(d=moderate, n1=sizes, n2=sizes)
def test_turning_the_outcome_round_turns_only_the_sign(measure: str, d: float, n1: int, n2: int) -> None:
    values = {"d": d, "n1": n1, "n2": n2}
    up, down = (on(values, measure, better) for better in ("higher", "lower"))
    assert down.yi == -up.yi
    assert down.vi == up.vi
    mirrored = on({**values, "d": -d}, measure, "higher")
    assert mirrored.yi == pytest.approx(down.yi, rel=ROUNDING)
    assert mirrored.vi == pytest.approx(down.vi, rel=ROUNDING)


cells = st.integers(1, 200)


@pytest.mark.parametrize("measure", ["OR", "RR", "RD", "PHI", "SMD"])
@given(a=cells, b=cells, c=cells, d=cells)
def test_swapping_the_groups_of_a_table_swaps_the_sign(measure: str, a: int, b: int, c: int, d: int) -> None:
    one = on({"a": a, "b": b, "c": c, "d": d}, measure)
    two = on({"a": c, "b": d, "c": a, "d": b}, measure)
    if one.problem is not None:  # φ of ±1 and the like, in both directions
        assert two.problem is not None
        return
    assert two.yi == pytest.approx(-one.yi, rel=1e-11, abs=1e-13)  # differences of near equal shares
    assert two.vi == pytest.approx(one.vi, rel=1e-11)


def row(effect: str, yi: float, vi: float) -> EffectRow:
    return EffectRow(
        study="s", effect=effect, cluster="s", label="", year=None, measure="ZCOR", yi=yi, vi=vi, n=None,
        route="r, n", formula="", flag="direct",
    )  # fmt: skip


@given(st.floats(-2, 2), st.floats(1e-4, 1))
def test_an_effect_entered_twice_aggregates_to_itself(yi: float, vi: float) -> None:
    twice = Effects("ZCOR", (row("a", yi, vi), row("b", yi, vi)))
    found = aggregate_effects(twice, 1 - 1e-6).rows[0]
    assert found.yi == pytest.approx(yi, rel=1e-8, abs=1e-12)  # V is within 1e-6 of singular
    assert found.vi == pytest.approx(vi, rel=1e-6)  # 1 − ρ


effects = st.lists(st.tuples(st.floats(-2, 2), st.floats(0.01, 1)), min_size=2, max_size=6)


@given(effects, st.randoms(use_true_random=False), st.sampled_from(["gls", "equal"]))
def test_the_order_inside_a_cluster_is_irrelevant(
    pairs: list[tuple[float, float]], rng: Any, how: Any
) -> None:
    rows = [row(f"e{i}", *pair) for i, pair in enumerate(pairs)]
    shuffled = list(rows)
    rng.shuffle(shuffled)
    one, two = (aggregate_effects(Effects("ZCOR", tuple(x)), 0.4, how).rows[0] for x in (rows, shuffled))
    assert two.yi == pytest.approx(one.yi, rel=1e-10, abs=1e-12)  # a linear solve in another order
    assert two.vi == pytest.approx(one.vi, rel=1e-10)


@given(effects, st.floats(-3, 3), st.floats(0.1, 10))
def test_aggregation_shifts_and_scales_with_the_effects(
    pairs: list[tuple[float, float]], shift: float, scale: float
) -> None:
    rows = tuple(row(f"e{i}", *pair) for i, pair in enumerate(pairs))
    moved = tuple(
        dataclasses.replace(item, yi=scale * item.yi + shift, vi=scale**2 * item.vi) for item in rows
    )
    one, two = (aggregate_effects(Effects("ZCOR", x), 0.4).rows[0] for x in (rows, moved))
    assert two.yi == pytest.approx(scale * one.yi + shift, rel=1e-9, abs=1e-9)  # a linear solve
    assert two.vi == pytest.approx(scale**2 * one.vi, rel=1e-9)


@given(st.floats(-0.95, 0.95), st.integers(10, 500))
def test_rounding_to_two_decimals_never_makes_routes_disagree(r: float, n: int) -> None:
    """The rounding intervals of r and of its own t overlap."""
    t = r * math.sqrt((n - 2) / (1 - r * r))
    texts_r, texts_t = f"{r:.2f}", f"{t:.2f}"
    a = compute_route(0, {"r": float(texts_r), "n": n}, "ZCOR", Setting(), better=None, texts={"r": texts_r})[
        0
    ]
    b = compute_route(
        1, {"t": float(texts_t), "df": n - 2}, "ZCOR", Setting(), better=None, texts={"t": texts_t}
    )[0]
    assert a.rounding[0] <= b.rounding[1] + 1e-12
    assert b.rounding[0] <= a.rounding[1] + 1e-12
