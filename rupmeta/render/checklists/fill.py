"""Checklists filled in: an item is auto, entered, missing or author; nothing unseen is called reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rupmeta.render.checklists.items import CHECKLISTS, Item
from rupmeta.render.tables import Column, Table

__all__ = ["Answer", "Status", "checklist_table", "fill_checklist"]

Results = Mapping[str, Any]
Status = Literal["auto", "entered", "missing", "author"]

#: What to do about an item that is missing, by who could supply it.
_ADVICE = {"entered": "enter {where} in review.yaml", "auto": "nothing found ({where})"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One item with its status and what was found."""

    item: Item
    status: Status
    found: str


def fill_checklist(name: str, results: Results) -> tuple[Answer, ...]:
    """Every item of the checklist ``name``, in its order."""
    return tuple(_answer(item, results) for item in CHECKLISTS[name][1])


def _answer(item: Item, results: Results) -> Answer:
    text, seen = item.find(results), item.seen(results)
    if item.source == "author":
        return Answer(item, "author", text or "") if seen is None else Answer(item, "auto", seen)
    beside = seen or item.unseen
    if text is not None:
        status: Status = "entered" if item.source == "entered" else "auto"
        return Answer(item, status, f"{text.rstrip('.')}; {beside}" if beside else text)
    if seen is not None:
        return Answer(item, "auto", seen)
    advice = _ADVICE[item.source].format(where=item.where)
    return Answer(item, "missing", f"{advice}; {beside}" if beside else advice)


def checklist_table(name: str, results: Results) -> Table:
    """The checklist as a table, with how many items have which status."""
    answers = fill_checklist(name, results)
    columns = (
        Column("number", "Item"),
        Column("section", "Section"),
        Column("asks", "Asks for"),
        Column("status", "Status"),
        Column("found", "Found"),
        Column("where", "Where"),
    )
    rows = tuple(
        {
            "number": answer.item.number,
            "section": answer.item.section,
            "asks": answer.item.asks,
            "status": answer.status,
            "found": answer.found,
            "where": answer.item.where,
        }
        for answer in answers
    )
    statuses = [answer.status for answer in answers]
    counted = ", ".join(f"{statuses.count(s)} {s}" for s in ("auto", "entered", "missing", "author"))
    note = (
        f"{counted}. auto: seen by rupmeta; entered: in review.yaml; author: only the paper can say it, "
        "where Found gives the numbers"
    )
    return Table(f"checklist-{name}", CHECKLISTS[name][0], columns, rows, footnotes=(note,))
