"""Study files in the making: values with the cell that each came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rupmeta.read.study import Citation, Effect, Outcome, Reported, Study
from rupmeta.read.yaml_files import KeyPath
from rupmeta.start.yaml_text import mapping_text

__all__ = ["Cell", "Draft", "DraftEffect", "Finding", "Loose", "row_words"]


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a value came from: row, column and what stood there."""

    row: int
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a row cannot become a study, or a part of it: ``rows`` of the file, and the column if it is one."""

    rows: tuple[int, ...]
    column: str | None
    value: str | None
    message: str

    def text(self, name: str) -> str:
        """``dat.csv: row 7, column r: 1.4 is not a correlation``."""
        column = "" if self.column is None else f", column {self.column}"
        return f"{name}: {row_words(self.rows)}{column}: {self.message}"


def row_words(rows: tuple[int, ...]) -> str:
    """``row 3``, ``rows 2-5, 9``."""
    if len(set(rows)) == 1:
        return f"row {rows[0]}"
    parts: list[list[int]] = []
    for row in sorted(set(rows)):
        if parts and row == parts[-1][-1] + 1:
            parts[-1].append(row)
        else:
            parts.append([row])
    return "rows " + ", ".join(str(part[0]) if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in parts)


@dataclass(frozen=True, slots=True)
class Loose:
    """A value that has no field, and where it is kept."""

    row: int
    column: str
    value: str
    kept: str
    message: str


@dataclass(slots=True)
class DraftEffect:
    """One effect: its fields, and its routes."""

    values: dict[str, Any] = field(default_factory=dict)
    cells: dict[tuple[str, ...], Cell] = field(default_factory=dict)
    routes: list[tuple[dict[str, Any], dict[str, Cell]]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """One study: its id, its fields, its effects, and the rows that made it."""

    id: str
    values: dict[str, Any] = field(default_factory=dict)
    cells: dict[tuple[str, ...], Cell] = field(default_factory=dict)
    effects: list[DraftEffect] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    def body(self) -> dict[str, Any]:
        """The study as a mapping, keys in the order of the format."""
        effects = [
            {
                **effect.values,
                "reported": [_ordered(route, list(Reported.model_fields)) for route, _ in effect.routes],
            }
            for effect in self.effects
        ]
        made = [
            {
                key: _ordered(value, list(Outcome.model_fields)) if key == "outcome" else value
                for key, value in _ordered(effect, list(Effect.model_fields)).items()
            }
            for effect in effects
        ]
        values = dict(self.values)
        if isinstance(values.get("citation"), Mapping):
            values["citation"] = _ordered(values["citation"], list(Citation.model_fields))
        return _ordered({**values, "effects": made}, list(Study.model_fields))

    def text(self, head: str) -> str:
        """The study file."""
        return head + mapping_text(self.body())

    def cell_at(self, key: KeyPath) -> Cell | None:
        """The cell behind a key path of the file; that of the nearest parent when it has none."""
        for path in _shrinking(key):
            found = self._cell(path)
            if found is not None:
                return found
        return None

    def _cell(self, path: KeyPath) -> Cell | None:
        if (
            len(path) >= 2
            and path[0] == "effects"
            and isinstance(path[1], int)
            and path[1] < len(self.effects)
        ):
            effect = self.effects[path[1]]
            if len(path) >= 4 and path[2] == "reported" and isinstance(path[3], int):
                _, cells = effect.routes[path[3]]
                return cells.get(str(path[4])) if len(path) > 4 else next(iter(cells.values()), None)
            return effect.cells.get(tuple(map(str, path[2:])))
        return self.cells.get(tuple(map(str, path)))

    def rows_at(self, key: KeyPath) -> tuple[int, ...]:
        """The rows behind a key path."""
        if len(key) >= 2 and key[0] == "effects" and isinstance(key[1], int) and key[1] < len(self.effects):
            return tuple(self.effects[key[1]].rows)
        return tuple(self.rows)


def _shrinking(key: KeyPath) -> Iterator[KeyPath]:
    for length in range(len(key), 0, -1):
        yield key[:length]


def _ordered(values: Mapping[str, Any], order: list[str]) -> dict[str, Any]:
    known = [key for key in order if key in values]
    return {key: values[key] for key in [*known, *(key for key in values if key not in order)]}
