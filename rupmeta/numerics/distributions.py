"""Tails and quantiles: p values come from survival functions, never from 1 - cdf.

Everything stands on ``scipy.special``; ``scipy.stats`` is too slow to import for the hot path. Numbers give
numbers, arrays give arrays.
"""

from __future__ import annotations

from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

__all__ = [
    "chi2_p",
    "chi2_quantile",
    "f_p",
    "normal_cdf",
    "normal_quantile",
    "two_sided_p",
    "two_sided_quantile",
]

Float = NDArray[np.float64]
Number = float | Float


def _evaluate(function: Any, *arguments: ArrayLike) -> Any:
    value = function(*(np.asarray(argument, dtype=np.float64) for argument in arguments))
    return float(value) if np.ndim(value) == 0 else value


@overload
def two_sided_p(stat: float, df: float | None = None) -> float: ...
@overload
def two_sided_p(stat: Float, df: Number | None = None) -> Float: ...
def two_sided_p(stat: Number, df: Number | None = None) -> Number:
    """P(\\|T\\| >= \\|stat\\|): standard normal when ``df`` is None, else Student's t with ``df``.

    >>> round(two_sided_p(1.959963984540054), 12)
    0.05
    >>> two_sided_p(30.0) > 0
    True
    """
    lower = -np.abs(stat)
    tail: Number = _evaluate(special.ndtr, lower) if df is None else _evaluate(special.stdtr, df, lower)
    return 2.0 * tail


@overload
def two_sided_quantile(level: float, df: float | None = None) -> float: ...
@overload
def two_sided_quantile(level: float, df: Float) -> Float: ...
def two_sided_quantile(level: float, df: Number | None = None) -> Number:
    """The q with P(\\|T\\| <= q) = level; normal when ``df`` is None, else Student's t.

    >>> round(two_sided_quantile(0.95), 6), round(two_sided_quantile(0.95, 1), 4)
    (1.959964, 12.7062)
    """
    tail = 0.5 * (1.0 - level)
    q: Number = _evaluate(special.ndtri, tail) if df is None else _evaluate(special.stdtrit, df, tail)
    return -q


@overload
def normal_cdf(x: float) -> float: ...
@overload
def normal_cdf(x: Float) -> Float: ...
def normal_cdf(x: Number) -> Number:
    """Standard normal distribution function; its upper tail is ``normal_cdf(-x)``."""
    value: Number = _evaluate(special.ndtr, x)
    return value


@overload
def normal_quantile(probability: float) -> float: ...
@overload
def normal_quantile(probability: Float) -> Float: ...
def normal_quantile(probability: Number) -> Number:
    """Standard normal quantile."""
    value: Number = _evaluate(special.ndtri, probability)
    return value


@overload
def chi2_p(stat: float, df: float) -> float: ...
@overload
def chi2_p(stat: Float, df: Number) -> Float: ...
def chi2_p(stat: Number, df: Number) -> Number:
    """Upper tail of chi-square on ``df`` > 0 degrees of freedom."""
    value: Number = _evaluate(special.chdtrc, df, stat)
    return value


@overload
def chi2_quantile(upper: float, df: float) -> float: ...
@overload
def chi2_quantile(upper: float, df: Float) -> Float: ...
def chi2_quantile(upper: float, df: Number) -> Number:
    """The x that chi-square exceeds with probability ``upper``.

    >>> round(chi2_quantile(0.05, 1), 4)
    3.8415
    """
    value: Number = _evaluate(special.chdtri, df, upper)
    return value


def f_p(stat: float, df1: float, df2: float) -> float:
    """Upper tail of F on ``df1`` and ``df2`` degrees of freedom."""
    value: float = _evaluate(special.fdtrc, df1, df2, stat)
    return value
