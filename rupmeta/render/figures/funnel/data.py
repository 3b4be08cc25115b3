"""What a funnel plot shows: effects against their standard errors, on the analysis scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["FunnelData", "FunnelPoint"]


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One effect on the analysis scale; ``provisional`` draws it hollow."""

    key: str
    label: str
    yi: float
    sei: float
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class FunnelData:
    """A funnel plot.

    Effects are on the analysis scale; ``scale`` turns that into the display scale ``measure`` (a key of
    ``labels.DISPLAY``) for the ticks: ``tanh`` for Fisher z shown as r, ``exp`` for log ratios, else
    ``identity``. ``filled`` are the (yi, sei) that trim and fill imputes and ``adjusted`` its estimate.
    ``egger`` is the fitted line of the very model reported, as a polyline of (yi, sei) points (a straight
    line for predictor ``sei``). ``contours`` shades p < .10, .05, .01 around ``null``.
    """

    name: str
    title: str
    measure: str
    points: tuple[FunnelPoint, ...]
    estimate: float
    scale: Literal["identity", "tanh", "exp"] = "identity"
    null: float = 0.0
    level: float = 0.95
    contours: bool = True
    filled: tuple[tuple[float, float], ...] = ()
    adjusted: float | None = None
    egger: tuple[tuple[float, float], ...] = ()
    egger_label: str = "Egger's regression"
    estimate_label: str = "pooled estimate"
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
