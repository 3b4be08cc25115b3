"""Double extraction: how far two extractors agree, and what their disagreement does to the answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.agreement.document import (
    agreement_sentence,
    disagreements_table,
    pooled_table,
    unpaired_table,
    variables_table,
)
from rupmeta.render.checklists.found import ONE_EXTRACTION
from rupmeta.render.document import Block, Paragraph, Section, TableBlock
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, number
from rupmeta.render.report.sections.page import Page, closed, notes_block
from rupmeta.render.screens import SYNTHETIC
from rupmeta.render.tables import Table

__all__ = ["LISTED", "extraction_section", "extraction_tables"]

Results = Mapping[str, Any]

LISTED = 40  # disagreements on the page; the CSV has all
_WHO = {"A": "the first extractor", "B": "the second extractor", "consensus": "what both settled on"}


def extraction_tables(results: Results) -> Iterator[tuple[str, Table]]:
    """Agreement by field, every disagreement, what has no partner, and the answers under each extractor."""
    found = results["double_extraction"]
    if found is None or found["result"] is None:
        return
    answer = found["result"]
    yield "extraction-agreement", _titled(variables_table(answer), "Agreement of two extractors by field")
    yield "extraction-disagreements", _titled(disagreements_table(answer), "Fields on which they disagree")
    if answer["unpaired"]:
        yield "extraction-unpaired", _titled(unpaired_table(answer), "Only one extractor has")
    for item in found["analyses"]:
        table = pooled_table(item, APA)
        if table.rows:
            title = f"The answer under each extractor: {item['name']}"
            yield f"{item['name']}-extractors", _titled(table, title)


def _titled(table: Table, title: str) -> Table:
    return dataclasses.replace(table, title=title)


def extraction_section(page: Page) -> Section:
    """The comparison; without a second extraction a sentence that there is none on record."""
    found = page.results["double_extraction"]
    blocks: list[Block] = []
    told = (page.results["reporting"]["process"] or {}).get("extraction")
    if told:
        blocks.append(Paragraph(f"As entered: {told}"))
    if found is None:
        blocks.append(Paragraph(_absent(page.results)))
    elif found["result"] is None:
        blocks.append(Paragraph(f"The two extractions cannot be compared: {found['reason']}."))
    else:
        blocks += _compared(page, found)
    return Section("double-extraction", "Double extraction", tuple(blocks))


def _absent(results: Results) -> str:
    coders = sorted({str(r["extraction"]["coder"]) for r in results["studies"] if _coder(r)})
    whose = (
        f" The files name {'the coder' if len(coders) == 1 else 'the coders'} {', '.join(coders)}."
        if coders
        else ""
    )
    return (
        f"{ONE_EXTRACTION[:1].upper()}{ONE_EXTRACTION[1:]} in the files of this review, so how far two "
        f"extractors would agree, and how far the answer depends on who extracted, is not known.{whose} A "
        "second extractor’s files are compared here when process.second_extraction in review.yaml names "
        "their folder."
    )


def _coder(record: Results) -> bool:
    return bool(record.get("extraction", {}).get("coder"))


def _compared(page: Page, found: Results) -> Iterator[Block]:
    answer = found["result"]
    names = "; ".join(f"{name}: {_WHO[name]} ({path})" for name, path in answer["folders"].items())
    if answer["synthetic"]:
        yield Paragraph(f"{SYNTHETIC.capitalize()}.", strong=True)
    yield Paragraph(f"{names}.")
    yield Paragraph(agreement_sentence(answer, APA), strong=True)
    for item in found["analyses"]:
        yield from page.table(f"{item['name']}-extractors")
        text = " ".join(_moves(item, first=item["name"] == answer["analysis"]))
        if text:
            yield Paragraph(text)
    shown = disagreements_table(answer, limit=LISTED)
    if shown.rows:
        left = len(answer["disagreements"]) - len(shown.rows)
        note = (
            (f"{left} more in tables/extraction-disagreements.csv, which has every place.",) if left else ()
        )
        table = dataclasses.replace(shown, title="Fields on which they disagree", footnotes=note)
        yield from closed(
            f"Disagreements ({len(answer['disagreements'])})",
            (TableBlock(table, "tables/extraction-disagreements.csv"),),
        )
    else:
        yield Paragraph("The two disagree in no field.")
    yield from closed("Agreement by field, with its coefficients", page.table("extraction-agreement"))
    yield from closed(f"Without a partner ({len(answer['unpaired'])})", page.table("extraction-unpaired"))
    yield from notes_block(found["notes"])


def _moves(item: Results, *, first: bool) -> Iterator[str]:
    """How far the answer moves between each pair, or why there is none; of the ``first`` one part is said."""
    for shift in item["shift"]:
        if (shift["from"], shift["to"]) == ("A", "B") and first:
            continue  # said already
        scale = next(iter(shift["reported"]), None)
        display = DISPLAY["gen"] if scale is None else DISPLAY[scale]
        value = shift["estimate"] if scale is None else shift["reported"][scale]
        text = number(value, display.kind, APA, digits=3)
        yield (
            f"From {shift['from']} to {shift['to']} the pooled {display.symbol} of {item['name']} moves "
            f"by {'+' if value > 0 else ''}{text}."
        )
    for name, side in item["pooled"].items():
        if side["estimate"] is None:
            yield f"{item['name']} has no answer under {name}: {side['reason']}."
