"""Which way a number points: statistics without a sign, and ``favours`` against the sign."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.lint.findings import Finding, RouteView, StudyRule, StudyView
from rupmeta.lint.impossible import bound_of
from rupmeta.lint.keys import RATIOS

__all__ = ["RULES"]

_SIGNED = (
    "r", "spearman", "fisher_z", "partial_r", "semipartial_r", "beta", "slope", "t", "z", "d", "g", "phi",
    "yi", "mean_difference", "paired_t",
)  # fmt: skip
#: Statistics of both groups whose order is the sign.
_PAIRS = ("mean", "median", "adj_mean", "mean_change", "proportion")


def check_direction(study: StudyView) -> Iterator[Finding]:
    """A statistic without a sign needs ``favours``; ``favours`` must not contradict a sign."""
    for route in study.routes:
        values = route.values
        spec = route.spec
        if spec is None:
            continue
        p = values.get("p")
        without_effect = isinstance(p, str) and (bound_of(p) is None or p.strip()[:1] in ">≥")
        if not spec.signed and "favours" not in values and not (spec.lead == "p" and without_effect):
            lead = "a p value" if spec.lead == "p" else spec.lead
            yield Finding((*route.key, spec.lead), f"{lead} has no sign; add favours: repair or comparison")
        elif spec.signed and "favours" in values and (sign := _oriented_sign(route, spec.lead)) is not None:
            said = "repair" if sign > 0 else "comparison"
            if values["favours"] != said:
                message = (
                    f"favours: {values['favours']}, but {_what(route, spec.lead)} with better: "
                    f"{route.effect.outcome.better} favours {said}; which is right?"
                )
                yield Finding((*route.key, "favours"), message)
        if "t" in values and spec.lead in ("beta", "slope") and values["t"] * values[spec.lead] < 0:
            message = (
                f"t = {route.printed('t')} and {spec.lead} = {route.printed(spec.lead)} have opposite signs; "
                "a coefficient and its t share theirs"
            )
            yield Finding((*route.key, "t"), message)


def _oriented_sign(route: RouteView, lead: str) -> int | None:
    """1 if the route favours repair, -1 if the comparison, None if it has no sign or no direction."""
    better = getattr(route.effect.outcome, "better", None)
    x = _signed(route.values, lead)
    if not x or better not in ("lower", "higher"):
        return None
    turn = -1 if better == "lower" and route.values.get("sign") != "benefit" else 1
    return turn if x > 0 else -turn


def _signed(values: Mapping[str, Any], lead: str) -> float | None:
    """A number with the sign of the route as printed; None where it has none."""
    if lead in _SIGNED and not (lead == "yi" and values.get("measure") == "GEN"):
        return float(values[lead])
    if lead in RATIOS and values[lead] > 0:
        return math.log(values[lead])
    kind = lead.removesuffix("1")
    if kind in _PAIRS and f"{kind}2" in values:
        return float(values[lead] - values[f"{kind}2"])
    if kind == "mean_change":
        return float(values[lead])
    if lead == "pre_mean1" and ("pre_mean2" in values) == ("post_mean2" in values):
        return _change(values, "1") - (_change(values, "2") if "pre_mean2" in values else 0.0)
    if lead == "events1" and min(values["n1"], values["n2"]) > 0:
        return float(values["events1"] / values["n1"] - values["events2"] / values["n2"])
    if lead == "a":
        return float(values["a"] * values["d"] - values["b"] * values["c"])
    return None


def _change(values: Mapping[str, Any], group: str) -> float:
    return float(values[f"post_mean{group}"] - values[f"pre_mean{group}"])


def _what(route: RouteView, lead: str) -> str:
    values, kind = route.values, lead.removesuffix("1")
    if lead == "pre_mean1":
        return "the change"
    if lead == "a":
        people = values["a"] + values["b"], values["c"] + values["d"]
        return f"{values['a']} of {people[0]} against {values['c']} of {people[1]:g}"
    if lead == "events1":
        return f"{values['events1']} of {values['n1']} against {values['events2']} of {values['n2']}"
    if kind in _PAIRS and f"{kind}2" in values:
        return f"{route.printed(lead)} against {route.printed(f'{kind}2')}"
    return f"{lead} = {route.printed(lead)}"


RULES: dict[str, StudyRule] = {"DIR": check_direction}
