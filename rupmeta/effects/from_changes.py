"""Change from before to after treatment, in one group or in two."""

from __future__ import annotations

import math

from rupmeta.effects.conversions import hedges_j, morris_variance
from rupmeta.effects.from_groups import check_sizes
from rupmeta.effects.hubs import Change, Groups, NoEffect, Values, show
from rupmeta.effects.options import ConversionOptions
from rupmeta.results import Note

__all__ = ["SHOWN_R", "from_one_change", "from_two_changes", "single_change"]

#: Correlations at which a result is shown when the paper prints none.
SHOWN_R = (0.3, 0.5, 0.7, 0.8)


def _solved_r(v: Values, group: int, sd_diff: float | None) -> float | None:
    """r of before and after from the SD of change, s² = s₁² + s₂² − 2r·s₁·s₂."""
    pre, post = v[f"sd_pre{group}"], v.get(f"sd_post{group}")
    if sd_diff is None or post is None:
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


def from_one_change(v: Values, options: ConversionOptions) -> Change:
    """Post minus pre of one group; its SD of change is printed, or follows from r or a paired t."""
    _check_spread(v, 1)
    n, pre, post = v["n1"], v["sd_pre1"], v.get("sd_post1")
    if n < 3:
        raise NoEffect(f"n1 = {n}: a standardised change needs at least 3 people", "NSMALL")
    change = v["post_mean1"] - v["pre_mean1"]
    steps = [f"change = {show(v['post_mean1'])} − {show(v['pre_mean1'])} = {show(change)}"]
    sd_diff = v.get("sd_change1")
    if sd_diff is None and v.get("paired_t") and change:
        sd_diff = abs(change) * math.sqrt(n) / abs(v["paired_t"])
        steps.append(f"s_diff = |change|√n/|t| = {show(sd_diff)}")
    r = v.get("pre_post_r")
    if r is None:
        r = _solved_r(v, 1, sd_diff)
        if r is not None:
            steps.append(f"r = (s₁² + s₂² − s_diff²)/(2s₁s₂) = {show(r)}")
    approximate: str | None = None
    notes: tuple[Note, ...] = ()
    if r is None and sd_diff is None and options.pre_post_r is not None:
        r = options.pre_post_r
        approximate, notes = _assumed(r)
        steps.append(f"r := {show(r)} (assumed)")
    if sd_diff is None and r is not None and post is not None:
        sd_diff = math.sqrt(pre**2 + post**2 - 2 * r * pre * post)
        steps.append(f"s_diff = √(s₁² + s₂² − 2r·s₁·s₂) = {show(sd_diff)}")
    return Change(
        change=change, sd_pre=pre, size=n, sd_diff=sd_diff, r=r,
        n=n, steps=tuple(steps), approximate=approximate, notes=notes,
    )  # fmt: skip


def _assumed(r: float) -> tuple[str, tuple[Note, ...]]:
    message = f"pre_post_r was not printed; {show(r)} is assumed by the analysis"
    return "pre_post_r was not printed", (Note("RPP", message, severity="warning"),)


def single_change(hub: Change, measure: str) -> tuple[float, float, tuple[str, ...]]:
    """SMCR (Becker 1988) or SMCC (Gibbons et al. 1993) of one group, its variance and the steps."""
    n = hub.size
    J = hedges_j(n - 1)
    if measure == "SMCR":
        g = J * hub.change / hub.sd_pre
        if hub.r is None:
            at = "; ".join(f"{show(r)}: V = {show(2 * (1 - r) / n + g * g / (2 * n))}" for r in SHOWN_R)
            raise NoEffect(
                "pre_post_r is missing (or sd_post1 with sd_change1 or paired_t): "
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
            "the SD of change is unknown: sd_change1, paired_t, or pre_post_r with sd_post1 would do", "RPP"
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
    """g = J(change₁ − change₂)/s_pre,pooled with Morris' (2008) variance."""
    for group in (1, 2):
        _check_spread(v, group)
    n1, n2 = v["n1"], v["n2"]
    m = check_sizes(n1, n2)
    if m <= 2:
        raise NoEffect(f"groups of {n1} and {n2} are too small for the variance of a change", "NSMALL")
    J = hedges_j(m)
    pooled = math.sqrt(((n1 - 1) * v["sd_pre1"] ** 2 + (n2 - 1) * v["sd_pre2"] ** 2) / m)
    change1, change2 = v["post_mean1"] - v["pre_mean1"], v["post_mean2"] - v["pre_mean2"]
    d = (change1 - change2) / pooled
    step = f"d = (change₁ − change₂)/s_pre = ({show(change1)} − {show(change2)})/{show(pooled)} = {show(d)}"
    r, r_steps = _pooled_r(v, n1, n2)
    approximate: str | None = None
    notes: tuple[Note, ...] = ()
    if r is None and options.pre_post_r is not None:
        r, r_steps = options.pre_post_r, (f"r := {show(options.pre_post_r)} (assumed)",)
        approximate, notes = _assumed(r)
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
    return Groups(
        d=d, v_d=v_g / J**2, J=J, n1=n1, n2=n2, n=n1 + n2, own_variance=True,
        approximate=approximate, notes=notes, steps=(step, *r_steps, f"V_g = {show(v_g)} (Morris 2008)"),
    )  # fmt: skip


def _pooled_r(v: Values, n1: int, n2: int) -> tuple[float | None, tuple[str, ...]]:
    """r as printed, else solved in every group that allows it and averaged by n − 1."""
    if v.get("pre_post_r") is not None:
        return v["pre_post_r"], (f"r = {show(v['pre_post_r'])}",)
    solved = [(n - 1, _solved_r(v, group, v.get(f"sd_change{group}"))) for group, n in ((1, n1), (2, n2))]
    found = [(weight, r) for weight, r in solved if r is not None]
    if not found:
        return None, ()
    r = sum(weight * r for weight, r in found) / sum(weight for weight, _ in found)
    return r, (f"r = {show(r)} from the SDs of change",)
