"""A record from a file with faults: its sound values, so that later rules speak of them in the same run."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from rupmeta.read.study import Reported, Study
from rupmeta.read.yaml_files import KeyPath

__all__ = ["record_type", "salvage", "without_routes"]

Record = TypeVar("Record", bound=BaseModel)


def salvage(values: Any, model: type[Record], bad: Collection[KeyPath], path: KeyPath = ()) -> Record:
    """``model`` with the values that are at no ``bad`` path, unvalidated; the rest is default or None.

    Only rules that ask "and is it there?" may look at such a record: required fields can be None.
    """
    given = values if isinstance(values, dict) else {}
    fields: dict[str, Any] = {}
    for name, (annotation, record, many, required, default) in _shapes(model).items():
        here = (*path, name)
        value = given.get(name)
        if value is not None and here not in bad:
            fields[name] = _value(value, annotation, record, many, bad, here)
        elif not required:
            fields[name] = default()
        else:
            fields[name] = None if record is None else [] if many else salvage({}, record, bad, here)
    return model.model_construct(set(given) & set(fields), **fields)


_Shape = tuple[Any, type[BaseModel] | None, bool, bool, Callable[[], Any]]


@cache
def _shapes(model: type[BaseModel]) -> dict[str, _Shape]:
    """Of every field: its annotation, the record in it, whether that is a list, whether it is required, and
    what makes its default."""
    return {name: _shape(field) for name, field in model.model_fields.items()}


def _shape(field: FieldInfo) -> _Shape:
    factory, default = field.default_factory, field.default
    make = cast(Callable[[], Any], factory) if factory is not None else lambda: default
    return field.annotation, *record_type(field.annotation), field.is_required(), make


def _value(
    value: Any,
    annotation: Any,
    record: type[BaseModel] | None,
    many: bool,
    bad: Collection[KeyPath],
    path: KeyPath,
) -> Any:
    if many and isinstance(value, list):
        if record is not None:
            return [salvage(item, record, bad, (*path, i)) for i, item in enumerate(value)]
        # one limit of an interval says nothing: a list with a fault in it is left out
        return None if any((*path, i) in bad for i in range(len(value))) else value
    if isinstance(value, dict):
        if record is not None:
            keyed = get_origin(annotation) is dict
            if keyed:
                return {
                    k: salvage(v, record, bad, (*path, k)) for k, v in value.items() if (*path, k) not in bad
                }
            return salvage(value, record, bad, path)
        return {k: v for k, v in value.items() if (*path, k) not in bad}
    return value


def without_routes(study: Study, keys: Collection[KeyPath]) -> Study:
    """``study`` with an empty route wherever one of ``keys`` lies in ``effects[i].reported[j]``."""
    effects = list(study.effects)
    for key in keys:
        if len(key) < 4 or key[0] != "effects" or key[2] != "reported":
            continue
        i, j = int(key[1]), int(key[3])
        reported = list(effects[i].reported)
        reported[j] = Reported()
        effects[i] = effects[i].model_copy(update={"reported": reported})
    return study.model_copy(update={"effects": effects})


def record_type(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The record inside an annotation (``list[Effect]``, ``str | Citation``), and whether it is a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is list:
        return record_type(args[0])[0], True
    if origin is dict:
        return record_type(args[1])[0], False
    if origin in (Union, UnionType) or args:
        found = [record_type(arg) for arg in args]
        record = next((record for record, _ in found if record is not None), None)
        return record, any(many for _, many in found)
    return None, False
