"""Columns of a sheet → fields of a study file: which, by whose decision, and what has no field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rupmeta.errors import UsageError
from rupmeta.read.schema_faults import nearest
from rupmeta.start.cells import MISSING
from rupmeta.start.dialects import DIALECTS, Dialect, plain_name, recognise
from rupmeta.start.mapping import Mapped
from rupmeta.start.places import Place, find_place, place_named
from rupmeta.start.sheets import Sheet

__all__ = ["Plan", "moderator_name", "plan_columns"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Column → field; ``free`` columns become moderators under the name given; ``skipped`` were left out by
    the mapping; ``refused`` says why a column with the name of a field is free all the same."""

    dialect: Dialect
    placed: Mapping[str, Place]
    free: Mapping[str, str]
    skipped: tuple[str, ...]
    said: frozenset[str]
    refused: Mapping[str, str]


def plan_columns(sheet: Sheet, mapped: Mapped) -> Plan:
    """Decide on every column: the mapping's word first, then the name of a field, then what a known program
    calls it; a column whose values its field cannot take, and any other, is kept as a moderator.

    ``UsageError`` for a column of the mapping that the sheet does not have, and for a dialect that is not
    known.
    """
    names = {dialect.name for dialect in DIALECTS}
    if mapped.dialect is not None and mapped.dialect not in names:
        raise UsageError(f"--as {mapped.dialect} is not known; choose from {', '.join(sorted(names))}")
    for column in (*mapped.columns, *mapped.values):
        if column not in sheet.columns:
            meant = nearest(column, sheet.columns)
            advice = f"did you mean {meant}?" if meant else f"it has {', '.join(sheet.columns)}"
            raise UsageError(
                f"the mapping names a column {column}, which {sheet.name} does not have; {advice}"
            )
    dialect = recognise(sheet.columns, mapped.dialect)
    placed: dict[str, Place] = {}
    free: dict[str, str] = {}
    refused: dict[str, str] = {}
    skipped = tuple(column for column, name in mapped.columns.items() if name is None)
    skipped += tuple(column for column in sheet.columns[:1] if _are_row_names(sheet, column))
    taken = {name for name in mapped.columns.values() if name is not None}
    for column in sheet.columns:
        if column in skipped:
            continue
        place = _placed(column, dialect, mapped)
        if place is None:
            free[column] = moderator_name(column, free.values())
        elif column not in mapped.columns and place.name in taken:
            free[column] = moderator_name(column, free.values())
            refused[column] = f"{place.name} is filled from another column"
        elif column not in mapped.columns and (why := _does_not_fit(sheet, column, place, mapped)):
            free[column] = moderator_name(column, free.values())
            refused[column] = why
        else:
            placed[column] = place
            taken.add(place.name)
    return Plan(dialect, placed, free, skipped, frozenset(mapped.columns), refused)


def _are_row_names(sheet: Sheet, column: str) -> bool:
    """Whether a first column without a name only counts the rows, as R and pandas write it."""
    counted = [row.cells[column].strip() for row in sheet.rows]
    return column == "column 1" and any(
        counted == [str(i) for i in range(start, start + len(counted))] for start in (0, 1)
    )


def _placed(column: str, dialect: Dialect, mapped: Mapped) -> Place | None:
    name = mapped.columns.get(column)
    if name is not None:
        return place_named(name)
    bare = column.strip()
    known = dialect.columns.get(plain_name(column))
    if known is not None and (bare not in ("d", "comparison") or "." in bare or known != bare):
        return find_place(known)
    return find_place(bare) if bare != "study" else find_place("study")


def _does_not_fit(sheet: Sheet, column: str, place: Place, mapped: Mapped) -> str | None:
    """Why a field that takes only some words cannot take this column: by its first value that is none.

    Numbers that do not fit are told one by one, with their rows.
    """
    if place.level == "route" or place.name in ("study", "effect"):
        return None
    values = mapped.values.get(column, {})
    for row in sheet.rows:
        text = row.cells[column].strip()
        text = values.get(text, text)
        if text in MISSING or text in mapped.missing:
            continue
        try:
            place.read(text, sheet.decimal)
        except ValueError as error:
            return str(error)
    return None


def moderator_name(column: str, taken: Iterable[str] = ()) -> str:
    """A column's name as the key of a moderator.

    >>> moderator_name("Mean age (years)")
    'Mean_age_years'
    """
    name = re.sub(r"[^\w.-]+", "_", column.strip()).strip("_.-") or "column"
    others = set(taken)
    return next(n for n in (name, *(f"{name}_{i}" for i in range(2, 10_000))) if n not in others)
