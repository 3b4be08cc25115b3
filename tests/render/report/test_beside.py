"""Double extraction and What's new in the report: what they say, what they do to the checklists, and what a
change of their files is called.
"""

from __future__ import annotations

import copy
import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest
from report_pages import shipped
from reviews import ROOT, correlation, run_cli, write_review

from rupmeta.errors import InputError
from rupmeta.pipeline.attached import open_attached
from rupmeta.pipeline.diff.sides import open_sides
from rupmeta.pipeline.load import load_review
from rupmeta.read.folder import read_folder
from rupmeta.render.checklists.fill import fill_checklist
from rupmeta.render.report import collect
from rupmeta.render.report.beside import extraction_answer
from rupmeta.render.report.check import check_report
from rupmeta.render.report.drawings import figure_layouts
from rupmeta.render.report.files import compute_results, make_report, write_report
from rupmeta.render.report.pages import build_document
from rupmeta.render.report.reasons import Reason, list_reasons
from rupmeta.render.report.sections.page import in_reading_order
from rupmeta.render.report.tabulate import report_tables
from rupmeta.render.writers.document_markdown import document_to_markdown

LIVING = "studies/examples/living"
#: The parts that checklists and the text for a manuscript ask for.
PARTS = ("bias", "leave_one_out")


@pytest.fixture(scope="module")
def living() -> dict[str, Any]:
    folder = load_review(ROOT / LIVING)
    return compute_results(folder, folder.problems, PARTS)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    root = tmp_path_factory.mktemp("plain")
    studies = {"alder": correlation(0.3, 40), "birch": correlation(0.2, 90)}
    folder = load_review(write_review(root / "studies", studies))
    return compute_results(folder, folder.problems, PARTS)


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped living review in a folder of its own, with parts that take no time."""
    shutil.copytree(ROOT / LIVING, tmp_path / "studies")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(collect, "PARTS", {name: collect.PARTS[name] for name in PARTS})
    return tmp_path


def section(results: dict[str, Any], ident: str) -> str:
    document = build_document(results)
    one = next(s for s in document.sections if s.id == ident)
    text = document_to_markdown(document)
    following = [s.title for s in document.sections[document.sections.index(one) + 1 :]][:1]
    after = text.split(f"\n## {one.title}\n", 1)[1]
    return after.split(f"\n## {following[0]}\n", 1)[0] if following else after


class TestDoubleExtraction:
    def test_the_answers_are_those_of_the_agreement_command(self, living):
        folders = [f"{LIVING}/extraction/first", f"{LIVING}/extraction/second", "--consensus", LIVING]
        asked = json.loads(run_cli("agreement", *folders, "--json").stdout)["result"]
        found = living["double_extraction"]["result"]
        assert found["items"] == asked["items"]
        for name in ("A", "B", "consensus"):
            mine = living["double_extraction"]["analyses"][0]["pooled"][name]["estimate"]["estimate"]
            assert math.isclose(mine, asked["pooled"][name]["estimate"]["estimate"], rel_tol=1e-9)

    def test_the_section_has_every_planted_disagreement_with_its_places(self, living):
        text = section(living, "double-extraction")
        assert "The extractors agree in 183 of 190 fields (96%) of 10 studies." in text
        table = report_tables(living)["extraction-disagreements"]
        assert {(row["study"], row["a"], row["b"], row["consensus"]) for row in table.rows} == {
            ("birch2009", "-0.61", "-0.16", "-0.61"),
            ("hazel2012", "358", "385", "385"),
            ("larch2015", "lower", "higher", "lower"),
            ("maple2016", "whole", "late", "late"),
            ("maple2016", "-0.58", "-0.52", "-0.58"),
            ("willow2017", "whole", "late", "whole"),
        }
        assert all(row["where_a"].startswith(f"{ROOT / LIVING}/extraction/first/") for row in table.rows)
        assert "linden2008 | (the whole study) | A" in text
        assert "synthetic" in text.lower()
        assert "correlational" in text

    def test_the_first_scale_of_the_protocol_comes_first(self, living):
        assert "From A to B the pooled r moves by −.143." in section(living, "double-extraction")

    def test_without_a_second_extraction_the_page_and_the_checklists_say_so(self, plain):
        assert plain["double_extraction"] is None
        assert "Extraction by two people is not on record" in section(plain, "double-extraction")
        for name, number in (("prisma", "9"), ("mars", "4")):
            (item,) = (a for a in fill_checklist(name, plain) if a.item.number == number)
            assert item.status == "missing"
            assert item.found.endswith("extraction by two people is not on record")

    def test_what_people_entered_is_not_taken_for_a_comparison(self, plain):
        told = copy.deepcopy(plain)
        told["reporting"]["process"] = {"extraction": "Two people, independently.", "disagreements": None}
        (item,) = (a for a in fill_checklist("prisma", told) if a.item.number == "9")
        assert item.status == "entered"
        assert item.found == "Two people, independently; extraction by two people is not on record"

    def test_a_comparison_alone_makes_the_item_known(self, living):
        silent = copy.deepcopy(living)
        silent["reporting"]["process"]["disagreements"] = None
        (item,) = (a for a in fill_checklist("mars", silent) if a.item.number == "4")
        assert item.status == "auto"
        assert item.found.startswith("two extractions of 10 studies agree in 183 of 190 fields")

    def test_without_a_first_folder_the_review_is_the_first_extraction(self, tmp_path):
        studies = {"alder": correlation(0.3, 40), "birch": correlation(0.2, 90)}
        review = {"rupmeta": 1, "analyses": {"main": {"report_as": ["r"]}},
                  "process": {"second_extraction": "other"}}  # fmt: skip
        write_review(tmp_path / "studies", studies, review)
        write_review(tmp_path / "studies" / "other", {"alder": correlation(0.5, 40)}, {})
        (tmp_path / "studies" / "other" / "review.yaml").unlink()
        folder = load_review(tmp_path / "studies")
        assert folder.problems == ()
        found = compute_results(folder, (), PARTS)["double_extraction"]
        assert list(found["result"]["pooled"]) == ["A", "B"]
        assert [row["field"] for row in found["result"]["disagreements"]] == [
            "effects[main].reported[r, n].r"
        ]

    def test_nothing_in_common_is_a_sentence(self, tmp_path):
        review = {"rupmeta": 1, "process": {"second_extraction": "other"}}
        write_review(tmp_path / "studies", {"alder": correlation(0.3, 40)}, review)
        write_review(tmp_path / "studies" / "other", {"birch": correlation(0.5, 40)})
        folder = load_review(tmp_path / "studies")
        results = compute_results(folder, (), PARTS)
        assert "The two extractions cannot be compared:" in section(results, "double-extraction")


class TestWhatsNew:
    def test_it_is_what_diff_says(self, living):
        asked = json.loads(run_cli("diff", f"{LIVING}/previous", LIVING, "--json").stdout)["result"]
        mine = living["whats_new"]["analyses"][0]["change"]
        theirs = asked["analyses"][0]["change"]
        assert math.isclose(mine["total"], theirs["total"], rel_tol=1e-9)
        assert [step["step"] for step in mine["steps"]] == [step["step"] for step in theirs["steps"]]
        shares = math.fsum(step["share"] for step in mine["steps"])
        assert math.isclose(shares, mine["total"], abs_tol=1e-9)

    def test_section_tables_and_figure(self, living):
        text = section(living, "whats-new")
        assert "8 studies added" in text
        assert "(k = 3) in the preceding version and is r = .27" in text.replace("*", "")
        assert "figures/repair-whats-new.svg" in text
        layout = figure_layouts(living)["repair-whats-new"]
        assert "From .32" in layout.desc
        assert {"repair-whats-new", "repair-versions", "whats-new-studies", "whats-new-fields"} <= set(
            report_tables(living)
        )

    def test_the_checklist_of_living_reviews_is_filled(self, living):
        items = {a.item.number: a for a in fill_checklist("lsr", in_reading_order(living))}
        assert {items[n].status for n in ("1", "2", "3", "4", "5")} == {"entered"}
        assert items["7"].status == items["8"].status == "auto"
        assert "analyses.repair.model.method" in items["7"].found
        assert items["8"].found == "repair: r = .32 (k = 3), now r = .27 (k = 11) (What’s new)"

    def test_without_a_version_before_the_page_says_so_and_the_items_are_the_authors(self, plain):
        assert "No files of an earlier version are on record" in section(plain, "whats-new")
        items = {a.item.number: a.status for a in fill_checklist("lsr", plain)}
        assert items["7"] == items["8"] == "author"

    def test_the_results_of_an_earlier_report_do_too(self, copied):
        folder = load_review("studies/previous")
        files = make_report(folder, (), ("md",))
        (copied / "studies" / "before.json").write_bytes(files["results.json"])
        review = copied / "studies" / "review.yaml"
        review.write_text(
            review.read_text().replace("previous_files: previous", "previous_files: before.json")
        )
        folder = load_review("studies")
        found = compute_results(folder, folder.problems, PARTS)["whats_new"]
        kinds = {row["study"]: row["kind"] for row in found["studies"]}
        assert kinds["aspen2002"] == "removed"
        assert kinds["birch2009"] == "added"
        assert found["old"]["kind"] == "results"
        assert "studies/before.json" in [item.path for item in open_attached(folder).inputs(folder)]

    def test_files_of_the_extractors_are_no_studies_of_an_earlier_report(self, copied):
        folder = load_review("studies")
        files = make_report(folder, folder.problems, ("md",))
        (copied / "results.json").write_bytes(files["results.json"])
        with open_sides("results.json", "studies") as (old, new):
            assert old.digests == new.digests


class TestCheck:
    def make(self, copied: Path) -> None:
        folder = load_review("studies")
        write_report(make_report(folder, folder.problems, ("md", "svg")), copied / "reports")

    def reasons(self, copied: Path) -> tuple[Reason, ...]:
        folder = load_review("studies")
        return check_report(folder, folder.problems, copied / "reports")

    def test_two_runs_are_equal_to_the_byte_and_current(self, copied):
        folder = load_review("studies")
        assert make_report(folder, folder.problems, ("html", "md", "svg")) == make_report(
            folder, folder.problems, ("html", "md", "svg")
        )
        self.make(copied)
        assert self.reasons(copied) == ()

    def test_a_changed_second_extraction_is_named_with_what_it_did(self, copied):
        self.make(copied)
        file = copied / "studies" / "extraction" / "second" / "birch2009.yaml"
        file.write_text(file.read_text().replace("r: -0.16", "r: -0.61"))
        lines = list_reasons(self.reasons(copied))
        assert lines[0] == "INPUT studies/extraction/second/birch2009.yaml: changed"
        assert any(line.startswith("NUMBER repair under B: pooled r .14 → ") for line in lines), lines

    def test_a_changed_version_before_is_named_with_what_it_did(self, copied):
        self.make(copied)
        file = copied / "studies" / "previous" / "aspen2002.yaml"
        file.write_text(file.read_text().replace("r: -0.44", "r: -0.24"))
        found = self.reasons(copied)
        assert list_reasons(found)[0] == "INPUT studies/previous/aspen2002.yaml: changed"
        assert any(str(reason).startswith("NUMBER what’s new: ") for reason in found)

    def test_a_faulty_file_of_an_extractor_stops_the_report_with_its_place(self, copied):
        file = copied / "studies" / "extraction" / "second" / "birch2009.yaml"
        file.write_text(file.read_text().replace("r: -0.16", "r: -1.6"))
        with pytest.raises(InputError) as stop:
            make_report(load_review("studies"), (), ("md",))
        assert "studies/extraction/second/birch2009.yaml:20:" in str(stop.value)
        assert load_review("studies").problems == ()  # no other command stops for it
        done = run_cli("check", "studies", cwd=copied)
        assert done.returncode == 1
        assert "studies/extraction/second/birch2009.yaml:20:" in done.stdout


class TestNames:
    @pytest.mark.parametrize(
        ("entered", "code", "text"),
        [
            ({"process": {"second_extraction": "../other"}}, "PATH-OUT", "lies outside the studies folder"),
            ({"process": {"second_extraction": "."}}, "PATH-OUT", "is the review itself"),
            ({"process": {"second_extraction": "secnd"}}, "PATH-MISS", "did you mean second?"),
            ({"process": {"second_extraction": "a.yaml"}}, "PATH-MISS", "is a file; name a folder of study"),
            ({"process": {"first_extraction": "second"}}, "OPT", "add second_extraction, or leave it out"),
            ({"version": {"previous_files": "results.json"}}, "PATH-MISS", "no file or folder results.json"),
        ],
    )
    def test_a_name_that_leads_nowhere_has_its_place_and_says_what_to_do(self, tmp_path, entered, code, text):
        folder = write_review(tmp_path / "studies", {"a": correlation(0.3, 40)}, {"rupmeta": 1, **entered})
        write_review(folder / "second", {"a": correlation(0.3, 40)})
        (problem,) = read_folder(folder, strict=False).problems
        assert (problem.code, problem.severity) == (code, "error")
        assert text in problem.message
        assert problem.path.endswith("review.yaml")

    def test_a_folder_that_is_named_is_not_called_unread(self, tmp_path):
        review = {"rupmeta": 1, "process": {"second_extraction": "extraction/second"}}
        folder = write_review(tmp_path / "studies", {"a": correlation(0.3, 40)}, review)
        write_review(folder / "extraction" / "second", {"a": correlation(0.3, 40)})
        (folder / "extraction" / "second" / "review.yaml").unlink()
        assert read_folder(folder).problems == ()
        write_review(folder / "extraction" / "third", {"a": correlation(0.3, 40)})
        (folder / "extraction" / "third" / "review.yaml").unlink()
        assert [problem.code for problem in read_folder(folder).problems] == ["FILE-NAME"]


def test_the_shipped_example_is_marked_synthetic() -> None:
    assert all("synthetic: true" in p.read_text() for p in shipped("examples/living").rglob("*[0-9].yaml"))


def test_the_seed_of_the_report_is_that_of_the_intervals_of_agreement() -> None:
    folder = load_review(ROOT / LIVING)
    attached = open_attached(folder)
    found = [extraction_answer(folder, attached, seed=seed) for seed in (20260101, 20260101, 7)]
    assert found[0] == found[1] != found[2]
    asked = [entry["result"]["disagreements"] for entry in found]
    assert asked[0] == asked[2]
