"""The first screen names what would most change one's mind, and only when it applies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from report_pages import results_of, shipped_results
from reviews import correlation, write_review

from rupmeta.render.claims.paragraphs import methods_paragraph, results_paragraph
from rupmeta.render.document import Document, Facts
from rupmeta.render.report import collect
from rupmeta.render.report.pages import build_document

MODERATOR = "What effects differ with"


def facts(document: Document) -> dict[str, str]:
    return {f.label: f.text for b in document.sections[0].blocks if isinstance(b, Facts) for f in b.items}


@pytest.fixture(scope="module")
def worked() -> dict[str, Any]:
    return shipped_results("examples/worked")


def test_a_moderator_that_survives_the_adjustment_is_told_with_its_levels(worked: dict[str, Any]) -> None:
    told = facts(build_document(worked))[MODERATOR]
    assert told.startswith("Phase of treatment: R² = 72%, χ²(2) = 20.53, p\u00a0<\u00a0.001 (adjusted p")
    assert "r = .08 Early (k = 3), .12 Middle (k = 4), .59 Late (k = 4)." in told
    assert "Exploratory, fewer than 5 effects in a level: no basis for a verdict." in told
    assert "correlational" in told
    assert "Orientation" not in told  # did not survive


def test_the_share_of_weight_at_high_risk_is_told(worked: dict[str, Any]) -> None:
    flags = worked["analyses"]["repair"]["pool"]["effects"]
    judged = {
        s["study"]: s["risk_of_bias"]["domains"]["overall"] for s in worked["studies"] if "risk_of_bias" in s
    }
    high = sum(e["weight"] for e in flags if judged.get(e["study"]) in ("high", "serious", "critical"))
    told = facts(build_document(worked))["Risk of bias"]
    assert told.startswith(f"{high:.0f}% of the weight is judged high, serious or critical")


def small(folder: Path, monkeypatch: pytest.MonkeyPatch, *, late: float) -> dict[str, str]:
    monkeypatch.setattr(
        collect, "PARTS", {name: collect.PARTS[name] for name in ("bias", "leave_one_out", "confounding")}
    )
    studies = {}
    for i in range(12):
        study = correlation(0.1 + 0.01 * (i % 4) if i % 2 else late + 0.01 * (i % 4), 120)
        study["effects"][0]["phase"] = "early" if i % 2 else "late"
        studies[f"s{i:02d}"] = study
    analysis = {"where": {"relation": "repair-outcome"}, "moderators": ["phase"], "report_as": ["r"]}
    review = {"rupmeta": 1, "title": "T", "analyses": {"repair": {**analysis, "status": "prespecified"}}}
    return facts(build_document(results_of(write_review(folder, studies, review))))


def test_levels_that_do_not_differ_and_studies_that_nobody_rated_stay_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = small(tmp_path / "r", monkeypatch, late=0.1)
    assert MODERATOR not in told
    assert "Risk of bias" not in told


def test_enough_effects_in_a_level_are_told_without_a_warning_that_does_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = small(tmp_path / "r", monkeypatch, late=0.6)[MODERATOR]
    assert "(k = 6)" in told
    assert "fewer than 5" not in told


def test_every_announced_test_has_its_result_in_the_manuscript(worked: dict[str, Any]) -> None:
    item = worked["analyses"]["repair"]
    assert "Egger's regression, trim and fill and selection models" in methods_paragraph(worked, item)
    told = results_paragraph(worked, item)
    bias = item["parts"]["bias"]["result"]
    k0 = bias["trim_and_fill"]["k0"]
    assert "Trim and fill added " + ("no effect." if k0 == 0 else str(k0)) in told
    assert "22.14 times as likely to be published" in told
    assert "p\u00a0=\u00a0.005" in told
    assert "implausible as publication bias; it rather reflects how much effects differ" in told
    assert "Against no selection the beta model gains" in told
    assert "There is no sign of asymmetry" in told


def test_the_first_screen_tells_of_the_selection_test(worked: dict[str, Any]) -> None:
    told = facts(build_document(worked))["Missing studies"]
    assert "22.14 times" in told
    assert "implausible as publication bias" in told


def test_a_ratio_in_favour_of_significant_results_is_not_called_implausible() -> None:
    told = facts(build_document(shipped_results("examples/molloy2014")))["Missing studies"]
    assert "0.24 times as likely" in told
    assert "implausible" not in told


def test_with_few_effects_no_selection_is_told() -> None:
    results = shipped_results(".")
    name = results["order"][0]
    told = results_paragraph(results, results["analyses"][name])
    assert "asymmetry and selection cannot be judged" in told
    assert "times as likely" not in told
    assert "Trim and fill" not in told
