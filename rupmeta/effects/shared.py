"""Comparison groups that several effects of a sample share, and the covariance that follows."""

from __future__ import annotations

import math

from rupmeta.effects.conversions import LOGISTIC, exact_h, inverse_share
from rupmeta.effects.from_counts import filled
from rupmeta.effects.from_groups import groups_of_means
from rupmeta.effects.hubs import Hub, Means, Table
from rupmeta.effects.onto import Setting
from rupmeta.effects.table import SharedGroup

__all__ = ["share_people", "shared_covariance", "shared_group"]


def shared_group(hub: Hub, found: float, measure: str, setting: Setting, outcome: str) -> SharedGroup | None:
    """What is needed to recognise and to use a comparison group that another effect shares.

    ``found`` is yi. None when the route prints no group by itself or the measure has no known covariance.
    """
    if isinstance(hub, Means):
        return _of_means(hub, found, measure, setting, outcome)
    if isinstance(hub, Table):
        return _of_table(hub, found, measure, setting, outcome)
    return None


def _of_means(hub: Means, found: float, measure: str, setting: Setting, outcome: str) -> SharedGroup | None:
    key = (outcome, "means", hub.n2, hub.mean2, hub.sd2)
    other = (hub.n1, hub.mean1, hub.sd1)
    if measure == "MD":
        return SharedGroup(key, other, hub.n2, hub.n1, own=hub.sd2**2 / hub.n2)
    if measure == "SMD":
        return SharedGroup(key, other, hub.n2, hub.n1, d=found)
    d, h = groups_of_means(hub).d, exact_h(hub.n1, hub.n2)
    if setting.options.split == "equal":
        h = 4.0
    elif setting.options.d_to_r == "borenstein":
        h = inverse_share(hub.n1, hub.n2)
    slope = _slope(measure, d, h)
    return None if slope is None else SharedGroup(key, other, hub.n2, hub.n1, d=d, slope=slope)


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


def _of_table(hub: Table, found: float, measure: str, setting: Setting, outcome: str) -> SharedGroup | None:
    n1, n2 = hub.a + hub.b, hub.c + hub.d
    key, other = (outcome, "counts", hub.c, hub.d), (hub.a, hub.b)
    full = filled(hub)
    e0, f0 = full.c, full.d
    n0 = e0 + f0
    own = {"RR": 1 / e0 - 1 / n0, "RD": e0 * f0 / n0**3}.get(measure)
    if own is not None:
        return SharedGroup(key, other, n2, n1, own=own)
    own = 1 / e0 + 1 / f0
    if measure == "OR":
        return SharedGroup(key, other, n2, n1, own=own)
    share = 4.0 if setting.options.split == "equal" else inverse_share(n1, n2)
    d = found if measure == "SMD" else math.sinh(found) * math.sqrt(share)
    slope = _slope(measure, d, share) if measure in ("SMD", "ZCOR", "ZPCOR") else None
    return None if slope is None else SharedGroup(key, other, n2, n1, own=own, slope=slope / LOGISTIC)


def share_people(a: SharedGroup | None, b: SharedGroup | None) -> bool:
    """True when two effects of one sample have the same comparison group and different groups 1."""
    return a is not None and b is not None and a.key == b.key and a.other != b.other


def shared_covariance(a: SharedGroup, b: SharedGroup, people: float) -> float:
    """Covariance of two effects with one comparison group; ``people``: all groups that share it, together.

    The comparison group's own share of the variance, or 1/n₀ + d₁d₂/(2N) for standardised differences
    (Gleser & Olkin 2009), times the slopes of the measure.
    """
    own = a.own if a.own is not None else 1 / a.n0 + a.d * b.d / (2 * people)
    return own * a.slope * b.slope
