"""Routes of one effect against each other, with the near misses that must stay quiet."""

from __future__ import annotations

from pathlib import Path

import pytest

from rupmeta.effects.agreement import agreement_problems, route_agreement
from rupmeta.effects.compute import compute_effects
from rupmeta.read.folder import Folder, read_folder
from rupmeta.read.problems import Problem
from rupmeta.read.review import Analysis

FILE = """\
citation: {{authors: [Smith], year: 2018}}
publication: peer-reviewed
relation: repair-outcome
effects:
  - id: e
    outcome: {{name: O, kind: symptoms, better: {better}}}
    accept: {accept}
    reported:
{routes}
    source: {{where: "Table 1"}}
"""


def folder(path: Path, *routes: str, better: str = "higher", accept: str = "{}") -> Folder:
    body = "\n".join(f"      - {{{route}}}" for route in routes)
    (path / "s.yaml").write_text(FILE.format(routes=body, better=better, accept=accept), encoding="utf-8")
    return read_folder(path)


def problems(path: Path, *routes: str, measure: str = "ZCOR", **more: str) -> list[Problem]:
    return agreement_problems(folder(path, *routes, **more).studies[0], measure)


LOUD = [
    (
        ("r: -.31, n: 154", "t: -2.02, df: 152"),
        "ROUTE",
        "r = -.31 (ZCOR −.3205) and t = -2.02 (ZCOR −.1631) differ by .1574; rounding explains .0059",
    ),
    (
        ("r: .29, n: 40", "p: .03, n: 40, tails: 2, favours: repair"),
        "P-STAT",
        "p = .03, but r = .29 gives .069 (.065 to .075); one-tailed .035: is tails 1?",
    ),
    (
        ("r: .29, n: 40", 'p: "<.05", n: 40, tails: 2, favours: repair'),
        "P-STAT",
        "p < .05, but r = .29 gives .069 (.065 to .075); one-tailed .035: is tails 1?",
    ),
    (
        ("r: .40, n: 60", 'p: ">.05", n: 60, tails: 2, favours: repair'),
        "P-STAT",
        "p > .05, but r = .40 gives .002 (.001 to .002); the two lie on different sides of .05",
    ),
    (
        ("r: .29, n: 79", "t: -2.66, df: 77"),
        "DIR",
        "r = .29 and t = -2.66 have opposite signs once oriented (ZCOR .2986 and −.2987)",
    ),
    (
        ("mean1: 10, sd1: 4, n1: 30, mean2: 7, sd2: 5, n2: 30", "d: .30, n1: 30, n2: 30"),
        "ROUTE",
        "the means (ZCOR .3309) and d = .30 (ZCOR .152) differ by .1789; rounding explains .1447",
    ),
]


@pytest.mark.parametrize(("routes", "code", "message"), LOUD)
def test_disagreement_is_said_once(tmp_path: Path, routes: tuple[str, ...], code: str, message: str) -> None:
    found = problems(tmp_path, *routes)
    assert [(problem.code, problem.message) for problem in found] == [(code, message)]


QUIET = [
    ("r: .29, n: 79", "t: 2.66, df: 77"),
    ("r: -.31, n: 154", "t: -4.02, df: 152"),
    ("r: .29, n: 79", "p: .010, n: 79, tails: 2, favours: repair"),
    ("r: .29, n: 40", "p: .035, n: 40, tails: 1, favours: repair"),
    ("r: .29, n: 79", 'p: "<.05", n: 79, tails: 2, favours: repair'),
    ("r: .10, n: 40", "p: ns, n: 40, tails: 2, favours: repair"),
    ("mean1: 10.0, sd1: 4.0, n1: 30, mean2: 7.0, sd2: 5.0, n2: 30", "d: .66, n1: 30, n2: 30"),
    ("mean1: 10.0, sd1: 4.0, n1: 30, mean2: 7.0, sd2: 5.0, n2: 30", "t: 2.57, df: 58"),
    ("r: .02, n: 79", "t: -.03, df: 77"),  # both near 0
    ("r: .31, n: 154", "partial_r: .20, n: 154, covariates: 3"),  # two quantities
    ("r: .31, n: 154", "beta: .15, n: 154, covariates: 3"),
    ("r: .31, n: 154", "spearman: .20, n: 154"),
    ("a: 20, b: 4, c: 12, d: 10", "chi2: 4.49, n: 46, favours: repair"),  # φ is attenuated by the cut
    ("d: .62, n: 154", "t: 2.7, n1: 131, n2: 23"),  # equal groups were only assumed
    ("p: .8, n: 90, tails: 1, favours: repair", "r: -.09, n: 90"),
]


@pytest.mark.parametrize("routes", QUIET)
def test_what_rounding_or_definition_explains_is_quiet(tmp_path: Path, routes: tuple[str, ...]) -> None:
    assert problems(tmp_path, *routes) == []


def test_counts_and_chi2_are_compared_as_phi(tmp_path: Path) -> None:
    routes = ("a: 20, b: 4, c: 12, d: 10", "chi2: 4.49, n: 46, favours: repair")
    assert problems(tmp_path, *routes, measure="ZPHI") == []
    found = problems(tmp_path, routes[0], "chi2: 9.0, n: 46, favours: repair", measure="ZPHI")
    assert [problem.code for problem in found] == ["ROUTE"]


def test_a_route_by_itself_is_left_to_lint(tmp_path: Path) -> None:
    for routes in (("chi2: 5.2, n: 90",), ("t: -4.02, df: 152, favours: repair",), ('p: "<.05", n: 80',)):
        assert problems(tmp_path, *routes) == []


def test_trailing_zeros_count(tmp_path: Path) -> None:
    """.3 leaves room for .26; .30 does not."""
    assert problems(tmp_path, "r: .3, n: 100", "fisher_z: .266, n: 100") == []
    assert [p.code for p in problems(tmp_path, "r: .30, n: 100", "fisher_z: .266, n: 100")] == ["ROUTE"]


def test_findings_have_an_address(tmp_path: Path) -> None:
    found = problems(tmp_path, "r: -.31, n: 154", "t: -2.02, df: 152")[0]
    assert (found.line, found.key, found.severity) == (10, "effects[0].reported[1]", "warning")
    assert found.path.endswith("s.yaml")


def test_an_accepted_warning_is_an_info_that_quotes_the_reason(tmp_path: Path) -> None:
    routes = ("r: -.31, n: 154", "t: -2.02, df: 152")
    found = problems(tmp_path, *routes, accept='{ROUTE: "t is of the completers"}')[0]
    assert (found.severity, found.accepted) == ("info", "t is of the completers")
    assert found.message.endswith("rounding explains .0059 (accepted: t is of the completers)")
    contradicted = problems(tmp_path, "r: .29, n: 79", "t: -2.66, df: 77", accept='{DIR: "so be it"}')[0]
    assert (contradicted.severity, contradicted.accepted) == ("error", None)


def test_rows_can_be_asked_too(tmp_path: Path) -> None:
    effects = compute_effects(folder(tmp_path, "r: -.31, n: 154", "t: -2.02, df: 152"), Analysis())
    assert [finding.code for finding in route_agreement(effects.rows[0])] == ["ROUTE"]
