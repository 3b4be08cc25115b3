"""What a bubble plot shows: effects over a number, the fitted line and its bands, on the analysis scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["BubbleData", "BubblePoint"]


@dataclass(frozen=True, slots=True)
class BubblePoint:
    """One effect: ``x`` the moderator, ``weight`` in percent (the area); ``provisional`` draws it hollow."""

    key: str
    label: str
    x: float
    yi: float
    weight: float
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class BubbleData:
    """A bubble plot.

    ``line``, ``ci`` and ``pi`` run along ``grid``: the fitted mean, the limits of the mean and those of a new
    study's true effect (empty: none). ``scale`` turns the analysis scale into the display scale ``measure``
    (a key of ``labels.DISPLAY``) for the ticks. ``test`` is the test of the model in words.
    """

    name: str
    title: str
    measure: str
    moderator: str
    points: tuple[BubblePoint, ...]
    grid: tuple[float, ...]
    line: tuple[float, ...]
    ci: tuple[tuple[float, float], ...]
    pi: tuple[tuple[float, float], ...] = ()
    scale: Literal["identity", "tanh", "exp"] = "identity"
    null: float = 0.0
    level: float = 0.95
    test: str = ""
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
