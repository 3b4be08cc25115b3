"""What any route may carry beside its statistic: adjustment for unreported covariates, and clusters."""

from __future__ import annotations

from dataclasses import replace

from rupmeta.effects.hubs import Given, Groups, Hub, LogRatio, NoEffect, Values, show
from rupmeta.effects.stations import Converted
from rupmeta.read.routes import RouteSpec

__all__ = ["inflated", "with_companions"]


def with_companions(hub: Hub, spec: RouteSpec, values: Values) -> Hub:
    """``hub`` marked as adjusted, and with the design effect of a cluster design.

    ``adjusted`` makes an effect approximate where its variance comes from n, since that also takes the number
    of covariates; a printed standard error holds them already.
    """
    if values.get("adjusted") and not hub.adjusted:
        printed = spec.family == "given" or isinstance(hub, LogRatio | Given)
        printed = printed or (isinstance(hub, Groups) and hub.own_variance)
        missing = None if printed else "the covariates were not printed"
        hub = replace(hub, adjusted=True, approximate=hub.approximate or missing)
    return replace(hub, design_effect=_design_effect(values))


def _design_effect(values: Values) -> float:
    """1 + (m − 1)·ICC (Kish 1965; Donner & Klar 2000); 1 without clusters."""
    icc, size = values.get("icc"), values.get("cluster_size")
    if icc is None and size is None:
        return 1.0
    if icc is None or size is None:
        given, wanted = ("icc", "cluster_size") if size is None else ("cluster_size", "icc")
        raise NoEffect(f"{given} needs {wanted}: the variance grows by 1 + (m − 1)·ICC", "MISSING-KEY")
    if not 0 <= icc < 1:
        raise NoEffect(f"icc = {show(icc)}; an intraclass correlation lies from 0 to below 1", "R-BOUND")
    if size < 1:
        raise NoEffect(f"cluster_size = {show(size)}; a cluster holds at least 1 client", "N-INT")
    return 1.0 + (float(size) - 1) * float(icc)


def inflated(found: Converted, hub: Hub) -> Converted:
    """The variance times the design effect."""
    if hub.design_effect == 1:
        return found
    vi = found.vi * hub.design_effect
    step = f"V·(1 + (m − 1)·ICC) = V·{show(hub.design_effect)} = {show(vi)} (clusters)"
    return replace(found, vi=vi, steps=(*found.steps, step))
