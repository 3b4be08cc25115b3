"""Ruptures and repairs in the ratings that study files point to: what the raw routes rest on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rupmeta.errors import InputError, UsageError
from rupmeta.read.folder import Folder

__all__ = ["detection_answer"]


def detection_answer(folder: Folder) -> list[dict[str, Any]]:
    """One entry for every raw route, in file order: the answer of ``rupmeta detect`` without its clients."""
    entries: list[dict[str, Any]] = []
    for file in folder.studies:
        for effect in file.study.effects:
            for route in effect.reported:
                if route.sessions is None:
                    continue
                address: dict[str, Any] = {"study": file.id, "effect": effect.id, "file": route.sessions}
                try:
                    answer = _detect(folder, route.sessions, dict(route.detect or {}))
                except (InputError, UsageError, OSError) as error:
                    entries.append({**address, "result": None, "reason": str(error)})
                    continue
                entries.append({**address, "result": answer, "reason": None})
    return entries


def _detect(folder: Folder, name: str, chosen: Mapping[str, Any]) -> dict[str, Any]:
    from rupmeta.effects.from_sessions import parse_detect
    from rupmeta.pipeline.detect import Asked, detect_source
    from rupmeta.pipeline.detect_sources import open_source
    from rupmeta.render.detect.answer import detect_answer

    settings, form, _ = parse_detect({key: value for key, value in chosen.items() if key != "baseline"})
    source = open_source(str(Path(folder.path) / name), settings, form)
    answer = detect_answer(detect_source(source, Asked()), 0)
    return {key: value for key, value in answer.items() if key not in ("clients", "effect", "direct")}
