"""The four journal layouts, cell by cell of the table that they were made from."""

from dataclasses import replace

import pytest
from figure_geometry import assert_tidy, by_role, text_box

from rupmeta.render.figures.forest.data import (
    ForestGroup,
    ForestRow,
    HeterogeneityLine,
    OverallTest,
    PooledRow,
)
from rupmeta.render.figures.forest.layout import lay_out_forest
from rupmeta.render.figures.forest.rows import body_rows, tail_rows
from rupmeta.render.figures.italics import italic_runs
from rupmeta.render.figures.looks import CM, JOURNALS, Look
from rupmeta.render.figures.palettes import PALETTES, paint

SIZES = [1, 2, 3, 24, 200]


def texts(layout, *roles):
    return [mark.text for mark in by_role(layout, *roles)]


@pytest.mark.parametrize("labels", ["short", "long", "cjk"])
@pytest.mark.parametrize("k", SIZES)
@pytest.mark.parametrize("journal", sorted(JOURNALS))
def test_every_size_and_label_is_tidy(forest, journal, k, labels):
    layout = lay_out_forest(forest(k, labels), Look(JOURNALS[journal]))
    assert_tidy(layout)
    assert len(layout.pages) == (1 if k <= 40 else 6)  # the rows, and what closes the last page
    for page in layout.pages:  # header and axis on every page
        assert any(mark.role == "header" for mark in page.marks)
        assert any(mark.role == "tick" for mark in page.marks)


@pytest.mark.parametrize(
    ("journal", "order"),
    [
        ("revman", ["Study", "N", "Weight", "r", "[95% CI]", "IV, Random, 95% CI"]),
        ("bmj", ["Study", "N", "r, IV, random (95% CI)", "Weight (%)", "r", "(95% CI)"]),
        ("jama", ["Source", "N", "r", "(95% CI)", "Weight"]),
        ("apa", ["Study", "N", "r and 95% CI", "r", "[95% CI]", "Weight"]),
    ],
)
def test_columns_stand_in_the_order_of_the_journal(forest, journal, order):
    layout = lay_out_forest(forest(), Look(JOURNALS[journal]))
    headers = sorted(by_role(layout, "header"), key=lambda mark: text_box(mark)[0])
    assert [mark.text for mark in headers] == order
    assert len({mark.y for mark in headers}) == 1
    assert all(mark.bold for mark in headers)


@pytest.mark.parametrize(("journal", "cm"), [("revman", 6), ("bmj", 8), ("jama", 8), ("apa", 6)])
def test_the_plot_has_the_width_of_the_journal(forest, journal, cm):
    layout = lay_out_forest(forest(), Look(JOURNALS[journal]))
    axis = by_role(layout, "axis")[0]
    assert axis.x2 - axis.x1 + 8 == pytest.approx(cm * CM, abs=0.02)  # 4 pt on either side for arrowheads


@pytest.mark.parametrize(
    ("journal", "interval", "weight"),
    [
        ("revman", ("[-0.14, 0.46]", "[0.10, 0.46]"), "12.3%"),
        ("bmj", ("(-0.14 to 0.46)", "(0.10 to 0.46)"), "12.3"),
        ("jama", ("(-.14 to .46)", "(.10-.46)"), "12.3%"),
        ("apa", ("[-.14, .46]", "[.10, .46]"), "12.3%"),
    ],
)
def test_intervals_and_weights_are_written_as_the_journal_writes_them(forest, journal, interval, weight):
    rows = (
        ForestRow("a", "Ash (2001)", 0.29, -0.14, 0.46, 12.3, 30),
        ForestRow("b", "Elm (2001)", 0.29, 0.10, 0.46, 87.7, 30),
    )
    layout = lay_out_forest(forest(groups=(ForestGroup(rows),)), Look(JOURNALS[journal]))
    shown = [text.replace("\u00a0", " ").replace("−", "-") for text in texts(layout, "study")]
    assert {*interval, weight} <= set(shown)


@pytest.mark.parametrize(
    ("journal", "measure", "square"),
    [
        ("revman", "r", "#c00000"),  # generic inverse variance: red
        ("revman", "d", "#007d3c"),  # continuous: green
        ("revman", "or", "#0000c0"),  # dichotomous: blue
        ("bmj", "r", "#0072B2"),
        ("jama", "r", "#00346b"),
        ("apa", "or", "#0072B2"),
    ],
)
def test_squares_have_the_colour_of_the_journal_and_the_measure(forest, journal, measure, square):
    rows = (ForestRow("a", "Ash (2001)", 0.9, 0.5, 0.99, 100, 30),)
    pooled = PooledRow("Pooled", 0.9, 0.5, 0.99, 1)
    data = forest(measure=measure, groups=(ForestGroup(rows),), pooled=pooled, pi_lb=None, pi_ub=None)
    layout = lay_out_forest(replace(data, references=()), Look(JOURNALS[journal]))
    assert paint("square", PALETTES[layout.palette]).fill == square


@pytest.mark.parametrize(
    ("journal", "fill"), [("revman", "#000000"), ("jama", "#7fb2dd"), ("bmj", "#D55E00"), ("apa", "#D55E00")]
)
def test_the_diamond_has_the_colour_of_the_journal(forest, journal, fill):
    layout = lay_out_forest(forest(), Look(JOURNALS[journal]))
    assert paint("pooled", PALETTES[layout.palette]).fill == fill


@pytest.mark.parametrize(
    ("journal", "bold"), [("revman", True), ("bmj", False), ("jama", False), ("apa", True)]
)
def test_pooled_rows_are_bold_or_plain(forest, journal, bold):
    layout = lay_out_forest(forest(), Look(JOURNALS[journal]))
    assert {mark.bold for mark in by_role(layout, "pooled-label")} == {bold}


def test_only_jama_has_favours_labels_on_top_bold_and_numbers_flush_left(forest):
    for name, journal in JOURNALS.items():
        layout = lay_out_forest(forest(), Look(journal))
        plot_top = by_role(layout, "rule")[0].y1
        favours = by_role(layout, "favours")
        assert len(favours) >= 2
        assert all((mark.y < plot_top) == (name == "jama") for mark in favours)
        assert {mark.bold for mark in favours} == {name == "jama"}
        cells = [mark for mark in by_role(layout, "study") if mark.text.endswith("%")]
        assert {mark.anchor for mark in cells} <= {"start" if name == "jama" else "end"}
        assert (texts(layout, "axis-title") == ["Correlation (95% CI)"]) == (name == "jama")


def test_only_jama_has_no_blank_rows(grouped):
    for name, journal in JOURNALS.items():
        look = Look(journal)
        blank = [row for row in (*body_rows(grouped, look), *tail_rows(grouped, look)) if row.kind == "blank"]
        assert bool(blank) is (name != "jama")


def test_revman_tests_every_subgroup_and_the_difference_and_sums_the_weights(grouped):
    with_tests = replace(
        grouped,
        groups=tuple(
            replace(
                group,
                pooled=replace(
                    group.pooled,
                    heterogeneity=HeterogeneityLine(5.2, 3, 0.158, 0.012, 42.0),
                    test=OverallTest(2.1, None, 0.036),
                ),
            )
            for group in grouped.groups
        ),
    )
    layout = lay_out_forest(with_tests, Look(JOURNALS["revman"]))
    assert_tidy(layout)
    small = " ".join(texts(layout, "muted")).replace("\u00a0", " ")
    assert small.count("Heterogeneity: Tau² = 0.012; Chi² = 5.20, df = 3 (P = 0.16); I² = 42%") == 3
    assert small.count("Test for overall effect: Z = 2.10 (P = 0.04)") == 3
    said = [text.replace("\u00a0", " ") for text in texts(layout, "statistics")]
    assert "Test for subgroup differences: Chi² = 4.10, df = 2 (P = 0.13)" in said
    assert texts(layout, "header")[0] == "Study or Subgroup"
    total = sum(row.weight for row in with_tests.rows)
    assert f"{total:.1f}%" in texts(layout, "pooled-label")
    for name in ("apa", "bmj", "jama"):
        assert "Test for overall effect" not in " ".join(
            texts(lay_out_forest(with_tests, Look(JOURNALS[name])), "muted")
        )


def test_tau2_is_not_shown_in_jama(grouped):
    layout = lay_out_forest(grouped, Look(JOURNALS["jama"]))
    assert "τ" not in " ".join(texts(layout, "statistics", "muted"))


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("Heterogeneity: Q(10) = 24.10, p = .007, τ = 0.14 (Fisher's z), I² = 59%", "QpI"),
        ("Heterogeneity: χ²₁₀ = 24.10; P = .007; I² = 59%", "PI"),
        ("Overall effect: t(10) = 5.03, p < .001", "tp"),
        ("With k = 3, fewer than 10 effects, asymmetry cannot be judged.", "k"),
        ("Test of sessions: F(1, 22) = 0.02, p = .899; R² = 0% of τ².", "FpR"),
        ("a word in a sentence about I and a study (A) of Smith", ""),
    ],
)
def test_latin_statistics_are_italic_and_nothing_else(text, letters):
    runs = italic_runs(text)
    assert "".join(run for run, _ in runs) == (text if letters else "")
    assert "".join(run for run, italic in runs if italic) == letters


def test_effects_of_one_study_stand_indented_under_it(forest):
    rows = tuple(
        ForestRow(
            f"a/{i}", f"BDI, phase {i}", 0.1 * i, 0.1 * i - 0.1, 0.1 * i + 0.1, 20, 40, parent="Ash (2001)"
        )
        for i in (1, 2)
    )
    after = ForestRow("b/1", "Elm (2002)", 0.3, 0.2, 0.4, 60, 90)
    for journal in JOURNALS.values():
        layout = lay_out_forest(forest(groups=(ForestGroup((*rows, after)),)), Look(journal))
        assert_tidy(layout)
        x = {mark.text: mark.x for mark in by_role(layout, "study")}
        assert x["BDI, phase 1"] == x["BDI, phase 2"] > x["Ash (2001)"] == x["Elm (2002)"]
        assert [row[0] for row in layout.table[1:3]] == [
            "Ash (2001), BDI, phase 1",
            "Ash (2001), BDI, phase 2",
        ]
    assert "Ash (2001)\n" in "\n".join(line.split("│")[0].strip() for line in layout.text.splitlines()) + "\n"
