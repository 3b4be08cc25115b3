"""Moderators of an analysis: a joint model of some, the protocol's list one by one, pairs and subsets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError, UsageError
from rupmeta.explore.contrasts import adjust_pvalues
from rupmeta.explore.design import parse_moderator
from rupmeta.explore.formula import Formula
from rupmeta.explore.moderators import FitModel, Moderated, moderate
from rupmeta.explore.multimodel import MOST, Multimodel, average_models
from rupmeta.explore.overlap import Overlap, overlap_all
from rupmeta.explore.power.detectable import Detectable, detectable_effect
from rupmeta.pipeline.analyse import Prepared, correlational, prepare_effects, unique
from rupmeta.pipeline.model import fit_model
from rupmeta.pipeline.specification import Overrides, Specification, specify
from rupmeta.pool.fit import Fit
from rupmeta.read.folder import Folder
from rupmeta.results import Note

__all__ = [
    "Overlaps",
    "Planned",
    "Subsets",
    "compare_pairs_of",
    "compare_subsets",
    "fitter",
    "moderate_all",
    "moderate_by",
]


@dataclass(frozen=True)
class Planned:
    """The declared moderators, each in a model of its own; a reason stands where there is no model.

    ``padj``: p values of the omnibus tests adjusted for their number by ``adjust``. ``detectable``: what the
    effects of each model could show, ``preparations``: the effects as they enter each model.
    """

    prepared: Prepared
    models: tuple[tuple[str, Moderated | EstimationError], ...]
    notes: tuple[Note, ...]
    adjust: str
    padj: tuple[float | None, ...]
    detectable: tuple[Detectable | None, ...]
    preparations: tuple[Prepared, ...]


@dataclass(frozen=True)
class Overlaps:
    """Every pair of some moderators; a reason stands where two cannot be compared."""

    prepared: Prepared
    pairs: tuple[tuple[tuple[str, str], Overlap | EstimationError], ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Subsets:
    """All subsets of some moderators, weighed."""

    prepared: Prepared
    multimodel: Multimodel
    notes: tuple[Note, ...]


def fitter(specification: Specification) -> FitModel:
    """The model of ``specification`` as a function of effects and design."""

    def fit(effects: Effects, X: NDArray[np.float64] | None, names: Sequence[str]) -> Fit:
        return fit_model(effects, specification, X, names)

    return fit


def moderate_by(
    folder: Folder,
    model: Formula | Sequence[str],
    overrides: Overrides | None = None,
    *,
    reference: Mapping[str, str] | None = None,
    also: Sequence[str] = (),
) -> tuple[Prepared, Moderated, tuple[Note, ...]]:
    """One model of a formula, or with several moderators jointly; raises ``EstimationError`` and, for a
    wrong reference, ``ValueError``. ``also``: moderators that a later step will ask for.
    """
    names = _names(model)
    prepared = prepare_effects(folder, overrides, moderators=[*names, *also])
    moderated = moderate(prepared.effects, model, fitter(prepared.specification), reference=reference)
    notes = [
        correlational(prepared.subject),
        *_unplanned(folder, prepared.specification, names),
        *prepared.notes,
        *moderated.notes,
    ]
    return prepared, moderated, unique(notes)


def moderate_all(folder: Folder, overrides: Overrides | None = None, *, adjust: str = "holm") -> Planned:
    """Every moderator that the protocol declares, one model each, their p values adjusted together."""
    specification = specify(folder, overrides)
    models: list[tuple[str, Moderated | EstimationError]] = []
    detectable: list[Detectable | None] = []
    preparations: list[Prepared] = []
    notes: list[Note] = []
    for text in _declared(specification):
        prepared = prepare_effects(folder, overrides, moderators=[parse_moderator(text)[0]])
        preparations.append(prepared)
        try:
            moderated = moderate(prepared.effects, [text], fitter(specification))
        except EstimationError as error:
            models.append((text, error))
            detectable.append(None)
            continue
        models.append((text, moderated))
        detectable.append(_detect(prepared, moderated))
        notes += moderated.notes
    prepared = prepare_effects(folder, overrides)
    notes = [correlational(prepared.subject), *notes, *prepared.notes]
    omnibus = [model.fit.omnibus if isinstance(model, Moderated) else None for _, model in models]
    padj = adjust_pvalues([None if test is None else test.pval for test in omnibus], adjust)
    return Planned(
        prepared, tuple(models), unique(notes), adjust, padj, tuple(detectable), tuple(preparations)
    )


def compare_pairs_of(
    folder: Folder, moderators: Sequence[str] = (), overrides: Overrides | None = None
) -> Overlaps:
    """How far every two of ``moderators`` (default: the declared ones) can be told apart."""
    specification = specify(folder, overrides)
    wanted = tuple(dict.fromkeys(moderators or _declared(specification)))
    if len(wanted) < 2:
        raise UsageError("overlap is a matter of two moderators; name another with --by")
    prepared = prepare_effects(folder, overrides, moderators=_names(wanted))
    pairs = overlap_all(prepared.effects, wanted, fitter(specification))
    notes = [correlational(prepared.subject), *_unplanned(folder, specification, _names(wanted))]
    notes += prepared.notes
    notes += [
        Note(
            "MOD-OVERLAP",
            f"{one} and {other} cannot be separated with these studies",
            severity="warning",
        )
        for (one, other), found in pairs
        if isinstance(found, Overlap) and found.verdict == "inseparable"
    ]
    return Overlaps(prepared, pairs, unique(notes))


def compare_subsets(
    folder: Folder,
    moderators: Sequence[str] = (),
    overrides: Overrides | None = None,
    *,
    reference: Mapping[str, str] | None = None,
) -> Subsets:
    """All subsets of ``moderators`` (default: the declared ones), weighed by AICc."""
    specification = specify(folder, overrides)
    wanted = tuple(dict.fromkeys(moderators or _declared(specification)))
    if not 2 <= len(wanted) <= MOST:
        raise UsageError(
            f"--models compares all subsets of 2 to {MOST} moderators, not of {len(wanted)}; use --by"
        )
    if specification.approach in ("multilevel", "che"):
        raise UsageError("--models compares models of independent effects; add --dependence aggregate")
    prepared = prepare_effects(folder, overrides, moderators=_names(wanted))
    found = average_models(prepared.effects, wanted, reference=reference, level=specification.level)
    exploratory = "comparing all subsets is exploratory: weights rank models, they test nothing"
    notes = [correlational(prepared.subject), Note("POSTHOC", exploratory)]
    notes += _unplanned(folder, specification, _names(wanted))
    few = found.models[0].k < 10 * (len(found.design.names))
    if few:
        size = len(found.design.names)
        text = f"{found.models[0].k} effects for up to {size} coefficients: the weights are unsteady"
        notes.append(Note("K-MOD", text, severity="warning"))
    notes += [*prepared.notes, *found.design.notes]
    return Subsets(prepared, found, unique(notes))


def _detect(prepared: Prepared, moderated: Moderated) -> Detectable | None:
    """What the effects of this model could show, were tau2 that of the model without the moderator."""
    used = prepared.effects.take(moderated.design.kept)
    null = fit_model(used, prepared.specification)
    tau2 = null.heterogeneity.tau2 or 0.0
    return detectable_effect(used, moderated.design, moderated.fit, tau2, alpha=1.0 - moderated.fit.level)


def _declared(specification: Specification) -> tuple[str, ...]:
    if not specification.moderators:
        raise UsageError(
            f"analysis '{specification.name}' declares no moderators; name one with --by, such as --by phase"
        )
    return specification.moderators


def _names(model: Formula | Sequence[str]) -> list[str]:
    if isinstance(model, Formula):
        return list(model.variables)
    return list(dict.fromkeys(parse_moderator(text)[0] for text in model))


def _unplanned(folder: Folder, specification: Specification, names: Sequence[str]) -> list[Note]:
    declared = {parse_moderator(text)[0] for text in specification.moderators}
    extra = [name for name in names if name not in declared]
    if not extra or not folder.declared:
        return []
    return [Note("POSTHOC", f"not among the declared moderators: {', '.join(extra)}; read it as exploratory")]
