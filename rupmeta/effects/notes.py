"""What must be said about a table of effects, whatever is computed from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rupmeta.effects.covariance import cluster_indices
from rupmeta.effects.sentences import MIXED, adjusted_sentence, alike_sentence, mixture_sentences
from rupmeta.effects.shared import outcome_correlation, shared_between
from rupmeta.effects.table import EffectRow, Effects
from rupmeta.results import Note, Severity

if TYPE_CHECKING:
    from rupmeta.read.review import Analysis

__all__ = ["dependence_notes", "effect_notes"]


def effect_notes(
    effects: Effects,
    *,
    analysis: Analysis | None = None,
    weights: Sequence[float] | None = None,
    approach: str | None = None,
) -> list[Note]:
    """Notes on mixtures and weak spots: what is pooled with what, and how much rests on what.

    ``weights`` in percent, one a row, add the share of the weight; ``analysis`` tells what the protocol asks
    for; ``approach`` ``none`` turns the notes on dependence into warnings.
    """
    notes = [
        *_mixture(effects, analysis),
        *_adjusted(effects, weights),
        *_weak(effects, weights),
        *_synthetic(effects, weights),
        *_continuous(effects, analysis),
    ]
    severity: Severity = "warning" if approach == "none" else "info"
    how = "kept apart with their covariance" if effects.V is not None else "entered as if independent"
    return _accepted([*notes, *dependence_notes(effects, how, severity)], analysis)


def _accepted(notes: list[Note], analysis: Analysis | None) -> list[Note]:
    """Warnings that the protocol accepts, as information that quotes its reason."""
    reasons = {} if analysis is None else analysis.accept
    return [
        replace(note, message=f"{note.message} (accepted: {reasons[note.code]})", severity="info")
        if note.severity == "warning" and note.code in reasons
        else note
        for note in notes
    ]


def _share(effects: Effects, weights: Sequence[float] | None, chosen: Sequence[bool]) -> str:
    if weights is None or len(weights) != effects.k:
        return ""
    total = sum(weight for weight, wanted in zip(weights, chosen, strict=True) if wanted)
    return f" ({total:.0f}% of the weight)"


def _mixture(effects: Effects, analysis: Analysis | None) -> list[Note]:
    """COMP-MIX: comparisons (or relations) pooled that the protocol neither selects nor compares."""
    levels = {name: [getattr(row, name) for row in effects.rows] for name in MIXED}
    return [
        Note("COMP-MIX", message, severity="warning") for _, message in mixture_sentences(levels, analysis)
    ]


def _adjusted(effects: Effects, weights: Sequence[float] | None) -> list[Note]:
    chosen = [row.adjusted for row in effects.rows]
    count = sum(chosen)
    if not count:
        return []
    share = _share(effects, weights, chosen)
    message = adjusted_sentence(count, effects.k, share)
    severity: Severity = "warning" if count < effects.k else "info"
    return [Note("ADJ", message, severity=severity)]


def _weak(effects: Effects, weights: Sequence[float] | None) -> list[Note]:
    provisional = [row.provisional for row in effects.rows]
    approximate = [row.flag == "approximate" for row in effects.rows]
    notes = []
    for code, chosen, what in (
        ("PROV", provisional, "provisional (not verified in the full paper)"),
        ("APPROX", approximate, "approximate (a needed number was not printed)"),
    ):
        if any(chosen):
            share = _share(effects, weights, chosen)
            notes.append(Note(code, f"{sum(chosen)} of {effects.k} effects are {what}{share}"))
    return notes


def _synthetic(effects: Effects, weights: Sequence[float] | None) -> list[Note]:
    chosen = [row.synthetic for row in effects.rows]
    if not any(chosen):
        return []
    studies = {row.study: row.synthetic for row in effects.rows}
    made = sum(studies.values())
    severity: Severity = "warning" if made < len(studies) else "info"
    share = _share(effects, weights, chosen)
    message = f"{made} of {len(studies)} studies are synthetic{share}: synthetic data, not evidence"
    return [Note("SYNTH", message, severity=severity)]


def _continuous(effects: Effects, analysis: Analysis | None) -> list[Note]:
    """R2D: a d that is reported of effects that compare no two groups."""
    if analysis is None or "d" not in analysis.report_as:
        return []
    count = sum(row.comparison == "continuous" for row in effects.rows)
    if not count or effects.measure not in ("ZCOR", "COR", "ZPCOR", "PCOR"):
        return []
    message = (
        f"{count} of {effects.k} effects relate two continuous variables; d = 2r/√(1 − r²) is then the "
        "contrast of clients two standard deviations apart, not of two groups"
    )
    return [Note("R2D", message)]


def dependence_notes(effects: Effects, how: str, severity: Severity = "info") -> list[Note]:
    """DEP, OVERLAP and CTRL: effects that share people; ``how`` says what is done with them."""
    notes = []
    for cluster, indices in cluster_indices(effects).items():
        rows = [effects.rows[i] for i in indices]
        if len(rows) == 1:
            continue
        notes.append(Note("DEP", f"{len(rows)} effects of sample {cluster}, {how}", cluster, severity))
        studies = list(dict.fromkeys(row.study for row in rows))
        if len(studies) > 1:
            message = f"{', '.join(studies)} share sample {cluster}: one cluster, {how}"
            notes.append(Note("OVERLAP", message, cluster, severity))
        notes += [*_pairs(rows, cluster, severity), *_outcomes(rows, cluster)]
    return notes


def _outcomes(rows: Sequence[EffectRow], cluster: str) -> list[Note]:
    """OUTCOME-R: printed correlations of outcomes that were used, and names that fit no effect."""
    notes = []
    for i, a in enumerate(rows):
        for b in rows[i + 1 :]:
            known = outcome_correlation(a, b)
            if known is not None:
                message = f"{a.effect} and {b.effect}: the printed correlation of the outcomes makes that of "
                notes.append(Note("OUTCOME-R", f"{message}the estimates {known:.2f}", cluster))
        names = {name for row in rows for name in (row.effect, f"{row.study}/{row.effect}")}
        for name in a.outcome_r:
            if name not in names:
                message = (
                    f"outcome_r of {a.effect} names {name}, which is no effect of {cluster} in this table"
                )
                notes.append(Note("OUTCOME-R", message, cluster, "warning"))
    return notes


def _pairs(rows: Sequence[EffectRow], cluster: str, severity: Severity) -> list[Note]:
    notes = []
    for i, a in enumerate(rows):
        for b in rows[i + 1 :]:
            if (pair := shared_between(a.shared, b.shared)) is not None:
                which = "their comparison group" if pair[0] is a.shared else "group 1"
                message = f"{a.effect} and {b.effect} share {which} (n = {pair[0].n0:g})"
                notes.append(Note("CTRL", message, cluster, severity))
            elif _alike(a, b):
                message = alike_sentence(a.effect, b.effect)
                notes.append(Note("DEP", message, cluster, "warning"))
    return notes


def _alike(a: EffectRow, b: EffectRow) -> bool:
    same = (a.outcome, a.comparison, a.phase) == (b.outcome, b.comparison, b.phase)
    return same and a.study == b.study and dict(a.moderators) == dict(b.moderators)
