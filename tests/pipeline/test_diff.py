"""Two states of a review: what changed, and shares that add up to the change of the answer."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reviews import ROOT, correlation, effect, run_cli, study, write_review

from rupmeta.pipeline.diff.path import Level
from rupmeta.pipeline.diff.shares import share_out

UPDATE = ROOT / "studies" / "examples" / "update"
STEPS = ["method", "criteria", "removed", "edited", "added"]


def protocol(
    method: str = "REML", test: str = "z", publication: str = "peer-reviewed", **more: Any
) -> dict[str, Any]:
    return {
        "rupmeta": 1,
        "criteria": {"publication": publication.split()},
        "analyses": {"repair": {"model": {"method": method, "test": test}, **more}},
    }


OLD = {
    "a": correlation(0.10, 40),
    "b": correlation(0.25, 60),
    "c": correlation(0.40, 80),
    "thesis": correlation(0.05, 50, publication="dissertation"),
}
NEW = {
    "a": correlation(0.20, 40),
    "c": correlation(0.40, 80),
    "thesis": OLD["thesis"],
    "d": correlation(0.55, 100),
    "e": correlation(0.15, 200),
}
BEFORE, AFTER = protocol("DL"), protocol("REML", publication="peer-reviewed dissertation")


def diff(old: Path | str, new: Path | str, *options: str, cwd: Path = ROOT) -> dict[str, Any]:
    done = run_cli("diff", str(old), str(new), "--json", *options, cwd=cwd)
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    assert body["schema"] == "rupmeta/diff/1"
    return body["result"] | {"notes": body["notes"], "text": done.stdout}  # type: ignore[no-any-return]


def pooled(folder: Path) -> float:
    done = run_cli("pool", str(folder), "--json")
    return json.loads(done.stdout)["result"]["estimate"]["estimate"]  # type: ignore[no-any-return]


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    return (
        write_review(tmp_path / "old", OLD, BEFORE),
        write_review(tmp_path / "new", NEW, AFTER),
    )


def steps(change: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {step["step"]: step for step in change["steps"]}


def test_every_level_is_the_pool_of_the_review_at_that_point(
    sides: tuple[Path, Path], tmp_path: Path
) -> None:
    """The definition: build the review as it stands after every step on disk, and pool it."""
    change = diff(*sides)["analyses"][0]["change"]
    states: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
        "method": (OLD, protocol("REML")),
        "criteria": (OLD, AFTER),
        "removed": ({name: OLD[name] for name in ["a", "c", "thesis"]}, AFTER),
        "edited": ({name: NEW[name] for name in ["a", "c", "thesis"]}, AFTER),
        "added": (NEW, AFTER),
    }
    assert [step["step"] for step in change["steps"]] == STEPS
    for name, (studies, review) in states.items():
        expected = pooled(write_review(tmp_path / name, studies, review))
        assert steps(change)[name]["after"] == pytest.approx(expected, abs=2e-9)
    assert change["old"] == pytest.approx(pooled(sides[0]), abs=1e-10)
    half = pooled(write_review(tmp_path / "half", {k: NEW[k] for k in ["a", "c", "thesis", "d"]}, AFTER))
    first, second = steps(change)["added"]["studies"]
    assert (first["study"], second["study"]) == ("d", "e")
    assert first["after"] == pytest.approx(half, abs=2e-9)


@pytest.mark.parametrize("pair", ["sides", "update"])
def test_shares_add_up_to_the_last_digit(pair: str, sides: tuple[Path, Path]) -> None:
    old, new = sides if pair == "sides" else (UPDATE / "2011", UPDATE / "2018")
    body = json.loads(diff(old, new)["text"], parse_float=Decimal, parse_int=Decimal)
    item = body["result"]["analyses"][0]
    for change in (item["change"], *item["reported"].values()):
        assert (
            sum(step["share"] for step in change["steps"]) == change["total"] == change["new"] - change["old"]
        )
        for step in change["steps"]:
            assert step["after"] - step["before"] == step["share"]
            if step["studies"]:
                assert sum(share["share"] for share in step["studies"]) == step["share"]
    assert {"change", "r", "d"} <= {"change", *item["reported"]}


def test_printed_shares_add_up_as_printed() -> None:
    done = run_cli("diff", str(UPDATE / "2011"), str(UPDATE / "2018"), "-q")
    rows = [re.split(r"\s{2,}", line) for line in done.stdout.splitlines()]
    shares = {
        row[0]: Decimal(row[3])
        for row in rows
        if len(row) >= 5 and row[0] and row[4] == "—" and row[3] != "—"
    }
    total = shares.pop("New version")
    assert len(shares) == 5
    assert sum(shares.values()) == total


def test_what_changed_is_named_with_its_places(sides: tuple[Path, Path]) -> None:
    found = diff(*sides)
    kinds = {item["study"]: item["kind"] for item in found["studies"]}
    assert kinds == {"a": "edited", "b": "removed", "d": "added", "e": "added"}
    assert found["unchanged"] == 2
    edited = next(item for item in found["studies"] if item["study"] == "a")
    assert [(c["field"], c["old"], c["new"]) for c in edited["changes"]] == [
        ("effects[main].reported[r, n].r", "0.1", "0.2")
    ]
    where = edited["changes"][0]["where_old"]
    path, line, column = where.rsplit(":", 2)
    text = Path(path).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert text[int(column) - 1 :].startswith("0.1")
    fields = {item["field"]: item["step"] for item in found["protocol"]}
    assert fields == {"criteria.publication": "criteria", "analyses.repair.model.method": "method"}


def test_sides_with_different_shares_of_the_same_samples(tmp_path: Path) -> None:
    """Two reports of one sample are one effect: adding the second changes the first one's row."""
    shared = {"sample": {"id": "s", "n": 60}}
    old = {"a": correlation(0.1, 60, **shared), "b": correlation(0.3, 90)}
    new = {**old, "a2": study(effect("other", reported=[{"r": 0.5, "n": 60}]), **shared)}
    folders = [write_review(tmp_path / name, files, protocol()) for name, files in (("o", old), ("n", new))]
    change = diff(*folders)["analyses"][0]["change"]
    assert change["total"] == pytest.approx(pooled(folders[1]) - pooled(folders[0]), abs=2e-9)
    assert steps(change)["added"]["k"] == 2
    for approach in ("multilevel", "che", "none"):
        again = diff(*folders, "--dependence", approach)["analyses"][0]
        assert steps(again["change"])["added"]["share"] == again["change"]["total"] != 0


def test_nothing_in_between_leaves_the_share_to_the_next_step(tmp_path: Path) -> None:
    old = write_review(tmp_path / "old", {"a": OLD["a"]}, protocol())
    new = write_review(tmp_path / "new", {"z": NEW["d"]}, protocol())
    found = diff(old, new)
    change = found["analyses"][0]["change"]
    assert (steps(change)["removed"]["carried"], steps(change)["removed"]["share"]) == (True, 0)
    assert steps(change)["added"]["share"] == change["total"]
    assert {"DIFF-GAP", "DIFF-COMMON"} <= {note["code"] for note in found["notes"]}


def test_conclusions_that_turned(tmp_path: Path) -> None:
    old = write_review(tmp_path / "old", {f"s{i}": correlation(0.3, 60) for i in range(10)}, protocol())
    new = write_review(
        tmp_path / "new", {"s0": correlation(-0.3, 900), "s1": correlation(-0.25, 60)}, protocol()
    )
    item = diff(old, new, "--method", "EE")["analyses"][0]
    assert {(t["code"], t["was"], t["now"]) for t in item["turned"]} == {
        ("sign", True, False), ("few", False, True), ("heavy", False, True),
    }  # fmt: skip
    text = run_cli("diff", str(old), str(new), "--method", "EE", "-q").stdout
    assert "was positive and is negative" in " ".join(text.split())
    wide = write_review(
        tmp_path / "wide", {"s0": correlation(0.05, 30), "s1": correlation(0.6, 30)}, protocol()
    )
    assert ("ci_null", False, True) in {
        (t["code"], t["was"], t["now"]) for t in diff(old, wide)["analyses"][0]["turned"]
    }


def test_an_answer_that_comes_or_goes(tmp_path: Path) -> None:
    empty = write_review(tmp_path / "old", {"t": OLD["thesis"]}, protocol())
    some = write_review(tmp_path / "new", OLD, protocol())
    for pair, was in (((empty, some), False), ((some, empty), True)):
        item = diff(*pair)["analyses"][0]
        assert item["change"] is None
        assert "nothing to pool" in item["reason"]
        assert item["turned"] == [{"code": "answer", "was": was, "now": not was, "study": None}]
        assert run_cli("diff", *map(str, pair)).returncode == 0
        assert run_cli("plot", "diff", *map(str, pair), "--text").returncode == 3


def test_another_scale_is_compared_on_the_scale_that_both_report(tmp_path: Path) -> None:
    old = write_review(tmp_path / "old", OLD, protocol(measure="COR"))
    new = write_review(tmp_path / "new", OLD, protocol(measure="ZCOR"))
    item = diff(old, new)["analyses"][0]
    assert item["change"] is None
    change = item["reported"]["r"]
    assert steps(change)["method"]["share"] == change["total"]
    assert {"setting": "measure", "old": "COR", "new": "ZCOR"} in item["method_changes"]


class TestResults:
    """A results.json on either side."""

    def test_against_the_folder_it_was_made_from(self, sides: tuple[Path, Path], tmp_path: Path) -> None:
        file = tmp_path / "pool.json"
        run_cli("pool", str(sides[0]), "--json", "-o", str(file))
        body = json.loads(file.read_text(encoding="utf-8"))
        pool = body["result"]
        entry = {"pool": pool, "subject": "repair-outcome", "question": None, "reason": None}
        report = {
            "schema": "rupmeta/results/1", "title": None, "inputs": body["inputs"], "order": ["repair"],
            "analyses": {"repair": entry},
        }  # fmt: skip
        (tmp_path / "results.json").write_text(json.dumps(report), encoding="utf-8")
        for source in (file, tmp_path / "results.json"):
            same = diff(source, sides[0])
            assert same["differs"] is False
            change, direct = (diff(side, sides[1])["analyses"][0]["change"] for side in (source, sides[0]))
            assert change["total"] == pytest.approx(direct["total"], abs=2e-9)
            for step in STEPS:
                assert steps(change)[step]["share"] == pytest.approx(steps(direct)[step]["share"], abs=3e-9)

    def test_the_report_that_is_committed_is_one(self) -> None:
        found = diff("reports/results.json", "reports/results.json")
        assert found["differs"] is False
        assert found["old"]["studies"] > 70
        assert found["analyses"][0]["old"]["k"] >= 3

    def test_options_cannot_change_it(self, sides: tuple[Path, Path], tmp_path: Path) -> None:
        run_cli("pool", str(sides[0]), "--json", "-o", str(tmp_path / "p.json"))
        done = run_cli("diff", str(tmp_path / "p.json"), str(sides[1]), "--method", "DL")
        assert (done.returncode, "options cannot change" in done.stderr) == (2, True)

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("{", "not JSON"),
            ("[1]", "names no schema"),
            ('{"schema": "rupmeta/check/1"}', "has the schema rupmeta/check/1"),
        ],
    )
    def test_a_file_that_is_none(
        self, content: str, said: str, sides: tuple[Path, Path], tmp_path: Path
    ) -> None:
        (tmp_path / "x.json").write_text(content, encoding="utf-8")
        done = run_cli("diff", str(tmp_path / "x.json"), str(sides[1]))
        assert done.returncode == 2
        assert said in done.stderr


class TestRevisions:
    """A git revision on either side."""

    @pytest.fixture
    def repository(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
            monkeypatch.delenv(name, raising=False)
        top = tmp_path / "repository"
        write_review(top / "studies", OLD, BEFORE)

        def git(*arguments: str) -> None:
            settings = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
            subprocess.run(["git", "-C", str(top), *settings, *arguments], check=True, capture_output=True)

        git("init", "-q")
        git("add", ".")
        git("commit", "-qm", "first")
        git("tag", "v1")
        for file in (top / "studies").iterdir():
            file.unlink()
        write_review(top / "studies", NEW, AFTER)
        return top

    @pytest.mark.parametrize("name", ["v1:studies", "v1", "v1:./studies"])
    def test_against_the_working_tree(self, name: str, repository: Path, sides: tuple[Path, Path]) -> None:
        found, direct = diff(name, "studies", cwd=repository), diff(*sides)
        assert found["analyses"] == direct["analyses"]
        assert found["old"]["name"] == "v1:studies"
        wheres = [c["where_old"] for item in found["studies"] for c in item["changes"] or ()]
        assert wheres
        assert all(where.startswith("v1:studies/a.yaml:") for where in wheres)
        assert "/tmp" not in found["text"]
        assert "rupmeta-" not in found["text"]

    def test_mistakes(self, repository: Path, tmp_path: Path) -> None:
        cases = {
            "v9:studies": "its tags are v1",
            "v1:nowhere": "there is no nowhere at v1; it has studies",
            "--help-me:studies": "",
            "v1:studies/review.yaml": "is a file",
            "nowhere/at/all": "there is no folder nowhere/at/all",
        }
        for name, said in cases.items():
            done = run_cli("diff", name, "studies", cwd=repository)
            assert done.returncode == 2, name
            assert said in done.stderr
        outside = run_cli("diff", "v1", "v2", cwd=tmp_path)
        assert "no git repository" in outside.stderr

    def test_faults_of_both_sides_come_at_once_with_their_names(self, repository: Path) -> None:
        (repository / "studies" / "a.yaml").write_text("relation: 3\n", encoding="utf-8")
        done = run_cli("diff", "v1:studies", "studies", cwd=repository)
        assert done.returncode == 1
        assert "studies/a.yaml:1" in done.stderr


def test_the_same_twice(sides: tuple[Path, Path]) -> None:
    found = diff(sides[0], sides[0])
    assert found["differs"] is False
    assert "DIFF-SAME" in {note["code"] for note in found["notes"]}
    assert run_cli("diff", str(sides[0]), str(sides[0]), "--strict").returncode == 0
    assert run_cli("diff", *map(str, sides), "--strict").returncode == 1


def test_forms(sides: tuple[Path, Path], tmp_path: Path) -> None:
    page = run_cli("diff", *map(str, sides), "--format", "markdown").stdout
    assert page.startswith("# What changed")
    assert "## What's new" in page
    table = run_cli("diff", *map(str, sides), "--format", "csv").stdout.splitlines()
    assert table[0] == "analysis,scale,step,study,k,before,after,share"
    assert len(table) == 1 + 3 * (5 + 4)
    done = run_cli("diff", *map(str, sides), "--figure", str(tmp_path / "way.svg"))
    assert (done.returncode, (tmp_path / "way.svg").exists()) == (0, True)
    again = run_cli("diff", *map(str, sides), "--figure", str(tmp_path / "way.svg"))
    assert (again.returncode, "exists" in again.stderr) == (2, True)


def test_an_edit_that_changes_no_number(sides: tuple[Path, Path], tmp_path: Path) -> None:
    text = (sides[0] / "a.yaml").read_text(encoding="utf-8")
    other = write_review(tmp_path / "other", OLD, BEFORE)
    (other / "a.yaml").write_text(f"# looked at again\n{text}", encoding="utf-8")
    found = diff(sides[0], other)
    assert [(item["study"], item["kind"]) for item in found["studies"]] == [("a", "layout")]
    assert found["analyses"][0]["change"]["total"] == 0


def test_prose_claims_no_cause() -> None:
    text = " ".join(run_cli("diff", str(UPDATE / "2011"), str(UPDATE / "2018"), "-q").stdout.split())
    assert "synthetic data, not evidence" in text.lower()
    assert "does not show that repair causes better outcome" in text
    for claim in ("effect of repair", "leads to", "improves", "proves"):
        assert claim not in text


def test_an_analysis_on_one_side_alone(tmp_path: Path) -> None:
    one = protocol()
    two = {**one, "analyses": {**one["analyses"], "second": {}}}
    old, new = (write_review(tmp_path / name, OLD, body) for name, body in (("o", one), ("n", two)))
    names = {item["analysis"]: item for item in diff(old, new)["analyses"]}
    assert names["second"]["old"] is None
    assert "has no analysis of this name" in names["second"]["reason"]
    assert run_cli("diff", str(new), str(old), "-q").returncode == 0
    done = run_cli("diff", str(old), str(new), "--analysis", "third")
    assert (done.returncode, "there is no analysis" in done.stderr) == (2, True)


class TestOrders:
    """The range of a share over all orders of the steps."""

    def test_it_holds_the_shares_of_two_orders_worked_out_on_disk(
        self, sides: tuple[Path, Path], tmp_path: Path
    ) -> None:
        change = diff(*sides)["analyses"][0]["change"]
        for step in change["steps"]:
            assert step["lowest"] - 2e-10 <= step["share"] <= step["highest"] + 2e-10
        # added first: onto the old studies, under the old rules
        first = write_review(tmp_path / "first", {**OLD, "d": NEW["d"], "e": NEW["e"]}, BEFORE)
        share = pooled(first) - change["old"]
        added = steps(change)["added"]
        assert min(abs(added["lowest"] - share), abs(added["highest"] - share)) < 2e-9 or (
            added["lowest"] < share < added["highest"]
        )
        # removed last: from the new studies with the one that went
        last = write_review(tmp_path / "last", {**NEW, "b": OLD["b"]}, AFTER)
        share = change["new"] - pooled(last)
        removed = steps(change)["removed"]
        assert removed["lowest"] - 2e-9 <= share <= removed["highest"] + 2e-9

    def test_the_fixed_order_is_one_of_them(self, sides: tuple[Path, Path]) -> None:
        from rupmeta.pipeline.diff.orders import state_levels
        from rupmeta.pipeline.diff.path import walk_between
        from rupmeta.pipeline.diff.sides import open_sides
        from rupmeta.pipeline.diff.standing import find_standing
        from rupmeta.pipeline.specification import Overrides

        with open_sides(str(sides[0]), str(sides[1])) as opened:
            old, new = (find_standing(side, "repair", Overrides()) for side in opened)
            levels = state_levels(opened, old, new, Overrides())
            walked = walk_between(opened, old, new, Overrides())
        assert levels is not None
        assert len(levels) == 32
        assert isinstance(walked, tuple)
        last = {level.step: level.estimate for level in walked}
        for count, step in enumerate(["old", *STEPS]):
            state = (True,) * count + (False,) * (5 - count)
            assert levels[state] == pytest.approx(last[step], abs=1e-9)

    def test_one_kind_of_change_has_one_share(self, tmp_path: Path) -> None:
        old = write_review(tmp_path / "old", {"a": OLD["a"], "c": OLD["c"]}, protocol())
        new = write_review(tmp_path / "new", {"a": OLD["a"], "c": OLD["c"], "e": NEW["e"]}, protocol())
        change = diff(old, new)["analyses"][0]["change"]
        added = steps(change)["added"]
        assert added["lowest"] == pytest.approx(change["total"], abs=2e-10)
        assert added["highest"] == pytest.approx(change["total"], abs=2e-10)
        assert steps(change)["edited"]["lowest"] == steps(change)["edited"]["highest"] == 0

    def test_results_have_none(self, sides: tuple[Path, Path], tmp_path: Path) -> None:
        run_cli("pool", str(sides[0]), "--json", "-o", str(tmp_path / "p.json"))
        change = diff(tmp_path / "p.json", sides[1])["analyses"][0]["change"]
        assert {step["lowest"] for step in change["steps"]} == {None}


NUMBERS = st.floats(-1e6, 1e6) | st.floats(-1.0, 1.0) | st.floats(-1e-6, 1e-6)


@given(NUMBERS, st.lists(st.tuples(st.sampled_from(STEPS), st.none() | NUMBERS), max_size=20), NUMBERS)
def test_shares_add_up_whatever_the_levels(
    first: float, between: list[tuple[str, float | None]], last: float
) -> None:
    """As decimals at ten significant digits, the form in which results are stored: exactly."""
    between = sorted(between, key=lambda item: STEPS.index(item[0]))
    values = [first, *(value for _, value in between), last]
    levels = [
        Level("old", None, 1, first),
        *(Level(step, f"s{i}", 1, value) for i, (step, value) in enumerate(between)),
        Level("added", "last", 1, last),
    ]
    change = share_out(levels, values)
    stored = [Decimal(f"{step.share:.10g}") for step in change.steps]
    assert sum(stored) == Decimal(f"{change.total:.10g}")
    assert Decimal(f"{change.total:.10g}") == Decimal(f"{change.new:.10g}") - Decimal(f"{change.old:.10g}")
    for step in change.steps:
        parts = [Decimal(f"{share.share:.10g}") for share in step.studies]
        assert sum(parts) == Decimal(f"{step.share:.10g}")
    assert change.old == pytest.approx(first, rel=1e-9, abs=1e-9 * max(1.0, abs(last), abs(first), 2e6))
