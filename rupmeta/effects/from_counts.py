"""Counts and ratios of a yes-or-no outcome → the table hub or the log-ratio hub."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

from rupmeta.effects.conversions import GUMBEL, LOGISTIC, log_odds_ratio, normal_half_width
from rupmeta.effects.hubs import Groups, LogRatio, NoEffect, Table, Values, show
from rupmeta.effects.options import ConversionOptions
from rupmeta.results import Note

__all__ = [
    "check_events",
    "filled",
    "from_cells",
    "from_events",
    "from_proportions",
    "from_ratio",
    "groups_of_ratio",
    "odds_ratio_of_risk_ratio",
    "odds_ratio_of_table",
]

_RATIOS: dict[str, Literal["OR", "RR", "HR"]] = {
    "odds_ratio": "OR",
    "risk_ratio": "RR",
    "hazard_ratio": "HR",
}


def _table(a: float, b: float, c: float, d: float) -> Table:
    if min(a, b, c, d) < 0 or a + b == 0 or c + d == 0:
        raise NoEffect(
            f"cells {show(a)}, {show(b)} and {show(c)}, {show(d)}: counts are >= 0 and no group is empty",
            "CELL",
        )
    cells = f"a, b, c, d = {show(a)}, {show(b)}, {show(c)}, {show(d)}"
    return Table(a=a, b=b, c=c, d=d, n=a + b + c + d, steps=(cells,))


def from_cells(v: Values) -> Table:
    """The four cells: events and non-events of group 1, then of group 2."""
    return _table(v["a"], v["b"], v["c"], v["d"])


def from_events(v: Values) -> Table:
    """Events out of group sizes."""
    for group in (1, 2):
        if v[f"events{group}"] > v[f"n{group}"]:
            raise NoEffect(f"events{group} = {v[f'events{group}']} of n{group} = {v[f'n{group}']}", "CELL")
    return _table(v["events1"], v["n1"] - v["events1"], v["events2"], v["n2"] - v["events2"])


def from_proportions(v: Values) -> Table:
    """The shares of clients with the event: events are the nearest whole numbers of people."""
    events = []
    for group in (1, 2):
        share, n = v[f"proportion{group}"], v[f"n{group}"]
        if not 0 <= share <= 1:
            raise NoEffect(f"proportion{group} = {show(share)}; a proportion lies between 0 and 1", "NUM-PCT")
        events.append(round(share * n))
    hub = _table(events[0], v["n1"] - events[0], events[1], v["n2"] - events[1])
    counted = f"events = p·n = {events[0]} of {v['n1']}, {events[1]} of {v['n2']} (whole people)"
    return replace(hub, steps=(counted, *hub.steps))


def filled(hub: Table) -> Table:
    """The table with ½ added to all four cells when one of them is 0."""
    if min(hub.a, hub.b, hub.c, hub.d) > 0:
        return hub
    note = Note("CELL", "a cell is 0: ½ was added to all four cells of this table")
    return replace(
        hub,
        a=hub.a + 0.5,
        b=hub.b + 0.5,
        c=hub.c + 0.5,
        d=hub.d + 0.5,
        notes=(*hub.notes, note),
        steps=(*hub.steps, "½ added to every cell"),
    )


def odds_ratio_of_table(hub: Table, options: ConversionOptions) -> LogRatio:
    """ln(ad/bc); not estimable when both groups have no events, or nothing else."""
    check_events(hub, options)
    full = filled(hub)
    y, v = log_odds_ratio(full.a, full.b, full.c, full.d)
    return LogRatio(
        y=y,
        v=v,
        measure="OR",
        n1=hub.a + hub.b,
        n2=hub.c + hub.d,
        n=hub.n,
        notes=full.notes,
        steps=(*full.steps, f"ln OR = ln(ad/bc) = {show(y)}", f"V = 1/a + 1/b + 1/c + 1/d = {show(v)}"),
    )


def check_events(hub: Table, options: ConversionOptions) -> None:
    """Raise ``NoEffect`` when a ratio says nothing: no events in either group, or only events."""
    if options.double_zero == "drop" and (hub.a + hub.c == 0 or hub.b + hub.d == 0):
        what = "no events" if hub.a + hub.c == 0 else "only events"
        raise NoEffect(
            f"both groups have {what}: a ratio or φ says nothing; a risk difference would do", "CELL"
        )


def from_ratio(v: Values) -> LogRatio:
    """ln of a printed odds, risk or hazard ratio, with its interval or the standard error of the log."""
    name = next(name for name in _RATIOS if name in v)
    measure, ratio = _RATIOS[name], v[name]
    if ratio <= 0:
        raise NoEffect(f"{name} = {show(ratio)}; a ratio is positive (was the log entered?)", "LOGR")
    y = math.log(ratio)
    step = f"ln {measure} = ln {show(ratio)} = {show(y)}"
    if (se := v.get("se_log")) is not None:
        error = f"SE = {show(se)}"
    else:
        lo, hi = v["ci"]
        if not 0 < lo < ratio < hi:
            raise NoEffect(
                f"{name} = {show(ratio)} lies outside its interval [{show(lo)}, {show(hi)}]", "CI-OUT"
            )
        width = normal_half_width(v.get("level", 0.95))
        se = (math.log(hi) - math.log(lo)) / (2 * width)
        error = f"SE = (ln {show(hi)} − ln {show(lo)})/(2·{show(width)}) = {show(se)}"
    if se <= 0:
        raise NoEffect(f"se_log = {show(se)}; a standard error is positive", "V-NEG")
    n1, n2 = v.get("n1"), v.get("n2")
    n = n1 + n2 if n1 is not None and n2 is not None else v.get("n")
    return LogRatio(
        y=y, v=se * se, measure=measure, n1=n1, n2=n2, n=n, risk2=v.get("risk2"), steps=(step, error)
    )


def odds_ratio_of_risk_ratio(hub: LogRatio) -> LogRatio:
    """ln OR = ln[p₁q₂/(p₂q₁)], p₁ = RR·p₂; the variance is parted between the groups as counts would part it.

    V(ln RR) = q₁/(n₁p₁) + q₂/(n₂p₂) and V(ln OR) = 1/(n₁p₁q₁) + 1/(n₂p₂q₂): their quotient needs only the
    ratio of the group sizes.
    """
    p2 = hub.risk2
    if p2 is None:
        raise NoEffect("a risk ratio needs risk2, the risk in group 2, to become an odds ratio", "MEASURE")
    if not 0 < p2 < 1:
        raise NoEffect(f"risk2 = {show(p2)}; the risk in group 2 lies between 0 and 1", "NUM-PCT")
    p1 = math.exp(hub.y) * p2
    if not p1 < 1:
        raise NoEffect(f"a risk ratio of {show(math.exp(hub.y))} with risk2 = {show(p2)} is impossible: "
                       f"the risk in group 1 would be {show(p1)}", "CELL")  # fmt: skip
    known = hub.n1 is not None and hub.n2 is not None
    n1, n2 = (hub.n1, hub.n2) if hub.n1 is not None and hub.n2 is not None else (1.0, 1.0)
    y = math.log(p1 * (1 - p2) / (p2 * (1 - p1)))
    factor = (1 / (n1 * p1 * (1 - p1)) + 1 / (n2 * p2 * (1 - p2))) / (
        (1 - p1) / (n1 * p1) + (1 - p2) / (n2 * p2)
    )
    v = hub.v * factor
    return replace(
        hub,
        y=y,
        v=v,
        measure="OR",
        approximate=hub.approximate
        or (None if known else "the group sizes were not printed; equal groups are assumed"),
        steps=(
            *hub.steps,
            f"p₁ = RR·p₂ = {show(p1)}",
            f"ln OR = ln[p₁q₂/(p₂q₁)] = {show(y)}",
            f"V = V(ln RR)·[1/(n₁p₁q₁) + 1/(n₂p₂q₂)]/[q₁/(n₁p₁) + q₂/(n₂p₂)] = {show(v)}",
        ),
    )


def groups_of_ratio(hub: LogRatio) -> Groups:
    """d = ln OR·√3/π (Hasselblad & Hedges 1995), or ln HR·√6/π; a risk ratio goes through its odds ratio."""
    if hub.measure == "RR":
        hub = odds_ratio_of_risk_ratio(hub)
    approximate = hub.approximate
    if hub.measure == "HR":
        unit, root, square = GUMBEL, "√6/π", "6/π²"
        approximate = approximate or "log survival time stands for the outcome"
    else:
        unit, root, square = LOGISTIC, "√3/π", "3/π²"
    d, v_d = hub.y / unit, hub.v / unit**2
    return Groups(
        d=d,
        v_d=v_d,
        m=None,
        n1=hub.n1,
        n2=hub.n2,
        n=hub.n,
        own_variance=True,
        notes=hub.notes,
        approximate=approximate,
        steps=(
            *hub.steps,
            f"d = ln {hub.measure}·{root} = {show(d)}",
            f"V_d = V·{square} = {show(v_d)}",
        ),
    )
