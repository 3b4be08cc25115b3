"""Confidence intervals whose width does not fit the number of people, or the standard error beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from rupmeta.lint.findings import Finding, RouteView, StudyRule, StudyView, needs
from rupmeta.lint.intervals import ci_scale, middle_of
from rupmeta.lint.printed import limits, show

__all__ = ["RULES", "t_quantile"]

#: Ratios of the width found to the width expected that pass, and those that another level explains: the
#: quantiles of 90 % and 99 % intervals are .84 and 1.31 times that of a 95 % interval.
_PASS = (0.9, 1.11)
_OTHER_LEVELS = ((0.81, 0.87, "a 90 % interval"), (1.28, 1.35, "a 99 % interval"))
#: An interval whose middle is off its estimate by more than this share of the width has another fault.
_LOPSIDED = 0.1
#: Below this many people in a group the normal quantile is no measure of a width.
_FEWEST = 10
_CIS = ("ci", "ci1", "ci2", "ci_change1", "ci_change2")


@dataclass(frozen=True, slots=True)
class _Expected:
    """The sampling variance behind an interval and where it comes from; ``df`` of t, None of z.

    ``least``: no smaller variance is possible, but a larger one is.
    """

    v: float
    people: str
    df: float | None = None
    least: bool = False


def t_quantile(p: float, df: float) -> float:
    """The p-quantile of t by Fisher's expansion about the normal quantile; within 1 % for df ≥ 4, p ≤ .995.

    >>> round(t_quantile(.975, 10), 3), round(t_quantile(.975, 60), 3)
    (2.228, 2.0)
    """
    z = NormalDist().inv_cdf(p)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / df**power for power, term in enumerate(terms, 1))


@needs(*_CIS)
def check_widths(study: StudyView) -> Iterator[Finding]:
    """Width over 2·q·√v, v from the numbers of people of the route or of another route of the effect."""
    for route in study.routes:
        for name in _CIS:
            if name not in route.values or (found := middle_of(route, name)) is None:
                continue
            lead, least, most, _ = found
            expected = _expected(study, route, name, lead)
            width = None if expected is None else _width(route, name, (least, most), ci_scale(lead))
            if expected is not None and width is not None:
                finding = _compare(route, name, width, expected, ci_scale(lead))
                if finding is not None:
                    yield finding


def _compare(
    route: RouteView, name: str, width: tuple[float, float, float], expected: _Expected, scale: str
) -> Finding | None:
    least, found, most = width
    level = route.values.get("level", 0.95)
    p = 0.5 + level / 2
    quantile = NormalDist().inv_cdf(p) if expected.df is None else t_quantile(p, expected.df)
    want = 2 * quantile * math.sqrt(expected.v)
    if most >= want * _PASS[0] and (expected.least or least <= want * _PASS[1]):
        return None
    ratio = found / want
    asked = next((f"{what}?" for low, high, what in _OTHER_LEVELS if low <= ratio <= high), "which n?")
    if expected.people.startswith("se"):
        asked = "which is wrong?" if asked == "which n?" else asked
    if level != 0.95 and asked != "which n?":
        asked = "is the level right?"
    on = {"log": " on the log scale", "z": " in Fisher z"}.get(scale, "")
    at_least = "at least " if expected.least else ""
    message = f"width {show(found)}{on} for {expected.people}, expected {at_least}{show(want)}: {asked}"
    return Finding((*route.key, name), message)


def _expected(study: StudyView, route: RouteView, name: str, lead: str) -> _Expected | None:
    """The sampling variance that stands beside the interval, or that the numbers of people imply."""
    values = route.values
    if name != "ci":
        return _of_mean(study, route, name)
    if lead in ("odds_ratio", "risk_ratio", "hazard_ratio"):
        return _of_ratio(study, route, lead)
    if lead in ("slope", "mean_difference") and (found := _of_standard_error(study, route, lead)):
        return found
    if any(key in values for key in ("covariates", "adjusted", "covariate_r", "icc")):
        return None
    groups = _groups(study, route)
    if lead in ("d", "g"):
        if groups is None or min(groups) < _FEWEST:
            return None
        n1, n2 = groups
        v = 1 / n1 + 1 / n2 + values[lead] ** 2 / (2 * (n1 + n2))
        return _Expected(v, f"n = {n1} + {n2}")
    if lead == "r" and values.get("n", 0) >= _FEWEST and abs(values["r"]) < 1:
        return _Expected(1 / (values["n"] - 3), f"n = {values['n']}")
    if lead == "mean_difference" and groups is not None and min(groups) >= 3:
        return _of_difference(study, route, groups)
    return None


def _of_standard_error(study: StudyView, route: RouteView, lead: str) -> _Expected | None:
    """The standard error of a coefficient or difference, printed in the route or in another one."""
    for other in _beside(study, route):
        se = other.values.get("se", 0)
        if lead in other.values and se > 0:
            n = route.total or other.total
            df = other.values.get("df", (n or 0) - 2 - other.values.get("covariates", 0))
            return _Expected(se**2, f"se = {other.printed('se')}", df if df >= 4 else None)
    return None


def _of_difference(study: StudyView, route: RouteView, groups: tuple[int, int]) -> _Expected | None:
    """s²(1/n₁ + 1/n₂) from a pooled SD, or the SDs of both groups."""
    n1, n2 = groups
    for other in _beside(study, route):
        given = other.values
        s2 = given.get("sd_pooled", 0) ** 2
        if "mean1" in given and given.get("sd1", 0) > 0 and given.get("sd2", 0) > 0:
            s2 = ((n1 - 1) * given["sd1"] ** 2 + (n2 - 1) * given["sd2"] ** 2) / (n1 + n2 - 2)
        if s2 > 0:
            people = f"n = {n1} + {n2} and an SD of {show(math.sqrt(s2))}"
            return _Expected(s2 * (1 / n1 + 1 / n2), people, n1 + n2 - 2)
    return None


def _of_mean(study: StudyView, route: RouteView, name: str) -> _Expected | None:
    """s²/n of a group's mean, or mean change, with the SD (or SE) that is printed beside it."""
    group = name[-1]
    kinds = ("sd_change",) if "change" in name else ("se", "sd")
    n = route.values.get(f"n{group}", 0)
    for other in _beside(study, route):
        for kind in kinds:
            spread = other.values.get(f"{kind}{group}", 0)
            mean = f"mean{group}" in other.values or "change" in name
            if spread > 0 and n >= 5 and mean:
                v = spread**2 if kind == "se" else spread**2 / n
                people = f"{kind}{group} = {other.printed(f'{kind}{group}')} and n{group} = {n}"
                return _Expected(v, people, n - 1)
    return None


def _of_ratio(study: StudyView, route: RouteView, lead: str) -> _Expected | None:
    """1/a + 1/b + 1/c + 1/d of counts; without them the least variance that so many people allow.

    ln OR: at least 4/n₁ + 4/n₂ (half of each group with events). ln HR: at least 1/n₁ + 1/n₂ (all of them).
    """
    values = route.values
    if values.get("se_log", 0) > 0:
        return _Expected(values["se_log"] ** 2, f"se_log = {route.printed('se_log')}")
    if any(key in values for key in ("adjusted", "icc")):
        return None
    cells = next((found for other in _beside(study, route) if (found := _cells(other.values))), None)
    if cells is not None and lead != "hazard_ratio":
        a, b, c, d = cells
        v = sum(1 / x for x in cells)
        if lead == "risk_ratio":
            v -= 1 / b + 1 / d + 1 / (a + b) + 1 / (c + d)
        return _Expected(v, f"the counts {', '.join(map(str, cells))}")
    sizes = _groups(study, route)
    if sizes is None and (n := values.get("n", 0)) > 1:
        sizes = n / 2, n / 2
    if sizes is None or lead == "risk_ratio":
        return None
    most = 4 if lead == "odds_ratio" else 1
    return _Expected(most / sizes[0] + most / sizes[1], f"n = {sum(sizes):g}", least=True)


def _beside(study: StudyView, route: RouteView) -> Iterator[RouteView]:
    """The routes of the same effect, this one first."""
    yield route
    yield from (other for other in study.routes if other.key[:2] == route.key[:2] and other is not route)


def _groups(study: StudyView, route: RouteView) -> tuple[Any, Any] | None:
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


def _width(
    route: RouteView, name: str, estimate: tuple[float, float], scale: str
) -> tuple[float, float, float] | None:
    """Least, printed and greatest width of the interval on its scale; None off the scale or not in order."""
    turn = {"log": math.log, "z": math.atanh}.get(scale, float)
    lower, upper = limits(route, name)
    (least, most), (low, high) = estimate, route.values[name]
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
