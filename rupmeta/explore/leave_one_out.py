"""The pooled answer without each study or sample, and as they join one by one.

Both are full refits of model and test (tau2 included), rows of one batched fit. A unit is a sample unless
studies are asked for: effects of one sample stand or fall together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.pool.fit import Fit
from rupmeta.results import NotEstimable

__all__ = ["FitSubsets", "Order", "Step", "Unit", "accumulate", "leave_one_out", "list_units"]

Order = Literal["file", "year", "precision"]

#: The model of an analysis as a function of effects and masks (B, k): one answer per row.
FitSubsets = Callable[[Effects, NDArray[np.bool_]], tuple[Fit | NotEstimable, ...]]


@dataclass(frozen=True, slots=True)
class Unit:
    """Effects that leave or join together: ``indices`` of the rows of one sample, or of one study."""

    name: str
    label: str
    studies: tuple[str, ...]
    indices: tuple[int, ...]
    year: int | None
    precision: float


@dataclass(frozen=True)
class Step:
    """The answer after ``unit`` left or joined."""

    unit: Unit
    fit: Fit | NotEstimable


def list_units(effects: Effects, by: Literal["sample", "study"] = "sample") -> tuple[Unit, ...]:
    """The samples, or the studies, in the order of the effects; ``precision`` is the sum of 1/v."""
    groups: dict[str, list[int]] = {}
    for i, row in enumerate(effects.rows):
        groups.setdefault(row.cluster if by == "sample" else row.study, []).append(i)
    units = []
    for name, indices in groups.items():
        rows = [effects.rows[i] for i in indices]
        labels = dict.fromkeys(row.label for row in rows)
        years = [row.year for row in rows if row.year is not None]
        units.append(
            Unit(
                name,
                " + ".join(labels),
                tuple(dict.fromkeys(row.study for row in rows)),
                tuple(indices),
                min(years, default=None),
                sum(1.0 / row.vi for row in rows),
            )
        )
    return tuple(units)


def leave_one_out(
    effects: Effects, fit_subsets: FitSubsets, *, by: Literal["sample", "study"] = "sample"
) -> tuple[Step, ...]:
    """The answer without each unit, in the order of the effects.

    Raises ``EstimationError`` (K-FEW) for a single unit: nothing is left without it.
    """
    units = list_units(effects, by)
    if len(units) < 2:
        raise EstimationError(f"1 {by}: without it nothing is left to pool", "K-FEW")
    masks = np.ones((len(units), effects.k), dtype=bool)
    for mask, unit in zip(masks, units, strict=True):
        mask[list(unit.indices)] = False
    return _steps(effects, fit_subsets, units, masks)


def accumulate(effects: Effects, fit_subsets: FitSubsets, *, order: Order = "year") -> tuple[Step, ...]:
    """The answer as samples join: by ``year`` (then by name; samples without a year last), by ``precision``
    (the most precise first) or in the order of the files.
    """
    units = list(list_units(effects))
    if order == "year":
        units.sort(key=lambda unit: (unit.year is None, unit.year or 0, unit.name))
    elif order == "precision":
        units.sort(key=lambda unit: (-unit.precision, unit.name))
    masks = np.zeros((len(units), effects.k), dtype=bool)
    for i, unit in enumerate(units):
        masks[i:, list(unit.indices)] = True
    return _steps(effects, fit_subsets, units, masks)


def _steps(
    effects: Effects, fit_subsets: FitSubsets, units: Sequence[Unit], masks: NDArray[np.bool_]
) -> tuple[Step, ...]:
    fits = fit_subsets(effects, masks)
    return tuple(Step(unit, fit) for unit, fit in zip(units, fits, strict=True))
