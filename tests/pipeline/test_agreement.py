"""Two extractors: fields with places, coefficients, and the pooled effect under each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from reviews import ROOT, correlation, effect, run_cli, study, write_review

DOUBLE = ROOT / "studies" / "examples" / "double"
KEYS = {"items", "disagreements", "unpaired", "pooled", "shift"}


def agreement(a: Path, b: Path, *options: str) -> dict[str, Any]:
    done = run_cli("agreement", str(a), str(b), "--json", *options)
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    assert body["schema"] == "rupmeta/agreement/1"
    assert set(body["result"]) >= KEYS
    return body["result"] | {"notes": [note["code"] for note in body["notes"]]}  # type: ignore[no-any-return]


def fields(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["field"]: item for item in found["items"]}


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return agreement(DOUBLE / "a", DOUBLE / "b", "--consensus", str(DOUBLE / "consensus"))


def test_every_slip_of_the_example_is_found_with_its_places(found: dict[str, Any]) -> None:
    slips = {(item["study"], item["field"].split(".")[-1]) for item in found["disagreements"]}
    assert slips == {
        ("alder2003", "sessions"), ("alder2003", "confounding"), ("elder2010", "phase"),
        ("elder2010", "experience"), ("hazel2012", "n"), ("larch2014", "personality_disorder"),
        ("larch2014", "better"), ("maple2015", "experience"), ("maple2015", "r"), ("rowan2017", "phase"),
        ("rowan2017", "confounding"),
    }  # fmt: skip
    for item in found["disagreements"]:
        for side in ("a", "b"):
            path, line, column = item[f"where_{side}"].rsplit(":", 2)
            text = Path(path).read_text(encoding="utf-8").splitlines()[int(line) - 1][int(column) - 1 :]
            if item[side] is not None:
                assert text.startswith(item[side])
        assert item["settled"] in ("A", "B")
    assert {(item["study"], item["effect"], item["side"]) for item in found["unpaired"]} == {
        ("cedar2008", None, "A"), ("rowan2017", "distress", "A"),
    }  # fmt: skip
    # an effect with another id is found by its outcome, comparison and phase
    assert ("birch2006", "symptoms") in {(item["study"], item["effect"]) for item in found["effects"]}


def test_pooled_under_each_by_one_protocol(found: dict[str, Any], tmp_path: Path) -> None:
    pooled = found["pooled"]
    for name, folder in (("A", "a"), ("B", "b"), ("consensus", "consensus")):
        common = tmp_path / name
        common.mkdir()
        for file in (DOUBLE / folder).iterdir():
            if not file.name.startswith("cedar"):  # B does not have it
                (common / file.name).write_bytes(file.read_bytes())
        direct = json.loads(run_cli("pool", str(common), "--json").stdout)["result"]
        assert pooled[name]["estimate"] == direct["estimate"]
        assert pooled[name]["k"] == direct["k"] == 7
    shift = {(item["from"], item["to"]): item["estimate"] for item in found["shift"]}
    values = {name: side["estimate"]["estimate"] for name, side in pooled.items()}
    assert shift["A", "B"] == pytest.approx(values["B"] - values["A"], abs=1e-9)
    assert shift["A", "B"] + shift["B", "consensus"] == pytest.approx(shift["A", "consensus"], abs=1e-9)
    turned = next(item for item in found["effects"] if item["study"] == "larch2014")
    assert turned["yi_b"] == pytest.approx(-turned["yi_a"])  # one read the scale the wrong way round
    close = [abs(item["d"]) <= 0.1 for item in found["effects"]]
    assert found["close"] == {"within": 0.1, "n": len(close), "share": pytest.approx(sum(close) / len(close))}


def test_kinds_and_coefficients(found: dict[str, Any]) -> None:
    items = fields(found)
    assert (
        items["therapists.experience"]["kind"]
        == items["risk_of_bias.domains.confounding"]["kind"]
        == "ordinal"
    )
    assert set(items["therapists.experience"]["coefficients"]) >= {"agreement", "kappa_w", "alpha"}
    assert items["effects.phase"]["kind"] == "nominal"
    assert items["citation.title"]["kind"] == "text"
    n = items["sample.n"]
    assert (n["kind"], n["largest_difference"], n["median_difference"]) == ("numeric", 27, 0)
    assert n["coefficients"]["icc"]["ci_lb"] <= n["coefficients"]["icc"]["estimate"]
    # two of seven pairs differ, one of them a blank
    blank = items["therapists.experience"]
    assert (blank["n"], blank["complete"], blank["agreed"]) == (7, 6, 5)
    design = items["design"]
    assert design["constant"]
    assert design["coefficients"]["kappa"] == {"estimate": None, "ci_lb": None, "ci_ub": None}
    assert "AGREE-CONSTANT" in found["notes"]
    assert items["all"]["n"] == sum(item["n"] for name, item in items.items() if name != "all")
    assert items["all"]["n"] - items["all"]["agreed"] == len(found["disagreements"])


def test_kappa_of_a_field_is_that_of_its_table(tmp_path: Path) -> None:
    """Ten studies whose phases make a table that one can work out by hand: po = .7, pe = .38."""
    one = ["early"] * 4 + ["late"] * 4 + ["middle"] * 2
    two = ["early"] * 3 + ["late"] + ["late"] * 3 + ["early"] + ["middle"] + ["late"]
    folders = [
        write_review(
            tmp_path / name,
            {
                f"s{i}": study(effect(reported=[{"r": 0.1, "n": 30 + i}], phase=p))
                for i, p in enumerate(phases)
            },
        )
        for name, phases in (("a", one), ("b", two))
    ]
    chance = (4 * 4 + 4 * 5 + 2 * 1) / 100
    item = fields(agreement(*folders))["effects.phase"]["coefficients"]
    assert item["agreement"]["estimate"] == pytest.approx(0.7)
    assert item["kappa"]["estimate"] == pytest.approx((0.7 - chance) / (1 - chance))
    again, other = agreement(*folders), agreement(*folders, "--seed", "7")
    assert again["items"] == agreement(*folders)["items"]
    assert other["items"] != again["items"]


def test_a_declared_order(tmp_path: Path) -> None:
    folders = [
        write_review(
            tmp_path / name,
            {f"s{i}": correlation(0.1, 30 + i, moderators={"quality": q}) for i, q in enumerate(values)},
        )
        for name, values in (("a", ["low", "low", "high", "medium"]), ("b", ["low", "medium", "high", "low"]))
    ]
    plain = fields(agreement(*folders))["moderators.quality"]
    assert plain["kind"] == "nominal"
    ordered = fields(agreement(*folders, "--ordinal", "moderators.quality=low,medium,high"))[
        "moderators.quality"
    ]
    assert ordered["kind"] == "ordinal"
    # observed 2·(1/4)/4; expected over the marginals (2, 1, 1) and (2, 1, 1)
    expected = (2 * (1 * 0.25 + 1 * 1) + 1 * (2 * 0.25 + 1 * 0.25) + 1 * (2 * 1 + 1 * 0.25)) / 16
    assert ordered["coefficients"]["kappa_w"]["estimate"] == pytest.approx(1 - 0.125 / expected)
    done = run_cli("agreement", *map(str, folders), "--ordinal", "x=low")
    assert (done.returncode, "two or more" in done.stderr) == (2, True)


def test_a_skewed_field_has_ac1_beside_kappa(tmp_path: Path) -> None:
    folders = []
    for name, odd in (("a", 0), ("b", 1)):
        studies = {
            f"s{i:02}": correlation(0.1, 30 + i, design="randomized" if i == odd else "naturalistic")
            for i in range(24)
        }
        folders.append(write_review(tmp_path / name, studies))
    found = agreement(*folders)
    design = fields(found)["design"]["coefficients"]
    assert design["kappa"]["estimate"] < 0 < 0.8 < design["ac1"]["estimate"]
    assert "AGREE-SKEWED" in found["notes"]


def test_mistakes(tmp_path: Path) -> None:
    a = write_review(tmp_path / "a", {"x": correlation(0.1, 30)})
    b = write_review(tmp_path / "b", {"y": correlation(0.1, 30)})
    assert "no study in common" in run_cli("agreement", str(a), str(b)).stderr
    assert "there is no folder" in run_cli("agreement", str(a), str(tmp_path / "c")).stderr
    assert "is a file" in run_cli("agreement", str(a / "x.yaml"), str(b)).stderr
    same = run_cli("agreement", str(a), str(a))
    assert (same.returncode, "AGREE-SAME" in same.stderr) == (0, True)
    (b / "y.yaml").write_text("relation: 3\n", encoding="utf-8")
    (a / "x.yaml").write_text("relation: 4\n", encoding="utf-8")
    both = run_cli("agreement", str(a), str(b))
    assert both.returncode == 1
    assert "x.yaml" in both.stderr
    assert "y.yaml" in both.stderr


def test_protocols_that_differ(tmp_path: Path) -> None:
    studies = {"x": correlation(0.1, 30), "y": correlation(0.3, 50)}
    a = write_review(tmp_path / "a", studies)
    b = write_review(
        tmp_path / "b", studies, {"rupmeta": 1, "analyses": {"other": {"model": {"method": "DL"}}}}
    )
    found = agreement(a, b)
    assert "AGREE-PROTOCOL" in found["notes"]
    assert found["pooled"]["A"]["estimate"] == found["pooled"]["B"]["estimate"]
    assert run_cli("agreement", str(a), str(b), "--strict").returncode == 0


def test_forms_and_strict() -> None:
    folders = (str(DOUBLE / "a"), str(DOUBLE / "b"))
    assert run_cli("agreement", *folders, "--strict").returncode == 1
    page = run_cli("agreement", *folders, "--format", "markdown").stdout
    assert page.startswith("# Two extractors")
    rows = run_cli("agreement", *folders, "--format", "csv").stdout.splitlines()
    assert rows[0] == "study,field,a,b,where_a,where_b"
    assert len(rows) == 1 + 12
