"""Hubs → the measure that is pooled: one function a measure, in ``ONTO``."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from rupmeta.effects.conversions import (
    LOGISTIC,
    biserial,
    d_from_z,
    exact_h,
    fixed_size_v_z,
    hedges_j,
    inverse_share,
    log_risk_ratio,
    phi_coefficient,
    random_size_v_z,
    risk_difference,
    z_from_d,
)
from rupmeta.effects.from_changes import single_change
from rupmeta.effects.from_counts import check_events, filled, groups_of_ratio, odds_ratio_of_table
from rupmeta.effects.from_groups import check_sizes, groups_of, groups_of_means
from rupmeta.effects.hubs import (
    Change,
    Correlation,
    Given,
    Groups,
    Hub,
    LogRatio,
    Means,
    NoEffect,
    Table,
    show,
)
from rupmeta.effects.options import ConversionOptions
from rupmeta.results import Note

__all__ = ["ONTO", "Converted", "Setting", "convert_hub"]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a conversion depends on besides the numbers.

    ``allocated``: the design fixed the group sizes (randomised and quasi-experimental studies).
    """

    options: ConversionOptions = field(default_factory=ConversionOptions)
    allocated: bool = False


@dataclass(frozen=True, slots=True)
class Converted:
    """An effect on a measure, in the printed direction; ``approximate`` names what was not printed."""

    yi: float
    vi: float
    n: float | None
    steps: tuple[str, ...]
    approximate: str | None = None
    notes: tuple[Note, ...] = ()


def _done(hub: Hub, yi: float, vi: float, *steps: str, approximate: str | None = None) -> Converted:
    return Converted(yi, vi, hub.n, (*hub.steps, *steps), hub.approximate or approximate, hub.notes)


_WANTED = {
    "MD": "mean1, sd1, n1, mean2, sd2, n2",
    "SMDH": "mean1, sd1, n1, mean2, sd2, n2",
    "RR": "events1, n1, events2, n2, or risk_ratio with ci",
    "RD": "events1, n1, events2, n2",
    "PHI": "the four cells, or phi with n",
    "RPB": "a comparison of two groups with n1 and n2",
    "RBIS": "a comparison of two groups with n1 and n2",
    "SMCR": "pre_mean1, post_mean1, sd_pre1, n1 and pre_post_r",
    "SMCC": "pre_mean1, post_mean1, sd_pre1, n1 and sd_change1",
    "GEN": "yi and vi with measure: GEN",
}


def _refuse(hub: Hub, measure: str) -> NoEffect:
    if isinstance(hub, Change):
        return NoEffect(
            "a pre-post change of one group is no contrast with other clients; give it its own analysis",
            "DESIGN",
        )
    if isinstance(hub, Given):
        return NoEffect(f"{hub.measure} cannot become {measure}", "MEASURE")
    if isinstance(hub, LogRatio) and hub.measure == "RR":
        return NoEffect(
            f"RR without counts cannot become {measure}; events1, n1, events2, n2 would do", "MEASURE"
        )
    wanted = _WANTED.get(measure)
    return NoEffect(
        f"this route cannot become {measure}" + (f"; {wanted} would do" if wanted else ""), "MEASURE"
    )


def _as_groups(hub: Hub, measure: str, setting: Setting) -> Groups:
    """Anything with a standardised mean difference as the two-group hub."""
    match hub:
        case Groups():
            return hub
        case Means():
            return groups_of_means(hub)
        case Table():
            return groups_of_ratio(odds_ratio_of_table(hub, setting.options))
        case LogRatio(measure="OR"):
            return groups_of_ratio(hub)
        case Correlation():
            return _groups_of_correlation(hub)
    raise _refuse(hub, measure)


def _groups_of_correlation(hub: Correlation) -> Groups:
    """d = √h·sinh z with the group sizes, else 2·sinh z; V_d = h·cosh²z·V_z."""
    if hub.n1 is not None and hub.n2 is not None:
        check_sizes(hub.n1, hub.n2)
        h, factor, approximate = exact_h(hub.n1, hub.n2), f"√{show(exact_h(hub.n1, hub.n2))}", None
    else:
        h, factor = 4.0, "2"
        approximate = "the group sizes were not printed; two equal groups are assumed"
    d, v_d = d_from_z(hub.z, h), h * math.cosh(hub.z) ** 2 * hub.v_z
    J = hedges_j(hub.n - 2) if hub.n is not None else 1.0
    return Groups(
        d=d,
        v_d=v_d,
        J=J,
        n1=hub.n1,
        n2=hub.n2,
        n=hub.n,
        own_variance=True,
        notes=hub.notes,
        approximate=hub.approximate or approximate,
        steps=(*hub.steps, f"d = {factor}·sinh z = {show(d)}", f"V_d = h·cosh²z·V_z = {show(v_d)}"),
    )


def _z_of_groups(hub: Groups, counts: bool, setting: Setting) -> Converted:
    """z = asinh(d/√h): exact h for two samples, a for counts and odds ratios, 4 where sizes are unknown."""
    n1, n2, options = hub.n1, hub.n2, setting.options
    approximate = None
    if options.split == "equal":
        h, name = 4.0, "4"
    elif n1 is None or n2 is None:
        h, name = 4.0, "4"
        approximate = "the group sizes were not printed; equal groups are assumed"
    elif counts or options.d_to_r == "borenstein":
        h, name = inverse_share(n1, n2), "a"
    else:
        h, name = exact_h(n1, n2), "h"
    z = z_from_d(hub.d, h)
    value = "" if name == "4" else f", {name} = {show(h)}"
    z_step = f"z = asinh(d/√{name}) = asinh({show(hub.d)}/√{show(h)}) = {show(z)}{value}"
    tate = name == "h" and not (setting.allocated or hub.own_variance)
    if tate and n1 is not None and n2 is not None:
        v_z = random_size_v_z(z, n1, n2)
        v_step = f"V_z = N·r²/(4n₁n₂) + (2 − 3r²)/(2N) = {show(v_z)} (group sizes not fixed by design)"
    else:
        v_z = fixed_size_v_z(hub.d, hub.v_d, h)
        v_step = f"V_z = V_d/(d² + {name}) = {show(hub.v_d)}/({show(abs(hub.d))}² + {show(h)}) = {show(v_z)}"
    return _done(hub, z, v_z, z_step, v_step, approximate=approximate)


def _as_z(hub: Hub, measure: str, setting: Setting) -> Converted:
    if isinstance(hub, Correlation):
        return _done(hub, hub.z, hub.v_z)
    counts = isinstance(hub, Table | LogRatio)
    return _z_of_groups(_as_groups(hub, measure, setting), counts, setting)


def _to_zcor(hub: Hub, setting: Setting) -> Converted:
    """Fisher z: of a correlation, or z-transformed point-biserial r of two groups."""
    return _as_z(hub, "ZCOR", setting)


def _to_cor(hub: Hub, setting: Setting) -> Converted:
    """r = tanh z with V_r = V_z(1 − r²)², or the correlation's own (1 − r²)²/(n − 1 − c)."""
    if isinstance(hub, Correlation):
        return _done(hub, hub.r, hub.v_r, f"V_r = {show(hub.v_r)}")
    return _r_of_z(_as_z(hub, "COR", setting))


def _r_of_z(on_z: Converted) -> Converted:
    r = math.tanh(on_z.yi)
    v_r = on_z.vi * (1 - r * r) ** 2
    steps = (*on_z.steps, f"r = tanh z = {show(r)}", f"V_r = V_z(1 − r²)² = {show(v_r)}")
    return replace(on_z, yi=r, vi=v_r, steps=steps)


def _to_d(hub: Hub, setting: Setting) -> Converted:
    """d without the small-sample correction; a display scale, not a pooled measure."""
    groups = _as_groups(hub, "SMD", setting)
    return _done(groups, groups.d, groups.v_d)


def _to_smd(hub: Hub, setting: Setting) -> Converted:
    """g = J·d with metafor's LS (or LS2) variance; the hub's own variance times J² where it has one."""
    if isinstance(hub, Change) and setting.options.one_group:
        yi, vi, steps = single_change(hub, "SMCR")
        return _done(hub, yi, vi, *steps, approximate="a one-group change stands for a contrast")
    groups = _as_groups(hub, "SMD", setting)
    g, J = groups.J * groups.d, groups.J
    approximate = None
    if groups.own_variance or setting.options.smd_variance == "LS2":
        v, formula = J * J * groups.v_d, "J²·V_d"
        if J == 1 and groups.n is None:
            approximate = "n was not printed; the small-sample correction is left out"
    else:
        n1, n2 = _sizes(groups)
        v, formula = 1 / n1 + 1 / n2 + g * g / (2 * (n1 + n2)), "1/n₁ + 1/n₂ + g²/(2N)"
    g_step = () if J == 1 else (f"g = J·d = {J:.6f}·{show(groups.d)} = {show(g)}",)
    return _done(groups, g, v, *g_step, f"V_g = {formula} = {show(v)}", approximate=approximate)


def _to_md(hub: Hub) -> Converted:
    """M₁ − M₂ with s₁²/n₁ + s₂²/n₂."""
    if not isinstance(hub, Means):
        raise _refuse(hub, "MD")
    y = hub.mean1 - hub.mean2
    v = hub.sd1**2 / hub.n1 + hub.sd2**2 / hub.n2
    if v <= 0:
        raise NoEffect("both SDs are 0: the mean difference has no variance", "SD-NEG")
    step = f"MD = M₁ − M₂ = {show(hub.mean1)} − {show(hub.mean2)} = {show(y)}"
    return _done(hub, y, v, step, f"V = s₁²/n₁ + s₂²/n₂ = {show(v)}")


def _to_smdh(hub: Hub) -> Converted:
    """Difference in units of √((s₁² + s₂²)/2), unequal variances allowed (Bonett 2009)."""
    if not isinstance(hub, Means):
        raise _refuse(hub, "SMDH")
    m = check_sizes(hub.n1, hub.n2)
    s1, s2 = hub.sd1**2, hub.sd2**2
    mean_square = (s1 + s2) / 2
    if mean_square <= 0 or min(hub.n1, hub.n2) < 2:
        raise NoEffect("SMDH needs two people in every group and an SD above 0", "NSMALL")
    g = hedges_j(m) * (hub.mean1 - hub.mean2) / math.sqrt(mean_square)
    f1, f2 = hub.n1 - 1, hub.n2 - 1
    v = g * g * (s1 * s1 / f1 + s2 * s2 / f2) / (8 * mean_square**2) + (s1 / f1 + s2 / f2) / mean_square
    step = f"g = J(M₁ − M₂)/√((s₁² + s₂²)/2) = {show(g)}"
    return _done(hub, g, v, step, f"V_g = {show(v)} (Bonett 2009)")


def _sized(hub: Hub, measure: str, setting: Setting) -> Groups:
    """Two samples of known sizes: from means, d, t, or a correlation with n1 and n2; never from counts."""
    if isinstance(hub, Table | LogRatio | Change | Given):
        raise _refuse(hub, measure)
    groups = _as_groups(hub, measure, setting)
    n1, n2 = _sizes(groups, measure)
    if isinstance(hub, Correlation):  # the r of a two-group contrast: its d has the variance of any such d
        return groups_of(groups.d, n1, n2, groups.steps, approximate=groups.approximate)
    return groups


def _sizes(groups: Groups, measure: str = "SMD") -> tuple[float, float]:
    if groups.n1 is None or groups.n2 is None:
        raise NoEffect(f"{measure} needs the sizes of both groups: n1 and n2", "MISSING-KEY")
    return groups.n1, groups.n2


def _to_zpb(hub: Hub, setting: Setting) -> Converted:
    """Fisher z of the point-biserial r, group sizes fixed (metafor's ZPB)."""
    return _z_of_groups(_sized(hub, "ZPB", setting), False, replace(setting, allocated=True))


def _to_rpb(hub: Hub, setting: Setting) -> Converted:
    """Point-biserial r, group sizes fixed (metafor's RPB, vtype ST)."""
    return _r_of_z(_z_of_groups(_sized(hub, "RPB", setting), False, replace(setting, allocated=True)))


def _to_rbis(hub: Hub, setting: Setting) -> Converted:
    """Biserial r: group 1 and 2 as halves of a normal variable that was cut."""
    groups = _sized(hub, "RBIS", setting)
    n1, n2 = _sizes(groups)
    r = math.tanh(z_from_d(groups.d, exact_h(n1, n2)))
    r_b, v = biserial(r, n1, n2)
    return _done(groups, r_b, v, f"r_b = r√(pq)/f = {show(r_b)}", f"V = {show(v)} (Soper 1914)")


def _to_or(hub: Hub, setting: Setting) -> Converted:
    """ln OR: of the table, or d·π/√3."""
    if isinstance(hub, Table):
        hub = odds_ratio_of_table(hub, setting.options)
    if isinstance(hub, LogRatio) and hub.measure == "OR":
        return _done(hub, hub.y, hub.v)
    groups = _as_groups(hub, "OR", setting)
    y, v = groups.d * LOGISTIC, groups.v_d * LOGISTIC**2
    return _done(groups, y, v, f"ln OR = dπ/√3 = {show(y)}", f"V = V_d·π²/3 = {show(v)}")


def _to_rr(hub: Hub, setting: Setting) -> Converted:
    """ln RR."""
    if isinstance(hub, LogRatio) and hub.measure == "RR":
        return _done(hub, hub.y, hub.v)
    if not isinstance(hub, Table):
        raise _refuse(hub, "RR")
    check_events(hub, setting.options)
    full = filled(hub)
    y, v = log_risk_ratio(full.a, full.b, full.c, full.d)
    return _done(full, y, v, f"ln RR = ln(p₁/p₂) = {show(y)}", f"V = 1/a − 1/n₁ + 1/c − 1/n₂ = {show(v)}")


def _to_rd(hub: Hub) -> Converted:
    """p₁ − p₂."""
    if not isinstance(hub, Table):
        raise _refuse(hub, "RD")
    full = filled(hub)
    y, v = risk_difference(full.a, full.b, full.c, full.d)
    return _done(full, y, v, f"RD = p₁ − p₂ = {show(y)}", f"V = p₁q₁/n₁ + p₂q₂/n₂ = {show(v)}")


def _to_phi(hub: Hub) -> Converted:
    """φ of a 2×2 table; cells are never filled with ½."""
    if isinstance(hub, Correlation) and hub.kind == "phi":
        return _done(hub, hub.r, hub.v_r)
    if not isinstance(hub, Table):
        raise _refuse(hub, "PHI")
    check_events(hub, ConversionOptions())
    phi, v = phi_coefficient(hub.a, hub.b, hub.c, hub.d)
    return _done(hub, phi, v, f"φ = (ad − bc)/√(r₁r₂c₁c₂) = {show(phi)}", f"V_φ = {show(v)} (Yule 1912)")


def _to_zphi(hub: Hub) -> Converted:
    """atanh φ with V_φ/(1 − φ²)²."""
    if isinstance(hub, Correlation) and hub.kind == "phi":
        return _done(hub, hub.z, hub.v_z)
    on_phi = _to_phi(hub)
    phi = on_phi.yi
    if not abs(phi) < 1 or not on_phi.vi > 0:
        raise NoEffect(f"φ = {show(phi)} has no Fisher z with a variance", "R-BOUND")
    z, v = math.atanh(phi), on_phi.vi / (1 - phi * phi) ** 2
    steps = (*on_phi.steps, f"z = atanh φ = {show(z)}", f"V_z = V_φ/(1 − φ²)² = {show(v)}")
    return replace(on_phi, yi=z, vi=v, steps=steps)


def _to_change(hub: Hub, measure: str) -> Converted:
    """SMCR or SMCC of one group."""
    if not isinstance(hub, Change):
        raise _refuse(hub, measure)
    yi, vi, steps = single_change(hub, measure)
    return _done(hub, yi, vi, *steps)


def _to_given(hub: Hub) -> Converted:
    """Never anything but what is given."""
    raise _refuse(hub, "GEN")


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
    "PHI": _plain(_to_phi),
    "ZPHI": _plain(_to_zphi),
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
        found = _done(hub, hub.yi, hub.vi)
    else:
        found = ONTO[measure](hub, setting)
    if not (math.isfinite(found.yi) and math.isfinite(found.vi) and found.vi > 0):
        raise NoEffect(
            f"the effect {show(found.yi)} has no positive finite variance ({show(found.vi)})", "V-NEG"
        )
    return found
