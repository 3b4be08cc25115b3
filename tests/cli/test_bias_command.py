"""``rupmeta bias`` and its figures, from files to what a reader sees."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from reviews import ROOT, correlation, effect, run_cli, study, write_review

MOLLOY = "studies/examples/molloy2014"
REFERENCE = json.loads((ROOT / "tests/reference/data/bias_molloy2014.json").read_text("utf-8"))["all"]
ESTIMATE = {"label", "estimate", "se", "stat", "df", "pval", "ci_lb", "ci_ub"}


def bias(*arguments: str, cwd: Path = ROOT) -> dict[str, Any]:
    done = run_cli("bias", *arguments, "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture(scope="module")
def molloy() -> dict[str, Any]:
    return bias(MOLLOY, "--test", "z")


def small_review(folder: Path, k: int) -> Path:
    values = [0.42, 0.10, 0.35, 0.05, 0.28, 0.31, 0.12, 0.5, 0.2][:k]
    studies = {
        f"s{i}": correlation(r, 40 + 17 * i, citation={"authors": [f"S{i}"], "year": 2000 + i})
        for i, r in enumerate(values)
    }
    return write_review(folder / "studies", studies)


def test_the_json_has_every_key_of_the_interface(molloy: dict[str, Any]) -> None:
    assert molloy["schema"] == "rupmeta/bias/1"
    result = molloy["result"]
    assert {"model", "predictor", "stat", "df", "pval", "limit"} <= set(result["egger"])
    assert {"tau", "pval"} <= set(result["begg"])
    assert {"estimator", "k0", "side", "estimate"} <= set(result["trim_and_fill"])
    assert {"rosenthal", "orwin", "rosenberg", "general"} <= set(result["failsafe"])
    assert {"model", "delta", "estimate", "tau2", "lrt", "lrt_pval"} <= set(result["selection"])
    for key in ("pet_peese", "p_uniform_star"):
        assert set(result[key]["estimate"]) == ESTIMATE
    assert set(result["egger"]["limit"]) == set(result["selection"]["estimate"]) == ESTIMATE
    assert {"O", "E", "pval", "theta", "k"} <= set(result["excess_significance"])
    assert [row["name"] for row in result["comparison"]] == [
        "unadjusted", "henmi_copas", "trim_and_fill", "pet_peese", "limit_meta", "step", "beta", "copas",
        "p_uniform_star", "worst_case",
    ]  # fmt: skip
    assert all(row["assumption"].endswith(".") for row in result["comparison"])


def test_the_numbers_are_those_of_the_reference(molloy: dict[str, Any]) -> None:
    result = molloy["result"]
    # yi and vi of the files carry the digits of the printed correlations, as the reference does
    assert result["egger"]["stat"] == pytest.approx(REFERENCE["egger"]["lm_sei"]["statistic"], rel=1e-8)
    assert result["begg"]["tau"] == pytest.approx(REFERENCE["begg"]["tau"], rel=1e-8)
    filled = result["trim_and_fill"]["estimate"]
    assert filled["estimate"] == pytest.approx(REFERENCE["trimfill"]["L0"]["estimate"], rel=1e-4)
    assert result["failsafe"]["rosenthal"] == REFERENCE["failsafe"]["Rosenthal"]["fsnum"]
    assert result["selection"]["lrt"] == pytest.approx(REFERENCE["selmodel_3psm"]["LRT"], rel=2e-3)
    uniform = result["p_uniform_star"]["estimate"]
    assert uniform["ci_ub"] == pytest.approx(REFERENCE["puni_star"]["ci_ub"], rel=1e-3)
    assert result["pet_peese"]["used"] == "pet"


def test_options_choose_the_variant() -> None:
    result = bias(
        MOLLOY, "--egger-model", "rma", "--egger-predictor", "vi", "--trim-estimator", "R0",
        "--selection", "beta", "--orwin-target", "0.05",
    )["result"]  # fmt: skip
    assert (result["egger"]["model"], result["egger"]["predictor"]) == ("rma", "vi")
    assert result["egger"]["df"] is None  # z, whatever the protocol's test, unless --test names one
    assert result["egger"]["stat"] == pytest.approx(REFERENCE["egger"]["rma_vi"]["statistic"], rel=1e-7)
    assert result["trim_and_fill"]["estimator"] == "R0"
    assert result["selection"]["model"] == "beta"
    assert len(result["selection"]["delta"]) == 2
    assert result["failsafe"]["orwin_target"] == 0.05


def test_more_steps_give_more_chances_of_publication() -> None:
    result = bias(MOLLOY, "--steps", ".025,.5")["result"]
    assert result["selection"]["steps"] == [0.025, 0.5]
    assert result["selection"]["lrt_df"] == 2
    assert sum(result["selection"]["counts"]) == 16
    assert result["selection"]["delta"][0] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--egger-model", "ols"), "--egger-model ols is not known; choose one of lm rma"),
        (("--trim-estimator", "S0"), "--trim-estimator S0 is not known; choose one of L0 R0 Q0"),
        (("--selection", "logistic"), "choose one of step beta"),
        (("--steps", "5,10"), "write p values between 0 and 1, such as .025,.05"),
        (("--steps", "a"), "write p values between 0 and 1"),
        (("--orwin-target", "0"), "a number other than 0"),
    ],
)
def test_wrong_options_say_what_is_allowed(arguments: tuple[str, ...], message: str) -> None:
    done = run_cli("bias", MOLLOY, *arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_the_screen_gives_assumptions_and_no_verdict_on_few_studies(tmp_path: Path) -> None:
    small_review(tmp_path, 6)
    done = run_cli("bias", cwd=tmp_path)
    assert done.returncode == 0
    assert "With k = 6, fewer than 10 effects, asymmetry and selection cannot be judged." in done.stdout
    assert "What each takes for granted" in done.stdout
    for verdict in ("no sign of", "There is", "may be chance", "depend on the precision"):
        assert verdict not in done.stdout
    assert "K-ASYM" in done.stderr


def test_many_studies_get_a_sentence_that_claims_no_absence() -> None:
    done = run_cli("bias", MOLLOY, "--quiet")
    text = " ".join(done.stdout.split())
    assert "There is no sign of asymmetry, t(14) = 1.35, p = .200; with k = 16 the test can miss" in text
    assert "None of them is the corrected effect" in text
    assert "0.24 times as likely to be published as those below" in text
    assert "no publication bias" not in text
    assert done.stderr == ""


def test_two_studies_give_nulls_and_the_reason(tmp_path: Path) -> None:
    small_review(tmp_path, 2)
    answer = bias(cwd=tmp_path)
    result = answer["result"]
    for key in ("egger", "begg", "trim_and_fill", "failsafe", "selection", "pet_peese", "p_uniform_star"):
        assert result[key] is None
    assert any(note["code"] == "K-ASYM" and "k = 2" in note["message"] for note in answer["notes"])
    assert run_cli("bias", cwd=tmp_path).returncode == 0


def test_an_analysis_without_effects_ends_with_the_reason(tmp_path: Path) -> None:
    small_review(tmp_path, 3)
    done = run_cli("bias", "--where", "phase=early", cwd=tmp_path)
    assert done.returncode == 3
    assert "nothing to pool" in done.stderr


def test_effects_of_one_sample_are_aggregated_whatever_the_model(tmp_path: Path) -> None:
    folder = small_review(tmp_path, 4)
    twice = study(
        effect("one", reported=[{"r": 0.3, "n": 50}]), effect("two", reported=[{"r": 0.1, "n": 50}])
    )
    (folder / "twin.yaml").write_text(json.dumps(twice), encoding="utf-8")
    answer = bias("--dependence", "che", cwd=tmp_path)
    assert answer["result"]["k"] == 5
    codes = {note["code"]: note["message"] for note in answer["notes"]}
    assert "AGG-P" in codes
    assert any("6 effects were aggregated to 5" in note["message"] for note in answer["notes"])


def test_the_table_leaves_as_csv() -> None:
    lines = run_cli("bias", MOLLOY, "--format", "csv").stdout.splitlines()
    assert lines[0].startswith("name,label,estimate,ci_lb,ci_ub,r_estimate")
    assert len(lines) == 11


@pytest.mark.parametrize("kind", ["adjustments", "p-curve", "funnel"])
def test_the_figures_are_drawn_from_the_answer(kind: str, tmp_path: Path) -> None:
    done = run_cli("plot", kind, str(ROOT / MOLLOY), "-o", "figure.svg", "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "figure.svg").read_text("utf-8").startswith("<?xml")


def test_the_funnel_shows_filled_studies_and_eggers_line() -> None:
    figure = json.loads(run_cli("plot", "funnel", MOLLOY, "--json").stdout)["result"]
    assert "Trim and fill adds 2." in figure["description"]
    assert sum(row[0] == "imputed by trim and fill" for row in figure["table"]) == 2


def test_a_p_curve_needs_significant_results(tmp_path: Path) -> None:
    write_review(tmp_path / "studies", {f"s{i}": correlation(0.05 * i, 30) for i in range(4)})
    done = run_cli("plot", "p-curve", cwd=tmp_path)
    assert done.returncode == 3
    assert "a p-curve needs at least 3" in done.stderr


def test_figures_of_bias_have_no_subgroups() -> None:
    done = run_cli("plot", "adjustments", "studies/examples/worked", "--by", "phase")
    assert done.returncode == 2
    assert "--by has no meaning for plot adjustments" in done.stderr
