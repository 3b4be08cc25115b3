"""Traffic light, summary and columns of risk of bias: weights add up, signs say what colours say."""

import random
from itertools import pairwise

import pytest
from figure_geometry import assert_tidy, by_role
from reviews import correlation, run_cli, write_review

from rupmeta.errors import EstimationError, UsageError
from rupmeta.pipeline.load import load_review
from rupmeta.pipeline.specification import Overrides
from rupmeta.read.rob_tools import SHIPPED, shipped_tool
from rupmeta.render.drawing.answers import figure_answer, forest_with_rob
from rupmeta.render.drawing.draw import draw_data, lay_out_figure
from rupmeta.render.figures.looks import JOURNALS, Look
from rupmeta.render.figures.palettes import PALETTES, contrast, luminance, paint
from rupmeta.render.figures.rob.data import MARKS, RobData, RobJudgement, RobRow, RobTool
from rupmeta.render.figures.rob.layout import lay_out_rob
from rupmeta.render.figures.rob.summary import lay_out_rob_summary

NAMES = {
    "short": "Ash (2001)",
    "long": "Safran, Muran, Samstag, Stevens and an author list that goes on for a good while yet (2005)",
    "cjk": "田中太郎、佐藤花子、鈴木一郎、高橋次郎、伊藤三郎、渡辺四郎、山本五郎、中村六郎 (2019)",
}


def some_tool(ident, k, labels="short", overall=True):
    tool, rng = shipped_tool(ident), random.Random(3)
    words = tuple(RobJudgement(word.severity, word.label) for word in tool.judgements.values())
    domains = (*tool.domains.values(), *(("Overall",) if overall else ()))
    rows = tuple(
        RobRow(f"{ident}{i}", NAMES[labels], 100 / k, tuple(rng.choice((*words, None)) for _ in domains))
        for i in range(k)
    )
    shares = tuple(
        tuple(sum(row.weight for row in rows if row.cells[d] == word) for word in words)
        for d in range(len(domains))
    )
    return RobTool(tool.name, domains, words, rows, shares, overall)


@pytest.mark.parametrize("labels", sorted(NAMES))
@pytest.mark.parametrize("k", [1, 2, 3, 24, 200])
@pytest.mark.parametrize("lay_out", [lay_out_rob, lay_out_rob_summary])
def test_nothing_overlaps_or_is_cropped(lay_out, k, labels):
    data = RobData("a-rob", "Is it so?", (some_tool("robins-i", k, labels),), ((NAMES[labels], 3.0),))
    layout = lay_out(data)
    assert_tidy(layout)
    assert layout.text.strip()
    if lay_out is lay_out_rob:
        assert len(layout.pages) == (5 if k == 200 else 1)
        assert len(layout.table) == 1 + 8 * k + 1


@pytest.mark.parametrize("ident", SHIPPED)
@pytest.mark.parametrize("journal", sorted(JOURNALS))
@pytest.mark.parametrize("lay_out", [lay_out_rob, lay_out_rob_summary])
def test_every_tool_and_journal_is_tidy(lay_out, journal, ident):
    tools = (some_tool(ident, 5), some_tool("rob-2", 3, overall=False))
    assert_tidy(lay_out(RobData("a-rob", "Is it so?", tools), Look(JOURNALS[journal])))


def test_every_judgement_has_a_light_and_its_sign():
    tool = some_tool("robins-i", 24)
    layout = lay_out_rob(RobData("a-rob", "Is it so?", (tool,)))
    given = [cell for row in tool.rows for cell in row.cells if cell is not None]
    for severity, mark in MARKS.items():
        wanted = sum(cell.severity == severity for cell in given)
        lights = [light for light in by_role(layout, f"rob-{severity}") if light.key]
        signs = [sign for sign in by_role(layout, f"rob-{severity}-mark") if sign.key]
        assert len(lights) == len(signs) == wanted
        assert {sign.text for sign in signs} <= {mark}
        for light, sign in zip(lights, signs, strict=True):
            assert sign.x == light.x
    assert len(set(MARKS.values())) == len(MARKS)


def test_a_width_too_small_names_the_one_needed():
    data = RobData("a-rob", "Is it so?", (some_tool("robins-i", 3),))
    with pytest.raises(UsageError, match=r"needs (\d+) pt"):
        draw_data("rob", data, Look(width=120.0))
    assert_tidy(lay_out_rob(data, Look(width=360.0)))


def test_segments_of_a_bar_are_shares_of_the_weight():
    tool = some_tool("robins-i", 24)
    layout = lay_out_rob_summary(RobData("a-rob", "Is it so?", (tool,)))
    segments = by_role(layout, *(f"rob-{severity}" for severity in MARKS), "rob-none")
    bars = {}
    for rect in (mark for mark in segments if hasattr(mark, "width")):
        bars.setdefault(rect.y, []).append(rect)
    assert len(bars) == len(tool.domains)
    for shares, (_, rects) in zip(tool.shares, sorted(bars.items()), strict=True):
        total = sum(rect.width for rect in rects)
        assert total == pytest.approx(280, abs=0.1)
        wanted = [share for share in shares if share > 0]
        wanted += [100 - sum(shares)] if 100 - sum(shares) > 0.05 else []
        assert [100 * rect.width / total for rect in rects] == pytest.approx(wanted, abs=0.01)
        for one, other in pairwise(rects):
            assert one.x + one.width == pytest.approx(other.x, abs=0.011)


@pytest.mark.parametrize("palette", sorted(PALETTES))
def test_signs_stand_out_on_their_lights(palette):
    colours = PALETTES[palette]
    for severity in MARKS:
        ground = paint(f"rob-{severity}", colours).fill
        assert contrast(ground, paint(f"rob-{severity}-mark", colours).fill) >= 4.5
    assert luminance("#777777") == pytest.approx(0.1845, abs=1e-3)


@pytest.mark.parametrize("palette", ["okabe-ito", "mono", "jama"])
def test_worse_is_darker_in_grey(palette):
    shades = [
        luminance(paint(f"rob-{s}", PALETTES[palette]).fill) for s in ("low", "some", "high", "critical")
    ]
    assert all(lighter > darker + 0.05 for lighter, darker in pairwise(shades))


@pytest.fixture
def judged(tmp_path):
    low = {"confounding": "low", "selection": "serious"}
    studies = {
        "alder2001": correlation(0.3, 53, risk_of_bias={"tool": "robins-i", "domains": low}),
        "birch2003": correlation(
            0.2, 103, risk_of_bias={"tool": "robins-i", "domains": {"confounding": "critical"}}
        ),
        "cedar2004": correlation(0.4, 43),
    }
    return write_review(tmp_path / "studies", studies)


def test_shares_are_those_of_the_fitted_weights(judged):
    found = figure_answer("rob", load_review(str(judged)), Overrides(method="EE"))
    (tool,) = found.answer["tools"]
    total = 50 + 100 + 40  # n − 3: the weights of Fisher z under equal effects
    shares = tool["shares"]["confounding"]
    assert shares["low"] == pytest.approx(100 * 50 / total)
    assert shares["critical"] == pytest.approx(100 * 100 / total)
    assert sum(shares.values()) == pytest.approx(100 * 150 / total)  # the rest is not judged
    figure = lay_out_figure("rob-summary", found.answer, subject=found.subject)
    assert_tidy(figure.layout)
    assert "Not judged: 1 study with 21.1% of the weight" in figure.layout.text
    assert "Confounding: low risk 26%, critical risk 53%, not judged 21%" in figure.layout.desc


@pytest.mark.parametrize("journal", sorted(JOURNALS))
def test_a_forest_plot_may_carry_the_lights(judged, journal):
    found = forest_with_rob(load_review(str(judged)), Overrides())
    layout = lay_out_figure("forest", found.answer, subject=found.subject, journal=journal).layout
    assert_tidy(layout)
    rows = {mark.key: mark.y for mark in by_role(layout, "square")}
    lights = by_role(layout, "rob-low", "rob-high", "rob-critical")
    assert sorted(light.key for light in lights) == ["alder2001/main", "alder2001/main", "birch2003/main"]
    squares = {mark.key: mark.y + mark.height / 2 for mark in by_role(layout, "square")}
    assert all(light.y == pytest.approx(squares[light.key], abs=0.02) for light in lights)
    assert rows
    assert [mark.text for mark in by_role(layout, "header")].count("D7") == 1
    assert layout.table[1][6:8] == ("low risk", "serious risk")
    assert any("blank: not judged" in mark.text for mark in by_role(layout, "footnote"))


def test_columns_belong_to_one_tool(judged):
    other = correlation(0.1, 60, risk_of_bias={"tool": "rob-2", "domains": {"randomisation": "high"}})
    write_review(judged, {"dogwood2005": other})
    done = run_cli("plot", "forest", str(judged), "--rob", "--text")
    assert done.returncode == 2
    assert "RoB 2 and ROBINS-I" in done.stderr
    assert run_cli("plot", "rob", str(judged), "--text").returncode == 0


def test_without_judgements_there_is_a_sentence(tmp_path):
    folder = write_review(tmp_path / "studies", {"alder2001": correlation(0.3, 53)})
    for arguments in (("rob",), ("rob-summary",), ("forest", "--rob")):
        done = run_cli("plot", arguments[0], str(folder), *arguments[1:], "--text")
        assert done.returncode == 3
        assert "none of the 1 study of 'repair' has risk_of_bias" in done.stderr
    with pytest.raises(EstimationError, match="no study has a judgement"):
        lay_out_rob(RobData("a", "b", ()))
    assert run_cli("plot", "funnel", str(folder), "--rob", "--text").returncode == 2
