"""Standard errors written as standard deviations, and the reverse: the commonest slip of extraction.

Three signs of it: a huge g that is ordinary with sd·√n; other studies of the same outcome with SDs of another
size; another route of the effect that agrees only when the numbers are read the other way.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from rupmeta.lint.findings import Finding, FolderRule, RouteView, StudyRule, StudyView, needs
from rupmeta.lint.printed import show
from rupmeta.read.folder import Folder, StudyFile

__all__ = ["FOLDER_RULES", "RULES", "as_standard_errors", "difference", "smd"]

#: Least number of other studies whose SDs say what is usual.
_OTHERS = 3
#: A reading agrees with another route within this share of it, or this much; it disagrees beyond the second.
_NEAR, _FAR = 0.15, 0.5
#: Below this a g is too small for its reading to be told.
_LEAST = 0.1


def smd(values: Mapping[str, Any], *, sd1: float | None = None, sd2: float | None = None) -> float | None:
    """Hedges' g of two groups from means and SDs, as printed; None when a number is missing.

    g = J·(mean1 − mean2)/s_pooled with J = 1 − 3/(4m − 1), m = n1 + n2 − 2 (Hedges 1981,
    doi:10.3102/10769986006002107).
    """
    if any(name not in values for name in ("mean1", "n1", "mean2", "n2")):
        return None
    first, second = sd1 or values.get("sd1"), sd2 or values.get("sd2")
    n1, n2 = values["n1"], values["n2"]
    m = n1 + n2 - 2
    if first is None or second is None or m < 2 or first <= 0 or second <= 0:
        return None
    pooled = math.sqrt(((n1 - 1) * first**2 + (n2 - 1) * second**2) / m)
    return float((values["mean1"] - values["mean2"]) / pooled * (1 - 3 / (4 * m - 1)))


def difference(values: Mapping[str, Any]) -> float | None:
    """|g| by a route that needs no SD: d, g, t of two groups, r; None of any other."""
    if "covariates" in values or "predictors" in values or "covariate_r" in values or "a" in values:
        return None
    for name in ("g", "d"):
        if name in values:
            return float(abs(values[name]))
    if "t" in values and "n1" in values and "n2" in values and values["n1"] > 0 < values["n2"]:
        return float(abs(values["t"]) * math.sqrt(1 / values["n1"] + 1 / values["n2"]))
    r = values.get("r")
    if r is None and "t" in values and values.get("df", 0) > 0:
        r = values["t"] / math.sqrt(values["t"] ** 2 + values["df"])
    return None if r is None or abs(r) >= 1 else float(2 * abs(r) / math.sqrt(1 - r * r))


@needs("mean1")
def check_se_for_sd(study: StudyView) -> Iterator[Finding]:
    """Within a study: a huge g, or another route of the effect, that asks for the other reading."""
    for route in study.routes:
        g = smd(route.values)
        if g is not None:
            read = as_standard_errors(route.values, g)
            if read is not None:
                yield _huge(route, g, *read)
                continue
        yield from _beside(study, route, g)


def as_standard_errors(values: Mapping[str, Any], g: float) -> tuple[float, float, float] | None:
    """Both SDs and g if what was entered are standard errors; None when g is ordinary, or stays extreme."""
    if abs(g) <= 2:
        return None
    sd1, sd2 = values["sd1"] * math.sqrt(values["n1"]), values["sd2"] * math.sqrt(values["n2"])
    ordinary = smd(values, sd1=sd1, sd2=sd2)
    return (sd1, sd2, ordinary) if ordinary is not None and 0.05 <= abs(ordinary) <= 1.5 else None


def _huge(route: RouteView, g: float, sd1: float, sd2: float, ordinary: float) -> Finding:
    sds = show(sd1) if show(sd1) == show(sd2) else f"{show(sd1)} and {show(sd2)}"
    message = f"g = {show(g)}; read as SEs the SDs would be {sds} and g {show(ordinary)}"
    return Finding((*route.key, "sd1"), message)


def _beside(study: StudyView, route: RouteView, g: float | None) -> Iterator[Finding]:
    """The reading of a route's spreads that another route of the effect confirms, if it is the other one."""
    values = route.values
    if "sd1" in values and "sd2" in values and g is not None:
        turned = smd(values, sd1=_times_root(values, "sd1", "n1"), sd2=_times_root(values, "sd2", "n2"))
        name, other_name, other_way = "sd1", "SDs", "SEs"
    elif "se1" in values and "se2" in values and min(values.get("n1", 0), values.get("n2", 0)) > 1:
        g = smd(values, sd1=_times_root(values, "se1", "n1"), sd2=_times_root(values, "se2", "n2"))
        turned = smd(values, sd1=values["se1"], sd2=values["se2"])
        name, other_name, other_way = "se1", "SEs", "SDs"
    else:
        return
    if g is None or turned is None or values["n1"] <= 0 or values["n2"] <= 0:
        return
    for other in study.routes:
        if other.key[:2] != route.key[:2] or other is route or other.spec is None or "mean1" in other.values:
            continue
        said = difference(other.values)
        if said is None or said < _LEAST:
            continue
        if abs(abs(g) - said) > _FAR * said and abs(abs(turned) - said) <= _NEAR * said + 0.02:
            lead = other.spec.lead
            message = (
                f"as {other_name} they give g {show(abs(g))}, as {other_way} {show(abs(turned))}, "
                f"and {lead} = {other.printed(lead)} gives {show(said)}: are they {other_way}?"
            )
            yield Finding((*route.key, name), message)
            return


def _times_root(values: Mapping[str, Any], spread: str, n: str) -> float | None:
    return float(values[spread] * math.sqrt(values[n])) if values.get(n, 0) > 0 else None


def check_usual_sds(folder: Folder, studies: tuple[StudyView, ...]) -> Iterator[tuple[StudyFile, Finding]]:
    """Between studies: an SD under a third of the median SD of at least three other studies of the same
    outcome, that is of their size when it is read as a standard error."""
    del folder
    by_outcome: dict[str, list[tuple[StudyView, RouteView, float, int]]] = defaultdict(list)
    for study in studies:
        if "sd1" not in study.keys:
            continue
        for route in study.routes:
            values, name = route.values, getattr(route.effect.outcome, "name", None)
            if name and values.get("sd1", 0) > 0 and values.get("n1", 0) > 1 and "mean1" in values:
                by_outcome[name].append((study, route, values["sd1"], values["n1"]))
    for name, found in by_outcome.items():
        by_study: dict[str, list[float]] = defaultdict(list)
        for study, _, sd, _ in found:
            by_study[study.file.id].append(sd)
        medians = {study_id: median(sds) for study_id, sds in by_study.items()}
        ordered = sorted(medians.values())
        if len(ordered) <= _OTHERS:
            continue
        for study, route, sd, n in found:
            usual = _median_without(ordered, medians[study.file.id])
            g = smd(route.values)
            if (g is not None and as_standard_errors(route.values, g)) or sd >= usual / 3:
                continue
            as_sd = sd * math.sqrt(n)
            if usual / 2 <= as_sd <= 2 * usual:
                message = (
                    f"SD {route.printed('sd1')}, but {show(usual)} in {len(ordered) - 1} other studies of "
                    f"{name}; read as an SE it would be {show(as_sd)}"
                )
                yield study.file, Finding((*route.key, "sd1"), message)


def _median_without(ordered: Sequence[float], value: float) -> float:
    """The median of sorted numbers when one of them, ``value``, is left out."""
    gone, rest = bisect_left(ordered, value), len(ordered) - 1

    def at(i: int) -> float:
        return ordered[i if i < gone else i + 1]

    return (at((rest - 1) // 2) + at(rest // 2)) / 2


RULES: dict[str, StudyRule] = {"SDSE": check_se_for_sd}

FOLDER_RULES: dict[str, FolderRule] = {"SDSE": check_usual_sds}
