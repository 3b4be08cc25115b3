"""Comparisons of two groups on a continuous outcome → means, or the two-group hub."""

from __future__ import annotations

import math
from dataclasses import replace

from rupmeta.effects.conversions import (
    hedges_j,
    hedges_j_approximate,
    normal_half_width,
    t_half_width,
    t_upper,
    variance_of_d,
)
from rupmeta.effects.from_correlations import from_t, t_of_F
from rupmeta.effects.hubs import Correlation, Groups, Means, NoEffect, Values, show
from rupmeta.effects.options import ConversionOptions
from rupmeta.effects.printed import p_of
from rupmeta.results import Note

__all__ = [
    "check_sizes",
    "from_F",
    "from_group_p",
    "from_group_t",
    "from_mean_difference",
    "from_means",
    "from_printed_d",
    "from_printed_d_and_error",
    "from_printed_d_and_total",
    "groups_of",
    "groups_of_means",
    "small_sample_factor",
]


def check_sizes(n1: float, n2: float) -> float:
    """m = n1 + n2 − 2, or ``NoEffect`` when a group is empty or m < 2 (no Hedges correction)."""
    if n1 < 1 or n2 < 1 or n1 + n2 - 2 < 2:
        raise NoEffect(
            f"groups of {show(n1)} and {show(n2)}: a standardised difference needs n1 + n2 >= 4", "NSMALL"
        )
    return n1 + n2 - 2


def small_sample_factor(m: float | None, options: ConversionOptions) -> float:
    """J from d to g for an SD with m degrees of freedom; 1 where m is unknown."""
    if m is None:
        return 1.0
    return hedges_j(m) if options.j == "exact" else hedges_j_approximate(m)


def groups_of(
    d: float, n1: float, n2: float, steps: tuple[str, ...], *, approximate: str | None = None
) -> Groups:
    """The two-group hub of a d between independent groups of known sizes."""
    m = check_sizes(n1, n2)
    return Groups(
        d=d,
        v_d=variance_of_d(d, n1, n2),
        m=m,
        n1=n1,
        n2=n2,
        n=n1 + n2,
        approximate=approximate,
        steps=steps,
    )


def _sd(v: Values, group: int) -> tuple[float, str]:
    """The SD of a group, from its SE or the t interval of its mean where that is printed instead."""
    n, sd = v[f"n{group}"], v.get(f"sd{group}")
    if sd is not None:
        step = ""
    elif (se := v.get(f"se{group}")) is not None:
        sd = se * math.sqrt(n)
        step = f"SD{group} = SE√n = {show(se)}√{n} = {show(sd)}"
    else:
        lo, hi = v[f"ci{group}"]
        if n < 2:
            raise NoEffect(f"n{group} = {n}: the interval of a mean needs two people", "NSMALL")
        width = t_half_width(v.get("level", 0.95), n - 1)
        sd = math.sqrt(n) * (hi - lo) / (2 * width)
        step = f"SD{group} = √n(hi − lo)/(2t) = √{n}({show(hi)} − {show(lo)})/(2·{show(width)}) = {show(sd)}"
    if sd < 0:
        raise NoEffect(f"the SD of group {group} is {show(sd)}; it must be positive", "SD-NEG")
    return sd, step


def from_means(v: Values) -> Means:
    """Means and SDs of two groups (SE or interval of a mean in place of an SD)."""
    check_sizes(v["n1"], v["n2"])
    (sd1, step1), (sd2, step2) = _sd(v, 1), _sd(v, 2)
    return Means(
        mean1=v["mean1"],
        sd1=sd1,
        n1=v["n1"],
        mean2=v["mean2"],
        sd2=sd2,
        n2=v["n2"],
        n=v["n1"] + v["n2"],
        steps=tuple(step for step in (step1, step2) if step),
    )


def groups_of_means(hub: Means) -> Groups:
    """d = (M₁ − M₂)/S_p with the pooled SD."""
    m = check_sizes(hub.n1, hub.n2)
    pooled = math.sqrt(((hub.n1 - 1) * hub.sd1**2 + (hub.n2 - 1) * hub.sd2**2) / m)
    if not pooled > 0:
        raise NoEffect("both SDs are 0: no standardised difference", "SD-NEG")
    d = (hub.mean1 - hub.mean2) / pooled
    step = f"d = (M₁ − M₂)/S_p = ({show(hub.mean1)} − {show(hub.mean2)})/{show(pooled)} = {show(d)}"
    groups = groups_of(d, hub.n1, hub.n2, (*hub.steps, step), approximate=hub.approximate)
    return replace(groups, notes=hub.notes)


def from_group_t(v: Values) -> Groups:
    """d = t√(1/n₁ + 1/n₂)."""
    t, n1, n2 = v["t"], v["n1"], v["n2"]
    check_sizes(n1, n2)
    d = t * math.sqrt(1 / n1 + 1 / n2)
    return groups_of(d, n1, n2, (f"d = t√(1/n₁ + 1/n₂) = {show(t)}·√(1/{n1} + 1/{n2}) = {show(d)}",))


def from_F(v: Values) -> Correlation | Groups:
    """t = √F, then as a t with group sizes or with df."""
    t = t_of_F(v)
    step = f"t = √F = √{show(v['F'])} = {show(t)}"
    n1, n2 = v.get("n1"), v.get("n2")
    hub: Correlation | Groups
    if n1 is not None and n2 is not None and not v.get("covariates"):
        hub = from_group_t({"t": t, "n1": n1, "n2": n2})
    else:
        hub = from_t({"t": t, "df": v["df2"], "covariates": v.get("covariates", 0)})
    return replace(hub, steps=(step, *hub.steps))


def from_group_p(v: Values) -> Groups:
    """|t| that has this p with n1 + n2 − 2 df, then d; a bound is used at the bound."""
    n1, n2, tails = v["n1"], v["n2"], v.get("tails", 2)
    m = check_sizes(n1, n2)
    p, bound = p_of(v["p"], m, tails)
    t = t_upper(p / tails, m)
    step = f"t = {show(t)} from p {'<' if bound else '='} {show(p)}, {tails}-tailed, df = {m}"
    hub = from_group_t({"t": t, "n1": n1, "n2": n2})
    hub = replace(hub, steps=(step, *hub.steps))
    if not bound:
        return hub
    message = f"p < {show(p)} is a bound; the effect is at least d = {show(abs(hub.d))}"
    note = Note("P-INEQ", message, severity="warning")
    return replace(hub, approximate="the exact p was not printed", notes=(note,))


def _printed(v: Values) -> tuple[str, float]:
    return ("d", v["d"]) if "d" in v else ("g", v["g"])


def _to_d(name: str, value: float, J: float) -> tuple[float, tuple[str, ...]]:
    if name == "d":
        return value, (f"d = {show(value)}",)
    return value / J, (f"d = g/J = {show(value)}/{J:.6f} = {show(value / J)}",)


def from_printed_d(v: Values, options: ConversionOptions) -> Groups:
    """d as printed, or g/J, with the sizes of both groups."""
    name, value = _printed(v)
    J = small_sample_factor(check_sizes(v["n1"], v["n2"]), options)
    d, steps = _to_d(name, value, J)
    return groups_of(d, v["n1"], v["n2"], steps)


def from_printed_d_and_total(v: Values, options: ConversionOptions) -> Groups:
    """d or g with the total n alone: two equal groups are assumed."""
    half = v["n"] / 2
    name, value = _printed(v)
    d, steps = _to_d(name, value, small_sample_factor(check_sizes(half, half), options))
    return groups_of(
        d, half, half, steps, approximate="the group sizes were not printed; equal groups are assumed"
    )


def from_printed_d_and_error(v: Values, options: ConversionOptions) -> Groups:
    """d or g with its SE or interval; the variance as printed, J only where the total n is known."""
    name, value = _printed(v)
    if (se := v.get("se")) is not None:
        step = f"SE = {show(se)}"
    else:
        width = normal_half_width(v.get("level", 0.95))
        se, step = _error_of_interval(name, value, v["ci"], width)
    if se <= 0:
        raise NoEffect(f"se = {show(se)}; a standard error is positive", "V-NEG")
    n = v.get("n")
    m = check_sizes(n / 2, n / 2) if n is not None else None
    J = small_sample_factor(m, options)
    d, steps = _to_d(name, value, J)
    v_d = se * se if name == "d" else se * se / J**2
    return Groups(d=d, v_d=v_d, m=m, n=n, own_variance=True, steps=(*steps, step))


def _error_of_interval(name: str, value: float, ci: list[float], width: float) -> tuple[float, str]:
    """The standard error behind a symmetric interval that is ``width`` standard errors wide on each side."""
    lo, hi = ci
    if not lo < value < hi:
        raise NoEffect(f"{name} = {show(value)} lies outside its interval [{show(lo)}, {show(hi)}]", "CI-OUT")
    se = (hi - lo) / (2 * width)
    return se, f"SE = (hi − lo)/(2·{show(width)}) = ({show(hi)} − {show(lo)})/{show(2 * width)} = {show(se)}"


def from_mean_difference(v: Values) -> Groups:
    """A printed difference of means: over the pooled SD, or t = MD/SE with SE from its t interval."""
    md, n1, n2 = v["mean_difference"], v["n1"], v["n2"]
    m = check_sizes(n1, n2)
    if (sd := v.get("sd_pooled")) is not None:
        if sd <= 0:
            raise NoEffect(f"sd_pooled = {show(sd)}; a standard deviation is positive", "SD-NEG")
        d = md / sd
        return groups_of(d, n1, n2, (f"d = MD/S_p = {show(md)}/{show(sd)} = {show(d)}",))
    steps: tuple[str, ...] = ()
    if (se := v.get("se")) is None:
        se, step = _error_of_interval("mean_difference", md, v["ci"], t_half_width(v.get("level", 0.95), m))
        steps = (step,)
    if se <= 0:
        raise NoEffect(f"se = {show(se)}; a standard error is positive", "V-NEG")
    hub = from_group_t({"t": md / se, "n1": n1, "n2": n2})
    step = f"t = MD/SE = {show(md)}/{show(se)} = {show(md / se)}"
    return replace(hub, steps=(*steps, step, *hub.steps))
