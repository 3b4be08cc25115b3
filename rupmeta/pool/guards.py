"""Caveats of a fit: what small numbers and awkward data do to it, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rupmeta.numerics.fit import BatchFit
from rupmeta.pool.design import Design
from rupmeta.results import Note

if TYPE_CHECKING:
    from rupmeta.pool.fit import Heterogeneity

__all__ = ["fit_notes"]

Float = NDArray[np.float64]


def fit_notes(
    batch: BatchFit,
    design: Design,
    yi: Float,
    vi: Float,
    heterogeneity: Heterogeneity,
    *,
    asked: str,
    used: str,
    s2: float,
    tau2_0: float | None,
    level: float,
) -> tuple[Note, ...]:
    """All notes of one fit, in a fixed order."""
    return ()
