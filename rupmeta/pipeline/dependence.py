"""All approaches to effects that share samples, for one analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rupmeta.effects.notes import dependence_notes, effect_notes
from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.explore.design import build_design, parse_moderator
from rupmeta.pipeline.analyse import Prepared, correlational, prepare_effects, unique
from rupmeta.pipeline.specification import Overrides
from rupmeta.pool.dependence import (
    Approach,
    Arranged,
    Modelled,
    OverRho,
    SharedSample,
    compare_approaches,
    find_shared_samples,
    vary_rho,
)
from rupmeta.pool.leave_cluster_out import Omitted, leave_cluster_out
from rupmeta.pool.variance_profile import VarianceProfile, profile_variances
from rupmeta.read.folder import Folder
from rupmeta.results import Note, NotEstimable

__all__ = ["DependenceResult", "run_dependence"]

SHARING = ("DEP", "OVERLAP", "CTRL")  # notes on shared samples, which are told once


@dataclass(frozen=True)
class DependenceResult:
    """Approaches in a fixed order, their answers over rho, and what stands behind the CHE row.

    ``profiles`` are those of its variances, ``omitted`` its answers without each sample; ``profile_problem``
    says why there is no profile.
    """

    prepared: Prepared
    by: tuple[str, ...]
    approaches: tuple[Approach, ...]
    over_rho: tuple[OverRho, ...]
    profiles: tuple[VarianceProfile, ...]
    profile_problem: NotEstimable | None
    omitted: tuple[Omitted, ...]
    shared: tuple[SharedSample, ...]
    notes: tuple[Note, ...]


def run_dependence(
    folder: Folder, overrides: Overrides | None = None, *, by: Sequence[str] = (), profile_only: bool = False
) -> DependenceResult:
    """Every approach on the effects of an analysis; ``by`` makes each a meta-regression.

    ``profile_only`` leaves out the tables over rho and without each sample. Raises ``EstimationError`` when
    there are no effects, or no approach has an answer.
    """
    names = [parse_moderator(text)[0] for text in by]
    prepared = prepare_effects(folder, overrides, moderators=names)
    spec, single = prepared.specification, prepared.single

    def design(effects: Effects) -> Arranged:
        if not by:
            return Arranged(effects)
        built = build_design(effects, list(by))
        if not built.kept:
            raise EstimationError(f"no effect has a value of {' and '.join(names)}", "K-MOD")
        return Arranged(effects.take(built.kept), built.X, built.names)

    model = Modelled(spec.method, spec.test, spec.level, tuple(names), design)
    approaches = compare_approaches(single, spec.rho, model)
    failed = [item.fit for item in approaches if isinstance(item.fit, NotEstimable)]
    if len(failed) == len(approaches):
        raise EstimationError(failed[0].reason, failed[0].code)
    che = approaches[-1]
    profiles, problem = _profiles(che)
    omitted = () if profile_only else leave_cluster_out(approaches[1], che, model)
    notes = [correlational(prepared.subject), *spec.notes, *_robust_notes(approaches)]
    notes += dependence_notes(single, "treated in five ways side by side")
    notes += build_design(single, list(by)).notes if by else ()
    shared = find_shared_samples(single)
    if not shared:
        text = "every sample has one effect: all approaches rest on the same effects"
        notes.append(Note("ONE-PER-CLUSTER", text))
    notes += [note for note in prepared.notes if note.code == "DROP"]
    notes += [note for note in effect_notes(single, analysis=spec.analysis) if note.code not in SHARING]
    return DependenceResult(
        prepared,
        tuple(by),
        approaches,
        () if profile_only else vary_rho(single, model),
        profiles,
        problem,
        omitted,
        shared,
        unique(notes),
    )


def _profiles(che: Approach) -> tuple[tuple[VarianceProfile, ...], NotEstimable | None]:
    if isinstance(che.fit, NotEstimable) or che.arranged is None:
        return (), che.fit if isinstance(che.fit, NotEstimable) else None
    arranged = che.arranged
    try:
        return profile_variances(arranged.effects, che.fit, X=arranged.X, names=arranged.names), None
    except EstimationError as error:
        return (), NotEstimable(str(error), error.code)


def _robust_notes(approaches: Sequence[Approach]) -> list[Note]:
    """Few degrees of freedom are told of each approach, all other notes of che alone."""
    notes = []
    for item in approaches:
        if isinstance(item.fit, NotEstimable):
            notes.append(Note(item.fit.code, item.fit.reason, item.name, "warning"))
            continue
        smallest = min((row.df for row in item.fit.robust if row.df is not None), default=None)
        if smallest is None:
            text = "too few samples for robust standard errors"
            notes.append(Note("K-RVE", text, item.name, "warning"))
        elif smallest < 4.0:
            text = f"the robust row rests on {smallest:.1f} degrees of freedom and is not trustworthy"
            notes.append(Note("K-RVE", text, item.name, "warning"))
        if item.name == "che":
            notes += [note for note in item.fit.notes if note.code not in ("K-RVE", "ONE-PER-CLUSTER")]
    return notes
