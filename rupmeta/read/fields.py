"""The names that ``where``, ``--by`` and formulas may use, and what they stand for in a study."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from rupmeta.errors import UsageError
from rupmeta.read.salvage import record_type
from rupmeta.read.schema_faults import nearest
from rupmeta.read.study import Citation, Effect, Scalar, Study

if TYPE_CHECKING:
    from rupmeta.read.folder import Folder, StudyFile

__all__ = [
    "absent_values",
    "check_field",
    "effect_matches",
    "field_names",
    "field_path",
    "field_value",
    "known_fields",
    "vocabulary",
]

#: Fields of an effect, by the name used for them.
_EFFECT = ("comparison", "phase", "outcome.kind", "outcome.name", "status")
_STUDY = ("design", "assigned", "publication", "relation")
_SECTIONS = ("citation", "sample", "therapy", "therapists", "alliance", "rupture", "extraction")
_YEAR = re.compile(r"\(((?:19|20)\d\d)[a-z]?\)")


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Every known name → where it leads, short names where only one section has the field."""
    names: dict[str, tuple[str, ...]] = {name: tuple(name.split(".")) for name in _EFFECT}
    names.update({"study": ("study",), "effect": ("effect",)})
    names.update({name: (name,) for name in _STUDY})
    short: dict[str, list[tuple[str, ...]]] = {"name": [("outcome", "name")], "kind": [("outcome", "kind")]}
    for section in _SECTIONS:
        record = record_type(Study.model_fields[section].annotation)[0]
        for leaf in () if record is None else record.model_fields:
            if leaf in ("authors", "note"):
                continue
            names[f"{section}.{leaf}"] = (section, leaf)
            short.setdefault(leaf, []).append((section, leaf))
    for leaf, homes in short.items():
        if len(homes) == 1:
            names.setdefault(leaf, homes[0])
    return names


def known_fields() -> tuple[str, ...]:
    """Every name that stands for a field of the format, sorted."""
    return tuple(sorted(_names()))


def field_path(name: str) -> tuple[str, ...] | None:
    """Where a known name leads in a study or effect; None for a name of the reviewers' own."""
    return _names().get(name)


def field_names(studies: Folder | Iterable[StudyFile]) -> tuple[str, ...]:
    """The names of all moderators that the studies code, sorted."""
    from rupmeta.read.folder import Folder

    found: set[str] = set()
    for file in studies.studies if isinstance(studies, Folder) else studies:
        found.update(file.study.moderators)
        for effect in file.study.effects:
            found.update(effect.moderators)
    return tuple(sorted(found))


def vocabulary(name: str) -> tuple[str, ...]:
    """The words that a field may hold; none where any text or number may stand.

    >>> vocabulary("phase"), vocabulary("outcome.name")
    (('early', 'middle', 'late', 'whole'), ())
    """
    path = _names().get(name, ())
    record: Any = Effect if path[:1] and path[0] in ("comparison", "phase", "outcome", "status") else Study
    found: Any = None
    for part in path:
        if record is None or part not in record.model_fields:
            return ()
        found = record.model_fields[part].annotation
        record = record_type(found)[0]
    return tuple(dict.fromkeys(_literals(found)))


def _literals(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from (value for value in get_args(annotation) if isinstance(value, str))
    else:
        for part in get_args(annotation):
            yield from _literals(part)


def absent_values(
    studies: Sequence[StudyFile], where: Mapping[str, Scalar | list[Scalar]]
) -> Iterator[tuple[str, Scalar, str]]:
    """Values that a selection asks for and no effect has: the field, the value, and what occurs instead."""
    for name, wanted in where.items():
        found = [field_value(file, effect, name) for file in studies for effect in _effects(file)]
        counts = Counter(value for value in found if value is not None)
        occurring = ", ".join(f"{_shown(value)} ({count})" for value, count in counts.most_common(8))
        text = f"{name} is {occurring}" if occurring else f"no study gives {name}"
        for value in wanted if isinstance(wanted, list) else [wanted]:
            if not any(
                seen == value and isinstance(seen, bool) == isinstance(value, bool) for seen in counts
            ):
                yield name, value, text


def _effects(file: StudyFile) -> list[Effect | None]:
    """The effects of a study; one that is not known yet where there is none."""
    return list(file.study.effects) or [None]


def _shown(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def check_field(folder: Folder, name: str, option: str) -> None:
    """Raise ``UsageError`` with the nearest name when no study of the folder can have a field ``name``."""
    names = (*known_fields(), *field_names(folder))
    if name not in names:
        meant = nearest(name, names)
        advice = f"did you mean {meant}?" if meant else f"choose from {', '.join(sorted(names))}"
        raise UsageError(f"{option} {name}: no study has this field; {advice}")


def field_value(study: StudyFile, effect: Effect | None, name: str) -> Scalar:
    """The value of the field ``name`` for an effect of a study; None when it was not reported or is unknown.

    Looked up in this order: the effect's moderators, the effect's own fields, the study's moderators, the
    study's fields by dotted name (``therapists.experience``), their short names where one section has them.
    ``status`` and ``extraction.status`` are the effect's status, the study's when it has none of its own.
    """
    record = study.study
    if effect is not None and name in effect.moderators:
        return effect.moderators[name]
    path = _names().get(name)
    if path is not None and path[0] in ("comparison", "phase", "outcome", "status", "effect"):
        return _effect_value(record, effect, path)
    if name in record.moderators:
        return record.moderators[name]
    if path is None:
        return None
    if path == ("study",):
        return study.id
    if path == ("extraction", "status"):
        return _status(record, effect)
    if path[0] == "citation":
        return _citation_value(record.citation, path[1])
    return _follow(record, path)


def effect_matches(
    file: StudyFile, effect: Effect | None, where: Mapping[str, Scalar | list[Scalar]]
) -> bool:
    """True when every field of ``where`` has the value, or one of the values, asked for."""
    for name, wanted in where.items():
        found = field_value(file, effect, name)
        allowed = wanted if isinstance(wanted, list) else [wanted]
        if not any(
            found == value and isinstance(found, bool) == isinstance(value, bool) for value in allowed
        ):
            return False
    return True


def _effect_value(study: Study, effect: Effect | None, path: Sequence[str]) -> Scalar:
    if path[0] == "status":
        return _status(study, effect)
    if effect is None:
        return None
    return effect.id if path[0] == "effect" else _follow(effect, path)


def _status(study: Study, effect: Effect | None) -> str:
    return (effect.status if effect is not None else None) or study.extraction.status


def _citation_value(citation: str | Citation, leaf: str) -> Scalar:
    if isinstance(citation, Citation):
        return _follow(citation, (leaf,))
    if leaf == "year":
        found = _YEAR.findall(citation)
        return int(found[0]) if len(found) == 1 else None
    return None


def _follow(record: object, path: Sequence[str]) -> Scalar:
    for part in path:
        record = getattr(record, part, None)
    return record if isinstance(record, float | int | str | bool) else None
