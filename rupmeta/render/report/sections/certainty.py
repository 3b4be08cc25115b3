"""Certainty of the evidence: the summary of findings, and the domains of every analysis."""

from __future__ import annotations

from rupmeta.render.document import Paragraph, Section
from rupmeta.render.report.sections.page import Page, analyses_of

__all__ = ["certainty_section"]


def certainty_section(page: Page) -> Section | None:
    """Numbers that raise questions beside what people rated; None when no analysis has an answer."""
    names = [name for name, item in analyses_of(page.results) if item["pool"] is not None]
    if not names:
        return None
    rated = any(page.results["analyses"][name]["certainty"] is not None for name in names)
    lead = Paragraph(
        "Certainty is rated by people; the numbers below only raise questions."
        + ("" if rated else " Nobody has rated it yet (certainty in review.yaml).")
    )
    parts = tuple(
        Section(f"{name}-certainty", f"Domains: {name}", page.table(f"{name}-certainty")) for name in names
    )
    return Section(
        "certainty", "Certainty of the evidence", (lead, *page.table("summary-of-findings")), parts
    )
