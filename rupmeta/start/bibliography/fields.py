"""What every format shares: a reference, and how texts become fields of a citation."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = [
    "PUBLICATIONS",
    "Reference",
    "bare_doi",
    "filled",
    "first_of",
    "flat",
    "number_or_text",
    "rest_of",
    "year_of",
]


@dataclass(frozen=True, slots=True)
class Reference:
    """A citation as the format has it, the kind of publication where the record says it, and the rest.

    ``number``: place in the file, from 1. ``rest``: everything that the format has no field for, by the name
    that the record gives it.
    """

    number: int
    citation: Mapping[str, Any]
    publication: str | None
    rest: tuple[tuple[str, str], ...]
    key: str | None = None


PUBLICATIONS = frozenset(
    {"peer-reviewed", "in-press", "preprint", "dissertation", "chapter", "report", "unpublished"}
)


def number_or_text(text: Any) -> Any:
    """``28`` as a number, ``28A`` and ``007`` as text."""
    bare = str(text).strip()
    return int(bare) if re.fullmatch(r"0|[1-9]\d{0,17}", bare) else bare or None


def year_of(text: Any) -> int | None:
    """The first four digits that stand alone."""
    found = re.search(r"(?<!\d)\d{4}(?!\d)", str(text or ""))
    return int(found.group()) if found else None


def bare_doi(text: Any) -> str | None:
    """A DOI without its resolver."""
    bare = re.sub(
        r"\A(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", str(text or "").strip(), flags=re.IGNORECASE
    )
    return bare or None


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """What holds something."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def rest_of(record: Mapping[str, Any], used: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """What no field was found for."""
    return tuple((name, flat(value)) for name, value in record.items() if name not in used and flat(value))


def flat(value: Any) -> str:
    """Any value as text on one line."""
    if isinstance(value, list):
        return "; ".join(flat(item) for item in value)
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return " ".join(str(value).split()) if value is not None else ""


def first_of(record: Mapping[str, Any], names: Sequence[str], used: list[str]) -> Any:
    """The value of the first of ``names`` that is there; equal values under the other names count as used."""
    found = None
    for name in names:
        value = record.get(name)
        if value in (None, "", []):
            continue
        if found is None:
            found = value
        if value == found or name == names[0]:
            used.append(name)
    return found
