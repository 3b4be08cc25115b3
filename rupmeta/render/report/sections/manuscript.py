"""Text for a manuscript: paragraphs and captions that follow from the numbers."""

from __future__ import annotations

from rupmeta.render.claims.paragraphs import caption_texts, methods_paragraph, results_paragraph
from rupmeta.render.document import Block, Details, Fact, Facts, Paragraph, Section
from rupmeta.render.report.sections.page import STATUS, Page, analyses_of

__all__ = ["manuscript_section"]


def manuscript_section(page: Page) -> Section | None:
    """One part for every analysis with an answer; None when there is none."""
    blocks: list[Block] = []
    for name, item in analyses_of(page.results):
        if item["pool"] is None:
            continue
        captions = Facts(tuple(Fact(what, text) for what, text in caption_texts(item)))
        inner: tuple[Block, ...] = (
            Facts((
                Fact("Method", methods_paragraph(page.results, item)),
                Fact("Results", results_paragraph(page.results, item)),
            )),
            captions,
        )  # fmt: skip
        blocks.append(Details(f"{name} ({STATUS[item['status']]})", inner))
    if not blocks:
        return None
    lead = Paragraph(
        "Paragraphs and captions in APA style, made from the numbers of this report; every sentence is "
        "written only where its numbers allow it. What they mean is for the authors to say."
    )
    return Section("manuscript", "Text for a manuscript", (lead, *blocks))
