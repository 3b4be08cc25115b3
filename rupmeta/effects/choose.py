"""Every reported route of one effect, computed; and the one that is used."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from rupmeta.effects.companions import inflated, with_companions
from rupmeta.effects.conversions import normal_p, t_p
from rupmeta.effects.from_groups import groups_of_means
from rupmeta.effects.hubs import Correlation, Groups, Hub, Means, NoEffect, Values
from rupmeta.effects.onto import Converted, Setting, convert_hub
from rupmeta.effects.printed import corners, split_bound
from rupmeta.effects.routes import ROUTES, SOURCE_RANK
from rupmeta.effects.table import Flag, RouteResult
from rupmeta.read.routes import RouteSpec, match_route
from rupmeta.results import NotEstimable

if TYPE_CHECKING:
    from rupmeta.read.study import Reported

__all__ = ["compute_route", "implied_p", "rank_routes", "values_of"]

FLAG_RANK: dict[Flag, int] = {"direct": 0, "converted": 1, "approximate": 2}

#: Measures that are one-to-one functions of each other.
_SAME = ({"ZCOR", "COR"}, {"ZPCOR", "PCOR"}, {"ZPHI", "PHI"}, {"ZPB", "RPB"})


def values_of(reported: Reported) -> dict[str, object]:
    """The values that one ``reported`` entry holds, by key, in the order of the record."""
    given = set(reported.keys_given())
    return {key: getattr(reported, key) for key in type(reported).model_fields if key in given}


def _orientation(spec: RouteSpec, values: Values, better: Literal["lower", "higher"] | None) -> int:
    """Sign that makes positive mean better with repair; ``better`` None: as printed."""
    if spec.signed:
        return -1 if better == "lower" and values.get("sign") != "benefit" else 1
    favours = values.get("favours")
    if favours is None and better is not None:
        raise NoEffect(f"{spec.lead} has no sign; add favours: repair or comparison", "DIR")
    return -1 if favours == "comparison" else 1


def _flag(name: str, values: Values, measure: str, approximate: str | None) -> Flag:
    if approximate is not None:
        return "approximate"
    direct = set(ROUTES[name].direct)
    if "measure" in values:
        given = str(values["measure"]).upper()
        direct = next((same for same in _SAME if given in same), {given})
    return "direct" if measure in direct else "converted"


def implied_p(hub: Hub) -> float | None:
    """Two-tailed p of the t or z test that belongs to a hub; None where there is none."""
    if isinstance(hub, Means):
        hub = groups_of_means(hub)
    if isinstance(hub, Correlation):
        if hub.df is not None:
            return t_p(_t_of_z(hub.z, hub.df), hub.df)
        return normal_p(hub.r * hub.n**0.5) if hub.kind == "phi" and hub.n is not None else None
    if isinstance(hub, Groups) and not hub.own_variance and hub.n1 is not None and hub.n2 is not None:
        return t_p(hub.d / (1 / hub.n1 + 1 / hub.n2) ** 0.5, hub.n1 + hub.n2 - 2)
    return None


def _t_of_z(z: float, df: float) -> float:
    """t = r√(df/(1 − r²)) = √df·sinh z."""
    return math.sinh(z) * math.sqrt(df)


@dataclass(frozen=True, slots=True)
class _Computed:
    hub: Hub
    converted: Converted
    sign: int


def _compute(
    spec: RouteSpec, values: Values, measure: str, setting: Setting, better: Literal["lower", "higher"] | None
) -> _Computed:
    sign = _orientation(spec, values, better)
    hub = with_companions(ROUTES[spec.name].compute(values, setting.options), spec, values)
    return _Computed(hub, inflated(convert_hub(hub, measure, setting), hub), sign)


def compute_route(
    index: int,
    values: Values,
    measure: str,
    setting: Setting,
    *,
    better: Literal["lower", "higher"] | None,
    texts: Mapping[str, str] | None = None,
) -> tuple[RouteResult, Hub | None]:
    """One route on the scale ``measure``, oriented by ``better``, and the hub that it passed through.

    ``texts``: the numbers as printed; with them the rounding interval is worked out. A route that gives
    nothing comes back with ``problem`` set, and no hub.
    """
    spec = match_route(values)
    shown = {key: str(value) for key, value in values.items()} if texts is None else texts
    printed = tuple(shown.items())
    if spec is None:
        problem = NotEstimable(f"{', '.join(values)} make no route", "MISSING-KEY")
        return RouteResult(
            index, ", ".join(values), "", None, None, None, "approximate", problem=problem
        ), None
    try:
        done = _compute(spec, values, measure, setting, better)
    except NoEffect as stop:
        return _failed(index, spec, stop.problem, printed), None
    except (ValueError, OverflowError, ZeroDivisionError) as error:
        problem = NotEstimable(f"the numbers of {spec.name} are out of range ({error})")
        return _failed(index, spec, problem, printed), None
    hub, converted, sign = done.hub, done.converted, done.sign
    result = RouteResult(
        index=index,
        route=spec.name,
        formula="; ".join(converted.steps)
        + ("; turned round: lower is better" if _turned(spec, sign) else ""),
        yi=sign * converted.yi,
        vi=converted.vi,
        n=converted.n,
        flag=_flag(spec.name, values, measure, converted.approximate),
        adjusted=hub.adjusted,
        printed=printed,
        approximate=converted.approximate,
        favours=values.get("favours"),
        notes=converted.notes,
    )
    if texts is None:
        return result, hub
    rounding, pval = _rounding(done, spec, values, measure, setting, better, texts)
    return replace(result, rounding=rounding, pval=pval), hub


def _turned(spec: RouteSpec, sign: int) -> bool:
    return spec.signed and sign < 0


def _failed(
    index: int, spec: RouteSpec, problem: NotEstimable, printed: tuple[tuple[str, str], ...]
) -> RouteResult:
    return RouteResult(
        index, spec.name, "", None, None, None, "approximate", problem=problem, printed=printed
    )


def _rounding(
    done: _Computed,
    spec: RouteSpec,
    values: Values,
    measure: str,
    setting: Setting,
    better: Literal["lower", "higher"] | None,
    texts: Mapping[str, str],
) -> tuple[tuple[float, float], tuple[float, float, float] | None]:
    """The range of yi and of the implied p over all corners of the printed numbers."""
    effects, pvals = [done.sign * done.converted.yi], [implied_p(done.hub)]
    for corner in corners(values, ROUTES[spec.name].rounded, texts):
        try:
            at = _compute(spec, corner, measure, setting, better)
        except (NoEffect, ValueError, OverflowError, ZeroDivisionError):
            continue  # beyond the statistic's range, as r = 1.00 + .005
        effects.append(at.sign * at.converted.yi)
        pvals.append(implied_p(at.hub))
    lowest, highest = min(effects), max(effects)
    if (
        isinstance(values.get("p"), str) and split_bound(values["p"])[0] == "<"
    ):  # the bound is the least effect
        lowest, highest = (lowest, math.inf) if effects[0] > 0 else (-math.inf, highest)
    tested = [p for p in pvals if p is not None]
    if not tested or spec.lead == "p":
        return (lowest, highest), None
    return (lowest, highest), (tested[0], min(tested), max(tested))


def rank_routes(routes: Sequence[RouteResult]) -> tuple[RouteResult, ...]:
    """The routes in file order, ranked: best flag, then kind of source, then file order; failures last."""

    def worth(route: RouteResult) -> tuple[bool, int, int, int]:
        source = ROUTES[route.route].source if route.route in ROUTES else "p"
        return route.problem is not None, FLAG_RANK[route.flag], SOURCE_RANK[source], route.index

    ranks = {route.index: rank for rank, route in enumerate(sorted(routes, key=worth))}
    return tuple(replace(route, rank=ranks[route.index]) for route in routes)
