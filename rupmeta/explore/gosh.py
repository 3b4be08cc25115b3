"""The answer in every subset of the effects: a cloud with several centres tells of unlike studies.

Source: Olkin, Dahabreh & Trikalinos 2012, 10.1002/jrsm.1053.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.explore.leave_one_out import Unit, list_units
from rupmeta.numerics.fit import fit_batch
from rupmeta.parallel import map_in_parallel, split_work
from rupmeta.pool.fit import MethodName

__all__ = ["EXHAUSTIVE_UP_TO", "Cloud", "explore_subsets"]

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
EXHAUSTIVE_UP_TO = 15  # samples; beyond, a seeded draw of subsets
DRAWN = 100_000


@dataclass(frozen=True)
class Cloud:
    """B subsets of the ``units``: ``inside`` (B, units); ``estimate``, ``tau2`` and ``I2`` in percent (B,).

    Subsets without a fit are left out and counted in ``failed``. ``with_unit`` and ``without_unit`` (units,)
    are the medians of the estimate over the subsets that hold a unit and over the others.
    """

    units: tuple[Unit, ...]
    inside: Bool
    estimate: Float
    tau2: Float
    I2: Float
    exhaustive: bool
    failed: int
    with_unit: Float
    without_unit: Float

    @property
    def most_influential(self) -> int:
        """The unit whose presence moves the median estimate most."""
        return int(np.abs(self.with_unit - self.without_unit).argmax())


def explore_subsets(
    effects: Effects,
    *,
    method: MethodName = "REML",
    exhaustive_up_to: int = EXHAUSTIVE_UP_TO,
    drawn: int = DRAWN,
    seed: int = 20260101,
    jobs: int = 1,
    dask: str | None = None,
    cache: Path | None = None,
) -> Cloud:
    """Pool all 2^k - 1 subsets of k samples, or ``drawn`` of them, each equally likely, when k is large.

    A single effect has tau2 = 0 and I2 = 0.

    Raises
    ------
    EstimationError
        Fewer than three samples.
    """
    units = list_units(effects)
    k = len(units)
    if k < 3:
        raise EstimationError(
            f"{k} independent samples have no subsets worth looking at; it takes 3", "K-FEW"
        )
    place = np.empty(effects.k, dtype=np.intp)
    for number, unit in enumerate(units):
        place[list(unit.indices)] = number
    exhaustive = k <= exhaustive_up_to
    total = 2**k - 1 if exhaustive else drawn
    ends = np.cumsum([1, *split_work(total, effects.k)])
    items = [(int(a), int(b)) for a, b in pairwise(ends)]
    work = functools.partial(_pool_subsets, effects.yi, effects.vi, place, k, exhaustive, method)
    parts = map_in_parallel(work, items, seed=seed, jobs=jobs, dask=dask, cache=cache, label="subsets")
    packed, table = (np.concatenate(part) for part in zip(*parts, strict=True))
    inside = np.unpackbits(packed, axis=1, count=k).astype(bool)
    good = ~np.isnan(table[:, 0])
    inside, table = inside[good], table[good]
    estimate = np.ascontiguousarray(table[:, 0])
    medians = [[_median(estimate[inside[:, j] == present]) for j in range(k)] for present in (True, False)]
    return Cloud(
        units=units,
        inside=inside,
        estimate=estimate,
        tau2=table[:, 1],
        I2=table[:, 2],
        exhaustive=exhaustive,
        failed=int((~good).sum()),
        with_unit=np.array(medians[0]),
        without_unit=np.array(medians[1]),
    )


def _median(x: Float) -> float:
    return float(np.median(x)) if x.size else float("nan")


def _pool_subsets(
    yi: Float,
    vi: Float,
    place: NDArray[np.intp],
    k: int,
    exhaustive: bool,
    method: str,
    item: tuple[int, int],
    rng: np.random.Generator,
) -> tuple[NDArray[np.uint8], Float]:
    """Masks as bits, and estimate, tau2, I2 per subset; ``item`` numbers the subsets from 1 on."""
    first, last = item
    if exhaustive:
        inside = (np.arange(first, last)[:, None] >> np.arange(k)) & 1
    else:
        inside = rng.integers(0, 2, (last - first, k))
        while (empty := np.flatnonzero(~inside.any(axis=1))).size:
            inside[empty] = rng.integers(0, 2, (empty.size, k))
    fit = fit_batch(yi, vi, counts=inside[:, place].astype(np.float64), method=method)
    table = np.column_stack([fit.beta[:, 0], fit.tau2, np.where(fit.df > 0, fit.I2, 0.0)])
    return np.packbits(inside.astype(bool), axis=1), table
