"""Effects as plain mappings, for JSON and tables."""

from __future__ import annotations

import math

from rupmeta.effects.table import EffectRow, RouteResult

__all__ = ["effect_as_dict", "route_as_dict"]


def route_as_dict(route: RouteResult, *, used: bool) -> dict[str, object]:
    """One route; ``problem`` is a sentence when the route gives no effect.

    ``rounding``: what the printed digits allow for ``yi`` (an end None: no bound), where there are several
    routes.
    """
    rounding = route.rounding and [end if math.isfinite(end) else None for end in route.rounding]
    return {
        "route": route.route,
        "yi": route.yi,
        "vi": route.vi,
        "n": route.n,
        "flag": route.flag if route.problem is None else None,
        "adjusted": route.adjusted,
        "formula": route.formula or None,
        "used": used,
        "rounding": rounding,
        "problem": None if route.problem is None else route.problem.reason,
    }


def effect_as_dict(row: EffectRow) -> dict[str, object]:
    """One effect with all of its routes, on the analysis scale; keys as in ``rupmeta effects --json``."""
    return {
        "study": row.study,
        "effect": row.effect,
        "measure": row.measure,
        "yi": row.yi,
        "vi": row.vi,
        "n": row.n,
        "route": row.route,
        "routes": [route_as_dict(route, used=route.index == row.used) for route in row.routes],
        "flag": row.flag,
        "adjusted": row.adjusted,
        "formula": row.formula,
        "provisional": row.provisional,
        "synthetic": row.synthetic,
        "label": row.label,
        "year": row.year,
        "outcome": row.outcome,
        "comparison": row.comparison,
        "phase": row.phase,
        "moderators": dict(row.moderators),
        "cluster": row.cluster,
        "members": list(row.members),
        "where": row.where,
    }
