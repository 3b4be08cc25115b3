"""``rupmeta plot sessions`` and its siblings: of a file of ratings, of a study file, of a folder of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from reviews import ROOT, run_cli

FOLDER = ROOT / "studies" / "examples" / "sessions"
RATINGS = FOLDER / "sessions" / "harbour.csv"
SCALE = "WAI-SR,reliability=.92,sd=.60"


def test_a_client_of_a_file_and_of_the_study_that_points_to_it(tmp_path: Path) -> None:
    """The raw route has the settings that the command line names, so both figures show the same."""
    looks = []
    for i, source in enumerate((RATINGS, FOLDER / "harbour.yaml", FOLDER)):
        target = tmp_path / f"{i}.svg"
        more = ("--rule", "rci", "--scale", SCALE, "--synthetic") if source == RATINGS else ()
        done = run_cli("plot", "sessions", str(source), "--client", "1", "-o", str(target), *more)
        assert done.returncode == 0, done.stderr
        looks.append(target.read_text(encoding="utf-8"))
    assert looks[0] == looks[1] == looks[2]
    assert "synthetic data, not evidence" in looks[0]


def test_settings_on_the_command_line_go_before_those_of_the_study() -> None:
    plain = run_cli("plot", "sessions", str(FOLDER), "--study", "quarry", "--text", "--quiet")
    other = run_cli(
        "plot",
        "sessions",
        str(FOLDER),
        "--study",
        "quarry",
        "--text",
        "--quiet",
        "--rule",
        "xmr",
        "--set",
        "k=2",
    )
    assert plain.stdout.splitlines()[1] == "Alliance by session, rule rci"
    assert other.stdout.splitlines()[1] == "Alliance by session, rule xmr, k = 2"


def test_rules_side_by_side_and_noise() -> None:
    done = run_cli("plot", "rule-agreement", str(FOLDER), "--json", "--quiet")
    found = json.loads(done.stdout)
    assert found["schema"] == "rupmeta/plot/1"
    assert len(found["result"]["table"]) == 1 + 21
    assert found["inputs"][0]["path"].endswith("harbour.csv")
    done = run_cli("plot", "false-positives", str(RATINGS), "--rule", "mean-sd", "--text", "--quiet")
    assert "At 30 ratings: mean-sd" in done.stdout


def test_the_effect_of_a_raw_route_under_every_setting() -> None:
    done = run_cli("plot", "rule-grid", str(FOLDER), "--study", "meadow", "--json", "--quiet")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["result"]
    assert found["title"] == "Repaired ruptures against unrepaired ruptures and bdi_post"
    assert "synthetic data, not evidence" in found["description"].lower()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sessions", "studies"), "points to no session ratings"),
        (("sessions", str(RATINGS), "--client", "nobody"), "no such client"),
        (("sessions", str(RATINGS), "--study", "harbour"), "is a file of ratings"),
        (("sessions", str(FOLDER), "--study", "harbor"), "studies that do: harbour, meadow, quarry"),
        (("sessions", str(FOLDER), "--set", "wndow=3"), "detect has no wndow"),
        (("rule-agreement", str(FOLDER), "--rule", "rci"), "--rule all"),
        (("rule-agreement", str(FOLDER), "--client", "1"), "--client has no meaning for plot rule-agreement"),
        (("rule-grid", str(RATINGS)), "name the study whose raw route"),
        (("forest", str(FOLDER), "--client", "1"), "it goes with sessions"),
    ],
)
def test_what_makes_no_sense_is_said(arguments: tuple[str, ...], words: str) -> None:
    done = run_cli("plot", *arguments, "--text")
    assert (done.returncode, words in done.stderr) == (2, True), done.stderr


def test_a_raw_route_may_lead_to_parquet(tmp_path: Path) -> None:
    csv, pq = pytest.importorskip("pyarrow.csv"), pytest.importorskip("pyarrow.parquet")
    review = tmp_path / "studies"
    shutil.copytree(FOLDER, review)
    pq.write_table(csv.read_csv(RATINGS), review / "sessions" / "harbour.parquet")
    study = review / "harbour.yaml"
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("harbour.csv", "harbour.parquet"), encoding="utf-8")
    one, two = (json.loads(run_cli("effects", str(folder), "--json").stdout) for folder in (FOLDER, review))
    assert [(e["yi"], e["vi"]) for e in one["result"]["effects"]] == [
        (e["yi"], e["vi"]) for e in two["result"]["effects"]
    ]
    assert run_cli("plot", "sessions", str(study), "--client", "1", "--text").returncode == 0
