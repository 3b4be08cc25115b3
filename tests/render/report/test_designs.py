"""What a page says of causes follows the subject and the designs behind each answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from report_pages import results_of, shipped
from reviews import correlation, effect, study, write_review

from rupmeta.render.document import Answer, Document, Facts
from rupmeta.render.report import collect
from rupmeta.render.report.pages import build_document
from rupmeta.render.writers.document_markdown import document_to_markdown
from rupmeta.render.writers.html import document_to_html

REPAIR = "no study assigned repairs at random"
KEPT = ("bias", "leave_one_out", "confounding")
QUESTION = "Does training in repair improve outcome?"


@pytest.fixture(autouse=True)
def few_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "PARTS", {name: collect.PARTS[name] for name in KEPT})


def trial(i: int, design: str | None, assigned: str | None = None) -> dict[str, Any]:
    more = {key: value for key, value in (("design", design), ("assigned", assigned)) if value}
    made = effect(reported=[{"d": 0.1 * (i + 1), "n1": 40 + i, "n2": 40}], comparison="untrained")
    cited = {"authors": ["Alder, A."], "year": 2001 + i}
    return study(made, relation="training-outcome", citation=cited, **more)


def training(folder: Path, *designs: tuple[str | None, str | None]) -> Document:
    studies = {f"t{i}": trial(i, *given) for i, given in enumerate(designs)}
    analysis = {"question": QUESTION, "where": {"relation": "training-outcome"}, "report_as": ["d"]}
    review = {"rupmeta": 1, "title": "Training", "analyses": {"training": {**analysis, "measure": "SMD"}}}
    return build_document(results_of(write_review(folder, studies, review)))


def facts(document: Document, section: str) -> dict[str, str]:
    found = next(s for s in document.sections if s.id == section)
    return {f.label: f.text for block in found.blocks if isinstance(block, Facts) for f in block.items}


def test_randomised_training_is_never_called_correlational(tmp_path: Path) -> None:
    page = training(tmp_path / "r", *[("randomized", "therapists")] * 5)
    summary, text = facts(page, "summary"), document_to_markdown(page)
    assert summary["What it does not show"].startswith(
        "Chance assigned the training in every study (therapists were assigned). A difference in outcome "
        "belongs to the training as a whole"
    )
    for remains in ("risk of bias", "lost to follow-up", "nested in few therapists"):
        assert remains in summary["What it does not show"]
    assert "Unmeasured confounding" not in summary
    assert "not needed for randomised comparisons" in text
    assert "E-value" not in text
    assert "orrelational" not in text.replace("`CORRELATIONAL`", "")
    assert REPAIR not in page.footer
    assert "Chance assigned the training" in page.footer
    assert "What was assigned" in facts(page, "limits")


def test_mixed_designs_say_both(tmp_path: Path) -> None:
    page = training(
        tmp_path / "r", ("randomized", "clients"), ("randomized", None), ("quasi-experimental", None)
    )
    told = facts(page, "summary")
    assert told["What it does not show"].startswith(
        "Chance assigned the training in 2 of 3 studies (clients in 1, not said whether clients or "
        "therapists in 1)"
    )
    assert "correlational and does not show that training causes" in told["What it does not show"]
    assert "Unmeasured confounding" in told


def test_training_without_a_trial_is_correlational(tmp_path: Path) -> None:
    page = training(tmp_path / "r", ("naturalistic", None), (None, None), ("case-series", None))
    assert facts(page, "summary")["What it does not show"].startswith("No study is coded as randomised")
    assert "Chance assigned" not in page.footer


def test_where_files_do_not_tell_whom_chance_assigned_the_page_says_so(tmp_path: Path) -> None:
    page = training(tmp_path / "r", *[("randomized", None)] * 3)
    assert "do not say whether clients or therapists were assigned" in page.footer


def test_a_causal_question_has_its_note_beside_it(tmp_path: Path) -> None:
    def note(page: Document) -> str | None:
        return next(block.note for block in page.sections[0].blocks if isinstance(block, Answer))

    mixed = training(tmp_path / "m", ("randomized", None), ("naturalistic", None))
    told = note(mixed)
    assert told is not None
    assert told.startswith("The question speaks of causes (improve)")
    html = document_to_html(mixed)
    assert html.index("speaks of causes") < html.index('<ul class="numbers">')
    assert "*The question speaks of causes" in document_to_markdown(mixed)
    assert note(training(tmp_path / "t", *[("randomized", None)] * 2)) is None


def test_a_causal_title_is_answered_at_once_unless_chance_assigned_the_training(tmp_path: Path) -> None:
    def page(folder: str, title: str) -> str:
        review = {"rupmeta": 1, "title": title, "analyses": {"repair": {}}}
        studies = {f"s{i}": correlation(0.1 * i, 50 + i) for i in range(3)}
        made = write_review(tmp_path / folder, studies, review)
        return document_to_markdown(build_document(results_of(made)))

    causal = page("a", "Repair improves outcome")
    assert causal.index("The title speaks of causes (improves)") < causal.index("## Question and methods")
    assert "The title speaks of causes" not in page("b", "Repair and outcome")


def test_a_title_that_repeats_the_question_is_not_answered_twice(tmp_path: Path) -> None:
    question = "Does repair improve outcome?"
    review = {"rupmeta": 1, "title": question, "analyses": {"repair": {"question": question}}}
    studies = {f"s{i}": correlation(0.1 * i, 50 + i) for i in range(3)}
    text = document_to_markdown(build_document(results_of(write_review(tmp_path / "r", studies, review))))
    first = text[: text.index("## Question and methods")]
    assert first.count("speaks of causes") == 1


def test_a_review_of_repair_keeps_the_standing_note(tmp_path: Path) -> None:
    made = write_review(tmp_path / "r", {f"s{i}": correlation(0.1 * i, 50 + i) for i in range(3)})
    page = build_document(results_of(made))
    assert REPAIR in page.footer
    assert REPAIR in facts(page, "summary")["What it does not show"]
    assert REPAIR in facts(page, "limits")["Correlational"]


def test_another_field_is_never_told_of_repair() -> None:
    results = results_of(shipped("examples/molloy2014"))
    page = build_document(results)
    assert facts(page, "summary")["What it does not show"] == (
        "The evidence is correlational: an association does not show what causes what."
    )
    text = document_to_markdown(page)
    for words in ("repairs at random", "good at repair", "Degree of repair", "training in repair"):
        assert words not in text
    assert "Continuous: degree of the predictor 16" in text
