"""The way from the old answer to the new one, in steps whose shares add up to the whole.

Changes are applied one after the other in a fixed order: method, criteria, studies removed, studies edited,
studies added; within a step study by study, by id. The share of a change is the answer after it minus the
answer before it, so the shares telescope: their sum is the new answer minus the old one, whatever is in
between. Another order would give other shares, and the same sum.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rupmeta.effects.aggregate import aggregate_effects
from rupmeta.effects.table import EffectRow, Effects
from rupmeta.errors import EstimationError
from rupmeta.pipeline.analyse import combine_dependent, prepare_effects
from rupmeta.pipeline.diff.sides import Side
from rupmeta.pipeline.diff.standing import Standing
from rupmeta.pipeline.model import fit_model
from rupmeta.pipeline.specification import Overrides, Specification
from rupmeta.pool.fit import Fit, MethodName
from rupmeta.pool.subsets import fit_subsets
from rupmeta.results import NotEstimable

__all__ = ["STEPS", "Level", "Rows", "Stage", "by_study", "fit_stages", "walk_between"]

#: In this order, always.
STEPS = ("method", "criteria", "removed", "edited", "added")
BATCH = 500  # states that are fitted at a time

Rows = Mapping[str, tuple[EffectRow, ...]]


@dataclass(frozen=True, slots=True)
class Stage:
    """The effects after one more change: the rows of every study. ``study`` None: a change of the rules."""

    step: str
    study: str | None
    rows: Rows


@dataclass(frozen=True, slots=True)
class Level:
    """The answer after a change, analysis scale; ``estimate`` None: at this point nothing can be pooled."""

    step: str
    study: str | None
    k: int
    estimate: float | None


def walk_between(
    sides: tuple[Side, Side], old: Standing, new: Standing, overrides: Overrides
) -> tuple[Level, ...] | NotEstimable:
    """The levels from the old answer (its step is ``old``) to the new one.

    The first and the last are the answers themselves. With a results file on either side the rows that it
    holds take the place of the files: what differs in a study whose file did not change is then put down to
    the method where its numbers differ, and to the criteria where it enters or leaves.
    """
    assert old.estimate is not None
    assert new.estimate is not None
    synthesis = new.synthesis
    if synthesis is not None and sides[0].folder is not None:
        after_rules, before, after = _rules(sides, old, new, overrides)
        spec = synthesis.prepared.specification
        stages = [*after_rules, *_study_stages(sides, before, after)]
        fits = fit_stages(stages, spec)
    else:
        if new.approach in ("multilevel", "che"):
            return NotEstimable(
                "a results file does not hold the covariances of the effects, so that the change cannot be "
                "split under this model; compare folders or revisions",
                "DIFF-SPLIT",
            )
        before, after = by_study(old.rows.rows), by_study(new.rows.rows)
        digests = sides[0].digests, sides[1].digests
        same = {study for study, digest in digests[0].items() if digests[1].get(study) == digest}
        stages = [*_known_rules(before, after, same)]
        stages += _study_stages(sides, stages[-1].rows, after)
        fits = _fit_pooled(stages, new)
    levels = [Level("old", None, old.k, old.estimate.estimate)]
    levels += [
        Level(stage.step, stage.study, k, estimate) for stage, (k, estimate) in zip(stages, fits, strict=True)
    ]
    levels[-1] = dataclasses.replace(levels[-1], estimate=new.estimate.estimate)
    return tuple(levels)


def _rules(
    sides: tuple[Side, Side], old: Standing, new: Standing, overrides: Overrides
) -> tuple[list[Stage], Rows, Rows]:
    """Old studies under the new method, then under the new criteria as well; and the new studies."""
    before, after = sides[0].folder, sides[1].folder
    assert before is not None
    assert after is not None
    assert new.synthesis is not None
    declared = before.review.analyses[old.analysis]
    target = after.review.analyses[new.analysis]
    method = target.model_copy(update={"where": declared.where})
    reviews = (
        before.review.model_copy(update={"analyses": {new.analysis: method}}),
        after.review.model_copy(update={"analyses": {new.analysis: target}}),
    )
    wanted = dataclasses.replace(overrides, analysis=new.analysis)
    stages = []
    for step, review in zip(("method", "criteria"), reviews, strict=True):
        try:
            single = prepare_effects(dataclasses.replace(before, review=review), wanted).single.rows
        except EstimationError:
            single = ()
        stages.append(Stage(step, None, by_study(single)))
    return stages, stages[-1].rows, by_study(new.synthesis.prepared.single.rows)


def _known_rules(before: Rows, after: Rows, same: Iterable[str]) -> list[Stage]:
    """The same from rows alone: only studies whose files are the ``same`` tell of changed rules."""
    same = frozenset(same)
    method = {
        study: after[study] if study in same and study in after else rows for study, rows in before.items()
    }
    criteria = {study: rows for study, rows in method.items() if study not in same or study in after}
    criteria |= {study: rows for study, rows in after.items() if study in same}
    return [Stage("method", None, method), Stage("criteria", None, criteria)]


def _study_stages(sides: tuple[Side, Side], before: Rows, after: Rows) -> list[Stage]:
    """Removed, edited, added: one stage for every study whose rows differ."""
    files = set(sides[0].digests), set(sides[1].digests)
    groups = {
        "removed": sorted(set(before) - files[1]),
        "edited": sorted(
            study
            for study in (set(before) | set(after)) & files[0] & files[1]
            if not _equal(before.get(study, ()), after.get(study, ()))
        ),
        "added": sorted(set(after) - files[0]),
    }
    stages, rows = [], dict(before)
    for step, studies in groups.items():
        if not studies:
            stages.append(Stage(step, None, dict(rows)))
        for study in studies:
            rows.pop(study, None)
            if study in after:
                rows[study] = after[study]
            stages.append(Stage(step, study, dict(rows)))
    return stages


def _equal(a: Sequence[EffectRow], b: Sequence[EffectRow]) -> bool:
    """Whether the rows mean the same to a model."""

    def numbers(rows: Sequence[EffectRow]) -> list[tuple[object, ...]]:
        return [(row.effect, row.cluster, f"{row.yi:.10g}", f"{row.vi:.10g}") for row in rows]

    return numbers(a) == numbers(b)


def by_study(rows: Iterable[EffectRow]) -> Rows:
    """Rows of every study, in their order."""
    found: dict[str, tuple[EffectRow, ...]] = {}
    for row in rows:
        found[row.study] = (*found.get(row.study, ()), row)
    return found


def _in_order(stage: Stage) -> list[EffectRow]:
    return [row for study in sorted(stage.rows) for row in stage.rows[study]]


def fit_stages(stages: Sequence[Stage], spec: Specification) -> list[tuple[int, float | None]]:
    """k and the pooled effect of every stage, None where nothing can be pooled.

    What shares a sample is combined first; samples that do not change are combined once.
    """
    if spec.approach in ("multilevel", "che"):
        return [_fit_dependent(stage, spec) for stage in stages]
    known: dict[tuple[int, ...], EffectRow] = {}
    tables = []
    for stage in stages:
        rows = _in_order(stage)
        if spec.approach == "none":
            tables.append(rows)
            continue
        samples: dict[str, list[EffectRow]] = {}
        for row in rows:
            samples.setdefault(row.cluster, []).append(row)
        for members in samples.values():
            key = tuple(map(id, members))
            if key not in known:
                one = aggregate_effects(Effects(spec.measure, tuple(members)), spec.rho, spec.weights)
                known[key] = one.rows[0]
        tables.append([known[tuple(map(id, members))] for members in samples.values()])
    return _fit_tables(tables, spec.measure, spec.method)


def _fit_pooled(stages: Sequence[Stage], new: Standing) -> list[tuple[int, float | None]]:
    return _fit_tables([_in_order(stage) for stage in stages], new.measure, new.method)


def _fit_tables(
    tables: Sequence[Sequence[EffectRow]], measure: str, method: MethodName
) -> list[tuple[int, float | None]]:
    """Pool every table of independent rows: one batch over the rows that occur anywhere."""
    union = {id(row): row for table in tables for row in table}
    place = {ident: column for column, ident in enumerate(union)}
    effects = Effects(measure, tuple(union.values()))
    masks = np.zeros((len(tables), len(union)), dtype=bool)
    for line, table in enumerate(tables):
        masks[line, [place[id(row)] for row in table]] = True
    some = np.flatnonzero(masks.any(axis=1))
    fits: dict[int, Fit | NotEstimable] = {}
    for start in range(0, len(some), BATCH):
        part = some[start : start + BATCH]
        found = fit_subsets(effects, masks[part], method=method, test="z")
        fits |= dict(zip(part.tolist(), found, strict=True))
    return [
        (len(table), fit.estimate.estimate if isinstance(fit := fits.get(line), Fit) else None)
        for line, table in enumerate(tables)
    ]


def _fit_dependent(stage: Stage, spec: Specification) -> tuple[int, float | None]:
    rows = _in_order(stage)
    if not rows:
        return 0, None
    try:
        fit = fit_model(combine_dependent(Effects(spec.measure, tuple(rows)), spec), spec)
    except EstimationError:
        return len(rows), None
    return fit.k, fit.estimate.estimate
