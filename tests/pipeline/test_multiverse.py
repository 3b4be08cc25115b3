"""A multiverse: every specification equals the pool that it stands for; counts add up; the test is valid."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import numpy as np
import pytest
from reviews import correlation, effect, run_cli, study, write_review

from rupmeta.errors import UsageError
from rupmeta.pipeline.analyse import synthesise
from rupmeta.pipeline.load import load_review
from rupmeta.pipeline.multiverse import run_multiverse
from rupmeta.pipeline.specification import Overrides
from rupmeta.render.figures.specification.words import describe_specification
from rupmeta.render.multiverse.figure import specification_data
from rupmeta.render.multiverse.words import describe_multiverse

# The batched fit of a table and the fit of the whole pipeline differ by the order of their sums only.
SAME = 1e-9

RS = [0.12, 0.35, 0.28, -0.05, 0.41, 0.22, 0.18]


def studies() -> dict[str, Any]:
    found = {
        f"s{i}": correlation(
            r,
            40 + 15 * i,
            publication="peer-reviewed" if i % 3 else "dissertation",
            rupture={"measure": "observer" if i % 2 else "self-report"},
        )
        for i, r in enumerate(RS)
    }
    found["two"] = study(
        effect("a", reported=[{"r": 0.5, "n": 60}]), effect("b", reported=[{"r": 0.1, "n": 90}])
    )
    found["groups"] = study(effect(reported=[{"d": 0.6, "n1": 20, "n2": 70}]))
    return found


def protocol(multiverse: Any = None, **more: Any) -> dict[str, Any]:
    analysis = {"where": {"relation": "repair-outcome"}, **more}
    if multiverse is not None:
        analysis["multiverse"] = multiverse
    criteria = {"publication": ["peer-reviewed", "dissertation"]}
    return {"rupmeta": 1, "criteria": criteria, "analyses": {"repair": analysis}}


def review(path, multiverse: Any = None, files: Any = None, **more: Any):
    return load_review(write_review(path, files or studies(), protocol(multiverse, **more)))


def options(found, name):
    return [item.option for choice in found.choices if choice.name == name for item in choice.options]


def test_every_specification_is_the_pool_that_it_stands_for(tmp_path):
    folder = review(
        tmp_path,
        {
            "include": [{"name": "observed", "where": {"rupture.measure": "observer"}}],
            "measure": ["COR"],
            "rho": [0.2, 0.8],
            "method": ["DL", "EE"],
            "test": ["z", "knha"],
            "conversions": {"split": ["equal"]},
        },
    )
    found = run_multiverse(folder, permute=0)
    names = [choice.name for choice in found.choices]
    seen = 0
    for row in range(found.size):
        taken = {name: options(found, name)[found.taken[row, d]] for d, name in enumerate(names)}
        if taken["split"] == "equal":
            continue  # not an option of the command line
        where = {"rupture.measure": "observer"} if taken["include"] == "observed" else {}
        keys = ("measure", "rho", "method", "test")
        overrides = Overrides(where=where, **{key: taken[key] for key in keys})
        fit = synthesise(folder, overrides).fit
        interval = fit.estimate.interval()
        expected = np.array([fit.estimate.estimate, interval.lb, interval.ub])
        if taken["measure"] == "ZCOR":
            expected = np.tanh(expected)
        got = (found.estimate[row], found.ci_lb[row], found.ci_ub[row])
        assert got == pytest.approx(expected, rel=SAME, abs=1e-12), taken
        assert found.pval[row] == pytest.approx(fit.estimate.pval, rel=1e-7)
        assert found.k[row] == fit.k
        seen += 1
    assert seen >= 40
    assert found.declared == 0


def test_combinations_add_up_and_repeats_are_counted_once(tmp_path):
    folder = review(tmp_path, {"rho": [0.3], "effects": ["first"], "method": ["EE"], "test": ["t"]})
    found = run_multiverse(folder, permute=0)
    assert found.combinations == 2 * 2 * 2 * 2
    assert sum(n for _, n in found.impossible) + found.repeats + found.size == found.combinations
    # EE with adhoc is impossible (2 x 2 tables); "first" leaves rho nothing to do (1 table of 4, 3 cells).
    assert (
        dict(found.impossible)[
            "method EE has no heterogeneity from which tests knha and adhoc take their scale"
        ]
        == 4
    )
    assert found.repeats == 3
    assert len({tuple(row) for row in found.taken.tolist()}) == found.size


def test_one_effect_of_a_sample(tmp_path):
    folder = review(tmp_path, {"effects": ["first", "precise"]})
    found = run_multiverse(folder, permute=0)
    names = {item: i for i, item in enumerate(options(found, "effects"))}
    column = [choice.name for choice in found.choices].index("effects")
    for how, chosen in (("first", "a"), ("precise", "b")):
        files = studies()
        files["two"]["effects"] = [item for item in files["two"]["effects"] if item["id"] == chosen]
        alone = synthesise(review(tmp_path / how, files=files)).fit.estimate.estimate
        (row,) = np.flatnonzero(found.taken[:, column] == names[how])
        assert found.estimate[row] == pytest.approx(np.tanh(alone), rel=SAME)


def test_leaving_out_each_and_what_is_influential(tmp_path):
    files = studies()
    files["far"] = correlation(0.93, 200)
    folder = review(tmp_path, {"influential": ["cook", "each"]}, files)
    found = run_multiverse(folder, permute=0)
    spelled = options(found, "influential")
    assert spelled[:2] == ["keep", "without influential"]
    assert spelled[2:] == [f"without {name}" for name in sorted(files)]
    column = [choice.name for choice in found.choices].index("influential")
    without = synthesise(
        review(tmp_path / "rest", files={k: v for k, v in files.items() if k != "far"})
    ).fit.estimate.estimate
    rows = {spelled[j]: row for row, j in enumerate(found.taken[:, column])}
    # Cook's distance flags the far study alone, so that leaving it out is a repeat of "without influential".
    assert found.estimate[rows["without influential"]] == pytest.approx(np.tanh(without), rel=SAME)
    assert "without far" not in rows
    assert found.size == len(files) + 1


def test_criteria_of_an_inclusion_replace_those_of_the_review(tmp_path):
    strict = {"name": "journals", "criteria": {"publication": ["peer-reviewed"]}}
    unless = {"name": "no observers", "unless": {"rupture.measure": ["observer"]}}
    found = run_multiverse(review(tmp_path, {"include": [strict, unless]}), permute=0)
    assert found.k.tolist() == [9, 6, 6]
    assert len(set(found.estimate.tolist())) == 3


def test_what_matters_most_is_the_choice_that_moves_the_mean(tmp_path):
    folder = review(
        tmp_path, {"include": [{"name": "observed", "where": {"rupture.measure": "observer"}}], "rho": [0.45]}
    )
    found = run_multiverse(folder, permute=0)
    by_name = {choice.name: choice for choice in found.choices}
    include, rho = by_name["include"], by_name["rho"]
    assert include.range > rho.range >= 0
    means = [item.mean for item in include.options]
    assert include.range == pytest.approx(abs(means[0] - means[1]))
    # In a full product the shares of main effects add up to at most the whole.
    assert sum(choice.variance_share for choice in found.choices) <= 1 + 1e-9


def test_the_permutation_test_is_exact_where_it_can_be(tmp_path):
    files = {f"s{i}": correlation(r, 60) for i, r in enumerate([0.3, 0.25, 0.4, 0.1, 0.35])}
    found = run_multiverse(review(tmp_path, {"method": ["DL"]}, files), permute=100)
    test = found.test
    assert test is not None
    assert (test.exact, test.iterations, test.error) == (True, 32, 0.0)
    # All effects have one sign: only this arrangement and its mirror reach the observed median.
    assert test.median_p == pytest.approx(2 / 32)
    assert "K-PERM" in {note.code for note in found.notes}
    assert test.median == pytest.approx(float(np.median(found.estimate)))


def test_every_flip_reruns_what_is_influential(tmp_path):
    """The curve after a flip is the curve of a review whose samples have these signs."""
    from rupmeta.explore.curve_test import _curves
    from rupmeta.explore.multiverse import Cells, Influence
    from rupmeta.pipeline.multiverse_choices import list_choices
    from rupmeta.pipeline.multiverse_tables import build_tables
    from rupmeta.pipeline.specification import specify

    rs = [0.3, 0.25, 0.9, 0.1, 0.35, 0.2]
    signs = np.array([1, 1, -1, 1, -1, 1.0])

    def built(path, values):
        files = {f"s{i}": correlation(r, 60 + 9 * i) for i, r in enumerate(values)}
        folder = review(path, {"influential": ["cook"]}, files)
        spec = specify(folder)
        return build_tables(folder, spec, list_choices(spec, provisional=False), Influence()).tables

    def curves(tables, sign):
        none = np.zeros(2, dtype=np.intp)
        cells = Cells(np.arange(2), none, none, ("REML",), ("adhoc",))
        return _curves(tables, cells, Influence(), lambda values, _: values, 0.95, np.atleast_2d(sign))

    flipped = curves(built(tmp_path / "plain", rs), signs)
    written = curves(built(tmp_path / "written", [r * s for r, s in zip(rs, signs, strict=True)]), np.ones(6))
    assert flipped == pytest.approx(written, rel=1e-9)


def test_random_flips_are_seeded_and_keep_their_level():
    from rupmeta.explore.curve_test import permute_curve
    from rupmeta.explore.multiverse import Cells, Influence, Tables

    rng = np.random.default_rng(5)
    k, pvalues = 12, []
    v = rng.uniform(0.01, 0.05, k)
    for _ in range(120):
        y = rng.normal(0, np.sqrt(v + 0.02))
        masks = np.vstack([np.ones(k), (rng.random((3, k)) < 0.8)])
        tables = Tables(
            np.tile(y, (4, 1)), np.tile(v, (4, 1)), masks, np.zeros(4, dtype=np.intp), np.full(4, -1)
        )
        zero = np.zeros(4, dtype=np.intp)
        cells = Cells(np.arange(4), zero, zero, ("DL",), ("z",))
        runs = [
            permute_curve(
                tables, cells, Influence(), lambda values, _: values,
                level=0.95, iterations=99, most_fits=10**6, seed=seed,
            )
            for seed in (1, 1)
        ]  # fmt: skip
        assert runs[0] == runs[1]
        pvalues.append(runs[0].median_p)
    assert min(pvalues) >= 1 / 100
    rejected = np.mean(np.array(pvalues) <= 0.1)
    assert rejected < 0.1 + 3 * (0.09 / 120) ** 0.5  # three Monte Carlo errors above the level


def test_without_a_declaration_the_own_set_is_used_and_said_so(tmp_path):
    found = run_multiverse(review(tmp_path), permute=0)
    assert found.default
    assert "MV-DEFAULT" in {note.code for note in found.notes}
    assert options(found, "rho") == [0.5, 0.3, 0.7]
    assert options(found, "measure") == ["ZCOR", "COR"]
    declared = run_multiverse(review(tmp_path / "b", {}), permute=0)
    assert declared.size == 1
    assert "MV-DEFAULT" not in {note.code for note in declared.notes}


@pytest.mark.parametrize(
    ("multiverse", "message"),
    [
        ({"conversions": {"split": ["halved"]}}, "split is halved"),
        ({"conversions": {"colour": ["red"]}}, "no colour"),
        ({"include": [{"name": "as declared"}]}, "the analysis itself"),
        ({"measure": ["MD"]}, "no scale in common"),
        ({"rho": [round(i / 1000, 3) for i in range(990)], "method": ["DL", "PM"], "test": ["z", "t"],
          "conversions": {"pre_post_r": [round(i / 1000, 3) for i in range(400)]}}, "2,000,000 are the most"),
    ],
)  # fmt: skip
def test_choices_that_cannot_be_are_refused(tmp_path, multiverse, message):
    with pytest.raises(UsageError, match=message):
        run_multiverse(review(tmp_path, multiverse), permute=0)


def test_several_effects_of_a_sample_have_no_place(tmp_path):
    folder = review(tmp_path, {"method": ["DL"]}, dependence={"approach": "multilevel"})
    found = run_multiverse(folder, permute=0)
    assert found.declared is None
    assert "MV-DEPENDENCE" in {note.code for note in found.notes}


def test_an_unknown_field_of_an_inclusion_is_a_fault_with_its_place(tmp_path):
    write_review(tmp_path, studies(), protocol({"include": [{"name": "x", "where": {"phaze": "late"}}]}))
    done = run_cli("multiverse", str(tmp_path))
    assert done.returncode == 1
    assert "UNKNOWN-KEY" in done.stderr
    assert "did you mean phase?" in done.stderr


def test_the_command_in_every_form(tmp_path):
    write_review(tmp_path, studies(), protocol({"method": ["DL"], "rho": [0.2], "test": ["z"]}))
    done = run_cli("multiverse", str(tmp_path), "--json", "--permute", "50")
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    result = body["result"]
    assert body["schema"] == "rupmeta/multiverse/1"
    found = result["specifications"]
    size = result["counts"]["specifications"]
    assert size == 8
    columns = [found[key] for key in ("k", "estimate", "ci_lb", "ci_ub", "pval")]
    assert all(len(column) == size for column in [*columns, *found["choices"].values()])
    assert result["curve"]["median"] == pytest.approx(np.median(found["estimate"]), rel=1e-9)
    ranges = [choice["range"] for choice in result["choices"]]
    assert ranges == sorted(ranges, reverse=True)
    shares = [result["curve"][key] for key in ("share_above", "share_below", "share_open")]
    assert sum(shares) == pytest.approx(1.0)
    csv = run_cli("multiverse", str(tmp_path), "--format", "csv", "--permute", "0").stdout.splitlines()
    assert len(csv) == size + 1
    screen = run_cli("multiverse", str(tmp_path), "--permute", "0").stdout
    assert f"Over {size} specifications the median is r =" in screen
    assert "no basis for a verdict" in screen
    assert run_cli("multiverse", str(tmp_path), "--permute", "-1").returncode == 2


def test_all_combinations_of_a_larger_set_are_visited(tmp_path):
    tests, methods = ["adhoc", "knha", "t", "z"], ["REML", "DL", "PM"]
    found = run_multiverse(review(tmp_path, {"test": tests, "method": methods}), permute=0)
    columns = [[choice.name for choice in found.choices].index(name) for name in ("method", "test")]
    seen = {tuple(row) for row in found.taken[:, columns].tolist()}
    assert seen == set(product(range(3), range(4)))
    assert found.fits == 3


def described(folder):
    answer = json.loads(run_cli("multiverse", str(folder), "--permute", "0", "--json").stdout)["result"]
    return answer, describe_multiverse(answer)


def test_shares_are_told_test_by_test_where_they_differ(tmp_path):
    files = {f"s{i}": correlation(r, 80) for i, r in enumerate([0.1, 0.35, 0.5])}
    folder = write_review(tmp_path, files, protocol({"test": ["z"]}))
    answer, told = described(folder)
    (adhoc, z) = answer["tests"]
    assert (adhoc["test"], z["test"]) == ("adhoc", "z")
    assert adhoc["share_above"] == 0.0
    assert z["share_above"] == 1.0
    assert z["trust"] == "no"  # covers 75% at k = 3, by the simulation of small k
    assert "normal, which does not hold its level at k = 3, 100% above and 0% below" in told[0]
    assert "Knapp–Hartung, not below z 0% above and 0% below" in told[0]


def test_one_side_for_all_tests_is_told_once(tmp_path):
    files = {f"s{i}": correlation(r, 400) for i, r in enumerate([0.38, 0.4, 0.42, 0.39])}
    _, told = described(write_review(tmp_path, files, protocol({"test": ["z"]})))
    assert "lie above zero in 100% of them" in told[0]
    assert "by test" not in told[0]


def test_combinations_without_an_answer_are_counted_in_the_first_sentence(tmp_path):
    files = {f"s{i}": correlation(r, 80) for i, r in enumerate([0.1, 0.35, 0.5])}
    declared = {"include": [{"name": "none", "where": {"phase": "early"}}], "rho": [0.1]}
    answer, told = described(write_review(tmp_path, files, protocol(declared)))
    assert sum(item["n"] for item in answer["counts"]["impossible"]) == 2
    assert "2 of 4 combinations could not be computed (fewer than 2 independent samples)" in told[0]
    assert "among them every one with Inclusion: none" in told[0]


def test_a_declared_analysis_outside_the_curve_is_missed_in_the_first_sentence(tmp_path):
    folder = write_review(tmp_path, studies(), protocol(dependence={"approach": "che", "rho": 0.6}))
    answer, told = described(folder)
    assert answer["declared"] is None
    assert "it has dependence che" in told[0]


def test_odds_ratios_stay_odds_ratios(tmp_path):
    keys = ("events1", "n1", "events2", "n2")
    tables = [(20, 30, 15, 32), (35, 50, 30, 55), (12, 25, 6, 22), (40, 60, 38, 70)]
    files = {
        f"s{i}": study(effect(reported=[dict(zip(keys, table, strict=True))]))
        for i, table in enumerate(tables)
    }
    declared = {"test": ["z"], "method": ["DL"]}
    folder = write_review(tmp_path, files, protocol(declared, measure="OR", report_as=["or"]))
    answer, told = described(folder)
    pooled = json.loads(run_cli("pool", str(folder), "--json").stdout)["result"]["reported"]["or"]
    assert answer["scale"] == "or"
    assert answer["declared"]["estimate"] == pytest.approx(pooled["estimate"], abs=SAME)
    assert answer["declared"]["ci_lb"] == pytest.approx(pooled["ci_lb"], abs=SAME)
    lower = np.array(answer["specifications"]["ci_lb"])
    assert answer["curve"]["share_above"] == np.mean(lower > 1)
    assert answer["curve"]["share_open"] == np.mean(lower <= 1)
    assert "the median is OR = " in told[0]
    assert "zero" not in " ".join(told)
    drawn = specification_data(answer)
    assert drawn.measure == "or"
    assert "zero" not in describe_specification(drawn)
