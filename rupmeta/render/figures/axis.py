"""The horizontal axis: range, ticks and where a number stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rupmeta.render.figures.layout import pt
from rupmeta.render.figures.text_width import text_width
from rupmeta.render.labels import Display
from rupmeta.render.numbers import NumberStyle, number

__all__ = ["Axis", "fit_axis", "legible_texts", "linear_ticks"]

GROWTH = 0.75  # the axis may grow by this share of its core on each side to hold interval limits
FEWEST, MOST = 5, 7  # ticks
MINUTE = 1e-100  # a shorter stretch of numbers is a point
TINY = 1e-300  # a ratio of zero stands far beyond the left end
STEPS = (1.0, 2.0, 2.5, 5.0)
RATIO_BASES = (2.0, 4.0, 5.0, 10.0, 100.0, 1000.0, 1e6)
NARROW = 4.0  # up to this ratio of its ends a ratio axis has evenly stepped ticks


@dataclass(frozen=True, slots=True)
class Axis:
    """Numbers on [lo, hi] mapped to [left, right] points, linearly or by their logarithm."""

    lo: float
    hi: float
    left: float
    right: float
    ticks: tuple[float, ...]
    log: bool = False

    def at(self, value: float) -> float:
        """Where ``value`` stands, in points, also beyond the ends."""
        if self.log:
            share = math.log(max(value, TINY) / self.lo) / math.log(self.hi / self.lo)
        else:
            share = (value - self.lo) / (self.hi - self.lo)
        return self.left + share * (self.right - self.left)

    def x(self, value: float) -> float:
        """Where ``value`` stands, rounded to 0.01 pt and held between the ends."""
        return pt(min(max(self.at(value), self.left), self.right))

    def null_index(self, null: float) -> int:
        """The index of the tick at ``null``, or 0."""
        return self.ticks.index(null) if null in self.ticks else 0

    def tick_texts(self, display: Display, style: NumberStyle) -> tuple[str, ...]:
        """The ticks as text, with as many digits as they need and no more."""
        if self.log:
            return tuple(_trimmed(tick, display, style) for tick in self.ticks)
        digits = max(_decimals(tick) for tick in self.ticks)
        return tuple(
            "0" if tick == 0 else number(tick, display.kind, style, digits=digits) for tick in self.ticks
        )


def legible_texts(xs: Sequence[float], texts: Sequence[str], size: float, *, keep: int) -> tuple[str, ...]:
    """Tick texts of which every second (third …) is emptied where they would run into each other at ``xs``.

    The text at index ``keep``, the null's, always stays.
    """
    half = [text_width(text, size) / 2 + 0.3 * size for text in texts]
    kept = range(len(texts))
    for every in range(1, len(texts) + 1):
        kept = range(keep % every, len(texts), every)
        if all(xs[a] + half[a] <= xs[b] - half[b] for a, b in pairwise(kept)):
            break
    return tuple(text if i in kept else "" for i, text in enumerate(texts))


def fit_axis(
    core: Sequence[float],
    limits: Sequence[float],
    display: Display,
    *,
    left: float,
    right: float,
) -> Axis:
    """An axis that holds every ``core`` value and, as far as it may grow, the interval ``limits``.

    ``core`` are point estimates, pooled limits and the prediction interval; the null always belongs to it.
    The axis grows by at most 0.75 of the core's span on each side, and never beyond what the measure can be.
    """
    log = display.log
    forward = math.log if log else float
    lower, upper = display.bounds
    inside = [x for x in limits if not log or x > 0]
    values = [forward(x) for x in (*core, display.null) if not log or x > 0]
    lo, hi = min(values), max(values)
    span = hi - lo
    if span < MINUTE:  # everything at the null: the intervals of studies are the core
        span = max((abs(forward(x)) for x in inside), default=1.0)
        span = span if span >= MINUTE else 1.0
    reach = [forward(x) for x in inside]
    lo = max(lo - GROWTH * span, min([lo, *reach]))
    hi = min(hi + GROWTH * span, max([hi, *reach]))
    if hi - lo < MINUTE:
        lo, hi = lo - span / 2, hi + span / 2
    margin = 0.03 * (hi - lo)
    lo, hi = lo - margin, hi + margin
    if not log:
        lo = lo if lower is None else max(lo, lower)
        hi = hi if upper is None else min(hi, upper)
    ticks = _ratio_ticks(math.exp(lo), math.exp(hi)) if log else linear_ticks(lo, hi)
    if log:
        return Axis(min(math.exp(lo), ticks[0]), max(math.exp(hi), ticks[-1]), left, right, ticks, log=True)
    return Axis(min(lo, ticks[0]), max(hi, ticks[-1]), left, right, ticks)


def linear_ticks(lo: float, hi: float) -> tuple[float, ...]:
    """Multiples of 1, 2, 2.5 or 5 times a power of ten: five to seven of them on [lo, hi].

    Where no step gives that many inside, ticks are added beyond the nearer end (and the axis follows them).

    >>> linear_ticks(0, 0.5)
    (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
    >>> linear_ticks(-0.12, 0.63)
    (-0.2, 0.0, 0.2, 0.4, 0.6)
    """
    magnitude = math.floor(math.log10(hi - lo))
    steps = [factor * 10.0**power for power in range(magnitude - 2, magnitude + 2) for factor in STEPS]
    inside = [(math.ceil(lo / step - 1e-9), math.floor(hi / step + 1e-9), step) for step in steps]
    for first, last, step in inside:
        if FEWEST <= last - first + 1 <= MOST:
            return _multiples(first, last, step)
    first, last, step = next(ticks for ticks in inside if ticks[1] - ticks[0] + 1 < FEWEST)
    while last - first + 1 < FEWEST:
        if lo - (first - 1) * step <= (last + 1) * step - hi:
            first -= 1
        else:
            last += 1
    return _multiples(first, last, step)


def _multiples(first: int, last: int, step: float) -> tuple[float, ...]:
    return tuple(float(f"{i * step:.10g}") + 0.0 for i in range(first, last + 1))


def _ratio_ticks(lo: float, hi: float) -> tuple[float, ...]:
    """Even steps on a narrow axis, else powers of the smallest base that gives at most seven."""
    if hi / lo <= NARROW:
        return tuple(tick for tick in linear_ticks(lo, hi) if tick > 0)
    for base in RATIO_BASES:
        first = math.ceil(math.log(lo) / math.log(base) - 1e-9)
        last = math.floor(math.log(hi) / math.log(base) + 1e-9)
        if last - first + 1 <= MOST:
            break
    first, last = min(first, -1), max(last, 1)
    return tuple(float(f"{base**i:.3g}") for i in range(first, last + 1))


def _decimals(x: float) -> int:
    text = f"{x:.10f}".rstrip("0")
    return len(text) - text.index(".") - 1


def _trimmed(x: float, display: Display, style: NumberStyle) -> str:
    return number(x, display.kind, style, digits=min(_decimals(x), 3))
