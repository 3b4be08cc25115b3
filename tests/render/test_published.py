"""A review beside published figures: the numbers, what can be compared, and words that are never used."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from report_pages import results_of, shipped_results
from reviews import REVIEW, correlation, write_review

from rupmeta.render.document import Facts, TableBlock, blocks_of
from rupmeta.render.published.pairs import MATTERS, STANDINGS, compare_published
from rupmeta.render.published.words import beside_table, describe_distance, describe_standings
from rupmeta.render.report.pages import build_document
from rupmeta.render.report.tabulate import report_tables
from rupmeta.render.writers.document_markdown import document_to_markdown
from rupmeta.render.writers.html import document_to_html

#: What a figure of another review can never do to this one.
VERDICTS = re.compile(
    r"confirm|replicat|validat|corroborat|bears? out|in line with|consistent with", re.IGNORECASE
)


@pytest.fixture(scope="module")
def real() -> dict[str, Any]:
    return shipped_results(".")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Two invented studies with one comparison each, and one reference that tells nothing but r."""
    studies = {}
    for name, comparison in (("a2001", "no-rupture"), ("b2005", "unrepaired-rupture")):
        study = correlation(0.3, 103, extraction={"status": "verified"})
        study["citation"] = {"authors": ["A, B."], "year": int(name[1:]), "title": "Invented"}
        study["effects"][0]["comparison"] = comparison
        studies[name] = study
    analysis = {
        "where": {"relation": "repair-outcome"},
        "references": [{"label": "Earlier", "r": 0.2, "source": "invented"}],
    }
    folder: Path = tmp_path_factory.mktemp("published")
    return results_of(write_review(folder, studies, {**REVIEW, "analyses": {"repair": analysis}}))


def standing(results: dict[str, Any], matter: str, **told: Any) -> str:
    item = results["analyses"]["repair"]
    found = compare_published(item["pool"], {**item["references"][0], **told})
    return next(m.standing for m in found if m.name == matter)


class TestMatters:
    def test_a_reference_that_tells_nothing_is_told_apart_from_one_that_differs(self, small: Any) -> None:
        for matter in (
            "studies",
            "comparison group",
            "contrast",
            "who is counted",
            "adjusted effects",
            "method",
        ):
            assert standing(small, matter) == "not told", matter

    @pytest.mark.parametrize(
        ("matter", "told", "expected"),
        [
            ("studies", {"shared": ["a2001", "b2005"], "k": 2}, "comparable"),
            ("studies", {"shared": ["a2001", "b2005"], "k": 11}, "in part"),
            ("studies", {"shared": ["a2001"], "k": 2}, "in part"),
            ("studies", {"shared": [], "k": 2}, "not comparable"),
            ("studies", {"subset": "therapies in groups"}, "not comparable"),
            ("comparison group", {"comparison": ["no-rupture", "unrepaired-rupture"]}, "comparable"),
            ("comparison group", {"comparison": ["no-rupture"]}, "in part"),
            ("comparison group", {"comparison": ["untrained"]}, "not comparable"),
            ("contrast", {"contrast": "between"}, "comparable"),
            ("contrast", {"contrast": "within"}, "not comparable"),
            ("who is counted", {"counts": "clients"}, "comparable"),
            ("who is counted", {"counts": "therapists"}, "not comparable"),
            ("scale", {}, "comparable"),
            ("scale", {"r": None}, "not told"),
            ("adjusted effects", {"adjusted": False}, "comparable"),
            ("adjusted effects", {"adjusted": True}, "not comparable"),
            ("data", {}, "not told"),
            ("method", {"method": "REML"}, "comparable"),
            ("method", {"method": "DL"}, "not comparable"),
        ],
    )
    def test_every_standing_follows_from_the_data(
        self, small: Any, matter: str, told: dict[str, Any], expected: str
    ) -> None:
        assert standing(small, matter, **told) == expected

    def test_shares_are_shares_of_the_weight(self, small: Any) -> None:
        changed = copy.deepcopy(small)
        pool = changed["analyses"]["repair"]["pool"]
        pool["effects"][0] |= {"provisional": True, "adjusted": True, "weight": 75.0}
        pool["effects"][1]["weight"] = 25.0
        found = {m.name: m for m in compare_published(pool, changed["analyses"]["repair"]["references"][0])}
        assert found["data"].here == "provisional: 75% of the weight"
        assert found["data"].standing == "not comparable"
        assert found["adjusted effects"].here == "75% of the weight"
        assert "no rupture (75% of the weight)" in found["comparison group"].here
        pool["synthetic"] = True
        assert (
            compare_published(pool, changed["analyses"]["repair"]["references"][0])[6].standing
            == "not comparable"
        )

    def test_a_change_of_one_group_is_no_contrast(self, small: Any) -> None:
        changed = copy.deepcopy(small)
        item = changed["analyses"]["repair"]
        item["pool"]["effects"][0]["route"] = "pre_mean1, post_mean1, sd_pre1, n1"
        reference = {**item["references"][0], "contrast": "between"}
        assert compare_published(item["pool"], reference)[2].standing == "in part"
        item["pool"]["measure"] = "SMCC"
        assert compare_published(item["pool"], reference)[2].standing == "not comparable"


class TestWords:
    def test_every_matter_is_told_once(self, real: Any) -> None:
        item = real["analyses"]["repair"]
        for reference in item["references"]:
            text = describe_standings(item["pool"], reference)
            for matter in compare_published(item["pool"], reference):
                assert matter.standing in STANDINGS
                assert text.count(f"{matter.name}") >= 1
            assert len(compare_published(item["pool"], reference)) == len(MATTERS)

    def test_the_distance_is_that_of_the_numbers(self, small: Any) -> None:
        item = small["analyses"]["repair"]
        text = describe_distance(item["pool"], item["references"][0])
        assert text is not None
        assert text.startswith("r is .30 here and .20 there, .10 apart.")
        assert "does not hold" not in text
        far = describe_distance(item["pool"], {**item["references"][0], "r": 0.99})
        assert far is not None
        assert "does not hold the published value" in far
        assert describe_distance(item["pool"], {**item["references"][0], "r": None}) is None

    def test_published_numbers_stand_as_they_were_entered(self, real: Any) -> None:
        item = real["analyses"]["repair"]
        table = beside_table(item)
        assert table is not None
        own, review_2018, _, review_2011 = table.rows
        assert (own["k"], own["n"]) == (item["pool"]["k"], item["pool"]["n"])
        assert own["r"] == item["pool"]["reported"]["r"]["estimate"]
        assert own["d_ub"] == item["pool"]["reported"]["d"]["ci_ub"]
        assert (review_2018["k"], review_2018["n"], review_2018["r"], review_2018["d"]) == (
            11,
            1314,
            0.29,
            0.62,
        )
        assert review_2018["r_text"] == ".29 [.10,\u00a0.47]"
        assert (review_2018["d_lb"], review_2018["p"]) == (None, ".003")
        assert (review_2011["k"], review_2011["n"], review_2011["r_text"]) == (3, 148, ".24 [.09,\u00a0.39]")


class TestPage:
    def test_the_section_stands_in_every_form_and_gives_no_verdict(self, real: Any) -> None:
        document = build_document(real)
        section = next(s for s in document.sections if s.id == "against")
        assert [s.id for s in section.sections] == ["repair-against", "training-against"]
        part = document_to_markdown(type(document)(document.title, "", (), (section,), ""))
        assert "correlational" in part
        assert VERDICTS.search(part) is None
        html = document_to_html(document)
        assert 'id="against"' in html
        assert "Matter by matter" in html
        assert ".29" in part
        assert "1,314" in part
        assert "not told" in part

    def test_an_analysis_without_answer_shows_the_figures_and_says_so(self, real: Any) -> None:
        document = build_document(real)
        section = next(s for s in document.sections if s.id == "against").sections[1]
        assert not any(isinstance(block, Facts) for block in section.blocks)
        table = next(block.table for block in section.blocks if isinstance(block, TableBlock))
        assert table.rows[0]["k"] == 0
        assert "nothing can be estimated" in table.footnotes[0]
        assert "training-comparable" not in report_tables(real)

    def test_word_holds_the_tables(self, real: Any) -> None:
        docx = pytest.importorskip("docx")
        import io

        from rupmeta.render.writers.word.document import document_to_word

        document = build_document(real)
        section = next(s for s in document.sections if s.id == "against")
        short = type(document)(document.title, "", (), (section,), "")
        written = docx.Document(io.BytesIO(document_to_word(short, {})))
        texts = " ".join(p.text for p in written.paragraphs)
        assert "Against the published" in texts
        assert any(
            "1,314" in cell.text for table in written.tables for row in table.rows for cell in row.cells
        )

    def test_no_section_without_references(self, small: Any) -> None:
        changed = copy.deepcopy(small)
        changed["analyses"]["repair"]["references"] = []
        document = build_document(changed)
        assert "against" not in [s.id for s in document.sections]
        assert not any(isinstance(b, TableBlock) and b.table.name == "beside" for b in blocks_of(document))
