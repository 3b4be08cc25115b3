"""What the figures of influence, heterogeneity and subsets show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["BaujatData", "BaujatPoint", "GoshData", "InfluenceData", "InfluencePanel"]


@dataclass(frozen=True, slots=True)
class InfluencePanel:
    """One diagnostic over all effects; None where it cannot be had. ``limits`` are drawn, ``centre`` is the
    value of no influence.
    """

    title: str
    values: tuple[float | None, ...]
    limits: tuple[float, ...] = ()
    centre: float | None = None


@dataclass(frozen=True, slots=True)
class InfluenceData:
    """Panels over the same effects, numbered 1, 2, … in file order; ``flagged`` ones stand out."""

    name: str
    title: str
    labels: tuple[str, ...]
    flagged: tuple[bool, ...]
    panels: tuple[InfluencePanel, ...]
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BaujatPoint:
    """One effect: its part of heterogeneity (``x``) and its pull on the answer (``y``)."""

    key: str
    label: str
    x: float
    y: float
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class BaujatData:
    """A Baujat plot."""

    name: str
    title: str
    points: tuple[BaujatPoint, ...]
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GoshData:
    """A cloud of subsets in ``bins`` by ``bins`` cells: (column, row, subsets, those that hold ``unit``).

    Columns run over ``x_limits`` of the analysis scale, rows over I² from 0 to 100. ``scale`` turns the
    analysis scale into the display scale ``measure`` for the ticks. ``estimate`` and ``I2`` are those of all
    effects together.
    """

    name: str
    title: str
    measure: str
    scale: Literal["identity", "tanh", "exp"]
    bins: int
    cells: tuple[tuple[int, int, int, int], ...]
    x_limits: tuple[float, float]
    estimate: float
    I2: float | None
    unit: str
    subsets: int
    exhaustive: bool
    pulls: tuple[tuple[str, float, float], ...]
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
