"""Tables of events: more events than people, empty groups, zero cells, risks above 1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rupmeta.lint.findings import Finding, RouteView, StudyRule, StudyView, needs
from rupmeta.lint.impossible import has_cells
from rupmeta.lint.printed import span

__all__ = ["RULES"]

_ZERO = "a zero cell: .5 is added to all four cells"


@needs("a", "events1", "events2", "proportion1", "risk2")
def check_cells(study: StudyView) -> Iterator[Finding]:
    """More events than people, an empty group; a zero cell as information."""
    for route in study.routes:
        if has_cells(route) and "d" in route.values:
            yield from _cells(route)
        elif "events1" in route.values:
            yield from _events(route)
        elif "proportion1" in route.values:
            yield from _proportions(route)
        elif "risk2" in route.values:
            yield from _risks(route)


def _cells(route: RouteView) -> Iterator[Finding]:
    names = ("a", "b", "c", "d")
    cells = [route.values[name] for name in names]
    if min(cells) < 0:
        return
    if cells[0] + cells[1] == 0 or cells[2] + cells[3] == 0:
        name = "a" if cells[0] + cells[1] == 0 else "c"
        yield Finding((*route.key, name), "a group is empty; both groups need people")
    elif 0 in cells:
        shares = cells[0] / (cells[0] + cells[1]), cells[2] / (cells[2] + cells[3])
        yield _zero(route, names[cells.index(0)], shares)


def _events(route: RouteView) -> Iterator[Finding]:
    values, zero = route.values, None
    shares: list[float] = []
    for events, people in (("events1", "n1"), ("events2", "n2")):
        if events not in values or people not in values or values[events] < 0 or values[people] <= 0:
            return
        if values[events] > values[people]:
            message = f"{events} = {values[events]} of {people} = {values[people]}; more events than people"
            yield Finding((*route.key, events), message)
            return
        shares.append(values[events] / values[people])
        if shares[-1] in (0, 1):
            zero = zero or events
    if zero is not None:
        yield _zero(route, zero, shares)


def _proportions(route: RouteView) -> Iterator[Finding]:
    names = ("proportion1", "proportion2")
    shares = [float(route.values.get(name, 0.5)) for name in names]
    for name, share in zip(names, shares, strict=True):
        if share < 0 or share > 100:
            message = f"{name} = {route.printed(name)} is not a proportion of people (0 to 1)"
            yield Finding((*route.key, name), message)
    at = next((name for name, share in zip(names, shares, strict=True) if share in (0, 1)), None)
    if at is not None:
        yield _zero(route, at, shares)


def _zero(route: RouteView, at: str, shares: Any) -> Finding:
    message = _ZERO
    if shares[0] == shares[1]:
        what = "no events" if shares[0] == 0 else "only events"
        message = f"{what} in both groups: a ratio or φ says nothing, so that pools of those leave it out"
    return Finding((*route.key, at), message, "info")


def _risks(route: RouteView) -> Iterator[Finding]:
    values = route.values
    if "risk_ratio" not in values:
        return
    risk, ratio = values["risk2"], values["risk_ratio"]
    if risk <= 0 or risk == 1 or risk > 100:
        message = f"risk2 = {route.printed('risk2')}; the risk in group 2 lies between 0 and 1"
        yield Finding((*route.key, "risk2"), message)
    elif ratio > 0 and risk < 1 and span(route, "risk2")[0] * max(0.0, span(route, "risk_ratio")[0]) >= 1:
        message = (
            f"risk_ratio = {route.printed('risk_ratio')} with risk2 = {route.printed('risk2')} "
            f"gives a risk of {ratio * risk:.2f} in group 1; which of the two is wrong?"
        )
        yield Finding((*route.key, "risk2"), message)


RULES: dict[str, StudyRule] = {"CELL": check_cells}
