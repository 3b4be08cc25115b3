"""Ruptures and repairs in the ratings that study files point to: what the raw routes rest on."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rupmeta.errors import InputError, UsageError
from rupmeta.pipeline.detect import Asked, Detected, detect_source, every_rule
from rupmeta.pipeline.detect_routes import RawRoute, raw_routes
from rupmeta.read.folder import Folder
from rupmeta.results import NotEstimable

__all__ = ["PER_CLIENT", "SHOWN", "detection_answer"]

#: Clients of a route whose ratings are drawn; the page says how many are left out.
SHOWN = 12
#: Simulated series per client where all rules stand side by side; the rule in force has 1,000.
PER_CLIENT = 200
#: Clients above which noise is simulated for the rule in force alone.
MANY = 200_000
#: What belongs to the ratings and the rule, and not to the outcome that is compared.
_SHARED = ("expected", "uncertainty")


@dataclass(frozen=True, slots=True)
class _Read:
    """What one pass over a file of ratings found, for every outcome that is compared by it."""

    address: dict[str, str]
    shared: dict[str, Any]
    noise: dict[str, Any]


def detection_answer(folder: Folder, *, seed: int = 20260101) -> list[dict[str, Any]]:
    """One entry for every raw route, in file order: the answer of ``rupmeta detect`` with its effect, the
    other rules, and the ratings of a few clients in place of the list of all.

    ``like``: the entry before it that reads the same ratings by the same rule; ``series`` and ``agreement``
    stand there and are null here.
    """
    entries: list[dict[str, Any]] = []
    known: dict[str, _Read] = {}
    for route, named in zip(raw_routes(folder), _names(folder), strict=True):
        address = {"study": route.study, "effect": route.effect, "file": named}
        try:
            entries.append(_entry(folder, route, address, known, seed))
        except (InputError, UsageError, OSError) as error:
            empty = dict.fromkeys(("result", "like", "series", "rules", "agreement"))
            entries.append({**address, "synthetic": route.synthetic, **empty, "reason": str(error)})
    return entries


def _names(folder: Folder) -> list[str]:
    """The session files as the study files write them."""
    return [
        route.sessions
        for file in folder.studies
        for effect in file.study.effects
        for route in effect.reported
        if isinstance(route.sessions, str)
    ]


def _entry(
    folder: Folder, route: RawRoute, address: dict[str, str], known: dict[str, _Read], seed: int
) -> dict[str, Any]:
    from rupmeta.effects.from_sessions import parse_detect
    from rupmeta.pipeline.detect_sources import open_source
    from rupmeta.render.detect.answer import detect_answer, rules_answer
    from rupmeta.render.report.series import series_answer

    settings, form, contrasted = parse_detect(route.detect, route.outcome)
    source = open_source(str(Path(folder.path) / address["file"]), settings, form)
    key = _key(address["file"], route.detect)
    before = known.get(key)
    asked = Asked(
        outcome=route.outcome, better=route.better, comparison=route.comparison or "unrepaired-rupture",
        resamples=0, seed=seed, **contrasted,
    )  # fmt: skip
    quick = dataclasses.replace(asked, per_client=0, again=0)
    detected = detect_source(source, asked if before is None else quick)
    answer = detect_answer(detected, 0)
    simulated = PER_CLIENT if before is None and source.ratings.m <= MANY else 0
    every = every_rule(source, dataclasses.replace(quick, per_client=simulated))
    found = rules_answer(every)
    if before is None:
        shared = {name: answer[name] for name in _SHARED}
        noise = {row["name"]: row.get("expected") for row in found["rules"]}
        known[key] = _Read({name: address[name] for name in ("study", "effect")}, shared, noise)
    else:
        answer |= before.shared
    rows = [_rule(row, known[key].noise) for row in found["rules"]]
    return {
        **address,
        "synthetic": route.synthetic,
        "result": {k: v for k, v in answer.items() if k not in ("clients", "direct", "grid")},
        "like": None if before is None else before.address,
        "series": series_answer(detected, SHOWN) if before is None and _rated(detected) else None,
        "rules": rows,
        "agreement": found["agreement"] if before is None else None,
        "reason": None,
    }


def _key(file: str, given: Mapping[str, Any]) -> str:
    """The same for routes that see the same series and judge them alike."""
    own = {name: value for name, value in given.items() if name not in ("baseline", "dose")}
    return json.dumps([file, own], sort_keys=True, default=str)


def _rated(detected: Detected | NotEstimable) -> bool:
    return isinstance(detected, Detected) and bool((detected.found.n > 0).any())


def _rule(row: dict[str, Any], noise: Mapping[str, Any]) -> dict[str, Any]:
    """A rule beside the others: what its table shows."""
    if row["reason"] is not None:
        return row
    effect = row["effect"]
    kept = ("r", "vi", "z", "vi_z", "n1", "n2", "reason")
    return {
        "name": row["name"],
        "reason": None,
        "rule": row["rule"],
        "counts": row["counts"],
        "observed": row["observed"],
        "expected": noise[row["name"]] or [],
        "effect": None if effect is None else {key: effect.get(key) for key in kept},
    }
