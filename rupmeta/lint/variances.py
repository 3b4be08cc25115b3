"""Given variances that are standard errors, and the reverse, against the variance that n implies."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rupmeta.lint.findings import Finding, RouteView, StudyRule, StudyView, needs
from rupmeta.lint.printed import show

__all__ = ["RULES"]

#: Above this expected variance a number and its root are too much alike to tell apart.
_BLIND = 1 / 9
#: How far a given variance may lie from the expected one, and how far the other reading of it.
_NEAR = 3.0
#: The same for the other reading on the side of the number as given, which then lies still further off.
_NEAR_BETWEEN = 5.0


@needs("yi", "d", "g", "r")
def check_se_for_variance(study: StudyView) -> Iterator[Finding]:
    """A given variance that is a standard error, or the reverse, against the variance that n implies."""
    for route in study.routes:
        values = route.values
        name = next((key for key in ("vi", "sei", "se") if key in values), None)
        if name is None or values[name] <= 0:
            continue
        v = values["vi"] if name == "vi" else values[name] ** 2
        expected = _expected_variance(study, route)
        if expected is None or expected[0] > _BLIND or 1 / _NEAR <= v / expected[0] <= _NEAR:
            continue
        v0, people = expected
        other = v**2 if name == "vi" else values[name]
        lowest = 1 / (_NEAR_BETWEEN if v < v0 else _NEAR)
        highest = _NEAR_BETWEEN if v > v0 else _NEAR
        if lowest <= other / v0 <= highest:
            fits, asked = ("vi²", "is it a standard error?") if name == "vi" else (name, "is it a variance?")
            want = v0 if name == "vi" else math.sqrt(v0)
            message = (
                f"{name} = {route.printed(name).removeprefix('0')} for {people}, expected {show(want, 4)}; "
                f"{fits} fits{'' if name == 'vi' else ' as a variance'}: {asked}"
            )
            yield Finding((*route.key, name), message)


def _expected_variance(study: StudyView, route: RouteView) -> tuple[float, str] | None:
    """The sampling variance that the numbers of people imply, and these numbers as text."""
    values = route.values
    found = _scale(route)
    if found is None:
        return None
    measure, y = found
    n = route.total or (study.study.sample.n if study.study.sample is not None else None)
    free = 0 if n is None else n - 3 - values.get("covariates", 0)
    if measure in ("ZCOR", "ZPCOR") and free > 0:
        return 1 / free, f"n = {n}"
    if measure in ("COR", "PCOR") and free > 0 and abs(y) < 1:
        return (1 - y * y) ** 2 / (free + 2), f"n = {n}"
    if measure == "SMD" and values.get("n1", 0) > 0 and values.get("n2", 0) > 0:
        n1, n2 = values["n1"], values["n2"]
        return 1 / n1 + 1 / n2 + y**2 / (2 * (n1 + n2)), f"n = {n1} + {n2}"
    if measure == "SMD" and n is not None and n > 0:
        return 4 / n * (1 + y**2 / 8), f"n = {n}"
    return None


def _scale(route: RouteView) -> tuple[str, float] | None:
    """The scale on which the route's variance is given, and the effect on it."""
    values = route.values
    if "yi" in values:
        return str(values.get("measure", "")).upper(), float(values["yi"])
    if "a" in values or "covariates" in values or "covariate_r" in values:
        return None
    for name, measure in (("d", "SMD"), ("g", "SMD"), ("r", "COR")):
        if name in values and "se" in values:
            return measure, float(values[name])
    return None


RULES: dict[str, StudyRule] = {"VARSE": check_se_for_variance}
