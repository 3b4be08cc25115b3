"""Sentences about fragility: however many samples a change takes, a sentence stays one that can be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from report_pages import synthetic_review
from reviews import run_cli

from rupmeta.render.fragility.words import NAMED, describe_fragility


@pytest.mark.parametrize("k", [3, 8, 40])
def test_a_sentence_names_few_samples_and_counts_the_rest(tmp_path: Path, k: int) -> None:
    folder = synthetic_review(tmp_path / "r", k)
    answer = json.loads(run_cli("sensitivity", str(folder), "--fragility", "--json").stdout)["result"]
    found = answer["fragility"]
    gone = found["deletion"]["clusters"]
    told = " ".join(describe_fragility(answer))
    named = [name for name in gone if f"{name}," in told or f"{name} " in told or f"{name}:" in told]
    assert len(gone) > NAMED or k < 40
    if len(gone) > NAMED:
        assert gone[:NAMED] == named
        assert f"and {len(gone) - NAMED} more" in told
    else:
        assert all(name in told for name in gone)
    assert len(told) < 1200
