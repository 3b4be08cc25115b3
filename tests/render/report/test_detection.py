"""Detection in the report: the ratings that are drawn, the counts, the effect, what a change is called."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path
from typing import Any

import pytest
from report_pages import results_of
from reviews import REVIEW, correlation, effect, study, write_review

from rupmeta.pipeline.load import load_review
from rupmeta.render.document import blocks_of
from rupmeta.render.report.check import check_report
from rupmeta.render.report.detection import SHOWN
from rupmeta.render.report.drawings import figure_layouts
from rupmeta.render.report.files import make_report, write_report
from rupmeta.render.report.pages import build_document
from rupmeta.render.report.reasons import list_reasons
from rupmeta.render.report.sections.detection import entries_of
from rupmeta.render.report.tabulate import report_tables
from rupmeta.render.writers.document_markdown import document_to_markdown

CLIENTS = 40
RULE = {"rule": "rci", "scale": "WAI-SR,reliability=.92,sd=.60"}


def ratings(clients: int = CLIENTS) -> str:
    """Invented ratings: every second client falls and comes back, every fourth falls and stays."""
    rng = random.Random(7)
    lines = ["client,session,score,post,done"]
    for i in range(clients):
        post = 20 - 4 * (i % 4 == 1) + rng.gauss(0, 4)
        for s in range(1, 13):
            score = 4.2 + rng.gauss(0, 0.1)
            if i % 2 and s in (6, 7):
                score -= 1.5
            if i % 4 == 3 and s > 7:
                score -= 1.5
            lines.append(f"c{i},{s},{min(score, 5):.2f},{post:.1f},{i % 3 % 2}")
    return "\n".join(lines) + "\n"


def raw(column: str, ident: str, **more: Any) -> dict[str, Any]:
    return effect(
        ident, reported=[{"sessions": "sessions/a.csv", "outcome_column": column, "detect": RULE}], **more
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("raw")
    first = raw("post", "scl", outcome={"name": "SCL", "kind": "symptoms", "better": "lower"})
    other = raw("done", "done", comparison="no-rupture")
    studies = {
        "alder": study(first, other, extraction={"synthetic": True, "date": "2026-01-10"}),
        "birch": correlation(0.2, 80),
    }
    analysis = {"where": {"comparison": "unrepaired-rupture"}, "report_as": ["r"]}
    write_review(root / "studies", studies, {**REVIEW, "analyses": {"repair": analysis}})
    (root / "studies" / "sessions").mkdir()
    (root / "studies" / "sessions" / "a.csv").write_text(ratings(), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def results(folder: Path) -> dict[str, Any]:
    return results_of(folder / "studies")


def test_the_counts_are_those_that_the_ratings_were_made_with(results):
    counts = results["detection"][0]["result"]["counts"]
    expected = {
        "repaired": CLIENTS // 4,
        "unrepaired": CLIENTS // 4,
        "none": CLIENTS // 2,
        "clients": CLIENTS,
    }
    assert {name: counts[name] for name in expected} == expected
    classes = report_tables(results)["sessions-alder-scl-classes"]
    assert {row["class"]: row["clients"] for row in classes.rows} == {
        "repaired": 10, "unrepaired": 10, "mixed": 0, "no rupture": 20, "not classifiable": 0,
        "fewer than 3 ratings": 0,
    }  # fmt: skip
    for row in classes.rows[:4]:
        assert 0 <= row["noise_lb"] <= row["noise_ub"] <= 100
    lowest = sum(row["noise_lb"] for row in classes.rows[:4])
    assert lowest <= 100 <= sum(row["noise_ub"] for row in classes.rows[:4]) + 1e-9


def test_the_effect_is_the_one_that_is_pooled(results):
    entry = results["detection"][0]
    pooled = next(e for e in results["analyses"]["repair"]["effects"] if e["study"] == "alder")
    assert math.isclose(entry["result"]["effect"]["z"], pooled["yi"], rel_tol=1e-9)
    assert math.isclose(entry["result"]["effect"]["vi_z"], pooled["vi"], rel_tol=1e-9)
    own = next(row for row in entry["rules"] if row["name"] == "rci")
    assert own["effect"]["r"] == entry["result"]["effect"]["r"]
    assert own["counts"] == entry["result"]["counts"]


def test_a_second_outcome_of_the_same_ratings_is_not_drawn_again(results):
    first, second = results["detection"]
    assert second["like"] == {"study": "alder", "effect": "scl"}
    assert second["series"] is None
    assert second["result"]["counts"] == first["result"]["counts"]
    assert second["result"]["expected"] == first["result"]["expected"]
    assert [row["expected"] for row in second["rules"] if not row["reason"]] == [
        row["expected"] for row in first["rules"] if not row["reason"]
    ]
    assert [name for name in figure_layouts(results) if name.startswith("sessions")] == [
        "sessions-alder-scl",
        "sessions-alder-scl-agreement",
    ]


def test_a_few_clients_of_every_class_are_drawn_and_the_rest_is_said(results):
    series = results["detection"][0]["series"]
    assert len(series["panels"]) == SHOWN
    assert {panel["kind"] for panel in series["panels"]} == {"repaired", "unrepaired", "none"}
    layout = figure_layouts(results)["sessions-alder-scl"]
    assert layout.desc.startswith("synthetic data, not evidence.")
    assert "12 clients (4 no rupture, 4 repaired, 4 unrepaired)" in layout.desc
    page = document_to_markdown(build_document(results))
    assert "12 of 40 clients are drawn, one of every class in turn, in file order; the other 28 are" in page


def test_the_page_names_rule_noise_and_origin_and_says_that_no_rule_is_standard(results):
    page = document_to_markdown(build_document(results))
    assert "### alder, scl: ratings in sessions/a.csv" in page
    assert "Rule rci: a fall by the reliable change or more." in page
    assert "in simulated series of the same lengths that hold no rupture it finds one in" in page
    assert "Effect, repaired (n = 10) against unrepaired ruptures (n = 10): r = " in page
    assert "There is no standard rule" in page
    assert "No analysis of this review pools this effect." in page
    assert "every contrast below is correlational" in page


def test_no_id_of_the_section_is_that_of_a_figure(results):
    document = build_document(results)
    section = next(s for s in document.sections if s.id == "detection")
    assert not {s.id for s in section.sections} & set(figure_layouts(results))
    assert any(type(block).__name__ == "FigureBlock" for block in blocks_of(document))


def test_stems_differ_where_two_routes_lead_to_one_effect(results):
    twice = {**results, "detection": [results["detection"][0], results["detection"][0]]}
    assert len(dict(entries_of(twice))) == 2


def test_ratings_that_cannot_be_read_are_a_sentence(folder, results):
    broken = json.loads(json.dumps(results))
    keep = {key: broken["detection"][0][key] for key in ("study", "effect", "file", "synthetic")}
    empty = dict.fromkeys(("result", "like", "series", "rules", "agreement"))
    broken["detection"] = [{**keep, **empty, "reason": "a.csv: no column score"}]
    assert "Nothing was detected: a.csv: no column score" in document_to_markdown(build_document(broken))


def test_a_changed_session_file_is_named_with_what_it_did(folder, monkeypatch):
    monkeypatch.chdir(folder)
    review = load_review("studies")
    write_report(make_report(review, review.problems, ("md",)), folder / "reports")
    assert check_report(review, review.problems, folder / "reports") == ()
    file = folder / "studies" / "sessions" / "a.csv"
    before = file.read_text(encoding="utf-8")
    lines = before.splitlines()
    client = [i for i, line in enumerate(lines) if line.startswith("c1,")]
    file.write_text("\n".join(lines[: client[0]] + lines[client[-1] + 1 :]) + "\n", encoding="utf-8")
    try:
        review = load_review("studies")
        found = check_report(review, review.problems, folder / "reports")
        told = list_reasons(found)
        assert told[0] == "INPUT studies/sessions/a.csv: changed"
        assert "NUMBER sessions of alder/scl: result.counts.repaired 10 → 9" in [str(r) for r in found]
    finally:
        file.write_text(before, encoding="utf-8")
