"""What a p-curve shows: shares of significant results by p value, and what to hold them against."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PCurveData"]


@dataclass(frozen=True, slots=True)
class PCurveData:
    """``shares`` and ``expected_low`` (33 % power): percent of results with p below .01, .02, … .05.

    ``used`` results enter, ``left_out`` do not. ``tests``: the lines of results below the plot.
    """

    name: str
    title: str
    shares: tuple[float, ...]
    expected_low: tuple[float, ...]
    used: int
    left_out: int
    tests: tuple[str, ...] = ()
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
