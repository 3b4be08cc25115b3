"""Numbers that say less than they seem to: ratios for log ratios, changes without r, bounds of p."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

from rupmeta.lint.findings import Finding, FolderRule, RouteView, StudyRule, StudyView, needs
from rupmeta.lint.impossible import bound_of
from rupmeta.lint.magnitudes import contrast_of, g_of
from rupmeta.lint.printed import show
from rupmeta.read.folder import Folder, StudyFile

__all__ = ["FOLDER_RULES", "RULES"]


def check_log_ratios(folder: Folder, studies: tuple[StudyView, ...]) -> Iterator[tuple[StudyFile, Finding]]:
    """Three or more given log ratios, all positive and large: ratios that were not logged?"""
    del folder
    given = [
        route
        for study in studies
        for route in study.routes
        if "yi" in route.values and route.values.get("measure") in ("OR", "RR")
    ]
    effects = [route.values["yi"] for route in given]
    if len(given) >= 3 and min(effects) > 0 and median(effects) > 0.8:
        message = f"all {len(given)} yi are positive: ratios instead of log ratios?"
        yield given[0].file, Finding((*given[0].key, "yi"), message, "warning")


@needs("pre_mean1", "mean_change1")
def check_pre_post(study: StudyView) -> Iterator[Finding]:
    """A change without the correlation of before and after: nothing is assumed."""
    for route in study.routes:
        values, spec = route.values, route.spec
        if spec is None or spec.family != "change" or "pre_post_r" in values or _tells_r(values):
            continue
        effects = _assumed(values)
        detail = "the variance depends on it"
        if effects is not None:
            detail = "at .3, .5, .8 the effect would be " + ", ".join(show(abs(x)) for x in effects)
        yield Finding((*route.key, spec.lead), f"pre_post_r is missing; {detail}")


def _tells_r(values: Mapping[str, Any]) -> bool:
    """Whether r, or the SD of change that stands for it, follows from what is printed.

    Two groups: s_diff² = s_pre² + s_post² − 2r·s_pre·s_post solved in one of them. One group: the SD of
    change.
    """
    groups = ("1", "2") if "n2" in values else ("1",)
    known = [
        any(f"{name}{group}" in values for name in ("sd_change", "ci_change"))
        or ("paired_t" if group == "1" else "paired_t2") in values
        for group in groups
    ]
    if len(groups) == 1:
        return known[0]
    both = [f"sd_pre{group}" in values and f"sd_post{group}" in values for group in groups]
    return any(change and spreads for change, spreads in zip(known, both, strict=True))


def _assumed(values: Mapping[str, Any]) -> list[float] | None:
    """The effect at three assumed correlations, where it depends on them: the standardised mean change of one
    group (SMCC), or the difference of two changes in units of their SD, times √(2(1 − r)).
    """
    if "n2" in values:
        contrast = contrast_of(values)
        if contrast is None or contrast.keys[0] != "sd_change1":
            return None
        return [g_of(contrast) * math.sqrt(2 * (1 - r)) for r in (0.3, 0.5, 0.8)]
    if "sd_pre1" not in values or "post_mean1" not in values or "pre_mean1" not in values:
        return None
    pre, post = values["sd_pre1"], values.get("sd_post1", values["sd_pre1"])
    if pre <= 0 or post <= 0 or values["n1"] < 3:
        return None
    correction = 1 - 3 / (4 * (values["n1"] - 1) - 1)
    change = values["post_mean1"] - values["pre_mean1"]
    return [change / math.sqrt(pre**2 + post**2 - 2 * r * pre * post) * correction for r in (0.3, 0.5, 0.8)]


@needs("p")
def check_bounds(study: StudyView) -> Iterator[Finding]:
    """An effect that is known only by a bound of its p value."""
    by_effect: dict[object, list[RouteView]] = {}
    for route in study.routes:
        by_effect.setdefault(route.key[1], []).append(route)
    for routes in by_effect.values():
        if not all("p" in route.values and isinstance(route.values["p"], str) for route in routes):
            continue
        route = routes[0]
        p = route.values["p"].strip()
        bound = bound_of(p)
        if bound is None or p[:1] in ">≥":
            message = f"p {p} gives no effect; is there another statistic in the paper?"
        else:
            message = f"p {p} is a bound; the effect is at least as large as p = {p.lstrip('<=≤ ')} makes it"
        yield Finding((*route.key, "p"), message)


RULES: dict[str, StudyRule] = {"RPP": check_pre_post, "P-INEQ": check_bounds}

FOLDER_RULES: dict[str, FolderRule] = {"LOGR": check_log_ratios}
