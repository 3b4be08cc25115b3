"""Intervals the wrong way round, about another number, or lopsided; quartiles and ranges too."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rupmeta.lint.findings import Finding, RouteView, StudyRule, StudyView, needs
from rupmeta.lint.keys import INTERVALS, RATIOS
from rupmeta.lint.printed import half_unit, limits, span

__all__ = ["RULES", "ci_scale", "middle_of"]

_ARTICLES = {"odds_ratio": "an odds ratio", "risk_ratio": "a risk ratio", "hazard_ratio": "a hazard ratio"}


def ci_scale(name: str) -> str:
    """The scale on which the confidence interval of a statistic is symmetric: ``log``, ``z`` or ``""``."""
    return "log" if name in RATIOS else "z" if name == "r" else ""


def middle_of(route: RouteView, interval: str) -> tuple[str, float, float, str] | None:
    """The number that belongs inside an interval: its key, its rounding interval and how it is called.

    A change that is printed as two means is their difference.
    """
    values = route.values
    for name in INTERVALS[interval]:
        if name in values:
            return name, *span(route, name), f"{name} = {route.printed(name)}"
    group = interval[-1]
    pre, post = f"pre_mean{group}", f"post_mean{group}"
    if interval.startswith("ci_change") and pre in values and post in values:
        change = values[post] - values[pre]
        half = half_unit(route.printed(pre)) + half_unit(route.printed(post))
        return post, change - half, change + half, f"the change {change:.6g}"
    return None


@needs(*INTERVALS)
def check_order(study: StudyView) -> Iterator[Finding]:
    """Lower limit not below the upper one."""
    for route in study.routes:
        for name in INTERVALS:
            ci = route.values.get(name)
            if ci is None or len(ci) != 2 or ci[0] < ci[1]:
                continue
            fault = "has no width" if ci[0] == ci[1] else "has its limits the wrong way round"
            wanted = "[lower, upper]" if name.startswith("c") else "[smaller, larger]"
            yield Finding((*route.key, name), f"{route.printed(name)} {fault}; write {wanted}")


@needs(*INTERVALS)
def check_holds(study: StudyView) -> Iterator[Finding]:
    """The estimate outside its own interval by more than rounding; quartiles outside the range."""
    for route in study.routes:
        values = route.values
        for ci_name in INTERVALS:
            ci = values.get(ci_name)
            if ci is None or ci[0] >= ci[1] or (found := middle_of(route, ci_name)) is None:
                continue
            name, low, high, shown = found
            if name in RATIOS and values[name] <= 0:
                continue  # LOGR speaks of it
            lower, upper = limits(route, ci_name)
            if high < lower[0] or low > upper[1]:
                what = "interval" if ci_name.startswith("ci") else ci_name[:-1]
                message = (
                    f"{shown} lies outside its {what} {route.printed(ci_name)}; a sign or a row mixed up?"
                )
                yield Finding((*route.key, name), message)
        for group in ("1", "2"):
            yield from _quartiles_in_range(route, values, group)


def _quartiles_in_range(route: RouteView, values: Mapping[str, Any], group: str) -> Iterator[Finding]:
    inner, outer = f"quartiles{group}", f"range{group}"
    if inner not in values or outer not in values:
        return
    (q1, q3), (least, most) = limits(route, inner), limits(route, outer)
    if q1[1] < least[0] or q3[0] > most[1]:
        message = f"quartiles {route.printed(inner)} lie outside the range {route.printed(outer)}"
        yield Finding((*route.key, inner), message)


@needs("ci", "ci1", "ci2", "ci_change1", "ci_change2")
def check_symmetry(study: StudyView) -> Iterator[Finding]:
    """A confidence interval that is not symmetric about its estimate on the scale where it should be."""
    for route in study.routes:
        for ci_name in INTERVALS:
            if not ci_name.startswith("ci") or ci_name not in route.values:
                continue
            found = middle_of(route, ci_name)
            if found is None:
                continue
            name, least, most, shown = found
            estimate, (lower, upper) = (least, most), limits(route, ci_name)
            if not (lower[0] < lower[1] <= estimate[1] and estimate[0] <= upper[1]):
                continue
            scale = ci_scale(name)
            if _asymmetry(estimate, lower, upper, scale) is False:
                continue
            raw = bool(scale) and _asymmetry(estimate, lower, upper, "") is False
            where = {"log": "log", "z": "Fisher z"}.get(scale, "raw")
            pair = f"{route.printed(name) if name in INTERVALS[ci_name] else shown} {route.printed(ci_name)}"
            message = (
                f"{pair} is symmetric on the raw scale; {_ARTICLES.get(name, 'a correlation')}'s interval "
                f"should be on the {where} scale"
                if raw
                else f"{pair} is not symmetric on the {where} scale; check all three numbers"
            )
            yield Finding((*route.key, ci_name), message)


def _asymmetry(
    estimate: Sequence[float], lower: Sequence[float], upper: Sequence[float], scale: str
) -> bool | None:
    """Whether U + L − 2e is off zero by more than rounding and a tenth of the width."""
    turn = {"log": _log, "z": _atanh}.get(scale, float)
    try:
        e, low, up = ([turn(x) for x in pair] for pair in (estimate, lower, upper))
    except ValueError:
        return False
    least, most = low[0] + up[0] - 2 * e[1], low[1] + up[1] - 2 * e[0]
    off = least if least > 0 else -most if most < 0 else 0.0
    middle = abs(sum(low) / 2 + sum(up) / 2 - sum(e))
    return off > 0 and middle > 0.1 * (sum(up) / 2 - sum(low) / 2)


def _log(x: float) -> float:
    return math.log(x)


def _atanh(x: float) -> float:
    return math.atanh(x)


RULES: dict[str, StudyRule] = {"CI-INV": check_order, "CI-OUT": check_holds, "CI-ASYM": check_symmetry}
