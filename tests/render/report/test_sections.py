"""Sections 1, 2, 15 and 18 of the page: what is told, and what is said where nothing was entered."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from reviews import REVIEW, correlation, study, write_review

from rupmeta.pipeline.load import load_review
from rupmeta.render.checklists.fill import fill_checklist
from rupmeta.render.document import Facts, References, blocks_of
from rupmeta.render.report.drawings import figure_layouts
from rupmeta.render.report.files import compute_results
from rupmeta.render.report.pages import build_document
from rupmeta.render.report.sections.todo import todo_fact
from rupmeta.render.writers.document_markdown import document_to_markdown
from rupmeta.render.writers.html import document_to_html

#: The parts that checklists and the text for a manuscript ask for.
PARTS = ("bias", "leave_one_out")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Three studies of which nothing was entered: two with an effect, a dissertation that is excluded."""
    cite = {"title": "Repair *at* <work>", "container": "A Journal", "volume": 2}
    effects = [
        correlation(
            r, 60, citation={"authors": [f"{name}, Q."], "year": 2001, "doi": f"10.1/{name.lower()}", **cite}
        )
        for name, r in (("Birch", 0.3), ("Alder", 0.2))
    ]
    out = study(
        citation={"authors": ["Cedar, C."], "year": 1999, "title": "Thesis"}, publication="dissertation"
    )
    studies = dict(zip(("birch", "alder", "cedar"), (*effects, out), strict=True))
    analysis = {"where": {"relation": "repair-outcome"}, "report_as": ["r"]}
    root = tmp_path_factory.mktemp("bare")
    folder = load_review(
        write_review(root / "studies", studies, {**REVIEW, "analyses": {"repair": analysis}})
    )
    return compute_results(folder, folder.problems, PARTS)


def with_entered(results: dict[str, Any], **entered: Any) -> dict[str, Any]:
    found = copy.deepcopy(results)
    found["reporting"] |= entered
    return found


class TestFirstScreen:
    def test_it_counts_what_is_left_to_write_after_the_answer(self, bare):
        summary = build_document(bare).sections[0]
        place = [type(block).__name__ for block in summary.blocks].index("Answer")
        facts = [(i, fact) for i, b in enumerate(summary.blocks) if isinstance(b, Facts) for fact in b.items]
        ((at, fact),) = [pair for pair in facts if pair[1].label == "What the authors must still write"]
        assert at > place
        statuses = [answer.status for answer in fill_checklist("prisma", bare)]
        assert f"PRISMA 2020: {statuses.count('author')} items for the text of the paper" in fact.text
        assert f"{statuses.count('missing')} not entered in review.yaml or not rated" in fact.text
        assert "certainty of the evidence (GRADE), not rated: repair" in fact.text
        assert "risk of bias, not rated: 2 of 2 pooled studies" in fact.text

    def test_what_was_rated_is_not_asked_for(self, bare):
        rated = copy.deepcopy(bare)
        rated["analyses"]["repair"]["certainty"] = {
            "start": "low", "ratings": {}, "level": "low", "note": None, "smallest_r": 0.1,
        }  # fmt: skip
        for record in rated["studies"]:
            record["risk_of_bias"] = {"tool": "robins-i", "domains": {}}
        text = todo_fact(rated).text
        assert "GRADE" not in text
        assert "risk of bias, not rated" not in text

    def test_the_subtitle_says_version_and_how_fresh_the_data_are(self, bare):
        assert build_document(bare).subtitle.startswith("No date of extraction on record, rupmeta ")
        known = with_entered(bare, version={"number": "1.2", "date": "2026-02-01", "previous": None})
        known["data_as_of"] = "2026-01-10"
        assert build_document(known).subtitle.startswith(
            "Version 1.2 (2026-02-01), data as of 2026-01-10, rup"
        )


class TestQuestionAndProtocol:
    def test_silence_is_said(self, bare):
        page = document_to_markdown(build_document(bare))
        assert "The review is not registered" in page
        assert "No frozen plan is on record" in page
        assert "where studies were searched and who selected and extracted, and how" in page

    def test_what_was_entered_is_told_as_it_was_entered(self, bare):
        database = {"name": "PsycINFO", "platform": "Ovid", "date": "2026-01-10", "strategy": "rupture*"}
        told = with_entered(
            bare,
            search={"databases": [database], "limits": "English"},
            process={"selection": "Two people, independently"},
            declarations={"protocol": "osf.io/x", "amendments": "none"},
        )
        page = document_to_markdown(build_document(told))
        assert "- **PsycINFO**: Ovid; searched 2026-01-10; “rupture\\*”." in page
        for line in ("- **Limits of the search**: English", "- **Selection**: Two people, independently",
                     "- **Protocol**: osf.io/x", "- **Amendments**: none"):  # fmt: skip
            assert line in page
        assert "Not entered in review.yaml" not in page


class TestLimits:
    def test_what_nobody_looked_at_is_a_limit(self, bare):
        page = document_to_markdown(build_document(bare))
        assert "**One extraction**: Extraction by two people is not on record" in page
        assert "**No registered or frozen plan**" in page
        assert "2 of 2 pooled studies have no judgement" in page

    def test_a_registration_ends_that_limit(self, bare):
        registered = {**bare, "registration": "osf.io/abc"}
        assert "**No registered or frozen plan**" not in document_to_markdown(build_document(registered))


class TestReferences:
    def test_every_study_stands_in_one_list_by_its_fate_and_by_author(self, bare):
        (one,) = (s for s in build_document(bare).sections if s.id == "references")
        assert [part.title for part in one.sections] == ["Studies with an effect (2)", "Excluded studies (1)"]
        lists = [b for b in blocks_of(build_document(bare)) if isinstance(b, References)]
        texts = [["".join(t for t, _ in cited.pieces) for cited in found.items] for found in lists]
        assert texts == [
            ["Alder, Q. (2001). Repair *at* <work>. A Journal, 2.",
             "Birch, Q. (2001). Repair *at* <work>. A Journal, 2."],
            ["Cedar, C. (1999). Thesis [Dissertation]."],
        ]  # fmt: skip

    def test_every_writer_has_them_with_italics_and_link(self, bare, tmp_path):
        docx = pytest.importorskip("docx")
        from rupmeta.render.writers.word.document import document_to_word

        document = build_document(bare)
        markdown, page = document_to_markdown(document), document_to_html(document)
        assert "Repair \\*at\\* \\<work\\>. *A Journal*, *2*. <https://doi.org/10.1/alder>" in markdown
        assert (
            "<li>Alder, Q. (2001). Repair *at* &lt;work&gt;. <cite>A Journal</cite>, <cite>2</cite>. "
            '<a href="https://doi.org/10.1/alder" rel="noreferrer">https://doi.org/10.1/alder</a></li>'
        ) in page
        file = tmp_path / "page.docx"
        file.write_bytes(document_to_word(document, figure_layouts(bare)))
        entry = [p for p in docx.Document(str(file)).paragraphs if p.text.startswith("Alder, Q. (2001).")][-1]
        assert [run.text for run in entry.runs if run.italic] == ["A Journal", "2"]
        assert entry.style.name == "Bibliography"


def test_a_categorical_moderator_has_an_orchard_and_a_number_a_bubble_plot(tmp_path):
    studies = {}
    for i in range(1, 7):
        one = correlation(0.1 * i, 50, therapy={"psychotherapy": True, "sessions": 5 * i})
        one["effects"][0]["phase"] = ("early", "late")[i % 2]
        studies[f"s{i}"] = one
    analysis = {"where": {"relation": "repair-outcome"}, "moderators": ["phase", "therapy.sessions"]}
    folder = load_review(write_review(tmp_path / "s", studies, {**REVIEW, "analyses": {"repair": analysis}}))
    results = compute_results(folder, folder.problems, PARTS)
    layouts = figure_layouts(results)
    assert "6 effects in 2 levels. Early, 3 effects" in layouts["repair-by-phase-orchard"].desc
    assert "figures/repair-by-phase-orchard.svg" in document_to_markdown(build_document(results))
    assert "repair-by-therapy-sessions" in layouts
    assert "repair-by-therapy-sessions-orchard" not in layouts
