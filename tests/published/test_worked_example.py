"""The synthetic example reaches the published summary that it was made for.

Summary: Eubanks, Muran & Safran 2018, Psychotherapy 55(4), 508-519, as retold in docs/worked-example.md. The
studies are invented, so what is tested is the tool: its conversions, its fit and its regression against
targets that the script in benchmarks/ reaches with formulas of its own.
"""

from __future__ import annotations

import importlib.util
import math
import sys
from pathlib import Path

import pytest

from rupmeta.pipeline.analyse import prepare_effects, synthesise
from rupmeta.pipeline.regress import moderate_by
from rupmeta.pipeline.specification import Overrides
from rupmeta.read.folder import read_folder

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "studies" / "examples" / "worked"
SCRIPT = ROOT / "benchmarks" / "make_worked_example.py"
#: Half a unit of the last printed digit: the summary is known to two digits, its p to three.
TWO, THREE = 0.005, 0.0005


@pytest.fixture(scope="module")
def folder():
    return read_folder(FOLDER)


@pytest.fixture(scope="module")
def maker():
    spec = importlib.util.spec_from_file_location("make_worked_example", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def pooled(folder, **overrides):
    return synthesise(folder, Overrides(**overrides))


def summary(synthesis):
    """Estimate and interval as r, the estimate as d of two equal groups."""
    estimate = synthesis.fit.estimate
    r = [math.tanh(z) for z in (estimate.estimate, estimate.ci_lb, estimate.ci_ub)]
    return (*r, 2 * math.sinh(estimate.estimate))


def moderated(folder, *moderators, **overrides):
    return moderate_by(folder, moderators, Overrides(**overrides))[1]


def test_the_script_writes_the_committed_bytes(maker, tmp_path):
    maker.main(tmp_path)
    written = {path.name: path.read_bytes() for path in tmp_path.glob("*.yaml")}
    committed = {path.name: path.read_bytes() for path in FOLDER.glob("*.yaml") if path.name != "review.yaml"}
    assert written == committed


def test_every_file_says_that_it_is_synthetic(folder):
    for file in folder.studies:
        assert "SYNTHETIC" in file.text.splitlines()[1]
        assert file.study.extraction.synthetic
        assert file.study.citation.title.startswith("Synthetic study ")
        assert all(author.startswith("Synthetic ") for author in file.study.citation.authors)


def test_repair_reaches_the_published_summary(folder):
    synthesis = pooled(folder, analysis="repair")
    assert summary(synthesis) == pytest.approx((0.29, 0.10, 0.47, 0.62), abs=TWO)
    assert synthesis.fit.estimate.pval == pytest.approx(0.003, abs=THREE)
    assert (synthesis.fit.k, synthesis.prepared.studies, synthesis.prepared.n) == (11, 11, 1314)
    assert synthesis.fit.heterogeneity.pval < 0.001


def test_the_default_test_widens_the_interval_as_the_documentation_says(folder):
    synthesis = pooled(folder, analysis="repair", test="adhoc")
    assert summary(synthesis) == pytest.approx((0.29, 0.07, 0.49, 0.62), abs=TWO)
    assert synthesis.fit.estimate.pval == pytest.approx(0.015, abs=THREE)


def test_against_no_rupture_reaches_the_published_figures(folder):
    r, _, _, d = summary(pooled(folder, analysis="no-rupture"))
    assert (r, d) == pytest.approx((0.24, 0.50), abs=TWO)


def test_against_unrepaired_rupture_alone_the_mean_stays(folder):
    r, *_ = summary(pooled(folder, where={"comparison": "unrepaired-rupture"}))
    assert r == pytest.approx(0.29, abs=TWO)


def test_the_levels_of_comparison_keep_their_figures_under_a_common_tau2(folder):
    levels = {
        row.level: math.tanh(row.estimate.estimate) for row in moderated(folder, "comparison").subgroups
    }
    assert levels["no-rupture"] == pytest.approx(0.24, abs=TWO)
    assert levels["unrepaired-rupture"] == pytest.approx(0.29, abs=TWO)


@pytest.mark.parametrize("test", ["z", "adhoc"])
def test_the_later_the_phase_the_stronger_the_link(folder, test):
    fit = moderated(folder, "phase", test=test).fit
    slopes = {estimate.label: estimate.estimate for estimate in fit.coefficients}
    assert 0 < slopes["phase[middle]"] < slopes["phase[late]"]
    assert fit.omnibus.pval < 0.02


@pytest.mark.parametrize(
    "moderator",
    [
        "personality_disorder",
        "therapists.experience",
        "therapists.caseload",
        "therapy.orientation",
        "rupture.measure",
        "comparison",
    ],
)
def test_no_other_moderator_is_related_to_the_effect(folder, moderator):
    assert moderated(folder, moderator).fit.omnibus.pval > 0.25


def test_training_reaches_the_published_summary(folder):
    synthesis = pooled(folder, analysis="training")
    assert summary(synthesis) == pytest.approx((0.11, -0.09, 0.30, 0.22), abs=TWO)
    assert synthesis.fit.estimate.pval == pytest.approx(0.28, abs=THREE)
    assert (synthesis.fit.k, synthesis.prepared.n) == (6, 276)


def test_training_works_in_cognitive_behavioural_therapies(folder):
    rows = {
        row.level: row.estimate
        for row in moderated(folder, "therapy.orientation", analysis="training").subgroups
    }
    assert math.tanh(rows["cbt"].estimate) == pytest.approx(0.28, abs=TWO)
    assert rows["cbt"].pval < 0.01
    assert rows["psychodynamic"].pval > 0.05


@pytest.mark.parametrize("moderator", ["therapy.sessions", "personality_disorder"])
def test_training_does_less_in_long_therapies_and_with_personality_disorder(folder, moderator):
    _, slope = moderated(folder, moderator, analysis="training").fit.coefficients
    assert slope.estimate < 0
    assert slope.pval < 0.05


def test_basis_and_length_cannot_be_told_apart(folder):
    fit = moderated(folder, "therapy.orientation", "therapy.sessions", analysis="training").fit
    assert fit.omnibus.pval < 0.05
    assert all(slope.pval > 0.05 for slope in fit.coefficients[1:])


def test_routes_of_one_effect_agree(folder):
    rows = [
        row
        for name in ("repair", "training")
        for row in prepare_effects(folder, Overrides(analysis=name)).single.rows
    ]
    several = [row for row in rows if len(row.routes) > 1]
    assert len(several) == 6
    for row in several:
        spans = [route.rounding for route in row.routes]
        assert max(lb for lb, _ in spans) <= min(ub for _, ub in spans), row.study


def test_the_tool_reads_each_effect_as_the_script_meant_it(folder, maker):
    """Two implementations of the same formulas, one here and one in the script."""
    sketches = {f"{s.name}{s.year}": s for s in maker.REPAIR_STUDIES + maker.TRAINING_STUDIES}
    for name in ("repair", "training"):
        for row in prepare_effects(folder, Overrides(analysis=name)).effects.rows:
            file = next(file for file in folder.studies if file.id == row.study)
            printed = [
                [{key: str(route[key]) for key in route} for route in effect]
                for effect in (
                    [reported.model_dump(exclude_none=True) for reported in effect.reported]
                    for effect in file.study.effects
                )
            ]
            y, v = maker.read_study(sketches[row.study], printed)
            # closed forms in double precision; the p route inverts t, to about 1e-12
            assert (row.yi, row.vi) == pytest.approx((y, v), rel=1e-9), row.study
