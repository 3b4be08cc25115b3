"""docs/shipped-review.md prints what the commands print, and its remarks rest on what they compute."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from pages import ROOT, blocks, matches, renew
from reviews import run_cli

PAGE = ROOT / "docs" / "shipped-review.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_every_question_is_asked_of_the_shipped_review() -> None:
    asked = [block.command.split() for block in blocks(TEXT)]
    assert {words[1] for words in asked} == {"pool", "moderators", "bias", "sensitivity", "multiverse"}
    options = {word for words in asked if words[2] == "studies" for word in words if word.startswith("--")}
    assert options >= {"--small-k", "--bayes", "--dependence", "--overlap", "--permute", "--conversions"}
    assert options >= {"--fragility", "--outliers", "--confounding", "--gosh"}


@pytest.mark.parametrize(
    ("shown", "output", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\nb\n", "a\nc\n", False),
        ("a\n...\n", "a\nb\nc\n", True),
        ("a\n...\n", "a\n", False),
        ("...\nb\n...\nd\n", "a\nb\nc\nd\n", True),
        ("...\nd\n...\nb\n", "a\nb\nc\nd\n", False),
        ("a\n...\nc\n", "a\nb\nc\nd\n", False),
        ("a (3 of ...\nb\n", "a (3 of 9)\nb\n", True),
        ("a (3 of ...\nb\n", "a (4 of 9)\nb\n", False),
    ],
)
def test_dots_stand_for_lines_and_for_nothing_else(shown: str, output: str, same: bool) -> None:
    assert matches(shown, output) is same


def test_a_refreshed_block_matches_and_keeps_its_parts() -> None:
    output = "Title\nMean .31\nnoise\nnoise\nNotes\n  K-FEW: 4\n"
    renewed = renew("Title\nMean .30\n...\nNotes\n  K-FEW: 3\n", output)
    assert renewed == "Title\nMean .31\n...\nNotes\n  K-FEW: 4\n"
    assert matches(renewed, output)


def test_with_all_clients_the_interval_is_as_the_page_says(tmp_path: Path) -> None:
    """The remark on McLaughlin et al.: 116 clients instead of the 82 that were judged to be meant."""
    for file in (ROOT / "studies").glob("*.yaml"):
        shutil.copy(file, tmp_path)
    study = tmp_path / "mclaughlin2014.yaml"
    text = study.read_text(encoding="utf-8")
    assert text.count("{p: 0.001, n: 82,") == 1
    study.write_text(text.replace("{p: 0.001, n: 82,", "{p: 0.001, n: 116,"), encoding="utf-8")
    pooled = run_cli("pool", str(tmp_path), "--quiet").stdout
    assert re.search(r"McLaughlin et al\. \(2014\) \S+ +116 +\.30 ", pooled)
    assert re.search(r"Pooled \(k = 3\) +188 +\.33 \[\.03, \.58\]", pooled)
