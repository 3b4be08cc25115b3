"""What the confounding figure shows: what a confounder of any strength would leave."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ConfoundingData"]


@dataclass(frozen=True, slots=True)
class ConfoundingData:
    """Curves over the confounder's correlation ``c`` with both sides.

    ``mean``, ``lb``, ``ub``: the true mean correlation and its interval that c would leave; ``share``: of
    true correlations above ``threshold``, 0 to 1. ``c_estimate`` and ``c_limit``: where mean and lower limit
    reach zero (None: the limit is there already). ``benchmark``: a known correlation and its name.
    ``sides``: what the confounder is correlated with, in words.
    """

    name: str
    title: str
    c: tuple[float, ...]
    mean: tuple[float, ...]
    lb: tuple[float, ...]
    ub: tuple[float, ...]
    share: tuple[float, ...]
    threshold: float
    benchmark: tuple[float, str]
    c_estimate: float | None = None
    c_limit: float | None = None
    sides: str = "both variables"
    level: float = 0.95
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
