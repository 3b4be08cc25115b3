"""From moderators to the columns of a meta-regression."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations, product

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects, Scalar
from rupmeta.explore.factors import Factor, Values, fit_factor, level_name
from rupmeta.explore.formula import Formula, Source
from rupmeta.results import Note

__all__ = ["Design", "Term", "as_formula", "build_design", "level_name", "list_levels", "parse_moderator"]

Float = NDArray[np.float64]

#: The natural order of levels that the field's vocabulary has; others are listed alphabetically.
VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "phase": ("early", "middle", "late", "whole"),
    "therapists.experience": ("trainee", "mixed", "experienced"),
    "comparison": ("unrepaired-rupture", "no-rupture", "continuous", "untrained"),
}


@dataclass(frozen=True, slots=True)
class Term:
    """A moderator in the model, or the interaction of several.

    ``levels`` None for a number (and for an interaction), else in treatment-coding order (reference first).
    ``variables``: the moderators in it.
    """

    name: str
    levels: tuple[str, ...] | None
    columns: tuple[int, ...]
    variables: tuple[str, ...] = ()
    interaction: bool = False


@dataclass(frozen=True)
class Design:
    """``X`` shape (k, p), first column 1, for the effects that have every moderator.

    ``kept``: their indices in the effects given, ``values`` their moderators. ``names``: ``intercept``,
    ``meanage``, ``phase[late]``, ``phase[late]:meanage``. ``factors`` and ``blocks`` rebuild the columns for
    other values.
    """

    formula: str
    X: Float
    names: tuple[str, ...]
    terms: tuple[Term, ...]
    kept: tuple[int, ...]
    notes: tuple[Note, ...]
    values: Mapping[str, tuple[Scalar, ...]]
    factors: tuple[Factor, ...]
    blocks: tuple[tuple[int, ...], ...]

    def matrix(self, values: Values) -> Float:
        """The columns of the model at other ``values`` of its moderators, shape (m, p)."""
        size = len(next(iter(values.values())))
        columns = [factor.columns(values) for factor in self.factors]
        return np.column_stack([np.ones(size), *(_multiply([columns[i] for i in b]) for b in self.blocks)])


def parse_moderator(text: str) -> tuple[str, bool]:
    """``"C(quality)"`` → ("quality", True): the name, and whether it is to be taken as categories."""
    match = re.fullmatch(r"\s*C\(\s*(.+?)\s*\)\s*", text)
    return (match[1], True) if match else (text.strip(), False)


def as_formula(moderators: Sequence[str]) -> Formula:
    """The model with one term for each moderator; ``C(name)`` takes a number as categories."""
    sources = []
    for text in dict.fromkeys(moderators):
        name, category = parse_moderator(text)
        sources.append(Source(f"C({name})" if category else name, (name,), category))
    formula = "~ " + " + ".join(moderators)
    return Formula(formula, tuple((i,) for i in range(len(sources))), tuple(sources))


def list_levels(name: str, values: Sequence[Scalar]) -> tuple[str, ...]:
    """The levels that occur, in the natural order of the vocabulary, else alphabetically."""
    found = {level_name(value) for value in values if value is not None}
    order = VOCABULARY.get(name, ())
    return tuple(
        sorted(found, key=lambda level: (order.index(level) if level in order else len(order), level))
    )


def build_design(
    effects: Effects, model: Formula | Sequence[str], *, reference: Mapping[str, str] | None = None
) -> Design:
    """Treatment-code categories (reference: ``reference[name]``, else the first alphabetically), keep
    numbers, multiply the columns of interactions.

    An effect without a value of any moderator leaves the model, and a note says so (DROP). Raises
    ``ValueError`` with a sentence for the user when a reference is no level, or belongs to no category.
    """
    formula = model if isinstance(model, Formula) else as_formula(model)
    reference = reference or {}
    values = {name: effects.moderator(name) for name in formula.variables}
    kept = tuple(i for i in range(effects.k) if all(column[i] is not None for column in values.values()))
    present = {name: tuple(column[i] for i in kept) for name, column in values.items()}
    factors = tuple(fit_factor(source, present, reference) for source in formula.sources)
    _check_references(reference, factors)
    terms, blocks, names = _lay_out(formula, factors)
    design = Design(
        formula=formula.text,
        X=np.empty((0, 1)),
        names=names,
        terms=terms,
        kept=kept,
        notes=(*_dropped(effects, formula, values, kept), *_remarks(formula, factors, present)),
        values=present,
        factors=factors,
        blocks=blocks,
    )
    X = design.matrix(present) if kept else np.empty((0, len(names)))
    return replace(design, X=X)


def _lay_out(
    formula: Formula, factors: Sequence[Factor]
) -> tuple[tuple[Term, ...], tuple[tuple[int, ...], ...], tuple[str, ...]]:
    """Terms, the products of factors that make their columns, and the names of all columns.

    A term a:b stands for a full set of cells. It is written as all products of some of its categories that
    no earlier term has brought, so that the columns are never redundant and categories always
    treatment-coded.
    """
    seen: set[frozenset[int]] = {frozenset()}
    terms, blocks, names = [], [], ["intercept"]
    for indices in formula.terms:
        numbers = [i for i in indices if factors[i].levels is None]
        categories = [i for i in indices if factors[i].levels is not None]
        start = len(names)
        subsets = chain.from_iterable(combinations(categories, n) for n in range(len(categories) + 1))
        for subset in subsets:
            key = frozenset((*numbers, *subset))
            if key in seen:
                continue
            seen.add(key)
            block = tuple(i for i in indices if i in key)
            blocks.append(block)
            names += [":".join(labels) for labels in product(*(factors[i].labels for i in block))]
        name = ":".join(factors[i].text for i in indices)
        levels = factors[indices[0]].levels if len(indices) == 1 else None
        variables = tuple(dict.fromkeys(v for i in indices for v in factors[i].variables))
        if len(indices) == 1 and factors[indices[0]].text in (variables[0], f"C({variables[0]})"):
            name = variables[0]
        columns = tuple(range(start, len(names)))
        terms.append(Term(name, levels, columns, variables, interaction=len(indices) > 1))
    return tuple(terms), tuple(blocks), tuple(names)


def _multiply(columns: Sequence[Float]) -> Float:
    """All products of one column of each, in the order of ``itertools.product``; shape (k, c1·c2…)."""
    result = columns[0]
    for more in columns[1:]:
        result = (result[:, :, None] * more[:, None, :]).reshape(len(result), -1)
    return result


def _check_references(reference: Mapping[str, str], factors: Sequence[Factor]) -> None:
    categories = {factor.variables[0] for factor in factors if factor.levels is not None}
    for name in reference:
        if name not in categories:
            there = (
                f"the categories are {', '.join(sorted(categories))}"
                if categories
                else "there is no category"
            )
            raise ValueError(f"{name} is no category of this model; {there}")


def _dropped(effects: Effects, formula: Formula, values: Values, kept: Sequence[int]) -> tuple[Note, ...]:
    notes = []
    for i in sorted(set(range(effects.k)) - set(kept)):
        absent = " or ".join(name for name in values if values[name][i] is None)
        row = effects.rows[i]
        text = f"leaves {formula.text.removeprefix('~ ')}: no {absent} given"
        notes.append(Note("DROP", text, f"{row.study}/{row.effect}"))
    return tuple(notes)


def _remarks(formula: Formula, factors: Sequence[Factor], present: Values) -> list[Note]:
    notes = []
    for source, factor in zip(formula.sources, factors, strict=True):
        name = factor.variables[0]
        if factor.levels is not None:
            notes += _lonely_levels(name, factor.levels, [level_name(value) for value in present[name]])
        elif source.tree is None:
            notes += _looks_categorical(name, [float(value) for value in present[name] if value is not None])
    if any(len(term) > 1 for term in formula.terms):
        text = (
            "with an interaction in the model, the coefficient of a moderator is its slope where the other "
            "is 0 or at its reference level; center(x) moves that point"
        )
        notes.append(Note("INTERACTION", text))
    return notes


def _looks_categorical(name: str, numbers: Sequence[float]) -> list[Note]:
    distinct = set(numbers)
    if len(distinct) > 6 or not all(number.is_integer() for number in distinct):
        return []
    message = f"{name} has {len(distinct)} whole values and is used as a number; categories? write C({name})"
    return [Note("CATNUM", message, None, "warning")]


def _lonely_levels(name: str, levels: Sequence[str], texts: Sequence[str]) -> list[Note]:
    small = [(level, texts.count(level)) for level in levels if texts.count(level) < 5]
    if not small:
        return []
    counts = ", ".join(f"{level} (k = {count})" for level, count in small)
    return [Note("K-MOD", f"few effects in {counts}: their estimates are uncertain", name, "warning")]
