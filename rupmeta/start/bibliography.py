"""Citations between study files and what reference managers write: RIS, BibTeX, CSL-JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rupmeta.errors import MissingExtraError, UsageError

__all__ = ["FORMATS", "Reference", "read_references"]


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


def read_references(text: str, form: str) -> list[Reference]:
    """All references of a ``ris``, ``bibtex`` or ``csl`` file; ``UsageError`` when it holds none."""
    found = list(_READERS[form](text))
    if not found:
        raise UsageError(f"there is no reference in it; is it {FORMATS[form]}?")
    return found


FORMATS = {"ris": "RIS", "bibtex": "BibTeX", "csl": "CSL-JSON"}

PUBLICATIONS = frozenset(
    {"peer-reviewed", "in-press", "preprint", "dissertation", "chapter", "report", "unpublished"}
)

# A journal does not say that it reviews: articles stay without a kind of publication until somebody looks.
_RIS_TYPES = {
    "THES": "dissertation",
    "CHAP": "chapter",
    "RPRT": "report",
    "UNPB": "unpublished",
    "INPR": "in-press",
}
_BIB_TYPES = {
    "phdthesis": "dissertation", "mastersthesis": "dissertation", "thesis": "dissertation",
    "incollection": "chapter", "inbook": "chapter", "techreport": "report", "report": "report",
    "unpublished": "unpublished",
}  # fmt: skip
_CSL_TYPES = {"thesis": "dissertation", "chapter": "chapter", "report": "report", "manuscript": "unpublished"}


def _number_or_text(text: Any) -> Any:
    """``28`` as a number, ``28A`` and ``007`` as text."""
    bare = str(text).strip()
    return int(bare) if re.fullmatch(r"0|[1-9]\d{0,17}", bare) else bare or None


def _year(text: Any) -> int | None:
    found = re.search(r"(?<!\d)\d{4}(?!\d)", str(text or ""))
    return int(found.group()) if found else None


def _doi(text: Any) -> str | None:
    bare = re.sub(
        r"\A(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", str(text or "").strip(), flags=re.IGNORECASE
    )
    return bare or None


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _rest(record: Mapping[str, Any], used: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, _flat(value)) for name, value in record.items() if name not in used and _flat(value))


def _flat(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_flat(item) for item in value)
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return " ".join(str(value).split()) if value is not None else ""


def _read_ris(text: str) -> Iterator[Reference]:
    try:
        import rispy
    except ImportError as error:
        raise MissingExtraError("bib", "a RIS file") from error
    try:
        records = rispy.loads(text.removeprefix("\ufeff"), skip_unknown_tags=False)
    except Exception as error:
        raise UsageError(f"cannot be read as RIS: {error}") from error
    for number, record in enumerate(records, start=1):
        yield _from_ris(number, record)


def _first(record: Mapping[str, Any], names: Sequence[str], used: list[str]) -> Any:
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


def _from_ris(number: int, record: Mapping[str, Any]) -> Reference:
    used = ["type_of_reference", "id", "end_of_reference"]
    kind = record.get("type_of_reference")
    work = record.get("type_of_work")
    publication = work if work in PUBLICATIONS else _RIS_TYPES.get(str(kind))
    if work in PUBLICATIONS:
        used.append("type_of_work")
    start, end = (_first(record, (name,), used) for name in ("start_page", "end_page"))
    accession = str(record.get("accession_number") or "")
    pmid = re.fullmatch(r"PMID:?\s*(\d+)", accession)
    if pmid:
        used.append("accession_number")
    urls = record.get("urls") or []
    url = (urls[0] if isinstance(urls, list) else urls) if urls else None
    if not isinstance(urls, list) or len(urls) <= 1:
        used.append("urls")
    authors = _first(record, ("authors", "first_authors"), used) or []
    journal = ("secondary_title", "journal_name", "alternate_title3", "alternate_title2", "alternate_title1")
    citation = {
        "authors": [" ".join(name.split()) for name in authors],
        "year": _year(_first(record, ("year", "publication_year"), used)),
        "title": _flat(_first(record, ("title", "primary_title"), used)),
        "container": _flat(_first(record, journal, used)),
        "volume": _number_or_text(_first(record, ("volume",), used) or ""),
        "issue": _number_or_text(_first(record, ("number",), used) or ""),
        "pages": _number_or_text(f"{start or ''}-{end}" if end and end != start else start or ""),
        "publisher": _flat(_first(record, ("publisher",), used)),
        "doi": _doi(_first(record, ("doi",), used)),
        "pmid": _number_or_text(pmid.group(1)) if pmid else None,
        "url": _flat(url),
    }
    unknown = record.get("unknown_tag") or {}
    rest = _rest(record, [*used, "unknown_tag"])
    if len(urls) > 1 and isinstance(urls, list):
        rest = (*(item for item in rest if item[0] != "urls"), ("urls", _flat(urls[1:])))
    rest += tuple((tag, _flat(value)) for tag, value in unknown.items() if _flat(value))
    if citation["year"] is None and (said := record.get("year") or record.get("publication_year")):
        rest += (("year", _flat(said)),)
    return Reference(number, _given(citation), publication, rest, record.get("id"))


def _read_bibtex(text: str) -> Iterator[Reference]:
    try:
        from bibtexparser.entrypoint import parse_string
        from bibtexparser.middlewares import LatexDecodingMiddleware, MonthIntMiddleware
    except ImportError as error:
        raise MissingExtraError("bib", "a BibTeX file") from error
    library = parse_string(text, append_middleware=[MonthIntMiddleware(), LatexDecodingMiddleware()])
    for block in library.failed_blocks:
        line = (block.start_line or 0) + 1
        raise UsageError(f"line {line} cannot be read as BibTeX: {block.error}")
    for number, entry in enumerate(library.entries, start=1):
        fields = {field.key.lower(): str(field.value) for field in entry.fields}
        yield _from_bibtex(number, entry.entry_type.lower(), entry.key, fields)


def _from_bibtex(number: int, kind: str, key: str, fields: Mapping[str, str]) -> Reference:
    used: list[str] = ["author"]
    state = fields.get("pubstate", "").replace(" ", "").lower()
    said = fields.get("publication")
    publication = said if said in PUBLICATIONS else _BIB_TYPES.get(kind)
    if said in PUBLICATIONS:
        used.append("publication")
    elif state == "inpress":
        publication = "in-press"
        used.append("pubstate")
    date = _first(fields, ("year", "date"), used)
    containers = ("journal", "journaltitle", "booktitle")
    publishers = ("publisher", "school", "institution")
    citation = {
        "authors": [
            _bibtex_name(name) for name in re.split(r"\s+and\s+", fields.get("author", "")) if name.strip()
        ],
        "year": _year(date),
        "title": _flat(_first(fields, ("title",), used)),
        "container": _flat(_first(fields, containers, used)),
        "volume": _number_or_text(_first(fields, ("volume",), used) or ""),
        "issue": _number_or_text(_first(fields, ("number", "issue"), used) or ""),
        "pages": _number_or_text(re.sub(r"\s*(?:--+|[–—])\s*", "-", _first(fields, ("pages",), used) or "")),
        "publisher": _flat(_first(fields, publishers, used)),
        "doi": _doi(_first(fields, ("doi",), used)),
        "pmid": _number_or_text(_first(fields, ("pmid",), used) or ""),
        "url": _flat(_first(fields, ("url",), used)),
    }
    rest = _rest(fields, used)
    if citation["year"] is None and date:
        rest += (("year", date),)
    return Reference(number, _given(citation), publication, rest, key)


def _bibtex_name(name: str) -> str:
    """``Ada Larsson`` and ``Larsson, Ada`` → ``Larsson, Ada``; a name of one word stays as it is."""
    bare = " ".join(name.split())
    if bare.startswith("{") and bare.endswith("}"):
        return bare[1:-1]
    if "," in bare or " " not in bare:
        return bare
    given, _, family = bare.rpartition(" ")
    parts = given.split()
    small = [word for word in parts if word[:1].islower()]
    if small and parts[-len(small) :] == small:  # van der Berg
        return f"{' '.join([*small, family])}, {' '.join(parts[: -len(small)])}".rstrip(", ")
    return f"{family}, {given}"


def _read_csl(text: str) -> Iterator[Reference]:
    try:
        records = json.loads(text)
    except ValueError as error:
        raise UsageError(f"cannot be read as JSON: {error}") from error
    records = records.get("items", [records]) if isinstance(records, dict) else records
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise UsageError("cannot be read as CSL-JSON: it is no list of references")
    for number, record in enumerate(records, start=1):
        yield _from_csl(number, record)


def _from_csl(number: int, record: Mapping[str, Any]) -> Reference:
    custom = record.get("custom") if isinstance(record.get("custom"), dict) else {}
    assert isinstance(custom, dict)
    said = custom.get("publication")
    publication = said if said in PUBLICATIONS else _CSL_TYPES.get(str(record.get("type")))
    used = ["id", "type", "author", "issued"]
    if set(custom) <= {"publication"} and said in PUBLICATIONS:
        used.append("custom")
    issued = record.get("issued")
    citation = {
        "authors": [_csl_name(name) for name in record.get("author") or [] if isinstance(name, dict)],
        "year": _csl_year(issued),
        "title": _flat(_first(record, ("title",), used)),
        "container": _flat(_first(record, ("container-title",), used)),
        "volume": _number_or_text(_first(record, ("volume",), used) or ""),
        "issue": _number_or_text(_first(record, ("issue",), used) or ""),
        "pages": _number_or_text(_first(record, ("page",), used) or ""),
        "publisher": _flat(_first(record, ("publisher",), used)),
        "doi": _doi(_first(record, ("DOI",), used)),
        "pmid": _number_or_text(_first(record, ("PMID",), used) or ""),
        "url": _flat(_first(record, ("URL",), used)),
    }
    rest = _rest(record, used)
    if citation["year"] is None and issued:
        rest += (("issued", _flat(issued)),)
    return Reference(number, _given(citation), publication, rest, str(record.get("id") or "") or None)


def _csl_name(name: Mapping[str, Any]) -> str:
    if name.get("literal"):
        return _flat(name["literal"])
    family = _flat([name[part] for part in ("non-dropping-particle", "family") if name.get(part)])
    family = family.replace("; ", " ")
    given = " ".join(_flat(name[part]) for part in ("given", "dropping-particle", "suffix") if name.get(part))
    return f"{family}, {given}" if given and family else family or given


def _csl_year(issued: Any) -> int | None:
    if not isinstance(issued, dict):
        return _year(issued)
    parts = issued.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0]:
        return _year(parts[0][0])
    return _year(issued.get("raw") or issued.get("literal"))


_READERS = {"ris": _read_ris, "bibtex": _read_bibtex, "csl": _read_csl}
