"""What the studies of a review hold that bears on confounding: trials, adjusted effects, order in time,
raters, length of treatment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from rupmeta.effects.compute import compute_effects
from rupmeta.effects.table import EffectRow, Effects
from rupmeta.errors import EstimationError
from rupmeta.pipeline.analyse import Prepared, combine_dependent
from rupmeta.pool.fit import fit_effects
from rupmeta.read.fields import field_value
from rupmeta.read.folder import Folder
from rupmeta.results import Estimate
from rupmeta.screen.screening import find_failures

__all__ = ["Strand", "line_up"]

TEN = 10.0  # sessions, for a slope that has digits


@dataclass(frozen=True, slots=True)
class Strand:
    """One line of evidence: a pooled mean of some effects, or a slope (``kind``).

    ``topic``: ``trials``, ``adjustment``, ``time``, ``rater`` or ``sessions``; ``group`` which effects of it.
    ``reason`` stands where there is no estimate.
    """

    topic: str
    group: str
    kind: str
    k: int
    estimate: Estimate | None
    reason: str | None = None


def line_up(folder: Folder, prepared: Prepared) -> tuple[Strand, ...]:
    """All strands, on the analysis scale, by the model of the analysis on one effect a sample."""
    single = prepared.single
    files = {file.id: file for file in folder.studies}
    effects = {(file.id, effect.id): effect for file in folder.studies for effect in file.study.effects}

    def field(row: EffectRow, name: str) -> object:
        return field_value(files[row.study], effects[(row.study, row.effect)], name)

    def chosen(keep: Callable[[EffectRow], bool]) -> Effects:
        return single.take([i for i, row in enumerate(single.rows) if keep(row)])

    def strand(topic: str, group: str, keep: Callable[[EffectRow], bool]) -> Strand:
        return _pool(prepared, chosen(keep), topic, group)

    # Of another field no trials of training in repair can be the nearest thing to a trial.
    other = prepared.subject not in (None, "repair-outcome", "training-outcome")
    strands = (
        [strand("trials", "randomised studies", lambda row: files[row.study].study.design == "randomized")]
        if other
        else [_trials(folder, prepared)]
    )
    strands.append(strand("adjustment", "zero-order", lambda row: not row.adjusted))
    strands.append(strand("adjustment", "adjusted for covariates", lambda row: row.adjusted))
    strands.append(strand("time", "early or middle phase", lambda row: row.phase in ("early", "middle")))
    strands.append(
        strand("time", "late phase, when outcome was measured near by", lambda row: row.phase == "late")
    )
    strands.append(strand("time", "whole treatment", lambda row: row.phase == "whole"))
    if any(field(row, "outcome_rater") is not None for row in single.rows):

        def same(row: EffectRow) -> bool:
            rater = field(row, "outcome_rater")
            return rater is not None and rater == field(row, "alliance.rater")

        strands.append(strand("rater", "the same person rated alliance and outcome", same))
        strands.append(
            strand(
                "rater",
                "different raters",
                lambda row: field(row, "outcome_rater") is not None and not same(row),
            )
        )
    sessions = {row.study: field(row, "therapy.sessions") for row in single.rows}
    strands.append(_sessions(prepared, sessions))
    return tuple(item for item in strands if item.k or item.topic in ("trials", "adjustment", "sessions"))


def _pool(prepared: Prepared, effects: Effects, topic: str, group: str) -> Strand:
    spec = prepared.specification
    if not effects.k:
        return Strand(topic, group, "mean", 0, None, "no such effect")
    merged = combine_dependent(effects, replace(spec, approach="aggregate"))
    try:
        fit = fit_effects(merged, method=spec.method, test=spec.test, level=spec.level)
    except EstimationError as error:
        return Strand(topic, group, "mean", merged.k, None, str(error))
    return Strand(topic, group, "mean", merged.k, fit.estimate)


def _trials(folder: Folder, prepared: Prepared) -> Strand:
    """The nearest thing to a trial: training in repair, therapists or clients allocated at random."""
    spec = prepared.specification
    analysis = spec.analysis.model_copy(
        update={"where": {"relation": "training-outcome", "design": "randomized"}}
    )
    eligible = [file for file in folder.studies if not find_failures(file, folder.review.criteria)]
    effects = compute_effects(folder, analysis, studies=eligible, measure=spec.measure, rounding=False)
    return _pool(prepared, effects, "trials", "training in repair, randomised")


def _sessions(prepared: Prepared, sessions: dict[str, object]) -> Strand:
    """Slope of the effect on the number of sessions, for ten more of them."""
    spec, single = prepared.specification, prepared.single
    known = single.take([i for i, row in enumerate(single.rows) if _number(sessions[row.study]) is not None])
    group = "ten more sessions"
    if not known.k:
        return Strand("sessions", group, "slope", 0, None, "no study gives its number of sessions")
    merged = combine_dependent(known, replace(spec, approach="aggregate"))
    x = np.array([_number(sessions[row.study.split(" + ")[0]]) or np.nan for row in merged.rows]) / TEN
    if merged.k < 3 or np.ptp(x) == 0:
        return Strand("sessions", group, "slope", merged.k, None, "too few studies, or all of one length")
    X = np.column_stack([np.ones(merged.k), x])
    fit = fit_effects(
        merged, X=X, names=("intercept", group), method=spec.method, test=spec.test, level=spec.level
    )
    return Strand("sessions", group, "slope", merged.k, fit.coefficients[1])


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
