"""What stands beside the review in ``results.json``: two extractions of it, and the version before."""

from __future__ import annotations

from typing import Any

from rupmeta.errors import UsageError
from rupmeta.pipeline.agreement.run import SEED, Concord, pool_extractors
from rupmeta.pipeline.attached import Attached, compare_extractions, compare_versions
from rupmeta.pipeline.specification import Overrides
from rupmeta.read.folder import Folder
from rupmeta.render.agreement.answer import agreement_answer, shifts_answer
from rupmeta.render.diff.answer import diff_answer, standing_answer
from rupmeta.render.report.parts import notes_answer

__all__ = ["extraction_answer", "update_answer"]

Answer = dict[str, Any]


def extraction_answer(folder: Folder, attached: Attached, *, seed: int = SEED) -> Answer | None:
    """The answer of ``rupmeta agreement`` on both extractions, with every analysis pooled under each; None
    when the review names no second one.
    """
    try:
        found = compare_extractions(folder, attached, seed=seed)
    except UsageError as error:
        return {"result": None, "analyses": [], "notes": [], "reason": str(error)}
    if found is None:
        return None
    return {
        "result": agreement_answer(found),
        "analyses": [_analysis(found, name) for name in folder.review.analyses],
        "notes": notes_answer(found.notes),
        "reason": None,
    }


def _analysis(found: Concord, name: str) -> Answer:
    pooled = pool_extractors(found, Overrides(analysis=name))
    return {
        "name": name,
        "pooled": {side: standing_answer(standing) for side, standing in pooled.items()},
        "shift": shifts_answer(pooled),
    }


def update_answer(folder: Folder, attached: Attached) -> Answer | None:
    """The answer of ``rupmeta diff`` from the version before to this one; None when the review names none."""
    found = compare_versions(folder, attached)
    if found is None:
        return None
    return {**diff_answer(found), "notes": notes_answer(found.notes)}
