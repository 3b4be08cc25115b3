"""A question about causes earns a note, unless training was assigned at random in every study."""

from __future__ import annotations

import pytest
from reviews import correlation, write_review

from rupmeta.pipeline.analyse import synthesise
from rupmeta.pipeline.load import load_review


@pytest.mark.parametrize(
    ("question", "relation", "designs", "noted"),
    [
        ("Is repair associated with better outcome?", "repair-outcome", ["naturalistic"] * 2, False),
        ("Does repair improve outcome?", "repair-outcome", ["randomized"] * 2, True),
        ("Does training reduce symptoms?", "training-outcome", ["randomized"] * 2, False),
        ("Does training reduce symptoms?", "training-outcome", ["randomized", "naturalistic"], True),
    ],
)
def test_a_causal_question_is_noted(question, relation, designs, noted, tmp_path):
    studies = {
        f"s{i}": correlation(0.2 + i / 10, 40, relation=relation, design=design)
        for i, design in enumerate(designs)
    }
    review = {"rupmeta": 1, "analyses": {"main": {"question": question, "where": {"relation": relation}}}}
    folder = load_review(write_review(tmp_path / "s", studies, review))
    notes = [note for note in synthesise(folder).notes if note.code == "CAUSAL"]
    assert bool(notes) is noted
    if notes:
        assert notes[0].where == "analyses.main.question"
        assert "association" in notes[0].message
