"""Ratings as a user names them: a file, a study that points to one, a folder of such studies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rupmeta.effects.from_sessions import parse_detect
from rupmeta.errors import UsageError
from rupmeta.pipeline.detect_sources import Source, open_source
from rupmeta.read.folder import Folder

__all__ = ["RawRoute", "find_ratings", "is_study_file", "raw_routes"]


@dataclass(frozen=True, slots=True)
class RawRoute:
    """A route of a study file that leads to session ratings; ``file`` can be opened.

    ``better``: which outcomes are; ``comparison``: of the effect, None where the study gives none.
    """

    study: str
    effect: str
    file: str
    detect: Mapping[str, Any]
    synthetic: bool
    outcome: str | None = None
    better: str | None = None
    comparison: str | None = None


def raw_routes(folder: Folder) -> tuple[RawRoute, ...]:
    """Every raw route of a review, in file order."""
    return tuple(
        RawRoute(
            file.id,
            effect.id,
            str(Path(file.path).parent / route.sessions),
            dict(route.detect or {}),
            bool(file.study.extraction and file.study.extraction.synthetic),
            route.outcome_column,
            effect.outcome.better,
            effect.comparison,
        )
        for file in folder.studies
        for effect in file.study.effects
        for route in effect.reported
        if isinstance(route.sessions, str)
    )


def is_study_file(path: str) -> bool:
    """Whether the path names a study file."""
    return Path(path).suffix.lower() in (".yaml", ".yml")


def find_ratings(path: str, study: str | None, given: Mapping[str, Any]) -> tuple[Source, RawRoute | None]:
    """The ratings at ``path``, read as a ``detect`` mapping says.

    A CSV or Parquet file (or ``-``) is read by ``given`` alone. Of a study file, or a folder of them, the
    first raw route is taken, of ``study`` if one is named, with its own ``detect`` settings under ``given``.
    """
    route = None
    if is_study_file(path) or (Path(path).is_dir() and not any(Path(path).glob("*.parquet"))):
        from rupmeta.pipeline.load import load_review

        place = Path(path)
        folder = load_review(str(place.parent) if is_study_file(path) else path)
        wanted = place.stem if is_study_file(path) else study
        found = [one for one in raw_routes(folder) if wanted in (None, one.study)]
        if not found:
            there = ", ".join(dict.fromkeys(one.study for one in raw_routes(folder))) or "none"
            whose = f"study {wanted}" if wanted else path
            raise UsageError(f"{whose} points to no session ratings; studies that do: {there}")
        route = found[0]
        path, given = route.file, {**route.detect, **given}
    elif study is not None:
        raise UsageError(f"--study {study} goes with a folder of study files; {path} is a file of ratings")
    if route is None:
        given = {key: value for key, value in given.items() if key not in ("baseline", "dose")}
    settings, form, _ = parse_detect(given, None if route is None else route.outcome)
    return open_source(path, settings, form), route
