"""How to cite the program and a review made with it: as text, BibTeX and CSL-JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rupmeta import __version__
from rupmeta.errors import UsageError
from rupmeta.read.folder import Folder
from rupmeta.read.yaml_files import load_yaml
from rupmeta.start.shipped import shipped_text

__all__ = ["FORMATS", "Work", "cite_program", "cite_review", "write_works"]

FORMATS = ("text", "bibtex", "csl")


@dataclass(frozen=True, slots=True)
class Work:
    """Something to cite. ``authors`` are names as written, families first where they have a comma."""

    key: str
    kind: str
    title: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    version: str | None = None
    doi: str | None = None
    url: str | None = None
    note: str | None = None


def cite_program() -> Work:
    """The program, as ``CITATION.cff`` says, in the version that runs."""
    text = shipped_text("CITATION.cff")
    if text is None:
        return Work("rupmeta", "software", "rupmeta", ("rupmeta maintainers",), version=__version__)
    return _from_cff(text, "rupmeta", version=__version__)


def cite_review(folder: Folder) -> Work:
    """The review: its own ``CITATION.cff`` where it has one, else title, registration and date of its data.

    The year is that of the latest extraction; nobody asks a clock.
    """
    for home in (folder.path, folder.path.absolute().parent):
        file = Path(home) / "CITATION.cff"
        if file.is_file() and "title:" in (text := file.read_text(encoding="utf-8")):
            work = _from_cff(text, "review")
            if work.title != cite_program().title:
                return work
    dates = sorted(file.study.extraction.date for file in folder.studies if file.study.extraction.date)
    as_of = dates[-1] if dates else None
    synthetic = any(file.study.extraction.synthetic for file in folder.studies)
    notes = [
        f"data as of {as_of}" if as_of else "",
        f"registration {folder.review.registration}" if folder.review.registration else "",
    ]
    notes += ["synthetic data, not evidence" if synthetic else "", f"made with rupmeta {__version__}"]
    year = int(as_of[:4]) if as_of and as_of[:4].isdigit() else None
    return Work(
        "review", "report", folder.review.title or "Untitled review", year=year,
        note="; ".join(note for note in notes if note),
    )  # fmt: skip


def _from_cff(text: str, key: str, version: str | None = None) -> Work:
    tree = load_yaml(text)
    body: Any = tree.root.value if tree.root is not None else {}
    if not isinstance(body, dict) or not body.get("title"):
        raise UsageError("CITATION.cff has no title; see https://citation-file-format.github.io")
    preferred = body.get("preferred-citation")
    body = {**body, **preferred} if isinstance(preferred, dict) else body
    return Work(
        key,
        "software" if body.get("type") == "software" else "report",
        str(body["title"]),
        tuple(_person(person) for person in body.get("authors") or []),
        _year(body),
        version or (str(body["version"]) if body.get("version") is not None else None),
        body.get("doi"),
        body.get("repository-code") or body.get("url"),
    )


def _person(person: Mapping[str, Any]) -> str:
    if person.get("name"):
        return str(person["name"])
    family = " ".join(str(person[part]) for part in ("name-particle", "family-names") if person.get(part))
    return f"{family}, {person['given-names']}" if person.get("given-names") else family


def _year(body: Mapping[str, Any]) -> int | None:
    found = re.match(r"\d{4}", str(body.get("year") or body.get("date-released") or ""))
    return int(found.group()) if found else None


def write_works(works: Sequence[Work], form: str) -> str:
    """The works in one of ``FORMATS``."""
    if form == "bibtex":
        return "\n".join(_bibtex(work) for work in works)
    if form == "csl":
        return json.dumps([_csl(work) for work in works], indent=2, ensure_ascii=False) + "\n"
    return "\n".join(_text(work) for work in works) + "\n"


def _text(work: Work) -> str:
    """APA, as far as it goes: authors (year). Title (version) [kind]. Where."""
    authors = (
        " & ".join(work.authors)
        if len(work.authors) < 3
        else f"{', '.join(work.authors[:-1])}, & {work.authors[-1]}"
    )
    kind = " [Computer software]" if work.kind == "software" else ""
    version = f" (Version {work.version})" if work.version else ""
    year = f"({work.year or 'n.d.'})"
    where = f"https://doi.org/{work.doi}" if work.doi else work.url or ""
    head = f"{authors} {year}. {work.title}" if authors else f"{work.title} {year}"
    parts = [
        f"{head}{version}{kind}.",
        f"{work.note[:1].upper()}{work.note[1:]}." if work.note else "",
        where,
    ]
    return " ".join(part for part in parts if part)


def _bibtex(work: Work) -> str:
    fields = {
        "author": " and ".join(name if "," in name else "{" + name + "}" for name in work.authors),
        "title": "{" + work.title + "}",
        "year": work.year,
        "version": work.version,
        "doi": work.doi,
        "url": work.url,
        "note": work.note,
    }
    lines = [f"  {name} = {{{_latex(str(value), name)}}}," for name, value in fields.items() if value]
    kind = "software" if work.kind == "software" else "misc"
    return "\n".join([f"@{kind}{{{work.key},", *lines, "}"]) + "\n"


def _latex(text: str, name: str) -> str:
    return text if name in ("doi", "url") else re.sub(r"([&%$#_])", r"\\\1", text)


def _csl(work: Work) -> dict[str, Any]:
    people = []
    for name in work.authors:
        family, comma, given = name.partition(", ")
        people.append({"family": family, "given": given} if comma else {"literal": name})
    item = {
        "id": work.key,
        "type": work.kind,
        "title": work.title,
        "author": people,
        "issued": {"date-parts": [[work.year]]} if work.year else None,
        "version": work.version,
        "DOI": work.doi,
        "URL": work.url,
        "note": work.note,
    }
    return {name: value for name, value in item.items() if value}
