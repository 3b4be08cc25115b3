"""Tails and quantiles: p values come from survival functions, never from 1 - cdf.

Everything stands on ``scipy.special``; ``scipy.stats`` is too slow to import for the hot path.
"""

from __future__ import annotations

from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, chdtri, fdtrc, ndtr, ndtri, stdtr, stdtrit

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


def _plain(value: Any) -> Any:
    """A Python float for a scalar, else the array."""
    return float(value) if np.ndim(value) == 0 else value


@overload
def two_sided_p(stat: float, df: float | None = None) -> float: ...
@overload
def two_sided_p(stat: Float, df: ArrayLike | None = None) -> Float: ...
def two_sided_p(stat: float | Float, df: ArrayLike | None = None) -> float | Float:
    """P(\\|T\\| >= \\|stat\\|): standard normal when ``df`` is None, else Student's t with ``df``.

    >>> round(two_sided_p(1.959963984540054), 12)
    0.05
    >>> two_sided_p(40.0) > 0
    True
    """
    lower = -np.abs(stat)
    return _plain(2.0 * (ndtr(lower) if df is None else stdtr(df, lower)))


@overload
def two_sided_quantile(level: float, df: float | None = None) -> float: ...
@overload
def two_sided_quantile(level: float, df: Float) -> Float: ...
def two_sided_quantile(level: float, df: ArrayLike | None = None) -> float | Float:
    """The q with P(\\|T\\| <= q) = level; normal when ``df`` is None, else Student's t.

    >>> round(two_sided_quantile(0.95), 6), round(two_sided_quantile(0.95, 1), 4)
    (1.959964, 12.7062)
    """
    tail = 0.5 * (1.0 - level)
    return _plain(-(ndtri(tail) if df is None else stdtrit(df, tail)))


def normal_cdf(x: ArrayLike) -> Any:
    """Standard normal distribution function."""
    return _plain(ndtr(x))


def normal_quantile(probability: ArrayLike) -> Any:
    """Standard normal quantile."""
    return _plain(ndtri(probability))


def chi2_p(stat: ArrayLike, df: ArrayLike) -> Any:
    """Upper tail of chi-square; NaN for df <= 0."""
    df = np.asarray(df, dtype=np.float64)
    return _plain(np.where(df > 0, chdtrc(np.where(df > 0, df, 1.0), stat), np.nan))


def chi2_quantile(upper: ArrayLike, df: ArrayLike) -> Any:
    """The x that chi-square exceeds with probability ``upper``.

    >>> round(chi2_quantile(0.05, 1), 4)
    3.8415
    """
    return _plain(chdtri(df, upper))


def f_p(stat: ArrayLike, df1: ArrayLike, df2: ArrayLike) -> Any:
    """Upper tail of F on ``df1`` and ``df2`` degrees of freedom."""
    return _plain(fdtrc(df1, df2, stat))
