"""People that several effects of a sample share: one of their groups, or all of them with another outcome."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from rupmeta.effects.conversions import LOGISTIC, exact_h, inverse_share, variance_of_d
from rupmeta.effects.from_counts import filled
from rupmeta.effects.from_groups import groups_of_means
from rupmeta.effects.hubs import Correlation, Groups, Hub, Means, Table
from rupmeta.effects.onto import Setting
from rupmeta.effects.table import EffectRow, Scored, SharedGroup

if TYPE_CHECKING:
    from rupmeta.read.study import Effect

__all__ = ["outcome_correlation", "outcome_scored", "shared_between", "shared_covariance", "shared_group"]


def shared_group(
    hub: Hub, found: float, measure: str, setting: Setting, effect: Effect
) -> SharedGroup | None:
    """What is needed to recognise and to use a group that another effect shares.

    ``found`` is yi. A group is the same where effects on one outcome give it the same name (group 2 only), or
    print the same mean, SD and n, or the same counts of it. None when the route prints no group by itself and
    none is named, or when the measure has no known covariance. ``mirror`` is the same for group 1, which two
    effects share that compare it with different people; d₁d₂ has the same sign from either side.
    """
    if isinstance(hub, Means):
        group = _of_means(hub, found, measure, setting, effect)
        return group and replace(
            group, mirror=_of_means(_turned_means(hub), found, measure, setting, effect, first=True)
        )
    if isinstance(hub, Table):
        group = _of_table(hub, found, measure, setting, effect)
        return group and replace(
            group, mirror=_of_table(_turned_table(hub), found, measure, setting, effect, first=True)
        )
    if isinstance(hub, Groups) and effect.comparison_group and hub.n1 is not None and hub.n2 is not None:
        sizes = hub.n1, hub.n2
        slope = 1.0 if measure == "SMD" else _slope(measure, hub.d, _share_of(sizes, setting))
        d = found if measure == "SMD" else hub.d
        return None if slope is None else _group(effect, (), (effect.id,), sizes, hub, d=d, slope=slope)
    return None


def _group(
    effect: Effect,
    printed: tuple[str | float, ...],
    other: tuple[str | float, ...],
    sizes: tuple[float, float],
    hub: Hub,
    *,
    own: float | None = None,
    d: float = 0.0,
    slope: float = 1.0,
    first: bool = False,
) -> SharedGroup:
    """The shared group, known by its name or by its printed numbers; clusters widen what is shared, too.

    ``first``: the groups are turned round, and the name is that of the other one.
    """
    name = effect.comparison_group
    if first:
        key: tuple[str | float, ...] = (effect.outcome.name, "group 1", *printed)
        other = ("named", name) if name else other
    else:
        key = (effect.outcome.name, "named", name) if name else (effect.outcome.name, *printed)
    n1, n2 = sizes
    return SharedGroup(key, other, n2, n1, own=own, d=d, slope=slope * math.sqrt(hub.design_effect))


def _turned_means(hub: Means) -> Means:
    """Group 2 first."""
    return replace(
        hub, mean1=hub.mean2, sd1=hub.sd2, n1=hub.n2, mean2=hub.mean1, sd2=hub.sd1, n2=hub.n1
    )  # fmt: skip


def _turned_table(hub: Table) -> Table:
    """Group 2 first."""
    return replace(hub, a=hub.c, b=hub.d, c=hub.a, d=hub.b)


def _share_of(sizes: tuple[float, float], setting: Setting) -> float:
    if setting.options.split == "equal":
        return 4.0
    return inverse_share(*sizes) if setting.options.d_to_r == "borenstein" else exact_h(*sizes)


def _of_means(
    hub: Means, found: float, measure: str, setting: Setting, effect: Effect, first: bool = False
) -> SharedGroup | None:
    printed = ("means", hub.n2, hub.mean2, hub.sd2)
    other, sizes = (hub.n1, hub.mean1, hub.sd1), (hub.n1, hub.n2)
    if measure == "MD":
        return _group(effect, printed, other, sizes, hub, own=hub.sd2**2 / hub.n2, first=first)
    if measure == "SMD":
        return _group(effect, printed, other, sizes, hub, d=found, first=first)
    d = groups_of_means(hub).d
    slope = _slope(measure, d, _share_of(sizes, setting))
    if slope is None:
        return None
    return _group(effect, printed, other, sizes, hub, d=d, slope=slope, first=first)


def _slope(measure: str, d: float, h: float) -> float | None:
    """Derivative of the measure by d."""
    match measure:
        case "ZCOR" | "ZPCOR" | "ZPB":
            return 1 / math.sqrt(d * d + h)
        case "COR" | "PCOR" | "RPB":
            return h / math.sqrt(d * d + h) ** 3
        case "OR":
            return LOGISTIC
        case "SMD":
            return 1.0
    return None


def _of_table(
    hub: Table, found: float, measure: str, setting: Setting, effect: Effect, first: bool = False
) -> SharedGroup | None:
    sizes = hub.a + hub.b, hub.c + hub.d
    printed, other = ("counts", hub.c, hub.d), (hub.a, hub.b)
    full = filled(hub)
    e0, f0 = full.c, full.d
    n0 = e0 + f0
    own = {"RR": 1 / e0 - 1 / n0, "RD": e0 * f0 / n0**3}.get(measure)
    if own is not None:
        return _group(effect, printed, other, sizes, hub, own=own, first=first)
    own = 1 / e0 + 1 / f0
    if measure == "OR":
        return _group(effect, printed, other, sizes, hub, own=own, first=first)
    share = 4.0 if setting.options.split == "equal" else inverse_share(*sizes)
    d = found if measure == "SMD" else math.sinh(found) * math.sqrt(share)
    slope = _slope(measure, d, share) if measure in ("SMD", "ZCOR", "ZPCOR") else None
    if slope is None:
        return None
    return _group(effect, printed, other, sizes, hub, own=own, slope=slope / LOGISTIC, first=first)


def shared_between(a: SharedGroup | None, b: SharedGroup | None) -> tuple[SharedGroup, SharedGroup] | None:
    """Both sides of the group that two effects of one sample share; None where they share none.

    The comparison group with different groups 1, or group 1 with different comparison groups.
    """
    if a is None or b is None:
        return None
    for one, two in ((a, b), (a.mirror, b.mirror)):
        if one is not None and two is not None and one.key == two.key and one.other != two.other:
            return one, two
    return None


def shared_covariance(a: SharedGroup, b: SharedGroup, people: float) -> float:
    """Covariance of two effects with one group in common; ``people``: that group and all compared with it.

    That group's own share of the variance, or 1/n₀ + d₁d₂/(2N) for standardised differences
    (Gleser & Olkin 2009), times the slopes of the measure.
    """
    own = a.own if a.own is not None else 1 / max(a.n0, b.n0) + a.d * b.d / (2 * people)
    return own * a.slope * b.slope


def outcome_scored(hub: Hub, found: float) -> Scored | None:
    """The oriented r, or d of two groups of known sizes, behind an effect; None for any other hub."""
    if isinstance(hub, Means):
        hub = groups_of_means(hub)
    if isinstance(hub, Correlation) and hub.kind == "r":
        return Scored(math.copysign(hub.r, found))
    if isinstance(hub, Groups) and hub.n1 is not None and hub.n2 is not None:
        return Scored(math.copysign(hub.d, found), hub.n1, hub.n2)
    return None


def outcome_correlation(a: EffectRow, b: EffectRow) -> float | None:
    """Correlation of the estimates of two effects on two outcomes of the same people; None where unknown.

    Two r with a common variable: Ψ/((1 − r₁²)(1 − r₂²)), Ψ = r₁₂(1 − r₁² − r₂²) − ½r₁r₂(1 − r₁² − r₂² − r₁₂²)
    (Steiger 1980, 10.1037/0033-2909.87.2.245). Two d of the same groups: r₁₂(1/n₁ + 1/n₂) + r₁₂²d₁d₂/(2N)
    over the root of the product of their variances (Gleser & Olkin 2009). A smooth function of an estimate
    keeps its correlations, so both hold on every scale.
    """
    r12 = _known(a, b)
    if r12 is None or a.scored is None or b.scored is None:
        return None
    x, y, groups = a.scored.value, b.scored.value, (a.scored.n1, a.scored.n2)
    if groups != (b.scored.n1, b.scored.n2):
        return None
    n1, n2 = groups
    if n1 is None or n2 is None:
        psi = r12 * (1 - x * x - y * y) - 0.5 * x * y * (1 - x * x - y * y - r12 * r12)
        return psi / ((1 - x * x) * (1 - y * y))
    covariance = r12 * (1 / n1 + 1 / n2) + r12 * r12 * x * y / (2 * (n1 + n2))
    return covariance / math.sqrt(variance_of_d(x, n1, n2) * variance_of_d(y, n1, n2))


def _known(a: EffectRow, b: EffectRow) -> float | None:
    """The printed correlation of two outcomes, both oriented; named from either side."""
    for one, other in ((a, b), (b, a)):
        names = (other.effect,) if one.study == other.study else ()
        for name in (*names, f"{other.study}/{other.effect}"):
            if name in one.outcome_r:
                return -one.outcome_r[name] if other.turned else one.outcome_r[name]
    return None
