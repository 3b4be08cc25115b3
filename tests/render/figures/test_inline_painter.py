"""The drawing of the page holds every mark of its layout, at its place, and leaves colours to the style."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any
from xml.etree import ElementTree

import pytest

from rupmeta.render.figures.forest.layout import lay_out_forest
from rupmeta.render.figures.funnel.layout import lay_out_funnel
from rupmeta.render.figures.layout import Circle, Layout, Line, Page, Path, Polygon, Rect, Text
from rupmeta.render.figures.painters.inline import paint_inline
from rupmeta.render.figures.painters.svg import paint_svg
from rupmeta.render.writers.figure_style import figure_style

NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


def corners_of(d: str) -> list[list[tuple[float, float]]]:
    """The points of a path that knows M, L, H, V, l, h, v and z, stroke by stroke."""
    strokes: list[list[tuple[float, float]]] = []
    x = y = 0.0
    for command, told in re.findall(r"([MLHVlhvz])([^MLHVlhvz]*)", d):
        numbers = [float(n) for n in NUMBER.findall(told)]
        if command == "M":
            x, y = numbers
            strokes.append([(x, y)])
            continue
        while numbers:
            if command in "Ll":
                x, y = (numbers[0], numbers[1]) if command == "L" else (x + numbers[0], y + numbers[1])
                numbers = numbers[2:]
            elif command in "Hh":
                x, numbers = numbers[0] + (x if command == "h" else 0), numbers[1:]
            else:
                y, numbers = numbers[0] + (y if command == "v" else 0), numbers[1:]
            strokes[-1].append((x, y))
    return [[(round(a, 2) + 0.0, round(b, 2) + 0.0) for a, b in stroke] for stroke in strokes]


def drawn(svg: str) -> Counter[Any]:
    """(role, points) of every shape."""
    found: Counter[Any] = Counter()
    for node in ElementTree.fromstring(svg).iter():
        role = node.get("class", "").split(" ")[0]
        at = {name: float(node.get(name, 0)) for name in ("x1", "y1", "x2", "y2", "x", "y", "cx", "cy", "r")}
        if node.tag == "line":
            found[role, ((at["x1"], at["y1"]), (at["x2"], at["y2"]))] += 1
        elif node.tag == "rect":
            width, height = float(node.get("width", 0)), float(node.get("height", 0))
            found[role, box(at["x"], at["y"], width, height)] += 1
        elif node.tag == "circle":
            found[role, (at["cx"], at["cy"], at["r"])] += 1
        elif node.tag == "path" and role != "ground":
            found.update((role, tuple(stroke)) for stroke in corners_of(node.get("d", "")))
    return found


def box(x: float, y: float, width: float, height: float) -> tuple[tuple[float, float], ...]:
    right, bottom = round(x + width, 2), round(y + height, 2)
    return ((x, y), (right, y), (right, bottom), (x, bottom))


def wanted(layout: Layout) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for mark in layout.marks:
        match mark:
            case Line():
                found[mark.role, ((mark.x1, mark.y1), (mark.x2, mark.y2))] += 1
            case Rect():
                found[mark.role, box(mark.x, mark.y, mark.width, mark.height)] += 1
            case Circle():
                found[mark.role, (mark.x, mark.y, mark.radius)] += 1
            case Polygon() | Path():
                found[mark.role, mark.points] += 1
    return found


def layouts(forest: Any, funnel: Any) -> list[Layout]:
    marks = (
        *(Rect(10.0 * i, 5.0, 3.8, 2.8, f"density-{1 + i % 2}") for i in range(7)),
        *(Line(1.25 * i, 3.0, 1.25 * i, 9.07, "spec-ci") for i in range(5)),
        *(Line(0.0, 0.0, 10.0 + i, 7.5, "ci") for i in range(4)),
        Path(((0.0, 0.0), (0.05, -0.5), (-3.0, 12.25)), "curve"),
        Text(3.0, 4.0, "<b>", "tick", 7.65, "end"),
    )
    handmade = Layout("a b", "A & B", "", (Page(100.0, 50.0, marks),), (), axes=(("x", 0.0, 1.0, 5.0, 95.0),))
    return [
        handmade,
        lay_out_forest(forest(24)),
        lay_out_funnel(funnel(filled=((0.1, 0.2),), egger=((0.2, 0.0), (0.5, 0.3)))),
    ]


@pytest.mark.parametrize("which", [0, 1, 2])
def test_every_mark_is_there_at_its_place(forest: Any, funnel: Any, which: int) -> None:
    layout = layouts(forest, funnel)[which]
    svg = paint_inline(layout)
    assert drawn(svg) == wanted(layout)
    texts = list(ElementTree.fromstring(svg).iter("text"))
    assert [("".join(n.itertext()), float(n.get("x", 0))) for n in texts] == [
        (m.text, m.x) for m in layout.marks if isinstance(m, Text)
    ]


@pytest.mark.parametrize("which", [0, 1, 2])
def test_colours_are_left_to_a_style_that_knows_every_role(forest: Any, funnel: Any, which: int) -> None:
    layout = layouts(forest, funnel)[which]
    svg, style = paint_inline(layout), figure_style()
    assert not re.search(r"fill=|stroke| style=|text-anchor", svg)
    assert all(f"svg.figure .{mark.role}{{" in style for mark in layout.marks)
    if which:
        assert len(svg) < 0.8 * len(paint_svg(layout))


def test_axes_are_attributes(forest: Any, funnel: Any) -> None:
    svg = ElementTree.fromstring(paint_inline(layouts(forest, funnel)[0]))
    assert svg.get("data-x") == "0 1 5 95"
    assert svg.get("id") == "a-b"
