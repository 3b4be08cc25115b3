"""CSL-JSON, as Zotero and Mendeley write it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.errors import UsageError
from rupmeta.start.bibliography.fields import (
    PUBLICATIONS,
    Reference,
    bare_doi,
    filled,
    first_of,
    flat,
    number_or_text,
    rest_of,
    year_of,
)

__all__ = ["read_csl"]

_TYPES = {"thesis": "dissertation", "chapter": "chapter", "report": "report", "manuscript": "unpublished"}


def read_csl(text: str) -> Iterator[Reference]:
    """Every item of a list, or of the ``items`` of an object."""
    try:
        records = json.loads(text)
    except ValueError as error:
        raise UsageError(f"cannot be read as JSON: {error}") from error
    records = records.get("items", [records]) if isinstance(records, dict) else records
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise UsageError("cannot be read as CSL-JSON: it is no list of references")
    for number, record in enumerate(records, start=1):
        yield _reference(number, record)


def _reference(number: int, record: Mapping[str, Any]) -> Reference:
    custom = record.get("custom")
    said = custom.get("publication") if isinstance(custom, dict) else None
    publication = said if said in PUBLICATIONS else _TYPES.get(str(record.get("type")))
    used = ["id", "type", "author", "issued"]
    if isinstance(custom, dict) and set(custom) <= {"publication"} and said in PUBLICATIONS:
        used.append("custom")
    people = record.get("author") or []
    issued = record.get("issued")
    citation = {
        "authors": [_name(name) for name in people if isinstance(name, dict)],
        "year": _issued(issued),
        "title": flat(first_of(record, ("title",), used)),
        "container": flat(first_of(record, ("container-title",), used)),
        "volume": number_or_text(first_of(record, ("volume",), used) or ""),
        "issue": number_or_text(first_of(record, ("issue",), used) or ""),
        "pages": number_or_text(first_of(record, ("page",), used) or ""),
        "publisher": flat(first_of(record, ("publisher",), used)),
        "doi": bare_doi(first_of(record, ("DOI",), used)),
        "pmid": number_or_text(first_of(record, ("PMID",), used) or ""),
        "url": flat(first_of(record, ("URL",), used)),
    }
    rest = rest_of(record, used)
    if citation["year"] is None and issued:
        rest += (("issued", flat(issued)),)
    return Reference(number, filled(citation), publication, rest, str(record.get("id") or "") or None)


def _name(name: Mapping[str, Any]) -> str:
    if name.get("literal"):
        return flat(name["literal"])
    parts = ("non-dropping-particle", "family")
    family = " ".join(flat(name[part]) for part in parts if name.get(part))
    given = " ".join(flat(name[part]) for part in ("given", "dropping-particle", "suffix") if name.get(part))
    return f"{family}, {given}" if given and family else family or given


def _issued(issued: Any) -> int | None:
    if not isinstance(issued, dict):
        return year_of(issued)
    parts = issued.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0]:
        return year_of(parts[0][0])
    return year_of(issued.get("raw") or issued.get("literal"))
