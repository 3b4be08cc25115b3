"""What every figure must keep to: asked of the layout, not of pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import combinations

import numpy as np

from rupmeta.render.figures.layout import Circle, Layout, Line, Mark, Path, Polygon, Rect, Text
from rupmeta.render.figures.text_width import text_width

ASCENT, DESCENT = 0.76, 0.21  # of DejaVu Sans, of the type size: letters, brackets and their tails
ROUNDING = 0.01  # coordinates are rounded to 0.01 pt

Box = tuple[float, float, float, float]


def text_box(text: Text) -> Box:
    """Left, top, right, bottom of a text; one turned by 90 degrees reads upward."""
    width = text_width(text.text, text.size, bold=text.bold)
    start = {"start": 0, "middle": width / 2, "end": width}[text.anchor]
    if text.rotate == 45.0:  # reads upward to the right; only its foot and its head are asked for
        reach = width / math.sqrt(2)
        before = start / math.sqrt(2)
        return text.x - before, text.y + before - reach, text.x - before + reach, text.y + before
    if text.rotate:
        assert text.rotate == 90.0
        return (
            text.x - ASCENT * text.size,
            text.y + start - width,
            text.x + DESCENT * text.size,
            text.y + start,
        )
    left = text.x - start
    return left, text.y - ASCENT * text.size, left + width, text.y + DESCENT * text.size


def meet(a: Box, b: Box) -> bool:
    """Whether two boxes share more than a rounding error."""
    return (
        a[0] < b[2] - ROUNDING
        and b[0] < a[2] - ROUNDING
        and a[1] < b[3] - ROUNDING
        and b[1] < a[3] - ROUNDING
    )


def corners(mark: Mark) -> list[tuple[float, float]]:
    """Points that span a mark other than text."""
    match mark:
        case Line():
            return [(mark.x1, mark.y1), (mark.x2, mark.y2)]
        case Rect():
            return [(mark.x, mark.y), (mark.x + mark.width, mark.y + mark.height)]
        case Circle():
            r = mark.radius
            return [(mark.x - r, mark.y - r), (mark.x + r, mark.y + r)]
        case Polygon() | Path():
            return list(mark.points)
        case _:
            return []


def assert_tidy(layout: Layout) -> None:
    """No two texts overlap, and everything lies on its page."""
    for page in layout.pages:
        texts = sorted(
            ((mark, text_box(mark)) for mark in page.marks if isinstance(mark, Text)),
            key=lambda pair: pair[1][1],
        )
        upright = [pair for pair in texts if pair[0].rotate != 45.0]  # slanting boxes share their corners
        for (a, box_a), (b, box_b) in combinations(upright, 2):
            assert not meet(box_a, box_b), (layout.name, a.text, b.text)
        for mark, box in texts:
            assert box[0] >= 0, mark
            assert box[1] >= 0, mark
            assert box[2] <= page.width, mark
            assert box[3] <= page.height, mark
        for mark in page.marks:
            for x, y in corners(mark):
                assert -ROUNDING <= x <= page.width + ROUNDING, (layout.name, mark)
                assert -ROUNDING <= y <= page.height + ROUNDING, (layout.name, mark)


def by_role(layout: Layout, *roles: str) -> list[Mark]:
    """The marks of these roles."""
    return [mark for mark in layout.marks if mark.role in roles]


def assert_on_one_scale(pairs: Iterable[tuple[float, float]], what: object = "") -> None:
    """Every place on the page follows its number by one scale, to the 0.01 pt that places are rounded to."""
    numbers, places = zip(*pairs, strict=True)
    if max(numbers) == min(numbers):
        assert max(places) - min(places) <= ROUNDING, what
        return
    slope, intercept = np.polyfit(numbers, places, 1)
    off = np.abs(np.polyval((slope, intercept), numbers) - places)
    assert off.max() <= ROUNDING, (what, float(off.max()))
