"""What a meta-regression is asked beyond its coefficients: pairs, contrasts, studies, spread, certainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.explore.contrasts import Contrast, compare_pairs, estimate_contrast
from rupmeta.explore.design import Design, build_design
from rupmeta.explore.explained import ExplainedInterval, bootstrap_R2, compare_aic
from rupmeta.explore.formula import Formula
from rupmeta.explore.inflation import inflation_factors
from rupmeta.explore.location_scale import LocationScale, fit_location_scale
from rupmeta.explore.moderators import Moderated
from rupmeta.explore.overlap import INFLATED
from rupmeta.explore.residuals import CaseDiagnostics, diagnose_cases
from rupmeta.pipeline.analyse import Prepared
from rupmeta.results import Note, NotEstimable

__all__ = ["Inspection", "inspect_model"]


@dataclass(frozen=True)
class Inspection:
    """What was asked for; None and empty where it was not, or where it cannot be had (a note says why).

    ``inflation``: GVIF^(1/2s) by term. ``AICc``: with and without the moderators.
    """

    R2_interval: ExplainedInterval | None
    AICc: tuple[float, float] | None
    inflation: Mapping[str, float]
    pairs: tuple[Contrast, ...] = ()
    contrasts: tuple[Contrast, ...] = ()
    cases: CaseDiagnostics | None = None
    scale: LocationScale | None = None
    notes: tuple[Note, ...] = ()


def inspect_model(
    prepared: Prepared,
    moderated: Moderated,
    *,
    model: Formula | Sequence[str] = (),
    pairs: bool = False,
    contrasts: Sequence[Mapping[str, float]] = (),
    adjust: str = "holm",
    cases: bool = False,
    scale: Formula | Sequence[str] | None = None,
    reference: Mapping[str, str] | None = None,
    iterations: int = 1000,
    seed: int = 20260101,
) -> Inspection:
    """Answer all that is asked of one model.

    ``model`` is what ``moderated`` was made from; the model of tau2 needs it, as it may have other effects.
    Raises ``ValueError`` for contrasts that name no level, ``EstimationError`` where what was asked for by
    name cannot be had.
    """
    spec, fit, design = prepared.specification, moderated.fit, moderated.design
    used = prepared.effects.take(design.kept)
    X = design.X[:, list(fit.kept)]
    nested = spec.approach in ("multilevel", "che")
    notes: list[Note] = []
    interval = None
    if fit.R2 is not None and iterations and not nested:
        found = bootstrap_R2(used, X, method=spec.method, iterations=iterations, seed=seed, level=fit.level)
        if isinstance(found, NotEstimable):
            notes.append(Note(found.code, found.reason))
        else:
            interval = found
    inflation = inflation_factors(design, fit)
    notes += [
        Note(
            "MOD-OVERLAP",
            f"the other terms make the standard error of {name} {factor:.1f} times as large; --overlap shows "
            "which of them overlap",
            severity="warning",
        )
        for name, factor in inflation.items()
        if factor >= INFLATED and ":" not in name
    ]
    if nested and (cases or scale is not None):
        what = "--residuals and --scale take independent effects; add --dependence aggregate"
        raise EstimationError(what, "K-MOD")
    spread = None if scale is None else _model_spread(prepared, model, scale, reference)
    notes += [] if spread is None else spread.notes
    return Inspection(
        R2_interval=interval,
        AICc=None if nested or spec.method == "EE" else compare_aic(used, X),
        inflation=inflation,
        pairs=compare_pairs(moderated, adjust=adjust) if pairs else (),
        contrasts=tuple(estimate_contrast(moderated, weights) for weights in contrasts),
        cases=diagnose_cases(used, X, method=spec.method) if cases else None,
        scale=spread,
        notes=tuple(notes),
    )


def _model_spread(
    prepared: Prepared,
    model: Formula | Sequence[str],
    scale: Formula | Sequence[str],
    reference: Mapping[str, str] | None,
) -> LocationScale:
    """Location and scale on the effects that have the moderators of both."""
    spec, effects = prepared.specification, prepared.effects
    both = set(build_design(effects, model).kept) & set(build_design(effects, scale).kept)
    used = effects.take(sorted(both))
    location, spread = (_complete(used, wanted, reference or {}) for wanted in (model, scale))
    method: Literal["ML", "REML"] = "ML" if spec.method == "ML" else "REML"
    found = fit_location_scale(
        used,
        location.X,
        location.names,
        spread.X,
        spread.names,
        method=method,
        test=spec.test,
        level=spec.level,
    )
    if spec.method == method:
        return found
    text = f"the model of tau2 is fitted by REML; {spec.method} knows only one tau2 for all"
    return replace(found, notes=(*found.notes, Note("DEPARTURE", text)))


def _complete(effects: Effects, model: Formula | Sequence[str], reference: Mapping[str, str]) -> Design:
    """The design of ``model``; ``EstimationError`` when a column says nothing that the others do not say."""
    known = {name for name in reference if name in build_design(effects, model).values}
    design = build_design(effects, model, reference={name: reference[name] for name in known})
    if np.linalg.matrix_rank(design.X) < design.X.shape[1]:
        raise EstimationError(f"{design.formula} has redundant columns among {effects.k} effects", "K-MOD")
    return design
