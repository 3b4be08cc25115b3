"""What's new: from the version before to this one, with the change of every answer split among its causes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.diff.document import answers_table, changes_table, edited_table, steps_table
from rupmeta.render.diff.figure import waterfall_data
from rupmeta.render.diff.shares import change_shown
from rupmeta.render.diff.words import whats_new, whats_new_in
from rupmeta.render.document import Block, Paragraph, Section
from rupmeta.render.figures.layout import Layout
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.waterfall import lay_out_waterfall
from rupmeta.render.numbers import APA
from rupmeta.render.report.sections.page import Page, closed, notes_block
from rupmeta.render.tables import Table

__all__ = ["update_figures", "update_section", "update_tables"]

Results = Mapping[str, Any]


def update_tables(results: Results) -> Iterator[tuple[str, Table]]:
    """Studies and fields that differ; for every analysis both answers and the steps between them."""
    found = results["whats_new"]
    if found is None:
        return
    for stem, table in (("new-studies", edited_table(found)), ("new-fields", changes_table(found))):
        if table.rows:
            yield f"whats-{stem}", table
    for item in found["analyses"]:
        name = item["analysis"]
        answers = answers_table(item, APA)
        if answers.rows:
            yield f"{name}-versions", dataclasses.replace(answers, title="The answer then and now")
        if change_shown(item) is not None:
            steps = steps_table(item, APA)
            yield (
                f"{name}-whats-new",
                dataclasses.replace(steps, title="From the answer then to the answer now"),
            )


def update_figures(results: Results, look: Look) -> Iterator[tuple[str, Layout]]:
    """The way from the old answer to the new one, for every analysis whose change can be split."""
    for item in () if results["whats_new"] is None else results["whats_new"]["analyses"]:
        if change_shown(item) is not None:
            stem = f"{item['analysis']}-whats-new"
            yield stem, dataclasses.replace(lay_out_waterfall(waterfall_data(item), look), name=stem)


def update_section(page: Page) -> Section:
    """What changed; without a version before a sentence that there is none on record."""
    found = page.results["whats_new"]
    title = "What’s new since the version before"
    if found is None:
        return Section("whats-new", title, (Paragraph(_absent(page.results)),))
    blocks: list[Block] = [Paragraph(whats_new(found))]
    if not found["differs"]:
        return Section("whats-new", title, (*blocks, *notes_block(found["notes"])))
    for item in found["analyses"]:
        name = item["analysis"]
        blocks.append(Paragraph(whats_new_in(item, APA), strong=len(found["analyses"]) == 1))
        blocks += page.table(f"{name}-versions")
        blocks += page.figure(f"{name}-whats-new", f"From the answer then to the answer now: {name}")
        blocks += page.table(f"{name}-whats-new")
    blocks += page.table("whats-new-studies")
    blocks += closed("Every field that differs", page.table("whats-new-fields"))
    blocks += notes_block(found["notes"])
    return Section("whats-new", title, tuple(blocks))


def _absent(results: Results) -> str:
    version = results["reporting"]["version"] or {}
    before = version.get("previous")
    known = f"The version before is cited as: {before} " if before else ""
    return (
        f"{known}No files of an earlier version are on record, so this report cannot say what changed. They "
        "are compared here when version.previous_files in review.yaml names their folder or results.json."
    )
