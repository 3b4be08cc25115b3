from pathlib import Path

import pytest
from reviews import correlation, study, write_review

from rupmeta.read.folder import read_folder
from rupmeta.screen.flow import count_flow, parse_reasons
from rupmeta.screen.screening import screen_studies

FLUCTUATION = {"measure": "alliance-fluctuation"}


@pytest.mark.parametrize(
    ("change", "criterion", "reason"),
    [
        ({"therapy": {"psychotherapy": False}}, "psychotherapy", "the treatment was not psychotherapy"),
        ({"therapy": {}}, "psychotherapy", "not reported whether the treatment was psychotherapy"),
        (
            {"publication": "dissertation"},
            "publication",
            "dissertation; the review asks for peer-reviewed or in-press",
        ),
        (
            {"publication": None},
            "publication",
            "publication status not reported; the review asks for peer-reviewed or in-press",
        ),
        (
            {"relation": "other"},
            "relation",
            "does not relate ruptures, repairs or training in repair to outcome",
        ),
        (
            {"rupture": FLUCTUATION, "alliance": {"measurements": 2}},
            "alliance_tracking",
            "2 alliance measurements; the review asks for 3",
        ),
        (
            {"rupture": FLUCTUATION},
            "alliance_tracking",
            "no explicit measure of ruptures, and the number of alliance measurements is not reported; "
            "the review asks for 3",
        ),
    ],
)
def test_a_failed_criterion_excludes_with_its_reason(
    tmp_path: Path, change: dict[str, object], criterion: str, reason: str
) -> None:
    folder = read_folder(
        write_review(tmp_path, {"a": correlation(0.3, 50) | change, "b": correlation(0.2, 50)})
    )
    screening = screen_studies(folder)
    assert [(item.study, item.criterion, item.reason) for item in screening.excluded] == [
        ("a", criterion, reason)
    ]
    assert [file.id for file in screening.pooled] == ["b"]


@pytest.mark.parametrize(
    "change",
    [
        {"rupture": {"measure": "observer"}},
        {"rupture": FLUCTUATION, "alliance": {"measurements": 3}},
        {"rupture": FLUCTUATION, "alliance": {"measurements_at_least": 3}},
        {"publication": "in-press"},
        {"relation": "training-outcome"},
    ],
)
def test_what_meets_the_criteria_stays(tmp_path: Path, change: dict[str, object]) -> None:
    folder = read_folder(write_review(tmp_path, {"a": correlation(0.3, 50) | change}))
    assert screen_studies(folder).excluded == ()


def test_a_study_without_effect_stays_in_the_review(tmp_path: Path) -> None:
    folder = read_folder(write_review(tmp_path, {"a": study(), "b": correlation(0.2, 50)}))
    screening = screen_studies(folder)
    assert [file.id for file in screening.without_effect] == ["a"]
    assert [file.id for file in screening.included] == ["a", "b"]


def test_the_first_failed_criterion_counts_and_all_are_told(tmp_path: Path) -> None:
    bad = correlation(0.3, 50) | {"therapy": {"psychotherapy": False}, "publication": "report"}
    screening = screen_studies(read_folder(write_review(tmp_path, {"a": bad})))
    assert [item.criterion for item in screening.excluded] == ["psychotherapy"]
    assert [item.criterion for item in screening.failures] == ["psychotherapy", "publication"]


def _flow(tmp_path: Path, stated: dict[str, object]) -> tuple[dict[str, int | str], list[str]]:
    review = {"rupmeta": 1, "flow": stated}
    studies = {
        "a": correlation(0.3, 50, sample={"id": "shared"}),
        "b": correlation(0.2, 50, sample={"id": "shared"}),
        "c": study(),
        "d": correlation(0.2, 50, publication="report"),
    }
    folder = read_folder(write_review(tmp_path, studies, review))
    flow = count_flow(folder, screen_studies(folder))
    return dict(flow.counts), [note.message for note in flow.notes]


def test_flow_counts_reports_and_samples_apart(tmp_path: Path) -> None:
    counts, notes = _flow(tmp_path, {})
    assert notes == []
    assert counts == {
        "dbr_assessed": 4,
        "dbr_excluded": "publication, 1",
        "new_studies": 2,
        "new_reports": 3,
        "total_studies": 2,
        "total_reports": 3,
        "total_studies_ma": 1,
        "total_reports_ma": 2,
    }


def test_flow_names_the_box_that_does_not_add_up(tmp_path: Path) -> None:
    stated = {"database_results": 100, "duplicates": 20, "records_screened": 80, "records_excluded": 70}
    _, notes = _flow(tmp_path, {**stated, "dbr_sought_reports": 10, "dbr_notretrieved_reports": 6})
    assert notes == []
    _, notes = _flow(tmp_path, {**stated, "dbr_sought_reports": 9})
    assert notes == [
        "dbr_sought_reports is 9, but records_screened - records_excluded = 10",
        "dbr_assessed is 4, but dbr_sought_reports = 9",
    ]
    _, notes = _flow(tmp_path, {"new_reports": 7})
    assert notes[0] == "new_reports: review.yaml says 7, the study files give 3"


def test_reasons_are_read_back() -> None:
    assert parse_reasons("publication, 3; no, really not, 2") == [("publication", 3), ("no, really not", 2)]
