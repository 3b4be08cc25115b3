"""Every number that a reader sees is printed here, and nowhere else.

A number is first reduced to its 10-significant-digit decimal, the form in which results are stored, and then
rounded half up, so that a table, a figure and the browser never disagree in the last digit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

__all__ = [
    "APA",
    "ASCII",
    "BMJ",
    "COCHRANE",
    "JAMA",
    "MISSING",
    "NBSP",
    "Kind",
    "NumberStyle",
    "estimate_texts",
    "interval_text",
    "level_text",
    "number",
    "p_text",
]

Kind = Literal["bounded", "unbounded", "percent", "weight", "tau2", "p", "stat", "df", "count"]
Brackets = Literal["[a, b]", "(a to b)", "(a-b)"]

MISSING = "—"
NBSP = "\u00a0"
MINUS = "\u2212"

DIGITS: dict[Kind, int] = {
    "bounded": 2,
    "unbounded": 2,
    "percent": 0,
    "weight": 1,
    "tau2": 3,
    "p": 3,
    "stat": 2,
    "df": 1,
    "count": 0,
}
LARGE = Decimal(10) ** 7  # above it digits say nothing: 1.2e9 instead of 1,200,000,000.00
MORE_DIGITS = 3  # at most so many are added to show on which side of the null a limit lies


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How a house prints numbers.

    ``leading_zero``: also before bounded numbers and p values. ``digits`` overrides the kind's own number of
    digits (never that of p). ``p_rule``: ``three`` digits; ``jama`` 3 for .001 < p <= .01, else 2; ``two``.
    ``minus`` and ``space`` are typographic for readers, ASCII for machines.
    """

    leading_zero: bool = False
    minus: str = MINUS
    space: str = NBSP
    thousands: str = ","
    brackets: Brackets = "[a, b]"
    p_rule: Literal["three", "jama", "two"] = "three"
    digits: int | None = None


APA = NumberStyle()
COCHRANE = NumberStyle(leading_zero=True, p_rule="two")
BMJ = NumberStyle(leading_zero=True, brackets="(a to b)", p_rule="two")
JAMA = NumberStyle(brackets="(a-b)", p_rule="jama")
ASCII = NumberStyle(minus="-", space=" ", thousands="")


def number(x: float | None, kind: Kind, style: NumberStyle = APA, *, digits: int | None = None) -> str:
    """``x`` as text.

    Parameters
    ----------
    x : float or None
        On the scale of ``kind``; percentages are 0-100 and come without the sign. None, NaN and infinity
        print as "—".
    kind : str
        ``bounded`` (r, proportions), ``unbounded`` (d, z, OR, tau), ``tau2``, ``percent`` (I2, R2),
        ``weight``, ``p``, ``stat``, ``df``, ``count``.
    digits : int, optional
        Instead of the number that belongs to ``kind`` (and instead of ``style.digits``).

    Examples
    --------
    >>> number(0.285, "bounded", ASCII), number(-0.004, "bounded", ASCII), number(0.999, "bounded", ASCII)
    ('.29', '.00', '> .99')
    >>> number(0.125, "unbounded", ASCII), number(0.0004, "p", ASCII), number(99.7, "percent", ASCII)
    ('0.13', '< .001', '> 99')
    """
    if x is None or not math.isfinite(x):
        return MISSING
    value = _canonical(x)
    if kind == "p":
        return _p(value, style)
    if kind == "df" and value == value.to_integral_value():
        places = 0
    else:
        places = digits if digits is not None else style.digits if style.digits is not None else DIGITS[kind]
        places = 0 if kind == "count" else places
    return _with_bound(value, kind, places, style)


def p_text(pval: float | None, style: NumberStyle = APA, *, symbol: str = "p") -> str:
    """``p = .034``, ``p < .001`` or ``p > .999``.

    >>> p_text(0.034, ASCII), p_text(1e-9, ASCII), p_text(1.0, ASCII)
    ('p = .034', 'p < .001', 'p > .999')
    """
    text = number(pval, "p", style)
    relation = "" if text[0] in "<>" else f"={style.space}"
    return f"{symbol}{style.space}{relation}{text}"


def estimate_texts(
    estimate: float | None,
    lb: float | None,
    ub: float | None,
    kind: Kind,
    style: NumberStyle = APA,
    *,
    null: float | None = 0.0,
) -> tuple[str, str]:
    """An estimate and its interval with the same number of digits: ``(".29", "[.10, .46]")``.

    When rounding would hide on which side of ``null`` a limit lies, all three numbers get more digits.

    >>> estimate_texts(0.21, 0.004, 0.40, "bounded", ASCII)
    ('.210', '[.004, .400]')
    """
    digits = _shared_digits((estimate, lb, ub), kind, style, null)
    return number(estimate, kind, style, digits=digits), _brackets(lb, ub, kind, style, digits)


def interval_text(
    lb: float | None,
    ub: float | None,
    kind: Kind,
    style: NumberStyle = APA,
    *,
    level: float | None = None,
    word: str = "CI",
    null: float | None = 0.0,
) -> str:
    """``[.10, .46]``, or ``95% CI [.10, .46]`` when ``level`` is given (``word`` = ``PI`` for predictions).

    >>> interval_text(0.1, 0.46, "bounded", ASCII, level=0.95)
    '95% CI [.10, .46]'
    """
    digits = _shared_digits((lb, ub), kind, style, null)
    text = _brackets(lb, ub, kind, style, digits)
    return text if level is None else f"{level_text(level)}{style.space}{word}{style.space}{text}"


def level_text(level: float) -> str:
    """A confidence level as a percentage: ``95%``, ``99.9%``."""
    return f"{(_canonical(level) * 100).normalize():f}%"


def _canonical(x: float) -> Decimal:
    return Decimal(f"{x:.10g}")


def _rounded(value: Decimal, places: int) -> Decimal:
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded  # what rounds to zero loses its sign


def _with_bound(value: Decimal, kind: Kind, places: int, style: NumberStyle) -> str:
    """Round; a number that would round on to a bound it does not reach is printed as beyond its neighbour."""
    if abs(value) >= LARGE:
        return f"{value:.1e}".replace("e+", "e").replace("-", style.minus)
    rounded = _rounded(value, places)
    step = Decimal(1).scaleb(-places)
    if kind == "bounded" and abs(value) < 1 <= abs(rounded):
        sign = value > 0
        edge = (1 - step) if sign else (step - 1)
        return f"{'>' if sign else '<'}{style.space}{_plain(edge, kind, style)}"
    if kind in ("percent", "weight") and value < 100 <= rounded:
        return f">{style.space}{_plain(100 - step, kind, style)}"
    if kind == "tau2" and rounded == 0 < value:
        return f"<{style.space}{_plain(step, kind, style)}"
    return _plain(rounded, kind, style)


def _plain(rounded: Decimal, kind: Kind, style: NumberStyle) -> str:
    text = f"{abs(rounded):,f}".replace(",", style.thousands) if kind == "count" else f"{abs(rounded):f}"
    if kind in ("bounded", "p") and not style.leading_zero and text.startswith("0."):
        text = text[1:]
    return style.minus + text if rounded < 0 else text


def _p(value: Decimal, style: NumberStyle) -> str:
    if value < Decimal("0.001"):
        return f"<{style.space}{_plain(Decimal('0.001'), 'p', style)}"
    places = 3 if style.p_rule == "three" or (style.p_rule == "jama" and value <= Decimal("0.01")) else 2
    if style.p_rule == "two" and value < Decimal("0.01"):
        places = 3
    rounded = _rounded(value, places)
    if rounded >= 1:
        return f">{style.space}{_plain(1 - Decimal(1).scaleb(-places), 'p', style)}"
    return _plain(rounded, "p", style)


def _shared_digits(
    values: tuple[float | None, ...], kind: Kind, style: NumberStyle, null: float | None
) -> int:
    digits = DIGITS[kind] if style.digits is None else style.digits
    if null is None:
        return digits
    edge = _canonical(null)
    limits = [_canonical(x) for x in values[-2:] if x is not None and math.isfinite(x)]
    for more in range(MORE_DIGITS + 1):
        if not any(
            limit != edge and _rounded(limit, digits + more) == edge for limit in limits if abs(limit) < LARGE
        ):
            return digits + more
    return digits + MORE_DIGITS


def _brackets(lb: float | None, ub: float | None, kind: Kind, style: NumberStyle, digits: int) -> str:
    low, high = (number(x, kind, style, digits=digits) for x in (lb, ub))
    if low == high == MISSING:
        return MISSING
    if style.brackets == "[a, b]":
        return f"[{low},{style.space}{high}]"
    negative = any(text.startswith(style.minus) for text in (low, high))
    if style.brackets == "(a-b)" and not negative:
        return f"({low}-{high})"
    return f"({low}{style.space}to{style.space}{high})"
