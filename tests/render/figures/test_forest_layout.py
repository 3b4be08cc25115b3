"""The forest plot as data: nothing overlaps, nothing is cropped, every mark stands where its number says."""

import itertools
import math
import random
from dataclasses import replace

import pytest

from rupmeta.errors import EstimationError, UsageError
from rupmeta.render.drawing.draw import draw_data
from rupmeta.render.figures.forest.axis import forest_axis
from rupmeta.render.figures.forest.data import ForestGroup, ForestRow, PooledRow, ReferenceRow
from rupmeta.render.figures.forest.layout import lay_out_forest
from rupmeta.render.figures.layout import Line, Polygon, Rect, Text
from rupmeta.render.figures.looks import JOURNALS, Look
from rupmeta.render.figures.text_width import text_width

A4 = 842.0  # points
ASCENT, DESCENT = 0.76, 0.21  # of DejaVu Sans, of the type size: letters, brackets and their tails
ROUNDING = 0.01  # coordinates are rounded to 0.01 pt


def box(text):
    """Left, top, right, bottom of an unrotated text."""
    width = text_width(text.text, text.size, bold=text.bold)
    left = text.x - {"start": 0, "middle": width / 2, "end": width}[text.anchor]
    return left, text.y - ASCENT * text.size, left + width, text.y + DESCENT * text.size


def overlap(a, b):
    return (
        a[0] < b[2] - ROUNDING
        and b[0] < a[2] - ROUNDING
        and a[1] < b[3] - ROUNDING
        and b[1] < a[3] - ROUNDING
    )


def assert_clean(layout):
    """No two texts overlap, no text lies on a mark of the plot, everything lies on its page."""
    for page in layout.pages:
        texts = [(mark, box(mark)) for mark in page.marks if isinstance(mark, Text)]
        for (a, box_a), (b, box_b) in itertools.combinations(sorted(texts, key=lambda pair: pair[1][1]), 2):
            assert not overlap(box_a, box_b), (a.text, b.text)
        for mark, (left, top, right, bottom) in texts:
            assert left >= 0, mark
            assert top >= 0, mark
            assert right <= page.width, mark
            assert bottom <= page.height, mark
        for mark in page.marks:
            for x, y in corners(mark):
                assert 0 <= x <= page.width
                assert 0 <= y <= page.height
        drawn = [
            mark
            for mark in page.marks
            if mark.role in ("square", "square-hollow", "arrow", "pooled", "pi", "ci")
        ]
        rows = [pair for pair in texts if pair[0].role in ("study", "pooled-label", "muted", "heading")]
        for mark in drawn:
            xs, ys = zip(*corners(mark), strict=True)
            shape = (min(xs), min(ys), max(xs), max(ys))
            assert not any(overlap(shape, other) for _, other in rows), mark


def corners(mark):
    if isinstance(mark, Line):
        return [(mark.x1, mark.y1), (mark.x2, mark.y2)]
    if isinstance(mark, Rect):
        return [(mark.x, mark.y), (mark.x + mark.width, mark.y + mark.height)]
    return mark.points if isinstance(mark, Polygon) else []


def by_role(layout, role):
    return [mark for mark in layout.marks if mark.role == role]


def squares(layout):
    return [mark for mark in layout.marks if mark.role in ("square", "square-hollow")]


@pytest.mark.parametrize("labels", ["short", "long", "cjk", "hostile"])
@pytest.mark.parametrize("k", [1, 3, 24, 200])
def test_nothing_overlaps_or_is_cropped(forest, k, labels):
    assert_clean(lay_out_forest(forest(k, labels)))


@pytest.mark.parametrize("journal", sorted(JOURNALS))
def test_every_journal_layout_is_clean(grouped, journal):
    layout = lay_out_forest(grouped, Look(JOURNALS[journal]))
    assert_clean(layout)
    heading = "Study or Subgroup" if journal == "revman" else JOURNALS[journal].study_heading
    assert by_role(layout, "header")[0].text == heading


def test_squares_stand_at_their_estimates_and_areas_follow_weights(forest):
    data = forest(24)
    layout = lay_out_forest(data)
    axis = _axis(layout, data)
    heaviest = max(row.weight for row in data.rows)
    assert [square.key for square in squares(layout)] == [row.key for row in data.rows]
    for square, row in zip(squares(layout), data.rows, strict=True):
        assert square.x + square.width / 2 == pytest.approx(axis.at(row.estimate), abs=ROUNDING)
        side = max(0.8 * 1.8 * 9 * math.sqrt(row.weight / heaviest), 2)  # 0.8 of a row of 1.8 type sizes
        assert square.width == square.height == pytest.approx(side, abs=ROUNDING)
    for line, row in zip(by_role(layout, "ci"), data.rows, strict=True):
        assert line.x1 == pytest.approx(max(axis.at(row.ci_lb), axis.left), abs=ROUNDING)
        assert line.x2 == pytest.approx(min(axis.at(row.ci_ub), axis.right), abs=ROUNDING)


def _axis(layout, data):
    """The axis of the page, from the drawn axis line."""
    line = next(mark for mark in layout.marks if mark.role == "axis")
    return forest_axis(data, line.x1, line.x2)


def test_diamonds_reach_from_limit_to_limit(grouped):
    layout = lay_out_forest(grouped)
    axis = _axis(layout, grouped)
    pooled = [*[group.pooled for group in grouped.groups], grouped.pooled, *grouped.references]
    diamonds = [mark for mark in layout.marks if mark.role in ("subgroup", "pooled", "reference")]
    for diamond, row in zip(diamonds, pooled, strict=True):
        top, right, bottom, left = diamond.points
        assert right[0] == pytest.approx(axis.at(row.ci_ub), abs=ROUNDING)
        assert left[0] == pytest.approx(axis.at(row.ci_lb), abs=ROUNDING)
        assert top[0] == bottom[0] == pytest.approx(axis.at(row.estimate), abs=ROUNDING)
        assert bottom[1] - top[1] == pytest.approx(2 * 0.4 * 1.8 * 9, abs=2 * ROUNDING)


def test_prediction_interval_is_a_bar_or_a_reason(forest):
    data = forest()
    layout = lay_out_forest(data)
    (bar,) = by_role(layout, "pi")
    axis = _axis(layout, data)
    assert bar.x == pytest.approx(axis.at(-0.08), abs=ROUNDING)
    assert bar.x + bar.width == pytest.approx(axis.at(0.59), abs=2 * ROUNDING)
    without = lay_out_forest(forest(pi_lb=None, pi_ub=None, pi_reason="it needs at least three studies"))
    assert by_role(without, "pi") == []
    assert "it needs at least three studies" in [mark.text for mark in by_role(without, "muted")]


def test_a_limit_beyond_the_axis_ends_in_an_arrowhead(forest):
    wide = ForestRow("wide", "Wide (2001)", 0.3, -4.0, 9.0, 5.0, 8)
    other = ForestRow("other", "Other (2002)", 0.2, 0.1, 0.3, 95.0, 800)
    data = forest(
        measure="d", groups=(ForestGroup((wide, other)),), pi_lb=None, pi_ub=None, references=(),
        pooled=PooledRow("All studies", 0.21, 0.1, 0.32, 2),
    )  # fmt: skip
    layout = lay_out_forest(data)
    assert [arrow.key for arrow in by_role(layout, "arrow")] == ["wide", "wide"]
    line = next(mark for mark in by_role(layout, "ci") if mark.key == "wide")
    axis = _axis(layout, data)
    assert (line.x1, line.x2) == (axis.left, axis.right)
    tips = sorted(arrow.points[0][0] for arrow in by_role(layout, "arrow"))
    assert tips[0] < axis.left
    assert tips[1] > axis.right
    assert_clean(layout)


def test_a_subgroup_diamond_beyond_the_axis_is_cut_and_marked(forest, rows):
    group = ForestGroup(rows(2), "Late", PooledRow("Pooled", 0.3, -0.99, 0.99, 2))
    layout = lay_out_forest(forest(groups=(group,), measure="d", pi_lb=None, pi_ub=None, references=()))
    (diamond,) = by_role(layout, "subgroup")
    assert len(diamond.points) > 4
    assert [arrow.key for arrow in by_role(layout, "arrow") if arrow.key.startswith("pooled")] != []
    assert_clean(layout)


def test_ratios_stand_on_a_logarithmic_axis(forest):
    rows = tuple(ForestRow(f"s{i}", f"Trial {i}", x, x / 2, x * 2, 50, 90) for i, x in enumerate((0.5, 2.0)))
    pooled = PooledRow("All studies", 1.0, 0.5, 2.0, 2)
    data = forest(
        measure="or", groups=(ForestGroup(rows),), pooled=pooled, pi_lb=None, pi_ub=None, references=()
    )
    layout = lay_out_forest(data)
    low, high = (square.x + square.width / 2 for square in squares(layout))
    null = by_role(layout, "null")[0].x1
    assert null - low == pytest.approx(high - null, abs=2 * ROUNDING)  # 1/2 and 2 lie equally far from 1
    assert "OR" in [mark.text for mark in by_role(layout, "header")]


def test_pages_of_forty_rows_repeat_header_and_axis_and_pool_last(forest):
    layout = lay_out_forest(forest(90))
    assert len(layout.pages) == 3
    for page in layout.pages:
        roles = [mark.role for mark in page.marks]
        drawn = sum(role in ("square", "square-hollow") for role in roles)
        assert drawn <= 40
        assert drawn < 30 if page is layout.pages[-1] else drawn > 30  # the last holds the pooled rows too
        assert page.height < A4
        assert "Study" in [mark.text for mark in page.marks if mark.role == "header"]
        assert "tick" in roles
        assert "null" in roles
        assert ("pooled" in roles) == (page is layout.pages[-1])
    assert len(lay_out_forest(forest(90), Look(rows_per_page=None)).pages) == 1
    assert len(lay_out_forest(forest(40)).pages) == 1


def test_a_page_does_not_end_with_a_heading(forest, rows):
    groups = tuple(ForestGroup(rows(1, seed=i), f"Level {i}") for i in range(60))
    for page in lay_out_forest(forest(groups=groups)).pages:
        words = [mark for mark in page.marks if mark.role in ("heading", "study")]
        last = max(
            (mark for mark in words if mark.anchor == "start" and mark.key != "prediction"), key=lambda m: m.y
        )
        assert last.role == "study"


def test_a_narrow_page_shrinks_the_plot_then_drops_columns_then_refuses(forest):
    data = forest()
    natural = lay_out_forest(data).width
    shrunk = lay_out_forest(data, Look(width=natural - 30))
    assert shrunk.width == pytest.approx(natural - 30, abs=ROUNDING)
    assert {"N", "Weight"} <= {mark.text for mark in by_role(shrunk, "header")}
    without_n = {mark.text for mark in by_role(lay_out_forest(data, Look(width=natural - 80)), "header")}
    assert "N" not in without_n
    assert "Weight" in without_n
    neither = lay_out_forest(data, Look(width=natural - 130))
    assert {"N", "Weight"}.isdisjoint(mark.text for mark in by_role(neither, "header"))
    assert_clean(neither)
    with pytest.raises(UsageError, match=r"it needs \d+ pt"):
        draw_data("forest", data, Look(width=200))


def test_labels_wrap_at_32_characters_and_keep_their_year(forest):
    layout = lay_out_forest(forest(2, "long"))
    labels = [mark.text for mark in layout.marks if mark.role == "study" and mark.anchor == "start"]
    assert labels[0] == "Safran, Muran, Samstag, Stevens"
    assert labels[1].endswith("… (2005)")
    assert all(len(label) <= 32 + len(" †‡") for label in labels)
    assert any(
        "goes on for a good while yet (2005)" in row[0] for row in layout.table
    )  # in full in the table


def test_marks_and_footnotes_belong_together(forest):
    layout = lay_out_forest(forest(5))
    labels = " ".join(mark.text for mark in by_role(layout, "study"))
    notes = " ".join(mark.text for mark in by_role(layout, "footnote"))
    for mark in "†‡§":
        assert mark in labels
        assert mark in notes
    assert "¶" not in labels + notes
    plain = tuple(
        replace(row, provisional=False, converted=False, approximate=False) for row in forest(5).rows
    )
    notes = by_role(lay_out_forest(forest(groups=(ForestGroup(plain),), references=())), "footnote")
    assert notes == []


def test_provisional_effects_are_hollow(forest):
    data = forest(10)
    hollow = {mark.key for mark in by_role(lay_out_forest(data), "square-hollow")}
    assert hollow == {row.key for row in data.rows if row.provisional}


def test_banners_stand_on_every_page(forest):
    layout = lay_out_forest(forest(90, banners=("synthetic data, not evidence",)))
    assert [mark.text for mark in by_role(layout, "banner")] == ["synthetic data, not evidence"] * 3
    assert layout.desc.startswith("synthetic data, not evidence.")


def test_published_figures_are_hollow_and_never_at_the_pooled_place(forest):
    references = (ReferenceRow("A (2018)", 0.29, 0.1, 0.47, 11, 1314), ReferenceRow("B (2011)", 0.24))
    layout = lay_out_forest(forest(references=references))
    diamonds = by_role(layout, "reference")
    assert len(diamonds) == 2
    (pooled,) = by_role(layout, "pooled")
    assert min(y for diamond in diamonds for _, y in diamond.points) > max(y for _, y in pooled.points)
    assert "published, not pooled" in [mark.text for mark in by_role(layout, "muted")]


def test_without_a_pooled_effect_the_reason_stands_there(forest):
    layout = lay_out_forest(
        forest(1, pooled=None, pooled_reason="one effect is not a synthesis", pi_lb=None, pi_ub=None)
    )
    assert by_role(layout, "pooled") == []
    assert by_role(layout, "pooled-line") == []
    assert "one effect is not a synthesis" in [mark.text for mark in by_role(layout, "muted")]
    assert "Not pooled: one effect is not a synthesis." in layout.desc


def test_nothing_to_draw_is_said():
    from rupmeta.render.figures.forest.data import ForestData

    with pytest.raises(EstimationError, match="at least one effect"):
        lay_out_forest(ForestData("a", "b", "r", (), None))


def test_a_layout_is_equal_to_itself_and_its_digest_sees_a_change(forest):
    data = forest()
    assert lay_out_forest(data) == lay_out_forest(data)
    assert lay_out_forest(data).digest() == lay_out_forest(data).digest()
    moved = forest(pooled=replace(data.pooled, estimate=0.30))
    assert lay_out_forest(moved).digest() != lay_out_forest(data).digest()


def test_labels_without_glyphs_are_noted(forest):
    notes = lay_out_forest(forest(3, "cjk")).notes
    assert [note.code for note in notes] == ["GLYPH"]
    assert notes[0].where.startswith("田中太郎")
    assert lay_out_forest(forest(3, "short")).notes == ()


@pytest.mark.parametrize("seed", range(60))
def test_any_numbers_give_a_clean_figure(forest, seed):
    """Tiny and huge effects, intervals of any width or none, absent weights and sizes."""
    rng = random.Random(seed)
    measure, scale = rng.choice(["r", "d", "or"]), rng.choice([1e-6, 0.01, 1.0, 30.0, 1e6])

    def numbers():
        drawn = sorted(rng.gauss(0, scale) for _ in range(3))
        if measure == "r":
            drawn = [math.tanh(x) for x in drawn]
        if measure == "or":
            drawn = [math.exp(max(-30.0, min(30.0, x))) for x in drawn]
        return (drawn[1], drawn[0], drawn[2]) if rng.random() < 0.9 else (drawn[1],) * 3

    rows = tuple(
        ForestRow(
            f"s{i}", "Study" * rng.randint(1, 14), *numbers(),
            weight=rng.choice([None, 0.0, 3.3, 50.0]), n=rng.choice([None, 10, 123456]),
        )
        for i in range(rng.randint(1, 8))
    )  # fmt: skip
    group = ForestGroup(
        rows, rng.choice([None, "Level"]), rng.choice([None, PooledRow("Sub", *numbers(), 2)])
    )
    limits = sorted(numbers())
    data = forest(
        measure=measure,
        groups=(group,),
        pooled=PooledRow("All", *numbers(), 3),
        pi_lb=limits[0],
        pi_ub=limits[2],
        references=(ReferenceRow("Published", numbers()[0]),),
    )
    assert_clean(lay_out_forest(data, Look(JOURNALS[rng.choice(sorted(JOURNALS))])))
