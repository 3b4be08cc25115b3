"""The bubble plot as data."""

import math

import numpy as np
import pytest
from reviews import ROOT, run_cli

from rupmeta.errors import EstimationError
from rupmeta.render.figures.bubble.data import BubbleData, BubblePoint
from rupmeta.render.figures.bubble.layout import LARGEST, lay_out_bubble
from rupmeta.render.figures.layout import Circle, Path, Polygon, Text
from rupmeta.render.figures.painters.matplotlib import svg_bytes
from rupmeta.render.figures.painters.svg import paint_svg

WORKED = str(ROOT / "studies" / "examples" / "worked")


def bubble(k: int = 8, **more: object) -> BubbleData:
    rng = np.random.default_rng(k)
    x = np.linspace(5, 50, k)
    y = 0.5 - 0.01 * x + rng.normal(scale=0.1, size=k)
    grid = np.linspace(5, 50, 11)
    line = 0.5 - 0.01 * grid
    half = 0.1 + 0.002 * np.abs(grid - 27)
    weights = rng.uniform(5, 20, k)
    fields = {
        "name": "repair-bubble",
        "title": "Rupture repair and outcome",
        "measure": "r",
        "moderator": "Number of sessions",
        "points": tuple(
            BubblePoint(f"s{i}/e", f"Study {i}", float(x[i]), float(y[i]), float(weights[i]), i == 1)
            for i in range(k)
        ),
        "grid": tuple(grid.tolist()),
        "line": tuple(line.tolist()),
        "ci": tuple(zip((line - half).tolist(), (line + half).tolist(), strict=True)),
        "pi": tuple(zip((line - 2 * half).tolist(), (line + 2 * half).tolist(), strict=True)),
        "scale": "tanh",
        "test": "Test of sessions: F(1, 6) = 5.00, p = .067",
        **more,
    }
    return BubbleData(**fields)


def dots(layout):
    return {mark.key: mark for mark in layout.marks if isinstance(mark, Circle) and mark.key}


def test_area_follows_weight_and_position_is_affine() -> None:
    data = bubble()
    found = dots(lay_out_bubble(data))
    assert set(found) == {point.key for point in data.points}
    heaviest = max(data.points, key=lambda p: p.weight)
    for point in data.points:
        mark = found[point.key]
        share = point.weight / heaviest.weight
        assert mark.radius == pytest.approx(LARGEST * math.sqrt(share), abs=0.01)
        assert mark.role == ("fruit-hollow" if point.provisional else "fruit")
    a, b, *rest = data.points
    slope = (found[b.key].x - found[a.key].x) / (b.x - a.x)
    up = (found[b.key].y - found[a.key].y) / (b.yi - a.yi)
    assert slope > 0 > up
    for point in rest:
        assert found[point.key].x == pytest.approx(found[a.key].x + slope * (point.x - a.x), abs=0.1)
        assert found[point.key].y == pytest.approx(found[a.key].y + up * (point.yi - a.yi), abs=0.3)


def test_the_bands_enclose_the_line() -> None:
    layout = lay_out_bubble(bubble())
    (line,) = [m for m in layout.marks if isinstance(m, Path) and m.role == "estimate"]
    bands = {m.role: m for m in layout.marks if isinstance(m, Polygon)}
    for role in ("bubble-ci", "bubble-pi"):
        corners = bands[role].points
        upper, lower = corners[: len(corners) // 2], corners[: len(corners) // 2 - 1 : -1]
        for (_, top), (_, y), (_, bottom) in zip(upper, line.points, lower, strict=True):
            assert top <= y <= bottom
    without = lay_out_bubble(bubble(pi=()))
    assert not [m for m in without.marks if m.role == "bubble-pi"]


@pytest.mark.parametrize("scale", [("r", "tanh"), ("or", "exp"), ("g", "identity")])
def test_everything_lies_inside_on_every_scale(scale: tuple[str, str]) -> None:
    layout = lay_out_bubble(bubble(measure=scale[0], scale=scale[1]))
    for mark in layout.marks:
        if isinstance(mark, Circle):
            assert 0 <= mark.x <= layout.width
            assert 0 <= mark.y <= layout.height
    ticks = [m.text for m in layout.marks if isinstance(m, Text) and m.role == "tick" and m.anchor == "end"]
    assert len(ticks) >= 3
    assert len(set(ticks)) == len(ticks)


def test_few_effects_and_the_ecological_caution_are_said() -> None:
    few, many = lay_out_bubble(bubble(6)), lay_out_bubble(bubble(12))
    assert "With k = 6 the slope is exploratory" in few.desc
    assert "exploratory" not in many.desc
    assert "need not hold between the clients" in many.desc
    assert few.table[0][1] == "Number of sessions"
    assert len(few.table) == 1 + 6 + 3


def test_one_value_is_no_line() -> None:
    data = bubble(2)
    same = tuple(BubblePoint(p.key, p.label, 5.0, p.yi, p.weight) for p in data.points)
    with pytest.raises(EstimationError, match="two values"):
        lay_out_bubble(bubble(2, points=same))


def test_painters_draw_every_point() -> None:
    layout = lay_out_bubble(bubble())
    svg = paint_svg(layout)
    assert svg.count('class="row"') == 8
    assert "<title>Study 1" in svg
    assert svg_bytes(layout) == svg_bytes(lay_out_bubble(bubble()))
    assert layout.text.count("●") + layout.text.count("•") >= 8


def test_the_command_draws_along_a_number_and_groups_by_a_category() -> None:
    arguments = ("plot", "bubble", WORKED, "--analysis", "training", "--text")
    number = run_cli(*arguments, "--by", "therapy.sessions")
    assert number.returncode == 0
    assert "Test of therapy.sessions: χ²(1) = 11.46" in number.stdout
    assert "τ² is estimated at 0" in number.stdout
    category = run_cli(*arguments, "--by", "therapy.orientation")
    assert "Psychodynamic (k = 3)" in category.stdout
    missing = run_cli(*arguments)
    assert missing.returncode == 2
    assert "name it" in missing.stderr
