"""The smallest change that turns a conclusion: which side of zero the interval lies on, or that it holds
zero.

Four kinds of change are searched, every one by full refits in batches: studies left out, one value moved,
all values shifted, and studies without an effect added. (Atal et al. 2019 define another fragility index,
for event counts.)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.explore.limits import batch_limits, verdicts
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.fit import MethodName, TestName
from rupmeta.results import Note

__all__ = ["Deletion", "Fragility", "NullStudy", "ValueChange", "find_fragility"]

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]

EXHAUSTIVE = 3  # all sets of so many clusters are tried
MOST_SETS = 20_000  # unless there are more of them than this; then the search goes on greedily
REACH, STEPS = 8.0, 65  # one value is moved by up to 8 of its standard errors, in 65 steps
BISECTIONS = 40
NULL_VARIANCES = np.geomspace(1e2, 1e-6, 81)  # of a study without an effect, in typical variances
NULL_COUNTS = np.unique(np.geomspace(1, 100_000, 100).round())  # how many of them, at typical variance


@dataclass(frozen=True, slots=True)
class Deletion:
    """The fewest clusters whose removal turns the conclusion, or what came nearest to it.

    ``singles`` are all whose removal alone turns it. ``clusters`` are the ids left out (empty: nothing found;
    the worst of the sets of that size), ``exhaustive`` whether every smaller set was
    tried as well. ``nearest`` is the cluster whose removal alone brings the limit that matters closest to
    zero, with ``nearest_lb`` and ``nearest_ub`` of that fit.
    """

    clusters: tuple[str, ...]
    exhaustive: bool
    tried: int
    nearest: str
    nearest_lb: float
    nearest_ub: float
    singles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ValueChange:
    """Row ``index``: the nearest value that turns the conclusion, and how many standard errors away it is.

    ``value`` on the analysis scale; ``value`` and ``steps`` are None when no value within ±8 standard errors
    does.
    """

    index: int
    yi: float
    value: float | None
    steps: float | None


@dataclass(frozen=True, slots=True)
class NullStudy:
    """Studies with an effect of exactly zero that would turn the conclusion.

    ``vi``: the sampling variance of a single one that would be enough, the largest that is (None: no single
    study is). ``count`` of studies with the harmonic mean variance ``typical_vi`` (None: not even 100,000).
    """

    vi: float | None
    count: int | None
    typical_vi: float


@dataclass(frozen=True)
class Fragility:
    """How far a conclusion is from turning.

    ``verdict``: 1 the interval lies above zero, -1 below, 0 it holds zero. ``shift`` is what would have to be
    added to every effect: the confidence limit nearest zero, exactly, because a common shift leaves tau2 and
    all standard errors as they are. ``null_study`` is None where the interval holds zero already.
    ``values`` has one entry a row, in their order.
    """

    verdict: int
    k: int
    clusters: int
    ci_lb: float
    ci_ub: float
    deletion: Deletion
    values: tuple[ValueChange, ...]
    shift: float
    null_study: NullStudy | None
    notes: tuple[Note, ...]

    @property
    def smallest(self) -> ValueChange | None:
        """The single value that needs the fewest standard errors to turn the conclusion."""
        known = [change for change in self.values if change.steps is not None]
        return min(known, key=lambda change: change.steps or 0.0) if known else None


@dataclass(frozen=True, slots=True)
class _Model:
    """Limits of any batch of refits under one method, test and level."""

    method: MethodName
    test: TestName
    level: float

    def limits(self, Y: Float, V: Float, counts: Float | None = None) -> tuple[Float, Float]:
        return batch_limits(fit_batch(Y, V, counts=counts, method=self.method), self.test, self.level)


def find_fragility(
    effects: Effects, *, method: MethodName = "REML", test: TestName = "adhoc", level: float = 0.95
) -> Fragility:
    """Search the smallest changes that turn the conclusion of a pooled analysis.

    Parameters
    ----------
    effects
        k effects, taken as independent rows; rows of one cluster are left out together.
    method, test, level
        The model that every refit uses.

    Raises ``EstimationError`` (K-FEW) with fewer than three clusters: leaving one out would leave no pool.
    """
    names = tuple(dict.fromkeys(effects.clusters))
    if len(names) < 3:
        raise EstimationError(
            f"{_count(len(names), 'independent sample')}: fragility needs at least 3, so that leaving one "
            "out leaves a pool"
        )
    yi, vi, model = effects.yi, effects.vi, _Model(method, test, level)
    member = np.array([[cluster == name for cluster in effects.clusters] for name in names])
    lb, ub = (float(limit[0]) for limit in model.limits(yi, vi))
    verdict = int(verdicts(np.array([lb]), np.array([ub]))[0])
    values = _move_each(model, yi, vi, verdict)
    notes = []
    if len(names) < 10:
        text = f"{len(names)} independent samples: a conclusion that rests on so few is fragile by nature"
        notes.append(Note("K-FEW", text, severity="warning"))
    return Fragility(
        verdict=verdict,
        k=effects.k,
        clusters=len(names),
        ci_lb=lb,
        ci_ub=ub,
        deletion=_delete(model, yi, vi, member, names, verdict),
        values=values,
        shift=-lb if abs(lb) <= abs(ub) else -ub,
        null_study=None if verdict == 0 else _add_nulls(model, yi, vi, verdict),
        notes=tuple(notes),
    )


def _distance(lb: Float, ub: Float, verdict: int) -> Float:
    """How far the limit that matters is from turning the conclusion; negative once it has turned."""
    if verdict > 0:
        return lb
    return -ub if verdict < 0 else -np.maximum(lb, -ub)


def _delete(
    model: _Model, yi: Float, vi: Float, member: Bool, names: tuple[str, ...], verdict: int
) -> Deletion:
    """All sets of up to three clusters, smallest first, then greedily the one that brings zero nearest."""
    clusters = len(names)

    def without(sets: NDArray[np.intp]) -> tuple[Float, Float]:
        stays = ~np.asarray(member[sets].any(axis=1))
        return model.limits(yi, vi, stays.astype(np.float64))

    singles = np.arange(clusters)[:, None]
    lb, ub = without(singles)
    nearest = int(np.nanargmin(_distance(lb, ub, verdict)))
    alone = tuple(names[i] for i in np.flatnonzero(verdicts(lb, ub) != verdict))

    def found(sets: tuple[int, ...], exhaustive: bool, tried: int) -> Deletion:
        chosen = tuple(names[i] for i in sets)
        limits = float(lb[nearest]), float(ub[nearest])
        return Deletion(chosen, exhaustive, tried, names[nearest], *limits, alone)

    best: tuple[int, ...] = ()
    size = 0
    while size < min(EXHAUSTIVE, clusters - 2) and math.comb(clusters, size + 1) <= MOST_SETS:
        size += 1
        sets = np.array(list(combinations(range(clusters), size)), dtype=np.intp)
        low, high = without(sets)
        distance = _distance(low, high, verdict)
        best = tuple(int(i) for i in sets[int(np.nanargmin(distance))])
        turned = verdicts(low, high) != verdict
        if turned.any():
            worst = int(np.nanargmin(np.where(turned, distance, np.nan)))
            return found(tuple(int(i) for i in sets[worst]), True, size)
    while len(best) < clusters - 2:
        rest = [i for i in range(clusters) if i not in best]
        sets = np.array([[*best, i] for i in rest], dtype=np.intp)
        low, high = without(sets)
        step = int(np.nanargmin(_distance(low, high, verdict)))
        best = tuple(int(i) for i in sets[step])
        if verdicts(low, high)[step] != verdict:
            return found(best, False, size)
    return found((), size >= clusters - 2, size)


def _move_each(model: _Model, yi: Float, vi: Float, verdict: int) -> tuple[ValueChange, ...]:
    """For every row the nearest value that turns the conclusion: a scan, then bisection of the first turn."""
    k = len(yi)
    grid = np.linspace(-REACH, REACH, STEPS)
    middle = STEPS // 2

    def turned(steps: Float) -> Bool:
        """``steps`` (k, m): row i of the result has y_i moved by that many standard errors."""
        Y = np.repeat(np.broadcast_to(yi, (k, k)), steps.shape[1], axis=0)
        which = np.repeat(np.arange(k), steps.shape[1])
        Y[np.arange(len(Y)), which] += steps.ravel() * np.sqrt(vi)[which]
        changed: Bool = verdicts(*model.limits(Y, vi)) != verdict
        return changed.reshape(steps.shape)

    scan = turned(np.broadcast_to(grid, (k, STEPS)))
    inner, outer = np.zeros((k, 2)), np.full((k, 2), np.nan)
    for side, columns in enumerate((range(middle - 1, -1, -1), range(middle + 1, STEPS))):
        ordered = np.array(list(columns))
        hits = scan[:, ordered]
        first = hits.argmax(axis=1)
        some = hits.any(axis=1)
        before = np.concatenate([[middle], ordered[:-1]])
        outer[some, side] = grid[ordered[first[some]]]
        inner[some, side] = grid[before[first[some]]]
    for _ in range(BISECTIONS):
        halfway = 0.5 * (inner + outer)
        beyond = turned(np.nan_to_num(halfway))
        outer = np.where(beyond, halfway, outer)
        inner = np.where(beyond, inner, halfway)
    steps = np.full(k, np.nan)
    known = ~np.isnan(outer).all(axis=1)
    choice = np.nanargmin(np.abs(outer[known]), axis=1)
    steps[known] = outer[known, choice]
    return tuple(
        ValueChange(i, float(yi[i]), None, None)
        if np.isnan(steps[i])
        else ValueChange(i, float(yi[i]), float(yi[i] + steps[i] * vi[i] ** 0.5), float(abs(steps[i])))
        for i in range(k)
    )


def _add_nulls(model: _Model, yi: Float, vi: Float, verdict: int) -> NullStudy:
    """One study of zero effect: the largest variance that turns; and how many of typical size it takes."""
    k, typical = len(yi), len(yi) / float(np.sum(1.0 / vi))
    y = np.append(yi, 0.0)

    def one(variances: Float) -> Bool:
        V = np.column_stack([np.broadcast_to(vi, (len(variances), k)), variances])
        changed: Bool = verdicts(*model.limits(y, V)) != verdict
        return changed

    def several(numbers: Float) -> Bool:
        counts = np.column_stack([np.ones((len(numbers), k)), numbers])
        changed: Bool = verdicts(*model.limits(y, np.append(vi, typical), counts)) != verdict
        return changed

    bracket = _first_turn(one, typical * NULL_VARIANCES)
    if bracket is not None:
        inner, outer = bracket
        for _ in range(BISECTIONS):
            halfway = math.sqrt(inner * outer)
            inner, outer = (inner, halfway) if one(np.array([halfway]))[0] else (halfway, outer)
        bracket = inner, outer
    found = _first_turn(several, NULL_COUNTS)
    while found is not None and found[1] - found[0] > 1.0:
        between = np.unique(np.linspace(*found, min(int(found[1] - found[0]) + 1, 100)).round())
        found = _first_turn(several, between) or found
    return NullStudy(
        None if bracket is None else bracket[1], None if found is None else int(found[1]), typical
    )


def _first_turn(turned: Callable[[Float], Bool], values: Float) -> tuple[float, float] | None:
    """The first of ``values`` that turns the conclusion, and the one before it; None when none does."""
    hits = np.flatnonzero(turned(values))
    if not hits.size:
        return None
    return float(values[max(hits[0] - 1, 0)]), float(values[hits[0]])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
