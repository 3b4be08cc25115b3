"""Sentences about fragility: however many samples a change takes, a sentence stays one that can be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from effect_tables import effects_table
from report_pages import synthetic_review
from reviews import REVIEW, correlation, effect, run_cli, study, write_review

from rupmeta.explore.fragility import find_fragility
from rupmeta.pool.fit import fit_effects
from rupmeta.render.fragility.words import NAMED, describe_fragility


@pytest.mark.parametrize("k", [3, 8, 40])
def test_a_sentence_names_few_samples_and_counts_the_rest(tmp_path: Path, k: int) -> None:
    folder = synthetic_review(tmp_path / "r", k)
    answer = json.loads(run_cli("sensitivity", str(folder), "--fragility", "--json").stdout)["result"]
    found = answer["fragility"]
    labels = found["deletion"]["labels"]
    gone = [labels[name] for name in found["deletion"]["clusters"]]
    told = " ".join(describe_fragility(answer))
    named = [name for name in gone if f"{name}," in told or f"{name} " in told or f"{name}:" in told]
    assert len(gone) > NAMED or k < 40
    assert not set(labels) & set(told.split())  # authors and years, no ids
    if len(gone) > NAMED:
        assert gone[:NAMED] == named
        assert f"and {len(gone) - NAMED} more" in told
    else:
        assert all(name in told for name in gone)
    assert len(told) < 1200


def told_of(folder: Path) -> tuple[dict, str]:
    answer = json.loads(run_cli("sensitivity", str(folder), "--fragility", "--json").stdout)["result"]
    return answer, " ".join(describe_fragility(answer))


def test_every_sample_that_turns_it_alone_is_named(tmp_path: Path) -> None:
    files = {
        name: correlation(r, 60, citation={"authors": [f"{name.title()}, A."], "year": 2001})
        for name, r in {"alder": 0.45, "birch": 0.4, "cedar": 0.42}.items()
    }
    _, told = told_of(write_review(tmp_path, files))
    assert "Leaving out any one sample turns it: Alder (2001), Birch (2001) and Cedar (2001)" in told


def test_the_samples_that_turn_it_are_those_without_which_the_refit_turns() -> None:
    effects = effects_table([0.3, 0.32, 0.31, 0.29, 0.95, 0.9], [0.02, 0.02, 0.02, 0.02, 0.3, 0.02])
    found = find_fragility(effects)
    turning = []
    for i in range(effects.k):
        limits = fit_effects(effects.take([j for j in range(effects.k) if j != i])).estimate.interval()
        if (limits.lb > 0) - (limits.ub < 0) != found.verdict:
            turning.append(effects.rows[i].cluster)
    assert list(found.deletion.singles) == turning


def test_a_search_in_another_model_says_so_in_its_own_sentences(tmp_path: Path) -> None:
    two = study(effect("a", reported=[{"r": 0.2, "n": 50}]), effect("b", reported=[{"r": 0.4, "n": 50}]))
    files = {"s0": correlation(0.3, 60), "s1": correlation(0.1, 90), "s2": correlation(0.5, 40), "s3": two}
    analysis = {"where": {"relation": "repair-outcome"}}
    for approach, named in (("che", True), ("aggregate", False)):
        body = {**analysis, "dependence": {"approach": approach, "rho": 0.6}}
        folder = write_review(tmp_path / approach, files, {**REVIEW, "analyses": {"repair": body}})
        answer, _ = told_of(folder)
        conclusion, smallest, deletion = describe_fragility(answer)[:3]
        assert all(
            ("one averaged effect a sample, not the declared one" in text) == named
            for text in (conclusion, smallest)
        )
        assert ("in that model" in deletion) == named


def test_the_null_of_an_odds_ratio_is_1(tmp_path: Path) -> None:
    tables = [(20, 30, 15, 32), (35, 50, 30, 55), (12, 25, 6, 22)]
    keys = ("events1", "n1", "events2", "n2")
    files = {
        f"s{i}": study(effect(reported=[dict(zip(keys, table, strict=True))]))
        for i, table in enumerate(tables)
    }
    body = {"where": {"relation": "repair-outcome"}, "measure": "OR", "report_as": ["or"]}
    folder = write_review(tmp_path, files, {**REVIEW, "analyses": {"repair": body}})
    _, told = told_of(folder)
    assert "the interval holds 1 (OR" in told
    assert "the interval would end at 1" in told
    assert "zero" not in told
    steps = run_cli("sensitivity", str(folder), "--leave-one-out").stdout
    assert "The interval of all holds 1" in steps
    assert "zero" not in steps
