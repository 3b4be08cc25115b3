"""What studies still to come can do to an answer that is there: conditional power, and how many it takes.

tau2 is taken as known and stays; ``simulate`` estimates it anew. Source: Roloff, Higgins & Sutton 2013,
10.1002/sim.5524.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.explore.power.planned import noncentral_tails

__all__ = ["Known", "assurance", "conditional_power", "half_width", "power_by_count", "studies_needed"]

Float = NDArray[np.float64]
MOST = 2_000  # studies; beyond it nobody plans


@dataclass(frozen=True, slots=True)
class Known:
    """The answer so far: its ``estimate``, the sum of its weights 1/(vi + tau2), and its ``k`` effects.

    Nothing known: estimate 0 with weight 0 and k = 0.
    """

    estimate: float = 0.0
    weight: float = 0.0
    k: int = 0


def power_by_count(
    known: Known,
    m: Float,
    weight: float,
    delta: float,
    *,
    test: str = "z",
    level: float = 0.95,
    beyond: float = 0.0,
) -> Float:
    """Probability that the interval lies beyond ``beyond`` after ``m`` more studies of ``weight`` each.

    With W the weight known, W' = m·weight and true mean ``delta`` the updated mean is normal round
    (Wθ̂ + W'δ)/(W + W') with variance W'/(W + W')², and its standard error is 1/√(W + W'). Where nothing is
    known and the test is a t test, the noncentral t of ``power_of_mean`` instead. ``beyond`` 0: on either
    side of no effect; else on the side of ``beyond``. Without any study the power is 0.
    """
    from scipy import special

    m = np.asarray(m, dtype=np.float64)
    more = m * weight
    total = known.weight + more
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = (known.weight * known.estimate + more * delta) / total
        error = 1.0 / np.sqrt(total)
        critical = _critical(known.k + m, test, level)
        sign = -1.0 if beyond < 0 or (beyond == 0 and delta < 0) else 1.0
        if known.k == 0 and test != "z":
            df, shift = np.maximum(m - 1.0, 1.0), sign * (delta - beyond) / error
            single = special.ndtr(shift - critical), special.ndtr(-shift - critical)
            several = noncentral_tails(df, shift, critical)
            upper = np.where(m > 1, several[0], single[0])
            lower = np.where(m > 1, several[1], single[1])
        else:
            spread = np.sqrt(more) / total
            upper = _tail(sign * (centre - beyond) - critical * error, spread)
            lower = _tail(-sign * (centre - beyond) - critical * error, spread)
    power: Float = np.where(total > 0, upper + (lower if beyond == 0 else 0.0), 0.0)
    return power


def conditional_power(
    known: Known,
    m: int,
    weight: float,
    delta: float,
    *,
    test: str = "z",
    level: float = 0.95,
    beyond: float = 0.0,
) -> float:
    """``power_by_count`` of one number of studies."""
    counts = np.array([m], dtype=np.float64)
    return float(power_by_count(known, counts, weight, delta, test=test, level=level, beyond=beyond)[0])


def assurance(
    known: Known, m: int, weight: float, *, test: str = "z", level: float = 0.95, beyond: float = 0.0
) -> float:
    """Conditional power averaged over what the data so far leave open: δ ~ N(θ̂, 1/W).

    The updated mean is then normal round θ̂ with variance (W'/(W + W'))²(1/W + 1/W'). NaN when nothing is
    known.
    """
    if known.weight == 0:
        return float("nan")
    more = m * weight
    total = known.weight + more
    spread = np.array([np.sqrt(more / (known.weight * total))])
    limit = _critical(np.array([known.k + m], dtype=np.float64), test, level) / np.sqrt(total)
    upper = _tail(known.estimate - beyond - limit, spread)
    lower = _tail(beyond - known.estimate - limit, spread)
    chosen = upper if beyond > 0 else lower if beyond < 0 else upper + lower
    return float(chosen[0])


def half_width(known: Known, m: int, weight: float, *, test: str = "z", level: float = 0.95) -> float:
    """Half of the expected interval after ``m`` more studies: c/√(W + W'); NaN without any study."""
    return float(_half_widths(known, np.array([m], dtype=np.float64), weight, test, level)[0])


def studies_needed(
    known: Known,
    weight: float,
    *,
    delta: float,
    power: float = 0.80,
    width: float | None = None,
    beyond: float = 0.0,
    test: str = "z",
    level: float = 0.95,
) -> int | None:
    """The fewest further studies that reach ``power`` (or, with ``width``, that half-width) and keep it.

    None when even 2,000 do not: the true mean does not lie beyond ``beyond``. Conditional power need not
    rise with every study, so the number is the first from which on it stays there.
    """
    counts = np.arange(MOST + 1, dtype=np.float64)
    if width is not None:
        reached = _half_widths(known, counts, weight, test, level) <= width
    else:
        reached = power_by_count(known, counts, weight, delta, test=test, level=level, beyond=beyond) >= power
    if not reached[-1]:
        return None
    missed = np.flatnonzero(~reached)
    return 0 if not missed.size else int(missed[-1]) + 1


def _half_widths(known: Known, m: Float, weight: float, test: str, level: float) -> Float:
    total = known.weight + m * weight
    with np.errstate(divide="ignore"):
        width = _critical(known.k + m, test, level) / np.sqrt(total)
    return np.where(total > 0, width, np.nan)


def _critical(k: Float, test: str, level: float) -> Float:
    """The quantile of the test with k studies: normal, or t on k - 1 degrees of freedom from two on."""
    from scipy import special

    tail = 0.5 * (1.0 + level)
    normal = np.full(k.shape, float(special.ndtri(tail)))
    if test == "z":
        return normal
    return np.where(k > 1, special.stdtrit(np.maximum(k - 1.0, 1.0), tail), normal)


def _tail(above: Float, spread: Float) -> Float:
    """P(N(above, spread²) > 0); certain where nothing varies."""
    from scipy import special

    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(spread > 0, special.ndtr(above / spread), (above > 0).astype(np.float64))
