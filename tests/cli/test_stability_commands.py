"""``sensitivity`` and ``moderators --permute`` with their figures, through the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from reviews import correlation, effect, run_cli, study, write_review

MOLLOY = "studies/examples/molloy2014"
WORKED = "studies/examples/worked"


def ask(*arguments: str) -> dict[str, Any]:
    done = run_cli("sensitivity", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["schema"] == "rupmeta/sensitivity/1"
    return answer


def review(folder: Path, r: list[float], n: int = 80) -> str:
    """Studies 2001, 2002, … with these correlations."""
    studies = {
        f"s{i}": correlation(value, n + i, citation={"authors": [f"Fir{i}, A."], "year": 2010 - i})
        for i, value in enumerate(r)
    }
    return str(write_review(folder, studies))


def test_without_a_choice_four_analyses_are_done() -> None:
    result = ask(MOLLOY)["result"]
    assert {"leave_one_out", "cumulative", "influence", "estimators", "pooled"} <= result.keys()
    row = result["leave_one_out"][3]
    assert row["omitted"] == "christensen1999" or row["studies"] == [row["omitted"]]
    assert {"estimate", "prediction", "heterogeneity", "reported", "k", "method", "test"} <= row.keys()
    assert row["k"] == 15
    keys = {
        "study",
        "rstudent",
        "dffits",
        "cook_d",
        "cov_r",
        "tau2_del",
        "QE_del",
        "hat",
        "weight",
        "dfbetas",
    }
    assert keys <= result["influence"][0].keys()
    assert result["influence"][0]["rstudent"] == pytest.approx(0.2918300103, rel=1e-8)
    assert result["cumulative"][-1]["estimate"] == result["pooled"]["estimate"]
    assert [row["declared"] for row in result["estimators"]].count(True) == 1


def test_the_screen_says_the_heading_once() -> None:
    done = run_cli("sensitivity", WORKED)
    assert done.returncode == 0
    assert done.stdout.count("Analysis 'repair'") == 1
    for words in ("Leave one out", "As studies join", "Flagged: Synthetic Maple (2013)", "side by side"):
        assert words in done.stdout
    assert "INFLUENTIAL" in done.stderr
    assert "caus" not in done.stdout


def test_the_order_of_joining(tmp_path: Path) -> None:
    folder = review(tmp_path / "r", [0.1, 0.2, 0.3, 0.4])
    years = [row["year"] for row in ask(folder, "--cumulative")["result"]["cumulative"]]
    assert years == [2007, 2008, 2009, 2010]
    rows = ask(folder, "--cumulative", "--order", "precision")["result"]["cumulative"]
    assert [row["added"] for row in rows] == ["s3", "s2", "s1", "s0"]
    rows = ask(folder, "--cumulative", "--order", "file")["result"]["cumulative"]
    assert [row["added"] for row in rows] == ["s0", "s1", "s2", "s3"]
    assert run_cli("sensitivity", folder, "--cumulative", "--order", "size").returncode == 2


def test_a_study_that_turns_the_conclusion_is_named(tmp_path: Path) -> None:
    answer = ask(
        review(tmp_path / "r", [0.02, 0.05, 0.03, 0.06, 0.04, 0.75]), "--leave-one-out", "--test", "z"
    )
    sides = {row["omitted"]: (row["side"], row["moved"]) for row in answer["result"]["leave_one_out"]}
    assert answer["result"]["pooled"]["side"] == "open"
    assert not any(moved for _, moved in sides.values())
    turned = ask(review(tmp_path / "t", [0.0, 0.3, 0.05, 0.28]), "--leave-one-out", "--test", "z")
    moved = [row["omitted"] for row in turned["result"]["leave_one_out"] if row["moved"]]
    notes = [note for note in turned["notes"] if note["code"] == "LOO-TURNS"]
    assert bool(moved) == bool(notes)
    assert moved
    assert "STEP-FEW" in {note["code"] for note in turned["notes"]}


def test_samples_and_studies_are_different_units(tmp_path: Path) -> None:
    one = study(effect(reported=[{"r": 0.3, "n": 60}]), sample={"id": "shared", "n": 60})
    other = study(effect(reported=[{"r": 0.2, "n": 60}]), sample={"id": "shared", "n": 60})
    studies = {"a": one, "b": other, "c": correlation(0.1, 70), "d": correlation(0.4, 50)}
    folder = str(write_review(tmp_path / "r", studies))
    for approach in ("none", "multilevel"):
        by_sample = ask(folder, "--leave-one-out", "--dependence", approach)["result"]["leave_one_out"]
        assert [row["k"] for row in by_sample] == [2, 3, 3]
        assert by_sample[0]["studies"] == ["a", "b"]
        by_study = ask(folder, "--leave-one-out", "--unit", "study", "--dependence", approach)["result"]
        assert [row["omitted"] for row in by_study["leave_one_out"]] == ["a", "b", "c", "d"]


def test_too_few_studies_say_so(tmp_path: Path) -> None:
    folder = review(tmp_path / "r", [0.3, 0.1])
    answer = ask(folder)
    assert "influence" not in answer["result"]
    assert any("influence takes at least 3" in note["message"] for note in answer["notes"])
    named = run_cli("sensitivity", folder, "--influence")
    assert named.returncode == 3
    assert "at least 3" in named.stderr
    assert run_cli("sensitivity", review(tmp_path / "one", [0.3]), "--leave-one-out").returncode == 3


def test_subsets_and_draws() -> None:
    answer = ask(WORKED, "--gosh", "--bootstrap", "300")["result"]
    gosh = answer["gosh"]
    assert (gosh["subsets"], gosh["exhaustive"]) == (2047, True)
    assert sum(count for _, _, count, _ in gosh["cells"]["counts"]) == 2047
    assert sum(unit["most_influential"] for unit in gosh["units"]) == 1
    assert gosh["estimate"]["min"] < gosh["estimate"]["median"] < gosh["estimate"]["max"]
    drawn = answer["bootstrap"]
    assert drawn["draws"] == 300
    assert drawn["estimate"]["percentile"]["ci_lb"] < drawn["estimate"]["value"]
    assert run_cli("sensitivity", WORKED, "--bootstrap", "5").returncode == 2
    text = run_cli("sensitivity", WORKED, "--gosh", "--bootstrap", "300").stdout
    assert "Over all 2047 subsets" in text
    assert "bootstrap, percentile" in text


@pytest.mark.parametrize("part", ["leave-one-out", "cumulative", "influence", "estimators"])
def test_csv_holds_one_table(part: str) -> None:
    done = run_cli("sensitivity", WORKED, f"--{part}", "--format", "csv")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) > 10
    assert run_cli("sensitivity", WORKED, "--format", "csv").returncode == 2


def test_a_permutation_test_stands_beside_the_model() -> None:
    done = run_cli("moderators", WORKED, "--by", "phase", "--permute", "400", "--json", "--method", "DL")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["result"]["permutation"]
    assert (found["iterations"], found["exact"]) == (400, False)
    assert 1 / 400 <= found["pval"] < 0.2
    assert found["error"] == pytest.approx((found["pval"] * (1 - found["pval"]) / 400) ** 0.5)
    assert [item["label"] for item in found["coefficients"]] == ["phase[late]", "phase[middle]"]
    text = run_cli("moderators", WORKED, "--by", "phase", "--permute", "400", "--method", "DL").stdout
    assert "Permutation test of the moderators: p = " in text


def test_few_studies_allow_no_small_permutation_p(tmp_path: Path) -> None:
    studies = {f"s{i}": correlation(0.1 * i, 60, moderators={"age": 20.0 + (i == 3)}) for i in range(4)}
    folder = str(write_review(tmp_path / "r", studies))
    done = run_cli("moderators", folder, "--by", "age", "--permute", "1000", "--json")
    answer = json.loads(done.stdout)
    assert answer["result"]["permutation"]["exact"]
    assert answer["result"]["permutation"]["smallest"] == 0.25
    assert any(note["code"] == "K-PERM" and "below 0.25" in note["message"] for note in answer["notes"])


def test_permute_needs_one_model() -> None:
    assert run_cli("moderators", WORKED, "--permute", "1000").returncode == 2
    assert run_cli("moderators", WORKED, "--by", "phase", "--permute", "3").returncode == 2


@pytest.mark.parametrize("kind", ["leave-one-out", "cumulative", "influence", "baujat", "gosh"])
def test_every_figure_can_be_drawn(kind: str, tmp_path: Path) -> None:
    done = run_cli("plot", kind, WORKED, "-o", str(tmp_path / "figure.svg"))
    assert done.returncode == 0, done.stderr
    svg = (tmp_path / "figure.svg").read_text(encoding="utf-8")
    assert "<desc" in svg
    shown = run_cli("plot", kind, WORKED, "--text", "--quiet").stdout
    assert "synthetic data, not evidence" in shown
