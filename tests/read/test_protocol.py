"""A frozen plan: what counts as the plan, and how every later departure is told."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reviews import correlation, run_cli, write_review

from rupmeta.read.protocol import Frozen, Version, departures, lock_text, plan_hash, plan_of, read_lock
from rupmeta.read.review import Review

BODY: dict[str, Any] = {
    "rupmeta": 1,
    "title": "A review",
    "analyses": {
        "repair": {"where": {"relation": "repair-outcome"}, "moderators": ["phase"]},
        "late": {"where": {"relation": "repair-outcome", "phase": "late"}},
    },
}


def plan(body: dict[str, Any]) -> dict[str, Any]:
    return plan_of(Review.model_validate(body))


def changed(path: str, value: Any) -> dict[str, Any]:
    body = copy.deepcopy(BODY)
    *parents, last = path.split(".")
    holder: Any = body
    for part in parents:
        holder = holder.setdefault(part, {})
    if value is None:
        del holder[last]
    else:
        holder[last] = value
    return body


def frozen(*bodies: dict[str, Any]) -> Frozen:
    return Frozen(tuple(Version(plan(b), plan_hash(plan(b)), None, f"v{i}") for i, b in enumerate(bodies)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("title", "Another"), ("registration", "CRD1"), ("flow", {"database_results": 4}), ("note", "n"),
        ("analyses.repair.note", "n"), ("analyses.repair.references", [{"label": "x", "source": "y"}]),
        ("analyses.repair.measure", "ZCOR"), ("criteria", {"psychotherapy": True}),
    ],
)  # fmt: skip
def test_what_is_no_plan_or_says_the_default_changes_no_hash(path, value):
    assert plan_hash(plan(changed(path, value))) == plan_hash(plan(BODY))


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("analyses.repair.model", {"method": "DL"}, "analyses.repair.model.method: REML → DL"),
        ("analyses.repair.moderators", ["phase", "sessions"],
         'analyses.repair.moderators: ["phase"] → ["phase", "sessions"]'),
        ("analyses.repair.where", {}, "analyses.repair.where: dropped, was"),
        ("analyses.late", None, "analyses.late: dropped"),
        ("analyses.new", {"status": "posthoc"}, "analyses.new: added"),
        ("criteria", {"publication": None}, "criteria.publication: dropped"),
        ("analyses.late.status", "posthoc", "analyses.late.status: prespecified → posthoc"),
    ],
)  # fmt: skip
def test_every_change_of_the_plan_is_a_departure(path, value, sentence):
    body = changed(path, value)
    found = departures(frozen(BODY), Review.model_validate(body))
    assert plan_hash(plan(body)) != plan_hash(plan(BODY))
    assert len(found) == 1
    assert found[0].sentence.startswith(sentence)


def test_another_default_analysis_is_a_departure():
    body = {**BODY, "analyses": dict(reversed(BODY["analyses"].items()))}
    assert [d.name for d in departures(frozen(BODY), Review.model_validate(body))] == ["default"]


def test_departures_are_measured_from_the_first_plan_and_quote_the_amendment():
    second, third = (
        changed("analyses.repair.model", {"method": "DL"}),
        changed("analyses.repair.model", {"method": "ML"}),
    )
    lock = frozen(BODY, second)
    (announced,) = departures(lock, Review.model_validate(second))
    assert announced.amended == lock.versions[1]
    (silent,) = departures(lock, Review.model_validate(third))
    assert (silent.before, silent.after, silent.amended) == ("REML", "ML", None)
    assert departures(lock, Review.model_validate(BODY)) == ()


@given(
    st.dictionaries(st.sampled_from(["a", "b"]), st.text(max_size=5), max_size=2),
    st.none() | st.text(max_size=9),
)
def test_a_lock_reads_back(content, reason):
    lock = Frozen((Version(content, plan_hash(content), "2026-01-10", reason),))
    assert read_lock(lock_text(lock)) == lock


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", '{"schema": "x"}', '{"schema": "rupmeta/protocol/1", "versions": []}'],
)
def test_what_is_no_lock_is_said(text):
    fault = read_lock(text)
    assert not isinstance(fault, Frozen)
    assert fault.code == "PLAN-LOCK"


class TestCommand:
    @pytest.fixture
    def home(self, tmp_path: Path) -> Path:
        write_review(tmp_path / "studies", {"a": correlation(0.2, 40), "b": correlation(0.4, 60)}, BODY)
        assert run_cli("protocol", "freeze", "--date", "2026-01-10", cwd=tmp_path).returncode == 0
        return tmp_path

    def depart(self, home: Path) -> None:
        write_review(home / "studies", {}, changed("analyses.repair.model", {"method": "DL"}))

    def test_without_a_change_nothing_departs(self, home):
        assert run_cli("check", "--strict", cwd=home).returncode == 0
        assert "nothing departs" in run_cli("protocol", "diff", "--strict", cwd=home).stdout
        assert "PLAN" not in run_cli("pool", cwd=home).stderr

    def test_a_departure_is_told_everywhere(self, home):
        self.depart(home)
        done = run_cli("check", "--strict", cwd=home)
        assert done.returncode == 1
        assert "warning[PLAN] analyses.repair.model.method: REML → DL" in done.stdout
        assert run_cli("protocol", "diff", cwd=home).returncode == 0
        assert run_cli("protocol", "diff", "--strict", cwd=home).returncode == 1
        assert "PLAN" in run_cli("pool", cwd=home).stderr
        assert "PLAN" not in run_cli("pool", "--analysis", "late", cwd=home).stderr
        assert run_cli("report", "--formats", "md", cwd=home).returncode == 0
        page = (home / "reports/report.md").read_text(encoding="utf-8")
        assert "frozen on 2026-01-10; 1 field departs from it, 1 of them not announced" in page
        assert "| analyses.repair.model.method | REML → DL | not announced |" in page

    def test_an_amendment_is_quoted_and_is_no_warning(self, home):
        self.depart(home)
        options = ("--reason", "A reviewer asked", "--date", "2026-02-01")
        assert run_cli("protocol", "amend", *options, cwd=home).returncode == 0
        assert run_cli("check", "--strict", cwd=home).returncode == 0
        result = json.loads(run_cli("protocol", "diff", "--strict", "--json", cwd=home).stdout)["result"]
        assert result["departures"][0]["amended"] == {"date": "2026-02-01", "reason": "A reviewer asked"}

    def test_a_lock_that_was_edited_is_an_error(self, home):
        path = home / "studies/protocol.lock.json"
        path.write_text(path.read_text(encoding="utf-8").replace('"REML"', '"DL"'), encoding="utf-8")
        done = run_cli("pool", cwd=home)
        assert done.returncode == 1
        assert "PLAN-LOCK" in done.stderr

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("freeze",), "was frozen before"), (("amend", "--reason", "x"), "has not changed"),
            (("amend",), "needs its reason"), (("frese",), "did you mean freeze?"),
        ],
    )  # fmt: skip
    def test_mistakes_change_nothing(self, home, arguments, said):
        before = (home / "studies/protocol.lock.json").read_bytes()
        done = run_cli("protocol", *arguments, cwd=home)
        assert done.returncode == 2
        assert said in done.stderr
        assert (home / "studies/protocol.lock.json").read_bytes() == before

    def test_no_date_is_invented(self, tmp_path):
        write_review(tmp_path / "studies", {"a": correlation(0.2, 40)}, BODY)
        assert run_cli("protocol", "freeze", "--date", "10.1.2026", cwd=tmp_path).returncode == 2
        run_cli("protocol", "freeze", cwd=tmp_path)
        lock = json.loads((tmp_path / "studies/protocol.lock.json").read_text(encoding="utf-8"))
        assert lock["versions"][0]["date"] is None
        assert "no date given" in run_cli("protocol", cwd=tmp_path).stdout
