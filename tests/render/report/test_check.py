"""Reasons why a report is stale: every change found, named in the words of a reviewer, the telling first."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_pages import synthetic_review
from reviews import ROOT, correlation, run_cli, write_review

from rupmeta.pipeline.load import load_review
from rupmeta.render.report import collect
from rupmeta.render.report import files as report_files
from rupmeta.render.report.check import check_report, repair_command
from rupmeta.render.report.compare_results import compare_results
from rupmeta.render.report.files import (
    compute_results,
    make_report,
    read_template,
    render_files,
    write_report,
)
from rupmeta.render.report.pages import figure_layouts
from rupmeta.render.report.painting import KINDS, paint_figures
from rupmeta.render.report.reasons import Reason, list_reasons

STUDIES = {"a": correlation(0.31, 40), "b": correlation(0.12, 55), "c": correlation(0.25, 70)}
#: Parts of an analysis without which a page cannot be written.
FEW = ("bias", "leave_one_out", "influence", "confounding")
LEAF = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3)
JSON = st.recursive(
    LEAF,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text("abc", min_size=1), part, max_size=3),
    max_leaves=8,
)


class TestCompareResults:
    @given(JSON)
    def test_equal_results_have_no_reason(self, value):
        assert compare_results({"x": value}, copy.deepcopy({"x": value})) == []

    @given(JSON, JSON)
    def test_unequal_results_have_one(self, a, b):
        if a != b:
            assert compare_results({"x": a}, {"x": b})

    def test_last_digits_are_nobodys_finding_and_real_changes_are(self):
        old = {"x": 0.1234567890, "n": 3}
        assert compare_results(old, {"x": 0.12345678901, "n": 3}) == []
        (reason,) = compare_results(old, {"x": 0.1234577, "n": 3})
        assert (reason.where, reason.old) == ("x", 0.1234567890)
        (reason,) = compare_results(old, {"x": 0.1234567890, "n": 4})
        assert (reason.old, reason.new) == (3, 4)

    def test_a_number_that_vanished_is_a_reason(self):
        (reason,) = compare_results({"pi": 0.5}, {"pi": None})
        assert str(reason) == "NUMBER pi 0.5 → nothing"

    def test_a_new_study_is_one_reason_and_no_shift(self):
        rows = [{"study": "b", "yi": 0.1}, {"study": "c", "yi": 0.2}]
        found = compare_results({"effects": rows}, {"effects": [{"study": "a", "yi": 0.3}, *rows]})
        assert [(reason.where, reason.old, reason.new) for reason in found] == [("effects.a", None, "…")]

    def test_inputs_and_version_are_compared_elsewhere(self):
        assert compare_results({"version": "1", "inputs": [1]}, {"version": "2", "inputs": []}) == []


class TestWords:
    def test_an_effect_and_the_pooled_answer_are_named_as_people_name_them(self):
        row = "analyses.repair.effects.larsson2018/core-om.reported.r.estimate"
        assert str(Reason("NUMBER", "results.json", row, -0.31, -0.13)) == (
            "NUMBER repair: larsson2018/core-om r −.31 → −.13"
        )
        pooled = "analyses.repair.pool.reported.r.estimate"
        assert (
            str(Reason("NUMBER", "results.json", pooled, 0.29, 0.27)) == "NUMBER repair: pooled r .29 → .27"
        )
        field = "studies.larsson2018.effects.larsson2018/core-om.reported.0.r"
        assert str(Reason("NUMBER", "results.json", field, -0.31, -0.13)) == (
            "NUMBER larsson2018/core-om reported.0.r −0.31 → −0.13"
        )

    def test_the_telling_numbers_come_first_and_the_rest_is_counted(self):
        results = {"analyses": {"repair": {
            "effects": [{"study": "a", "effect": "m", "yi": 0.1, "reported": {"r": {"estimate": 0.1}}}],
            "pool": {"k": 3, "reported": {"r": {"estimate": 0.2, "ci_lb": 0.0}}},
        }}}  # fmt: skip
        changed = json.loads(
            json.dumps(results).replace("0.1", "0.4").replace("0.2", "0.5").replace("0.0", "0.3")
        )
        lines = list_reasons(compare_results(results, changed))
        assert lines == [
            "NUMBER repair: a/m r .10 → .40",
            "NUMBER repair: pooled r .20 → .50",
            "NUMBER and 2 more numbers of results.json (--json lists all)",
        ]


@pytest.fixture
def review(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_review(tmp_path / "studies", STUDIES)
    return tmp_path


def make(review, formats=("md", "svg"), template=None):
    folder = load_review("studies")
    write_report(make_report(folder, folder.problems, formats, template), review / "reports")


def codes(review):
    folder = load_review("studies")
    return [(r.code, r.path, r.where) for r in check_report(folder, folder.problems, review / "reports")]


class TestCheckReport:
    def test_a_changed_study_is_named_with_its_field_and_what_it_did(self, review):
        make(review)
        write_review(review / "studies", {"a": correlation(0.13, 40)})
        folder = load_review("studies")
        lines = list_reasons(check_report(folder, folder.problems, review / "reports"))
        assert lines[0] == "INPUT studies/a.yaml: changed"
        assert lines[1] == "NUMBER a/main reported.0.r 0.31 → 0.13"
        assert "NUMBER repair: a/main r .31 → .13" in lines
        assert any(line.startswith("NUMBER repair: pooled r ") for line in lines)

    def test_nothing_is_written_outside_and_nothing_is_changed(self, review):
        make(review)
        before = {path: path.read_bytes() for path in review.rglob("*") if path.is_file()}
        assert codes(review) == []
        assert {path: path.read_bytes() for path in review.rglob("*") if path.is_file()} == before

    def test_an_edited_results_file_is_found_twice(self, review):
        make(review)
        results = review / "reports" / "results.json"
        text = results.read_text(encoding="utf-8")
        results.write_text(text.replace('"k": 3', '"k": 4'), encoding="utf-8")
        found = codes(review)
        assert ("RENDER", "results.json", "was changed after it was made") in found
        assert any(code == "NUMBER" and where.endswith(".k") for code, _, where in found)

    def test_results_that_cannot_be_rendered_are_a_reason_and_no_crash(self, review):
        make(review)
        results = review / "reports" / "results.json"
        body = json.loads(results.read_text(encoding="utf-8"))
        del body["analyses"]["repair"]["pool"]["estimate"]
        results.write_text(json.dumps(body), encoding="utf-8")
        assert any(where and where.startswith("cannot be rendered") for _, _, where in codes(review))

    def test_an_interrupted_run_reads_as_stale(self, review, monkeypatch):
        make(review)
        write_review(review / "studies", {"a": correlation(0.13, 40)})
        folder = load_review("studies")
        files = make_report(folder, folder.problems, ("md", "svg"))
        moved = []

        real = type(review).replace

        def stop(path, to):
            if len(moved) == 9:
                raise KeyboardInterrupt
            moved.append(to)
            return real(path, to)

        monkeypatch.setattr(type(review), "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            write_report(files, review / "reports")
        monkeypatch.undo()
        monkeypatch.chdir(review)
        assert {code for code, _, _ in codes(review)} >= {"INPUT", "RENDER"}
        assert not list(review.glob(".rupmeta-*"))

    def test_a_format_that_cannot_be_made_here_is_a_reason(self, review, monkeypatch):
        pytest.importorskip("docx")
        make(review, ("md", "docx"))
        assert codes(review) == []
        for module in ("files", "check"):
            monkeypatch.setattr(
                f"rupmeta.render.report.{module}.missing_library",
                lambda name: 'pip install "rupmeta[word]"' if name == "docx" else None,
            )
        assert codes(review) == [("FORMAT", "manifest.json", 'docx: pip install "rupmeta[word]"')]

    def test_a_format_that_nobody_knows_is_a_reason(self, review):
        make(review)
        path = review / "reports" / "manifest.json"
        manifest = json.loads(path.read_text(encoding="utf-8"))
        manifest["options"]["formats"].append("rtf")
        path.write_text(json.dumps(manifest), encoding="utf-8")
        ((code, _, where),) = codes(review)
        assert code == "FORMAT"
        assert where.startswith("rtf: unknown format; choose from html")

    def test_a_word_file_is_compared_by_its_text(self, review):
        docx = pytest.importorskip("docx")
        make(review, ("md", "docx"))
        path = review / "reports" / "report.docx"
        word = docx.Document(str(path))
        word.paragraphs[0].text = "Another title"
        word.save(str(path))
        assert codes(review) == [("RENDER", "report.docx", "was changed after it was made")]
        manifest = review / "reports" / "manifest.json"
        body = json.loads(manifest.read_text(encoding="utf-8"))
        import hashlib

        for entry in body["outputs"]:
            if entry["path"] == "report.docx":
                assert entry["compare"] == "document"
                entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        manifest.write_text(json.dumps(body), encoding="utf-8")
        assert codes(review) == [("RENDER", "report.docx", "differs from what results.json gives")]

    def test_a_word_file_of_another_zip_is_the_same_document(self, review):
        """Another build of zlib packs the same parts into other bytes."""
        import hashlib
        import io
        import zipfile

        pytest.importorskip("docx")
        make(review, ("docx",))
        path = review / "reports" / "report.docx"
        out = io.BytesIO()
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
            for name in old.namelist():
                new.writestr(name, old.read(name))
        path.write_bytes(out.getvalue())
        manifest = review / "reports" / "manifest.json"
        body = json.loads(manifest.read_text(encoding="utf-8"))
        for entry in body["outputs"]:
            if entry["path"] == "report.docx":
                entry["sha256"] = hashlib.sha256(out.getvalue()).hexdigest()
        manifest.write_text(json.dumps(body), encoding="utf-8")
        assert codes(review) == []

    def test_a_template_is_an_input(self, review):
        docx = pytest.importorskip("docx")
        docx.Document().save("journal.docx")
        template = read_template("journal.docx", review / "reports")
        assert template.path == "journal.docx"
        make(review, ("docx",), template)
        assert codes(review) == []
        assert repair_command(review / "reports", "studies").endswith(
            f"--formats docx --template {(review / 'journal.docx').as_posix()}"
        )
        word = docx.Document("journal.docx")
        word.core_properties.title = "Another"
        word.save("journal.docx")
        assert codes(review) == [("INPUT", "journal.docx", "changed")]
        (review / "journal.docx").unlink()
        assert ("INPUT", "journal.docx", "removed") in codes(review)


class TestCommand:
    def test_the_repair_names_the_options_that_made_the_report(self, review):
        assert run_cli("report", "--formats", "md,r", "-o", "out", cwd=review).returncode == 0
        write_review(review / "studies", {"a": correlation(0.13, 40)})
        done = run_cli("report", "--check", "-o", "out", cwd=review)
        assert done.returncode == 1
        assert "rupmeta report studies -o out --formats md,r" in done.stderr
        assert run_cli("report", "studies", "-o", "out", "--formats", "md,r", cwd=review).returncode == 0
        assert run_cli("report", "--check", "-o", "out", cwd=review).returncode == 0

    def test_a_missing_library_is_a_sentence_with_the_command(self, review, monkeypatch):
        monkeypatch.setattr(report_files, "find_spec", {}.get)
        done = run_cli("report", "--formats", "docx", cwd=review)
        assert done.returncode == 2
        assert 'pip install "rupmeta[word]"' in done.stderr
        assert not (review / "reports").exists()

    def test_a_template_without_word_and_one_that_is_no_file(self, review):
        done = run_cli("report", "--template", "x.docx", cwd=review)
        assert (done.returncode, "add docx to --formats" in done.stderr) == (2, True)
        done = run_cli("report", "--formats", "docx", "--template", "x.docx", cwd=review)
        assert (done.returncode, "--template x.docx: No such file" in done.stderr) == (2, True)


def test_two_processes_with_other_hash_seeds_agree_to_the_byte(review):
    import os
    import subprocess
    import sys

    pytest.importorskip("docx")
    for name, seed in (("one", "0"), ("two", "4711")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "rupmeta", "report", "-o", name]
        command += ["--formats", "html,md,docx,r,svg,png,pdf"]
        subprocess.run(command, cwd=review, env=environment, check=True, capture_output=True)
    first, second = (
        {
            path.relative_to(review / name).as_posix(): path.read_bytes()
            for path in (review / name).rglob("*.*")
        }
        for name in ("one", "two")
    )
    assert "report.docx" in first
    assert first == second


class TestOptions:
    @pytest.fixture
    def few(self, review):
        """Results without most of the analyses."""
        folder = load_review(review / "studies")
        return compute_results(folder, (), FEW)

    def test_the_bytes_are_the_same_for_any_number_of_processes(self, few):
        layouts = dict(list(figure_layouts(few).items())[:3])
        alone = paint_figures(layouts, KINDS)
        assert alone == paint_figures(layouts, KINDS, jobs=2)
        assert {name.rpartition(".")[2] for name in alone} == set(KINDS)

    def test_a_word_file_alone_brings_no_drawings(self, few):
        files = render_files(few, ("docx",))
        assert {path.rpartition(".")[2] for path in files if path.startswith("figures/")} == {"txt"}
        assert files["report.docx"] == render_files(few, ("docx", "png"))["report.docx"]

    def test_the_seed_stands_in_the_manifest_and_check_takes_it(self, tmp_path, monkeypatch):
        monkeypatch.setattr(collect, "PARTS", {key: collect.PARTS[key] for key in (*FEW, "multiverse")})
        monkeypatch.chdir(tmp_path)
        synthetic_review(tmp_path / "studies", 12)
        assert run_cli("report", "studies", "--formats", "md", "--seed", "7", cwd=tmp_path).returncode == 0
        manifest = json.loads((tmp_path / "reports" / "manifest.json").read_text(encoding="utf-8"))
        assert manifest["options"]["seed"] == 7
        assert codes(tmp_path) == []
        assert repair_command(tmp_path / "reports", "studies").endswith(" --formats md --seed 7")
        manifest["options"]["seed"] = 8
        (tmp_path / "reports" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        assert {code for code, _, _ in codes(tmp_path)} == {"NUMBER"}

    def test_layout_and_palette_stand_in_the_manifest_and_check_takes_them(self, review, monkeypatch):
        monkeypatch.setattr(collect, "PARTS", {key: collect.PARTS[key] for key in FEW})
        looks = ("--layout", "jama", "--palette", "mono")
        done = run_cli("report", "studies", "--formats", "html,svg", *looks, cwd=review)
        assert done.returncode == 0, done.stderr
        manifest = json.loads((review / "reports" / "manifest.json").read_text(encoding="utf-8"))
        assert (manifest["options"]["layout"], manifest["options"]["palette"]) == ("jama", "mono")
        assert codes(review) == []
        assert repair_command(review / "reports", "studies").endswith("--layout jama --palette mono")
        page = (review / "reports" / "report.html").read_text(encoding="utf-8")
        assert ">Source</text>" in page  # JAMA's heading of studies
        assert "#0072b2" not in page.partition("svg.figure .square{")[2].partition("}")[0].lower()
        wrong = run_cli("report", "studies", "--layout", "cell", cwd=review)
        assert wrong.returncode == 2
        assert "revman" in wrong.stderr
        manifest["options"]["layout"] = "cell"
        (review / "reports" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        assert {code for code, _, _ in codes(review)} == {"RENDER"}

    def test_formats_that_are_no_longer_asked_for_go_and_that_is_said(self, review, monkeypatch):
        monkeypatch.setattr(collect, "PARTS", {key: collect.PARTS[key] for key in FEW})
        assert run_cli("report", "studies", "--formats", "html,svg", cwd=review).returncode == 0
        done = run_cli("report", "studies", "--formats", "md", cwd=review)
        assert done.returncode == 0
        assert "removed report.html, figures/*.svg (" in done.stderr
        assert "--formats names all that a report has" in done.stderr
        assert not (review / "reports" / "report.html").exists()
        assert codes(review) == []
        assert "removed" not in run_cli("report", "studies", "--formats", "md", cwd=review).stderr
        answer = json.loads(run_cli("report", "studies", "--formats", "r", "--json", cwd=review).stdout)
        assert answer["result"]["removed"] == ["report.md"]

    def test_a_file_of_somebody_else_stays_and_is_a_stray(self, review, monkeypatch):
        monkeypatch.setattr(collect, "PARTS", {key: collect.PARTS[key] for key in FEW})
        make(review, ("md", "svg"))
        (review / "reports" / "notes.txt").write_text("mine", encoding="utf-8")
        make(review, ("md",))
        assert (review / "reports" / "notes.txt").read_text(encoding="utf-8") == "mine"
        assert codes(review) == [("STRAY", "notes.txt", "does not belong to the report")]
