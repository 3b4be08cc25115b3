"""The answer at a glance: marks stand where the numbers say, inside the strip, for any answer."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupmeta.render.figures.answer_strip.data import AnswerStripData
from rupmeta.render.figures.answer_strip.layout import lay_out_answer_strip
from rupmeta.render.figures.layout import Circle, Layout, Line, Polygon, Rect, Text
from rupmeta.render.figures.text_width import text_width
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import NBSP

CORRELATION = st.floats(-0.99, 0.99)


def strip(effects: list[tuple[float, float]], **more: object) -> Layout:
    given_ = {"estimate": 0.3, "ci_lb": 0.1, "ci_ub": 0.47, "pi_lb": -0.35, "pi_ub": 0.75, "measure": "r"}
    rows = tuple((f"Study {i}", effect, weight) for i, (effect, weight) in enumerate(effects))
    return lay_out_answer_strip(
        AnswerStripData(name="a-answer", title="Is it?", effects=rows, **{**given_, **more})  # type: ignore[arg-type]
    )


def place(layout: Layout, value: float) -> float:
    ((_, lo, hi, left, right),) = layout.axes
    return left + (value - lo) / (hi - lo) * (right - left)


def marks(layout: Layout, kind: type, role: str) -> list:
    return [mark for mark in layout.marks if isinstance(mark, kind) and mark.role == role]


@given(st.lists(st.tuples(CORRELATION, st.floats(0.1, 100)), min_size=1, max_size=200))
def test_every_dot_stands_at_its_effect_with_the_area_of_its_weight(
    effects: list[tuple[float, float]],
) -> None:
    layout = strip(effects)
    dots = marks(layout, Circle, "point")
    assert sorted(dot.x for dot in dots) == pytest.approx(
        sorted(place(layout, x) for x, _ in effects), abs=0.01
    )
    heaviest = max(weight for _, weight in effects)
    wanted = sorted(max(1.2, 4.6 * math.sqrt(weight / heaviest)) for _, weight in effects)
    assert sorted(dot.radius for dot in dots) == pytest.approx(wanted, abs=0.01)
    for dot in dots:
        assert dot.radius <= dot.x <= layout.width - dot.radius


@given(st.tuples(*[CORRELATION] * 5).map(sorted))
def test_diamond_and_bar_reach_from_limit_to_limit(limits: list[float]) -> None:
    pi_lb, ci_lb, estimate, ci_ub, pi_ub = limits
    layout = strip([(0.2, 1.0)], estimate=estimate, ci_lb=ci_lb, ci_ub=ci_ub, pi_lb=pi_lb, pi_ub=pi_ub)
    (diamond,) = marks(layout, Polygon, "pooled")
    xs = [x for x, _ in diamond.points]
    assert xs == pytest.approx([place(layout, x) for x in (ci_lb, estimate, ci_ub, estimate)], abs=0.01)
    (bar,) = marks(layout, Rect, "pi")
    assert (bar.x, bar.x + bar.width) == pytest.approx((place(layout, pi_lb), place(layout, pi_ub)), abs=0.02)
    (null,) = marks(layout, Line, "null")
    assert null.x1 == pytest.approx(place(layout, 0.0), abs=0.01)


def test_a_ratio_stands_on_a_logarithmic_axis_with_its_null_at_one() -> None:
    layout = strip(
        [(2.0, 1.0), (4.0, 3.0)], measure="or", estimate=3.0, ci_lb=2.0, ci_ub=4.5, pi_lb=None, pi_ub=None
    )
    one, four = marks(layout, Line, "null")[0].x1, marks(layout, Circle, "point")[0].x
    two = marks(layout, Circle, "point")[1].x
    assert two - one == pytest.approx(four - two, abs=0.02)
    assert marks(layout, Rect, "pi") == []
    assert "prediction" not in layout.desc


def test_the_words_are_those_of_the_numbers() -> None:
    layout = strip([(0.04, 8.0), (0.74, 10.0), (-0.1, 1.0)], banners=("synthetic data, not evidence",))
    assert layout.desc.replace(NBSP, " ") == (
        "synthetic data, not evidence. 3 effects from r = −.10 to .74, 2 of them above no association. "
        "Pooled r = .30, 95% interval [.10, .47]. 95% prediction interval [−.35, .75]."
    )
    assert strip([(0.2, 100.0)]).desc.startswith("1 effect, r = .20.")
    assert layout.table[1] == ("Study 0", ".04", "8.0")


@pytest.mark.parametrize("measure", sorted(DISPLAY))
def test_nothing_overlaps_or_leaves_the_strip(measure: str) -> None:
    null = DISPLAY[measure].null
    layout = strip(
        [(null + 0.01, 1.0), (null + 0.6, 30.0)], measure=measure,
        estimate=null + 0.3, ci_lb=null + 0.1, ci_ub=null + 0.5, pi_lb=None, pi_ub=None,
    )  # fmt: skip
    texts = sorted(marks(layout, Text, "tick"), key=lambda t: t.x)
    ends = []
    for text in texts:
        width = text_width(text.text, text.size)
        left = text.x - (width if text.anchor == "end" else width / 2)
        ends.append((left, left + width))
    assert all(a[1] <= b[0] + 0.01 for a, b in pairwise(ends[:-1]))
    assert all(left >= -0.5 and right <= layout.width + 0.5 for left, right in ends)
