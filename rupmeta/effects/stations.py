"""From any hub to two groups or to Fisher z, the two stations that most measures are reached from."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from rupmeta.effects.conversions import (
    d_from_z,
    exact_h,
    fixed_size_v_z,
    inverse_share,
    random_size_v_z,
    z_from_d,
)
from rupmeta.effects.from_counts import groups_of_ratio, odds_ratio_of_table
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

__all__ = [
    "Converted",
    "Setting",
    "as_groups",
    "as_z",
    "done",
    "group_sizes",
    "refuse",
    "sized_groups",
    "z_of_groups",
]


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


def done(hub: Hub, yi: float, vi: float, *steps: str, approximate: str | None = None) -> Converted:
    """What came of a hub: its own steps and notes, then these."""
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


def refuse(hub: Hub, measure: str) -> NoEffect:
    """Why a hub does not have the measure, and what would do."""
    if isinstance(hub, Change):
        return NoEffect(
            "a pre-post change of one group is no contrast with other clients; give it its own analysis",
            "DESIGN",
        )
    if isinstance(hub, Given):
        return NoEffect(f"{hub.measure} cannot become {measure}", "MEASURE")
    if isinstance(hub, LogRatio) and hub.measure == "RR":
        return NoEffect(
            f"RR without counts cannot become {measure}; risk2, or events1, n1, events2, n2, would do",
            "MEASURE",
        )
    wanted = _WANTED.get(measure)
    return NoEffect(
        f"this route cannot become {measure}" + (f"; {wanted} would do" if wanted else ""), "MEASURE"
    )


def as_groups(hub: Hub, measure: str, setting: Setting) -> Groups:
    """Anything with a standardised mean difference as the two-group hub."""
    match hub:
        case Groups():
            return hub
        case Means():
            return groups_of_means(hub)
        case Table():
            return groups_of_ratio(odds_ratio_of_table(hub, setting.options))
        case LogRatio() if hub.measure != "RR" or hub.risk2 is not None:
            return groups_of_ratio(hub)
        case Correlation():
            return _groups_of_correlation(hub, setting.options)
    raise refuse(hub, measure)


def _groups_of_correlation(hub: Correlation, options: ConversionOptions) -> Groups:
    """d = √h·sinh z with the group sizes, else 2·sinh z (or sinh z); V_d = h·cosh²z·V_z."""
    approximate: str | None = None
    if hub.n1 is not None and hub.n2 is not None:
        check_sizes(hub.n1, hub.n2)
        h = 4.0 if options.split == "equal" else exact_h(hub.n1, hub.n2)
        factor = "2·" if h == 4 else f"√{show(h)}·"
    elif options.r_to_d == "one-sd":
        h, factor = 1.0, ""
        approximate = "the contrast of clients one standard deviation apart stands for two groups"
    else:
        h, factor = 4.0, "2·"
        approximate = "the group sizes were not printed; two equal groups are assumed"
    d, v_d = d_from_z(hub.z, h), h * math.cosh(hub.z) ** 2 * hub.v_z
    return Groups(
        d=d,
        v_d=v_d,
        m=hub.n - 2 if hub.n is not None else None,
        n1=hub.n1,
        n2=hub.n2,
        n=hub.n,
        own_variance=True,
        notes=hub.notes,
        approximate=hub.approximate or approximate,
        steps=(*hub.steps, f"d = {factor}sinh z = {show(d)}", f"V_d = h·cosh²z·V_z = {show(v_d)}"),
    )


def z_of_groups(hub: Groups, counts: bool, setting: Setting) -> Converted:
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
    return done(hub, z, v_z, z_step, v_step, approximate=approximate)


def as_z(hub: Hub, measure: str, setting: Setting) -> Converted:
    """Fisher z of a correlation, or of the point-biserial r of two groups."""
    if isinstance(hub, Correlation):
        return done(hub, hub.z, hub.v_z)
    counts = isinstance(hub, Table | LogRatio)
    return z_of_groups(as_groups(hub, measure, setting), counts, setting)


def sized_groups(hub: Hub, measure: str, setting: Setting) -> Groups:
    """Two samples of known sizes: from means, d, t, or a correlation with n1 and n2; never from counts."""
    if isinstance(hub, Table | LogRatio | Change | Given):
        raise refuse(hub, measure)
    groups = as_groups(hub, measure, setting)
    n1, n2 = group_sizes(groups, measure)
    if isinstance(hub, Correlation):  # the r of a two-group contrast: its d has the variance of any such d
        return groups_of(groups.d, n1, n2, groups.steps, approximate=groups.approximate)
    return groups


def group_sizes(groups: Groups, measure: str = "SMD") -> tuple[float, float]:
    """n1 and n2; ``NoEffect`` where they are unknown."""
    if groups.n1 is None or groups.n2 is None:
        raise NoEffect(f"{measure} needs the sizes of both groups: n1 and n2", "MISSING-KEY")
    return groups.n1, groups.n2
