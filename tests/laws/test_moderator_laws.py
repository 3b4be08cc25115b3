"""What must hold for moderators whatever the numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from moderated_effects import FITS, with_moderators

from rupmeta.explore.contrasts import compare_pairs
from rupmeta.explore.moderators import moderate
from rupmeta.explore.overlap import compare_moderators
from rupmeta.results import Estimate

FEW = settings(max_examples=12, deadline=None)


@st.composite
def tables(draw: Any) -> dict[str, Any]:
    """Nine to fourteen effects with a category of three levels, each with three effects, and a number."""
    k = draw(st.integers(9, 14))
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    levels = ["a", "b", "c"] * 3 + [str(level) for level in rng.choice(["a", "b", "c"], k - 9)]
    return {
        "yi": rng.normal(0.3, 0.3, k),
        "vi": rng.uniform(0.01, 0.1, k),
        "g": levels,
        "x": rng.normal(size=k) + np.array([level == "c" for level in levels]),
    }


def effects(table: dict[str, Any], **changed: Any) -> Any:
    table = {**table, **changed}
    return with_moderators(
        np.asarray(table["yi"]).tolist(),
        np.asarray(table["vi"]).tolist(),
        {"g": list(table["g"]), "x": np.asarray(table["x"]).tolist()},
    )


def slopes(table: dict[str, Any], test: str = "z") -> Any:
    return moderate(effects(table), ["g", "x"], FITS[test])


@FEW
@given(tables())
def test_the_order_of_studies_is_irrelevant(table: dict[str, Any]) -> None:
    order = np.random.default_rng(0).permutation(len(table["yi"]))
    turned = {key: [value[i] for i in order] for key, value in table.items()}
    one, two = slopes(table), slopes(turned)
    for a, b in zip(one.fit.coefficients, two.fit.coefficients, strict=True):
        np.testing.assert_allclose((b.estimate, b.se), (a.estimate, a.se), rtol=1e-6, atol=1e-9)


@FEW
@given(tables())
def test_a_constant_moves_the_intercept_alone(table: dict[str, Any]) -> None:
    one, two = slopes(table), slopes({**table, "yi": table["yi"] + 2.0})
    moved = [b.estimate - a.estimate for a, b in zip(one.fit.coefficients, two.fit.coefficients, strict=True)]
    np.testing.assert_allclose(moved, [2.0, 0.0, 0.0, 0.0], atol=1e-6)


@FEW
@given(tables(), st.floats(0.01, 100), st.floats(-50, 50))
def test_units_of_a_number_change_its_slope_alone(table: dict[str, Any], scale: float, shift: float) -> None:
    one, two = slopes(table, "knha"), slopes({**table, "x": table["x"] * scale + shift}, "knha")
    a, b = one.fit.coefficients[-1], two.fit.coefficients[-1]
    np.testing.assert_allclose(b.estimate * scale, a.estimate, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(b.pval, a.pval, rtol=1e-5)
    first, second = (
        compare_moderators(effects(t), "g", "x", FITS["z"])
        for t in (table, {**table, "x": table["x"] * scale + shift})
    )
    np.testing.assert_allclose(second.association, first.association, rtol=1e-6)


@FEW
@given(tables())
def test_names_of_levels_do_not_matter(table: dict[str, Any]) -> None:
    """Another reference level: the same test of the category, the same pairs but for their sign."""
    renamed = {**table, "g": [{"a": "z", "b": "y", "c": "x"}[level] for level in table["g"]]}
    one, two = slopes(table), slopes(renamed)
    a, b = one.term_tests[0][1], two.term_tests[0][1]
    assert a is not None
    assert b is not None
    np.testing.assert_allclose(b.stat, a.stat, rtol=1e-6)
    sizes = [
        sorted(abs(c.estimate.estimate) for c in compare_pairs(m) if isinstance(c.estimate, Estimate))
        for m in (one, two)
    ]
    np.testing.assert_allclose(sizes[1], sizes[0], rtol=1e-6, atol=1e-9)


@FEW
@given(tables())
def test_overlap_is_the_same_from_both_sides(table: dict[str, Any]) -> None:
    one = compare_moderators(effects(table), "g", "x", FITS["z"])
    two = compare_moderators(effects(table), "x", "g", FITS["z"])
    assert one.verdict == two.verdict
    np.testing.assert_allclose(two.association, one.association, rtol=1e-9)
    np.testing.assert_allclose(two.first_from_second, one.second_from_first, rtol=1e-9)
    assert 0 <= one.first_from_second <= 1
    assert {c.index for c in one.carriers} == {c.index for c in two.carriers}
