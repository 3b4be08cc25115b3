"""Numbers raise questions at their thresholds; no code path writes a level; levels add up or are refused."""

from __future__ import annotations

import math

import pytest
from reviews import correlation, run_cli, write_review

from rupmeta.pipeline.load import load_review
from rupmeta.read.reporting import Certainty, expected_level
from rupmeta.render.grade.flags import flag_domains, needed_people
from rupmeta.render.grade.tables import certainty_table, findings_table, level_words
from rupmeta.render.report.files import compute_results

RATED = {
    "start": "low",
    "ratings": {"imprecision": {"down": 1, "reason": "120 clients"}},
    "level": "very-low",
}


def results_of(tmp_path, studies, **analysis):
    where = {"where": {"relation": "repair-outcome"}, **analysis}
    folder = write_review(tmp_path / "s", studies, {"rupmeta": 1, "analyses": {"repair": where}})
    loaded = load_review(folder)
    return compute_results(loaded, loaded.problems)


def some(k, r=0.3, n=40, **more):
    return {f"s{i}": correlation(r + 0.02 * (i % 5), n + i, **more) for i in range(k)}


def flags_of(results):
    return {flag.domain: flag for flag in flag_domains(results, results["analyses"]["repair"])}


def test_the_number_of_clients_that_is_needed():
    """Fisher's approximation: 783 for r = .10 (Cohen 1988, table 3.4.1 gives 783)."""
    assert needed_people(0.10) == 783
    assert needed_people(0.30) == math.ceil(((1.959964 + 0.841621) / math.atanh(0.3)) ** 2 + 3)


def test_few_effects_leave_publication_bias_unjudged_and_few_clients_raise_a_question(tmp_path):
    flags = flags_of(results_of(tmp_path, some(4)))
    assert flags["publication_bias"].question is None
    assert flags["publication_bias"].numbers == "cannot be judged with k = 4"
    assert flags["imprecision"].question is True
    assert "N = 166, 783 needed for r = .10" in flags["imprecision"].numbers
    assert flags["risk_of_bias"].question is None


@pytest.mark.parametrize(("k", "question"), [(3, None), (9, None), (10, False)])
def test_few_effects_leave_inconsistency_unjudged(tmp_path, k, question):
    flag = flags_of(results_of(tmp_path, some(k)))["inconsistency"]
    assert flag.question is question
    assert (f"with k = {k} nobody can say how much effects differ" in flag.numbers) == (k < 10)


def test_many_clients_above_zero_raise_none(tmp_path):
    flags = flags_of(results_of(tmp_path, some(12, n=100)))
    assert flags["imprecision"].question is False
    assert flags["inconsistency"].question is False
    assert flags["publication_bias"].question is not None


@pytest.mark.parametrize(("serious", "question"), [(1, False), (2, True), (3, True)])
def test_half_of_the_weight_at_high_risk_is_a_question(tmp_path, serious, question):
    studies = {}
    for i in range(4):
        judgement = "serious" if i < serious else "low"
        studies[f"s{i}"] = correlation(
            0.3, 50, risk_of_bias={"tool": "robins-i", "domains": {"overall": judgement}}
        )
    flag = flags_of(results_of(tmp_path, studies))["risk_of_bias"]
    assert flag.question is question
    assert flag.numbers.startswith(f"{25 * serious}% of the weight")


def test_without_a_rating_nothing_is_rated(tmp_path):
    results = results_of(tmp_path, some(12, n=100))
    table = certainty_table(results, results["analyses"]["repair"])
    assert {row["rating"] for row in table.rows} == {"not rated"}
    (row,) = findings_table(results).rows
    assert row["certainty"] == "not rated"


def test_a_rating_stands_with_its_reason_in_symbols_and_words(tmp_path):
    results = results_of(tmp_path, some(4), certainty=RATED)
    summary = findings_table(results)
    assert summary.rows[0]["certainty"] == "⊕◯◯◯ very low a"
    assert summary.footnotes[0] == "a starts low; Imprecision: 1 down, 120 clients"
    assert summary.rows[0]["effect"].startswith("r = .33 [")
    table = certainty_table(results, results["analyses"]["repair"])
    rated = {row["domain"]: row["rating"] for row in table.rows}
    assert rated["Imprecision"] == "1 down"
    assert rated["Inconsistency"] == "no change"


def test_at_most_seven_outcomes(tmp_path):
    analyses = {f"a{i}": {"where": {"relation": "repair-outcome"}} for i in range(9)}
    folder = load_review(write_review(tmp_path / "s", some(2), {"rupmeta": 1, "analyses": analyses}))
    table = findings_table(compute_results(folder, ()))
    assert len(table.rows) == 7
    assert "The first 7 of 9 analyses" in table.footnotes


@pytest.mark.parametrize(
    ("start", "ratings", "level"),
    [
        ("high", {}, "high"),
        ("high", {"risk_of_bias": {"down": 2, "reason": "x"}}, "low"),
        ("low", {"imprecision": {"down": 2, "reason": "x"}}, "very-low"),
        ("low", {"large_effect": {"up": 1, "reason": "x"}}, "moderate"),
        ("high", {"large_effect": {"up": 1, "reason": "x"}}, "high"),
    ],
)
def test_levels_add_up_within_their_ends(start, ratings, level):
    assert expected_level(Certainty(start=start, ratings=ratings, level=level)) == level


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"level": "low"}, "low − 1 down + 0 up is very-low, not low; change the level or a rating"),
        ({"ratings": {"imprecision": {"up": 1, "reason": "x"}}, "level": "moderate"},
         "imprecision lowers certainty and never the reverse; write down"),
        ({"ratings": {"imprecision": {"down": 1}}}, "reason"),
        ({"ratings": {"imprecison": {"down": 1, "reason": "x"}}}, "imprecision"),
        ({"lvel": "low"}, "level"),
        ({"ratings": {"imprecision": {"down": 3, "reason": "x"}}}, "down"),
    ],
)  # fmt: skip
def test_a_rating_that_does_not_hold_is_refused_with_its_place(tmp_path, change, said):
    analysis = {"where": {"relation": "repair-outcome"}, "certainty": {**RATED, **change}}
    write_review(tmp_path / "studies", some(2), {"rupmeta": 1, "analyses": {"repair": analysis}})
    done = run_cli("check", "studies", cwd=tmp_path)
    assert done.returncode == 1
    assert "studies/review.yaml:" in done.stdout
    assert said in done.stdout


def test_words_and_symbols_of_every_level():
    assert [level_words(x) for x in ("very-low", "low", "moderate", "high")] == [
        "⊕◯◯◯ very low", "⊕⊕◯◯ low", "⊕⊕⊕◯ moderate", "⊕⊕⊕⊕ high",
    ]  # fmt: skip
