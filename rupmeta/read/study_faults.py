"""What a study's values must satisfy together before any number is judged: routes with all their partners."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from rupmeta.read.documents import tree_of
from rupmeta.read.number_text import number_fault
from rupmeta.read.routes import LEADS, half_a_route, match_keys, what_is_missing, without_use
from rupmeta.read.schema_faults import split_number
from rupmeta.read.study import Study
from rupmeta.read.yaml_files import Fault, KeyPath

__all__ = ["study_faults"]

#: What may stand for p when it is text: a bound, or "not significant".
_P_EQUALS = re.compile(r"p?\s*([<>=]=?)\s*(\d*\.\d+)\s*\Z", re.IGNORECASE)
_BOUND = re.compile(r"\s*([<>]=?|[≤≥])\s*\d*\.?\d+\s*\Z|n\.?s\.?\Z")


def study_faults(study: Study, text: str, at_fault: Collection[KeyPath] = ()) -> tuple[Fault, ...]:
    """Faults of routes and of moderators' text; nothing below a key path that is ``at_fault`` already."""
    faults = _moderators(study.moderators, ("moderators",), text)
    for i, effect in enumerate(study.effects or []):
        here: KeyPath = ("effects", i)
        faults.extend(_moderators(effect.moderators, (*here, "moderators"), text))
        for j, route in enumerate(effect.reported or []):
            key: KeyPath = (*here, "reported", j)
            if any(path[: len(key)] == key for path in at_fault):
                continue
            if isinstance(route.p, str) and not _BOUND.match(route.p):
                faults.append(_not_a_p(route.p, (*key, "p"), text))
                continue
            faults.extend(_route(frozenset(route.keys_given()), key, text))
    return tuple(faults)


def _not_a_p(p: str, key: KeyPath, text: str) -> Fault:
    place = tree_of(text).locate(key)
    if stripped := _P_EQUALS.match(p):
        sign, number = stripped.groups()
        meant = number if sign == "=" else f'"{sign}{number}"'
        message = f"{p} holds more than the value; write p: {meant}"
        return Fault(place.line, place.column, "NUM-TEXT", key, message)
    advice = f'{p} is no p value; write .03, or a bound such as "<.001", or ns'
    code, message = number_fault(p, quoted=place.quoted) or ("TYPE", advice)
    return Fault(place.line, place.column, code, key, message)


def _route(keys: frozenset[str], key: KeyPath, text: str) -> list[Fault]:
    spec = match_keys(keys)
    if spec is None:
        place = tree_of(text).locate(key)
        return [Fault(place.key_line, place.key_column, "MISSING-KEY", key, what_is_missing(sorted(keys)))]
    extra = without_use(spec, keys)
    if extra and (message := half_a_route(spec, extra, keys)):
        place = tree_of(text).locate((*key, extra[0]))
        return [Fault(place.key_line, place.key_column, "MISSING-KEY", (*key, extra[0]), message)]
    faults = []
    for name in extra:
        place = tree_of(text).locate((*key, name))
        if name in LEADS:
            message = (
                f"{name} is a statistic of its own beside {spec.lead}; give it its own item under reported"
            )
        else:
            message = f"{name} has no use beside {', '.join(spec.required)}; leave it out or move it"
        faults.append(Fault(place.key_line, place.key_column, "UNKNOWN-KEY", (*key, name), message))
    return faults


def _moderators(values: dict[str, Any] | None, key: KeyPath, text: str) -> list[Fault]:
    """A moderator may be text, but not a number that was mistyped."""
    faults: list[Fault] = []
    for name, value in (values or {}).items():
        if value is None and name.isdigit():
            split = split_number((*key, name), tree_of(text))
            faults.extend([split] if split is not None else [])
        if not isinstance(value, str):
            continue
        found = number_fault(value, free=True)
        if found is None or found[0] in ("NUM-TEXT", "YAML11"):
            continue
        place = tree_of(text).locate((*key, name))
        if not place.quoted:
            faults.append(Fault(place.line, place.column, found[0], (*key, name), found[1]))
    return faults
