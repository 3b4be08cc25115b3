"""``rupmeta power`` as a user types it: plans, updates, mistakes, figures."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reviews import ROOT, correlation, run_cli, write_review

from rupmeta.explore.power.planned import power_of_mean
from rupmeta.explore.power.update import Known, conditional_power

UPDATE = ROOT / "studies" / "examples" / "update" / "2011"
QUICK = ("--iterations", "500")


def power(*arguments: str) -> dict[str, Any]:
    done = run_cli("power", *arguments, *QUICK, "--json")
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    assert body["schema"] == "rupmeta/power/1"
    return body["result"] | {"notes": [note["code"] for note in body["notes"]]}  # type: ignore[no-any-return]


def test_a_plan_in_r() -> None:
    found = power("--k", "10", "--n", "80", "--r", "0.2", "--smallest", "0.1", "--width", "0.1")
    assert found["kind"] == "plan"
    assert [row["I2"] for row in found["rows"]] == [0, 25, 50, 75]
    assert found["effect"] == pytest.approx(math.atanh(0.2))
    first = found["rows"][0]
    expected = power_of_mean(math.atanh(0.2), np.full(10, 1 / 77), 0.0, test="t")
    assert first["formula"] == pytest.approx(expected, abs=1e-9)
    powers = [row["formula"] for row in found["rows"]]
    assert powers == sorted(powers, reverse=True)
    for row in found["rows"]:
        assert abs(row["formula"] - row["simulated"]["null"]) < 0.08
        assert row["tau2"] == pytest.approx(row["I2"] / (100 - row["I2"]) / 77)
    for row in found["needed"]:
        assert row["null"] <= row["beyond"]
        assert row["width"] is not None


def test_a_plan_in_d_and_its_moderators() -> None:
    found = power(
        "--k", "12", "--n", "40,60", "--d", "0.4", "--I2", "30", "--levels", "0.2,0.6", "--split", "4"
    )
    assert (found["measure"], found["scale"], found["effect"]) == ("SMD", "d", 0.4)
    assert [row["kind"] for row in found["moderators"]] == ["contrast"]
    assert found["moderators"][0]["difference"] == pytest.approx(0.4)
    slope = power(
        "--k", "12", "--n", "60", "--r", "0.2", "--tau2", "0.01", "--ends", "0.1,0.3", "--test", "z"
    )
    assert slope["moderators"][0]["difference"] == pytest.approx((math.atanh(0.3) - math.atanh(0.1)) / 2)
    assert slope["rows"][0]["tau2"] == 0.01
    assert "POWER-SMD" in found["notes"]
    assert "POWER-SMD" not in slope["notes"]


def test_the_seed_decides() -> None:
    plan = ("--k", "5", "--n", "50", "--r", "0.25")
    assert power(*plan) == power(*plan)
    assert power(*plan)["rows"] != power(*plan, "--seed", "3")["rows"]


def test_an_update_takes_the_review_as_it_is(tmp_path: Path) -> None:
    sizes = (40, 60, 80, 100)
    folder = write_review(
        tmp_path / "studies",
        {
            f"s{i}": correlation(r, n)
            for i, (r, n) in enumerate(zip((0.1, 0.35, 0.05, 0.3), sizes, strict=True))
        },
    )
    pooled = json.loads(run_cli("pool", str(folder), "--json").stdout)["result"]
    found = power(str(folder), "--add", "2,6")
    assert found["effect"] == pytest.approx(pooled["estimate"]["estimate"], abs=1e-9)
    assert found["known"]["estimate"] == pytest.approx(pooled["estimate"]["estimate"], abs=1e-9)
    assert found["known"]["weight"] > 0
    assert found["n"] == [70]
    assert [(row["added"], row["k"]) for row in found["rows"]] == [(2, 6), (6, 10)]
    tau2 = pooled["heterogeneity"]["tau2"]
    known = Known(found["known"]["estimate"], found["known"]["weight"], 4)
    expected = conditional_power(known, 6, 1 / (1 / 67 + tau2), known.estimate, test="t")
    assert found["rows"][1]["formula"] == pytest.approx(expected, abs=1e-7)
    assert "POWER-ESTIMATE" in found["notes"]
    assert "POWER-ESTIMATE" not in power(str(folder), "--add", "2", "--r", "0.1")["notes"]
    assert power(str(folder), "--add", "3", "--I2", "60")["rows"][0]["I2"] == pytest.approx(60)


def test_no_heterogeneity_from_few_studies_is_not_taken_for_granted(tmp_path: Path) -> None:
    folder = write_review(tmp_path / "studies", {f"s{i}": correlation(0.2, 60 + i) for i in range(3)})
    assert "POWER-ZERO" in power(str(folder), "--add", "2")["notes"]
    assert "POWER-ZERO" not in power(str(folder), "--add", "2", "--I2", "50")["notes"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--k 10", "true effect"),
        ("--k 10 --r .2", "their size"),
        ("--k 10 --n 2 --r .2", "more than 3 people"),
        ("--k 10 --n x --r .2", "is no number"),
        ("--k 0 --n 50 --r .2", "1 to 2000"),
        ("--k 5 --n 50 --r .2 --d .4", "give one"),
        ("--k 5 --n 50 --r 1.2", "not a correlation"),
        ("--k 5 --n 50 --r .2 --I2 100", "below 100"),
        ("--k 5 --n 50 --r .2 --tau2 -1", "not negative"),
        ("--k 5 --n 50 --r .2 --tau2 .1 --I2 5", "give one"),
        ("--k 5 --n 50 --r .2 --add 3", "give one"),
        ("--k 5 --n 50 --r .2 --levels .1", "two numbers"),
        ("--k 5 --n 50 --r .2 --levels .1,.3 --split 5", "1 to 4"),
        ("--k 5 --n 50 --r .2 --split 2", "--levels"),
        ("--k 5 --n 50 --r .2 --test foo", "choose one of"),
        ("--k 5 --n 50 --r .2 --measure OR", "ZCOR or SMD"),
        ("--k 5 --n 50 --r .2 --target 80", "between 0 and 1"),
        ("--k 5 --n 50 --r .2 --iterations 5", "100 to"),
        ("nowhere", "there is no folder"),
        ("studies --add 2.5", "whole numbers"),
        ("studies --measure COR", "not COR"),
        ("studies --levels .1,.2", "rupmeta moderators"),
    ],
)
def test_mistakes(arguments: str, said: str) -> None:
    done = run_cli("power", *arguments.split())
    assert done.returncode == 2
    assert said in done.stderr


def test_figures_and_forms(tmp_path: Path) -> None:
    plan = ("--k", "5", "--n", "50", "--r", "0.25", *QUICK)
    done = run_cli("power", *plan, "--figure", str(tmp_path / "x.svg"))
    assert (done.returncode, (tmp_path / "x.svg").exists()) == (0, True)
    assert run_cli("power", *plan, "--figure", str(tmp_path / "x.svg")).returncode == 2
    table = run_cli("power", *plan, "--format", "csv").stdout.splitlines()
    assert table[0].startswith("added,k,tau2,I2,half_width,formula,simulated,error")
    assert run_cli("power", *plan, "--format", "markdown").stdout.startswith("# Power of a plan")
    plotted = run_cli("plot", "power", str(UPDATE), "-o", str(tmp_path / "y.svg"))
    assert (plotted.returncode, (tmp_path / "y.svg").exists()) == (0, True)
    text = run_cli("power", str(UPDATE), *QUICK).stdout
    assert text.startswith("*** SYNTHETIC DATA")
