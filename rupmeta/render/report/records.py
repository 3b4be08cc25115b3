"""The extraction of every study as the report keeps it: what was read, where it stands, how sure it is."""

from __future__ import annotations

from typing import Any

from rupmeta.read.folder import Folder, StudyFile
from rupmeta.read.study import Citation

__all__ = ["study_records"]


def study_records(folder: Folder) -> list[dict[str, Any]]:
    """One entry per study file, in file order; what was not reported is left out."""
    return [_record(file) for file in folder.studies]


def _record(file: StudyFile) -> dict[str, Any]:
    study = file.study
    body = _without_empty(study.model_dump(mode="json", exclude_none=True))
    assert isinstance(body, dict)
    # ``study`` names the row, as in every other list of the results; the citation is kept as it was given.
    body["citation"] = (
        body.get("citation", {}) if isinstance(study.citation, Citation) else {"text": str(study.citation)}
    )
    body["effects"] = [
        {
            **effect,
            "effect": effect.pop("id"),
            "line": file.locate(("effects", i)).line,
            "status": effect.get("status", study.extraction.status),
        }
        for i, effect in enumerate(body.get("effects", []))
    ]
    return {"study": file.id, "path": file.path, **body}


def _without_empty(value: Any) -> Any:
    """Records without empty mappings and lists, so that only what was reported is left."""
    if isinstance(value, dict):
        cleaned = {key: _without_empty(item) for key, item in value.items()}
        return {key: item for key, item in cleaned.items() if item not in ({}, [])}
    return [_without_empty(item) for item in value] if isinstance(value, list) else value
