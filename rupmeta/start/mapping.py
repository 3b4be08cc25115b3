"""A mapping file: what the columns of one's own sheet mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rupmeta.errors import UsageError
from rupmeta.read.schema_faults import nearest
from rupmeta.read.yaml_files import load_yaml, parse_scalar
from rupmeta.start.places import place_named

__all__ = ["Mapped", "read_mapping", "with_pairs"]

_KEYS = ("columns", "values", "set", "sheet", "sep", "decimal", "encoding", "missing", "as")


@dataclass(frozen=True, slots=True)
class Mapped:
    """Columns → fields (None: left out on purpose), values → values of the format, fields of every row, and
    how the sheet is read."""

    columns: Mapping[str, str | None] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    sheet: str | None = None
    sep: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    dialect: str | None = None


def read_mapping(path: Path) -> Mapped:
    """Read a mapping file; ``UsageError`` names the line of the first thing that is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--mapping {path.as_posix()} cannot be read: {error}") from error
    tree = load_yaml(text)
    errors = [fault for fault in tree.faults if fault.severity == "error"]
    if errors or tree.root is None or not isinstance(tree.root.value, dict):
        said = (
            f"{errors[0].line}: {errors[0].message}" if errors else "1: a mapping has keys such as columns:"
        )
        raise UsageError(f"{path.as_posix()}:{said}")
    body: dict[str, Any] = tree.root.value
    for key in body:
        if key not in _KEYS:
            meant = nearest(key, _KEYS)
            advice = f"did you mean {meant}?" if meant else f"known are {', '.join(_KEYS)}"
            raise UsageError(
                f"{path.as_posix()}:{tree.locate((key,)).key_line}: {key} is not known; {advice}"
            )
    columns = _mapping(body, "columns", path)
    for column, name in columns.items():
        if name is not None:
            try:
                place_named(str(name))
            except UsageError as error:
                line = tree.locate(("columns", column)).line
                raise UsageError(f"{path.as_posix()}:{line}: columns.{column}: {error}") from None
    values = {
        column: _mapping({column: inner}, column, path)
        for column, inner in _mapping(body, "values", path).items()
    }
    missing = body.get("missing") or []
    return Mapped(
        columns={column: None if name is None else str(name) for column, name in columns.items()},
        values={
            column: {key: _text(value) for key, value in inner.items()} for column, inner in values.items()
        },
        constants=_constants(_mapping(body, "set", path)),
        missing=frozenset(str(item) for item in (missing if isinstance(missing, list) else [missing])),
        sheet=_text(body["sheet"]) if body.get("sheet") is not None else None,
        sep=body.get("sep"),
        decimal=body.get("decimal"),
        encoding=body.get("encoding"),
        dialect=body.get("as"),
    )


def _mapping(body: Mapping[str, Any], key: str, path: Path) -> Mapping[str, Any]:
    value = body.get(key) or {}
    if not isinstance(value, dict):
        raise UsageError(f"{path.as_posix()}: {key} is a mapping, such as {key}: {{N: reported.n}}")
    return value


def _constants(given: Mapping[str, Any]) -> dict[str, str]:
    for name in given:
        place_named(name)
    return {name: _text(value) for name, value in given.items() if value is not None}


def _text(value: Any) -> str:
    """A value of YAML as a cell would hold it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(_text(item) for item in value)
    if isinstance(value, str) and not isinstance(parse_scalar(value), str):
        return f'"{value}"'
    return repr(value) if isinstance(value, float) else str(value)


def with_pairs(
    mapped: Mapped, columns: Sequence[tuple[str, str]], constants: Sequence[tuple[str, str]]
) -> Mapped:
    """The mapping with ``--map`` and ``--set`` on top; ``--map COLUMN=null`` leaves a column out."""
    for _, name in columns:
        if name != "null":
            place_named(name)
    for name, _ in constants:
        place_named(name)
    more = {column: None if name == "null" else name for column, name in columns}
    return replace(
        mapped, columns={**mapped.columns, **more}, constants={**mapped.constants, **dict(constants)}
    )
