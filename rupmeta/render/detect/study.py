"""An effect from session ratings as a study file that ``rupmeta pool`` reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rupmeta.detect.rules import RULES
from rupmeta.effects.hubs import Correlation, Means, Table
from rupmeta.errors import UsageError
from rupmeta.pipeline.detect import Detected, Effect
from rupmeta.results import NotEstimable

__all__ = ["WHICH", "study_text"]

RATERS = ("patient", "therapist", "observer")
#: Which effect is written → its entry in ``Effect.adjusted``; None: the raw one, of both contrasts for both.
WHICH: Mapping[str, str | None] = {
    "raw": None,
    "adjusted": "adjusted",
    "adjusted-first-alliance": "adjusted_first_alliance",
    "both": None,
}


def study_text(detected: Detected, synthetic: bool, which: str = "raw") -> str:
    """YAML with what was computed; what a file of ratings cannot know is left for the reviewer to fill in.

    ``which``: a key of ``WHICH``. The adjusted effects are partial correlations, another quantity than the
    raw one: a study takes one of them. ``both``: the raw effects against unrepaired and against no ruptures,
    whose common group 1 ``rupmeta pool`` knows by its numbers. ``UsageError`` where one could not be had.
    """
    if which not in WHICH:
        raise UsageError(f"--study-effect {which} is not known; choose one of {', '.join(WHICH)}")
    settings, asked = detected.found.settings, detected.asked
    written = _written(detected, which)
    several = len(written) > 1
    rule = RULES[settings.rule]
    name = Path(detected.source.input.path).name
    k = "" if rule.k is None else f", k = {rule.multiplier(settings):g}"
    how = f"fraction {settings.fraction:g}" if settings.repair == "fraction" else settings.repair
    criterion = (
        f"{rule.name}{k}; smallest depth {settings.guard:.4g}; repair {how} "
        f"within {settings.window or 'all later'} sessions; mixed {settings.mixed}"
    )
    body: list[tuple[str, Any]] = [
        ("citation", f"Session ratings of {name}"),
        ("relation", "repair-outcome"),
        ("sample", {"n": int(detected.found.m)}),
        ("alliance", _alliance(detected)),
        ("rupture", {"measure": "alliance-fluctuation", "criterion": criterion}),
        (
            "effects",
            [
                {
                    "id": _ident(asked.outcome or "outcome", one.contrast.comparison if several else ""),
                    "outcome": {
                        "name": asked.outcome,
                        "kind": "completion" if one.contrast.binary else "symptoms",
                        "better": asked.better,
                    },
                    "comparison": one.contrast.comparison,
                    "phase": settings.phase or "whole",
                    "reported": [_reported(one, which)],
                    "source": {"where": f"computed from {name}, sha256 {detected.source.input.sha256[:12]}"},
                }
                for one in written
            ],
        ),
        ("extraction", {"status": "provisional", "synthetic": synthetic, "note": _note(asked.baseline)}),
    ]
    head = (
        "# Written by rupmeta detect. Not known from ratings, and left to you: citation, publication, "
        "therapy,\n"
        "# therapists, design, the kind of outcome. A review leaves the study out until its criteria "
        "are met.\n"
    )
    return head + "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in body)


def _written(detected: Detected, which: str) -> list[Effect]:
    """The effect that was asked for, and with ``both`` the other contrast of the repaired group."""
    assert isinstance(detected.effect, Effect)
    if which != "both":
        return [detected.effect]
    if detected.effect.contrast.n2 is None:
        raise UsageError(
            "--study-effect both writes two contrasts of groups; with --comparison continuous there is one"
        )
    effects = [detected.effect]
    for other in detected.others.values():
        if isinstance(other, NotEstimable):
            raise UsageError(f"--study-effect both: {other.reason}; raw writes the one there is")
        effects.append(other)
    return effects


def _reported(effect: Effect, which: str) -> dict[str, Any]:
    """The route that leads to the effect, as it would be printed in a paper, unrounded."""
    key = WHICH[which]
    if key is not None:
        found = effect.adjusted[key]
        if isinstance(found, NotEstimable):
            raise UsageError(f"--study-effect {which}: {found.reason}")
        given = ", ".join(found.covariates).replace("_", " ")
        r = effect.sign * found.r  # as on the outcome's own scale, as any r of a study file
        return {
            "partial_r": _plain(r), "n": found.n, "covariates": len(found.covariates),
            "note": f"adjusted for {given}",
        }  # fmt: skip
    hub = effect.contrast.hub
    if isinstance(hub, Means):
        names = ("mean1", "sd1", "n1", "mean2", "sd2", "n2")
        return {key: _plain(getattr(hub, key)) for key in names}
    if isinstance(hub, Table):
        return {key: int(getattr(hub, key)) for key in "abcd"}
    assert isinstance(hub, Correlation)
    return {"r": _plain(hub.r), "n": effect.contrast.n1}


def _plain(x: float) -> float | int:
    """Ten significant digits, the form in which results are stored."""
    return x if isinstance(x, int) else float(f"{x:.10g}")


def _alliance(detected: Detected) -> dict[str, Any]:
    found, file = detected.found, detected.source.file
    rated = found.n[found.n >= 3]
    known: dict[str, Any] = {"measurements_at_least": int(rated.min())} if len(rated) else {}
    name = found.settings.scale.name
    if name:
        known["measure"] = name.removesuffix("/sum")
    if len(file.raters) == 1 and file.raters[0].lower() in RATERS:
        known["rater"] = file.raters[0].lower()
    return known


def _ident(name: str, comparison: str) -> str:
    kept = "".join(char if char.isalnum() and char.isascii() else "-" for char in name.lower())
    return "-".join(filter(None, (kept.strip("-") or "outcome", comparison)))


def _note(baseline: str | None) -> str:
    gain = f"; the outcome is the change from {baseline}" if baseline else ""
    return f"classes inferred from session ratings{gain}"
