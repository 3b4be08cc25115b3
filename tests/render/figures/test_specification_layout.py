"""The specification curve and the confounding figure by their layouts."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest

from rupmeta.errors import EstimationError
from rupmeta.render.figures.confounding.data import ConfoundingData
from rupmeta.render.figures.confounding.layout import lay_out_confounding
from rupmeta.render.figures.layout import Circle, Line, Path, Polygon, Rect, Text
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.palettes import PALETTES, paint
from rupmeta.render.figures.specification.data import (
    SpecificationChoice,
    SpecificationData,
    SpecificationPoint,
)
from rupmeta.render.figures.specification.layout import lay_out_specification
from rupmeta.render.figures.text_width import text_width
from rupmeta.render.multiverse.figure import specification_data


def curve(number: int = 12, **more: Any) -> SpecificationData:
    points = tuple(
        SpecificationPoint(0.1 + 0.02 * i, -0.05 + 0.02 * i, 0.25 + 0.02 * i, (i % 2, i % 3), declared=i == 4)
        for i in range(number)
    )
    choices = (
        SpecificationChoice("Estimator", (("REML", 6, 0.2), ("DL", 6, 0.21))),
        SpecificationChoice("全部の選択 [sic] <b>", (("a", 4, 0.2), ("b", 4, 0.2), ("c" * 90, 4, None))),
    )
    return SpecificationData(
        "x-specification", "A curve", "r", points, choices, 500, 0.21, 75.0, 0.0, **more
    )  # fmt: skip


def confounding(**more: Any) -> ConfoundingData:
    c = tuple(i / 100 for i in range(61))
    left = tuple((0.3 - x * x) / (1 - x * x) for x in c)
    return ConfoundingData(
        "x-confounding",
        "Confounding",
        c,
        left,
        tuple(x - 0.15 for x in left),
        tuple(x + 0.15 for x in left),
        tuple(max(0.0, 0.8 - x) for x in c),
        0.10,
        (0.278, "alliance and outcome"),
        c_estimate=math.sqrt(0.3),
        c_limit=0.39,
        **more,
    )


def texts_of(layout: Any) -> list[Text]:
    return [mark for mark in layout.marks if isinstance(mark, Text) and not mark.rotate]


def box(mark: Text) -> tuple[float, float, float, float]:
    width = text_width(mark.text, mark.size, bold=mark.bold)
    left = mark.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[mark.anchor] * width
    return left, left + width, mark.y - 0.75 * mark.size, mark.y + 0.2 * mark.size


@pytest.mark.parametrize("layout", [lay_out_specification(curve()), lay_out_confounding(confounding())])
def test_texts_lie_inside_and_apart(layout):
    boxes = [(mark.text, *box(mark)) for mark in texts_of(layout)]
    for text, left, right, top, bottom in boxes:
        assert left >= 0, text
        assert right <= layout.width, text
        assert top >= 0, text
        assert bottom <= layout.height, text
    for i, (one, l1, r1, t1, b1) in enumerate(boxes):
        for other, l2, r2, t2, b2 in boxes[:i]:
            assert r1 <= l2 or r2 <= l1 or b1 <= t2 or b2 <= t1, (one, other)


def test_estimates_rise_from_left_to_right_and_the_declared_one_is_a_diamond():
    layout = lay_out_specification(curve())
    dots = [mark for mark in layout.marks if isinstance(mark, Circle)]
    assert len(dots) == 11
    assert all(a.x < b.x and a.y > b.y for a, b in pairwise(dots))
    assert sum(isinstance(mark, Polygon) and mark.key == "declared" for mark in layout.marks) == 1
    # -.05 + .02i is the lower limit: the first three hold zero.
    assert sum(mark.role == "spec-open" for mark in dots) == 3
    assert sum(mark.role == "spec-ci-open" for mark in layout.marks if isinstance(mark, Line)) == 3


def test_the_dashboard_marks_every_specification_once_in_each_choice():
    layout = lay_out_specification(curve(12))
    strokes = [mark for mark in layout.marks if isinstance(mark, Rect) and mark.role == "spec-mark"]
    rows = sorted({mark.y for mark in strokes})
    assert len(rows) == 5
    assert [sum(mark.y == row for mark in strokes) for row in rows] == [6, 6, 4, 4, 4]


def test_words_say_what_is_drawn_and_what_is_not():
    layout = lay_out_specification(curve(left_out=(("impossible (why)", 7),)))
    text = " ".join(mark.text for mark in texts_of(layout))
    for words in ("500 specifications", "12 of them are drawn", "7 impossible (why)", "holding zero: 25%"):
        assert words in text
        assert words in layout.desc
        assert words in layout.text
    assert len(layout.table) == 13


def test_nothing_to_draw_is_refused():
    empty = SpecificationData("x", "t", "r", (), (), 0, 0.0, 0.0, 0.0)
    with pytest.raises(EstimationError):
        lay_out_specification(empty)


def test_many_specifications_are_thinned_with_both_ends_and_the_declared_one():
    n = 5000
    options = [{"option": name, "n": n // 2, "median": 0.2} for name in ("DL", "PM")]
    answer = {
        "analysis": "a", "question": None, "title": None, "scale": "r", "level": 0.95, "synthetic": False,
        "curve": {"median": 0.2, "share_above": 0.5, "share_below": 0.0},
        "counts": {"specifications": n, "impossible": [], "repeats": 0},
        "declared": {"rank": 1234},
        "choices": [{"name": "method", "options": options}],
        "specifications": {
            "choices": {"method": [i % 2 for i in range(n)]},
            "estimate": [i / n for i in range(n)],
            "ci_lb": [i / n - 0.1 for i in range(n)],
            "ci_ub": [i / n + 0.1 for i in range(n)],
        },
    }  # fmt: skip
    data = specification_data(answer)
    drawn = [point.estimate for point in data.points]
    assert drawn == sorted(drawn)
    assert (drawn[0], drawn[-1]) == (0.0, (n - 1) / n)
    assert len(drawn) <= 241
    assert [point.estimate for point in data.points if point.declared] == [1233 / n]


def test_curves_run_where_the_numbers_are():
    data = confounding()
    layout = lay_out_confounding(data)
    curves = [mark for mark in layout.marks if isinstance(mark, Path)]
    assert len(curves) == 2
    mean, share = curves
    null = next(mark for mark in layout.marks if mark.role == "null")
    crossing = next(x for (x, y), (_, z) in pairwise(mean.points) if y <= null.y1 < z)
    span = mean.points[-1][0] - mean.points[0][0]
    c = 0.6 * (crossing - mean.points[0][0]) / span
    assert c == pytest.approx(math.sqrt(0.3), abs=0.01)  # the grid of c has steps of .01
    assert all(a[1] <= b[1] for a, b in pairwise(share.points))
    benchmark = [mark for mark in layout.marks if mark.role == "benchmark"]
    assert len(benchmark) == 2
    assert (benchmark[0].x1 - mean.points[0][0]) / span == pytest.approx(0.278 / 0.6, abs=1e-3)


def test_the_confounding_figure_says_what_it_does_not_show():
    layout = lay_out_confounding(confounding(footnotes=("With k = 3 this is no basis for a verdict.",)))
    for words in ("not whether there is one", "no basis for a verdict", "alliance and outcome"):
        assert words in layout.desc
        assert words in layout.text


@pytest.mark.parametrize("layout", [lay_out_specification(curve()), lay_out_confounding(confounding())])
def test_every_role_has_a_paint(layout):
    for palette in PALETTES.values():
        for mark in layout.marks:
            assert paint(mark.role, palette) != paint("no such role", palette), mark.role


@pytest.mark.parametrize("width", [420.0, 900.0])
def test_the_width_asked_for_is_kept(width):
    assert lay_out_specification(curve(), Look(width=width)).width >= 400
    assert lay_out_confounding(confounding(), Look(width=width)).width == pytest.approx(width, abs=0.02)
