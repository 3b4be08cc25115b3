"""Moderators of an analysis: a joint model of some, or the protocol's list one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.notes import effect_notes
from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError, UsageError
from rupmeta.explore.design import parse_moderator
from rupmeta.explore.moderators import FitModel, Moderated, moderate
from rupmeta.pipeline.analyse import Prepared, correlational, prepare_effects, unique
from rupmeta.pipeline.model import fit_model
from rupmeta.pipeline.specification import Overrides, Specification, specify
from rupmeta.pool.fit import Fit
from rupmeta.read.folder import Folder
from rupmeta.results import Note

__all__ = ["Planned", "fitter", "moderate_all", "moderate_by"]


@dataclass(frozen=True)
class Planned:
    """The declared moderators, each in a model of its own; a reason stands where there is no model."""

    prepared: Prepared
    models: tuple[tuple[str, Moderated | EstimationError], ...]
    notes: tuple[Note, ...]


def fitter(specification: Specification) -> FitModel:
    """The model of ``specification`` as a function of effects and design."""

    def fit(effects: Effects, X: NDArray[np.float64] | None, names: Sequence[str]) -> Fit:
        return fit_model(effects, specification, X, names)

    return fit


def moderate_by(
    folder: Folder,
    moderators: Sequence[str],
    overrides: Overrides | None = None,
    *,
    reference: Mapping[str, str] | None = None,
) -> tuple[Prepared, Moderated, tuple[Note, ...]]:
    """One model with all ``moderators``; raises ``EstimationError`` and, for a wrong reference,
    ``ValueError``.
    """
    names = [parse_moderator(text)[0] for text in moderators]
    prepared = prepare_effects(folder, overrides, moderators=names)
    moderated = moderate(prepared.effects, moderators, fitter(prepared.specification), reference=reference)
    notes = [
        correlational(prepared.subject),
        *_unplanned(folder, prepared.specification, names),
        *prepared.notes,
        *moderated.notes,
    ]
    spec = prepared.specification
    notes += effect_notes(prepared.effects, analysis=spec.analysis, approach=spec.approach)
    return prepared, moderated, unique(notes)


def moderate_all(folder: Folder, overrides: Overrides | None = None) -> Planned:
    """Every moderator that the protocol declares, one model each."""
    specification = specify(folder, overrides)
    if not specification.moderators:
        raise UsageError(
            f"analysis '{specification.name}' declares no moderators; name one with --by, such as --by phase"
        )
    models: list[tuple[str, Moderated | EstimationError]] = []
    notes: list[Note] = []
    for text in specification.moderators:
        prepared = prepare_effects(folder, overrides, moderators=[parse_moderator(text)[0]])
        try:
            moderated = moderate(prepared.effects, [text], fitter(specification))
        except EstimationError as error:
            models.append((text, error))
            continue
        models.append((text, moderated))
        notes += moderated.notes
    prepared = prepare_effects(folder, overrides)
    notes = [correlational(prepared.subject), *notes, *prepared.notes]
    return Planned(prepared, tuple(models), unique(notes))


def _unplanned(folder: Folder, specification: Specification, names: Sequence[str]) -> list[Note]:
    declared = {parse_moderator(text)[0] for text in specification.moderators}
    extra = [name for name in names if name not in declared]
    if not extra or not folder.declared:
        return []
    return [Note("POSTHOC", f"not among the declared moderators: {', '.join(extra)}; read it as exploratory")]
