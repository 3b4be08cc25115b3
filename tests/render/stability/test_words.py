"""Sentences about leaving out: where one study is left there is no synthesis."""

from __future__ import annotations

import json
from pathlib import Path

from reviews import correlation, run_cli, write_review

from rupmeta.render.stability.words import describe_leave_one_out


def test_of_two_studies_none_is_said_to_turn_the_other(tmp_path: Path) -> None:
    folder = write_review(tmp_path, {"a": correlation(-0.3, 60), "b": correlation(-0.45, 80)})
    done = run_cli("sensitivity", str(folder), "--leave-one-out", "--json")
    whole = json.loads(done.stdout)
    answer = whole["result"]
    # The answer holds zero, each study alone does not: that is no reason to call either one decisive.
    assert answer["pooled"]["side"] == "open"
    assert {row["side"] for row in answer["leave_one_out"]} == {"below"}
    assert not any(row["moved"] for row in answer["leave_one_out"])
    told = " ".join(describe_leave_one_out(answer))
    assert "no synthesis" in told
    assert "does not without" not in told
    assert "LOO-TURNS" not in {note["code"] for note in whole["notes"]}
