"""How fragile the conclusion of an analysis is, and what models with heavy tails make of it."""

from __future__ import annotations

from dataclasses import dataclass

from rupmeta.effects.table import Effects
from rupmeta.explore.fragility import Fragility, find_fragility
from rupmeta.explore.robust_fits import ROBUST_MODELS, RobustFit, fit_robust
from rupmeta.pipeline.analyse import Prepared, correlational, prepare_effects, unique
from rupmeta.pipeline.independent import independent_effects
from rupmeta.pipeline.specification import Overrides
from rupmeta.pool.fit import Fit, fit_effects
from rupmeta.read.folder import Folder
from rupmeta.results import Note

__all__ = ["FragilityResult", "OutlierResult", "assess_fragility", "find_outliers"]


@dataclass(frozen=True)
class FragilityResult:
    """A search for the smallest changes; ``effects`` are the rows that its indices count."""

    prepared: Prepared
    effects: Effects
    fragility: Fragility
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class OutlierResult:
    """The analysis as declared (``fit``) beside every model of true effects."""

    prepared: Prepared
    effects: Effects
    fit: Fit
    models: tuple[RobustFit, ...]
    notes: tuple[Note, ...]


def assess_fragility(folder: Folder, overrides: Overrides | None = None) -> FragilityResult:
    """Search the smallest changes that turn the conclusion; ``EstimationError`` under three samples."""
    prepared = prepare_effects(folder, overrides)
    spec = prepared.specification
    effects, notes = independent_effects(prepared, "the search for fragility")
    found = find_fragility(effects, method=spec.method, test=spec.test, level=spec.level)
    every = unique(
        [
            correlational(prepared.subject, randomized=prepared.randomized),
            *notes,
            *found.notes,
            *prepared.notes,
        ]
    )
    return FragilityResult(prepared, effects, found, every)


def find_outliers(folder: Folder, overrides: Overrides | None = None) -> OutlierResult:
    """Fit normal, t and mixture-distributed true effects; ``EstimationError`` under five effects."""
    prepared = prepare_effects(folder, overrides)
    spec = prepared.specification
    effects, notes = independent_effects(prepared, "a model with heavy tails")
    models = tuple(fit_robust(effects, model=name, level=spec.level) for name in ROBUST_MODELS)
    fit = fit_effects(effects, method=spec.method, test=spec.test, level=spec.level)
    own = [note for model in models for note in model.notes]
    every = unique(
        [correlational(prepared.subject, randomized=prepared.randomized), *notes, *own, *prepared.notes]
    )
    return OutlierResult(prepared, effects, fit, models, every)
