"""Several effects of one sample → one effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.choose import FLAG_RANK
from rupmeta.effects.covariance import cluster_covariance, covariance_blocks
from rupmeta.effects.hubs import show
from rupmeta.effects.notes import dependence_notes
from rupmeta.effects.table import EffectRow, Effects, Scalar
from rupmeta.errors import UsageError
from rupmeta.results import Note

__all__ = ["aggregate_effects", "covariance_blocks"]

Weights = Literal["gls", "equal"]


def aggregate_effects(
    effects: Effects, rho: float = 0.5, weights: Weights = "gls", *, by: Sequence[str] = ()
) -> Effects:
    """One row per cluster, in the order of first appearance.

    ȳ = 1'V⁻¹y/1'V⁻¹1 with variance 1/1'V⁻¹1 (``gls``, as ``metafor::aggregate``), V with correlation ``rho``
    between the effects of a cluster and known covariances where they share a comparison group; or the plain
    mean with the variance (1/g²)·1'V1 (``equal``; Borenstein et al. 2009). ρ = .5 is the custom in
    psychotherapy research (Wampold et al. 1997).

    A moderator that varies inside a cluster becomes None, with a note; the levels of moderators in ``by`` are
    kept apart. GLS weights below 0 bring the note ``AGG-NEGATIVE``.

    Raises ``UsageError`` for a ρ outside (−1, 1), or an unknown kind of weights, ``EstimationError`` when a
    cluster's covariance is not positive definite. ρ = 1, nothing gained by several effects, takes ``equal``.
    """
    if weights not in ("gls", "equal"):
        raise UsageError(f"weights are gls or equal, not {weights}")
    if not (-1 < rho < 1 or (rho == 1 and weights == "equal")):
        raise UsageError(f"rho = {rho}; it must lie between -1 and 1 (1 only with weights: equal)")
    groups: dict[tuple[object, ...], list[EffectRow]] = {}
    for row in effects.rows:
        groups.setdefault((row.cluster, *(row.moderators.get(name) for name in by)), []).append(row)
    notes = dependence_notes(effects, f"aggregated with rho = {show(rho)}")
    rows = tuple(
        group[0] if len(group) == 1 else _merge(group, rho, weights, notes) for group in groups.values()
    )
    return Effects(effects.measure, rows, None, effects.dropped, (*effects.notes, *notes))


def _merge(rows: Sequence[EffectRow], rho: float, weights: Weights, notes: list[Note]) -> EffectRow:
    cluster = rows[0].cluster
    V = cluster_covariance(rows, rho)
    yi = np.array([row.yi for row in rows])
    ones = np.ones(len(rows))
    if weights == "gls":
        raw = np.linalg.solve(V, ones)
        if raw.min() < 0:
            notes.append(_negative(rows, raw, rho))
        share, variance = raw / raw.sum(), 1 / raw.sum()
        formula = f"ȳ = 1'V⁻¹y/1'V⁻¹1 of {len(rows)} effects, ρ = {show(rho)}"
    else:
        share, variance = ones / len(rows), float(V.mean())
        formula = f"ȳ = mean of {len(rows)} effects, ρ = {show(rho)}"
    studies = tuple(dict.fromkeys(row.study for row in rows))
    people = [row.n for row in rows if row.n is not None]
    years = [row.year for row in rows if row.year is not None]
    own = tuple(note for row in rows for note in row.notes)
    return EffectRow(
        study=" + ".join(studies),
        effect=f"{len(rows)} effects",
        cluster=cluster,
        label=" + ".join(dict.fromkeys(row.label for row in rows)),
        year=max(years, default=None),
        measure=rows[0].measure,
        yi=float(share @ yi),
        vi=float(variance),
        n=max(people, default=None),
        route=rows[0].route if len({row.route for row in rows}) == 1 else "several",
        formula=formula,
        flag=max((row.flag for row in rows), key=FLAG_RANK.__getitem__),
        adjusted=any(row.adjusted for row in rows),
        provisional=any(row.provisional for row in rows),
        synthetic=any(row.synthetic for row in rows),
        outcome=_common([row.outcome for row in rows]),
        comparison=_common([row.comparison for row in rows]),
        phase=_common([row.phase for row in rows]),
        relation=_common([row.relation for row in rows]),
        moderators=_merge_moderators(rows, notes),
        members=tuple(row.effect if len(studies) == 1 else f"{row.study}/{row.effect}" for row in rows),
        notes=own,
    )


def _common(values: Sequence[str | None]) -> str | None:
    return values[0] if all(value == values[0] for value in values) else None


def _merge_moderators(rows: Sequence[EffectRow], notes: list[Note]) -> Mapping[str, Scalar]:
    """What is the same in all rows; a value that varies becomes None, with a note."""
    merged: dict[str, Scalar] = {}
    for name in rows[0].moderators:
        values = list(dict.fromkeys(row.moderators.get(name) for row in rows))
        merged[name] = values[0] if len(values) == 1 else None
        if len(values) > 1:
            listed = ", ".join("not reported" if value is None else str(value) for value in values)
            message = (
                f"{name} varies among the {len(rows)} effects of {rows[0].cluster} ({listed}), so that the "
                "aggregated effect has no value; --dependence che keeps the effects apart"
            )
            notes.append(Note("DEP", message, where=rows[0].cluster))
    return merged


def _negative(rows: Sequence[EffectRow], raw: NDArray[np.floating[Any]], rho: float) -> Note:
    names = ", ".join(row.effect for row, weight in zip(rows, raw, strict=True) if weight < 0)
    message = (
        f"at rho = {show(rho)} the aggregate of {rows[0].cluster} gives a negative weight to {names}, whose "
        "variance is much larger than the others'; weights: equal avoids it"
    )
    return Note("AGG-NEGATIVE", message, where=rows[0].cluster, severity="warning")
