"""What every command does alike: options, exit codes, files, errors, help."""

from __future__ import annotations

import csv
import importlib
import inspect
import io
import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from reviews import ROOT, correlation, run_cli, write_review

from rupmeta.cli.app import _FUNCTIONS, COMMANDS
from rupmeta.cli.examples import EXAMPLES
from rupmeta.cli.manual import STAGES
from rupmeta.cli.options import ModelOptions, OutputOptions

#: Arguments with which a command answers quickly about the review in studies/.
CALLS: dict[str, tuple[str, ...]] = {
    "check": ("studies",),
    "screen": ("studies",),
    "detect": (
        "studies/sessions/harbour.csv",
        "--scale",
        "WAI-SR",
        "--resamples",
        "0",
        "--replications",
        "0",
    ),
    "effects": ("studies",),
    "convert": ("r=.29", "n=79", "--to", "d"),
    "pool": ("studies",),
    "moderators": ("studies", "--by", "phase", "--resamples", "0"),
    "bias": ("studies",),
    "multiverse": ("studies", "--permute", "0"),
    "sensitivity": ("studies", "--leave-one-out"),
    "plot": ("forest", "studies"),
    "diff": ("old", "studies"),
    "agreement": ("old", "studies"),
    "power": ("studies", "--add", "2", "--n", "60", "--iterations", "200"),
}

#: Commands that write folders, or files of other programs, in place of answers.
WRITING: dict[str, tuple[str, ...]] = {
    "report": ("studies",),
    "export": ("effects", "studies"),
    "init": ("new-review",),
    "import": ("data.csv", "--dry-run"),
    "protocol": ("show", "studies"),
}


#: A sheet to import; invented.
SHEET = (
    "study,year,outcome.name,reported.r,reported.n\nhill2001,2001,BDI,-0.31,60\ndale2004,2004,OQ-45,-0.2,90\n"
)


def function_of(name: str):
    return getattr(importlib.import_module(f"rupmeta.cli.{COMMANDS[name]}"), _FUNCTIONS.get(name, name))


def records_of(name: str) -> list[type]:
    parameters = inspect.signature(function_of(name), eval_str=True).parameters.values()
    return [item.annotation for item in parameters if inspect.isclass(item.annotation)]


def takes(name: str, record: type) -> bool:
    return any(issubclass(item, record) for item in records_of(name))


ANSWERING = [name for name in CALLS if name in COMMANDS]
READING = [name for name in COMMANDS if takes(name, ModelOptions) and name != "diff"] + ["check", "screen"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a small review as studies/, an earlier state of it as old/, and ratings."""
    rows = (("a", 0.2, 60), ("b", 0.4, 80), ("c", 0.1, 70), ("d", 0.5, 90))
    studies = {name: correlation(r, n) for name, r, n in rows}
    for name in ("a", "c"):
        studies[name]["effects"][0]["phase"] = "early"
    write_review(tmp_path / "studies", studies)
    write_review(tmp_path / "old", {name: study for name, study in studies.items() if name != "d"})
    lines = (ROOT / "studies/examples/sessions/sessions/harbour.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "data.csv").write_text(SHEET, encoding="utf-8")
    (tmp_path / "studies" / "sessions").mkdir()
    (tmp_path / "studies" / "sessions" / "harbour.csv").write_text("\n".join(lines[:200]), encoding="utf-8")
    return tmp_path


@pytest.fixture
def worked(tmp_path: Path) -> Path:
    """The same with the worked example, which has everything that examples ask for."""
    source = ROOT / "studies" / "examples"
    (tmp_path / "data.csv").write_text(SHEET, encoding="utf-8")
    (tmp_path / "search.ris").write_text(
        "TY  - JOUR\nAU  - Ek, A.\nTI  - Ruptures\nER  - \n", encoding="utf-8"
    )
    shutil.copytree(source / "worked", tmp_path / "studies")
    shutil.copytree(source / "worked", tmp_path / "old")
    (tmp_path / "old" / "maple2013.yaml").unlink()
    shutil.copytree(source / "sessions" / "sessions", tmp_path / "studies" / "sessions")
    return tmp_path


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_the_options_of_talk(name: str) -> None:
    page = run_cli(name, "--help").stdout
    for option in ("--quiet", "--no-color", "--debug"):
        assert option in page
    if takes(name, OutputOptions):
        for option in ("--json", "--format", "--output", "--force"):
            assert option in page


@pytest.mark.parametrize("name", COMMANDS)
def test_help_begins_with_what_it_does_and_examples(name: str) -> None:
    done = run_cli(name, "--help")
    assert done.returncode == 0
    assert done.stdout == run_cli("help", name).stdout
    said, _, rest = done.stdout.partition("\n\n")
    assert said.startswith(f"rupmeta {name}: ")
    assert rest.startswith("Examples:\n")
    assert len(EXAMPLES[name]) >= 2
    commands = [f"{example.command} " for example in EXAMPLES[name]]
    assert all(command.startswith(f"rupmeta {name} ") or name == "help" for command in commands)


def test_the_overview_has_every_command_in_a_stage() -> None:
    page = run_cli("--help").stdout
    assert page == run_cli("help").stdout
    assert "More:" not in page
    staged = [name for stage in STAGES.values() for name in stage]
    assert len(staged) == len(set(staged))
    assert set(COMMANDS) <= set(staged)
    for name in COMMANDS:
        assert f"\n  {name} " in page


@pytest.mark.parametrize(
    "command", dict.fromkeys(item.command for items in EXAMPLES.values() for item in items)
)
def test_every_example_runs(request: pytest.FixtureRequest, command: str) -> None:
    place = request.getfixturevalue("place" if command.startswith("rupmeta report") else "worked")
    program, *arguments = shlex.split(command)
    assert program == "rupmeta"
    if "--check" in arguments:
        run_cli("report", "studies/", "--formats", "html", cwd=place)
    done = run_cli(*arguments, cwd=place)
    assert done.returncode == 0, done.stderr
    if "-o" in arguments:
        assert (place / arguments[arguments.index("-o") + 1]).exists()


@pytest.mark.parametrize("name", [name for name in COMMANDS if takes(name, OutputOptions)])
def test_a_command_that_answers_is_held_to_the_laws(name: str) -> None:
    """A new command with output is listed above, or among those that write folders and files instead."""
    assert name in ANSWERING or name in WRITING


@pytest.mark.parametrize("name", ANSWERING)
def test_json_is_one_object_of_the_interface_and_the_suffix_decides(place: Path, name: str) -> None:
    done = run_cli(name, *CALLS[name], "--json", "--quiet", cwd=place)
    assert (done.returncode, done.stderr) == (0, "")
    whole = json.loads(done.stdout)
    assert set(whole) == {"schema", "version", "inputs", "result", "notes"}
    assert whole["schema"] == f"rupmeta/{name}/1"
    written = run_cli(name, *CALLS[name], "-o", "answer.json", "--quiet", cwd=place)
    assert (written.returncode, written.stdout) == (0, ""), written.stderr
    assert (place / "answer.json").read_text(encoding="utf-8") == done.stdout


@pytest.mark.parametrize("name", ANSWERING)
def test_csv_is_a_table_and_the_suffix_decides(place: Path, name: str) -> None:
    done = run_cli(name, *CALLS[name], "--format", "csv", "--quiet", cwd=place)
    assert done.returncode == 0, done.stderr
    head, *rows = csv.reader(io.StringIO(done.stdout))
    assert {len(row) for row in rows} <= {len(head)}
    assert rows or name in ("check", "agreement")  # nothing found, no disagreement
    written = run_cli(name, *CALLS[name], "-o", "answer.csv", "--quiet", cwd=place)
    assert (written.returncode, written.stdout) == (0, ""), written.stderr
    assert (place / "answer.csv").read_text(encoding="utf-8") == done.stdout
    again = run_cli(name, *CALLS[name], "-o", "answer.csv", cwd=place)
    assert again.returncode == 2
    assert "--force" in again.stderr
    (place / "folder.csv").mkdir()
    assert "is a folder" in run_cli(name, *CALLS[name], "-o", "folder.csv", "--force", cwd=place).stderr


@pytest.mark.parametrize("name", [name for name in ANSWERING if name != "plot"])
def test_a_file_that_an_answer_cannot_be_is_refused(place: Path, name: str) -> None:
    done = run_cli(name, *CALLS[name], "-o", "answer.xlsx", cwd=place)
    assert done.returncode == 2
    assert ".xlsx" in done.stderr
    assert not (place / "answer.xlsx").exists()


@pytest.mark.parametrize("name", ANSWERING)
def test_quiet_says_nothing_beside_the_answer(place: Path, name: str) -> None:
    loud = run_cli(name, *CALLS[name], cwd=place)
    quiet = run_cli(name, *CALLS[name], "--quiet", cwd=place)
    assert quiet.stdout == loud.stdout
    assert "Notes" not in quiet.stderr


@pytest.mark.parametrize("name", ANSWERING)
def test_an_unknown_form_is_named(place: Path, name: str) -> None:
    done = run_cli(name, *CALLS[name], "--format", "yaml", cwd=place)
    assert done.returncode == 2
    assert "--format yaml is not known" in done.stderr
    assert done.stdout == ""


def with_folder(name: str, folder: str) -> list[str]:
    return [folder if part == "studies" else part for part in {**CALLS, **WRITING}[name]]


@pytest.mark.parametrize("name", dict.fromkeys([*READING, "report"]))
@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("studeis", "there is no folder studeis; did you mean studies?"),
        ("empty", "empty holds no study files (*.yaml)"),
        ("file.txt", "file.txt is a file; name the folder that holds it: ."),
    ],
)
def test_what_is_no_folder_of_studies_is_said_in_a_line(
    place: Path, name: str, folder: str, said: str
) -> None:
    (place / "empty").mkdir()
    (place / "file.txt").write_text("", encoding="utf-8")
    done = run_cli(name, *with_folder(name, folder), cwd=place)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", [name for name in COMMANDS if takes(name, ModelOptions)])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--analysis", "repiar"), "did you mean repair?"),
        (("--where", "phse=late"), "did you mean phase?"),
        (("--method", "RMEL"), "did you mean REML?"),
        (("--preset", "metafro"), "did you mean metafor?"),
        (("--level", "95"), "--level 95"),
    ],
)
def test_a_word_that_there_is_not_has_a_nearest_one(
    place: Path, name: str, options: tuple[str, str], said: str
) -> None:
    done = run_cli(name, *{**CALLS, **WRITING}[name], *options, cwd=place)
    assert (done.returncode, done.stdout) == (2, ""), done.stdout
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_an_unknown_option_has_a_nearest_one(name: str) -> None:
    done = run_cli(name, "--qiet")
    assert done.returncode == 2
    assert "--quiet" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["pool", "effects", "bias", "sensitivity", "multiverse", "plot"])
def test_nothing_to_estimate_is_three(place: Path, name: str) -> None:
    done = run_cli(name, *CALLS[name], "--where", "phase=whole", cwd=place)
    assert (done.returncode, done.stdout) == (3, "")
    assert "nothing to pool" in done.stderr


@pytest.mark.parametrize("name", READING)
def test_faults_of_files_are_one(place: Path, name: str) -> None:
    write_review(place / "studies", {"a": correlation(1.4, 60)})
    done = run_cli(name, *{**CALLS, **WRITING}[name], cwd=place)
    assert done.returncode == 1
    assert "studies/a.yaml:" in done.stderr + done.stdout
    assert "R-BOUND" in done.stderr + done.stdout


@pytest.mark.parametrize("name", ["moderators", "multiverse", "sensitivity", "detect", "plot"])
def test_seed_and_jobs_are_taken(name: str) -> None:
    page = run_cli(name, "--help").stdout
    for option in ("--seed NUMBER", "--jobs NUMBER", "--dask ADDRESS"):
        assert option in page


def test_the_seed_of_a_figure_counts_and_the_jobs_do_not(place: Path) -> None:
    def digest(*options: str) -> str:
        done = run_cli("plot", "gosh", "studies", "--json", *options, cwd=place)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["result"]["digest"]

    assert digest("--seed", "1") == digest("--seed", "1", "--jobs", "2")


@pytest.mark.parametrize("debug", [False, True])
def test_a_bug_is_seventy(place: Path, monkeypatch: pytest.MonkeyPatch, debug: bool) -> None:
    def stumble(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("rupmeta.pipeline.load.load_review", stumble)
    done = run_cli("pool", "studies", *(["--debug"] if debug else []), cwd=place)
    assert done.returncode == 70
    assert ("Traceback" in done.stderr) is debug
    assert "ZeroDivisionError" in done.stderr


def test_an_interruption_is_130(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rupmeta.pipeline.load.load_review", interrupt)
    assert run_cli("pool", "studies", cwd=place).returncode == 130


@pytest.mark.parametrize("arguments", [("--help",), ("help", "pool"), ("pool", "--help"), ("plot", "-h")])
def test_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    code = (
        "import sys\n"
        f"sys.argv = ['rupmeta', *{list(arguments)!r}]\n"
        "from rupmeta.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    loaded = set(done.stderr.split())
    assert not loaded & {"numpy", "scipy", "pandas", "matplotlib", "jinja2", "yaml", "rich"}
    assert "Examples:" in done.stdout
