"""Counts and ratios of a yes-or-no outcome → the table hub or the log-ratio hub."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

from rupmeta.effects.conversions import LOGISTIC, log_odds_ratio, normal_half_width
from rupmeta.effects.hubs import Groups, LogRatio, NoEffect, Table, Values, show
from rupmeta.effects.options import ConversionOptions
from rupmeta.results import Note

__all__ = ["filled", "from_cells", "from_events", "from_ratio", "groups_of_ratio", "odds_ratio_of_table"]


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
    """ln of a printed odds or risk ratio, with its interval or the standard error of the log."""
    measure: Literal["OR", "RR"] = "OR" if "odds_ratio" in v else "RR"
    name = "odds_ratio" if measure == "OR" else "risk_ratio"
    ratio = v[name]
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
    return LogRatio(y=y, v=se * se, measure=measure, n1=n1, n2=n2, n=n, steps=(step, error))


def groups_of_ratio(hub: LogRatio) -> Groups:
    """d = ln OR·√3/π (Hasselblad & Hedges 1995); a risk ratio has no such d."""
    if hub.measure == "RR":
        raise NoEffect(
            "a risk ratio without the counts has no d or r; events1, n1, events2, n2 would do", "MEASURE"
        )
    d, v_d = hub.y / LOGISTIC, hub.v / LOGISTIC**2
    return Groups(
        d=d,
        v_d=v_d,
        J=1.0,
        n1=hub.n1,
        n2=hub.n2,
        n=hub.n,
        own_variance=True,
        notes=hub.notes,
        approximate=hub.approximate,
        steps=(*hub.steps, f"d = ln OR·√3/π = {show(d)}", f"V_d = V·3/π² = {show(v_d)}"),
    )
