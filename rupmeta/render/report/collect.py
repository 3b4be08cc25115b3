"""``results.json``: the only home of numbers in a report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rupmeta import __version__
from rupmeta.pipeline.review import AnalysisResult, ReviewResult
from rupmeta.read.problems import Problem
from rupmeta.render.answers import effects_answer, pool_answer
from rupmeta.render.envelope import canonical
from rupmeta.render.moderator_answers import planned_answer
from rupmeta.render.screening import screen_answer
from rupmeta.results import Note

__all__ = ["SCHEMA", "collect_results"]

SCHEMA = "rupmeta/results/1"


def collect_results(review: ReviewResult, findings: Sequence[Problem]) -> dict[str, Any]:
    """Everything that the report says, canonical: 10 significant digits, no clock, no machine."""
    folder = review.folder
    dates = [file.study.extraction.date for file in folder.studies if file.study.extraction.date]
    body = {
        "schema": SCHEMA,
        "version": __version__,
        "title": folder.review.title or "Untitled review",
        "note": folder.review.note,
        "registration": folder.review.registration,
        "data_as_of": max(dates, default=None),
        "inputs": [{"path": item.path, "sha256": item.sha256} for item in folder.inputs],
        "screen": screen_answer(folder, review.screening, review.flow),
        "screen_notes": _notes(review.flow.notes),
        "findings": [
            {
                "code": item.code,
                "severity": item.severity,
                "path": item.path,
                "line": item.line,
                "key": item.key,
                "message": item.message,
            }
            for item in findings
        ],
        "order": [item.specification.name for item in review.analyses],
        "analyses": {item.specification.name: _analysis(item) for item in review.analyses},
    }
    result = canonical(body)
    assert isinstance(result, dict)
    return result


def _analysis(item: AnalysisResult) -> dict[str, Any]:
    spec = item.specification
    entry: dict[str, Any] = {
        "subject": None if item.synthesis is None else item.synthesis.prepared.subject,
        "question": spec.question,
        "status": spec.status,
        "note": spec.analysis.note,
        "where": dict(spec.where),
        "reason": item.reason,
        "pool": None,
        "effects": [],
        "moderators": None,
        "notes": [],
        "references": [reference.model_dump() for reference in spec.references],
    }
    if item.synthesis is not None:
        entry["pool"] = pool_answer(item.synthesis)
        entry["effects"] = effects_answer(item.synthesis.prepared)["effects"]
        entry["notes"] = _notes(item.synthesis.notes)
    if item.planned is not None:
        entry["moderators"] = planned_answer(item.planned)
        entry["moderator_notes"] = _notes(
            note for note in item.planned.notes if item.synthesis is None or note not in item.synthesis.notes
        )
    return entry


def _notes(notes: Any) -> list[dict[str, str | None]]:
    ordered: Sequence[Note] = list(notes)
    return [
        {"code": note.code, "message": note.message, "where": note.where, "severity": note.severity}
        for note in ordered
    ]
