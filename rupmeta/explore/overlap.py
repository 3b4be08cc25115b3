"""Can two moderators be told apart? How far each predicts the other, what each explains beside the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects, Scalar
from rupmeta.errors import EstimationError
from rupmeta.explore.design import Design, Term, build_design, level_name, list_levels
from rupmeta.explore.inflation import inflation_factors
from rupmeta.explore.moderators import FitModel, judge_coefficients
from rupmeta.pool.fit import Fit
from rupmeta.results import Test

__all__ = ["Carrier", "Cell", "Explained", "Overlap", "Verdict", "compare_moderators", "overlap_all"]

Float = NDArray[np.float64]
Verdict = Literal["inseparable", "overlapping", "apart", "unknown"]
STRONG = 0.7  # association from which two moderators count as overlapping
INFLATED = 2.0  # GVIF^(1/2s): standard errors twice those of unrelated moderators
CARRIED = 0.8  # the studies listed carry at least this share of the distinction
NOTHING = 1e-10  # share of a moderator's variation below which the other leaves nothing of it


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination: ``row`` a level of the first, ``column`` a level of the second moderator (or None:
    the second is a number with this mean, from ``low`` to ``high``). ``studies`` are its effects' indices.
    """

    row: str
    column: str | None
    studies: tuple[int, ...]
    mean: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Carrier:
    """``share`` (0-1) of what tells the two moderators apart that rests on the effect at ``index``."""

    index: int
    share: float


@dataclass(frozen=True, slots=True)
class Explained:
    """What a moderator explains ``alone`` and ``given`` the other, with R² alone in percent."""

    name: str
    alone: Test | None
    given: Test | None
    R2: float | None


@dataclass(frozen=True)
class Overlap:
    """Two moderators over the effects that have both.

    ``association``: weighted r, η or Cramér's V by ``measure``. ``first_from_second``: share (0-1) of the
    variation of the first that the second predicts. ``inflation``: GVIF^(1/2s), the larger of both, None when
    the joint model cannot be had. ``R2_both`` in percent; ``shared`` = R²_A + R²_B - R²_AB, but no more than
    the smaller of both: tau2 is estimated anew in every model, so R²_AB can fall below R²_A, and what
    explains nothing shares nothing. ``signs`` say in words why the moderators overlap.
    """

    first: Explained
    second: Explained
    k: int
    measure: Literal["r", "eta", "V"]
    association: float
    first_from_second: float
    second_from_first: float
    inflation: float | None
    cells: tuple[Cell, ...]
    carriers: tuple[Carrier, ...]
    R2_both: float | None
    shared: float | None
    verdict: Verdict
    signs: tuple[str, ...]
    reason: str | None
    indices: tuple[int, ...]


def overlap_all(
    effects: Effects, moderators: Sequence[str], fit_model: FitModel
) -> tuple[tuple[tuple[str, str], Overlap | EstimationError], ...]:
    """Every pair of ``moderators``; a reason stands where two of them cannot be compared."""
    found: list[tuple[tuple[str, str], Overlap | EstimationError]] = []
    for pair in combinations(dict.fromkeys(moderators), 2):
        try:
            found.append((pair, compare_moderators(effects, *pair, fit_model)))
        except EstimationError as error:
            found.append((pair, error))
    return tuple(found)


def compare_moderators(effects: Effects, first: str, second: str, fit_model: FitModel) -> Overlap:
    """How far ``first`` and ``second`` can be told apart by the effects that have both.

    Raises ``EstimationError`` (K-MOD) when one of them does not vary among these.
    """
    design = build_design(effects, [first, second])
    used = effects.take(design.kept)
    one, other = design.terms
    if used.k < 3:
        raise EstimationError(
            f"{used.k} effects have both {one.name} and {other.name}: nothing to compare", "K-MOD"
        )
    for term in design.terms:
        levels = {level_name(value) for value in design.values[term.variables[0]]}
        if len(levels) == 1:
            both = f"all {used.k} effects that have both {one.name} and {other.name}"
            raise EstimationError(f"{term.name} is {levels.pop()} in {both}", "K-MOD")
    null = fit_model(used, None, ("intercept",))
    w = 1.0 / (used.vi + (null.heterogeneity.tau2 or 0.0))
    A, B = (_indicators(design, term) for term in (one, other))
    forward, backward = _residual(A, B, w), _residual(B, A, w)
    cells = _cells(design, one, other)
    joint, reason = _try(used, design, fit_model)
    complete = joint is not None and joint.p == design.X.shape[1]
    explained = [
        _explain(used, design, term, fit_model, joint if complete else None) for term in (one, other)
    ]
    R2_both = joint.R2 if joint is not None else None
    measure, association = _association(one, other, A, B, w)
    inflation = max(inflation_factors(design, joint).values()) if complete and joint is not None else None
    # Only what the other moderator leaves of a moderator tells the two apart.
    share = (forward.share + backward.share) / 2.0
    signs = _signs(measure, association, inflation, cells, forward.predicted, backward.predicted)
    known = [value is not None for value in (explained[0].R2, explained[1].R2, R2_both)]
    shared = None
    if all(known):
        alone = [item.R2 or 0.0 for item in explained]
        shared = min(sum(alone) - (R2_both or 0.0), *alone)
    return Overlap(
        first=explained[0],
        second=explained[1],
        k=used.k,
        measure=measure,
        association=association,
        first_from_second=forward.predicted,
        second_from_first=backward.predicted,
        inflation=inflation,
        cells=tuple(
            Cell(c.row, c.column, tuple(design.kept[i] for i in c.studies), c.mean, c.low, c.high)
            for c in cells
        ),
        carriers=_carriers(share, design.kept),
        R2_both=R2_both,
        shared=shared,
        verdict=_judge(
            explained,
            _together(association, inflation, cells),
            complete,
            forward.predicted,
            backward.predicted,
            null.level,
        ),
        signs=signs,
        reason=reason,
        indices=design.kept,
    )


@dataclass(frozen=True, slots=True)
class _Residual:
    """``predicted``: the share of variation that is predicted; ``share`` (k,) of the rest, by effect."""

    predicted: float
    share: Float


def _indicators(design: Design, term: Term) -> Float:
    """A number as it is; a category as one indicator for each level, so that no level is a reference."""
    if term.levels is None:
        return design.X[:, list(term.columns)]
    texts = [level_name(value) for value in design.values[term.variables[0]]]
    return np.array([[float(text == level) for level in term.levels] for text in texts])


def _residual(target: Float, other: Float, w: Float) -> _Residual:
    """Weighted least squares of ``target`` (all its columns) on ``other`` and a constant."""
    root = np.sqrt(w)[:, None]
    basis = root * np.column_stack([np.ones(len(w)), other])
    centred = root * (target - np.average(target, axis=0, weights=w))
    rest = centred - basis @ np.linalg.lstsq(basis, centred, rcond=None)[0]
    total, left = float((centred**2).sum()), (rest**2).sum(axis=1)
    if left.sum() <= NOTHING * total:
        return _Residual(1.0, np.zeros(len(w)))
    return _Residual(1.0 - float(left.sum()) / total, left / left.sum())


def _association(
    one: Term, other: Term, A: Float, B: Float, w: Float
) -> tuple[Literal["r", "eta", "V"], float]:
    """Weighted r of two numbers, η of a number over a category, Cramér's V of two categories."""
    if one.levels is None and other.levels is None:
        a, b = (x[:, 0] - np.average(x[:, 0], weights=w) for x in (A, B))
        return "r", float(
            np.clip(np.sum(w * a * b) / np.sqrt(np.sum(w * a * a) * np.sum(w * b * b)), -1.0, 1.0)
        )
    if one.levels is None or other.levels is None:
        number, category = (A, B) if one.levels is None else (B, A)
        return "eta", float(np.sqrt(_residual(number, category, w).predicted))
    joint = (A * (w / w.sum())[:, None]).T @ B
    expected = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    phi2 = float(((joint - expected) ** 2 / expected).sum())
    return "V", float(np.sqrt(min(1.0, phi2 / (min(joint.shape) - 1))))


def _cells(design: Design, one: Term, other: Term) -> tuple[Cell, ...]:
    """The cross table of two categories, or a number's mean and range by level; none for two numbers."""
    if one.levels is None and other.levels is None:
        return ()
    rows, columns = (one, other) if one.levels is not None else (other, one)
    texts = [level_name(value) for value in design.values[rows.variables[0]]]
    cells = []
    for level in list_levels(rows.name, texts):
        members = tuple(i for i, text in enumerate(texts) if text == level)
        given: Mapping[int, Scalar] = dict(enumerate(design.values[columns.variables[0]]))
        if columns.levels is None:
            numbers = [float(value) for i in members if (value := given[i]) is not None]
            cells.append(Cell(level, None, members, sum(numbers) / len(numbers), min(numbers), max(numbers)))
            continue
        across = list_levels(columns.name, [level_name(value) for value in given.values()])
        cells += [Cell(level, c, tuple(i for i in members if level_name(given[i]) == c)) for c in across]
    return tuple(cells)


def _try(effects: Effects, design: Design, fit_model: FitModel) -> tuple[Fit | None, str | None]:
    try:
        return fit_model(effects, design.X, design.names), None
    except EstimationError as error:
        return None, str(error)


def _explain(
    effects: Effects, design: Design, term: Term, fit_model: FitModel, joint: Fit | None
) -> Explained:
    columns = [0, *term.columns]
    labels = [design.names[c] for c in term.columns]
    try:
        alone = fit_model(effects, design.X[:, columns], [design.names[c] for c in columns])
    except EstimationError:
        return Explained(term.name, None, None, None)
    given = None if joint is None else judge_coefficients(joint, labels)
    return Explained(term.name, judge_coefficients(alone, labels), given, alone.R2)


def _signs(
    measure: str,
    association: float,
    inflation: float | None,
    cells: Sequence[Cell],
    forward: float,
    backward: float,
) -> tuple[str, ...]:
    signs = []
    if max(forward, backward) >= 1.0:
        signs.append("one is known from the other without error")
    if abs(association) >= STRONG:
        symbol = {"r": "r", "eta": "η", "V": "Cramér's V"}[measure]
        signs.append(f"{symbol} is {'at least ' if association > 0 else 'at most -'}{STRONG:g}")
    if inflation is not None and inflation >= INFLATED:
        signs.append(f"their overlap makes a standard error {inflation:.1f} times as large")
    empty = [
        f"{cell.row} with {cell.column}" for cell in cells if cell.column is not None and not cell.studies
    ]
    if empty:
        signs.append(f"no study combines {', '.join(empty)}")
    ranges = [cell for cell in cells if cell.low is not None and cell.high is not None]
    for a, b in combinations(ranges, 2):
        assert a.low is not None and a.high is not None and b.low is not None and b.high is not None  # noqa: PT018
        if a.high < b.low or b.high < a.low:
            signs.append(f"the ranges of {a.row} and {b.row} do not meet")
    return tuple(signs)


def _together(association: float, inflation: float | None, cells: Sequence[Cell]) -> bool:
    """Whether two moderators go together enough to be read together.

    An empty combination alone is no reason: with few studies nearly every cross table of three levels by
    three has one, related or not. Two levels whose ranges of a number do not meet are one.
    """
    ranges = [(cell.low, cell.high) for cell in cells if cell.low is not None and cell.high is not None]
    parted = len(ranges) == 2 and (ranges[0][1] < ranges[1][0] or ranges[1][1] < ranges[0][0])
    return abs(association) >= STRONG or (inflation is not None and inflation >= INFLATED) or parted


def _judge(
    explained: Sequence[Explained],
    together: bool,
    complete: bool,
    forward: float,
    backward: float,
    level: float,
) -> Verdict:
    """``inseparable``: one says all that the other says, or each matters alone and neither beside the
    other.
    """
    if max(forward, backward) >= 1.0:
        return "inseparable"
    if not complete:
        return "unknown"
    alone = [item.alone is not None and item.alone.pval < 1.0 - level for item in explained]
    given = [item.given is not None and item.given.pval < 1.0 - level for item in explained]
    if all(alone) and not any(given):
        return "inseparable"
    return "overlapping" if together else "apart"


def _carriers(share: Float, kept: Sequence[int]) -> tuple[Carrier, ...]:
    """The fewest effects that together carry most of the distinction, largest share first."""
    if not share.sum() > 0:
        return ()
    share = share / share.sum()
    found: list[Carrier] = []
    for i in sorted(range(len(kept)), key=lambda i: -share[i]):
        if sum(carrier.share for carrier in found) >= CARRIED:
            break
        found.append(Carrier(kept[i], float(share[i])))
    return tuple(found)
