"""Which of the statistics in a row belong together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rupmeta.read.routes import COMPANIONS, ROUTE_SPECS, RouteSpec

__all__ = ["part_routes"]


def part_routes(keys: Sequence[str]) -> tuple[list[list[str]], list[str]]:
    """The routes that ``keys`` make, and the keys that none of them can use.

    Statistics are taken in the order of the keys; each takes the most demanding route whose keys are all
    there. A statistic without a sign is left over where another has one: nobody said whom it favours.

    >>> part_routes(["r", "n", "t", "df", "x"])
    ([['r', 'n', 'df'], ['t', 'df', 'n']], ['x'])
    """
    given = list(dict.fromkeys(keys))
    routes: list[list[str]] = []
    used: set[str] = set()
    for lead in given:
        if lead in used:
            continue
        spec = _most_demanding(lead, given)
        if spec is None:
            continue
        optional = [key for key in given if key in spec.optional and key not in _LEADS]
        companions = [key for key in given if key in COMPANIONS and not (key == "favours" and spec.signed)]
        routes.append(
            [*spec.required, *(key for key in (*optional, *companions) if key not in spec.required)]
        )
        used.update(routes[-1])
    signed = [route for route in routes if _spec_of(route).signed]
    if signed and "favours" not in given:
        routes = signed
    elif len(routes) == 1 and "favours" in given:
        routes = [[*routes[0], *(["favours"] if "favours" not in routes[0] else [])]]
    used = {key for route in routes for key in route}
    return routes, [key for key in given if key not in used]


#: Keys that say what kind of statistic it is; a, b, c, d and the pair of means are led by their first.
_LEADS = frozenset(spec.lead for spec in ROUTE_SPECS.values())


def _most_demanding(lead: str, given: Iterable[str]) -> RouteSpec | None:
    there = set(given)
    fitting = [spec for spec in ROUTE_SPECS.values() if spec.lead == lead and there.issuperset(spec.required)]
    return max(fitting, key=lambda spec: len(spec.required), default=None)


def _spec_of(route: Sequence[str]) -> RouteSpec:
    specs: Mapping[str, RouteSpec] = ROUTE_SPECS
    keys = set(route)
    fitting = [spec for spec in specs.values() if spec.lead == route[0] and keys.issuperset(spec.required)]
    return max(fitting, key=lambda spec: len(spec.required))
