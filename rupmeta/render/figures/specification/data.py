"""What a specification curve shows: estimates of many specifications in order, over the choices behind."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SpecificationChoice", "SpecificationData", "SpecificationPoint"]


@dataclass(frozen=True, slots=True)
class SpecificationChoice:
    """A choice and its options as ``(label, specifications that take it, their median or None)``."""

    label: str
    options: tuple[tuple[str, int, float | None], ...]


@dataclass(frozen=True, slots=True)
class SpecificationPoint:
    """One specification: the estimate with its interval and the option taken of each choice, by position."""

    estimate: float
    ci_lb: float
    ci_ub: float
    taken: tuple[int, ...]
    declared: bool = False


@dataclass(frozen=True, slots=True)
class SpecificationData:
    """A specification curve on the scale ``measure`` (a key of ``labels.DISPLAY``).

    ``points`` are sorted by estimate; with many specifications they are every so-many-th of ``total``.
    ``median`` and the shares, in percent, are those of all. ``left_out``: combinations without a place in
    the curve, as (reason, number).
    """

    name: str
    title: str
    measure: str
    points: tuple[SpecificationPoint, ...]
    choices: tuple[SpecificationChoice, ...]
    total: int
    median: float
    above: float
    below: float
    level: float = 0.95
    left_out: tuple[tuple[str, int], ...] = ()
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
