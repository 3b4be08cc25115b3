"""Effects turned so that the pooled one is positive: the direction in which results are thought selected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.numerics.distributions import normal_cdf, normal_quantile

__all__ = ["ENOUGH", "FEWEST", "SIGNIFICANT", "Oriented", "orient", "require"]

Float = NDArray[np.float64]

#: One-sided level at which a result counts as significant in the direction of the pooled effect.
SIGNIFICANT = 0.025
FEWEST = 3  # with fewer effects nothing of this package is computed
ENOUGH = 10  # with fewer there are numbers and no verdicts


@dataclass(frozen=True, slots=True)
class Oriented:
    """``y`` = sign·yi and ``v``, shapes (k,); ``sign`` is +1 or −1; ``unit`` scales y to order 1."""

    y: Float
    v: Float
    sign: float
    unit: float

    @property
    def k(self) -> int:
        """Number of effects."""
        return len(self.y)

    @property
    def z(self) -> Float:
        """Test statistics y/√v, shape (k,)."""
        return self.y / np.sqrt(self.v)

    @property
    def p(self) -> Float:
        """One-sided p values in the direction of the pooled effect, shape (k,)."""
        return normal_cdf(-self.z)

    @property
    def significant(self) -> NDArray[np.bool_]:
        """Which effects are significant in the direction of the pooled one (two-sided .05), shape (k,)."""
        return self.z >= -normal_quantile(SIGNIFICANT)

    def scaled(self) -> tuple[Float, Float]:
        """y and v in units of ``unit``."""
        return self.y / self.unit, self.v / self.unit**2


def orient(effects: Effects, mu: float) -> Oriented:
    """Turn ``effects`` so that ``mu``, the pooled effect, is not negative."""
    sign = -1.0 if mu < 0 else 1.0
    return Oriented(sign * effects.yi, effects.vi, sign, float(np.sqrt(np.median(effects.vi))))


def require(k: int, what: str) -> None:
    """Refuse fewer than three effects; raises ``EstimationError`` (K-ASYM)."""
    if k < FEWEST:
        effects = "1 effect" if k == 1 else f"{k} effects"
        raise EstimationError(f"{effects}: {what} needs at least {FEWEST}", "K-ASYM")
