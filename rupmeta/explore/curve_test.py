"""A permutation test of a whole specification curve: signs of samples are flipped and all specifications
rerun.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from rupmeta.explore.limits import verdicts
from rupmeta.explore.multiverse import Cells, Influence, Outcomes, Tables, fit_cells, flag_influential
from rupmeta.parallel import map_in_parallel

__all__ = ["CurveTest", "Shown", "permute_curve"]

Float = NDArray[np.float64]

#: From estimates of the tables' measures, (S,) with the number of the measure, to one scale; odd in its sign.
Shown = Callable[[Float, NDArray[np.intp]], Float]

TIE = 1e-8
MOST_ROWS = 20_000  # specifications times flips that are worked on at once
LARGEST_Z = 37.0  # beyond it the normal tail is no double


@dataclass(frozen=True, slots=True)
class CurveTest:
    """p values of three statistics of the curve under the null that no sample has any effect.

    ``median`` of the estimates, in size; ``share`` of specifications whose interval lies on the more frequent
    side of zero; ``mean_z``, the mean of their z values, in size. ``exact``: every flip was made.
    ``specifications``: how many took part, of all or a seeded sample. ``error``: Monte Carlo standard error
    of the p of the median.
    """

    median: float
    median_p: float
    share: float
    share_p: float
    mean_z: float
    mean_z_p: float
    iterations: int
    exact: bool
    specifications: int
    error: float


def permute_curve(
    tables: Tables,
    cells: Cells,
    influence: Influence,
    shown: Shown,
    *,
    level: float,
    iterations: int,
    most_fits: int,
    seed: int,
    jobs: int = 1,
    dask: str | None = None,
) -> CurveTest:
    """Flip the signs of whole samples, rerun every specification, compare three statistics of the curve.

    Under the null and symmetry the sign of a sample's effects says nothing; flipping it in all tables at once
    keeps how the specifications hang together (Simonsohn, Simmons & Nelson 2020, 10.1038/s41562-020-0912-z).
    What is influential is found anew in every flip; a specification that then leaves nothing out is a repeat
    and does not count in that flip. All 2^k flips where these are no more than ``iterations``, else random
    ones, the observed counted as one: p = (1 + #)/(1 + B) (Phipson & Smyth 2010, 10.2202/1544-6115.1585).

    ``most_fits`` bounds the work: with more, a seeded sample of the specifications stands for all of them, in
    the observed curve as in the flipped ones.
    """
    rng = np.random.default_rng(seed)
    k = tables.Y.shape[1]
    exact = k < 60 and 2**k <= iterations
    if exact:
        codes = np.arange(2**k)
        signs = 1.0 - 2.0 * ((codes[:, None] >> np.arange(k)) & 1).astype(np.float64)
    else:
        signs = np.vstack([np.ones(k), rng.choice([-1.0, 1.0], size=(iterations, k))])
    most = max(1, most_fits // len(signs))
    if cells.size > most:
        cells = cells.take(np.sort(rng.choice(cells.size, size=most, replace=False)))
    step = max(1, MOST_ROWS // cells.size)
    pieces = [signs[start : start + step] for start in range(0, len(signs), step)]
    work = functools.partial(_piece, tables, cells, influence, shown, level)
    found = np.concatenate(map_in_parallel(work, pieces, seed=seed, jobs=jobs, dask=dask, label="sign flips"))
    reached = found >= found[0] - TIE
    p = reached.mean(axis=0)  # the observed curve is among the flips, exact or not
    flips = len(signs) if exact else len(signs) - 1
    return CurveTest(
        median=float(found[0, 0]),
        median_p=float(p[0]),
        share=float(found[0, 1]),
        share_p=float(p[1]),
        mean_z=float(found[0, 2]),
        mean_z_p=float(p[2]),
        iterations=flips,
        exact=exact,
        specifications=cells.size,
        error=0.0 if exact else float(np.sqrt(p[0] * (1.0 - p[0]) / flips)),
    )


def _piece(
    tables: Tables,
    cells: Cells,
    influence: Influence,
    shown: Shown,
    level: float,
    signs: Float,
    _: np.random.Generator,
) -> Float:
    return _curves(tables, cells, influence, shown, level, signs)


def _curves(
    tables: Tables, cells: Cells, influence: Influence, shown: Shown, level: float, signs: Float
) -> Float:
    """The three statistics of the curve for every row of ``signs`` (F, k), all flips in one batch: (F, 3)."""
    flips = len(signs)
    used, number = np.unique(cells.table, return_inverse=True)
    plain = tables.take(used)
    size = plain.size
    sign = np.repeat(signs, size, axis=0)
    Y, V, C = np.tile(plain.Y, (flips, 1)) * sign, np.tile(plain.V, (flips, 1)), np.tile(plain.C, (flips, 1))
    repeats = np.zeros(flips * size, dtype=bool)
    rows = np.flatnonzero(plain.source >= 0)
    if rows.size:
        sources, which = np.unique(plain.source[rows], return_inverse=True)
        base = tables.take(sources)
        flags = flag_influential(
            np.tile(base.Y, (flips, 1)) * np.repeat(signs, len(sources), axis=0),
            np.tile(base.V, (flips, 1)),
            np.tile(base.C, (flips, 1)),
            influence,
        ).reshape(flips, len(sources), -1)[:, which]
        target = (np.arange(flips)[:, None] * size + rows).ravel()
        out = flags.reshape(len(target), -1)
        C[target] = np.tile(base.C[which], (flips, 1)) * ~out
        repeats[target] = ~out.any(axis=1)
    many = Tables(Y, V, C, np.tile(plain.measure, flips), np.full(flips * size, -1))
    place = (np.arange(flips)[:, None] * size + number).ravel()
    all_cells = Cells(
        place, np.tile(cells.method, flips), np.tile(cells.test, flips), cells.methods, cells.tests
    )
    found = fit_cells(many, all_cells, level=level)
    absent = (repeats[place] | np.isnan(found.estimate)).reshape(flips, -1)
    absent[absent.all(axis=1)] = False  # nothing left: NaN statistics, which reach no observed one
    there = (~absent).sum(axis=1)
    sides = np.where(absent, 0, verdicts(found.ci_lb, found.ci_ub).reshape(flips, -1))
    z = np.where(absent, 0.0, z_values(found).reshape(flips, -1))
    estimate = np.where(absent, np.nan, shown(found.estimate, many.measure[place]).reshape(flips, -1))
    share = np.maximum((sides > 0).sum(axis=1), (sides < 0).sum(axis=1)) / there
    return np.column_stack([np.abs(np.nanmedian(estimate, axis=1)), share, np.abs(z.sum(axis=1)) / there])


def z_values(out: Outcomes) -> Float:
    """The normal deviate of the same tail as each specification's t or z statistic, (S,)."""
    stat = out.estimate / out.se
    student = ~np.isnan(out.df)
    z = stat.copy()
    tail = special.stdtr(out.df[student], -np.abs(stat[student]))
    with np.errstate(divide="ignore"):
        z[student] = np.sign(stat[student]) * np.minimum(-special.ndtri(tail), LARGEST_Z)
    return z
