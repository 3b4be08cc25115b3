"""Change from before to after treatment, in one group or in two."""

from __future__ import annotations

import math

from rupmeta.effects.conversions import hedges_j, morris_variance, t_half_width
from rupmeta.effects.from_groups import check_sizes, small_sample_factor
from rupmeta.effects.hubs import Change, Groups, NoEffect, Values, show
from rupmeta.effects.options import ConversionOptions
from rupmeta.results import Note

__all__ = ["SHOWN_R", "from_one_change", "from_two_changes", "single_change"]

#: Correlations at which a result is shown when the paper prints none.
SHOWN_R = (0.3, 0.5, 0.7, 0.8)

_EQUAL_SDS = "the SDs before treatment were not printed; equal SDs before and after are assumed"


def _sd_of_change(v: Values, group: int, change: float) -> tuple[float | None, tuple[str, ...]]:
    """The SD of change of a group: printed, or from a paired t or the t interval of the mean change."""
    n, sd = v[f"n{group}"], v.get(f"sd_change{group}")
    if sd is not None:
        return sd, ()
    t = v.get("paired_t" if group == 1 else "paired_t2")
    if t and change:
        sd = abs(change) * math.sqrt(n) / abs(t)
        return sd, (f"s_diff = |change|√n/|t| = {show(sd)}",)
    if (ci := v.get(f"ci_change{group}")) is not None and n > 1:
        width = t_half_width(v.get("level", 0.95), n - 1)
        sd = math.sqrt(n) * (ci[1] - ci[0]) / (2 * width)
        return sd, (f"s_diff = √n(hi − lo)/(2·{show(width)}) = {show(sd)}",)
    return None, ()


def _solved_r(v: Values, group: int, sd_diff: float | None) -> float | None:
    """r of before and after from the SD of change, s² = s₁² + s₂² − 2r·s₁·s₂."""
    pre, post = v.get(f"sd_pre{group}"), v.get(f"sd_post{group}")
    if sd_diff is None or pre is None or post is None:
        return None
    r = (pre**2 + post**2 - sd_diff**2) / (2 * pre * post)
    if not abs(r) < 1:
        raise NoEffect(
            f"an SD of change of {show(sd_diff)} cannot be with SDs of {show(pre)} and {show(post)}",
            "R-BOUND",
        )
    return float(r)


def _check_spread(v: Values, group: int) -> None:
    for key in (f"sd_pre{group}", f"sd_post{group}", f"sd_change{group}"):
        if v.get(key) is not None and v[key] <= 0:
            raise NoEffect(f"{key} = {show(v[key])}; a standard deviation is positive", "SD-NEG")
    if v.get("pre_post_r") is not None and not abs(v["pre_post_r"]) < 1:
        raise NoEffect(f"pre_post_r = {show(v['pre_post_r'])} is not a correlation below 1", "R-BOUND")


def _change(v: Values, group: int) -> tuple[float, tuple[str, ...]]:
    """Post minus pre, as printed or from the two means."""
    if (change := v.get(f"mean_change{group}")) is not None:
        return change, ()
    post, pre = v[f"post_mean{group}"], v[f"pre_mean{group}"]
    return post - pre, (f"change = {show(post)} − {show(pre)} = {show(post - pre)}",)


def from_one_change(v: Values, options: ConversionOptions) -> Change:
    """Post minus pre of one group; its SD of change is printed, or follows from r, a paired t or an interval.

    A paired t alone gives the change in units of the SD of change. Without ``sd_pre1`` the SD before
    treatment is s_diff/√(2(1 − r)), which takes the SDs before and after as equal.
    """
    _check_spread(v, 1)
    n = v["n1"]
    if n < 3:
        raise NoEffect(f"n1 = {n}: a standardised change needs at least 3 people", "NSMALL")
    if "pre_mean1" in v or "mean_change1" in v:
        change, steps = _change(v, 1)
        sd_diff, more = _sd_of_change(v, 1, change)
        steps = (*steps, *more)
    else:
        change, sd_diff = v["paired_t"] / math.sqrt(n), 1.0
        steps = (f"change/s_diff = t/√n = {show(v['paired_t'])}/√{n} = {show(change)}",)
    pre, post, r = v.get("sd_pre1"), v.get("sd_post1"), v.get("pre_post_r")
    if r is None:
        r = _solved_r(v, 1, sd_diff)
        if r is not None:
            steps = (*steps, f"r = (s₁² + s₂² − s_diff²)/(2s₁s₂) = {show(r)}")
    approximate: str | None = None
    notes: tuple[Note, ...] = ()
    if r is None and options.pre_post_r is not None and (sd_diff is None or pre is None):
        r = options.pre_post_r
        approximate, notes = _assumed(r)
        steps = (*steps, f"r := {show(r)} (assumed)")
    if pre is None and sd_diff is not None and r is not None:
        pre = sd_diff / math.sqrt(2 * (1 - r))
        approximate = approximate or _EQUAL_SDS
        steps = (*steps, f"s_pre = s_diff/√(2(1 − r)) = {show(pre)}")
    if sd_diff is None and r is not None and pre is not None and post is not None:
        sd_diff = math.sqrt(pre**2 + post**2 - 2 * r * pre * post)
        steps = (*steps, f"s_diff = √(s₁² + s₂² − 2r·s₁·s₂) = {show(sd_diff)}")
    return Change(
        change=change, sd_pre=pre, size=n, sd_diff=sd_diff, r=r,
        n=n, steps=steps, approximate=approximate, notes=notes,
    )  # fmt: skip


def _assumed(r: float) -> tuple[str, tuple[Note, ...]]:
    message = f"pre_post_r was not printed; {show(r)} is assumed by the analysis"
    return "pre_post_r was not printed", (Note("RPP", message, severity="warning"),)


def single_change(hub: Change, measure: str) -> tuple[float, float, tuple[str, ...]]:
    """SMCR (Becker 1988) or SMCC (Gibbons et al. 1993) of one group, its variance and the steps."""
    n = hub.size
    J = hedges_j(n - 1)
    if measure == "SMCR":
        if hub.sd_pre is None:
            unit = hub.sd_diff or 1.0
            at = "; ".join(
                f"{show(r)}: {show(J * hub.change / unit * math.sqrt(2 * (1 - r)))}" for r in SHOWN_R
            )
            raise NoEffect(f"sd_pre1 or pre_post_r is missing: the effect at r = {at}", "RPP")
        g = J * hub.change / hub.sd_pre
        if hub.r is None:
            at = "; ".join(f"{show(r)}: V = {show(2 * (1 - r) / n + g * g / (2 * n))}" for r in SHOWN_R)
            raise NoEffect(
                "pre_post_r is missing (or sd_post1 with sd_change1, paired_t or ci_change1): "
                f"the effect is {show(g)}, its variance at r = {at}",
                "RPP",
            )
        v = 2 * (1 - hub.r) / n + g * g / (2 * n)
        return g, v, (
            f"g = J·change/s_pre = {J:.6f}·{show(hub.change)}/{show(hub.sd_pre)} = {show(g)}",
            f"V = 2(1 − r)/n + g²/(2n) = {show(v)}",
        )  # fmt: skip
    if hub.sd_diff is None:
        raise NoEffect(
            "no SD of change: sd_change1, paired_t, ci_change1, or pre_post_r with sd_post1 would do",
            "RPP",
        )
    if not hub.sd_diff > 0:
        raise NoEffect("the SD of change is 0: no standardised change", "SD-NEG")
    g = J * hub.change / hub.sd_diff
    v = 1 / n + g * g / (2 * n)
    return g, v, (
        f"g = J·change/s_diff = {J:.6f}·{show(hub.change)}/{show(hub.sd_diff)} = {show(g)}",
        f"V = 1/n + g²/(2n) = {show(v)}",
    )  # fmt: skip


def from_two_changes(v: Values, options: ConversionOptions) -> Groups:
    """g = J(change₁ − change₂)/s_pre,pooled with Morris' (2008) variance; without the SDs before treatment
    d = (change₁ − change₂)/s_diff,pooled·√(2(1 − r)).
    """
    for group in (1, 2):
        _check_spread(v, group)
    n1, n2 = v["n1"], v["n2"]
    m = check_sizes(n1, n2)
    if m <= 2:
        raise NoEffect(f"groups of {n1} and {n2} are too small for the variance of a change", "NSMALL")
    changes = _change(v, 1)[0], _change(v, 2)[0]
    r, r_steps = _pooled_r(v, changes)
    approximate: str | None = None
    notes: tuple[Note, ...] = ()
    if r is None and options.pre_post_r is not None:
        r, r_steps = options.pre_post_r, (f"r := {show(options.pre_post_r)} (assumed)",)
        approximate, notes = _assumed(r)
    if "sd_pre1" in v:
        d, v_d, own_steps = _in_units_before(v, changes, m, r, options)
    else:
        d, v_d, own_steps = _in_units_of_change(v, changes, m, r)
        approximate = approximate or _EQUAL_SDS
    return Groups(
        d=d, v_d=v_d, m=m, n1=n1, n2=n2, n=n1 + n2, own_variance=True,
        approximate=approximate, notes=notes, steps=(own_steps[0], *r_steps, own_steps[1]),
    )  # fmt: skip


def _pooled_sd(v: Values, key: str, m: float) -> float:
    n1, n2 = v["n1"], v["n2"]
    return math.sqrt(((n1 - 1) * v[f"{key}1"] ** 2 + (n2 - 1) * v[f"{key}2"] ** 2) / m)


def _in_units_before(
    v: Values, changes: tuple[float, float], m: float, r: float | None, options: ConversionOptions
) -> tuple[float, float, tuple[str, str]]:
    """d and its variance in units of the pooled SD before treatment (Morris 2008)."""
    n1, n2, J, pooled = v["n1"], v["n2"], hedges_j(m), _pooled_sd(v, "sd_pre", m)
    d = (changes[0] - changes[1]) / pooled
    if r is None:
        at = "; ".join(f"{show(at_r)}: V = {show(morris_variance(J * d, at_r, n1, n2))}" for at_r in SHOWN_R)
        raise NoEffect(
            "pre_post_r is missing (or sd_change1, sd_change2, sd_post1 and sd_post2): "
            f"g is {show(J * d)}, its variance at r = {at}",
            "RPP",
        )
    v_g = morris_variance(J * d, r, n1, n2)
    if v_g <= 0:
        raise NoEffect("the variance of the change is not positive", "V-NEG")
    step = f"d = (change₁ − change₂)/s_pre = {_difference(changes)}/{show(pooled)} = {show(d)}"
    factor = small_sample_factor(m, options)
    return d, v_g / factor**2, (step, f"V_g = {show(v_g)} (Morris 2008)")


def _in_units_of_change(
    v: Values, changes: tuple[float, float], m: float, r: float | None
) -> tuple[float, float, tuple[str, str]]:
    """d and its variance from the SDs of change: 2(1 − r)(1/n₁ + 1/n₂) + d²/(2N) (Borenstein et al. 2009)."""
    n1, n2, pooled = v["n1"], v["n2"], _pooled_sd(v, "sd_change", m)
    ratio = (changes[0] - changes[1]) / pooled
    if r is None:
        at = "; ".join(f"{show(at_r)}: {show(ratio * math.sqrt(2 * (1 - at_r)))}" for at_r in SHOWN_R)
        raise NoEffect(
            f"pre_post_r is missing (or sd_pre1 and sd_pre2 with sd_post1 and sd_post2): d at r = {at}", "RPP"
        )
    d = ratio * math.sqrt(2 * (1 - r))
    v_d = 2 * (1 - r) * (1 / n1 + 1 / n2) + d * d / (2 * (n1 + n2))
    return d, v_d, (
        f"d = (change₁ − change₂)/s_diff·√(2(1 − r)) = {_difference(changes)}/{show(pooled)}·"
        f"{show(math.sqrt(2 * (1 - r)))} = {show(d)}",
        f"V_d = 2(1 − r)(1/n₁ + 1/n₂) + d²/(2N) = {show(v_d)}",
    )  # fmt: skip


def _difference(changes: tuple[float, float]) -> str:
    return f"({show(changes[0])} − {show(changes[1])})"


def _pooled_r(v: Values, changes: tuple[float, float]) -> tuple[float | None, tuple[str, ...]]:
    """r as printed, else solved in every group that allows it and averaged by n − 1."""
    if v.get("pre_post_r") is not None:
        return v["pre_post_r"], (f"r = {show(v['pre_post_r'])}",)
    steps: tuple[str, ...] = ()
    found: list[tuple[float, float]] = []
    for group in (1, 2):
        sd_diff, more = _sd_of_change(v, group, changes[group - 1])
        r = _solved_r(v, group, sd_diff)
        if r is not None:
            found.append((v[f"n{group}"] - 1, r))
            steps = (*steps, *more)
    if not found:
        return None, ()
    mean = sum(weight * r for weight, r in found) / sum(weight for weight, _ in found)
    return mean, (*steps, f"r = {show(mean)} from the SDs of change")
