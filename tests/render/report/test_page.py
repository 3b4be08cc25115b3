"""The page as data and as HTML: what it says first, and that nothing is lost on the way."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from report_pages import results_of, shipped_results, synthetic_review
from reviews import run_cli

from rupmeta.render.document import Answer, Document, Facts, FigureBlock, NotesBlock, TableBlock, blocks_of
from rupmeta.render.figures.palettes import PALETTES, contrast, luminance, paints
from rupmeta.render.report.drawings import figure_layouts
from rupmeta.render.report.pages import build_document
from rupmeta.render.report.parts import PARTS
from rupmeta.render.report.tabulate import report_tables
from rupmeta.render.writers.document_markdown import document_to_markdown
from rupmeta.render.writers.figure_style import dark_twin, figure_style
from rupmeta.render.writers.html import document_to_html


@pytest.fixture(scope="module")
def worked() -> dict[str, Any]:
    return shipped_results("examples/worked")


@pytest.fixture(scope="module")
def real() -> dict[str, Any]:
    return shipped_results(".")


@pytest.fixture(scope="module")
def page(worked: dict[str, Any]) -> str:
    return document_to_html(build_document(worked))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.headings: list[int] = []
        self.styled = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a" and str(given.get("href")).startswith("#"):
            self.targets.append(str(given["href"])[1:])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.styled += "style" in given or any(name.startswith("on") for name in given)


def read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    return reader


class TestResults:
    def test_every_part_has_an_answer_or_a_reason(self, worked: dict[str, Any]) -> None:
        for item in worked["analyses"].values():
            assert set(item["parts"]) == set(PARTS)
            for name, part in item["parts"].items():
                assert (part["result"] is None) == (part["reason"] is not None), name

    @pytest.mark.parametrize(
        ("part", "command"),
        [
            ("bias", ["bias"]),
            ("leave_one_out", ["sensitivity", "--leave-one-out"]),
            ("estimators", ["sensitivity", "--estimators"]),
            ("fragility", ["sensitivity", "--fragility"]),
            ("confounding", ["sensitivity", "--confounding"]),
            ("overlap", ["moderators", "--overlap"]),
        ],
    )
    def test_a_part_is_what_its_command_prints(
        self, worked: dict[str, Any], part: str, command: list[str]
    ) -> None:
        done = run_cli(*command, "studies/examples/worked", "--analysis", "repair", "--json")
        printed = json.loads(done.stdout)
        kept = worked["analyses"]["repair"]["parts"][part]
        assert kept["result"] == printed["result"]
        assert kept["notes"] == printed["notes"]

    def test_every_study_keeps_its_source(self, real: dict[str, Any]) -> None:
        effects = [effect for record in real["studies"] for effect in record["effects"]]
        assert len(effects) >= 3
        assert all(effect["source"]["where"] and effect["line"] > 1 for effect in effects)


class TestPage:
    def test_the_answer_comes_first(self, real: dict[str, Any]) -> None:
        document = build_document(real)
        first = document.sections[0]
        assert first.id == "summary"
        answer, facts = first.blocks[:2]
        assert isinstance(answer, Answer)
        assert isinstance(facts, Facts)
        assert answer.badge == "post hoc"
        assert answer.strip is not None
        assert answer.strip.desc.startswith("3 effects from r = ")
        assert "no basis for a verdict" in answer.sentence
        told = {fact.label: fact.text for fact in facts.items}
        assert "correlational" in told["What it does not show"]
        assert "provisional" in told["What it rests on"]
        assert "cannot be judged" in told["Missing studies"]
        assert told["How sure are we?"].startswith("Little.")

    def test_sections_come_in_the_order_of_a_paper(self, worked: dict[str, Any]) -> None:
        ids = [section.id for section in build_document(worked).sections]
        wanted = ["summary", "methods", "screening", "studies", "analysis-repair", "limits", "provenance"]
        assert [name for name in ids if name in wanted] == wanted
        assert sum(name.startswith("analysis-") for name in ids) == 3

    def test_every_figure_and_table_of_the_folder_is_on_the_page(self, worked: dict[str, Any]) -> None:
        document = build_document(worked)
        shown = {block.layout.name for block in blocks_of(document) if isinstance(block, FigureBlock)}
        assert shown == set(figure_layouts(worked))
        files_ = {block.file for block in blocks_of(document) if isinstance(block, TableBlock)}
        for stem, table in report_tables(worked).items():
            if table.rows and not stem.endswith("-specifications"):  # too long to read, kept as a file
                assert f"tables/{stem}.csv" in files_
                assert table.title

    def test_a_caveat_of_an_analysis_stands_once(self, worked: dict[str, Any]) -> None:
        document = build_document(worked)
        for section in document.sections:
            if not section.id.startswith("analysis-"):
                continue
            blocks = blocks_of(replace(document, sections=(section,)))
            notes = [note for block in blocks if isinstance(block, NotesBlock) for note in block.notes]
            # The share of the weight is told once, with the pooled answer that it belongs to.
            words = Counter((code, re.sub(r" \(\d+% of the weight\)", "", text)) for code, text, _ in notes)
            of_all = {(n["code"], n["message"]) for n in worked["analyses"][section.id[9:]]["notes"]}
            assert of_all <= {(code, text) for code, text, _ in notes}
            twice = {code for (code, _), count in words.items() if count > 1}
            assert twice <= {"DROP", "R2", "K-MOD"}  # of one effect or of one model each

    def test_scales_are_said_in_the_order_of_the_protocol(self, worked: dict[str, Any]) -> None:
        page = document_to_markdown(build_document(worked))
        assert "The smallest single change: r of" in page
        assert "The smallest single change: d of" not in page

    def test_markdown_has_the_same_sections(self, worked: dict[str, Any]) -> None:
        document = build_document(worked)
        text = document_to_markdown(document)
        for section in document.sections:
            assert f"\n## {section.title}\n" in text.replace("\\", "")

    @pytest.mark.parametrize("k", [1, 2, 12])
    def test_any_number_of_studies_makes_a_page(self, tmp_path: Any, k: int) -> None:
        page = document_to_html(build_document(results_of(synthetic_review(tmp_path / "r", k))))
        assert f"k = {k}" in page.replace("\u00a0", " ").replace("<i>", "").replace("</i>", "")


class TestHtml:
    def test_ids_are_unique_and_links_lead_somewhere(self, page: str) -> None:
        reader = read(page)
        assert [name for name, count in Counter(reader.ids).items() if count > 1] == []
        assert set(reader.targets) <= set(reader.ids)

    def test_headings_do_not_skip_a_level(self, page: str) -> None:
        levels = read(page).headings
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_the_policy_names_exactly_what_is_there(self, page: str) -> None:
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
        assert policy is not None
        for tag, rule in (("<script>", "script-src"), ("<style>", "style-src")):
            start = page.index(tag) + len(tag)
            text = page[start : page.index(tag.replace("<", "</"), start)]
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"{rule} 'sha256-{digest}'" in policy[1]
        assert read(page).styled == 0  # the policy would refuse a style or a handler in an attribute

    def test_nothing_is_fetched(self, page: str) -> None:
        assert not re.search(r'(?:src|srcset)="|url\(|@import|<link|<iframe', page)

    def test_the_page_is_the_same_every_time(self, worked: dict[str, Any], page: str) -> None:
        again: Document = build_document(json.loads(json.dumps(worked)))
        assert document_to_html(again) == page

    def test_every_role_of_a_figure_has_a_colour_in_the_dark(self) -> None:
        style = figure_style()
        for role, ink in paints(PALETTES["okabe-ito"]).items():
            assert f"svg.figure .{role}{{" in style
            if role.startswith(("rob-", "kappa-")):  # grounds of boxes, with a text upon each
                assert (
                    contrast(dark_twin("#1b1b1f"), dark_twin(ink.fill or "#ffffff")) >= 4.5 or "rob" in role
                )
                continue
            for colour in (ink.fill, ink.stroke):
                if colour is None:
                    continue
                twin = dark_twin(colour)
                if luminance(colour) > 0.6:  # a ground stays a ground
                    assert contrast(twin, "#16181d") < 3, role
                elif role not in ("frame", "spec-rule", "spec-ci-open"):
                    assert contrast(twin, "#16181d") >= 3, role


def test_whole_numbers_of_a_study_are_shown_as_the_file_has_them() -> None:
    from rupmeta.render.report.sections.studies import _effect, _words

    record = {"n": 12, "caseload": 7.0, "sessions": 7.5, "psychotherapy": True}
    names = {"n": "n =", "caseload": "caseload:", "sessions": "sessions:", "psychotherapy": "psychotherapy:"}
    assert _words(record, **names) == "n = 12; caseload: 7; sessions: 7.5; psychotherapy: yes"
    effect = {
        "effect": "a",
        "outcome": {"name": "BDI", "kind": "symptoms", "better": "lower"},
        "reported": [{"t": -3.02, "df": 88.0}],
        "source": {"where": "p. 1"},
        "status": "verified",
    }
    assert ("Reported", "t = -3.02, df = 88") in _effect(effect, None, "repair-outcome")[1]
