"""Moderators of an analysis: all that the protocol declares at a glance, then each with its figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.claims.captions import figure_caption
from rupmeta.render.claims.pooled import basis_text, samples_of
from rupmeta.render.document import Paragraph, Section
from rupmeta.render.labels import moderator_label
from rupmeta.render.moderators.prose import (
    describe_moderators,
    describe_overlap,
    describe_planned,
    pair_heading,
)
from rupmeta.render.numbers import APA
from rupmeta.render.prose import FEW
from rupmeta.render.report.drawings import moderator_stem
from rupmeta.render.report.sections.page import Page, closed, new_notes, part_of

__all__ = ["moderators_section"]

Results = Mapping[str, Any]


def moderators_section(page: Page, name: str, item: Results) -> Section | None:
    """None when the protocol declares no moderator."""
    if item["moderators"] is None:
        return None
    planned = item["moderators"]
    blocks = [
        *page.table(f"{name}-moderators"),
        Paragraph(describe_planned(planned, APA)),
    ]
    if samples_of(item["pool"]) < FEW:
        blocks.insert(
            0,
            Paragraph(
                f"With {basis_text(item['pool'])} no moderator can be judged: the numbers are shown, not "
                "verdicts."
            ),
        )
    for entry in item["moderator_models"]:
        stem, label = moderator_stem(name, entry["name"]), moderator_label(entry["name"])
        kind, what = "along" if "along" in entry else "subgroups", f"{label[:1].lower()}{label[1:]}"
        k = entry["model"]["k"]
        blocks += closed(
            f"{label}: figure and numbers (k = {k})",
            (Paragraph(describe_moderators(entry["model"], APA)),),
            page.figure(stem, *figure_caption(kind, entry["model"], what)),
            page.figure(f"{stem}-orchard", *figure_caption("orchard", entry["model"], what)),
            page.table(stem),
        )
    blocks += _overlap(page, name, item)
    blocks += new_notes(item, item["moderator_notes"])
    return Section(f"{name}-moderators", "Moderators", tuple(blocks))


def _overlap(page: Page, name: str, item: Results) -> tuple[Any, ...]:
    found = part_of(item, "overlap")
    if found is None:
        return ()
    alike = [pair for pair in found["pairs"] if pair.get("verdict") in ("inseparable", "overlapping")]
    told = tuple(
        Paragraph(f"{pair_heading(pair)}: {' '.join(describe_overlap(pair, APA))}") for pair in alike
    )
    return closed("Which moderators can be told apart", page.table(f"{name}-overlap"), told)
