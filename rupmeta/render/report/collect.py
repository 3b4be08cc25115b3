"""``results.json``: the only home of numbers in a report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from rupmeta import __version__
from rupmeta.explore.moderators import Moderated
from rupmeta.pipeline.analyse import pool_prepared
from rupmeta.pipeline.attached import Attached, open_attached
from rupmeta.pipeline.regress import Planned
from rupmeta.pipeline.review import AnalysisResult, ReviewResult
from rupmeta.pipeline.specification import Overrides
from rupmeta.read.folder import Folder
from rupmeta.read.problems import Problem
from rupmeta.render.answers import effects_answer, pool_answer
from rupmeta.render.envelope import canonical
from rupmeta.render.moderators.answers import bubble_answer, moderators_answer, planned_answer
from rupmeta.render.protocol import protocol_answer
from rupmeta.render.report.beside import extraction_answer, update_answer
from rupmeta.render.report.detection import detection_answer
from rupmeta.render.report.parts import PARTS, compute_part, notes_answer
from rupmeta.render.report.records import study_records
from rupmeta.render.screening import screen_answer
from rupmeta.render.sensitivity.part import Settings

__all__ = ["SCHEMA", "collect_results"]

SCHEMA = "rupmeta/results/1"


def collect_results(
    review: ReviewResult,
    findings: Sequence[Problem],
    parts: Collection[str] = tuple(PARTS),
    attached: Attached | None = None,
    settings: Settings = Settings(),  # noqa: B008  # frozen
) -> dict[str, Any]:
    """Everything that the report says, canonical: 10 significant digits, no clock, no machine.

    ``parts`` of each analysis are computed; a report has all of them. ``attached``: what the protocol names
    beside the review, read already.
    """
    folder = review.folder
    attached = attached if attached is not None else open_attached(folder)
    dates = [file.study.extraction.date for file in folder.studies if file.study.extraction.date]
    body = {
        "schema": SCHEMA,
        "version": __version__,
        "title": folder.review.title or "Untitled review",
        "note": folder.review.note,
        "registration": folder.review.registration,
        "data_as_of": max(dates, default=None),
        "inputs": [{"path": item.path, "sha256": item.sha256} for item in attached.inputs(folder)],
        "screen": screen_answer(folder, review.screening, review.flow),
        "screen_notes": notes_answer(review.flow.notes),
        "reporting": {
            key: None if (part := getattr(folder.review, key)) is None else part.model_dump(mode="json")
            for key in ("search", "process", "declarations", "version")
        },
        "criteria": folder.review.criteria.model_dump(mode="json"),
        "studies": study_records(folder),
        "detection": detection_answer(folder, seed=settings.seed),
        "double_extraction": extraction_answer(folder, attached, seed=settings.seed),
        "whats_new": update_answer(folder, attached),
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
        "analyses": {
            item.specification.name: _analysis(item, folder, parts, settings) for item in review.analyses
        },
    }
    if folder.frozen is not None:
        body["protocol"] = protocol_answer(folder)
    result = canonical(body)
    assert isinstance(result, dict)
    return result


def _analysis(
    item: AnalysisResult, folder: Folder, parts: Collection[str], settings: Settings
) -> dict[str, Any]:
    spec = item.specification
    entry: dict[str, Any] = {
        "subject": None if item.synthesis is None else item.synthesis.prepared.subject,
        "question": spec.question,
        "status": spec.status,
        "note": spec.analysis.note,
        "where": dict(spec.where),
        "pi": spec.pi,
        "test_asked": spec.test,
        "reason": item.reason,
        "pool": None,
        "effects": [],
        "moderators": None,
        "moderator_models": [],
        "notes": [],
        "parts": {},
        "certainty": None
        if spec.analysis.certainty is None
        else spec.analysis.certainty.model_dump(mode="json"),
        "references": [reference.model_dump() for reference in spec.references],
    }
    if item.synthesis is not None:
        entry["pool"] = pool_answer(item.synthesis)
        entry["effects"] = effects_answer(item.synthesis.prepared)["effects"]
        entry["pi_df"] = item.synthesis.fit.pi_df
        entry["notes"] = notes_answer(item.synthesis.notes)
        overrides = Overrides(analysis=spec.name)
        entry["parts"] = {
            name: compute_part(name, folder, overrides, settings) for name in PARTS if name in parts
        }
    if item.planned is not None:
        entry["moderators"] = planned_answer(item.planned)
        entry["moderator_models"] = _models(item.planned)
        entry["moderator_notes"] = notes_answer(
            [n for n in item.planned.notes if item.synthesis is None or n not in item.synthesis.notes]
        )
    return entry


def _models(planned: Planned) -> list[dict[str, Any]]:
    """Every moderator's model in full: of a number with its line, of a category with the effects that its
    levels hold.
    """
    entries = []
    for (name, model), prepared in zip(planned.models, planned.preparations, strict=True):
        if not isinstance(model, Moderated):
            continue
        entry: dict[str, Any] = {"name": name, "model": moderators_answer(prepared, model)}
        if model.subgroups:
            entry["effects"] = pool_answer(pool_prepared(prepared))["effects"]
        else:
            entry["along"] = bubble_answer(prepared, model)
        entries.append(entry)
    return entries
