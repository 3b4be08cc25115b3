"""Two extractors as the JSON object of ``rupmeta agreement``."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from rupmeta.effects.backtransform import report_on
from rupmeta.pipeline.agreement.run import CLOSE, Concord
from rupmeta.pipeline.agreement.variables import Variable
from rupmeta.pipeline.diff.standing import Standing
from rupmeta.render.diff.answer import standing_answer

__all__ = ["agreement_answer", "shifts_answer"]

Answer = dict[str, Any]


def agreement_answer(found: Concord) -> Answer:
    """Variables, disagreements with their places, unpaired, and the pooled effect under each folder."""
    known = next((s for s in found.pooled.values() if s.estimate is not None), found.pooled["A"])
    compared = [item for item in found.effects if item.d is not None]
    return {
        "folders": {name: folder.shown for name, folder in found.folders.items()},
        "title": found.folders["A"].review.title,
        "studies": list(found.studies),
        "synthetic": any(standing.synthetic for standing in found.pooled.values()),
        "items": [_variable(item) for item in found.variables],
        "disagreements": [
            {
                "study": item.study,
                "effect": item.effect,
                "field": item.field,
                "a": item.text_a,
                "b": item.text_b,
                "where_a": item.where_a,
                "where_b": item.where_b,
                "consensus": item.consensus,
                "where_consensus": item.where_consensus,
                "settled": item.settled,
            }
            for item in found.disagreements
        ],
        "unpaired": [
            {"study": item.study, "effect": item.effect, "side": item.side, "where": item.where}
            for item in found.unpaired
        ],
        "effects": [
            {
                "study": item.study,
                "effect": item.effect,
                "yi_a": item.yi_a,
                "yi_b": item.yi_b,
                "difference": item.difference,
                "d": item.d,
            }
            for item in found.effects
        ],
        "close": {
            "within": CLOSE,
            "n": len(compared),
            "share": sum(abs(item.d) <= CLOSE for item in compared if item.d is not None) / len(compared)
            if compared
            else None,
        },
        "analysis": known.analysis,
        "question": known.question,
        "subject": known.subject,
        "measure": known.measure,
        "pooled": {name: standing_answer(standing) for name, standing in found.pooled.items()},
        "shift": shifts_answer(found.pooled),
    }


def _variable(item: Variable) -> Answer:
    return {
        "field": item.name,
        "kind": item.kind,
        "n": item.n,
        "complete": item.complete,
        "agreed": item.agreed,
        "studies": item.studies,
        "constant": item.constant,
        "median_difference": item.median,
        "largest_difference": item.largest,
        "coefficients": {
            name: {
                "estimate": value,
                "ci_lb": None if (interval := item.intervals.get(name)) is None else interval.lb,
                "ci_ub": None if interval is None else interval.ub,
            }
            for name, value in item.coefficients.items()
        },
    }


def shifts_answer(pooled: Mapping[str, Standing]) -> list[Answer]:
    """Every pair of folders: the pooled effect of the second minus that of the first."""
    found = []
    for (first, one), (second, two) in combinations(pooled.items(), 2):
        if one.estimate is None or two.estimate is None:
            continue
        scales = {scale: shift for scale in one.report_as if (shift := _shift(scale, one, two)) is not None}
        found.append(
            {
                "from": first,
                "to": second,
                "estimate": two.estimate.estimate - one.estimate.estimate,
                "reported": scales,
            }
        )
    return found


def _shift(scale: str, one: Standing, two: Standing) -> float | None:
    assert one.estimate is not None
    assert two.estimate is not None
    values = [report_on(scale, s.measure, s.estimate.estimate) for s in (one, two) if s.estimate is not None]
    return None if values[0] is None or values[1] is None else values[1] - values[0]
