"""Power as the JSON object of ``rupmeta power``."""

from __future__ import annotations

from typing import Any

from rupmeta.effects.backtransform import report_on
from rupmeta.explore.power.simulate import Simulated
from rupmeta.pipeline.power.records import ModeratorPower, PowerResult, PowerRow

__all__ = ["power_answer"]

Answer = dict[str, Any]


def power_answer(found: PowerResult) -> Answer:
    """Rows, moderators, numbers of studies and curves; shares are proportions."""
    asked = found.asked
    scale = "r" if asked.measure == "ZCOR" else "d"
    return {
        "kind": "plan" if found.known is None else "update",
        "analysis": found.analysis,
        "title": found.title,
        "subject": found.subject,
        "synthetic": found.synthetic,
        "measure": asked.measure,
        "method": asked.method,
        "test": asked.test,
        "level": asked.level,
        "scale": scale,
        "effect": found.effect,
        "effect_shown": report_on(scale, asked.measure, found.effect),
        "smallest": asked.smallest,
        "smallest_shown": None if asked.smallest is None else report_on(scale, asked.measure, asked.smallest),
        "width": asked.width,
        "power": asked.power,
        "n": list(found.n),
        "known": None
        if found.known is None
        else {"k": found.known.k, "estimate": found.known.estimate, "weight": found.known.weight},
        "rows": [_row(row) for row in found.rows],
        "moderators": [_moderator(row) for row in found.moderators],
        "needed": [
            {
                "n": row.n,
                "tau2": row.tau2,
                "I2": _percent(row.I2),
                "null": row.null,
                "beyond": row.beyond,
                "width": row.width,
            }
            for row in found.needed
        ],
        "curves": [
            {
                "tau2": curve.tau2,
                "I2": _percent(curve.I2),
                "studies": list(curve.studies),
                "power": list(curve.power),
                "beyond": None if curve.beyond is None else list(curve.beyond),
            }
            for curve in found.curve
        ],
        "iterations": asked.iterations,
        "seed": asked.seed,
    }


def _row(row: PowerRow) -> Answer:
    return {
        "k": row.k,
        "added": row.added,
        "tau2": row.tau2,
        "I2": _percent(row.I2),
        "half_width": row.half_width,
        "formula": row.formula,
        "beyond": row.beyond,
        "assurance": row.assurance,
        "heterogeneity": row.q,
        "simulated": _simulated(row.simulated),
    }


def _simulated(found: Simulated) -> Answer:
    return {
        "null": found.null,
        "error": found.error(found.null),
        "beyond": found.beyond,
        "heterogeneity": found.q,
        "half_width": found.half_width,
    }


def _moderator(row: ModeratorPower) -> Answer:
    return {
        "kind": row.kind,
        "k": row.k,
        "tau2": row.tau2,
        "I2": _percent(row.I2),
        "difference": row.difference,
        "formula": row.formula,
        "simulated": {"null": row.simulated.null, "error": row.simulated.error(row.simulated.null)},
    }


def _percent(I2: float | None) -> float | None:
    return None if I2 is None else 100.0 * I2
