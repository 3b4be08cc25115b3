"""Pooled values on the scales that readers know."""

from __future__ import annotations

import functools
import math
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.measures import MEASURES, DisplayScale
from rupmeta.errors import UsageError

__all__ = ["DISPLAY_SCALES", "mean_correlation", "report_on"]

DISPLAY_SCALES: tuple[str, ...] = get_args(DisplayScale)


def report_on(scale: str, measure: str, value: float | None) -> float | None:
    """``value`` of ``measure`` (an estimate, or an end of its interval) on a display scale.

    r is tanh z and so the *median* true correlation; d = 2·sinh z is that of two equal groups; a d reads as
    r = d/√(d² + 4); odds ratios and d are joined by d = ln OR·√3/π. None when the measure has no such reading
    (a biserial r has no d, a risk ratio no odds ratio) or the value lies outside the scale.

    Raises ``UsageError`` for an unknown scale or measure.

    >>> round(report_on("d", "ZCOR", 0.305), 4)
    0.6195
    """
    if scale not in DISPLAY_SCALES:
        raise UsageError(f"{scale} is not a display scale; known are {', '.join(DISPLAY_SCALES)}")
    if measure not in MEASURES:
        raise UsageError(f"{measure} is not a measure; known are {', '.join(MEASURES)}")
    transform = MEASURES[measure].shown.get(scale)
    if transform is None or value is None or math.isnan(value):
        return None
    return transform(value)


@functools.cache
def _nodes() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    # Golub and Welsch; numpy.polynomial has the same nodes, but its start-up costs more than this
    beside = np.sqrt(np.arange(1, 41) / 2.0)
    nodes, vectors = np.linalg.eigh(np.diag(beside, 1) + np.diag(beside, -1))
    return nodes, vectors[0] ** 2


def mean_correlation(mu: float, tau2: float) -> float:
    """Mean true correlation E tanh(μ + τZ), by Gauss-Hermite quadrature with 41 nodes (Hafdahl 2009).

    tanh μ is the median; the two differ when τ is large.

    >>> round(mean_correlation(0.5, 0.143), 10)
    0.4184034319
    """
    if tau2 < 0:
        raise UsageError(f"tau2 = {tau2} is negative")
    nodes, weights = _nodes()
    return float(weights @ np.tanh(mu + math.sqrt(2 * tau2) * nodes))
