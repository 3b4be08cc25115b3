"""Radial, drapery, orchard and L'Abbé plots: every mark stands where its number says, at any size."""

import json
import math
import random
import re
from itertools import pairwise
from statistics import NormalDist

import pytest
from figure_geometry import assert_tidy, by_role
from reviews import effect, run_cli, study, write_review

from rupmeta.errors import EstimationError, UsageError
from rupmeta.pipeline.load import load_review
from rupmeta.pipeline.specification import Overrides
from rupmeta.render.drawing.answers import figure_answer
from rupmeta.render.drawing.data import FIGURE_DATA
from rupmeta.render.drawing.draw import lay_out_figure
from rupmeta.render.figures.effect_scale import EffectScale
from rupmeta.render.figures.funnel.layout import lay_out_funnel
from rupmeta.render.figures.labbe.data import LabbeData, LabbePoint
from rupmeta.render.figures.labbe.layout import lay_out_labbe
from rupmeta.render.figures.looks import JOURNALS, Look
from rupmeta.render.figures.points.data import (
    DraperyData,
    EffectPoint,
    OrchardData,
    OrchardGroup,
    RadialData,
)
from rupmeta.render.figures.points.drapery import lay_out_drapery
from rupmeta.render.figures.points.orchard import lay_out_orchard, van_der_corput
from rupmeta.render.figures.points.radial import lay_out_radial
from rupmeta.render.numbers import APA, number

Z = NormalDist().inv_cdf(0.975)
FISHER = EffectScale("r", "tanh")
NAMES = {
    "short": "Ash (2001)",
    "long": "Safran, Muran, Samstag, Stevens and an author list that goes on for a good while yet (2005)",
    "cjk": "田中太郎、佐藤花子、鈴木一郎、高橋次郎、伊藤三郎、渡辺四郎、山本五郎、中村六郎 (2019)",
}


def some_points(k, labels="short", seed=1):
    rng = random.Random(seed)
    found = []
    for i in range(k):
        n = rng.choice([12, 44, 79, 154, 605])
        found.append(
            EffectPoint(f"s{i}/main", NAMES[labels], rng.gauss(0.28, 0.2), 1 / math.sqrt(n - 3), i % 5 == 1)
        )
    return tuple(found)


def radial(k, labels="short"):
    return RadialData("a-radial", "Is it so?", FISHER, some_points(k, labels), 0.25, 0.02)


def drapery(k, labels="short"):
    points = some_points(k, labels)
    grid = tuple(-1 + i / 50 for i in range(126))

    def curve(mean, se):
        return tuple(2 * NormalDist().cdf(-abs(x - mean) / se) for x in grid)

    curves = tuple(curve(p.yi, p.sei) for p in points)
    return DraperyData(
        "a-drapery", "Is it so?", FISHER, points, grid, curves, curve(0.25, 0.05), 0.25, (0.15, 0.35),
        predicted=curve(0.25, 0.2), pi=(-0.14, 0.64), pval=0.0001,
    )  # fmt: skip


def orchard(k, labels="short"):
    groups = tuple(
        OrchardGroup(NAMES[labels], some_points(k, labels, seed), k, 0.25, (0.1, 0.4), (-0.2, 0.7))
        for seed in (1, 2)
    )
    return OrchardData("a-orchard", "Is it so?", FISHER, groups)


def labbe(k, labels="short"):
    rng = random.Random(4)
    points = tuple(
        LabbePoint(
            f"s{i}/main",
            NAMES[labels],
            *(x for n in (20 + i, 30) for x in (rng.randint(0, n), n)),
            provisional=i % 5 == 1,
        )
        for i in range(k)
    )
    curve = tuple((x / 10, 2 * x / 10 / (1 + x / 10)) for x in range(11))
    return LabbeData(
        "a-labbe", "Is it so?", points, ("with repair", "without repair"), curve, "pooled odds ratio 2.00"
    )


KINDS = {
    "radial": (radial, lay_out_radial),
    "drapery": (drapery, lay_out_drapery),
    "orchard": (orchard, lay_out_orchard),
    "labbe": (labbe, lay_out_labbe),
}


@pytest.mark.parametrize("labels", sorted(NAMES))
@pytest.mark.parametrize("k", [1, 2, 3, 24, 200])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_nothing_overlaps_or_is_cropped(kind, k, labels):
    make, lay_out = KINDS[kind]
    layout = lay_out(make(k, labels))
    assert_tidy(layout)
    assert {note.code for note in layout.notes} <= {"GLYPH"}
    assert layout.text.strip()
    assert len(layout.table) > k


@pytest.mark.parametrize("journal", sorted(JOURNALS))
@pytest.mark.parametrize("width", [360.0, 540.0])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_look_and_width_is_tidy(kind, journal, width):
    make, lay_out = KINDS[kind]
    layout = lay_out(make(24), Look(JOURNALS[journal], width=width))
    assert_tidy(layout)
    assert layout.width <= 540.01


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_without_effects_there_is_no_figure(kind):
    make, lay_out = KINDS[kind]
    data = make(1)
    empty = {"groups": ()} if kind == "orchard" else {"points": ()}
    with pytest.raises(EstimationError, match="needs"):
        lay_out(type(data)(**{**{f: getattr(data, f) for f in data.__dataclass_fields__}, **empty}))


def test_a_radial_point_has_its_effect_as_the_slope_from_the_origin():
    data = radial(24)
    layout = lay_out_radial(data)
    line = by_role(layout, "estimate")[0]
    null = by_role(layout, "null")[0]
    assert null.y1 == null.y2 == line.y1  # no association lies flat
    unit = (line.y1 - line.y2) / (line.x2 - line.x1) / data.estimate  # slope on the page of an effect of 1
    circles = {c.key: c for c in by_role(layout, "point", "point-hollow")}
    for point in data.points:
        circle = circles[point.key]
        slope = (line.y1 - circle.y) / (circle.x - line.x1)
        assert slope / unit == pytest.approx(point.yi, abs=0.002)
    precisions = [1 / math.sqrt(p.sei**2 + data.tau2) for p in data.points]
    ratio = [(circles[p.key].x - line.x1) / a for p, a in zip(data.points, precisions, strict=True)]
    assert max(ratio) - min(ratio) < 0.01
    # Every tick of the arc stands in the direction of its effect.
    ticks = [(t, t.text.replace("−", "-")) for t in by_role(layout, "tick") if t.anchor == "start"]
    shown = [(t, float(text)) for t, text in ticks if text.strip("-.0123456789") == ""]
    assert len(shown) > 3
    for tick, value in shown:
        direction = (line.y1 - (tick.y - 0.36 * tick.size)) / (tick.x - line.x1) / unit
        assert math.atanh(value) == pytest.approx(direction, abs=0.005)


def test_a_radial_plot_says_who_lies_outside():
    data = radial(24)
    out = [p for p in data.points if abs(p.yi - 0.25) > Z * math.sqrt(p.sei**2 + 0.02)]
    assert f"{len(out)} of 24 lie outside" in lay_out_radial(data).desc


def test_a_drapery_curve_crosses_the_level_at_the_interval():
    data = drapery(3)
    layout = lay_out_drapery(data)
    frame = by_role(layout, "frame")[0]
    (cut,) = [m for m in by_role(layout, "funnel") if m.x2 - m.x1 > 100]
    lo, hi = data.grid[0], data.grid[-1]
    paths = {mark.key: mark for mark in by_role(layout, "drape", "drape-open") if mark.key}
    for point in data.points:
        path = paths[point.key]
        crossings = [
            x1 + (cut.y1 - y1) / (y2 - y1) * (x2 - x1)
            for (x1, y1), (x2, y2) in pairwise(path.points)
            if (y1 - cut.y1) * (y2 - cut.y1) < 0
        ]
        expected = [point.yi - Z * point.sei, point.yi + Z * point.sei]
        inside = [frame.x + (x - lo) / (hi - lo) * frame.width for x in expected if lo < x < hi]
        assert crossings == pytest.approx(inside, abs=0.6)


def test_an_orchard_interval_reaches_from_limit_to_limit():
    layout = lay_out_orchard(orchard(24))
    thick, thin = by_role(layout, "thick"), by_role(layout, "thin")
    circles = by_role(layout, "fruit", "fruit-hollow")
    points = [p for group in orchard(24).groups for p in group.points]
    # Two points fix the axis; everything else must lie on it.
    x = {c.key: c.x for c in circles[:24] if c.key}
    first = {p.key: p.yi for p in points[:24]}
    a, b = min(first, key=first.get), max(first, key=first.get)
    slope = (x[b] - x[a]) / (first[b] - first[a])
    for line, lo, hi in ((thick[0], 0.1, 0.4), (thin[0], -0.2, 0.7)):
        assert line.x1 == pytest.approx(x[a] + slope * (lo - first[a]), abs=0.02)
        assert line.x2 == pytest.approx(x[a] + slope * (hi - first[a]), abs=0.02)


def test_the_van_der_corput_sequence_fills_evenly():
    first = [van_der_corput(i) for i in range(1, 64)]
    assert len(set(first)) == 63
    assert sorted(first) == [i / 64 for i in range(1, 64)]


def test_a_labbe_point_stands_at_its_shares():
    data = labbe(24)
    layout = lay_out_labbe(data)
    diagonal = next(m for m in by_role(layout, "null") if m.y1 != m.y2)
    side = diagonal.x2 - diagonal.x1
    circles = {c.key: c for c in by_role(layout, "fruit", "fruit-hollow") if c.key}
    for p in data.points:
        assert circles[p.key].x == pytest.approx(diagonal.x1 + p.share2 * side, abs=0.011)
        assert circles[p.key].y == pytest.approx(diagonal.y1 - p.share1 * side, abs=0.011)


@pytest.fixture
def counted(tmp_path):
    """Two studies with counts, one of a bad outcome, and one without counts."""

    def made(e1, e2, better):
        outcome = {"name": "Dropout", "kind": "completion", "better": better}
        reported = [{"events1": e1, "n1": 40, "events2": e2, "n2": 50}]
        return study(effect(reported=reported, outcome=outcome))

    studies = {
        "alder2001": made(30, 25, "higher"),
        "birch2003": made(5, 20, "lower"),
        "cedar2004": study(effect(reported=[{"odds_ratio": 2.0, "se_log": 0.4}])),
    }
    review = {
        "rupmeta": 1,
        "title": "A review",
        "analyses": {"a": {"where": {"relation": "repair-outcome"}, "measure": "OR", "report_as": ["or"]}},
    }
    return write_review(tmp_path / "studies", studies, review)


def test_counts_are_those_of_the_better_outcome(counted):
    found = figure_answer("labbe", load_review(str(counted)), Overrides())
    data = FIGURE_DATA["labbe"](found.answer, subject=found.subject)
    assert [(p.share1, p.share2) for p in data.points] == [(30 / 40, 25 / 50), (35 / 40, 30 / 50)]
    (missing,) = {e["label"] for e in found.answer["effects"]} - {p.label for p in data.points}
    assert data.footnotes[-1] == f"Not shown, no counts: {missing}."
    many = {**found.answer, "without_counts": [f"Study {i}" for i in range(10)]}
    assert FIGURE_DATA["labbe"](many).footnotes[-1].endswith("Study 6, Study 7 and 2 others.")
    nine = {**found.answer, "without_counts": [f"Study {i}" for i in range(9)]}
    assert FIGURE_DATA["labbe"](nine).footnotes[-1].endswith("Study 7, Study 8.")
    ratio = math.exp(found.answer["estimate"]["estimate"])
    for x, y in data.curve[1:-1]:
        assert y / (1 - y) / (x / (1 - x)) == pytest.approx(ratio)


@pytest.mark.parametrize(("measure", "lines"), [("RR", False), ("RD", True), ("SMD", True)])
def test_the_curve_follows_the_measure_or_says_why_there_is_none(counted, measure, lines):
    found = figure_answer("labbe", load_review(str(counted)), Overrides(measure=measure))
    data = FIGURE_DATA["labbe"](found.answer, subject=found.subject)
    assert bool(data.curve) is lines
    if not lines:
        assert "No pooled line" in data.footnotes[0]


def test_a_risk_ratio_of_a_bad_outcome_bends_from_the_other_corner(tmp_path):
    outcome = {"name": "Dropout", "kind": "completion", "better": "lower"}
    studies = {
        f"s{i}": study(
            effect(reported=[{"events1": 10 + i, "n1": 40, "events2": 20, "n2": 40}], outcome=outcome)
        )
        for i in range(2)
    }
    folder = write_review(tmp_path / "studies", studies)
    found = figure_answer("labbe", load_review(str(folder)), Overrides(measure="RR"))
    data = FIGURE_DATA["labbe"](found.answer, subject=found.subject)
    ratio = math.exp(-found.answer["estimate"]["estimate"])  # of dropping out, with repair against without
    assert ratio < 1
    for x, y in data.curve:
        assert 1 - y == pytest.approx(ratio * (1 - x))


def test_without_counts_the_command_says_what_it_needs():
    done = run_cli("plot", "labbe", "studies/examples/worked", "--analysis", "training", "--text")
    assert done.returncode == 3
    assert "events1, n1, events2, n2" in done.stderr


@pytest.mark.parametrize("kind", ["radial", "drapery"])
def test_figures_without_subgroups_refuse_by(kind):
    with pytest.raises(UsageError, match="--by goes with"):
        FIGURE_DATA[kind]({}, by={})


@pytest.mark.parametrize("kind", ["radial", "drapery", "orchard"])
def test_the_worked_example_draws(kind):
    found = figure_answer(kind, load_review("studies/examples/worked"), Overrides())
    layout = lay_out_figure(kind, found.answer, subject=found.subject).layout
    assert_tidy(layout)
    estimate = EffectScale("r", "tanh").text(found.answer["estimate"]["estimate"], APA)
    assert f"r = {estimate}" in layout.desc
    assert "synthetic data, not evidence" in layout.desc


def test_the_prediction_curve_meets_the_level_at_the_prediction_interval():
    found = figure_answer("drapery", load_review("studies/examples/worked"), Overrides())
    data = FIGURE_DATA["drapery"](found.answer, subject=found.subject)
    for limit in data.pi:
        (x1, p1), (x2, p2) = next(
            pair
            for pair in pairwise(zip(data.grid, data.predicted, strict=True))
            if pair[0][0] <= limit <= pair[1][0]
        )
        assert p1 + (limit - x1) / (x2 - x1) * (p2 - p1) == pytest.approx(0.05, abs=0.002)


def test_an_orchard_has_the_levels_of_a_moderator():
    done = run_cli("plot", "orchard", "studies/examples/worked", "--by", "phase", "--text")
    assert done.returncode == 0, done.stderr
    for level in ("Early", "Late"):
        assert level in done.stdout


@pytest.mark.parametrize("width", [252.28, 396.85, 510.24])
@pytest.mark.parametrize("kind", [*sorted(KINDS), "funnel"])
def test_a_column_of_a_journal_is_kept(kind, width, funnel):
    if kind == "funnel":
        layout = lay_out_funnel(funnel(24, filled=((0.1, 0.2),)), Look(width=width))
    else:
        make, lay_out = KINDS[kind]
        layout = lay_out(make(24), Look(width=width))
    assert_tidy(layout)
    assert layout.width <= width + 0.01 or kind == "orchard"  # its names need room; it is refused


def test_widths_are_points_lengths_or_columns():
    done = run_cli("plot", "funnel", "studies/examples/worked", "--width", "single", "--json")
    assert json.loads(done.stdout)["result"]["width"] == pytest.approx(89 * 72 / 25.4, abs=0.01)
    wrong = run_cli("plot", "funnel", "studies/examples/worked", "--width", "wide")
    assert wrong.returncode == 2
    assert "single (89 mm)" in wrong.stderr
    small = run_cli("plot", "forest", "studies/examples/worked", "--width", "single", "--text")
    assert small.returncode == 2
    assert "it needs" in small.stderr
    orchard_ = run_cli("plot", "orchard", "studies/examples/worked", "--width", "60mm", "--text")
    assert orchard_.returncode == 2
    assert "is too small for this figure; it needs" in orchard_.stderr


def test_digits_are_those_asked_for_and_text_stays_text(tmp_path):
    target = tmp_path / "forest.svg"
    done = run_cli(
        "plot", "forest", "studies/examples/worked", "--digits", "3", "--svg-text", "-o", str(target)
    )
    assert done.returncode == 0, done.stderr
    drawn = target.read_text(encoding="utf-8")
    assert re.search(r"<text[^>]*>\[\.101", drawn)
    assert run_cli("plot", "forest", "studies/examples/worked", "--digits", "9").returncode == 2


@pytest.mark.parametrize("approach", ["multilevel", "che"])
@pytest.mark.parametrize("kind", ["radial", "drapery", "orchard"])
def test_a_model_of_several_effects_states_its_variances(kind, approach):
    folder = load_review("studies/examples/double/consensus")
    found = figure_answer(kind, folder, Overrides(dependence=approach))
    data = FIGURE_DATA[kind](found.answer, subject=found.subject)
    between, within = found.answer["sigma2_between"], found.answer["sigma2_within"]
    said = " ".join(data.footnotes)
    assert (
        f"between samples = {number(between, 'tau2')} and within samples = {number(within, 'tau2')}" in said
    )
    assert ("correlated and hierarchical effects, ρ = .50" in said) == (approach == "che")
    if kind == "radial":  # what a single effect varies by, beside its sampling error
        assert data.tau2 == pytest.approx(between + within)
    if kind == "drapery":  # the pooled curve crosses the level at the interval of the model
        for limit in data.ci:
            (x1, p1), (x2, p2) = next(
                pair
                for pair in pairwise(zip(data.grid, data.pooled, strict=True))
                if pair[0][0] <= limit <= pair[1][0]
            )
            assert p1 + (limit - x1) / (x2 - x1) * (p2 - p1) == pytest.approx(0.05, abs=0.01)
    aggregated = figure_answer(kind, folder, Overrides(dependence="aggregate"))
    assert "Model:" not in " ".join(FIGURE_DATA[kind](aggregated.answer).footnotes)
