"""Medians with quartiles, range or interquartile range → estimated means and SDs of two groups."""

from __future__ import annotations

import math

from rupmeta.effects.from_groups import check_sizes
from rupmeta.effects.hubs import Means, NoEffect, Values, show
from rupmeta.numerics.tails import normal_lower_quantile
from rupmeta.results import Note

__all__ = ["estimate_moments", "from_medians", "skewness"]


def _range_width(n: float) -> float:
    """Expected range of n normal values in SDs, 2Φ⁻¹((n − .375)/(n + .25)) (Wan et al. 2014)."""
    return 2 * normal_lower_quantile((n - 0.375) / (n + 0.25))


def _quartile_width(n: float) -> float:
    """Expected interquartile range of n normal values in SDs, 2Φ⁻¹((.75n − .125)/(n + .25))."""
    return 2 * normal_lower_quantile((0.75 * n - 0.125) / (n + 0.25))


def estimate_moments(
    n: float,
    median: float,
    quartiles: tuple[float, float] | None = None,
    extremes: tuple[float, float] | None = None,
    iqr: float | None = None,
) -> tuple[float, float]:
    """Mean and SD of n roughly normal values from their median and quartiles, range, or both.

    Mean: the optimally weighted one of Luo et al. (2018, 10.1177/0962280216669183); the median itself where
    only the width ``iqr`` is known. SD: Wan et al. (2014, 10.1186/1471-2288-14-135); from all five numbers
    the weighted one of Shi et al. (2020, 10.1002/jrsm.1429).

    >>> mean, sd = estimate_moments(50, 20, (15, 26))
    >>> round(mean, 4), round(sd, 4)
    (20.3539, 8.3952)
    """
    if quartiles is None and extremes is None:
        if iqr is None:
            raise ValueError("quartiles, extremes or iqr is needed")
        return median, iqr / _quartile_width(n)
    if extremes is None:
        assert quartiles is not None
        w = 0.7 + 0.39 / n
        middle, width = sum(quartiles) / 2, quartiles[1] - quartiles[0]
        return w * middle + (1 - w) * median, width / _quartile_width(n)
    if quartiles is None:
        w = 4 / (4 + n**0.75)
        middle, width = sum(extremes) / 2, extremes[1] - extremes[0]
        return w * middle + (1 - w) * median, width / _range_width(n)
    w1, w2 = 2.2 / (2.2 + n**0.75), 0.7 - 0.72 / n**0.55
    mean = w1 * sum(extremes) / 2 + w2 * sum(quartiles) / 2 + (1 - w1 - w2) * median
    w = 1 / (1 + 0.07 * n**0.6)
    by_range = (extremes[1] - extremes[0]) / _range_width(n)
    by_quartiles = (quartiles[1] - quartiles[0]) / _quartile_width(n)
    return mean, w * by_range + (1 - w) * by_quartiles


def skewness(
    n: float,
    median: float,
    quartiles: tuple[float, float] | None = None,
    extremes: tuple[float, float] | None = None,
) -> float:
    """How far the median lies from the middle, over the critical value at 5 %: above 1 the data look skewed.

    |q₁ + q₃ − 2m|/(q₃ − q₁) against 2.65/√n − 6/n², |a + b − 2m|/(b − a) against 1/ln(n + 9) + 2.5/(n + 1)
    (Shi et al. 2023, 10.1002/jrsm.1639). 0 where nothing can be compared.
    """
    found = [0.0]
    if quartiles is not None and quartiles[1] > quartiles[0] and n > 3:
        off = abs(sum(quartiles) - 2 * median) / (quartiles[1] - quartiles[0])
        found.append(off / (2.65 / math.sqrt(n) - 6 / n**2))
    if extremes is not None and extremes[1] > extremes[0]:
        off = abs(sum(extremes) - 2 * median) / (extremes[1] - extremes[0])
        found.append(off / (1 / math.log(n + 9) + 2.5 / (n + 1)))
    return max(found)


def _pair(values: list[float] | None) -> tuple[float, float] | None:
    return None if values is None else (values[0], values[1])


def _group(v: Values, group: int) -> tuple[float, float, bool, str]:
    """Estimated mean and SD of one group, whether its quantiles look skewed, and the step."""
    n, median = v[f"n{group}"], v[f"median{group}"]
    quartiles, extremes = _pair(v.get(f"quartiles{group}")), _pair(v.get(f"range{group}"))
    if n < 4:
        raise NoEffect(f"n{group} = {n}: quantiles of fewer than 4 people say too little", "NSMALL")
    for name, limits in ((f"quartiles{group}", quartiles), (f"range{group}", extremes)):
        if limits is not None and not limits[0] <= median <= limits[1]:
            raise NoEffect(
                f"median{group} = {show(median)} lies outside {name} [{show(limits[0])}, {show(limits[1])}]",
                "CI-OUT",
            )
    mean, sd = estimate_moments(n, median, quartiles, extremes, v.get(f"iqr{group}"))
    if not sd > 0:
        raise NoEffect(f"the spread of group {group} is {show(sd)}; it must be positive", "SD-NEG")
    sub = "₁" if group == 1 else "₂"
    spans = [("q₃ − q₁", quartiles), ("b − a", extremes)]
    known = ", ".join(f"{name} = {show(span[1] - span[0])}" for name, span in spans if span is not None)
    known = known or f"IQR = {show(v[f'iqr{group}'])}"
    step = f"M{sub} = {show(mean)}, SD{sub} = {show(sd)} from m = {show(median)}, {known}, n = {n}"
    return mean, sd, skewness(n, median, quartiles, extremes) > 1, step


def from_medians(v: Values) -> Means:
    """Means and SDs that normal data with these medians and spreads would have; approximate."""
    check_sizes(v["n1"], v["n2"])
    (mean1, sd1, skew1, step1), (mean2, sd2, skew2, step2) = _group(v, 1), _group(v, 2)
    notes: tuple[Note, ...] = ()
    if skew1 or skew2:
        which = "both groups look" if skew1 and skew2 else f"group {1 if skew1 else 2} looks"
        message = f"{which} skewed (the median is off the middle of its quantiles): the mean and SD mislead"
        notes = (Note("MEDIAN-SKEW", message, severity="warning"),)
    return Means(
        mean1=mean1,
        sd1=sd1,
        n1=v["n1"],
        mean2=mean2,
        sd2=sd2,
        n2=v["n2"],
        n=v["n1"] + v["n2"],
        approximate="means and SDs were not printed; they are estimated from medians",
        notes=notes,
        steps=(step1, step2),
    )
