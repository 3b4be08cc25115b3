"""What a protocol's flow and analyses may be called: counts are counts, names are file names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from reviews import correlation, run_cli, write_review


@pytest.mark.parametrize(
    ("review", "said"),
    [
        (
            {"flow": {"databases": 3}},
            "error[UNKNOWN-KEY] flow.databases: databases is no box of the flow diagram; "
            "did you mean database_results?",
        ),
        (
            {"flow": {"200": None}},
            "error[UNKNOWN-KEY] flow.200: 200 is no box of the flow diagram; "
            "counts have no thousands separators",
        ),
        ({"flow": {"duplicates": -4}}, "error[N-INT] flow.duplicates: -4 is not a count"),
        ({"flow": {"duplicates": "4"}}, "error[N-INT] flow.duplicates: 4 is not a count"),
        ({"analyses": {"../../evil": {}}}, "error[OUT-PATH] analyses.../../evil: ../../evil becomes"),
        ({"analyses": {"my analysis": {}}}, "error[OUT-PATH]"),
    ],
)  # fmt: skip
def test_faults_of_names_and_counts(tmp_path: Path, review: dict[str, object], said: str) -> None:
    write_review(tmp_path / "studies", {"a": correlation(0.3, 50)}, {"rupmeta": 1, **review})
    done = run_cli("check", cwd=tmp_path)
    assert done.returncode == 1
    assert said in done.stdout


def test_words_of_reasons_and_nulls_are_fine(tmp_path: Path) -> None:
    flow = {"dbr_excluded": "Publication, 2", "duplicates": None, "database_results": 12}
    write_review(tmp_path / "studies", {"a": correlation(0.3, 50)}, {"rupmeta": 1, "flow": flow})
    assert run_cli("check", cwd=tmp_path).returncode == 0


def test_without_a_protocol_nothing_is_called_prespecified(tmp_path: Path) -> None:
    write_review(tmp_path / "studies", {"a": correlation(0.3, 50)})
    (tmp_path / "studies" / "review.yaml").unlink()
    done = run_cli("pool", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["result"]["status"] == "undeclared"
    assert "(no protocol)" in run_cli("pool", cwd=tmp_path).stdout
