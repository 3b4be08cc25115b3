"""A record from a file with faults: its sound values, so that later rules speak of them in the same run."""

from __future__ import annotations

from collections.abc import Collection
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel

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
    for name, field in model.model_fields.items():
        here = (*path, name)
        value = given.get(name)
        if value is None or here in bad:
            fields[name] = field.get_default(call_default_factory=True) if not field.is_required() else None
            record, many = record_type(field.annotation)
            if field.is_required() and record is not None:
                fields[name] = [] if many else salvage({}, record, bad, here)
        else:
            fields[name] = _value(value, field.annotation, bad, here)
    return model.model_construct(set(given) & set(fields), **fields)


def _value(value: Any, annotation: Any, bad: Collection[KeyPath], path: KeyPath) -> Any:
    record, many = record_type(annotation)
    if many and isinstance(value, list):
        if record is not None:
            return [salvage(item, record, bad, (*path, i)) for i, item in enumerate(value)]
        return [None if (*path, i) in bad else item for i, item in enumerate(value)]
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
