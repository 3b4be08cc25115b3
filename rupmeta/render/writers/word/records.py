"""Extraction records as compact tables: a line on each study, a row for each effect with what was printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rupmeta.render.document import Record
from rupmeta.render.tables import Column, Table
from rupmeta.render.writers.word.columns import PADDING, lines_of
from rupmeta.render.writers.word.paper import LEADING
from rupmeta.render.writers.word.runs import clean
from rupmeta.render.writers.word.tables import add_lines, describe, keep_whole, rule_cell

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

__all__ = ["add_records", "characteristics_table", "outside_table", "records_height"]

#: What the table of characteristics shows; the rest of what is known of a study stands with its effects.
CHARACTERISTICS = ("Design", "Sample", "Therapy", "Ruptures")
#: Columns of an effect: heading, share of the width, and the lines that belong there by their beginning.
EFFECT: Sequence[tuple[str, float, tuple[str, ...]]] = (
    ("Effect", 0.22, ("Outcome", "Comparison", "Phase")),
    ("Reported", 0.16, ("Reported",)),
    ("Computed", 0.30, ("Used", "Other route")),
    ("Source", 0.32, ()),
)
Line = tuple[str, str]


def characteristics_table(records: Iterable[Record]) -> Table | None:
    """What the studies with a pooled effect are like; None without any."""
    rows: list[dict[str, Any]] = []
    for record in records:
        if record.badge.startswith("pooled"):
            facts = dict(record.facts)
            rows.append({"study": record.title, **{label: facts.get(label) for label in CHARACTERISTICS}})
    if not rows:
        return None
    known = [label for label in CHARACTERISTICS if any(row[label] for row in rows)]
    columns = (Column("study", "Study"), *(Column(label, label) for label in known))
    return Table(
        "characteristics", "Characteristics of the studies with a pooled effect", columns, tuple(rows)
    )


def outside_table(records: Iterable[Record]) -> Table | None:
    """What is known of the studies that bring no effect; None when all do."""
    rows = [
        {
            "study": f"{record.title}: {record.badge}",
            "facts": ". ".join(f"{label}: {text.rstrip('.')}" for label, text in record.facts) + ".",
        }
        for record in records
        if not record.parts
    ]
    columns = (Column("study", "Study"), Column("facts", "What is known"))
    return Table("outside", "Study files without an effect", columns, tuple(rows)) if rows else None


def add_records(
    document: WordDocument, records: Sequence[Record], width: float, style: str, title: str
) -> list[float]:
    """Records with effects as one table: each study's line across, its effects below.

    Gives the widths of the columns.
    """
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Pt

    count = sum(1 + len(record.parts) for record in records)
    grid: Any = document.add_table(rows=1 + count, cols=len(EFFECT))
    grid.alignment = WD_TABLE_ALIGNMENT.LEFT
    grid.autofit = False
    describe(grid, title)
    widths = [round(width * share, 1) for _, share, _ in EFFECT]
    for column, points in zip(grid.columns, widths, strict=True):
        column.width = Pt(points)
    elements = iter(grid._tbl.tr_lst)
    head = next(elements)
    keep_whole(head, heading=True)
    for cell, (name, _, _), points in zip(head.tc_lst, EFFECT, widths, strict=True):
        cell.width = Pt(points)
        add_lines(document, cell, [("", name)], style, heading=True)
        rule_cell(cell, "top", "bottom")
    for record in records:
        across = next(elements)
        keep_whole(across)
        _merge(across, width)
        add_lines(document, across.tc_lst[0], _study_lines(record), style, strong=True, kept=True)
        for part in record.parts:
            row = next(elements)
            keep_whole(row)
            for cell, lines, points in zip(row.tc_lst, _effect_lines(part), widths, strict=True):
                cell.width = Pt(points)
                add_lines(document, cell, lines, style)
    for cell in grid._tbl.tr_lst[-1].tc_lst:
        rule_cell(cell, "bottom")
    return widths


def records_height(records: Sequence[Record], widths: Sequence[float], size: float) -> float:
    """About how many points the rows of ``add_records`` take."""
    lines = 1
    for record in records:
        lines += lines_of(" ".join(_study_lines(record)[0]), sum(widths) - PADDING, size)
        for part in record.parts:
            cells = zip(_effect_lines(part), widths, strict=True)
            lines += max(
                sum(lines_of(f"{a}: {b}", width - PADDING, size) for a, b in cell) for cell, width in cells
            )
    return lines * size * LEADING + len(records)


def _study_lines(record: Record) -> list[Line]:
    pooled = record.badge.startswith("pooled")
    facts = [(label, text) for label, text in record.facts if not (pooled and label in CHARACTERISTICS)]
    told = ". ".join(f"{label}: {text.rstrip('.')}" for label, text in facts)
    return [(f"{record.title} ({record.badge})", f"{told}." if told else "")]


def _effect_lines(part: tuple[str, tuple[Line, ...], str | None]) -> list[list[Line]]:
    heading, facts, quote = part
    cells: list[list[Line]] = [[("", heading)], [], [], []]
    for label, text in facts:
        place = next((i for i, (_, _, begins) in enumerate(EFFECT) if label.startswith(begins)), 3)
        cells[place].append(("" if label == "Reported" else label, text))
    # What an effect is about runs on in one paragraph: four lines for a few words are too many.
    cells[0] = [("", "; ".join(text for _, text in cells[0]))]
    if quote:
        cells[3].append(("Quoted", f"“{quote}”"))
    return [[(clean(label), text) for label, text in lines] for lines in cells]


def _merge(row: Any, width: float) -> None:
    """One cell across the whole row."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    first, *others = row.tc_lst
    for cell in others:
        row.remove(cell)
    first.width = Pt(round(width, 1))
    span = OxmlElement("w:gridSpan")
    span.set(qn("w:val"), str(len(EFFECT)))
    width_element = first.tcPr.find(qn("w:tcW"))
    width_element.addnext(span)
