"""``rupmeta check`` and ``rupmeta schema`` as functions: formats, exit codes, explanations."""

import json
from pathlib import Path

import jsonschema
import pytest

from rupmeta.cli.check import check
from rupmeta.cli.schema import schema
from rupmeta.errors import UsageError
from rupmeta.lint.registry import LINTS
from rupmeta.read.json_schema import schema_text
from rupmeta.render.findings import codes_document

ROOT = Path(__file__).parents[2]
EVERYTHING = """\
rupmeta: 1
criteria: {psychotherapy: null, publication: null, relation: null, alliance_tracking: null}
"""
CASES = Path(__file__).parent / "cases"


@pytest.fixture
def studies(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "studies"
    folder.mkdir()
    (folder / "review.yaml").write_text(EVERYTHING, encoding="utf-8")

    def fill(*cases):
        for case in cases:
            text = (CASES / f"{case}.yaml").read_text(encoding="utf-8")
            text = text.replace("Ek, A.", f"{case}, A.").replace("A study of", f"{case} and other matters of")
            (folder / f"{case}.yaml").write_text(text, encoding="utf-8")

    return fill


def test_a_sound_folder(studies, capsys):
    studies("sound")
    assert check("studies") == 0
    assert capsys.readouterr().out == "2 files: 0 errors, 0 warnings, 0 infos\n"


def test_text_ends_with_a_count(studies, capsys):
    studies("PLAUS", "YAML-SYNTAX.at", "DIR")
    assert check("studies") == 1
    out = capsys.readouterr().out.splitlines()
    assert len(out) == 4
    assert out[-1] == "4 files: 2 errors, 1 warning, 0 infos"


def test_strict_makes_warnings_fail(studies, capsys):
    studies("PLAUS")
    assert (check("studies"), check("studies", strict=True)) == (0, 1)
    studies("accepted")
    (Path("studies") / "PLAUS.yaml").unlink()
    assert check("studies", strict=True) == 0


def test_json(studies, capsys):
    studies("R-BOUND", "accepted")
    assert check("studies", format="json") == 1
    body = json.loads(capsys.readouterr().out)
    assert body["schema"] == "rupmeta/check/1"
    assert [item["path"] for item in body["inputs"]] == [
        "studies/R-BOUND.yaml",
        "studies/accepted.yaml",
        "studies/review.yaml",
    ]
    result = body["result"]
    assert result["files"] == 3
    assert result["counts"] == {"error": 1, "exclusion": 0, "warning": 0, "info": 1}
    assert result["findings"][0] == {
        "code": "R-BOUND",
        "severity": "error",
        "path": "studies/R-BOUND.yaml",
        "line": 11,
        "column": 13,
        "key": "effects[0].reported[0].r",
        "message": "1.4 is not a correlation (-1 to 1); is it a d?",
        "accepted": None,
    }
    assert result["findings"][1]["accepted"] == "authors confirmed SDs by e-mail, 2026-02-03"


def test_github_escapes_what_could_be_a_command(studies, capsys):
    studies("PLAUS")
    path = Path("studies") / "PLAUS.yaml"
    hostile = path.read_text(encoding="utf-8").replace(
        "relation: repair-outcome", 'relation: "x\\n::error::100%"'
    )
    path.write_text(hostile, encoding="utf-8")
    check("studies", format="github")
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith(
        "::error file=studies/PLAUS.yaml,line=4,col=11,title=ENUM::relation: x%0A::error::100%25"
    )


def test_sarif(studies, capsys):
    studies("PLAUS", "accepted", "DIR")
    check("studies", format="sarif")
    run = json.loads(capsys.readouterr().out)["runs"][0]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["DIR", "PLAUS", "SDSE"]
    assert run["results"][2]["suppressions"][0]["justification"].startswith("authors confirmed")


def test_sarif_has_what_its_schema_requires(studies, capsys):
    """The required keys, the enumerations and the lower bounds of SARIF 2.1.0 (OASIS, 2020)."""
    studies("PLAUS", "accepted", "DIR", "YAML-SYNTAX.at")
    check("studies", format="sarif")
    log = json.loads(capsys.readouterr().out)
    assert {"$schema", "version", "runs"} <= set(log)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "rupmeta"
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids))
    for rule in driver["rules"]:
        assert all(rule[key]["text"] for key in ("shortDescription", "fullDescription", "help"))
    assert len(run["results"]) == 4
    for result in run["results"]:
        assert result["ruleId"] in ids
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uri"].startswith("studies/")
        assert min(place["region"]["startLine"], place["region"]["startColumn"]) >= 1
        for suppression in result.get("suppressions", ()):
            assert suppression["kind"] in ("inSource", "external")


@pytest.mark.parametrize("code", sorted(LINTS))
def test_every_code_explains_itself(code, capsys):
    assert check(explain=code.lower()) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{code} (")
    assert LINTS[code].hint in out


def test_unknown_codes_and_formats(studies):
    with pytest.raises(UsageError, match=r"--explain SDES: there is no such code; did you mean SDSE\?"):
        check(explain="SDES")
    with pytest.raises(UsageError, match="--format xml is not known; choose text, json, github or sarif"):
        check(format="xml")


def test_the_page_of_codes_is_that_of_the_catalogue():
    assert (ROOT / "docs" / "codes.md").read_text(encoding="utf-8") == codes_document()


def test_schema_prints_the_schema(capsys):
    assert schema("study") == 0
    out = capsys.readouterr().out
    assert out == schema_text("study")
    jsonschema.Draft202012Validator.check_schema(json.loads(out))
    with pytest.raises(UsageError, match="there is no schema of effect; choose study, review or results"):
        schema("effect")


def test_a_thousand_faulty_files_are_all_reported(studies, capsys):
    studies("R-BOUND")
    raw = (Path("studies") / "R-BOUND.yaml").read_bytes()
    for number in range(999):
        (Path("studies") / f"s{number:03}.yaml").write_bytes(raw.replace(b"n: 30", b"n: %d" % (31 + number)))
    assert check("studies") == 1
    lines = capsys.readouterr().out.splitlines()
    assert sum("error[R-BOUND]" in line for line in lines) == 1000
    paths = [line.split(":")[0] for line in lines[:-1]]
    assert paths == sorted(paths)
