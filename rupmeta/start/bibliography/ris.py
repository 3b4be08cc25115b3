"""RIS, by rispy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.errors import MissingExtraError, UsageError
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

__all__ = ["read_ris"]

# A journal does not say that it reviews: articles stay without a kind of publication until somebody looks.
_TYPES = {
    "THES": "dissertation",
    "CHAP": "chapter",
    "RPRT": "report",
    "UNPB": "unpublished",
    "INPR": "in-press",
}


def read_ris(text: str) -> Iterator[Reference]:
    """Every record, in the order of the file."""
    try:
        import rispy
    except ImportError as error:
        raise MissingExtraError("bib", "a RIS file") from error
    try:
        records = rispy.loads(text.removeprefix("\ufeff"), skip_unknown_tags=False)
    except Exception as error:
        raise UsageError(f"cannot be read as RIS: {error}") from error
    for number, record in enumerate(records, start=1):
        yield _reference(number, record)


def _reference(number: int, record: Mapping[str, Any]) -> Reference:
    used = ["type_of_reference", "id", "end_of_reference"]
    kind = record.get("type_of_reference")
    work = record.get("type_of_work")
    publication = work if work in PUBLICATIONS else _TYPES.get(str(kind))
    if work in PUBLICATIONS:
        used.append("type_of_work")
    start, end = (first_of(record, (name,), used) for name in ("start_page", "end_page"))
    accession = str(record.get("accession_number") or "")
    pmid = re.fullmatch(r"PMID:?\s*(\d+)", accession)
    if pmid:
        used.append("accession_number")
    urls = record.get("urls") or []
    url = (urls[0] if isinstance(urls, list) else urls) if urls else None
    if not isinstance(urls, list) or len(urls) <= 1:
        used.append("urls")
    authors = first_of(record, ("authors", "first_authors"), used) or []
    journal = ("secondary_title", "journal_name", "alternate_title3", "alternate_title2", "alternate_title1")
    citation = {
        "authors": [" ".join(name.split()) for name in authors],
        "year": year_of(first_of(record, ("year", "publication_year"), used)),
        "title": flat(first_of(record, ("title", "primary_title"), used)),
        "container": flat(first_of(record, journal, used)),
        "volume": number_or_text(first_of(record, ("volume",), used) or ""),
        "issue": number_or_text(first_of(record, ("number",), used) or ""),
        "pages": number_or_text(f"{start or ''}-{end}" if end and end != start else start or ""),
        "publisher": flat(first_of(record, ("publisher",), used)),
        "doi": bare_doi(first_of(record, ("doi",), used)),
        "pmid": number_or_text(pmid.group(1)) if pmid else None,
        "url": flat(url),
    }
    unknown = record.get("unknown_tag") or {}
    rest = rest_of(record, [*used, "unknown_tag"])
    if len(urls) > 1 and isinstance(urls, list):
        rest = (*(item for item in rest if item[0] != "urls"), ("urls", flat(urls[1:])))
    rest += tuple((tag, flat(value)) for tag, value in unknown.items() if flat(value))
    if citation["year"] is None and (said := record.get("year") or record.get("publication_year")):
        rest += (("year", flat(said)),)
    return Reference(number, filled(citation), publication, rest, record.get("id"))
