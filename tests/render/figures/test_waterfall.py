"""The waterfall of an update, by its layout."""

from __future__ import annotations

from itertools import pairwise

import pytest

from rupmeta.errors import EstimationError
from rupmeta.render.figures.layout import Line, Rect, Text
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.painters.matplotlib import svg_bytes
from rupmeta.render.figures.waterfall import (
    WaterfallAnswer,
    WaterfallData,
    WaterfallStep,
    lay_out_waterfall,
)
from rupmeta.render.labels import DISPLAY

LEVELS = (0.30, 0.28, 0.28, 0.21, 0.35)


def data(**more: object) -> WaterfallData:
    steps = tuple(
        WaterfallStep(f"step {i}", before, after, f"{after - before:+.3f}", study=i == 2)
        for i, (before, after) in enumerate(pairwise(LEVELS))
    )
    ends = (
        WaterfallAnswer("Old (k = 3)", LEVELS[0], 0.1, 0.5, ".30 [.10, .50]"),
        WaterfallAnswer("New (k = 9)", LEVELS[-1], 0.2, 0.48, ".35 [.20, .48]"),
    )
    return WaterfallData("x-diff", "What moved", DISPLAY["r"], *ends, steps, "+.050", "In words.", **more)  # type: ignore[arg-type]


def test_every_bar_begins_where_the_one_before_it_ends() -> None:
    layout = lay_out_waterfall(data())
    marks = {
        mark.key: mark for mark in layout.marks if mark.key.startswith("step") and not isinstance(mark, Text)
    }
    spans = []
    for i in range(4):
        mark = marks[f"step {i}"]
        assert isinstance(mark, Rect if i != 1 else Line)  # step 1 changes nothing: a stroke, no bar
        ends = (mark.x, mark.x + mark.width) if isinstance(mark, Rect) else (mark.x1, mark.x2)
        falling = LEVELS[i + 1] < LEVELS[i]
        spans.append(tuple(reversed(ends)) if falling else ends)
    for (_, end), (start, _) in pairwise(spans):
        assert end == pytest.approx(start, abs=0.011)
    # bars are to scale: one unit of r is as long in every bar
    units = [(b - a) / (LEVELS[i + 1] - LEVELS[i]) for i, (a, b) in enumerate(spans) if i != 1]
    assert units == pytest.approx([units[0]] * 3, rel=2e-3)
    assert all(bottom > top for bottom, top in pairwise([marks[f"step {i}"].y for i in (3, 2, 0)]))  # type: ignore[union-attr]


def test_direction_is_said_in_signs_and_colour() -> None:
    layout = lay_out_waterfall(data())
    rects = {mark.key: mark.role for mark in layout.marks if isinstance(mark, Rect)}
    assert rects == {"step 0": "subgroup", "step 2": "subgroup", "step 3": "square"}
    texts = {mark.text for mark in layout.marks if isinstance(mark, Text)}
    assert {"-0.020", "+0.140", ".30 [.10, .50]"} <= texts
    assert ("total", "+.050") in layout.table


def test_everything_stays_on_the_page() -> None:
    for look in (Look(), Look(width=300.0)):
        layout = lay_out_waterfall(data(banners=("synthetic data, not evidence",)), look)
        page = layout.pages[0]
        for mark in page.marks:
            if isinstance(mark, Rect):
                assert mark.x >= 0
                assert mark.x + mark.width <= page.width
            if isinstance(mark, Text):
                assert 0 < mark.y <= page.height
        assert layout.desc.startswith("synthetic data, not evidence.")
    assert b"<svg" in svg_bytes(layout)


def test_no_steps_no_figure() -> None:
    empty = WaterfallData("x", "t", DISPLAY["r"], data().old, data().new, (), "", "")
    with pytest.raises(EstimationError, match="no step"):
        lay_out_waterfall(empty)


def test_the_text_has_a_line_for_every_bar() -> None:
    text = lay_out_waterfall(data()).text
    assert [line.split()[0] for line in text.splitlines()[2:8]] == ["Old", *["step"] * 4, "New"]
    assert "█" in text
    assert "▒" in text
