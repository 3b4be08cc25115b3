"""``Effects``: the one table that every statistic is a function of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rupmeta.results import Note, NotEstimable

__all__ = ["EffectRow", "Effects", "Flag", "RouteResult", "Scored", "SharedGroup"]

Flag = Literal["direct", "converted", "approximate"]
Scalar = float | int | str | bool | None


@dataclass(frozen=True, slots=True)
class RouteResult:
    """One reported route of one effect, computed on the analysis scale.

    ``route`` names the keys (``"r, n"``), ``formula`` shows the computation with the numbers in it.
    ``yi`` is oriented (positive: repair goes with better outcome). ``rounding`` is the interval of ``yi``
    that the rounding of the printed numbers allows; it is worked out where there is another route to compare.
    ``problem`` says why the route gives nothing (then yi, vi are None). ``rank`` 0 is the route that is used.
    ``printed``: the numbers as they stand in the file, by key. ``pval``: the two-tailed p that the route
    implies, with its rounding interval; None where no t or z test belongs to it. ``approximate`` says what
    was not printed.
    """

    index: int
    route: str
    formula: str
    yi: float | None
    vi: float | None
    n: float | None
    flag: Flag
    adjusted: bool = False
    rounding: tuple[float, float] | None = None
    problem: NotEstimable | None = None
    rank: int = 0
    printed: tuple[tuple[str, str], ...] = ()
    pval: tuple[float, float, float] | None = None
    approximate: str | None = None
    favours: str | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class SharedGroup:
    """The comparison group of one effect, by which two effects of a sample can share people.

    ``key``: the outcome and the group's printed numbers; ``other``: those of group 1. ``n0`` people, ``n1``
    those of group 1. ``own``: the share of the variance (s²/n, 1/e + 1/(n−e), …); None on standardised
    scales, where ``d`` takes part. ``slope``: of the measure on the scale on which ``own`` or ``d`` stands.
    ``mirror``: the same with group 1 as the shared one, where its numbers are printed.
    """

    key: tuple[str | float, ...]
    other: tuple[str | float, ...]
    n0: float
    n1: float
    own: float | None = None
    d: float = 0.0
    slope: float = 1.0
    mirror: SharedGroup | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """What the covariance of two effects on two outcomes of the same people needs of each of them.

    ``value``: the oriented r, or with ``n1`` and ``n2`` the oriented d of two groups.
    """

    value: float
    n1: float | None = None
    n2: float | None = None


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One effect on the analysis scale: the used route, all routes, and what is known of it.

    ``yi`` shape () on the scale ``measure``; ``vi`` its sampling variance; ``n`` people behind it, those of
    the sample where the route has no n of its own (None: unknown).
    ``used`` is the index of the used route (None: aggregated). ``members`` are the effect ids that were
    aggregated into this row (one id: not aggregated). ``outcome_r``: correlations of the oriented outcome
    with the printed outcomes of other effects, by effect id; ``turned``: the outcome was turned round.
    """

    study: str
    effect: str
    cluster: str
    label: str
    year: int | None
    measure: str
    yi: float
    vi: float
    n: float | None
    route: str
    formula: str
    flag: Flag
    adjusted: bool = False
    provisional: bool = False
    synthetic: bool = False
    outcome: str | None = None
    comparison: str | None = None
    phase: str | None = None
    moderators: Mapping[str, Scalar] = field(default_factory=dict)
    routes: tuple[RouteResult, ...] = ()
    members: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    where: str | None = None
    shared: SharedGroup | None = None
    relation: str | None = None
    used: int | None = None
    scored: Scored | None = None
    outcome_r: Mapping[str, float] = field(default_factory=dict)
    turned: bool = False


@dataclass(frozen=True)
class Effects:
    """The effects of one analysis, in file order.

    ``rows``: k rows. ``V``: shape (k, k) when some effects covary (same sample), else None and V = diag(vi).
    ``dropped``: (study, effect, reason) of effects that have no usable route.
    """

    measure: str
    rows: tuple[EffectRow, ...]
    V: NDArray[np.float64] | None = None
    dropped: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def k(self) -> int:
        """Number of rows."""
        return len(self.rows)

    @property
    def yi(self) -> NDArray[np.float64]:
        """Effects, shape (k,), on the scale ``measure``."""
        return np.array([row.yi for row in self.rows], dtype=np.float64)

    @property
    def vi(self) -> NDArray[np.float64]:
        """Sampling variances, shape (k,)."""
        return np.array([row.vi for row in self.rows], dtype=np.float64)

    @property
    def clusters(self) -> tuple[str, ...]:
        """Sample of every row: rows that share it are not independent."""
        return tuple(row.cluster for row in self.rows)

    def take(self, indices: Sequence[int]) -> Effects:
        """The rows at ``indices``, in that order."""
        index = np.asarray(indices, dtype=np.intp)
        V = None if self.V is None else self.V[np.ix_(index, index)]
        return Effects(self.measure, tuple(self.rows[i] for i in indices), V, self.dropped, self.notes)

    def moderator(self, name: str) -> tuple[Scalar, ...]:
        """The value of ``name`` in every row; None where it was not reported."""
        return tuple(row.moderators.get(name) for row in self.rows)
