"""The comparison of adjustments and the p-curve by their layouts."""

from __future__ import annotations

import itertools

import pytest

from rupmeta.errors import EstimationError
from rupmeta.render.figures.adjustments.data import AdjustmentRow, AdjustmentsData
from rupmeta.render.figures.adjustments.layout import lay_out_adjustments
from rupmeta.render.figures.layout import Circle, Line, Polygon, Rect, Text
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.p_curve.data import PCurveData
from rupmeta.render.figures.p_curve.layout import lay_out_p_curve

ROWS = (
    AdjustmentRow("unadjusted", "None: as pooled", 0.15, 0.08, 0.22, "All is there."),
    AdjustmentRow("step", "Selection: step function", 0.09, -0.01, 0.18, "One step."),
    AdjustmentRow("beta", "Selection: beta density", -0.05, -0.99, 0.98, "A density."),
    AdjustmentRow("copas", "Selection: Copas", None, None, None, "A grid.", "no asymmetry"),
)
DATA = AdjustmentsData("repair-adjustments", "Is it so?", "r", ROWS, 16)
CURVE = PCurveData(
    "repair-p-curve", "Is it so?", (56.0, 11.0, 22.0, 0.0, 11.0), (44.0, 20.0, 14.0, 12.0, 10.0), 9, 7
)


def test_every_row_stands_with_its_numbers() -> None:
    layout = lay_out_adjustments(DATA)
    texts = [mark.text for mark in layout.marks if isinstance(mark, Text)]
    for row in ROWS:
        assert row.label in texts
    assert ".15 [.08, .22]".replace(" .22", "\u00a0.22") in texts
    assert "—" in texts
    assert "Selection: Copas: no asymmetry." in texts
    assert [row[2] for row in layout.table[1:]] == ["All is there.", "One step.", "A density.", "A grid."]
    assert "2 adjustments lie between −.05" in layout.desc


def test_marks_stand_where_the_numbers_are() -> None:
    layout = lay_out_adjustments(DATA)
    null = next(mark for mark in layout.marks if isinstance(mark, Line) and mark.role == "null")
    pooled = next(mark for mark in layout.marks if isinstance(mark, Line) and mark.role == "pooled-line")
    square = next(mark for mark in layout.marks if isinstance(mark, Rect) and mark.key == "step")
    share = (square.x + square.width / 2 - null.x1) / (pooled.x1 - null.x1)
    assert share == pytest.approx(0.09 / 0.15, abs=0.01)  # coordinates are rounded to 0.01 pt
    arrows = [mark for mark in layout.marks if isinstance(mark, Polygon) and mark.role == "arrow"]
    assert {mark.key for mark in arrows} == {"beta"}


def test_texts_lie_inside_and_rows_do_not_overlap() -> None:
    for width in (None, 420.0):
        layout = lay_out_adjustments(DATA, Look(width=width))
        words = [mark for mark in layout.marks if isinstance(mark, Text) and mark.key]
        assert all(0 <= word.x <= layout.width for word in words)
        lines = sorted({word.y for word in words})
        assert min(b - a for a, b in itertools.pairwise(lines)) > 9


def test_few_effects_are_said_to_be_few() -> None:
    few = AdjustmentsData("n", "t", "r", ROWS, 6)
    assert "With k = 6, fewer than 10 effects, selection cannot be judged." in lay_out_adjustments(few).desc
    assert "With k" not in lay_out_adjustments(DATA).desc


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(EstimationError, match="nothing to compare"):
        lay_out_adjustments(AdjustmentsData("n", "t", "r", ROWS[3:], 16))


def test_the_comparison_in_characters() -> None:
    text = lay_out_adjustments(DATA).text
    assert "◆" in text
    assert "◄" in text
    assert "Each row holds only if its assumption does" in text


def test_the_p_curve_shows_its_shares() -> None:
    layout = lay_out_p_curve(CURVE)
    points = [mark for mark in layout.marks if isinstance(mark, Circle)]
    assert len(points) == 5
    heights = [mark.y for mark in points]
    assert heights[0] == min(heights)
    assert heights[3] == max(heights)
    texts = [mark.text for mark in layout.marks if isinstance(mark, Text)]
    assert {"56%", "11%", "22%", "0%"} <= set(texts)
    assert layout.table[1] == (".01", "56", "44", "20")
    assert "9 results enter" in layout.desc
    assert "█" in layout.text


def test_a_share_in_a_dip_is_written_below_its_point() -> None:
    marks = lay_out_p_curve(CURVE).marks
    point = next(mark for mark in marks if isinstance(mark, Circle) and mark.key == "p2")
    label = next(
        mark for mark in marks if isinstance(mark, Text) and mark.text == "11%" and mark.x == point.x
    )
    assert label.y > point.y
