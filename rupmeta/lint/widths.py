"""Confidence intervals whose width does not fit the number of people."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from statistics import NormalDist
from typing import Any

from rupmeta.lint.findings import Finding, RouteView, StudyRule, StudyView, needs
from rupmeta.lint.printed import limits, show, span

__all__ = ["RULES"]

#: Ratios of the width found to the width expected that pass, and those that another level explains: the
#: quantiles of 90 % and 99 % intervals are .84 and 1.31 times that of a 95 % interval.
_PASS = (0.9, 1.11)
_OTHER_LEVELS = ((0.81, 0.87, "a 90 % interval"), (1.28, 1.35, "a 99 % interval"))
#: An interval whose middle is off its estimate by more than this share of the width has another fault.
_LOPSIDED = 0.1
#: Below this many people in a group the normal quantile is no measure of a width.
_FEWEST = 10


@needs("ci")
def check_widths(study: StudyView) -> Iterator[Finding]:
    """Width over 2·z·√v, v from the numbers of people of the route or of another route of the effect."""
    for route in study.routes:
        if "ci" not in route.values or any(
            k in route.values for k in ("covariates", "adjusted", "covariate_r")
        ):
            continue
        expected = _expected(study, route)
        if expected is None:
            continue
        scale, v, people = expected
        width = _width(route, scale)
        if width is None:
            continue
        least, found, most = width
        level = route.values.get("level", 0.95)
        want = 2 * NormalDist().inv_cdf(0.5 + level / 2) * math.sqrt(v)
        if least <= want * _PASS[1] and most >= want * _PASS[0]:
            continue
        ratio = found / want
        asked = next((f"{what}?" for low, high, what in _OTHER_LEVELS if low <= ratio <= high), "which n?")
        if level != 0.95 and asked != "which n?":
            asked = "is the level right?"
        on = {"log": " on the log scale", "z": " in Fisher z"}.get(scale, "")
        message = f"width {show(found)}{on} for {people}, expected {show(want)}: {asked}"
        yield Finding((*route.key, "ci"), message)


def _expected(study: StudyView, route: RouteView) -> tuple[str, float, str] | None:
    """The scale of the interval, the sampling variance that the numbers of people imply, and their text."""
    values = route.values
    for name in ("d", "g"):
        if name in values and "a" not in values:
            groups = _groups(study, route)
            if groups is None or min(groups) < _FEWEST:
                return None
            n1, n2 = groups
            v = 1 / n1 + 1 / n2 + values[name] ** 2 / (2 * (n1 + n2))
            return "", v, f"n = {n1} + {n2}"
    if "r" in values and values.get("n", 0) >= _FEWEST and abs(values["r"]) < 1:
        return "z", 1 / (values["n"] - 3), f"n = {values['n']}"
    if "odds_ratio" in values:
        cells = next((found for other in _beside(study, route) if (found := _cells(other.values))), None)
        if cells is not None:
            return "log", sum(1 / x for x in cells), f"the counts {', '.join(map(str, cells))}"
    return None


def _beside(study: StudyView, route: RouteView) -> Iterator[RouteView]:
    """The routes of the same effect, this one first."""
    yield route
    yield from (other for other in study.routes if other.key[:2] == route.key[:2] and other is not route)


def _groups(study: StudyView, route: RouteView) -> tuple[int, int] | None:
    for other in _beside(study, route):
        if other.values.get("n1", 0) > 0 and other.values.get("n2", 0) > 0:
            return other.values["n1"], other.values["n2"]
    return None


def _cells(values: Mapping[str, Any]) -> tuple[int, int, int, int] | None:
    """The four cells of a table without zeros."""
    if all(name in values for name in ("a", "b", "c", "d")):
        cells = (values["a"], values["b"], values["c"], int(values["d"]))
    elif all(name in values for name in ("events1", "n1", "events2", "n2")):
        one, two = values["events1"], values["events2"]
        cells = (one, values["n1"] - one, two, values["n2"] - two)
    else:
        return None
    return cells if min(cells) > 0 else None


def _width(route: RouteView, scale: str) -> tuple[float, float, float] | None:
    """Least, printed and greatest width of the interval on its scale; None off the scale or not in order."""
    turn = {"log": math.log, "z": math.atanh}.get(scale, float)
    lead = {"log": "odds_ratio", "z": "r"}.get(scale, "g" if "g" in route.values else "d")
    lower, upper = limits(route, "ci")
    (least, most), (low, high) = span(route, lead), route.values["ci"]
    if not (low < high and lower[0] <= most and least <= upper[1]):
        return None  # said by other rules
    try:
        narrow, found, wide = (
            turn(b) - turn(a) for a, b in ((lower[1], upper[0]), (low, high), (lower[0], upper[1]))
        )
        off = abs(turn(low) + turn(high) - turn(least) - turn(most))
    except ValueError:
        return None
    if off > _LOPSIDED * found:
        return None  # CI-ASYM speaks of it
    return max(narrow, 0.0), found, wide


RULES: dict[str, StudyRule] = {"CI-WIDTH": check_widths}
