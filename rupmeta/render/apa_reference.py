"""A reference in APA form, in pieces that are italic or not; what a file does not tell is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["Pieces", "apa_reference", "link_of", "reference_key", "reference_text"]

#: (text, italic)
Pieces = tuple[tuple[str, bool], ...]
#: More authors than these are shortened to the first nineteen and the last.
MOST = 20
#: What kind of work it is, where a journal does not say so.
_KINDS = {
    "dissertation": "Dissertation",
    "preprint": "Preprint",
    "report": "Report",
    "unpublished": "Unpublished",
}


def apa_reference(citation: Mapping[str, Any], publication: str | None = None) -> Pieces:
    """Authors (year). Title. *Journal*, *volume*(issue), pages; a book's or thesis's title is italic.

    >>> "".join(text for text, _ in apa_reference({"authors": ["Alder, Anna", "Birch"], "year": 2001,
    ...     "title": "Ruptures", "container": "A Journal", "volume": 8, "issue": 2, "pages": "1-9"}))
    'Alder, A., & Birch. (2001). Ruptures. A Journal, 8(2), 1–9.'
    """
    if "text" in citation:
        return ((str(citation["text"]), False),)
    return _joined(_pieces(citation, publication))


def reference_text(citation: Mapping[str, Any], publication: str | None = None) -> str:
    """The same without italics."""
    return "".join(text for text, _ in apa_reference(citation, publication))


def reference_key(citation: Mapping[str, Any]) -> tuple[str, int, str]:
    """By authors, then year, then title, as a list of references is sorted; articles do not count."""
    title = re.sub(r"^(an?|the)\s+", "", str(citation.get("title", citation.get("text", ""))).casefold())
    authors = " ".join(citation.get("authors", ())).casefold()
    return authors or title, int(citation.get("year") or 9999), title


def link_of(citation: Mapping[str, Any]) -> str | None:
    """The DOI as an address, else the address that is given."""
    if citation.get("doi"):
        return f"https://doi.org/{citation['doi']}"
    url = str(citation.get("url", ""))
    return url if url.startswith(("https://", "http://")) else None


def _pieces(citation: Mapping[str, Any], publication: str | None) -> Iterator[tuple[str, bool]]:
    authors = _authors(citation.get("authors", ()))
    year = citation.get("year") or ("in press" if publication == "in-press" else "n.d.")
    title, container = citation.get("title"), citation.get("container")
    # Without authors the title stands first; without either, who wrote it is said to be unknown.
    if authors or not title:
        yield f"{authors or 'Anonymous.'} ({year}).", False
        if title:
            yield " ", False
            yield from _title(str(title), publication, article=container is not None)
    else:
        yield from _title(str(title), publication, article=container is not None)
        yield f" ({year}).", False
    if container:
        yield from _container(citation, str(container), chapter=publication == "chapter")
    if citation.get("publisher"):
        yield f" {_stopped(str(citation['publisher']))}", False


def _title(title: str, publication: str | None, *, article: bool) -> Iterator[tuple[str, bool]]:
    kind = None if article else _KINDS.get(publication or "")
    if article:
        yield _stopped(title), False
    elif kind is None:
        yield _stopped(title), True
    else:
        yield title.rstrip("."), True
        yield f" [{kind}].", False


def _container(citation: Mapping[str, Any], name: str, *, chapter: bool) -> Iterator[tuple[str, bool]]:
    pages = str(citation.get("pages", "")).replace("--", "–").replace("-", "–")
    if chapter:
        yield " In ", False
        yield name, True
        yield f" (pp. {pages})." if pages else ".", False
        return
    yield " ", False
    yield name, True
    if citation.get("volume"):
        yield ", ", False
        yield str(citation["volume"]), True
    if citation.get("issue"):
        yield f"({citation['issue']})" if citation.get("volume") else f", ({citation['issue']})", False
    yield f", {pages}." if pages else ".", False


def _authors(names: Sequence[str]) -> str:
    """``A, B., & C, D.``, with a full stop at the end."""
    people = [_person(name) for name in names]
    if not people:
        return ""
    if len(people) > MOST:
        listed = f"{', '.join(people[: MOST - 1])}, … {people[-1]}"
    elif len(people) == 1:
        listed = people[0]
    else:
        listed = f"{', '.join(people[:-1])}, & {people[-1]}"
    return _stopped(listed)


def _person(name: str) -> str:
    """Family name and initials: ``Holmqvist Larsson, Mattias`` → ``Holmqvist Larsson, M.``."""
    family, comma, given = name.partition(",")
    if not comma or not given.strip():
        return family.strip()
    return f"{family.strip()}, {' '.join(_initial(part) for part in given.split())}"


def _initial(part: str) -> str:
    """``Jean-Paul`` → ``J.-P.``; initials stay as they are."""
    if "." in part or not part[0].isupper():
        return part
    return "-".join(f"{piece[0]}." for piece in part.split("-") if piece)


def _stopped(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


def _joined(pieces: Iterator[tuple[str, bool]]) -> Pieces:
    """Neighbours of one kind as one piece; no spaces at the ends."""
    found: list[tuple[str, bool]] = []
    for text, italic in pieces:
        if found and found[-1][1] == italic:
            found[-1] = (found[-1][0] + text, italic)
        else:
            found.append((text, italic))
    if found:
        found[-1] = (found[-1][0].rstrip(), found[-1][1])
    return tuple(found)
