"""Reporting guidelines: what the report answers, what people entered, and what is still to be written."""

from __future__ import annotations

from rupmeta.render.checklists.items import CHECKLISTS
from rupmeta.render.document import Paragraph, Section
from rupmeta.render.report.sections.page import Page, closed

__all__ = ["checklists_section"]


def checklists_section(page: Page) -> Section:
    """Every checklist that the report holds as a table."""
    lead = Paragraph(
        "No item is called reported that has not been seen: auto is in this report, entered in review.yaml, "
        "missing in neither, and author is for the text of the paper."
    )
    blocks = [
        block
        for name, (title, _) in CHECKLISTS.items()
        for block in closed(title, page.table(f"checklist-{name}"))
    ]
    return Section("checklists", "Checklists", (lead, *blocks))
