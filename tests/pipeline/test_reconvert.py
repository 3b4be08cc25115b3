"""Other conversions of the same papers: what changes, what moves, and what is said about it."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from effect_tables import effects_table
from reviews import REVIEW, ROOT, effect, run_cli, study, write_review

from rupmeta.explore.reconversion import Repooled, Scenario, repool_scenarios
from rupmeta.pipeline.analyse import synthesise
from rupmeta.pipeline.reconvert import Reconversion, reconvert
from rupmeta.pipeline.specification import Overrides
from rupmeta.pool.fit import fit_effects
from rupmeta.read.folder import read_folder

MEANS = {"mean1": 10.0, "sd1": 4.0, "n1": 12, "mean2": 7.0, "sd2": 5.0, "n2": 30}
CHANGE = {
    "pre_mean1": 20.0, "post_mean1": 25.0, "sd_pre1": 5.0, "n1": 20,
    "pre_mean2": 20.0, "post_mean2": 22.0, "sd_pre2": 5.0, "n2": 25,
}  # fmt: skip


def reviewed(path: Path, review: dict[str, Any] | None = None, **studies: list[dict[str, Any]]) -> Path:
    """One study a name, each with one effect by these routes."""
    bodies = {name: study(effect(reported=routes)) for name, routes in studies.items()}
    return write_review(path, bodies, review)


def rows(found: Reconversion) -> dict[str, Repooled]:
    return {row.scenario.key: row for row in found.scenarios}


def assuming(**analysis: Any) -> dict[str, Any]:
    return {**REVIEW, "analyses": {"repair": {"where": {"relation": "repair-outcome"}, **analysis}}}


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    return reviewed(
        tmp_path,
        a=[{"r": 0.3, "n": 60}],
        b=[MEANS],
        c=[{"beta": 0.2, "n": 90, "covariates": 2}],
        d=[{"r": 0.25, "n": 80}, {"t": 2.1, "df": 78}],
    )


def test_a_batch_of_scenarios_equals_single_fits() -> None:
    rng = np.random.default_rng(3)
    tables = [effects_table(rng.normal(0.3, 0.3, k), rng.uniform(0.01, 0.1, k)) for k in (1, 2, 5, 9)]
    scenarios = [Scenario("formula", str(i), str(i), table) for i, table in enumerate(tables)]
    for test in ("adhoc", "knha", "z", "t"):
        for row, table in zip(repool_scenarios(scenarios, test=test), tables, strict=True):
            fit = fit_effects(table, test=test)
            assert row.k == fit.k
            assert row.estimate is not None
            assert (row.estimate.estimate, row.estimate.se) == pytest.approx(
                (fit.estimate.estimate, fit.estimate.se), rel=1e-12
            )  # rows are padded: sums run over more zeros
            assert row.estimate.interval().lb == pytest.approx(fit.estimate.interval().lb, rel=1e-11)


def test_covarying_effects_are_a_wrong_call() -> None:
    table = effects_table([0.1, 0.2], [0.01, 0.01], V=np.array([[0.01, 0.005], [0.005, 0.01]]))
    with pytest.raises(ValueError, match="independent"):
        repool_scenarios([Scenario("formula", "x", "x", table)])


def test_what_is_left_out_and_what_is_changed(mixed: Path) -> None:
    found = reconvert(read_folder(mixed))
    by = rows(found)
    assert found.declared.k == 4
    assert (by["direct"].k, by["direct-converted"].k, by["unadjusted"].k) == (2, 3, 3)
    assert [by[key].scenario.affected for key in ("direct", "direct-converted", "unadjusted")] == [2, 1, 1]
    assert by["beta: peterson-brown"].scenario.affected == 1
    assert by["split: equal"].scenario.affected == by["d_to_r: borenstein"].scenario.affected == 1
    assert by["sizes: fixed"].scenario.affected == 1
    assert "sizes: random" not in by  # naturalistic: they are random already
    assert "group sizes random in the variance of r (CS)" in found.idle
    assert "an assumed r of before and after" in found.idle


def test_every_scenario_is_the_pool_of_its_options(mixed: Path) -> None:
    by = rows(reconvert(read_folder(mixed)))
    for key, conversions in {
        "direct": {"routes": "direct"},
        "unadjusted": {"adjusted": False},
        "split: equal": {"split": "equal"},
        "beta: peterson-brown": {"beta": "peterson-brown"},
        "sizes: fixed": {"sizes": "fixed"},
    }.items():
        (mixed / "review.yaml").write_text(json.dumps(assuming(conversions=conversions)), encoding="utf-8")
        estimate = synthesise(read_folder(mixed)).fit.estimate
        assert by[key].estimate is not None
        assert by[key].estimate.estimate == pytest.approx(estimate.estimate, rel=1e-12)  # padded rows
        assert by[key].estimate.se == pytest.approx(estimate.se, rel=1e-12)


def test_routes_stand_in_for_each_other(mixed: Path) -> None:
    by = rows(reconvert(read_folder(mixed)))
    other = by["d/main: t, df"]
    assert other.scenario.effects is not None
    assert other.scenario.effects.yi[3] == pytest.approx(math.asinh(2.1 / math.sqrt(78)))
    assert other.scenario.affected == 1
    used, t = math.atanh(0.25), math.asinh(2.1 / math.sqrt(78))
    extreme, idle = ("lowest", "highest") if t < used else ("highest", "lowest")
    assert by[extreme].estimate is not None
    assert other.estimate is not None
    assert by[extreme].estimate.estimate == other.estimate.estimate
    assert idle not in by


def test_a_conclusion_that_moves_is_said(tmp_path: Path) -> None:
    path = reviewed(
        tmp_path,
        a=[{"r": 0.02, "n": 60}],
        b=[{"spearman": 0.4, "n": 90}],
        c=[{"spearman": 0.45, "n": 90}],
        d=[{"spearman": 0.42, "n": 90}],
    )
    found = reconvert(read_folder(path), Overrides(test="z"))
    assert found.declared.side == "above"
    direct = rows(found)["direct"]
    assert (direct.k, direct.side, found.moved(direct)) == (1, "holds", True)
    assert [note.code for note in found.notes if note.code == "CONV-MOVES"] == ["CONV-MOVES"]


def test_multilevel_models_are_fitted_one_by_one(tmp_path: Path) -> None:
    effects = [
        effect("a", reported=[{"r": 0.3, "n": 60}]),
        effect("b", reported=[{"spearman": 0.2, "n": 60}]),
    ]
    bodies = {
        name: study(*effects, citation={"authors": [f"{name}, A."], "year": 2000}) for name in ("x", "y", "w")
    }
    folder = read_folder(write_review(tmp_path, bodies))
    found = reconvert(folder, Overrides(dependence="che"))
    expected = synthesise(folder, Overrides(dependence="che")).fit.estimate
    assert found.declared.estimate is not None
    assert found.declared.estimate.estimate == expected.estimate
    assert rows(found)["direct"].k == 3


def test_an_assumed_r_brings_its_sensitivity(tmp_path: Path) -> None:
    review = assuming(assume={"pre_post_r": 0.5})
    path = reviewed(tmp_path, review, a=[CHANGE], b=[{"r": 0.3, "n": 60}], c=[{"r": 0.2, "n": 70}])
    folder = read_folder(path)
    synthesis = synthesise(folder)
    texts = [note.message for note in synthesis.notes if note.code == "RPP" and "pooled r" in note.message]
    assert len(texts) == 1
    assert texts[0].startswith("1 of 3 effects rest on an assumed r of before and after (.5)")
    for r in (".3", ".5", ".7", ".8"):
        assert f"at {r} " in texts[0]
    by = rows(reconvert(folder))
    assert {"pre_post_r: 0.3", "pre_post_r: 0.7", "pre_post_r: 0.8"} <= set(by)
    assert "pre_post_r: 0.5" not in by  # as declared


def test_without_an_assumption_the_route_appears_only_in_the_scenarios(tmp_path: Path) -> None:
    folder = read_folder(reviewed(tmp_path, a=[CHANGE], b=[{"r": 0.3, "n": 60}], c=[{"r": 0.2, "n": 70}]))
    found = reconvert(folder)
    assert found.declared.k == 2
    assert {key: row.k for key, row in rows(found).items() if key.startswith("pre_post_r")} == {
        f"pre_post_r: {r}": 3 for r in (0.3, 0.5, 0.7, 0.8)
    }
    assert not [note for note in synthesise(folder).notes if "assumed r" in note.message]


def test_the_command_in_every_form(mixed: Path) -> None:
    shown = run_cli("sensitivity", str(mixed), "--conversions")
    assert shown.returncode == 0, shown.stderr
    assert "only direct effects" in shown.stdout
    assert "No effect here depends on:" in shown.stdout
    assert "With 4 effects the range is what can be reported, no verdict." in shown.stdout
    found = run_cli("sensitivity", str(mixed), "--conversions", "--json")
    part = json.loads(found.stdout)["result"]["conversions"]
    assert part["declared"]["moved"] is False
    assert {row["group"] for row in part["scenarios"]} == {"effects", "formula", "route"}
    direct = next(row for row in part["scenarios"] if row["key"] == "direct")
    assert set(direct["estimate"]) >= {"estimate", "se", "ci_lb", "ci_ub"}
    assert set(direct["reported"]) == {"r", "d"}
    table = run_cli("sensitivity", str(mixed), "--conversions", "--format", "csv").stdout.splitlines()
    assert len(table) == len(part["scenarios"]) + 2


def test_the_page_shows_what_the_command_prints() -> None:
    page = (ROOT / "docs" / "methods" / "conversions.md").read_text(encoding="utf-8")
    shown = re.findall(r"```console\n\$ rupmeta (.+?)\n(.*?)```", page, re.S)
    assert len(shown) == 1
    for arguments, output in shown:
        assert run_cli(*arguments.split()).stdout == output


def test_no_scenario_is_said_in_words(tmp_path: Path) -> None:
    path = reviewed(tmp_path, a=[{"r": 0.3, "n": 60}], b=[{"r": 0.2, "n": 70}])
    shown = run_cli("sensitivity", str(path), "--conversions", "-q").stdout
    assert "No other conversion changes an effect of this analysis." in shown
