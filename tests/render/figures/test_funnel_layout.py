"""The funnel plot as data."""

import math
from statistics import NormalDist

import pytest

from rupmeta.errors import EstimationError
from rupmeta.render.figures.funnel.layout import lay_out_funnel
from rupmeta.render.figures.layout import Circle, Path, Polygon, Text
from rupmeta.render.figures.text_width import text_width

ROUNDING = 0.01  # coordinates are rounded to 0.01 pt


def by_role(layout, role):
    return [mark for mark in layout.marks if mark.role == role]


def positions(data, layout):
    """The affine map of the plot, from two drawn points that are not level."""
    dots = {mark.key: mark for mark in layout.marks if isinstance(mark, Circle) and mark.key}
    a, b = min(data.points, key=lambda p: p.yi), max(data.points, key=lambda p: p.yi)
    slope = (dots[b.key].x - dots[a.key].x) / (b.yi - a.yi)
    low, high = min(data.points, key=lambda p: p.sei), max(data.points, key=lambda p: p.sei)
    down = (dots[high.key].y - dots[low.key].y) / (high.sei - low.sei)
    return (
        lambda yi: dots[a.key].x + slope * (yi - a.yi),
        lambda sei: dots[low.key].y + down * (sei - low.sei),
    )


def test_every_effect_is_a_point_at_its_place(funnel):
    data = funnel()
    layout = lay_out_funnel(data)
    x, y = positions(data, layout)
    dots = {mark.key: mark for mark in layout.marks if isinstance(mark, Circle) and mark.key}
    assert list(dots) == [point.key for point in data.points]
    for point in data.points:
        assert dots[point.key].x == pytest.approx(x(point.yi), abs=3 * ROUNDING)
        assert dots[point.key].y == pytest.approx(y(point.sei), abs=3 * ROUNDING)
        assert dots[point.key].role == ("point-hollow" if point.provisional else "point")
    assert by_role(layout, "estimate")[0].x1 == pytest.approx(x(0.29), abs=3 * ROUNDING)


def test_precise_effects_stand_on_top(funnel):
    data = funnel()
    layout = lay_out_funnel(data)
    heights = {mark.key: mark.y for mark in layout.marks if isinstance(mark, Circle) and mark.key}
    by_se = sorted(data.points, key=lambda point: point.sei)
    assert [heights[point.key] for point in by_se] == sorted(heights.values())


def test_the_pseudo_interval_is_estimate_plus_minus_z_se(funnel):
    data = funnel()
    layout = lay_out_funnel(data)
    x, y = positions(data, layout)
    z = NormalDist().inv_cdf(0.975)
    lines = [mark for mark in by_role(layout, "funnel") if isinstance(mark, Path)]
    assert len(lines) == 2
    for sign, line in zip((-1, 1), lines, strict=True):
        (x0, y0), (x1, y1) = line.points
        assert x0 == pytest.approx(x(0.29), abs=3 * ROUNDING)
        assert y0 == pytest.approx(y(0.0), abs=3 * ROUNDING)
        se = (y1 - y0) / (y(1.0) - y(0.0))
        assert x1 == pytest.approx(x(0.29 + sign * z * se), abs=5 * ROUNDING)


def test_contours_stand_round_the_null(funnel):
    layout = lay_out_funnel(funnel())
    null = by_role(layout, "null")[0].x1
    cones = [mark for mark in layout.marks if isinstance(mark, Polygon) and mark.role.startswith("contour")]
    assert [cone.role for cone in cones] == ["contour-05", "contour-10", "contour-none"]
    assert {cone.points[0][0] for cone in cones} == {null}
    assert [m for m in lay_out_funnel(funnel(contours=False)).marks if isinstance(m, Polygon)] == []


def test_ticks_are_back_transformed(funnel):
    data = funnel()
    layout = lay_out_funnel(data)
    x, _ = positions(data, layout)
    ticks = [mark for mark in by_role(layout, "tick") if mark.anchor == "middle"]
    assert 3 <= len(ticks) <= 7
    for tick in ticks:
        r = float(tick.text.replace("−", "-"))
        assert tick.x == pytest.approx(x(math.atanh(r)), abs=3 * ROUNDING)


def test_ratio_ticks_are_ratios(funnel):
    data = funnel(scale="exp", measure="or")
    layout = lay_out_funnel(data)
    x, _ = positions(data, layout)
    ticks = [mark for mark in by_role(layout, "tick") if mark.anchor == "middle"]
    assert "1" in [tick.text for tick in ticks]
    for tick in ticks:
        assert tick.x == pytest.approx(x(math.log(float(tick.text))), abs=3 * ROUNDING)


def test_few_effects_carry_the_caution(funnel):
    sentence = "With k = 7, fewer than 10 effects, asymmetry cannot be judged."
    layout = lay_out_funnel(funnel(7))
    assert sentence in [mark.text for mark in by_role(layout, "footnote")]
    assert sentence in layout.desc
    assert sentence in layout.text
    assert "cannot be judged" not in lay_out_funnel(funnel(10)).desc


def test_what_is_drawn_is_in_the_key_and_nothing_else(funnel):
    extras = {"filled": ((0.1, 0.2), (0.0, 0.25)), "adjusted": 0.26, "egger": ((0.2, 0.0), (0.5, 0.3))}
    bare, full = lay_out_funnel(funnel()), lay_out_funnel(funnel(**extras))
    keyed = {
        "filled": "imputed by trim and fill",
        "adjusted": "trim-and-fill estimate",
        "egger": "Egger's regression",
    }
    for role, words in keyed.items():
        assert by_role(bare, role) == []
        assert words not in [mark.text for mark in by_role(bare, "tick")]
        assert by_role(full, role)
        assert words in [mark.text for mark in by_role(full, "tick")]
    assert len(by_role(full, "filled")) == 2 + 1  # two studies and the key


@pytest.mark.parametrize("k", [1, 2, 24, 200])
def test_nothing_overlaps_or_is_cropped(funnel, k):
    (page,) = lay_out_funnel(funnel(k, filled=((0.1, 0.2),), adjusted=0.26)).pages
    boxes = []
    for text in (mark for mark in page.marks if isinstance(mark, Text) and not mark.rotate):
        width = text_width(text.text, text.size, bold=text.bold)
        left = text.x - {"start": 0, "middle": width / 2, "end": width}[text.anchor]
        box = (left, text.y - 0.76 * text.size, left + width, text.y + 0.21 * text.size)
        assert left >= 0
        assert left + width <= page.width
        assert 0 <= box[1] < box[3] <= page.height
        assert not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in boxes), (
            text.text
        )
        boxes.append(box)
    for mark in page.marks:
        if isinstance(mark, Circle):
            assert 0 <= mark.x <= page.width
            assert 0 <= mark.y <= page.height


def test_an_empty_funnel_is_said(funnel):
    with pytest.raises(EstimationError, match="at least one effect"):
        lay_out_funnel(funnel(0))
