"""Choices → the tables of effects that they lead to: computed once for every measure and set of
conversions, then selected, combined by sample and thinned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.aggregate import aggregate_effects
from rupmeta.effects.compute import compute_effects
from rupmeta.effects.table import EffectRow, Effects
from rupmeta.explore.multiverse import Influence, Tables, flag_influential
from rupmeta.pipeline.multiverse_choices import Choices, Variant
from rupmeta.pipeline.specification import Specification
from rupmeta.read.fields import effect_matches
from rupmeta.read.folder import Folder, StudyFile
from rupmeta.read.study import Effect, Scalar
from rupmeta.screen.screening import find_failures

__all__ = ["TABLE_CHOICES", "Built", "build_tables"]

Int = NDArray[np.intp]

#: Choices that change the table of effects, in the order of the product; conversions follow measure.
TABLE_CHOICES = ("include", "effects", "measure", "conversions", "rho", "influential")


@dataclass(frozen=True)
class Built:
    """The tables of all combinations of the choices that change them.

    ``options`` (T, D): the option taken in each of ``names``. ``twin`` (T,): the first table with the same
    effects, itself where it is new. ``samples``: the names of the columns. ``measures``: by number.
    ``left_out``: options of ``influential``, spelled out.
    """

    tables: Tables
    names: tuple[str, ...]
    options: Int
    twin: Int
    samples: tuple[str, ...]
    measures: tuple[str, ...]
    influential: tuple[str, ...]


def build_tables(
    folder: Folder, specification: Specification, choices: Choices, influence: Influence
) -> Built:
    """All tables; a combination that leaves a sample without an effect leaves it out of the table."""
    conversions = choices.conversions
    sets = list(product(*(choices.options_of(name) for name in conversions)))
    measures = tuple(str(name) for name in choices.options_of("measure"))
    effects, rhos = choices.options_of("effects"), choices.options_of("rho")
    every = _eligible(folder, choices.variants)
    bases = {
        (measure, number): _compute(folder, specification, choices, every, measure, chosen)
        for measure in measures
        for number, chosen in enumerate(sets)
    }
    rows = [row for base in bases.values() for row in base.rows]
    samples = tuple(dict.fromkeys(row.cluster for row in rows))
    column = {name: j for j, name in enumerate(samples)}
    kept = {key: _select(folder, base, choices.variants) for key, base in bases.items()}
    cells: dict[tuple[object, ...], tuple[float, float]] = {}
    spans = [range(len(choices.variants)), range(len(effects)), range(len(measures)), range(len(sets))]
    grid = list(product(*spans, range(len(rhos))))
    Y, V = np.zeros((len(grid), len(samples))), np.ones((len(grid), len(samples)))
    C = np.zeros_like(Y)
    for t, (variant, how, measure, number, rho) in enumerate(grid):
        key = (measures[measure], number)
        for name, chosen in kept[key][variant].items():
            found = cells.get((key, name, chosen, how, rho))
            if found is None:
                found = _combine(bases[key], chosen, str(effects[how]), rhos[rho], specification)
                cells[(key, name, chosen, how, rho)] = found
            Y[t, column[name]], V[t, column[name]] = found
            C[t, column[name]] = 1.0
    taken = _spread(np.array(grid, dtype=np.intp), [len(choices.options_of(name)) for name in conversions])
    plain = Tables(Y, V, C, taken[:, 2], np.full(len(grid), -1))
    tables, options, spelled = _thin(plain, taken, choices, samples, influence)
    names = ("include", "effects", "measure", *conversions, "rho", "influential")
    return Built(tables, names, options, _twins(tables), samples, measures, spelled)


def _eligible(folder: Folder, variants: Sequence[Variant]) -> list[StudyFile]:
    """Studies that meet the criteria of at least one way of inclusion."""
    asked = [variant.criteria or folder.review.criteria for variant in variants]
    return [file for file in folder.studies if any(not find_failures(file, criteria) for criteria in asked)]


def _compute(
    folder: Folder,
    specification: Specification,
    choices: Choices,
    studies: Sequence[StudyFile],
    measure: str,
    chosen: Sequence[Scalar],
) -> Effects:
    changes: dict[str, Any] = dict(zip(choices.conversions, chosen, strict=True))  # checked when listed
    options = replace(choices.options, **changes)
    return compute_effects(
        folder, specification.analysis, studies=studies, measure=measure, options=options, rounding=False
    )


def _select(folder: Folder, base: Effects, variants: Sequence[Variant]) -> list[dict[str, tuple[int, ...]]]:
    """For every way of inclusion: sample → its rows that are in."""
    files = {file.id: file for file in folder.studies}
    reports = {(file.id, effect.id): effect for file in folder.studies for effect in file.study.effects}
    selected = []
    for variant in variants:
        criteria = variant.criteria or folder.review.criteria
        passed = {
            name for name in {row.study for row in base.rows} if not find_failures(files[name], criteria)
        }
        groups: dict[str, tuple[int, ...]] = {}
        for i, row in enumerate(base.rows):
            if row.study in passed and _matches(variant, files[row.study], reports[(row.study, row.effect)]):
                groups[row.cluster] = (*groups.get(row.cluster, ()), i)
        selected.append(groups)
    return selected


def _matches(variant: Variant, file: StudyFile, effect: Effect) -> bool:
    unwanted = any(effect_matches(file, effect, {name: value}) for name, value in variant.unless.items())
    return not unwanted and effect_matches(file, effect, variant.where)


def _combine(
    base: Effects, rows: tuple[int, ...], how: str, rho: Scalar, specification: Specification
) -> tuple[float, float]:
    """One effect of a sample and its variance."""
    chosen: list[EffectRow] = [base.rows[i] for i in rows]
    if len(chosen) == 1 or how == "first":
        return chosen[0].yi, chosen[0].vi
    if how == "precise":
        best = min(chosen, key=lambda row: row.vi)
        return best.yi, best.vi
    merged = aggregate_effects(
        Effects(base.measure, tuple(chosen)), float(rho or 0.0), specification.weights
    ).rows[0]
    return merged.yi, merged.vi


def _spread(grid: Int, sizes: Sequence[int]) -> Int:
    """The number of a set of conversions as one option in each of them."""
    every = list(product(*(range(size) for size in sizes)))
    sets = np.array(every, dtype=np.intp).reshape(len(every), len(sizes))
    return np.concatenate([grid[:, :3], sets[grid[:, 3]], grid[:, 4:]], axis=1)


def _thin(
    plain: Tables, taken: Int, choices: Choices, samples: Sequence[str], influence: Influence
) -> tuple[Tables, Int, tuple[str, ...]]:
    """Every table with the samples left out that each option of ``influential`` leaves out."""
    masks: list[tuple[str, NDArray[np.float64], bool]] = []
    for option in choices.options_of("influential"):
        if option == "keep":
            masks.append(("keep", plain.C, False))
        elif option == "cook":
            flags = flag_influential(plain.Y, plain.V, plain.C, influence)
            masks.append(("without influential", plain.C * ~flags, True))
        else:
            for j, name in enumerate(samples):
                C = plain.C.copy()
                C[:, j] = 0.0
                masks.append((f"without {name}", C, False))
    times = len(masks)
    source = np.array([np.where(found, np.arange(plain.size), -1) for _, _, found in masks])
    tables = Tables(
        np.repeat(plain.Y, times, axis=0),
        np.repeat(plain.V, times, axis=0),
        np.stack([C for _, C, _ in masks], axis=1).reshape(-1, plain.Y.shape[1]),
        np.repeat(plain.measure, times),
        np.where(source >= 0, source * times, -1).T.ravel(),
    )
    which = np.tile(np.arange(times), plain.size)
    return (
        tables,
        np.column_stack([np.repeat(taken, times, axis=0), which]),
        tuple(name for name, _, _ in masks),
    )


def _twins(tables: Tables) -> Int:
    """The first table with the same effects and measure."""
    content = np.column_stack([tables.Y * tables.C, tables.V * tables.C, tables.C, tables.measure])
    _, first, back = np.unique(content, axis=0, return_index=True, return_inverse=True)
    return np.asarray(first[back.ravel()], dtype=np.intp)


def spelled_options(choices: Choices, built: Built) -> Mapping[str, tuple[Scalar, ...]]:
    """The options of every choice as they are counted: ``each`` has become one option a sample."""
    found: dict[str, tuple[Scalar, ...]] = {name: choices.options_of(name) for name in built.names[:-1]}
    return {**found, "influential": built.influential}
