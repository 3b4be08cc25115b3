"""Numbers off the scale of the outcome, and SDs larger than the scale allows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from rupmeta.lint.findings import Finding, RouteView, StudyRule, StudyView, needs
from rupmeta.lint.printed import half_unit, limits, show, span

__all__ = ["RULES"]

#: Mean → the SD of the same scores, and whether the mean is theirs (an adjusted mean is not).
_MEANS = (
    ("mean{}", "sd{}", True),
    ("pre_mean{}", "sd_pre{}", True),
    ("post_mean{}", "sd_post{}", True),
    ("adj_mean{}", "sd{}", False),
    ("median{}", "", False),
)
#: Widths of scores, no wider than the scale.
_WIDTHS = ("mean_difference", "mean_change1", "mean_change2", "iqr1", "iqr2")
_LIMITS = ("quartiles1", "quartiles2", "range1", "range2")


@needs("mean1", "pre_mean1", "adj_mean1", "median1", "mean_difference", "mean_change1")
def check_range(study: StudyView) -> Iterator[Finding]:
    """Means, medians and their kin off the scale; SDs larger than the scale allows at that mean."""
    for route in study.routes:
        scale = getattr(route.effect.outcome, "scale", None)
        if scale is None or scale.min is None or scale.max is None or scale.min >= scale.max:
            continue
        for group in ("1", "2"):
            for mean, sd, own in _MEANS:
                if mean.format(group) in route.values:
                    yield from _mean(route, scale, mean.format(group), sd.format(group), own, group)
        yield from _widths(route, scale)


def _mean(route: RouteView, scale: Any, name: str, spread: str, own: bool, group: str) -> Iterator[Finding]:
    text, on = route.printed(name), f"{scale.min:g}-{scale.max:g}"
    low, high = span(route, name)
    if high < scale.min or low > scale.max:
        what = name.rstrip("12").replace("_mean", " mean").replace("adj", "adjusted")
        yield Finding((*route.key, name), f"{what} {text} lies off the scale {on}; another scale?")
        return
    values, n = route.values, route.values.get(f"n{group}")
    if n is None or n < 2:
        return
    root = 1.0
    if spread == "sd" + group and spread not in values:  # the means of groups may come with an SE
        spread, root = "se" + group, math.sqrt(n)
    if spread not in values:
        return
    middle = (scale.min + scale.max) / 2
    if own:
        middle = min(max(middle, low), high)
    largest = math.sqrt(max(0.0, (middle - scale.min) * (scale.max - middle)) * n / (n - 1))
    printed = route.printed(spread)
    if (values[spread] - half_unit(printed)) * root > largest:
        what = "SD" if root == 1 else "SE"
        message = (
            f"{what} {printed} is impossible: mean {text} on {on} with n = {n} "
            f"allows at most {show(largest / root, 1)}"
        )
        yield Finding((*route.key, spread), message)


def _widths(route: RouteView, scale: Any) -> Iterator[Finding]:
    width, on = scale.max - scale.min, f"{scale.min:g}-{scale.max:g}"
    for name in _WIDTHS:
        if name in route.values and min(map(abs, span(route, name))) > width:
            what = name.rstrip("12").replace("_", " ")
            message = f"{what} {route.printed(name)} is wider than the scale {on}; another scale?"
            yield Finding((*route.key, name), message)
    for name in _LIMITS:
        if name not in route.values:
            continue
        lower, upper = limits(route, name)
        if lower[1] < scale.min or upper[0] > scale.max:
            verb = "lies" if name.startswith("range") else "lie"
            message = f"{name[:-1]} {route.printed(name)} {verb} off the scale {on}; another scale?"
            yield Finding((*route.key, name), message)
    sd = route.values.get("sd_pooled")
    if sd is not None and sd - half_unit(route.printed("sd_pooled")) > width / 2 * math.sqrt(2):
        message = f"SD {route.printed('sd_pooled')} is impossible on {on}"
        yield Finding((*route.key, "sd_pooled"), message)


RULES: dict[str, StudyRule] = {"RANGE": check_range}
