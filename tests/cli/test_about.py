"""``cite``, ``doctor``, completion and misspelt commands."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from reviews import ROOT, correlation, run_cli, write_review

from rupmeta import __version__
from rupmeta.cli.app import COMMANDS
from rupmeta.pipeline import installation


class TestCite:
    def test_the_program_in_every_format(self, tmp_path):
        title = "evidence synthesis of alliance rupture repair"
        for form in ("text", "bibtex", "csl"):
            done = run_cli("cite", "--format", form, cwd=tmp_path)
            assert done.returncode == 0
            assert title in done.stdout
            assert __version__ in done.stdout

    def test_it_says_what_citation_cff_says(self, tmp_path):
        import yaml

        cff = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
        (item,) = json.loads(run_cli("cite", "--format", "csl", cwd=tmp_path).stdout)
        assert item["title"] == cff["title"]
        assert [name["literal"] for name in item["author"]] == [author["name"] for author in cff["authors"]]
        assert item["version"] == str(cff["version"]) == __version__

    def test_a_review_is_dated_by_its_data_and_not_by_a_clock(self, tmp_path):
        extraction = {"date": "2019-05-06", "synthetic": True}
        write_review(tmp_path / "studies", {"a": correlation(0.2, 40, extraction=extraction)})
        (_, item) = json.loads(run_cli("cite", "--format", "csl", cwd=tmp_path).stdout)
        assert item["issued"] == {"date-parts": [[2019]]}
        assert "synthetic data, not evidence" in item["note"]
        assert "author" not in item, "nobody said who wrote it"

    def test_a_citation_file_of_the_review_counts(self, tmp_path):
        write_review(tmp_path / "studies", {"a": correlation(0.2, 40)})
        (tmp_path / "CITATION.cff").write_text(
            "cff-version: 1.2.0\ntitle: Ours\ndoi: 10.1000/a_b\ndate-released: 2020-01-02\n"
            "authors: [{family-names: Berg, given-names: Jan, name-particle: van der}, {name: The Group}]\n",
            encoding="utf-8",
        )
        done = run_cli("cite", cwd=tmp_path).stdout.splitlines()
        assert done[1] == "van der Berg, Jan & The Group (2020). Ours. https://doi.org/10.1000/a_b"
        bib = run_cli("cite", "--format", "bibtex", cwd=tmp_path).stdout
        assert "author = {van der Berg, Jan and {The Group}}," in bib
        assert "doi = {10.1000/a_b}," in bib

    def test_mistakes(self, tmp_path):
        assert run_cli("cite", "--format", "ris", cwd=tmp_path).returncode == 2
        assert run_cli("cite", "nowhere", cwd=tmp_path).returncode == 2


class TestDoctor:
    def checks(self, home: Path) -> dict[tuple[str, str], dict[str, str]]:
        body = json.loads(run_cli("doctor", "--json", cwd=home).stdout)
        assert body["schema"] == "rupmeta/doctor/1"
        return {(check["group"], check["name"]): check for check in body["result"]["checks"]}

    def test_this_installation_is_well(self, tmp_path):
        done = run_cli("doctor", cwd=tmp_path)
        assert done.returncode == 0
        assert done.stdout.splitlines()[-1].startswith("everything needed is here")
        assert str(tmp_path) not in done.stdout, "no paths"

    def test_every_declared_package_is_looked_at(self, tmp_path):
        import tomllib

        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        wanted = {("packages", need) for need in project["dependencies"]}
        for extra, needs in project["optional-dependencies"].items():
            wanted |= {(f"extra {extra}", need) for need in needs if extra not in ("dev", "all")}
        names = {(group, re.split(r"[\[<>=]", need)[0].lower()) for group, need in wanted}
        assert names <= {(group, name.lower()) for group, name in self.checks(tmp_path)}

    def test_what_is_missing_is_told_with_its_command(self, tmp_path, monkeypatch):
        found = metadata.version

        def version(name: str) -> str:
            if name in ("rispy", "numpy"):
                raise metadata.PackageNotFoundError(name)
            return "0.1" if name == "scipy" else found(name)

        monkeypatch.setattr(installation.metadata, "version", version)
        checks = self.checks(tmp_path)
        assert checks["extra bib", "rispy"]["status"] == "absent"
        assert checks["extra bib", "rispy"]["advice"] == "pip install 'rupmeta[bib]'"
        assert checks["packages", "numpy"]["status"] == "fail"
        assert checks["packages", "scipy"]["status"] == "fail"
        assert "needs >=1.14" in checks["packages", "scipy"]["advice"]
        assert run_cli("doctor", cwd=tmp_path).returncode == 1

    def test_a_schema_of_another_version_is_seen(self, tmp_path):
        run_cli("init", cwd=tmp_path)
        assert self.checks(tmp_path)["this review", "study schema"]["status"] == "ok"
        (tmp_path / "schemas/study.schema.json").write_text("{}", encoding="utf-8")
        assert self.checks(tmp_path)["this review", "study schema"]["status"] == "warn"

    def test_nothing_is_left_behind(self, tmp_path):
        run_cli("doctor", cwd=tmp_path)
        assert list(tmp_path.iterdir()) == []


def completed(words: str) -> list[str]:
    """What bash is offered after ``words``, by the way that the installed script asks."""
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "_RUPMETA_COMPLETE": "complete_bash", "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }  # fmt: skip
    code = "import sys; sys.argv = ['rupmeta']; from rupmeta.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [("rupmeta po", {"pool", "power"}), ("rupmeta pool --meth", {"--method"}),
     ("rupmeta export ef", {"effects"}),
     ("rupmeta protocol a", {"amend"}), ("rupmeta ", set(COMMANDS))],
)  # fmt: skip
def test_bash_completes(words, offered):
    assert set(completed(words)) == offered


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_completion_installs_into_a_home_of_its_own(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "SHELL": "/bin/bash"}
    code = (
        "import sys; sys.argv = ['rupmeta', '--install-completion', 'bash']\n"
        "from rupmeta.__main__ import main; main()"
    )
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)
    (script,) = (tmp_path / ".bash_completions").iterdir()
    done = subprocess.run(
        ["bash", "-c", f"source '{script}'; complete -p"], capture_output=True, text=True, check=True
    )
    assert " rupmeta" in done.stdout or script.name.removesuffix(".sh") in done.stdout


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("poool", "pool"), ("exprot", "export"), ("protocl", "protocol"), ("docter", "doctor")],
)
def test_a_misspelt_command_is_guessed(typed, meant, tmp_path):
    done = run_cli(typed, cwd=tmp_path)
    assert done.returncode == 2
    assert f"'{meant}'" in done.stderr
