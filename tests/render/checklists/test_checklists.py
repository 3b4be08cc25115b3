"""An item is never called reported that was not seen; what is entered is found; --strict fails."""

from __future__ import annotations

import json
import re

import pytest
from reviews import correlation, run_cli, write_review

from rupmeta.pipeline.load import load_review
from rupmeta.read.json_schema import json_schema
from rupmeta.render.checklists.fill import checklist_table, fill_checklist
from rupmeta.render.checklists.items import CHECKLISTS
from rupmeta.render.report.files import compute_results
from rupmeta.render.report.pages import build_document

STUDIES = {"a": correlation(0.3, 40), "b": correlation(0.1, 60), "c": correlation(0.2, 80)}
ENTERED = {
    "registration": "PROSPERO CRD1",
    "search": {"databases": [{"name": "PsycINFO", "date": "2026-01-10", "strategy": "rupture AND repair"}]},
    "process": {"selection": "two, independently", "extraction": "two", "disagreements": "by talk",
                "unpublished": "out"},
    "declarations": {"protocol": "osf.io/x", "amendments": "none", "support": "none", "interests": "none"},
    "version": {"mode": "living", "triggers": "each January", "number": "2", "date": "2026-01-10",
                "previous": "version 1", "roles": "all of us"},
}  # fmt: skip


def results_of(folder, **more):
    analyses = {"repair": {"where": {"relation": "repair-outcome"}, **more.pop("analysis", {})}}
    loaded = load_review(write_review(folder, STUDIES, {"rupmeta": 1, "analyses": analyses, **more}))
    return compute_results(loaded, loaded.problems)


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    return results_of(tmp_path_factory.mktemp("bare") / "studies")


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    return results_of(tmp_path_factory.mktemp("full") / "studies", **ENTERED)


def statuses(name, results):
    return {answer.item.number: answer.status for answer in fill_checklist(name, results)}


def test_prisma_has_42_items_under_27_numbers():
    numbers = [item.number for item in CHECKLISTS["prisma"][1]]
    assert len(numbers) == len(set(numbers)) == 42
    assert {int(number.rstrip("abcdef")) for number in numbers} == set(range(1, 28))


def test_what_nobody_entered_is_missing_and_says_where_to_enter_it(bare):
    found = {answer.item.number: answer for answer in fill_checklist("prisma", bare)}
    missing = {number for number, answer in found.items() if answer.status == "missing"}
    assert missing >= {"6", "7", "8", "9", "11", "15", "18", "22", "24a", "24b", "24c", "25", "26"}
    assert found["8"].found == "enter process.selection in review.yaml"
    assert {number for number, answer in found.items() if answer.status == "author"} == {
        "1", "2", "3", "4", "23a", "23b", "23c", "23d",
    }  # fmt: skip


def test_numbers_alone_are_no_rating_of_certainty(bare, tmp_path):
    assert statuses("prisma", bare)["22"] == "missing"
    rated = results_of(tmp_path / "s", analysis={"certainty": {"start": "low", "level": "low"}})
    assert statuses("prisma", rated)["22"] == "auto"


def test_what_was_entered_is_found(full):
    found = {answer.item.number: answer for answer in fill_checklist("prisma", full)}
    assert found["6"].found == "PsycINFO, 2026-01-10, rupture AND repair"
    assert found["7"].found == "rupture AND repair"
    assert (found["24a"].status, found["24a"].found) == ("entered", "PROSPERO CRD1")
    assert set(statuses("lsr", full).values()) == {"entered", "author"}
    assert statuses("mars", full)["4"] == "entered"


def test_a_table_counts_its_statuses(full):
    table = checklist_table("prisma", full)
    counted = table.footnotes[0].split(".")[0]
    numbers = [int(part.split()[0]) for part in counted.split(", ")]
    assert sum(numbers) == len(table.rows) == 42


def test_the_text_of_each_item_is_filled_or_left_to_the_author(full):
    for name in CHECKLISTS:
        for answer in fill_checklist(name, full):
            assert answer.found or answer.status == "author", answer


class TestExport:
    @pytest.fixture
    def review(self, tmp_path):
        write_review(tmp_path / "studies", STUDIES)
        return tmp_path

    @pytest.mark.parametrize("kind", ["prisma-checklist", "mars-checklist", "lsr-checklist"])
    def test_markdown_and_csv_and_strict(self, review, kind):
        done = run_cli("export", kind, cwd=review)
        assert (done.returncode, done.stdout.startswith("**")) == (0, True)
        done = run_cli("export", kind, "--strict", "-o", "list.csv", cwd=review)
        assert done.returncode == 1
        assert (
            (review / "list.csv")
            .read_text(encoding="utf-8")
            .startswith("number,section,asks,status,found,where\n")
        )

    def test_word(self, review):
        docx = pytest.importorskip("docx")
        assert run_cli("export", "prisma-checklist", "-o", "list.docx", cwd=review).returncode == 0
        (table,) = docx.Document(str(review / "list.docx")).tables
        assert len(table.rows) == 43

    def test_strict_is_content_when_nothing_is_missing(self, tmp_path):
        write_review(tmp_path / "studies", STUDIES, {"rupmeta": 1, **ENTERED})
        assert run_cli("export", "lsr-checklist", "--strict", cwd=tmp_path).returncode == 0


def test_a_mistyped_key_names_the_nearest(tmp_path):
    review = {"rupmeta": 1, "serch": {}, "process": {"selecton": "two"}}
    write_review(tmp_path / "studies", STUDIES, review)
    out = run_cli("check", "studies", cwd=tmp_path).stdout
    assert "did you mean search" in out
    assert "did you mean selection" in out


def test_checklists_stand_on_the_page(tmp_path):
    write_review(tmp_path / "studies", STUDIES, {"rupmeta": 1, **ENTERED})
    run_cli("report", "--formats", "md", cwd=tmp_path)
    page = (tmp_path / "reports" / "report.md").read_text(encoding="utf-8")
    assert "## Checklists" in page
    assert "PRISMA-LSR" in page
    assert (tmp_path / "reports" / "tables" / "checklist-prisma.csv").is_file()


@pytest.mark.parametrize("name", sorted(CHECKLISTS))
def test_every_item_points_to_a_section_that_the_page_has(name, full):
    """Where an item says what the tool has seen, a reader finds it under a heading of that name."""

    def titles(sections):
        for section in sections:
            yield section.title
            yield from titles(section.sections)

    known = list(titles(build_document(full).sections))
    for answer in fill_checklist(name, full):
        if answer.status == "auto" and answer.item.source == "auto":
            assert any(title.startswith(answer.item.where) for title in known), answer.item


def test_every_key_to_enter_is_a_key_of_review_yaml():
    """``process.selection`` …: a reader who enters it is not told of an unknown key."""
    properties = json_schema("review")

    def find(schema, path):
        for part in path:
            text = json.dumps(schema)
            names = [ref.rpartition("/")[2] for ref in re.findall(r'"\$ref": "([^"]+)"', text)]
            options = [schema, *(properties["$defs"][ref] for ref in names)]
            fitting = (option["properties"] for option in options if part in option.get("properties", {}))
            schema = next((known[part] for known in fitting), None)
            if schema is None:
                return False
        return True

    for _, items in CHECKLISTS.values():
        for item in items:
            if item.source == "entered":
                for key in item.where.split(" or "):
                    assert find(properties, key.split(".")), key
