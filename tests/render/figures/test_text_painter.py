"""Figures in a terminal."""

import pytest

from rupmeta.render.figures.forest.layout import lay_out_forest
from rupmeta.render.figures.funnel.layout import lay_out_funnel
from rupmeta.render.figures.painters.text import cells


def lines(layout):
    return layout.text.splitlines()


def row(layout, beginning):
    return next(line for line in lines(layout) if line.strip().startswith(beginning))


def test_a_row_has_its_numbers_and_its_interval(forest):
    data = forest(3)
    line = row(lay_out_forest(data), "Ely (1999)")
    assert "■" in line
    assert "─" in line
    assert line.endswith("%")
    assert "[" in line


def test_the_estimate_stands_between_its_limits_and_in_the_order_of_the_numbers(forest):
    data = forest(3)
    layout = lay_out_forest(data)
    places = []
    for study in data.rows:
        line = row(layout, study.label)
        place = max(line.find("■"), line.find("□"))
        assert line.index("─") <= place <= max(line.rindex("─"), place)
        places.append((study.estimate, place))
    assert [place for _, place in sorted(places)] == sorted(place for _, place in places)


def test_columns_are_aligned_in_cells_with_wide_characters(forest):
    for labels in ("short", "cjk"):
        layout = lay_out_forest(forest(3, labels))
        ends = {cells(line) for line in lines(layout) if line.endswith("%") and "[" in line and "■" in line}
        assert len(ends) == 1


def test_pooled_prediction_published_and_axis_are_there(forest):
    layout = lay_out_forest(forest())
    assert "◆" in row(layout, "All studies (k = 11)")
    assert "╍" in row(layout, "95% prediction interval")
    assert "◇" in row(layout, "Eubanks")
    assert any("┴" in line for line in lines(layout))
    assert any("worse outcome │ repair goes with better outcome →" in line for line in lines(layout))
    assert "Heterogeneity" in layout.text


def test_subgroups_are_indented(grouped):
    layout = lay_out_forest(grouped)
    assert row(layout, "Early").startswith("Early")
    assert row(layout, "Pooled (k = 4)").startswith("  Pooled")


def test_an_interval_beyond_the_axis_has_an_arrow(forest):
    from rupmeta.render.figures.forest.data import ForestGroup, ForestRow

    wide = ForestRow("w", "Wide (2001)", 0.3, -8.0, 9.0, 5.0, 8)
    layout = lay_out_forest(forest(measure="d", groups=(ForestGroup((wide,)),)))
    assert "◄" in row(layout, "Wide")
    assert "►" in row(layout, "Wide")


@pytest.mark.parametrize("labels", ["long", "hostile", "cjk"])
def test_no_control_character_reaches_the_terminal(forest, labels):
    text = lay_out_forest(forest(3, labels)).text
    assert all(char == "\n" or char.isprintable() or char in "\u00a0" for char in text)


def test_reasons_stand_where_numbers_would(forest):
    layout = lay_out_forest(
        forest(1, pooled=None, pooled_reason="one effect", pi_lb=None, pi_ub=None, pi_reason="k < 3")
    )
    assert "Not pooled: one effect" in layout.text
    assert "95% prediction interval: k < 3" in layout.text


def test_a_funnel_has_its_points_and_scales(funnel):
    data = funnel(12, filled=((0.1, 0.2),))
    text = lay_out_funnel(data).text
    plot = text.split("└")[0]
    hollow = sum(point.provisional for point in data.points)
    assert 0 < plot.count("●") <= 12 - hollow  # two effects may fall on one cell
    assert 0 < plot.count("◌") <= hollow
    assert "○" in plot
    assert "0.00 ┤" in text
