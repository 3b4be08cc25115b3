"""References of every study file in APA form: included, without an effect, excluded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.apa_reference import apa_reference, link_of, reference_key
from rupmeta.render.document import Block, Cited, Paragraph, References, Section
from rupmeta.render.report.sections.page import Page, closed

__all__ = ["references_section"]

Results = Mapping[str, Any]

#: Fate of a study → heading of its list.
LISTS = {
    "included": "Studies with an effect",
    "no extractable effect": "Eligible studies without an extractable effect",
    "excluded": "Excluded studies",
}


def references_section(page: Page) -> Section:
    """One list for every fate; of those that bring no number only the count stands open."""
    fates = {row["study"]: row["status"] for row in page.results["screen"]["studies"]}
    parts = []
    for fate, title in LISTS.items():
        records = [record for record in page.results["studies"] if fates[record["study"]] == fate]
        if not records:
            continue
        listed = References(
            tuple(
                Cited(
                    apa_reference(record["citation"], record.get("publication")), link_of(record["citation"])
                )
                for record in sorted(records, key=lambda record: reference_key(record["citation"]))
            )
        )
        blocks: tuple[Block, ...] = (listed,)
        if fate != "included":
            blocks = closed(f"{len(records)} reference{'s' * (len(records) != 1)}", blocks)
        ident = f"references-{fate.replace(' ', '-')}"
        parts.append(Section(ident, f"{title} ({len(records)})", blocks))
    lead = Paragraph(
        "As the study files give them, in APA form; what a file does not tell (a first name, an issue) is "
        "missing here too."
    )
    return Section("references", "References", (lead,), tuple(parts))
