"""What the strip of an answer shows, on the scale that people read."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AnswerStripData"]


@dataclass(frozen=True, slots=True)
class AnswerStripData:
    """An answer at a glance; ``measure`` is a key of ``labels.DISPLAY``.

    ``effects`` are (label, effect, weight in percent); the prediction interval is None where there is none.
    """

    name: str
    title: str
    measure: str
    effects: tuple[tuple[str, float, float], ...]
    estimate: float
    ci_lb: float
    ci_ub: float
    level: float = 0.95
    pi_lb: float | None = None
    pi_ub: float | None = None
    banners: tuple[str, ...] = ()
