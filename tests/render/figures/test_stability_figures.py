"""Leave-one-out, cumulative, influence, Baujat and GOSH: what is laid out, from numbers to places."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from rupmeta.errors import EstimationError, UsageError
from rupmeta.render.drawing.draw import lay_out_figure
from rupmeta.render.figures.layout import Circle, Layout, Line, Path, Polygon, Rect, Text
from rupmeta.render.figures.palettes import shade
from rupmeta.render.figures.stability.baujat import lay_out_baujat
from rupmeta.render.figures.stability.data import (
    BaujatData,
    BaujatPoint,
    GoshData,
    InfluenceData,
    InfluencePanel,
)
from rupmeta.render.figures.stability.gosh import lay_out_gosh
from rupmeta.render.figures.stability.influence import lay_out_influence
from rupmeta.render.figures.text_width import text_width

HOSTILE = "[sic] <script>alert('x')</script> \x1b[31m, a label that goes on for a good while yet (2011)"


def influence(k: int = 6) -> InfluenceData:
    values = tuple(math.sin(i) for i in range(k))
    panels = tuple(
        InfluencePanel(name, values if name != "gap" else (None, *values[1:]), (-0.8, 0.8), 0.0)
        for name in ("one", "two", "gap", "four", "five", "six", "seven", "eight")
    )
    labels = tuple(HOSTILE if i == 1 else f"Study {i} (2001)" for i in range(k))
    return InfluenceData("a-influence", "Is it so?", labels, tuple(i == 1 for i in range(k)), panels)


def baujat() -> BaujatData:
    points = tuple(BaujatPoint(f"s{i}", HOSTILE, 0.1 * i, 0.02 * i * i, i == 9) for i in range(10))
    return BaujatData("a-baujat", "Is it so?", points, ("synthetic data, not evidence",), ("A note.",))


def gosh(scale: str = "tanh", measure: str = "r", subsets: int = 500) -> GoshData:
    cells = ((0, 0, 1, 0), (1, 0, 1, 0), (2, 0, 1, 1), (9, 9, 40, 10), (5, 5, 7, 6))
    return GoshData(
        "a-gosh", "Is it so?", measure, scale, 10, cells, (-0.1, 0.4), 0.2, 40.0, HOSTILE, subsets, True,
        (("Study", 0.2, 0.1),),
    )  # fmt: skip


def check_inside(layout: Layout) -> None:
    """Every mark lies on its page, words included."""
    for page in layout.pages:
        for mark in page.marks:
            if isinstance(mark, Text):
                width = 0.0 if mark.rotate else text_width(mark.text, mark.size, bold=mark.bold)
                left = mark.x - {"start": 0.0, "middle": width / 2, "end": width}[mark.anchor]
                assert left >= -0.5, mark
                assert left + width <= page.width + 0.5, mark
            xs = {
                Text: lambda m: [m.x],
                Line: lambda m: [m.x1, m.x2],
                Rect: lambda m: [m.x, m.x + m.width],
                Circle: lambda m: [m.x],
                Polygon: lambda m: [x for x, _ in m.points],
                Path: lambda m: [x for x, _ in m.points],
            }[type(mark)](mark)
            assert all(0 <= x <= page.width for x in xs), mark


@pytest.mark.parametrize("k", [1, 2, 6, 40])
def test_influence_has_a_point_for_every_number_that_is_there(k: int) -> None:
    layout = lay_out_influence(influence(k))
    check_inside(layout)
    circles = [mark for mark in layout.marks if isinstance(mark, Circle)]
    assert len(circles) == 8 * k - 1
    flagged = [mark for mark in circles if mark.role == "pooled"]
    assert len(flagged) == (8 if k > 1 else 0)
    assert {mark.key for mark in flagged} <= {"effect2"}
    assert len(layout.table) == k + 1
    assert "\x1b" not in layout.text + layout.desc


def test_a_point_stands_where_its_number_says() -> None:
    layout = lay_out_influence(influence())
    first = [mark for mark in layout.marks if isinstance(mark, Circle)][:6]
    first.sort(key=lambda mark: mark.key)  # flagged ones are drawn last, over the others
    values = [math.sin(i) for i in range(6)]
    slope = (first[1].y - first[0].y) / (values[1] - values[0])
    for mark, value in zip(first, values, strict=True):
        assert mark.y == pytest.approx(first[0].y + slope * (value - values[0]), abs=0.02)
    steps = {round(b.x - a.x, 1) for a, b in pairwise(first)}
    assert len(steps) == 1


def test_baujat_names_what_lies_far_out_and_no_two_names_meet() -> None:
    layout = lay_out_baujat(baujat())
    check_inside(layout)
    circles = {mark.key: mark for mark in layout.marks if isinstance(mark, Circle)}
    assert circles["s9"].x == max(mark.x for mark in circles.values())
    assert circles["s9"].y == min(mark.y for mark in circles.values())
    assert circles["s9"].role == "pooled"
    names = [mark for mark in layout.marks if isinstance(mark, Text) and mark.role == "study"]
    assert "s9" in {mark.key for mark in names}
    boxes = [(m.x - (text_width(m.text, m.size) if m.anchor == "end" else 0), m) for m in names]
    for i, (left, mark) in enumerate(boxes):
        for other_left, other in boxes[i + 1 :]:
            apart = (
                left + text_width(mark.text, mark.size) <= other_left
                or other_left + text_width(other.text, other.size) <= left
                or abs(mark.y - other.y) >= mark.size
            )
            assert apart
    assert layout.text.startswith("synthetic data")
    assert "\x1b" not in layout.text + layout.desc


def test_gosh_cells_keep_their_counts_apart() -> None:
    layout = lay_out_gosh(gosh())
    check_inside(layout)
    boxes = [
        mark for mark in layout.marks if isinstance(mark, Rect) and mark.role not in ("frame", "density-2")
    ]
    frame = next(mark for mark in layout.marks if isinstance(mark, Rect) and mark.role == "frame")
    roles = [mark.role for mark in boxes]
    # two neighbours of one shade are one box; the overlay begins where most subsets hold the unit
    assert sorted(roles) == ["density-1", "density-4", "overlay-1", "overlay-3"]
    pair = boxes[roles.index("density-1")]
    assert pair.width == pytest.approx(2 * frame.width / 10, abs=0.02)
    assert pair.y + pair.height == pytest.approx(frame.y + frame.height, abs=0.02)
    line = next(mark for mark in layout.marks if isinstance(mark, Line) and mark.role == "pooled-line")
    assert line.x1 == pytest.approx(frame.x + 0.6 * frame.width, abs=0.02)
    assert "█" in layout.text
    assert "\x1b" not in layout.text + layout.desc


@pytest.mark.parametrize(("scale", "measure"), [("identity", "g"), ("exp", "or"), ("tanh", "r")])
def test_gosh_ticks_are_those_of_the_scale_that_is_read(scale: str, measure: str) -> None:
    layout = lay_out_gosh(gosh(scale, measure))
    check_inside(layout)
    frame = next(mark for mark in layout.marks if isinstance(mark, Rect) and mark.role == "frame")
    bottom = frame.y + frame.height
    ticks = [
        m
        for m in layout.marks
        if isinstance(m, Text) and m.role == "tick" and m.y > bottom and m.x > frame.x - 1
    ]
    forward = {"identity": float, "exp": math.log, "tanh": math.atanh}[scale]
    assert len(ticks) >= 2
    for tick in ticks:
        value = forward(float(tick.text.replace("−", "-")))
        assert tick.x == pytest.approx(frame.x + (value + 0.1) / 0.5 * frame.width, abs=1.5)


def test_gosh_of_few_subsets_has_a_dot_for_every_cell() -> None:
    layout = lay_out_gosh(gosh(subsets=58))
    check_inside(layout)
    dots = [mark for mark in layout.marks if isinstance(mark, Circle)]
    assert sorted(dot.role for dot in dots) == [
        "density-4",
        "density-4",
        "density-4",
        "overlay-4",
        "overlay-4",
    ]
    frame = next(mark for mark in layout.marks if isinstance(mark, Rect) and mark.role == "frame")
    assert all(frame.x <= dot.x - dot.radius <= frame.x + frame.width for dot in dots)


def test_nothing_to_draw_is_said() -> None:
    with pytest.raises(EstimationError):
        lay_out_influence(InfluenceData("n", "t", (), (), ()))
    with pytest.raises(EstimationError):
        lay_out_baujat(BaujatData("n", "t", ()))
    with pytest.raises(EstimationError):
        lay_out_gosh(GoshData("n", "t", "r", "tanh", 10, (), (0, 1), 0.1, None, "u", 0, True, ()))


def test_no_subgroups() -> None:
    with pytest.raises(UsageError, match="no subgroups"):
        lay_out_figure("gosh", {}, subject=None, by={})


def test_shades_run_from_pale_to_full() -> None:
    assert [shade("#000000", i) for i in range(1, 5)] == ["#bfbfbf", "#808080", "#404040", "#000000"]
