"""Study files: leniency where facts are not reported, authors, routes, fields."""

import pytest

from rupmeta.errors import UsageError
from rupmeta.read.fields import check_field, field_names, field_value, known_fields
from rupmeta.read.folder import read_folder
from rupmeta.read.routes import ROUTE_SPECS, match_route, partners
from rupmeta.read.study import Citation, Reported

STUDY = """\
citation:
  authors: [Holmqvist Larsson, M., Falkenström, F., "Ek, J. T.", NORDIC GROUP]
  year: 2018
relation: repair-outcome
sample: {id: se, n: 605, personality_disorder: 0.1}
therapy: {orientation: cbt, sessions: 9}
therapists: {experience: experienced, caseload: 8}
rupture: {measure: alliance-fluctuation}
alliance: null
moderators: {quality: 3, phase: overall}
effects:
  - id: core-om
    outcome: {name: CORE-OM, kind: symptoms, better: lower}
    phase: late
    comparison: null
    moderators: {quality: 4}
    reported:
      - {r: -.30, n: 154, df: null}
    source: {where: Table 2}
    status: provisional
  - id: gas
    outcome: {name: GAS, kind: global, better: higher}
    reported: null
    source: {where: Table 3}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "larsson2018.yaml").write_text(STUDY, encoding="utf-8")
    return read_folder(tmp_path)


def test_null_and_absent_are_the_same(folder):
    study = folder.studies[0].study
    assert study.alliance.measurements is None
    assert study.effects[1].reported == []
    assert study.effects[0].reported[0].keys_given() == ("n", "r")


def test_initials_join_the_family_name_before_them(folder):
    citation = folder.studies[0].study.citation
    assert citation.authors == ["Holmqvist Larsson, M.", "Falkenström, F.", "Ek, J. T.", "NORDIC GROUP"]
    assert Citation(authors=["Ek, A.", "B."]).authors == ["Ek, A.", "B."]


def test_printed_digits_and_places(folder):
    file = folder.studies[0]
    key = ("effects", 0, "reported", 0, "r")
    assert file.printed(key) == "-.30"
    assert file.printed(("effects", 0, "reported", 0, "t")) is None
    assert (file.locate(key).line, file.locate(key).column) == (18, 13)


@pytest.mark.parametrize(
    ("effect", "name", "value"),
    [
        (0, "quality", 4), (1, "quality", 3), (None, "quality", 3),
        (0, "phase", "late"), (1, "phase", None), (0, "comparison", None),
        (0, "outcome.kind", "symptoms"), (1, "outcome.name", "GAS"),
        (0, "status", "provisional"), (1, "status", "verified"), (None, "status", "verified"),
        (0, "extraction.status", "provisional"), (1, "extraction.status", "verified"),
        (0, "personality_disorder", 0.1), (0, "sample.personality_disorder", 0.1), (0, "sessions", 9),
        (0, "orientation", "cbt"), (0, "therapy.orientation", "cbt"), (0, "experience", "experienced"),
        (0, "caseload", 8), (0, "year", 2018), (0, "citation.year", 2018),
        (0, "rupture.measure", "alliance-fluctuation"),
        (0, "relation", "repair-outcome"), (0, "design", None),
        (0, "study", "larsson2018"), (1, "effect", "gas"),
        (0, "measure", None), (0, "nonsense", None),
    ],
)  # fmt: skip
def test_field_values(folder, effect, name, value):
    file = folder.studies[0]
    assert field_value(file, None if effect is None else file.study.effects[effect], name) == value


def test_names_of_fields(folder):
    assert field_names(folder) == ("phase", "quality")
    assert {"caseload", "therapists.caseload", "status", "year"} <= set(known_fields())
    assert "measure" not in known_fields()  # the alliance's or the rupture's?
    check_field(folder, "quality", "--by")
    with pytest.raises(UsageError, match=r"--by qualty: no study has this field; did you mean quality\?"):
        check_field(folder, "qualty", "--by")


def test_the_year_of_a_reference_in_one_string(tmp_path):
    (tmp_path / "a.yaml").write_text(
        "citation: Ek, A. (2011a). Of 1999.\nrelation: other\n", encoding="utf-8"
    )
    assert field_value(read_folder(tmp_path).studies[0], None, "year") == 2011


@pytest.mark.parametrize(
    ("keys", "route"),
    [
        ("r n", "r, n"), ("r n n1 n2", "r, n"), ("t df", "t, df"),
        ("t n1 n2", "t, n1, n2"), ("t n1 n2 df", "t, n1, n2"),
        ("t n predictors", "t, n, predictors"), ("F df1 df2 favours", "F, df1, df2"),
        ("p n favours", "p, n, tails"),
        ("p n tails", "p, n, tails"), ("p n1 n2", "p, n1, n2, tails"), ("d ci", "d, ci"), ("d n", "d, n"),
        ("d n1 n2 ci", "d, n1, n2"), ("a b c d", "a, b, c, d"),
        ("yi sei measure", "yi, sei, measure"), ("t", None),
        ("mean1 se1 n1 mean2 se2 n2", "mean1, se1, n1, mean2, se2, n2"), ("n", None), ("", None),
    ],
)  # fmt: skip
def test_routes(keys, route):
    found = match_route(keys.split())
    assert (found.name if found else None) == route


def test_every_key_of_every_route_is_a_field():
    for spec in ROUTE_SPECS.values():
        assert {*spec.required, *spec.optional} <= set(Reported.model_fields), spec.name


def test_partners_name_the_nearest_ways_on():
    assert partners("t", ["t"]) == ["df", "n1 and n2", "n and predictors"]
    assert partners("t", ["t", "n1"]) == ["n2"]
    assert partners("beta", ["beta", "n"]) == ["covariates"]
