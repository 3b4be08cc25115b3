"""Where a cell can go: every field of a study file by its dotted name, and what it takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from rupmeta.errors import UsageError
from rupmeta.read.salvage import record_type
from rupmeta.read.schema_faults import nearest
from rupmeta.read.study import Citation, Effect, Reported, Study
from rupmeta.start.cells import cell_value, list_value, number_fault, number_of
from rupmeta.start.yaml_text import Printed

__all__ = ["Level", "Place", "find_place", "known_places"]

Level = Literal["study", "effect", "route"]

#: Parts of an effect that studies have too; their columns begin with ``effect.``.
_SHARED = ("moderators", "note", "accept", "status")


@dataclass(frozen=True, slots=True)
class Place:
    """A field: its dotted name, whether study, effect or route has it, and the path inside that record.

    ``read`` makes its value of a cell, and raises ``ValueError`` with a sentence when it cannot. ``route``
    counts the routes of a row, from 1; 0 leaves that open.
    """

    name: str
    level: Level
    path: tuple[str, ...]
    read: Callable[[str, str], Any]
    route: int = 0


@cache
def known_places() -> Mapping[str, Place]:
    """Every field that has a name of its own; those of mappings (moderators …) are made when asked."""
    found: dict[str, Place] = {
        "study": Place("study", "study", (), _text),
        "effect": Place("effect", "effect", ("id",), _text),
        "citation": Place("citation", "study", ("citation",), _text),
    }
    found.update(_fields(Study, (), "study", skip=("effects", "citation")))
    found.update(_fields(Citation, ("citation",), "study"))
    for name, place in _fields(Effect, (), "effect", skip=("id", "reported")):
        shown = f"effect.{name}" if name in _SHARED else name
        found[shown] = Place(shown, "effect", place.path, place.read)
    for name, field in Reported.model_fields.items():
        shown = f"reported.{name}"
        found[shown] = Place(shown, "route", (name,), _reader(field.annotation))
    return found


def _fields(
    record: type[BaseModel], path: tuple[str, ...], level: Level, *, skip: tuple[str, ...] = ()
) -> list[tuple[str, Place]]:
    found: list[tuple[str, Place]] = []
    for name, field in record.model_fields.items():
        if name in skip or _is_mapping(field.annotation):
            continue
        here = (*path, name)
        inner = record_type(field.annotation)[0]
        if inner is not None:
            found += _fields(inner, here, level)
            continue
        shown = ".".join(here)
        found.append((shown, Place(shown, level, here, _reader(field.annotation))))
    return found


#: Mappings whose keys are free: prefix of the column → level and path.
_FREE: Mapping[str, tuple[Level, tuple[str, ...]]] = {
    "moderators.": ("study", ("moderators",)),
    "accept.": ("study", ("accept",)),
    "risk_of_bias.domains.": ("study", ("risk_of_bias", "domains")),
    "effect.moderators.": ("effect", ("moderators",)),
    "effect.accept.": ("effect", ("accept",)),
    "outcome_r.": ("effect", ("outcome_r",)),
}


def find_place(name: str) -> Place | None:
    """The field called ``name``; None when there is none.

    ``reported.ci.0`` and ``.1`` are the two limits, ``reported.2.t`` belongs to a second route of the row.
    """
    known = known_places().get(name)
    if known is not None:
        return known
    for prefix, (level, path) in _FREE.items():
        if name.startswith(prefix) and len(name) > len(prefix):
            read = _text if path[-1] in ("accept", "domains") else _scalar
            return Place(name, level, (*path, name.removeprefix(prefix)), read)
    if name.startswith("reported."):
        return _route_place(name)
    return None


def _route_place(name: str) -> Place | None:
    parts = name.split(".")[1:]
    route = 0
    if parts[0].isdigit() and len(parts) > 1:
        route, parts = int(parts[0]), parts[1:]
    known = known_places().get(f"reported.{parts[0]}")
    if known is None or len(parts) > 2:
        return None
    if len(parts) == 1:
        return Place(name, "route", known.path, known.read, route)
    if known.read is _limits and parts[1] in ("0", "1"):
        return Place(name, "route", (parts[0], parts[1]), _number, route)
    return None


def place_named(name: str) -> Place:
    """The field called ``name``; ``UsageError`` with the nearest one when there is none."""
    place = find_place(name)
    if place is None:
        meant = nearest(name, tuple(known_places()))
        advice = f"did you mean {meant}?" if meant else "such as reported.r, outcome.name, moderators.age"
        raise UsageError(f"a study file has no field {name}; {advice}")
    return place


def _is_mapping(annotation: Any) -> bool:
    return get_origin(annotation) is dict or any(get_origin(arg) is dict for arg in get_args(annotation))


def _reader(annotation: Any) -> Callable[[str, str], Any]:
    """How a cell becomes a value of this type; what does not fit is left to the reader to refuse."""
    choices = _choices(annotation)
    if choices and all(isinstance(choice, str) for choice in choices):
        return lambda text, _decimal: _choice(text, choices)
    types = _types(annotation)
    if list in types:
        return _limits if float in types else _list
    if dict in types:
        return _json
    if bool in types and str not in types:
        return _truth
    if str in types and (int in types or float in types):
        return _scalar
    if float in types:
        return _number
    if int in types or choices:
        return _whole
    return _text


def _types(annotation: Any) -> set[Any]:
    origin = get_origin(annotation)
    if origin in (list, dict):
        return {origin, *(t for arg in get_args(annotation) for t in _types(arg) if t is not dict)}
    if origin in (Union, UnionType):
        return {t for arg in get_args(annotation) for t in _types(arg)}
    if origin is not None and origin is not Literal:  # Annotated
        return _types(get_args(annotation)[0])
    return {annotation}


def _choices(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [choice for part in get_args(annotation) for choice in _choices(part)]


def _choice(text: str, choices: list[Any]) -> str:
    """``Peer reviewed`` → ``peer-reviewed``."""
    value = str(_text(text, "."))
    plain = "-".join(value.lower().replace("_", " ").replace("-", " ").split())
    if value in choices:
        return value
    if plain in choices:
        return plain
    raise ValueError(f"{value!r} is not one of {', '.join(map(str, choices))}")


def _text(text: str, decimal: str) -> str:
    value = cell_value(text, decimal)
    return value if type(value) is str else text.strip()


def _scalar(text: str, decimal: str) -> Any:
    return cell_value(text, decimal)


def _number(text: str, decimal: str) -> Any:
    number = number_of(text, decimal)
    if number is None:
        raise ValueError(number_fault(text, decimal))
    return number


def _whole(text: str, decimal: str) -> Any:
    """``55.0``, as some programs write whole numbers, is 55."""
    number = _number(text, decimal)
    whole, _, rest = number.partition(".")
    if "e" in number.lower() or rest.strip("0"):
        thousands = f"; if it is in thousands, write {whole}{rest}" if len(rest) == 3 else ""
        raise ValueError(f"{text.strip()!r} is not a whole number{thousands}")
    return Printed(whole or "0")


def _truth(text: str, _decimal: str) -> bool:
    word = text.strip().lower()
    if word in ("true", "yes", "1"):
        return True
    if word in ("false", "no", "0"):
        return False
    raise ValueError(f"{text.strip()!r} is neither true nor false")


def _list(text: str, _decimal: str) -> list[str]:
    return list_value(text)


def _limits(text: str, decimal: str) -> list[Any]:
    """``.10; .46`` or ``[.10, .46]``."""
    bare = text.strip().strip("[]()")
    parts = bare.split(";") if ";" in bare else bare.split("," if decimal == "." else " ")
    return [_number(part, decimal) for part in parts if part.strip()]


def _json(text: str, _decimal: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"{text.strip()!r} is no JSON: {error}") from error
