"""The table of levels says whose τ² its intervals use, and shows what the other one gives."""

from __future__ import annotations

import json
import re

import pytest
from reviews import ROOT, run_cli

from rupmeta.render.moderators.tables import subgroups_table

WORKED = str(ROOT / "studies" / "examples" / "worked")


def table_of(*options: str):
    done = run_cli("moderators", WORKED, "--by", "phase", "--json", *options)
    answer = json.loads(done.stdout)["result"]
    return answer, subgroups_table(answer)


def test_a_common_tau2_is_named_and_the_level_alone_stands_beside() -> None:
    answer, table = table_of()
    assert f"share, {answer['tau2']:.3f};" in table.footnotes[0]
    late = next(row for row in table.rows if row["level"] == "late")
    # The effects of that level alone are a pool of their own.
    alone = json.loads(run_cli("pool", WORKED, "--where", "phase=late", "--json").stdout)["result"]
    r = alone["reported"]["r"]
    printed = [float(x.replace("\u2212", "-")) for x in re.findall(r"[\u2212-]?\.\d+", late["own"])]
    assert printed == pytest.approx([r["estimate"], r["ci_lb"], r["ci_ub"]], abs=0.005)
    # Its own τ² is three times as large, so the interval is wider than the one with the common τ².
    assert late["ci_ub"] - late["ci_lb"] < r["ci_ub"] - r["ci_lb"]
    assert any(column.key == "own" for column in table.shown_columns())


def test_separate_tau2_are_named() -> None:
    _, table = table_of("--tau2", "separate")
    assert "a τ² of its own" in table.footnotes[0]
    assert not any(column.key == "own" for column in table.shown_columns())
