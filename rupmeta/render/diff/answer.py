"""A comparison of two states of a review as the JSON object of ``rupmeta diff``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.pipeline.diff.changes import FieldChange, StudyChange
from rupmeta.pipeline.diff.run import AnalysisDiff, Diff, Turned
from rupmeta.pipeline.diff.shares import Change
from rupmeta.pipeline.diff.sides import Side
from rupmeta.pipeline.diff.standing import Standing
from rupmeta.render.answers import prediction_answer

__all__ = ["diff_answer", "standing_answer"]

Answer = dict[str, Any]


def diff_answer(found: Diff) -> Answer:
    """Sides, studies, protocol and every analysis; each with the numbers of the steps."""
    return {
        "old": _side(found.old),
        "new": _side(found.new),
        "differs": found.differs,
        "unchanged": found.unchanged,
        "studies": [_study(item) for item in found.studies],
        "protocol": [{**_change(item.change), "step": item.step} for item in found.protocol],
        "analyses": [_analysis(item) for item in found.analyses],
    }


def _side(side: Side) -> Answer:
    return {
        "name": side.name,
        "kind": side.kind,
        "title": side.title,
        "data_as_of": side.data_as_of,
        "studies": len(side.digests),
    }


def _study(item: StudyChange) -> Answer:
    changes = None if item.changes is None else [_change(change) for change in item.changes]
    return {"study": item.study, "label": item.label, "kind": item.kind, "changes": changes}


def _change(change: FieldChange) -> Answer:
    return {
        "field": change.field,
        "old": change.old,
        "new": change.new,
        "where_old": change.where_old,
        "where_new": change.where_new,
    }


def _analysis(item: AnalysisDiff) -> Answer:
    known = item.new or item.old
    assert known is not None
    return {
        "analysis": item.name,
        "question": known.question,
        "subject": known.subject,
        "measure": known.measure,
        "synthetic": any(side is not None and side.synthetic for side in (item.old, item.new)),
        "old": standing_answer(item.old),
        "new": standing_answer(item.new),
        "method_changes": _method_changes(item),
        "change": None if item.change is None else _shares(item.change, item.ranges.get(known.measure)),
        "reported": {
            scale: _shares(change, item.ranges.get(scale)) for scale, change in item.reported.items()
        },
        "reason": _reason(item),
        "turned": [_turned(turned) for turned in item.turned],
    }


def standing_answer(standing: Standing | None) -> Answer | None:
    """One analysis of one side: its model, its answer on every scale, its weights."""
    if standing is None:
        return None
    return {
        "analysis": standing.analysis,
        **standing.model,
        "k": standing.k,
        "studies": standing.studies,
        "n": standing.n,
        "estimate": None if standing.estimate is None else standing.estimate.as_dict(),
        "prediction": prediction_answer(standing.prediction),
        "tau2": standing.tau2,
        "I2": standing.I2,
        "reported": _reported(standing),
        "weights": dict(standing.weights),
        "reason": standing.reason,
    }


def _reported(standing: Standing) -> Mapping[str, Mapping[str, float | None]]:
    """The answer on the scales that readers know."""
    from rupmeta.effects.backtransform import report_on

    if standing.estimate is None:
        return {}
    interval, prediction = standing.estimate.interval(), standing.prediction
    values = {
        "estimate": standing.estimate.estimate,
        "ci_lb": interval.lb,
        "ci_ub": interval.ub,
        "pi_lb": None if prediction is None else prediction.lb,
        "pi_ub": None if prediction is None else prediction.ub,
    }
    shown = {
        scale: {key: report_on(scale, standing.measure, value) for key, value in values.items()}
        for scale in standing.report_as
    }
    return {scale: found for scale, found in shown.items() if found["estimate"] is not None}


def _method_changes(item: AnalysisDiff) -> list[Answer]:
    if item.old is None or item.new is None or not item.answered:
        return []
    return [
        {"setting": key, "old": value, "new": item.new.model[key]}
        for key, value in item.old.model.items()
        if item.new.model[key] != value
    ]


def _reason(item: AnalysisDiff) -> str | None:
    """Why there is no change to split; None when there is one."""
    if item.change is not None:
        return None
    if item.old is None or item.new is None:
        return f"the {'old' if item.old is None else 'new'} side has no analysis of this name"
    if item.problem is not None:
        return item.problem.reason
    return item.new.reason or item.old.reason


def _shares(change: Change, ranges: Mapping[str, tuple[float, float]] | None) -> Answer:
    return {
        "old": change.old,
        "new": change.new,
        "total": change.total,
        "decimals": change.decimals,
        "steps": [
            {
                "step": step.step,
                "before": step.before,
                "after": step.after,
                "share": step.share,
                "lowest": None if ranges is None or step.step not in ranges else ranges[step.step][0],
                "highest": None if ranges is None or step.step not in ranges else ranges[step.step][1],
                "k": step.k,
                "carried": step.carried,
                "studies": [
                    {
                        "study": share.study,
                        "before": share.before,
                        "after": share.after,
                        "share": share.share,
                        "k": share.k,
                        "carried": share.carried,
                    }
                    for share in step.studies
                ],
            }
            for step in change.steps
        ],
    }


def _turned(turned: Turned) -> Answer:
    return {"code": turned.code, "was": turned.was, "now": turned.now, "study": turned.study}
