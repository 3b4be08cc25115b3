"""The table of one analysis: which effects, in which order, by which route."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from reviews import correlation, effect, study, write_review

from rupmeta.effects.compute import compute_effects
from rupmeta.effects.json_form import effect_as_dict
from rupmeta.effects.options import ConversionOptions, conversion_options
from rupmeta.effects.table import Effects
from rupmeta.errors import UsageError
from rupmeta.read.folder import read_folder
from rupmeta.read.review import Analysis


def table(path: Path, studies: dict[str, Any], *, analysis: Analysis | None = None, **more: Any) -> Effects:
    folder = read_folder(write_review(path, studies))
    return compute_effects(folder, analysis or Analysis(), **more)


def test_rows_are_in_file_order(tmp_path: Path) -> None:
    two = study(effect("z", reported=[{"r": 0.2, "n": 50}]), effect("a", reported=[{"r": 0.3, "n": 50}]))
    effects = table(tmp_path, {"b2001": correlation(0.1, 30), "a2001": two})
    assert [(row.study, row.effect) for row in effects.rows] == [
        ("a2001", "z"),
        ("a2001", "a"),
        ("b2001", "main"),
    ]


def test_where_selects_effects(tmp_path: Path) -> None:
    both = study(
        effect("early", phase="early", reported=[{"r": 0.2, "n": 50}]),
        effect("late", reported=[{"r": 0.3, "n": 50}]),
        moderators={"coded": True, "count": 1},
    )
    for where, expected in (
        ({"phase": "late"}, ["late"]),
        ({"phase": ["late", "early"]}, ["early", "late"]),
        ({"coded": True}, ["early", "late"]),
        ({"coded": 1}, []),  # a truth value is no number
        ({"count": True}, []),
        ({"study": "s"}, ["early", "late"]),
    ):
        effects = table(tmp_path, {"s": both}, analysis=Analysis(where=where))
        assert [row.effect for row in effects.rows] == expected


def test_moderators_of_the_analysis_and_those_asked_for_are_carried(tmp_path: Path) -> None:
    body = correlation(0.3, 50, therapists={"experience": "trainee"}, moderators={"quality": 3})
    effects = table(
        tmp_path,
        {"s": body},
        analysis=Analysis(moderators=["therapists.experience"]),
        moderators=["quality", "absent"],
    )
    assert dict(effects.rows[0].moderators) == {
        "therapists.experience": "trainee",
        "quality": 3,
        "absent": None,
    }
    assert effects.moderator("quality") == (3,)


def test_an_effect_without_a_usable_route_is_dropped_with_the_reason(tmp_path: Path) -> None:
    lost = study(
        effect("lost", reported=[{"yi": 0.3, "vi": 0.02, "measure": "GEN"}]), effect("none", reported=[])
    )
    effects = table(tmp_path, {"s": lost})
    assert effects.k == 0
    assert effects.dropped == (
        ("s", "lost", "GEN cannot become ZCOR"),
        ("s", "none", "no statistic is reported"),
    )


@pytest.mark.parametrize(
    ("reported", "used"),
    [
        ([{"t": 2.7, "df": 77}, {"r": 0.29, "n": 79}], 1),  # direct before converted
        ([{"d": 0.6, "n1": 40, "n2": 39}, {"t": 2.67, "n1": 40, "n2": 39}], 1),  # a test before an effect
        ([{"p": 0.01, "n": 79, "tails": 2, "favours": "repair"}, {"t": 2.7, "df": 77}], 1),  # p last
        ([{"t": 2.7, "df": 77}, {"t": 2.6, "n1": 40, "n2": 39}], 0),  # file order
        ([{"yi": 0.3, "vi": 0.02, "measure": "GEN"}, {"r": 0.29, "n": 79}], 1),  # failures last
    ],
)
def test_choice_among_routes(tmp_path: Path, reported: list[dict[str, Any]], used: int) -> None:
    (tmp_path / "x.csv").write_text("client,session,score\n", encoding="utf-8")
    row = table(tmp_path, {"s": study(effect(reported=reported))}).rows[0]
    assert row.used == used
    assert row.route == row.routes[used].route
    assert [route.rank for route in row.routes][used] == 0
    assert [route["used"] for route in effect_as_dict(row)["routes"]] == [
        i == used for i in range(len(reported))
    ]


def test_design_decides_the_variance_of_two_groups(tmp_path: Path) -> None:
    means = [{"mean1": 10, "sd1": 4, "n1": 12, "mean2": 7, "sd2": 5, "n2": 18}]
    found = {
        design: table(tmp_path, {"s": study(effect(reported=means), design=design)}).rows[0].vi
        for design in ("naturalistic", "case-series", "randomized", "quasi-experimental")
    }
    # the anchors of the two variances, ten digits
    assert found["naturalistic"] == found["case-series"] == pytest.approx(0.0318464003, rel=1e-8)
    assert found["randomized"] == found["quasi-experimental"] == pytest.approx(0.0338604472, rel=1e-8)


def test_status_of_the_effect_goes_before_that_of_the_study(tmp_path: Path) -> None:
    body = study(
        effect("checked", reported=[{"r": 0.2, "n": 50}], status="verified"),
        effect("unchecked", reported=[{"r": 0.3, "n": 50}]),
        extraction={"status": "provisional", "synthetic": True, "note": "from the abstract"},
    )
    rows = table(tmp_path, {"s": body}).rows
    assert [row.provisional for row in rows] == [False, True]
    assert all(row.synthetic for row in rows)
    only = table(tmp_path, {"s": body}, options=ConversionOptions(verified_only=True))
    assert [row.effect for row in only.rows] == ["checked"]
    assert only.dropped[0][2].startswith("provisional")


def test_routes_can_be_restricted(tmp_path: Path) -> None:
    body = study(
        effect("direct", reported=[{"r": 0.2, "n": 50}]),
        effect("converted", reported=[{"t": 2.0, "df": 50}]),
        effect("approximate", reported=[{"spearman": 0.2, "n": 50}]),
        effect("adjusted", reported=[{"partial_r": 0.2, "n": 50, "covariates": 1}]),
    )

    def left(**choice: Any) -> list[str]:
        return [row.effect for row in table(tmp_path, {"s": body}, options=ConversionOptions(**choice)).rows]

    assert left(routes="direct") == ["direct"]
    assert left(routes="no-approximate") == ["direct", "converted", "adjusted"]
    assert left(adjusted=False) == ["direct", "converted", "approximate"]


def test_n_falls_back_on_the_sample(tmp_path: Path) -> None:
    given = study(effect(reported=[{"yi": 0.3, "vi": 0.02, "measure": "ZCOR"}]), sample={"n": 55})
    assert table(tmp_path, {"s": given}).rows[0].n == 55


def test_rounding_is_worked_out_where_routes_can_be_compared(tmp_path: Path) -> None:
    one = table(tmp_path, {"s": correlation(0.29, 79)}).rows[0].routes[0]
    assert one.rounding is None
    two = study(effect(reported=[{"r": 0.29, "n": 79}, {"t": 2.66, "df": 77}]))
    routes = table(tmp_path, {"s": two}).rows[0].routes
    assert routes[0].rounding == pytest.approx((math.atanh(0.285), math.atanh(0.295)))


@pytest.mark.parametrize(
    ("authors", "label"),
    [
        (["Eubanks, C. F."], "Eubanks (2001)"),
        (["Holmqvist Larsson, M.", "Falkenström, F."], "Holmqvist Larsson & Falkenström (2001)"),
        (["A, B.", "C, D.", "E, F."], "A et al. (2001)"),
    ],
)
def test_labels(tmp_path: Path, authors: list[str], label: str) -> None:
    body = correlation(0.2, 40, citation={"authors": authors, "year": 2001})
    assert table(tmp_path, {"s": body}).rows[0].label == label


def test_labels_from_a_citation_string_and_equal_labels(tmp_path: Path) -> None:
    text = "Holmqvist Larsson, M. H., & Falkenström, F. (2018). Early alliance. Psychotherapy Research, 28."
    effects = table(
        tmp_path, {"a": correlation(0.2, 40, citation=text), "b": correlation(0.1, 40, citation=text)}
    )
    assert [row.label for row in effects.rows] == [
        "Holmqvist Larsson & Falkenström (2018a)",
        "Holmqvist Larsson & Falkenström (2018b)",
    ]
    assert table(tmp_path / "c", {"x": correlation(0.2, 40, citation="No year")}).rows[0].label == "x"


def test_options_come_from_the_analysis() -> None:
    analysis = Analysis(conversions={"split": "equal"}, assume={"pre_post_r": 0.5}, allow=["one-group"])
    options = conversion_options(analysis)
    assert (options.split, options.pre_post_r, options.one_group) == ("equal", 0.5, True)


@pytest.mark.parametrize(
    "analysis",
    [
        Analysis(conversions={"splitt": "equal"}),
        Analysis(conversions={"split": "half"}),
        Analysis(assume={"icc": 0.1}),
        Analysis(assume={"pre_post_r": 1.5}),
    ],
)
def test_wrong_options_are_refused(analysis: Analysis) -> None:
    with pytest.raises(UsageError):
        conversion_options(analysis)


def test_an_unknown_measure_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="COHEN is not a measure"):
        table(tmp_path, {"s": correlation(0.2, 40)}, measure="COHEN")


def test_json_form(tmp_path: Path) -> None:
    row = table(tmp_path, {"s": correlation(0.29, 79)}).rows[0]
    found = effect_as_dict(row)
    assert list(found)[:8] == ["study", "effect", "measure", "yi", "vi", "n", "route", "routes"]
    assert found["members"] == ["main"]
    assert found["routes"] == [
        {
            "route": "r, n",
            "yi": row.yi,
            "vi": row.vi,
            "n": 79,
            "flag": "direct",
            "adjusted": False,
            "formula": row.formula,
            "used": True,
            "rounding": None,
            "problem": None,
        }
    ]
