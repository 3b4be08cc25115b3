"""How far the share of a step depends on the order: all 120 orders of the five steps.

Every set of steps that has been applied is one state of the review, 32 in all; an order is a way through
them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from itertools import permutations, product

from rupmeta.effects.table import EffectRow
from rupmeta.errors import EstimationError
from rupmeta.pipeline.analyse import prepare_effects
from rupmeta.pipeline.diff.path import STEPS, Rows, Stage, by_study, fit_stages
from rupmeta.pipeline.diff.sides import Side
from rupmeta.pipeline.diff.standing import Standing
from rupmeta.pipeline.specification import Overrides, Specification, specify
from rupmeta.read.folder import Folder

__all__ = ["State", "range_over_orders", "state_levels"]

#: Which of ``STEPS`` have been applied.
State = tuple[bool, ...]


def state_levels(
    sides: tuple[Side, Side], old: Standing, new: Standing, overrides: Overrides
) -> dict[State, float | None] | None:
    """The pooled effect in each of the 32 states, analysis scale; None where a side is a results file.

    A state in which nothing can be pooled has the level None.
    """
    before, after = sides[0].folder, sides[1].folder
    if before is None or after is None:
        return None
    found: dict[State, float | None] = {}
    ids = {file.id for file in before.studies}, {file.id for file in after.studies}
    for method in (False, True):
        states, stages, spec = [], [], None
        for criteria in (False, True):
            spec, rows = _under(before, after, old, new, overrides, method=method, criteria=criteria)
            for removed, edited, added in product((False, True), repeat=3):
                states.append((method, criteria, removed, edited, added))
                stages.append(Stage("", None, _mixed(rows, ids, removed=removed, edited=edited, added=added)))
        assert spec is not None
        found |= dict(zip(states, (level for _, level in fit_stages(stages, spec)), strict=True))
    return found


def _under(
    before: Folder,
    after: Folder,
    old: Standing,
    new: Standing,
    overrides: Overrides,
    *,
    method: bool,
    criteria: bool,
) -> tuple[Specification, tuple[Rows, Rows]]:
    """The rows of both folders under the rules of one state."""
    analyses = before.review.analyses[old.analysis], after.review.analyses[new.analysis]
    rules = after.review if criteria else before.review
    analysis = analyses[method].model_copy(update={"where": analyses[criteria].where})
    review = rules.model_copy(update={"analyses": {new.analysis: analysis}})
    wanted = dataclasses.replace(overrides, analysis=new.analysis)
    rows = []
    for folder in (before, after):
        hybrid = dataclasses.replace(folder, review=review)
        try:
            rows.append(by_study(prepare_effects(hybrid, wanted).single.rows))
        except EstimationError:
            rows.append({})
    return specify(hybrid, wanted), (rows[0], rows[1])


def _mixed(
    rows: tuple[Rows, Rows], ids: tuple[set[str], set[str]], *, removed: bool, edited: bool, added: bool
) -> Rows:
    """The studies of one state: which are in, and in which version."""
    chosen: dict[str, tuple[EffectRow, ...]] = {}
    source: Rows
    for study in rows[0].keys() | rows[1].keys():
        if study in ids[0] and study in ids[1]:
            source = rows[1] if edited else rows[0]
        elif study in ids[0]:
            source = {} if removed else rows[0]
        else:
            source = rows[1] if added else {}
        if study in source:
            chosen[study] = source[study]
    return chosen


def range_over_orders(values: Mapping[State, float | None]) -> dict[str, tuple[float, float]]:
    """Step → its lowest and highest share over all orders, of levels on any scale.

    A share that begins or ends in a state without a level is left out of the range.

    >>> levels = {s: 0.1 * sum(s) for s in product((False, True), repeat=5)}
    >>> [round(x, 3) for x in range_over_orders(levels)["added"]]
    [0.1, 0.1]
    """
    found: dict[str, list[float]] = {step: [] for step in STEPS}
    for order in permutations(range(len(STEPS))):
        state = [False] * len(STEPS)
        for place in order:
            start = values[tuple(state)]
            state[place] = True
            end = values[tuple(state)]
            if start is not None and end is not None:
                found[STEPS[place]].append(end - start)
    return {step: (min(shares), max(shares)) for step, shares in found.items() if shares}
