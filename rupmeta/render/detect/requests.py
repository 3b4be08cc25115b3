"""Figures of session ratings by themselves: read, judged and laid out at one request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.errors import UsageError
from rupmeta.pipeline.detect import Asked, detect_source, every_rule
from rupmeta.pipeline.detect_notes import detect_notes
from rupmeta.pipeline.detect_routes import find_ratings
from rupmeta.read.folder import InputFile
from rupmeta.render.detect.answer import rules_answer
from rupmeta.render.detect.figures import DETECT_FIGURES, draw_detection
from rupmeta.render.detect.grid import grid_entry
from rupmeta.render.drawing.draw import Figure
from rupmeta.render.figures.looks import Look
from rupmeta.results import Note, NotEstimable

__all__ = ["request_session_figure"]


def request_session_figure(
    kind: str,
    path: str,
    *,
    given: Mapping[str, Any],
    study: str | None = None,
    client: str | None = None,
    look: Look | None = None,
    seed: int = 20260101,
    synthetic: bool = False,
) -> tuple[Figure, InputFile, tuple[Note, ...]]:
    """The figure ``kind`` of the ratings at ``path`` (a file of them, a study file, or a folder).

    ``given``: keys of a ``detect`` mapping; ``rule: all``, or no rule for a figure that compares them, is
    every rule. Raises ``UsageError`` for a kind, client or study that there is not.
    """
    if kind not in DETECT_FIGURES:
        known = "; ".join(f"{name}: {shows}" for name, shows in DETECT_FIGURES.items())
        raise UsageError(f"{kind} is not a figure of session ratings; there is {known}")
    if client is not None and kind != "sessions":
        raise UsageError("--client goes with plot sessions")
    if kind == "rule-grid":
        return _grid(path, given, study, look, synthetic, seed)
    every = given.get("rule") == "all" or (kind != "sessions" and "rule" not in given)
    chosen = {key: value for key, value in given.items() if not (key == "rule" and value == "all")}
    source, route = find_ratings(path, study, chosen)
    asked = Asked(seed=seed, per_client=0, again=0)
    subject: Any
    if every:
        subject = every_rule(source, asked)
        answer: Mapping[str, Any] = rules_answer(subject)
        ran = [one for one in subject.values() if not isinstance(one, NotEstimable)]
        notes = tuple(dict.fromkeys(note for one in ran for note in detect_notes(one)))
    else:
        subject = detect_source(source, asked)
        answer, notes = {}, detect_notes(subject)
    figure = draw_detection(
        kind, subject, answer, client=client, look=look,
        synthetic=synthetic or (route is not None and route.synthetic),
    )  # fmt: skip
    return figure, source.input, notes


def _grid(
    path: str, given: Mapping[str, Any], study: str | None, look: Look | None, synthetic: bool, seed: int
) -> tuple[Figure, InputFile, tuple[Note, ...]]:
    """The effect of a raw route under every combination of settings."""
    source, route = find_ratings(path, study, given)
    if route is None or route.outcome is None:
        raise UsageError(
            "rule-grid shows an effect: name the study whose raw route gives its outcome, or use rupmeta "
            f"detect {path} --outcome … --better … --grid --plot rule-grid=FILE"
        )
    contrasted = {key: route.detect[key] for key in ("baseline", "dose") if key in route.detect}
    asked = Asked(
        outcome=route.outcome,
        better=route.better,
        comparison=route.comparison or "unrepaired-rupture",
        seed=seed,
        resamples=0,
        per_client=0,
        again=0,
        grid=True,
        **contrasted,
    )
    detected = detect_source(source, asked)
    figure = draw_detection(
        "rule-grid", detected, {"grid": grid_entry(detected.grid)}, client=None, look=look,
        synthetic=synthetic or route.synthetic,
    )  # fmt: skip
    return figure, source.input, detect_notes(detected)
