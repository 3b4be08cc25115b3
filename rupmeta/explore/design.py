"""From moderators to the columns of a meta-regression."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects, Scalar
from rupmeta.results import Note

__all__ = ["Design", "Term", "build_design", "level_name", "parse_moderator"]

#: The natural order of levels that the field's vocabulary has; others are listed alphabetically.
VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "phase": ("early", "middle", "late", "whole"),
    "therapists.experience": ("trainee", "mixed", "experienced"),
    "comparison": ("unrepaired-rupture", "no-rupture", "continuous", "untrained"),
}


@dataclass(frozen=True, slots=True)
class Term:
    """A moderator in the model: ``levels`` None for a number, else in treatment-coding order (reference
    first).
    """

    name: str
    levels: tuple[str, ...] | None
    columns: tuple[int, ...]


@dataclass(frozen=True)
class Design:
    """``X`` shape (k, p), first column 1, for the effects that have every moderator.

    ``kept``: their indices in the effects given. ``names``: ``intercept``, ``meanage``, ``phase[late]``.
    """

    formula: str
    X: NDArray[np.float64]
    names: tuple[str, ...]
    terms: tuple[Term, ...]
    kept: tuple[int, ...]
    notes: tuple[Note, ...]


def parse_moderator(text: str) -> tuple[str, bool]:
    """``"C(quality)"`` → ("quality", True): the name, and whether it is to be taken as categories."""
    match = re.fullmatch(r"\s*C\(\s*(.+?)\s*\)\s*", text)
    return (match[1], True) if match else (text.strip(), False)


def level_name(value: Scalar) -> str:
    """A level as it is written in the files: true and false as words, whole numbers without a point."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def is_numeric(values: Sequence[Scalar]) -> bool:
    """Whether every value that is there is a number (true and false are categories)."""
    present = [value for value in values if value is not None]
    return bool(present) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in present)


def list_levels(name: str, values: Sequence[Scalar]) -> tuple[str, ...]:
    """The levels that occur, in the natural order of the vocabulary, else alphabetically."""
    found = {level_name(value) for value in values if value is not None}
    order = VOCABULARY.get(name, ())
    return tuple(
        sorted(found, key=lambda level: (order.index(level) if level in order else len(order), level))
    )


def build_design(
    effects: Effects, moderators: Sequence[str], *, reference: Mapping[str, str] | None = None
) -> Design:
    """Treatment-code categories (reference: ``reference[name]``, else the first alphabetically), keep
    numbers.

    An effect without a value of any moderator leaves the model, and a note says so (DROP). Raises
    ``ValueError`` with a sentence for the user when a reference is no level, or a moderator has no value
    anywhere.
    """
    reference = reference or {}
    parsed = [parse_moderator(text) for text in moderators]
    values = {name: effects.moderator(name) for name, _ in parsed}
    kept = tuple(i for i in range(effects.k) if all(values[name][i] is not None for name, _ in parsed))
    notes = []
    for i in sorted(set(range(effects.k)) - set(kept)):
        absent = " or ".join(name for name, _ in parsed if values[name][i] is None)
        row = effects.rows[i]
        notes.append(
            Note("DROP", f"leaves {' + '.join(moderators)}: no {absent} given", f"{row.study}/{row.effect}")
        )
    columns = [np.ones(len(kept))]
    names = ["intercept"]
    terms = []
    for name, as_categories in parsed:
        present = [values[name][i] for i in kept]
        start = len(columns)
        if is_numeric(present) and not as_categories:
            numbers = [float(value) for value in present if value is not None]
            columns.append(np.array(numbers))
            names.append(name)
            terms.append(Term(name, None, (start,)))
            notes += _looks_categorical(name, numbers)
        else:
            levels = _code_levels(name, present, reference.get(name))
            texts = [level_name(value) for value in present]
            columns += [np.array([float(text == level) for text in texts]) for level in levels[1:]]
            names += [f"{name}[{level}]" for level in levels[1:]]
            terms.append(Term(name, levels, tuple(range(start, len(columns)))))
            notes += _lonely_levels(name, levels, texts)
    formula = "~ " + " + ".join(moderators)
    return Design(
        formula,
        np.column_stack(columns) if kept else np.empty((0, 1)),
        tuple(names),
        tuple(terms),
        kept,
        tuple(notes),
    )


def _code_levels(name: str, present: Sequence[Scalar], reference: str | None) -> tuple[str, ...]:
    levels = sorted({level_name(value) for value in present})
    if reference is None:
        return tuple(levels)
    if reference not in levels:
        raise ValueError(f"{reference} is not a level of {name}; it has {', '.join(levels) or 'no value'}")
    return (reference, *(level for level in levels if level != reference))


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
