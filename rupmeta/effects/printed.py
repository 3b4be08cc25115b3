"""Printed numbers: bounds on p, and the interval that rounding leaves."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from rupmeta.effects.conversions import t_upper
from rupmeta.effects.hubs import NoEffect, Values, show

__all__ = ["corners", "half_unit", "p_of", "split_bound"]

_BOUND = re.compile(r"\s*([<>≤≥])=?\s*(\d*\.?\d+(?:[eE][-+]?\d+)?)\s*")


def half_unit(text: str) -> float:
    """Half a unit of the last printed digit: .005 for ``-.30``, .5 for ``12``; 0 for what is no number."""
    try:
        exponent = Decimal(text.strip().replace("_", "")).as_tuple().exponent
    except InvalidOperation:
        return 0.0
    return 0.5 * 10.0**exponent if isinstance(exponent, int) else 0.0


def split_bound(p: float | str) -> tuple[str, float]:
    """``"<.001"`` → ("<", .001); a number → ("=", p); ``ns`` → (">", nan)."""
    if not isinstance(p, str):
        return "=", float(p)
    found = _BOUND.fullmatch(p)
    return ("<" if found[1] in "<≤" else ">", float(found[2])) if found else (">", float("nan"))


def p_of(p: float | str, df: float, tails: int) -> tuple[float, bool]:
    """The p value to compute with, and whether it is an upper bound.

    Raises ``NoEffect`` for ``">.05"`` and ``"ns"``: they give no effect; the message says which r would have
    been significant.
    """
    relation, value = split_bound(p)
    if relation == ">":
        alpha = value if 0 < value < 1 else 0.05
        t = t_upper(alpha / tails, df)
        r = t / (t * t + df) ** 0.5
        raise NoEffect(
            f"p {p} gives no effect; with df = {show(df)} r = {show(r)} would have reached {show(alpha)}: "
            "the exact p, or r, t or the group means would do",
            "P-INEQ",
        )
    if not 0 < value <= 1:
        raise NoEffect(f'p = {show(value)} cannot be (0 < p <= 1); write the bound, as p: "<.001"', "P-BOUND")
    if value / tails >= 1:
        raise NoEffect("p = 1 with one tail is an infinite effect; an exact p would do", "P-BOUND")
    return value, relation == "<"


def corners(values: Values, keys: Sequence[str], texts: Mapping[str, str]) -> Iterator[dict[str, object]]:
    """``values`` at every corner of the box that the rounding of ``keys`` spans.

    ``texts``: the characters as printed, list items as ``ci1.0``. Nothing rounded, nothing yielded.
    """
    steps = [(name, half_unit(texts[name])) for name in texts if name.split(".")[0] in keys]
    steps = [(name, half) for name, half in steps if half > 0]
    if not steps:
        return
    for signs in itertools.product((-1, 1), repeat=len(steps)):
        corner = dict(values)
        for sign, (name, half) in zip(signs, steps, strict=True):
            key, _, item = name.partition(".")
            if item:
                numbers = list(corner[key])
                numbers[int(item)] += sign * half
                corner[key] = numbers
            elif not isinstance(corner[key], str):  # a bound on p is not rounded
                corner[key] += sign * half
        yield corner
