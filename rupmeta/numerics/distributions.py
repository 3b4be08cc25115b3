"""Tails and quantiles: p values come from survival functions, never from 1 - cdf.

Numbers give numbers, arrays give arrays. A number, and every entry of a short array, is worked out by
``numerics.tails``; a long array by ``scipy.special``, whose start-up costs as much as ten thousand numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from rupmeta.numerics import tails

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
SHORT = 2_000


def _evaluate(scalar: Callable[..., float], vector: str, *arguments: Number) -> Any:
    """``scalar`` of numbers; of an array entry by entry, or by ``scipy.special`` when it is long."""
    if all(np.ndim(argument) == 0 for argument in arguments):
        return scalar(*(float(argument) for argument in arguments))
    arrays = np.broadcast_arrays(*arguments)
    if arrays[0].size <= SHORT:
        values = [scalar(*entry) for entry in zip(*(array.ravel().tolist() for array in arrays), strict=True)]
        return np.array(values, dtype=np.float64).reshape(arrays[0].shape)
    from scipy import special

    return getattr(special, vector)(*arrays)


def _quantile(scalar: Callable[..., float], df: Number, probability: float) -> Any:
    """Degrees of freedom repeat, so an array of them needs few quantiles."""
    if np.ndim(df) == 0:
        return scalar(float(df), probability)
    distinct, place = np.unique(df, return_inverse=True)
    return np.array([scalar(one, probability) for one in distinct.tolist()], dtype=np.float64)[place]


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
    tail: Number = (
        _evaluate(tails.normal_lower, "ndtr", lower)
        if df is None
        else _evaluate(tails.student_lower, "stdtr", df, lower)
    )
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
    if df is None:
        return -tails.normal_lower_quantile(tail)
    q: Number = _quantile(tails.student_lower_quantile, df, tail)
    return -q


@overload
def normal_cdf(x: float) -> float: ...
@overload
def normal_cdf(x: Float) -> Float: ...
def normal_cdf(x: Number) -> Number:
    """Standard normal distribution function; its upper tail is ``normal_cdf(-x)``."""
    value: Number = _evaluate(tails.normal_lower, "ndtr", x)
    return value


@overload
def normal_quantile(probability: float) -> float: ...
@overload
def normal_quantile(probability: Float) -> Float: ...
def normal_quantile(probability: Number) -> Number:
    """Standard normal quantile."""
    value: Number = _evaluate(tails.normal_lower_quantile, "ndtri", probability)
    return value


@overload
def chi2_p(stat: float, df: float) -> float: ...
@overload
def chi2_p(stat: Float, df: Number) -> Float: ...
def chi2_p(stat: Number, df: Number) -> Number:
    """Upper tail of chi-square on ``df`` > 0 degrees of freedom."""
    value: Number = _evaluate(tails.chi2_upper, "chdtrc", df, stat)
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
    value: Number = _quantile(tails.chi2_upper_quantile, df, upper)
    return value


def f_p(stat: float, df1: float, df2: float) -> float:
    """Upper tail of F on ``df1`` and ``df2`` degrees of freedom."""
    return tails.f_upper(df1, df2, stat)
