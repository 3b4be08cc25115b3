"""The table of methods for few studies keeps its own caption, and the first screen says what it shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from report_pages import results_of
from reviews import REVIEW, ROOT, correlation, effect, run_cli, study, write_review

from rupmeta.pool.small_k import judge_coverage
from rupmeta.render.pooled.small_k import describe_small_k, small_k_table
from rupmeta.render.report.pages import build_document
from rupmeta.render.writers.document_markdown import document_to_markdown

WORKED = ROOT / "studies" / "examples" / "worked"


def answer_of(folder: Path, *options: str) -> dict:
    return json.loads(run_cli("pool", str(folder), "--small-k", "--json", *options).stdout)["result"]


@pytest.mark.parametrize("options", [(), ("--where", "phase=late"), ("--where", "phase=early")])
def test_the_printed_coverage_agrees_with_the_printed_trust(options: tuple[str, ...]) -> None:
    found = small_k_table(answer_of(WORKED, *options))
    told = {"yes": 93.0, "with care": 90.0, "no": 0.0}
    for row in found.rows:
        if row.get("coverage") is None:
            continue
        share = float(row["coverage"].removeprefix("≥ ").removesuffix("%"))
        if row["trusted"].startswith("no: narrower"):
            assert any("narrower than the normal" in note for note in found.footnotes)
            continue
        best = max(told, key=lambda word: (share >= told[word], told[word]))
        assert row["trusted"] == best
        # Never printed as more than was simulated.
        worst = 100 * judge_coverage(row["method"], answer_of(WORKED, *options)["small_k"]["k"])[1]
        assert share <= worst + 1e-9


def test_an_interval_narrower_than_the_normal_one_is_explained(tmp_path: Path) -> None:
    alike = {f"s{i}": correlation(0.3 + i / 1000, 60) for i in range(12)}
    found = small_k_table(answer_of(write_review(tmp_path, alike)))
    row = next(row for row in found.rows if row["method"] == "knha")
    assert row["trusted"] == "no: narrower than normal"
    assert any("narrower than the normal one is not trusted" in note for note in found.footnotes)


def test_ratios_lie_above_or_below_1(tmp_path: Path) -> None:
    keys = ("events1", "n1", "events2", "n2")
    tables = [(20, 30, 15, 32), (35, 50, 30, 55), (12, 25, 6, 22)]
    files = {
        f"s{i}": study(effect(reported=[dict(zip(keys, table, strict=True))]))
        for i, table in enumerate(tables)
    }
    body = {"where": {"relation": "repair-outcome"}, "measure": "OR", "report_as": ["or"]}
    answer = answer_of(write_review(tmp_path, files, {**REVIEW, "analyses": {"repair": body}}))
    table = small_k_table(answer)
    assert {row["side"] for row in table.rows if row["side"]} <= {"above 1", "below 1", "holds 1"}
    assert "factor to 1, OR" in [column.title for column in table.columns]
    assert " 0" not in describe_small_k(answer)


@pytest.mark.parametrize(("test", "told"), [("z", True), ("adhoc", False)])
def test_the_first_screen_says_that_the_interval_is_not_to_be_trusted(
    tmp_path: Path, test: str, told: bool
) -> None:
    files = {f"s{i}": correlation(r, 60) for i, r in enumerate([0.1, 0.3, 0.5, 0.35])}
    body = {"where": {"relation": "repair-outcome"}, "model": {"test": test}}
    folder = write_review(tmp_path, files, {**REVIEW, "analyses": {"repair": body}})
    page = document_to_markdown(build_document(results_of(folder)))
    assert ("that is not to be trusted with so few effects" in page) == told
