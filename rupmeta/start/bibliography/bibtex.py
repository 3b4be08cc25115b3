"""BibTeX and BibLaTeX, by bibtexparser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

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

__all__ = ["read_bibtex"]

_TYPES = {
    "phdthesis": "dissertation", "mastersthesis": "dissertation", "thesis": "dissertation",
    "incollection": "chapter", "inbook": "chapter", "techreport": "report", "report": "report",
    "unpublished": "unpublished",
}  # fmt: skip
#: Fields that are addresses, not LaTeX.
_VERBATIM = ("url", "doi", "file", "eprint")


def read_bibtex(text: str) -> Iterator[Reference]:
    """Every entry, in the order of the file; a block that cannot be parsed is an error with its line."""
    try:
        from bibtexparser.entrypoint import parse_string
        from bibtexparser.middlewares import MonthIntMiddleware
        from pylatexenc.latex2text import LatexNodes2Text
    except ImportError as error:
        raise MissingExtraError("bib", "a BibTeX file") from error
    library = parse_string(text, append_middleware=[MonthIntMiddleware()])
    for block in library.failed_blocks:
        raise UsageError(f"line {(block.start_line or 0) + 1} cannot be read as BibTeX: {block.error}")
    to_text = LatexNodes2Text(math_mode="verbatim").latex_to_text

    def decode(latex: str) -> str:
        # A bare % would begin a comment in LaTeX; in a bibliography it is meant. A caret is one, no accent.
        latex = re.sub(r"\\textasciicircum(?:\{\}| |(?![A-Za-z]))", "^", re.sub(r"(?<!\\)%", r"\\%", latex))
        return str(to_text(latex))

    for number, entry in enumerate(library.entries, start=1):
        raw = {field.key.lower(): str(field.value) for field in entry.fields}
        people = [_name(name, decode) for name in _split_names(raw.pop("author", ""))]
        fields = {key: _address(value) if key in _VERBATIM else decode(value) for key, value in raw.items()}
        yield _reference(number, entry.entry_type.lower(), entry.key, people, fields)


def _address(text: str) -> str:
    """An address without the escapes that some programs add."""
    plain = re.sub(r"\\url\{(.*)\}", r"\1", text)
    return re.sub(r"\\([_%&#$~{}])", r"\1", plain)


def _split_names(text: str) -> list[str]:
    """The names between the ``and`` that stand outside braces.

    >>> _split_names("Ek, A. and {Research and Care} and Bo Li")
    ['Ek, A.', '{Research and Care}', 'Bo Li']
    """
    names, depth, start = [], 0, 0
    for found in re.finditer(r"\\.|[{}]|\s+and\s+", text):
        sign = found.group()
        depth += (sign == "{") - (sign == "}")
        if depth == 0 and sign.strip() == "and":
            names.append(text[start : found.start()])
            start = found.end()
    return [name.strip() for name in (*names, text[start:]) if name.strip()]


def _name(name: str, decode: Callable[[str], str]) -> str:
    """``Ada Larsson`` and ``Larsson, Ada`` → ``Larsson, Ada``; what is in braces stays as it is."""
    if name.startswith("{") and name.endswith("}") and name.count("{") - name.count(r"\{") == 1:
        return flat(decode(name[1:-1]))
    bare = flat(decode(name))
    if "," in bare or " " not in bare:
        return bare
    given, _, family = bare.rpartition(" ")
    parts = given.split()
    small = [word for word in parts if word[:1].islower()]
    if small and parts[-len(small) :] == small:  # van der Berg
        return f"{' '.join([*small, family])}, {' '.join(parts[: -len(small)])}".rstrip(", ")
    return f"{family}, {given}"


def _reference(number: int, kind: str, key: str, people: list[str], fields: Mapping[str, str]) -> Reference:
    used: list[str] = []
    state = fields.get("pubstate", "").replace(" ", "").lower()
    said = fields.get("publication")
    publication = said if said in PUBLICATIONS else _TYPES.get(kind)
    if said in PUBLICATIONS:
        used.append("publication")
    elif state == "inpress":
        publication = "in-press"
        used.append("pubstate")
    date = first_of(fields, ("year", "date"), used)
    containers = ("journal", "journaltitle", "booktitle")
    publishers = ("publisher", "school", "institution")
    citation = {
        "authors": people,
        "year": year_of(date),
        "title": flat(first_of(fields, ("title",), used)),
        "container": flat(first_of(fields, containers, used)),
        "volume": number_or_text(first_of(fields, ("volume",), used) or ""),
        "issue": number_or_text(first_of(fields, ("number", "issue"), used) or ""),
        "pages": number_or_text(re.sub(r"\s*(?:--+|[–—])\s*", "-", first_of(fields, ("pages",), used) or "")),
        "publisher": flat(first_of(fields, publishers, used)),
        "doi": bare_doi(first_of(fields, ("doi",), used)),
        "pmid": number_or_text(first_of(fields, ("pmid",), used) or ""),
        "url": flat(first_of(fields, ("url",), used)),
    }
    rest = rest_of(fields, used)
    if citation["year"] is None and date:
        rest += (("year", date),)
    return Reference(number, filled(citation), publication, rest, key)
