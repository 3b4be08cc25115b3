"""What people entered about the making of the review: protocol, search, selection, declarations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.document import Block, Fact, Facts, Paragraph, Section, TableBlock
from rupmeta.render.protocol import departures_table, frozen_sentence

__all__ = ["protocol_section", "search_section"]

Results = Mapping[str, Any]

_SEARCH = {
    "other_sources": "Other sources",
    "strategy": "Search string",
    "limits": "Limits of the search",
    "date": "Last search",
}
_PROCESS = {
    "selection": "Selection",
    "extraction": "Extraction",
    "risk_of_bias": "Rating of risk of bias",
    "disagreements": "Disagreements",
    "contact": "Contact with authors",
    "unpublished": "Unpublished work",
}
_DECLARED = {
    "protocol": "Protocol",
    "amendments": "Amendments",
    "support": "Support",
    "interests": "Competing interests",
    "availability": "Data and code",
}


def protocol_section(results: Results) -> Section:
    """Registration, the frozen plan with every departure from it, and what the authors declare."""
    registration = results["registration"]
    blocks: list[Block] = [
        Paragraph(
            f"Registered: {registration}."
            if registration
            else "The review is not registered; what the protocol declares was not fixed in public "
            "beforehand."
        )
    ]
    protocol = results.get("protocol")
    if protocol is None:
        blocks.append(
            Paragraph(
                "No frozen plan is on record (rupmeta protocol freeze), so departures from what was planned "
                "cannot be listed."
            )
        )
    else:
        blocks.append(Paragraph(frozen_sentence(protocol)))
        if protocol["departures"]:
            blocks.append(TableBlock(departures_table(protocol)))
    departs = [
        Fact(f"Run of {name}", f"Departs from the protocol: {'; '.join(item['pool']['departures'])}.")
        for name, item in results["analyses"].items()
        if item["pool"] is not None and item["pool"]["departures"]
    ]
    declared = tuple(_told(results["reporting"]["declarations"], _DECLARED))
    if departs or declared:
        blocks.append(Facts((*departs, *declared)))
    return Section("protocol", "Protocol and departures", tuple(blocks))


def search_section(results: Results) -> Section:
    """Where and how studies were searched, selected and read, as entered; else that it was not."""
    entered = results["reporting"]
    facts = [*_databases(entered["search"]), *_told(entered["search"], _SEARCH)]
    missing = [] if facts else ["search"]
    process = tuple(_told(entered["process"], _PROCESS))
    missing += [] if process else ["process"]
    blocks: list[Block] = [Facts((*facts, *process))] if facts or process else []
    if missing:
        what = {"search": "where studies were searched", "process": "who selected and extracted, and how"}
        text = " and ".join(what[name] for name in missing)
        blocks.append(
            Paragraph(f"Not entered in review.yaml ({', '.join(missing)}), and so not reported: {text}.")
        )
    return Section("search", "Search, selection and extraction", tuple(blocks))


def _databases(search: Results | None) -> Iterator[Fact]:
    for entry in (search or {}).get("databases") or ():
        told = [entry.get("platform"), f"searched {entry['date']}" if entry.get("date") else None]
        strategy = f"“{entry['strategy']}”" if entry.get("strategy") else None
        text = "; ".join(part for part in (*told, strategy) if part) or "no details entered"
        yield Fact(entry["name"], f"{text}.")


def _told(entered: Results | None, names: Mapping[str, str]) -> Iterator[Fact]:
    for key, label in names.items():
        value = (entered or {}).get(key)
        if value:
            yield Fact(label, str(value))
