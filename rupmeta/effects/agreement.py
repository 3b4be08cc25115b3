"""Do the routes that a paper gives to one effect agree with each other, within rounding?

What is wrong with a route by itself is for ``lint`` to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rupmeta.effects.compute import effect_routes
from rupmeta.effects.hubs import show
from rupmeta.effects.measures import MEASURES
from rupmeta.effects.options import ConversionOptions
from rupmeta.effects.printed import half_unit, split_bound
from rupmeta.effects.routes import ROUTES
from rupmeta.effects.table import EffectRow, RouteResult
from rupmeta.read.problems import Problem, key_text
from rupmeta.read.routes import ROUTE_SPECS
from rupmeta.results import Severity

if TYPE_CHECKING:
    from rupmeta.read.folder import StudyFile

__all__ = ["RouteFinding", "agreement_problems", "route_agreement", "routes_agreement"]

#: Least difference that is worth a word, by family of the scale.
WORTH_SAYING = {
    "fisher z": 0.025,
    "correlation": 0.025,
    "standardised difference": 0.05,
    "log ratio": 0.1,
}


@dataclass(frozen=True, slots=True)
class RouteFinding:
    """A disagreement; ``index`` is the route that is questioned."""

    code: str
    severity: Severity
    message: str
    index: int


def route_agreement(row: EffectRow) -> list[RouteFinding]:
    """Disagreements between the routes of one effect: ROUTE, DIR, P-STAT."""
    return routes_agreement(row.routes, row.measure)


def routes_agreement(routes: Sequence[RouteResult], measure: str) -> list[RouteFinding]:
    """As ``route_agreement``, also for routes of which none gives an effect."""
    ordered = sorted((route for route in routes if route.yi is not None), key=lambda route: route.rank)
    found = _opposite(ordered, measure)
    tested = [route for route in ordered if route.pval is not None]
    questioned = {finding.index for finding in found}
    for route in routes:
        if route.route.startswith("p, ") and tested:
            questioned.add(route.index)
            found += _against_p(route, tested[0])
    comparable = [
        route for route in ordered if ROUTES[route.route].comparable and route.index not in questioned
    ]
    for route in comparable[1:]:
        found += _disagree(comparable[0], route, measure)
    return sorted(found, key=lambda finding: (finding.index, finding.code))


#: Routes that no single number names.
_FAMILY_NAMES = {"mean1": "the means", "pre_mean1": "the change", "a": "the counts", "events1": "the counts"}


def _name(route: RouteResult) -> str:
    """A route in a few words: ``t = -4.02``, ``the means``."""
    lead = ROUTE_SPECS[route.route].lead
    return _FAMILY_NAMES.get(lead) or f"{lead} = {dict(route.printed)[lead]}"


def _interval(route: RouteResult) -> tuple[float, float]:
    assert route.yi is not None
    return route.rounding if route.rounding is not None else (route.yi, route.yi)


def _opposite(routes: Sequence[RouteResult], measure: str) -> list[RouteFinding]:
    """DIR between two routes: opposite signs, both clear of 0."""
    clear = [
        route
        for route in routes
        if route.yi is not None and abs(route.yi) > 0.05 and _interval(route)[0] * _interval(route)[1] > 0
    ]
    found = []
    for route in clear[1:]:
        first = clear[0]
        if first.yi is not None and route.yi is not None and first.yi * route.yi < 0:
            message = (
                f"{_name(first)} and {_name(route)} have opposite signs once oriented "
                f"({measure} {show(first.yi)} and {show(route.yi)})"
            )
            found.append(RouteFinding("DIR", "error", message, route.index))
    return found


def _counted(route: RouteResult) -> bool:
    return ROUTE_SPECS[route.route].family == "counts" and route.route != "phi, n"


def _disagree(used: RouteResult, other: RouteResult, measure: str) -> list[RouteFinding]:
    """ROUTE: intervals from rounding disjoint, and a difference that matters.

    Not compared: adjusted with zero-order effects (two quantities); counts or ratios with correlations, which
    the cut of the outcome attenuates.
    """
    if used.yi is None or other.yi is None or used.adjusted != other.adjusted:
        return []
    if _counted(used) != _counted(other) and measure not in ("PHI", "ZPHI"):
        return []
    a, b = _interval(used), _interval(other)
    gap = abs(used.yi - other.yi)
    least = WORTH_SAYING.get(MEASURES[measure].kind, 0.25 * (used.vi or 0) ** 0.5)
    if not (a[0] > b[1] or b[0] > a[1]) or gap <= least:
        return []
    explained = sum(high - low for low, high in (a, b) if high - low < float("inf")) / 2
    message = (
        f"{_name(used)} ({measure} {show(used.yi)}) and {_name(other)} ({measure} {show(other.yi)}) "
        f"differ by {show(gap)}; rounding explains {show(explained)}"
    )
    return [RouteFinding("ROUTE", "warning", message, other.index)]


def _against_p(p_route: RouteResult, other: RouteResult) -> list[RouteFinding]:
    """P-STAT: the printed p against the p that another route implies."""
    texts = dict(p_route.printed)
    if "p" not in texts or other.pval is None:
        return []
    relation, p = _printed_p(texts["p"])
    tails = int(texts.get("tails", "2"))
    value, low, high = other.pval
    towards = -1 if p_route.favours == "comparison" else 1
    against = other.yi is not None and towards * other.yi < 0
    if tails == 1:
        value, low, high = value / 2, low / 2, high / 2
        if against:
            value, low, high = 1 - value, 1 - high, 1 - low
    half = half_unit(texts["p"]) if relation == "=" else 0.0
    if _fits(relation, p, half, low, high):
        return []
    around = f"{_p_text(low)} to {_p_text(high)}"
    message = f"p {relation} {show(p)}, but {_name(other)} gives {_p_text(value)} ({around})"
    if tails == 2 and _fits(relation, p, half, low / 2, high / 2):
        message += f"; one-tailed {_p_text(value / 2)}: is tails 1?"
    elif (p < 0.05) != (value < 0.05):
        message += "; the two lie on different sides of .05"
    return [RouteFinding("P-STAT", "warning", message, p_route.index)]


def _printed_p(text: str) -> tuple[str, float]:
    text = text.strip().strip("\"'")
    try:
        return "=", float(text)
    except ValueError:
        relation, p = split_bound(text)
        return relation, p if p == p else 0.05  # ns stands for p > .05


def _fits(relation: str, p: float, half: float, low: float, high: float) -> bool:
    slack = 1e-12
    if relation == "<":
        return low <= p + slack
    if relation == ">":
        return high >= p - slack
    return low <= p + half + slack and high >= p - half - slack


def _p_text(p: float) -> str:
    """A p value for a message: .069, .0004, <.0001."""
    return (
        "<.0001" if p < 1e-4 else f"{p:.3f}".removeprefix("0") if p >= 1e-3 else f"{p:.4f}".removeprefix("0")
    )


def _on_phi(
    file: StudyFile, index: int, routes: Sequence[RouteResult], options: ConversionOptions
) -> list[RouteFinding]:
    """Counts and φ (or χ²) of one table, which differ in z or d but not in φ."""
    names = [route.route for route in routes if route.problem is None]
    if not {"phi, n", "chi2, n"}.intersection(names) or not _FULL_TABLES.intersection(names):
        return []
    on_phi, _ = effect_routes(file, index, "PHI", options)
    return [finding for finding in routes_agreement(on_phi, "PHI") if finding.code == "ROUTE"]


#: Routes that give all four cells.
_FULL_TABLES = frozenset({"a, b, c, d", "events1, n1, events2, n2", "proportion1, n1, proportion2, n2"})


def agreement_problems(
    file: StudyFile, measure: str = "ZCOR", options: ConversionOptions | None = None
) -> list[Problem]:
    """Findings of every effect of a study, with their addresses; accepted warnings become infos."""
    options = ConversionOptions() if options is None else options
    found: list[Problem] = []
    for index, effect in enumerate(file.study.effects):
        routes, _ = effect_routes(file, index, measure, options)
        found_here = routes_agreement(routes, measure)
        if measure not in ("PHI", "ZPHI"):
            found_here += _on_phi(file, index, routes, options)
        for finding in found_here:
            key = ("effects", index, "reported", finding.index)
            place = file.locate(key)
            reason = effect.accept.get(finding.code) or file.study.accept.get(finding.code)
            accepted = reason if finding.severity == "warning" else None
            severity = "info" if accepted is not None else finding.severity
            message = finding.message if accepted is None else f"{finding.message} (accepted: {accepted})"
            found.append(
                Problem(
                    file.path,
                    place.line,
                    place.column,
                    finding.code,
                    severity,
                    key_text(key),
                    message,
                    accepted,
                )
            )
    return sorted(found)
