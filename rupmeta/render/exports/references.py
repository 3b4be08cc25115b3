"""Citations of a review for reference managers: RIS, BibTeX, CSL-JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from rupmeta.errors import MissingExtraError
from rupmeta.read.folder import StudyFile
from rupmeta.read.study import Citation
from rupmeta.render.envelope import escape_acting
from rupmeta.render.exports.kinds import Exported, Request
from rupmeta.render.figures.text_width import harmless
from rupmeta.results import Note

__all__ = ["export_bibtex", "export_csl", "export_ris"]

_RIS = {
    "dissertation": "THES",
    "chapter": "CHAP",
    "report": "RPRT",
    "unpublished": "UNPB",
    "preprint": "UNPB",
}
_BIB = {
    "dissertation": "phdthesis", "chapter": "incollection", "report": "techreport",
    "unpublished": "unpublished", "preprint": "misc",
}  # fmt: skip
_CSL = {"dissertation": "thesis", "chapter": "chapter", "report": "report", "unpublished": "manuscript"}


def _citation(file: StudyFile) -> tuple[Citation, tuple[Note, ...]]:
    """The citation by its fields; one that is text becomes a title, and a note says so."""
    citation = file.study.citation
    if isinstance(citation, Citation):
        return citation, ()
    note = Note("EXPORT", "the citation is text without fields; it is exported as a title", file.path)
    return Citation(title=citation), (note,)


def _all(request: Request) -> list[tuple[StudyFile, Citation, tuple[Note, ...]]]:
    return [(file, *_citation(file)) for file in request.folder.studies]


def _text(value: Any) -> str:
    """One line without characters that act, so that a title cannot begin a field of its own."""
    return harmless(" ".join(str(value).split()))


def export_ris(request: Request) -> Exported:
    """One RIS record per study file; ``M3`` holds the kind of publication, ``ID`` the study."""
    try:
        import rispy
    except ImportError as error:
        raise MissingExtraError("bib", "a RIS file") from error
    records: list[dict[str, Any]] = []
    notes: list[Note] = []
    for file, citation, said in _all(request):
        notes += said
        records.append(_ris_record(file, citation))
    writer = rispy.dumps(records, enforce_list_tags=False)
    return Exported(
        (re.sub(r"^\d+\.\n", "", writer, flags=re.MULTILINE).strip() + "\n").encode(), notes=tuple(notes)
    )


def _ris_record(file: StudyFile, citation: Citation) -> dict[str, Any]:
    first, last = _pages(citation.pages)
    record = {
        "type_of_reference": _RIS.get(file.study.publication or "", "JOUR"),
        "id": file.id,
        "authors": [_text(name) for name in citation.authors],
        "year": citation.year,
        "title": citation.title,
        "secondary_title": citation.container,
        "volume": citation.volume,
        "number": citation.issue,
        "start_page": first,
        "end_page": last,
        "publisher": citation.publisher,
        "doi": citation.doi,
        "accession_number": None if citation.pmid is None else f"PMID: {citation.pmid}",
        "urls": [_text(citation.url)] if citation.url else None,
        "type_of_work": file.study.publication,
    }
    filled = {name: value for name, value in record.items() if value not in (None, [])}
    return {name: value if isinstance(value, list) else _text(value) for name, value in filled.items()}


def _pages(pages: Any) -> tuple[str | None, str | None]:
    """First and last page of ``123-136``; anything else is a first page."""
    if pages is None:
        return None, None
    found = re.fullmatch(r"([^\s-]+)-([^\s-]+)", str(pages))
    return (
        (found.group(1), found.group(2)) if found and found.group(1) != found.group(2) else (str(pages), None)
    )


_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{",
    "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def _latex(value: Any) -> str:
    plain = "".join(_LATEX.get(char, char) for char in _text(value))
    return re.sub(r"(?<=-)(?=-)|(?<=[`'])(?=[`'])|(?<=[?!])(?=`)", "{}", plain)  # no ligatures


def export_bibtex(request: Request) -> Exported:
    """One BibTeX entry per study file, UTF-8, the study as its key."""
    try:
        from bibtexparser.entrypoint import write_string
        from bibtexparser.library import Library
        from bibtexparser.model import Entry, Field
    except ImportError as error:
        raise MissingExtraError("bib", "a BibTeX file") from error
    library = Library()
    notes: list[Note] = []
    for file, citation, said in _all(request):
        notes += said
        kind, fields = _bibtex_fields(file, citation)
        library.add(Entry(kind, file.id, [Field(name, "{" + value + "}") for name, value in fields.items()]))
    return Exported(write_string(library, unparse_stack=[]).encode(), notes=tuple(notes))


def _bibtex_fields(file: StudyFile, citation: Citation) -> tuple[str, dict[str, str]]:
    publication = file.study.publication or ""
    kind = _BIB.get(publication, "article")
    house = {"phdthesis": "school", "techreport": "institution"}.get(kind, "publisher")
    raw = {
        "author": " and ".join(_bibtex_name(name) for name in citation.authors) or None,
        "year": None if citation.year is None else str(citation.year),
        "title": citation.title and _latex(citation.title),
        "booktitle" if kind == "incollection" else "journal": citation.container
        and _latex(citation.container),
        "volume": None if citation.volume is None else _latex(citation.volume),
        "number": None if citation.issue is None else _latex(citation.issue),
        "pages": None if citation.pages is None else re.sub(r"(?<=\w)-(?=\w)", "--", _latex(citation.pages)),
        house: citation.publisher and _latex(citation.publisher),
        "doi": citation.doi and _address(citation.doi),
        "pmid": None if citation.pmid is None else _latex(citation.pmid),
        "url": citation.url and _address(citation.url),
        "publication": publication or None,
    }
    return kind, {name: value for name, value in raw.items() if value}


def _address(text: str) -> str:
    """An address as it is; braces, which would end the field, as their codes."""
    return _text(text).replace("{", "%7B").replace("}", "%7D")


def _bibtex_name(name: str) -> str:
    """A name with a comma says what is family; any other stays together in braces."""
    text = _latex(name)
    return text if "," in text and " and " not in text else "{" + text + "}"


def export_csl(request: Request) -> Exported:
    """A list of CSL-JSON items, the study as ``id``; ``custom.publication`` as the study file has it."""
    items: list[Mapping[str, Any]] = []
    notes: list[Note] = []
    for file, citation, said in _all(request):
        notes += said
        items.append(_csl_item(file, citation))
    text = escape_acting(json.dumps(items, indent=2, ensure_ascii=False)) + "\n"
    return Exported(text.encode(), notes=tuple(notes))


def _csl_item(file: StudyFile, citation: Citation) -> Mapping[str, Any]:
    publication = file.study.publication
    item = {
        "id": file.id,
        "type": _CSL.get(publication or "", "article-journal"),
        "author": [_csl_name(name) for name in citation.authors],
        "issued": None if citation.year is None else {"date-parts": [[citation.year]]},
        "title": citation.title,
        "container-title": citation.container,
        "volume": citation.volume,
        "issue": citation.issue,
        "page": citation.pages,
        "publisher": citation.publisher,
        "DOI": citation.doi,
        "PMID": None if citation.pmid is None else str(citation.pmid),
        "URL": citation.url,
        "custom": None if publication is None else {"publication": publication},
    }
    return {name: value for name, value in item.items() if value not in (None, [])}


def _csl_name(name: str) -> dict[str, str]:
    family, comma, given = name.partition(",")
    return (
        {"family": family.strip(), "given": given.strip()}
        if comma and given.strip()
        else {"literal": name.strip()}
    )
