"""``reproduce.R``: metafor computes the report again and agrees; a wrong number makes it fail."""

from __future__ import annotations

import copy
import re
import shutil
import subprocess
from functools import cache

import pytest
from reviews import ROOT, correlation, effect, study, write_review

from rupmeta.pipeline.load import load_review
from rupmeta.render.r_script.script import write_r_script
from rupmeta.render.report.files import compute_results

REVIEWS = ("studies", "studies/examples/worked", "studies/examples/molloy2014", "studies/examples/sessions")


@cache
def results_of(path):
    folder = load_review(path)
    return compute_results(folder, folder.problems)


@cache
def has_metafor():
    if shutil.which("Rscript") is None:
        return False
    probe = ["Rscript", "-e", 'quit(status = !requireNamespace("metafor", quietly = TRUE))']
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def run_r(script, folder):
    if not has_metafor():
        pytest.skip("Rscript with metafor is not installed")
    path = folder / "reproduce.R"
    path.write_text(script, encoding="utf-8")
    return subprocess.run(
        ["Rscript", "--vanilla", str(path)], capture_output=True, text=True, check=False, cwd=folder
    )


@pytest.mark.r
@pytest.mark.parametrize("review", REVIEWS)
def test_metafor_agrees_with_every_number(review, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    done = run_r(write_r_script(results_of(review)), tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    compared = re.search(r"(\d+) numbers compared with metafor \S+: all agree", done.stdout)
    assert compared is not None
    assert int(compared[1]) > 50
    assert not list(tmp_path.glob("Rplots*"))


@pytest.mark.r
@pytest.mark.parametrize("approach", ["aggregate", "multilevel", "che"])
def test_metafor_agrees_where_effects_share_samples(approach, tmp_path):
    studies = {
        "alder2001": study(
            effect("one", reported=[{"r": 0.31, "n": 44}]),
            effect("two", reported=[{"r": 0.12, "n": 44}], phase="early"),
            effect("three", reported=[{"r": 0.52, "n": 40}]),
        ),
        "birch2003": study(
            effect("one", reported=[{"r": 0.25, "n": 60}]),
            effect("two", reported=[{"r": 0.44, "n": 60}], phase="early"),
        ),
        "cedar2004": correlation(-0.1, 35),
        "elder2006": correlation(0.6, 80),
        "fir2014": study(
            effect("one", reported=[{"r": 0.05, "n": 31}], phase="early"),
            effect("two", reported=[{"r": 0.2, "n": 31}], phase="early"),
        ),
    }
    analysis = {
        "where": {"relation": "repair-outcome"},
        "dependence": {"approach": approach, "rho": 0.4},
        "moderators": ["phase"],
    }
    review = {"rupmeta": 1, "title": "Shared samples", "analyses": {"repair": analysis}}
    results = results_of(str(write_review(tmp_path / "studies", studies, review)))
    done = run_r(write_r_script(results), tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    words = {"aggregate": "aggregated", "multilevel": "sigma2 within", "che": "sigma2 within"}
    assert words[approach] in done.stdout
    assert "test of the moderator" in done.stdout


@pytest.mark.r
def test_a_number_that_differs_is_named_and_fails(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    results = copy.deepcopy(results_of("studies/examples/molloy2014"))
    (name,) = results["order"]
    results["analyses"][name]["pool"]["heterogeneity"]["tau2"] *= 1.01
    done = run_r(write_r_script(results), tmp_path)
    assert done.returncode == 1
    assert f"1 differ:\n  {name}: pooled: tau2\n" in done.stdout


def test_the_script_is_plain_text_whatever_a_review_says(tmp_path):
    studies = {"a2001": correlation(0.3, 40), "b2002": correlation(0.1, 50), "c2003": correlation(0.5, 60)}
    for content in studies.values():
        content["citation"]["authors"] = ['Müller"); quit(status = 0); c("']
    review = {
        "rupmeta": 1,
        "title": 'A title\nquit(status = 0) # "',
        "analyses": {"repair": {"question": "Is it?\nstop()", "where": {"relation": "repair-outcome"}}},
    }
    script = write_r_script(results_of(str(write_review(tmp_path / "s", studies, review))))
    assert script.isascii()
    lines = script.splitlines()
    assert lines[0] == '# A title quit(status = 0) # "'
    assert "# Is it? stop()" in lines
    assert not any(line.strip().startswith(("quit(status = 0", "stop()")) for line in lines)


def test_an_analysis_without_an_answer_is_said_to_be_left(tmp_path):
    review = {"rupmeta": 1, "analyses": {"training": {"where": {"relation": "training-outcome"}}}}
    script = write_r_script(
        results_of(str(write_review(tmp_path / "s", {"a2001": correlation(0.3, 40)}, review)))
    )
    assert 'leave("training", "nothing to estimate: 0 effects' in script
    assert "rma(yi, vi, data" not in script


def test_the_script_holds_the_effects_and_the_numbers_of_results(monkeypatch):
    monkeypatch.chdir(ROOT)
    results = results_of("studies/examples/worked")
    script = write_r_script(results)
    for name in results["order"]:
        pool = results["analyses"][name]["pool"]
        assert all(repr(row["yi"]) in script for row in pool["effects"])
        assert repr(pool["estimate"]["estimate"]) in script


def two_groups(mean1, mean2, sd=10.0, n1=30, n2=32):
    return {"mean1": mean1, "sd1": sd, "n1": n1, "mean2": mean2, "sd2": sd + 1, "n2": n2}


@pytest.mark.r
@pytest.mark.parametrize(
    ("measure", "routes"),
    [
        ("SMD", [two_groups(20 + i, 24 + (i * 7) % 5, n1=25 + 3 * i) for i in range(6)]),
        ("MD", [two_groups(20 + i, 24 + (i * 7) % 5, n1=25 + 3 * i) for i in range(6)]),
        ("OR", [{"events1": 20 + i, "n1": 40, "events2": 12 + (i * 5) % 7, "n2": 41} for i in range(6)]),
        ("RR", [{"events1": 20 + i, "n1": 40, "events2": 12 + (i * 5) % 7, "n2": 41} for i in range(6)]),
    ],
)
def test_metafor_agrees_on_other_scales_with_training_and_moderators(measure, routes, tmp_path):
    """Trained against untrained, a category and a number as moderators, another scale than correlations."""
    studies = {
        f"s{i}": study(
            effect("main", reported=[route], comparison="untrained", phase=("early", "late")[i % 2]),
            relation="training-outcome",
            design="randomized",
            therapy={"psychotherapy": True, "sessions": 8 + 3 * (i % 4)},
        )
        for i, route in enumerate(routes)
    }
    analysis = {
        "where": {"relation": "training-outcome"},
        "measure": measure,
        "moderators": ["phase", "therapy.sessions"],
    }
    review = {"rupmeta": 1, "title": "Scales", "analyses": {"training": analysis}}
    results = results_of(str(write_review(tmp_path / "studies", studies, review)))
    assert results["analyses"]["training"]["pool"]["k"] == 6
    done = run_r(write_r_script(results), tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert "all agree" in done.stdout
    assert done.stdout.count("test of the moderator") >= 2


def test_every_headline_number_of_a_pooled_answer_stands_in_the_script(monkeypatch):
    """Estimate, interval, prediction, heterogeneity, and all of them on the scales that people read."""
    monkeypatch.chdir(ROOT)
    results = results_of("studies/examples/worked")
    script = write_r_script(results)
    for name in results["order"]:
        pool = results["analyses"][name]["pool"]
        told = [pool["estimate"][key] for key in ("estimate", "se", "stat", "pval", "ci_lb", "ci_ub")]
        told += list(pool["prediction"].values())
        told += [pool["heterogeneity"][key] for key in ("Q", "pval", "tau2", "I2", "H2")]
        told += [shown[key] for shown in pool["reported"].values() for key in shown if key != "mean"]
        missing = [value for value in told if value is not None and repr(value) not in script]
        assert missing == []
