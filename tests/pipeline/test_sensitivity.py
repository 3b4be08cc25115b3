"""Fragility, models with heavy tails and confounding from files to screens."""

from __future__ import annotations

import json
import re

import pytest
from reviews import ROOT, correlation, effect, run_cli, study, write_review

from rupmeta.pipeline.confounding import assess_confounding
from rupmeta.pipeline.fragility import assess_fragility, find_outliers
from rupmeta.pipeline.load import load_review
from rupmeta.pipeline.specification import Overrides

RS = [0.12, 0.35, 0.28, 0.05, 0.41, 0.22]
CAUSAL = re.compile(r"\b(caus(?!e better|es)\w*|improv\w*|leads? to|reduces|due to|impact)\b")
WORKED = ROOT / "studies" / "examples" / "worked"
MOLLOY = ROOT / "studies" / "examples" / "molloy2014"


def files():
    found = {f"s{i}": correlation(r, 40 + 15 * i, therapy={"psychotherapy": True, "sessions": 8 + 4 * i})
             for i, r in enumerate(RS)}  # fmt: skip
    found["beta"] = study(effect(phase="early", reported=[{"partial_r": 0.2, "n": 80, "covariates": 3}]))
    return found


def test_json_holds_every_analysis_that_was_asked_for(tmp_path):
    write_review(tmp_path, files())
    done = run_cli("sensitivity", str(tmp_path), "--fragility", "--outliers", "--confounding", "--json")
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    result = body["result"]
    assert body["schema"] == "rupmeta/sensitivity/1"
    assert {"fragility", "outliers", "confounding"} <= set(result)
    assert len(result["fragility"]["values"]) == 7
    assert [item["model"] for item in result["outliers"]["models"]] == ["normal", "t", "mixture"]
    assert result["confounding"]["correlation"]["curve"]["c"][0] == 0
    assert {note["code"] for note in body["notes"]} >= {"CORRELATIONAL", "CONF-MODEL"}


def test_the_smallest_change_is_named_with_its_study(tmp_path):
    write_review(tmp_path, files())
    done = run_cli("sensitivity", str(tmp_path), "--fragility", "--json")
    smallest = json.loads(done.stdout)["result"]["fragility"]["smallest"]
    text = run_cli("sensitivity", str(tmp_path), "--fragility").stdout
    assert smallest["study"] in files()
    assert "The smallest single change: r of Alder (2001" in text
    assert "no basis for a verdict" in text


def test_the_sentence_of_the_worked_example():
    """r = .29 [.10, .47]: .54 for the mean, .32 for the limit, as the methods have it."""
    text = " ".join(run_cli("sensitivity", str(WORKED), "--confounding").stdout.split())
    assert "correlated .54 with both sides would be needed to reduce the mean to zero; .32 to bring" in text
    found = assess_confounding(load_review(WORKED))
    assert found.correlation is not None
    # (r - c²)/(1 - c²) for the unrounded .2946 and the benchmark's .278.
    assert found.correlation.left_by_benchmark == pytest.approx(0.2355, abs=5e-4)
    topics = [strand.topic for strand in found.strands]
    assert topics.count("time") == 2
    assert next(strand for strand in found.strands if strand.topic == "trials").k == 3


def test_the_limit_of_the_e_value_is_that_of_the_methods():
    found = assess_confounding(load_review(MOLLOY), Overrides(test="z"))
    assert found.risk_ratio is not None
    assert found.risk_ratio.e_limit == pytest.approx(1.617, abs=5e-4)  # printed with three decimals
    assert found.risk_ratio.e_estimate == pytest.approx(1.9478841, abs=5e-8)


def test_a_negative_association_is_treated_by_its_size(tmp_path):
    plain = assess_confounding(load_review(write_review(tmp_path / "a", files())))
    turned = {
        name: correlation(-r, 40 + 15 * i) for i, (name, r) in enumerate(zip("abcdef", RS, strict=True))
    }
    straight = {
        name: correlation(r, 40 + 15 * i) for i, (name, r) in enumerate(zip("abcdef", RS, strict=True))
    }
    one = assess_confounding(load_review(write_review(tmp_path / "b", turned)))
    two = assess_confounding(load_review(write_review(tmp_path / "c", straight)))
    assert (plain.turned, one.turned, two.turned) == (False, True, False)
    assert one.correlation is not None
    assert two.correlation is not None
    assert one.correlation.c_estimate == pytest.approx(two.correlation.c_estimate)
    text = run_cli("sensitivity", str(tmp_path / "b"), "--confounding").stdout
    assert "treated by its size" in " ".join(text.split())


def test_adjusted_effects_stand_beside_the_others(tmp_path):
    found = assess_confounding(load_review(write_review(tmp_path, files())))
    adjustment = {strand.group: strand.k for strand in found.strands if strand.topic == "adjustment"}
    assert adjustment == {"zero-order": 6, "adjusted for covariates": 1}
    slope = next(strand for strand in found.strands if strand.topic == "sessions")
    assert (slope.kind, slope.k) == ("slope", 6)


def test_raters_are_lined_up_where_they_are_coded(tmp_path):
    more = {"alliance": {"rater": "patient"}}
    found = {
        f"s{i}": correlation(r, 60, moderators={"outcome_rater": "patient" if i % 2 else "observer"}, **more)
        for i, r in enumerate(RS)
    }
    strands = assess_confounding(load_review(write_review(tmp_path, found))).strands
    assert [strand.k for strand in strands if strand.topic == "rater"] == [3, 3]


def test_a_scale_without_confounding_is_refused_with_its_reason(tmp_path):
    analysis = {"where": {"relation": "repair-outcome"}, "measure": "MD", "report_as": ["d"]}
    means = {"mean1": 5, "sd1": 2, "n1": 30, "mean2": 4, "sd2": 2, "n2": 30}
    found = {f"s{i}": study(effect(reported=[{**means, "mean1": 5 + i / 4}])) for i in range(4)}
    write_review(tmp_path, found, {"rupmeta": 1, "analyses": {"x": analysis}})
    done = run_cli("sensitivity", str(tmp_path), "--confounding")
    assert done.returncode == 3
    assert "neither a correlation nor a risk ratio" in done.stderr


def test_dependent_effects_are_aggregated_and_said_so(tmp_path):
    found = files()
    found["two"] = study(
        effect("a", reported=[{"r": 0.5, "n": 60}]), effect("b", reported=[{"r": 0.1, "n": 90}])
    )
    folder = load_review(write_review(tmp_path, found))
    nested = Overrides(dependence="che", rho=0.5)
    fragile, plain = assess_fragility(folder, nested), assess_fragility(folder)
    assert "SENS-AGGREGATE" in {note.code for note in fragile.notes}
    assert fragile.fragility == plain.fragility
    assert find_outliers(folder, nested).fit.k == 8


@pytest.mark.parametrize("option", ["--fragility", "--outliers", "--confounding"])
@pytest.mark.parametrize("folder", ["worked", "molloy2014"])
def test_no_sentence_claims_a_cause(option, folder):
    text = run_cli("sensitivity", str(ROOT / "studies" / "examples" / folder), option, "-q").stdout
    found = CAUSAL.search(text.lower())
    assert text
    assert found is None, found


@pytest.mark.parametrize("option", ["--fragility", "--outliers", "--confounding"])
def test_csv_holds_the_raw_numbers(option):
    done = run_cli("sensitivity", str(WORKED), option, "--format", "csv")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) > 4


def test_usage_errors_say_what_is_allowed():
    done = run_cli("sensitivity", str(WORKED), "--fragility", "--outliers", "--format", "csv")
    assert (done.returncode, "one analysis at a time" in done.stderr) == (2, True)
    done = run_cli("sensitivity", str(WORKED), "--confounding", "--smallest", "1.2")
    assert (done.returncode, "--smallest 1.2" in done.stderr) == (2, True)


def test_the_clumps_of_all_subsets_name_the_studies_that_part_them():
    """The three studies that the mixture takes as outlying part the cloud."""
    done = run_cli("sensitivity", str(WORKED), "--gosh", "--json")
    clumps = json.loads(done.stdout)["result"]["gosh"]["clumps"]
    assert len(clumps) > 1
    assert sum(clump["share"] for clump in clumps) == pytest.approx(1.0)
    assert set(clumps[0]["parted_by"]) == {
        f"Synthetic {name}" for name in ("Maple (2013)", "Birch (2003)", "Cedar (2004)")
    }
    text = " ".join(run_cli("sensitivity", str(WORKED), "--gosh").stdout.split())
    assert "What parts them is whether they hold Synthetic Maple (2013)" in text
