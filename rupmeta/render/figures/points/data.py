"""What radial, drapery and orchard plots show: effects with their standard errors, and what they pool to."""

from __future__ import annotations

from dataclasses import dataclass

from rupmeta.render.figures.effect_scale import EffectScale

__all__ = ["DraperyData", "EffectPoint", "OrchardData", "OrchardGroup", "RadialData"]


@dataclass(frozen=True, slots=True)
class EffectPoint:
    """One effect on the analysis scale; ``provisional`` draws it hollow."""

    key: str
    label: str
    yi: float
    sei: float
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class RadialData:
    """A radial (Galbraith) plot: y/√(v + τ²) against 1/√(v + τ²); ``estimate`` is the slope of the line."""

    name: str
    title: str
    scale: EffectScale
    points: tuple[EffectPoint, ...]
    estimate: float
    tau2: float
    level: float = 0.95
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraperyData:
    """p-value functions on a common ``grid`` of effects (analysis scale).

    ``curves``: one per effect, in the order of ``points``; ``pooled`` that of the pooled effect;
    ``predicted`` that of the effect of a new study (empty: none can be had, ``pi_reason`` says why).
    """

    name: str
    title: str
    scale: EffectScale
    points: tuple[EffectPoint, ...]
    grid: tuple[float, ...]
    curves: tuple[tuple[float, ...], ...]
    pooled: tuple[float, ...]
    estimate: float
    ci: tuple[float, float]
    predicted: tuple[float, ...] = ()
    pi: tuple[float, float] | None = None
    pi_reason: str | None = None
    pval: float | None = None
    level: float = 0.95
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrchardGroup:
    """Effects of one level with what they pool to (``estimate`` None: too few, ``note`` says so)."""

    label: str
    points: tuple[EffectPoint, ...]
    studies: int
    estimate: float | None = None
    ci: tuple[float, float] | None = None
    pi: tuple[float, float] | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class OrchardData:
    """An orchard plot: one stripe of effects for every level."""

    name: str
    title: str
    scale: EffectScale
    groups: tuple[OrchardGroup, ...]
    level: float = 0.95
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
