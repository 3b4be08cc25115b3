"""Numbers of people that do not fit each other."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rupmeta.lint.findings import Finding, RouteView, StudyRule, StudyView
from rupmeta.lint.impossible import has_cells

__all__ = ["RULES"]


def check_people(study: StudyView) -> Iterator[Finding]:
    """One effect with several numbers of people, or with more than its sample."""
    sample = study.study.sample.n if study.study.sample is not None else None
    first: dict[object, tuple[int, str]] = {}
    sizes: dict[object, tuple[tuple[int, int], str]] = {}
    told: set[object] = set()
    for route in study.routes:
        effect = route.key[1]
        for total, text, name in _totals(route):
            known = first.setdefault(effect, (total, text))
            if effect in told:
                continue
            if known[0] != total:
                told.add(effect)
                yield Finding((*route.key, name), f"{text} with {known[1]}: which n?")
            elif sample is not None and total > sample:
                told.add(effect)
                message = f"{text} is more than the sample's n = {sample}: which n?"
                yield Finding((*route.key, name), message)
        groups = _sizes(route)
        if groups is None or effect in told:
            continue
        known_groups = sizes.setdefault(effect, (groups, f"n1 = {groups[0]} and n2 = {groups[1]}"))
        if known_groups[0] != groups:
            told.add(effect)
            name = "n1" if "n1" in route.values else "a"
            message = f"groups of {groups[0]} and {groups[1]}, but {known_groups[1]} in another route; which?"
            yield Finding((*route.key, name), message)


def _sizes(route: RouteView) -> tuple[int, int] | None:
    """Both group sizes."""
    values = route.values
    if "n1" in values and "n2" in values:
        return values["n1"], values["n2"]
    if has_cells(route) and "d" in values:
        return values["a"] + values["b"], int(values["c"] + values["d"])
    return None


def _totals(route: RouteView) -> Iterator[tuple[int, str, str]]:
    """Every number of people that the route implies, its text, and the key it stands at."""
    values, spec = route.values, route.spec
    groups = _sizes(route)
    if groups is not None:
        cells = "n1" not in values
        text = f"a + b + c + d = {sum(groups)}" if cells else f"n1 + n2 = {sum(groups)}"
        yield sum(groups), text, "a" if cells else "n1"
    elif "n1" in values and spec is not None and spec.family == "change":
        yield values["n1"], f"n1 = {values['n1']}", "n1"
    if "n" in values:
        yield values["n"], f"n = {values['n']}", "n"
    name = "df" if "df" in values else "df2"
    df = values.get(name)
    if df is None or spec is None or values.get("df1", 1) != 1 or "chi2" in values:
        return
    people = sum(groups) if groups is not None else values.get("n")
    lost, known = _parameters(route)
    too_many = people is not None and df > people - lost
    if (df == int(df) and known) or too_many:  # a broken df below n - 2 is Welch's
        less = f" with {_other(route)}" if _other(route) else ""
        yield math.floor(df) + lost, f"{name} = {route.printed(name)}{less}", name


def _parameters(route: RouteView) -> tuple[int, bool]:
    """People less degrees of freedom, and whether it is more than a lower limit.

    A partial eta squared, and an analysis of covariance that does not say how many covariates it has, may
    have lost more.
    """
    values, spec = route.values, route.spec
    if "predictors" in values:
        return values["predictors"] + 1, True
    known = "covariates" in values or not (
        "adjusted" in values or (spec is not None and spec.lead in ("partial_eta2", "slope"))
    )
    if spec is not None and "covariate_r" in spec.required and "covariates" not in values:
        return 3, False
    return 2 + int(values.get("covariates", 0)), known


def _other(route: RouteView) -> str:
    values = route.values
    for name in ("predictors", "covariates"):
        if values.get(name):
            count = values[name]
            return f"{count} {name if count > 1 else name[:-1]}"
    return ""


RULES: dict[str, StudyRule] = {"N-MIS": check_people}
