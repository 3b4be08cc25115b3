"""Hubs → the measure that is pooled: one function a measure, in ``ONTO``."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from rupmeta.effects.conversions import (
    LOGISTIC,
    biserial,
    exact_h,
    hedges_j,
    log_risk_ratio,
    phi_coefficient,
    risk_difference,
    z_from_d,
)
from rupmeta.effects.from_changes import single_change
from rupmeta.effects.from_counts import check_events, filled, odds_ratio_of_risk_ratio, odds_ratio_of_table
from rupmeta.effects.from_groups import check_sizes, small_sample_factor
from rupmeta.effects.hubs import Change, Correlation, Given, Hub, LogRatio, Means, NoEffect, Table, show
from rupmeta.effects.options import ConversionOptions
from rupmeta.effects.stations import (
    Converted,
    Setting,
    as_groups,
    as_z,
    done,
    group_sizes,
    refuse,
    sized_groups,
    z_of_groups,
)

__all__ = ["ONTO", "Converted", "Setting", "convert_hub"]


def _to_zcor(hub: Hub, setting: Setting) -> Converted:
    """Fisher z: of a correlation, or z-transformed point-biserial r of two groups."""
    return as_z(hub, "ZCOR", setting)


def _to_cor(hub: Hub, setting: Setting) -> Converted:
    """r = tanh z with V_r = V_z(1 − r²)², or the correlation's own (1 − r²)²/(n − 1 − c)."""
    if isinstance(hub, Correlation):
        return done(hub, hub.r, hub.v_r, f"V_r = {show(hub.v_r)}")
    return _r_of_z(as_z(hub, "COR", setting))


def _r_of_z(on_z: Converted) -> Converted:
    r = math.tanh(on_z.yi)
    v_r = on_z.vi * (1 - r * r) ** 2
    steps = (*on_z.steps, f"r = tanh z = {show(r)}", f"V_r = V_z(1 − r²)² = {show(v_r)}")
    return replace(on_z, yi=r, vi=v_r, steps=steps)


def _to_d(hub: Hub, setting: Setting) -> Converted:
    """d without the small-sample correction; a display scale, not a pooled measure."""
    groups = as_groups(hub, "SMD", setting)
    return done(groups, groups.d, groups.v_d)


def _to_smd(hub: Hub, setting: Setting) -> Converted:
    """g = J·d with metafor's LS (or LS2) variance; the hub's own variance times J² where it has one."""
    if isinstance(hub, Change) and setting.options.one_group:
        yi, vi, steps = single_change(hub, "SMCR")
        return done(hub, yi, vi, *steps, approximate="a one-group change stands for a contrast")
    groups = as_groups(hub, "SMD", setting)
    J = small_sample_factor(groups.m, setting.options)
    g = J * groups.d
    approximate = None
    if groups.own_variance or setting.options.smd_variance == "LS2":
        v, formula = J * J * groups.v_d, "J²·V_d"
        if J == 1 and groups.n is None:
            approximate = "n was not printed; the small-sample correction is left out"
    elif setting.options.smd_variance == "revman":
        n1, n2 = group_sizes(groups)
        v, formula = (n1 + n2) / (n1 * n2) + g * g / (2 * (n1 + n2 - 3.94)), "N/(n₁n₂) + g²/(2(N − 3.94))"
    else:
        n1, n2 = group_sizes(groups)
        v, formula = 1 / n1 + 1 / n2 + g * g / (2 * (n1 + n2)), "1/n₁ + 1/n₂ + g²/(2N)"
    g_step = () if J == 1 else (f"g = J·d = {J:.6f}·{show(groups.d)} = {show(g)}",)
    return done(groups, g, v, *g_step, f"V_g = {formula} = {show(v)}", approximate=approximate)


def _to_md(hub: Hub) -> Converted:
    """M₁ − M₂ with s₁²/n₁ + s₂²/n₂."""
    if not isinstance(hub, Means):
        raise refuse(hub, "MD")
    y = hub.mean1 - hub.mean2
    v = hub.sd1**2 / hub.n1 + hub.sd2**2 / hub.n2
    if v <= 0:
        raise NoEffect("both SDs are 0: the mean difference has no variance", "SD-NEG")
    step = f"MD = M₁ − M₂ = {show(hub.mean1)} − {show(hub.mean2)} = {show(y)}"
    return done(hub, y, v, step, f"V = s₁²/n₁ + s₂²/n₂ = {show(v)}")


def _to_smdh(hub: Hub) -> Converted:
    """Difference in units of √((s₁² + s₂²)/2), unequal variances allowed (Bonett 2009)."""
    if not isinstance(hub, Means):
        raise refuse(hub, "SMDH")
    m = check_sizes(hub.n1, hub.n2)
    s1, s2 = hub.sd1**2, hub.sd2**2
    mean_square = (s1 + s2) / 2
    if mean_square <= 0 or min(hub.n1, hub.n2) < 2:
        raise NoEffect("SMDH needs two people in every group and an SD above 0", "NSMALL")
    g = hedges_j(m) * (hub.mean1 - hub.mean2) / math.sqrt(mean_square)
    f1, f2 = hub.n1 - 1, hub.n2 - 1
    v = g * g * (s1 * s1 / f1 + s2 * s2 / f2) / (8 * mean_square**2) + (s1 / f1 + s2 / f2) / mean_square
    step = f"g = J(M₁ − M₂)/√((s₁² + s₂²)/2) = {show(g)}"
    return done(hub, g, v, step, f"V_g = {show(v)} (Bonett 2009)")


def _to_zpb(hub: Hub, setting: Setting) -> Converted:
    """Fisher z of the point-biserial r, group sizes fixed (metafor's ZPB)."""
    return z_of_groups(sized_groups(hub, "ZPB", setting), False, replace(setting, allocated=True))


def _to_rpb(hub: Hub, setting: Setting) -> Converted:
    """Point-biserial r, group sizes fixed (metafor's RPB, vtype ST)."""
    return _r_of_z(z_of_groups(sized_groups(hub, "RPB", setting), False, replace(setting, allocated=True)))


def _to_rbis(hub: Hub, setting: Setting) -> Converted:
    """Biserial r: group 1 and 2 as halves of a normal variable that was cut."""
    groups = sized_groups(hub, "RBIS", setting)
    n1, n2 = group_sizes(groups)
    r = math.tanh(z_from_d(groups.d, exact_h(n1, n2)))
    r_b, v = biserial(r, n1, n2)
    return done(groups, r_b, v, f"r_b = r√(pq)/f = {show(r_b)}", f"V = {show(v)} (Soper 1914)")


def _to_or(hub: Hub, setting: Setting) -> Converted:
    """ln OR: of the table, or d·π/√3."""
    if isinstance(hub, Table):
        hub = odds_ratio_of_table(hub, setting.options)
    if isinstance(hub, LogRatio) and hub.measure == "RR" and hub.risk2 is not None:
        hub = odds_ratio_of_risk_ratio(hub)
    if isinstance(hub, LogRatio) and hub.measure == "OR":
        return done(hub, hub.y, hub.v)
    groups = as_groups(hub, "OR", setting)
    y, v = groups.d * LOGISTIC, groups.v_d * LOGISTIC**2
    return done(groups, y, v, f"ln OR = dπ/√3 = {show(y)}", f"V = V_d·π²/3 = {show(v)}")


def _to_rr(hub: Hub, setting: Setting) -> Converted:
    """ln RR."""
    if isinstance(hub, LogRatio) and hub.measure == "RR":
        return done(hub, hub.y, hub.v)
    if not isinstance(hub, Table):
        raise refuse(hub, "RR")
    check_events(hub, setting.options)
    full = filled(hub)
    y, v = log_risk_ratio(full.a, full.b, full.c, full.d)
    return done(full, y, v, f"ln RR = ln(p₁/p₂) = {show(y)}", f"V = 1/a − 1/n₁ + 1/c − 1/n₂ = {show(v)}")


def _to_rd(hub: Hub) -> Converted:
    """p₁ − p₂."""
    if not isinstance(hub, Table):
        raise refuse(hub, "RD")
    full = filled(hub)
    y, v = risk_difference(full.a, full.b, full.c, full.d)
    return done(full, y, v, f"RD = p₁ − p₂ = {show(y)}", f"V = p₁q₁/n₁ + p₂q₂/n₂ = {show(v)}")


def _to_phi(hub: Hub, setting: Setting) -> Converted:
    """φ of a 2×2 table; cells are never filled with ½. Its variance knows whether group sizes were fixed."""
    if isinstance(hub, Correlation) and hub.kind == "phi":
        return done(hub, hub.r, hub.v_r)
    if not isinstance(hub, Table):
        raise refuse(hub, "PHI")
    check_events(hub, ConversionOptions())
    phi, v = phi_coefficient(hub.a, hub.b, hub.c, hub.d, allocated=setting.allocated)
    how = "group sizes fixed" if setting.allocated else "Yule 1912"
    return done(hub, phi, v, f"φ = (ad − bc)/√(r₁r₂c₁c₂) = {show(phi)}", f"V_φ = {show(v)} ({how})")


def _to_zphi(hub: Hub, setting: Setting) -> Converted:
    """atanh φ with V_φ/(1 − φ²)²."""
    if isinstance(hub, Correlation) and hub.kind == "phi":
        return done(hub, hub.z, hub.v_z)
    on_phi = _to_phi(hub, setting)
    phi = on_phi.yi
    if not abs(phi) < 1 or not on_phi.vi > 0:
        raise NoEffect(f"φ = {show(phi)} has no Fisher z with a variance", "R-BOUND")
    z, v = math.atanh(phi), on_phi.vi / (1 - phi * phi) ** 2
    steps = (*on_phi.steps, f"z = atanh φ = {show(z)}", f"V_z = V_φ/(1 − φ²)² = {show(v)}")
    return replace(on_phi, yi=z, vi=v, steps=steps)


def _to_change(hub: Hub, measure: str) -> Converted:
    """SMCR or SMCC of one group."""
    if not isinstance(hub, Change):
        raise refuse(hub, measure)
    yi, vi, steps = single_change(hub, measure)
    return done(hub, yi, vi, *steps)


def _to_given(hub: Hub) -> Converted:
    """Never anything but what is given."""
    raise refuse(hub, "GEN")


def _plain(convert: Callable[[Hub], Converted]) -> Callable[[Hub, Setting], Converted]:
    """A conversion that leaves nothing to choose."""
    return lambda hub, _setting: convert(hub)


#: Measure → conversion of any hub that has it; ``d`` is a display scale.
ONTO: dict[str, Callable[[Hub, Setting], Converted]] = {
    "ZCOR": _to_zcor,
    "COR": _to_cor,
    "PCOR": _to_cor,
    "ZPCOR": _to_zcor,
    "SMD": _to_smd,
    "MD": _plain(_to_md),
    "SMDH": _plain(_to_smdh),
    "OR": _to_or,
    "RR": _to_rr,
    "RD": _plain(_to_rd),
    "PHI": _to_phi,
    "ZPHI": _to_zphi,
    "RPB": _to_rpb,
    "ZPB": _to_zpb,
    "RBIS": _to_rbis,
    "SMCR": _plain(lambda hub: _to_change(hub, "SMCR")),
    "SMCC": _plain(lambda hub: _to_change(hub, "SMCC")),
    "GEN": _plain(_to_given),
    "d": _to_d,
}


def convert_hub(hub: Hub, measure: str, setting: Setting) -> Converted:
    """``hub`` on the scale ``measure``.

    Raises ``NoEffect`` when the measure cannot be had from it or its variance is not positive.
    """
    if isinstance(hub, Given) and hub.measure == measure:
        found = done(hub, hub.yi, hub.vi)
    else:
        found = ONTO[measure](hub, setting)
    if not (math.isfinite(found.yi) and math.isfinite(found.vi) and found.vi > 0):
        raise NoEffect(
            f"the effect {show(found.yi)} has no positive finite variance ({show(found.vi)})", "V-NEG"
        )
    return found
