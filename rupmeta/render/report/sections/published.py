"""Against the published: the review beside the figures of earlier reviews, and what of it can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.document import Block, Fact, Facts, Paragraph, Section
from rupmeta.render.published.words import describe_distance, describe_standings
from rupmeta.render.report.sections.page import Page, analyses_of, closed

__all__ = ["published_section"]

Results = Mapping[str, Any]

LEAD = (
    "Figures of earlier reviews, as they were printed, stand beside the answers of this one and are never "
    "pooled with them. Where repair is related to outcome all of them are correlational. Nothing here tests "
    "one figure against another: figures may lie close by chance, because they share studies or because they "
    "share faults, and may lie apart for any of the differences below."
)


def published_section(page: Page) -> Section | None:
    """One sub-section for every analysis that has published figures; None when none has."""
    parts = tuple(
        _analysis(page, name, item) for name, item in analyses_of(page.results) if item["references"]
    )
    return Section("against", "Against the published", (Paragraph(LEAD),), parts) if parts else None


def _analysis(page: Page, name: str, item: Results) -> Section:
    blocks: list[Block] = [Paragraph(item["question"])] if item["question"] else []
    blocks += page.table(f"{name}-beside")
    pool = item["pool"]
    if pool is None:
        blocks.append(
            Paragraph("This review has no answer to set beside them, so there is nothing to compare yet.")
        )
    else:
        blocks.append(
            Facts(
                tuple(
                    Fact(reference["label"], " ".join(filter(None, (
                        describe_distance(pool, reference), describe_standings(pool, reference)))))
                    for reference in item["references"]
                )
            )
        )  # fmt: skip
        blocks += closed("Matter by matter", page.table(f"{name}-comparable"))
    blocks += closed(
        "Where the published figures were read",
        tuple(Paragraph(_source(reference)) for reference in item["references"]),
    )
    return Section(f"{name}-against", f"Published figures beside: {name}", tuple(blocks))


def _source(reference: Results) -> str:
    quote = f" “{reference['quote']}”" if reference["quote"] else ""
    note = f" {reference['note']}" if reference["note"] else ""
    return f"{reference['label']}: {reference['source']}.{quote}{note}"
