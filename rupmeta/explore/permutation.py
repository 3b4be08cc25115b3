"""Permutation tests of a pooled effect and of moderators, tau2 estimated anew in every arrangement.

The mean: under no effect each sample might as well have had the other sign. Moderators: under no association
each effect might as well have come with another's moderators, so the rows of X are shuffled against (y, v).
Sources: Follmann & Proschan 1999, 10.1111/j.0006-341x.1999.00732.x; Higgins & Thompson 2004,
10.1002/sim.1752; counting the data among random arrangements: Phipson & Smyth 2010,
10.2202/1544-6115.1585.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.numerics.fit import BatchFit, fit_batch
from rupmeta.parallel import map_in_parallel, split_work
from rupmeta.pool.design import make_design
from rupmeta.pool.fit import MethodName, TestName
from rupmeta.pool.inference import TESTS

__all__ = ["Permutation", "count_arrangements", "permute_rows", "permute_signs"]

Float = NDArray[np.float64]
Index = NDArray[np.intp]
SAME = 1.5e-8  # statistics closer than this are equal: rounding differs between arrangements


@dataclass(frozen=True)
class Permutation:
    """p of every coefficient (p,) and of the omnibus test (None without moderators).

    ``iterations``: arrangements looked at, the data's own included; ``exact``: these are all there are.
    ``smallest``: the least p that the arrangements allow. ``error``: Monte Carlo standard errors of ``pval``,
    ``omnibus_error`` that of the omnibus p, 0 when exact. ``failed``: arrangements without a fit, counted as
    extreme.
    """

    names: tuple[str, ...]
    pval: Float
    omnibus: float | None
    iterations: int
    exact: bool
    smallest: float
    error: Float
    omnibus_error: float
    failed: int


@dataclass(frozen=True)
class _Frame:
    """What every arrangement shares; ``tested`` are the columns of the omnibus test."""

    yi: Float
    vi: Float
    X: Float
    method: str
    test: str
    tested: tuple[int, ...]


def permute_signs(
    effects: Effects,
    *,
    method: MethodName = "REML",
    test: TestName = "adhoc",
    iterations: int = 10_000,
    seed: int = 20260101,
    jobs: int = 1,
    dask: str | None = None,
    cache: Path | None = None,
) -> Permutation:
    """Test of the pooled effect: the signs of samples are turned, all effects of a sample together.

    Exact when 2^samples is at most ``iterations``. Turning all signs changes no absolute statistic, so half
    of the arrangements are computed.

    Raises
    ------
    EstimationError
        Fewer than two samples.
    """
    frame = _frame(effects, None, ("intercept",), method, test)
    names, place = np.unique(np.array(effects.clusters), return_inverse=True)
    units = len(names)
    if units < 2:
        raise EstimationError("a permutation test needs at least 2 samples", "K-FEW")
    exact = units < 63 and 2**units <= iterations
    half = 2 ** (units - 1) if exact else 0
    rows = half - 1 if exact else iterations - 1
    starts = np.cumsum([1, *split_work(rows, effects.k)])
    items = [(int(a), int(b)) for a, b in pairwise(starts)]
    work = functools.partial(_count_signs, frame, place, exact)
    counts = map_in_parallel(work, items, seed=seed, jobs=jobs, dask=dask, cache=cache, label="permutation")
    return _summarise(
        ("intercept",), counts, rows + 1, exact, half if exact else iterations, 2 if exact else 1
    )


def permute_rows(
    effects: Effects,
    X: Float,
    names: tuple[str, ...],
    *,
    method: MethodName = "REML",
    test: TestName = "adhoc",
    iterations: int = 10_000,
    seed: int = 20260101,
    jobs: int = 1,
    dask: str | None = None,
    cache: Path | None = None,
) -> Permutation:
    """Test of moderators: rows of ``X`` (k, p) are shuffled; a slope by its t or z, all by F or chi-square.

    Exact when the distinct arrangements, k! over the factorials of how often a row of X occurs, are at most
    ``iterations``.

    Raises
    ------
    EstimationError
        No moderators, or no more effects than coefficients.
    """
    frame = _frame(effects, X, names, method, test)
    design = make_design(effects.k, X, names)
    if not frame.tested:
        raise EstimationError("a permutation of moderators needs moderators", "K-MOD")
    kinds = _kinds(frame.X)
    distinct = count_arrangements(kinds)
    exact = distinct <= iterations
    if exact:
        every = _all_arrangements(kinds)
        sizes = split_work(len(every), effects.k * frame.X.shape[1])
        items: list[Index | int] = list(np.split(every, np.cumsum(sizes)[:-1]))
        total = len(every)
    else:
        items = list(split_work(iterations - 1, effects.k * frame.X.shape[1]))
        total = iterations
    work = functools.partial(_count_rows, frame)
    counts = map_in_parallel(work, items, seed=seed, jobs=jobs, dask=dask, cache=cache, label="permutation")
    return _summarise(design.names, counts, total, exact, total, 1, own=not exact)


def count_arrangements(kinds: Index) -> int:
    """Distinct orders of ``kinds``: k! over the product of the factorials of the multiplicities.

    >>> count_arrangements(np.array([0, 0, 1, 2]))
    12
    """
    total = math.factorial(len(kinds))
    for times in Counter(kinds.tolist()).values():
        total //= math.factorial(times)
    return total


def _frame(
    effects: Effects, X: Float | None, names: tuple[str, ...], method: MethodName, test: TestName
) -> _Frame:
    design = make_design(effects.k, X, names)
    used = "z" if method == "EE" and test in ("knha", "adhoc") else test
    return _Frame(effects.yi, effects.vi, design.X, method, used, tuple(design.tested))


def _statistics(frame: _Frame, fit: BatchFit) -> tuple[Float, NDArray[np.int64]]:
    """Absolute statistics of every coefficient, then of the omnibus test; infinite where there is no fit."""
    factor = TESTS[frame.test].factor(np.where(fit.ok, fit.s2, 1.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        variances = factor[:, None] * np.diagonal(fit.vcov, axis1=1, axis2=2)
        stats = [np.abs(fit.beta) / np.sqrt(variances)]
    if frame.tested:
        inside = list(frame.tested)
        vcov = np.where(fit.ok[:, None, None], fit.vcov, np.eye(fit.p))[:, inside][:, :, inside]
        b = np.where(fit.ok[:, None], fit.beta, 0.0)[:, inside]
        form = np.einsum("bi,bi->b", b, np.linalg.solve(vcov, b[:, :, None])[:, :, 0])
        stats.append((form / np.where(factor > 0, factor, np.nan))[:, None])
    table = np.concatenate(stats, axis=1)
    return np.where(np.isnan(table) | ~fit.ok[:, None], np.inf, table), np.flatnonzero(~fit.ok)


def _observed(frame: _Frame) -> Float:
    stats, failed = _statistics(frame, fit_batch(frame.yi, frame.vi, frame.X, method=frame.method))
    if failed.size:
        raise EstimationError(f"{frame.method} found no answer for the data themselves", "CONV")
    observed: Float = stats[0]
    return observed


def _exceed(frame: _Frame, fit: BatchFit) -> NDArray[np.int64]:
    """How many rows are at least as extreme as the data, per statistic; then the rows without a fit."""
    stats, failed = _statistics(frame, fit)
    observed = _observed(frame)
    return np.append((stats >= observed * (1.0 - SAME) - SAME).sum(axis=0), failed.size)


def _count_signs(
    frame: _Frame, place: Index, exact: bool, item: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.int64]:
    first, last = item
    units = int(place.max()) + 1
    if exact:  # the bits of the row's number; the last unit keeps its sign
        bits = np.arange(first, last)[:, None] >> np.arange(units)
    else:
        bits = rng.integers(0, 2, (last - first, units))
    signs = 1.0 - 2.0 * (bits & 1)
    return _exceed(frame, fit_batch(frame.yi * signs[:, place], frame.vi, frame.X, method=frame.method))


def _count_rows(frame: _Frame, item: Index | int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Shuffle (y, v) against X, which is shuffling X the other way, so that all rows share one design."""
    if isinstance(item, int):
        k = len(frame.yi)
        order = rng.permuted(np.broadcast_to(np.arange(k), (item, k)), axis=1)
    else:
        order = np.argsort(item, axis=1)
    return _exceed(frame, fit_batch(frame.yi[order], frame.vi[order], frame.X, method=frame.method))


def _summarise(
    names: tuple[str, ...],
    counts: list[NDArray[np.int64]],
    total: int,
    exact: bool,
    computed: int,
    times: int,
    *,
    own: bool = True,
) -> Permutation:
    """p = share at least as extreme; the data's own arrangement is added where it was not computed."""
    sums = np.sum(counts, axis=0) if counts else np.zeros(len(names) + 1, dtype=np.int64)
    *extreme, failed = sums.tolist()
    share = (np.array(extreme, dtype=np.float64) + own) / total
    error = np.zeros(len(share)) if exact else np.sqrt(share * (1.0 - share) / total)
    omnibus = float(share[len(names)]) if len(share) > len(names) else None
    return Permutation(
        names=names,
        pval=share[: len(names)],
        omnibus=omnibus,
        iterations=computed * times,
        exact=exact,
        smallest=1.0 / total,
        error=error[: len(names)],
        omnibus_error=0.0 if omnibus is None else float(error[len(names)]),
        failed=int(failed) * times,
    )


def _kinds(X: Float) -> Index:
    """Rows of X numbered so that equal rows have equal numbers."""
    _, kinds = np.unique(X, axis=0, return_inverse=True)
    return np.asarray(kinds, dtype=np.intp).ravel()


def _all_arrangements(kinds: Index) -> Index:
    """Every distinct order of the rows, as row indices (B, k): kind by kind, all choices of free places."""
    k = len(kinds)
    orders = np.full((1, k), -1, dtype=np.intp)
    for kind in range(int(kinds.max()) + 1):
        members = np.flatnonzero(kinds == kind)
        free = np.argsort(orders >= 0, axis=1, kind="stable")[:, : int((orders[0] < 0).sum())]
        chosen = _combinations(free.shape[1], len(members))
        places = free[:, chosen]  # (B, choices, members)
        orders = np.repeat(orders, len(chosen), axis=0)
        np.put_along_axis(orders, places.reshape(len(orders), -1), members[None, :], axis=1)
    return orders


def _combinations(n: int, m: int) -> Index:
    return np.array(list(combinations(range(n), m)), dtype=np.intp).reshape(-1, m)
