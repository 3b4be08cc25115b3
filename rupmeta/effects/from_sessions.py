"""Session-level ratings → classes of clients → a contrast of their outcomes: the raw route."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from rupmeta.detect.classify import complete_scale, detect_ruptures
from rupmeta.detect.parquet import open_parquet
from rupmeta.detect.rules import RULES
from rupmeta.detect.series import Ratings, ratings_from
from rupmeta.detect.settings import Settings, settings_from
from rupmeta.effects.hubs import Hub, NoEffect, Values, show
from rupmeta.effects.session_contrasts import contrast_outcomes
from rupmeta.errors import InputError, UsageError
from rupmeta.read.ratings.format import RatingsFile, RatingsFormat
from rupmeta.read.ratings.reader import parse_ratings
from rupmeta.results import Note

__all__ = [
    "SessionSource",
    "from_sessions",
    "parse_detect",
    "series_of",
]

#: Keys of a ``detect`` mapping that say how the file is written, not how ruptures are found.
_FORM = ("rater", "instrument", "columns", "sep", "decimal", "baseline", "dose")


class SessionSource(str):
    """The path of a session file as the study writes it, with where it is and what it is read for."""

    __slots__ = ("comparison", "file")
    file: str
    comparison: str | None

    def __new__(cls, name: str, file: str, comparison: str | None) -> Self:
        """``name`` as written; ``file`` can be opened; ``comparison`` of the effect."""
        source = super().__new__(cls, name)
        source.file, source.comparison = file, comparison
        return source


def series_of(file: RatingsFile, settings: Settings) -> Ratings:
    """The ratings of a file as series."""
    return ratings_from(file.clients, file.sessions, file.scores, settings.scale, file.outcomes)


def from_sessions(v: Values) -> Hub:
    """The effect of a session file that a study points to, by the rule of its ``detect`` mapping.

    The outcome is compared as printed, on its own scale; the effect's ``better`` turns it round later.
    """
    source = v["sessions"]
    if not isinstance(source, SessionSource):
        raise NoEffect("ratings are read beside a study file; here there is none")
    try:
        stamp = Path(source.file).stat().st_mtime_ns
        key = json.dumps(v.get("detect") or {}, sort_keys=True, default=str)
        return _hub(source.file, stamp, source.comparison, v["outcome_column"], key)
    except (UsageError, OSError) as error:
        raise NoEffect(f"{source}: {error}") from error
    except InputError as error:
        first = error.problems[0]
        more = f" (and {len(error.problems) - 1} more)" if len(error.problems) > 1 else ""
        raise NoEffect(f"{source}, line {first.line}: {first.message}{more}", first.code) from error


def parse_detect(
    given: Mapping[str, Any], outcome: str | None = None
) -> tuple[Settings, RatingsFormat, dict[str, Any]]:
    """A ``detect`` mapping as what counts as a rupture, how the file is written, and ``baseline``, ``dose``.

    ``outcome``: a column that is read too.
    """
    form = {key: given[key] for key in _FORM if key in given}
    settings = settings_from({key: value for key, value in given.items() if key not in _FORM})
    written = RatingsFormat(
        columns=form.get("columns", {}),
        sep=form.get("sep", ","),
        decimal=form.get("decimal", "."),
        rater=form.get("rater"),
        measure=form.get("instrument"),
        low=settings.scale.min,
        high=settings.scale.max,
        outcomes=tuple(name for name in (outcome, form.get("baseline")) if name),
    )
    return settings, written, {key: form[key] for key in ("baseline", "dose") if key in form}


@lru_cache(maxsize=64)
def _hub(path: str, stamp: int, comparison: str | None, outcome: str, given: str) -> Hub:
    """``stamp`` is part of the key: a file that changed is read again."""
    del stamp
    settings, form, contrasted = parse_detect(json.loads(given), outcome)
    if Path(path).suffix.lower() in (".parquet", ".pq"):
        ratings = open_parquet(path, form, settings.scale).whole()
    else:
        ratings = series_of(parse_ratings(Path(path).read_bytes(), path, form), settings)
    settings = complete_scale(settings, ratings)
    found = detect_ruptures(ratings, settings)
    contrast = contrast_outcomes(
        found,
        ratings.outcomes,
        outcome,
        comparison=comparison or "unrepaired-rupture",
        baseline=contrasted.get("baseline"),
        dose=contrasted.get("dose", "episodes"),
    )
    counts = found.counts()
    kinds = ("repaired", "unrepaired", "mixed", "none", "not_classifiable")
    shown = ", ".join(f"{counts[kind]} {kind.replace('_', ' ')}" for kind in kinds)
    step = f"{Path(path).name}: rule {settings.rule}, {shown}"
    rule = RULES[settings.rule]
    k = "" if rule.k is None else f"k {show(rule.multiplier(settings))}, "
    note = Note(
        "DET-RULE",
        f"computed from session ratings by the rule {settings.rule} ({k}window {settings.window}, "
        f"smallest depth {show(settings.guard)}); there is no standard rule; results depend on this choice",
    )
    hub = contrast.hub
    return replace(hub, steps=(step, *hub.steps), notes=(*hub.notes, note, *contrast.notes))
