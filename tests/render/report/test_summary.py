"""The first screen says who rated the certainty: people, or nobody."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from report_pages import results_of, shipped_results, synthetic_review
from reviews import REVIEW, correlation, write_review

from rupmeta.render.document import Answer, Document, Facts
from rupmeta.render.report.pages import build_document
from rupmeta.render.writers.document_markdown import document_to_markdown
from rupmeta.render.writers.html import document_to_html

RATED = {
    "start": "low",
    "ratings": {"imprecision": {"down": 1, "reason": "few clients"}},
    "level": "very-low",
}
NOBODY = "Nobody has rated"


def page(folder: Path, model: dict[str, Any]) -> Document:
    return build_document(results_of(synthetic_review(folder, 3, model=model)))


def how_sure(document: Document) -> str:
    facts = [
        fact for block in document.sections[0].blocks if isinstance(block, Facts) for fact in block.items
    ]
    return next(fact.text for fact in facts if fact.label == "How sure are we?")


def test_a_rating_is_told_and_nobody_is_said_to_be_missing(tmp_path: Path) -> None:
    document = page(tmp_path / "review", {"certainty": RATED})
    assert how_sure(document).endswith("Certainty rated by the authors: ⊕◯◯◯ very low.")
    for text in (document_to_markdown(document), document_to_html(document)):
        assert NOBODY not in text


@pytest.mark.parametrize("model", [{}, {"certainty": None}])
def test_without_a_rating_the_first_screen_says_so(tmp_path: Path, model: dict[str, Any]) -> None:
    document = page(tmp_path / "review", model)
    assert how_sure(document).endswith("Nobody has rated the certainty of the evidence.")
    assert "rated by the authors" not in document_to_html(document)


def prediction(document: Document) -> str:
    answer = next(block for block in document.sections[0].blocks if isinstance(block, Answer))
    return next(what for _, what in answer.numbers if "new study" in what)


def rest(document: Document) -> str:
    facts = [
        fact for block in document.sections[0].blocks if isinstance(block, Facts) for fact in block.items
    ]
    return next(fact.text for fact in facts if fact.label == "What it rests on")


def alike(folder: Path, k: int, r: Sequence[float]) -> Document:
    studies = {f"s{i}": correlation(r[i % len(r)], 60 + i) for i in range(k)}
    analysis = {"where": {"relation": "repair-outcome"}, "report_as": ["r"]}
    return build_document(
        results_of(write_review(folder, studies, {**REVIEW, "analyses": {"repair": analysis}}))
    )


def test_a_prediction_interval_without_spread_says_that_it_is_the_confidence_interval(tmp_path: Path) -> None:
    few = prediction(alike(tmp_path / "few", 3, (0.3, 0.31)))
    assert few.endswith("; equals the CI: τ² is estimated at 0, which k = 3 cannot tell from more")
    assert prediction(alike(tmp_path / "many", 11, (0.3, 0.31))).endswith("τ² is estimated at 0")
    assert prediction(alike(tmp_path / "spread", 4, (0.7, -0.2))).endswith("(95% PI)")


def test_what_is_coded_as_verified_is_not_said_to_be_verified(tmp_path: Path) -> None:
    document = alike(tmp_path / "r", 3, (0.3, 0.2))
    assert rest(document) == "Every effect is coded as verified, none is approximate or synthetic."


def test_an_example_copied_from_a_data_set_is_provisional() -> None:
    told = rest(build_document(dict(shipped_results("examples/molloy2014"))))
    assert told == "16 of 16 effects are provisional (not verified in the full paper) (100% of the weight)."


def test_what_detection_costs_stands_on_the_first_screen_and_among_the_limits() -> None:
    results = dict(shipped_results("examples/sessions"))
    document = build_document(results)
    told = rest(document)
    entries = [entry["result"] for entry in results["detection"]]
    any_found = sorted(100 * entry["observed"]["any"] for entry in entries)
    noise = sorted(100 * row["any"] for entry in entries for row in entry["expected"])
    changed = sorted(100 * entry["uncertainty"]["changed"] for entry in entries)
    assert "3 of 3 effects come from ruptures that a rule found in session ratings" in told
    assert f"in {any_found[0]:.1f}% to {any_found[-1]:.1f}% of clients" in told
    assert f"in {noise[0]:.1f}% to {noise[-1]:.1f}% of series of pure noise" in told
    assert f"{changed[0]:.0f}% to {changed[-1]:.0f}% of clients would change class" in told
    limits = next(s for s in document.sections if s.id == "limits")
    labels = {f.label: f.text for b in limits.blocks if isinstance(b, Facts) for f in b.items}
    assert labels["Detected ruptures (repair)"] in told


def test_a_review_without_session_ratings_hears_nothing_of_detection(tmp_path: Path) -> None:
    assert "session ratings" not in rest(alike(tmp_path / "r", 3, (0.3, 0.2)))
