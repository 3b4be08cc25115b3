"""Figures of session ratings by themselves: read, judged and laid out at one request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.errors import UsageError
from rupmeta.pipeline.detect import Asked, detect_source, every_rule
from rupmeta.pipeline.detect_notes import detect_notes
from rupmeta.pipeline.detect_routes import find_ratings
from rupmeta.read.folder import InputFile
from rupmeta.render.detect_answer import rules_answer
from rupmeta.render.detect_figures import DETECT_FIGURES, draw_detection
from rupmeta.render.draw import Figure
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
    every = given.get("rule") == "all" or (kind != "sessions" and "rule" not in given)
    chosen = {key: value for key, value in given.items() if not (key == "rule" and value == "all")}
    source, route = find_ratings(path, study, chosen)
    asked = Asked(seed=seed, per_client=0)
    subject: Any
    if every:
        subject = every_rule(source, asked)
        answer: Mapping[str, Any] = rules_answer(subject)
        ran = [one for one in subject.values() if not isinstance(one, NotEstimable)]
        notes = tuple(dict.fromkeys(note for one in ran for note in detect_notes(one)))
    else:
        subject = detect_source(source, asked)
        answer, notes = {}, detect_notes(subject)
    layout = draw_detection(
        kind, subject, answer, client=client, look=look,
        synthetic=synthetic or (route is not None and route.synthetic),
    )  # fmt: skip
    return Figure(kind, layout), source.input, notes
