"""The words of a forest plot, by journal."""

from dataclasses import replace

import pytest

from rupmeta.render.figures.forest.data import BetweenTest, OverallTest
from rupmeta.render.figures.forest.words import (
    between_text,
    describe_forest,
    forest_table,
    heterogeneity_text,
    overall_text,
    row_tooltip,
    statistics_texts,
)
from rupmeta.render.figures.looks import JOURNALS
from rupmeta.render.numbers import ASCII


def plain(text):
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("journal", "heterogeneity", "overall"),
    [
        (
            "apa",
            "Heterogeneity: Q(10) = 24.10, p = .007, τ = 0.14, I² = 59%",
            "Overall effect: t(10) = 5.03, p < .001",
        ),
        (
            "revman",
            "Heterogeneity: Tau² = 0.021; Chi² = 24.10, df = 10 (P = 0.007); I² = 59%",
            "Test for overall effect: t(10) = 5.03 (P < 0.001)",
        ),
        (
            "bmj",
            "Test for heterogeneity: τ²=0.021; χ²=24.10, df=10, P=0.007; I²=59%",
            "Test for overall effect: t(10)=5.03, P<0.001",
        ),
        (
            "jama",
            "Heterogeneity: χ²₁₀ = 24.10; P = .007; I² = 59%",
            "Test for overall effect: t(10) = 5.03; P < .001",
        ),
    ],
)
def test_statistics_as_each_journal_writes_them(forest, journal, heterogeneity, overall):
    data = forest()
    assert plain(heterogeneity_text(data.heterogeneity, JOURNALS[journal])) == heterogeneity
    assert plain(overall_text(data.overall, JOURNALS[journal])) == overall


def test_tau_names_its_scale_where_that_is_not_the_one_shown(forest):
    line = replace(forest().heterogeneity, scale="Fisher's z")
    assert "τ = 0.14 (Fisher's z)" in plain(heterogeneity_text(line, JOURNALS["apa"]))


def test_a_normal_test_is_a_z():
    test = OverallTest(2.1, None, 0.0357)
    assert plain(overall_text(test, JOURNALS["apa"])) == "Overall effect: z = 2.10, p = .036"
    assert plain(overall_text(test, JOURNALS["revman"])) == "Test for overall effect: Z = 2.10 (P = 0.04)"


def test_between_subgroups():
    assert (
        between_text(BetweenTest(4.1, 2, None, 0.1287), ASCII) == "Between subgroups: Q(2) = 4.10, p = .129"
    )
    assert (
        between_text(BetweenTest(2.1, 2, 7.36, 0.19), ASCII)
        == "Between subgroups: F(2, 7.4) = 2.10, p = .190"
    )


def test_the_between_test_is_shown_where_the_journal_shows_it(grouped):
    shown = {
        name: any(
            "Between" in text or "subgroup differences" in text for text in statistics_texts(grouped, look)
        )
        for name, look in JOURNALS.items()
    }
    assert shown == {"apa": True, "revman": True, "bmj": False, "jama": False}


def test_the_description_says_what_the_picture_shows(forest):
    data = forest(3)
    low, high = min(data.rows, key=lambda row: row.estimate), max(data.rows, key=lambda row: row.estimate)
    text = describe_forest(data, ASCII)
    assert text.startswith(
        "Forest plot: Rupture repair and the outcome of psychotherapy, 3 effects, N = 1314"
    )
    assert "Pooled r = .29, 95% CI [.17, .40], 95% prediction interval [-.08, .59]." in text
    assert "Q(10) = 24.10, p = .007, τ² = 0.021, I² = 59%." in text
    assert low.label in text
    assert high.label in text


def test_the_table_has_a_row_for_everything_drawn(grouped):
    table = forest_table(grouped, ASCII)
    assert table[0] == ("Study", "N", "r", "95% CI", "Weight (%)", "Marks")
    assert (
        len(table) == 1 + 12 + 2 * 3 + 1 + 1 + 1
    )  # header, studies, headings and subtotals, pooled, PI, reference
    assert ("Pooled (k = 4)", "400", ".15", "[.00, .29]", "", "") in table
    assert table[-1][0] == "Eubanks et al. (2018) (published, not pooled)"


def test_tooltips_give_the_numbers_in_full(forest):
    data = forest(1)
    text = row_tooltip(data.rows[0], data, ASCII)
    assert text.startswith(f"{data.rows[0].label}: r = ")
    assert "95% CI [" in text
    assert f"N = {data.rows[0].n}" in text
