"""``rupmeta moderators`` from files to JSON, CSV and screens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from reviews import ROOT, correlation, run_cli, study, write_review
from reviews import effect as an_effect

WORKED = str(ROOT / "studies" / "examples" / "worked")
TRAINING = (WORKED, "--analysis", "training")


def result(*arguments: str, code: int = 0) -> tuple[dict[str, Any], list[str]]:
    """The result and the codes of the notes."""
    done = run_cli("moderators", *arguments, "--json")
    assert done.returncode == code, done.stderr
    body = json.loads(done.stdout)
    assert body["schema"] == "rupmeta/moderators/1"
    return body["result"], [note["code"] for note in body["notes"]]


def refusal(*arguments: str) -> str:
    done = run_cli("moderators", *arguments)
    assert done.returncode == 2, (done.stdout, done.stderr)
    return done.stderr


class TestOverlap:
    def test_training_cannot_tell_orientation_from_length(self) -> None:
        """The finding that the model review discusses: CBT and brief therapy overlap."""
        answer, codes = result(*TRAINING, "--overlap")
        pairs = {(p["first"]["name"], p["second"]["name"]): p for p in answer["pairs"]}
        pair = pairs["therapy.orientation", "therapy.sessions"]
        assert pair["verdict"] == "inseparable"
        assert pair["association"] > 0.7
        for item in (pair["first"], pair["second"]):
            assert item["alone"]["pval"] < 0.05 < item["given"]["pval"]
        assert pair["shared"] > 80
        assert sum(carrier["share"] for carrier in pair["carriers"]) >= 80
        assert "MOD-OVERLAP" in codes
        shown = run_cli("moderators", *TRAINING, "--overlap").stdout
        assert "Orientation of the therapy and number of sessions cannot be separated with these" in shown
        assert "What tells them apart rests on Synthetic Elm (2011)" in shown

    def test_a_chosen_pair_and_csv(self) -> None:
        two = ("--by", "phase", "--by", "comparison", "--overlap")
        answer, _ = result(WORKED, *two)
        assert len(answer["pairs"]) == 1
        assert {cell["row"] for cell in answer["pairs"][0]["cells"]} == {"early", "middle", "late"}
        lines = run_cli("moderators", WORKED, *two, "--format", "csv").stdout.splitlines()
        assert lines[0].startswith("pair,first,second,k,association")
        assert len(lines) == 2

    def test_one_moderator_overlaps_with_nothing(self) -> None:
        assert "two moderators" in refusal(WORKED, "--overlap", "--by", "phase")


class TestAll:
    def test_p_values_are_adjusted_for_their_number(self) -> None:
        answer, _ = result(*TRAINING, "--all")
        assert answer["adjust"] == "holm"
        p = [item["omnibus"]["pval"] for item in answer["moderators"]]
        padj = [item["padj"] for item in answer["moderators"]]
        assert sorted(padj) == pytest.approx([3 * min(p), max(2 * sorted(p)[1], 3 * min(p)), max(p)])
        plain, _ = result(*TRAINING, "--adjust", "none")
        assert [item["padj"] for item in plain["moderators"]] == p

    def test_every_moderator_says_what_it_could_detect(self) -> None:
        answer, _ = result(*TRAINING, "--all")
        orientation, sessions, _ = (item["detectable"] for item in answer["moderators"])
        assert orientation["levels"] == ["cbt", "psychodynamic"]
        assert orientation["slope"] is None
        assert sessions["slope"] < sessions["contrast"]
        assert orientation["power"] == 0.8
        assert "finds with a power of 80%" in run_cli("moderators", *TRAINING).stdout.replace("\n", " ")


class TestOneModel:
    def test_json_has_the_keys_of_the_interface(self) -> None:
        answer, _ = result(*TRAINING, "--by", "therapy.orientation")
        wanted = {"formula", "k", "coefficients", "omnibus", "residual", "tau2", "R2", "subgroups"}
        assert wanted <= set(answer)
        assert [c["label"] for c in answer["coefficients"]] == [
            "intercept",
            "therapy.orientation[psychodynamic]",
        ]
        assert {"estimate", "heterogeneity", "reported", "prediction", "level", "k"} <= set(
            answer["subgroups"][0]
        )
        assert answer["R2_lb"] <= answer["R2"] <= answer["R2_ub"]
        assert answer["AICc"] > answer["AICc_without"]

    def test_a_formula_is_the_joint_model(self) -> None:
        one, _ = result(*TRAINING, "--by", "therapy.orientation", "--by", "therapy.sessions")
        two, _ = result(*TRAINING, "--formula", "therapy.orientation + therapy.sessions")
        assert one["coefficients"] == two["coefficients"]
        assert one["inflation"] == two["inflation"]
        assert set(one["inflation"]) == {"therapy.orientation", "therapy.sessions"}

    def test_an_interaction_brings_a_note_and_no_levels(self) -> None:
        answer, codes = result(*TRAINING, "--formula", "~ therapy.orientation * center(therapy.sessions)")
        assert "INTERACTION" in codes
        assert (
            answer["coefficients"][-1]["label"]
            == "therapy.orientation[psychodynamic]:center(therapy.sessions)"
        )
        assert answer["subgroups"] == []
        assert [term["interaction"] for term in answer["terms"]] == [False, False, True]

    def test_levels_with_their_own_tau2(self) -> None:
        by = ("--by", "therapy.orientation")
        common, _ = result(*TRAINING, *by)
        separate, _ = result(*TRAINING, *by, "--tau2", "separate")
        assert separate["subgroup_tau2"] == "separate"
        own = [group["separate"]["estimate"]["se"] for group in common["subgroups"]]
        assert [group["estimate"]["se"] for group in separate["subgroups"]] == own
        assert [group["estimate"]["se"] for group in common["subgroups"]] != own
        text = run_cli("moderators", *TRAINING, *by, "--tau2", "separate").stdout.replace("\n", " ")
        assert (
            "each with its own τ²: χ²(1) = 6.26, p = .012 (k = 6). With one τ² for all levels: χ²(1) = 7.22"
            in text
        )

    def test_pairs_contrasts_residuals_and_spread(self) -> None:
        answer, _ = result(
            WORKED, "--by", "phase", "--pairwise", "--contrast", "late=1,early=-.5,middle=-.5", "--residuals"
        )
        assert len(answer["pairs"]) == 3
        assert all(pair["padj"] >= pair["pval"] for pair in answer["pairs"])
        assert answer["contrasts"][0]["label"] == "+1·late -0.5·early -0.5·middle"
        assert len(answer["cases"]) == answer["k"]
        spread, codes = result(WORKED, "--by", "phase", "--scale", "~ therapists.caseload")
        assert spread["scale"]["coefficients"][1]["label"] == "therapists.caseload"
        assert spread["scale"]["k"] == 9
        assert codes.count("K-MOD") >= 2

    def test_all_subsets(self) -> None:
        answer, codes = result(*TRAINING, "--models")
        assert len(answer["models"]) == 8
        assert sum(model["weight"] for model in answer["models"]) == pytest.approx(1)
        assert "POSTHOC" in codes
        assert "test nothing" in run_cli("moderators", *TRAINING, "--models").stdout.replace("\n", " ")

    def test_a_seed_repeats_the_interval_of_R2(self) -> None:
        by = (*TRAINING, "--by", "therapy.sessions", "--resamples", "200")
        one, two, other = (result(*by, "--seed", seed)[0] for seed in ("1", "1", "2"))
        assert one == two
        assert one["R2_resamples"] != other["R2_resamples"] or one["R2_lb"] != other["R2_lb"]
        assert result(*TRAINING, "--by", "therapy.sessions", "--resamples", "0")[0]["R2_lb"] is None


class TestDependence:
    @pytest.fixture
    def review(self, tmp_path: Path) -> Path:
        """Eight studies with two effects each, early and late."""

        def two(i: int) -> dict[str, Any]:
            return study(
                an_effect("early", reported=[{"r": 0.1 + 0.02 * i, "n": 40 + i}], phase="early"),
                an_effect("late", reported=[{"r": 0.3 + 0.03 * (i % 3), "n": 40 + i}], phase="late"),
                therapy={"psychotherapy": True, "sessions": 10 + i},
            )

        return write_review(tmp_path / "studies", {f"s{i}": two(i) for i in range(8)})

    @pytest.mark.parametrize("approach", ["multilevel", "che"])
    def test_effects_kept_apart_bring_robust_rows(self, review: Path, approach: str) -> None:
        model = (str(review), "--formula", "phase + therapy.sessions", "--dependence", approach)
        answer, _ = result(*model)
        assert answer["k"] == 16
        assert [c["label"] for c in answer["robust"]] == [c["label"] for c in answer["coefficients"]]
        assert answer["robust_omnibus"]["df1"] == 2
        assert answer["R2_lb"] is None
        pairs, _ = result(*model[:1], "--by", "phase", "--by", "therapy.sessions", "--overlap", *model[3:])
        assert pairs["pairs"][0]["verdict"] == "apart"
        listed, _ = result(*model[:1], "--by", "phase", "--pairwise", *model[3:])
        assert listed["pairs"][0]["label"] == "phase[late] - phase[early]"
        assert "aggregate" in refusal(
            *model[:1], "--by", "phase", "--by", "therapy.sessions", "--models", *model[3:]
        )
        done = run_cli("moderators", *model, "--residuals")
        assert done.returncode == 3
        assert "independent effects" in done.stderr

    def test_aggregation_keeps_the_levels_of_a_sample_apart(self, review: Path) -> None:
        answer, _ = result(str(review), "--by", "phase")
        assert answer["k"] == 16
        assert [group["k"] for group in answer["subgroups"]] == [8, 8]


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            (("--by", "phas"), "did you mean phase"),
            (("--formula", "~ log(phas)"), "did you mean phase"),
            (("--scale", "nothing", "--by", "phase"), "--scale nothing"),
            (("--formula", "~ exec('x')"), "there is no function exec"),
            (("--by", "phase", "--formula", "phase"), "both name a model"),
            (("--all", "--overlap"), "choose one of"),
            (("--formula", "phase", "--overlap"), "one by one"),
            (("--adjust", "magic"), "--adjust magic"),
            (("--tau2", "none"), "--tau2 none"),
            (("--resamples", "-1"), "--resamples -1"),
            (("--by", "phase", "--contrast", "late"), "write names and weights"),
            (("--by", "phase", "--contrast", "late=1,earlier=-1"), "neither a level"),
            (("--by", "therapists.caseload", "--pairwise"), "there is none"),
            (("--by", "phase", "--reference", "phase=never"), "never is not a level of phase"),
            (("--by", "phase", "--models"), "2 to 6 moderators"),
        ],
    )
    def test_what_makes_no_sense_is_a_sentence(self, arguments: tuple[str, ...], reason: str) -> None:
        assert reason in refusal(WORKED, *arguments)

    def test_a_formula_error_carries_its_code(self) -> None:
        done = run_cli("moderators", WORKED, "--formula", "~ I(phase)", "--json")
        assert done.returncode == 2
        assert json.loads(done.stderr)["code"] == "FORMULA"

    def test_effects_without_a_value_are_listed_before_the_model(self, tmp_path: Path) -> None:
        studies = {f"s{i}": correlation(0.1 + 0.05 * i, 50, therapists={"caseload": 3 + i}) for i in range(5)}
        studies["silent"] = correlation(0.3, 60)
        folder = write_review(tmp_path / "studies", studies)
        answer, codes = result(str(folder), "--formula", "~ log(therapists.caseload)")
        assert answer["k"] == 5
        assert answer["left_out"] == [{"study": "silent", "effect": "main"}]
        assert "DROP" in codes
