"""Values that cannot be, whatever else the study says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from rupmeta.lint.findings import Finding, RouteView, StudyRule, StudyView, needs
from rupmeta.lint.keys import (
    CORRELATIONS,
    COUNTS,
    ERRORS,
    PEOPLE,
    PROPORTIONS,
    RATIOS,
    SHARES,
    SPREADS,
    spread_name,
)
from rupmeta.lint.printed import half_unit, show
from rupmeta.read.study import Citation

__all__ = ["RULES", "bound_of", "has_cells"]

_BOUND = re.compile(r"\s*[<>≤≥]=?\s*(\d*\.?\d+)\s*\Z")
#: Beyond these, numbers are slips, and computing with them overflows.
_LARGEST, _MOST_PEOPLE = 1e12, 1e9
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")
#: Measures between -1 and 1.
_BOUNDED = frozenset({"COR", "PCOR", "PHI", "RPB", "RD"})
#: Spreads of which a group that does not vary is only doubtful, if the other group does.
_MAY_BE_ZERO = ("sd1", "sd2")


def bound_of(p: str) -> float | None:
    """The number in a printed bound: .001 of ``"<.001"``; None for ``ns``."""
    match = _BOUND.match(p)
    return float(match.group(1)) if match else None


def has_cells(route: RouteView) -> bool:
    """Whether ``d`` is the fourth cell of a table and no standardised difference."""
    return "a" in route.values and "b" in route.values and "c" in route.values


@needs(*CORRELATIONS, *SHARES, "yi", "z")
def check_correlations(study: StudyView) -> Iterator[Finding]:
    """|x| > 1, and |x| = 1, of which there is no Fisher z; shares of variance below 0, or 1 and more."""
    for route in study.routes:
        values = route.values
        for name in CORRELATIONS:
            x = values.get(name)
            if x is None or abs(x) < 1:
                continue
            text = route.printed(name)
            if abs(x) == 1:
                message = f"{name} = {text} leaves no sampling variance; a rounded or mistyped value?"
            else:
                asked = "is it a d?" if abs(x) < 5 else "a percentage?"
                message = f"{text} is not a correlation (-1 to 1); {asked}"
            yield Finding((*route.key, name), message)
        z, n = values.get("z", 0), values.get("n", 0)
        if n > 0 and (abs(z) - half_unit(route.printed("z")) if z else 0.0) >= n**0.5:
            message = f"z = {route.printed('z')} with n = {n} gives an r above 1; which n?"
            yield Finding((*route.key, "z"), message)
        measure = str(values.get("measure", "")).upper()
        if measure in _BOUNDED and "yi" in values and abs(values["yi"]) >= 1:
            message = f"yi = {route.printed('yi')} is no {measure} (-1 to 1)"
            yield Finding((*route.key, "yi"), message)
        for name in SHARES:
            x = values.get(name)
            if x is not None and (x < 0 or x == 1 or x > 100):
                message = f"{name} = {route.printed(name)} is not a share of variance (0 to 1)"
                yield Finding((*route.key, name), message)
        if "r2" in values and 0 <= values["r2"] < 1 and abs(part := values.get("semipartial_r", 0)) < 1:
            least = max(0.0, abs(part) - half_unit(route.printed("semipartial_r")) if part else 0.0) ** 2
            if values["r2"] + half_unit(route.printed("r2")) < least:
                message = (
                    f"r2 = {route.printed('r2')} is less than the {show(part * part, 3)} that the predictor "
                    "explains by itself; r2 belongs to the full model"
                )
                yield Finding((*route.key, "r2"), message)


@needs(*SHARES, *PROPORTIONS)
def check_percentages(study: StudyView) -> Iterator[Finding]:
    """A percentage where a proportion belongs."""
    for route in study.routes:
        for name in (*SHARES, *PROPORTIONS):
            x = route.values.get(name)
            if x is not None and 1 < x <= 100:
                text = route.printed(name)
                message = f"{text}: {name} is a proportion (0 to 1); {text} % is {x / 100:.6g}"
                yield Finding((*route.key, name), message)


@needs("p")
def check_p(study: StudyView) -> Iterator[Finding]:
    """p ≤ 0 or p > 1, also as a bound."""
    for route in study.routes:
        p = route.values.get("p")
        x = bound_of(p) if isinstance(p, str) else p
        if x is None or 0 < x <= 1:
            continue
        advice = 'write p: "<.001"' if x <= 0 else "a p value lies between 0 and 1"
        sign = "" if isinstance(p, str) else "= "
        yield Finding((*route.key, "p"), f"p {sign}{route.printed('p')} cannot be; {advice}")


@needs(*PEOPLE, *COUNTS, "predictors", "cluster_size")
def check_counts(study: StudyView) -> Iterator[Finding]:
    """People are positive whole numbers, counts are whole numbers from zero."""
    for route in study.routes:
        values = route.values
        for name in PEOPLE:
            if name in values and values[name] <= 0:
                message = f"{name} = {route.printed(name)} is not a number of people; leave it out if unknown"
                yield Finding((*route.key, name), message)
        for name in (*COUNTS, "d") if has_cells(route) else COUNTS:
            x = values.get(name)
            if x is not None and (x < 0 or x != int(x)):
                message = f"{route.printed(name)} is not a count of people; write a whole number from 0"
                yield Finding((*route.key, name), message)
        if values.get("cluster_size", 1) < 1:
            message = f"cluster_size = {route.printed('cluster_size')}; a cluster holds at least 1 client"
            yield Finding((*route.key, "cluster_size"), message)
        if values.get("predictors", 1) < 1:
            message = "predictors = 0; they count the focal predictor too, so at least 1"
            yield Finding((*route.key, "predictors"), message)


def check_sizes(study: StudyView) -> Iterator[Finding]:
    """Numbers beyond any statistic, and more people than there are."""
    for route in study.routes:
        for name, value in route.values.items():
            most = _MOST_PEOPLE if name in PEOPLE or name in COUNTS else _LARGEST
            numbers = value if isinstance(value, list) else [value]
            if any(isinstance(x, float | int) and abs(x) > most for x in numbers):
                message = f"{route.printed(name)[:40]} is beyond any {name}; a slip of digits or exponent?"
                yield Finding((*route.key, name), message)


@needs(*SPREADS)
def check_spreads(study: StudyView) -> Iterator[Finding]:
    """Spreads ≤ 0; one group without any spread is only doubtful."""
    for route in study.routes:
        values = route.values
        for name in SPREADS:
            x = values.get(name)
            if x is None or x > 0:
                continue
            twin = values.get(name[:-1] + ("2" if name.endswith("1") else "1"))
            if x == 0 and name in _MAY_BE_ZERO and twin is not None and twin > 0:
                message = f"{name} = 0: did everyone in the group score the same?"
                yield Finding((*route.key, name), message, "warning")
            else:
                message = f"{name} = {route.printed(name)}; a {spread_name(name)} is positive"
                yield Finding((*route.key, name), message.replace("a inter", "an inter"))


@needs(*ERRORS)
def check_errors(study: StudyView) -> Iterator[Finding]:
    """Sampling variances and standard errors ≤ 0."""
    for route in study.routes:
        for name in ERRORS:
            x = route.values.get(name)
            if x is not None and x <= 0:
                kind = "sampling variance" if name == "vi" else "standard error"
                yield Finding((*route.key, name), f"{name} = {route.printed(name)}; a {kind} is positive")


@needs(*RATIOS)
def check_ratios(study: StudyView) -> Iterator[Finding]:
    """A ratio, or a limit of one, that is not positive is a log ratio, or a mistake."""
    for route in study.routes:
        values = route.values
        for name in RATIOS:
            if name not in values:
                continue
            if values[name] <= 0:
                message = (
                    f"{name} = {route.printed(name)}; a ratio is positive: is it a log ratio? then give yi"
                )
                yield Finding((*route.key, name), message)
            elif min(values.get("ci", (1,))) <= 0:
                message = (
                    f"{route.printed('ci')} cannot hold a ratio: limits are positive; are they logarithms?"
                )
                yield Finding((*route.key, "ci"), message)


def check_year(study: StudyView) -> Iterator[Finding]:
    """Years before 1900 or after the extraction; dates that are not ISO 8601."""
    record = study.study
    text = record.extraction.date
    when = _date(text)
    if text is not None and when is None:
        yield Finding(("extraction", "date"), f"{text} is not a date; write it as 2026-01-10")
    year = record.citation.year if isinstance(record.citation, Citation) else None
    if year is None:
        return
    if year < 1900:
        yield Finding(("citation", "year"), f"{year} lies before 1900; write the year with four digits")
    elif when is not None and year > when.year + 1:
        yield Finding(("citation", "year"), f"{year} lies after the extraction date {text}")


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text is not None and _DATE.match(text) else None
    except ValueError:
        return None


RULES: dict[str, StudyRule] = {
    "NUM-NAN": check_sizes,
    "NUM-PCT": check_percentages,
    "R-BOUND": check_correlations,
    "P-BOUND": check_p,
    "N-INT": check_counts,
    "SD-NEG": check_spreads,
    "V-NEG": check_errors,
    "LOGR": check_ratios,
    "YEAR": check_year,
}
