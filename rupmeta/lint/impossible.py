"""Values that cannot be, whatever else the study says."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date

from rupmeta.lint.findings import Finding, RouteView, StudyRule, StudyView, needs
from rupmeta.lint.printed import half_unit, limits, show, span
from rupmeta.read.study import Citation

__all__ = ["RULES", "bound_of"]

_CORRELATIONS = ("r", "spearman", "partial_r", "semipartial_r", "phi", "pre_post_r")
_Z_LEADS = frozenset({"r", "spearman", "fisher_z", "partial_r", "beta", "chi2", "z", "p", "phi"})
_PEOPLE = ("n", "n1", "n2")
_COUNTS = ("events1", "events2", "a", "b", "c")
_SPREADS = (
    "sd1", "sd2", "se1", "se2", "sd_pre1", "sd_post1", "sd_change1", "sd_pre2", "sd_post2", "sd_change2",
)  # fmt: skip
_ERRORS = ("vi", "sei", "se", "se_log")
_WITH_CI = (("r", "ci"), ("d", "ci"), ("g", "ci"), ("odds_ratio", "ci"), ("risk_ratio", "ci"),
            ("mean1", "ci1"), ("mean2", "ci2"))  # fmt: skip
_BOUND = re.compile(r"\s*[<>≤≥]=?\s*(\d*\.?\d+)\s*\Z")
#: Beyond these, numbers are slips, and computing with them overflows.
_LARGEST, _MOST_PEOPLE = 1e12, 1e9
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")


def bound_of(p: str) -> float | None:
    """The number in a printed bound: .001 of ``"<.001"``; None for ``ns``."""
    match = _BOUND.match(p)
    return float(match.group(1)) if match else None


def _has_cells(route: RouteView) -> bool:
    """Whether ``d`` is the fourth cell of a table and no standardised difference."""
    return "a" in route.values and "b" in route.values and "c" in route.values


@needs(*_CORRELATIONS)
def check_correlations(study: StudyView) -> Iterator[Finding]:
    """|x| > 1, and |x| = 1, of which there is no Fisher z."""
    for route in study.routes:
        for name in _CORRELATIONS:
            x = route.values.get(name)
            if x is None or abs(x) < 1:
                continue
            text = route.printed(name)
            if abs(x) == 1:
                message = f"{name} = {text} leaves no sampling variance; a rounded or mistyped value?"
            else:
                asked = "is it a d?" if abs(x) < 5 else "a percentage?"
                message = f"{text} is not a correlation (-1 to 1); {asked}"
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


@needs(*_PEOPLE, *_COUNTS)
def check_counts(study: StudyView) -> Iterator[Finding]:
    """People are positive whole numbers, counts are whole numbers from zero."""
    for route in study.routes:
        values = route.values
        for name in _PEOPLE:
            if name in values and values[name] <= 0:
                message = f"{name} = {route.printed(name)} is not a number of people; leave it out if unknown"
                yield Finding((*route.key, name), message)
        for name in (*_COUNTS, "d") if _has_cells(route) else _COUNTS:
            x = values.get(name)
            if x is not None and (x < 0 or x != int(x)):
                message = f"{route.printed(name)} is not a count of people; write a whole number from 0"
                yield Finding((*route.key, name), message)


def check_sizes(study: StudyView) -> Iterator[Finding]:
    """Numbers beyond any statistic, and more people than there are."""
    for route in study.routes:
        for name, value in route.values.items():
            most = _MOST_PEOPLE if name in _PEOPLE or name in _COUNTS else _LARGEST
            numbers = value if isinstance(value, list) else [value]
            if any(isinstance(x, float | int) and abs(x) > most for x in numbers):
                message = f"{route.printed(name)[:40]} is beyond any {name}; a slip of digits or exponent?"
                yield Finding((*route.key, name), message)


def _degrees(route: RouteView) -> int | None:
    """People less fixed parameters of a route on the z scale, so that 3 or fewer leave no variance."""
    values = route.values
    spec = route.spec
    if spec is None:
        return None
    if spec.lead in ("t", "F") and "n1" not in spec.required and "predictors" not in spec.required:
        df = values.get("df", values.get("df2"))
        return None if df is None else int(df) + 2
    if spec.lead in _Z_LEADS and "n" in spec.required:
        return int(values["n"]) - int(values.get("covariates", 0))
    return None


def check_small(study: StudyView) -> Iterator[Finding]:
    """Too few people for a variance; very few people, as information, once per effect."""
    told: set[object] = set()
    for route in study.routes:
        values = route.values
        if any(values.get(name, 1) <= 0 for name in (*_PEOPLE, "df", "df2")):
            continue
        degrees = _degrees(route)
        groups = [name for name in ("n1", "n2") if values.get(name, 2) < 2]
        if degrees is not None and degrees <= 3:
            name = "n" if "n" in values else "df" if "df" in values else "df2"
            less = f" with {values['covariates']} covariates" if values.get("covariates") else ""
            yield Finding(
                (*route.key, name), f"{name} = {route.printed(name)}{less}: Fisher z has no variance"
            )
        elif groups and "events1" not in values:
            name = groups[0]
            message = f"{name} = {route.printed(name)}: a group of one has no variance; is it another number?"
            yield Finding((*route.key, name), message)
        elif route.total is not None and route.total < 10 and route.key[1] not in told:
            told.add(route.key[1])
            name = "n" if "n" in values else "n1"
            message = f"{route.total} people; large-sample formulas are rough below 10"
            yield Finding((*route.key, name), message, "info")


@needs(*_SPREADS)
def check_spreads(study: StudyView) -> Iterator[Finding]:
    """Standard deviations ≤ 0; one group without any spread is only doubtful."""
    for route in study.routes:
        values = route.values
        for name in _SPREADS:
            x = values.get(name)
            if x is None or x > 0:
                continue
            kind = "standard error" if name.startswith("se") else "standard deviation"
            twin = values.get(name[:-1] + ("2" if name.endswith("1") else "1"))
            if x == 0 and name in ("sd1", "sd2") and twin is not None and twin > 0:
                message = f"{name} = 0: did everyone in the group score the same?"
                yield Finding((*route.key, name), message, "warning")
            else:
                message = f"{name} = {route.printed(name)}; a {kind} is positive"
                yield Finding((*route.key, name), message)


@needs(*_ERRORS)
def check_errors(study: StudyView) -> Iterator[Finding]:
    """Sampling variances and standard errors ≤ 0."""
    for route in study.routes:
        for name in _ERRORS:
            x = route.values.get(name)
            if x is not None and x <= 0:
                kind = "sampling variance" if name == "vi" else "standard error"
                yield Finding((*route.key, name), f"{name} = {route.printed(name)}; a {kind} is positive")


@needs("a", "events1", "events2")
def check_cells(study: StudyView) -> Iterator[Finding]:
    """More events than people, an empty group; a zero cell as information."""
    for route in study.routes:
        values = route.values
        if _has_cells(route) and "d" in values:
            cells = [values[name] for name in ("a", "b", "c", "d")]
            if min(cells) < 0:
                continue
            if cells[0] + cells[1] == 0 or cells[2] + cells[3] == 0:
                name = "a" if cells[0] + cells[1] == 0 else "c"
                yield Finding((*route.key, name), "a group is empty; both groups need people")
            elif 0 in cells:
                name = ("a", "b", "c", "d")[cells.index(0)]
                yield Finding((*route.key, name), "a zero cell: .5 is added to all four cells", "info")
            continue
        zero = None
        for events, people in (("events1", "n1"), ("events2", "n2")):
            if events not in values or people not in values or values[events] < 0 or values[people] <= 0:
                continue
            if values[events] > values[people]:
                message = (
                    f"{events} = {values[events]} of {people} = {values[people]}; more events than people"
                )
                yield Finding((*route.key, events), message)
            elif values[events] in (0, values[people]):
                zero = zero or events
        if zero is not None:
            yield Finding((*route.key, zero), "a zero cell: .5 is added to all four cells", "info")


@needs("ci", "ci1", "ci2")
def check_ci_order(study: StudyView) -> Iterator[Finding]:
    """Lower limit not below the upper one."""
    for route in study.routes:
        for name in ("ci", "ci1", "ci2"):
            ci = route.values.get(name)
            if ci is not None and len(ci) == 2 and ci[0] >= ci[1]:
                message = f"{route.printed(name)} has its limits the wrong way round; write [lower, upper]"
                yield Finding((*route.key, name), message)


@needs("ci", "ci1", "ci2")
def check_ci_holds(study: StudyView) -> Iterator[Finding]:
    """The estimate outside its own interval by more than rounding."""
    for route in study.routes:
        for name, ci_name in _WITH_CI:
            x, ci = route.values.get(name), route.values.get(ci_name)
            if x is None or ci is None or ci[0] >= ci[1] or ci[0] <= x <= ci[1]:
                continue
            (low, high), (lower, upper) = span(route, name), limits(route, ci_name)
            if high < lower[0] or low > upper[1]:
                message = (
                    f"{name} = {route.printed(name)} lies outside its interval {route.printed(ci_name)}; "
                    "a sign or a row mixed up?"
                )
                yield Finding((*route.key, name), message)


@needs("df", "df1", "df2", "F", "chi2")
def check_df(study: StudyView) -> Iterator[Finding]:
    """Degrees of freedom ≤ 0, negative F or chi2, more than two groups, a chi2 above n."""
    for route in study.routes:
        values = route.values
        for name in ("df", "df2"):
            if name in values and values[name] <= 0:
                yield Finding((*route.key, name), f"{name} = {route.printed(name)}; it is positive")
        for name in ("F", "chi2"):
            if name in values and values[name] < 0:
                message = f"{name} = {route.printed(name)}; {name} is never negative"
                yield Finding((*route.key, name), message)
        if values.get("df1", 1) != 1:
            text = route.printed("df1")
            message = f"F with df1 = {text} compares {_groups(values['df1'])} groups; no single r follows"
            yield Finding((*route.key, "df1"), message)
        if "chi2" in values and values.get("df", 1) > 1:
            message = f"chi2 with df = {route.printed('df')} is no 2 × 2 table; no single r follows"
            yield Finding((*route.key, "df"), message)
        elif "chi2" in values and "n" in values and values["chi2"] > values["n"] > 0:
            message = f"chi2 = {route.printed('chi2')} with n = {values['n']} gives a phi above 1; which n?"
            yield Finding((*route.key, "chi2"), message)


def _groups(df1: float) -> str:
    return {2: "three", 3: "four", 4: "five"}.get(int(df1), "several") if df1 == int(df1) else "several"


@needs("mean1", "mean2")
def check_range(study: StudyView) -> Iterator[Finding]:
    """Means off the scale, and SDs larger than the scale allows at that mean."""
    for route in study.routes:
        scale = getattr(route.effect.outcome, "scale", None)
        if scale is None or scale.min is None or scale.max is None or scale.min >= scale.max:
            continue
        for group in ("1", "2"):
            mean, sd, n = (route.values.get(f"{what}{group}") for what in ("mean", "sd", "n"))
            if mean is None:
                continue
            text, on = route.printed(f"mean{group}"), f"{scale.min:g}-{scale.max:g}"
            low, high = span(route, f"mean{group}")
            if high < scale.min or low > scale.max:
                yield Finding(
                    (*route.key, f"mean{group}"), f"mean {text} lies off the scale {on}; another scale?"
                )
            elif sd is not None and n is not None and n >= 2:
                middle = min(max((scale.min + scale.max) / 2, low), high)
                largest = math.sqrt(max(0.0, (middle - scale.min) * (scale.max - middle)) * n / (n - 1))
                printed = route.printed(f"sd{group}")
                if sd - half_unit(printed) > largest:
                    message = (
                        f"SD {printed} is impossible: mean {text} on {on} with n = {n} "
                        f"allows at most {show(largest, 1)}"
                    )
                    yield Finding((*route.key, f"sd{group}"), message)


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
    "R-BOUND": check_correlations,
    "P-BOUND": check_p,
    "N-INT": check_counts,
    "NSMALL": check_small,
    "SD-NEG": check_spreads,
    "V-NEG": check_errors,
    "CELL": check_cells,
    "CI-INV": check_ci_order,
    "CI-OUT": check_ci_holds,
    "DF": check_df,
    "RANGE": check_range,
    "YEAR": check_year,
}
