"""Does the answer hold when studies leave, join, or are drawn again, and which of them pull it?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.explore.bootstrap import Bootstrap, bootstrap_effects
from rupmeta.explore.gosh import Cloud, explore_subsets
from rupmeta.explore.gosh_models import FEWEST, SMALLEST, GoshModels, find_clumps
from rupmeta.explore.influence import Influence, measure_influence
from rupmeta.explore.leave_one_out import FitSubsets, Order, Step, Unit, accumulate, leave_one_out
from rupmeta.pipeline.analyse import Prepared, correlational, pool_prepared, prepare_effects, unique
from rupmeta.pipeline.independent import independent_effects
from rupmeta.pipeline.model import fit_model
from rupmeta.pipeline.specification import Overrides, Specification
from rupmeta.pool.fit import Fit
from rupmeta.pool.henmi_copas import HenmiCopas, fit_henmi_copas
from rupmeta.pool.side_by_side import SideBySide, fit_side_by_side
from rupmeta.pool.subsets import fit_subsets
from rupmeta.read.folder import Folder
from rupmeta.results import Note, NotEstimable

__all__ = [
    "Compared",
    "Drawn",
    "Explored",
    "Pulled",
    "Steps",
    "Where",
    "add_one_by_one",
    "compare_estimators",
    "draw_again",
    "find_influence",
    "look_at_subsets",
    "omit_one",
    "side_of",
]

FEW = 10


@dataclass(frozen=True, slots=True)
class Where:
    """Where heavy work is done, and which random numbers it gets."""

    seed: int = 20260101
    jobs: int = 1
    dask: str | None = None
    cache: Path | None = None


@dataclass(frozen=True)
class Steps:
    """The pooled answer (``full``) and the answers after units left or joined, with whether they ``moved``:
    the interval changed sides of zero, or came to hold it. Where a single sample is left there is no
    synthesis, and nothing moves.
    """

    prepared: Prepared
    full: Fit
    steps: tuple[Step, ...]
    moved: tuple[bool, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Pulled:
    """Diagnostics of the rows of ``effects``."""

    prepared: Prepared
    effects: Effects
    influence: Influence
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Compared:
    """Every estimator of tau2 with every test, and Henmi and Copas; a reason where there is none."""

    prepared: Prepared
    rows: tuple[SideBySide, ...]
    henmi_copas: HenmiCopas | NotEstimable
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Explored:
    """The pooled answer, the cloud of all subsets, and the clumps that it falls into (None: too few)."""

    prepared: Prepared
    full: Fit
    cloud: Cloud
    clumps: GoshModels | None
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Drawn:
    """The pooled answer and its bootstrap."""

    prepared: Prepared
    full: Fit
    bootstrap: Bootstrap
    notes: tuple[Note, ...]


def side_of(fit: Fit) -> Literal["above", "below", "open"]:
    """Which side of zero the interval lies on; ``open`` when it holds zero."""
    interval = fit.estimate.interval()
    return "above" if interval.lb > 0 else "below" if interval.ub < 0 else "open"


def omit_one(
    folder: Folder, overrides: Overrides | None = None, *, by: Literal["sample", "study"] = "sample"
) -> Steps:
    """The answer without each sample, or each study; ``EstimationError`` when there is only one."""
    prepared, full = _pool(folder, overrides)
    steps = leave_one_out(prepared.effects, _refit(prepared.specification), by=by)
    samples = set(prepared.effects.clusters)
    moved = tuple(
        isinstance(step.fit, Fit)
        and side_of(step.fit) != side_of(full)
        and len(samples - _lost(prepared.effects, step.unit)) > 1
        for step in steps
    )
    turning = [step for step, turns in zip(steps, moved, strict=True) if turns]
    own = [_turned(full, turning, prepared.specification)] if turning else []
    return Steps(prepared, full, steps, moved, _notes(prepared, [*own, *_few(prepared.effects)]))


def add_one_by_one(folder: Folder, overrides: Overrides | None = None, *, order: Order = "year") -> Steps:
    """The answer as samples join; the last row is the pooled answer."""
    prepared, full = _pool(folder, overrides)
    steps = accumulate(prepared.effects, _refit(prepared.specification), order=order)
    moved = [False]
    for before, after in pairwise(step.fit for step in steps):
        moved.append(isinstance(before, Fit) and isinstance(after, Fit) and side_of(before) != side_of(after))
    undated = [step.unit.label for step in steps if step.unit.year is None]
    own = []
    if order == "year" and undated:
        own.append(Note("CUM-YEAR", f"without a year, added last: {', '.join(undated)}"))
    return Steps(prepared, full, steps, tuple(moved), _notes(prepared, [*own, *_few(prepared.effects)]))


def find_influence(folder: Folder, overrides: Overrides | None = None) -> Pulled:
    """Diagnostics of independent effects; ``EstimationError`` under three."""
    prepared = prepare_effects(folder, overrides)
    effects, notes = independent_effects(prepared, "influence")
    influence = measure_influence(effects, method=prepared.specification.method)
    rows = [effects.rows[int(i)] for i in np.flatnonzero(influence.influential)]
    own = [*notes, *_few(effects)]
    if rows:
        text = f"pull the answer more than the others: {', '.join(row.label for row in rows)}"
        own.append(Note("INFLUENTIAL", f"{text}; look at their numbers, not only at the answer without them"))
    return Pulled(prepared, effects, influence, _notes(prepared, own))


def compare_estimators(folder: Folder, overrides: Overrides | None = None) -> Compared:
    """The pooled answer under every estimator of tau2 and every test."""
    prepared = prepare_effects(folder, overrides)
    effects, notes = independent_effects(prepared, "the table of estimators")
    rows = fit_side_by_side(effects, level=prepared.specification.level)
    centre: HenmiCopas | NotEstimable
    try:
        centre = fit_henmi_copas(effects, level=prepared.specification.level)
    except EstimationError as error:
        centre = NotEstimable(str(error), error.code)
    return Compared(prepared, rows, centre, _notes(prepared, notes))


def look_at_subsets(
    folder: Folder, overrides: Overrides | None = None, *, where: Where | None = None
) -> Explored:
    """The answer in every subset, or in a seeded draw of them; ``EstimationError`` under three samples."""
    where = where or Where()
    prepared = prepare_effects(folder, overrides)
    spec = prepared.specification
    effects, notes = independent_effects(prepared, "the cloud of subsets")
    cloud = explore_subsets(
        effects, method=spec.method, seed=where.seed, jobs=where.jobs, dask=where.dask, cache=where.cache
    )
    full = pool_prepared(prepared).fit
    own = [*notes, *_few(effects)]
    if cloud.failed:
        own.append(Note("CONV", f"{cloud.failed} subsets have no fit and are left out", severity="warning"))
    clumps = None
    if np.count_nonzero(cloud.inside.sum(axis=1) >= SMALLEST) >= FEWEST:
        clumps = find_clumps(cloud.estimate, cloud.I2, cloud.inside, seed=where.seed)
    return Explored(prepared, full, cloud, clumps, _notes(prepared, own))


def draw_again(
    folder: Folder,
    overrides: Overrides | None = None,
    *,
    iterations: int = 10_000,
    where: Where | None = None,
) -> Drawn:
    """The bootstrap of whole samples; ``EstimationError`` under three."""
    where = where or Where()
    prepared = prepare_effects(folder, overrides)
    spec = prepared.specification
    effects, notes = independent_effects(prepared, "the bootstrap")
    drawn = bootstrap_effects(
        effects,
        method=spec.method,
        level=spec.level,
        iterations=iterations,
        seed=where.seed,
        jobs=where.jobs,
        dask=where.dask,
        cache=where.cache,
    )
    own = list(notes)
    if drawn.draws < iterations:
        text = f"{iterations - drawn.draws} of {iterations} draws have no fit and are left out"
        own.append(Note("CONV", text, severity="warning"))
    if drawn.clusters < FEW:
        text = f"{drawn.clusters} samples: draws from so few are too alike, and the intervals too narrow"
        own.append(Note("BOOT-FEW", text, severity="warning"))
    return Drawn(prepared, pool_prepared(prepared).fit, drawn, _notes(prepared, own))


def _pool(folder: Folder, overrides: Overrides | None) -> tuple[Prepared, Fit]:
    prepared = prepare_effects(folder, overrides)
    return prepared, fit_model(prepared.effects, prepared.specification)


def _refit(spec: Specification) -> FitSubsets:
    """The model of the specification for many subsets: one batch, or fits in turn for effects that covary."""
    if spec.approach not in ("multilevel", "che"):
        return lambda effects, masks: fit_subsets(
            effects, masks, method=spec.method, test=spec.test, level=spec.level, pi=spec.pi
        )

    def one_by_one(effects: Effects, masks: NDArray[np.bool_]) -> tuple[Fit | NotEstimable, ...]:
        return tuple(_try(effects.take(np.flatnonzero(mask).tolist()), spec) for mask in masks)

    return one_by_one


def _try(effects: Effects, spec: Specification) -> Fit | NotEstimable:
    try:
        return fit_model(effects, spec)
    except EstimationError as error:
        return NotEstimable(str(error), error.code)


def _lost(effects: Effects, unit: Unit) -> set[str]:
    """Samples of which nothing is left without ``unit``."""
    gone = set(unit.indices)
    left = {row.cluster for i, row in enumerate(effects.rows) if i not in gone}
    return set(effects.clusters) - left


def _turned(full: Fit, steps: Sequence[Step], spec: Specification) -> Note:
    null = "1" if spec.report_as[0] in ("or", "rr") else "zero"
    now = {"above": "lies above", "below": "lies below", "open": "holds"}
    names = ", ".join(step.unit.label for step in steps)
    where = f"{now[side_of(full)]} {null}"
    text = f"the interval of the full answer {where}; without any one of these it does not: {names}"
    return Note("LOO-TURNS", text, severity="warning")


def _few(effects: Effects) -> Iterator[Note]:
    samples = len(set(effects.clusters))
    if samples < FEW:
        text = f"{samples} samples: every one weighs much, so single rows are no ground for a verdict"
        yield Note("STEP-FEW", text, severity="warning")


def _notes(prepared: Prepared, own: Sequence[Note]) -> tuple[Note, ...]:
    return unique([correlational(prepared.subject, randomized=prepared.randomized), *own, *prepared.notes])
