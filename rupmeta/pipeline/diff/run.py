"""Two sides → everything that changed, and what it did to every answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rupmeta.effects.backtransform import report_on
from rupmeta.errors import UsageError
from rupmeta.pipeline.analyse import correlational
from rupmeta.pipeline.diff.changes import ProtocolChange, StudyChange, protocol_changes, study_changes
from rupmeta.pipeline.diff.orders import range_over_orders, state_levels
from rupmeta.pipeline.diff.path import walk_between
from rupmeta.pipeline.diff.shares import Change, share_out
from rupmeta.pipeline.diff.sides import Side
from rupmeta.pipeline.diff.standing import Standing, analysis_names, find_standing
from rupmeta.pipeline.specification import Overrides
from rupmeta.read.schema_faults import nearest
from rupmeta.results import Note, NotEstimable

__all__ = ["AnalysisDiff", "Diff", "Turned", "run_diff"]

FEW = 10
HALF = 50.0  # percent of the weight


@dataclass(frozen=True, slots=True)
class Turned:
    """A conclusion that changed: what held before (``was``) and holds now (``now``)."""

    code: str
    was: bool
    now: bool
    study: str | None = None


@dataclass(frozen=True)
class AnalysisDiff:
    """One analysis on both sides; a side that does not declare it is None.

    ``change`` is on the analysis scale and ``reported`` on those that readers know; ``problem`` says why
    there is none. ``ranges``: by scale (the analysis scale under its measure) and step, the lowest and the
    highest share over all orders of the steps; empty where a side is a results file.
    """

    name: str
    old: Standing | None
    new: Standing | None
    change: Change | None
    reported: dict[str, Change]
    problem: NotEstimable | None
    turned: tuple[Turned, ...]
    ranges: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)

    @property
    def answered(self) -> bool:
        """Whether both sides have an answer."""
        return all(side is not None and side.estimate is not None for side in (self.old, self.new))


@dataclass(frozen=True)
class Diff:
    """What changed between two sides."""

    old: Side
    new: Side
    studies: tuple[StudyChange, ...]
    unchanged: int
    protocol: tuple[ProtocolChange, ...]
    analyses: tuple[AnalysisDiff, ...]
    notes: tuple[Note, ...]

    @property
    def differs(self) -> bool:
        """Whether anything does: a study, the protocol, or an answer."""
        return bool(self.studies or self.protocol) or any(
            item.old is None
            or item.new is None
            or (item.answered and item.old.model != item.new.model)
            or (item.change is not None and item.change.total != 0)
            or (item.old.estimate is None) != (item.new.estimate is None)
            for item in self.analyses
        )


def run_diff(old: Side, new: Side, overrides: Overrides | None = None) -> Diff:
    """Compare two sides in every analysis, or in the one that ``overrides`` name.

    Analyses are paired by name; where each side has but one, these two. Raises ``UsageError`` when the
    analysis asked for is on neither side, or when options are to change a results file.
    """
    overrides = overrides or Overrides()
    for side in (old, new):
        if side.folder is None and dataclasses.replace(overrides, analysis=None) != Overrides():
            raise UsageError(f"{side.name} is a results file: options cannot change what it says")
    studies = study_changes(old, new)
    common = set(old.digests) & set(new.digests)
    analyses = tuple(
        _analysis((old, new), *names, overrides) for names in _pairs(old, new, overrides.analysis)
    )
    notes = [*_side_notes(old, new, bool(common)), *(note for item in analyses for note in _notes(item))]
    edited = sum(item.kind != "added" and item.kind != "removed" for item in studies)
    return Diff(
        old, new, studies, len(common) - edited, protocol_changes(old, new), analyses,
        tuple(dict.fromkeys(notes)),
    )  # fmt: skip


def _pairs(old: Side, new: Side, wanted: str | None) -> list[tuple[str | None, str | None]]:
    before, after = analysis_names(old), analysis_names(new)
    if len(before) == len(after) == 1 and wanted in (None, before[0], after[0]):
        return [(before[0], after[0])]
    pairs: list[tuple[str | None, str | None]] = [(name if name in before else None, name) for name in after]
    pairs += [(name, None) for name in before if name not in after]
    if wanted is None:
        return pairs
    found = [pair for pair in pairs if wanted in pair]
    if not found:
        names = ", ".join(dict.fromkeys((*after, *before)))
        near = nearest(str(wanted), names.split(", "))
        meant = f"did you mean {near}? " if near else ""
        raise UsageError(f"there is no analysis {wanted!r} on either side; {meant}there is {names}")
    return found


def _analysis(
    sides: tuple[Side, Side], old_name: str | None, new_name: str | None, overrides: Overrides
) -> AnalysisDiff:
    old = None if old_name is None else find_standing(sides[0], old_name, overrides)
    new = None if new_name is None else find_standing(sides[1], new_name, overrides)
    name = new_name or old_name or ""
    if old is None or new is None:
        return AnalysisDiff(name, old, new, None, {}, None, ())
    turned = tuple(_turned(old, new))
    if old.estimate is None or new.estimate is None:
        return AnalysisDiff(name, old, new, None, {}, None, turned)
    levels = walk_between(sides, old, new, overrides)
    if isinstance(levels, NotEstimable):
        return AnalysisDiff(name, old, new, None, {}, levels, turned)
    measures = [old.measure, *[new.measure] * (len(levels) - 1)]
    scales = [scale for scale in new.report_as if scale in old.report_as]
    reported = {}
    for scale in scales:
        values = [
            None if level.estimate is None else report_on(scale, measure, level.estimate)
            for level, measure in zip(levels, measures, strict=True)
        ]
        if values[0] is not None and values[-1] is not None:
            reported[scale] = share_out(levels, values)
    change = share_out(levels, [level.estimate for level in levels]) if old.measure == new.measure else None
    problem = None
    if change is None:
        text = f"{old.measure} became {new.measure}: the change has no meaning on either analysis scale"
        problem = NotEstimable(text, "DIFF-SPLIT")
    ranges = _ranges(sides, old, new, overrides, tuple(reported)) if change is not None else {}
    return AnalysisDiff(name, old, new, change, reported, problem, turned, ranges)


def _ranges(
    sides: tuple[Side, Side], old: Standing, new: Standing, overrides: Overrides, scales: Sequence[str]
) -> dict[str, dict[str, tuple[float, float]]]:
    levels = state_levels(sides, old, new, overrides)
    if levels is None:
        return {}
    found = {new.measure: range_over_orders(levels)}
    for scale in scales:
        shown = {s: None if x is None else report_on(scale, new.measure, x) for s, x in levels.items()}
        found[scale] = range_over_orders(shown)
    return found


def _turned(old: Standing, new: Standing) -> Iterator[Turned]:
    """Conclusions that changed between the two answers."""
    if (old.estimate is None) != (new.estimate is None):
        yield Turned("answer", old.estimate is not None, new.estimate is not None)
    if old.estimate is None or new.estimate is None:
        return
    positive = old.estimate.estimate > 0, new.estimate.estimate > 0
    if positive[0] != positive[1]:
        yield Turned("sign", *positive)
    holds = _holds_null(old), _holds_null(new)
    if holds[0] != holds[1]:
        yield Turned("ci_null", *holds)
    if old.prediction is not None and new.prediction is not None:
        likely = old.prediction.lb <= 0 <= old.prediction.ub, new.prediction.lb <= 0 <= new.prediction.ub
        if likely[0] != likely[1]:
            yield Turned("pi_null", *likely)
    few = old.k < FEW, new.k < FEW
    if few[0] != few[1]:
        yield Turned("few", *few)
    heavy = [{study for study, weight in s.weights.items() if weight > HALF} for s in (old, new)]
    for study in sorted(heavy[0] ^ heavy[1]):
        yield Turned("heavy", study in heavy[0], study in heavy[1], study)


def _holds_null(standing: Standing) -> bool:
    assert standing.estimate is not None
    interval = standing.estimate.interval()
    return interval.lb <= 0 <= interval.ub


def _side_notes(old: Side, new: Side, common: bool) -> Iterator[Note]:
    yield Note(
        "DIFF-ORDER",
        "changes are applied in the order method, criteria, removed, edited, added, studies by id; the "
        "shares add up exactly, and another order would give other shares, as 'any order' says",
    )
    if old.name == new.name or {i.sha256 for i in old.inputs} == {i.sha256 for i in new.inputs}:
        yield Note("DIFF-SAME", "both sides hold the same files", severity="warning")
    elif not common:
        text = "the sides have no study in common; are they two states of one review?"
        yield Note("DIFF-COMMON", text, severity="warning")
    for side in (old, new):
        if side.folder is None:
            text = (
                f"{side.name} holds results alone: which fields of a file changed is not known, and what "
                "differs in a study whose file is the same is put down to the method or the criteria"
            )
            yield Note("DIFF-RESULTS", text)


def _notes(item: AnalysisDiff) -> Iterator[Note]:
    new = item.new or item.old
    assert new is not None
    yield correlational(new.subject)
    if any(side is not None and side.synthetic for side in (item.old, item.new)):
        yield Note("SYNTH", "some studies are invented: synthetic data, not evidence", item.name, "warning")
    if item.problem is not None:
        yield Note(item.problem.code, item.problem.reason, item.name, "warning")
    for step in () if item.change is None else item.change.steps:
        if step.carried:
            text = f"after the step '{step.step}' nothing is left to pool; the next step bears its share"
            yield Note("DIFF-GAP", text, item.name, "warning")
