"""One analysis: the pooled answer, its effects and their routes, what else bears on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.claims.captions import figure_caption
from rupmeta.render.document import Block, Paragraph, Section
from rupmeta.render.numbers import APA
from rupmeta.render.prose import describe_heterogeneity, describe_model, describe_pooled, describe_robust
from rupmeta.render.report.sections.explorer import explorer_blocks
from rupmeta.render.report.sections.moderators import moderators_section
from rupmeta.render.report.sections.page import STATUS, Page, closed, notes_block
from rupmeta.render.report.sections.robustness import (
    bias_section,
    causality_section,
    models_section,
    multiverse_section,
    robustness_section,
)

__all__ = ["analysis_section"]

Results = Mapping[str, Any]


def analysis_section(page: Page, name: str, item: Results) -> Section:
    """The analysis with its sub-sections; the reason where there is no answer."""
    title = f"Results: {name} ({STATUS[item['status']]})"
    blocks: list[Block] = [Paragraph(item["question"])] if item["question"] else []
    pool = item["pool"]
    if pool is None:
        blocks.append(Paragraph(f"Nothing can be estimated: {item['reason']}.", strong=True))
        if item["note"]:
            blocks.append(Paragraph(item["note"]))
        return Section(f"analysis-{name}", title, (*blocks, *page.table(f"{name}-published")))
    robust = describe_robust(pool, APA) if "robust" in pool else None
    blocks += [
        Paragraph(describe_pooled(pool, item["subject"], APA), strong=True),
        Paragraph(describe_heterogeneity(pool, APA)),
        *((Paragraph(robust),) if robust else ()),
        Paragraph(f"Model: {describe_model(pool)}."),
        *((Paragraph(item["note"]),) if item["note"] else ()),
        *page.figure(f"{name}-forest", *figure_caption("forest", pool)),
        *page.table(f"{name}-pooled"),
        *explorer_blocks(name, item),
        *closed("Weights: every effect with its part in the pooled answer", page.table(f"{name}-studies")),
        *closed(
            "Other views of the same effects",
            page.figure(f"{name}-drapery", *figure_caption("drapery", pool)),
            page.figure(f"{name}-radial", *figure_caption("radial", pool)),
            page.figure(f"{name}-labbe", *figure_caption("labbe", pool)),
        ),
        *page.table(f"{name}-published"),
    ]
    effects = Section(
        f"{name}-effects",
        "Effects and their routes",
        (
            Paragraph(
                "The effect of every outcome before effects of one sample are combined, on the "
                "analysis scale "
                f"({pool['measure']}) and on the scale that people read; every statistic that a paper "
                "gives is a "
                "route, and the most direct one is used."
            ),
            *page.table(f"{name}-effects"),
            *closed("All routes with their formulas", page.table(f"{name}-routes")),
            *closed(f"Not in this pool ({len(pool['excluded'])})", page.table(f"{name}-excluded")),
        ),
    )
    found = [
        effects,
        moderators_section(page, name, item),
        bias_section(page, name, item),
        robustness_section(page, name, item),
        multiverse_section(page, name, item),
        models_section(page, name, item),
        causality_section(page, name, item),
    ]
    caveats = notes_block(item["notes"])
    if caveats:
        found.append(Section(f"{name}-notes", "Caveats", caveats))
    return Section(
        f"analysis-{name}", title, tuple(blocks), tuple(section for section in found if section is not None)
    )
