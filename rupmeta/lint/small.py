"""Too few people for a variance, and degrees of freedom that cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from rupmeta.lint.findings import Finding, RouteView, StudyRule, StudyView, needs
from rupmeta.lint.keys import DEGREES, PEOPLE, UNSIGNED

__all__ = ["RULES"]

#: Below this many people large-sample formulas are rough.
_FEW = 10
#: Least people in a group whose quantiles are told, and in a group of which a change is.
_LEAST = {"median1": 4, "change": 3}


def _spare(route: RouteView) -> tuple[float, str] | None:
    """What the variance divides by, which must be positive, and the key that it comes from."""
    values, spec = route.values, route.spec
    if spec is None:
        return None
    lost = values.get("covariates", 0)
    if "predictors" in values and "n" in values:
        return values["n"] - values["predictors"] - 1, "n"
    df = values.get("df", values.get("df2"))
    tested = spec.lead in ("t", "F", "slope", "partial_eta2") and "n1" not in spec.required
    if tested and df is not None:
        return df - 1, "df" if "df" in values else "df2"
    if spec.family == "adjusted":
        return values["n1"] + values["n2"] - 2 - values.get("covariates", 1), "n1"
    if "n" in spec.required and spec.lead not in ("d", "g"):
        return values["n"] - 3 - lost, "n"
    return None


def check_small(study: StudyView) -> Iterator[Finding]:
    """Too few people for a variance; very few people, as information, once per effect."""
    told: set[object] = set()
    for route in study.routes:
        values = route.values
        if any(values.get(name, 1) <= 0 for name in (*PEOPLE, *DEGREES)):
            continue
        spare = _spare(route)
        lead = route.spec.lead if route.spec is not None else ""
        family = route.spec.family if route.spec is not None else ""
        least = _LEAST.get(lead, _LEAST.get(family, 2))
        groups = [name for name in ("n1", "n2") if values.get(name, least) < least]
        if spare is not None and spare[0] <= 0:
            name = spare[1]
            lost = values.get("covariates") or values.get("predictors")
            what = "predictors" if "predictors" in values else "covariates"
            less = f" with {lost} {what}" if lost else ""
            message = f"{name} = {route.printed(name)}{less}: Fisher z has no variance"
            if family == "adjusted":
                message = f"groups of {values['n1']} and {values['n2']} are too small for covariates"
            yield Finding((*route.key, name), message)
        elif groups and family != "counts":
            name = groups[0]
            why = "a group of one has no variance" if values[name] == 1 else f"{least} is the least"
            yield Finding((*route.key, name), f"{name} = {route.printed(name)}: {why}; is it another number?")
        elif route.total is not None and route.total < _FEW and route.key[1] not in told:
            told.add(route.key[1])
            name = "n" if "n" in values else "n1"
            message = f"{route.total} people; large-sample formulas are rough below 10"
            yield Finding((*route.key, name), message, "info")


@needs(*DEGREES, *UNSIGNED)
def check_df(study: StudyView) -> Iterator[Finding]:
    """Degrees of freedom ≤ 0, negative F or chi2, more than two groups, a chi2 above n."""
    for route in study.routes:
        values = route.values
        for name in ("df", "df2"):
            if name in values and values[name] <= 0:
                yield Finding((*route.key, name), f"{name} = {route.printed(name)}; it is positive")
        for name in UNSIGNED:
            if name in values and values[name] < 0:
                message = f"{name} = {route.printed(name)}; {name} is never negative"
                yield Finding((*route.key, name), message)
        if values.get("df1", 1) != 1:
            what = "partial_eta2" if "partial_eta2" in values else "F"
            message = (
                f"{what} with df1 = {route.printed('df1')} compares {_groups(values['df1'])} groups; "
                "no single r follows"
            )
            yield Finding((*route.key, "df1"), message)
        if "chi2" in values and values.get("df", 1) > 1:
            message = f"chi2 with df = {route.printed('df')} is no 2 × 2 table; no single r follows"
            yield Finding((*route.key, "df"), message)
        elif "chi2" in values and "n" in values and values["chi2"] > values["n"] > 0:
            message = f"chi2 = {route.printed('chi2')} with n = {values['n']} gives a phi above 1; which n?"
            yield Finding((*route.key, "chi2"), message)


def _groups(df1: float) -> str:
    return {2: "three", 3: "four", 4: "five"}.get(int(df1), "several") if df1 == int(df1) else "several"


RULES: dict[str, StudyRule] = {"NSMALL": check_small, "DF": check_df}
