"""The name under which a report shows the folder of its studies: the same on every machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from reviews import correlation, run_cli, write_review

from rupmeta.read.layout import show_from


@pytest.mark.parametrize(
    ("typed", "home", "shown"),
    [
        ("studies", ".", "studies"),
        ("studies/", ".", "studies"),
        ("/r/studies", "/r", "studies"),
        ("/r/a/studies", "/r/b", "../a/studies"),
        ("../r/studies", "../r", "studies"),
        ("studies", "/elsewhere", "studies"),
        (".", ".", "."),
    ],
)
def test_a_folder_is_shown_from_the_home_of_the_report(typed: str, home: str, shown: str) -> None:
    assert show_from(typed, home) == shown


def test_a_report_by_absolute_paths_is_that_by_relative_ones(tmp_path: Path) -> None:
    write_review(tmp_path / "r" / "studies", {"a": correlation(0.3, 40), "b": correlation(0.2, 60)})
    home = tmp_path / "r"
    other = ("report", str(home / "studies"), "-o", str(home / "reports"), "--formats", "md")
    assert run_cli(*other, cwd=tmp_path).returncode == 0
    assert str(tmp_path) not in (home / "reports" / "results.json").read_text(encoding="utf-8")
    manifest = json.loads((home / "reports" / "manifest.json").read_text(encoding="utf-8"))
    assert [item["path"] for item in manifest["inputs"]] == [
        "studies/a.yaml", "studies/b.yaml", "studies/review.yaml",
    ]  # fmt: skip
    assert run_cli("report", "studies", "--check", cwd=home).returncode == 0
