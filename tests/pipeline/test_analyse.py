"""From a folder to an answer: what enters the pool, what does not, and what travels with the number."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from reviews import REVIEW, correlation, effect, run_cli, study, write_review

from rupmeta.errors import EstimationError, UsageError
from rupmeta.pipeline.analyse import synthesise
from rupmeta.pipeline.regress import moderate_all, moderate_by
from rupmeta.pipeline.specification import Overrides, check_field, specify
from rupmeta.read.folder import Folder, read_folder
from rupmeta.render.prose import describe_pooled

FOUR = {
    "a": correlation(0.10, 40),
    "b": correlation(0.25, 60),
    "c": correlation(0.40, 80),
    "d": correlation(0.55, 100),
}


def folder_of(path: Path, studies: dict[str, dict[str, object]], **review: object) -> Folder:
    return read_folder(write_review(path, studies, {**REVIEW, **review}))


def test_equal_effects_by_hand(tmp_path: Path) -> None:
    fit = synthesise(folder_of(tmp_path, FOUR), Overrides(method="EE", test="z")).fit
    w = [n - 3 for n in (40, 60, 80, 100)]
    z = [math.atanh(r) for r in (0.10, 0.25, 0.40, 0.55)]
    mean = sum(a * b for a, b in zip(w, z, strict=True)) / sum(w)
    # Closed forms in another order of summation: only rounding of doubles may differ.
    assert fit.estimate.estimate == pytest.approx(mean, rel=1e-14)
    assert fit.estimate.se == pytest.approx(sum(w) ** -0.5, rel=1e-14)


def test_two_effects_of_a_sample_are_one_row(tmp_path: Path) -> None:
    two = study(
        effect("one", reported=[{"r": 0.3, "n": 53}]),
        effect("two", reported=[{"r": 0.5, "n": 53}], phase="early"),
    )
    prepared = synthesise(folder_of(tmp_path, FOUR | {"e": two})).prepared
    assert prepared.single.k == 6
    assert prepared.effects.k == 5
    merged = next(row for row in prepared.effects.rows if row.study == "e")
    assert merged.members == ("one", "two")
    # Equal variances: the plain mean, with variance v(1 + rho)/2.
    assert merged.yi == pytest.approx((math.atanh(0.3) + math.atanh(0.5)) / 2, rel=1e-12)
    assert merged.vi == pytest.approx(0.02 * 1.5 / 2, rel=1e-12)
    assert prepared.n == 40 + 60 + 80 + 100 + 53


def test_a_sample_is_split_by_the_moderator_that_varies_in_it(tmp_path: Path) -> None:
    two = study(
        effect("one", reported=[{"r": 0.3, "n": 53}]),
        effect("two", reported=[{"r": 0.5, "n": 53}], phase="early"),
    )
    prepared, moderated, _ = moderate_by(folder_of(tmp_path, FOUR | {"e": two}), ["phase"])
    assert prepared.effects.k == 6
    assert {group.level: group.k for group in moderated.subgroups} == {"early": 1, "late": 5}


def test_excluded_studies_are_told_apart_from_those_without_effect(tmp_path: Path) -> None:
    studies = FOUR | {"e": study(), "f": correlation(0.2, 50, publication="report")}
    excluded = synthesise(folder_of(tmp_path, studies)).prepared.excluded
    assert [(item.study, item.code) for item in excluded] == [("e", "NO-EFFECT"), ("f", "EXC-PUB")]


def test_nothing_to_pool_says_why(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {"a": correlation(0.2, 50, publication="report")})
    with pytest.raises(EstimationError, match="1 studies read, 1 excluded by the criteria"):
        synthesise(folder)


def test_order_of_files_does_not_matter(tmp_path: Path) -> None:
    first = synthesise(folder_of(tmp_path / "one", FOUR)).fit
    second = synthesise(folder_of(tmp_path / "two", dict(reversed(FOUR.items())))).fit
    assert first.estimate == second.estimate


def test_the_evidence_is_called_correlational_in_every_answer(tmp_path: Path) -> None:
    assert "CORRELATIONAL" in {note.code for note in synthesise(folder_of(tmp_path, FOUR)).notes}


class TestSpecification:
    def test_departures_are_listed(self, tmp_path: Path) -> None:
        spec = specify(folder_of(tmp_path, FOUR), Overrides(method="dl", level=0.9, where={"phase": "late"}))
        assert spec.method == "DL"
        assert spec.departures == (
            "method DL instead of REML",
            "level 0.9 instead of 0.95",
            "only phase = late",
        )

    def test_an_explicit_option_beats_the_preset(self, tmp_path: Path) -> None:
        spec = specify(folder_of(tmp_path, FOUR), Overrides(preset="cma", method="PM"))
        assert (spec.method, spec.test, spec.pi, spec.weights) == ("PM", "z", "hts", "equal")

    def test_verified_only_keeps_verified_effects(self, tmp_path: Path) -> None:
        studies = FOUR | {"d": correlation(0.9, 100, extraction={"status": "provisional"})}
        synthesis = synthesise(folder_of(tmp_path, studies), Overrides(verified_only=True))
        assert [row.study for row in synthesis.prepared.single.rows] == ["a", "b", "c"]

    @pytest.mark.parametrize(
        ("overrides", "message"),
        [
            (Overrides(method="XX"), "--method XX is not known; choose one of DL HE"),
            (Overrides(level=95), "write 0.95 for 95%"),
            (Overrides(rho=2), "--rho 2: a correlation"),
            (Overrides(analysis="repare"), "repair"),
            (Overrides(preset="stata"), "choose one of cma metafor revman jasp"),
        ],
    )
    def test_wrong_options_say_what_is_allowed(
        self, tmp_path: Path, overrides: Overrides, message: str
    ) -> None:
        with pytest.raises(UsageError, match=message):
            specify(folder_of(tmp_path, FOUR), overrides)

    def test_a_misspelt_field_names_the_nearest(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"did you mean phase\?"):
            check_field(folder_of(tmp_path, FOUR), "phse", "--by")


class TestModerators:
    def test_an_effect_without_the_value_leaves_and_is_named(self, tmp_path: Path) -> None:
        studies = {
            name: value | {"moderators": {"age": 30 + i}} for i, (name, value) in enumerate(FOUR.items())
        } | {"e": correlation(0.3, 70)}
        _, moderated, notes = moderate_by(folder_of(tmp_path, studies), ["age"])
        assert moderated.fit.k == 4
        assert moderated.left_out == (4,)
        assert any(note.code == "DROP" and note.where == "e/main" for note in notes)

    def test_all_declared_moderators_have_a_row_or_a_reason(self, tmp_path: Path) -> None:
        analyses = {"repair": {"moderators": ["phase", "year", "therapists.caseload"]}}
        studies = FOUR | {
            "a": FOUR["a"] | {"citation": {"authors": ["B"], "year": 2010}},
        }
        planned = moderate_all(folder_of(tmp_path, studies, analyses=analyses))
        rows = dict(planned.models)
        assert "phase is late in all 4 effects" in str(rows["phase"])
        assert "no effect of this analysis has a value of therapists.caseload" in str(
            rows["therapists.caseload"]
        )
        assert not isinstance(rows["year"], EstimationError)

    def test_undeclared_moderators_are_called_exploratory(self, tmp_path: Path) -> None:
        studies = FOUR | {"a": FOUR["a"] | {"citation": {"authors": ["B"], "year": 2010}}}
        _, _, notes = moderate_by(folder_of(tmp_path, studies), ["year"])
        assert "POSTHOC" in {note.code for note in notes}


@pytest.mark.parametrize("approach", ["che", "multilevel"])
def test_one_sample_is_no_synthesis_whatever_its_dependence(tmp_path: Path, approach: str) -> None:
    """A variance between samples cannot be had from one: its effects are averaged, as aggregate does."""
    three = study(*(effect(f"e{i}", reported=[{"r": r, "n": 90}]) for i, r in enumerate([0.3, 0.1, 0.45])))
    analysis = {"where": {"relation": "repair-outcome"}}
    found = {}
    for name in (approach, "aggregate"):
        body = {**analysis, "dependence": {"approach": name, "rho": 0.6}}
        folder = write_review(tmp_path / name, {"solo": three}, {**REVIEW, "analyses": {"repair": body}})
        found[name] = json.loads(run_cli("pool", str(folder), "--json").stdout)
    ours, plain = found[approach]["result"], found["aggregate"]["result"]
    assert ours["k"] == 1
    assert ours["estimate"] == plain["estimate"]
    assert "ONE-SAMPLE" in {note["code"] for note in found[approach]["notes"]}
    told = describe_pooled(ours, "repair-outcome")
    assert told.startswith("One sample is no synthesis")
    assert "lies above" not in told


def test_verdicts_count_samples_and_not_effects(tmp_path: Path) -> None:
    """Twelve effects of three samples: numbers, and no verdict."""
    files = {
        f"s{j}": study(*(effect(f"e{i}", reported=[{"r": 0.4 + 0.01 * i, "n": 200}]) for i in range(4)))
        for j in range(3)
    }
    body = {"where": {"relation": "repair-outcome"}, "dependence": {"approach": "che", "rho": 0.6}}
    folder = write_review(tmp_path, files, {**REVIEW, "analyses": {"repair": body}})
    answer = json.loads(run_cli("pool", str(folder), "--json").stdout)["result"]
    assert answer["k"] == 12
    told = describe_pooled(answer, "repair-outcome")
    assert "With 3 samples this is no basis for a verdict." in told
    assert "was associated with" not in told
