"""Comparisons of two groups that were adjusted for covariates → the two-group hub."""

from __future__ import annotations

import math
from dataclasses import replace

from rupmeta.effects.conversions import adjusted_variance_of_d
from rupmeta.effects.from_correlations import t_of_F
from rupmeta.effects.from_groups import check_sizes, from_group_p, from_group_t, from_mean_difference
from rupmeta.effects.hubs import Groups, NoEffect, Values, show

__all__ = ["from_adjusted_means", "from_ancova_test"]


def _covariate_r(v: Values) -> float | None:
    """R of covariates and outcome inside the groups, as a size below 1; None when it was not printed."""
    R: float | None = v.get("covariate_r")
    if R is not None and not abs(R) < 1:
        raise NoEffect(f"covariate_r = {show(R)} is not a correlation below 1", "R-BOUND")
    return R


def _adjusted(
    d: float, v: Values, m: float, R: float | None, steps: tuple[str, ...], approximate: str | None = None
) -> Groups:
    v_d = adjusted_variance_of_d(d, v["n1"], v["n2"], R or 0.0)
    if R is None:
        approximate = "the correlation of covariates and outcome was not printed; the variance is too wide"
    step = f"V_d = (1/n₁ + 1/n₂)(1 − R²) + d²/(2N) = {show(v_d)}, R = {show(R or 0)}"
    return Groups(
        d=d,
        v_d=v_d,
        m=m,
        n1=v["n1"],
        n2=v["n2"],
        n=v["n1"] + v["n2"],
        own_variance=True,
        adjusted=True,
        approximate=approximate,
        steps=(*steps, step),
    )


def from_adjusted_means(v: Values) -> Groups:
    """d = (M₁ − M₂)/S of adjusted means, S the SD of unadjusted scores (Borenstein et al. 2009).

    S is pooled from ``sd1`` and ``sd2``, or the residual SD of the model over √(1 − R²); the residual SD is
    ``sd_adj``, or SE√n of the adjusted means, which leaves the covariates' imbalance out.
    """
    n1, n2 = v["n1"], v["n2"]
    m = check_sizes(n1, n2)
    R, approximate = _covariate_r(v), None
    if "sd1" in v:
        S = math.sqrt(((n1 - 1) * v["sd1"] ** 2 + (n2 - 1) * v["sd2"] ** 2) / m)
        steps: tuple[str, ...] = (f"S = pooled SD = {show(S)}",)
    else:
        m -= v.get("covariates", 1)
        if m < 2:
            raise NoEffect(f"groups of {n1} and {n2} are too small for the covariates", "NSMALL")
        if "sd_adj" in v:
            residual, first = v["sd_adj"], ""
        else:
            squares = (n1 - 1) * n1 * v["se_adj1"] ** 2 + (n2 - 1) * n2 * v["se_adj2"] ** 2
            residual = math.sqrt(squares / (n1 + n2 - 2))
            first = f"S_adj = pooled SE√n = {show(residual)}"
            approximate = "the SE of an adjusted mean also holds the covariates' imbalance"
        S = residual / math.sqrt(1 - (R or 0.0) ** 2)
        steps = (first,) if first else ()
        steps = (*steps, f"S = S_adj/√(1 − R²) = {show(residual)}/√(1 − {show(abs(R or 0))}²) = {show(S)}")
    if not S > 0:
        raise NoEffect("the SD is 0: no standardised difference", "SD-NEG")
    d = (v["adj_mean1"] - v["adj_mean2"]) / S
    step = f"d = (M₁ − M₂)/S = ({show(v['adj_mean1'])} − {show(v['adj_mean2'])})/{show(S)} = {show(d)}"
    return _adjusted(d, v, m, R, (*steps, step), approximate)


def from_ancova_test(v: Values) -> Groups:
    """d = t√(1/n₁ + 1/n₂)·√(1 − R²) of the t, F, p or mean difference in an analysis of covariance."""
    R = _covariate_r(v)
    assert R is not None
    plain = _plain_test(v)
    m = check_sizes(v["n1"], v["n2"]) - v.get("covariates", 1)
    if m < 2:
        raise NoEffect(f"groups of {v['n1']} and {v['n2']} are too small for the covariates", "NSMALL")
    d = plain.d * math.sqrt(1 - R * R)
    step = f"times √(1 − R²) = {show(math.sqrt(1 - R * R))}: d = {show(d)}"
    hub = _adjusted(d, v, m, R, (*plain.steps, step), plain.approximate)
    return replace(hub, notes=plain.notes)


def _plain_test(v: Values) -> Groups:
    """The d that the same test would give without covariates."""
    if "mean_difference" in v:
        return from_mean_difference(v)
    if "p" in v:
        return from_group_p(v)
    if "F" not in v:
        return from_group_t(v)
    t = t_of_F(v)
    hub = from_group_t({"t": t, "n1": v["n1"], "n2": v["n2"]})
    return replace(hub, steps=(f"t = √F = √{show(v['F'])} = {show(t)}", *hub.steps))
