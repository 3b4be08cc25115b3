"""``pool --bayes``, ``--small-k`` and ``--dependence all`` from files to screens, JSON and figures."""

from __future__ import annotations

import csv
import functools
import io
import json
import math
from pathlib import Path
from typing import Any

import pytest
from reviews import correlation, effect, run_cli, study, write_review

from rupmeta.errors import UsageError
from rupmeta.render.drawing.models import prior_posterior_data
from rupmeta.render.figures.curves import lay_out_curves
from rupmeta.render.numbers import ASCII
from rupmeta.render.pooled.bayes_words import bayes_screen, factor_text, probability_text
from rupmeta.render.pooled.dependence_words import dependence_screen
from rupmeta.render.pooled.small_k import small_k_screen
from rupmeta.render.prose import describe_robust

RS = (0.21, 0.35, -0.04, 0.48, 0.12, 0.56)


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven effects of five samples: one paper with two effects, two papers on one sample."""
    studies: dict[str, Any] = {f"s{i}": correlation(r, 40 + 10 * i) for i, r in enumerate(RS[:3])}
    studies["two"] = study(
        effect("a", reported=[{"r": 0.30, "n": 80}], phase="early"),
        effect("b", reported=[{"r": 0.42, "n": 80}]),
    )
    for name, r in (("first", 0.25), ("second", 0.33)):
        studies[name] = correlation(r, 120, sample={"id": "shared", "n": 120})
    return write_review(tmp_path_factory.mktemp("models") / "studies", studies)


@functools.cache
def answer(review: Path, *options: str) -> dict[str, Any]:
    done = run_cli("pool", str(review), "--json", *options)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def screen(review: Path, *options: str) -> str:
    done = run_cli("pool", str(review), *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_bayes_in_json(review: Path) -> None:
    body = answer(review, "--bayes", "--prior-mu", "normal=0,.5", "--meaningful", ".2")
    found = body["result"]["bayes"]
    assert found["prior"] == {"tau": "half-normal(0.5)", "mu": "normal(0, 0.5)", "slopes": None}
    assert found["k"] == body["result"]["k"] == 5
    assert found["meaningful"]["scale"] == "r"
    assert found["meaningful"]["analysis_scale"] == pytest.approx(math.atanh(0.2), rel=1e-9)
    assert 0 < found["mu"]["prob_meaningful"] < found["mu"]["prob_positive"] < 1
    assert found["mu"]["reported"]["r"]["ci_ub"] == pytest.approx(math.tanh(found["mu"]["ci_ub"]), rel=1e-8)
    assert [item["scale"] for item in found["bayes_factors"]] == [0.25, 0.5, 1.0]
    assert [item["study"] for item in found["shrinkage"]] == [
        effect["study"] for effect in body["result"]["effects"]
    ]
    assert "half-normal(0.25)" in [item["prior"] for item in found["sensitivity"]]
    assert len(found["curves"]["tau"]["x"]) == len(found["curves"]["tau"]["posterior"])


def test_bayes_on_the_screen(review: Path) -> None:
    text = screen(review, "--bayes")
    assert "half-cauchy(0.5)" in text
    assert "positive with probability" in text
    assert "no basis for a verdict" in text
    assert "cause" not in text


def test_bayes_with_moderators(review: Path) -> None:
    found = answer(review, "--bayes", "--by", "phase", "--prior-slopes", "normal=0,.5")["result"]["bayes"]
    assert [item["label"] for item in found["coefficients"]] == ["intercept", "phase[late]"]
    assert found["predictive"] is None
    assert found["prior"]["slopes"] == "normal(0, 0.5)"
    text = bayes_screen(
        answer(review, "--bayes", "--by", "phase", "--prior-slopes", "normal=0,.5")["result"],
        None,
        ASCII,
        color=False,
    )
    assert "any slope against none" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--bayes", "--prior-tau", "half-norml=.5"), "half-norml is not a prior on tau"),
        (("--bayes", "--prior-tau", "half-normal=a"), "its parameters are numbers"),
        (("--bayes", "--prior-tau", "half-normal=-1"), "scale must be positive"),
        (("--bayes", "--prior-mu", "normal=.5"), "normal=MEAN,SD"),
        (("--bayes", "--prior-mu", "cauchy=0,1"), "write flat"),
        (("--bayes", "--meaningful", "1.2"), "no value of r"),
        (("--by", "phase"), "--by goes with"),
        (("--bayes", "--by", "phse"), "did you mean phase"),
        (("--bayes", "--small-k", "--format", "csv"), "one table"),
        (("--dependence", "some"), "choose one of"),
    ],
)
def test_what_makes_no_sense_is_refused(review: Path, options: tuple[str, ...], message: str) -> None:
    done = run_cli("pool", str(review), *options)
    assert done.returncode == 2
    assert message in done.stderr


def test_small_k(review: Path) -> None:
    body = answer(review, "--small-k")
    rows = {row["method"]: row for row in body["result"]["small_k"]["rows"]}
    main = body["result"]["estimate"]
    assert rows["adhoc"]["ci_lb"] == pytest.approx(main["ci_lb"], rel=1e-9)
    assert rows["adhoc"]["trust"] == "care"
    assert rows["z"]["worst_coverage"] == pytest.approx(82.3)
    assert rows["t"]["reported"]["r"]["shift"] == pytest.approx(math.tanh(rows["t"]["shift"]), rel=1e-9)
    assert rows["permutation"]["ci_lb"] is None
    assert "K-PERM" in {note["code"] for note in body["notes"]}
    text = small_k_screen(body["result"], ASCII, color=False)
    assert "no interval" in text
    assert "With k = 5 this is no basis for a verdict" in text


def test_dependence_side_by_side(review: Path) -> None:
    found = answer(review, "--dependence", "all")["result"]["dependence"]
    items = {item["approach"]: item for item in found["approaches"]}
    assert [item["k"] for item in items.values()] == [7, 5, 5, 7, 7]
    assert {item["clusters"] for item in items.values()} == {5}
    assert items["che"]["rho"] == 0.5
    assert items["multilevel"]["rho"] is None
    assert items["che"]["sigma2_between"] + items["che"]["sigma2_within"] == pytest.approx(
        items["che"]["tau2"], abs=1e-9
    )
    assert [row["rho"] for row in found["over_rho"]] == [0.0, 0.3, 0.5, 0.7, 0.9]
    assert {profile["component"] for profile in found["profiles"]} == {"between", "within"}
    assert [row["sample"] for row in found["without_sample"]] == ["shared", "s0", "s1", "s2", "two"]
    assert found["shared_samples"][0] == {
        "sample": "shared",
        "papers": ["first", "second"],
        "k": 2,
        "n": 120.0,
    }
    alone = answer(review, "--dependence", "che")["result"]
    assert items["che"]["robust"] == alone["robust"]
    assert items["che"]["robust_reported"] == alone["robust_reported"]
    spoken = describe_robust(alone, ASCII)
    assert spoken is not None
    assert "(CR2)" in spoken
    assert ("not trustworthy" in spoken) is (alone["robust"]["df"] < 4)
    assert describe_robust(answer(review)["result"]) is None


def test_dependence_on_the_screen(review: Path) -> None:
    done = run_cli("pool", str(review), "--dependence", "all")
    assert "2 samples with several effects, of which 1 is reported on by several papers" in " ".join(
        done.stdout.split()
    )
    assert "first and second share shared" in " ".join(done.stdout.split())
    assert "OVERLAP" in done.stderr
    assert "as if independent" not in done.stderr


def test_few_degrees_of_freedom_are_marked(review: Path) -> None:
    body = answer(review, "--dependence", "all", "--by", "phase")
    assert "K-RVE" in {note["code"] for note in body["notes"]}
    assert "†" in dependence_screen(body["result"], ASCII, color=False)
    che = body["result"]["dependence"]["approaches"][-1]
    assert [row["label"] for row in che["robust_coefficients"]] == ["intercept", "phase[late]"]
    assert che["robust_omnibus"]["df1"] == 1


def test_tables_leave_as_csv(review: Path) -> None:
    for options, column in (
        (("--bayes",), "median"),
        (("--small-k",), "worst_coverage"),
        (("--dependence", "all"), "sigma2_within"),
    ):
        rows = list(csv.DictReader(io.StringIO(screen(review, *options, "--format", "csv"))))
        assert rows
        assert column in rows[0]


def test_one_study(tmp_path: Path) -> None:
    one = write_review(tmp_path / "studies", {"only": correlation(0.3, 60)})
    assert "One effect is the study itself" in screen(one, "--small-k")
    assert "follow the prior" in run_cli("pool", str(one), "--bayes").stderr
    assert "Every sample brings one effect" in screen(one, "--dependence", "all")
    done = run_cli("plot", "profile", str(one), "--text")
    assert done.returncode == 3
    assert "no likelihood profile" in done.stderr


@pytest.mark.parametrize("kind", ["prior-posterior", "profile"])
def test_figures(review: Path, tmp_path: Path, kind: str) -> None:
    done = run_cli("plot", kind, str(review), "-o", str(tmp_path / "figure.svg"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "figure.svg").read_text(encoding="utf-8").startswith("<?xml")
    body = json.loads(run_cli("plot", kind, str(review), "--json").stdout)["result"]
    assert body["name"] == f"repair-{kind}"
    assert len(body["table"]) == 3


def test_a_figure_for_the_terminal_and_what_it_refuses(review: Path) -> None:
    found = answer(review, "--bayes")["result"]
    data = prior_posterior_data(found, subject=None)
    assert "▇" in lay_out_curves(data).text
    assert [panel.band for panel in data.panels] == [
        (found["bayes"][name]["ci_lb"], found["bayes"][name]["ci_ub"]) for name in ("mu", "tau")
    ]
    with pytest.raises(UsageError, match="no subgroups"):
        prior_posterior_data(found, subject=None, by={})


def test_words_of_probabilities_and_factors() -> None:
    assert [probability_text(p, ASCII) for p in (0.99995, 0.9931, 0.5, 0.0002)] == [
        "> 99.9%",
        "99.3%",
        "50%",
        "< 0.1%",
    ]
    assert [factor_text(x, ASCII) for x in (77.2613, 0.125, 1.5e6, 0.0)] == ["77.3", "1/8.0", "1.5e6", "0"]
