"""All that the study files hold as one long table: a row for every route, a column for every field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from rupmeta.read.folder import StudyFile
from rupmeta.read.study import Effect, Reported, Study
from rupmeta.read.yaml_files import KeyPath, parse_scalar
from rupmeta.render.exports.kinds import Exported, Request
from rupmeta.render.exports.sheets import sheet_bytes
from rupmeta.results import Note
from rupmeta.start.cells import MISSING
from rupmeta.start.yaml_text import Printed

__all__ = ["export_studies", "study_rows"]


def export_studies(request: Request) -> Exported:
    """The long table; ``rupmeta import`` makes the same study files of it."""
    files = request.folder.studies
    rows = [row for file in files for row in study_rows(file)]
    present = {name for row in rows for name in row}
    columns = [*(name for name in _known_columns() if name in present)]
    columns += sorted(present - set(columns))
    data = sheet_bytes(columns, rows, request.suffix, sep=request.sep, decimal=request.decimal)
    notes = tuple(
        Note("EXPORT", f"{file.id}: session ratings stay in {route.sessions}; copy that file too", file.path)
        for file in files
        for effect in file.study.effects
        for route in effect.reported
        if route.sessions is not None
    )
    return Exported(data, notes=notes)


def study_rows(file: StudyFile) -> Iterator[dict[str, Any]]:
    """The rows of one study: its own fields in each, those of the effect in the rows of its routes."""
    own = {"study": file.id, **_fields(file.study, (), file, skip=("effects",))}
    if not file.study.effects:
        yield own
    for i, effect in enumerate(file.study.effects):
        about = _fields(effect, ("effects", i), file, skip=("reported",))
        about = {("effect" if name == "id" else _effect_column(name)): value for name, value in about.items()}
        routes: list[Reported | None] = [*effect.reported] or [None]
        for j, route in enumerate(routes):
            printed = {} if route is None else _route(route, ("effects", i, "reported", j), file)
            yield {**own, **about, **printed}


def _effect_column(name: str) -> str:
    """Fields that studies have too are told apart."""
    return f"effect.{name}" if name.split(".")[0] in ("moderators", "note", "accept", "status") else name


def _fields(record: BaseModel, key: KeyPath, file: StudyFile, *, skip: Sequence[str] = ()) -> dict[str, Any]:
    """Dotted name → value of everything that the file states."""
    found: dict[str, Any] = {}
    for name in type(record).model_fields:
        value = getattr(record, name)
        if name in skip or value is None or name not in record.model_fields_set:
            continue
        found.update(_leaves(name, value, (*key, name), file))
    return found


def _leaves(name: str, value: Any, key: KeyPath, file: StudyFile) -> Iterator[tuple[str, Any]]:
    if isinstance(value, BaseModel):
        for inner, item in _fields(value, key, file).items():
            yield f"{name}.{inner}", item
    elif isinstance(value, Mapping):
        for inner, item in value.items():
            yield from _leaves(f"{name}.{inner}", item, (*key, inner), file)
    elif isinstance(value, list):
        yield name, list_cell([str(item) for item in value])
    elif value is not None:
        yield name, _as_printed(value, key, file)


def _route(route: Reported, key: KeyPath, file: StudyFile) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in route.keys_given():
        value = getattr(route, name)
        if isinstance(value, list):
            found[f"reported.{name}"] = tuple(
                _as_printed(item, (*key, name, j), file) for j, item in enumerate(value)
            )
        elif isinstance(value, Mapping):
            found[f"reported.{name}"] = json.dumps(value, ensure_ascii=False)
        else:
            found[f"reported.{name}"] = _as_printed(value, (*key, name), file)
    return found


def list_cell(items: Sequence[str]) -> str:
    """Several texts in one cell: semicolons between them, or JSON where one of them has a semicolon."""
    plain = not any(";" in item or item != item.strip() for item in items) and not items[0].startswith("[")
    return "; ".join(items) if plain else json.dumps(list(items), ensure_ascii=False)


def _as_printed(value: Any, key: KeyPath, file: StudyFile) -> Any:
    """A number in the digits of the file: .30 says more than .3; text that looks like one in quotes."""
    if isinstance(value, str):
        doubtful = (
            not isinstance(parse_scalar(value), str) or value != value.strip() or value[:1] in ('"', "[")
        )
        return json.dumps(value, ensure_ascii=False) if doubtful or value in MISSING else value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    text = file.printed(key)
    return value if text is None else Printed(text.removeprefix("+"))


def _known_columns() -> list[str]:
    """Columns in the order of the format."""
    return ["study", *_columns(Study), "effect", *(_effect_column(name) for name in _columns(Effect))] + [
        f"reported.{name}" for name in Reported.model_fields
    ]


def _columns(record: type[BaseModel]) -> list[str]:
    from rupmeta.read.salvage import record_type

    found = []
    for name, field in record.model_fields.items():
        inner, is_list = record_type(field.annotation)
        if (is_list and inner is not None) or name == "id":
            continue
        found += [name] if inner is None else [name, *(f"{name}.{leaf}" for leaf in _columns_of(inner))]
    return found


def _columns_of(record: type[BaseModel]) -> list[str]:
    return ["id", *_columns(record)] if "id" in record.model_fields else _columns(record)
