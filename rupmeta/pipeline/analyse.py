"""The stages in order: read → screen → effects → pool."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rupmeta.effects.aggregate import aggregate_effects
from rupmeta.effects.compute import compute_effects
from rupmeta.effects.covariance import covariance_blocks
from rupmeta.effects.notes import effect_notes
from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.lint.causal import find_causal
from rupmeta.pipeline.load import finding_notes
from rupmeta.pipeline.model import fit_model
from rupmeta.pipeline.protocol import refuse_unpoolable
from rupmeta.pipeline.specification import Overrides, Specification, specify
from rupmeta.pool.fit import Fit
from rupmeta.read.fields import absent_values, vocabulary
from rupmeta.read.folder import Folder, StudyFile
from rupmeta.results import Note
from rupmeta.screen.screening import NO_EFFECT, Exclusion, Screening, find_failures, screen_studies

__all__ = ["Prepared", "Synthesis", "pool_prepared", "prepare_effects", "synthesise"]

_CORRELATIONAL = {
    "repair-outcome": "the evidence is correlational: no study assigned repairs at random, so an association "
    "does not show that repair causes better outcome",
    "training-outcome": "trained and untrained therapists differ in more than their training unless they "
    "were randomised, so a difference does not show that training causes better outcome",
}
_RANDOMISED = (
    "chance assigned the training in every study, and not repair: a difference belongs to the training as a "
    "whole, and bias within trials, attrition and clients nested in therapists remain"
)


@dataclass(frozen=True)
class Prepared:
    """The effects of one analysis: as computed (``single``) and as they enter the model (``effects``)."""

    folder: Folder
    specification: Specification
    screening: Screening
    single: Effects
    effects: Effects
    excluded: tuple[Exclusion, ...]
    notes: tuple[Note, ...]

    @property
    def n(self) -> float | None:
        """People behind the effects, every sample counted once; None when no sample's size is known."""
        return count_people(self.single)

    @property
    def subject(self) -> str | None:
        """The relation that all effects are about, when it is one; sentences and axes use its words."""
        ids = {row.study for row in self.single.rows}
        relations = {file.study.relation for file in self.folder.studies if file.id in ids}
        return relations.pop() if len(relations) == 1 else None

    @property
    def randomized(self) -> bool:
        """Whether the arms of every study that brings an effect were assigned at random."""
        ids = {row.study for row in self.single.rows}
        return bool(ids) and all(
            file.study.design == "randomized" for file in self.folder.studies if file.id in ids
        )

    @property
    def studies(self) -> int:
        """Number of study files that bring an effect."""
        return len({row.study for row in self.single.rows})


@dataclass(frozen=True)
class Synthesis:
    """A prepared analysis and its pooled answer."""

    prepared: Prepared
    fit: Fit
    notes: tuple[Note, ...]


def prepare_effects(
    folder: Folder, overrides: Overrides | None = None, *, moderators: Sequence[str] = (), refuse: bool = True
) -> Prepared:
    """Screen the studies, compute their effects and treat those that share a sample as the protocol says.

    Raises ``InputError`` when the analysis selects effects that cannot be pooled on its scale (not with
    ``refuse`` False: they are then left out with their reason), ``EstimationError`` (K-FEW) when no effect is
    left, with the reason.
    """
    specification = specify(folder, overrides)
    wanted = tuple(dict.fromkeys((*specification.moderators, *moderators)))
    eligible = [file for file in folder.studies if not find_failures(file, folder.review.criteria)]
    if refuse:
        refuse_unpoolable(folder, specification, eligible)
    single = compute_effects(
        folder,
        specification.analysis,
        studies=eligible,
        measure=specification.measure,
        moderators=wanted,
        options=specification.conversions,
    )
    usable = {row.study for row in single.rows}
    screening = screen_studies(folder, lambda file: file.id in usable)
    if single.k == 0:
        raise EstimationError(_nothing_left(folder, specification, screening, single), "K-FEW")
    specification, one = _one_sample(single, specification)
    effects = combine_dependent(single, specification, separate_by=moderators)
    notes = [*specification.notes, *one, *effects.notes]
    notes += [
        Note("DROP", f"leaves the analysis: {reason}", f"{study}/{effect}")
        for study, effect, reason in single.dropped
    ]
    notes += [
        Note("WHERE", f"no effect has {field} = {value}; {instead}", severity="warning")
        for field, value, instead in absent_values(folder.studies, specification.where)
        if value not in vocabulary(field)
    ]
    notes += finding_notes(folder, usable)
    notes += effect_notes(effects, analysis=specification.analysis, approach=specification.approach)
    notes += _causal_question(folder, specification, usable)
    excluded = _left_out(screening, eligible, single)
    return Prepared(folder, specification, screening, single, effects, excluded, tuple(notes))


def _one_sample(single: Effects, specification: Specification) -> tuple[Specification, list[Note]]:
    """Effects of a single sample say nothing about differences between samples: they are averaged, under
    multilevel and che too, whose variance between samples would not be identified.
    """
    if specification.approach not in ("multilevel", "che") or len(set(single.clusters)) > 1:
        return specification, []
    text = (
        f"one sample: no synthesis. Its effects are averaged with rho = {specification.rho:g}; dependence "
        f"{specification.approach} takes differences between samples, of which one has none"
    )
    notes = [Note("ONE-SAMPLE", text, severity="warning")] if single.k > 1 else []
    return dataclasses.replace(specification, approach="aggregate"), notes


def _causal_question(folder: Folder, specification: Specification, used: Collection[str]) -> list[Note]:
    """A question that asks what brings about what, put to studies that cannot tell."""
    words = find_causal(specification.question or "")
    studies = [file.study for file in folder.studies if file.id in used]
    if not words or all(s.relation == "training-outcome" and s.design == "randomized" for s in studies):
        return []
    message = (
        f"the question speaks of causes ({', '.join(words)}); these studies can show an association: ask "
        "whether one goes with the other"
    )
    return [Note("CAUSAL", message, f"analyses.{specification.name}.question")]


def combine_dependent(
    single: Effects, specification: Specification, *, separate_by: Sequence[str] = ()
) -> Effects:
    """Treat effects that share a sample: aggregate them, give them their covariances, or leave them as they
    are.

    Under ``aggregate`` a moderator in ``separate_by`` that varies inside a sample splits that sample by its
    levels: averaging over the levels would erase what is asked about.
    """
    if specification.approach == "none":
        return single
    if specification.approach in ("multilevel", "che"):
        rho = specification.rho if specification.approach == "che" else 0.0
        return dataclasses.replace(single, V=covariance_blocks(single, rho))
    return aggregate_effects(single, specification.rho, specification.weights, by=separate_by)


def pool_prepared(prepared: Prepared) -> Synthesis:
    """Fit the model of the specification with only an intercept."""
    spec = prepared.specification
    fit = fit_model(prepared.effects, spec)
    weighted = effect_notes(
        prepared.effects, weights=fit.weights.tolist(), analysis=spec.analysis, approach=spec.approach
    )
    # The same caveats, now with their share of the weight.
    said = {note.code for note in weighted}
    rest = [note for note in prepared.notes if note.code not in said or note.where is not None]
    return Synthesis(
        prepared,
        fit,
        unique(
            [correlational(prepared.subject, randomized=prepared.randomized), *rest, *fit.notes, *weighted]
        ),
    )


def synthesise(folder: Folder, overrides: Overrides | None = None) -> Synthesis:
    """From a folder to a pooled answer."""
    synthesis = pool_prepared(prepare_effects(folder, overrides))
    if synthesis.prepared.specification.conversions.pre_post_r is None:
        return synthesis
    from rupmeta.pipeline.reconvert import assumed_r_note  # which pools again, through this module

    note = assumed_r_note(synthesis.prepared)
    return synthesis if note is None else dataclasses.replace(synthesis, notes=(*synthesis.notes, note))


def correlational(subject: str | None, *, randomized: bool = False) -> Note:
    """Never left out: what the designs of this field can and cannot show.

    ``randomized``: chance assigned the training in every study.
    """
    if randomized and subject == "training-outcome":
        return Note("CORRELATIONAL", _RANDOMISED)
    general = "the evidence is correlational: an association does not show what causes what"
    return Note("CORRELATIONAL", _CORRELATIONAL.get(subject or "", general))


def unique(notes: Sequence[Note]) -> tuple[Note, ...]:
    """The notes in order, each once."""
    return tuple(dict.fromkeys(notes))


def count_people(effects: Effects) -> float | None:
    """Every sample counted once, with its largest n; None when none is known."""
    largest: dict[str, float] = {}
    for row in effects.rows:
        if row.n is not None:
            largest[row.cluster] = max(row.n, largest.get(row.cluster, 0))
    return math.fsum(largest.values()) if largest else None


def _left_out(screening: Screening, eligible: Sequence[StudyFile], single: Effects) -> tuple[Exclusion, ...]:
    """Every study that is not pooled, with the reason: a failed criterion, no effect, or another question."""
    reported = {study for study, _, _ in single.dropped}
    asked = {file.id for file in eligible if not file.study.effects} | reported
    silent = [
        Exclusion(
            file.id,
            "effect",
            NO_EFFECT,
            "no extractable effect" if file.id in asked else "no effect for the question of this analysis",
        )
        for file in screening.without_effect
    ]
    return tuple(sorted((*screening.excluded, *silent), key=lambda item: item.study))


def _nothing_left(folder: Folder, specification: Specification, screening: Screening, single: Effects) -> str:
    reasons = [f"{len(folder.studies)} studies read, {len(screening.excluded)} excluded by the criteria"]
    if single.dropped:
        reasons.append(f"{len(single.dropped)} effects cannot be converted to {specification.measure}")
    if specification.where:
        conditions = ", ".join(f"{key} = {value}" for key, value in specification.where.items())
        reasons.append(f"the analysis keeps only {conditions}")
        absent = absent_values(folder.studies, specification.where)
        reasons += dict.fromkeys(instead for _, _, instead in absent)
    return f"0 effects in analysis '{specification.name}'; nothing to pool ({'; '.join(reasons)})"
