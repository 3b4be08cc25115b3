"""RevMan 5 files (``.rm5``): included studies, their references and the data of every outcome, as a sheet."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

from rupmeta.errors import UsageError
from rupmeta.start.sheets import Row, Sheet

__all__ = ["read_revman"]

_DATA = {"DICH_DATA": "DICH", "CONT_DATA": "CONT", "IV_DATA": "IV", "IPD_DATA": "IPD"}
#: Attribute of a data row → column of the sheet, by the kind of outcome.
_NUMBERS = {
    "DICH": {"EVENTS_1": "reported.events1", "TOTAL_1": "reported.n1", "EVENTS_2": "reported.events2",
             "TOTAL_2": "reported.n2"},
    "CONT": {"MEAN_1": "reported.mean1", "SD_1": "reported.sd1", "TOTAL_1": "reported.n1",
             "MEAN_2": "reported.mean2", "SD_2": "reported.sd2", "TOTAL_2": "reported.n2"},
    "IV": {"ESTIMATE": "reported.yi", "SE": "reported.sei"},
    "IPD": {},
}  # fmt: skip
#: Attributes that RevMan computes from the others, or that say how a row looks.
_DERIVED = frozenset(
    {"CI_START", "CI_END", "EFFECT_SIZE", "LOG_CI_START", "LOG_CI_END", "LOG_EFFECT_SIZE", "WEIGHT", "SE",
     "ID", "STUDY_ID", "ORDER", "MODIFIED", "VAR"}
)  # fmt: skip
_MEASURES = {"MD": "MD", "SMD": "SMD", "OR": "OR", "RR": "RR", "RD": "RD", "PETO_OR": "OR"}
_REFERENCE = {
    "TI": "citation.title", "SO": "citation.container", "YR": "citation.year", "VL": "citation.volume",
    "NO": "citation.issue", "PG": "citation.pages", "PB": "citation.publisher",
}  # fmt: skip


def read_revman(raw: bytes, name: str) -> Sheet:
    """One row per data row, and one per included study without data; columns are named by the fields.

    Numbers that RevMan computes from the others (effects, limits, weights) are left to be computed again.
    ``UsageError`` when the file is no RevMan 5 review.
    """
    if b"<!DOCTYPE" in raw[:4096] or b"<!ENTITY" in raw:
        raise UsageError(f"{name} declares XML entities, which no RevMan file does; it is not read")
    try:
        root = ET.fromstring(raw)  # noqa: S314  # entities are refused above
    except ET.ParseError as error:
        raise UsageError(f"{name} cannot be read as XML: {error}") from error
    if root.tag != "COCHRANE_REVIEW":
        raise UsageError(f"{name} is no RevMan 5 review: its root is {root.tag}, not COCHRANE_REVIEW")
    studies = {str(study.get("ID")): _study(study) for study in root.iter("STUDY")}
    included = {
        str(study.get("ID")) for group in root.iter("INCLUDED_STUDIES") for study in group.iter("STUDY")
    }
    rows = []
    seen = set()
    for data in _data(root):
        study = studies.get(data.pop("STUDY_ID"), {})
        seen.add(study.get("study"))
        rows.append({**study, **data})
    rows += [studies[key] for key in sorted(included) if studies[key]["study"] not in seen]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    made = tuple(
        Row(number, {column: row.get(column, "") for column in columns})
        for number, row in enumerate(rows, start=1)
    )
    if not made:
        raise UsageError(f"{name} has no included study")
    return Sheet(name, tuple(columns), made)


def _study(study: ET.Element) -> dict[str, str]:
    found = {"study": str(study.get("NAME") or study.get("ID"))}
    if study.get("YEAR"):
        found["citation.year"] = str(study.get("YEAR"))
    references = sorted(study.iter("REFERENCE"), key=lambda item: item.get("PRIMARY") != "YES")
    if references:
        first = references[0]
        for tag, column in _REFERENCE.items():
            if text := _words(first.find(tag)):
                found[column] = text
        if text := _words(first.find("AU")):
            found["citation.authors"] = _authors(text)
        for identifier in first.iter("IDENTIFIER"):
            if identifier.get("TYPE") in ("DOI", "MEDLINE", "PUBMED") and identifier.get("VALUE"):
                column = "citation.doi" if identifier.get("TYPE") == "DOI" else "citation.pmid"
                found.setdefault(column, str(identifier.get("VALUE")))
    if found.get("citation.year", "").isdigit() is False:
        found.pop("citation.year", None)
    return found


def _authors(text: str) -> str:
    """``Larsson MH, Ek A`` → ``Larsson, M. H.; Ek, A.``, as far as the initials stand apart."""
    people = []
    for person in text.replace(" and ", ", ").split(","):
        words = person.split()
        if len(words) > 1 and words[-1].isupper() and words[-1].isalpha() and len(words[-1]) < 4:
            initials = " ".join(f"{letter}." for letter in words[-1])
            people.append(f"{' '.join(words[:-1])}, {initials}")
        elif words:
            people.append(" ".join(words))
    return "; ".join(people)


def _words(element: ET.Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _data(root: ET.Element) -> Iterator[dict[str, str]]:
    for comparison in root.iter("COMPARISON"):
        for outcome in comparison:
            kind = outcome.tag.removesuffix("_OUTCOME")
            if kind not in _NUMBERS:
                continue
            about = {
                "outcome.name": _words(outcome.find("NAME")),
                "effect.moderators.comparison": _words(comparison.find("NAME")),
            }
            subgroups = list(outcome.iter(f"{kind}_SUBGROUP"))
            for subgroup in subgroups or [outcome]:
                if subgroup is not outcome:
                    about = {**about, "effect.moderators.subgroup": _words(subgroup.find("NAME"))}
                for data in subgroup:
                    if data.tag in _DATA:
                        yield {**about, **_row(data, _DATA[data.tag], outcome)}


def _row(data: ET.Element, kind: str, outcome: ET.Element) -> dict[str, str]:
    numbers = _NUMBERS[kind]
    row: dict[str, Any] = {"STUDY_ID": str(data.get("STUDY_ID"))}
    for attribute, value in data.attrib.items():
        if attribute in numbers:
            row[numbers[attribute]] = value
        elif attribute not in _DERIVED and value:
            row[f"effect.moderators.revman_{attribute.lower()}"] = value
    if kind == "IV":
        row["reported.measure"] = _MEASURES.get(str(outcome.get("EFFECT_MEASURE")), "GEN")
    footnote = _words(data.find("FOOTNOTE"))
    if footnote:
        row["effect.note"] = footnote
    return row
