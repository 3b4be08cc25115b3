"""Which words stand left and right of the null line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from report_pages import results_of
from reviews import REVIEW, correlation, write_review

from rupmeta.pipeline.load import load_review
from rupmeta.pipeline.specification import Overrides
from rupmeta.render.drawing.answers import figure_answer
from rupmeta.render.drawing.data import forest_data
from rupmeta.render.favours import favours_words
from rupmeta.render.figures.layout import Text
from rupmeta.render.report.drawings import figure_layouts

TRIALS = ("favours control", "favours training")
TRAINING = ("training goes with worse outcome", "training goes with better outcome")
REPAIR = ("repair goes with worse outcome", "repair goes with better outcome")


def review(folder: Path, relation: str, designs: list[str | None]) -> Path:
    """Invented studies of these designs; an eligible one without an effect is observational."""
    studies = {}
    for i, design in enumerate(designs):
        study = correlation(0.2 + i / 20, 60 + i, relation=relation)
        if design is not None:
            study["design"] = design
        studies[f"s{i}"] = study
    studies["without"] = {**studies["s0"], "design": "naturalistic", "effects": []}
    analysis = {"where": {"relation": relation}, "report_as": ["r"]}
    return write_review(folder, studies, {**REVIEW, "analyses": {"main": analysis}})


def words(folder: Path) -> tuple[str, str]:
    found = figure_answer("forest", load_review(folder), Overrides())
    return forest_data(found.answer, subject=found.subject).favours


@pytest.mark.parametrize(
    ("relation", "designs", "expected"),
    [
        ("training-outcome", ["randomized", "randomized", "randomized"], TRIALS),
        ("training-outcome", ["randomized"], TRIALS),
        ("training-outcome", ["randomized", "quasi-experimental"], TRAINING),
        ("training-outcome", ["randomized", None], TRAINING),
        ("training-outcome", ["naturalistic"], TRAINING),
        ("repair-outcome", ["randomized", "randomized"], REPAIR),
    ],
)
def test_only_randomised_training_favours_an_arm(
    tmp_path: Path, relation: str, designs: list[str | None], expected: tuple[str, str]
) -> None:
    assert words(review(tmp_path / "review", relation, designs)) == expected


def test_every_figure_of_trials_says_so_and_none_of_others(tmp_path: Path) -> None:
    def texts(designs: list[str | None]) -> dict[str, set[str]]:
        results = results_of(review(tmp_path / str(len(designs)), "training-outcome", designs))
        return {
            stem: {mark.text for mark in layout.marks if isinstance(mark, Text)}
            for stem, layout in figure_layouts(results, rows_per_page=None).items()
        }

    trials, mixed = texts(["randomized"] * 3), texts(["randomized", "randomized", "naturalistic", None])
    for stem in ("main-forest", "main-leave-one-out", "main-cumulative"):
        assert any("favours training" in text for text in trials[stem]), stem
        assert not any("favours" in text for text in mixed[stem]), stem
        assert any("training goes with better outcome" in text for text in mixed[stem]), stem


@pytest.mark.parametrize("subject", [None, "other"])
def test_effects_of_several_kinds_have_neutral_words(subject: Any) -> None:
    assert favours_words({"randomized": True}, subject) == ("negative association", "positive association")
