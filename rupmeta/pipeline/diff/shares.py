"""Levels → shares that add up exactly, as decimals on a common grid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import groupby

from rupmeta.pipeline.diff.path import Level

__all__ = ["Change", "Share", "StepShare", "share_out"]

DIGITS = 10  # significant, as results are stored


@dataclass(frozen=True, slots=True)
class Share:
    """One change: ``share`` = ``after`` - ``before``, exactly, as decimals.

    ``k`` effects are in after it. ``carried``: nothing could be pooled after it, so that the level stays and
    whatever changed is in the next share that has an answer.
    """

    study: str | None
    before: float
    after: float
    share: float
    k: int
    carried: bool


@dataclass(frozen=True, slots=True)
class StepShare:
    """A step: the sum of the shares of its changes."""

    step: str
    before: float
    after: float
    share: float
    k: int
    carried: bool
    studies: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """The whole: ``total`` = ``new`` - ``old`` = the sum of the shares of ``steps``.

    ``decimals``: all numbers are multiples of 10 to the minus this.
    """

    old: float
    new: float
    total: float
    decimals: int
    steps: tuple[StepShare, ...]


def share_out(levels: Sequence[Level], values: Sequence[float | None]) -> Change:
    """The shares of ``values``, those of ``levels`` on some scale; the first and the last are known.

    Every value is rounded once, to the finest power of ten on which values and shares have at most ten
    significant digits, and shares are differences of rounded values: no remainder is left at any number of
    digits, and none is spread.

    >>> levels = [Level("old", None, 3, 0.1), Level("method", None, 3, 0.2), Level("added", "x", 4, 0.7)]
    >>> change = share_out(levels, [0.1, 0.2, 0.7])
    >>> [step.share for step in change.steps], change.total
    ([0.1, 0.5], 0.6)
    """
    known = [value for value in values if value is not None]
    largest = max(max(map(abs, known)), max(known) - min(known))
    before_point = 0 if largest < 1 else math.floor(math.log10(largest)) + 1
    decimals = max(0, min(DIGITS, DIGITS - before_point))
    grid = Decimal(1).scaleb(-decimals)
    rounded: list[Decimal] = []
    for value in values:
        rounded.append(
            rounded[-1] if value is None else Decimal(value).quantize(grid, rounding=ROUND_HALF_EVEN)
        )
    shares = [
        (
            level.step,
            Share(
                level.study,
                _number(rounded[i - 1]),
                _number(rounded[i]),
                _number(rounded[i] - rounded[i - 1]),
                level.k,
                values[i] is None,
            ),
        )
        for i, level in enumerate(levels)
        if i > 0
    ]
    steps = []
    place = 0
    for step, members in groupby(shares, key=lambda item: item[0]):
        found = [share for _, share in members]
        first, last = rounded[place], rounded[place + len(found)]
        place += len(found)
        steps.append(
            StepShare(
                step,
                _number(first),
                _number(last),
                _number(last - first),
                found[-1].k,
                found[-1].carried,
                tuple(share for share in found if share.study is not None),
            )
        )
    return Change(
        _number(rounded[0]), _number(rounded[-1]), _number(rounded[-1] - rounded[0]), decimals, tuple(steps)
    )


def _number(value: Decimal) -> float:
    return float(value) + 0.0
