"""The first screen says who rated the certainty: people, or nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from report_pages import results_of, synthetic_review

from rupmeta.render.document import Document, Facts
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
