"""Judgements of risk of bias: the tools that ship, tools of a review's own, and what they refuse."""

import json

import pytest
from reviews import correlation, run_cli, write_review

from rupmeta.errors import InputError
from rupmeta.read.folder import read_folder
from rupmeta.read.rob_tools import OVERALL, SHIPPED, TOOLS_FOLDER, shipped_tool

DOMAINS = {"rob-2": 5, "robins-i": 7, "robins-e": 7, "quips": 6}
OWN = {
    "name": "Own checklist",
    "domains": {"blinding": "Blinding of raters", "attrition": "Attrition"},
    "judgements": {"ok": {"label": "fine", "severity": "low"}, "bad": {"label": "bad", "severity": "high"}},
}


def folder(tmp_path, rated, tool=None):
    made = write_review(tmp_path / "studies", {"alder2001": correlation(0.3, 50, risk_of_bias=rated)})
    if tool is not None:
        (made / TOOLS_FOLDER).mkdir()
        (made / TOOLS_FOLDER / "own.yaml").write_text(json.dumps(tool, indent=1), encoding="utf-8")
    return made


def faults(made):
    with pytest.raises(InputError) as caught:
        read_folder(made)
    return [(problem.code, problem.key, problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize("ident", SHIPPED)
def test_the_tools_that_ship_are_whole(ident):
    tool = shipped_tool(ident)
    assert len(tool.domains) == DOMAINS[ident]
    assert OVERALL not in tool.domains
    order = ["low", "some", "high", "critical", "unknown"]
    severities = [judgement.severity for judgement in tool.judgements.values()]
    assert severities == sorted(severities, key=order.index)
    assert len(set(severities)) == len(severities)
    assert "doi.org" in tool.source


def test_every_domain_and_overall_may_be_judged(tmp_path):
    for ident in SHIPPED:
        tool = shipped_tool(ident)
        rated = {
            "tool": ident,
            "domains": dict.fromkeys((*tool.domains, OVERALL), next(iter(tool.judgements))),
        }
        assert read_folder(folder(tmp_path / ident, rated)).tools == {ident: tool}


@pytest.mark.parametrize(
    ("rated", "code", "key", "words"),
    [
        ({"tool": "robins", "domains": {}}, "ENUM", "risk_of_bias.tool", "did you mean robins-"),
        ({"tool": "robins-i", "domains": {"confouding": "low"}}, "UNKNOWN-KEY",
         "risk_of_bias.domains.confouding", "did you mean confounding?"),
        ({"tool": "robins-i", "domains": {"confounding": "seriuos"}}, "ENUM",
         "risk_of_bias.domains.confounding", "did you mean serious?"),
        ({"tool": "rob-2", "domains": {"randomisation": "moderate"}}, "ENUM",
         "risk_of_bias.domains.randomisation", "known: low, some-concerns, high"),
        ({"tool": "rob-2", "domains": {}, "reasons": {"blinding": "x"}}, "UNKNOWN-KEY",
         "risk_of_bias.reasons.blinding", "is no domain of RoB 2"),
    ],
)  # fmt: skip
def test_what_a_tool_does_not_know_is_named_with_its_nearest_word(tmp_path, rated, code, key, words):
    ((found, where, message),) = faults(folder(tmp_path, rated))
    assert (found, where) == (code, key)
    assert words in message


def test_a_review_may_describe_a_tool_of_its_own(tmp_path):
    rated = {
        "tool": "own",
        "domains": {"blinding": "bad", "attrition": "ok"},
        "reasons": {"blinding": "none"},
    }
    made = folder(tmp_path, rated, OWN)
    read = read_folder(made)
    assert read.tools["own"].name == "Own checklist"
    assert any(item.path.endswith("risk_of_bias/own.yaml") for item in read.inputs)  # a report depends on it
    assert not read.problems
    done = run_cli("plot", "rob", str(made), "--text")
    assert done.returncode == 0, done.stderr
    assert "× bad" in done.stdout


def test_a_faulty_tool_is_reported_where_it_stands(tmp_path):
    broken = {**OWN, "judgements": {"ok": {"label": "fine", "severity": "mild"}}}
    rated = {"tool": "own", "domains": {"blinding": "ok"}}
    found = faults(folder(tmp_path, rated, broken))
    assert ("ENUM", "judgements.ok.severity") in [(code, key) for code, key, _ in found]


def test_a_tool_outside_the_folder_is_not_read(tmp_path):
    (tmp_path / "secret.yaml").write_text(json.dumps(OWN), encoding="utf-8")
    ((code, _, message),) = faults(folder(tmp_path, {"tool": "../../secret", "domains": {}}))
    assert code == "ENUM"
    assert "describe another one in risk_of_bias/NAME.yaml" in message


def test_a_damaged_judgement_without_a_tool_ends_in_findings(tmp_path):
    for rated in ({}, {"domains": 3}, {"tool": None, "domains": {"x": 1}}):
        write_review(tmp_path / "studies", {"alder2001": correlation(0.3, 50, risk_of_bias=rated)})
        with pytest.raises(InputError, match=r"MISSING-KEY|TYPE"):
            read_folder(tmp_path / "studies")
