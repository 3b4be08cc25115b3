"""The commands as a user types them: what comes out where, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from reviews import REVIEW, ROOT, correlation, run_cli, write_review

FOUR = {
    "a": correlation(0.10, 40),
    "b": correlation(0.25, 60, therapy={"psychotherapy": True, "sessions": 8}),
    "c": correlation(0.40, 80, therapy={"psychotherapy": True, "sessions": 16}),
    "d": correlation(0.55, 100, therapy={"psychotherapy": True, "sessions": 30}),
}
ENVELOPE = {"schema", "version", "inputs", "result", "notes"}
ESTIMATE = {"label", "estimate", "se", "stat", "df", "pval", "ci_lb", "ci_ub"}


@pytest.fixture
def review(tmp_path: Path) -> Path:
    write_review(tmp_path / "studies", FOUR)
    return tmp_path


def result_of(*arguments: str, cwd: Path) -> dict[str, Any]:
    done = run_cli(*arguments, "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    assert set(body) == ENVELOPE
    assert body["schema"] == f"rupmeta/{arguments[0]}/1"
    return body["result"]  # type: ignore[no-any-return]


class TestJson:
    """The keys that other programs rely on (interface, section 5)."""

    def test_pool(self, review: Path) -> None:
        result = result_of("pool", cwd=review)
        assert {
            "analysis", "measure", "method", "test", "level", "k", "studies", "n", "estimate", "prediction",
            "heterogeneity", "reported", "effects", "excluded",
        } <= set(result)  # fmt: skip
        assert set(result["estimate"]) == ESTIMATE
        assert set(result["prediction"]) == {"pi_lb", "pi_ub"}
        assert set(result["heterogeneity"]) == {
            "Q", "df", "pval", "tau2", "se_tau2", "tau2_lb", "tau2_ub", "I2", "I2_lb", "I2_ub", "H2",
        }  # fmt: skip
        assert {"estimate", "ci_lb", "ci_ub", "pi_lb", "pi_ub"} <= set(result["reported"]["r"])
        assert sum(row["weight"] for row in result["effects"]) == pytest.approx(
            100, abs=1e-7
        )  # 10 digits each
        assert (result["k"], result["studies"], result["n"]) == (4, 4, 280)

    @pytest.mark.parametrize("approach", ["multilevel", "che"])
    def test_pool_of_dependent_effects(self, review: Path, approach: str) -> None:
        result = result_of("pool", "--dependence", approach, cwd=review)
        assert {"sigma2_between", "sigma2_within", "robust"} <= set(result)
        assert set(result["robust"]) == ESTIMATE

    def test_effects(self, review: Path) -> None:
        rows = result_of("effects", cwd=review)["effects"]
        assert [row["study"] for row in rows] == ["a", "b", "c", "d"]
        assert {"study", "effect", "measure", "yi", "vi", "n", "route", "routes"} <= set(rows[0])
        assert rows[0]["vi"] == pytest.approx(1 / 37, rel=1e-9)  # ten digits

    def test_moderators(self, review: Path) -> None:
        result = result_of("moderators", "--by", "sessions", cwd=review)
        keys = {"formula", "k", "coefficients", "omnibus", "residual", "tau2", "R2", "subgroups"}
        assert keys <= set(result)
        assert result["formula"] == "~ sessions"
        assert [row["label"] for row in result["coefficients"]] == ["intercept", "sessions"]
        assert set(result["omnibus"]) == {"stat", "df1", "df2", "pval"}
        assert result["k"] == 3

    def test_screen_and_check(self, review: Path) -> None:
        assert result_of("screen", cwd=review)["counts"]["with_effect"] == 4
        assert result_of("check", cwd=review)["counts"]["error"] == 0

    def test_inputs_are_named_with_their_hash(self, review: Path) -> None:
        body = json.loads(run_cli("pool", "--json", cwd=review).stdout)
        assert sorted(item["path"] for item in body["inputs"]) == [
            "studies/a.yaml", "studies/b.yaml", "studies/c.yaml", "studies/d.yaml", "studies/review.yaml",
        ]  # fmt: skip
        assert all(len(item["sha256"]) == 64 for item in body["inputs"])

    def test_two_runs_agree_to_the_byte(self, review: Path) -> None:
        first, second = (run_cli("pool", "--json", cwd=review).stdout for _ in range(2))
        assert first == second


class TestExitCodes:
    @pytest.mark.parametrize(
        ("arguments", "code", "said"),
        [
            (("pool", "nowhere"), 2, "nowhere"),
            (("pool", "--method", "XX"), 2, "--method XX is not known"),
            (("pool", "--where", "phase"), 2, "write key=value"),
            (("pool", "--where", "phse=late"), 2, "did you mean phase?"),
            (("pool", "--where", "phase=early"), 3, "0 effects in analysis 'repair'"),
            (("pool", "--analysis", "training"), 2, "there is no analysis 'training'"),
            (("pool", "--format", "xml"), 2, "choose table, csv or json"),
            (("moderators", "--by", "phase"), 3, "phase is late in all 4 effects"),
            (("moderators", "--by", "session"), 2, "did you mean"),
            (("moderators",), 2, "declares no moderators"),
            (("plot", "forrest"), 2, "forrest is not a figure"),
            (("plot", "multiverse"), 2, "did you mean specification?"),
            (("plot", "Risk-of-Bias"), 2, "did you mean rob?"),
            (("pool", "."), 2, "did you mean studies?"),
            (("pool", "--measure", "r"), 2, "ZCOR pools Fisher's z and reports r"),
            (("pool", "--measure", "D"), 2, "SMD pools standardised mean differences"),
            (("pool", "--measure", "SDM"), 2, "did you mean SMD?"),
            (("plot", "forest", "-o", "x.doc"), 2, "one of .svg, .png, .pdf, .txt"),
            (("plot", "forest", "--by", "sessions"), 2, "C(sessions)"),
            (("report", "--formats", "docs"), 2, "--formats docs is not known"),
            (("convert", "r=.29"), 2, "n"),
            (("convert", "r=1.4", "n=30"), 3, "is it a d?"),
            (("convert", "--to", "d"), 2, "KEY=VALUE"),
            (("schema", "studies"), 2, "study"),
            (("check", "--explain", "SDES"), 2, "SDSE"),
            (("poool",), 2, "pool"),
        ],
    )
    def test_mistakes_are_answered(
        self, review: Path, arguments: tuple[str, ...], code: int, said: str
    ) -> None:
        done = run_cli(*arguments, cwd=review)
        assert done.returncode == code, done.stderr
        assert said in done.stderr
        assert "Traceback" not in done.stderr
        assert done.stdout == ""

    def test_a_moderator_is_known_by_a_part_of_its_name(self, review: Path) -> None:
        write_review(review / "studies", {"a": {**correlation(0.3, 40), "moderators": {"mean_age": 40}}})
        done = run_cli("moderators", "--by", "age", cwd=review)
        assert (done.returncode, done.stdout) == (2, "")
        assert "did you mean mean_age?" in done.stderr

    def test_diff_takes_the_studies_folder_as_the_later_state(self, review: Path) -> None:
        shutil.copytree(review / "studies", review / "old")
        done = run_cli("diff", "old", "--quiet", cwd=review)
        assert done.returncode == 0, done.stderr
        assert done.stdout == run_cli("diff", "old", "studies", "--quiet", cwd=review).stdout

    def test_the_help_of_plot_names_every_kind(self) -> None:
        from rupmeta.render.figures.kinds import FIGURES

        said = run_cli("plot", "--help").stdout.replace("-\n  ", "-").partition("KIND is one of:")[2]
        words = re.findall(r"[a-z]+(?:-[a-z]+)*", said.partition("Arguments:")[0].replace("\n", " "))
        assert not set(FIGURES) - set(words)

    def test_screening_of_synthetic_studies_says_so(self, review: Path) -> None:
        assert "SYNTHETIC" not in run_cli("screen", cwd=review).stdout
        write_review(review / "studies", {"a": {**correlation(0.3, 40), "extraction": {"synthetic": True}}})
        done = run_cli("screen", cwd=review)
        assert done.stdout.startswith("*** SYNTHETIC DATA, NOT EVIDENCE ***\n")

    def test_faulty_files_stop_everything_and_are_all_named(self, review: Path) -> None:
        write_review(review / "studies", {"e": correlation(1.4, 40), "f": correlation(0.2, 2)})
        done = run_cli("pool", cwd=review)
        assert done.returncode == 1
        assert "studies/e.yaml:" in done.stderr
        assert "error[R-BOUND] effects[0].reported[0].r: 1.4 is not a correlation" in done.stderr
        assert "error[NSMALL]" in done.stderr
        assert "2 errors; nothing was computed" in done.stderr

    def test_faults_as_json_go_to_stderr(self, review: Path) -> None:
        write_review(review / "studies", {"e": correlation(1.4, 40)})
        done = run_cli("pool", "--json", cwd=review)
        assert done.stdout == ""
        assert [item["code"] for item in json.loads(done.stderr)["findings"]] == ["R-BOUND"]

    def test_a_closed_pipe_is_no_error(self, review: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(
            [sys.executable, "-m", "rupmeta", "pool"],
            cwd=review, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            process.stdout.close()
            assert process.wait(timeout=60) == 0


class TestOutput:
    def test_data_goes_to_stdout_and_caveats_to_stderr(self, review: Path) -> None:
        done = run_cli("pool", cwd=review)
        assert "Pooled (k = 4)" in done.stdout
        assert "CORRELATIONAL" in done.stderr
        assert "CORRELATIONAL" not in done.stdout

    def test_quiet_is_quiet(self, review: Path) -> None:
        assert run_cli("pool", "--quiet", cwd=review).stderr == ""

    def test_a_file_is_not_overwritten_without_force(self, review: Path) -> None:
        assert run_cli("pool", "-o", "out.txt", cwd=review).returncode == 0
        assert "Pooled" in (review / "out.txt").read_text(encoding="utf-8")
        again = run_cli("pool", "-o", "out.txt", cwd=review)
        assert again.returncode == 2
        assert "--force" in again.stderr
        assert run_cli("pool", "-o", "out.txt", "--force", cwd=review).returncode == 0

    def test_csv_has_the_numbers_at_ten_digits(self, review: Path) -> None:
        lines = run_cli("effects", "--format", "csv", cwd=review).stdout.splitlines()
        assert lines[0].startswith("study,effect,comparison,phase,route,n,yi,vi,")
        assert lines[1].startswith('a,main,unrepaired-rupture,late,"r, n",40,0.1003353477,0.02702702703,')

    def test_plot_prints_text_and_writes_an_svg(self, review: Path) -> None:
        done = run_cli("plot", "forest", cwd=review)
        assert "Pooled (k = 4)" in done.stdout
        assert "wrote repair-forest.svg" in done.stderr
        assert (review / "repair-forest.svg").is_file()

    def test_hostile_text_does_not_act(self, review: Path) -> None:
        hostile = "[sic] [/x] <script>alert(1)</script> =HYPERLINK(1) ::error:: \u202e"
        study = correlation(0.3, 50, citation={"authors": [hostile], "year": 2001, "title": hostile})
        write_review(review / "studies", {"e": study}, {**REVIEW, "title": hostile})
        done = run_cli("pool", cwd=review)
        assert done.returncode == 0, done.stderr
        assert "[sic] [/x] <script>" in done.stdout
        assert "\u202e" not in done.stdout
        run_cli("report", cwd=review)
        page = (review / "reports" / "report.html").read_text(encoding="utf-8")
        assert page.count("<script") == 2  # the page's own: data and program
        assert "<script>alert" not in page
        assert "\\u003cscript\\u003ealert(1)" in page
        assert "&lt;script&gt;" in page
        assert "\u202e" not in page


class TestReport:
    def test_a_fresh_report_is_current(self, review: Path) -> None:
        assert run_cli("report", cwd=review).returncode == 0
        done = run_cli("report", "--check", cwd=review)
        manifest = json.loads((review / "reports" / "manifest.json").read_text(encoding="utf-8"))
        count = len(manifest["outputs"]) + 1
        assert (done.returncode, done.stdout) == (0, f"reports are current (4 studies, {count} files)\n")

    def test_no_report_is_said(self, review: Path) -> None:
        done = run_cli("report", "--check", cwd=review)
        assert done.returncode == 1
        assert "NO-REPORT" in done.stdout

    def test_a_changed_number_is_named(self, review: Path) -> None:
        run_cli("report", cwd=review)
        write_review(review / "studies", {"a": correlation(0.35, 40)})
        done = run_cli("report", "--check", "--json", cwd=review)
        assert done.returncode == 1
        reasons = json.loads(done.stdout)["result"]["reasons"]
        changed = {"code": "INPUT", "path": "studies/a.yaml", "where": "changed", "old": None, "new": None}
        assert changed in reasons
        places = {item["where"] for item in reasons}
        assert {"analyses.repair.effects.a/main.yi", "analyses.repair.pool.estimate.estimate"} <= places

    def test_an_edited_page_a_stray_and_a_missing_file_are_named(self, review: Path) -> None:
        run_cli("report", cwd=review)
        page = review / "reports" / "report.md"
        page.write_text(page.read_text(encoding="utf-8") + "x", encoding="utf-8")
        (review / "reports" / "notes.txt").write_text("mine", encoding="utf-8")
        (review / "reports" / "tables" / "flow.csv").unlink()
        done = run_cli("report", "--check", cwd=review)
        assert {line.split(":")[0] for line in done.stdout.splitlines()} == {
            "RENDER report.md",
            "STRAY notes.txt",
            "MISSING tables/flow.csv",
        }

    def test_a_folder_of_something_else_is_not_touched(self, review: Path) -> None:
        (review / "mine").mkdir()
        (review / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
        done = run_cli("report", "-o", "mine", cwd=review)
        assert done.returncode == 2
        assert "holds no report" in done.stderr

    def test_two_reports_agree_to_the_byte(self, review: Path) -> None:
        for name in ("one", "two"):
            run_cli("report", "-o", name, cwd=review)
        first, second = (
            {path.relative_to(review / name): path.read_bytes() for path in (review / name).rglob("*.*")}
            for name in ("one", "two")
        )
        assert first == second
        listed = {entry["path"] for entry in json.loads(first[Path("manifest.json")])["outputs"]}
        assert {path.as_posix() for path in first} == {*listed, "manifest.json"}
        assert {"results.json", "report.html", "report.md", "reproduce.R"} <= listed

    def test_an_analysis_without_effects_is_a_sentence(self, review: Path) -> None:
        analyses = {**REVIEW["analyses"], "late": {"where": {"phase": "early"}}}
        write_review(review / "studies", {}, {**REVIEW, "analyses": analyses})
        assert run_cli("report", cwd=review).returncode == 0
        page = (review / "reports" / "report.md").read_text(encoding="utf-8")
        assert "Nothing can be estimated: 0 effects in analysis" in page
