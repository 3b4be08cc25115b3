"""The strip of an answer, laid out: dots over a diamond on its prediction interval, one axis below."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rupmeta.render.figures.answer_strip.data import AnswerStripData
from rupmeta.render.figures.answer_strip.words import answer_strip_table, describe_answer_strip
from rupmeta.render.figures.axis import Axis, fit_axis, legible_texts
from rupmeta.render.figures.layout import Circle, Layout, Line, Mark, Page, Polygon, Rect, Text, points, pt
from rupmeta.render.figures.text_width import clean_text
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA

__all__ = ["lay_out_answer_strip"]

WIDTH, HEIGHT = 280.0, 42.0
MARGIN = 12.0
DOTS, ANSWER, AXIS = 9.0, 20.5, 29.0  # heights of the dots, the diamond and the axis
LARGEST, LEAST = 4.6, 1.2  # radius of a dot
TYPE = 8.0


def lay_out_answer_strip(data: AnswerStripData) -> Layout:
    """Lay the strip of an answer out.

    The *area* of a dot follows its weight; the diamond reaches from limit to limit of the pooled interval,
    the bar through it is the prediction interval. A dot never leaves the axis.
    """
    display = DISPLAY[data.measure]
    inside = [data.estimate, data.ci_lb, data.ci_ub, *(effect for _, effect, _ in data.effects)]
    inside += [x for x in (data.pi_lb, data.pi_ub) if x is not None]
    axis = fit_axis(inside, [], display, left=MARGIN, right=WIDTH - MARGIN)
    marks = (*_scale(data, axis), *_dots(data, axis), *_answer(data, axis))
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(describe_answer_strip(data, APA)),
        pages=(Page(WIDTH, HEIGHT, marks),),
        table=answer_strip_table(data, APA),
        axes=(("x", axis.lo, axis.hi, axis.left, axis.right),),
    )


def _scale(data: AnswerStripData, axis: Axis) -> Iterator[Mark]:
    display = DISPLAY[data.measure]
    yield Line(pt(axis.left), AXIS, pt(axis.right), AXIS, "axis")
    xs = [axis.x(tick) for tick in axis.ticks]
    texts = axis.tick_texts(display, APA)
    for x, text in zip(xs, legible_texts(xs, texts, TYPE, keep=axis.null_index(display.null)), strict=True):
        yield Line(x, AXIS, x, AXIS + 2.5, "axis")
        if text:
            yield Text(x, pt(AXIS + 3 + TYPE), text, "tick", TYPE, "middle")
    yield Text(WIDTH - 1, AXIS + 2.5, display.symbol, "tick", TYPE, "end", italic=True)
    null = axis.x(display.null)
    yield Line(null, 2.0, null, AXIS, "null")


def _dots(data: AnswerStripData, axis: Axis) -> Iterator[Mark]:
    heaviest = max((weight for *_, weight in data.effects), default=1.0) or 1.0
    for _, effect, weight in sorted(data.effects, key=lambda row: -row[2]):  # small dots on large ones
        radius = max(LEAST, LARGEST * math.sqrt(weight / heaviest))
        yield Circle(axis.x(effect), DOTS, pt(radius), "point")


def _answer(data: AnswerStripData, axis: Axis) -> Iterator[Mark]:
    if data.pi_lb is not None and data.pi_ub is not None:
        low, high = axis.x(data.pi_lb), axis.x(data.pi_ub)
        yield Rect(low, ANSWER - 0.9, pt(high - low), 1.8, "pi")
    low, middle, high = (axis.x(x) for x in (data.ci_lb, data.estimate, data.ci_ub))
    yield Polygon(points((low, ANSWER), (middle, ANSWER - 5), (high, ANSWER), (middle, ANSWER + 5)), "pooled")
