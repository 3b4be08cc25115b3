"""References → study files that hold the citation and await the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rupmeta.start.bibliography import Reference
from rupmeta.start.drafts import Cell, Draft, Finding, Loose
from rupmeta.start.intake import Intake
from rupmeta.start.mapping import Mapped
from rupmeta.start.places import place_named
from rupmeta.start.study_ids import LEGAL_ID, id_from_citation, spare_id

__all__ = ["take_in_references"]

_UNREAD = (
    "Imported from {name}, record {number}: the paper has not been read, and the relation is not coded yet."
)


def take_in_references(references: Sequence[Reference], name: str, about: str, mapped: Mapped) -> Intake:
    """One draft per reference; what has no field goes into ``note``, by the name that the record gives it.

    Whether a paper is about repair or training is not in a bibliography: ``relation`` is ``other``, which
    keeps it out of every analysis, until it is coded or ``--set relation=…`` says it for all.
    """
    intake = Intake(name, rows=len(references), about=about)
    taken: list[str] = []
    for reference in references:
        draft = Draft(_id(reference, taken), rows=[reference.number])
        taken.append(draft.id)
        draft.values["citation"] = dict(reference.citation) or draft.id
        if reference.publication is not None:
            draft.values["publication"] = reference.publication
        said = _constants(draft, reference, mapped, intake)
        if "relation" not in said:
            draft.values["relation"] = "other"
        note = _UNREAD.format(name=name, number=reference.number)
        draft.values.setdefault("extraction", {}).update({"status": "provisional", "note": note})
        if reference.rest:
            draft.values["note"] = "Not placed: " + "; ".join(
                f"{key}: {value}" for key, value in reference.rest
            )
        intake.loose += [
            Loose(reference.number, key, value, "note", "no field for it") for key, value in reference.rest
        ]
        intake.drafts.append(draft)
    if references and "relation" not in mapped.constants:
        intake.remarks.append(
            "relation is 'other' in all of them, which keeps them out of every analysis, until it is coded"
        )
    return intake


def _id(reference: Reference, taken: Sequence[str]) -> str:
    """The key of the record where it is one that a person gave (``larsson2018``), else author and year."""
    key = reference.key or ""
    if LEGAL_ID.match(key) and any(char.isalpha() for char in key) and key.lower() != "review":
        return spare_id(key, taken)
    citation = reference.citation
    return spare_id(
        id_from_citation(citation.get("authors", ()), citation.get("year"), citation.get("title")), taken
    )


def _constants(draft: Draft, reference: Reference, mapped: Mapped, intake: Intake) -> set[str]:
    """Fields that ``--set`` gives to every study."""
    said: set[str] = set()
    for name, text in mapped.constants.items():
        place = place_named(name)
        column = f"--set {name}"
        if place.level != "study" or not place.path:
            message = f"{name} belongs to an effect, and references have none"
            intake.findings.append(Finding((reference.number,), column, text, message))
            continue
        try:
            value = place.read(text, ".")
        except ValueError as error:
            intake.findings.append(Finding((reference.number,), column, text, str(error)))
            continue
        holder: Any = draft.values
        for part in place.path[:-1]:
            holder = holder.setdefault(part, {})
        holder.setdefault(place.path[-1], value)
        draft.cells[place.path] = Cell(reference.number, column, text)
        said.add(name)
    return said
